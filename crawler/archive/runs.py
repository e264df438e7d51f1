"""One line a run, ``runs.jsonl``; and which of the lines that runs report are there.

The ledger is not asked: a cache that is made from the lines cannot tell which of them are lost.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import secrets
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from itertools import islice, pairwise
from pathlib import Path
from typing import Any, Final, TypeAlias

import attrs
from cattrs import Converter

from crawler.archive.files import (
    ARTICLES,
    AppendedFile,
    all_lines,
    backwards,
    month_files,
    replace_file,
)
from crawler.errors import ArchiveDamaged

RUNS: Final = "runs.jsonl"

_CONVERTER: Final = Converter(detailed_validation=False)
ROOM: Final = 4095
"""Bytes that a run takes at its start, so that a full disk cannot keep its record out."""

_NAMED: Final = 5
_SHOWN: Final = 300


@attrs.frozen(kw_only=True)
class RunReport:
    """What whoever ran knows of the run; the archive counts lines and findings itself."""

    exit_code: int
    requests: int = 0
    bytes: int = 0
    """Bytes received."""

    smallest_gap: float | None = None
    """Seconds between the end of an answer and the next request to the same host, at least."""

    robots: str = ""
    """``obey`` or ``ignore``, what robots.txt says."""

    crawl_delay: float | None = None
    """Seconds that robots.txt asks for between requests."""

    doors: Mapping[str, int] = attrs.field(factory=dict)
    """Door → links that it listed."""

    coverage: Mapping[str, float] = attrs.field(factory=dict)
    """Field → share of the last article lines that have it, 0 to 1."""

    notes: tuple[str, ...] = ()
    """What somebody should read: what was wrong, where, what to do."""


@attrs.frozen(kw_only=True)
class Stock:
    """What a run finds at its begin, so that one that was killed is judged by the next."""

    lines: int
    """In all files."""

    file: str | None = None
    """The file of the newest month."""

    bytes: int = 0
    """Of text in that file."""


@attrs.frozen(kw_only=True)
class RunRecord:
    """A line of ``runs.jsonl``.

    The line is there from the start of the run, with ``end`` and ``exit_code`` null, so that the
    disk being full cannot keep it out; a run that was killed leaves it so.
    """

    id: str
    """``20260131T040506Z-`` and four hex digits."""

    command: str
    begin: str
    """UTC, ISO 8601, as is ``end``."""

    end: str | None = None
    arguments: Mapping[str, Any] = attrs.field(factory=dict)
    requests: int = 0
    bytes: int = 0
    new: int = 0
    changed: int = 0
    superseded: int = 0
    reread: int = 0
    gone: int = 0
    unchanged: int = 0
    """Known articles looked at that had not changed (``unchanged`` and ``seen``)."""

    missing: int = 0
    refused: int = 0
    failed: int = 0
    withheld: int = 0
    wrote: Mapping[str, int] | None = None
    """File of lines → lines that the run added to it; null until it ends."""

    found: Stock | None = None
    """What it found at its begin."""

    erased: Mapping[str, int] = attrs.field(factory=dict)
    """Run → lines of it that were erased."""

    made: Mapping[str, int] = attrs.field(factory=dict)
    """Run → lines of it that were lost, and made again from their captures."""

    lost: Mapping[str, int] = attrs.field(factory=dict)
    """Run → lines of it that are lost; only ``scrapy verify --repair`` records that."""

    short: int = 0
    """Lines that runs before it reported, that are not there, and that nobody has recorded as lost."""

    doors: Mapping[str, int] = attrs.field(factory=dict)
    smallest_gap: float | None = None
    robots: str = ""
    crawl_delay: float | None = None
    coverage: Mapping[str, float] = attrs.field(factory=dict)
    notes: tuple[str, ...] = ()
    exit_code: int | None = None


def new_run_id(now: dt.datetime) -> str:
    """Return an id that sorts by time and that no other run has."""
    return f"{now.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"


class RunLog:
    """The current run's place in ``runs.jsonl``."""

    def __init__(self, folder: Path, record: RunRecord) -> None:
        """Write *record* as the last line, with room for what it will have become."""
        self._path = folder / RUNS
        with closing(AppendedFile(self._path)) as file:
            self._offset = file.size
            file.append(dump_run(record, ROOM))

    def complete(self, record: RunRecord, *, room: int = 0) -> RunRecord:
        """Put *record* in the place of the first; return it as written.

        With *room*, of as many bytes, it is not the last word.
        Where it needs more than the room that was kept, and the disk has no more, its notes are
        left out from the last on.
        """
        fd = os.open(self._path, os.O_RDWR | os.O_CLOEXEC)
        try:
            while True:
                line = dump_run(record, room)
                try:
                    if os.pwrite(fd, line, self._offset) == len(line):
                        break
                    problem: OSError | None = None
                except OSError as error:
                    problem = error
                if not record.notes:
                    raise problem or OSError("the run's record does not fit on the disk")
                record = attrs.evolve(record, notes=record.notes[:-1])
            os.ftruncate(fd, self._offset + len(line))
            os.fsync(fd)
        finally:
            os.close(fd)
        return record


