"""Days that a text names from the one on which it was written: ``kemarin``, ``pekan lalu``.

Weekdays without a date are among them: ``di Bengkulu, Rabu.``, ``Senin pekan lalu``.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from crawler.normalise.date_grammar import (
    EARLIEST_YEAR,
    MONTHS_A_YEAR,
    TURNS,
    Point,
    Reading,
    Span,
    day_of,
    nearest_range,
)
from crawler.normalise.date_lexer import Tokens, count_named, number, pattern, weekday_named
from crawler.normalise.vocabulary import (
    MONTHS,
    ONE_UNIT,
    SUNDAY_OR_WEEK,
    UNITS,
    WEEKDAY_NAMES,
    listed,
    words_of,
)

_DAYS_A_WEEK: Final = 7


# What is done every week names no date.
_SCHEDULED: Final = words_of("setiap tiap saban per every")
_NAMING: Final = listed("dates.naming_a_weekday")
_NAMED: Final = listed("dates.named_weekday")
_INTRODUCING: Final = words_of("pada hari sejak hingga sampai mulai di , ( kata")
# Another weekday, or a date of the Hijri calendar, of which the weekday is one.
_LISTED: Final = pattern(r",? <weekday>|<pasaran>?[,(]? <number> <hijri>")


def _weekday_meant(tokens: Tokens, found: re.Match[str], today: dt.date) -> Reading | None:
    """The day, or the two days, that a match of the weekday groups means seen from *today*."""
    start, end = found.span()
    word, turn = tokens.words[start], found["turn"] or found["pair_turn"] or ""
    # In full and in Indonesian: "sat" is a weekday only beside a date.
    in_full = (word in WEEKDAY_NAMES and not word.endswith("day")) or "jum" in word
    if not in_full or _is_part_of_a_name(tokens, start, end, turned=bool(turn)):
        return None
    if word == SUNDAY_OR_WEEK and found["weekday"]:
        week = _as_week(tokens, start, end, turn, today)
        if week or not (tokens.printed(start)[0].isupper() or tokens.word(start - 1) == "hari"):
            return week
    weekday = weekday_named(word)
    assert weekday is not None
    of_week = bool(found["of_week"] or found["pair_week"])
    if not found["pair"]:
        day = _turned(today, weekday, turn, of_week=of_week)
        return Reading(start, end, Span(day), weekday=weekday)
    if not turn and "&" not in found["pair"]:
        return None  # "Senin-Jumat" is a timetable
    other = weekday_named(tokens.words[found.end("pair") - 1]) or 0
    between = dt.timedelta((other - weekday) % _DAYS_A_WEEK)
    if turn in ("F", "B") or of_week:
        first = _turned(today, weekday, turn, of_week=of_week)
    else:
        first = _turned(today, other, turn) - between
    return Reading(start, end, Span(first, first + between if between else None))


def _as_week(tokens: Tokens, start: int, end: int, turn: str, today: dt.date) -> Reading | None:
    """``Minggu lalu`` and ``minggu depan`` are weeks, as is whatever else is not capital."""
    said = tokens.words[end - 1]
    if not turn or tokens.word(start - 1) == "hari" or tokens.code[start + 1] not in "YLVFIBU":
        return None
    if said in ("lalu", "depan") or not tokens.printed(start)[0].isupper():
        return _week(start, end, today, turn)
    return None


def _is_part_of_a_name(tokens: Tokens, start: int, end: int, *, turned: bool) -> bool:
    """Whether the words around make the weekday a name, a habit, or one of a timetable."""
    before, code = tokens.word(start - 1), tokens.code
    scheduled = tokens.word(start - 2) if code[start - 1 : start] in ("h", "T") else before
    if scheduled in _SCHEDULED or before in _NAMING or tokens.word(end) in _NAMED:
        return True
    listed = code[max(start - 2, 0) : start] in ("W,", "W-", "W&") or code[start - 1 : start] == "W"
    if listed or _LISTED.match(code, end):
        return True  # "Senin, Rabu dan Jumat" is a timetable
    follows = code[end : end + 1] == "o" and tokens.printed(end)[0].isupper()
    return follows and not turned and before not in _INTRODUCING


def _turned(today: dt.date, weekday: int, turn: str, *, of_week: bool = False) -> dt.date:
    """The day that a weekday means, by the word after it.

    Alone the most recent one, today included; with *lalu* or *kemarin* before today, with
    *depan* after it; with a week that day of the week.
    """
    back = (today.weekday() - weekday) % _DAYS_A_WEEK
    if of_week or turn == "I":
        monday = today - dt.timedelta(today.weekday())
        return monday + dt.timedelta(TURNS[turn] * _DAYS_A_WEEK + weekday)
    if turn in ("L", "V"):
        return today - dt.timedelta(back or _DAYS_A_WEEK)
    if turn == "U":
        return today + dt.timedelta(-back % _DAYS_A_WEEK)
    if turn in ("F", "B"):
        return today + dt.timedelta(_DAYS_A_WEEK - back)
    return today - dt.timedelta(back)


# Satu jam 30 menit yang lalu, 3 hari lagi, setengah jam lalu.
_AGO: Final = r"""
    (?:(?P<half><setengah>) | (?P<count><number|long>(?:\(<spelt>{1,3}\))? | <spelt>{1,3}))
    (?P<unit><hari|pekan|bulan|pukul|menit|weekday>) (?:(?P<more><number>) <menit>)?
    <yang>? (?P<way><lalu|lagi>)
