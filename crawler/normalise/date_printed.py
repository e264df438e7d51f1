"""Dates that a text prints with a day and a month, and ranges of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from crawler.normalise.date_clock import number
from crawler.normalise.date_tokens import Tokens
from crawler.normalise.date_words import (
    ENGLISH_MONTHS,
    MONTHS,
    NAMED_FOR_A_DATE,
    NUMBERED,
    WEEKDAYS,
    misspelt_month,
)

# The weekday before a date, with what may stand between: Rabu Pon, Sabtu-Minggu, Rabu malam tadi,
# a clock time, a Hijri date. Of several weekdays without a range the last one counts.
_BEFORE: Final = r"""
    (?:(?P<weekday>W)J?(?:[-R&,/|]{1,2}h?(?P<last_weekday>W)J?){0,4}
       [TNLVIFBSuhY]{0,3}
       (?:,?q?P?:?d[.:]dZ?T?)?
       [,;:|(/)p-]{0,3}
       (?:dHn?y?E?[/,(|=-]{0,2})?
    )?
    (?P<told>h?K[:;]?)?
    \(?
"""
_AND_DAY: Final = r"(?:[-R&,]{1,2}h?[WK]{0,2}[,(]?d)"
_PRINTED: Final = re.compile(
    rf"""{_BEFORE}(?P<date>
      (?P<iso>y(?P<iso_mark>[-/.])d(?P=iso_mark)d)
    | (?P<days>(?:d|x(?=M[,]?y))(?:{_AND_DAY}|/d){{0,6}})D?[-/.]?
      (?P<month>M)
      (?:[-/.,;|]{{0,2}}'?(?P<year>y|x)|[-/.]?'?(?P<short>d)(?=[)|,;/]|$|q?P|d[.:]d))?
    | (?P<month_first>M)(?P<its_days>d(?:[-R&]d)?)D?(?![-/.:]?[dM])(?:,?(?P<its_year>y|x))?
    | (?P<numbers>(?:d|x(?=/d/y)){_AND_DAY}{{0,5}})/{{1,2}}(?P<slashed>d(?:/{{1,2}}d)?)
      (?:[-/.,']{{0,2}}(?P<number_year>y|x))?(?:/(?![dyxoMtA]))?
    | (?P<dashed>d(?P<mark>[-.])d)(?:[-./](?P<dashed_year>y)|(?P=mark)(?P<dashed_short>d))?
    )""",
    re.VERBOSE,
)
_BETWEEN: Final = re.compile(
    r"\)?[TNLVIB]{0,2}(?:,?q?P?:?d[.:]dZ?T?)?,?(?P<how>R|-|&)[hp]{0,2}", re.VERBOSE
)
_WEEKDAY_AFTER: Final = re.compile(r"\)?,?\((W)\)")
_MONTHS_A_YEAR: Final = 12
_LONGEST_MONTH: Final = 31


@dataclass(frozen=True, slots=True)
class Point:
    """A day as printed. *year* is None when none is printed, or one that cannot be meant."""

    day: int
    month: int
    year: int | None
    weekday: int | None = None


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
    listed: bool = False
    """The range is two dates joined by *dan*."""


def printed_dates(tokens: Tokens) -> Iterator[Printed]:
    """The dates and ranges of a text in order, impossible ones (``31/9``) included."""
    before: Printed | None = None
    place = 0
    while found := _PRINTED.search(tokens.code, place):
        here = _read(tokens, found)
        if here is None:
            place = found.start("date") + 1
            continue
        place = here.end
        joined = before and _join(tokens, before, here)
        if joined:
            before = joined
            continue
        if before:
            yield before
        before = here
    if before:
        yield before


def _join(tokens: Tokens, one: Printed, other: Printed) -> Printed | None:
    """The range that two dates make with what stands between them, or None."""
    if one.last or other.last:
        return None
    between = _BETWEEN.fullmatch(tokens.code, one.end, other.start)
    if between is None:
        return None
    return replace(one, last=other.first, end=other.end, listed=between["how"] == "&")


def _read(tokens: Tokens, found: re.Match[str]) -> Printed | None:
    if found["month"]:
        read = _named(tokens, found)
    elif found["numbers"]:
        read = _slashed(tokens, found)
    elif found["iso"]:
        read = _iso(tokens, found)
    elif found["month_first"]:
        read = _month_first(tokens, found)
    else:
        read = _dashed(tokens, found)
    if read is None or not _stands_alone(tokens, found, read):
        return None
    after = _WEEKDAY_AFTER.match(tokens.code, read.end)
    if after and read.first.weekday is None:
        weekday = WEEKDAYS.get(tokens.words[after.start(1)].rstrip("."))
        read = replace(read, first=replace(read.first, weekday=weekday), end=after.end() - 1)
    return read


def _printed(
    tokens: Tokens,
    found: re.Match[str],
    days: list[int],
    month: int,
    year: int | None,
    *,
    end: int,
    named: bool = True,
    start: int | None = None,
    weak: bool = False,
) -> Printed:
    """Give the days of a match their weekdays: of ``Sabtu-Minggu`` one to each end."""
    first_weekday = last_weekday = None
    begin = found.start("date")
    if found["weekday"] and start is None:
        begin = found.start()
        first_weekday = _weekday(tokens, found.start("weekday"))
        last_weekday = first_weekday
        if found["last_weekday"]:
            last_weekday = _weekday(tokens, found.start("last_weekday"))
            if len(days) == 1:
                first_weekday = last_weekday
    first = Point(days[0], month, year, first_weekday)
    last = None
    if len(days) > 1:
        last = Point(days[-1], month, year, last_weekday if found["last_weekday"] else None)
        if days[-1] < days[0]:  # 28-3 Januari begins in the month before
            back = month - 1 or _MONTHS_A_YEAR
            first = replace(first, month=back, year=None if back > month else year)
    return Printed(first, last, begin if start is None else start, end, named, weak)


def _weekday(tokens: Tokens, place: int) -> int | None:
    word = tokens.words[place].rstrip(".")
    if word.startswith("jum"):
        return 4
    return WEEKDAYS.get(word)


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


def _iso(tokens: Tokens, found: re.Match[str]) -> Printed:
    at = found.start("iso")
    year, month, day = (number(tokens.words[place]) for place in (at, at + 2, at + 4))
    return _printed(tokens, found, [day], month, year, end=at + 5)


def _named(tokens: Tokens, found: re.Match[str]) -> Printed | None:
    days, start = _days(tokens, *found.span("days"))
    at_month = found.start("month")
    word = tokens.words[at_month].rstrip(".")
    month = MONTHS.get(word) or misspelt_month(word, year_follows=bool(found["year"])) or 0
    end, year = at_month + 1, None
    if found["year"]:
        at = found.start("year")
        year = _year(tokens, at)
        if year or tokens.words[at].startswith(("19", "20")):
            end = at + 1
        if year and year < 1800 and tokens.code[end : end + 1] == "o":  # noqa: PLR2004
            end, year = at_month + 1, None  # 12 Mei 1500 orang
    elif found["short"]:
        year = _short_year(tokens, found.start("short"))
        end = found.end("short") if year else end
    if start == found.start("days"):
        start = None
    return _printed(tokens, found, days, month, year, end=end, start=start)


def _days(tokens: Tokens, start: int, end: int) -> tuple[list[int], int | None]:
    """The days of a list, and where it begins: a list with commas only is none."""
    code = tokens.code[start:end]
    comma = code.rfind(",")
    if comma >= 0 and "&" not in code and tokens.text[tokens.ends[start + comma]] == " ":
        start += comma + 1
    days = [number(tokens.words[i]) for i in range(start, end) if tokens.code[i] in "dx"]
    return days, start


def _month_first(tokens: Tokens, found: re.Match[str]) -> Printed | None:
    at_month = found.start("month_first")
    word = tokens.words[at_month].rstrip(".")
    days, _ = _days(tokens, *found.span("its_days"))
    year = _year(tokens, found.start("its_year")) if found["its_year"] else None
    if year is None and not found["weekday"] and word not in ENGLISH_MONTHS:
        return None
    end = found.end("its_year") if found["its_year"] else found.end("its_days")
    month = MONTHS.get(word) or misspelt_month(word, year_follows=True) or 0
    return _printed(tokens, found, days, month, year, end=end)


def _slashed(tokens: Tokens, found: re.Match[str]) -> Printed | None:
    days, start = _days(tokens, *found.span("numbers"))
    if start == found.start("numbers"):
        start = None
    at = found.start("slashed")
    places = [i for i in range(*found.span("slashed")) if tokens.code[i] == "d"]
    month, *rest = (number(tokens.words[i]) for i in places)
    end = found.end()
    year: int | None = None
    if found["number_year"]:
        year = _year(tokens, found.start("number_year"))
        if rest:  # 13/14/5/2023
            days, month = [*days, month], rest[0]
    elif rest:
        year = _short_year(tokens, places[1])
        if year is None or (month > _MONTHS_A_YEAR and days[0] > _MONTHS_A_YEAR):  # 13/14/5
            days, month, year = [*days, month], rest[0], None
    elif not (found["weekday"] or found["told"] or _is_bracketed(tokens, found, end)):
        return None
    if month > _MONTHS_A_YEAR and len(days) == 1 and days[0] <= _MONTHS_A_YEAR:
        days, month = [month], days[0]  # 4/13/2021 can only be month first
    del at
    return _printed(tokens, found, days, month, year, end=end, named=False, start=start)


def _is_bracketed(tokens: Tokens, found: re.Match[str], end: int) -> bool:
    """Whether a day and a month stand where a date does: in brackets, or before a clock time."""
    code = tokens.code
    opened = code[found.start("date") - 1 : found.start("date")] == "("
    return opened or code[end : end + 1] in ("P", "Z", "F", "L", "R") or code[end : end + 2] == "qP"


def _dashed(tokens: Tokens, found: re.Match[str]) -> Printed | None:
    at = found.start("dashed")
    day, month = number(tokens.words[at]), number(tokens.words[at + 2])
    told = found["weekday"] or found["told"]
    if found["dashed_year"]:
        year = _year(tokens, found.start("dashed_year"))
        if month > _MONTHS_A_YEAR and day <= _MONTHS_A_YEAR:
            day, month = month, day
        if not told and not (0 < month <= _MONTHS_A_YEAR and 0 < day <= _LONGEST_MONTH):
            return None
        return _printed(tokens, found, [day], month, year, end=found.end(), named=False)
    if not told or tokens.code[found.end() : found.end() + 1] == "Z":
        return None
    if found["dashed_short"]:
        if found["mark"] == "." and day <= 24:  # noqa: PLR2004 -- 02.03.03 is a clock time
            return None
        year = _short_year(tokens, found.start("dashed_short"))
        return _printed(tokens, found, [day], month, year, end=found.end(), named=False)
    if tokens.code[at - 1 : at] != "(":
        return None
    return _printed(tokens, found, [day], month, None, end=found.end(), named=False, weak=True)


def _stands_alone(tokens: Tokens, found: re.Match[str], read: Printed) -> bool:
    """Whether the date is not a piece of something else: a phone number, a law, a street."""
    code, at = tokens.code, max(found.start("date"), read.start)
    text, start, end = tokens.text, tokens.starts[at], tokens.ends[read.end - 1]
    before = text[start - 1 : start]
    if before.isalnum() and not (at and code[at - 1] in "KWR"):
        return False
    if before and before in "-/.+:," and at > 1 and tokens.ends[at - 2] == start - 1:
        if code[at - 2] in "dyx" or (code[at - 2] == "o" and before in "-/"):
            return False
    after = text[end : end + 2]
    if after[:1].isalnum() and not (read.end < len(code) and _is_slip(tokens, read.end)):
        return False
    if not read.named and after[:1] in ("/", "-", ".") and after[1:].isalnum():
        return after[0] == "-" and code[read.end + 1 : read.end + 2] in ("d", "R", "o")
    return _is_no_number(tokens, found, read)


def _is_slip(tokens: Tokens, place: int) -> bool:
    """Whether a stray letter (``2022v``), a zone or a clock time is glued to the date."""
    return len(tokens.words[place]) == 1 or tokens.code[place] in "tZMDTR"


def _is_no_number(tokens: Tokens, found: re.Match[str], read: Printed) -> bool:
    if found["weekday"] or found["told"] or not read.start:
        return True
    place = read.start - 1
    while place > 0 and tokens.code[place] in "(:;'":
        place -= 1
    word = tokens.words[place]
    return word not in (NAMED_FOR_A_DATE if read.named else NUMBERED)
