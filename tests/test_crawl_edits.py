"""A newsroom that edits in every way: each edit is listed as what it is, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import attrs
import pytest

from crawler.archive import edits
from demo import EmbeddedNewsroom
from tests.crawling import crawl

NOTICE = "Artikel ini telah dicabut oleh redaksi."
RALAT = "Ralat: nama camat semula tertulis Erna Wibowo."


def edit_in_every_way(newsroom: EmbeddedNewsroom) -> dict[str, str]:
    """Change an article a kind; return which is of which kind."""
    catalogue = newsroom.site.catalogue
    done: dict[str, str] = {}

    def edit(kind: str, start: str, **values: Any) -> None:
        slug = next(each.slug for each in newsroom.articles if each.slug.startswith(start))
        done[newsroom.url(slug)] = kind
        newsroom.edit(slug, **values)

    def text(start: str, old: str, new: str) -> str:
        content = next(e.content for e in newsroom.articles if e.slug.startswith(start))
        assert old in content
        return content.replace(old, new)

    parking = catalogue.beginning("tarif-parkir")
    bridge = catalogue.beginning("jembatan-gantung")
    assert parking is not None
    assert parking.photo is not None
    assert bridge is not None
    edit("headline", "wali-kota-tinjau", title="Wali Kota Janjikan Drainase Kampung Kelawi")
    edit("figures", "rp15-miliar", content=text("rp15-miliar", "Rp900 juta", "Rp950 juta"))
    edit(
        "correction",
        "jembatan",
        content=bridge.content.replace("<strong>(rka)", f"{RALAT}\n\n<strong>(rka)"),
    )
    edit("withdrawn", "jeruk", content=NOTICE)
    edit("text", "taklukkan", content=text("taklukkan", "melaju ke final", "gagal ke final"))
    edit(
        "photo",
        "tarif-parkir",
        photo=attrs.evolve(parking.photo, caption="Petugas di Pasar Minggu (Foto: ist)"),
    )
    edit("terms", "polisi-tangkap", tags=())
    edit(
        "cosmetic",
        "kementerian",
        content=text("kementerian", ". ", ".  ").replace("guru", "guuru", 1),
    )
    return done


@pytest.mark.parametrize("rest", [True, False], ids=["rest", "pages"])
def test_each_edit_is_listed_as_what_it_is(
    newsroom: EmbeddedNewsroom, tmp_path: Path, *, rest: bool
) -> None:
    if not rest:
        newsroom.close("rest")
    crawl(newsroom, tmp_path)
    made = edit_in_every_way(newsroom)
    gone = newsroom.url("gempa-magnitudo-43-guncang-enggano-tidak-berpotensi-tsunami")
    newsroom.delete("gempa-magnitudo-43-guncang-enggano-tidak-berpotensi-tsunami")
    every = () if rest else ("-a", "refresh=all")  # its sitemap does not say what changed
    crawl(newsroom, tmp_path, *every)
    folder = crawl(newsroom, tmp_path, *every).folder
    listed = {edit.url: edit.kind for edit in edits(folder)}
    assert listed == {**made, gone: "gone"}
