"""Discovery by a web archive: pywb holds an earlier crawl, and every door of the newsroom is shut."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.archive import read
from demo import EmbeddedNewsroom
from tests import faults as trouble
from tests.crawling import Archived, asked, crawl, problems
from tests.tool_venvs import pywb

CABAI = "harga-cabai-merah-di-pasar-panorama-tembus-rp92-ribu-sekilo"


def others_captures(newsroom: EmbeddedNewsroom, path: Path) -> Path:
    """Write captures that lie under the newsroom's keys, and are no articles of it, to *path*.

    An index leaves ``www2.`` and user names out of its keys, and knows lists, photos and feeds.
    """
    host = newsroom.address.removeprefix("http://")
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for url, mime, status in (
            (f"http://www2.{host}/daerah/banjir-di-cermin.html", "text/html", "200 OK"),
            (f"{newsroom.address}/tag/cabai/", "text/html", "200 OK"),
            (f"{newsroom.address}/feed/", "application/rss+xml", "200 OK"),
            (f"{newsroom.address}/wp-content/uploads/cabai.jpg", "image/jpeg", "200 OK"),
            (f"{newsroom.address}/daerah/sudah-lama-hilang.html", "text/html", "404 Not Found"),
            (f"{newsroom.url(CABAI)}?amp=1", "text/html", "200 OK"),
            ("http://lain.example/berita-dari-tempat-lain.html", "text/html", "200 OK"),
        ):
            headers = StatusAndHeaders(status, [("Content-Type", mime)], protocol="HTTP/1.1")
            record = writer.create_warc_record(
                url, "response", payload=io.BytesIO(b"<p>Berita.</p>"), http_headers=headers
            )
            writer.write_record(record)
            record.raw_stream.close()  # a temporary file, which warcio leaves open
    return path


@pytest.mark.tools
def test_every_article_is_found_by_the_captures_of_an_earlier_crawl(
    archived: Archived, tmp_path: Path
) -> None:
    newsroom = archived.newsroom
    warcs = sorted(archived.folder.glob("warc/*.warc.gz"))
    before = {article.id: article.content_hash for article in read(archived.folder)}
    newsroom.close("rest", "sitemap", "feed")
    newsroom.faults.append(trouble.on("^/(page/.*)?$", trouble.status(404)))
    newsroom.forget_visits()
    with pywb(
        tmp_path, "lama", *warcs, others_captures(newsroom, tmp_path / "lain.warc.gz")
    ) as wayback:
        ended = crawl(
            newsroom, tmp_path / "baru", "-a", "discover=cdx", "-a", f"cdx={wayback}/cdx"
        )  # fmt: skip
    assert (ended.code, ended.run.new, ended.run.refused) == (0, 37, 0), ended.said
    assert {article.id: article.content_hash for article in read(ended.folder)} == before
    pages = {page for article in read(ended.folder) for page in article.pages}
    assert sorted(asked(newsroom)) == sorted(
        ["/robots.txt", *(page.removeprefix(newsroom.address) for page in pages)]
    )
    assert "www2" not in ended.said
    assert any("1 links to other hosts were left out" in note for note in ended.run.notes)
    assert problems(ended.folder, newsroom) == []