def read_runs(folder: Path) -> Iterator[RunRecord]:
    """Yield the runs of the archive in *folder*, oldest first; nothing when there is no file.

    A line that is no run's record is passed over: ``scrapy verify`` names it.
    """
    return (each for _, each in scan_runs(folder) if isinstance(each, RunRecord))


def scan_runs(folder: Path) -> Iterator[tuple[bytes, RunRecord | ArchiveDamaged]]:
    """Yield every line of ``runs.jsonl``, and its run, or what is wrong with it."""
    path, offset = folder / RUNS, 0
    if not path.exists():
        return
    with path.open("rb") as file:
        for line in file:
            if not line.endswith(b"\n"):
                yield line, ArchiveDamaged(RUNS, offset, "a torn line; the next run cuts it")
            elif not line.isspace():
                yield line, _parsed(line, offset)
            offset += len(line)


def last_runs(folder: Path, count: int) -> list[RunRecord]:
    """Return the last *count* runs, oldest first, at a cost that does not grow with the file."""
    path = folder / RUNS
    runs = (_parsed(line, 0) for line in (backwards(path) if path.exists() else ()))
    return list(islice((run for run in runs if isinstance(run, RunRecord)), count))[::-1]


def _parsed(line: bytes, offset: int) -> RunRecord | ArchiveDamaged:
    try:
        return _CONVERTER.structure(json.loads(line), RunRecord)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        return ArchiveDamaged(RUNS, offset, f"no run's record ({error!r})")


def dump_run(record: RunRecord, room: int = 0) -> bytes:
    """Return *record* as a line, with *room* of as many bytes at least."""
    text = json.dumps(attrs.asdict(record), ensure_ascii=False, separators=(",", ":"))
    return text.encode(errors="backslashreplace").ljust(room) + b"\n"


# what runs report, against what the files hold

REPAIR: Final = "verify"
"""The command whose run writes no lines of its own, only those of others again."""

Present: TypeAlias = Mapping[tuple[str, str], int]
"""Run and plain name of a file → how many lines of that run are in it."""


def count_runs(folder: Path) -> Counter[tuple[str, str]]:
    """Return what is :data:`Present` in the archive in *folder*."""
    return Counter((line.run, line.plain_file) for line in all_lines(folder))


def shortfall(folder: Path, found: Stock) -> int:
    """Return how many lines that earlier runs reported are not there, and not recorded as lost.

    By the last run alone, so that it costs every start the same. What a run wrote that was killed
    before it could report is known to nobody at this moment; ``scrapy verify`` counts it.
    """
    before = next((each for each in reversed(last_runs(folder, 9)) if each.found), None)
    if before is None or before.found is None:
        return 0
    least = before.found.lines - _sum(before.erased) + _sum(before.made)
    there = found.lines if before.wrote is not None else min(found.lines, least)  # may be more
    return max(0, before.short + least + _sum(before.wrote) - there)


def _sum(counts: Mapping[str, int] | None) -> int:
    return sum((counts or {}).values())


