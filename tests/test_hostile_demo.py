"""What ``make demo`` and ``scrapy status`` show of a newsroom that writes for terminals, not for readers."""

from __future__ import annotations

import io
import json
import sqlite3
from pathlib import Path

from rich.console import Console

from demo import EmbeddedNewsroom
from demo.__main__ import _show
from tests import faults as trouble
from tests.crawling import crawl
from tests.forked import scrapy
from tests.test_hostile_text import CONTROL, ESCAPES, TRICKS, hostile

MARKUP = "[link=http://lain.example/]klik[/link][/salah][bold]"


def shown(folder: Path, width: int = 600) -> str:
    """Return what the demo prints of the archive in *folder* on a terminal without colours."""
    screen = io.StringIO()
    _show(Console(file=screen, width=width, color_system=None, force_terminal=True), folder, 1.0)
    return screen.getvalue()


def status(out: Path) -> str:
    """Return what ``scrapy status`` prints of the archive in *out*."""
    done = scrapy("status", "progres", "-s", f"ARCHIVE_DIR={out}", COLUMNS="600")
    assert done.returncode == 0, done.stderr
    return done.stdout


def tampered(folder: Path) -> None:
    """Put escapes and markup into every line, as no extraction would have let them through."""
    [path] = folder.glob("articles-*.jsonl")
    lines = [json.loads(line) for line in path.read_bytes().splitlines()]
    for line in lines:
        for field in ("title", "body", "caption", "credit"):
            line[field] = f"{ESCAPES}{MARKUP}{line[field]}"
        line["tags"] = [f"{ESCAPES}{MARKUP}", *line["tags"]]
        if line["dateline"]:
            line["dateline"]["place"] = f"{ESCAPES}{MARKUP}"
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))


def test_a_newsroom_that_writes_escapes(newsroom: EmbeddedNewsroom, tmp_path: Path) -> None:
    newsroom.faults.append(trouble.on(r"\.html", trouble.changed(hostile)))
    folder = crawl(newsroom, tmp_path, "-a", "discover=sitemap").folder
    said = shown(folder)
    assert "HEBOH" in said
    assert not CONTROL & set(said)
    assert not set(TRICKS) & set(said)


def test_an_archive_with_escapes_and_markup_in_its_lines(
    newsroom: EmbeddedNewsroom, tmp_path: Path
) -> None:
    page = "<html><body class='page-template-default page page-id-7'><h1>Kontak</h1></body></html>"
    newsroom.faults.append(trouble.on("mural-pelajar", trouble.says(page)))
    folder = crawl(newsroom, tmp_path, "-a", "limit=5").folder
    tampered(folder)
    said = shown(folder)
    assert said.count("HEBOH") > 5
    assert "[link=http://lain.example/]" in said.replace("\n", "")
    assert not CONTROL & set(said)
    assert not set(TRICKS) & set(said)


def test_the_address_of_what_is_no_article_is_no_markup(
    newsroom: EmbeddedNewsroom, tmp_path: Path
) -> None:
    url = f"{newsroom.address}/daerah/[/salah].html"
    listed = f"<url><loc>{url}</loc></url>".encode()
    newsroom.close("rest")
    newsroom.faults.append(
        trouble.on(
            "wp-sitemap-posts-post-1",
            trouble.changed(lambda body: body.replace(b"<url>", listed + b"<url>", 1)),
        )
    )
    page = "<html><body class='page-template-default page page-id-7'><h1>Kontak</h1></body></html>"
    newsroom.faults.append(trouble.on("salah", trouble.says(page)))
    newsroom.faults.append(trouble.on("cabai", trouble.status(404)))
    crawl(newsroom, tmp_path)
    said = status(tmp_path)
    assert "/daerah/[/salah].html" in said
    assert "http_404" in said


def test_notes_and_ledger_with_escapes_and_markup(
    newsroom: EmbeddedNewsroom, tmp_path: Path
) -> None:
    newsroom.faults.append(trouble.on("cabai", trouble.status(404)))
    folder = crawl(newsroom, tmp_path).folder
    hidden = f"{ESCAPES}{MARKUP}"
    with sqlite3.connect(folder / "state.sqlite") as ledger:
        ledger.execute(
            "UPDATE addresses SET url = url || ?, reason = reason || ? WHERE state = 'failed'",
            (hidden, hidden),
        )
    ledger.close()
    run = json.loads((folder / "runs.jsonl").read_bytes().splitlines()[-1])
    run["notes"] = [hidden]
    (folder / "runs.jsonl").write_text(f"{json.dumps(run)}\n")
    said = status(tmp_path)
    assert said.count("HEBOH") >= 3
    assert not CONTROL & set(said)
    assert not set(TRICKS) & set(said)
