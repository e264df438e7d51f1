"""A newsroom in which much is broken or hostile at once: each trouble costs its own article only."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Iterator

import attrs
import brotli
import pytest

from crawler.archive import Ledger
from demo import Content, EmbeddedNewsroom
from demo.exchange import Fault, Request, Response
from tests import faults as trouble
from tests.crawl_runs import Run, crawl

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MEBIBYTE = 1 << 20
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


def shouted(request: Request) -> Response:
    """Send the page with a headline of a megabyte."""
    page = request.normal()
    for mark in (b"<title>", b'class="entry-title">'):
        page = attrs.evolve(page, body=page.body.replace(mark, mark + b"Heboh " * 180_000, 1))
    return page


AN_ATTRIBUTE_EACH = " ".join(f"a{number}" for number in range(100_000))

TROUBLES: dict[str, tuple[Fault, str]] = {
    "huge": (trouble.huge(), "too_large"),
    "endless": (trouble.endless(), "too_large"),
    "endless head": (trouble.heady(), "head_too_large"),
    "gzip bomb": (trouble.bomb(), "too_large"),
    "brotli bomb": (coded("br", brotli.compress(b"a" * 64 * MEBIBYTE, quality=5)), "too_large"),
    "zstd bomb": (coded("zstd", zstd.compress(b"a" * 64 * MEBIBYTE)), "too_large"),
    "deflate bomb": (coded("deflate", zlib.compress(b"a" * 64 * MEBIBYTE)), "too_large"),
    "silent": (trouble.silent(), "timeout"),
    "drip": (trouble.dripping(piece=1, pace=1.0), "timeout"),
    "reset": (trouble.broken_off, "cut_short"),
    "reset within": (trouble.broken_off_late, "cut_short"),
    "truncated": (trouble.truncated(), "cut_short"),
    "redirects": (trouble.loop, "too_many_redirects"),
    "not gzip": (coded("gzip", b"<p>halo</p>"), "bad_coding"),
    "nested": (with_markup("<div>" * 100_000), "too_deep"),
    "attributes": (with_markup(f"<p {AN_ATTRIBUTE_EACH}>"), "too_complex"),
    "headline": (shouted, "invalid_record"),
    "server error": (trouble.status(500), "http_500"),
}


@pytest.fixture(scope="module")
def hostile(
    newsroom_content: Content, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[EmbeddedNewsroom, Run]]:
    """Crawl a newsroom in which every second article is in trouble."""
    with EmbeddedNewsroom(newsroom_content) as newsroom:
        for url, (fault, _) in zip(troubled(newsroom), TROUBLES.values(), strict=True):
            newsroom.faults.append(trouble.on(f"^{url.removeprefix(newsroom.address)}", fault))
        folder = tmp_path_factory.mktemp("hostile")
        yield newsroom, crawl(folder, newsroom.address, DOWNLOAD_TIMEOUT="3")


def troubled(newsroom: EmbeddedNewsroom) -> list[str]:
    """Return the addresses in trouble, in the order of :data:`TROUBLES`."""
    return [newsroom.url(each.slug) for each in newsroom.articles[::2][: len(TROUBLES)]]


def test_the_other_articles_are_archived(hostile: tuple[EmbeddedNewsroom, Run]) -> None:
    newsroom, run = hostile
    assert run.code == 4
    archived = {each.url for each in run.articles}
    public = {newsroom.url(each.slug) for each in newsroom.articles}
    assert archived == public - set(troubled(newsroom))


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
    assert f"not archived: {url}: {TROUBLES[name][1]}" in run.record.notes


def test_memory_stays_within_bounds(hostile: tuple[EmbeddedNewsroom, Run]) -> None:
    _, run = hostile
    assert 0 < run.peak < MOST_MEMORY
