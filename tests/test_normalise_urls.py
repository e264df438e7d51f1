from __future__ import annotations

from urllib.parse import urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.normalise.urls import (
    absolute,
    canonical,
    identity,
    looks_like_article,
    same_host,
    without_page_number,
)
from tests.growth import LINEAR, growth

HOME = "https://kabar.example"
PAGE = f"{HOME}/politik/debat.html"

GARBAGE = [
    "",
    "#",
    "#isi",
    "   ",
    "\x00",
    "http://",
    "http://[",
    "http://[::1",
    "http://a b/",
    "http://kabar.example:99999/",
    "http://kabar.example:x/",
    "javascript:void(0)",
    "JavaScript:alert(1)",
    "mailto:redaksi@kabar.example",
    "tel:+62736",
    "data:text/html,<p>",
    "whatsapp://send?text=x",
    "ftp://kabar.example/berkas",
    "//",
    "http://\udcff/",
]


@pytest.mark.parametrize(
    ("href", "whole"),
    [
        ("https://lain.example/a?b=1#c", "https://lain.example/a?b=1#c"),
        ("HTTP://Lain.Example/A", "HTTP://Lain.Example/A"),
        ("/ekonomi/", f"{HOME}/ekonomi/"),
        ("//media.example/foto.jpg", "https://media.example/foto.jpg"),
        ("cabai.html", f"{HOME}/politik/cabai.html"),
        ("../ekonomi/", f"{HOME}/ekonomi/"),
        ("/a/../b", f"{HOME}/b"),
        ("?p=12", f"{PAGE}?p=12"),
        (" /ekonomi/\n", f"{HOME}/ekonomi/"),
        ("/foto banjir.jpg", f"{HOME}/foto%20banjir.jpg"),
        ("/harga-“cabai”/", f"{HOME}/harga-%e2%80%9ccabai%e2%80%9d/"),
        ("https://kabar.example\\ekonomi", f"{HOME}/ekonomi"),
        ("http://127.0.0.1:8220/berita/", "http://127.0.0.1:8220/berita/"),
    ],
)
def test_resolves(href: str, whole: str) -> None:
    assert absolute(href, PAGE) == whole


@pytest.mark.parametrize("href", GARBAGE)
def test_finds_no_address_in(href: str) -> None:
    assert absolute(href, PAGE) is None
    assert canonical(href, PAGE) is None


@pytest.mark.parametrize(
    "href", ["cabai.html", "/a/b/", "?x=1", "./c", "../../d", "https://x.example"]
)
def test_resolves_as_the_standard_library_does(href: str) -> None:
    assert absolute(href, PAGE) == urljoin(PAGE, href)


@pytest.mark.parametrize(
    ("url", "one"),
    [
        ("HTTPS://Kabar.EXAMPLE:443", f"{HOME}/"),
        ("http://kabar.example:80/a/", "http://kabar.example/a/"),
        ("http://kabar.example:8080/a/", "http://kabar.example:8080/a/"),
        ("https://user:rahasia@kabar.example/a/", f"{HOME}/a/"),
        ("https://kabar.example./a/", f"{HOME}/a/"),
        (f"{PAGE}#komentar", PAGE),
        (f"{PAGE}?amp=1", PAGE),
        (f"{PAGE}?amp", PAGE),
        (f"{PAGE}?noamp=mobile", PAGE),
        (f"{PAGE}/amp", PAGE),
        (f"{PAGE}/amp/", PAGE),
        (f"{HOME}/debat/amp/", f"{HOME}/debat/"),
        (f"{HOME}/debat/amp", f"{HOME}/debat"),
        (f"{HOME}/amp/", f"{HOME}/amp/"),
        (f"{HOME}/tambang-amp/", f"{HOME}/tambang-amp/"),
        (f"{PAGE}?replytocom=7#respond", PAGE),
        (f"{HOME}/debat/comment-page-3/#comments", f"{HOME}/debat/"),
        (f"{PAGE}/comment-page-3", PAGE),
        (f"{PAGE}?share=facebook&nb=1", PAGE),
        (f"{PAGE}?utm_source=wa&utm_medium=x&fbclid=a&gclid=b&igshid=c", PAGE),
        (f"{PAGE}?mc_cid=1&_ga=2.3&ref=beranda&m=1", PAGE),
        (f"{PAGE}?UTM_Source=wa", PAGE),
        (f"{PAGE}?a=1&amp;utm_source=wa&amp;b=2", f"{PAGE}?a=1&b=2"),
        (f"{HOME}/?p=123", f"{HOME}/?p=123"),
        (f"{HOME}/?utm_source=x&p=123&page=2", f"{HOME}/?p=123&page=2"),
        (f"{HOME}/?z=1&a=2&z=3", f"{HOME}/?z=1&a=2&z=3"),
        (f"{HOME}/?m=202109", f"{HOME}/?m=202109"),
        (f"{HOME}/?", f"{HOME}/"),
        (f"{HOME}/harga-%E2%80%9Ccabai%E2%80%9D/", f"{HOME}/harga-%e2%80%9ccabai%e2%80%9d/"),
        (f"{HOME}/harga-%e2%80%9ccabai%e2%80%9d/", f"{HOME}/harga-%e2%80%9ccabai%e2%80%9d/"),
        (f"{HOME}/harga-“cabai”/", f"{HOME}/harga-%e2%80%9ccabai%e2%80%9d/"),
        (f"{HOME}/%63abai%2Dmerah/%2f", f"{HOME}/cabai-merah/%2f"),
        (f"{HOME}/naik-100%/", f"{HOME}/naik-100%25/"),
        (f"{HOME}/a/./b/../c/", f"{HOME}/a/c/"),
        ("https://bücher.example/a/", "https://xn--bcher-kva.example/a/"),
        ("/debat/", f"{HOME}/debat/"),
    ],
)
def test_gives_one_form(url: str, one: str) -> None:
    assert canonical(url, HOME) == one
    assert canonical(one) == one


