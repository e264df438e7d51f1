"""What a text prints of dates and times: days with their months, ranges of them, clock times.

The patterns are written over the codes of :mod:`crawler.normalise.date_lexer`, by their names.
What a date means on the calendar is for :mod:`crawler.normalise.date_resolve` to say.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from crawler.normalise.date_lexer import (
    Tokens,
    letters,
    month_named,
    pattern,
    spelt_number,
    weekday_named,
    zone_named,
)
from crawler.normalise.vocabulary import (
    ENGLISH_MONTHS,
    NAMED_FOR_A_DATE,
    NUMBERED,
    NUMBERED_ALWAYS,
    NUMBERS,
)

MIDNIGHT: Final = 24
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
    return _read_clock(tokens, found, told=told, marked=marked)


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
    by_light = tokens.first(found, "part") in ("pagi", "siang", "sore", "petang")
    return by_light or bool(found["minute"])


def _read_clock(tokens: Tokens, found: re.Match[str], *, told: bool, marked: bool) -> Clock | None:
    printed = _printed_clock(tokens, found)
    if printed is None and not (told and found["hour"]):
        return None
    if printed is None:  # "pukul 10. 30 orang" prints the hour alone
        end = found.end("hour")
        hour, minute, second = _hour(tokens, found), 0, None
        part = _part_before(tokens, found.start())
    else:
        hour, minute, second = printed
        end = max(found.end(name) for name in (*_AFTER_HOUR, "hour", "minute", "second", "digits"))
        part = tokens.first(found, "part") or tokens.first(found, "part_after")
        if not (part or found["minute"]):
            part = _part_before(tokens, found.start())
    hour = _hour_of_day(hour, tokens.first(found, "half_day"), part)
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


def _printed_clock(tokens: Tokens, found: re.Match[str]) -> tuple[int, int, int | None] | None:
    """Hour, minute and second; None if what looks like minutes is none."""
    if found["digits"]:
        word = tokens.first(found, "digits")
        return number(word[:2]), number(word[2:]), None
    minute, second = tokens.first(found, "minute"), tokens.first(found, "second")
    printed = [word for word in (minute, second) if word]
    at = found.start("hour")
    glued = all(map(tokens.is_glued, range(at, at + 2 * len(printed))))
    if not glued or any(len(word) != _TWO_DIGITS for word in printed):
        return None
    return _hour(tokens, found), number(minute or "0"), number(second) if second else None


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


# A clock time between: Rabu, pukul 09.30 WIB (29/9).
_HOUR: Final = "(?:,? <sekitar>? <pukul>? :? <number>[.:]<number> <zone>? <part>?)?"
# The weekday before a date, with what may stand between: Rabu Pon, Sabtu-Minggu, Rabu malam tadi,
# a clock time, a Hijri date. Of several weekdays without a range the last one counts.
_BEFORE: Final = rf"""
    (?: (?P<weekday><weekday>) <pasaran>? (?:<part> <weekday> <pasaran>?)?
        (?:[-<hingga><dan>,/|]{{1,2}} <hari>? (?P<last_weekday><weekday>) <pasaran>?){{0,4}}
        \(? <part|tadi|lalu|kemarin|ini|depan|nanti|besok|semalam|pekan|hari|yang>{{0,3}} \)?
        {_HOUR}
        (?:[,:|(/)<pada>-]{{0,3}} | ;(?=\())
        (?:<number> <hijri> <spelt>? <year>? <era>? [/,(|=-]{{0,2}})?
    )?
    (?P<told><hari>? <tanggal>[:;]?)?
    \(?
"""
_AND_DAY: Final = r"(?:\)? [-<hingga><dan>,]{1,2} <hari>? <weekday|tanggal>{0,2} [,(]? <number>)"
_ISO: Final = "(?P<iso><year> (?P<iso_mark>[-/.]) <number> (?P=iso_mark) <number>)"  # 2021-09-29
# 29 September 2021, 3, 4 dan 5 Mei, 25 Mei tahun lalu, 3-Mei-21.
_DAY_AND_MONTH: Final = rf"""
    (?P<days>(?:<number> | <long>(?=<month>,?<year>) | <spelt>{{1,3}}(?=<month>))
      (?:{_AND_DAY} | /<number>){{0,6}})
    <th>? (?P<joint>[-/.])? (?:<bulan>? (?P<month><month>))
    (?: [-/.,;]{{0,2}} <tahun>? '? (?P<year><year> | <long>)
      | (?P<years><spelt|number>)? <tahun> (?P<turn><lalu|kemarin|ini|depan>)
      | (?:(?P<sure>' | (?P=joint)) | [-/.])? (?P<short><number>)
        (?(sure)(?!<month>)|(?=[)|,;/] | $ | <sekitar>? <pukul> | <number>[.:]<number>)) )?
"""
# June 4, 2024; Selasa, Juli 1, 2025.
_MONTH_AND_DAY: Final = """
    (?P<month_first><month>) (?P<its_days><number>(?:<joint> <number>)?) <th>?
    (?![-/.:]?<number> | <month>) (?:,? (?P<its_year><year> | <long>))?
"""
# Numbers: 29/9/2021, (29/9), 28-29/9, 4/13/2021.
_WITH_SLASHES: Final = rf"""
    (?P<numbers>(?:<number> | <long>(?=/<number>/<year>)) {_AND_DAY}{{0,5}})
    /{{1,2}} (?P<slashed><number>(?:/{{1,2}}<number>)?)
    (?:[-/.,']{{0,2}} (?P<number_year><year> | <long>))?
    (?:/(?!<number|year|long|other|month|t|am>))?
"""
# Numbers: 29-9-2021, 29.9.2021, 28-29.9.2021.
_WITH_DASHES: Final = """
    (?P<dashed>(?:<number> <joint> <tanggal>? (?=<number>[-.]<number>[-./]<year>))?
      <number> (?P<mark>[-.]) <number>)
    (?:[-./] (?P<dashed_year><year>) | (?P=mark) (?P<dashed_short><number>))?
"""
_DATES: Final = (_ISO, _DAY_AND_MONTH, _MONTH_AND_DAY, _WITH_SLASHES, _WITH_DASHES)
_PRINTED: Final = pattern(
    rf"""(?=[<weekday><hari><tanggal><number><long><year><month><spelt>(]) {_BEFORE}
    (?P<date>{"|".join(_DATES)})"""
)
# What follows a day and a month without a year that are a date: a clock time, the end of a range.
_DATE_GOES_ON: Final = pattern(
    "<sekitar>? <pukul> | <zone> | <depan> | <lalu> | <joint> <tanggal>? <number>/{1,2}<number>"
)
_SINCE: Final = ("pada", "sejak", "mulai", "hingga", "sampai")
MONTHS_A_YEAR: Final = 12
# Where from here these words point, by their letters.
TURNS: Final = {
    **dict.fromkeys(letters("lalu|kemarin"), -1),
    **dict.fromkeys(letters("ini"), 0),
    **dict.fromkeys(letters("depan|besok|nanti"), 1),
}
_LONGEST_MONTH: Final = 31
_YEAR: Final = letters("year")
_COUNTS: Final = tuple("oJhubiP.:")  # what follows a number that is no day: Mei 12 orang


@dataclass(frozen=True, slots=True)
class Point:
    """A day as printed; *year* is None without one, *turn* counts from the anchor's year."""

    day: int
    month: int
    year: int | None = None
    weekday: int | None = None
    turn: int | None = None


@dataclass(frozen=True, slots=True)
class Printed:
    """A date or a range as printed, between the tokens *start* and *end*."""

    first: Point
    last: Point | None
    start: int
    end: int
    named: bool
    """The month is named: a date by its look alone."""
    weak: bool = False
    """It could be a score (``Sabtu (2-1)``): a date only if its weekday agrees."""


def _shape(tokens: Tokens, found: re.Match[str], *, in_place: bool) -> Printed | None:
    """What a match of ``_PRINTED`` prints, or None where it only looks like a date.

    *in_place* says that a day and a month without a year end a range.
    """
    if found["month"]:
        return _named(tokens, found)
    if found["numbers"]:
        return _slashed(tokens, found, in_place=in_place)
    if found["iso"]:
        at = found.start("iso")
        year, month, day = (number(tokens.words[place]) for place in (at, at + 2, at + 4))
        return _printed(tokens, found, [day], Point(day, month, year), end=found.end("iso"))
    return _month_first(tokens, found) if found["month_first"] else _dashed(tokens, found)


def _printed(
    tokens: Tokens,
    found: re.Match[str],
    days: list[int],
    point: Point,
    *,
    end: int,
    start: int | None = None,
    named: bool = True,
) -> Printed:
    """Give the days of a match their weekdays: of ``Sabtu-Minggu`` one to each end."""
    weekday = last_weekday = None
    begin = found.start("date") if start is None else start
    if found["weekday"] and start is None:
        begin = found.start()
        weekday = last_weekday = weekday_named(tokens.first(found, "weekday"))
        if found["last_weekday"]:
            last_weekday = weekday_named(tokens.first(found, "last_weekday"))
            weekday = last_weekday if len(days) == 1 else weekday
    first, last = replace(point, day=days[0], weekday=weekday), None
    if len(days) > 1:
        last = replace(point, day=days[-1], weekday=last_weekday if found["last_weekday"] else None)
        if days[-1] < days[0]:  # 28-3 Januari begins in the month before
            month = (point.month - 2) % MONTHS_A_YEAR + 1
            first = replace(first, month=month, year=None if month > point.month else point.year)
    return Printed(first, last, begin, end, named)


def _year(tokens: Tokens, found: re.Match[str], group: str) -> int | None:
    """The year that the group prints; None without one, or for one of three or five digits."""
    return number(tokens.first(found, group)) if found[group] == _YEAR else None


def _short_year(word: str) -> int | None:
    """00-68 are of this century, 69-99 of the last, as POSIX has it."""
    if len(word) != len("21"):
        return None
    value = number(word)
    return value + (2000 if value <= 68 else 1900)  # noqa: PLR2004


def _named(tokens: Tokens, found: re.Match[str]) -> Printed | None:
    days, start = _days(tokens, *found.span("days"))
    if not days:
        return _spelt(tokens, found)
    at = found.start("month")
    month = month_named(tokens.words[at], before_year=bool(found["year"])) or 0
    if tokens.code[at - 1] == "b" and not (found["told"] or found["weekday"]):
        return None  # "3 bulan Mei"
    end, year, turn = at + 1, None, None
    if found["year"]:
        year, after = _year(tokens, found, "year"), found.end("year")
        if year and year < 1800 and tokens.code[after : after + 1] == "o":  # noqa: PLR2004
            year = None  # 12 Mei 1500 orang
        elif year or tokens.first(found, "year").startswith(("19", "20")):
            end = after
    elif found["turn"]:
        end, turn = found.end("turn"), _turn(tokens, found)
    elif found["short"]:
        year = _short_year(tokens.first(found, "short"))
        end = found.end("short") if year else end
    point = Point(days[0], month, year, turn=turn)
    return _printed(tokens, found, days, point, end=end, start=start)


def _turn(tokens: Tokens, found: re.Match[str]) -> int:
    """How many years from the anchor's: tahun lalu, dua tahun lalu, tahun ini."""
    word = tokens.first(found, "years") or "satu"
    count = number(word) if found["years"] == "d" else NUMBERS.get(word, 0)
    return count * TURNS[found["turn"]]


def _spelt(tokens: Tokens, found: re.Match[str]) -> Printed | None:
    """``tanggal satu Oktober``; without *tanggal* it is a count: ``dua Mei``."""
    day = spelt_number(tokens.words[slice(*found.span("days"))])
    if day is None or not found["told"]:
        return None
    year = _year(tokens, found, "year")
    point = Point(day, month_named(tokens.first(found, "month")) or 0, year)
    return _printed(tokens, found, [day], point, end=found.end("year" if year else "month"))


def _days(tokens: Tokens, start: int, end: int) -> tuple[list[int], int | None]:
    """The days of a list, and where they begin if that is not *start*.

    A list is closed by *dan*; of days with commas alone only the last is one.
    """
    code, begin = tokens.code[start:end], None
    comma = code.rfind(",")
    if comma >= 0 and "&" not in code and not tokens.is_glued(start + comma):
        start = begin = start + comma + 1
    return [number(tokens.words[i]) for i in range(start, end) if tokens.code[i] in "dx"], begin


def _month_first(tokens: Tokens, found: re.Match[str]) -> Printed | None:
    word = tokens.first(found, "month_first")
    days, _ = _days(tokens, *found.span("its_days"))
    year = _year(tokens, found, "its_year")
    end = found.end("its_year" if found["its_year"] else "its_days")
    is_count = tokens.code[end : end + 1] in _COUNTS or len(word) <= len("april")
    if is_count and not (year or found["weekday"] or word in ENGLISH_MONTHS):
        return None
    point = Point(days[0], month_named(word) or 0, year)
    return _printed(tokens, found, days, point, end=end)


def _slashed(tokens: Tokens, found: re.Match[str], *, in_place: bool) -> Printed | None:
    days, start = _days(tokens, *found.span("numbers"))
    places = [i for i in range(*found.span("slashed")) if tokens.code[i] == "d"]
    month, *rest = (number(tokens.words[i]) for i in places)
    in_place = bool(in_place or found["weekday"] or found["told"] or _is_in_place(tokens, found))
    year = _year(tokens, found, "number_year")
    if rest and not found["number_year"]:
        year = _short_year(tokens.words[places[1]])
        if month > MONTHS_A_YEAR and days[0] > MONTHS_A_YEAR:
            year = None
    if rest and (year is None or found["number_year"]):  # 13/14/5, 13/14/5/2023
        days, month = [*days, month], rest[0]
    if not (in_place or found["number_year"] or (rest and year)):
        return None
    if len(days) == 1 and days[0] <= MONTHS_A_YEAR < month:
        days, month = [month], days[0]  # 4/13/2021 can only be month first
    point = Point(days[0], month, year)
    return _printed(tokens, found, days, point, end=found.end(), start=start, named=False)


def _is_in_place(tokens: Tokens, found: re.Match[str]) -> bool:
    """Whether a day and a month stand where a date does: in brackets, or before a clock time."""
    code, start, end = tokens.code, found.start("date"), found.end()
    before, after = code[max(start - 1, 0) : start], code[end : end + 1]
    if tokens.words[start : start + 3] == ["24", "/", "7"]:
        return before == "(" and code[max(start - 2, 0)] in "TNVIhP"  # else round the clock
    bracketed = before == "(" or (before == "," and after == ")")
    if bracketed or _DATE_GOES_ON.match(code, end):
        return True
    # "sejak 29/9" is no share, which is less than one
    if code[start:end] != "d/d" or tokens.word(start - 1) not in _SINCE:
        return False
    return number(tokens.words[start]) > number(tokens.words[start + 2])


def _dashed(tokens: Tokens, found: re.Match[str]) -> Printed | None:
    places = [i for i in range(*found.span("dashed")) if tokens.code[i] == "d"]
    *days, month = (number(tokens.words[i]) for i in places)
    told, end, year = found["weekday"] or found["told"], found.end(), None
    if found["dashed_year"]:
        year = _year(tokens, found, "dashed_year")
        if len(days) == 1 and days[0] <= MONTHS_A_YEAR < month:
            days, month = [month], days[0]
        if not told and not (0 < month <= MONTHS_A_YEAR and 0 < days[0] <= _LONGEST_MONTH):
            return None
    elif not told or len(days) > 1 or tokens.code[end : end + 1] == "Z":
        return None
    elif found["dashed_short"]:
        if found["mark"] == "." and days[0] <= 24:  # noqa: PLR2004 -- 02.03.03 is a clock time
            return None
        year = _short_year(tokens.first(found, "dashed_short"))
    elif tokens.code[places[0] - 1] != "(":
        return None
    point = Point(days[0], month, year)
    return replace(
        _printed(tokens, found, days, point, end=end, named=False),
        weak=not (found["dashed_year"] or found["dashed_short"]),
    )


# What stands between the two dates of a range or a list.
_BETWEEN: Final = pattern(
    rf"""
    \)? <part|tadi|lalu|kemarin|ini|besok>{{0,2}} {_HOUR}
    \)? ,? (?P<how><hingga> | - | <dan>) <hari|pada|tanggal>{{0,3}}
    """
)
_NOT_BEFORE_NAMED: Final = NAMED_FOR_A_DATE | NUMBERED_ALWAYS
_LABELS: Final = NUMBERED_ALWAYS | {"covid", "apollo"}
_WEEKDAY_AFTER: Final = pattern(r"\)?,?\((<weekday>)\)")


def printed_dates(tokens: Tokens, *, lists: bool) -> Iterator[Printed]:
    """The dates and ranges of a text in order, impossible ones (``31/9``) included.

    With *lists* two dates joined by *dan* are a range too, else two.
    """
    before: Printed | None = None
    place = 0
    while found := _PRINTED.search(tokens.code, place):
        between = before and _BETWEEN.fullmatch(tokens.code, before.end, found.start())
        here = _read(tokens, found, in_place=between is not None)
        if here is None:
            place = found.start("date") + 1
            continue
        place = here.end
        how = between["how"] if between else ""
        if before and _is_range(before, here, how, lists=lists):
            before = replace(before, last=here.last or here.first, end=here.end)
            continue
        if before:
            yield _with_year_of(before, here.first) if how else before
        before = here
    if before:
        yield before


def _is_range(one: Printed, other: Printed, how: str, *, lists: bool) -> bool:
    if how == "&":
        return lists
    return bool(how) and not (one.last or other.last)


def _with_year_of(one: Printed, other: Point) -> Printed:
    """*one* with the year that only the next date of its list prints."""
    if one.first.year or one.last or one.first.turn is not None or other.year is None:
        return one
    wraps = (other.month, other.day) < (one.first.month, one.first.day)
    return replace(one, first=replace(one.first, year=other.year - wraps))


def _read(tokens: Tokens, found: re.Match[str], *, in_place: bool) -> Printed | None:
    read = _shape(tokens, found, in_place=in_place)
    if read is None or not (in_place or _begins_here(tokens, found, read)):
        return None
    if not _ends_here(tokens, read):
        return None
    after = _WEEKDAY_AFTER.match(tokens.code, read.end)
    if after and read.first.weekday is None:
        weekday = weekday_named(tokens.words[after.start(1)])
        read = replace(read, first=replace(read.first, weekday=weekday), end=after.end())
    return read


def _begins_here(tokens: Tokens, found: re.Match[str], read: Printed) -> bool:
    """Whether what stands before does not make the date part of a phone number, a law, a street."""
    code, start = tokens.code, read.start
    if not start:
        return True
    if tokens.is_glued(start - 1):
        mark = code[start - 1]
        if mark in "dyxonDAMt":
            return False
        if start > 1 and mark in "-/.+:," and tokens.is_glued(start - 2):
            word, kind = tokens.words[start - 2], code[start - 2]
            if kind in "dyx" or (mark in "-/+" and kind in "oE" and _is_label(word, mark)):
                return False
    if found["weekday"] or found["told"]:
        return True
    place = start - 1
    while place > 0 and code[place] in "(:;'":
        place -= 1
    word = tokens.words[place]
    return word not in (_NOT_BEFORE_NAMED if read.named else NUMBERED)


def _is_label(word: str, mark: str) -> bool:
    """Whether *word* and *mark* number what follows: Covid-19, G-20, H+6, not Bengkulu-29 Mei."""
    if mark == "/":  # 1444 H/23 Maret 2023 is two dates
        return word not in ("h", "m")
    return len(word) <= len("mig") or word in _LABELS


def _ends_here(tokens: Tokens, read: Printed) -> bool:
    """Whether the date is not the head of something longer: 29/09/2021/DPRD."""
    code, end = tokens.code, read.end
    if not tokens.is_glued(end - 1):
        return True
    if code[end] in "dyx" or (code[end] == "o" and len(tokens.words[end]) > 1):
        return False
    if read.named or code[end] not in "/.-" or not tokens.is_glued(end):
        return True
    return code[end + 1] not in "dyxoMZ" or (code[end] == "-" and code[end + 1] in "do")
