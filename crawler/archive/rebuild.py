"""The ledger brought up to the lines: their new end as a rule, all of them when it is lost."""

from __future__ import annotations

import datetime as dt
import sqlite3
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import attrs

from crawler.archive.files import temporary
from crawler.archive.lines import SUFFIX, MonthFile, month_files
from crawler.archive.schedule import first_look
from crawler.archive.tables import NAME, Tables, apply_line, open_unless_raised
from crawler.archive.warc_reading import read_validators
from crawler.codec import Line, parse_line
from crawler.errors import ArchiveDamaged, InvalidRecord
from crawler.items import Article, Withheld

# Lines that become rows together.
_CHUNK: Final = 500


class Filler:
    """Brings a ledger up to lines; says in :attr:`said` what could not be read."""

    def __init__(self, folder: Path, tables: Tables, now: dt.datetime) -> None:
        self.folder = folder
        self.tables = tables
        self.now = now
        self.lines = 0
        self.said: list[str] = []
        self.withheld: list[str] = []

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


@attrs.frozen(kw_only=True)
class OpenedLedger:
    """A ledger that says what the lines say."""

    tables: Tables
    said: tuple[str, ...] = ()
    """What had to be put right, one message each."""

    withheld: tuple[str, ...] = ()
    """Ids that lines withhold of which it did not know."""

    rebuilt: bool = False


def open_ledger(folder: Path, now: dt.datetime, *, shrunk: Sequence[str] = ()) -> OpenedLedger:
    """Open the ledger of the archive in *folder*, and bring it up to the lines.

    What is read are the lines behind those that it accounts for; all of them when it is missing,
    is no ledger, or accounts for lines that are not there, in files that are not *shrunk* by an
    erasure that goes on.
    """
    path = folder / NAME
    files = month_files(folder)
    if not path.exists():
        if not files:
            return OpenedLedger(tables=Tables(path))
        return _rebuild(folder, files, now, "was missing")
    try:
        tables = Tables(path)
        with open_unless_raised(tables):
            accounted = tables.files()
            counted = tables.meta("lines") is not None or not files
    except sqlite3.DatabaseError as error:
        return _rebuild(folder, files, now, f"cannot be used ({error})")
    accounted = {name: known for name, known in accounted.items() if "/" not in name}
    behind = [(file, *accounted.pop(file.plain_name, (0, 0))) for file in files]
    lost = [
        file.plain_name
        for file, size, _ in behind
        if size > _size(file, size) and file.path.name not in shrunk
    ]
    packed = {file.path.name: file.path.stat().st_size for file in files if file.compressed}
    lost += [name for name, size in packed.items() if accounted.get(name, (size, 0))[0] != size]
    lost += [name for name in accounted if not name.endswith(SUFFIX)]
    if lost or not counted:
        tables.close()
        why = f"knew lines that {lost[0]} does not have" if lost else "did not count lines"
        return _rebuild(folder, files, now, why)
    filler = Filler(folder, tables, now)
    with open_unless_raised(tables):
        for name, size in packed.items() - {(name, size) for name, (size, _) in accounted.items()}:
            tables.put_file(name, size, 0)
        for file, size, crc in behind:
            if size == 0 or size < _size(file, size):
                filler.fill(file, size, crc)
    said = list(filler.said)
    if filler.lines:
        said.append(f"{NAME}: caught up with {filler.lines} lines")
    return OpenedLedger(tables=tables, said=tuple(said), withheld=tuple(filler.withheld))


def fill_all(folder: Path, path: Path, now: dt.datetime) -> tuple[Tables, Filler]:
    """Make a ledger at *path* from all lines of the archive in *folder*."""
    tables = Tables(path, durable=False)
    filler = Filler(folder, tables, now)
    with open_unless_raised(tables):
        for file in month_files(folder):
            filler.fill(file)
    return tables, filler


def _rebuild(folder: Path, files: list[MonthFile], now: dt.datetime, why: str) -> OpenedLedger:
    path = folder / NAME
    beside = temporary(path)
    remove_ledger(beside)
    tables, filler = fill_all(folder, beside, now)
    tables.close()
    remove_ledger(path)  # a log left beside it would be played into the new one
    beside.replace(path)
    said = f"{NAME} {why}: rebuilt from {filler.lines} lines in {len(files)} files"
    return OpenedLedger(
        tables=Tables(path),
        said=(*filler.said, said),
        withheld=tuple(filler.withheld),
        rebuilt=True,
    )


def remove_ledger(path: Path) -> None:
    """Remove the SQLite file at *path* and what SQLite keeps beside it."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _size(file: MonthFile, known: int) -> int:
    """Bytes of text in *file*; of a compressed one, all there or not at all, the *known* ones."""
    return known if file.compressed else file.path.stat().st_size
