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
    UNITS,
    WEEKDAYS,
)

_WEEK: Final = 7
_MONTHS_A_YEAR: Final = 12

_RELATIVE: Final = re.compile(
    r"""
      (?P<ago>(?:(?P<half>G)|(?P<count>d(?:\(n{1,3}\))?|n{1,3}))(?P<unit>[hubPiW])
          (?:(?P<more>d)(?P<more_unit>i))?Y?(?P<way>[LQ]))
    | (?P<one>c)Y?(?P<one_way>[LQ])
    | (?P<dayafter>VX|XV)
    | (?P<weekday>W)J?T?N?T?(?:Y?(?:(?P<of_week>[uW])?(?P<turn>[LVFIB])))?
    | e?(?P<week>u)(?P<week_turn>[LVFIB])
    | e?(?P<this>b)(?P<month_turn>[LVFIB])
    | (?P<govern>e?b?)(?P<month>M)(?P<year>y)?(?P<its_turn>[LVFIB])?
      (?:[-R&](?P<until>M)(?P<until_year>y)?)?
    | (?P<night>S|NT|TN)
    | (?P<today>hI|TI)
    | (?P<yesterday>T?VT?)
    | (?P<tomorrow>h?BT?)
    | (?P<later>X)
    """,
    re.VERBOSE,
)
_SCHEDULED: Final = frozenset("setiap tiap saban per every".split())
# A weekday after these is part of a name: Pasar Minggu, salat Jumat.
_NAMING: Final = frozenset(
    "pasar salat shalat sholat solat khutbah khotbah ibadah misa koran puasa gerakan program "
    "radar kampung jalan jl jl. jln stasiun terminal bandar tanah kelurahan kecamatan desa".split()
)
# A weekday before these is a feast or a habit: Jumat Agung, Rabu Abu.
_NAMED: Final = frozenset("agung abu putih suci palma wekasan curhat berkah bersih legi".split())
_INTRODUCING: Final = frozenset("pada hari sejak hingga sampai mulai di , ( kata".split())
_FULL_WEEKDAYS: Final = frozenset(
    "senin senen selasa rabu rebo kamis jumat jum'at sabtu saptu minggu ahad monday tuesday "
    "wednesday thursday friday saturday sunday".split()
)


@dataclass(frozen=True, slots=True)
class Relative:
    """What a relative expression means: one of day, moment, week and month is set."""

    start: int
    end: int
    day: dt.date | None = None
    moment: dt.datetime | None = None
    week: tuple[int, int] | None = None
    month: tuple[int, int] | None = None
    month_end: tuple[int, int] | None = None
    weekday: int | None = None


def relatives(tokens: Tokens, anchor: dt.datetime, original: str) -> Iterator[Relative]:
    """The relative expressions of a text in order, seen from *anchor*.

    *original* is the text with its capitals: ``Minggu`` is Sunday, ``minggu`` a week.
    """
    place = 0
    while found := _RELATIVE.search(tokens.code, place):
        read = _read(tokens, found, anchor, original)
        place = found.end() if read or found["ago"] else found.start() + 1
        if read:
            yield read


def _read(
    tokens: Tokens, found: re.Match[str], anchor: dt.datetime, original: str
) -> Relative | None:
    kind = found.lastgroup
    today = anchor.date()
    span = found.span()
    if found["ago"]:
        return _ago(tokens, found, anchor)
    if found["one"]:
        unit = ONE_UNIT[tokens.words[found.start("one")]]
        return _shifted(span, 1 if found["one_way"] == "Q" else -1, unit, anchor)
    if found["weekday"]:
        return _weekday(tokens, found, today, original)
    if found["week"]:
        return Relative(*span, week=_week(today, found["week_turn"]))
    if found["this"]:
        return Relative(*span, month=_month(today, _TURNS[found["month_turn"]]))
    if found["month"]:
        return _named_month(tokens, found, today)
    offsets = {"dayafter": -2, "today": 0, "yesterday": -1, "tomorrow": 1, "later": 2}
    if kind == "night":
        said = "".join(tokens.words[span[0] : span[1]])
        days = -1 if "malam" in said else 0
    else:
        assert kind is not None
        days = offsets[kind]
    if kind == "today" and tokens.words[span[0] - 1 : span[0]] in (["sampai"], ["hingga"]):
        return None
    return Relative(*span, day=today + dt.timedelta(days))


_TURNS: Final = {"L": -1, "V": -1, "F": 1, "B": 1, "I": 0}


def _week(today: dt.date, turn: str) -> tuple[int, int]:
    year, week, _ = (today + dt.timedelta(_TURNS[turn] * _WEEK)).isocalendar()
    return year, week


