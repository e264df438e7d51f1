"""What can be put right without losing anything."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from pathlib import Path

from crawler.archive.finishing import compress
from crawler.archive.identity import NAME as IDENTITY
from crawler.archive.identity import add_withheld
from crawler.archive.lines import month_files
from crawler.archive.manifest import update_manifest
from crawler.archive.opening import make_ready
from crawler.archive.packed import SUFFIX
from crawler.archive.rebuild import open_ledger, remove_ledger
from crawler.archive.rows import PageHash
from crawler.archive.tables import NAME as LEDGER
from crawler.archive.verify_lines import Problem
from crawler.errors import ArchiveDamaged
from crawler.newsrooms import Newsroom


def repair(
    folder: Path,
    newsroom: Newsroom,
    page_hash: PageHash,
    problems: Iterable[Problem],
    *,
    clock: Callable[[], dt.datetime],
) -> list[str]:
    """Put right of *problems* what is safe to; return what was done, one message each.

    Torn tails are cut, leftovers removed, a ledger that disagrees with the lines is made anew (its
    look times begin afresh), ``archive.json`` gets the ids that lines withhold, a month that is
    both plain and compressed is compressed again. Lines and records that are damaged, or that
    another record should be, stay as they are: only a backup, or the newsroom, has them. The
    caller holds the lock.
    """
    files = {problem.file for problem in problems}
    ready = make_ready(folder, newsroom, page_hash, operator="", clock=clock)
    done = list(ready.repairs)
    sizes = ready.tables.files()
    ready.tables.close()
    rebuilt = any(message.startswith(LEDGER) for message in done)
    if files & {LEDGER, IDENTITY} and not rebuilt:
        remove_ledger(folder / LEDGER)
        tables, said, withheld = open_ledger(folder, page_hash, clock())
        tables.close()
        add_withheld(folder, withheld)
        done += said
    for month in month_files(folder):
        beside = month.path.with_name(month.path.name + SUFFIX)
        if not month.compressed and beside.exists():
            try:
                compress(month, sizes.get(month.plain_name, (0, None))[1])
                done.append(f"{month.path.name}: compressed again")
            except ArchiveDamaged as error:
                done.append(str(error))
    update_manifest(folder, newsroom.name)
    return done
