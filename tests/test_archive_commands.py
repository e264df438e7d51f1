"""``scrapy verify``, ``reextract`` and ``withhold``, as they are typed."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
from pathlib import Path

import attrs
import pytest

from crawler.archive import Archive, Found, RunReport, last_runs, read
from crawler.items import Capture, Exchange
from crawler.newsrooms import load_newsroom
from tests import forked
from tests.archive_inside import TODAY, locked
from tests.archive_site import tell
from tests.forked import ROOT

PAGES = ("kotak-terkait", "disunting")
LINES = f"articles-{dt.datetime.now(dt.UTC):%Y-%m}.jsonl"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A folder of archives: two articles of PROGRES.ID, the second as earlier rules read it."""
    newsroom = load_newsroom("progres")
    with Archive.open(
        tmp_path / "progres",
        newsroom,
        TODAY,
    ) as archive:
        for number, name in enumerate(PAGES):
            case = ROOT / "fixtures/progres" / name
            url = json.loads((case / "meta.json").read_text())["url"]
            body = (case / "page.html").read_bytes()
            exchange = Exchange(
                url=url, status=200, body=body, fetched_at=dt.datetime(2026, 1, 5, tzinfo=dt.UTC)
            )
            capture = Capture(url=url, body=body, exchanges=(exchange,))
            article = TODAY.extract([capture], newsroom, None)
            if number:
                article = attrs.evolve(article, extractor="0", title="Judul lama", language="su")
            tell(archive, Found(article, (capture,)))
        archive.finish(RunReport(exit_code=0))
    return tmp_path


def scrapy(out: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return forked.scrapy(*arguments, "-s", f"ARCHIVE_DIR={out}")


def ids(out: Path) -> list[str]:
    return [article.id for article in read(out / "progres")]


def test_verify_says_that_all_is_well(out: Path) -> None:
    done = scrapy(out, "verify")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == (
        "progres: 2 lines, 2 captures, 5 records: no problems, 1 by other rules not compared\n"
    )


def test_verify_names_file_and_offset(out: Path) -> None:
    path = out / "progres" / LINES
    content = path.read_bytes()
    second = content.index(b"\n") + 1
    path.write_bytes(content.replace(b"Judul lama", b"Judul l\x1bma"))
    done = scrapy(out, "verify", "progres")
    assert done.returncode == 1
    assert f"progres/{LINES}: byte {second}: " in done.stdout
    assert "\x1b" not in done.stdout
    assert "problems" in done.stderr


def test_verify_repairs_what_is_safe(out: Path) -> None:
    with (out / "progres" / LINES).open("ab") as file:
        file.write(b'{"schema"')
    assert scrapy(out, "verify").returncode == 1
    done = scrapy(out, "verify", "progres", "--repair")
    assert done.returncode == 0
    assert f"progres: repaired: {LINES}: cut 9 bytes of a torn line" in done.stderr
    assert scrapy(out, "verify").returncode == 0


def test_verify_without_archives(tmp_path: Path) -> None:
    done = scrapy(tmp_path, "verify")
    assert (done.returncode, done.stderr) == (0, "No archive yet\n")


@pytest.mark.parametrize(
    "arguments",
    [
        ("verify",),
        ("reextract", "progres"),
        ("withhold", "progres", "ID", "--reason", "x"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_commands_that_need_the_lock_end_with_75(out: Path, arguments: tuple[str, ...]) -> None:
    with locked(out / "progres", "scrapy crawl progres", "2026-01-05T00:00:00Z"):
        done = scrapy(out, *(ids(out)[0] if each == "ID" else each for each in arguments))
    assert done.returncode == 75
    assert done.stderr == (
        f"{out}/progres is in use by scrapy crawl progres (pid {os.getpid()}) since "
        "2026-01-05T00:00:00Z; nothing was done\n"
    )


def test_reextract_shows_what_would_change(out: Path) -> None:
    before = (out / "progres" / LINES).read_bytes()
    done = scrapy(out, "reextract", "progres", "--diff")
    assert (done.returncode, done.stderr) == (0, "1 would change, 0 cannot be read\n")
    shown = done.stdout.splitlines()
    assert shown[1:3] == ["  title", "    - Judul lama"]
    assert shown[3].startswith("    + ")
    assert shown[4:] == ["  language", "    - su", "    + id"]
    assert (out / "progres" / LINES).read_bytes() == before


def test_reextract_appends_lines(out: Path) -> None:
    done = scrapy(out, "reextract", "progres")
    assert (done.returncode, done.stderr) == (0, "1 appended, 0 cannot be read\n")
    *_, article = read(out / "progres")
    assert (article.revision, article.extractor) == (1, TODAY.extractor)
    assert article.title != "Judul lama"
    (run,) = last_runs(out / "progres", 1)
    assert (run.command, run.reread, run.exit_code) == ("reextract", 1, 0)
    assert scrapy(out, "verify").returncode == 0
    assert scrapy(out, "reextract", "progres").stderr.startswith("0 appended")


def test_reextract_ends_with_4_when_captures_cannot_be_read(out: Path) -> None:
    (warc,) = (out / "progres/warc").iterdir()
    warc.write_bytes(b"")
    done = scrapy(out, "reextract", "progres", "--diff")
    assert done.returncode == 4
    assert done.stdout.count("cannot be read: warc/progres-") == 2


def test_withhold_takes_an_article_out(out: Path) -> None:
    first, second = ids(out)
    done = scrapy(out, "withhold", "progres", first, "--reason", "permintaan keluarga")
    assert (done.returncode, done.stderr) == (0, f"{first} is withheld\n")
    assert ids(out) == [second]
    done = scrapy(out, "withhold", "progres", first.partition(":")[2], "--reason", "x", "--erase")
    assert done.returncode == 0
    assert done.stderr.startswith(f"{first} was withheld before\nerased {first}: 1 lines of")
    assert ids(out) == [second]
    assert scrapy(out, "verify").returncode == 0


def test_withhold_of_what_is_not_there_is_refused_before_a_run_begins(out: Path) -> None:
    before = (out / "progres" / "runs.jsonl").read_bytes()
    done = scrapy(out, "withhold", "progres", "999", "--reason", "x")
    assert done.returncode == 2
    assert done.stderr.endswith("progres has no article progres:999\n")
    assert (out / "progres" / "runs.jsonl").read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("withhold", "progres", "1"), "--reason is missing: say why"),
        (("withhold", "progres", "--reason", "x"), "want NAME and ID, such as progres progres:123"),
        (("withhold", "lain", "1", "--reason", "x"), "no archive named 'lain'"),
        (("verify", "lain"), "no archive named 'lain'"),
        (("reextract",), "want the name of one archive; there are: progres"),
        (("reextract", "progres", "--written-since", "kemarin"), "--written-since"),
    ],
)
def test_mistakes_are_refused(out: Path, arguments: tuple[str, ...], said: str) -> None:
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    done = scrapy(out, *arguments)
    assert done.returncode == 2
    assert said in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before
