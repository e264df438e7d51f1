"""The words of ``vocabulary.toml``, which are read for what they mean."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

_TABLES: Final[dict[str, dict[str, Any]]] = tomllib.loads(
    Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
)


def any_of(words: Iterable[str]) -> str:
    """A pattern for each of *words*, by their first letters, the longest first."""
    rests: dict[str, list[str]] = {}
    for word in sorted(words, key=lambda word: (-len(word), word)):
        rests.setdefault(word[0], []).append(re.escape(word[1:]))
    return "|".join(f"{re.escape(first)}(?:{'|'.join(rest)})" for first, rest in rests.items())


def keyed(names: Mapping[str, str]) -> dict[str, str]:
    """The name under which each word is listed."""
    return {word: name for name, words in names.items() for word in words.split()}


def words_of(words: str) -> frozenset[str]:
    """The words of a list that is typed as one text."""
    return frozenset(words.split())


def listed(name: str) -> frozenset[str]:
    """The words or phrases of a list: ``outlets.known``."""
    table, _, key = name.partition(".")
    found = _TABLES[table][key]
    return words_of(found) if isinstance(found, str) else frozenset(found)


def lists_in(table: str) -> dict[str, frozenset[str]]:
    """All lists of a table: ``marks``."""
    return {name: words_of(words) for name, words in _TABLES[table].items()}


def patterns_in(table: str, form: str = "%s", flags: int = 0) -> dict[str, re.Pattern[str]]:
    """All patterns of a table: ``class_patterns``, each within *form*."""
    parts = {name: "|".join(parts) for name, parts in _TABLES[table].items()}
    return {name: re.compile(form % each, flags) for name, each in parts.items()}


def ordered_in(table: str) -> dict[str, list[str]]:
    """All lists of a table, in their order: ``metadata``."""
    return {name: words.split() for name, words in _TABLES[table].items()}


def named_in(table: str) -> dict[str, str]:
    """The key under which a table lists each word: ``classes``."""
    return keyed(_TABLES[table])


def _numbered(table: str) -> dict[str, int]:
    return {word: int(number) for word, number in named_in(table).items()}


MONTH_NAMES: Final = _numbered("months")
MONTH_ABBREVIATIONS: Final = _numbered("short_months")
MONTHS: Final = MONTH_NAMES | MONTH_ABBREVIATIONS
MONTH_BEGINNINGS: Final = frozenset(name[:3] for name in MONTHS)

WEEKDAY_NAMES: Final = _numbered("weekdays")
WEEKDAY_ABBREVIATIONS: Final = _numbered("short_weekdays")
WEEKDAYS: Final = WEEKDAY_NAMES | WEEKDAY_ABBREVIATIONS
SUNDAY_OR_WEEK: Final = "minggu"
# Words that take a full stop; the short weekdays name one only with it: "Sel." but "sel".
ABBREVIATIONS: Final = listed("dates.abbreviations").union(
    MONTH_ABBREVIATIONS, WEEKDAY_ABBREVIATIONS
)

# Offsets in minutes: the three Indonesian zones, and what feeds and ISO strings print.
ZONES: Final = {"wib": 420, "wita": 480, "wit": 540, "gmt": 0, "utc": 0, "z": 0}
ZONE_NAMES: Final = {"barat": 420, "tengah": 480, "timur": 540}

_DIGITS: Final = "nol satu dua tiga empat lima enam tujuh delapan sembilan sepuluh sebelas"
NUMBERS: Final = {word: number for number, word in enumerate(_DIGITS.split())}
TEEN: Final = "belas"
TIMES_TEN: Final = "puluh"

UNITS: Final = named_in("units")
ONE_UNIT: Final = named_in("one_unit")

LETTERS: Final[dict[str, str]] = {kind: letter for kind, (letter, _) in _TABLES["kinds"].items()}
KINDS: Final[dict[str, str]] = {
    **keyed({kind: words for kind, (_, words) in _TABLES["kinds"].items()}),
    **dict.fromkeys(MONTHS, "month"),
    **dict.fromkeys(ZONES, "zone"),
    **dict.fromkeys((*NUMBERS, TEEN, TIMES_TEN), "spelt"),
    **UNITS,
    **dict.fromkeys((*WEEKDAY_NAMES, *listed("dates.short_weekdays")), "weekday"),
    **dict.fromkeys(ONE_UNIT, "one"),
}
"""What each word is to the grammar of dates."""

WEEKDAYS_PRINTED: Final = frozenset(word for word, kind in KINDS.items() if kind == "weekday")
"""In full, and those short ones that are no other word."""

WRITERS: Final = listed("people.writers")
EDITORS: Final = listed("people.editors")
