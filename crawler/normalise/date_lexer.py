"""A text as a string of one-letter codes, over which the grammar of dates is written; clock times in it.

The grammar are regular expressions over that string, written with the names of
:data:`vocabulary.LETTERS`, which :func:`pattern` puts the letters for.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from rapidfuzz.distance import OSA

from crawler.normalise import vocabulary

_CODES: Final = {word: vocabulary.LETTERS[kind] for word, kind in vocabulary.KINDS.items()} | {
    "akan datang": "F",
    "sampai dengan": "R",
    **dict.fromkeys(("kurang lebih", "lebih kurang"), "q"),
}
# What often stands in the same place: tahun lalu, tahun depan; 2-3 Mei, 2 dan 3 Mei.
_SETS: Final = {"turn": "LVFIB", "joint": "-R&"}
_NAMED: Final = re.compile(r"(?<!\?P)<([a-z]+(?:\|[a-z]+)*)>")


def letters(names: str) -> str:
    """The letters of some names: ``letters("number|year")``."""
    return "".join(vocabulary.LETTERS.get(name) or _SETS[name] for name in names.split("|"))


def pattern(notation: str) -> re.Pattern[str]:
    """A regular expression over codes, written with their names; blanks and comments are skipped.

    ``<number> <month> (?:<year>)? (?P<way><lalu|lagi>)`` is ``dM(?:y)?(?P<way>[LQ])``.
    """
    return re.compile(_NAMED.sub(_coded, notation), re.VERBOSE)


def _coded(name: re.Match[str]) -> str:
    found = letters(name[1])
    return found if len(found) == 1 else f"[{found}]"


# Short for a month before a year; else the name of a man, the half of a degree.
_BEFORE_A_YEAR: Final = {"agus": 8, "ag": 8}
_EASILY_MISTAKEN: Final = 6  # "macet" is one letter from "maret", nothing is from "januari"


@lru_cache(maxsize=1024)
def misspelt_month(word: str, *, before_year: bool) -> int | None:
    """The month that *word*, after a day, was meant to name; None if it may be another word."""
    if word in _BEFORE_A_YEAR:
        return _BEFORE_A_YEAR[word] if before_year else None
    near: dict[int, set[int]] = {}
    for name, month in vocabulary.MONTH_NAMES.items():
        # One slip in a long name; before a year two in a long name, one in a short.
        most = (len(name) > _EASILY_MISTAKEN) + before_year
        distance = OSA.distance(word, name, score_cutoff=most)
        if distance <= most:
            near.setdefault(distance, set()).add(month)
    nearest = near[min(near)] if near else set()
    return nearest.pop() if len(nearest) == 1 else None


def month_named(word: str, *, before_year: bool = True) -> int | None:
    """The month of a word that the tokens call one."""
    return vocabulary.MONTHS.get(word) or misspelt_month(word, before_year=before_year)


def number(word: str) -> int:
    """The value of a number token, a letter O in it being a slip for a zero."""
    # Longer ones are no part of any date, and Python refuses to read very long ones.
    return int(word.replace("o", "0")[:12])


def count_named(words: list[str]) -> int | None:
    """The number that words name: 12, dua belas, tiga puluh lima; None for ``dua tiga``."""
    if words[0].isdecimal():
        return number(words[0]) if len(words[0]) <= len("100") else None
    total = 0
    before = vocabulary.TIMES_TEN
    for word in words:
        if word == vocabulary.TEEN:
            total += 10
        elif word == vocabulary.TIMES_TEN:
            total *= 10
        elif before == vocabulary.TIMES_TEN:
            total += vocabulary.NUMBERS[word]
        else:
            return None
        before = word
    return total


def weekday_named(word: str) -> int | None:
    """The weekday, Monday being 0, of a word that the tokens call one."""
    return 4 if "jum" in word and word.endswith("at") else vocabulary.WEEKDAYS.get(word)


def zone_named(words: str) -> int:
    """Minutes east of Greenwich of a zone: WIB, or waktu Indonesia barat."""
    offset = vocabulary.ZONES.get(words)
    return vocabulary.ZONE_NAMES[words.rpartition(" ")[2]] if offset is None else offset


# One character for one, so that places in the folded text are places in the text.
_FOLDED: Final = str.maketrans(
    {
        **dict.fromkeys("’‘´ʼ′‛", "'"),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad", " "),
        "İ": "I",  # the one letter whose lower case is two characters
        "⁄": "/",
    }
)


def folded(text: str) -> str:
    """*text* in small letters, of signs that look alike one, each in its place."""
    return (text if text.isascii() else text.translate(_FOLDED)).lower()


# A word, with what makes it a phrase that counts as one.
_TOKEN: Final = re.compile(
    r"""
      [0-9]+(?:o[0-9]+)*                       # 2o21 is a slip for 2021
    | s(?:\s?/|\.)\s?d\b\.? | [ap]\.m\b\.?
    | [^\W\d_]+(?:['`][^\W\d_]+)*
      (?: (?<=dini)[\s-]?hari\b
        | (?<=jum)\s?[\\"',`]{0,2}\s?at\b       # Jum'at, however it is typed
        | (?<=sampai)\sdengan\b
        | (?<=akan)\sdatang\b
        | (?<=kira)-kira\b | (?<=kurang)\slebih\b | (?<=lebih)\skurang\b
        | (?<=lalu)[\s-]lintas\b
        | (?<=waktu)\sindonesia\s(?:bagian\s)?(?:barat|tengah|timur)\b
      )?
    | [^\w\s] | \n
    """,
    re.VERBOSE,
)
_MARKS: Final = dict(zip("()/-:,.|'+[{]}\\`\n", "()/-:,.|'+(())/'|", strict=True))
_FORMS: Final = vocabulary.patterns_in("forms")
_NUMBER: Final = {1: "d", 2: "d", 4: "y"}
_STOP: Final = ";"
# Codes that depend on what stands beside: points, single letters, words after a day.
_DOUBTFUL: Final = re.compile(r"[.tDAZ]|(?<=d)o")


@lru_cache(maxsize=8192)
def _lexical(word: str) -> str:
    """The code of a word by itself."""
    if "0" <= word[0] <= "9":
        return _NUMBER.get(len(word), "x")
    if word in _CODES:
        return _CODES[word]
    if not word[0].isalpha():
        return _MARKS.get(word, _STOP)
    kind = next((kind for kind, form in _FORMS.items() if form.fullmatch(word)), "other")
    return vocabulary.LETTERS[kind]


class Tokens:
    """The words, numbers and marks of a text, and the ``code`` with a letter for each.

    ``start`` and ``end`` are places in ``plain``, the folded text, as in the text.
    """

    __slots__ = ("_found", "code", "plain", "source", "words")

    def __init__(self, source: str) -> None:
        self.source = source
        self.plain = folded(source)
        self._found = list(_TOKEN.finditer(self.plain))
        self.words = [found[0] for found in self._found]
        self.code = "".join(map(_lexical, self.words))
        doubtful = [found.start() for found in _DOUBTFUL.finditer(self.code)]
        if doubtful:
            self._settle(doubtful)

    def _settle(self, doubtful: list[int]) -> None:
        """Give the tokens at the places *doubtful* the codes that their neighbours ask for."""
        codes = list(self.code)
        dropped = []
        for place in doubtful:
            if codes[place] == "." and self._ends_abbreviation(place, codes):
                dropped.append(place)
            else:
                codes[place] = self._in_context(place, codes)
        for place in reversed(dropped):
            del codes[place], self.words[place], self._found[place]
        self.code = "".join(codes)

    def _ends_abbreviation(self, place: int, codes: list[str]) -> bool:
        """Whether the full stop at *place* is that of the word before it, as in ``Sept.``."""
        word = self.word(place - 1)
        if word not in vocabulary.ABBREVIATIONS or not self.is_glued(place - 1):
            return False
        if word in vocabulary.WEEKDAY_ABBREVIATIONS:
            codes[place - 1] = "W"
        return True

    def _in_context(self, place: int, codes: list[str]) -> str:
        word, code = self.words[place], codes[place]
        if code == "o":  # it follows a number of two digits
            following = "".join(codes[place + 1 : place + 3]).removeprefix(".")
            is_month = misspelt_month(word, before_year=following.startswith("y"))
            return "M" if is_month else code
        before = self.plain[self.start(place) - 1 : self.start(place)]
        if code == ".":  # a full stop ends a sentence, a point stands inside a date or a time
            after = self.plain[self.end(place) : self.end(place) + 1]
            return code if before.isalnum() and after.isalnum() else _STOP
        if code == "Z":
            return code if word != "z" or before.isdecimal() else "o"
        # The T of ISO 8601, am and "th" mean something only after a number.
        after_number = before.isdecimal() or (code == "A" and codes[place - 1 : place] == ["d"])
        return code if after_number else "o"

    def start(self, place: int) -> int:
        return self._found[place].start()

    def end(self, place: int) -> int:
        return self._found[place].end()

    def printed(self, place: int) -> str:
        """The word as the text prints it."""
        return self.source[self.start(place) : self.end(place)]

    def is_glued(self, place: int) -> bool:
        """Whether nothing stands between the token and the one after it."""
        return place + 1 < len(self._found) and self.end(place) == self.start(place + 1)

    def word(self, place: int) -> str:
        """The word at *place*, empty before the first and after the last."""
        return self.words[place] if 0 <= place < len(self.words) else ""

    def numbers(self, start: int, end: int) -> list[int]:
        """The numbers between two places."""
        return [number(self.words[at]) for at in range(start, end) if self.code[at] in "dyx"]

    def first(self, found: re.Match[str], group: str) -> str:
        """The first word of a group of a match, empty where the group matched nothing."""
        return self.words[found.start(group)] if found[group] else ""


# --- clock times: pukul 09.30 WIB, jam 8 pagi, 08.00-10.00 WITA ------------------------------------

_MIDNIGHT: Final = 24
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
_MARKING: Final = ("zone", "zone_before", "zone_until", "half_day")
_ALONE: Final = pattern(
    r"""
    (?P<before><other|sekitar|hingga>)?
    (?P<time><number>:<number>(?::<number>)? | <number>\.<number>\.<number>)[;,)]?
    """
)
_BEGINNING: Final = frozenset(("mulai", "dimulai", "sejak", "dari", "live", "tayang", "update"))
_AFTER_HOUR: Final = ("part", "zone", "half_day", "part_after", "offset")

# What may stand between a date and the clock time after it, and before it.
_AFTER_DATE: Final = pattern(
    r"""
    \)?\(? <part|tadi|lalu|kemarin|ini|besok|era|yang|nanti>{0,2} \)?
    [,;:|(/@-]{0,2} <pada>? <part>? <tadi>? ,? (?:<sekitar>(?!<pukul>))?
    """
)
_BEFORE_DATE: Final = pattern(
    r"\)? <part|tadi|ini|kemarin>{0,2} [,(|/-]{0,2} <hari|pada|tanggal>{0,3} \(?"
)
_LONGEST: Final = 9


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day, as printed. *hour* may be 24: the midnight with which the day ends."""

    hour: int
    minute: int
    second: int | None
    offset: int | None  # minutes east of Greenwich; None when no zone is printed
    until: tuple[int, int] | None  # hour and minute at which a range ends
    marked: bool  # by "pukul", a zone, am or pm: a time wherever it stands
    end: int  # the token after it

    def on(self, day: dt.date, anchor: dt.datetime | None) -> dt.datetime | None:
        """The moment on *day*, in the zone of *anchor* where none is printed; None without any."""
        offset = anchor.utcoffset() if anchor else None
        if self.offset is not None:
            offset = dt.timedelta(minutes=self.offset)
        if offset is None:
            return None
        time = dt.time(self.hour % _MIDNIGHT, self.minute, self.second or 0)
        moment = dt.datetime.combine(day, time, dt.timezone(offset))
        if self.hour < _MIDNIGHT:
            return moment
        return moment + dt.timedelta(days=1) if day < dt.date.max else None

    def iso(self, moment: dt.datetime) -> str:
        """*moment* in ISO 8601, with seconds where they are printed."""
        return moment.isoformat(timespec="minutes" if self.second is None else "seconds")


def clock_at(tokens: Tokens, place: int) -> Clock | None:
    """The clock time that begins at token *place*, whether or not something marks it as one."""
    if tokens.code[max(place - 2, 0) : place] in _IN_A_TIME and tokens.is_glued(place - 1):
        return None  # the minutes of something that is no time: 25.00 WIB
    found = _CLOCK.match(tokens.code, place)
    if found is None or not (found["hour"] or found["digits"]):
        return None
    told = bool(found["mark"]) and not (place and tokens.code[place - 1] in "dn")  # not "8 jam"
    marked = told or any(found[name] for name in _MARKING) or _is_by_day(tokens, found)
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


def clock_beside(tokens: Tokens, start: int, end: int) -> Clock | None:
    """The clock time right after the date between *start* and *end*, before it, or inside."""
    code = tokens.code
    after = _AFTER_DATE.match(code, end)
    assert after is not None  # it matches nothing, too
    for place in (after.end(), end):
        if clock := clock_at(tokens, place):
            return clock
    for place in range(max(start - _LONGEST, 0), start):
        clock = clock_at(tokens, place) if code[place] in "dPqZ" else None
        if clock and clock.end <= start and _BEFORE_DATE.fullmatch(code, clock.end, start):
            return clock
    for place in range(start, end):
        clock = clock_at(tokens, place) if code[place] in "Pq" else None
        if clock and clock.end <= end:
            return clock
    return None


def marked_clocks(tokens: Tokens) -> Iterator[Clock]:
    """The clock times that *pukul*, a zone or am and pm mark, in order."""
    place = 0
    while place < len(tokens.code):
        clock = clock_at(tokens, place) if tokens.code[place] in "dnPqGZt" else None
        if clock and clock.marked:
            yield clock
        place = clock.end if clock and clock.marked else place + 1


def _is_by_day(tokens: Tokens, found: re.Match[str]) -> bool:
    """Whether the part of the day marks the time: ``9.30 pagi``, ``10 pagi``, not ``2 malam``."""
    if not found["part"] or tokens.code[max(found.start() - 1, 0)] in "/-.,":
        return False  # "29/9 siang" is a date
    by_light = tokens.first(found, "part") in ("pagi", "siang", "sore", "petang")
    return by_light or bool(found["minute"])


def _read(tokens: Tokens, found: re.Match[str], *, told: bool, marked: bool) -> Clock | None:
    printed = _hour_minute_second(tokens, found)
    if printed is None and not (told and found["hour"]):
        return None
    hour, minute, second = printed or (_hour(tokens, found), 0, None)
    groups = (*_AFTER_HOUR, "hour", "minute", "second", "digits") if printed else ("hour",)
    end = max(found.end(name) for name in groups)
    part = tokens.first(found, "part") or tokens.first(found, "part_after") if printed else ""
    if printed is None or not (part or found["minute"]):
        part = _part_before(tokens, found.start())
    hour = _hour_of_day(hour, tokens.first(found, "half_day"), part)
    if hour == _MIDNIGHT and minute and part:
        hour = 0  # 12.30 malam
    if found["half"]:
        hour, minute = (hour - 1) % _MIDNIGHT, 30
    if hour * _SIXTY + minute > _MIDNIGHT * _SIXTY or max(minute, second or 0) >= _SIXTY:
        return None
    if end == found.end("hour") and not found["minute"] and tokens.code[end : end + 1] in _COUNTED:
        return None
    until = _until(tokens, found) if printed and found["minute"] else None
    offset = _offset(tokens, found) if printed else None
    return Clock(hour, minute, second, offset, until, marked, found.end() if until else end)


# After these an hour alone counts something: buka 24 jam 7 hari.
_COUNTED: Final = tuple("hubia&")


def _hour_minute_second(tokens: Tokens, found: re.Match[str]) -> tuple[int, int, int | None] | None:
    """None if what looks like minutes is none."""
    if found["digits"]:
        word = tokens.first(found, "digits")
        return number(word[:2]), number(word[2:]), None
    minute, second = tokens.first(found, "minute"), tokens.first(found, "second")
    printed = [word for word in (minute, second) if word]
    at = found.start("hour")
    ends = range(at, at + 2 * len(printed))
    # "pukul 10: 15" is a slip; "pukul 10. 30 orang" prints the hour alone.
    slip = ":" if found["mark"] else ""
    glued = all(tokens.is_glued(place) or tokens.words[place] == slip for place in ends)
    if not glued or any(len(word) != _TWO_DIGITS for word in printed):
        return None
    return _hour(tokens, found), number(minute or "0"), number(second) if second else None


def _hour(tokens: Tokens, found: re.Match[str]) -> int:
    hour = count_named(tokens.words[slice(*found.span("hour"))])
    return _MIDNIGHT + 1 if hour is None else hour


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
        return _MIDNIGHT if hour == _NOON else hour + _NOON if hour > 4 else hour  # noqa: PLR2004
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
    fits = hour < _MIDNIGHT and minute < _SIXTY and len(tokens.words[at + 2]) == _TWO_DIGITS
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
