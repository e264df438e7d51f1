"""What a text prints of days: days with their months, ranges of them, and the years they mean.

The patterns are written over the codes of :mod:`crawler.normalise.date_lexer`, by their names.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from crawler.normalise.date_lexer import (
    Clock,
    Tokens,
    clock_beside,
    count_named,
    letters,
    month_named,
    number,
    pattern,
    weekday_named,
)
from crawler.normalise.vocabulary import listed, patterns_in, words_of

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
_SINCE: Final = words_of("pada sejak mulai hingga sampai sebelum tenggat lambat deadline")
_ENGLISH_MONTHS: Final = listed("dates.english_months")
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
class _Printed:
    """A date or a range as printed, between the tokens *start* and *end*."""

    first: Point
    last: Point | None
    start: int
    end: int
    named: bool  # the month is named: a date by its look alone
    weak: bool = False  # it could be a score, "Sabtu (2-1)": a date only if its weekday agrees


class _Read(NamedTuple):
    """What a match of ``_PRINTED`` prints; *start* is None where the match begins it."""

    days: list[int]
    month: int
    year: int | None
    end: int
    start: int | None = None
    turn: int | None = None
    named: bool = True
    weak: bool = False


def _shape(tokens: Tokens, found: re.Match[str], *, in_place: bool) -> _Printed | None:
    """What a match of ``_PRINTED`` prints; *in_place* says that it ends a range."""
    if found["month"]:
        read = _named(tokens, found)
    elif found["numbers"]:
        read = _slashed(tokens, found, in_place=in_place)
    elif found["iso"]:
        year, month, day = tokens.numbers(*found.span("iso"))
        read = _Read([day], month, year, found.end("iso"))
    else:
        read = _month_first(tokens, found) if found["month_first"] else _dashed(tokens, found)
    return read and _with_weekdays(tokens, found, read)


def _with_weekdays(tokens: Tokens, found: re.Match[str], read: _Read) -> _Printed:
    """Give the days of a match their weekdays: of ``Sabtu-Minggu`` one to each end."""
    days, weekday, last_weekday, last = read.days, None, None, None
    begin = found.start("date") if read.start is None else read.start
    if found["weekday"] and read.start is None:
        begin = found.start()
        weekday = weekday_named(tokens.first(found, "weekday"))
        if found["last_weekday"]:
            last_weekday = weekday_named(tokens.first(found, "last_weekday"))
            weekday = last_weekday if len(days) == 1 else weekday
    first = Point(days[0], read.month, read.year, weekday, read.turn)
    if len(days) > 1:
        last = replace(first, day=days[-1], weekday=last_weekday)
        if days[-1] < days[0]:  # 28-3 Januari begins in the month before
            month = (read.month - 2) % MONTHS_A_YEAR + 1
            first = replace(first, month=month, year=None if month > read.month else read.year)
    return _Printed(first, last, begin, read.end, read.named, read.weak)


def _year(tokens: Tokens, found: re.Match[str], group: str) -> int | None:
    """The year that the group prints; None for one of three or five digits."""
    return number(tokens.first(found, group)) if found[group] == _YEAR else None


def _short_year(word: str) -> int | None:
    """00-68 are of this century, 69-99 of the last, as POSIX has it."""
    if len(word) != len("21"):
        return None
    value = number(word)
    return value + (2000 if value <= 68 else 1900)  # noqa: PLR2004


def _named(tokens: Tokens, found: re.Match[str]) -> _Read | None:
    days, start = _days(tokens, *found.span("days"))
    if not days:  # tanggal satu Oktober; without "tanggal" it is a count: dua Mei
        day = count_named(tokens.words[slice(*found.span("days"))]) if found["told"] else None
        if day is None:
            return None
        days = [day]
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
    elif found["turn"]:  # tahun lalu, dua tahun lalu, tahun ini
        years = count_named([tokens.first(found, "years") or "satu"]) or 0
        end, turn = found.end("turn"), years * TURNS[found["turn"]]
    elif found["short"]:
        year = _short_year(tokens.first(found, "short"))
        end = found.end("short") if year else end
    return _Read(days, month, year, end, start, turn)


def _days(tokens: Tokens, start: int, end: int) -> tuple[list[int], int | None]:
    """The days of a list, and where they begin if that is not *start*."""
    # A list is closed by "dan"; of days with commas alone only the last is one.
    code, begin = tokens.code[start:end], None
    comma = code.rfind(",")
    if comma >= 0 and "&" not in code and not tokens.is_glued(start + comma):
        start = begin = start + comma + 1
    return tokens.numbers(start, end), begin


def _month_first(tokens: Tokens, found: re.Match[str]) -> _Read | None:
    word = tokens.first(found, "month_first")
    days, _ = _days(tokens, *found.span("its_days"))
    year = _year(tokens, found, "its_year")
    end = found.end("its_year" if found["its_year"] else "its_days")
    is_count = tokens.code[end : end + 1] in _COUNTS or len(word) <= len("april")
    if is_count and not (year or found["weekday"] or word in _ENGLISH_MONTHS):
        return None
    return _Read(days, month_named(word) or 0, year, end)


def _slashed(tokens: Tokens, found: re.Match[str], *, in_place: bool) -> _Read | None:
    days, start = _days(tokens, *found.span("numbers"))
    month, *rest = tokens.numbers(*found.span("slashed"))
    in_place = bool(in_place or found["weekday"] or found["told"] or _is_in_place(tokens, found))
    year = _year(tokens, found, "number_year")
    if found["number_year"] == "x" and tokens.words[found.start("number_year") - 1] == ".":
        return None  # 1/2.000 penduduk
    if rest and not found["number_year"]:
        year = _short_year(tokens.words[found.end("slashed") - 1])
        if month > MONTHS_A_YEAR and days[0] > MONTHS_A_YEAR:
            year = None
    if rest and (year is None or found["number_year"]):  # 13/14/5, 13/14/5/2023
        days, month = [*days, month], rest[0]
    if not (in_place or found["number_year"] or (rest and year)):
        return None
    if len(days) == 1 and days[0] <= MONTHS_A_YEAR < month:
        days, month = [month], days[0]  # 4/13/2021 can only be month first
    return _Read(days, month, year, found.end(), start, named=False)


def _is_in_place(tokens: Tokens, found: re.Match[str]) -> bool:
    """Whether a day and a month stand where a date does: in brackets, or before a clock time."""
    code, start, end = tokens.code, found.start("date"), found.end()
    before, after = code[max(start - 1, 0) : start], code[end : end + 1]
    if tokens.words[start : start + 3] == ["24", "/", "7"]:
        return before == "(" and code[max(start - 2, 0)] in "TNVIhP"  # else round the clock
    bracketed = before == "(" or (before == "," and after == ")")
    # PADANG, 3/9 -
    dateline = before == "," and after == "-" and start > 1 and tokens.printed(start - 2).isupper()
    if bracketed or dateline or _DATE_GOES_ON.match(code, end):
        return True
    # "sejak 29/9" is no share, which is less than one
    if code[start:end] != "d/d" or tokens.word(start - 1) not in _SINCE:
        return False
    return number(tokens.words[start]) > number(tokens.words[start + 2])


def _dashed(tokens: Tokens, found: re.Match[str]) -> _Read | None:
    *days, month = tokens.numbers(*found.span("dashed"))
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
    elif tokens.code[found.start("dashed") - 1] != "(":
        return None
    weak = not (found["dashed_year"] or found["dashed_short"])
    return _Read(days, month, year, end, named=False, weak=weak)


# What stands between the two dates of a range or a list.
_BETWEEN: Final = pattern(
    rf"""
    \)? <part|tadi|lalu|kemarin|ini|besok>{{0,2}} {_HOUR}
    \)? ,? (?P<how><hingga> | - | <dan>) <hari|pada|tanggal>{{0,3}}
    """
)
_NUMBERED: Final = listed("dates.numbered")
_NUMBERED_ALWAYS: Final = listed("dates.numbered_always")
_NOT_BEFORE_NAMED: Final = listed("dates.named_for_a_date") | _NUMBERED_ALWAYS
_LABELS: Final = _NUMBERED_ALWAYS | {"covid", "apollo"}
_WEEKDAY_AFTER: Final = pattern(r"\)?,?\((<weekday>)\)")


def _printed_dates(tokens: Tokens, *, lists: bool) -> Iterator[_Printed]:
    """The dates and ranges of a text in order, impossible ones (``31/9``) included."""
    before: _Printed | None = None
    place = 0
    while found := _PRINTED.search(tokens.code, place):
        between = before and _BETWEEN.fullmatch(tokens.code, before.end, found.start())
        here = _read(tokens, found, in_place=between is not None)
        if here is None:
            place = found.start("date") + 1
            continue
        place = here.end
        how = between["how"] if between else ""
        joined = lists if how == "&" else how and before and not (before.last or here.last)
        if before and joined:
            before = replace(before, last=here.last or here.first, end=here.end)
            continue
        if before:
            yield _with_year_of(before, here.first) if how else before
        before = here
    if before:
        yield before


def _with_year_of(one: _Printed, other: Point) -> _Printed:
    """*one* with the year that only the next date of its list prints."""
    if one.first.year or one.last or one.first.turn is not None or other.year is None:
        return one
    wraps = (other.month, other.day) < (one.first.month, one.first.day)
    return replace(one, first=replace(one.first, year=other.year - wraps))


def _read(tokens: Tokens, found: re.Match[str], *, in_place: bool) -> _Printed | None:
    read = _shape(tokens, found, in_place=in_place)
    begins = read is not None and (in_place or _begins_here(tokens, found, read))
    if read is None or not begins or not _ends_here(tokens, read):
        return None
    after = _WEEKDAY_AFTER.match(tokens.code, read.end)
    if after and read.first.weekday is None:
        weekday = weekday_named(tokens.words[after.start(1)])
        read = replace(read, first=replace(read.first, weekday=weekday), end=after.end())
    return read


def _begins_here(tokens: Tokens, found: re.Match[str], read: _Printed) -> bool:
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
            # Covid-19, G-20, H+6, not Bengkulu-29 Mei; 1444 H/23 Maret 2023 is two dates.
            short = word in _LABELS or len(word) <= len("mig")
            labels = word not in ("h", "m") if mark == "/" else short
            if kind in "dyx" or (mark in "-/+" and kind in "oE" and labels):
                return False
    if found["weekday"] or found["told"]:
        return True
    place = start - 1
    while place > 0 and code[place] in "(:;'":
        place -= 1
    word = tokens.words[place]
    return word not in (_NOT_BEFORE_NAMED if read.named else _NUMBERED)


def _ends_here(tokens: Tokens, read: _Printed) -> bool:
    """Whether the date is not the head of something longer: 29/09/2021/DPRD."""
    code, end = tokens.code, read.end
    if not tokens.is_glued(end - 1):
        return True
    if code[end] in "dyx" or (code[end] == "o" and len(tokens.words[end]) > 1):
        return False
    if read.named or code[end] not in "/.-" or not tokens.is_glued(end):
        return True
    return code[end + 1] not in "dyxoMZ" or (code[end] == "-" and code[end + 1] in "do")


_NEXT_WITHIN: Final = dt.timedelta(days=60)  # how far ahead a date without a year may lie
_YEARS_AHEAD: Final = 10  # a year farther past the anchor is a slip
EARLIEST_YEAR: Final = 1000
_LATEST: Final = 2100  # without an anchor
_LEAP: Final = 8  # the 29th of February returns within eight years


@dataclass(frozen=True, slots=True)
class Span:
    """A day, or the days of a range."""

    first: dt.date
    last: dt.date | None = None
    inferred: bool = True  # the year comes from the anchor


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text names between two tokens: a day or range, or a period that is none."""

    start: int
    end: int
    span: Span | None = None  # None when it is impossible, has no year, or is a period
    period: str = ""  # a moment, a week or months in the form of dates.normalise
    weekday: int | None = None  # printed in it or beside it, Monday being 0
    clock: Clock | None = None
    printed: bool = False  # it names a day and a month, and is not seen from the time of writing
    present: bool = (
        False  # it speaks of the time of writing ("malam ini") more than it names a date
    )


