"""Sitemaps and feeds: what is read of them, and what is refused; times as sites print them."""

from __future__ import annotations

import datetime as dt
import gzip
from typing import Any

import attrs
import pytest

from crawler.discovery import read_feed, read_sitemap
from crawler.timestamps import parse, parse_day

WIB = dt.timezone(dt.timedelta(hours=7))
BASE = "https://kabar.example"
UNREADABLE = "XML|HTML|JSON|cut short|empty|feed"
XHTML = '<?xml version="1.0"?>\n<html xmlns="http://www.w3.org/1999/xhtml">'


def sitemap(text: str | bytes) -> list[Any]:
    body = text.encode() if isinstance(text, str) else text
    return list(read_sitemap(body, f"{BASE}/sitemap.xml", WIB))


def entry(url: str, **more: Any) -> dict[str, Any]:
    """What is read of a line of a sitemap that says nothing but *more*."""
    said = {"is_file": False, "lastmod": None, "published": None, "is_news": False, **more}
    return {"url": url, **said}


def feed(text: str) -> list[Any]:
    return list(read_feed(text.encode(), f"{BASE}/feed/", WIB))


class TestMoment:
    @pytest.mark.parametrize(
        ("text", "wanted"),
        [
            ("2024-03-01T08:15:00+07:00", "2024-03-01T08:15:00+07:00"),
            ("2024-03-01T08:15:00Z", "2024-03-01T08:15:00+00:00"),
            ("2024-03-01T08:15+0800", "2024-03-01T08:15:00+08:00"),
            ("2024-03-01 08:15:00", "2024-03-01T08:15:00+07:00"),
            ("2024-03-01T08:15:00.123Z", "2024-03-01T08:15:00+00:00"),
            ("2024-03-01T08:15:00-03:30", "2024-03-01T08:15:00-03:30"),
            ("Fri, 01 Mar 2024 01:15:00 +0000", "2024-03-01T01:15:00+00:00"),
            ("Fri, 1 Mar 2024 01:15 GMT", "2024-03-01T01:15:00+00:00"),
            ("Fri, 01 Mar 2024 08:15:00", "2024-03-01T08:15:00+07:00"),
            ("01 Mar 2024 08:15:00 EST", "2024-03-01T08:15:00-05:00"),
        ],
    )
    def test_reads(self, text: str, wanted: str) -> None:
        found = parse(text, WIB)
        assert found is not None
        assert found.isoformat() == wanted

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "2024-03-01",
            "kemarin",
            "9999-12-31T23:59:59Z",
            "0000-00-00T00:00:00",
            "2024-02-30T08:00:00Z",
            "2024-03-01T25:00:00Z",
            "1712345678",
            "Fri, 01 Mar 1800 01:15:00 +0000",
            "Fri, 30 Feb 2024 01:15:00 +0000",
            "Fri, 01 Mar 2024 01:15:00 GMT+0700",  # which a strict reader takes for GMT
            "Fri, 01 Mar 2024 01:15:00 " + "+" * 10_000,
        ],
    )
    def test_refuses(self, text: str) -> None:
        assert parse(text, WIB) is None

    def test_a_day_is_a_day(self) -> None:
        assert parse_day("2024-03-01") == dt.date(2024, 3, 1)
        assert (
            parse_day("2024-03-01T08:00:00Z")
            is parse_day("2024-02-30")
            is parse_day("9999-01-01")
            is None
        )


