"""A text as a string of one-letter codes, over which the grammar of dates is written.

The grammar are regular expressions over that string, written with the names of
:data:`vocabulary.LETTERS`, which :func:`pattern` puts the letters for.
"""

from __future__ import annotations

import re
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
# Words that are typed in more ways than can be listed.
_FORMS: Final = (
    (re.compile(r"dini[\s-]?hari"), "T"),
    (re.compile(r"d?jum.{0,3}at"), "W"),
    (re.compile(r"s\W{1,2}d\W?"), "R"),
    (re.compile(r"waktu\sindonesia.*"), "Z"),
    (re.compile(r"[ap]\.m\.?"), "A"),
    (re.compile(r"puk\w{1,3}"), "P"),  # pukuk, pukull
)
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
    for form, code in _FORMS:
        if form.fullmatch(word):
            return code
    return "o"


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