def day_of(year: int, month: int, day: int) -> dt.date | None:
    """That day, None if the calendar has none."""
    try:
        return dt.date(year, month, day)
    except (ValueError, OverflowError):  # the latter from 2**31 on
        return None


_CUES: Final = patterns_in("date_cues")
_CUE_REACH: Final = 90


def explicit(tokens: Tokens, anchor: dt.datetime | None, *, lists: bool = False) -> list[Reading]:
    """The dates that the text prints, in order; with *lists* ``2 Mei dan 3 Juni`` are one range."""
    readings = []
    today = anchor.date() if anchor else None
    for printed in _printed_dates(tokens, lists=lists):
        start, end, weekday = printed.start, printed.end, printed.first.weekday
        span = _resolved(printed, today, coming=_is_coming(tokens, printed))
        if printed.weak and (span is None or span.first.weekday() != weekday):
            continue
        clock = clock_beside(tokens, start, end)
        readings.append(Reading(start, end, span, weekday=weekday, clock=clock, printed=True))
    return readings


def _is_coming(tokens: Tokens, printed: _Printed) -> bool:
    """Whether words around a date without a year say that it is to come."""
    if printed.first.year is not None:
        return False
    start, end = tokens.start(printed.start), tokens.end(printed.end - 1)
    before = tokens.plain[max(start - _CUE_REACH, 0) : start]
    before = before[before.rfind(". ") + 1 :]
    is_past = _CUES["past_after"].match(tokens.plain, end)
    comes = _CUES["before"].search(before) or _CUES["after"].match(tokens.plain, end)
    return not is_past and bool(comes)