class Accounts:
    """How many lines of each run there should be."""

    def __init__(self, runs: Iterable[RunRecord]) -> None:
        self.runs = {run.id: run for run in runs}
        ordered = list(self.runs.values())
        self._places = {id_: place for place, id_ in enumerate(self.runs)}
        self.lost: Counter[str] = Counter()  # run → lines of it that are recorded as lost
        taken: Counter[str] = Counter()
        for run in ordered:
            taken.update(run.erased)
            taken.update(run.lost)
            self.lost.update(run.lost)
        self.expected: dict[str, int] = {}
        for run in ordered:
            if run.wrote is not None or run.command == REPAIR:
                self.expected[run.id] = _sum(run.wrote) - taken[run.id]
        self.restored = sum(_sum(run.lost) + _sum(run.made) for run in ordered)
        """Lines that were found lost, or made again: there at some starts, and not at others."""
        self._killed = list(_killed(ordered, taken))

    def lacking(self, there: Present) -> dict[str, int]:
        """Return run → lines of it that are not *there*; negative, too many."""
        present: Counter[str] = Counter()
        for (run, _), count in there.items():
            present[run] += count
        found = {id_: count - present[id_] for id_, count in self.expected.items()}
        lost = sum(count for count in found.values() if count > 0)
        unread = sum(count for id_, count in present.items() if id_ not in self.runs)
        for ids, count in self._killed:
            wrote = sum(present[each] for each in ids)
            if count > wrote + unread or wrote - count > lost + self.restored:
                found[ids[-1]] = count - wrote
        return {id_: count for id_, count in found.items() if count}

    def order(self, id_: str) -> int:
        """Return the place of a run in time, -1 for one of which there is no record."""
        return self._places.get(id_, -1)

    def by_file(
        self, folder: Path, present: Present, lacking: Mapping[str, int]
    ) -> Iterator[tuple[str, str]]:
        """Yield each file that lacks lines, or has too many, and what to say of it.

        *lacking* is of what :meth:`lacking` returned.
        """
        found: dict[str, Counter[str]] = {}
        for run, all_ in lacking.items():
            count = all_
            for file, wrote in (self.runs[run].wrote or {}).items():
                lacks = wrote - present.get((run, file), 0)
                part = max(min(lacks, count), 0) if count > 0 else min(max(lacks, count), 0)
                found.setdefault(file, Counter())[run] += part
                count -= part
            month = f"{ARTICLES}-{self.runs[run].begin[:7]}.jsonl"
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


def _killed(runs: Sequence[RunRecord], taken: Mapping[str, int]) -> Iterator[tuple[list[str], int]]:
    """Yield the runs that did not end, and what they wrote: the next run found that much more."""
    begun = [place for place, run in enumerate(runs) if run.found]
    for first, after in pairwise(begun):
        span = runs[first:after]
        killed = [run.id for run in span if run.wrote is None and run.command != REPAIR]
        before, then = runs[first].found, runs[after].found
        if killed and before and then:
            wrote = then.lines - before.lines
            for run in span:
                wrote += _sum(run.erased) - _sum(run.made) - _sum(run.wrote)
            yield killed, wrote - sum(taken[each] for each in killed)


def restore_runs(folder: Path, known: int, now: str) -> list[str]:
    """Take out of ``runs.jsonl`` what is no record, and tell of runs that only lines name.

    *known* is how many lines the ledger knew. Nothing is told where the history is whole: who adds
    lines of a run that there never was is not believed.
    """
    told = list(scan_runs(folder))
    bad = [(line, each) for line, each in told if not isinstance(each, RunRecord)]
    runs = [each for _, each in told if isinstance(each, RunRecord)]
    begun = next((run.found for run in runs), None)
    present = count_runs(folder)
    if not bad and runs and begun is not None and begun.lines == 0:
        return []
    unknown = sorted({run for run, _ in present} - {run.id for run in runs} - {""})
    for id_ in unknown:
        wrote = {file: count for (run, file), count in present.items() if run == id_}
        begin = f"{id_[:4]}-{id_[4:6]}-{id_[6:11]}:{id_[11:13]}:{id_[13:15]}Z"
        note = "what is known of this run is what lines say of it"
        restored = _unknown(id_, begin, wrote, note)
        later = (place for place, run in enumerate(runs) if run.id > id_)
        runs.insert(next(later, len(runs)), restored)
    if not bad and not unknown:
        return []
    more = known - present.total()
    if unknown and more > 0:  # and nobody knows any more which run wrote them
        first, (*_, month) = runs[0], sorted(file for _, file in present)
        note = "lines that the ledger knows, and that are not there"
        lost = _unknown(f"{first.id[:16]}-0000", first.begin, {month: more}, note)
        runs.insert(0, attrs.evolve(lost, end=now))
    replace_file(folder / RUNS, b"".join(map(dump_run, runs)))
    said = [
        f"{RUNS}: taken out, it is no run's record: {line[:_SHOWN].decode(errors='replace').strip()}"
        for line, _ in bad
    ]
    if unknown:
        said.append(f"{RUNS}: told again of {len(unknown)} runs by the lines that name them")
    return said


def _unknown(id_: str, begin: str, wrote: Mapping[str, int], note: str) -> RunRecord:
    return RunRecord(id=id_, command="unknown", begin=begin, wrote=wrote, notes=(note,))
