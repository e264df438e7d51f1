"""A map of Indonesia's 38 provinces, drawn as tiles of equal size.

Every province is one tile, about where it lies: a map to scale would show Papua and hide Jakarta.
"""

from __future__ import annotations

from typing import Final

import attrs


@attrs.frozen
class Province:
    """A tile of the map."""

    name: str
    letters: str
    """Its letters in ISO 3166-2:ID."""

    column: int
    row: int


# Kemendagri code -> tile; column from west to east, row from north to south.
PROVINCES: Final = {
    "11": Province("Aceh", "AC", 0, 0),
    "12": Province("Sumatera Utara", "SU", 1, 1),
    "13": Province("Sumatera Barat", "SB", 1, 2),
    "14": Province("Riau", "RI", 2, 2),
    "15": Province("Jambi", "JA", 2, 3),
    "16": Province("Sumatera Selatan", "SS", 2, 4),
    "17": Province("Bengkulu", "BE", 1, 3),
    "18": Province("Lampung", "LA", 2, 5),
    "19": Province("Kepulauan Bangka Belitung", "BB", 3, 3),
    "21": Province("Kepulauan Riau", "KR", 3, 1),
    "31": Province("DKI Jakarta", "JK", 4, 5),
    "32": Province("Jawa Barat", "JB", 4, 6),
    "33": Province("Jawa Tengah", "JT", 5, 6),
    "34": Province("Daerah Istimewa Yogyakarta", "YO", 5, 7),
    "35": Province("Jawa Timur", "JI", 6, 6),
    "36": Province("Banten", "BT", 3, 6),
    "51": Province("Bali", "BA", 7, 6),
    "52": Province("Nusa Tenggara Barat", "NB", 8, 6),
    "53": Province("Nusa Tenggara Timur", "NT", 9, 6),
    "61": Province("Kalimantan Barat", "KB", 5, 2),
    "62": Province("Kalimantan Tengah", "KT", 6, 2),
    "63": Province("Kalimantan Selatan", "KS", 6, 3),
    "64": Province("Kalimantan Timur", "KI", 7, 2),
    "65": Province("Kalimantan Utara", "KU", 7, 1),
    "71": Province("Sulawesi Utara", "SA", 10, 2),
    "72": Province("Sulawesi Tengah", "ST", 9, 3),
    "73": Province("Sulawesi Selatan", "SN", 8, 4),
    "74": Province("Sulawesi Tenggara", "SG", 9, 4),
    "75": Province("Gorontalo", "GO", 9, 2),
    "76": Province("Sulawesi Barat", "SR", 8, 3),
    "81": Province("Maluku", "MA", 11, 4),
    "82": Province("Maluku Utara", "MU", 11, 3),
    "91": Province("Papua", "PA", 15, 2),
    "92": Province("Papua Barat", "PB", 13, 2),
    "93": Province("Papua Selatan", "PS", 15, 4),
    "94": Province("Papua Tengah", "PT", 14, 3),
    "95": Province("Papua Pegunungan", "PE", 15, 3),
    "96": Province("Papua Barat Daya", "PD", 12, 2),
}
