"""Parsers: what they read, what they refuse, and that nothing makes them crash or crawl."""

from __future__ import annotations

import contextlib
import datetime as dt
import gzip
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.discovery.cdx import read_cdx
from crawler.discovery.documents import Unreadable, WrongKind, unpacked
from crawler.discovery.feed import FeedEntry, read_feed
from crawler.discovery.listing import ListPage, read_list
from crawler.discovery.sitemap import (
    Entry,
    lists_posts,
    may_list_articles,
    natural_order,
    read_sitemap,
    robots_sitemaps,
)
from crawler.discovery.wordpress import api_root, read_posts, total
from crawler.timestamps import parse, parse_day
from tests.growth import LINEAR, growth
from tests.test_normalise_tags import HIDDEN, page_with

WIB = dt.timezone(dt.timedelta(hours=7))
BASE = "https://kabar.example"


def sitemap(text: str | bytes) -> list[Entry]:
    body = text.encode() if isinstance(text, str) else text
    return list(read_sitemap(body, f"{BASE}/sitemap.xml", WIB))


def feed(text: str) -> list[FeedEntry]:
    return list(read_feed(text.encode(), f"{BASE}/feed/", WIB))


def list_page(text: str, path: str = "/") -> ListPage:
    (page,) = read_list(text.encode(), BASE + path, BASE, WIB)
    return page


@pytest.mark.parametrize("how", HIDDEN)
def test_a_list_with_too_many_attributes_is_refused_before_it_is_parsed(how: str) -> None:
    with pytest.raises(Unreadable):
        list(read_list(page_with(how), BASE, BASE, WIB))


class TestSitemap:
    def test_does_not_unpack_a_bomb(self) -> None:
        packed = gzip.compress(b" " * 60_000_000)
        with pytest.raises(Unreadable, match="more than 52428800 bytes"):
            unpacked(packed)

    @pytest.mark.parametrize(
        "name",
        [
            "wp-sitemap-posts-post-1.xml",
            "post-sitemap2.xml",
            "sitemap-pt-post-2024-03.xml",
            "sitemap-1.xml",
            "news-sitemap.xml",
            "post-sitemap.xml.gz",
            "wp-sitemap-posts-berita-1.xml",
        ],
    )
    def test_names_that_may_list_articles(self, name: str) -> None:
        assert may_list_articles(f"{BASE}/{name}")

    @pytest.mark.parametrize(
        "name",
        [
            "wp-sitemap-posts-page-1.xml",
            "wp-sitemap-taxonomies-post_tag-1.xml",
            "wp-sitemap-users-1.xml",
            "category-sitemap.xml",
            "post_tag-sitemap3.xml",
            "page-sitemap.xml",
            "author-sitemap.xml",
            "attachment-sitemap1.xml",
        ],
    )
    def test_names_that_do_not(self, name: str) -> None:
        assert not may_list_articles(f"{BASE}/{name}")

    def test_names_of_posts_alone(self) -> None:
        assert lists_posts(f"{BASE}/wp-sitemap-posts-post-1.xml")
        assert lists_posts(f"{BASE}/post-sitemap7.xml")
        assert not lists_posts(f"{BASE}/sitemap.xml")
        assert not lists_posts(f"{BASE}/wp-sitemap-posts-page-1.xml")

    def test_files_are_ordered_as_people_count(self) -> None:
        names = [f"{BASE}/post-sitemap{number}.xml" for number in (10, 9, 1, 2)]
        assert max(names, key=natural_order) == f"{BASE}/post-sitemap10.xml"


class TestRobots:
    def test_reads_sitemap_lines_wherever_they_stand(self) -> None:
        robots = (
            b"\xef\xbb\xbfSitemap: https://kabar.example/a.xml\r\nUser-agent: *\rDisallow: /x\n"
            b"  SITEMAP :/b.xml # yang kedua\nSite-map: https://kabar.example/a.xml\n#Sitemap: /c.xml\n"
        )
        assert robots_sitemaps(robots, f"{BASE}/robots.txt") == (
            "https://kabar.example/a.xml",
            "https://kabar.example/b.xml",
        )

    def test_of_html_there_are_none(self) -> None:
        assert robots_sitemaps(b"<html>Sitemap: here</html>", BASE) == ()


