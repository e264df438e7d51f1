"""Sitemaps, feeds and REST: each lists exactly what is public, in WordPress's words."""

from __future__ import annotations

import pytest

from demo import EmbeddedNewsroom
from tests.fetching import SITEMAP, fetch, locations, public, tree

ATOM = {"a": "http://www.w3.org/2005/Atom"}


# -------------------------------------------------------------------- sitemaps


def test_robots_names_the_sitemap(newsroom: EmbeddedNewsroom) -> None:
    assert fetch(newsroom.address, "/robots.txt").text == (
        "User-agent: *\nDisallow: /wp-admin/\nAllow: /wp-admin/admin-ajax.php\n\n"
        f"Sitemap: {newsroom.address}/wp-sitemap.xml\n"
    )


def test_robots_says_what_the_switches_say(newsroom: EmbeddedNewsroom) -> None:
    newsroom.switches.crawl_delay = 2.5
    newsroom.switches.disallow.append("/opini/")
    newsroom.close("sitemap")
    assert fetch(newsroom.address, "/robots.txt").text == (
        "User-agent: *\nDisallow: /wp-admin/\nAllow: /wp-admin/admin-ajax.php\n"
        "Disallow: /opini/\nCrawl-delay: 2.5\n"
    )


def test_the_sitemap_index_names_every_kind(newsroom: EmbeddedNewsroom) -> None:
    assert [url.rsplit("/", 1)[-1] for url in locations(newsroom, "/wp-sitemap.xml")] == [
        "wp-sitemap-posts-post-1.xml",
        "wp-sitemap-posts-page-1.xml",
        "wp-sitemap-taxonomies-category-1.xml",
        "wp-sitemap-taxonomies-post_tag-1.xml",
        "wp-sitemap-taxonomies-post_format-1.xml",
        "wp-sitemap-taxonomies-newstopic-1.xml",
        "wp-sitemap-users-1.xml",
    ]


def test_the_sitemap_lists_exactly_the_public_posts(newsroom: EmbeddedNewsroom) -> None:
    found = locations(newsroom, "/wp-sitemap-posts-post-1.xml")
    assert len(found) == 38
    assert set(found) == public(newsroom)
    assert found[0] == newsroom.url(newsroom.site.content.entries[0].slug)


@pytest.mark.parametrize(
    "name",
    [
        "posts-page",
        "taxonomies-category",
        "taxonomies-post_tag",
        "taxonomies-post_format",
        "taxonomies-newstopic",
        "users",
    ],
)
def test_what_other_sitemaps_list_is_there(newsroom: EmbeddedNewsroom, name: str) -> None:
    found = locations(newsroom, f"/wp-sitemap-{name}-1.xml")
    assert found
    for url in found:
        assert fetch(url).status == 200, url


def test_lastmod_is_stated_when_switched_on(newsroom: EmbeddedNewsroom) -> None:
    name = "/wp-sitemap-posts-post-1.xml"
    assert not tree(fetch(newsroom.address, name)).xpath("//s:lastmod", namespaces=SITEMAP)
    newsroom.switches.lastmod = True
    document = tree(fetch(newsroom.address, name))
    edited = newsroom.url(
        "jembatan-gantung-lubuk-resam-rampung-warga-tak-lagi-menyeberang-dengan-rakit"
    )
    path = f"//s:url[s:loc='{edited}']/s:lastmod/text()"
    assert document.xpath(path, namespaces=SITEMAP) == ["2024-03-14T15:40:12+07:00"]


def test_there_is_no_sitemap_beyond_the_last(newsroom: EmbeddedNewsroom) -> None:
    assert fetch(newsroom.address, "/wp-sitemap-posts-post-2.xml").status == 404
    assert fetch(newsroom.address, "/wp-sitemap-posts-gosip-1.xml").status == 404


# ----------------------------------------------------------------------- feeds


def test_paged_feeds_list_every_public_post_and_then_end(newsroom: EmbeddedNewsroom) -> None:
    found: list[str] = []
    for number in range(1, 5):
        answer = fetch(newsroom.address, f"/feed?paged={number}" if number > 1 else "/feed")
        assert answer.headers["content-type"] == "application/rss+xml; charset=UTF-8"
        found += tree(answer).xpath("//item/link/text()")
    assert len(found) == 38
    assert set(found) == public(newsroom)
    beyond = fetch(newsroom.address, "/feed?paged=5")
    assert beyond.status == 404
    assert not tree(beyond).xpath("//item")


def test_a_feed_item_says_what_wordpress_says(newsroom: EmbeddedNewsroom) -> None:
    document = tree(fetch(newsroom.address, "/tag/cabai/feed"))
    item = document.xpath("//item")[0]
    assert item.findtext("title") == "Harga Cabai Merah di Pasar Panorama Tembus Rp92 Ribu Sekilo"
    assert item.findtext("pubDate") == "Fri, 08 Nov 2024 00:30:00 +0000"
    assert item.findtext("{http://purl.org/dc/elements/1.1/}creator") == "Tim Liputan"
    assert [one.text for one in item.findall("category")] == [
        "Ekonomi",
        "Kota Bengkulu",
        "Cabai",
        "Pasar Panorama",
        "Inflasi",
    ]
    assert item.findtext("description") == (
        "Bengkulu, PROGRES.ID &#8211; Harga cabai merah keriting di Pasar Panorama kembali naik. "
        "Pada Jumat pagi,&#8230;"
    )
    content = item.findtext("{http://purl.org/rss/1.0/modules/content/}encoded")
    assert content.count("</p>") == 6
    assert "iklan" not in content


def test_a_feed_holds_the_first_page_only(newsroom: EmbeddedNewsroom) -> None:
    text = fetch(newsroom.address, "/tag/sungai-ketahun/feed").text
    assert "Napal Putih" in text
    assert "Air Lelangi" not in text


def test_the_atom_feed_says_when_an_article_was_changed(newsroom: EmbeddedNewsroom) -> None:
    document = tree(fetch(newsroom.address, "/tag/sungai-ketahun/feed/atom"))
    assert document.xpath("//a:entry/a:updated/text()", namespaces=ATOM) == ["2022-10-11T05:34:56Z"]
    assert document.xpath("//a:entry/a:published/text()", namespaces=ATOM) == [
        "2022-10-11T01:00:00Z"
    ]


@pytest.mark.parametrize(
    ("path", "count"),
    [
        ("/category/olahraga/feed", 2),
        ("/category/olahraga/sepak-bola/feed", 1),
        ("/author/rika-oktaviani/feed", 6),
        ("/topic/banjir-bengkulu/feed", 2),
        ("/2023/05/feed", 2),
        ("/rss", 10),
        ("/?feed=rss2", 10),
        ("/comments/feed", 4),
    ],
)
def test_feeds_of_lists(newsroom: EmbeddedNewsroom, path: str, count: int) -> None:
    assert len(tree(fetch(newsroom.address, path)).xpath("//item")) == count


def test_the_feed_of_an_article_holds_its_comments(newsroom: EmbeddedNewsroom) -> None:
    slug = "tarif-parkir-pasar-minggu-dikeluhkan-dishub-turunkan-petugas"
    document = tree(fetch(f"{newsroom.url(slug)}/feed"))
    assert document.xpath("//item/description/text()")[0] == (
        "Kemarin saya ditarik lima ribu, karcisnya tahun lalu."
    )
