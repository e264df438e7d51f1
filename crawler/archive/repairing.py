"""``scrapy verify --repair``: what is safe is put right, and what is lost is recorded as lost."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from pathlib import Path
from typing import Final

import attrs

from crawler.archive.archive import Archive
from crawler.archive.files import replace_file
from crawler.archive.identity import NAME as IDENTITY
from crawler.archive.lines import ARTICLES
from crawler.archive.lock import Lock
from crawler.archive.losses import REPAIR, count_runs, told_by_run
from crawler.archive.opening import remove_ledger
from crawler.archive.revisions import Rules
from crawler.archive.runs import NAME as RUNS
from crawler.archive.runs import RunRecord, RunReport, dump_run, scan_runs
from crawler.archive.tables import NAME as LEDGER
from crawler.archive.tables import connect
from crawler.archive.verify import Problem, Suspicion
from crawler.errors import ArchiveDamaged
from crawler.newsrooms import Newsroom
from crawler.timestamps import stamp

_SHOWN: Final = 300


@attrs.frozen
class Repaired:
    """What was put right, one message each, and how many lines are lost for good."""

    done: tuple[str, ...]
    lost: int


def repair(
    folder: Path,
    newsroom: Newsroom,
    rules: Rules,
    problems: Iterable[Problem],
    *,
    clock: Callable[[], dt.datetime],
    trust_clock: bool = False,
) -> Repaired:
    """Put right of *problems* what is safe to, in a run of its own.

    Torn tails are cut, leftovers removed, a ledger that disagrees with the lines is made anew (its
    look times begin afresh), ``archive.json`` gets the ids that lines withhold, a month that is
    both plain and compressed is compressed again, lines of ``runs.jsonl`` that are none are taken
    out. Lines that runs report and that are not there are made again from their captures, and those
    of which there are none recorded as lost. Lines and records that are damaged, or that another
    record should be, stay as they are: only a backup, or the newsroom, has them.
    """
    problems = list(problems)
    files = {problem.file for problem in problems}
    suspected = [
        each.file
        for each in problems
        if isinstance(each, Suspicion) and each.file.startswith(ARTICLES)
    ]
    with Lock(folder, f"scrapy {REPAIR} {newsroom.name}", stamp(clock())):
        done = _restore_runs(folder, stamp(clock()))
        if any(name in (LEDGER, IDENTITY) or name.startswith(ARTICLES) for name in files):
            remove_ledger(folder / LEDGER)
    with Archive.open(
        folder, newsroom, rules, command=REPAIR, clock=clock, trust_clock=trust_clock
    ) as archive:
        done += archive.repairs
        made = lost = Counter[str]()
        try:
            made, lost = archive.account_for_losses(suspected=suspected)
        except ArchiveDamaged as error:
            done.append(f"what lines are lost cannot be told: {error}")
        if made:
            done.append(
                f"{made.total()} lines made again from their captures ({told_by_run(made)})"
            )
        if lost:
            done.append(
                f"{lost.total()} lines are lost, and recorded as lost: no capture has them, or other "
                f"lines say as much ({told_by_run(lost)})"
            )
        archive.finish(RunReport(exit_code=1 if lost else 0, notes=tuple(done)))
    return Repaired(tuple(done), lost.total())


def _lines_known(folder: Path) -> int:
    """Return how many lines there were when the ledger was last written, 0 where it is lost."""
    query = "SELECT value FROM meta WHERE name = 'lines'"
    with suppress(sqlite3.Error), closing(connect(folder / LEDGER, read_only=True)) as ledger:
        return sum(int(value) for (value,) in ledger.execute(query))
    return 0


def _restore_runs(folder: Path, now: str) -> list[str]:
    """Take out of ``runs.jsonl`` what is no record, and tell of runs that only lines name.

    Not where its history is whole: who adds lines of a run that there never was is not believed.
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
        restored = RunRecord(
            id=id_,
            command="unknown",
            begin=f"{id_[:4]}-{id_[4:6]}-{id_[6:11]}:{id_[11:13]}:{id_[13:15]}Z",
            wrote=wrote,
            notes=("what is known of this run is what lines say of it",),
        )
        later = (place for place, run in enumerate(runs) if run.id > id_)
        runs.insert(next(later, len(runs)), restored)
    if not bad and not unknown:
        return []
    more = _lines_known(folder) - present.total()
    if unknown and more > 0:  # and nobody knows any more which run wrote them
        first, (*_, month) = runs[0], sorted(file for _, file in present)
        what = "lines that the ledger knows, and that are not there"
        id_ = f"{first.id[:16]}-0000"
        lost = RunRecord(
            id=id_,
            command="unknown",
            begin=first.begin,
            end=now,
            wrote={month: more},
            notes=(what,),
        )
        runs.insert(0, lost)
    replace_file(folder / RUNS, b"".join(map(dump_run, runs)))
    said = [
        f"{RUNS}: taken out, it is no run's record: {line[:_SHOWN].decode(errors='replace').strip()}"
        for line, _ in bad
    ]
    if unknown:
        said.append(f"{RUNS}: told again of {len(unknown)} runs by the lines that name them")
    return said
