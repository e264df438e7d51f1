"""The dates of a text: those of its events, that of a snippet, and when a page was published.

The lexer, the grammar, relative words and the calendar are the neighbours of this module.
"""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect
from dataclasses import replace
from typing import Final, NamedTuple

from crawler.items import FoundDate
from crawler.normalise.date_clock import Clock, clock_alone, clock_beside, marked_clocks
from crawler.normalise.date_grammar import Reading, Span, explicit
from crawler.normalise.date_lexer import Tokens, folded, pattern
from crawler.normalise.date_relative import relatives
from crawler.normalise.vocabulary import KINDS, UNITS, any_of

# What stands before a date; that after one of the first is of an edit.
_LABEL: Final = re.compile(
    r"\b(?:(diperbaru?i|diperbaharui|pembaruan|diupdate|updated?|diubah|perubahan|direvisi|revisi"
    r"|disunting|diedit|edited|modified)"
    r"|terbit|diterbitkan|dipublikasikan|publikasi|published?|posted|tayang|ditayangkan|rilis"
    r"|dirilis|diposting|diunggah|dimuat)\b"
)
# A day and a year with an unknown word between them: 12 Ogos 2021.
_UNREAD: Final = pattern("<number> <other> ,? <year>")
_LONGEST_UNREAD: Final = 100
_FEW: Final = 10
_LATE: Final = dt.datetime(2100, 12, 31, tzinfo=dt.UTC)


def _words(*kinds: str) -> str:
    return any_of(word for word, kind in KINDS.items() if kind in kinds)


# A text names no day without one of these: a number, or a word that tells which day it is. Most
# paragraphs have none, and to look for this is a tenth of reading them.
_SIGN: Final = re.compile(
    r"[0-9]|(?<![^\W\d_])(?:d?jum"
    rf"|{_words('weekday', 'tanggal', 'kemarin', 'lusa', 'semalam', 'besok', 'one', 'tadi', 'nanti')}"
    rf"|(?:{any_of(UNITS)}|{_words('part')})[\W\d_]*(?:{_words('yang')})?[\W\d_]*"
    rf"(?:{_words('lalu', 'lagi', 'ini')}))"
)

__all__ = ["PrintedMoment", "find_dates", "normalise", "printed_moments", "read_published"]


class PrintedMoment(NamedTuple):
    """A day that a line prints with its year, and the clock time beside it."""

    day: dt.date
    clock: Clock | None
    edited: bool
    """Whether the label before it says that it is that of an edit."""


def printed_moments(text: str) -> list[PrintedMoment]:
    """The moments that *text*, a line of a page, prints, in order: ``Diperbarui: A | Terbit: B``."""
    return _printed(Tokens(text))


def _printed(tokens: Tokens) -> list[PrintedMoment]:
    readings = [reading for reading in explicit(tokens, None) if reading.span]
    found, end = [], 0
    for reading in readings:
        labels = _LABEL.findall(tokens.plain, end, tokens.start(reading.start))
        end = tokens.end(reading.end - 1)
        clock = reading.clock
        if clock is None and len(readings) == 1:
            clock = next(marked_clocks(tokens), None)
        assert reading.span is not None
        found.append(PrintedMoment(reading.span.first, clock, bool(labels and labels[-1])))
    return found


def read_published(text: str, zone: dt.tzinfo) -> str | None:
    """The publication moment that *text*, a line of a page, prints.

    ISO 8601 with the printed offset, else that of *zone*; ``YYYY-MM-DD`` without a clock time, or
    ``YYYY-MM``; None when it names no moment by itself (``10 jam lalu``) or only that of an edit.
    """
    tokens = Tokens(text)
    printed = _printed(tokens)
    for each in printed:
        if not each.edited:
            return _moment(each.day, each.clock, zone)
    month = _printed_month(tokens) if len(tokens.words) <= _FEW else None  # as magazines print it
    return None if printed else month or _unread(tokens, zone)


def _moment(day: dt.date, clock: Clock | None, zone: dt.tzinfo) -> str:
    moment = clock.on(day, dt.datetime.combine(day, dt.time(12), zone)) if clock else None
    return clock.iso(moment) if clock and moment else day.isoformat()


def _unread(tokens: Tokens, zone: dt.tzinfo) -> str | None:
    """What dateparser makes of a date whose month is none of our words."""
    found = _UNREAD.search(tokens.code)
    if found is None or len(tokens.plain) > _LONGEST_UNREAD:
        return None
    # Loaded here, for it costs more than all else that extraction imports.
    from dateparser import parse  # noqa: PLC0415

    start, end = tokens.start(found.start()), tokens.end(found.end() - 1)
    day = parse(
        tokens.plain[start:end],
        languages=["id", "ms", "en", "nl"],
        settings={
            "PARSERS": ["absolute-time"],
            "DATE_ORDER": "DMY",
            "REQUIRE_PARTS": ["day", "month", "year"],
        },
    )
    if day is None:
        return None
    return _moment(day.date(), next(marked_clocks(tokens), None), zone)


def find_dates(text: str, anchor: dt.datetime | None) -> list[FoundDate]:
    """Every calendar date of *text*, in order.

    *anchor* is when the text was published, with its zone; it settles years that are not printed,
    relative words and the zone of clock times. Without it explicit dates only. Weeks and months
    are no calendar dates; what no day fits (``31/9``) is left out. ``block`` is 0.
    """
    if not _SIGN.search(folded(text)):
        return []
    tokens = Tokens(text)
    readings = (reading for reading in _days(tokens, anchor) if not reading.present)
    return [date for each in readings if (date := _found(tokens, each, anchor))]


