"""A newsroom in which much is broken or hostile at once: each trouble costs its own article only."""

from __future__ import annotations

import gzip
import sys
import zlib
from collections.abc import Callable, Iterator

import brotli
import pytest

from crawler.archive import Ledger
from demo import Content, EmbeddedNewsroom
from demo.exchange import Fault, Response
from tests import faults as trouble
from tests.crawl_runs import Run, crawl

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MEBIBYTE = 1 << 20
PAGE = b"<h1>Judul</h1><p>Pasar Lama dibuka lagi.</p>" * 40
MOST_MEMORY = 300
"""MB."""


def coded(coding: str, body: bytes) -> Fault:
    """Answer *body* and say that it is *coding*."""
    return lambda _request: Response(body=body, headers=[("Content-Encoding", coding)])


def with_markup(markup: str) -> Fault:
    """Send the page with *markup* at the beginning of its text."""

    def change(body: bytes) -> bytes:
        head, mark, rest = body.partition(b'<div class="entry-content')
        return head + mark + rest.replace(b"<p>", markup.encode() + b"<p>", 1)

    return trouble.changed(change)


AN_ATTRIBUTE_EACH = " ".join(f"a{number}" for number in range(100_000))

# Made when the newsroom is, since bombs take their time.
TROUBLES: dict[str, tuple[Callable[[], Fault], str]] = {
    "huge": (trouble.huge, "too_large"),
    "endless": (trouble.endless, "too_large"),
    "endless head": (trouble.heady, "head_too_large"),
    "gzip bomb": (trouble.bomb, "too_large"),
    "brotli bomb": (
        lambda: coded("br", brotli.compress(b"a" * 64 * MEBIBYTE, quality=5)),
        "too_large",
    ),
    "zstd bomb": (lambda: coded("zstd", zstd.compress(b"a" * 64 * MEBIBYTE)), "too_large"),
    "deflate bomb": (lambda: coded("deflate", zlib.compress(b"a" * 64 * MEBIBYTE)), "too_large"),
    "silent": (trouble.silent, "timeout"),
    "drip": (lambda: trouble.dripping(piece=1, pace=1.0), "timeout"),
    "reset": (lambda: trouble.broken_off, "cut_short"),
    "reset within": (lambda: trouble.broken_off_late, "cut_short"),
    "truncated": (trouble.truncated, "cut_short"),
    "redirects": (lambda: trouble.loop, "too_many_redirects"),
    "not gzip": (lambda: coded("gzip", b"<p>halo</p>"), "no_headline"),
    "cut gzip": (lambda: coded("gzip", gzip.compress(PAGE)[:-9]), "not_whole"),
    "gzip with another checksum": (
        lambda: coded("gzip", gzip.compress(PAGE)[:-8] + bytes(8)),
        "not_whole",
    ),
    "cut deflate": (lambda: coded("deflate", zlib.compress(PAGE)[:-5]), "not_whole"),
    "cut zstd": (lambda: coded("zstd", zstd.compress(PAGE)[:-5]), "not_whole"),
    "damaged zstd": (lambda: coded("zstd", zstd.compress(PAGE)[:4] + b"\xff" * 40), "not_whole"),
    "leads nowhere": (lambda: trouble.redirect("http://[::1/"), "ValueError: Invalid IPv6 URL"),
    "nested": (lambda: with_markup("<div>" * 100_000), "too_deep"),
    "attributes": (lambda: with_markup(f"<p {AN_ATTRIBUTE_EACH}>"), "too_complex"),
    "server error": (lambda: trouble.status(500), "http_500"),
}


@pytest.fixture(scope="module")
def hostile(
    newsroom_content: Content, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[EmbeddedNewsroom, Run]]:
    """Crawl a newsroom in which two of three articles are in trouble."""
    with EmbeddedNewsroom(newsroom_content) as newsroom:
        for url, (fault, _) in zip(troubled(newsroom), TROUBLES.values(), strict=True):
            newsroom.faults.append(trouble.on(f"^{url.removeprefix(newsroom.address)}", fault()))
        folder = tmp_path_factory.mktemp("hostile")
        yield newsroom, crawl(folder, newsroom.address, DOWNLOAD_TIMEOUT="5")


def troubled(newsroom: EmbeddedNewsroom) -> list[str]:
    """Return the addresses in trouble, in the order of :data:`TROUBLES`."""
    articles = [each for number, each in enumerate(newsroom.articles) if number % 3]
    return [newsroom.url(each.slug) for each in articles[: len(TROUBLES)]]


def test_the_other_articles_are_archived(hostile: tuple[EmbeddedNewsroom, Run]) -> None:
    newsroom, run = hostile
    assert run.code == 4
    assert "Traceback" not in run.said
    named = [note for note in run.record.notes if note.startswith("not archived: ")]
    assert len(named) == 21
    assert named[-1] == f"not archived: {len(TROUBLES) - 20} more; see scrapy status"
    archived = {each.url for each in run.articles}
    public = {newsroom.url(each.slug) for each in newsroom.articles}
    troubles = set(troubled(newsroom))
    assert archived >= public - troubles
    # Of pages that cannot be read there are the REST records.
    assert {each.source for each in run.articles if each.url in troubles} <= {"rest"}


@pytest.mark.parametrize("name", TROUBLES)
def test_each_trouble_is_named(hostile: tuple[EmbeddedNewsroom, Run], name: str) -> None:
    newsroom, run = hostile
    url = troubled(newsroom)[list(TROUBLES).index(name)]
    ledger = Ledger.read_only(run.folder)
    try:
        look = ledger.look(url)
    finally:
        ledger.close()
    assert look is not None
    assert look.reason == TROUBLES[name][1]


def test_memory_stays_within_bounds(hostile: tuple[EmbeddedNewsroom, Run]) -> None:
    _, run = hostile
    assert 0 < run.peak < MOST_MEMORY