@pytest.mark.parametrize(
    ("url", "article"),
    [
        ("/slug-berita/2/", "/slug-berita/"),
        ("/slug-berita/2", "/slug-berita"),
        ("/slug-berita/12/", "/slug-berita/"),
        ("/politik/debat.html/2", "/politik/debat.html"),
        ("/politik/debat.html/2/", "/politik/debat.html"),
        ("/2021/09/slug-berita/3/", "/2021/09/slug-berita/"),
        ("/?p=12&page=2", "/?p=12"),
        ("/debat/?page=2", "/debat/"),
        ("/debat/?page=2&x=1", "/debat/?x=1"),
        ("/debat/?halaman=2", "/debat/"),
    ],
)
def test_takes_the_page_number_off(url: str, article: str) -> None:
    assert without_page_number(HOME + url) == HOME + article


@pytest.mark.parametrize(
    "url",
    [
        "/slug-berita/",
        "/slug-berita-2/",
        "/2021/",
        "/2021/09/",
        "/2021/9/",
        "/2021/09/30/",
        "/page/2/",
        "/category/politik/page/2/",
        "/archives/12/",
        "/2/",
        "/slug-berita/2021/",
        "/slug-berita/02/",
        "/?p=12",
        "/?urut=2",
        "/",
        "",
    ],
)
def test_leaves_other_numbers(url: str) -> None:
    assert without_page_number(HOME + url) == HOME + url


def test_hosts_are_compared_without_www_and_default_port() -> None:
    assert same_host("https://www.Kabar.example/a", ["kabar.example"])
    assert same_host("https://kabar.example:443/a", ["www.kabar.example"])
    assert same_host("http://127.0.0.1:8220/a", ["127.0.0.1:8220"])
    assert same_host("https://media.example", ["kabar.example", "media.example"])
    assert not same_host("http://127.0.0.1:8221/a", ["127.0.0.1:8220"])
    assert not same_host("https://kabar.example.jahat.example/", ["kabar.example"])
    assert not same_host("https://kabar.example@jahat.example/", ["kabar.example"])
    assert not same_host("https://jahat.example\\@kabar.example/", ["kabar.example"])
    assert not same_host("https://jahat.example/?kabar.example", ["kabar.example"])
    assert not same_host("ftp://kabar.example/", ["kabar.example"])
    assert not same_host("/a", ["kabar.example"])
    assert not same_host("", ["kabar.example", ""])


@pytest.mark.parametrize(
    "url",
    [
        "/debat-pilkada/",
        "/politik/debat-pilkada.html",
        "/politik/debat-pilkada.html/2",
        "/2021/09/30/debat-pilkada/",
        "/?p=123",
        "/read/12345/debat",
        "/feature-kopi/",
        "/page-baru-sepak-bola/",
        "/debat-pilkada/?amp=1&m=1",
    ],
)
def test_lets_an_article_through(url: str) -> None:
    assert looks_like_article(HOME + url, HOME)
    assert looks_like_article("https://www.kabar.example" + url, HOME)