def _resolved(printed: _Printed, anchor: dt.date | None, *, coming: bool) -> Span | None:
    """The days that *printed* means, or None: an impossible day, or no anchor for the year."""
    first, last = printed.first, printed.last or printed.first
    years = [_plausible(point, anchor) for point in (first, last)]
    wraps = (last.month, last.day) < (first.month, first.day)
    if years == [None, None]:
        if anchor is None:
            return None
        if printed.last:
            return nearest_range(first, last, anchor)
        day = _without_year(first, anchor, coming=coming)
        return Span(day) if day else None
    begin_year, end_year = years
    if begin_year is None:
        assert end_year is not None
        begin_year = end_year - wraps
    begin = day_of(begin_year, first.month, first.day)
    end = day_of(end_year or begin_year + wraps, last.month, last.day)
    if begin is None or end is None:
        return None
    return Span(begin, end if end > begin else None, inferred=False)


def _plausible(point: Point, anchor: dt.date | None) -> int | None:
    """The year of *point*, unless it is a slip: 25 Mei 20021, but 25 Mei tahun lalu."""
    year, latest = point.year, anchor.year + _YEARS_AHEAD if anchor else _LATEST
    if point.turn is not None:
        year = anchor.year + point.turn if anchor else None
    return year if year is not None and EARLIEST_YEAR <= year <= latest else None


