"""Weekdays without a date: ``di Bengkulu, Rabu.``, ``Senin pekan lalu``, ``Jumat depan``."""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

from crawler.normalise.date_calendar import TURNS, WEEK, Relative, week_of
from crawler.normalise.date_tokens import Tokens
from crawler.normalise.date_words import SUNDAY_OR_WEEK, WEEKDAY_NAMES, weekday_named


def _all(words: str) -> frozenset[str]:
    return frozenset(words.split())


# What is done every week names no date.
_SCHEDULED: Final = _all("setiap tiap saban per every")
# A weekday after these is part of a name: Pasar Minggu, Pekan Sabtu, salat Jumat.
_NAMING: Final = _all(
    "pasar salat shalat sholat solat khutbah khotbah ibadah misa koran puasa gerakan program radar "
    "kampung jalan jl jln stasiun terminal bandar tanah kelurahan kecamatan desa pekan black"
)
# A weekday before these is a feast, a habit, one of many: Jumat Agung, Rabu kedua.
_NAMED: Final = _all(
    "agung abu putih suci palma wekasan curhat berkah bersih keramat ke pertama kedua ketiga "
    "keempat terakhir"
)
_INTRODUCING: Final = _all("pada hari sejak hingga sampai mulai di , ( kata")
# Another weekday, or a date of the Hijri calendar, of which the weekday is one.
_LISTED: Final = re.compile(r",?W|J?[,(]?dH")


def weekday_meant(tokens: Tokens, found: re.Match[str], today: dt.date) -> Relative | None:
    """The day, or the two days, that a match of the weekday groups means seen from *today*."""
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
        day = _turned(today, weekday, turn, of_week=of_week)
        return Relative(start, end, day=day, weekday=weekday)
    if not turn and "&" not in found["pair"]:
        return None  # "Senin-Jumat" is a timetable
    other = weekday_named(tokens.words[found.end("pair") - 1]) or 0
    if turn in ("F", "B") or of_week:
        first = _turned(today, weekday, turn, of_week=of_week)
        return Relative(start, end, day=first, last=first + dt.timedelta((other - weekday) % WEEK))
    last = _turned(today, other, turn)
    first = last - dt.timedelta((other - weekday) % WEEK)
    return Relative(start, end, day=first, last=last if last > first else None)


def _is_weekday(word: str) -> bool:
    """Whether the word is a weekday in full, in Indonesian: *sat* is one only beside a date."""
    return (word in WEEKDAY_NAMES and not word.endswith("day")) or "jum" in word


def _as_week(tokens: Tokens, start: int, end: int, turn: str, today: dt.date) -> Relative | None:
    """``Minggu lalu`` and ``minggu depan`` are weeks, as is whatever else is not capital."""
    said = tokens.words[end - 1]
    if not turn or tokens.word(start - 1) == "hari" or tokens.code[start + 1] not in "YLVFIBU":
        return None
    if said in ("lalu", "depan") or not tokens.is_capital(start):
        return Relative(start, end, week=week_of(today, turn))
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
    follows = code[end : end + 1] == "o" and tokens.is_capital(end)
    return follows and not turned and before not in _INTRODUCING


def _turned(today: dt.date, weekday: int, turn: str, *, of_week: bool = False) -> dt.date:
    """The day that a weekday means, by the word after it.

    Alone the most recent one, today included; with *lalu* or *kemarin* before today, with
    *depan* after it; with a week that day of the week.
    """
    back = (today.weekday() - weekday) % WEEK
    if of_week or turn == "I":
        monday = today - dt.timedelta(today.weekday())
        return monday + dt.timedelta(TURNS[turn] * WEEK + weekday)
    if turn in ("L", "V"):
        return today - dt.timedelta(back or WEEK)
    if turn == "U":
        return today + dt.timedelta(-back % WEEK)
    if turn in ("F", "B"):
        return today + dt.timedelta(WEEK - back)
    return today - dt.timedelta(back)