class TestSitemap:
    @pytest.mark.parametrize(
        ("text", "wanted"),
        [
            pytest.param(
                '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/'
                'schemas/sitemap/0.9"><url><loc>https://kabar.example/a/</loc>'
                "<lastmod>2024-03-01T08:15:00+07:00</lastmod></url></urlset>",
                [entry("https://kabar.example/a/", lastmod="2024-03-01T08:15:00+07:00")],
                id="urlset",
            ),
            pytest.param(
                "<sitemapindex><sitemap><loc>\n /post-sitemap1.xml </loc><lastmod>2024-03-01"
                "</lastmod></sitemap></sitemapindex>",
                [
                    entry(
                        "https://kabar.example/post-sitemap1.xml",
                        is_file=True,
                        lastmod="2024-03-01",
                    )
                ],
                id="index, relative, a day",
            ),
            pytest.param(
                '<urlset xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>/a/</loc>'
                "<n:news><n:publication><n:name>Kabar</n:name></n:publication>"
                "<n:publication_date>2024-03-01T01:15Z</n:publication_date></n:news></url></urlset>",
                [
                    entry(
                        "https://kabar.example/a/",
                        published="2024-03-01T01:15:00+00:00",
                        is_news=True,
                    )
                ],
                id="Google News",
            ),
            pytest.param(
                "<urlset><url><loc>/a/</loc><image:image xmlns:image='i'><image:loc>/x.jpg"
                "</image:loc></image:image></url></urlset>",
                [entry("https://kabar.example/a/")],
                id="an image's loc is not the page's",
            ),
            pytest.param(
                "\n\n <?xml version='1.0'?><urlset><url><loc>/a/?x=1&amp;y=2</loc></url></urlset>",
                [entry("https://kabar.example/a/?x=1&y=2")],
                id="blank lines before the declaration",
            ),
            pytest.param(
                "https://kabar.example/a/\r\nhttps://kabar.example/b/\r\nbukan alamat\r\n",
                [entry("https://kabar.example/a/"), entry("https://kabar.example/b/")],
                id="plain text",
            ),
            pytest.param(
                "<urlset><url><loc>/a/</loc><lastmod>9999-12-31T00:00:00Z</lastmod></url></urlset>",
                [entry("https://kabar.example/a/")],
                id="the year 9999",
            ),
            pytest.param(
                "<urlset><url></url><url><loc></loc></url><url><loc>javascript:x</loc></url>"
                f"<url><loc>/{'x' * 3000}</loc></url></urlset>",
                [],
                id="no address",
            ),
        ],
    )
    def test_reads(self, text: str, wanted: list[dict[str, Any]]) -> None:
        assert [attrs.asdict(each) for each in sitemap(text)] == wanted

    def test_reads_gzip_by_its_first_bytes(self) -> None:
        packed = gzip.compress(b"<urlset><url><loc>/a/</loc></url></urlset>")
        assert [each.url for each in sitemap(packed)] == ["https://kabar.example/a/"]

    @pytest.mark.parametrize(
        ("text", "kind", "reason"),
        [
            ("<!DOCTYPE html><html><body>404</body></html>", "WrongKind", "an HTML page"),
            ("<!-- cache --><html><body>404</body></html>", "WrongKind", "an HTML page"),
            ("<rss><channel></channel></rss>", "WrongKind", "XML, but no sitemap"),
            (f"{XHTML}<link rel=a><p>404", "WrongKind", "XML, but no sitemap"),
            ("", "Unreadable", "empty"),
            ("Not found", "Unreadable", "not XML"),
            ("<urlset><url><loc>/a/</loc></url>", "Unreadable", "cut short"),
            ("<urlset><url><loc>/a/</loc></url></urlset", "Unreadable", "cut short"),
        ],
    )
    def test_refuses(self, text: str, kind: str, reason: str) -> None:
        with pytest.raises(ValueError, match=f"^{reason}") as refused:
            sitemap(text)
        assert type(refused.value).__name__ == kind  # whether to ask again is of use

    def test_says_that_a_file_is_cut_short_after_what_it_holds(self) -> None:
        entries = read_sitemap(b"<urlset><url><loc>/a/</loc></url><url><lo", BASE, WIB)
        assert next(entries).url == "https://kabar.example/a/"
        with pytest.raises(ValueError, match=UNREADABLE):
            list(entries)

    def test_does_not_expand_entities(self) -> None:
        bomb = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 50}">' for n in range(1, 9))
        text = f'<!DOCTYPE u [<!ENTITY e0 "x">{bomb}]><urlset><url><loc>/&e8;</loc></url></urlset>'
        with pytest.raises(ValueError, match=UNREADABLE):
            assert all(len(entry.url) < 100 for entry in sitemap(text))

    def test_does_not_read_files(self) -> None:
        text = (
            '<!DOCTYPE u [<!ENTITY f SYSTEM "file:///etc/hostname">]>'
            "<urlset><url><loc>/a/&f;</loc></url></urlset>"
        )
        assert [each.url for each in sitemap(text)] == ["https://kabar.example/a/"]


def test_entries_of_a_sitemap_are_read_before_the_damage_is_said() -> None:
    entries = read_sitemap(
        body=b"<urlset><url><loc>/?p=812</loc><lastmod>2024-03-01</lastmod></url><url><loc>/b/",
        url=f"{BASE}/wp-sitemap-posts-post-1.xml",
        zone=WIB,
    )
    first = next(entries)
    assert (first.url, first.lastmod, first.published, first.post_id) == (
        "https://kabar.example/?p=812",
        "2024-03-01",
        None,
        812,
    )
    with pytest.raises(ValueError, match=r"XML|cut short"):
        list(entries)