def _without_year(point: Point, anchor: dt.date, *, coming: bool) -> dt.date | None:
    """The nearest past occurrence, or the anchor's own day.

    The next one wins if the weekday agrees with it alone, or if the text speaks of the future.
    """
    years = range(anchor.year - _LEAP, anchor.year + 2)
    days = [day for year in years if (day := day_of(year, point.month, point.day))]
    past = max((day for day in days if day <= anchor), default=None)
    following = min((day for day in days if day > anchor), default=None)
    if following is None or following - anchor > _NEXT_WITHIN:
        return past
    if past is None:
        return following
    wanted = coming or following.weekday() == point.weekday
    return following if wanted and past.weekday() != point.weekday else past


def nearest_range(first: Point, last: Point, anchor: dt.date) -> Span | None:
    """The occurrence nearest to the anchor on either side: ranges announce."""
    wraps = (last.month, last.day) < (first.month, first.day)
    ranges = []
    for year in range(anchor.year - 1, anchor.year + 2):
        begin = day_of(year, first.month, first.day)
        end = day_of(year + wraps, last.month, last.day)
        if begin and end:
            distance = max((begin - anchor).days, (anchor - end).days, 0)
            ranges.append((distance, begin, end))
    if not ranges:
        return None
    _, begin, end = min(ranges)
    return Span(begin, end if end > begin else None)
