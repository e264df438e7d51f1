"""Edits, deletions, drafts that go public, doors that close: they show in every door."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from demo import EmbeddedNewsroom
from tests.fetching import fetch, locations, rest


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
