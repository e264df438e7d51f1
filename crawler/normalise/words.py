"""Which words of a text stayed, which went and which came; and what words state in figures.

Two words that differ in typography alone are the same. The end of a block is a word of its own.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final, TypeAlias

import attrs
from rapidfuzz.distance import LCSseq

from crawler.normalise import vocabulary
from crawler.normalise.text import as_typed
from crawler.normalise.vocabulary import words_of

PARAGRAPH: Final = "\n\n"

# So many bits of table find the longest common words: 50 MB, for two texts of 20,000 words.
_MOST: Final = 400_000_000
# Words that stay between changes so much longer than they are ("di", "yang") stay by chance.
_CHANCE: Final = 6
_LONGEST_CHANCE: Final = 2
_ENDS: Final = (".", "!", "?", '."', '!"', '?"', ".”", "!”", "?”", ".)", PARAGRAPH)


@attrs.frozen
class Run:
    """Neighbouring words with the same fate."""

    op: str  # equal, insert, delete or replace
    before: tuple[str, ...]
    after: tuple[str, ...]
    start_before: int  # number of its first word among those of the older text
    start_after: int


def split_words(text: str) -> list[str]:
    """Return the words of *text*, a :data:`PARAGRAPH` where a blank line stands."""
    words: list[str] = []
    for block in text.split(PARAGRAPH):
        if words:
            words.append(PARAGRAPH)
        words += block.split()
    return words


def word_runs(before: str, after: str) -> list[Run]:
    """Return both texts as runs of words, in order.

    >>> [(run.op, *run.before, *run.after) for run in word_runs("tiga orang luka", "lima orang luka")]
    [('replace', 'tiga', 'lima'), ('equal', 'orang', 'luka', 'orang', 'luka')]
    """
    old, new = split_words(before), split_words(after)
    was, now = [as_typed(word) for word in old], [as_typed(word) for word in new]
    places = _at_sentences(_without_chance(_joined(_common(was, now))), was, now)
    return [Run(op, tuple(old[i:j]), tuple(new[k:m]), i, k) for op, i, j, k, m in places]


def counted(words: Sequence[str]) -> int:
    """Return how many of *words* are words."""
    return len(words) - words.count(PARAGRAPH)


_Place: TypeAlias = tuple[str, int, int, int, int]
"""A run: where it begins and ends in the older text, and in the newer one."""


def _common(was: list[str], now: list[str]) -> list[_Place]:
    if len(was) * len(now) > _MOST:
        return [("replace", 0, len(was), 0, len(now))]
    found = LCSseq.opcodes(was, now)
    return [(x.tag, x.src_start, x.src_end, x.dest_start, x.dest_end) for x in found]


def _joined(places: Sequence[_Place]) -> list[_Place]:
    """Neighbours that are alike, or that are both changes, as one."""
    found: list[_Place] = []
    for op, i, j, k, m in places:
        if i == j and k == m:
            continue
        first, first_new = i, k
        if found and (found[-1][0] == "equal") == (op == "equal"):
            _, first, _, first_new, _ = found.pop()
        change = "insert" if first == j else "delete" if first_new == m else "replace"
        found.append((op if op == "equal" else change, first, j, first_new, m))
    return found


def _without_chance(places: list[_Place]) -> list[_Place]:
    """Make words that stay by chance, in a passage that was written anew, part of the change."""
    found = list(places)
    for at in range(1, len(places) - 1):
        op, i, j, k, m = places[at]
        around = sum(max(y - x, w - v) for _, x, y, v, w in (places[at - 1], places[at + 1]))
        if op == "equal" and j - i <= _LONGEST_CHANCE and around >= _CHANCE * (j - i):
            found[at] = ("replace", i, j, k, m)
    return _joined(found)


def _at_sentences(places: list[_Place], was: list[str], now: list[str]) -> list[_Place]:
    """Begin what came or went at a sentence: "Ia datang. [Ia tidur.] Ia", no "Ia [tidur. Ia]"."""
    found = list(places)
    for at in range(1, len(places) - 1):
        op, i, j, k, m = found[at]
        words, start, end = (now, k, m) if op == "insert" else (was, i, j)
        before, after = found[at - 1], found[at + 1]
        room = before[2] - before[1] if op in ("insert", "delete") else 0
        for back in range(room):
            if _begins(words, start - back):
                found[at - 1] = (*before[:2], before[2] - back, before[3], before[4] - back)
                found[at] = (op, i - back, j - back, k - back, m - back)
                found[at + 1] = (after[0], after[1] - back, after[2], after[3] - back, after[4])
                break
            if words[start - back - 1] != words[end - back - 1]:
                break
    return found


def _begins(words: Sequence[str], start: int) -> bool:
    return start == 0 or words[start - 1].endswith(_ENDS)


def is_sentence(words: Sequence[str], start: int, end: int) -> bool:
    """Whether *words* from *start* to *end* are whole sentences."""
    return _begins(words, start) and (end == len(words) or words[end - 1].endswith(_ENDS))


# Of a block that was written over, so many of its words stay; of one that was split or joined more.
_SAME: Final = 0.4
_PART: Final = 0.7
_FEW: Final = 4
# A block alone in the place of another one is what became of it, where this much stays.
_IN_ITS_PLACE: Final = 0.2


def block_changes(before: str, after: str) -> Iterator[tuple[str, str, int]]:
    """Yield what became of each block that is not as it was: before, after, number in the newer text.

    One side is empty where a block came, or went: then the number is that in the older. Blocks that
    were split or joined are one change, with blank lines in it.
    """
    old = [block for block in before.split(PARAGRAPH) if block]
    new = [block for block in after.split(PARAGRAPH) if block]
    shared = _shared(old, new)
    i = k = 0
    ends = range(len(old), len(old)), range(len(new), len(new))
    for was, now in [*_groups(old, new, shared), ends]:
        went, came = range(i, was.start), range(k, now.start)
        alone = len(went) == len(came) == 1
        if alone and _like(old[i], new[k], shared.get((i, k), 0), _IN_ITS_PLACE):
            yield old[i], new[k], k
        else:
            yield from ((old[number], "", number) for number in went)
            yield from (("", new[number], number) for number in came)
        i, k = was.stop, now.stop
        texts = PARAGRAPH.join(old[was.start : i]), PARAGRAPH.join(new[now.start : k])
        if as_typed(texts[0]) != as_typed(texts[1]):
            yield *texts, now.start


def _shared(old: list[str], new: list[str]) -> Counter[tuple[int, int]]:
    """How many words each block of *old* has in common with one of *new*, in the order of both."""
    was = [(as_typed(word), n) for n, block in enumerate(old) for word in block.split()]
    now = [(as_typed(word), n) for n, block in enumerate(new) for word in block.split()]
    return Counter(
        (was[i + n][1], now[k + n][1])
        for op, i, j, k, _ in _common([word for word, _ in was], [word for word, _ in now])
        if op == "equal"
        for n in range(j - i)
    )


def _groups(
    old: list[str], new: list[str], shared: Counter[tuple[int, int]]
) -> list[tuple[range, range]]:
    """Return which blocks of *old* became which of *new*, in order."""
    groups: list[tuple[range, range]] = []
    for (i, k), count in sorted(shared.items()):
        few = min(len(old[i].split()), len(new[k].split()))
        is_part = few >= _FEW and count >= _PART * few
        if not (is_part or _like(old[i], new[k], count, _SAME)):
            continue
        was, now = groups[-1] if groups else (range(0), range(0))
        if i + 1 == was.stop or k + 1 == now.stop:
            groups[-1] = (
                range(was.start, max(was.stop, i + 1)),
                range(now.start, max(now.stop, k + 1)),
            )
        else:
            groups.append((range(i, i + 1), range(k, k + 1)))
    return groups


def _like(old: str, new: str, count: int, share: float) -> bool:
    return count > 0 and count >= share * max(len(old.split()), len(new.split()))


# --- figures: numbers in digits and words, amounts, days ------------------------------------------

_DIGITS: Final = re.compile(r"\d+(?:[.,:]\d+)*")
_GROUPED: Final = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d{1,3}(?:,\d{3}){2,}")
_SCALES: Final = {
    "ratus": 10**2, "ribu": 10**3, "juta": 10**6, "miliar": 10**9, "milyar": 10**9,
    "triliun": 10**12, "trilyun": 10**12,
}  # fmt: skip
_ONE: Final = {f"se{word}": size for word, size in _SCALES.items()}
_ORDINAL: Final = {f"ke{word}": number for word, number in vocabulary.NUMBERS.items()}
_DAYS: Final = frozenset(
    word for word, kind in vocabulary.KINDS.items() if kind in ("kemarin", "besok", "lusa")
)
_VAGUE: Final = words_of("belasan puluhan ratusan ribuan jutaan miliaran separuh setengah")
# An amount without a currency is one of rupiah, or of anything.
_CURRENCY: Final = re.compile(r"us\$|usd|\$|€|eur|s\$|sgd|rm|sar|aud|¥")
_EDGES: Final = "\"'()[]{}.,;:!?*-"


@attrs.frozen
class Figure:
    """A figure, and the words that state it."""

    value: str  # 1200000 for "Rp1,2 juta", "month 11" for "November"
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
        if word in vocabulary.NUMBERS:
            part += vocabulary.NUMBERS[word]
        elif word == vocabulary.TEEN and part:
            part += 10
        elif word == vocabulary.TIMES_TEN and part:
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
    if word in vocabulary.MONTH_NAMES:
        yield Figure(f"month {vocabulary.MONTH_NAMES[word]}", at, at + 1)
    elif word in vocabulary.MONTH_ABBREVIATIONS and beside_number:
        yield Figure(f"month {vocabulary.MONTH_ABBREVIATIONS[word]}", at, at + 1)
    elif word in vocabulary.WEEKDAYS_PRINTED:
        yield Figure(f"weekday {vocabulary.WEEKDAYS[word]}", at, at + 1)
    elif word in vocabulary.ZONES and beside_number:
        yield Figure(f"zone {vocabulary.ZONES[word]}", at, at + 1)
    elif word in _DAYS:
        yield Figure(f"day {vocabulary.KINDS[word]}", at, at + 1)
    elif word in _VAGUE:
        yield Figure(f"some {word}", at, at + 1)
    elif word == "hari" and after == "ini":
        yield Figure("day ini", at, at + 2)