class TestPosts:
    def read(self, **record: Any) -> Any:
        posts = list(read_posts(json.dumps([record]).encode(), WIB))
        return posts[0] if posts else None

    @pytest.mark.parametrize(
        ("date", "gmt", "wanted"),
        [
            ("2024-03-01T08:15:00", "2024-03-01T01:15:00", "2024-03-01T08:15:00+07:00"),
            ("2024-03-01T09:15:00", "2024-03-01T01:15:00", "2024-03-01T09:15:00+08:00"),
            ("2024-03-01T01:15:00", "2024-03-01T01:15:00", "2024-03-01T01:15:00+00:00"),
            ("2024-03-01T08:15:00", "0000-00-00T00:00:00", "2024-03-01T08:15:00+07:00"),
            ("2024-03-01T08:15:00", None, "2024-03-01T08:15:00+07:00"),
            ("2024-03-01T08:15:00", "2021-03-01T01:15:00", "2024-03-01T08:15:00+07:00"),
            ("2024-03-01T08:15:00", "2024-02-29T12:15:00", "2024-03-01T08:15:00+07:00"),
            ("2024-03-01T08:15:00", "2024-03-01T21:15:00", "2024-03-01T08:15:00+07:00"),
            (None, "2024-03-01T01:15:00", "2024-03-01T01:15:00+00:00"),
            ("9999-03-01T08:15:00", "9999-03-01T01:15:00", None),
        ],
    )
    def test_publication(self, date: str | None, gmt: str | None, wanted: str | None) -> None:
        assert self.read(id=7, link="/a/", date=date, date_gmt=gmt).published == wanted

    @pytest.mark.parametrize("post_id", ["7", 0, -3, True, None, 10**16, 7.0])
    def test_refuses_what_is_no_id(self, post_id: Any) -> None:
        assert self.read(id=post_id, link="/a/", date="2024-03-01T08:15:00") is None

    @pytest.mark.parametrize(
        ("value", "wanted"),
        [
            ("4812", 4812),
            (" 0 ", 0),
            ("-1", None),
            ("banyak", None),
            ("1" * 5000, None),
            ("٣", None),
        ],
    )
    def test_totals(self, value: str, wanted: int | None) -> None:
        assert total({"x-wp-total": value}) == wanted

    def test_api_root(self) -> None:
        link = '<https://kabar.example/wp-json/>; rel="https://api.w.org/", <https://kabar.example/?p=1>; rel=shortlink'
        assert api_root({"link": link}) == "https://kabar.example/wp-json/"
        assert api_root({"link": "<https://kabar.example/?p=1>; rel=shortlink"}) is None
        assert api_root({}) is None


