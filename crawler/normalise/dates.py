"""The dates of a text: those of its events, that of a snippet, and when a page was published.

The lexer, the grammar, relative words and the calendar are the neighbours of this module.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from crawler.items import FoundDate
from crawler.normalise.date_grammar import Clock, clock_alone
from crawler.normalise.date_lexer import Tokens, lower, month_named, pattern
from crawler.normalise.date_relative import Relative, relatives
from crawler.normalise.date_resolve import (
    Reading,
    Span,
    clock_beside,
    explicit,
    is_beside,
    marked_clocks,
)
from crawler.normalise.vocabulary import (
    ENGLISH_MONTHS,
    KINDS,
    MONTH_BEGINNINGS,
    MONTH_SLIPS,
    WEEKDAY_NAMES,
    any_of,
)

# A date after one of these is that of an edit.
_EDITED: Final = re.compile(
    r"\b(?:diperbaru?i|diperbaharui|pembaruan|diupdate|updated?|diubah|perubahan|direvisi|revisi"
    r"|disunting|diedit|edited|modified)\b"
)
_STATED: Final = re.compile(
    r"\b(?:terbit|diterbitkan|dipublikasikan|publikasi|published?|posted|tayang|ditayangkan|rilis"
    r"|dirilis|diposting|diunggah|dimuat)\b"
)
# A month alone, as magazines print it, among few other words.
_MONTH: Final = pattern(
    "[<other><pada>:,|(-]{0,5} (?P<month><month>) ,? (?P<year><year>) [)|,<other>-]{0,3}"
)
# A day and a year with an unknown word between them: 12 Ogos 2021.
_UNREAD: Final = pattern("<number> <other> ,? <year>")
_LONGEST_UNREAD: Final = 100

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
        label = tokens.plain[end : tokens.start(reading.start)]
        end = tokens.end(reading.end - 1)
        clock = reading.clock
        if clock is None and len(readings) == 1:
            clock = next(marked_clocks(tokens), None)
        assert reading.span is not None
        found.append(PrintedMoment(reading.span.first, clock, _is_of_edit(label)))
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
    return None if printed else _month(tokens) or _unread(tokens, zone)


def _is_of_edit(label: str) -> bool:
    """Whether the last label before a date is that of an edit."""
    edits = [found.end() for found in _EDITED.finditer(label)]
    stated = [found.end() for found in _STATED.finditer(label)]
    return bool(edits) and max(edits) > max(stated, default=0)


def _moment(day: dt.date, clock: Clock | None, zone: dt.tzinfo) -> str:
    moment = clock.on(day, dt.datetime.combine(day, dt.time(12), zone)) if clock else None
    return clock.iso(moment) if clock and moment else day.isoformat()


def _month(tokens: Tokens) -> str | None:
    found = _MONTH.fullmatch(tokens.code)
    if found is None:
        return None
    month = month_named(tokens.first(found, "month"))
    return f"{tokens.first(found, 'year')}-{month:02d}" if month else None


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


def _of_kind(*kinds: str) -> str:
    """A pattern for each word of the vocabulary that is of one of *kinds*."""
    return any_of(word for word, kind in KINDS.items() if kind in kinds)


# What no date of a text is without, made from the vocabulary: a number before what can be a month,
# another number or a year; and words that name a day by themselves. Two expressions whose first
# character is one of few run four times as fast as one.
_NUMBERS: Final = re.compile(
    rf"""[0-9](?:
        (?:st|nd|rd|th|o)?[-/.]?\s?(?:bulan\s)?
          (?:{any_of(MONTH_BEGINNINGS - {"des"} | MONTH_SLIPS)}|des(?!a))
      | \s?[/\\]{{1,2}}\s?[0-9]
      | \s?[-.][0-9]{{1,2}}[-/.][0-9] | \s-\s[0-9]{{1,2}}\s-\s[0-9]
      | (?:st|nd|rd|th)?,?\s(?:19|20)[0-9][0-9] )""",
    re.VERBOSE,
)
_PART_OF_DAY: Final = rf"(?:{_of_kind('part')}|dini[\s-]hari)"
_WORDS: Final = re.compile(
    rf"""[^a-z0-9](?:
        (?:{any_of(WEEKDAY_NAMES)}|{_of_kind("besok", "semalam", "kemarin", "lusa")})\b
      | d?jum(?:['’‘`"a,\\]|\s)                                  # Jum'at, however it is typed
      | (?:{_of_kind("hari", "pekan", "one")})\s(?:(?:{_of_kind("yang")})\s)?(?:{_of_kind("lalu", "lagi")})\b  # seminggu yang lalu
      | hari\s(?:ini|tadi)\b
      | (?:{any_of(ENGLISH_MONTHS)})\s[0-9]
      | {_PART_OF_DAY}\stadi\b | tadi\s{_PART_OF_DAY}\b
      | tanggal\s(?:[0-9]{{1,2}}\sbulan|(?:{_of_kind("spelt")})\s) )""",
    re.VERBOSE,
)
_BEHIND, _AHEAD = 48, 64  # characters around such a place that can belong to its date


def find_dates(text: str, anchor: dt.datetime | None) -> list[FoundDate]:
    """Every calendar date of *text*, in order.

    *anchor* is when the text was published, with its zone; it settles years that are not printed,
    relative words and the zone of clock times. Without it explicit dates only. Weeks and months
    are no calendar dates; what no day fits (``31/9``) is left out. ``block`` is 0.
    """
    found = []
    for start, end in _stretches(text):
        tokens = Tokens(text, start, end)
        for reading in _days(tokens, anchor):
            date = None if reading.present else _found(tokens, reading, anchor)
            if date:
                found.append(date)
    return found


def _stretches(text: str) -> Iterator[tuple[int, int]]:
    """The parts of *text* that can hold a date, none overlapping another."""
    plain = lower(text)
    opening = _WORDS.match(f" {plain[:16]}")
    places = [(0, 1)] if opening else []
    places += [seed.span() for kind in (_NUMBERS, _WORDS) for seed in kind.finditer(plain)]
    begin, end = -1, -1
    for first, last in sorted(places):
        if begin >= 0 and first - _BEHIND > end:
            yield begin, end
            begin = -1
        if begin < 0:
            begin = _word_begins(text, max(first - _BEHIND, 0))
        end = last + _AHEAD
    if begin >= 0:
        yield begin, min(end, len(text))


def _word_begins(text: str, place: int) -> int:
    """The next place at which no word or number is cut in two, at most a word farther."""
    for start in range(place, min(place + 24, len(text))):
        if start == 0 or text[start - 1].isspace():
            return start
    return place


def _days(tokens: Tokens, anchor: dt.datetime | None, *, lists: bool = False) -> list[Reading]:
    """Every day and range of a stretch, explicit and relative, in order."""
    printed = explicit(tokens, anchor, lists=lists)
    if anchor is None:
        return printed
    related = [
        _reading(tokens, relative)
        for relative in relatives(tokens, anchor)
        if relative.day and not is_beside(tokens, (relative.start, relative.end), printed)
    ]
    return sorted(printed + related, key=lambda reading: reading.start)


def _reading(tokens: Tokens, relative: Relative) -> Reading:
    assert relative.day is not None
    span = Span(relative.day, relative.last, inferred=True)
    start, end, weekday = relative.start, relative.end, relative.weekday
    clock = clock_beside(tokens, start, end)
    return Reading(span, start, end, clock, weekday=weekday, present=relative.present)


def _found(tokens: Tokens, reading: Reading, anchor: dt.datetime | None) -> FoundDate | None:
    span, clock, printed = reading.span, reading.clock, reading.printed
    if span is None:
        return None
    day, time = span.first, None
    moment = clock.on(day, anchor) if clock else None
    if clock and moment:
        day, time = moment.date(), clock.iso(moment)[len("2021-09-29T") :]
    start = tokens.base + tokens.start(reading.start)
    end = tokens.base + tokens.end(reading.end - 1)
    code = tokens.code[reading.start : reading.end]
    if tokens.code[reading.end : reading.end + 1] == ")" and code.count("(") > code.count(")"):
        end = tokens.base + tokens.end(reading.end)
    inferred = "year-inferred" if span.inferred else "explicit"
    return FoundDate(
        text=tokens.source[start:end],
        date=day.isoformat(),
        end=span.last.isoformat() if span.last else None,
        time=time,
        resolved=inferred if printed else "relative",
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
        if relative.day is None:
            return _period(relative)
    clock = clock or clock_alone(tokens)
    return _form(Span(anchor.date(), None, inferred=True), clock, anchor) if clock else None


def _printed_month(tokens: Tokens) -> str | None:
    """The month that is printed with its year, which needs no anchor: ``akhir Mei 2014``."""
    years = [word for word in tokens.words if len(word) == len("2014") and word.isdigit()]
    for year in years:
        if not dt.MINYEAR < int(year) < dt.MAXYEAR:
            continue
        that_year = dt.datetime(int(year), 12, 31, tzinfo=dt.UTC)
        for relative in relatives(tokens, that_year):
            period = _period(relative) if relative.day is None else None
            if period and re.fullmatch(rf"{year}-\d\d", period):
                return period
    return None


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


def _period(relative: Relative) -> str | None:
    """The form of what is no day."""
    if relative.moment:
        return relative.moment.isoformat(timespec="minutes")
    if relative.week:
        return "{:04d}-W{:02d}".format(*relative.week)
    months = filter(None, (relative.month, relative.last_month))
    return "/".join("{:04d}-{:02d}".format(*month) for month in months) or None
