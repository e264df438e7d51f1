"""The REST API: exactly what is public, in WordPress's words."""

from __future__ import annotations

import json

import pytest

from demo import EmbeddedNewsroom
from tests.fetching import fetch, public, rest

PROTECTED = "memo-internal-rapat-redaksi"
PAGED = "menyusuri-sungai-ketahun-dari-hulu-tambang-sampai-muara"


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