class TestList:
    def test_headlines_wherever_they_stand(self) -> None:
        page = list_page(
            '<div class="gmr-bigheadline"><a class="gmr-slide-titlelink" href="/politik/debat.html">Debat</a>'
            '<div><a class="recent-title" href="/politik/pleno.html">Pleno</a></div></div>'
            '<article id="post-812"><h2 class="entry-title"><a href="/daerah/hujan.html" rel="bookmark">Hujan</a>'
            '</h2><time class="entry-date published" datetime="2024-03-01T08:15:00+07:00">1 Maret</time>'
            '<time class="updated" datetime="2024-03-01T09:00:00+07:00"></time></article>'
            '<div><a href="/ekonomi/harga.html">Harga cabai naik tiga hari</a></div>'
        )
        assert [each.url for each in page.articles] == [
            "https://kabar.example/politik/debat.html",
            "https://kabar.example/politik/pleno.html",
            "https://kabar.example/daerah/hujan.html",
            "https://kabar.example/ekonomi/harga.html",
        ]
        hujan = page.articles[2]
        assert (hujan.post_id, hujan.published, hujan.lastmod) == (
            812,
            "2024-03-01T08:15:00+07:00",
            "2024-03-01T09:00:00+07:00",
        )

    @pytest.mark.parametrize(
        "text",
        [
            '<nav><a href="/pedoman/">Pedoman pemberitaan media siber kita</a></nav>',
            '<footer><h3><a href="/redaksi/">Redaksi</a></h3></footer>',
            '<ul class="menu"><li class="menu-item"><a href="/tentang/">Tentang kami dan kita semua</a></li></ul>',
            '<h2><a href="https://kasino.example/slot/">Slot gacor malam ini</a></h2>',
            '<h2><a href="/category/daerah/">Daerah</a></h2>',
            '<h2><a href="/foto.jpg">Foto hujan di kota kita</a></h2>',
            '<h2><a href="#isi">Hujan di kota kita</a></h2>',
            '<h2><a href="javascript:buka()">Hujan di kota kita</a></h2>',
            '<a href="/hujan/">Baca</a>',
        ],
    )
    def test_what_is_no_headline(self, text: str) -> None:
        assert list_page(text).articles == ()

    def test_pages_of_an_article_and_its_amp_form_are_the_article(self) -> None:
        page = list_page(
            '<h2><a href="/daerah/hujan.html/2">Hujan</a></h2>'
            '<h2><a href="/daerah/hujan.html?amp=1">Hujan</a></h2>'
            '<h2><a href="/daerah/hujan.html?replytocom=9#respond">Hujan</a></h2>'
        )
        assert [each.url for each in page.articles] == ["https://kabar.example/daerah/hujan.html"]

    @pytest.mark.parametrize(
        "text",
        [
            '<a class="next page-numbers" href="/page/2/">Berikutnya »</a>',
            '<a class="page-numbers" href="/page/2/">2</a><a href="/page/2/" rel="next">2</a>',
            '<link rel="next" href="https://kabar.example/page/2/">',
            '<div class="nav-previous"><a href="/page/2/">Pos-pos lama</a></div>',
            '<a href="/page/2/">Berita Selanjutnya</a>',
            '<a href="/page/2/">›</a>',
        ],
    )
    def test_next_page(self, text: str) -> None:
        assert list_page(text).next_page == "https://kabar.example/page/2/"

    @pytest.mark.parametrize(
        "text",
        [
            '<a class="prev page-numbers" href="/page/1/">Sebelumnya</a>',
            '<a class="next" href="/galeri/">Berikutnya</a>',
            '<a class="next page-numbers" href="https://lain.example/page/2/">Berikutnya</a>',
            '<a class="next page-numbers" href="/">Berikutnya</a>',
            '<a href="/page/2/">2</a>',
        ],
    )
    def test_no_next_page(self, text: str) -> None:
        assert list_page(text).next_page is None

    def test_lists(self) -> None:
        page = list_page(
            '<a href="/category/daerah/">Daerah</a><a href="/category/daerah/kota/">Kota</a>'
            '<a href="/indeks/">Indeks</a><a href="/2024/03/">Maret</a><a href="/tag/hujan/">Hujan</a>'
            '<a href="/category/daerah/page/2/">2</a><a href="/author/sari/">Sari</a>'
        )
        assert page.lists == (
            "https://kabar.example/category/daerah/",
            "https://kabar.example/category/daerah/kota/",
            "https://kabar.example/indeks/",
            "https://kabar.example/2024/03/",
        )

    def test_what_stands_beside_the_list(self) -> None:
        page = list_page(
            '<body class="right-sidebar"><main><h2><a href="/hujan/">Hujan</a></h2></main>'
            '<aside><h3><a href="/debat/">Debat</a></h3></aside>'
            '<section class="widget wpberita-popular"><h3><a href="/pleno/">Pleno</a></h3></section>'
        )
        assert [(each.url[-7:], each.aside) for each in page.articles] == [
            ("/hujan/", False),
            ("/debat/", True),
            ("/pleno/", True),
        ]

    def test_feeds(self) -> None:
        page = list_page(
            '<link rel="alternate" type="application/rss+xml" href="/feed/">'
            '<link rel="alternate" type="application/rss+xml" href="/comments/feed/">'
        )
        assert page.feeds == ("https://kabar.example/feed/",)


