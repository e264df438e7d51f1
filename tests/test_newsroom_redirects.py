"""The redirects of WordPress core, and the addresses that are let alone."""

from __future__ import annotations

import pytest

from demo import EmbeddedNewsroom
from tests.fetching import fetch

ARTICLE = "/daerah/menyusuri-sungai-ketahun-dari-hulu-tambang-sampai-muara.html"
PHOTO = "/wisata-budaya/pagi-di-danau-picung-tenang-sebelum-pengunjung-datang.html/attachment/"


@pytest.mark.parametrize(
    ("asked", "leads_to"),
    [
        ("/?p=210120", ARTICLE),
        (f"{ARTICLE}/", ARTICLE),
        (f"{ARTICLE}/1", ARTICLE),
        (f"{ARTICLE}/4", ARTICLE),
        (f"{ARTICLE}/99/", ARTICLE),
        (f"{ARTICLE}/2/", f"{ARTICLE}/2"),
        (f"{ARTICLE}/amp", f"{ARTICLE}?amp=1"),
        (ARTICLE.replace("/daerah/", "/ekonomi/"), ARTICLE),
        (ARTICLE.replace("/daerah/", "/2022/10/11/"), ARTICLE),
        (ARTICLE.removesuffix(".html"), ARTICLE),
        ("/menyusuri-sungai-ketahun-dari-hulu-tambang-sampai-muara/", ARTICLE),
        ("/daerah/menyusuri-sungai-ketahun.html", ARTICLE),
        ("/menyusuri-sungai", ARTICLE),
        ("/?p=210910", "/redaksi"),
        ("/redaksi/", "/redaksi"),
        ("/?page_id=210910", "/redaksi"),
        ("/?p=210092", f"{PHOTO}danau-picung-1"),
        (f"{PHOTO}danau-picung-1/", f"{PHOTO}danau-picung-1"),
        (f"{PHOTO}danau-picung-1?amp=1", f"{PHOTO}danau-picung-1"),
        ("/indeks/", "/indeks"),
        ("/category/daerah/", "/category/daerah"),
        ("/2022/", "/2022"),
        ("/2022/?amp=1", "/2022?amp=1"),
        ("/?cat=3", "/category/daerah"),
        ("/feed/", "/feed"),
        ("/category/daerah/feed/", "/category/daerah/feed"),
    ],
)
def test_moved_for_good(newsroom: EmbeddedNewsroom, asked: str, leads_to: str) -> None:
    answer = fetch(newsroom.address, asked)
    assert (answer.status, answer.location) == (301, newsroom.address + leads_to)


def test_the_common_sitemap_address_leads_to_wordpress_s_own(newsroom: EmbeddedNewsroom) -> None:
    answer = fetch(newsroom.address, "/sitemap.xml")
    assert (answer.status, answer.location) == (302, f"{newsroom.address}/wp-sitemap.xml")


@pytest.mark.parametrize(
    "asked",
    [
        f"{ARTICLE}?utm_source=wa&utm_medium=share",
        f"{ARTICLE}?replytocom=2100001",
        ARTICLE.upper().replace(".HTML", ".html"),
        f"{ARTICLE}/2?amp=1",
        "/wisata-budaya/%F0%9F%8E%89-festival-pesisir-bengkulu-kembali-digelar-september.html",
        "/wisata-budaya/%f0%9f%8e%89-festival-pesisir-bengkulu-kembali-digelar-september.html",
        "/category/olahraga/sepak-bola",
        "/indeks?id=3",
        "/indeks?dy=5&mt=8&yr=2022",
        "/indeks/page/2",
    ],
)
def test_answered_where_it_is(newsroom: EmbeddedNewsroom, asked: str) -> None:
    assert fetch(newsroom.address, asked).status == 200


def test_addresses_with_a_slash_at_the_end(newsroom_with_slashes: EmbeddedNewsroom) -> None:
    newsroom = newsroom_with_slashes
    slug = "menyusuri-sungai-ketahun-dari-hulu-tambang-sampai-muara"
    assert newsroom.url(slug) == f"{newsroom.address}/{slug}/"
    assert fetch(newsroom.address, f"/{slug}/").status == 200
    assert fetch(newsroom.address, f"/{slug}/2/").status == 200
    for asked, leads_to in (
        (f"/{slug}", f"/{slug}/"),
        (f"/{slug}/99/", f"/{slug}/"),
        (f"/daerah/{slug}.html", f"/{slug}/"),
        ("/category/daerah", "/category/daerah/"),
        ("/feed", "/feed/"),
    ):
        answer = fetch(newsroom.address, asked)
        assert (answer.status, answer.location) == (301, newsroom.address + leads_to)
