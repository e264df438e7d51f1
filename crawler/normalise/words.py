"""Which words of a text stayed, which went and which came.

Words are what stands between white space; two that differ in typography alone (curly quotation
marks, dashes) are the same. The end of a block is a word of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias

import attrs
from rapidfuzz.distance import LCSseq

from crawler.normalise.text import as_typed

PARAGRAPH: Final = "\n\n"

# So many bits of table find the longest common words: 50 MB. Articles need a hundredth.
_MOST: Final = 400_000_000
# Words that stay between changes so much longer than they are ("di", "yang") stay by chance.
_CHANCE: Final = 6
_LONGEST_CHANCE: Final = 2
_ENDS: Final = (".", "!", "?", '."', '!"', '?"', ".”", "!”", "?”", ".)", PARAGRAPH)


@attrs.frozen
class Run:
    """Neighbouring words with the same fate."""

    op: str
    """``equal``, ``insert``, ``delete`` or ``replace``."""

    before: tuple[str, ...]
    after: tuple[str, ...]
    start_before: int
    """Number of its first word among those of the older text."""

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
    return [Run(op, tuple(old[i:j]), tuple(new[k:m]), i, k) for op, i, j, k, m in _places(old, new)]


def counted(words: Sequence[str]) -> int:
    """Return how many of *words* are words."""
    return len(words) - words.count(PARAGRAPH)


_Place: TypeAlias = tuple[str, int, int, int, int]


def _places(old: list[str], new: list[str]) -> list[_Place]:
    """Where the runs begin and end: in *old*, and in *new*."""
    was, now = [as_typed(word) for word in old], [as_typed(word) for word in new]
    return _at_sentences(_without_chance(_joined(_common(was, now))), was, now)


def _common(was: list[str], now: list[str]) -> list[_Place]:
    shorter = min(len(was), len(now))
    head = next((n for n in range(shorter) if was[n] != now[n]), shorter)
    rest = shorter - head
    tail = next((n for n in range(rest) if was[-1 - n] != now[-1 - n]), rest)
    old, new = was[head : len(was) - tail], now[head : len(now) - tail]
    found: list[_Place] = [("equal", 0, head, 0, head)]
    if len(old) * len(new) > _MOST:
        found.append(("replace", head, head + len(old), head, head + len(new)))
    else:
        found += [
            (each.tag, head + each.src_start, head + each.src_end,
             head + each.dest_start, head + each.dest_end)
            for each in LCSseq.opcodes(old, new)
        ]  # fmt: skip
    found.append(("equal", len(was) - tail, len(was), len(now) - tail, len(now)))
    return found


def _joined(places: Sequence[_Place]) -> list[_Place]:
    """Neighbours that are alike, or that are both changes, as one."""
    found: list[_Place] = []
    for op, i, j, k, m in places:
        if i == j and k == m:
            continue
        first, first_new = i, k
        if found and (found[-1][0] == "equal") == (op == "equal"):
            _, first, _, first_new, _ = found.pop()
        found.append(
            (op if op == "equal" else _named(j > first, m > first_new), first, j, first_new, m)
        )
    return found


def _named(went: bool, came: bool) -> str:
    return "replace" if went and came else "delete" if went else "insert"


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
    """Begin what came or went at a sentence, where it may as well be said to begin there.

    "Ia datang. [Ia tidur.] Ia pergi", and not "Ia datang. Ia [tidur. Ia] pergi".
    """
    found = list(places)
    for at in range(1, len(places) - 1):
        op, i, j, k, m = found[at]
        words, start, end = (now, k, m) if op == "insert" else (was, i, j)
        if op not in ("insert", "delete"):
            continue
        most = found[at - 1][2] - found[at - 1][1] - 1
        back = 0
        while (
            back < most
            and not _begins(words, start - back)
            and (words[start - back - 1] == words[end - back - 1])
        ):
            back += 1
        if back and _begins(words, start - back):
            previous, after = found[at - 1], found[at + 1]
            found[at - 1] = (*previous[:2], previous[2] - back, previous[3], previous[4] - back)
            found[at] = (op, i - back, j - back, k - back, m - back)
            found[at + 1] = (after[0], after[1] - back, after[2], after[3] - back, after[4])
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
    """Yield what became of each block that is not as it was: before, after, and its number.

    One side is empty where a block came or went. Blocks that were split or joined are one change,
    with blank lines in it. The number is that in the newer text; of what went, in the older.
    """
    old = [block for block in before.split(PARAGRAPH) if block]
    new = [block for block in after.split(PARAGRAPH) if block]
    shared = _shared(old, new)
    i = k = 0
    for was, now in [
        *_groups(old, new, shared),
        (range(len(old), len(old)), range(len(new), len(new))),
    ]:
        went, came = range(i, was.start), range(k, now.start)
        if len(went) == len(came) == 1 and _like(
            old[i], new[k], shared.get((i, k), 0), _IN_ITS_PLACE
        ):
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
) -> Iterator[tuple[range, range]]:
    """Yield which blocks of *old* became which of *new*, in order."""
    first = last = first_new = last_new = -1
    for (i, k), count in sorted(shared.items()):
        if not _like(old[i], new[k], count, _SAME):
            few = min(len(old[i].split()), len(new[k].split()))
            if few < _FEW or count < _PART * few:
                continue
        if first >= 0 and (i == last or k == last_new):
            last, last_new = max(last, i), max(last_new, k)
            continue
        if first >= 0:
            yield range(first, last + 1), range(first_new, last_new + 1)
        first = last = i
        first_new = last_new = k
    if first >= 0:
        yield range(first, last + 1), range(first_new, last_new + 1)


def _like(old: str, new: str, count: int, share: float) -> bool:
    return count > 0 and count >= share * max(len(old.split()), len(new.split()))