@pytest.mark.parametrize(
    "url",
    [
        "https://kabar.example",
        "https://kabar.example/",
        "https://kabar.example/#isi",
        "https://lain.example/debat/",
        "https://kabar.example/wp-admin/post.php",
        "https://kabar.example/wp-login.php?redirect_to=x",
        "https://kabar.example/wp-json/wp/v2/posts/1",
        "https://kabar.example/wp-content/uploads/foto/",
        "https://kabar.example/xmlrpc.php?rsd",
        "https://kabar.example/cdn-cgi/l/email-protection",
        "https://kabar.example/feed/",
        "https://kabar.example/debat-pilkada/feed/",
        "https://kabar.example/comments/feed/",
        "https://kabar.example/category/politik/",
        "https://kabar.example/tag/kopi/",
        "https://kabar.example/topic/pilkada/",
        "https://kabar.example/author/ani/",
        "https://kabar.example/page/2/",
        "https://kabar.example/politik/page/3/",
        "https://kabar.example/2021/",
        "https://kabar.example/2021/09/",
        "https://kabar.example/2021/09/30/",
        "https://kabar.example/?s=kopi",
        "https://kabar.example/?cat=3",
        "https://kabar.example/?m=202109",
        "https://kabar.example/?attachment_id=9",
        "https://kabar.example/search/kopi/",
        "https://kabar.example/politik/debat.html/attachment/foto-1",
        "https://kabar.example/unggahan/foto.JPG",
        "https://kabar.example/laporan.pdf",
        "https://kabar.example/wp-sitemap.xml",
        "https://kabar.example/indeks/",
        "https://kabar.example/pedoman-media-siber/",
        "javascript:void(0)",
        "http://[",
        "",
    ],
)
def test_keeps_out_what_is_no_article(url: str) -> None:
    assert not looks_like_article(url, HOME)


def test_knows_a_newsroom_in_a_folder() -> None:
    assert looks_like_article("https://kabar.example/daerah/debat/", f"{HOME}/daerah")
    assert not looks_like_article("https://kabar.example/daerah/tag/kopi/", f"{HOME}/daerah")
    assert not looks_like_article("https://kabar.example/daerah/", f"{HOME}/daerah")


ADDRESS_PIECES = st.sampled_from(
    [
        *GARBAGE,
        "/",
        "?",
        "&",
        "=",
        "%",
        "%e2",
        "..",
        "amp",
        "page=2",
        "https://",
        "kabar.example",
        ":8",
        "@",
    ]
)


@given(st.one_of(st.text(), st.lists(ADDRESS_PIECES).map("".join)))
def test_never_fails_and_gives_one_form(text: str) -> None:
    once = canonical(text, PAGE)
    if once is not None:
        assert once.startswith(("http://", "https://"))
        assert once.isascii()
        assert canonical(once) == once
    absolute(text, PAGE)
    absolute(text, text)
    without_page_number(text)
    looks_like_article(text, HOME)
    same_host(text, [text])


@pytest.mark.parametrize(
    "piece", ["a", "/", "%", "%e2", "é", "&x=1", "/amp", " ", "/2", ".", "[", "http://"]
)
@pytest.mark.parametrize(
    "function", [canonical, without_page_number, lambda url: absolute(url, PAGE)]
)
def test_time_grows_with_the_address(function: object, piece: str) -> None:
    assert callable(function)
    assert growth(function, lambda size: f"{HOME}/" + piece * size, 2000) < LINEAR


def test_a_path_that_begins_like_a_host_stays_a_path() -> None:
    url = "https://kabar.example//[a/../b"
    assert canonical(url) == url
    assert canonical("https://kabar.example//a/../b") == "https://kabar.example//a/../b"


@pytest.mark.parametrize(
    ("url", "cut"),
    [
        ("https://kabar.example/read/5000/judul-lama", "https://kabar.example/read/5000"),
        ("https://kabar.example/read/5000/judul-baru/", "https://kabar.example/read/5000"),
        ("https://kabar.example/read/5000/", "https://kabar.example/read/5000"),
        ("https://kabar.example/berita/d-7810000/judul", "https://kabar.example/berita/d-7810000"),
        ("https://kabar.example/news/pr-123/judul", "https://kabar.example/news/pr-123"),
        ("https://kabar.example/ekonomi/851796/judul", "https://kabar.example/ekonomi/851796"),
        (
            "https://kabar.example/read/2015/11/05/481/1244264/judul",
            "https://kabar.example/read/2015/11/05/481/1244264",
        ),
    ],
)
def test_an_article_is_known_by_its_number(url: str, cut: str) -> None:
    assert identity(url) == cut


@pytest.mark.parametrize(
    "url",
    [
        "https://kabar.example/2023/05/17/judul/",
        "https://kabar.example/berita/2023/judul",
        "https://kabar.example/read/2023/judul",
        "https://kabar.example/rubrik/12/judul",
        "https://kabar.example/desa-21/judul",
        "https://kabar.example/daerah/judul-851796/",
        "https://kabar.example/foto/851796/judul/3/besar",
        "https://kabar.example/?p=5000",
    ],
)
def test_a_year_and_a_section_are_no_articles_number(url: str) -> None:
    assert identity(url) == url
