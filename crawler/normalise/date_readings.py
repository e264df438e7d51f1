"""The dates of a text with the clock times beside them."""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from crawler.normalise.date_calendar import Relative, Span, resolve
from crawler.normalise.date_clock import Clock, clock_at
from crawler.normalise.date_printed import printed_dates
from crawler.normalise.date_shapes import Printed
from crawler.normalise.date_tokens import Tokens

# Words before a date that make it one to come, in the same sentence, and words right after it.
_CUE_BEFORE: Final = re.compile(
    r"\b(?:akan|bakal|mendatang|besok|esok|nanti|rencananya|direncanakan|dijadwalkan"
    r"|paling\s(?:lambat|sampai|akhir|lama)|selambat-lambatnya|selambatnya)\b"
)
_CUE_AFTER: Final = re.compile(
    r"[)\s,]{0,3}(?:mendatang|depan|nanti|besok|esok|yang akan datang|akan)\b"
)
_CUE_REACH: Final = 90

_AFTER_DATE: Final = re.compile(r"\)?\(?[TNLVIBEYU]{0,2}\)?[,;:|(/@-]{0,2}p?T?N?,?(?:q(?!P))?")
_BEFORE_DATE: Final = re.compile(r"\)?[TNIV]{0,2}[,(|/-]{0,2}[hpK]{0,3}\(?")
_LONGEST_CLOCK: Final = 9
# What stands between an explicit date and a relative word beside it, which it beats.
_BESIDE: Final = re.compile(r"[),(|pohqKYT-]{0,3}")


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


def is_beside(tokens: Tokens, relative: Relative, readings: list[Reading]) -> bool:
    """Whether one of the explicit *readings* stands beside the relative words, and beats them."""
    place = bisect(readings, relative.start, key=lambda reading: reading.start)
    for reading in readings[max(place - 1, 0) : place + 1]:
        one, other = (reading.start, reading.end), (relative.start, relative.end)
        (_, end), (start, _) = sorted((one, other))
        if start < end or _BESIDE.fullmatch(tokens.code, end, start):
            return True
    return False
