"""What is put right before a run writes, without losing anything."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import attrs

from crawler.archive import runs
from crawler.archive.erase import intent_of
from crawler.archive.files import cut_torn_line
from crawler.archive.finishing import compress
from crawler.archive.identity import add_withheld, claim
from crawler.archive.lines import SUFFIX, cut_torn_lines, month_files
from crawler.archive.rebuild import open_ledger, remove_ledger
from crawler.archive.tables import NAME as LEDGER
from crawler.archive.tables import Tables, open_unless_raised
from crawler.archive.warc import WarcFiles, cut_torn_record, warc_files
from crawler.archive.warc_reading import FOLDER
from crawler.errors import ArchiveDamaged
from crawler.newsrooms import Newsroom
from crawler.timestamps import stamp


@attrs.frozen(kw_only=True)
class Opened:
    """An archive that may be written to."""

    tables: Tables
    warcs: WarcFiles
    repairs: tuple[str, ...]
    rebuilt: bool
    """Whether the ledger was made anew from the lines."""


def make_ready(
    folder: Path,
    newsroom: Newsroom,
    *,
    operator: str,
    robots: str = "",
    clock: Callable[[], dt.datetime],
) -> Opened:
    """Make the archive in *folder*, whose lock is held, *newsroom*'s, whole and consistent.

    What this costs does not grow with the archive, unless its ledger is lost.
    """
    now = clock()
    claim(folder, newsroom, stamp(now))
    said = _remove_temporary(folder)
    said += cut_torn_lines(folder)
    runs_path = folder / runs.NAME
    if runs_path.exists() and (cut := cut_torn_line(runs_path)):
        said.append(f"{runs.NAME}: cut {cut} bytes of a torn line")
    erasing = intent_of(folder)
    ledger = open_ledger(folder, now, shrunk=erasing.files if erasing else ())
    said += ledger.said
    with open_unless_raised(ledger.tables):
        add_withheld(folder, ledger.withheld)
        said += _compress_again(folder, ledger.tables)
        warcs = WarcFiles(folder, newsroom.name, operator=operator, robots=robots, clock=clock)
        if files := warc_files(folder, newsroom.name):
            known = ledger.tables.files().get(f"{FOLDER}/{files[-1].name}")
            tail = cut_torn_record(files[-1], known)
            said += [tail.said] if tail.said else []
            warcs.known = (f"{FOLDER}/{files[-1].name}", tail.crc)
            if not tail.usable:
                warcs.start_anew()
    return Opened(tables=ledger.tables, warcs=warcs, repairs=tuple(said), rebuilt=ledger.rebuilt)


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
