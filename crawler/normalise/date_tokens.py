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

    ``code`` has one letter for each of ``words``; ``starts`` and ``ends`` are their places in
    ``plain``, the folded stretch, so that a match over the code leads back to the text.
    """

    __slots__ = ("base", "code", "ends", "plain", "source", "starts", "words")

    def __init__(self, source: str, start: int = 0, end: int | None = None) -> None:
        self.source = source
        self.base = start
        stretch = source[start:end]
        self.plain = (stretch if stretch.isascii() else stretch.translate(_FOLDED)).lower()
        self.words: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        codes: list[str] = []
        for found in _TOKEN.finditer(self.plain):
            word = found[0]
            code = _lexical(word)
            if code in "o.ytDAZ":
                if code == "." and self._ends_abbreviation(found.start(), codes):
                    continue
                code = self._in_context(word, code, found.start(), codes)
            codes.append(code)
            self.words.append(word)
            self.starts.append(found.start())
            self.ends.append(found.end())
        self.code = "".join(codes)

    def _ends_abbreviation(self, start: int, codes: list[str]) -> bool:
        """Whether the full stop at *start* is that of the word before it, as in ``Sept.``."""
        if not codes or self.ends[-1] != start or self.words[-1] not in ABBREVIATIONS:
            return False
        if self.words[-1] in WEEKDAY_ABBREVIATIONS:
            codes[-1] = "W"
        return True

    def _in_context(self, word: str, code: str, start: int, codes: list[str]) -> str:
        if code == "o":
            after_day = bool(codes) and codes[-1] == "d"
            return "M" if after_day and misspelt_month(word, before_year=False) else code
        if code == "y":
            if codes[-2:] == ["d", "o"] and misspelt_month(self.words[-1], before_year=True):
                codes[-1] = "M"
            return code
        before = self.plain[start - 1 : start]
        if code == ".":  # a full stop ends a sentence, a point stands inside a date or a time
            after = self.plain[start + 1 : start + 2]
            return code if before.isalnum() and after.isalnum() else _STOP
        if code == "Z":
            return code if word != "z" or before.isdecimal() else "o"
        # The T of ISO 8601, am and "th" mean something only after a number.
        return code if before.isdecimal() or (code == "A" and codes[-1:] == ["d"]) else "o"

    def is_capital(self, place: int) -> bool:
        """Whether the text prints the word with a capital."""
        return self.source[self.base + self.starts[place]].isupper()

    def is_glued(self, place: int) -> bool:
        """Whether nothing stands between the token and the one after it."""
        return place + 1 < len(self.starts) and self.ends[place] == self.starts[place + 1]

    def word(self, place: int) -> str:
        """The word at *place*, empty before the first and after the last."""
        return self.words[place] if 0 <= place < len(self.words) else ""
