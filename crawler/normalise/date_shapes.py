"""The shapes in which a date is printed, and the day, month and year that each gives."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from crawler.normalise.date_clock import number
from crawler.normalise.date_tokens import Tokens
from crawler.normalise.date_words import (
    ENGLISH_MONTHS,
    NUMBERS,
    month_named,
    spelt_number,
    weekday_named,
)

# The weekday before a date, with what may stand between: Rabu Pon, Sabtu-Minggu, Rabu malam tadi,
# a clock time, a Hijri date. Of several weekdays without a range the last one counts.
_BEFORE: Final = r"""
    (?:(?P<weekday>W)J?(?:TWJ?)?(?:[-R&,/|]{1,2}h?(?P<last_weekday>W)J?){0,4}
       \(?[TNLVIFUBSuhY]{0,3}\)?
       (?:,?q?P?:?d[.:]dZ?T?)?
       (?:[,:|(/)p-]{0,3}|;(?=\())
       (?:dHn?y?E?[/,(|=-]{0,2})?
    )?
    (?P<told>h?K[:;]?)?
    \(?
"""
_AND_DAY: Final = r"(?:\)?[-R&,]{1,2}h?[WK]{0,2}[,(]?d)"
PRINTED: Final = re.compile(
    rf"""(?=[WhKdxyMn(]){_BEFORE}(?P<date>
      (?P<iso>y(?P<iso_mark>[-/.])d(?P=iso_mark)d)
    | (?P<days>(?:d|x(?=M,?y)|n{{1,3}}(?=M))(?:{_AND_DAY}|/d){{0,6}})D?(?P<joint>[-/.])?
      (?:b?(?P<month>M))
      (?: [-/.,;]{{0,2}}a?'?(?P<year>y|x)
        | (?P<years>[nd])?a(?P<turn>[LVIF])
        | (?:(?P<sure>'|(?P=joint))|[-/.])?(?P<short>d)
          (?(sure)(?!M)|(?=[)|,;/]|$|q?P|d[.:]d)) )?
    | (?P<month_first>M)(?P<its_days>d(?:[-R&]d)?)D?(?![-/.:]?d|M)(?:,?(?P<its_year>y|x))?
    | (?P<numbers>(?:d|x(?=/d/y)){_AND_DAY}{{0,5}})/{{1,2}}(?P<slashed>d(?:/{{1,2}}d)?)
      (?:[-/.,']{{0,2}}(?P<number_year>y|x))?(?:/(?![dyxoMtA]))?
    | (?P<dashed>(?:d[-R&]K?(?=d[-.]d[-./]y))?d(?P<mark>[-.])d)
      (?:[-./](?P<dashed_year>y)|(?P=mark)(?P<dashed_short>d))?
    )""",
    re.VERBOSE,
)
# What follows a day and a month without a year that are a date: a clock time, the end of a range.
_DATE_GOES_ON: Final = re.compile(r"q?P|Z|F|L|[-R&]K?d/{1,2}d")
_SINCE: Final = ("pada", "sejak", "mulai", "hingga", "sampai")
_TURNS: Final = {"L": -1, "V": -1, "I": 0, "F": 1}
_MONTHS_A_YEAR: Final = 12
_LONGEST_MONTH: Final = 31
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


def read_shape(tokens: Tokens, found: re.Match[str], *, in_place: bool) -> Printed | None:
    """What a match of ``PRINTED`` prints, or None where it only looks like a date.

    *in_place* says that a day and a month without a year end a range.
    """
    if found["month"]:
        return _named(tokens, found)
    if found["numbers"]:
        return _slashed(tokens, found, in_place=in_place)
    if found["iso"]:
        at = found.start("iso")
        year, month, day = (number(tokens.words[place]) for place in (at, at + 2, at + 4))
        return _printed(tokens, found, [day], Point(day, month, year), end=at + 5)
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
        weekday = last_weekday = weekday_named(tokens.words[found.start("weekday")])
        if found["last_weekday"]:
            last_weekday = weekday_named(tokens.words[found.start("last_weekday")])
            weekday = last_weekday if len(days) == 1 else weekday
    first, last = replace(point, day=days[0], weekday=weekday), None
    if len(days) > 1:
        last = replace(point, day=days[-1], weekday=last_weekday if found["last_weekday"] else None)
        if days[-1] < days[0]:  # 28-3 Januari begins in the month before
            month = (point.month - 2) % _MONTHS_A_YEAR + 1
            first = replace(first, month=month, year=None if month > point.month else point.year)
    return Printed(first, last, begin, end, named)


def _year(tokens: Tokens, place: int) -> int | None:
    """The year that the token prints; None for one of three or five digits."""
    return number(tokens.words[place]) if tokens.code[place] == "y" else None


def _short_year(tokens: Tokens, place: int) -> int | None:
    """00-68 are of this century, 69-99 of the last, as POSIX has it."""
    word = tokens.words[place]
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
        at = found.start("year")
        year = _year(tokens, at)
        if year and year < 1800 and tokens.code[at + 1 : at + 2] == "o":  # noqa: PLR2004
            year = None  # 12 Mei 1500 orang
        elif year or tokens.words[at].startswith(("19", "20")):
            end = at + 1
    elif found["turn"]:
        end, turn = found.end("turn"), _turn(tokens, found)
    elif found["short"]:
        year = _short_year(tokens, found.start("short"))
        end = found.end("short") if year else end
    point = Point(days[0], month, year, turn=turn)
    return _printed(tokens, found, days, point, end=end, start=start)


def _turn(tokens: Tokens, found: re.Match[str]) -> int:
    """How many years from the anchor's: tahun lalu, dua tahun lalu, tahun ini."""
    if not found["years"]:
        return _TURNS[found["turn"]]
    word = tokens.words[found.start("years")]
    count = number(word) if found["years"] == "d" else NUMBERS.get(word, 0)
    return count * _TURNS[found["turn"]]


def _spelt(tokens: Tokens, found: re.Match[str]) -> Printed | None:
    """``tanggal satu Oktober``; without *tanggal* it is a count: ``dua Mei``."""
    day = spelt_number(tokens.words[slice(*found.span("days"))])
    if day is None or not found["told"]:
        return None
    at = found.start("month")
    year = _year(tokens, found.start("year")) if found["year"] else None
    point = Point(day, month_named(tokens.words[at]) or 0, year)
    return _printed(tokens, found, [day], point, end=found.end("year") if year else at + 1)


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
    at = found.start("month_first")
    days, _ = _days(tokens, *found.span("its_days"))
    year = _year(tokens, found.start("its_year")) if found["its_year"] else None
    end = found.end("its_year") if found["its_year"] else found.end("its_days")
    word = tokens.words[at]
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
    year = _year(tokens, found.start("number_year")) if found["number_year"] else None
    if rest and not found["number_year"]:
        year = _short_year(tokens, places[1])
        if month > _MONTHS_A_YEAR and days[0] > _MONTHS_A_YEAR:
            year = None
    if rest and (year is None or found["number_year"]):  # 13/14/5, 13/14/5/2023
        days, month = [*days, month], rest[0]
    if not (in_place or found["number_year"] or (rest and year)):
        return None
    if len(days) == 1 and days[0] <= _MONTHS_A_YEAR < month:
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
        year = _year(tokens, found.start("dashed_year"))
        if len(days) == 1 and days[0] <= _MONTHS_A_YEAR < month:
            days, month = [month], days[0]
        if not told and not (0 < month <= _MONTHS_A_YEAR and 0 < days[0] <= _LONGEST_MONTH):
            return None
    elif not told or len(days) > 1 or tokens.code[end : end + 1] == "Z":
        return None
    elif found["dashed_short"]:
        if found["mark"] == "." and days[0] <= 24:  # noqa: PLR2004 -- 02.03.03 is a clock time
            return None
        year = _short_year(tokens, found.start("dashed_short"))
    elif tokens.code[places[0] - 1] != "(":
        return None
    point = Point(days[0], month, year)
    return replace(
        _printed(tokens, found, days, point, end=end, named=False),
        weak=not (found["dashed_year"] or found["dashed_short"]),
    )
