"""What a date means on the calendar: its days, and the year that the text leaves out."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Final

from crawler.normalise.date_shapes import Point, Printed

_NEXT_WITHIN: Final = dt.timedelta(days=60)  # how far ahead a date without a year may lie
_YEARS_AHEAD: Final = 10  # a year farther past the anchor is a slip
_EARLIEST, _LATEST = 1000, 2100  # what four digits can mean without an anchor
_LEAP: Final = 8  # the 29th of February returns within eight years
WEEK: Final = 7
MONTHS_A_YEAR: Final = 12
# Lalu, kemarin, ini, depan, besok, nanti: where from here they point.
TURNS: Final = {"L": -1, "V": -1, "I": 0, "F": 1, "B": 1, "U": 1}


@dataclass(frozen=True, slots=True)
class Span:
    """A day, or the days of a range."""

    first: dt.date
    last: dt.date | None
    inferred: bool
    """The year comes from the anchor."""


@dataclass(frozen=True, slots=True)
class Relative:
    """What a relative expression means: one of day, moment, week and month is set."""

    start: int
    end: int
    day: dt.date | None = None
    last: dt.date | None = None
    moment: dt.datetime | None = None
    week: tuple[int, int] | None = None
    month: tuple[int, int] | None = None
    last_month: tuple[int, int] | None = None
    weekday: int | None = None
    """The weekday printed in it or beside it, Monday being 0."""
    present: bool = False
    """It speaks of the time of writing (``malam ini``) more than it names a date."""


def day_of(year: int, month: int, day: int) -> dt.date | None:
    """That day, None if the calendar has none."""
    try:
        return dt.date(year, month, day)
    except (ValueError, OverflowError):  # the latter from 2**31 on
        return None


def resolve(printed: Printed, anchor: dt.date | None, *, coming: bool) -> Span | None:
    """The days that *printed* means, or None: an impossible day, or no anchor for the year.

    *coming* says that the text speaks of the future.
    """
    first, last = printed.first, printed.last
    if first.turn is not None:  # 25 Mei tahun lalu
        year = anchor.year + first.turn if anchor else None
        first, last = replace(first, year=year), last and replace(last, year=year)
    first_year = _plausible(first.year, anchor)
    if last is None:
        if first_year is None:
            day = _without_year(first, anchor, coming=coming)
            return Span(day, None, inferred=True) if day else None
        day = day_of(first_year, first.month, first.day)
        return Span(day, None, inferred=False) if day else None
    last_year = _plausible(last.year, anchor)
    if first_year is None and last_year is None:
        return _nearest_range(first, last, anchor)
    wraps = (last.month, last.day) < (first.month, first.day)
    if first_year is None:
        assert last_year is not None
        first_year = last_year - wraps
    if last_year is None:
        last_year = first_year + wraps
    begin = day_of(first_year, first.month, first.day)
    end = day_of(last_year, last.month, last.day)
    if begin is None or end is None:
        return None
    return Span(begin, end if end > begin else None, inferred=False)


def _plausible(year: int | None, anchor: dt.date | None) -> int | None:
    latest = anchor.year + _YEARS_AHEAD if anchor else _LATEST
    return year if year is not None and _EARLIEST <= year <= latest else None


def _without_year(point: Point, anchor: dt.date | None, *, coming: bool) -> dt.date | None:
    """The nearest past occurrence, the anchor's own day included.

    The next one, at most 60 days ahead, wins if the weekday agrees with it alone, or if the text
    speaks of the future.
    """
    if anchor is None:
        return None
    past = coming_day = None
    for back in range(_LEAP + 1):
        day = day_of(anchor.year - back, point.month, point.day)
        if day and day <= anchor:
            past = day
            break
    for ahead in range(2):
        day = day_of(anchor.year + ahead, point.month, point.day)
        if day and anchor < day <= anchor + _NEXT_WITHIN:
            coming_day = day
    if past is None or coming_day is None:
        return past or coming_day
    if point.weekday is None:
        return coming_day if coming else past
    if past.weekday() == point.weekday:
        return past
    return coming_day if coming or coming_day.weekday() == point.weekday else past


def _nearest_range(first: Point, last: Point, anchor: dt.date | None) -> Span | None:
    """The occurrence nearest to the anchor on either side: ranges announce."""
    if anchor is None:
        return None
    wraps = (last.month, last.day) < (first.month, first.day)
    best: tuple[int, Span] | None = None
    for year in range(anchor.year - 1, anchor.year + 2):
        begin = day_of(year, first.month, first.day)
        end = day_of(year + wraps, last.month, last.day)
        if begin is None or end is None:
            continue
        distance = max((begin - anchor).days, (anchor - end).days, 0)
        if best is None or distance < best[0]:
            best = (distance, Span(begin, end if end > begin else None, inferred=True))
    return best[1] if best else None


def week_of(today: dt.date, turn: str) -> tuple[int, int]:
    """ISO year and week of *today*, one week on or back."""
    year, week, _ = (today + dt.timedelta(TURNS[turn] * WEEK)).isocalendar()
    return year, week


def month_of(day: dt.date, months: int) -> tuple[int, int]:
    """Year and month of *day*, so many months on."""
    year, month = divmod(day.year * MONTHS_A_YEAR + day.month - 1 + months, MONTHS_A_YEAR)
    return year, month + 1
