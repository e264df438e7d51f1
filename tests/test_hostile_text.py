"""What a site writes, where people see it: terminal, log, files."""

from __future__ import annotations

from pathlib import Path

from demo import EmbeddedNewsroom
from tests import faults as trouble
from tests.crawl_runs import crawl
from tests.forked import scrapy

CONTROL = frozenset(map(chr, [*range(9), 11, 12, *range(14, 32), *range(127, 160)]))
TRICKS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b"
ESCAPES = "\x1b]0;diambil alih\x07\x1b[2J\x1b[31mHEBOH\x9b0m\u202egnudeR\x00\x7f "
SLUG = "harga-cabai-merah-di-pasar-panorama-tembus-rp92-ribu-sekilo"
MARKUP = (
    "<script>alert(1)</script><style>p{background:url(//x)}</style><form action=//x><input></form>"
    "<p onclick=alert(1) style='position:fixed'>Teks <a href='javascript:alert(1)'>satu</a>"
    " <a href='data:text/html,x'>dua</a> <a href='&#106;avascript:x'>tiga</a></p>"
    "<meta http-equiv=refresh content='0;url=//x'><svg onload=alert(1)><iframe src=//x></iframe>"
)


def hostile(body: bytes) -> bytes:
    """Put escapes into every headline and markup into the text."""
    for mark in (b"<title>", b'class="entry-title">', b'property="og:title" content="'):
        body = body.replace(mark, mark + ESCAPES.encode())
    head, mark, rest = body.partition(b'<div class="entry-content')
    return head + mark + rest.replace(b"<p>", MARKUP.encode() + b"<p>", 1)


def test_nothing_commands_a_terminal_or_a_browser(
    newsroom: EmbeddedNewsroom, tmp_path: Path
) -> None:
    newsroom.faults.append(
        trouble.on(f"{SLUG}|{newsroom.articles[0].slug}", trouble.changed(hostile))
    )
    run = crawl(tmp_path, newsroom.address, "-a", "discover=sitemap")
    [article] = [each for each in run.articles if SLUG in each.url]
    assert "HEBOH" in article.title
    assert not CONTROL & set(article.title + article.body + (article.subtitle or ""))
    assert not set(TRICKS) & set(article.title)
    said = scrapy("status", "progres", "-s", f"ARCHIVE_DIR={tmp_path}").stdout
    assert not CONTROL & set(said + run.said + "".join(run.record.notes))
    markup = article.body_html.lower()
    for each in (
        "script",
        "style",
        "onclick",
        "javascript",
        "data:",
        "form",
        "meta",
        "svg",
        "iframe",
    ):
        assert each not in markup
    files = {
        path.relative_to(run.folder).parts[0].partition("-")[0] for path in run.folder.rglob("*")
    }
    assert files <= {
        ".lock", "archive.json", "articles", "warc", "state.sqlite", "runs.jsonl", "manifest", "seen"
    }  # fmt: skip
