"""Clock times as Indonesian pages print them: ``pukul 09.30 WIB``, ``jam 8 pagi``, ``17:20``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from crawler.normalise.date_tokens import Tokens
from crawler.normalise.date_words import NUMBERS, ZONES

MIDNIGHT: Final = 24
_NOON: Final = 12
_MINUTES: Final = 60

_CLOCK: Final = re.compile(
    r"""
    (?P<zone_before>Z)?                      # 2021-09-28WIB19:17
    (?P<mark>q?P[:;,]{0,2}q?|t)?
    (?P<half>G)?
    (?P<hour>[dn])(?:[.:](?P<minute>d)(?:[.:](?P<second>d)(?:[.,][dxy])?)?)?
    (?P<half_day>A)?
    (?P<part>T)?
    (?P<zone>\(?Z)?
    (?P<part_after>T)?
    (?P<offset>\(?\+(?:d(?::d)?|y)|(?(second)-(?:d:d|y)))?
    (?:\)?[-R]{1,2}p?P?(?P<until>d[.:]d)(?P<zone_until>Z)?)?
    """,
    re.VERBOSE,
)
_PARTS: Final = ("hour", "minute", "second", "half_day", "part", "zone", "part_after", "offset")


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day, as printed. *hour* may be 24: the midnight with which the day ends."""

    hour: int
    minute: int
    second: int | None
    offset: int | None
    """Minutes east of Greenwich; None when no zone is printed."""
    until: tuple[int, int] | None
    marked: bool
    """By *pukul*, a zone, am or pm: a time wherever it stands."""
    start: int
    end: int

    def text(self) -> str:
        clock = f"{self.hour % MIDNIGHT:02d}:{self.minute:02d}"
        return clock if self.second is None else f"{clock}:{self.second:02d}"


def number(word: str) -> int:
    """The value of a number token, a letter O in it being a slip for a zero."""
    return int(word.replace("o", "0"))


def clock_at(tokens: Tokens, place: int) -> Clock | None:
    """The clock time that begins at token *place*, whether or not something marks it as one."""
    found = _CLOCK.match(tokens.code, place)
    if found is None:
        return None
    told = bool(found["mark"])
    marked = told or bool(found["zone"] or found["half_day"] or found["zone_before"])
    if not (found["minute"] or marked) or (found["hour"] == "n" and not told):
        return None
    at_hour = found.start("hour")
    second = None
    if found["minute"]:
        last = found.end("second" if found["second"] else "minute") - 1
        if not _is_glued(tokens, at_hour, last):
            return None
        minute = number(tokens.words[at_hour + 2])
        second = number(tokens.words[last]) if found["second"] else None
    else:
        minute = 0
    hour = _hour_of_day(_hour(tokens, at_hour), *_words(tokens, found))
    if found["half"]:
        hour, minute = (hour - 1) % MIDNIGHT, 30
    if hour * _MINUTES + minute > MIDNIGHT * _MINUTES or max(minute, second or 0) >= _MINUTES:
        return None
    until = _until(tokens, found)
    return Clock(
        hour=hour,
        minute=minute,
        second=second,
        offset=_offset(tokens, found),
        until=until,
        marked=marked,
        start=place,
        end=found.end() if until else max(map(found.end, _PARTS)),
    )


def _is_glued(tokens: Tokens, first: int, last: int) -> bool:
    """Whether ``9.30`` stands without blanks, and its minutes and seconds have two digits."""
    return all(
        tokens.ends[place] == tokens.starts[place + 1]
        and tokens.ends[place + 1] == tokens.starts[place + 2]
        and len(tokens.words[place + 2]) == len("30")
        for place in range(first, last, 2)
    )


def _hour(tokens: Tokens, place: int) -> int:
    word = tokens.words[place]
    return NUMBERS[word] if tokens.code[place] == "n" else number(word)


def _words(tokens: Tokens, found: re.Match[str]) -> tuple[str, str]:
    """The am or pm and the part of the day beside a clock time, empty where there is none."""
    half_day = tokens.words[found.start("half_day")] if found["half_day"] else ""
    for name in ("part", "part_after"):
        if found[name]:
            return half_day, tokens.words[found.start(name)]
    return half_day, ""


def _hour_of_day(hour: int, half_day: str, part: str) -> int:
    """The hour on the 24-hour clock, ``jam 3 sore`` being 15."""
    if hour > _NOON or (hour == 0 and part):
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
    if not (found["until"] and found["minute"]):
        return None
    at = found.start("until")
    hour, minute = number(tokens.words[at]), number(tokens.words[at + 2])
    return (hour, minute) if hour < MIDNIGHT and minute < _MINUTES else None


def _offset(tokens: Tokens, found: re.Match[str]) -> int | None:
    """A numeric offset wins over the name of a zone: ``GMT+7``."""
    if found["offset"]:
        places = range(*found.span("offset"))
        digits = [tokens.words[i] for i in places if tokens.code[i] in "dy"]
        hours, minutes = int(digits[0][:2]), int((digits[0][2:] or "".join(digits[1:])) or 0)
        if hours <= 14 and minutes < _MINUTES:  # noqa: PLR2004 -- no zone is farther east
            return (-1 if "-" in found["offset"] else 1) * (hours * _MINUTES + minutes)
    for name in ("zone", "zone_until", "zone_before"):
        if found[name]:
            return ZONES[tokens.words[found.end(name) - 1]]
    return None
