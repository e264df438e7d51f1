"""Lines that should be there and are not: what runs report, against what the files hold.

The ledger is not asked: a cache that is made from the lines cannot tell which of them are lost.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final

import attrs

from crawler.archive.lines import ARTICLES, month_files
from crawler.archive.reading import RawLine
from crawler.archive.runs import RunRecord, Stock, last_runs

_NAMED: Final = 5

REPAIR: Final = "verify"
"""The command whose run writes no lines of its own, only those of others again."""


def count_runs(folder: Path) -> Counter[tuple[str, str]]:
    """Return run and plain name of a file → how many lines of that run are in it."""
    found: Counter[tuple[str, str]] = Counter()
    for file in month_files(folder):
        for _, raw in file.lines():
            found[RawLine("", 0, raw).run, file.plain_name] += 1
    return found


def of_runs(present: Mapping[tuple[str, str], int]) -> Counter[str]:
    """Return run → how many lines of it are in all files."""
    found: Counter[str] = Counter()
    for (run, _), count in present.items():
        found[run] += count
    return found


def stock(folder: Path, lines: int, sizes: Mapping[str, tuple[int, int]]) -> Stock:
    """Return what is there, by the ledger's count of *lines* and the *sizes* of files."""
    files = month_files(folder)
    if not files:
        return Stock(lines=lines)
    name = files[-1].plain_name
    return Stock(lines=lines, file=name, bytes=sizes.get(name, (0, 0))[0])


def shortfall(folder: Path, found: Stock) -> int:
    """Return how many lines that earlier runs reported are not there, and not recorded as lost.

    By the last run alone, so that it costs every start the same. What a run wrote that was killed
    before it could report is known to nobody at this moment; ``scrapy verify`` counts it.
    """
    before = next((each for each in reversed(last_runs(folder, 9)) if each.found), None)
    if before is None or before.found is None:
        return 0
    least = before.found.lines - _sum(before.erased) + _sum(before.made)
    if before.wrote is None:  # there may be more
        found = attrs.evolve(found, lines=min(found.lines, least))
    return max(0, before.short + least + _sum(before.wrote or {}) - found.lines)


def _sum(counts: Mapping[str, int]) -> int:
    return sum(counts.values())


class Accounts:
    """How many lines of each run there should be."""

    def __init__(self, runs: Iterable[RunRecord]) -> None:
        self.runs = {run.id: run for run in runs}
        ordered = list(self.runs.values())
        self._places = {id_: place for place, id_ in enumerate(self.runs)}
        self.lost: Counter[str] = Counter()
        """Run → lines of it that are recorded as lost."""
        taken: Counter[str] = Counter()
        for run in ordered:
            taken.update(run.erased)
            taken.update(run.lost)
            self.lost.update(run.lost)
        self.expected: dict[str, int] = {}
        for run in ordered:
            if run.wrote is not None or run.command == REPAIR:
                self.expected[run.id] = _sum(run.wrote or {}) - taken[run.id]
        self.restored = sum(_sum(run.lost) + _sum(run.made) for run in ordered)
        """Lines that were found lost, or made again: there at some starts, and not at others."""
        self._killed = list(_killed(ordered, taken))

    def lacking(self, present: Mapping[str, int]) -> dict[str, int]:
        """Return run → lines of it that are not among those *present*; negative, too many."""
        found = {id_: count - present.get(id_, 0) for id_, count in self.expected.items()}
        lost = sum(count for count in found.values() if count > 0)
        unread = sum(count for id_, count in present.items() if id_ not in self.runs)
        for ids, count in self._killed:
            there = sum(present.get(each, 0) for each in ids)
            if count > there + unread or there - count > lost + self.restored:
                found[ids[-1]] = count - there
        return {id_: count for id_, count in found.items() if count}

    def spans(self) -> list[tuple[str, str, str]]:
        """Return begin, end and id of each run."""
        ordered = list(self.runs.values())
        ends = [run.end or after.begin for run, after in pairwise(ordered)]
        ends += [run.end or "9" for run in ordered[-1:]]
        return [(run.begin, end, run.id) for run, end in zip(ordered, ends, strict=True)]

    def order(self, id_: str) -> int:
        """Return the place of a run in time, -1 for one of which there is no record."""
        return self._places.get(id_, -1)


def by_file(
    folder: Path,
    accounts: Accounts,
    present: Mapping[tuple[str, str], int],
    lacking: Mapping[str, int],
) -> Iterator[tuple[str, str]]:
    """Yield each file that lacks lines, or has too many, and what to say of it.

    *present* is how many there are of each run in each file, *lacking* what :class:`Accounts` says.
    """
    found: dict[str, Counter[str]] = {}
    for run, all_ in lacking.items():
        count = all_
        for file, wrote in (accounts.runs[run].wrote or {}).items():
            lacks = wrote - present.get((run, file), 0)
            part = max(min(lacks, count), 0) if count > 0 else min(max(lacks, count), 0)
            found.setdefault(file, Counter())[run] += part
            count -= part
        month = f"{ARTICLES}-{accounts.runs[run].begin[:7]}.jsonl"
        found.setdefault(month, Counter())[run] += count
    there = {file.plain_name: file.path.name for file in month_files(folder)}
    for file, by_run in sorted(found.items()):
        lost, added = +by_run, -by_run
        if lost and file not in there:
            yield file, f"is not there, nor are its {lost.total()} lines ({told_by_run(lost)})"
        elif lost:
            yield (
                there[file],
                f"lacks {lost.total()} of the lines that runs report ({told_by_run(lost)})",
            )
        if added:
            what = f"has {added.total()} more lines than runs report ({told_by_run(added)})"
            yield there.get(file, file), what


def told_by_run(by_run: Mapping[str, int]) -> str:
    return few([f"run {run}: {count}" for run, count in by_run.items()])


def few(words: Sequence[str]) -> str:
    """Return the first of *words*, and how many more there are."""
    more = f" and {len(words) - _NAMED} more" if len(words) > _NAMED else ""
    return ", ".join(words[:_NAMED]) + more


def _killed(runs: Sequence[RunRecord], taken: Mapping[str, int]) -> Iterable[tuple[list[str], int]]:
    """Yield the runs that did not end, and what they wrote: the next run found that much more."""
    begun = [place for place, run in enumerate(runs) if run.found]
    for first, after in pairwise(begun):
        span = runs[first:after]
        killed = [run.id for run in span if run.wrote is None and run.command != REPAIR]
        before, then = runs[first].found, runs[after].found
        if killed and before and then:
            wrote = then.lines - before.lines
            for run in span:
                wrote += _sum(run.erased) - _sum(run.made) - _sum(run.wrote or {})
            yield killed, wrote - sum(taken[each] for each in killed)
