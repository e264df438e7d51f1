"""The pages of a split article, from the links between them."""

from __future__ import annotations

import json

import pytest

from crawler.errors import NotAnArticle
from crawler.extract import Page, extract_article, open_page
from crawler.items import Capture

BASE = "https://progres.id"
PAGE = """<html lang="id"><body class="single single-post postid-7 idtheme kentooz"><main>
<article id="post-{post}" class="content-single"><h1 class="entry-title">Judul</h1>
<div class="entry-content entry-content-single"><p>{text}</p>{links}</div></article></main></body></html>"""


def capture(url: str, links: str = "", text: str = "Isi.", post: int = 7) -> Capture:
    return Capture(url=url, body=PAGE.format(links=links, text=text, post=post).encode())


def record(link: str, parts: list[str]) -> Capture:
    """What REST says of an article of several pages."""
    content = "<!--nextpage-->".join(f"<p>{part}.</p>" for part in parts)
    values = {
        "id": 7,
        "link": link,
        "title": {"rendered": "Judul"},
        "content": {"rendered": content},
    }
    return Capture(url=f"{BASE}/wp-json/wp/v2/posts/7", body=json.dumps(values).encode())


def numbers(*addresses: str) -> str:
    links = "".join(f'<a href="{url}" class="post-page-numbers">x</a>' for url in addresses)
    return f'<div class="page-links"><span>Laman:</span> {links}</div>'


@pytest.mark.parametrize(
    ("first", "second", "third"),
    [
        (f"{BASE}/daerah/judul.html", f"{BASE}/daerah/judul.html/2", f"{BASE}/daerah/judul.html/3"),
        (f"{BASE}/judul/", f"{BASE}/judul/2/", f"{BASE}/judul/3/"),
        (f"{BASE}/judul", f"{BASE}/judul/2", f"{BASE}/judul/3"),
        (f"{BASE}/?p=7", f"{BASE}/?p=7&page=2", f"{BASE}/?p=7&page=3"),
    ],
)
def test_both_forms_of_wordpress(first: str, second: str, third: str) -> None:
    assert open_page(capture(first, numbers(third, second))).addresses == [first, second, third]
    assert extract_article([record(first, ["Satu", "Dua", "Tiga"])]).pages == (first, second, third)


def test_an_article_on_one_page_has_one() -> None:
    assert open_page(capture(f"{BASE}/judul/")).addresses == [f"{BASE}/judul/"]


def test_a_theme_that_links_only_the_next_page_is_asked_again() -> None:
    first, second, third = (f"{BASE}/judul/", f"{BASE}/judul/2/", f"{BASE}/judul/3/")
    assert open_page(capture(first, numbers(second))).addresses == [first, second]
    assert open_page(capture(second, numbers(first, third))).addresses == [first, second, third]


def test_all_pages_are_asked_for_in_turn_and_make_one_article() -> None:
    first, second, third = (f"{BASE}/judul/", f"{BASE}/judul/2/", f"{BASE}/judul/3/")
    served = {
        second: capture(second, numbers(first, third)),
        third: capture(third, numbers(first, second)),
    }
    page = open_page(capture(first, numbers(second)))
    asked = []
    while url := page.next_missing():
        asked.append(url)
        page.add(served[url])
    assert asked == [second, third]
    assert page.article().pages == (first, second, third)
    assert [each.url for each in page.captures] == [first, second, third]


def followed(last: int) -> Page:
    """Follow an article of *last* pages of which each links the next one only."""
    first = f"{BASE}/?p=7"
    page = open_page(capture(first, numbers(f"{first}&page=2")))
    while url := page.next_missing():
        number = int(url.rpartition("=")[2])
        links = numbers(f"{first}&page={number + 1}") if number < last else ""
        page.add(capture(url, links))
    return page


def test_an_article_of_more_pages_than_the_limit_is_refused_and_not_cut() -> None:
    assert len(followed(99).captures) == 99
    with pytest.raises(NotAnArticle, match="too_many_pages"):
        followed(100)
    all_of_them = (f"{BASE}/judul/{number}/" for number in range(2, 131))
    with pytest.raises(NotAnArticle, match="too_many_pages"):
        open_page(capture(f"{BASE}/judul/", numbers(*all_of_them)))