class TestFeed:
    def test_reads_rss(self) -> None:
        (entry,) = feed(
            '<?xml version="1.0"?><rss version="2.0"><channel><title>Kabar</title>'
            "<link>https://kabar.example/</link><item><title>Hujan</title>"
            "<link>https://kabar.example/hujan/</link>"
            '<guid isPermaLink="false">https://kabar.example/?p=812</guid>'
            "<pubDate>Fri, 01 Mar 2024 01:15:00 +0000</pubDate></item></channel></rss>"
        )
        assert (entry.url, entry.published, entry.lastmod, entry.post_id) == (
            "https://kabar.example/hujan/",
            "2024-03-01T01:15:00+00:00",
            None,
            812,
        )

    @pytest.mark.parametrize(
        ("stated", "published"),
        [
            ("Sel, 30 Januari 2024 08:15:00 +0700", "2024-01-30T08:15:00+07:00"),
            ("Min, 04 Pebruari 2024 08:15:00 WIB", "2024-02-04T08:15:00+07:00"),
            ("Jum'at, 31 Mei 2024 08:15:00 +0800", "2024-05-31T08:15:00+08:00"),
            ("Kam, 1 Agt 2024 08:15:00 WIT", "2024-08-01T08:15:00+09:00"),
            ("Thu, 05 Sept 2024 08:15:00 GMT+7", "2024-09-05T08:15:00+07:00"),
            ("Thu, 05 Sep 2024 08:15:00 GMT+0700", "2024-09-05T08:15:00+07:00"),
            ("Sen, 07 Okt 2024 08:15:00 +0900", "2024-10-07T08:15:00+09:00"),
            ("Rabu, 25 Desember 2024 8:15 PM WITA", "2024-12-25T20:15:00+08:00"),
            ("Thu, 26 Dec 2024 12:05:00 AM +0700", "2024-12-26T00:05:00+07:00"),
            ("2024-09-05 08:15:00 WIB", "2024-09-05T08:15:00+07:00"),
            ("05 September 2024", None),
            ("Thu, 05 Maulud 2024 08:15:00 +0700", None),
            ("3 jam lalu", None),
        ],
    )
    def test_reads_dates_that_are_printed_for_people(
        self, stated: str, published: str | None
    ) -> None:
        (entry,) = feed(
            "<rss version='2.0'><channel><item><link>https://kabar.example/hujan/</link>"
            f"<pubDate>{stated}</pubDate></item></channel></rss>"
        )
        assert entry.published == published

    def test_reads_atom(self) -> None:
        (entry,) = feed(
            '<feed xmlns="http://www.w3.org/2005/Atom"><updated>2024-03-02T00:00:00Z</updated>'
            '<link rel="self" href="/feed/atom/"/><entry><title>Hujan</title>'
            '<link rel="replies" href="/hujan/#respond"/><link href="/hujan/"/>'
            "<published>2024-03-01T08:15:00+07:00</published>"
            "<updated>2024-03-01T09:00:00+07:00</updated></entry></feed>"
        )
        assert (entry.url, entry.published, entry.lastmod) == (
            "https://kabar.example/hujan/",
            "2024-03-01T08:15:00+07:00",
            "2024-03-01T09:00:00+07:00",
        )

    def test_reads_rdf(self) -> None:
        (entry,) = feed(
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
            ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns="http://purl.org/rss/1.0/">'
            '<channel rdf:about="/"><title>Kabar</title></channel><item rdf:about="/hujan/">'
            "<dc:date>2024-03-01T08:15:00+07:00</dc:date></item></rdf:RDF>"
        )
        assert entry.url == "https://kabar.example/hujan/"
        assert entry.published == "2024-03-01T08:15:00+07:00"

    def test_a_guid_is_the_address_where_there_is_no_link(self) -> None:
        (entry,) = feed("<rss><channel><item><guid>/hujan/</guid></item></channel></rss>")
        assert entry.url == "https://kabar.example/hujan/"

    def test_a_digest_follows_title_and_text(self) -> None:
        template = "<rss><channel><item><title>{}</title><link>/a/</link><description>{}</description><comments>{}</comments></item></channel></rss>"
        digests = [
            feed(template.format(*values))[0].digest
            for values in [("A", "b", 1), ("A", "b", 2), ("A", "c", 1), ("B", "b", 1)]
        ]
        assert digests[0] == digests[1]
        assert len(set(digests)) == 3

    def test_states_when_it_changed(self) -> None:
        built = "<lastBuildDate>Fri, 01 Mar 2024 01:15:00 +0000</lastBuildDate>"
        entries = "<item><link>/a/</link></item><item><link>/b/</link></item>"
        assert [
            each.feed_changed for each in feed(f"<rss><channel>{built}{entries}</channel></rss>")
        ] == ["Fri, 01 Mar 2024 01:15:00 +0000"] * 2
        assert feed(f"<rss><channel>{built}</channel></rss>") == []
        assert [each.feed_changed for each in feed(f"<rss><channel>{entries}</channel></rss>")] == [
            "",
            "",
        ]

    def test_entries_are_read_before_the_damage_is_said(self) -> None:
        entries = read_feed(
            body=b"<rss><channel><item><link>/a/</link></item><item>",
            url=f"{BASE}/feed/",
            zone=WIB,
        )
        first = next(entries)
        assert (first.url, first.lastmod, first.published, first.post_id) == (
            "https://kabar.example/a/",
            None,
            None,
            None,
        )
        with pytest.raises(ValueError, match=r"XML|cut short"):
            next(entries)

    @pytest.mark.parametrize(
        "text", ["", "<html></html>", "<urlset></urlset>", "<rss><channel><item>", '{"items": []}']
    )
    def test_refuses(self, text: str) -> None:
        with pytest.raises(ValueError, match=UNREADABLE):
            feed(text)
