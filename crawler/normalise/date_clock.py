"""Clock times as a text prints them: ``pukul 09.30 WIB``, ``jam 8 pagi``, ``08.00-10.00 WITA``.

The patterns are written over the codes of :mod:`crawler.normalise.date_lexer`, by their names.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from crawler.normalise.date_lexer import Tokens, count_named, number, pattern, zone_named

_MIDNIGHT: Final = 24
_NOON: Final = 12
_SIXTY: Final = 60
_TWO_DIGITS: Final = 2

# After these a number with a point is no time: 12.50 persen.
_MEASURES: Final = frozenset(("persen", "ribu", "juta", "miliar", "triliun", "km", "kg", "ton"))
_IN_A_TIME: Final = ("d.", "d:")
_CLOCK: Final = pattern(
    r"""
    (?P<zone_before><zone>)?                               # 2021-09-28WIB19:17
    (?P<mark><sekitar>? <pukul>[:;,]? <sekitar>? | <t>)?
    (?: (?P<half><setengah>)? (?P<hour><number> | <spelt>{1,2})
        (?: (?(mark)[.:,;]|[.:]) (?P<minute><number>)
            (?:[.:] (?P<second><number>) (?:[.,] <number|long|year>)?)? )?
      | (?(mark)(?P<digits><year>)) )                      # pukul 0930
    (?P<half_day><am>)?
    (?P<part><part>)?
    (?P<zone>\(? <zone>)?
    (?P<part_after><part>)?
    (?P<offset>\(?\+ (?:<number>(?::<number>)? | <year>)
      | (?(second)-(?:<number>:<number> | <year>)))?
    (?:\)? [-<hingga>] <pada>? <pukul>?                    # 08.00-10.00 WIB
       (?P<until><number>[.:]<number>) (?P<zone_until><zone>)?)?
    """
)
_MARKS: Final = ("zone", "zone_before", "zone_until", "half_day")
_ALONE: Final = pattern(
    r"""
    (?P<before><other|sekitar|hingga>)?
    (?P<time><number>:<number>(?::<number>)? | <number>\.<number>\.<number>)[;,)]?
    """
)
_BEGINNING: Final = frozenset(("mulai", "dimulai", "sejak", "dari", "live", "tayang", "update"))
_AFTER_HOUR: Final = ("part", "zone", "half_day", "part_after", "offset")

# What may stand between a date and the clock time after it, and before it.
_AFTER_DATE: Final = pattern(
    r"""
    \)?\(? <part|tadi|lalu|kemarin|ini|besok|era|yang|nanti>{0,2} \)?
    [,;:|(/@-]{0,2} <pada>? <part>? <tadi>? ,? (?:<sekitar>(?!<pukul>))?
    """
)
_BEFORE_DATE: Final = pattern(
    r"\)? <part|tadi|ini|kemarin>{0,2} [,(|/-]{0,2} <hari|pada|tanggal>{0,3} \(?"
)
_LONGEST: Final = 9


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day, as printed. *hour* may be 24: the midnight with which the day ends."""

    hour: int
    minute: int
    second: int | None
    offset: int | None  # minutes east of Greenwich; None when no zone is printed
    until: tuple[int, int] | None  # hour and minute at which a range ends
    marked: bool  # by "pukul", a zone, am or pm: a time wherever it stands
    end: int  # the token after it

    def on(self, day: dt.date, anchor: dt.datetime | None) -> dt.datetime | None:
        """The moment on *day*, in the zone of *anchor* where none is printed; None without any."""
        offset = anchor.utcoffset() if anchor else None
        if self.offset is not None:
            offset = dt.timedelta(minutes=self.offset)
        if offset is None:
            return None
        time = dt.time(self.hour % _MIDNIGHT, self.minute, self.second or 0)
        moment = dt.datetime.combine(day, time, dt.timezone(offset))
        if self.hour < _MIDNIGHT:
            return moment
        return moment + dt.timedelta(days=1) if day < dt.date.max else None

    def iso(self, moment: dt.datetime) -> str:
        """*moment* in ISO 8601, with seconds where they are printed."""
        return moment.isoformat(timespec="minutes" if self.second is None else "seconds")


def clock_at(tokens: Tokens, place: int) -> Clock | None:
    """The clock time that begins at token *place*, whether or not something marks it as one."""
    if tokens.code[max(place - 2, 0) : place] in _IN_A_TIME and tokens.is_glued(place - 1):
        return None  # the minutes of something that is no time: 25.00 WIB
    found = _CLOCK.match(tokens.code, place)
    if found is None or not (found["hour"] or found["digits"]):
        return None
    told = bool(found["mark"]) and not (place and tokens.code[place - 1] in "dn")  # not "8 jam"
    marked = told or any(found[name] for name in _MARKS) or _is_by_day(tokens, found)
    if not marked and (not found["minute"] or tokens.word(found.end()) in _MEASURES):
        return None
    if "n" in (found["hour"] or "") and not told:
        return None
    return _read(tokens, found, told=told, marked=marked)


def clock_alone(tokens: Tokens) -> Clock | None:
    """The clock time that is all of a snippet: ``09:30``, ``mulai 09:30``, ``02.03.04``."""
    found = _ALONE.fullmatch(tokens.code)
    if found is None or (found["before"] == "o" and tokens.words[0] not in _BEGINNING):
        return None
    place = found.start("time")
    return clock_at(tokens, place) if len(tokens.words[place]) == _TWO_DIGITS else None


def clock_beside(tokens: Tokens, start: int, end: int) -> Clock | None:
    """The clock time right after the date between *start* and *end*, before it, or inside."""
    code = tokens.code
    after = _AFTER_DATE.match(code, end)
    assert after is not None  # it matches nothing, too
    for place in (after.end(), end):
        if clock := clock_at(tokens, place):
            return clock
    for place in range(max(start - _LONGEST, 0), start):
        clock = clock_at(tokens, place) if code[place] in "dPqZ" else None
        if clock and clock.end <= start and _BEFORE_DATE.fullmatch(code, clock.end, start):
            return clock
    for place in range(start, end):
        clock = clock_at(tokens, place) if code[place] in "Pq" else None
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


def _is_by_day(tokens: Tokens, found: re.Match[str]) -> bool:
    """Whether the part of the day marks the time: ``9.30 pagi``, ``10 pagi``, not ``2 malam``."""
    if not found["part"] or tokens.code[max(found.start() - 1, 0)] in "/-.,":
        return False  # "29/9 siang" is a date
    by_light = tokens.first(found, "part") in ("pagi", "siang", "sore", "petang")
    return by_light or bool(found["minute"])


def _read(tokens: Tokens, found: re.Match[str], *, told: bool, marked: bool) -> Clock | None:
    printed = _hour_minute_second(tokens, found)
    if printed is None and not (told and found["hour"]):
        return None
    hour, minute, second = printed or (_hour(tokens, found), 0, None)
    groups = (*_AFTER_HOUR, "hour", "minute", "second", "digits") if printed else ("hour",)
    end = max(found.end(name) for name in groups)
    part = tokens.first(found, "part") or tokens.first(found, "part_after") if printed else ""
    if printed is None or not (part or found["minute"]):
        part = _part_before(tokens, found.start())
    hour = _hour_of_day(hour, tokens.first(found, "half_day"), part)
    if hour == _MIDNIGHT and minute and part:
        hour = 0  # 12.30 malam
    if found["half"]:
        hour, minute = (hour - 1) % _MIDNIGHT, 30
    if hour * _SIXTY + minute > _MIDNIGHT * _SIXTY or max(minute, second or 0) >= _SIXTY:
        return None
    if end == found.end("hour") and not found["minute"] and tokens.code[end : end + 1] in _COUNTED:
        return None
    until = _until(tokens, found) if printed and found["minute"] else None
    offset = _offset(tokens, found) if printed else None
    return Clock(hour, minute, second, offset, until, marked, found.end() if until else end)


# After these an hour alone counts something: buka 24 jam 7 hari.
_COUNTED: Final = tuple("hubia&")


def _hour_minute_second(tokens: Tokens, found: re.Match[str]) -> tuple[int, int, int | None] | None:
    """None if what looks like minutes is none."""
    if found["digits"]:
        word = tokens.first(found, "digits")
        return number(word[:2]), number(word[2:]), None
    minute, second = tokens.first(found, "minute"), tokens.first(found, "second")
    printed = [word for word in (minute, second) if word]
    at = found.start("hour")
    ends = range(at, at + 2 * len(printed))
    # "pukul 10: 15" is a slip; "pukul 10. 30 orang" prints the hour alone.
    slip = ":" if found["mark"] else ""
    glued = all(tokens.is_glued(place) or tokens.words[place] == slip for place in ends)
    if not glued or any(len(word) != _TWO_DIGITS for word in printed):
        return None
    return _hour(tokens, found), number(minute or "0"), number(second) if second else None


def _hour(tokens: Tokens, found: re.Match[str]) -> int:
    hour = count_named(tokens.words[slice(*found.span("hour"))])
    return _MIDNIGHT + 1 if hour is None else hour


def _part_before(tokens: Tokens, place: int) -> str:
    """The part of the day just before: ``Rabu malam sekitar pukul 8``."""
    while tokens.code[place - 1 : place] in (",", ")", "q", "N"):
        place -= 1
    return tokens.word(place - 1) if tokens.code[place - 1 : place] == "T" else ""


def _hour_of_day(hour: int, half_day: str, part: str) -> int:
    """The hour on the 24-hour clock, ``jam 3 sore`` being 15."""
    if hour > _NOON or (hour == 0 and not half_day):
        return hour
    if half_day:
        return hour % _NOON + (_NOON if half_day[0] == "p" else 0)
    if part.startswith("malam"):
        # Jam 1 malam is 01.00; jam 12 malam the midnight that follows.
        return _MIDNIGHT if hour == _NOON else hour + _NOON if hour > 4 else hour  # noqa: PLR2004
    if part.startswith(("sore", "petang")):
        return hour % _NOON + _NOON
    if part.startswith("siang"):
        return hour + _NOON if hour < 7 else hour  # noqa: PLR2004 -- jam 11 siang is 11.00
    return hour % _NOON if part else hour


def _until(tokens: Tokens, found: re.Match[str]) -> tuple[int, int] | None:
    if not found["until"]:
        return None
    at = found.start("until")
    hour, minute = number(tokens.words[at]), number(tokens.words[at + 2])
    fits = hour < _MIDNIGHT and minute < _SIXTY and len(tokens.words[at + 2]) == _TWO_DIGITS
    return (hour, minute) if fits and tokens.is_glued(at) and tokens.is_glued(at + 1) else None


def _offset(tokens: Tokens, found: re.Match[str]) -> int | None:
    """A numeric offset wins over the name of a zone: ``GMT+7``."""
    if found["offset"]:
        places = range(*found.span("offset"))
        digits = "".join(
            tokens.words[i].zfill(_TWO_DIGITS) for i in places if tokens.code[i] in "dy"
        )
        hours, minutes = number(digits[:2]), number(digits[2:] or "0")
        if hours <= 14 and minutes < _SIXTY:  # noqa: PLR2004 -- no zone is farther east
            return (-1 if "-" in found["offset"] else 1) * (hours * _SIXTY + minutes)
    for name in ("zone", "zone_until", "zone_before"):
        if found[name]:
            return zone_named(tokens.words[found.end(name) - 1])
    return None