def _days(tokens: Tokens, anchor: dt.datetime | None, *, lists: bool = False) -> list[Reading]:
    """Every day and range of a stretch, explicit and relative, in order."""
    printed = explicit(tokens, anchor, lists=lists)
    if anchor is None:
        return printed
    related = [
        replace(each, clock=clock_beside(tokens, each.start, each.end))
        for each in relatives(tokens, anchor)
        if each.span and not _is_beside(tokens, each, printed)
    ]
    days: list[Reading] = []
    for each in sorted(printed + related, key=lambda reading: reading.start):
        joined = _joined(tokens, days[-1], each) if days else None
        days[-1:] = [joined] if joined else [*days[-1:], each]
    return days


_UNTIL: Final = pattern(r"\)? <hingga> <hari|pada|tanggal>{0,2}")


def _joined(tokens: Tokens, one: Reading, other: Reading) -> Reading | None:
    """The range from a relative day to a printed one: ``hari ini hingga 12 Mei 2024``."""
    first, last = one.span, other.span
    if one.printed or not (first and last) or first.last or last.first <= first.first:
        return None
    if not _UNTIL.fullmatch(tokens.code, one.end, other.start):
        return None
    return Reading(one.start, other.end, Span(first.first, last.last or last.first))


# What stands between an explicit date and a relative word beside it, which it beats.
_BESIDE: Final = pattern(r"[),(|<pada><other><hari><sekitar><tanggal><yang><part>-]{0,3}")


def _is_beside(tokens: Tokens, relative: Reading, printed: list[Reading]) -> bool:
    """Whether one of the *printed* readings stands beside a *relative* one, and beats it."""
    place = bisect(printed, relative.start, key=lambda reading: reading.start)
    for reading in printed[max(place - 1, 0) : place + 1]:
        one, other = sorted((reading, relative), key=lambda each: (each.start, each.end))
        if other.start < one.end or _BESIDE.fullmatch(tokens.code, one.end, other.start):
            return True
    return False


def _found(tokens: Tokens, reading: Reading, anchor: dt.datetime | None) -> FoundDate | None:
    span, clock, time = reading.span, reading.clock, None
    if span is None:
        return None
    day = span.first
    if clock and (moment := clock.on(day, anchor)):
        day, time = moment.date(), clock.iso(moment)[len("2021-09-29T") :]
    start = tokens.start(reading.start)
    end = tokens.end(reading.end - 1)
    code = tokens.code[reading.start : reading.end]
    if tokens.code[reading.end : reading.end + 1] == ")" and code.count("(") > code.count(")"):
        end = tokens.end(reading.end)
    inferred = "year-inferred" if span.inferred else "explicit"
    return FoundDate(
        text=tokens.source[start:end],
        date=day.isoformat(),
        end=span.last.isoformat() if span.last else None,
        time=time,
        resolved=inferred if reading.printed else "relative",
        weekday_agrees=None if reading.weekday is None else span.first.weekday() == reading.weekday,
    )


def normalise(text: str, anchor: dt.datetime | None) -> str | None:
    """The one date of a snippet, None when it names none.

    A day is ``YYYY-MM-DD``, with a clock time ``YYYY-MM-DDTHH:MM[:SS]±HH:MM``; a range
    ``start/end``, a month ``YYYY-MM``, a week ``YYYY-Www``.
    """
    tokens = Tokens(text)
    readings = _days(tokens, anchor, lists=True)
    chosen = _chosen(readings)
    clock = (chosen and chosen.clock) or next(marked_clocks(tokens), None)
    if chosen:
        return _form(chosen.span, clock, anchor) if chosen.span else None
    if anchor is None:
        return _printed_month(tokens)
    for relative in relatives(tokens, anchor):
        if relative.period:
            return relative.period
    clock = clock or clock_alone(tokens)
    return _form(Span(anchor.date()), clock, anchor) if clock else None


def _printed_month(tokens: Tokens) -> str | None:
    """The month that is printed with its year, which needs no anchor: ``akhir Mei 2014``."""
    periods = (relative.period for relative in relatives(tokens, _LATE))
    months = (each for each in periods if re.fullmatch(r"\d{4}-\d\d", each))
    return next((each for each in months if each[:4] in tokens.words), None)


def _chosen(readings: list[Reading]) -> Reading | None:
    """The date that counts: an explicit one, even if impossible, before a relative one."""
    printed = [reading for reading in readings if reading.printed]
    possible = [reading for reading in printed if reading.span]
    return next(iter(possible or printed or readings), None)


def _form(span: Span, clock: Clock | None, anchor: dt.datetime | None) -> str:
    if span.last:
        return f"{span.first.isoformat()}/{span.last.isoformat()}"
    moment = clock.on(span.first, anchor) if clock else None
    if clock is None or moment is None:
        return span.first.isoformat()
    if clock.until is None:
        return clock.iso(moment)
    hour, minute = clock.until
    until = moment.replace(hour=hour, minute=minute, second=0)
    if until <= moment:
        if moment.date() == dt.date.max:
            return clock.iso(moment)
        until += dt.timedelta(days=1)
    return f"{clock.iso(moment)}/{clock.iso(until)}"
