"""A text as a string of one-letter codes, over which the grammar of dates is written."""

from __future__ import annotations

import re
from typing import Final

from crawler.normalise.date_words import CODES, misspelt_month

# One character for one, so that places in the folded text are places in the text.
_FOLDED: Final = str.maketrans(
    {
        **dict.fromkeys("’‘`´ʼ′‛", "'"),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **dict.fromkeys(
            "\u00a0\u2007\u2009\u202f\u200b\u200c\u200d\u2060\ufeff\u00ad\t\r\f\v", " "
        ),
        "İ": "I",  # the one letter whose lower case is two characters
        "\\": "/",
        "⁄": "/",
        "【": "(",
        "[": "(",
        "]": ")",
    }
)

# Phrases that count as one word; an abbreviation takes its full stop with it.
_TOKEN: Final = re.compile(
    r"""
      [0-9]+(?:o[0-9]+)*                       # 2o21 is a slip for 2021
    | (?:jan|feb|peb|mar|mrt|apr|jun|jul|agt|agu|ags|agust|aug|sept?|okt|oct|nov|nop|des|dec
        |sen|sel|rab|kam|jum|sab|ming?|pkl|pk|tgl|no|nomor|jl|jln|telp|wa)\.
    | s\s?/\s?d\b\.? | s\.\s?d\b\.?
    | jum\s?'?\s?'?at\b
    | dini[\s-]?hari\b
    | sampai\sdengan\b | akan\sdatang\b | kira-kira\b
    | (?:kurang[\s-]lebih|lebih[\s-]kurang)\b
    | lalu[\s-]lintas\b
    | [ap]\.m\b\.?
    | [^\W\d_]+(?:'[^\W\d_]+)*
    | [^\w\s] | \n
    """,
    re.VERBOSE,
)
_PHRASES: Final = {
    "akan datang": "F",
    "sampai dengan": "R",
    "kira-kira": "q",
    "lalu lintas": "o",
    "lalu-lintas": "o",
}
_WEEKDAY_ABBREVIATIONS: Final = frozenset("sen. sel. rab. kam. jum. sab. min. ming.".split())


def folded(text: str) -> str:
    """*text* in lower case with plain apostrophes, hyphens, blanks; the same length."""
    return text.translate(_FOLDED).lower()


class Tokens:
    """The words, numbers and marks of a stretch of folded text.

    ``code`` has one letter for each of ``words``, ``starts`` and ``ends`` their places in the
    text, so that a match over the code leads back to the text.
    """

    __slots__ = ("code", "ends", "starts", "text", "words")

    def __init__(self, text: str, start: int = 0, end: int | None = None) -> None:
        self.text = text
        self.words: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        codes: list[str] = []
        for found in _TOKEN.finditer(text, start, len(text) if end is None else end):
            word = found[0]
            self.starts.append(found.start())
            self.ends.append(found.end())
            codes.append(self._code(word, found, codes))
            self.words.append(word)
        self.code = "".join(codes)

    def _code(self, word: str, found: re.Match[str], codes: list[str]) -> str:
        first = word[0]
        if "0" <= first <= "9":
            return self._number(word, codes)
        known = CODES.get(word)
        if known is not None:
            return self._known(word, known, found)
        if not first.isalpha():
            return self._mark(word, found)
        return self._phrase(word, codes)

    def _number(self, word: str, codes: list[str]) -> str:
        if len(word) <= 2:  # noqa: PLR2004 -- a day, a month, an hour
            return "d"
        if len(word) != 4:  # noqa: PLR2004 -- a year
            return "x"
        if len(codes) > 1 and codes[-1] == "o" and codes[-2] == "d":
            month = misspelt_month(self.words[-1], year_follows=True)
            if month:
                codes[-1] = "M"
        return "y"

    def _known(self, word: str, code: str, found: re.Match[str]) -> str:
        # The T and Z of ISO 8601, "th" and the like mean something only beside a digit.
        if code in "tDA" or word == "z":
            before = self.text[found.start() - 1 : found.start()]
            glued = "0" <= before <= "9"
            return code if glued or (code == "A" and before == " ") else "o"
        return code

    def _mark(self, word: str, found: re.Match[str]) -> str:
        if word == ".":
            start, end = found.span()
            inside = start > 0 and not self.text[start - 1].isspace() and end < len(self.text)
            return "." if inside and not self.text[end].isspace() else ";"
        if word == "\n":
            return "|"
        return word if word in "()/-:,|'+&~%" else ";"

    def _phrase(self, word: str, codes: list[str]) -> str:
        if word in _PHRASES:
            return _PHRASES[word]
        if word.startswith("dini"):
            return "T"
        if word.startswith("jum") and word.endswith("at"):
            return "W"
        if "." in word or "/" in word:
            if word[0] == "s" and word[1:].strip("./ ") == "d":
                return "R"
            if word[1:2] == ".":
                return "A"
        bare = word.rstrip(".")
        if bare != word:
            return "W" if word in _WEEKDAY_ABBREVIATIONS else CODES.get(bare, "o")
        if word.startswith("puk") and len(word) <= 6:  # noqa: PLR2004 -- pukkul
            return "P"
        if codes and codes[-1] == "d" and misspelt_month(word, year_follows=False):
            return "M"
        return "o"
