"""Home, archives, search and static pages: what they list, and what is not there."""

from __future__ import annotations

import pytest

from demo import EmbeddedNewsroom
from tests.fetching import fetch, parsed, public


def test_the_home_page_opens_with_slider_and_headlines(newsroom: EmbeddedNewsroom) -> None:
    document = parsed(fetch(newsroom.address, "/").text)
    newest = [newsroom.url(entry.slug) for entry in newsroom.articles]
    slider = "//div[@class='modulehome-wrap']//a[@class='recent-title heading-text']/@href"
    headlines = "//div[contains(@class, 'gmr-bigheadline')]//a[contains(@class, 'title')]/@href"
    loop = "//div[@id='infinite-container']/article//h2/a/@href"
    assert document.xpath(slider) == newest[:5]
    assert document.xpath(headlines) == newest[:3]
    assert document.xpath(loop) == newest[:10]
    following = document.xpath("//a[@class='next page-numbers']/@href")
    assert following == [f"{newsroom.address}/page/2"]


def test_a_category_shows_its_three_newest_only_as_headlines(newsroom: EmbeddedNewsroom) -> None:
    document = parsed(fetch(newsroom.address, "/category/daerah").text)
    posts = [
        newsroom.url(entry.slug)
        for entry in newsroom.articles
        if "daerah" in {term.slug for term in entry.categories}
    ]
    headlines = "//div[contains(@class, 'gmr-bigheadline')]//a[contains(@class, 'title')]/@href"
    loop = "//div[@id='infinite-container']/article//h2/a/@href"
    assert " ".join(document.xpath("string(//h1)").split()) == "Daerah"
    assert document.xpath(headlines) == posts[:3]
    assert document.xpath(loop) == posts[3:10]


@pytest.mark.parametrize(
    ("path", "heading"),
    [
        ("/category/olahraga/sepak-bola", "Sepak Bola"),
        ("/tag/kopi", "Kopi"),
        ("/topic/banjir-bengkulu", "Banjir Bengkulu"),
        ("/author/rika-oktaviani", "Rika Oktaviani6 Pos"),
        ("/2022", "Year: 2022"),
        ("/2022/08", "Month: August 2022"),
        ("/2022/08/05", "Day: August 5, 2022"),
        ("/type/video", "Video"),
        ("/indeks", "Indeks"),
        ("/?s=kalamansi", "Hasil pencarian: kalamansi"),
        ("/redaksi", "Redaksi"),
        ("/pedoman-media-siber", "Pedoman Media Siber"),
        ("/tentang-kami", "Tentang Kami"),
    ],
)
def test_lists_and_static_pages(newsroom: EmbeddedNewsroom, path: str, heading: str) -> None:
    answer = fetch(newsroom.address, path)
    assert answer.status == 200
    document = parsed(answer.text)
    assert len(document.xpath("//h1")) == 1
    assert " ".join(document.xpath("string(//h1)").split()) == heading


@pytest.mark.parametrize(
    "path",
    [
        "/tidak-ada",
        "/daerah/tidak-ada-berita-ini.html",
        "/category/gosip",
        "/tag/gosip",
        "/author/budi",
        "/2031",
        "/2022/13",
        "/page/99",
        "/category/daerah/page/9",
    ],
)
def test_what_is_not_there_is_404(newsroom: EmbeddedNewsroom, path: str) -> None:
    answer = fetch(newsroom.address, path)
    assert answer.status == 404
    assert "Halaman itu tidak dapat ditemukan" in answer.text


def test_all_articles_are_reached_by_the_pages_of_the_home_list(
    newsroom: EmbeddedNewsroom,
) -> None:
    url = f"{newsroom.address}/"
    found: list[str] = []
    while url:
        document = parsed(fetch(url).text)
        found += document.xpath("//div[@id='infinite-container']/article//h2/a/@href")
        url = "".join(document.xpath("//a[@class='next page-numbers']/@href"))
    assert len(found) == 38
    assert set(found) == public(newsroom)
