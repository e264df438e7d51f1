"""What is put right before a run writes, without losing anything.

The ledger is brought up to the lines: their new end as a rule, all of them when it is lost.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import attrs

from crawler.archive import runs
from crawler.archive.erase import count_own, intent_of
from crawler.archive.files import cut_torn_line, temporary
from crawler.archive.identity import NAME as IDENTITY
from crawler.archive.identity import add_withheld, claim
from crawler.archive.lines import SUFFIX, MonthFile, compress, cut_torn_lines, month_files
from crawler.archive.losses import stock
from crawler.archive.reading import last_written
from crawler.archive.schedule import LONGEST, first_look
from crawler.archive.tables import NAME as LEDGER
from crawler.archive.tables import Tables, apply_line, on_error
from crawler.archive.warc import WarcFiles, cut_torn_record, warc_files
from crawler.archive.warc_reading import FOLDER, read_validators
from crawler.codec import Line, parse_line
from crawler.errors import ArchiveDamaged, ArchiveError, InvalidRecord
from crawler.items import Article, Withheld
from crawler.newsrooms import Newsroom
from crawler.timestamps import instant, is_ahead, seconds, stamp

# So long after the last run, a clock that leapt is likelier than a pause.
_YEARS: Final = dt.timedelta(days=2 * 365)


class Opening:
    """Makes the archive in *folder*, whose lock is held, *newsroom*'s, whole and consistent.

    What this costs does not grow with the archive, unless its ledger is lost.
    """

    def __init__(
        self,
        folder: Path,
        newsroom: Newsroom,
        *,
        operator: str,
        robots: str,
        trust_clock: bool,
        clock: Callable[[], dt.datetime],
    ) -> None:
        self.folder = folder
        self.newsroom = newsroom
        self.clock = clock
        self._now = now = clock()
        if not trust_clock:
            self._check_clock()
        self.is_new = not (folder / IDENTITY).exists()
        claim(folder, newsroom, stamp(now))
        self.repairs = self._remove_temporary()
        self.repairs += cut_torn_lines(folder)
        runs_path = folder / runs.NAME
        if runs_path.exists() and (cut := cut_torn_line(runs_path)):
            self.repairs.append(f"{runs.NAME}: cut {cut} bytes of a torn line")
        self.erasing = intent_of(folder)
        """What a run that was killed was erasing."""

        ledger = open_ledger(folder, now, shrunk=self.erasing.files if self.erasing else ())
        self.repairs += ledger.said
        self.tables = ledger.tables
        with on_error(self.tables.close):
            add_withheld(folder, ledger.withheld)
            self._compress_again()
            self.warcs = WarcFiles(
                folder, newsroom.name, operator=operator, robots=robots, clock=clock
            )
            self._cut_warcs()
            self.erasure_recorded, lines = self._interrupted()
            self._leap()
            found = stock(folder, self.tables.lines, self.tables.files())
            self.found = attrs.evolve(found, lines=lines)

    def _check_clock(self) -> None:
        """Raise :exc:`ArchiveError` where lines were written later than now."""
        written = last_written(self.folder)
        if is_ahead(written, self._now):
            raise ArchiveError(
                f"{self.folder}: the clock says {stamp(self._now)}, and the last line was written "
                f"at {written}; nothing was done. Set the clock, or, where it is right, "
                "CLOCK_TRUSTED = True"
            )

    def _leap(self) -> None:
        """Say that the clock leapt ahead; let nothing of the future hide edits."""
        now = self._now
        if is_ahead(self.tables.meta("written_at"), now):
            self.tables.forget_after(stamp(now), seconds(now) + LONGEST)
        for run in runs.last_runs(self.folder, 1):
            begin = instant(run.begin)
            if begin is not None and now - begin > _YEARS:
                said = f"The clock says {stamp(now)}, years after the last run, {run.begin}"
                self.repairs.append(said)

    def _interrupted(self) -> tuple[bool, int]:
        """Return whether a run's record says what was being erased, and how many lines there were.

        The ledger may not have heard of it: lines are counted.
        """
        intent = self.erasing
        if intent is None:
            return False, self.tables.lines
        recorded = any(
            intent.run <= run.id and Counter(intent.lines) <= Counter(run.erased)
            for run in runs.read_runs(self.folder)
            if run.erased
        )
        try:
            there, mine = count_own(self.folder, intent.id)
        except ArchiveDamaged:  # said where the erasure goes on, and cannot
            return recorded, self.tables.lines
        self.tables.put_meta("lines", str(there))
        return recorded, there if recorded else there + sum(intent.lines.values()) - mine

    def _remove_temporary(self) -> list[str]:
        """Remove what was being written when a run was killed; it had not taken its place."""
        remove_ledger(self.folder / f"{LEDGER}.tmp")
        said = []
        for path in [*self.folder.glob("*.tmp"), *(self.folder / FOLDER).glob("*.tmp")]:
            path.unlink()
            said.append(f"{path.name}: removed, it was not finished")
        return said

    def _compress_again(self) -> None:
        """Finish what was killed after a month was compressed and before its plain file went."""
        known = self.tables.files()
        for month in month_files(self.folder):
            if not month.compressed and month.path.with_name(month.path.name + SUFFIX).exists():
                try:
                    compress(month, known.get(month.plain_name, (0, None))[1])
                    self.repairs.append(f"{month.path.name}: compressed again")
                except ArchiveDamaged as error:
                    self.repairs.append(str(error))

    def _cut_warcs(self) -> None:
        """Cut a torn record off the newest file, or begin another where it is damaged."""
        files = warc_files(self.folder, self.newsroom.name)
        if not files:
            return
        name = f"{FOLDER}/{files[-1].name}"
        tail = cut_torn_record(files[-1], self.tables.files().get(name))
        self.repairs += [tail.said] if tail.said else []
        self.warcs.known = (name, tail.crc)
        if not tail.usable:
            self.warcs.start_anew()


# Lines that become rows together.
_CHUNK: Final = 500


class Filler:
    """Brings a ledger up to lines."""

    def __init__(self, folder: Path, tables: Tables, now: dt.datetime) -> None:
        self.folder = folder
        self.tables = tables
        self.now = now
        self.lines = 0
        """How many were read."""

        self.said: list[str] = []
        """What could not be read, or had to be put right, one message each."""

        self.withheld: list[str] = []
        """Ids that these lines withhold."""

    def fill(self, file: MonthFile, start: int = 0, crc: int = 0) -> None:
        """Take the lines of *file* from byte *start* on; *crc* is that of what is before."""
        chunk: list[Line] = []
        end, lines = start, 0
        try:
            for offset, raw in file.lines(start):
                end = offset + len(raw)
                crc = zlib.crc32(raw, crc)
                lines += 1
                try:
                    chunk.append(parse_line(raw))
                except InvalidRecord as error:
                    self.said.append(f"{file.path.name}: byte {offset}: no line ({error})")
                if len(chunk) == _CHUNK:
                    self._apply(chunk, file.plain_name, end, crc, lines)
                    chunk, lines = [], 0
        except ArchiveDamaged as error:
            self.said.append(str(error))
        self._apply(chunk, file.plain_name, end, crc, lines)

    def _apply(self, chunk: list[Line], name: str, end: int, crc: int, lines: int) -> None:
        rows = self.tables.rows()
        rows.fetch([line.url for line in chunk], [line.id for line in chunk])
        for line in chunk:
            apply_line(rows, line)
            if isinstance(line, Withheld):
                self.withheld.append(line.id)
        for line in {line.id: line for line in chunk}.values():
            row = rows.address(line.url)
            if row is not None:
                row = first_look(row, self.now)
                if isinstance(line, Article) and line.source == "page" and line.captures:
                    etag, last_modified = read_validators(self.folder, line.captures[0])
                    row = attrs.evolve(row, etag=etag, last_modified=last_modified)
                rows.put(row)
        self.lines += len(chunk)
        self.tables.begin()
        self.tables.put(rows)
        self.tables.put_file(name, end, crc)
        self.tables.put_meta("lines", str(self.tables.lines + lines))
        if chunk and (written := chunk[-1].written_at):
            self.tables.put_meta("written_at", max(written, self.tables.meta("written_at") or ""))
        self.tables.commit()


def open_ledger(folder: Path, now: dt.datetime, *, shrunk: Sequence[str] = ()) -> Filler:
    """Open the ledger of the archive in *folder*, and bring it up to the lines.

    What is read are the lines behind those that it accounts for; all of them when it is missing,
    is no ledger, or accounts for lines that are not there, in files that are not *shrunk* by an
    erasure that goes on.
    """
    path = folder / LEDGER
    files = month_files(folder)
    if not path.exists():
        if files:
            return _rebuild(folder, now, "was missing")
        return Filler(folder, Tables(path), now)
    try:
        tables = Tables(path)
        with on_error(tables.close):
            accounted = {name: known for name, known in tables.files().items() if "/" not in name}
            counted = tables.meta("lines") is not None or not files
    except sqlite3.DatabaseError as error:
        return _rebuild(folder, now, f"cannot be used ({error})")
    lacking = next(_lacking(files, accounted, shrunk), None)
    if lacking or not counted:
        tables.close()
        why = f"knew lines that {lacking} does not have" if lacking else "did not count lines"
        return _rebuild(folder, now, why)
    filler = Filler(folder, tables, now)
    with on_error(tables.close):
        for file in files:
            if file.compressed and file.path.name not in accounted:
                tables.put_file(file.path.name, file.path.stat().st_size, 0)
            size, crc = accounted.get(file.plain_name, (0, 0))
            if size == 0 or size < _size(file, size):
                filler.fill(file, size, crc)
    if filler.lines:
        filler.said.append(f"{LEDGER}: caught up with {filler.lines} lines")
    return filler


def _lacking(
    files: Sequence[MonthFile], accounted: Mapping[str, tuple[int, int]], shrunk: Sequence[str]
) -> Iterator[str]:
    """Yield files that have not what a ledger *accounted* for."""
    for file in files:
        size, _ = accounted.get(file.plain_name, (0, 0))
        if size > _size(file, size) and file.path.name not in shrunk:
            yield file.plain_name
    for file in files:
        size = file.path.stat().st_size
        if file.compressed and accounted.get(file.path.name, (size, 0))[0] != size:
            yield file.path.name
    there = {file.plain_name for file in files}
    yield from (name for name in accounted if not name.endswith(SUFFIX) and name not in there)


def fill_all(folder: Path, path: Path, now: dt.datetime) -> Filler:
    """Make a ledger at *path* from all lines of the archive in *folder*."""
    filler = Filler(folder, Tables(path, durable=False), now)
    with on_error(filler.tables.close):
        for file in month_files(folder):
            filler.fill(file)
    return filler


def _rebuild(folder: Path, now: dt.datetime, why: str) -> Filler:
    path = folder / LEDGER
    beside = temporary(path)
    remove_ledger(beside)
    filler = fill_all(folder, beside, now)
    filler.tables.close()
    remove_ledger(path)  # a log left beside it would be played into the new one
    beside.replace(path)
    filler.tables = Tables(path)
    count = len(month_files(folder))
    filler.said.append(f"{LEDGER} {why}: rebuilt from {filler.lines} lines in {count} files")
    return filler


def remove_ledger(path: Path) -> None:
    """Remove the SQLite file at *path* and what SQLite keeps beside it."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _size(file: MonthFile, known: int) -> int:
    """Bytes of text in *file*; of a compressed one, all there or not at all, the *known* ones."""
    return known if file.compressed else file.path.stat().st_size
