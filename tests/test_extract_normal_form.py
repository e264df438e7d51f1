"""The normal form: what makes a revision, and what does not."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import attrs
import pytest

from crawler.archive.rows import page_hash
from crawler.extract import extract_html
from crawler.extract.record import content_hash, normal_form
from crawler.items import Article, Embed

DOCS = Path(__file__).parents[1] / "docs/normal-form.md"

BLOCKS = [
    SimpleNamespace(kind="p", text="Festival diikuti 20 kelompok – terbanyak sejak 2019."),
    SimpleNamespace(kind="h", text="Naga Dua Belas Meter"),
    SimpleNamespace(kind="p", text="Angin bertiup tenang sepanjang siang."),
]
WORDING: dict[str, Any] = dict(  # noqa: C408 -- arguments
    title="Festival “Layang-Layang” di Pantai",
    deck=None,
    published_at="2024-03-05T08:15:00+07:00",
    authors=["Rina Astuti"],
    blocks=BLOCKS,
    categories=["Wisata", "Daerah"],
    tags=[],
    topics=[],
)


def hashed(**change: Any) -> str:
    return content_hash(normal_form(**{**WORDING, **change}))


def example() -> str:
    found = re.search(r"```\n(article-normal-form/1\n.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


def test_the_documented_example_is_what_comes_out() -> None:
    assert normal_form(**WORDING) == example()


def test_the_documented_hash_is_that_of_the_example() -> None:
    digest = hashlib.sha256(example().encode()).hexdigest()
    assert f"sha256:{digest}" in DOCS.read_text("utf-8")
    assert hashed() == f"sha256:{digest}"


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Festival 'Layang-Layang' di Pantai"},
        {"deck": "Angin bersahabat"},
        {"published_at": "2024-03-05T08:16:00+07:00"},
        {"authors": ["Rina Astuti", "Budi Santoso"]},
        {"categories": ["Wisata"]},
        {"tags": ["Pantai"]},
        {"topics": ["Pekan Budaya"]},
        {"blocks": BLOCKS[:2]},
        {"blocks": [SimpleNamespace(kind="h", text=BLOCKS[0].text), *BLOCKS[1:]]},
    ],
)
def test_what_the_newsroom_wrote_is_in_it(change: dict[str, Any]) -> None:
    assert hashed(**change) != hashed()


@pytest.mark.parametrize(
    "change",
    [
        {"title": 'Festival "Layang-Layang" di Pantai'},
        {"title": "Festival „Layang‑Layang‟ di Pantai"},
        {"published_at": "2024-03-05T01:15:00Z"},
        {"published_at": "2024-03-05T09:15:00+08:00"},
        {"categories": ["Daerah", "Wisata"]},
    ],
)
def test_how_it_is_printed_is_not(change: dict[str, Any]) -> None:
    assert hashed(**change) == hashed()


def test_a_day_stays_a_day() -> None:
    form = normal_form(**{**WORDING, "published_at": "2021-09-30"})
    assert "published\t2021-09-30\n" in form


PAGE = """<html lang="id"><body class="single single-post postid-7 idtheme kentooz"><main>
<article id="post-7" class="content-single hentry"><header><h1 class="entry-title">Judul</h1>
<time class="entry-date published updated" datetime="2024-03-05T09:30:00+07:00">5 Maret</time></header>
{photo}<div class="entry-content entry-content-single">{content}</div>{after}</article></main></body></html>"""


def read(content: str, photo: str = "", after: str = "") -> Article:
    page = PAGE.format(content=content, photo=photo, after=after)
    return extract_html(page, "https://progres.id/daerah/judul.html")


def test_neither_ads_nor_related_posts_nor_the_photo_are_in_it() -> None:
    plain = read("<p>Isi berita.</p>")
    dressed = read(
        '<p>Isi berita.</p><div class="gmr-banner-aftercontent"><p>Iklan</p></div>',
        '<figure><img class="wp-post-image" src="/foto.jpg"><figcaption>Foto</figcaption></figure>',
        '<div class="gmr-related-post"><h3>Baca Juga</h3><a href="/daerah/lain.html">Lain</a></div>',
    )
    assert dressed.related_posts
    assert dressed.caption == "Foto"
    assert plain.content_hash == dressed.content_hash
    assert page_hash(plain) != page_hash(dressed)


@pytest.mark.parametrize(
    "change",
    [
        {"subtitle": "Baru"},
        {"caption": "Baru"},
        {"image_url": "https://progres.id/baru.jpg"},
        {"writer": "Baru"},
        {"editor": "Baru"},
        {"source_url": "https://baru.example/"},
        {"embeds": (Embed(kind="video", url="https://www.youtube.com/embed/baru"),)},
    ],
)
def test_the_page_hash_covers_what_only_the_page_states(change: dict[str, Any]) -> None:
    article = read("<p>Isi berita.</p>")
    assert page_hash(attrs.evolve(article, **change)) != page_hash(article)


def test_the_page_hash_leaves_out_the_rest() -> None:
    article = read("<p>Isi berita.</p>")
    other = attrs.evolve(article, title="Lain", modified_at="2024-03-06T00:00:00Z", body="Lain")
    assert page_hash(other) == page_hash(article)


def test_who_edits_twice_makes_two_revisions() -> None:
    assert read("<p>Isi berita.</p>").content_hash != read("<p>Isi berita baru.</p>").content_hash
