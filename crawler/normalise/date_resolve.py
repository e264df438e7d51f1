"""What a printed date means: its days, the year that it leaves out, and the clock time beside it."""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from crawler.normalise.date_grammar import (
    Clock,
    Point,
    Printed,
    clock_at,
    printed_dates,
)
from crawler.normalise.date_lexer import Tokens, pattern

_NEXT_WITHIN: Final = dt.timedelta(days=60)  # how far ahead a date without a year may lie
_YEARS_AHEAD: Final = 10  # a year farther past the anchor is a slip
EARLIEST_YEAR: Final = 1000
_LATEST: Final = 2100  # without an anchor
_LEAP: Final = 8  # the 29th of February returns within eight years


@dataclass(frozen=True, slots=True)
class Span:
    """A day, or the days of a range."""

    first: dt.date
    last: dt.date | None
    inferred: bool
    """The year comes from the anchor."""


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
        else:
            day = day_of(first_year, first.month, first.day)
        return Span(day, None, inferred=first_year is None) if day else None
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
    return year if year is not None and EARLIEST_YEAR <= year <= latest else None


def _without_year(point: Point, anchor: dt.date | None, *, coming: bool) -> dt.date | None:
    """The nearest past occurrence, the anchor's own day included.

    The next one, at most 60 days ahead, wins if the weekday agrees with it alone, or if the text
    speaks of the future.
    """
    if anchor is None:
        return None
    years = range(anchor.year - _LEAP, anchor.year + 2)
    days = [day for year in years if (day := day_of(year, point.month, point.day))]
    past = max((day for day in days if day <= anchor), default=None)
    following = min((day for day in days if day > anchor), default=None)
    if following is None or following - anchor > _NEXT_WITHIN:
        return past
    if past is None:
        return following
    wanted = coming or following.weekday() == point.weekday
    return following if wanted and past.weekday() != point.weekday else past


def _nearest_range(first: Point, last: Point, anchor: dt.date | None) -> Span | None:
    """The occurrence nearest to the anchor on either side: ranges announce."""
    if anchor is None:
        return None
    wraps = (last.month, last.day) < (first.month, first.day)
    ranges = []
    for year in range(anchor.year - 1, anchor.year + 2):
        begin = day_of(year, first.month, first.day)
        end = day_of(year + wraps, last.month, last.day)
        if begin and end:
            distance = max((begin - anchor).days, (anchor - end).days, 0)
            ranges.append((distance, begin, end))
    if not ranges:
        return None
    _, begin, end = min(ranges)
    return Span(begin, end if end > begin else None, inferred=True)


# Words before a date that make it one to come, in the same sentence, and words right after it.
_CUE_BEFORE: Final = re.compile(
    r"\b(?:akan|bakal|mendatang|besok|esok|nanti|rencananya|direncanakan|dijadwalkan"
    r"|paling\s(?:lambat|sampai|akhir|lama)|selambat-lambatnya|selambatnya)\b"
)
_CUE_AFTER: Final = re.compile(
    r"[)\s,]{0,3}(?:mendatang|depan|nanti|besok|esok|yang akan datang|akan)\b"
)
_CUE_REACH: Final = 90

_AFTER_DATE: Final = pattern(
    r"""
    \)?\(? <part|tadi|lalu|kemarin|ini|besok|era|yang|nanti>{0,2} \)?
    [,;:|(/@-]{0,2} <pada>? <part>? <tadi>? ,? (?:<sekitar>(?!<pukul>))?
    """
)
_BEFORE_DATE: Final = pattern(
    r"\)? <part|tadi|ini|kemarin>{0,2} [,(|/-]{0,2} <hari|pada|tanggal>{0,3} \(?"
)
_LONGEST_CLOCK: Final = 9
# What stands between an explicit date and a relative word beside it, which it beats.
_BESIDE: Final = pattern(r"[),(|<pada><other><hari><sekitar><tanggal><yang><part>-]{0,3}")


@dataclass(frozen=True, slots=True)
class Reading:
    """A date between two tokens. *span* is None when it is impossible, or has no year."""

    span: Span | None
    start: int
    end: int
    clock: Clock | None = None
    printed: Printed | None = None
    weekday: int | None = None
    present: bool = False


def explicit(tokens: Tokens, anchor: dt.datetime | None, *, lists: bool = False) -> list[Reading]:
    """The dates that the text prints, in order; with *lists* ``2 Mei dan 3 Juni`` are one range."""
    readings = []
    today = anchor.date() if anchor else None
    for printed in printed_dates(tokens, lists=lists):
        span = resolve(printed, today, coming=_is_coming(tokens, printed))
        if printed.weak and (span is None or span.first.weekday() != printed.first.weekday):
            continue
        start, end, weekday = printed.start, printed.end, printed.first.weekday
        clock = clock_beside(tokens, start, end)
        readings.append(Reading(span, start, end, clock, printed, weekday))
    return readings


def _is_coming(tokens: Tokens, printed: Printed) -> bool:
    """Whether words around the date say that it is to come."""
    if printed.first.year is not None:
        return False
    start, end = tokens.start(printed.start), tokens.end(printed.end - 1)
    before = tokens.plain[max(start - _CUE_REACH, 0) : start]
    before = before[before.rfind(". ") + 1 :]
    return bool(_CUE_BEFORE.search(before) or _CUE_AFTER.match(tokens.plain, end))


def clock_beside(tokens: Tokens, start: int, end: int) -> Clock | None:
    """The clock time right after the date between *start* and *end*, before it, or inside."""
    code = tokens.code
    after = _AFTER_DATE.match(code, end)
    assert after is not None  # it matches nothing, too
    for place in dict.fromkeys((after.end(), end)):
        clock = clock_at(tokens, place)
        if clock:
            return clock
    for place in range(max(start - _LONGEST_CLOCK, 0), start):
        if code[place] in "dPqZ":
            clock = clock_at(tokens, place)
            if clock and clock.end <= start and _BEFORE_DATE.fullmatch(code, clock.end, start):
                return clock
    for place in range(start, end):
        if code[place] in "Pq":
            clock = clock_at(tokens, place)
            if clock and clock.end <= end:
                return clock
    return None


def marked_clocks(tokens: Tokens) -> Iterator[Clock]:
    """The clock times that *pukul*, a zone or am and pm mark, in order."""
    place = 0
    while place < len(tokens.code):
        clock = clock_at(tokens, place) if tokens.code[place] in "dnPqGZt" else None
        if clock and clock.marked:
            yield clock
        place = clock.end if clock and clock.marked else place + 1


def is_beside(tokens: Tokens, words: tuple[int, int], readings: list[Reading]) -> bool:
    """Whether one of the explicit *readings* stands beside relative *words*, and beats them."""
    place = bisect(readings, words[0], key=lambda reading: reading.start)
    for reading in readings[max(place - 1, 0) : place + 1]:
        (_, end), (start, _) = sorted(((reading.start, reading.end), words))
        if start < end or _BESIDE.fullmatch(tokens.code, end, start):
            return True
    return False
