"""A text as a string of one-letter codes, over which the grammar of dates is written."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from crawler.normalise.date_words import (
    ABBREVIATIONS,
    CODES,
    WEEKDAY_ABBREVIATIONS,
    misspelt_month,
)

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
_PHRASES: Final = {
    "akan datang": "F",
    "sampai dengan": "R",
    "kira-kira": "q",
    "kurang lebih": "q",
    "lebih kurang": "q",
}
_MARKS: Final = {mark: mark for mark in "()/-:,.|'+"} | {
    "[": "(",
    "{": "(",
    "]": ")",
    "}": ")",
    "\\": "/",
    "`": "'",
    "\n": "|",
}
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


def lower(text: str) -> str:
    """*text* in lower case, of the same length."""
    folded = text.lower()
    return folded if len(folded) == len(text) else text.replace("İ", "I").lower()


@lru_cache(maxsize=8192)
def _lexical(word: str) -> str:
    """The code of a word by itself."""
    if "0" <= word[0] <= "9":
        return _NUMBER.get(len(word), "x")
    known = CODES.get(word) or _PHRASES.get(word)
    if known:
        return known
    if not word[0].isalpha():
        return _MARKS.get(word, _STOP)
    for form, code in _FORMS:
        if form.fullmatch(word):
            return code
    return "o"


class Tokens:
    """The words, numbers and marks of a stretch of text.

    ``code`` has one letter for each of ``words``, so that a match over the code leads back to the
    text: ``start`` and ``end`` are places in ``plain``, the folded stretch.
    """

    __slots__ = ("_found", "base", "code", "plain", "source", "words")

    def __init__(self, source: str, start: int = 0, end: int | None = None) -> None:
        self.source = source
        self.base = start
        stretch = source[start:end]
        self.plain = (stretch if stretch.isascii() else stretch.translate(_FOLDED)).lower()
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
        if word not in ABBREVIATIONS or not self.is_glued(place - 1):
            return False
        if word in WEEKDAY_ABBREVIATIONS:
            codes[place - 1] = "W"
        return True

    def _in_context(self, place: int, codes: list[str]) -> str:
        word, code = self.words[place], codes[place]
        if code == "o":  # it follows a number of two digits
            is_month = misspelt_month(word, before_year=codes[place + 1 : place + 2] == ["y"])
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

    def is_capital(self, place: int) -> bool:
        """Whether the text prints the word with a capital."""
        return self.source[self.base + self.start(place)].isupper()

    def is_glued(self, place: int) -> bool:
        """Whether nothing stands between the token and the one after it."""
        return place + 1 < len(self._found) and self.end(place) == self.start(place + 1)

    def word(self, place: int) -> str:
        """The word at *place*, empty before the first and after the last."""
        return self.words[place] if 0 <= place < len(self.words) else ""
