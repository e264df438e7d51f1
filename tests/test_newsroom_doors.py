"""Sitemaps, feeds and REST: each lists exactly what is public, in WordPress's words."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from lxml import etree

from crawler.newsroom import EmbeddedNewsroom
from tests.fetching import Answer, fetch

SITEMAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
ATOM = {"a": "http://www.w3.org/2005/Atom"}
PROTECTED = "memo-internal-rapat-redaksi"
PAGED = "menyusuri-sungai-ketahun-dari-hulu-tambang-sampai-muara"


def tree(answer: Answer) -> Any:
    """Return the XML document; an answer that is not well-formed raises."""
    return etree.fromstring(answer.body)


def locations(newsroom: EmbeddedNewsroom, name: str) -> list[str]:
    answer = fetch(newsroom.address, name)
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/xml; charset=UTF-8"
    return [str(loc) for loc in tree(answer).xpath("//s:loc/text()", namespaces=SITEMAP)]


def rest(newsroom: EmbeddedNewsroom, target: str) -> Any:
    answer = fetch(newsroom.address, f"/wp-json/wp/v2/{target}")
    assert answer.status == 200, answer.text
    return json.loads(answer.body)


def public(newsroom: EmbeddedNewsroom) -> set[str]:
    """Return the addresses that each door lists: all public posts, protected ones too."""
    return {newsroom.url(entry.slug) for entry in newsroom.articles} | {newsroom.url(PROTECTED)}


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


# ------------------------------------------------------------------------ REST


def test_rest_lists_exactly_the_public_posts(newsroom: EmbeddedNewsroom) -> None:
    answer = fetch(newsroom.address, "/wp-json/wp/v2/posts?per_page=100")
    assert answer.headers["x-wp-total"] == "38"
    assert answer.headers["x-wp-totalpages"] == "1"
    assert {one["link"] for one in json.loads(answer.body)} == public(newsroom)


def test_rest_pages_lead_to_each_other(newsroom: EmbeddedNewsroom) -> None:
    answer = fetch(newsroom.address, "/wp-json/wp/v2/posts?per_page=15&page=2&_fields=id")
    assert answer.headers["x-wp-totalpages"] == "3"
    assert 'per_page=15&page=1&_fields=id>; rel="prev"' in answer.headers["link"]
    assert 'per_page=15&page=3&_fields=id>; rel="next"' in answer.headers["link"]
    assert len(json.loads(answer.body)) == 15


def test_a_post_says_what_wordpress_says(newsroom: EmbeddedNewsroom) -> None:
    slug = "rp15-miliar-untuk-sekolah-pelita-posyandu-ini-rinciannya"
    [post] = rest(newsroom, f"posts?slug={slug}&_embed")
    assert post["id"] == 210190
    assert post["date"] == "2023-05-22T15:45:27"
    assert post["date_gmt"] == "2023-05-22T08:45:27"
    assert post["title"]["rendered"] == (
        "Rp1,5 Miliar untuk &#8220;Sekolah Pelita&#8221; &#038; Posyandu: Ini Rinciannya&#8230;"
    )
    assert "<p>Sebesar Rp900 juta dipakai untuk meja dan kursi." in post["content"]["rendered"]
    assert "iklan" not in post["content"]["rendered"]
    assert post["meta"] == []
    embedded = post["_embedded"]
    assert embedded["author"][0]["name"] == "Rika Oktaviani"
    assert embedded["wp:featuredmedia"][0]["alt_text"] == 'Siswa "Sekolah Pelita" di halaman'
    assert [[term["name"] for term in terms] for terms in embedded["wp:term"]] == [
        ["Pemerintahan", "Pendidikan"],
        ["Anggaran", "Tanya &amp; Jawab"],
        [],
    ]


def test_rest_has_all_pages_of_an_article_at_once(newsroom: EmbeddedNewsroom) -> None:
    [post] = rest(newsroom, f"posts?slug={PAGED}")
    content = post["content"]["rendered"]
    assert content.count("<p><!--nextpage--></p>") == 2
    assert "Napal Putih" in content
    assert "Menjelang muara" in content


def test_rest_has_no_text_of_a_protected_post(newsroom: EmbeddedNewsroom) -> None:
    [post] = rest(newsroom, f"posts?slug={PROTECTED}")
    assert post["title"]["rendered"] == "Memo Internal Rapat Redaksi"
    assert post["content"] == {"rendered": "", "protected": True}
    assert post["excerpt"] == {"rendered": "", "protected": True}


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("after=2025-01-01T00:00:00", 4),
        ("before=2021-10-01T00:00:00", 1),
        ("after=2024-11-08T07:29:59&before=2024-11-08T07:30:01", 1),
        ("after=2024-11-08T00:29:59Z&before=2024-11-08T00:30:01Z", 1),
        ("after=2024-11-08T07:30:00", 5),
        ("modified_after=2024-12-18T08:59:59%2B07:00", 5),
        ("modified_before=2021-10-01T00:00:00", 1),
        ("include=210010,210020", 2),
        ("exclude=210010", 37),
        ("categories=6", 2),
        ("author=2", 6),
        ("search=mercusuar", 1),
        ("newstopic=18", 2),
        ("offset=30", 8),
    ],
)
def test_rest_selects(newsroom: EmbeddedNewsroom, query: str, count: int) -> None:
    assert len(rest(newsroom, f"posts?per_page=100&_fields=id&{query}")) == count


def test_rest_orders(newsroom: EmbeddedNewsroom) -> None:
    newsroom.edit("gempa-magnitudo-43-guncang-enggano-tidak-berpotensi-tsunami")
    first = rest(newsroom, "posts?orderby=modified&per_page=1&_fields=id,modified_gmt")
    assert [one["id"] for one in first] == [210240]
    assert list(first[0]) == ["id", "modified_gmt"]
    oldest = rest(newsroom, "posts?order=asc&per_page=2&_fields=id")
    assert [one["id"] for one in oldest] == [210010, 210020]
    by_id = rest(newsroom, "posts?orderby=id&order=desc&per_page=1&_fields=id")
    assert by_id == [{"id": 210810}]


def test_rest_keeps_nested_fields(newsroom: EmbeddedNewsroom) -> None:
    found = rest(newsroom, "posts/210010?_fields=id,title.rendered,_links.self")
    assert found == {
        "id": 210010,
        "title": {
            "rendered": "Jajaki Kerjasama 3 Sektor Ini, Walikota Helmi Hasan Temui Dubes Jepang"
        },
        "_links": {"self": [{"href": f"{newsroom.address}/wp-json/wp/v2/posts/210010"}]},
    }


@pytest.mark.parametrize(
    ("target", "status", "code"),
    [
        ("posts?per_page=101", 400, "rest_invalid_param"),
        ("posts?page=99", 400, "rest_post_invalid_page_number"),
        ("posts?orderby=gosip", 400, "rest_invalid_param"),
        ("posts?after=kemarin", 400, "rest_invalid_param"),
        ("posts?status=future", 400, "rest_invalid_param"),
        ("posts/999", 404, "rest_post_invalid_id"),
        ("posts/210830", 401, "rest_forbidden"),
        ("categories/999", 404, "rest_term_invalid_id"),
        ("gosip", 404, "rest_no_route"),
    ],
)
def test_rest_refuses(newsroom: EmbeddedNewsroom, target: str, status: int, code: str) -> None:
    answer = fetch(newsroom.address, f"/wp-json/wp/v2/{target}")
    found = json.loads(answer.body)
    assert (answer.status, found["code"], found["data"]["status"]) == (status, code, status)


@pytest.mark.parametrize(
    ("collection", "count"),
    [
        ("categories", 14),
        ("newstopic", 4),
        ("users", 5),
        ("pages", 4),
        ("comments", 4),
        ("media?parent=210090", 4),
        ("tags?post=210010", 3),
    ],
)
def test_other_collections(newsroom: EmbeddedNewsroom, collection: str, count: int) -> None:
    mark = "&" if "?" in collection else "?"
    found = rest(newsroom, f"{collection}{mark}per_page=100")
    assert len(found) == count
    name = collection.partition("?")[0]
    for one in found:
        if name != "comments":
            assert rest(newsroom, f"{name}/{one['id']}")["id"] == one["id"]


def test_rest_is_there_without_pretty_addresses(newsroom: EmbeddedNewsroom) -> None:
    plain = fetch(newsroom.address, "/?rest_route=/wp/v2/posts&per_page=3&_fields=id")
    assert json.loads(plain.body) == rest(newsroom, "posts?per_page=3&_fields=id")


def test_the_root_names_zone_and_routes(newsroom: EmbeddedNewsroom) -> None:
    found = json.loads(fetch(newsroom.address, "/wp-json/").body)
    assert found["gmt_offset"] == 7
    assert found["timezone_string"] == "Asia/Jakarta"
    assert "/wp/v2/posts" in found["routes"]


# --------------------------------------------------------------------- changes


def test_closed_doors(newsroom: EmbeddedNewsroom) -> None:
    newsroom.close("rest", "sitemap", "feed")
    assert fetch(newsroom.address, "/wp-json/wp/v2/posts").status == 401
    assert fetch(newsroom.address, "/wp-sitemap.xml").status == 404
    assert fetch(newsroom.address, "/sitemap.xml").status == 404
    assert fetch(newsroom.address, "/feed").status == 404
    home = fetch(newsroom.address, "/")
    assert "api.w.org" not in home.text
    assert "link" not in home.headers
    newsroom.open("rest")
    assert fetch(newsroom.address, "/wp-json/wp/v2/posts").status == 200


def test_an_edit_shows_everywhere(newsroom: EmbeddedNewsroom) -> None:
    slug = "harga-cabai-merah-di-pasar-panorama-tembus-rp92-ribu-sekilo"
    at = dt.datetime(2025, 7, 1, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=7)))
    newsroom.edit(slug, note="Redaksi meralat angka ini.", at=at)
    page = fetch(newsroom.url(slug)).text
    assert "naik Rp17 ribu dari awal pekan. Redaksi meralat angka ini." in page
    assert '<time class="updated" datetime="2025-07-01T09:00:00+07:00">' in page
    [post] = rest(newsroom, f"posts?slug={slug}")
    assert post["modified"] == "2025-07-01T09:00:00"
    assert "Redaksi meralat angka ini." in post["content"]["rendered"]
    feed = fetch(newsroom.address, "/tag/cabai/feed")
    assert "Redaksi meralat angka ini." in feed.text
    assert feed.headers["last-modified"] == "Tue, 01 Jul 2025 02:00:00 GMT"


def test_a_silent_edit_leaves_the_modified_time(newsroom: EmbeddedNewsroom) -> None:
    slug = "harga-cabai-merah-di-pasar-panorama-tembus-rp92-ribu-sekilo"
    newsroom.edit(slug, title="Harga Cabai Naik", silently=True)
    [post] = rest(newsroom, f"posts?slug={slug}")
    assert post["title"]["rendered"] == "Harga Cabai Naik"
    assert post["modified"] == post["date"]


@pytest.mark.parametrize("status", [404, 410])
def test_a_deleted_article_is_gone_everywhere(newsroom: EmbeddedNewsroom, status: int) -> None:
    slug = "wali-kota-tinjau-drainase-kampung-kelawi-2"
    url = newsroom.url(slug)
    newsroom.delete(slug, status)
    assert fetch(url).status == status
    assert fetch(newsroom.address, "/wp-json/wp/v2/posts").headers["x-wp-total"] == "37"
    assert url not in locations(newsroom, "/wp-sitemap-posts-post-1.xml")
    assert url not in fetch(newsroom.address, "/category/kota-bengkulu").text


def test_a_draft_goes_public(newsroom: EmbeddedNewsroom) -> None:
    slug = "pasar-malam-kepahiang-buka-lagi-setelah-jembatan-diperbaiki"
    assert fetch(newsroom.url(slug)).status == 404
    entry = newsroom.publish(slug)
    assert fetch(newsroom.url(slug)).status == 200
    assert rest(newsroom, "posts?per_page=1&_fields=id") == [{"id": 210840}]
    assert newsroom.url(slug) in locations(newsroom, "/wp-sitemap-posts-post-1.xml")
    assert entry.changed == entry.at


def test_a_scheduled_post_goes_public_with_its_old_modified_time(
    newsroom: EmbeddedNewsroom,
) -> None:
    before = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    newsroom.publish("naskah-terjadwal-pengumuman-hasil-seleksi", changed=before)
    newest = rest(newsroom, "posts?per_page=1&_fields=id,modified_gmt")
    assert newest == [{"id": 210830, "modified_gmt": "2020-01-01T00:00:00"}]


def test_an_article_can_be_held_back_and_released(newsroom: EmbeddedNewsroom) -> None:
    slug = "jeruk-kalamansi-arga-makmur-panen-awal-harga-bertahan"
    newsroom.hold(slug)
    assert fetch(newsroom.url(slug)).status == 404
    assert len(newsroom.articles) == 36
    newsroom.publish(slug)
    assert fetch(newsroom.url(slug)).status == 200


def test_a_grown_newsroom_lists_all_it_has(newsroom: EmbeddedNewsroom) -> None:
    newsroom.grow(4500)
    posts = fetch(newsroom.address, "/wp-json/wp/v2/posts?per_page=100&page=45&_fields=id,link")
    assert posts.headers["x-wp-total"] == "4538"
    files = [url for url in locations(newsroom, "/wp-sitemap.xml") if "posts-post" in url]
    assert len(files) == 3
    found = [loc for url in files for loc in locations(newsroom, url[len(newsroom.address) :])]
    assert len(set(found)) == 4538
    for one in json.loads(posts.body)[:3]:
        answer = fetch(one["link"])
        assert answer.status == 200
        assert one["link"] in found
