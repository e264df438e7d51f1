"""The pages of a split article, from the links between them."""

from __future__ import annotations

import pytest

from crawler.errors import NotAnArticle
from crawler.extract import extract_article, page_addresses
from crawler.extract.page import in_order, numbered
from crawler.items import Capture

BASE = "https://progres.id"
PAGE = """<html lang="id"><body class="single single-post postid-7 idtheme kentooz"><main>
<article id="post-{post}" class="content-single"><h1 class="entry-title">Judul</h1>
<div class="entry-content entry-content-single"><p>{text}</p>{links}</div></article></main></body></html>"""


def capture(url: str, links: str = "", text: str = "Isi.", post: int = 7) -> Capture:
    return Capture(url=url, body=PAGE.format(links=links, text=text, post=post).encode())


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
    assert page_addresses(capture(first, numbers(third, second))) == (first, second, third)
    assert numbered(first, 3) == (first, second, third)


def test_an_article_on_one_page_has_one() -> None:
    assert page_addresses(capture(f"{BASE}/judul/")) == (f"{BASE}/judul/",)


def test_a_theme_that_links_only_the_next_page_is_asked_again() -> None:
    first, second, third = (f"{BASE}/judul/", f"{BASE}/judul/2/", f"{BASE}/judul/3/")
    assert page_addresses(capture(first, numbers(second))) == (first, second)
    assert page_addresses(capture(second, numbers(first, third))) == (first, second, third)


def test_amp_and_tracking_are_no_other_pages() -> None:
    links = numbers(f"{BASE}/judul/2/?amp=1", f"{BASE}/judul/2/?utm_source=wa")
    assert page_addresses(capture(f"{BASE}/judul/?amp=1", links)) == (
        f"{BASE}/judul/",
        f"{BASE}/judul/2/",
    )


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
    assert in_order(f"{BASE}/judul/", [address]) == (f"{BASE}/judul/",)


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