class TestCdx:
    @pytest.mark.parametrize(
        "text",
        [
            'example,kabar)/hujan 20240301011500 {"url": "https://kabar.example/hujan/", "mime": "text/html", "status": "200"}',
            '{"urlkey": "example,kabar)/hujan", "timestamp": "20240301011500", "url": "https://kabar.example/hujan/", "mime": "text/html", "status": "200"}',
            '[["urlkey","timestamp","original","mimetype","statuscode"],["example,kabar)/hujan","20240301011500","https://kabar.example/hujan/","text/html","200"]]',
            "example,kabar)/hujan 20240301011500 https://kabar.example/hujan/ text/html 200 ABC - - 1234",
        ],
    )
    def test_reads(self, text: str) -> None:
        (capture,) = read_cdx(text.encode())
        assert (capture.url, capture.timestamp, capture.status, capture.mime) == (
            "https://kabar.example/hujan/",
            "20240301011500",
            "200",
            "text/html",
        )

    def test_of_nothing_comes_nothing(self) -> None:
        assert list(read_cdx(b"")) == []
        assert list(read_cdx(b"tidak ada hasil\n{}\n{bukan json}\n")) == []

    @pytest.mark.parametrize(
        "text",
        [
            '{"url": "https://kabar.example/a/"}\n{"url": "https://kabar.exam',
            'example,kabar)/a 20240301011500 {"url": "https://kabar.example/a/"}\nexample,kab',
            "x 20240301011500 https://kabar.example/a/ text/html 200 A - - 1\nx 20240301011500 https",
            '[["original"],["https://kabar.example/a/"],["https://kabar.exam',
        ],
    )
    def test_what_is_cut_within_a_line_is_not_whole(self, text: str) -> None:
        found = read_cdx(text.encode())
        assert next(found).url == "https://kabar.example/a/"
        with pytest.raises(Unreadable, match=r"cut short|not JSON"):
            list(found)

    def test_refuses_html(self) -> None:
        with pytest.raises(WrongKind):
            list(read_cdx(b"<html>429</html>"))


PARSERS: dict[str, Callable[[bytes], Iterator[Any]]] = {
    "sitemap": lambda body: read_sitemap(body, BASE, WIB),
    "feed": lambda body: read_feed(body, BASE, WIB),
    "posts": lambda body: read_posts(body, WIB),
    "list": lambda body: read_list(body, BASE, BASE, WIB),
    "cdx": read_cdx,
    "robots": lambda body: iter(robots_sitemaps(body, BASE)),
}

NOTICE = (
    b'<br />\n<b>Warning</b>:  Undefined array key ["bahasa"], $x = [] in <b>/home/u/peta.php</b> '
    b"on line <b>88</b><br />\nArray\n(\n    [0] =&gt; satu\n)\n"
)
SAID_BY_OTHERS = {
    "a notice before it": (NOTICE, b""),
    "a comment behind it": (b"", b"\n<!-- Dynamic page generated in 0.412 seconds. -->"),
    "a comment before it": (b"<!-- <urlset> and <rss> by a plugin -->\n", b""),
    "a notice behind it": (
        b"",
        b"<br />\n<b>Notice</b>: ob_end_flush(): [1] in <b>x.php</b><br />",
    ),
    "blank lines": (b"\n\n  \n", b"\n\n"),
    "a comment that names its end": (b"", b"<!-- </urlset> </rss> by a cache -->"),
    "both": (NOTICE * 3, b"<!-- cached -->"),
}
DOCUMENTS = {
    "sitemap": (
        b'<?xml version="1.0" encoding="UTF-8"?>\n<?xml-stylesheet href="a.xsl"?>'
        b"<urlset><url><loc>/a/</loc></url><url><loc>/b/</loc></url></urlset>"
    ),
    "feed": (
        b'<?xml version="1.0"?><rss version="2.0"><channel><item><link>/a/</link></item>'
        b"<item><link>/b/</link></item></channel></rss>"
    ),
    "posts": (
        b'[{"id":1,"link":"https://kabar.example/a/","tags":[{"id":7,"link":"/t/"}]},'
        b'{"id":2,"link":"https://kabar.example/b/"}]'
    ),
}
BOTH = ["https://kabar.example/a/", "https://kabar.example/b/"]


