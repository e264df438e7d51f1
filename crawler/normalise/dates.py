"""Indonesian dates in a text: which days, and when."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from crawler.items import FoundDate
from crawler.normalise.date_calendar import Span, resolve
from crawler.normalise.date_clock import MIDNIGHT, Clock, clock_at
from crawler.normalise.date_printed import Printed, printed_dates
from crawler.normalise.date_relative import Relative, relatives
from crawler.normalise.date_tokens import Tokens, folded

_SEED: Final = re.compile(
    r"""(?<![0-9])[0-9]{1,4}\s?(?:/\s?[0-9]|-\s?[0-9]{1,2}[-/. ]|\.[0-9]{1,2}\.[0-9])
    | [0-9](?:st|nd|rd|th)?[-/.]?\s?(?:jan|jna|feb|fbr|peb|pbr|mar|mrt|mer|apr|arp|mei|may|jun|jul
        |dja|dju|djo|agu|ago|agt|ags|aug|sep|spe|set|okt|otk|oct|nov|nvo|nop|des|dse|dec)
    | \b(?:jan|feb|peb|mar|apr|mei|may|ju[nl]|a[gu]|sep|o[kc]t|no[vp]|de[sc])[a-z]{0,6}\.?\s[0-9]
    | \b(?:sen[ie]n|selasa|rabu|rebo|kamis|jum['a\s]|sabtu|saptu|minggu|ahad)
    | \b(?:kemar[ie]n|besok|esok|lusa|semalam|tadi|hari\sini|lalu|lagi|pagi\sini|siang\sini
        |sore\sini|malam\sini|silam)\b
    """,
    re.VERBOSE,
)
_BEHIND, _AHEAD = 64, 96  # how much text around a seed can belong to its date
_CUE_BEFORE: Final = re.compile(
    r"\b(?:akan|bakal|mendatang|besok|esok|nanti|rencananya|direncanakan|dijadwalkan|paling"
    r"|selambat-lambatnya|selambatnya)\b"
)
_CUE_AFTER: Final = re.compile(
    r"[)\s,]{0,3}(?:mendatang|depan|nanti|besok|esok|yang akan datang|akan)\b"
)
_CUE_REACH: Final = 90


@dataclass(frozen=True, slots=True)
class _Reading:
    span: Span | None
    printed: Printed | None
    relative: Relative | None
    clock: Clock | None
    start: int
    end: int


def find_dates(text: str, anchor: dt.datetime | None) -> list[FoundDate]:
    """Every calendar date of *text*, in order; without an *anchor* explicit ones only."""
    plain = folded(text)
    found: list[FoundDate] = []
    for start, end in _windows(plain):
        tokens = Tokens(plain, start, end)
        for reading in _days(tokens, anchor, text):
            date = _found(tokens, reading, anchor, text)
            if date:
                found.append(date)
    return found


def _windows(plain: str) -> Iterator[tuple[int, int]]:
    begin = end = -1
    for seed in _SEED.finditer(plain):
        start = max(seed.start() - _BEHIND, 0)
        if begin < 0:
            begin = start
        elif start > end:
            yield begin, end
            begin = start
        end = seed.end() + _AHEAD
    if begin >= 0:
        yield begin, min(end, len(plain))


def _days(tokens: Tokens, anchor: dt.datetime | None, text: str) -> list[_Reading]:
    explicit = []
    today = anchor.date() if anchor else None
    for printed in printed_dates(tokens):
        span = resolve(printed, today, coming=_is_coming(tokens, printed))
        if printed.weak and (span is None or span.first.weekday() != printed.first.weekday):
            continue
        clock = _clock_beside(tokens, printed.start, printed.end)
        explicit.append(_Reading(span, printed, None, clock, printed.start, printed.end))
    if anchor is None:
        return explicit
    rest = []
    for relative in relatives(tokens, anchor, text):
        if any(r.start - 3 <= relative.end and relative.start <= r.end + 2 for r in explicit):
            continue
        if relative.day:
            span = Span(relative.day, None, inferred=True)
            clock = _clock_beside(tokens, relative.start, relative.end)
            rest.append(_Reading(span, None, relative, clock, relative.start, relative.end))
    return sorted(explicit + rest, key=lambda reading: reading.start)


def _is_coming(tokens: Tokens, printed: Printed) -> bool:
    text, start = tokens.text, tokens.starts[printed.start]
    before = text[max(start - _CUE_REACH, 0) : start]
    before = before[before.rfind(". ") + 1 :]
    return bool(_CUE_BEFORE.search(before) or _CUE_AFTER.match(text, tokens.ends[printed.end - 1]))


_AFTER_DATE: Final = re.compile(r"\)?[TNLVIBE]{0,2}[,;:|(/@-]{0,2}T?,?")
_BEFORE_DATE: Final = re.compile(r"\)?T?N?[,(|-]{0,2}[hp]{0,2}K?\(?")


def _clock_beside(tokens: Tokens, start: int, end: int) -> Clock | None:
    after = _AFTER_DATE.match(tokens.code, end)
    if after:
        for place in dict.fromkeys((after.end(), end)):
            clock = clock_at(tokens, place)
            if clock:
                return clock
    for place in range(max(start - 9, 0), start):
        clock = clock_at(tokens, place)
        if clock and clock.end <= start and _BEFORE_DATE.fullmatch(tokens.code, clock.end, start):
            return clock
    for place in range(start, end):
        clock = clock_at(tokens, place)
        if clock and clock.marked and clock.end <= end:
            return clock
    return None


def _moment(day: dt.date, clock: Clock, anchor: dt.datetime | None) -> dt.datetime | None:
    if clock.offset is not None:
        zone: dt.tzinfo = dt.timezone(dt.timedelta(minutes=clock.offset))
    elif anchor is not None and anchor.utcoffset() is not None:
        offset = anchor.utcoffset()
        assert offset is not None
        zone = dt.timezone(offset)
    else:
        return None
    moment = dt.datetime(
        day.year,
        day.month,
        day.day,
        clock.hour % MIDNIGHT,
        clock.minute,
        clock.second or 0,
        tzinfo=zone,
    )
    return moment + dt.timedelta(days=1) if clock.hour == MIDNIGHT else moment


def _iso(moment: dt.datetime, *, seconds: bool) -> str:
    return moment.isoformat(timespec="seconds" if seconds else "minutes")


def _found(
    tokens: Tokens, reading: _Reading, anchor: dt.datetime | None, text: str
) -> FoundDate | None:
    span = reading.span
    if span is None:
        return None
    day, time = span.first, None
    start, end = tokens.starts[reading.start], tokens.ends[reading.end - 1]
    if reading.clock:
        moment = _moment(day, reading.clock, anchor)
        if moment:
            day = moment.date()
            time = _iso(moment, seconds=reading.clock.second is not None)[11:]
    shown = text[start:end]
    if shown.count("(") > shown.count(")") and text[end : end + 1] == ")":
        shown += ")"
    weekday = reading.printed.first.weekday if reading.printed else None
    if reading.printed:
        resolved = "year-inferred" if span.inferred else "explicit"
    else:
        resolved = "relative"
    return FoundDate(
        text=shown,
        date=day.isoformat(),
        end=span.last.isoformat() if span.last else None,
        time=time,
        resolved=resolved,
        weekday_agrees=None if weekday is None else span.first.weekday() == weekday,
    )


def normalise(text: str, anchor: dt.datetime | None) -> str | None:
    """The one date of a snippet."""
    tokens = Tokens(folded(text))
    readings = _days(tokens, anchor, text)
    explicit = [r for r in readings if r.printed and r.span]
    if not explicit and any(r.printed for r in readings):
        return None
    clock = next(_marked_clocks(tokens), None)
    chosen = next(iter(explicit or readings), None)
    if chosen and chosen.span:
        span = chosen.span
        if span.last:
            return f"{span.first.isoformat()}/{span.last.isoformat()}"
        clock = chosen.clock or clock
        moment = _moment(span.first, clock, anchor) if clock else None
        if moment and clock:
            return _iso(moment, seconds=clock.second is not None)
        return span.first.isoformat()
    if anchor is None:
        return None
    for relative in relatives(tokens, anchor, text):
        if relative.moment:
            return _iso(relative.moment, seconds=False)
        if relative.week:
            return f"{relative.week[0]:04d}-W{relative.week[1]:02d}"
        if relative.month:
            return f"{relative.month[0]:04d}-{relative.month[1]:02d}"
    if clock:
        moment = _moment(anchor.date(), clock, anchor)
        return _iso(moment, seconds=clock.second is not None) if moment else None
    return None


def _marked_clocks(tokens: Tokens) -> Iterator[Clock]:
    place = 0
    while place < len(tokens.code):
        clock = clock_at(tokens, place)
        if clock and clock.marked:
            yield clock
            place = clock.end
        else:
            place += 1


def read_published(text: str, zone: dt.tzinfo) -> str | None:
    """The publication moment that a page prints."""
    tokens = Tokens(folded(text))
    for reading in _days(tokens, None, text):
        if not reading.span:
            continue
        day = reading.span.first
        if not reading.clock:
            return day.isoformat()
        here = dt.datetime(day.year, day.month, day.day, tzinfo=zone)
        moment = _moment(day, reading.clock, here)
        return _iso(moment, seconds=reading.clock.second is not None) if moment else None
    return None
