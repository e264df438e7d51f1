"""Sitemaps full of addresses that lead nowhere, and sitemaps too large to be read."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from crawler.archive import Ledger
from demo import EmbeddedNewsroom, Fault
from demo.exchange import Response
from tests import faults as trouble
from tests.crawling import asked, crawl

SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
XML = "application/xml; charset=UTF-8"
POSTS = "/wp-sitemap-posts-post-1.xml"
MEBIBYTE = 1 << 20
DEAD = 200


def dead(newsroom: EmbeddedNewsroom) -> list[str]:
    at = newsroom.address
    return [f"{at}/daerah/berita-yang-dihapus-nomor-{number}.html" for number in range(DEAD)]


def with_dead_addresses(newsroom: EmbeddedNewsroom) -> Fault:
    """List addresses that answer 404 before and behind each article."""
    entries = "".join(f"<url><loc>{url}</loc></url>" for url in dead(newsroom))

    def change(body: bytes) -> bytes:
        head, mark, rest = body.partition(b"<url>")
        return (
            head
            + entries.encode()
            + mark
            + rest.replace(b"</urlset>", b"")
            + (entries.replace("nomor", "bernomor").encode() + b"</urlset>")
        )

    return trouble.on(POSTS, trouble.changed(change))


def test_hundreds_of_dead_addresses_do_not_hide_what_lives(
    newsroom: EmbeddedNewsroom, tmp_path: Path
) -> None:
    newsroom.close("rest")
    newsroom.faults.append(with_dead_addresses(newsroom))
    ended = crawl(newsroom, tmp_path)
    assert (ended.code, ended.run.new, ended.run.failed) == (4, 37, 2 * DEAD)
    assert (
        f"not archived: {dead(newsroom)[-1].replace('nomor', 'bernomor')}: http_404" in ended.said
    )
    assert f"not archived: {2 * DEAD - 20} more; see scrapy status" in ended.said
    ledger = Ledger.read_only(ended.folder)
    try:
        look = ledger.look(dead(newsroom)[0])
    finally:
        ledger.close()
    assert look is not None
    assert (look.state, look.reason, look.failures) == ("failed", "http_404", 1)


def test_dead_addresses_are_tried_again_at_growing_pauses(
    newsroom: EmbeddedNewsroom, tmp_path: Path
) -> None:
    newsroom.close("rest")
    newsroom.faults.append(with_dead_addresses(newsroom))
    for times in (2 * DEAD, 2 * DEAD, 0):  # the first failure is tried again at once
        newsroom.forget_visits()
        ended = crawl(newsroom, tmp_path)
        assert sum("dihapus" in target for target in asked(newsroom)) == times
    assert (ended.run.new, ended.run.failed) == (0, 0)


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(trouble.status(403), id="403"),
        pytest.param(trouble.status(500), id="500"),
        pytest.param(trouble.broken_off, id="reset"),
    ],
)
def test_a_site_that_breaks_among_dead_addresses_ends_the_run(
    newsroom: EmbeddedNewsroom, tmp_path: Path, fault: Fault
) -> None:
    newsroom.close("rest")
    newsroom.faults.append(with_dead_addresses(newsroom))
    newsroom.faults.append(trouble.on(r"dihapus-bernomor-\d*[05]\.html", fault))
    ended = crawl(newsroom, tmp_path, "-s", "RETRY_TIMES=0")
    assert ended.code == 1
    assert "10 fetches in a row failed" in ended.said


# ------------------------------------------------------------------------ too large

ENTRY = b"<url><loc>http://lain.example/berita.html</loc></url>\n"
LARGE = f"<urlset {SPACE}>".encode() + ENTRY * (9 * MEBIBYTE // len(ENTRY)) + b"</urlset>"


def packed(body: bytes) -> Fault:
    content = gzip.compress(body)
    return lambda _: Response(kind=XML, body=content, headers=[("Content-Encoding", "gzip")])


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(trouble.says(LARGE, kind=XML), id="plain"),
        pytest.param(packed(LARGE), id="packed"),
        pytest.param(trouble.endless(ENTRY * 1000), id="endless"),
    ],
)
def test_a_sitemap_over_the_limit_is_refused_for_its_size(
    newsroom: EmbeddedNewsroom, tmp_path: Path, fault: Fault
) -> None:
    newsroom.close("rest")
    more = f"<sitemap><loc>{newsroom.address}/wp-sitemap-posts-post-2.xml</loc></sitemap>"
    newsroom.faults.append(
        trouble.on(
            r"^/wp-sitemap\.xml",
            trouble.changed(
                lambda body: body.replace(b"<sitemap>", more.encode() + b"<sitemap>", 1)
            ),
        )
    )
    newsroom.faults.append(trouble.on("post-2.xml", fault))
    ended = crawl(newsroom, tmp_path)
    assert (ended.code, ended.run.new) == (4, 37)
    [note] = [each for each in ended.run.notes if "post-2.xml" in each]
    assert note.endswith("/wp-sitemap-posts-post-2.xml: too_large")


def test_an_only_sitemap_over_the_limit_is_named_in_the_end(
    newsroom: EmbeddedNewsroom, tmp_path: Path
) -> None:
    newsroom.faults.append(trouble.on("sitemap", packed(LARGE)))
    ended = crawl(newsroom, tmp_path, "-a", "discover=sitemap")
    assert ended.code == 1
    assert "sitemap: too_large" in ended.last_words
