"""Dates that a text names from the day it was written: weekdays, ``kemarin``, ``pekan lalu``."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from crawler.normalise.date_clock import number
from crawler.normalise.date_tokens import Tokens
from crawler.normalise.date_words import (
    MONTHS,
    NUMBERS,
    ONE_UNIT,
    SUNDAY_OR_WEEK,
    TEEN,
    TIMES_TEN,
    UNITS,
    WEEKDAY_NAMES,
    weekday_named,
)

_WEEK: Final = 7
_EARLIEST: Final = 1000
_TURNS: Final = {"L": -1, "V": -1, "I": 0, "F": 1, "B": 1, "U": 1}

_RELATIVE: Final = re.compile(
    r"""(?=[dnGcKVXWeubMSNThBU])(?:
      (?:(?P<half>G)|(?P<count>d(?:\(n{1,3}\))?|n{1,3}))(?P<unit>[hubPiW])
        (?:(?P<more>d)i)?Y?(?P<way>[LQ])                      # 1 jam 30 menit yang lalu
    | (?P<one>c)Y?(?P<one_way>[LQ])                           # sepekan lalu
    | (?P<pair>WT?[-R&]h?W)(?:T?Y?(?P<pair_week>[uW])?(?P<pair_turn>[LVFIB]))?
    | (?P<weekday>W)J?\(?T?N?T?\)?(?:Y?(?P<of_week>[uW])?(?P<turn>[LVFIBU]))?
    | e?(?P<week>u)Y?(?P<week_turn>[LVFIB])
    | e?(?P<month>b)Y?(?P<month_turn>[LVFIB])
    | K(?P<day_of>d)b(?P<of_month>[LVFIB])                    # tanggal 5 bulan ini
    | (?P<govern>[eb]{0,2})(?P<name>M)(?:a?(?P<year>y))?Y?(?P<name_turn>[LVFIB])?
      (?:[-R&](?P<until>M)(?:a?(?P<until_year>y))?)?
    | (?P<two_back>VX|XV)
    | (?P<night>S|NT|TN)
    | (?P<today>hI|TI|UT|TU)
    | (?P<yesterday>T?VT?)
    | (?P<tomorrow>h?Bh?T?)
    | (?P<two_ahead>X) )
    """,
    re.VERBOSE,
)
# Another weekday, or a date of the Hijri calendar, of which the weekday is one.
_LISTED: Final = re.compile(r",?W|J?[,(]?dH")
_DAYS: Final = {"two_back": -2, "today": 0, "yesterday": -1, "tomorrow": 1, "two_ahead": 2}


def _all(words: str) -> frozenset[str]:
    return frozenset(words.split())


# What is done every week names no date.
_SCHEDULED: Final = _all("setiap tiap saban per every")
# A weekday after these is part of a name: Pasar Minggu, salat Jumat.
_NAMING: Final = _all(
    "pasar salat shalat sholat solat khutbah khotbah ibadah misa koran puasa gerakan program radar "
    "kampung jalan jl jln stasiun terminal bandar tanah kelurahan kecamatan desa black"
)
# A weekday before these is a feast or a habit: Jumat Agung, Rabu Abu.
_NAMED: Final = _all("agung abu putih suci palma wekasan curhat berkah bersih keramat ke kedua")
_INTRODUCING: Final = _all("pada hari sejak hingga sampai mulai di , ( kata")
# A stretch of time, not a point: "selama tiga hari lalu pulang".
_LASTING: Final = _all("selama menginap beberapa per")


@dataclass(frozen=True, slots=True)
class Relative:
    """What a relative expression means: one of day, moment, week and month is set."""

    start: int
    end: int
    day: dt.date | None = None
    last: dt.date | None = None
    moment: dt.datetime | None = None
    week: tuple[int, int] | None = None
    month: tuple[int, int] | None = None
    last_month: tuple[int, int] | None = None
    present: bool = False
    """It speaks of the time of writing (``malam ini``) more than it names a date."""


def relatives(tokens: Tokens, anchor: dt.datetime) -> Iterator[Relative]:
    """The relative expressions of a text in order, seen from *anchor*."""
    place = 0
    while found := _RELATIVE.search(tokens.code, place):
        place = found.end()
        read = _read(tokens, found, anchor)
        if read:
            yield read


def _read(tokens: Tokens, found: re.Match[str], anchor: dt.datetime) -> Relative | None:
    today, start = anchor.date(), found.start()
    if tokens.word(start - 1) in _LASTING:
        return None
    if found["way"]:
        return _ago(tokens, found, anchor)
    if found["one_way"]:
        unit = ONE_UNIT[tokens.words[start]]
        return _shifted(found, 1 if found["one_way"] == "Q" else -1, unit, anchor)
    if found["pair"] or found["weekday"]:
        return _weekday(tokens, found, today)
    if found["name"]:
        return _named_month(tokens, found, today)
    return _turned_period(tokens, found, today) or _near(tokens, found, today)


def _turned_period(tokens: Tokens, found: re.Match[str], today: dt.date) -> Relative | None:
    """Pekan lalu, bulan depan, tanggal 5 bulan ini."""
    if found["week"]:
        return Relative(*found.span(), week=_week(today, found["week_turn"]))
    if found["month"]:
        return Relative(*found.span(), month=_month(today, _TURNS[found["month_turn"]]))
    if found["day_of"]:
        year, month = _month(today, _TURNS[found["of_month"]])
        return _day(found, year, month, number(tokens.words[found.start("day_of")]))
    return None


def _near(tokens: Tokens, found: re.Match[str], today: dt.date) -> Relative | None:
    """Kemarin, besok, tadi malam, hari ini and the like."""
    start, end = found.span()
    if tokens.word(end) in ("suntuk", "-") and tokens.word(end + 1) in ("kemarin", ""):
        return None
    said = tokens.words[start:end]
    if said == ["hari", "ini"] and tokens.code[start - 1 : start] == "R":
        return None  # "sampai hari ini" is no day
    kind = found.lastgroup or ""
    if kind == "of_month":
        return None  # tanggal 31 bulan ini, in June
    nightly = any(word.startswith(("malam", "semal")) for word in said)
    days = -nightly if kind == "night" else _DAYS[kind]
    if kind == "yesterday" and tokens.word(end) == "dulu":
        days = _DAYS["two_back"]
    present = kind == "today" and "hari" not in said
    return Relative(start, end, day=today + dt.timedelta(days), present=present)


def _day(found: re.Match[str], year: int, month: int, day: int) -> Relative | None:
    try:
        return Relative(*found.span(), day=dt.date(year, month, day))
    except ValueError:
        return None


def _week(today: dt.date, turn: str) -> tuple[int, int]:
    year, week, _ = (today + dt.timedelta(_TURNS[turn] * _WEEK)).isocalendar()
    return year, week


def _month(day: dt.date, months: int) -> tuple[int, int]:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return year, month + 1


def _count(tokens: Tokens, start: int, end: int) -> int | None:
    """The number that digits or words name: 12, dua belas, tiga puluh lima."""
    if tokens.code[start] == "d":
        return number(tokens.words[start])
    total, words = 0, tokens.words[start:end]
    for before, word in zip(["", *words], words, strict=False):
        if word == TEEN:
            total += 10
        elif word == TIMES_TEN:
            total *= 10
        elif before in ("", TIMES_TEN):
            total += NUMBERS[word]
        else:
            return None  # "dua tiga hari lalu"
    return total


def _ago(tokens: Tokens, found: re.Match[str], anchor: dt.datetime) -> Relative | None:
    unit = UNITS[tokens.words[found.start("unit")]]
    sign = 1 if found["way"] == "Q" else -1
    if found["half"]:
        return _moment(found, anchor, sign * 30) if unit == "P" else None
    count = _count(tokens, *found.span("count"))
    if count is None:
        return None
    if found["more"]:
        minutes = count * 60 + number(tokens.words[found.start("more")])
        return _moment(found, anchor, sign * minutes) if unit == "P" else None
    return _shifted(found, sign * count, unit, anchor)


def _moment(found: re.Match[str], anchor: dt.datetime, minutes: int) -> Relative:
    moment = anchor + dt.timedelta(minutes=minutes)
    return Relative(*found.span(), moment=moment.replace(second=0, microsecond=0))


def _shifted(found: re.Match[str], count: int, unit: str, anchor: dt.datetime) -> Relative | None:
    if unit in "Pi":
        return _moment(found, anchor, count * 60 if unit == "P" else count)
    if unit == "b":
        return Relative(*found.span(), month=_month(anchor.date(), count))
    days = count * _WEEK if unit == "u" else count
    return Relative(*found.span(), day=anchor.date() + dt.timedelta(days))


def _named_month(tokens: Tokens, found: re.Match[str], today: dt.date) -> Relative | None:
    """A month with its year, or one that a word beside it makes a month: akhir Mei, Mei lalu."""
    start = found.start()
    if tokens.code[start - 1 : start] == "d" and not tokens.is_glued(max(start - 2, 0)):
        return None  # a date that is part of a name
    month = MONTHS.get(tokens.words[found.start("name")])
    until = MONTHS.get(tokens.words[found.start("until")]) if found["until"] else None
    years = [
        number(tokens.words[found.start(name)]) if found[name] else None
        for name in ("year", "until_year")
    ]
    if month is None or not all(_EARLIEST <= y <= today.year + 10 for y in years if y):
        return None
    year, until_year = years
    wraps = until is not None and until < month
    if year is None and until_year is not None:
        year = until_year - wraps
    elif year is None:
        if not (found["govern"] or found["name_turn"]):
            return None
        coming = found["name_turn"] in ("F", "B")
        year = today.year + (month < today.month if coming else -(month > today.month))
    last = (until_year or year + wraps, until) if until is not None else None
    return Relative(*found.span(), month=(year, month), last_month=last)


def _weekday(tokens: Tokens, found: re.Match[str], today: dt.date) -> Relative | None:
    start, end = found.span()
    word, turn = tokens.words[start], found["turn"] or found["pair_turn"] or ""
    if not _is_weekday(word) or _is_part_of_a_name(tokens, start, end, turned=bool(turn)):
        return None
    if word == SUNDAY_OR_WEEK and found["weekday"]:
        week = _as_week(tokens, start, end, turn, today)
        if week or not (tokens.is_capital(start) or tokens.word(start - 1) == "hari"):
            return week
    weekday = weekday_named(word)
    assert weekday is not None
    of_week = bool(found["of_week"] or found["pair_week"])
    if not found["pair"]:
        return Relative(start, end, day=_turned(today, weekday, turn, of_week=of_week))
    if not turn and "&" not in found["pair"]:
        return None  # "Senin-Jumat" is a timetable
    other = weekday_named(tokens.words[found.end("pair") - 1]) or 0
    if turn in ("F", "B") or of_week:
        day = _turned(today, weekday, turn, of_week=of_week)
        return Relative(start, end, day=day, last=day + dt.timedelta((other - weekday) % _WEEK))
    last = _turned(today, other, turn)
    day = last - dt.timedelta((other - weekday) % _WEEK)
    return Relative(start, end, day=day, last=last if last > day else None)


def _is_weekday(word: str) -> bool:
    """Whether the word is a weekday in full, in Indonesian: *sat* is one only beside a date."""
    return (word in WEEKDAY_NAMES and not word.endswith("day")) or "jum" in word


def _as_week(tokens: Tokens, start: int, end: int, turn: str, today: dt.date) -> Relative | None:
    """``Minggu lalu`` and ``minggu depan`` are weeks, as is whatever else is not capital."""
    said = tokens.words[end - 1]
    if not turn or tokens.word(start - 1) == "hari" or tokens.code[start + 1] not in "YLVFIBU":
        return None
    if said in ("lalu", "depan") or not tokens.is_capital(start):
        return Relative(start, end, week=_week(today, turn))
    return None


def _is_part_of_a_name(tokens: Tokens, start: int, end: int, *, turned: bool) -> bool:
    before, code = tokens.word(start - 1), tokens.code
    scheduled = tokens.word(start - 2) if before == "hari" else before
    if scheduled in _SCHEDULED or before in _NAMING or tokens.word(end) in _NAMED:
        return True
    listed = code[max(start - 2, 0) : start] in ("W,", "W-", "W&") or code[start - 1 : start] == "W"
    if listed or _LISTED.match(code, end):
        return True  # "Senin, Rabu dan Jumat" is a timetable
    follows = code[end : end + 1] == "o" and tokens.is_capital(end)
    return follows and not turned and before not in _INTRODUCING and not before.isupper()


def _turned(today: dt.date, weekday: int, turn: str, *, of_week: bool = False) -> dt.date:
    """The day that a weekday means, by the word after it.

    Alone the most recent one, today included; with *lalu* or *kemarin* before today, with
    *depan* after it; with a week that day of the week.
    """
    back = (today.weekday() - weekday) % _WEEK
    if of_week:
        monday = today - dt.timedelta(today.weekday())
        return monday + dt.timedelta(_TURNS[turn] * _WEEK + weekday)
    if turn in ("L", "V"):
        return today - dt.timedelta(back or _WEEK)
    if turn == "U":
        return today + dt.timedelta(-back % _WEEK)
    if turn in ("F", "B"):
        return today + dt.timedelta(_WEEK - back)
    return today - dt.timedelta(back)
