"""What a text states in figures: numbers in digits and words, amounts, days."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

import attrs

from crawler.normalise.text import as_typed
from crawler.normalise.vocabulary import (
    KINDS,
    MONTH_ABBREVIATIONS,
    MONTH_NAMES,
    NUMBERS,
    TEEN,
    TIMES_TEN,
    WEEKDAYS,
    WEEKDAYS_PRINTED,
    ZONES,
    words_of,
)

_DIGITS: Final = re.compile(r"\d+(?:[.,:]\d+)*")
_GROUPED: Final = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d{1,3}(?:,\d{3}){2,}")
_SCALES: Final = {
    "ratus": 10**2, "ribu": 10**3, "juta": 10**6, "miliar": 10**9, "milyar": 10**9,
    "triliun": 10**12, "trilyun": 10**12,
}  # fmt: skip
_ONE: Final = {f"se{word}": size for word, size in _SCALES.items()}
_ORDINAL: Final = {f"ke{word}": number for word, number in NUMBERS.items()}
_DAYS: Final = frozenset(
    word for word, kind in KINDS.items() if kind in ("kemarin", "besok", "lusa")
)
_VAGUE: Final = words_of("belasan puluhan ratusan ribuan jutaan miliaran separuh setengah")
# An amount without a currency is one of rupiah, or of anything.
_CURRENCY: Final = re.compile(r"us\$|usd|\$|€|eur|s\$|sgd|rm|sar|aud|¥")
_EDGES: Final = "\"'()[]{}.,;:!?*-"


@attrs.frozen
class Figure:
    """A figure, and the words that state it."""

    value: str
    """``1200000`` for "Rp1,2 juta", ``month 11`` for "November"."""

    start: int
    end: int


def figures(words: Sequence[str]) -> Iterator[Figure]:
    """Yield what *words* state in figures, in order.

    >>> [each.value for each in figures("Rp1,2 miliar untuk dua puluh lima warga, 12 November".split())]
    ['1200000000', '25', '12', 'month 11']
    """
    plain = [as_typed(word).lower().strip(_EDGES) for word in words]
    at = 0
    while at < len(plain):
        found = _spelt(plain, at) or list(_printed(plain, at)) or list(_named(plain, at))
        yield from found
        at = max([at + 1, *(each.end for each in found)])


def _printed(plain: Sequence[str], at: int) -> Iterator[Figure]:
    """The numbers in digits of the word *at*, the last of them with the words that scale it."""
    texts = [_number(found[0]) for found in _DIGITS.finditer(plain[at])]
    for text in texts[:-1]:
        yield Figure(text, at, at + 1)
    if texts:
        start = at - 1 if plain[at - 1 : at] == ["rp"] else at
        value, end = Decimal(texts[-1]), at + 1
        while end < len(plain) and plain[end] in _SCALES:
            value, end = value * _SCALES[plain[end]], end + 1
        text = texts[-1] if end == at + 1 else _plain(value)
        currency = _CURRENCY.match(plain[at]) or _CURRENCY.fullmatch(plain[at - 1] if at else "")
        text += f" {currency[0]}" if currency else ""
        end += plain[end : end + 1] == ["persen"]  # "5 persen" is "5%"
        yield Figure(text, start, end)


def _number(text: str) -> str:
    """Return digits as they would be typed plainly: ``1500`` for ``1.500``, ``9.5`` for ``09,50``."""
    if _GROUPED.fullmatch(text):
        whole, _, rest = text.partition(",") if "." in text else (text.replace(",", ""), "", "")
        return _plain(Decimal(f"{whole.replace('.', '')}.{rest or 0}"))
    parts = re.split("[.,:]", text)
    if len(parts) == 2:  # noqa: PLR2004 -- a decimal, or a clock
        return _plain(Decimal(".".join(parts)))
    return "".join(parts).lstrip("0") or "0"


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _spelt(plain: Sequence[str], at: int) -> list[Figure]:
    """The number in words that begins *at*: dua puluh lima, seratus ribu, kedua."""
    if plain[at] in _ORDINAL:
        return [Figure(f"{_ORDINAL[plain[at]]}", at, at + 1)]
    if plain[at - 1 : at] == ["salah"]:
        return []
    whole, part, end = 0, 0, at
    for word in plain[at:]:
        if word in NUMBERS:
            part += NUMBERS[word]
        elif word == TEEN and part:
            part += 10
        elif word == TIMES_TEN and part:
            part += part % 10 * 9
        elif word == "ratus" and part:
            part *= 100
        elif word in _SCALES and (part or whole):
            whole, part = whole + (part or 1) * _SCALES[word], 0
        elif word == "seratus":
            part += 100
        elif word in _ONE:
            whole, part = whole + _ONE[word], 0
        else:
            break
        end += 1
    return [Figure(str(whole + part), at, end)] if end > at else []


def _named(plain: Sequence[str], at: int) -> Iterator[Figure]:
    """The month, weekday or day that the word *at* names."""
    word = plain[at]
    before, after = plain[at - 1] if at else "", plain[at + 1] if at + 1 < len(plain) else ""
    beside_number = before[-1:].isdigit() or after[:1].isdigit()
    if word in MONTH_NAMES:
        yield Figure(f"month {MONTH_NAMES[word]}", at, at + 1)
    elif word in MONTH_ABBREVIATIONS and beside_number:
        yield Figure(f"month {MONTH_ABBREVIATIONS[word]}", at, at + 1)
    elif word in WEEKDAYS_PRINTED:
        yield Figure(f"weekday {WEEKDAYS[word]}", at, at + 1)
    elif word in ZONES and beside_number:
        yield Figure(f"zone {ZONES[word]}", at, at + 1)
    elif word in _DAYS:
        yield Figure(f"day {KINDS[word]}", at, at + 1)
    elif word in _VAGUE:
        yield Figure(f"some {word}", at, at + 1)
    elif word == "hari" and after == "ini":
        yield Figure("day ini", at, at + 2)
