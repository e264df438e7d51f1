"""What report and site say in two languages."""

from __future__ import annotations

import datetime as dt

import pytest

from crawler.export.wording import Words, clean

ENGLISH, INDONESIAN = Words("en"), Words("id")


def test_numbers_and_days_are_those_of_the_language() -> None:
    for words, said in (
        (ENGLISH, "12,345.6 | 81% | 1.23 MB"),
        (INDONESIAN, "12.345,6 | 81% | 1,23 MB"),
    ):
        assert f"{words.number(12345.6)} | {words.share(0.813)} | {words.size(1_230_000)}" == said
    assert [ENGLISH.compact(12_345), ENGLISH.compact(1_340_000)] == ["12,345", "1.3M"]
    assert INDONESIAN.compact(1_340_000).replace("\u00a0", " ") == "1,3 jt"
    assert [ENGLISH.size(999), INDONESIAN.size(999), ENGLISH.size(5e12)] == [
        "999 bytes", "999 bita", "5,000 GB",
    ]  # fmt: skip
    assert [INDONESIAN.month(f"2024-{month:02}") for month in (1, 2, 3, 5, 6, 7, 8, 10, 12)] == [
        "Januari 2024", "Februari 2024", "Maret 2024", "Mei 2024", "Juni 2024", "Juli 2024",
        "Agustus 2024", "Oktober 2024", "Desember 2024",
    ]  # fmt: skip
    assert [INDONESIAN.weekday(day) for day in range(7)] == [
        "Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu",
    ]  # fmt: skip
    assert [words.many(1200, "article") for words in (ENGLISH, INDONESIAN)] == [
        "1,200 articles", "1.200 artikel",
    ]  # fmt: skip
    assert [ENGLISH.many(1, "category", "categories"), ENGLISH.many(0, "day")] == [
        "1 category", "0 days",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("stated", "english", "indonesian"),
    [
        ("2024-08-12T10:30:00+07:00", "12 August 2024, 10:30 WIB", "12 Agustus 2024, 10.30 WIB"),
        ("2024-08-12T10:30:00+08:00", "12 August 2024, 10:30 WITA", "12 Agustus 2024, 10.30 WITA"),
        ("2024-08-12T10:30:00+09:00", "12 August 2024, 10:30 WIT", "12 Agustus 2024, 10.30 WIT"),
        ("2024-08-12T10:30:00Z", "12 August 2024, 10:30 UTC", "12 Agustus 2024, 10.30 UTC"),
        ("2024-08-12T10:30:00+05:30", "12 August 2024, 10:30 UTC+05:30", "12 Agustus 2024, 10.30 UTC+05:30"),
        ("2024-08-12", "12 August 2024", "12 Agustus 2024"),
        ("2024-08", "August 2024", "Agustus 2024"),
        (None, "no date", "tanpa tanggal"),
        ("9999-12-31T23:59:59-07:00", "31 December 9999, 23:59 UTC-07:00", "31 Desember 9999, 23.59 UTC-07:00"),
    ],
)  # fmt: skip
def test_moments(stated: str | None, english: str, indonesian: str) -> None:
    assert (ENGLISH.when(stated), INDONESIAN.when(stated)) == (english, indonesian)


def test_spans() -> None:
    day = dt.date(2024, 12, 30)
    spans = [
        words.span(day, last).replace("\u2009", " ")
        for words in (ENGLISH, INDONESIAN)
        for last in (day, dt.date(2024, 12, 31), dt.date(2025, 1, 2))
    ]
    assert spans == [
        "30 Dec 2024", "30–31 Dec 2024", "30 Dec 2024 – 2 Jan 2025",
        "30 Des 2024", "30–31 Des 2024", "30 Des 2024 – 2 Jan 2025",
    ]  # fmt: skip
    assert [INDONESIAN.lasting(minutes) for minutes in (1, 89, 119, 7_200)] == [
        "1 menit", "89 menit", "2 jam", "5 hari",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("Hukum &\n Kriminal", "Hukum & Kriminal"),
        ("a\u202eb\u200bc\x00d", "abcd"),
        ("x" * 61, "x" * 59 + "…"),
    ],
)
def test_labels_are_clean(raw: str, shown: str) -> None:
    assert clean(raw) == shown
