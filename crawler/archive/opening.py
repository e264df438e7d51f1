"""What is put right before a run writes, without losing anything."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Final

import attrs

from crawler.archive import runs
from crawler.archive.erase import Intent, count_own, intent_of
from crawler.archive.files import cut_torn_line
from crawler.archive.finishing import compress
from crawler.archive.identity import NAME as IDENTITY
from crawler.archive.identity import add_withheld, claim
from crawler.archive.lines import SUFFIX, cut_torn_lines, month_files
from crawler.archive.losses import stock
from crawler.archive.reading import last_written
from crawler.archive.rebuild import open_ledger, remove_ledger
from crawler.archive.runs import Stock
from crawler.archive.schedule import LONGEST
from crawler.archive.tables import NAME as LEDGER
from crawler.archive.tables import Tables, on_error
from crawler.archive.warc import WarcFiles, cut_torn_record, warc_files
from crawler.archive.warc_reading import FOLDER
from crawler.errors import ArchiveDamaged, ArchiveError
from crawler.newsrooms import Newsroom
from crawler.timestamps import instant, is_ahead, seconds, stamp

# So long after the last run, a clock that leapt is likelier than a pause.
_YEARS: Final = dt.timedelta(days=2 * 365)


@attrs.frozen(kw_only=True)
class Opened:
    """An archive that may be written to."""

    folder: Path
    newsroom: Newsroom
    clock: Callable[[], dt.datetime]
    is_new: bool
    tables: Tables
    warcs: WarcFiles
    repairs: list[str]
    erasing: Intent | None
    """What a run that was killed was erasing."""

    erasure_recorded: bool
    """Whether the record of a run says so."""

    found: Stock
    """With the lines that are gone with the erasure, where no run's record says so."""


def make_ready(
    folder: Path,
    newsroom: Newsroom,
    *,
    operator: str,
    robots: str,
    trust_clock: bool,
    clock: Callable[[], dt.datetime],
) -> Opened:
    """Make the archive in *folder*, whose lock is held, *newsroom*'s, whole and consistent.

    What this costs does not grow with the archive, unless its ledger is lost.
    """
    now = clock()
    if not trust_clock:
        _check_clock(folder, now)
    is_new = not (folder / IDENTITY).exists()
    claim(folder, newsroom, stamp(now))
    said = _remove_temporary(folder)
    said += cut_torn_lines(folder)
    runs_path = folder / runs.NAME
    if runs_path.exists() and (cut := cut_torn_line(runs_path)):
        said.append(f"{runs.NAME}: cut {cut} bytes of a torn line")
    erasing = intent_of(folder)
    ledger = open_ledger(folder, now, shrunk=erasing.files if erasing else ())
    said += ledger.said
    tables = ledger.tables
    with on_error(tables.close):
        add_withheld(folder, ledger.withheld)
        said += _compress_again(folder, tables)
        warcs = WarcFiles(folder, newsroom.name, operator=operator, robots=robots, clock=clock)
        if files := warc_files(folder, newsroom.name):
            known = tables.files().get(f"{FOLDER}/{files[-1].name}")
            tail = cut_torn_record(files[-1], known)
            said += [tail.said] if tail.said else []
            warcs.known = (f"{FOLDER}/{files[-1].name}", tail.crc)
            if not tail.usable:
                warcs.start_anew()
        recorded, lines = _interrupted(folder, erasing, tables)
        said += _leap(folder, tables, now)
        found = attrs.evolve(stock(folder, tables.lines, tables.files()), lines=lines)
    return Opened(
        folder=folder,
        newsroom=newsroom,
        clock=clock,
        is_new=is_new,
        tables=tables,
        warcs=warcs,
        repairs=said,
        erasing=erasing,
        erasure_recorded=recorded,
        found=found,
    )


def _check_clock(folder: Path, now: dt.datetime) -> None:
    """Raise :exc:`ArchiveError` where lines were written later than *now*."""
    written = last_written(folder)
    if is_ahead(written, now):
        raise ArchiveError(
            f"{folder}: the clock says {stamp(now)}, and the last line was written at {written}; "
            "nothing was done. Set the clock, or, where it is right, CLOCK_TRUSTED = True"
        )


def _leap(folder: Path, tables: Tables, now: dt.datetime) -> list[str]:
    """Return what to say of a clock that leapt ahead; let nothing of the future hide edits."""
    if is_ahead(tables.meta("written_at"), now):
        tables.forget_after(stamp(now), seconds(now) + LONGEST)
    for run in runs.last_runs(folder, 1):
        begin = instant(run.begin)
        if begin is not None and now - begin > _YEARS:
            return [f"The clock says {stamp(now)}, years after the last run, {run.begin}"]
    return []


def _interrupted(folder: Path, intent: Intent | None, tables: Tables) -> tuple[bool, int]:
    """Return whether a run's record says what was being erased, and how many lines there were.

    The ledger may not have heard of it: lines are counted.
    """
    if intent is None:
        return False, tables.lines
    recorded = any(
        intent.run <= run.id and Counter(intent.lines) <= Counter(run.erased)
        for run in runs.read_runs(folder)
        if run.erased
    )
    there, mine = count_own(folder, intent.id)
    tables.put_meta("lines", str(there))
    return recorded, there if recorded else there + sum(intent.lines.values()) - mine


def _remove_temporary(folder: Path) -> list[str]:
    """Remove what was being written when a run was killed; it had not taken its place."""
    remove_ledger(folder / f"{LEDGER}.tmp")
    said = []
    for path in [*folder.glob("*.tmp"), *(folder / FOLDER).glob("*.tmp")]:
        path.unlink()
        said.append(f"{path.name}: removed, it was not finished")
    return said


def _compress_again(folder: Path, tables: Tables) -> list[str]:
    """Finish what was killed after a month was compressed and before its plain file went."""
    said, known = [], tables.files()
    for month in month_files(folder):
        if not month.compressed and month.path.with_name(month.path.name + SUFFIX).exists():
            try:
                compress(month, known.get(month.plain_name, (0, None))[1])
                said.append(f"{month.path.name}: compressed again")
            except ArchiveDamaged as error:
                said.append(str(error))
    return said