def _month(day: dt.date, months: int) -> tuple[int, int]:
    year, month = divmod(day.year * _MONTHS_A_YEAR + day.month - 1 + months, _MONTHS_A_YEAR)
    return year, month + 1


def _count(tokens: Tokens, start: int, end: int) -> int | None:
    """The number that digits or words name: 12, dua belas, tiga puluh lima."""
    if tokens.code[start] == "d":
        return number(tokens.words[start])
    total = 0
    for word in tokens.words[start:end]:
        if word == "belas":
            total += 10
        elif word == "puluh":
            total *= 10
        else:
            total += NUMBERS[word]
    return total


def _ago(tokens: Tokens, found: re.Match[str], anchor: dt.datetime) -> Relative | None:
    unit = UNITS[tokens.words[found.start("unit")]]
    sign = 1 if found["way"] == "Q" else -1
    if found["half"]:
        if unit != "P":
            return None
        return _moment(found.span(), anchor, sign * 30)
    count = _count(tokens, *found.span("count"))
    if count is None:
        return None
    if found["more"]:
        if unit != "P":
            return None
        minutes = count * 60 + number(tokens.words[found.start("more")])
        return _moment(found.span(), anchor, sign * minutes)
    return _shifted(found.span(), sign * count, unit, anchor)


def _moment(span: tuple[int, int], anchor: dt.datetime, minutes: int) -> Relative:
    moment = anchor + dt.timedelta(minutes=minutes)
    return Relative(*span, moment=moment.replace(second=0, microsecond=0))


def _shifted(span: tuple[int, int], count: int, unit: str, anchor: dt.datetime) -> Relative:
    if unit == "P":
        return _moment(span, anchor, count * 60)
    if unit == "i":
        return _moment(span, anchor, count)
    if unit == "b":
        return Relative(*span, month=_month(anchor.date(), count))
    days = count * _WEEK if unit == "u" else count
    return Relative(*span, day=anchor.date() + dt.timedelta(days))


def _named_month(tokens: Tokens, found: re.Match[str], today: dt.date) -> Relative | None:
    """A month with its year, or one that a word beside it makes a month: akhir Mei, Mei lalu."""
    place = found.start("month")
    month = MONTHS.get(tokens.words[place].rstrip("."))
    if month is None:
        return None
    if found["year"]:
        year = number(tokens.words[found.start("year")])
        if not 1000 <= year <= today.year + 10:
            return None
    elif found["govern"] or found["its_turn"]:
        coming = found["its_turn"] in ("F", "B")
        year = today.year
        if coming:
            year += month < today.month
        else:
            year -= month > today.month
    else:
        return None
    return Relative(*found.span(), month=(year, month))


def _weekday(
    tokens: Tokens, found: re.Match[str], today: dt.date, original: str
) -> Relative | None:
    start, end = found.span()
    word = tokens.words[start]
    if word not in _FULL_WEEKDAYS and not word.endswith("at"):
        return None
    before = tokens.words[start - 1] if start else ""
    turn = found["turn"]
    if word == SUNDAY_OR_WEEK and before != "hari":
        capital = original[tokens.starts[start]].isupper()
        if (
            turn in ("L", "F")
            and tokens.words[end - 1] in ("lalu", "depan")
            or (turn and not capital)
        ):
            if end - start == 2:
                return Relative(start, end, week=_week(today, turn))
        elif not capital:
            return None
    if before in _NAMING or before in _SCHEDULED:
        return None
    if before == "hari" and start > 1 and tokens.words[start - 2] in _SCHEDULED:
        return None
    after = tokens.words[end] if end < len(tokens.words) else ""
    if after in _NAMED:
        return None
    if tokens.code[end : end + 2] in ("-W", "RW", "&W") or tokens.code[
        max(start - 2, 0) : start
    ] in ("W-", "WR", "W&"):
        return None
    if (
        tokens.code[end : end + 1] == "o"
        and original[tokens.starts[end]].isupper()
        and before not in _INTRODUCING
        and not turn
    ):
        return None
    weekday = 4 if word.startswith("jum") else WEEKDAYS[word]
    back = (today.weekday() - weekday) % _WEEK
    monday = today - dt.timedelta(today.weekday())
    if found["of_week"] and turn:
        day = monday + dt.timedelta(_TURNS[turn] * _WEEK + weekday)
    elif turn in ("L", "V"):
        day = today - dt.timedelta(back or _WEEK)
    elif turn in ("F", "B"):
        day = today + dt.timedelta(_WEEK - back)
    else:
        day = today - dt.timedelta(back)
    return Relative(start, end, day=day, weekday=weekday)