@pytest.mark.parametrize("around", SAID_BY_OTHERS)
@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_is_read_from_where_it_begins_to_where_it_ends(name: str, around: str) -> None:
    before, behind = SAID_BY_OTHERS[around]
    found = PARSERS[name](before + DOCUMENTS[name] + behind)
    assert [each.url for each in found] == BOTH


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
@pytest.mark.parametrize("name", DOCUMENTS)
def test_of_a_document_that_is_cut_what_is_whole_is_read(
    name: str, pack: Callable[[bytes], bytes]
) -> None:
    whole = pack(NOTICE + DOCUMENTS[name])
    cut = whole[: len(whole) - (30 if pack is bytes else 9)]
    found = PARSERS[name](cut)
    assert [next(found).url] == BOTH[:1]
    with pytest.raises(Unreadable, match=r"cut|not JSON"):
        list(found)


@pytest.mark.parametrize(
    "title",
    [
        b"a\x08b",
        b"a&#8;b",
        b"a\xe9\x93b",
        b"a < 5 b",
        b"a ]]> b",
        b"a &copy; &beda; b",
        b"a <!-- -- --> b",
    ],
)
def test_small_damage_in_a_title_loses_no_entry_and_is_none_of_the_list(title: bytes) -> None:
    body = DOCUMENTS["feed"].replace(b"<item>", b"<item><title>" + title + b"</title>")
    assert [each.url for each in PARSERS["feed"](body)] == BOTH


@pytest.mark.parametrize("name", ["sitemap", "feed"])
def test_half_an_address_is_none(name: str) -> None:
    for left in range(1, 40):
        body = DOCUMENTS[name].replace(b"/b/", b"/berita-kedua/")[:-left]
        found: list[str] = []
        with pytest.raises(Unreadable, match="cut short"):
            found.extend(each.url for each in PARSERS[name](body))
        assert found in ([BOTH[0]], [BOTH[0], f"{BASE}/berita-kedua/"])


def test_of_two_gzip_members_both_are_read() -> None:
    half = len(DOCUMENTS["sitemap"]) // 2
    packed = gzip.compress(DOCUMENTS["sitemap"][:half]) + gzip.compress(DOCUMENTS["sitemap"][half:])
    assert [each.url for each in sitemap(packed)] == BOTH


def test_what_a_generator_forgot_to_escape_stays_as_it_is_meant() -> None:
    text = (
        "<urlset><url><loc>/?p=4711&lang=id</loc></url><url><loc>/?a=1&amp;copy=2</loc></url>"
        "<url><loc>/?a=1&copy=2</loc></url><url><loc><![CDATA[/?a=1&b=2]]></loc></url></urlset>"
    )
    assert [each.url.removeprefix(BASE) for each in sitemap(text)] == [
        "/?p=4711&lang=id",
        "/?a=1&copy=2",
        "/?a=1&copy=2",
        "/?a=1&b=2",
    ]
    (entry,) = feed(
        "<rss><channel><item><title>Harga&nbsp;cabai &mdash; naik</title><link>/a/</link></item>"
        "</channel></rss>"
    )
    assert entry.url == "https://kabar.example/a/"


# Words of each format, so that what is thrown together reaches beyond the first check.
WORDS = [
    *(b"<urlset>", b"</urlset>", b"<sitemapindex>", b"</sitemapindex>", b"<url><loc>", b"</loc>"),
    *(b"</url>", b"<lastmod>", b"</lastmod>", b"<rss><channel>", b"</channel></rss>", b"<item>"),
    *(b"<link>", b"</link>", b"</item>", b"<feed>", b"</feed>", b"<entry>", b"<link href='/a/'/>"),
    *(b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"&a;", b"&#xD800;", b"&", b"<![CDATA[", b"]]>", b"<!--"),
    *(
        b"<?xml version='1.0' encoding='utf-16'?>",
        b"<?xml version='1.0'?>",
        b"\x1f\x8b\x08",
        b"\x00",
    ),
    *(b"[", b"]", b"{", b"}", b'"id":1,', b'"link":"/a/"', b'"\\ud800"', b"1e999", b"NaN", b","),
    *(
        b"<html>",
        b"<article id='post-1'>",
        b"<h2><a href='/a/'>",
        b"</a></h2>",
        b"<time datetime='",
    ),
    *(
        b"2024-03-01T08:15:00+07:00",
        b"Fri, 01 Mar 2024 01:15:00",
        b"http://[::1",
        b"https://kabar.example/",
    ),
    *(b"Sitemap: ", b"\r", b"\n", b"\xff\xfe", "hujan“".encode(), b"\xed\xa0\x80"),
]
SOUP = st.lists(st.one_of(st.sampled_from(WORDS), st.binary(max_size=12)), max_size=40).map(
    b"".join
)


