"""``scrapy status``: what is archived, what the last runs did and asked for, at a glance."""

from __future__ import annotations

import json
import re
from pathlib import Path

from crawler.archive import RunReport
from tests.archive_site import Folder, found, listing, rest, tell
from tests.crawling import Archived, Ended, crawl, start_typed


def said(out: Path, *options: str) -> str:
    typed = ["scrapy", "status", "-s", f"ARCHIVE_DIR={out}", *options]
    ended: Ended = start_typed(typed, out).end()
    assert ended.code == 0, ended.said
    return ended.said


def test_a_run_that_read_the_pages_of_a_quick_backfill_did_something(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "lintas")
    folder.run(rest(listing((1, "Judul", "Isi.")), 1))
    with folder.open() as archive:
        tell(archive, found(1, "Judul", "Isi."))
        archive.settle()
        archive.finish(RunReport(exit_code=0))
    assert "  crawl  exit 0  1 superseded" in said(tmp_path)


def test_the_ledger_counts_what_the_lines_say(archived: Archived) -> None:
    archived.newsroom.edit(
        "harga-cabai-merah-di-pasar-panorama-tembus-rp92-ribu-sekilo", note="Ralat."
    )
    archived.newsroom.delete("pasar-tais-direnovasi-pedagang-pindah-ke-lapangan")
    for _ in range(2):
        archived.crawl("-a", "refresh=all")
    withheld = ["scrapy", "withhold", "progres", "progres:210010", "--reason", "diminta"]
    start_typed([*withheld, "-s", f"ARCHIVE_DIR={archived.out}"], archived.out).end()
    [quick] = json.loads(said(archived.out, "--json"))
    (archived.folder / "state.sqlite").unlink()
    [lines] = json.loads(said(archived.out, "--json"))
    found = quick["statistics"]
    assert (found["articles"], found["edited"], found["gone"], found["withheld"]) == (35, 1, 1, 1)
    assert len(found) >= 10
    assert {name: lines["statistics"][name] for name in found} == found


def test_it_reads_no_line_but_where_the_ledger_is_lost(archived: Archived) -> None:
    [month] = archived.folder.glob("articles-*.jsonl")
    lines = month.read_bytes()
    month.write_bytes(b"[" * len(lines))
    assert "\n37 articles from 2021-09-30 to " in said(archived.out)
    month.write_bytes(lines)
    (archived.folder / "state.sqlite").unlink()
    [found] = json.loads(said(archived.out, "--json"))
    assert found["statistics"]["articles"] == 37
    assert "state.sqlite" in found["note"]


def test_months_that_are_not_shown_are_said(archived: Archived) -> None:
    text = said(archived.out)
    shown = re.findall(r"^20\d\d-\d\d  ", text.partition("Articles by month")[2], re.MULTILINE)
    assert re.search(r"^Articles by month \(the last 24 of 4\d\)", text, re.MULTILINE)
    assert len(shown) >= 24


def test_what_a_newsroom_was_asked_is_said(archived: Archived) -> None:
    ended = archived.crawl("-a", "refresh=all", "-a", "budget=4", "-s", "DOWNLOAD_DELAY=0.2")
    assert (ended.run.requests, ended.run.robots, ended.run.crawl_delay) == (4, "obey", None)
    assert ended.run.smallest_gap is not None
    seen = archived.newsroom.smallest_gap
    assert seen is not None
    assert 0.2 <= ended.run.smallest_gap <= seen + 0.05
    text = " ".join(said(archived.out).split())
    assert re.search(r"; 4 requests, \d+ kB, pauses from 0\.\d+ s, robots\.txt obeyed ", text)


def test_reasons_are_named_before_what_only_waits(archived: Archived) -> None:
    archived.newsroom.grow(12)
    crawl(archived.newsroom, archived.out, "-a", "limit=1")
    missing = said(archived.out).partition("What is missing")[2]
    assert re.search(r"missing: 11 waiting, 1 protected\n2023-05  protected ", missing)
    assert "… and 2 more; --json has all" in missing
