from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable

import dateparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.normalise.dates import find_dates, normalise, read_published

WIB = dt.timezone(dt.timedelta(hours=7))
ANCHOR = dt.datetime(2035, 12, 31, 23, 0, tzinfo=WIB)
FIRST, LAST = dt.date(1990, 1, 1), dt.date(2035, 12, 31)


def words(text: str) -> list[str]:
    return text.split()


MONTHS = words(
    "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember"
)
SHORT = words("Jan Feb Mar Apr Mei Jun Jul Agu Sep Okt Nov Des")
OLD = words("Djanuari Pebruari Mrt Apr Mei Djuni Djuli Agoestoes Sept Oktober Nopember Desember")
ENGLISH = words(
    "January February March April May June July August September October November December"
)
WEEKDAYS = words("Senin Selasa Rabu Kamis Jumat Sabtu Minggu")
SPOKEN = words("Senen Selasa Rebo Kemis Jum’at Saptu Ahad")

dates = st.dates(FIRST, LAST)
moments = st.builds(dt.datetime.combine, dates, st.times(), st.just(WIB))
clocks = st.times().map(lambda time: time.replace(second=0, microsecond=0))


def month(date: dt.date, names: list[str]) -> str:
    return names[date.month - 1]


def weekday(date: dt.date, names: list[str] = WEEKDAYS) -> str:
    return names[date.weekday()]


FORMS: dict[str, Callable[[dt.date], str]] = {
    "15 Maret 2023": lambda d: f"{d.day} {month(d, MONTHS)} {d.year}",
    "15 maret 2023": lambda d: f"{d.day} {month(d, MONTHS).lower()} {d.year}",
    "15 MARET 2023": lambda d: f"{d.day} {month(d, MONTHS).upper()} {d.year}",
    "15 Mar 2023": lambda d: f"{d:%d} {month(d, SHORT)} {d.year}",
    "15 Mar. 2023": lambda d: f"{d.day} {month(d, SHORT)}. {d.year}",
    "15-Mar-23": lambda d: f"{d:%d}-{month(d, SHORT)}-{d:%y}",
    "15 Mrt 2023": lambda d: f"{d.day} {month(d, OLD)} {d.year}",
    "15 March 2023": lambda d: f"{d.day} {month(d, ENGLISH)} {d.year}",
    "March 15, 2023": lambda d: f"{month(d, ENGLISH)} {d.day}, {d.year}",
    "Maret 15, 2023": lambda d: f"{month(d, MONTHS)} {d.day}, {d.year}",
    "Rabu, 15 Maret 2023": lambda d: f"{weekday(d)}, {d.day} {month(d, MONTHS)} {d.year}",
    "Rebo 15 Maret 2023": lambda d: f"{weekday(d, SPOKEN)} {d.day} {month(d, MONTHS)} {d.year}",
    "hari Rabu tanggal 15 Maret 2023": lambda d: (
        f"hari {weekday(d)} tanggal {d.day} {month(d, MONTHS)} {d.year}"
    ),
    "Rabu, Maret 15, 2023": lambda d: f"{weekday(d)}, {month(d, MONTHS)} {d.day}, {d.year}",
    "Rabu (15/3/2023)": lambda d: f"{weekday(d)} ({d.day}/{d.month}/{d.year})",
    "Rabu (15/03/23)": lambda d: f"{weekday(d)} ({d:%d/%m/%y})",
    "Rabu (15-3-2023)": lambda d: f"{weekday(d)} ({d.day}-{d.month}-{d.year})",
    "Rabu (15.03.2023)": lambda d: f"{weekday(d)} ({d:%d.%m.%Y})",
    "15/3/2023": lambda d: f"{d.day}/{d.month}/{d.year}",
    "15/03/23": lambda d: f"{d:%d/%m/%y}",
    "15-03-2023": lambda d: f"{d:%d-%m-%Y}",
    "2023-03-15": lambda d: d.isoformat(),
    "2023/3/15": lambda d: f"{d.year}/{d.month}/{d.day}",
}
AFTER: dict[str, Callable[[dt.time], str]] = {
    " pukul 09.30 WIB": lambda t: f" pukul {t:%H.%M} WIB",
    " | 09:30 WIB": lambda t: f" | {t:%H:%M} WIB",
    ", 09:30": lambda t: f", {t:%H:%M}",
    " - 09.30 wib": lambda t: f" - {t:%H.%M} wib",
    " malam, sekitar pukul 09.30": lambda t: f" malam, sekitar pukul {t:%H.%M}",
    " jam 09.30WIB": lambda t: f" jam {t:%H.%M}WIB",
}


def test_every_day_reads_back() -> None:
    days = (dt.date.fromordinal(n) for n in range(FIRST.toordinal(), LAST.toordinal() + 1))
    for day, form in zip(days, itertools.cycle(FORMS.values()), strict=False):
        assert normalise(form(day), ANCHOR) == day.isoformat(), form(day)


@pytest.mark.parametrize("form", FORMS)
@settings(deadline=None, max_examples=60)
@given(dates)
def test_every_form_reads_back(form: str, date: dt.date) -> None:
    text = FORMS[form](date)
    sentence = f"Warga Desa Tebat Sari bergotong royong, {text}, di tepi sungai."
    assert normalise(text, ANCHOR) == date.isoformat()
    assert normalise(sentence, None) == date.isoformat()
    assert read_published(f"Oleh Redaksi - {text}", WIB) == date.isoformat()
    [found] = find_dates(sentence * 2, ANCHOR)[:1]
    assert (found.date, found.end, found.time, found.resolved) == (
        *(date.isoformat(), None, None, "explicit"),
    )
    assert found.weekday_agrees is not False
    assert found.text in text