"""
_ONE_AGO: Final = "(?P<one><one>) <yang>? (?P<one_way><lalu|lagi>)"  # sepekan lalu
# Sabtu dan Minggu pekan lalu.
_PAIR: Final = """
    (?P<pair><weekday> <part>? <joint> <hari>? <weekday>)
    (?:<part>? <yang>? (?P<pair_week><pekan|weekday>)? (?P<pair_turn><turn>))?
"""
# Rabu, Kamis (malam), Kamis malam Jumat, Senin pekan lalu, Jumat depan.
_WEEKDAY: Final = r"""
    (?P<weekday><weekday>) <pasaran>? (?P<open>\()? <part>? <tadi>? <part>?
    (?:(?<=<weekday><part>) <weekday>)?
    (?:<yang>? (?P<of_week><pekan|weekday>)? (?P<turn><turn|nanti>))? (?(open)(?<!\()\))
"""
_WEEK: Final = "<awal>? (?P<week><pekan>) <yang>? (?P<week_turn><turn>)"  # pekan lalu
_MONTH: Final = "<awal>? (?P<month><bulan>) <yang>? (?P<month_turn><turn>)"  # akhir bulan depan
_DAY_OF_MONTH: Final = "<tanggal> (?P<day_of><number>) <bulan> (?P<of_month><turn>)"
# Akhir Mei 2014, Mei lalu, Oktober tahun depan, awal Mei hingga Juni 2014.
_NAMED_MONTH: Final = """
    (?P<govern>(?:<awal> <joint>)? <awal|bulan>{0,2} | <pada|hingga> (?=<month>(?!<number>)))
    (?P<name><month>) (?:<tahun>? (?P<year><year>))?
    (?P<by_year><tahun>)? <yang>? (?P<name_turn><turn>)?
    (?:<joint> <awal|bulan>{0,2} (?P<until><month>) (?:<tahun>? (?P<until_year><year>))?)?
"""
_NEAR: Final = {
    "two_back": "<kemarin> <lusa> | <lusa> <kemarin>",
    "night": "<semalam> | <tadi> <part> | <part> <tadi>",  # tadi malam, subuh tadi
    "today": "<hari> <ini> | <part> <ini> | <nanti> <part> | <part> <nanti>",  # malam ini
    "yesterday": "<part>? <kemarin> <part>?",  # kemarin sore
    "tomorrow": "<hari>? <besok> <hari>? <part>?",  # besok pagi
    "two_ahead": "<lusa>",
}
_RULES: Final = (
    *(_AGO, _ONE_AGO, _PAIR, _WEEKDAY, _WEEK, _MONTH, _DAY_OF_MONTH, _NAMED_MONTH),
    *(f"(?P<{name}>{rule})" for name, rule in _NEAR.items()),
)
_FIRST: Final = (
    "<setengah><number><long><spelt><one><weekday><awal><pekan><bulan><tanggal><pada><hingga><month>"
    "<kemarin><lusa><semalam><tadi><part><hari><nanti><besok>"
)
_RELATIVE: Final = pattern(f"(?=[{_FIRST}])(?:{'|'.join(_RULES)})")
_APPOSED: Final = pattern(r",?\(?<hari>?")  # between kemarin and a weekday after it
_DAYS: Final = {"two_back": -2, "today": 0, "yesterday": -1, "tomorrow": 1, "two_ahead": 2}
# A stretch of time, not a point: "selama tiga hari lalu pulang".
_LASTING: Final = frozenset(("selama", "menginap", "beberapa", "per"))


def relatives(tokens: Tokens, anchor: dt.datetime) -> Iterator[Reading]:
    """The relative expressions of a text in order, seen from *anchor*."""
    place = 0
    before: Reading | None = None
    while found := _RELATIVE.search(tokens.code, place):
        try:
            here = _read(tokens, found, anchor)
        except (OverflowError, ValueError):  # before the year 1, or after 9999
            here = None
        if here is None:  # in "pukul 10 Rabu lalu" the number counts no days
            place = found.start("unit") if found["way"] else found.end()
            continue
        place = found.end()
        joined = _joined(tokens, before, here) if before else None
        if before and not joined:
            yield before
        before = joined or here
    if before:
        yield before


def _joined(tokens: Tokens, one: Reading, other: Reading) -> Reading | None:
    """One day from a weekday and a relative word beside it: ``besok (Jumat)``.

    Of two relative words the one in brackets is the newsroom's own: ``besok (hari ini)``.
    """
    gap = tokens.code[one.end : other.start]
    if gap == "(" and one.weekday is other.weekday is None and one.span and other.span:
        return replace(other, start=one.start, present=False)
    bare, told = (one, other) if one.weekday is not None else (other, one)
    if bare.weekday is None or told.weekday is not None or tokens.code[bare.end - 1] in TURNS:
        return None
    # "Rabu, besok dibuka" are two days; "Rabu, pekan lalu" is one.
    is_week = "W" in told.period
    follows = gap in ("", "(") or (gap == "," and is_week)
    if not (_APPOSED.fullmatch(gap) if bare is other else follows):
        return None
    span = None if told.span and told.span.last else told.span
    if is_week:
        try:
            span = Span(dt.date.fromisoformat(f"{told.period}-{bare.weekday + 1}"))
        except ValueError:  # the calendar ends before it
            return None
    return Reading(one.start, other.end, span, weekday=bare.weekday) if span else None


def _read(tokens: Tokens, found: re.Match[str], anchor: dt.datetime) -> Reading | None:
    today, start = anchor.date(), found.start()
    if tokens.word(start - 1) in _LASTING and not found["name"]:  # but: per Juni 2024
        return None
    if found["way"]:
        return _ago(tokens, found, anchor)
    if found["one_way"]:
        unit = ONE_UNIT[tokens.words[start]]
        return _shifted(found, 1 if found["one_way"] == "Q" else -1, unit, anchor)
    if found["pair"] or found["weekday"]:
        return _weekday_meant(tokens, found, today)
    if found["name"]:
        return _named_month(tokens, found, today)
    return _turned_period(tokens, found, today) or _near(tokens, found, today)


def _turned_period(tokens: Tokens, found: re.Match[str], today: dt.date) -> Reading | None:
    """Pekan lalu, bulan depan, tanggal 5 bulan ini."""
    start, end = found.span()
    if found["week"]:
        return _week(start, end, today, found["week_turn"])
    if found["month"]:
        return Reading(start, end, period=_month(today, TURNS[found["month_turn"]]))
    if found["day_of"]:
        month = _month(today, TURNS[found["of_month"]])
        day = day_of(int(month[:4]), int(month[5:]), number(tokens.first(found, "day_of")))
        return Reading(start, end, Span(day) if day else None)
    return None


def _week(start: int, end: int, today: dt.date, turn: str) -> Reading:
    """The ISO week of *today*, one week on or back."""
    year, week, _ = (today + dt.timedelta(TURNS[turn] * _DAYS_A_WEEK)).isocalendar()
    return Reading(start, end, period=f"{year:04d}-W{week:02d}")


def _month(day: dt.date, months: int) -> str:
    """Year and month of *day*, so many months on."""
    year, month = divmod(day.year * MONTHS_A_YEAR + day.month - 1 + months, MONTHS_A_YEAR)
    return dt.date(year, month + 1, 1).isoformat()[:7]


def _near(tokens: Tokens, found: re.Match[str], today: dt.date) -> Reading | None:
    """Kemarin, besok, tadi malam, hari ini and the like."""
    start, end = found.span()
    code = tokens.code
    if tokens.word(end) == "suntuk" or "V-V" in (
        code[start : end + 2],
        code[max(start - 2, 0) : end],
    ):
        return None  # "kemarin-kemarin" is some time ago
    said = tokens.words[start:end]
    if said == ["hari", "ini"] and code[start - 1 : start] in tuple("Rndc"):
        return None  # "sampai hari ini" is no day, and "dua hari ini" are two
    kind = found.lastgroup or ""
    nightly = any(word.startswith(("malam", "semal")) for word in said)
    days = -nightly if kind == "night" else _DAYS[kind]
    if kind == "yesterday" and tokens.word(end) == "dulu":
        days = _DAYS["two_back"]
    present = kind == "today" and "hari" not in said
    return Reading(start, end, Span(today + dt.timedelta(days)), present=present)


def _ago(tokens: Tokens, found: re.Match[str], anchor: dt.datetime) -> Reading | None:
    unit = UNITS.get(tokens.first(found, "unit"))
    sign = 1 if found["way"] == "Q" else -1
    if found["half"]:
        return _shifted(found, sign * 30, "menit", anchor) if unit == "pukul" else None
    count = count_named(tokens.words[slice(*found.span("count"))])
    if count is None or unit is None:
        return None
    if found["more"]:
        minutes = count * 60 + number(tokens.first(found, "more"))
        return _shifted(found, sign * minutes, "menit", anchor) if unit == "pukul" else None
    return _shifted(found, sign * count, unit, anchor)


def _shifted(found: re.Match[str], count: int, unit: str, anchor: dt.datetime) -> Reading:
    start, end = found.span()
    if unit in ("pukul", "menit"):
        moment = anchor + dt.timedelta(minutes=count * 60 if unit == "pukul" else count)
        moment = moment.replace(second=0, microsecond=0)
        return Reading(start, end, period=moment.isoformat(timespec="minutes"))
    if unit == "bulan":
        return Reading(start, end, period=_month(anchor.date(), count))
    days = count * _DAYS_A_WEEK if unit == "pekan" else count
    return Reading(start, end, Span(anchor.date() + dt.timedelta(days)))


def _named_month(tokens: Tokens, found: re.Match[str], today: dt.date) -> Reading | None:
    """A month with its year, or one that a word beside it makes a month: akhir Mei, Mei lalu."""
    start, end = found.span()
    if tokens.code[start - 1 : start] == "d" and not tokens.is_glued(max(start - 2, 0)):
        return None  # a date that is part of a name
    month = MONTHS.get(tokens.first(found, "name"))
    until = MONTHS.get(tokens.first(found, "until"))
    year, until_year = (
        number(tokens.first(found, name)) if found[name] else None
        for name in ("year", "until_year")
    )
    plausible = all(EARLIEST_YEAR <= y <= today.year + 10 for y in (year, until_year) if y)
    if month is None or not plausible:
        return None
    wraps = until is not None and until < month
    if year is None and until_year is not None:
        year = until_year - wraps
    elif year is None:
        if not (found["govern"] or found["name_turn"] or until):
            return None
        year = _year_of_month(month, until, today, found["name_turn"], bool(found["by_year"]))
    period = dt.date(year, month, 1).isoformat()[:7]
    if until:
        period += "/" + dt.date(until_year or year + wraps, until, 1).isoformat()[:7]
    return Reading(start, end, period=period)


def _year_of_month(
    month: int, until: int | None, today: dt.date, turn: str | None, by_year: bool
) -> int:
    """The year of the nearest such month that is not to come, or as the words after it say."""
    if by_year and turn:
        return today.year + TURNS[turn]
    if turn in ("F", "B"):
        return today.year + (month < today.month)
    nearest = until and nearest_range(Point(1, month), Point(28, until), today)
    return nearest.first.year if nearest else today.year - (month > today.month)
