"""What is put right before an archive is written to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import attrs

from crawler.archive import runs
from crawler.archive.files import cut_torn_line
from crawler.archive.identity import add_withheld, claim
from crawler.archive.lines import cut_torn_lines
from crawler.archive.moments import stamp
from crawler.archive.rebuild import open_ledger, remove_ledger
from crawler.archive.rows import PageHash
from crawler.archive.tables import NAME, Tables, open_unless_raised
from crawler.archive.warc_tail import cut_torn_record
from crawler.archive.warcs import FOLDER, WarcFiles, warc_files
from crawler.newsrooms import Newsroom


@attrs.frozen(kw_only=True)
class Opened:
    """An archive that may be written to."""

    tables: Tables
    warcs: WarcFiles
    repairs: tuple[str, ...]


def make_ready(
    folder: Path,
    newsroom: Newsroom,
    page_hash: PageHash,
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
    tables, more, withheld = open_ledger(folder, page_hash, now)
    said += more
    with open_unless_raised(tables):
        add_withheld(folder, withheld)
        warcs = WarcFiles(folder, newsroom.name, operator=operator, robots=robots, clock=clock)
        if files := warc_files(folder, newsroom.name):
            known = tables.files().get(f"{FOLDER}/{files[-1].name}")
            tail = cut_torn_record(files[-1], known)
            said += [tail.said] if tail.said else []
            warcs.known = (f"{FOLDER}/{files[-1].name}", tail.crc)
            if not tail.usable:
                warcs.start_anew()
    return Opened(tables=tables, warcs=warcs, repairs=tuple(said))


def _remove_temporary(folder: Path) -> list[str]:
    """Remove what was being written when a run was killed; it had not taken its place."""
    remove_ledger(folder / f"{NAME}.tmp")
    said = []
    for path in [*folder.glob("*.tmp"), *(folder / FOLDER).glob("*.tmp")]:
        path.unlink()
        said.append(f"{path.name}: removed, it was not finished")
    return said