def test_what_is_no_page_of_an_article_is_not_taken() -> None:
    page = open_page(capture(f"{BASE}/judul/", numbers(f"{BASE}/judul/2/")))
    with pytest.raises(NotAnArticle, match="http_404"):
        page.add(Capture(url=f"{BASE}/judul/2/", body=b"", status=404))


def test_amp_and_tracking_are_no_other_pages() -> None:
    links = numbers(f"{BASE}/judul/2/?amp=1", f"{BASE}/judul/2/?utm_source=wa")
    assert open_page(capture(f"{BASE}/judul/?amp=1", links)).addresses == [
        f"{BASE}/judul/",
        f"{BASE}/judul/2/",
    ]


@pytest.mark.parametrize(
    "address",
    [
        f"{BASE}/lain/2/",
        f"{BASE}/judul/",
        f"{BASE}/judul/0/",
        f"{BASE}/judul/500/",
        "https://lain.example/judul/2/",
        "javascript:alert(1)",
        "",
    ],
)
def test_what_is_no_page_of_the_article(address: str) -> None:
    first = f"{BASE}/judul/"
    assert open_page(capture(first, numbers(address))).addresses == [first]


def test_all_pages_make_one_text() -> None:
    addresses = (f"{BASE}/judul/", f"{BASE}/judul/2/")
    article = extract_article(
        [
            capture(address, numbers(*addresses), text)
            for address, text in zip(addresses, ("Satu.", "Dua."), strict=True)
        ]
    )
    assert article.body == "Satu.\n\nDua."
    assert article.pages == addresses


def test_a_page_of_another_article_is_refused() -> None:
    pages = [capture(f"{BASE}/judul/"), capture(f"{BASE}/lain/", post=8)]
    with pytest.raises(NotAnArticle) as refused:
        extract_article(pages)
    assert refused.value.reason == "other_article"


def test_a_page_that_cannot_be_had_refuses_the_article() -> None:
    """A text is whole or absent."""
    missing = Capture(url=f"{BASE}/judul/2/", body=b"x", status=404)
    with pytest.raises(NotAnArticle) as refused:
        extract_article([capture(f"{BASE}/judul/"), missing])
    assert refused.value.reason == "http_404"


@pytest.mark.parametrize(
    ("asked", "declared", "wanted"),
    [
        ("/daerah/judul.html", "/daerah/judul.html?amp=1", "/daerah/judul.html"),
        ("/daerah/judul.html/2", "/daerah/judul.html", "/daerah/judul.html"),
        ("/judul/?ref=beranda", "/judul/", "/judul/"),
        ("/judul/amp/", "/judul/", "/judul/"),
        ("/?p=7", "/daerah/judul.html", "/daerah/judul.html"),
        ("/daerah/judul.html", "/?p=7", "/?p=7"),
        ("/daerah/judul.html", "/", "/daerah/judul.html"),
        ("/daerah/judul.html", "/category/daerah/", "/daerah/judul.html"),
        ("/daerah/judul.html", "/daerah/berita-lain.html", "/daerah/judul.html"),
        ("/daerah/judul.html", "/?p=8", "/daerah/judul.html"),
        ("/?p=7", "/", "/?p=7"),
        ("/daerah/judul.html", "https://siaran.example/daerah/judul.html", "/daerah/judul.html"),
        ("/daerah/judul.html", "http://[::1/", "/daerah/judul.html"),
    ],
)
def test_a_canonical_address_is_believed_for_the_same_post_only(
    asked: str, declared: str, wanted: str
) -> None:
    page = PAGE.replace("<body", f'<link rel="canonical" href="{declared}"><body')
    body = page.format(links="", text="Isi.", post=7).encode()
    article = extract_article([Capture(url=BASE + asked, body=body)])
    assert article.url == BASE + wanted
