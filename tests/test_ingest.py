"""WARC and WACZ files of others, written as their crawlers write them, become lines."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import re
import subprocess
import time
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import attrs
import brotli
import pytest
from warcio.statusandheaders import StatusAndHeaders

from crawler.archive import Withhold, read
from crawler.commands.ingest import Command
from crawler.errors import ArchiveLocked
from crawler.items import Article
from crawler.timestamps import now, stamp
from demo import EmbeddedNewsroom
from tests.archive_inside import locked
from tests.archive_site import Clock, Folder, tell
from tests.crawling import Archived, crawl
from tests.ingesting import Crawler, Target, members, sha1
from tests.offline import export
from tests.project_copy import refusal

CABAI = "harga-cabai-merah-di-pasar-panorama-tembus-rp92-ribu-sekilo"
MERCUSUAR = "empat-puluh-tahun-menjaga-mercusuar-kisah-penjaga-pulau-tikus"
KETAHUN = "menyusuri-sungai-ketahun-dari-hulu-tambang-sampai-muara"
MURAL = "dinding-pasar-baru-koto-jadi-kanvas-lomba-mural-pelajar"
PAGES = 3
"""Of the article KETAHUN."""


@pytest.fixture
def target(newsroom: EmbeddedNewsroom, tmp_path: Path) -> Target:
    return Target.of(newsroom, tmp_path)


@pytest.fixture
def crawler(newsroom: EmbeddedNewsroom) -> Crawler:
    return Crawler(newsroom)


@pytest.mark.parametrize("form", ["warc.gz", "warc", "whole.warc.gz", "wacz", "deflated.wacz"])
def test_a_file_of_any_form_becomes_the_same_lines(
    newsroom: EmbeddedNewsroom, target: Target, tmp_path: Path, form: str
) -> None:
    crawler = Crawler(newsroom, members=form not in ("warc", "whole.warc.gz"))
    crawler.page(CABAI, "2020-02-03T04:05:06Z")
    crawler.page(MERCUSUAR, "2020-02-03T04:05:07Z")
    content = crawler.buffer.getvalue()
    path = tmp_path / f"siaran.{form}"
    if form == "whole.warc.gz":
        content = gzip.compress(content)
    if form.endswith("wacz"):
        with zipfile.ZipFile(
            path, "w", zipfile.ZIP_DEFLATED if "deflated" in form else zipfile.ZIP_STORED
        ) as wacz:
            wacz.writestr("datapackage.json", "{}")
            wacz.writestr("archive/data.warc.gz", content)
    else:
        path.write_bytes(content)
    assert target.take(path) == {"new": 2}
    assert [
        (each.id, each.title[:20], each.captures[0].fetched_at) for each in target.articles()
    ] == [
        ("progres:210320", "Harga Cabai Merah di", "2020-02-03T04:05:06Z"),
        ("progres:210250", "Empat Puluh Tahun Me", "2020-02-03T04:05:07Z"),
    ]
    assert target.whole()


def test_the_record_is_copied_byte_for_byte(
    crawler: Crawler, target: Target, tmp_path: Path
) -> None:
    crawler.page(CABAI, "2020-02-03T04:05:06Z")
    path = crawler.save(tmp_path / "siaran.warc.gz")
    target.take(path)
    (article,) = target.articles()
    (capture,) = article.captures
    with (target.path / capture.warc).open("rb") as file:
        file.seek(capture.offset)
        copy = file.read(capture.length)
    assert copy in path.read_bytes()
    assert gzip.decompress(copy).startswith(b"WARC/1.0\r\nWARC-Date: 2020-02-03T04:05:06Z\r\n")


def test_nothing_is_written_twice(crawler: Crawler, target: Target, tmp_path: Path) -> None:
    for number, slug in enumerate((CABAI, MERCUSUAR)):
        crawler.page(slug, f"2020-02-03T04:05:0{number}Z")
    path = crawler.save(tmp_path / "siaran.warc.gz")
    target.take(path)
    before = target.files()
    assert target.take(path) == {"unchanged": 2}
    assert target.take(path, path) == {"unchanged": 2}
    assert target.files() == before


def test_what_is_no_article_is_passed_over(
    crawler: Crawler, target: Target, tmp_path: Path
) -> None:
    home = crawler.newsroom.address
    body = crawler.page(CABAI, "2020-02-03T04:05:06Z", "?amp=1")
    crawler.add("https://lain.example/berita.html", "2020-02-03T04:05:06Z", body)
    crawler.add(f"{home}/lama.html", "2020-02-03T04:05:06Z", b"", status="404 Not Found")
    crawler.add(f"{home}/foto.jpg", "2020-02-03T04:05:06Z", b"jpg", mime="image/jpeg")
    crawler.add(f"{home}/", "2020-02-03T04:05:06Z", crawler.newsroom.get("/").body)
    crawler.add(f"{home}/x.html", "kemarin", body)
    assert target.take(crawler.save(tmp_path / "siaran.warc.gz")) == {}
    assert target.passed_over == {
        "amp": 1, "http_404": 1, "not_html": 1, "front_page": 1, "record without date or id": 1,
    }  # fmt: skip
    assert target.problems == []


def test_pages_of_an_article_are_gathered(crawler: Crawler, target: Target, tmp_path: Path) -> None:
    for number in (3, 2):  # a further page before the first, and one that is too late to be it
        crawler.page(KETAHUN, f"2020-02-03T04:05:0{number}Z", f"/{number}")
    crawler.page(KETAHUN, "2020-02-03T04:05:04Z")
    crawler.page(KETAHUN, "2023-02-03T04:05:03Z", "/3")
    assert target.take(crawler.save(tmp_path / "siaran.warc.gz")) == {"new": 1}
    (article,) = target.articles()
    assert article.post_id == 210120
    assert [each.fetched_at for each in article.captures] == [
        "2020-02-03T04:05:04Z", "2020-02-03T04:05:02Z", "2020-02-03T04:05:03Z",
    ]  # fmt: skip
    assert len(article.pages) == PAGES
    assert target.whole()


def test_an_article_without_all_its_pages_is_none(
    crawler: Crawler, target: Target, tmp_path: Path
) -> None:
    crawler.page(KETAHUN, "2020-02-03T04:05:04Z")
    assert target.take(crawler.save(tmp_path / "siaran.warc.gz")) == {}
    (problem,) = target.problems
    assert problem.endswith(f"its page {crawler.newsroom.url(KETAHUN)}/2 is in none of the files")


def test_edits_become_revisions_in_their_order(
    newsroom: EmbeddedNewsroom, target: Target, tmp_path: Path
) -> None:
    first, second = Crawler(newsroom), Crawler(newsroom)
    first.page(CABAI, "2020-02-03T00:00:00Z")
    newsroom.edit(CABAI, title="Harga Cabai Turun")
    second.page(CABAI, "2021-02-03T00:00:00Z")
    files = [second.save(tmp_path / "a.warc.gz"), first.save(tmp_path / "b.warc.gz")]
    assert target.take(*files) == {"new": 1, "changed": 1}
    assert [(each.revision, each.title[:17]) for each in target.articles()] == [
        (1, "Harga Cabai Merah"),
        (2, "Harga Cabai Turun"),
    ]


def test_the_past_does_not_change_what_is_known_of_later(
    newsroom: EmbeddedNewsroom, target: Target, tmp_path: Path
) -> None:
    first, second = Crawler(newsroom), Crawler(newsroom)
    first.page(CABAI, "2020-02-03T00:00:00Z")
    newsroom.edit(CABAI, title="Harga Cabai Turun")
    second.page(CABAI, "2021-02-03T00:00:00Z")
    target.take(second.save(tmp_path / "a.warc.gz"))
    before = target.files()
    assert target.take(first.save(tmp_path / "b.warc.gz")) == {"unchanged": 1}
    assert target.files() == before
    [problem] = target.problems
    assert problem == (
        f"{newsroom.url(CABAI)}, as it was 2020-02-03T00:00:00Z: older than what the archive has, "
        "and not written"
    )


def test_a_state_that_the_archive_has_may_come_again(
    newsroom: EmbeddedNewsroom, target: Target, tmp_path: Path
) -> None:
    crawler = Crawler(newsroom)
    crawler.page(CABAI, "2020-02-03T00:00:00Z")
    first = crawler.save(tmp_path / "a.warc.gz")
    newsroom.edit(CABAI, title="Harga Cabai Turun")
    crawler.page(CABAI, "2021-02-03T00:00:00Z")
    both = crawler.save(tmp_path / "b.warc.gz")
    assert target.take(both) == {"new": 1, "changed": 1}
    assert target.take(first) == {"unchanged": 1}
    assert target.take(both) == {"unchanged": 2}
    assert target.problems == []


def test_a_revisit_counts_where_it_says_something_new(
    newsroom: EmbeddedNewsroom, target: Target, tmp_path: Path
) -> None:
    """An edit that was taken back is known by a record that repeats the first payload."""
    crawler = Crawler(newsroom)
    title = "Harga Cabai Merah di Pasar Panorama Tembus Rp92 Ribu Sekilo"
    body = crawler.page(CABAI, "2020-01-01T00:00:00Z")
    crawler.revisit(CABAI, "2020-01-02T00:00:00Z", body)
    newsroom.edit(CABAI, title="Harga Cabai Turun")
    crawler.page(CABAI, "2020-01-03T00:00:00Z")
    crawler.revisit(CABAI, "2020-01-04T00:00:00Z", body)
    crawler.revisit(MERCUSUAR, "2020-01-04T00:00:00Z", b"elsewhere")
    assert target.take(crawler.save(tmp_path / "siaran.warc.gz")) == {
        "new": 1, "unchanged": 1, "changed": 2,
    }  # fmt: skip
    assert [(each.title, each.captures[0].fetched_at[:10]) for each in target.articles()] == [
        (title, "2020-01-01"),
        ("Harga Cabai Turun", "2020-01-03"),
        (title, "2020-01-04"),
    ]
    assert target.passed_over == {"revisit of what is no page, or in none of the files": 1}
    assert target.whole()


@pytest.mark.parametrize("named", ["id", "address and date"])
def test_what_a_revisit_repeats_is_found_without_a_digest(
    newsroom: EmbeddedNewsroom, target: Target, tmp_path: Path, named: str
) -> None:
    crawler = Crawler(newsroom)
    body = crawler.page(CABAI, "2020-01-01T00:00:00Z")
    [_, stored] = members(crawler.save(tmp_path / "asal.warc.gz"))
    id_ = str(re.search(rb"WARC-Record-ID: (<.*?>)", gzip.decompress(stored))[1], "ascii")  # type: ignore[index]
    newsroom.edit(CABAI, title="Harga Cabai Turun")
    crawler.page(CABAI, "2020-01-03T00:00:00Z")
    headers = StatusAndHeaders("304 Not Modified", [("ETag", '"a"')], protocol="HTTP/1.1")
    record = crawler.writer.create_revisit_record(
        newsroom.url(CABAI),
        digest=sha1(b""),  # as some state it of an answer without a body
        refers_to_uri=newsroom.url(CABAI) if named != "id" else "http://lain.example/",
        refers_to_date="2020-01-01T00:00:00Z",
        http_headers=headers,
        warc_headers_dict={"WARC-Refers-To": id_} if named == "id" else {},
    )
    record.rec_headers.replace_header("WARC-Date", "2020-01-04T00:00:00Z")
    record.rec_headers.replace_header(
        "WARC-Profile", "http://netpreserve.org/warc/1.0/revisit/server-not-modified"
    )
    crawler._write(record)
    assert target.take(crawler.save(tmp_path / "siaran.warc.gz")) == {"new": 1, "changed": 2}
    assert [each.title[:17] for each in target.articles()] == [
        "Harga Cabai Merah", "Harga Cabai Turun", "Harga Cabai Merah",
    ]  # fmt: skip
    assert body
    assert not any("WARC-Type: request" in record for record in target.records())
    assert target.whole()


# ------------------------------------------------------------------------ what is gone


def missing(crawler: Crawler, slug: str, at: str, status: str = "404 Not Found") -> None:
    crawler.add(crawler.newsroom.url(slug), at, b"<p>Tidak ditemukan</p>", status=status)


def test_two_captures_a_day_apart_say_that_an_article_is_gone(
    crawler: Crawler, target: Target, tmp_path: Path
) -> None:
    crawler.page(CABAI, "2020-01-01T00:00:00Z")
    missing(crawler, CABAI, "2020-02-01T00:00:00Z")
    missing(crawler, CABAI, "2020-02-01T12:00:00Z")
    missing(crawler, CABAI, "2020-02-02T00:00:00Z", "410 Gone")
    missing(crawler, CABAI, "2020-02-09T00:00:00Z")
    missing(crawler, MURAL, "2020-02-01T00:00:00Z")
    missing(crawler, MURAL, "2020-03-01T00:00:00Z")
    path = crawler.save(tmp_path / "siaran.warc.gz")
    assert target.take(path) == {"new": 1, "gone": 1, "unchanged": 1}
    [gone] = target.gone()
    assert (gone.id, gone.revision, gone.gone_at, gone.status) == (
        "progres:210320", 2, "2020-02-01T00:00:00Z", 410,
    )  # fmt: skip
    assert [(each.fetched_at, each.status) for each in gone.captures] == [
        ("2020-02-01T00:00:00Z", 404), ("2020-02-02T00:00:00Z", 410),
    ]  # fmt: skip
    assert target.articles() == []
    assert target.whole()
    before = target.files()
    assert "gone" not in target.take(path)
    assert target.files() == before


def test_what_is_missing_for_less_than_a_day_is_not_gone(
    crawler: Crawler, target: Target, tmp_path: Path
) -> None:
    crawler.page(CABAI, "2020-01-01T00:00:00Z")
    missing(crawler, CABAI, "2020-02-01T00:00:00Z")
    missing(crawler, CABAI, "2020-02-01T23:59:59Z")
    crawler.page(CABAI, "2020-02-02T00:00:00Z")
    missing(crawler, CABAI, "2020-02-02T06:00:00Z")
    path = crawler.save(tmp_path / "siaran.warc.gz")
    assert target.take(path) == {"new": 1, "unchanged": 1}
    assert target.gone() == []
    assert target.passed_over == {"http_404": 3}


def test_what_was_gone_comes_back(crawler: Crawler, target: Target, tmp_path: Path) -> None:
    crawler.page(CABAI, "2020-01-01T00:00:00Z")
    for day in (1, 2):
        missing(crawler, CABAI, f"2020-02-0{day}T00:00:00Z")
    crawler.page(CABAI, "2020-03-01T00:00:00Z")
    path = crawler.save(tmp_path / "siaran.warc.gz")
    assert target.take(path) == {"new": 1, "gone": 1, "changed": 1}
    assert [each.revision for each in target.articles()] == [1, 3]
    assert target.whole()


def test_when_much_is_missing_it_is_the_site(
    crawler: Crawler, target: Target, tmp_path: Path
) -> None:
    slugs = [entry.slug for entry in crawler.newsroom.articles if entry.slug != KETAHUN][:8]
    for slug in slugs:
        crawler.page(slug, "2020-01-01T00:00:00Z")
    for slug in slugs[:5]:
        missing(crawler, slug, "2020-02-01T00:00:00Z")
        missing(crawler, slug, "2020-02-03T00:00:00Z")
    target.take(crawler.save(tmp_path / "siaran.warc.gz"))
    assert target.gone() == []
    assert target.problems == [
        "5 of 8 pages are missing later: none is recorded as gone; see whether the site was ill"
    ]


def test_a_rest_record_and_a_page_are_one_article(
    crawler: Crawler, target: Target, tmp_path: Path
) -> None:
    target_ = "/wp-json/wp/v2/posts?per_page=5&_embed"
    answer = crawler.newsroom.get(target_)
    listed = json.loads(answer.body)
    url = crawler.newsroom.address + target_
    mime = "application/json; charset=UTF-8"
    crawler.add(url, "2020-01-01T00:00:00Z", answer.body, mime=mime)
    bare = json.dumps([{k: v for k, v in listed[0].items() if k != "_embedded"}]).encode()
    crawler.add(url.replace("&_embed", ""), "2020-01-01T00:00:00Z", bare, mime=mime)
    crawler.page(listed[0]["slug"], "2020-01-02T00:00:00Z")
    assert target.take(crawler.save(tmp_path / "siaran.warc.gz")) == {"new": 5, "superseded": 1}
    articles = target.articles()
    assert [(each.revision, each.source) for each in articles] == [(1, "rest")] * 5 + [(1, "page")]
    assert len({(each.captures[0].warc, each.captures[0].offset) for each in articles}) == 2
    assert target.passed_over == {"REST record without _embed": 1}
    assert target.whole()


def test_a_page_and_its_record_of_one_look_are_one_line(
    crawler: Crawler, target: Target, tmp_path: Path
) -> None:
    """The list names 30 articles, the pages of 20 were fetched after it."""
    target_ = "/wp-json/wp/v2/posts?per_page=30&_embed"
    answer = crawler.newsroom.get(target_)
    listed = json.loads(answer.body)
    crawler.add(crawler.newsroom.address + target_, "2020-01-01T00:00:00Z", answer.body,
                mime="application/json")  # fmt: skip
    public = [post["slug"] for post in listed if not post["content"]["protected"]]
    single = [slug for slug in public if slug != KETAHUN and "%" not in slug][:20]
    for number, slug in enumerate(single):
        crawler.page(slug, f"2020-01-01T01:00:{number:02}Z")
    path = crawler.save(tmp_path / "siaran.warc.gz")
    assert target.take(path) == {"new": len(public)}
    sources = Counter(each.source for each in target.articles())
    assert sources == {"both": 20, "rest": len(public) - 20}
    records = target.records()
    assert sum("\r\nContent-Type: application/json\r\n" in each for each in records) == 1
    assert target.take(path) == {"unchanged": len(public)}
    assert target.whole()


def test_a_record_that_comes_to_say_what_the_page_said_is_no_edit(
    crawler: Crawler, target: Target, tmp_path: Path
) -> None:
    """A paragraph grew: the page said so on the second day, the record on the third."""
    target_ = "/wp-json/wp/v2/posts?per_page=100&_embed"
    url = crawler.newsroom.address + target_
    listed = crawler.newsroom.get(target_).body
    crawler.add(url, "2020-01-01T00:00:00Z", listed, mime="application/json")
    crawler.page(CABAI, "2020-01-01T00:00:01Z")
    crawler.newsroom.edit(CABAI, note="Redaksi meralat angka ini.")
    crawler.page(CABAI, "2020-01-02T00:00:00Z")
    listed = crawler.newsroom.get(target_).body
    crawler.add(url, "2020-01-03T00:00:00Z", listed, mime="application/json")
    target.take(crawler.save(tmp_path / "siaran.warc.gz"))
    states = [each for each in target.articles() if each.post_id == 210320]
    assert [(each.revision, each.source) for each in states] == [(1, "both"), (2, "page")]


def test_records_behind_a_notice_of_php_are_read(
    crawler: Crawler, target: Target, tmp_path: Path
) -> None:
    target_ = "/wp-json/wp/v2/posts?per_page=3&_embed"
    body = b"<b>Notice</b>: Undefined index<br />\n" + crawler.newsroom.get(target_).body
    crawler.add(crawler.newsroom.address + target_, "2020-01-01T00:00:00Z", body)
    assert target.take(crawler.save(tmp_path / "siaran.warc.gz")) == {"new": 3}
    assert target.whole()


@pytest.mark.parametrize("again", [False, True], ids=["once", "and again after the page"])
def test_a_record_from_before_an_edit_is_not_mixed_with_the_page_after_it(
    crawler: Crawler, target: Target, tmp_path: Path, *, again: bool
) -> None:
    target_ = "/wp-json/wp/v2/posts?per_page=100&_embed"
    url = crawler.newsroom.address + target_
    listed = crawler.newsroom.get(target_).body
    crawler.add(url, "2020-01-01T00:00:00Z", listed, mime="application/json")
    crawler.newsroom.edit(CABAI, title="Harga Cabai Turun")
    crawler.page(CABAI, "2020-01-01T01:00:00Z")
    if again:
        listed = crawler.newsroom.get(target_).body
        crawler.add(url, "2020-01-01T01:00:01Z", listed, mime="application/json")
    target.take(crawler.save(tmp_path / "siaran.warc.gz"))
    states = [each for each in target.articles() if each.post_id == 210320]
    assert [(each.revision, each.source, each.title[:17]) for each in states] == [
        (1, "rest", "Harga Cabai Merah"), (2, "both" if again else "page", "Harga Cabai Turun"),
    ]  # fmt: skip
    assert target.problems == []
    assert target.whole()


def chunked(body: bytes) -> bytes:
    half = len(body) // 2
    parts = (body[:half], body[half:], b"")
    return b"".join(f"{len(each):x};x=1\r\n".encode() + each + b"\r\n" for each in parts)


@pytest.mark.parametrize("digested", ["as stored", "without chunks", "decoded"])
def test_codings_are_undone_and_stay_in_the_record(
    newsroom: EmbeddedNewsroom, target: Target, tmp_path: Path, digested: str
) -> None:
    crawler = Crawler(newsroom, members=False)
    url = crawler.newsroom.url(CABAI)
    plain = crawler.newsroom.get(url.removeprefix(crawler.newsroom.address)).body
    packed = brotli.compress(plain)
    stored = chunked(packed)
    of = {"as stored": stored, "without chunks": packed, "decoded": plain}[digested]
    crawler.add(
        url,
        "2020-01-01T00:00:00.250Z",
        stored,
        http={"Transfer-Encoding": "chunked", "Content-Encoding": "br"},
    )
    path = crawler.save(tmp_path / "siaran.warc", (sha1(stored), sha1(of)))
    target.take(path)
    (article,) = target.articles()
    assert (article.post_id, article.captures[0].fetched_at) == (210320, "2020-01-01T00:00:00.250Z")
    assert target.whole()


def test_a_record_that_is_not_what_its_digest_says_is_said(
    newsroom: EmbeddedNewsroom, target: Target, tmp_path: Path
) -> None:
    crawler = Crawler(newsroom, members=False)
    url = crawler.newsroom.url(CABAI)
    body = crawler.newsroom.get(url.removeprefix(crawler.newsroom.address)).body
    crawler.add(url, "2020-01-01T00:00:00Z", body)
    path = crawler.save(tmp_path / "siaran.warc", (sha1(body), sha1(b"lain")))
    assert target.take(path) == {}
    assert "payload is not sha1:" in target.problems[0]


@pytest.mark.parametrize(
    ("digests", "taken"),
    [
        (("sha1:{sha1}", "sha1:{sha1_hex}"), True),
        (("sha1:{sha1}", "SHA-1:{sha1_hex_upper}"), True),
        (("sha1:{sha1}", "sha512:{sha512}"), True),
        (("sha1:{sha1}", "sha512:00ff"), False),
        (("WARC-Block-Digest: sha1:", "WARC-Block-Digest: sha1:A"), False),
    ],
)
def test_digests_of_any_form_are_compared_before_anything_is_copied(
    newsroom: EmbeddedNewsroom,
    target: Target,
    tmp_path: Path,
    digests: tuple[str, str],
    *,
    taken: bool,
) -> None:
    crawler = Crawler(newsroom, members=False)
    body = crawler.page(CABAI, "2020-01-01T00:00:00Z")
    known = {
        "sha1": sha1(body).partition(":")[2],
        "sha1_hex": hashlib.sha1(body).hexdigest(),
        "sha1_hex_upper": hashlib.sha1(body).hexdigest().upper(),
        "sha512": hashlib.sha512(body).hexdigest(),
    }
    was, becomes = (each.format(**known) for each in digests)
    path = crawler.save(tmp_path / "siaran.warc", (was, becomes))
    assert target.take(path) == ({"new": 1} if taken else {})
    assert bool(target.problems) is not taken
    assert len(list(target.path.glob("warc/*"))) == taken
    assert target.whole()


def test_a_digest_of_an_unknown_algorithm_is_said(
    newsroom: EmbeddedNewsroom, target: Target, tmp_path: Path
) -> None:
    crawler = Crawler(newsroom, members=False)
    body = crawler.page(CABAI, "2020-01-01T00:00:00Z")
    path = crawler.save(tmp_path / "siaran.warc", (sha1(body), "tiger:abc"))
    assert target.take(path) == {"new": 1}
    assert target.remarks == {"digests of an unknown algorithm: tiger": 1}
    [article] = target.articles()
    assert article.captures[0].digest == f"sha256:{hashlib.sha256(body).hexdigest()}"
    assert target.whole()


@pytest.mark.parametrize("ended", ["the HTTP header", "all headers"])
def test_headers_may_end_their_lines_with_lf(
    newsroom: EmbeddedNewsroom, target: Target, tmp_path: Path, ended: str
) -> None:
    url = newsroom.url(CABAI)
    body = newsroom.get(url.removeprefix(newsroom.address)).body
    http = b"HTTP/1.1 200 OK\nContent-Type: text/html; charset=UTF-8\n\n"
    header = (
        f"WARC/1.0\nWARC-Type: response\nWARC-Record-ID: <urn:uuid:1>\nWARC-Target-URI: {url}\n"
        f"WARC-Date: 2020-01-01T00:00:00Z\nContent-Length: {len(http + body)}\n\n"
    )
    end = "\n" if ended == "all headers" else "\r\n"
    whole = header.replace("\n", end).encode() + http + body + 2 * end.encode()
    (tmp_path / "siaran.warc.gz").write_bytes(gzip.compress(whole))
    assert target.take(tmp_path / "siaran.warc.gz") == {"new": 1}
    assert target.whole()


def test_a_resource_record_is_a_page(crawler: Crawler, target: Target, tmp_path: Path) -> None:
    url = crawler.newsroom.url(CABAI)
    body = crawler.newsroom.get(url.removeprefix(crawler.newsroom.address)).body
    record = crawler.writer.create_warc_record(
        url,
        "resource",
        payload=io.BytesIO(body),
        warc_content_type="text/html",
        warc_headers_dict={"WARC-Date": "2020-01-01T00:00:00Z"},
    )
    crawler._write(record)
    assert target.take(crawler.save(tmp_path / "siaran.warc.gz")) == {"new": 1}
    [article] = target.articles()
    assert (article.post_id, article.captures[0].status) == (210320, 200)
    assert target.whole()
    export(target.path, "wacz", tmp_path / "kita.wacz")
    with Folder(target.path, Clock(now())).open(newsroom=target.newsroom) as archive:
        tell(archive, Withhold("progres:210320", "asked for"))
        archive.erase("progres:210320")
    assert not any("Cabai" in record for record in target.records())


def test_the_lead_photo_comes_along_where_it_is_wanted(
    crawler: Crawler, target: Target, tmp_path: Path
) -> None:
    crawler.page(CABAI, "2020-01-01T00:00:00Z")
    path = crawler.save(tmp_path / "siaran.warc.gz")
    target.take(path, photos=True)
    [article] = target.articles()
    assert article.image_url
    assert target.remarks == {"lead photos that are in none of the files, or damaged": 1}
    crawler.add(article.image_url, "2020-01-01T00:00:02Z", b"\xff\xd8foto", mime="image/jpeg")
    crawler.add("https://lain.example/", "2020-01-01T00:00:02Z", b"{}", mime="application/json")
    crawler.add("http://[kacau/", "2020-01-01T00:00:02Z", b"")
    crawler.revisit(CABAI, "2020-01-01T00:00:02Z", b"")
    path = crawler.save(tmp_path / "siaran.warc.gz")
    without, with_it = (Target(tmp_path / each / "progres", target.newsroom) for each in "ab")
    for other, photos in ((without, False), (with_it, True)):
        other.path.parent.mkdir()
        other.take(path, photos=photos)
    assert len(without.articles()[0].captures) == 1
    lost = "revisit of what is no page, or in none of the files"
    assert without.passed_over == {"not_html": 1, lost: 1}
    _, photo = with_it.articles()[0].captures
    assert (photo.url, photo.fetched_at) == (article.image_url, "2020-01-01T00:00:02Z")
    assert with_it.passed_over == {lost: 1}
    assert with_it.whole()


def test_a_record_without_its_page_brings_no_photo(
    crawler: Crawler, target: Target, tmp_path: Path
) -> None:
    url = crawler.newsroom.address + "/wp-json/wp/v2/posts?per_page=100&_embed"
    listed = crawler.newsroom.get(url.removeprefix(crawler.newsroom.address)).body
    crawler.add(url, "2020-01-01T00:00:00Z", listed, mime="application/json")
    for post in json.loads(listed):
        for photo in post["_embedded"].get("wp:featuredmedia", []):
            crawler.add(photo["source_url"], "2020-01-01T00:00:02Z", b"foto", mime="image/jpeg")
    target.take(crawler.save(tmp_path / "siaran.warc.gz"), photos=True)
    assert {len(each.captures) for each in target.articles()} == {1}
    assert target.whole()


# ------------------------------------------------------------------------ the files


def test_the_archive_says_whose_bytes_it_holds(
    crawler: Crawler, target: Target, tmp_path: Path
) -> None:
    crawler.page(CABAI, "2020-01-01T00:00:00Z")
    path = crawler.save(tmp_path / "siaran.warc.gz")
    other = Crawler(crawler.newsroom)
    other.page(MERCUSUAR, "2020-01-02T00:00:00Z")
    target.take(path, other.save(tmp_path / "lain.warc.gz"))
    [warc] = target.path.glob("warc/*")
    kinds = [re.search(r"WARC-Type: (\w+)", each)[1] for each in target.records()]  # type: ignore[index]
    assert kinds == ["warcinfo", "warcinfo", "response", "warcinfo", "warcinfo", "response"]
    ours, theirs, _, ours_again, _, _ = target.records()
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert f"copiedFrom: siaran.warc.gz\r\ncopiedFromDigest: sha256:{digest}\r\n" in ours
    assert "copiedFrom: lain.warc.gz\r\n" in ours_again
    assert "as the crawler's framework hands them on" not in ours
    assert "software: tests" in theirs
    assert [*members(warc)][1] in path.read_bytes()


def test_a_file_of_nothing_says_what_it_holds_and_stops_nothing(
    newsroom: EmbeddedNewsroom, target: Target, tmp_path: Path
) -> None:
    (tmp_path / "kosong.warc.gz").write_bytes(b"")
    other, crawler = Crawler(newsroom), Crawler(newsroom)
    for number in range(2):
        other.add(f"https://lain.example/{number}", "2020-01-01T00:00:00Z", b"<p>Lain</p>")
    crawler.page(CABAI, "2020-01-01T00:00:00Z")
    (tmp_path / "rusak.wacz").write_bytes(b"PK\x03\x04" + bytes(40))
    taken = target.take(
        tmp_path / "kosong.warc.gz",
        other.save(tmp_path / "lain.warc.gz"),
        tmp_path / "rusak.wacz",
        crawler.save(tmp_path / "siaran.warc.gz"),
    )
    assert taken == {"new": 1}
    host = target.newsroom.host
    said = [each.removeprefix(f"{tmp_path}/").replace(host, "HOST") for each in target.problems]
    assert said == [
        "rusak.wacz: byte 0: cannot be unpacked (File is not a zip file)",
        "kosong.warc.gz: the file is empty",
        "lain.warc.gz: holds nothing of HOST, but records: 2 of lain.example, 1 warcinfo",
    ]


def test_damage_costs_no_more_than_what_is_damaged(
    crawler: Crawler, target: Target, tmp_path: Path
) -> None:
    crawler.page(CABAI, "2020-01-01T00:00:00Z")
    hole = crawler.buffer.tell()
    crawler.page(KETAHUN, "2020-01-01T00:00:00Z", "/2")
    crawler.page(MERCUSUAR, "2020-01-01T00:00:00Z")
    path = crawler.save(tmp_path / "siaran.warc.gz")
    content = bytearray(path.read_bytes())
    content[hole + 40] ^= 255
    path.write_bytes(content[:-1])
    assert target.take(path) == {"new": 1}
    assert len(target.problems) == 1
    path.write_bytes(content)
    assert target.take(path) == {"unchanged": 1, "new": 1}
    assert f"siaran.warc.gz: byte {hole}: " in target.problems[0]


def test_what_is_withheld_stays_withheld(crawler: Crawler, target: Target, tmp_path: Path) -> None:
    crawler.page(CABAI, "2020-01-01T00:00:00Z")
    path = crawler.save(tmp_path / "siaran.warc.gz")
    target.take(path)
    folder = Folder(target.path, Clock(now()))
    with folder.open(newsroom=target.newsroom) as archive:
        tell(archive, Withhold("progres:210320", "asked for"))
    before = target.files()
    assert target.take(path) == {"withheld": 1}
    assert target.files() == before


def test_our_own_wacz_comes_back_as_the_same_articles(
    crawler: Crawler, target: Target, tmp_path: Path
) -> None:
    for number, slug in enumerate((CABAI, MERCUSUAR)):
        crawler.page(slug, f"2020-02-03T04:05:0{number}Z")
    for number in range(1, PAGES + 1):
        crawler.page(KETAHUN, f"2020-02-03T04:06:0{number}Z", f"/{number}" if number > 1 else "")
    target.take(crawler.save(tmp_path / "siaran.warc.gz"))
    export(target.path, "wacz", tmp_path / "kita.wacz")
    other = Target(tmp_path / "lain" / "progres", target.newsroom)
    other.path.parent.mkdir()
    assert other.take(tmp_path / "kita.wacz") == {"new": 3}

    def content(each: Article) -> dict[str, Any]:
        values = attrs.asdict(each)
        values["captures"] = [one.record_id for one in each.captures]
        return {k: v for k, v in values.items() if k not in ("run", "written_at")}

    assert [*map(content, other.articles())] == [*map(content, target.articles())]


@pytest.mark.parametrize("form", ["warc", "wacz"])
def test_what_a_crawl_archived_comes_back_as_it_was(
    archived: Archived, tmp_path: Path, form: str
) -> None:
    """Ids, revisions and content hashes: an article was edited, and another one deleted."""
    archived.newsroom.edit(CABAI, note="Redaksi meralat angka ini.")
    archived.newsroom.delete(MURAL)
    for counts in ((1, 0), (0, 1)):
        last = max(each.written_at or "" for each in read(archived.folder))
        while stamp(now()) <= last:  # dates of records are whole seconds, and runs minutes apart
            time.sleep(0.05)
        run = archived.crawl("-a", "refresh=all").run
        assert (run.changed, run.gone) == counts
    path = tmp_path / "kita.wacz"
    export(archived.folder, "wacz", path, "--all-revisions")
    files = [path] if form == "wacz" else sorted(archived.folder.glob("warc/*"))
    target = Target.of(archived.newsroom, tmp_path)
    target.take(*files)
    assert target.problems == []
    folders = (archived.folder, target.path)
    before, after = (
        {(each.id, each.revision, each.content_hash) for each in read(one, latest=False, gone=True)}
        for one in folders
    )
    [gone], taken = Target(archived.folder, target.newsroom).gone(), target.gone()
    if form == "wacz":  # which shows nothing of what is gone
        assert (taken, after) == ([], {state for state in before if state[0] != gone.id})
    else:
        assert after == before
        assert [(each.id, each.revision, each.status) for each in taken] == [(gone.id, 2, 404)]
    assert len(after) == 38 - (form == "wacz")
    assert target.whole()


@pytest.mark.parametrize(
    ("refresh", "looked_at"), [("due", 2), ("all", 34)], ids=["what is due", "every article"]
)
def test_a_crawl_goes_on_where_the_files_end(
    newsroom: EmbeddedNewsroom, target: Target, tmp_path: Path, refresh: str, looked_at: int
) -> None:
    """What others captured in March is not written again; what was edited since then is."""
    newsroom.hold(MURAL)
    others = Crawler(newsroom)
    for slug in {entry.slug for entry in newsroom.articles} - {MERCUSUAR}:
        others.page(slug, "2026-03-20T00:00:00Z")
    for number in range(2, PAGES + 1):
        others.page(KETAHUN, "2026-03-20T00:00:00Z", f"/{number}")
    newsroom.publish(MURAL)
    newsroom.edit(CABAI, note="Redaksi meralat angka ini.")
    assert target.take(others.save(tmp_path / "siaran.warc.gz")) == {"new": 35}

    first = crawl(newsroom, tmp_path, "-a", f"refresh={refresh}")
    assert (first.code, first.run.new, first.run.changed) == (0, 2, 1), first.said
    # Where the record of an article says more than its page, it is the same revision.
    assert first.run.unchanged + first.run.superseded == looked_at
    assert len(first.lines) == 3 + first.run.superseded
    assert {(line["url"], line["revision"]) for line in first.lines} >= {
        (newsroom.url(MURAL), 1),
        (newsroom.url(MERCUSUAR), 1),
        (newsroom.url(CABAI), 2),
    }
    assert len(target.articles()) == 35 + len(first.lines)

    second = crawl(newsroom, tmp_path, "-a", f"refresh={refresh}")
    assert (second.code, second.lines) == (0, [])
    assert target.whole()


def test_the_archive_is_locked_meanwhile(crawler: Crawler, target: Target, tmp_path: Path) -> None:
    crawler.page(CABAI, "2020-01-01T00:00:00Z")
    path = crawler.save(tmp_path / "siaran.warc.gz")
    target.path.mkdir()
    with (
        locked(target.path, "scrapy crawl progres", "2026-03-10T01:00:00Z"),
        pytest.raises(ArchiveLocked),
    ):
        target.take(path)


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ((), "want NAME and at least one FILE"),
        (("progres",), "want NAME and at least one FILE"),
        (("lintas", "x.warc.gz"), "No newsroom named 'lintas'. Known: "),
        (("progres", "/nowhere.warc"), "/nowhere.warc: No such file or directory; want a WARC"),
        (("progres", __file__), "test_ingest.py: want a WARC file"),
        (("--due", "progres", "x"), "unknown option --due"),
    ],
)
def test_refuses(arguments: tuple[str, ...], why: str) -> None:
    assert why in refusal(Command(), *arguments)


@pytest.mark.tools
def test_what_wget_captured(newsroom: EmbeddedNewsroom, target: Target, tmp_path: Path) -> None:
    """apt-get install wget"""
    slugs = [CABAI, MERCUSUAR]
    subprocess.run(
        ["wget", "-q", "--warc-file=siaran", "-O", "/dev/null", *map(newsroom.url, slugs),
         newsroom.url(KETAHUN), *(f"{newsroom.url(KETAHUN)}/{number}" for number in (2, 3))],
        cwd=tmp_path, check=True,
    )  # fmt: skip
    assert target.take(tmp_path / "siaran.warc.gz") == {"new": 3}
    assert [each.post_id for each in target.articles()] == [210320, 210250, 210120]
    assert target.whole()
