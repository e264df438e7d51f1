"""Articles by the thousand, for tests of size: older than all others, different from each other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Final

from demo.content import CATEGORY, TAG, Content, Entry

FIRST_ID: Final = 1000
FIRST_DAY: Final = dt.datetime(2009, 1, 5, 7, 0)  # noqa: DTZ001 -- the newsroom's zone is added
# 4,000 days lie between the first and the oldest written article.
_SPAN: Final = dt.timedelta(days=4000)
MOST: Final = 200_000

_PLACES: Final = ("Manna", "Tais", "Curup", "Kepahiang", "Arga Makmur", "Bintuhan", "Tubei")
_THINGS: Final = ("jalan desa", "irigasi", "posyandu", "pasar pagi", "sekolah dasar", "jembatan")


def grown(content: Content, count: int) -> Iterator[Entry]:
    """Yield *count* articles; the same number always gives the same article.

    Raises :exc:`ValueError` above 200,000, where the ids of the written articles begin.
    """
    if count > MOST:
        raise ValueError(f"can grow to {MOST} articles, not to {count}")
    categories = [term for term in content.terms if term.taxonomy == CATEGORY and not term.parent]
    tags = [term for term in content.terms if term.taxonomy == TAG]
    step = _SPAN / max(count, 1)
    for number in range(count):
        at = (FIRST_DAY + step * number).replace(microsecond=0, tzinfo=content.house.zone)
        place, thing = _PLACES[number % len(_PLACES)], _THINGS[number % len(_THINGS)]
        yield Entry(
            id=FIRST_ID + number,
            kind="post",
            slug=f"catatan-warga-{place.lower().replace(' ', '-')}-nomor-{number + 1}",
            title=f"Catatan Warga {place} Nomor {number + 1}: Menunggu {thing.title()}",
            at=at,
            changed=at,
            author=content.authors[number % len(content.authors)],
            content=_text(content.house.name, place, thing, number, at),
            categories=(categories[number % len(categories)],),
            tags=(tags[number % len(tags)],) if tags else (),
        )


def _text(outlet: str, place: str, thing: str, number: int, at: dt.datetime) -> str:
    opening = (
        f"{place.upper()}, {outlet} – Warga {place} menyampaikan catatan nomor {number + 1} tentang "
        f"{thing} kepada pemerintah setempat, {at.day}/{at.month}/{at.year}."
    )
    parts = (
        opening,
        f"Catatan itu memuat {number % 9 + 2} permintaan. Yang utama, {thing} diperbaiki.",
        f"Sebanyak {number % 300 + 20} kepala keluarga ikut menandatangani catatan itu.",
        f"Kepala desa sudah meneruskan catatan nomor {number + 1} ke kecamatan. (red)",
    )
    return "\n\n".join(parts)
