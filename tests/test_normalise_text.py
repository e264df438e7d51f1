from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.normalise.text import fold, typographic_fold
from tests.growth import LINEAR, growth


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("  Wali   Kota \t Lama \n", "Wali Kota Lama"),
        ("Wali\u00a0Kota\u202fLama", "Wali Kota Lama"),
        ("satu\u2028dua\u2029tiga\x0bempat\x85lima", "satu dua tiga empat lima"),
        ("ke\u00adbi\u00adjak\u00adan", "kebijakan"),
        ("\ufeffHarga\u200b cabai\u2060", "Harga cabai"),
        ("\u202eHarga\u202c \u2066cabai\u2069\u200e", "Harga cabai"),
        ("Harga\x00 ca\x07bai\x9f", "Harga cabai"),
        ("Cafe\u0301 di Curup", "Café di Curup"),
        ("Harga \ud83d cabai", "Harga \ufffd cabai"),
        ("\u200d Harga\u200dcabai", "Hargacabai"),
        ("Keluarga 👨\u200d👩\u200d👧 sehat", "Keluarga 👨\u200d👩\u200d👧 sehat"),
        ("👍️", "👍️"),
        ("", ""),
        (" \u200b\u00a0 ", ""),
    ],
)
def test_folds(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ('"Siap," kata Camat', "“Siap,” kata Camat"),
        ("Jum'at", "Jum’at"),
        ("Rp5 - 7 juta", "Rp5 – 7 juta"),
        ("Curup -- Lebong", "Curup – Lebong"),
        ("Curup --- Lebong", "Curup — Lebong"),
        ("lalu...", "lalu…"),
        ("ukuran 3x4 meter", "ukuran 3×4 meter"),
        ("layar 14\" dan 6'", "layar 14″ dan 6′"),
        ("``Siap''", "“Siap”"),
        ("Tempe (tm)", "Tempe ™"),
        ("Wali Kota", "Wali\u00a0Kota"),
    ],
)
def test_typed_and_printed_agree(typed: str, printed: str) -> None:
    assert typographic_fold(typed) == typographic_fold(printed)


def test_typographic_fold_keeps_words_apart() -> None:
    assert typographic_fold("anak-anak 3 x 4") == "anak-anak 3 x 4"
    assert typographic_fold("Curup") != typographic_fold("curup")


@given(st.text(alphabet=st.characters()))
def test_what_is_folded_can_be_written_and_stays(text: str) -> None:
    folded = fold(text)
    folded.encode("utf-8")
    assert fold(folded) == folded
    assert unicodedata.is_normalized("NFC", folded)
    assert not any(char in folded for char in "\n\t\u00a0\u200b\u00ad\ufeff\x00")
    assert typographic_fold(typographic_fold(text)) == typographic_fold(text)


@pytest.mark.parametrize(
    "piece", ["a ", " ", "\u200b", "\u200d", "-", "'", "…“", "e\u0301", "\xa0\n"]
)
@pytest.mark.parametrize("function", [fold, typographic_fold])
def test_time_grows_with_the_text(function: object, piece: str) -> None:
    assert callable(function)
    assert growth(function, lambda size: piece * size) < LINEAR