@pytest.mark.parametrize("after", AFTER)
@settings(deadline=None, max_examples=60)
@given(st.sampled_from(sorted(FORMS)), dates, clocks)
def test_a_clock_time_reads_back(after: str, form: str, date: dt.date, clock: dt.time) -> None:
    text = FORMS[form](date) + AFTER[after](clock)
    meant = f"{date.isoformat()}T{clock:%H:%M}+07:00"
    assert normalise(text, ANCHOR) == meant
    assert read_published(text, WIB) == meant


@settings(deadline=None)
@given(dates, st.integers(1, 40), st.sampled_from(["-", " – ", " s/d ", " hingga ", " s.d. "]))
def test_ranges_read_back(first: dt.date, length: int, to: str) -> None:
    last = first + dt.timedelta(length)
    long = f"{first.day} {month(first, MONTHS)} {first.year}{to}"
    texts = [long + f"{last.day} {month(last, MONTHS)} {last.year}"]
    if first.year == last.year:
        texts.append(
            f"{first.day} {month(first, MONTHS)}{to}{last.day} {month(last, MONTHS)} {last.year}"
        )
    if (first.year, first.month) == (last.year, last.month):
        texts.append(f"{first.day}{to}{last.day} {month(last, SHORT)} {last.year}")
        texts.append(f"({first.day}{to}{last.day}/{last.month}/{last.year})")
    for text in texts:
        assert normalise(text, ANCHOR) == f"{first.isoformat()}/{last.isoformat()}", text


@settings(deadline=None)
@given(moments, st.integers(0, 360))
def test_a_day_without_year_is_the_last_such_day(anchor: dt.datetime, back: int) -> None:
    day = anchor.date() - dt.timedelta(back)
    meant = anchor.date()
    while (meant.day, meant.month) != (day.day, day.month):
        meant -= dt.timedelta(1)
    for text in (f"{day.day} {month(day, MONTHS)}", f"tanggal {day.day}/{day.month}"):
        assert normalise(text, anchor) == meant.isoformat()


@settings(deadline=None)
@given(moments, st.integers(0, 6))
def test_a_weekday_is_the_last_such_day(anchor: dt.datetime, number: int) -> None:
    alone = anchor.date()
    while alone.weekday() != number:
        alone -= dt.timedelta(1)
    before = alone if alone < anchor.date() else alone - dt.timedelta(7)
    assert normalise(f"di Curup, {WEEKDAYS[number]}.", anchor) == alone.isoformat()
    assert normalise(f"{WEEKDAYS[number]} kemarin", anchor) == before.isoformat()
    after = normalise(f"hari {WEEKDAYS[number]} depan", anchor)
    assert after == (before + dt.timedelta(7 if alone < anchor.date() else 14)).isoformat()


PIECES = st.sampled_from(
    """
    Senin rabu JUMAT Jum’at Minggu Ahad Wage 1 2 13 29 30 31 32 00 2023 2203 20023 1444 / - – . , :
    ( ) ' | Maret mei Sept. Djanuari Syawal H M s/d s.d. hingga dan & tanggal pukul jam sekitar 9.30
    24.00 WIB WITA +07:00 T Z am malam dini hari tadi ini lalu (kemarin) kemarin besok lusa pekan minggu bulan
    tahun dua belas puluh sepekan setengah menit ago akan nomor Covid-19 th \n \u200b İ ² ١
    """.split(" ")  # noqa: SIM905 -- one piece a word reads best
)
TEXTS = st.one_of(st.text(), st.lists(PIECES).map(" ".join), st.lists(PIECES).map("".join))


@settings(deadline=None, max_examples=400)
@given(TEXTS, st.sampled_from([ANCHOR, ANCHOR.replace(tzinfo=None), None]))
def test_never_fails(text: str, anchor: dt.datetime | None) -> None:
    normalise(text, anchor)
    read_published(text, WIB)
    found = find_dates(text, anchor)
    end = 0
    for date in found:  # in order, and printed in the text
        end = text.index(date.text, end) + len(date.text)


@settings(deadline=None)
@given(st.lists(PIECES, max_size=12).map(" ".join))
def test_a_long_text_around_a_date_does_not_change_it(text: str) -> None:
    def read(around: str) -> list[tuple[str, str, str | None]]:
        found = find_dates(f"{around}\n\nWarga berkata. {text}. Warga pulang.\n\n{around}", ANCHOR)
        return [(date.text, date.date, date.time) for date in found]

    assert read("") == read("Air sungai di hulu desa itu jernih dan dingin. " * 9)


@settings(deadline=None, max_examples=60)
@given(
    dates,
    st.sampled_from(["15 Maret 2023", "15 March 2023", "15/3/2023", "15-03-2023", "2023-03-15"]),
)
def test_dateparser_agrees(date: dt.date, form: str) -> None:
    text = FORMS[form](date)
    order = {"DATE_ORDER": "YMD" if text.startswith(str(date.year)) else "DMY"}
    other = dateparser.parse(text, languages=["id", "en"], settings=order)
    assert other is not None
    assert normalise(text, ANCHOR) == other.date().isoformat()
