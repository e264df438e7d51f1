"""Clock times as Indonesian pages print them: ``pukul 09.30 WIB``, ``jam 8 pagi``, ``17:20``."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Final

from crawler.normalise.date_tokens import Tokens
from crawler.normalise.date_words import spelt_number, zone_named

MIDNIGHT: Final = 24
_NOON: Final = 12
_SIXTY: Final = 60
_TWO_DIGITS: Final = 2

# After these a number with a point is no time: 12.50 persen.
_MEASURES: Final = frozenset(("persen", "ribu", "juta", "miliar", "triliun", "km", "kg", "ton"))
_IN_A_TIME: Final = ("d.", "d:")
_CLOCK: Final = re.compile(
    r"""
    (?P<zone_before>Z)?                                     # 2021-09-28WIB19:17
    (?P<mark>q?P[:;,]?q?|t)?
    (?: (?P<half>G)?(?P<hour>d|n{1,2})
        (?:(?(mark)[.:,;]|[.:])(?P<minute>d)(?:[.:](?P<second>d)(?:[.,][dxy])?)?)?
      | (?(mark)(?P<digits>y)) )                            # pukul 0930
    (?P<half_day>A)?
    (?P<part>T)?
    (?P<zone>\(?Z)?
    (?P<part_after>T)?
    (?P<offset>\(?\+(?:d(?::d)?|y)|(?(second)-(?:d:d|y)))?
    (?:\)?[-R]p?P?(?P<until>d[.:]d)(?P<zone_until>Z)?)?
    """,
    re.VERBOSE,
)
_MARKS: Final = ("zone", "zone_before", "zone_until", "half_day")
_ALONE: Final = re.compile(r"(?P<before>[oqR])?(?P<time>d:d(?::d)?|d\.d\.d)[;,)]?")
_BEGINNING: Final = frozenset(("mulai", "dimulai", "sejak", "dari", "live", "tayang", "update"))
_AFTER_HOUR: Final = ("part", "zone", "half_day", "part_after", "offset")


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day, as printed. *hour* may be 24: the midnight with which the day ends."""

    hour: int
    minute: int
    second: int | None
    offset: int | None
    """Minutes east of Greenwich; None when no zone is printed."""
    until: tuple[int, int] | None
    """Hour and minute at which a range ends."""
    marked: bool
    """By *pukul*, a zone, am or pm: a time wherever it stands."""
    end: int
    """The token after it."""

    def on(self, day: dt.date, anchor: dt.datetime | None) -> dt.datetime | None:
        """The moment on *day*, in the zone of *anchor* where none is printed.

        None without any zone: a moment that cannot be placed is none.
        """
        offset = dt.timedelta(minutes=self.offset) if self.offset is not None else None
        if offset is None and anchor is not None:
            offset = anchor.utcoffset()
        if offset is None:
            return None
        time = dt.time(self.hour % MIDNIGHT, self.minute, self.second or 0)
        moment = dt.datetime.combine(day, time, dt.timezone(offset))
        if self.hour < MIDNIGHT:
            return moment
        return moment + dt.timedelta(days=1) if day < dt.date.max else None

    def iso(self, moment: dt.datetime) -> str:
        """*moment* in ISO 8601, with seconds where they are printed."""
        return moment.isoformat(timespec="minutes" if self.second is None else "seconds")


def number(word: str) -> int:
    """The value of a number token, a letter O in it being a slip for a zero."""
    # Longer ones are no part of any date, and Python refuses to read very long ones.
    return int(word.replace("o", "0")[:12])


def clock_at(tokens: Tokens, place: int) -> Clock | None:
    """The clock time that begins at token *place*, whether or not something marks it as one."""
    before = tokens.code[max(place - 2, 0) : place]
    if before in _IN_A_TIME and tokens.is_glued(place - 1):
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


def _is_by_day(tokens: Tokens, found: re.Match[str]) -> bool:
    """Whether the part of the day marks the time: ``9.30 pagi``, ``10 pagi``, not ``2 malam``."""
    if not found["part"] or tokens.code[max(found.start() - 1, 0)] in "/-.,":
        return False  # "29/9 siang" is a date
    word = tokens.words[found.start("part")]
    return bool(found["minute"]) or word in ("pagi", "siang", "sore", "petang")


def _read(tokens: Tokens, found: re.Match[str], *, told: bool, marked: bool) -> Clock | None:
    printed = _printed(tokens, found)
    if printed is None and not (told and found["hour"]):
        return None
    if printed is None:  # "pukul 10. 30 orang" prints the hour alone
        end = found.end("hour")
        hour, minute, second = _hour(tokens, found), 0, None
        part = _part_before(tokens, found.start())
    else:
        hour, minute, second = printed
        end = max(found.end(name) for name in (*_AFTER_HOUR, "hour", "minute", "second", "digits"))
        part = _part(tokens, found)
        if not (part or found["minute"]):
            part = _part_before(tokens, found.start())
    half_day = tokens.words[found.start("half_day")] if found["half_day"] else ""
    hour = _hour_of_day(hour, half_day, part)
    if hour == MIDNIGHT and minute and part:
        hour = 0  # 12.30 malam
    if found["half"]:
        hour, minute = (hour - 1) % MIDNIGHT, 30
    if hour * _SIXTY + minute > MIDNIGHT * _SIXTY or max(minute, second or 0) >= _SIXTY:
        return None
    if _is_duration(tokens, found, end):
        return None
    until = _until(tokens, found) if printed and found["minute"] else None
    offset = _offset(tokens, found) if printed else None
    return Clock(hour, minute, second, offset, until, marked, found.end() if until else end)


def _printed(tokens: Tokens, found: re.Match[str]) -> tuple[int, int, int | None] | None:
    """Hour, minute and second; None if what looks like minutes is none."""
    if found["digits"]:
        word = tokens.words[found.start("digits")]
        return number(word[:2]), number(word[2:]), None
    at = found.start("hour")
    hour = _hour(tokens, found)
    if not found["minute"]:
        return hour, 0, None
    last = found.end("second" if found["second"] else "minute") - 1
    for place in range(at, last, 2):
        glued = tokens.is_glued(place) and tokens.is_glued(place + 1)
        if not glued or len(tokens.words[place + 2]) != _TWO_DIGITS:
            return None
    return (
        hour,
        number(tokens.words[at + 2]),
        number(tokens.words[last]) if found["second"] else None,
    )


def _hour(tokens: Tokens, found: re.Match[str]) -> int:
    words = tokens.words[slice(*found.span("hour"))]
    if found["hour"] == "d":
        return number(words[0])
    spelt = spelt_number(words)
    return MIDNIGHT + 1 if spelt is None else spelt


def _is_duration(tokens: Tokens, found: re.Match[str], end: int) -> bool:
    """Whether an hour alone counts something: ``buka 24 jam 7 hari``, ``jam 3 orang``."""
    alone = end == found.end("hour") and not found["minute"]
    return alone and tokens.code[end : end + 1] in ("h", "u", "b", "i", "a", "&")


def _part(tokens: Tokens, found: re.Match[str]) -> str:
    for name in ("part", "part_after"):
        if found[name]:
            return tokens.words[found.start(name)]
    return ""


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
        return MIDNIGHT if hour == _NOON else hour + _NOON if hour > 4 else hour  # noqa: PLR2004
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
    fits = hour < MIDNIGHT and minute < _SIXTY and len(tokens.words[at + 2]) == _TWO_DIGITS
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