@pytest.mark.parametrize("name", PARSERS)
@given(body=st.one_of(SOUP, SOUP.map(gzip.compress)))
def test_no_parser_raises_anything_but_unreadable(name: str, body: bytes) -> None:
    with contextlib.suppress(Unreadable):
        list(PARSERS[name](body))


@given(text=st.text(max_size=80))
def test_no_moment_raises(text: str) -> None:
    parse(text, WIB)
    parse_day(text)


@given(
    value=st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text()),
        lambda inner: st.one_of(
            st.lists(inner, max_size=4),
            st.dictionaries(
                st.sampled_from(["id", "link", "date", "date_gmt", "modified"]), inner, max_size=5
            ),
        ),
        max_leaves=12,
    )
)
def test_no_record_raises(value: Any) -> None:
    with contextlib.suppress(Unreadable):
        list(read_posts(json.dumps([value]).encode(), WIB))


def test_json_is_read_whatever_its_depth() -> None:
    assert list(read_posts(b"[[1]]", WIB)) == []
    with pytest.raises(Unreadable, match="too deep"):
        list(read_posts(b'{"a":' * 10_000 + b"1" + b"}" * 10_000, WIB))


GROWING: dict[str, tuple[str, Callable[[int], bytes]]] = {
    "sitemap": (
        "sitemap",
        lambda n: b"<urlset>" + b"<url><loc>/a/</loc></url>" * n + b"</urlset>",
    ),
    "sitemap never closed": ("sitemap", lambda n: b"<urlset>" + b"<url><loc>/a/</loc>" * n),
    "feed": (
        "feed",
        lambda n: b"<rss><channel>" + b"<item><link>/a/</link></item>" * n + b"</channel></rss>",
    ),
    "feed of one entry": (
        "feed",
        lambda n: b"<rss><channel><item>" + b"<b>x</b>" * n + b"</item></channel></rss>",
    ),
    "posts": ("posts", lambda n: b"[" + b",".join([b'{"id":1,"link":"/a/"}'] * n) + b"]"),
    "list": ("list", lambda n: b"<h2><a href='/berita-%d/'>x</a></h2>" * n),
    "list in one item": (
        "list",
        lambda n: b"<article>" + b"<time>x</time><a href='/berita/'>satu dua tiga empat</a>" * n,
    ),
    "list under a long name": (
        "list",
        lambda n: b"<div class='" + b"x " * n + b"'>" + b"<a href='/berita/'>x</a>" * n,
    ),
    "list of links that never close": ("list", lambda n: b"<a href='/berita/'>satu dua " * n),
    "list nested": ("list", lambda n: b"<div>" * n + b"<a href='/a/'>satu dua tiga empat</a>"),
    "cdx": ("cdx", lambda n: b'x 20240301011500 {"url": "https://kabar.example/a/"}\n' * n),
    "robots": ("robots", lambda n: b"Sitemap: /a.xml\n" * n),
    "robots of blanks": ("robots", lambda n: b" " * n * 10),
    "comments": ("sitemap", lambda n: b"<!-- x -->" * n + b"<html>"),
    "ends in comments": ("sitemap", lambda n: b"<urlset>" + b"<!--</urlset>" * n),
    "comments never closed": ("sitemap", lambda n: b"<urlset>" + b"<!--" * n),
    "comments never closed before anything": ("feed", lambda n: b"<!--" * n),
    "text never closed": ("feed", lambda n: b"<rss>" + b"<![CDATA[" * n),
    "ampersands": ("sitemap", lambda n: b"<urlset>" + b"&" * n + b"</urlset>"),
    "brackets": ("posts", lambda n: b"\n[{" * n),
}


@pytest.mark.parametrize("name", GROWING)
def test_four_times_as_much_takes_about_four_times_as_long(name: str) -> None:
    parser, make = GROWING[name]

    def parse(body: bytes) -> None:
        with contextlib.suppress(Unreadable):
            list(PARSERS[parser](body))

    assert growth(parse, make, 5_000) < LINEAR
