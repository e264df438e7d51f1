"""The ledger's SQLite file as a run writes it; and how it is brought up to the lines."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import attrs

from crawler.archive.files import SUFFIX, MonthFile, month_files, temporary
from crawler.archive.rows import (
    AddressRow,
    ArticleRow,
    Row,
    Rows,
    apply_line,
    columns,
    dump_json,
    first_look,
)
from crawler.archive.warc_reading import read_validators
from crawler.codec import Line
from crawler.errors import ArchiveDamaged, WrongArchive
from crawler.items import Article, Withheld

LEDGER: Final = "state.sqlite"
SCHEMA: Final = 7


class LedgerDamaged(sqlite3.DatabaseError):
    """The ledger can be read, but does not say what the lines say, or not as this program does."""


def _declared(kind: type[AddressRow | ArticleRow]) -> str:
    """Return the columns and the key of a table, as SQL."""
    types = {"int": "INTEGER DEFAULT 0", "int | None": "INTEGER"}
    names = [f"{each.name} {types.get(str(each.type), 'TEXT')}" for each in attrs.fields(kind)]
    return ", ".join([*names, f"PRIMARY KEY ({kind.key})"])


OWED: Final = (
    "state IN ('article', 'refused') AND moved = 0 AND (failures > 0 OR missing_run IS NOT NULL "
    "OR stale > 0 OR listed > coalesce(lastmod, looked_at, ''))"
)
"""What must be looked at again whatever the doors show; a partial index is used only for its very
words. Where doors show what changes, everything else may be due for years."""

OWN_POST: Final = "post_id IS NOT NULL AND instr(id || ';', ':' || post_id || ';') = 0"
"""Articles that do not have their post id from their first line; words of a partial index, too."""

# Indices hold only what some question is asked of, so that the file stays small.
_TABLES: Final = f"""
BEGIN;
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE files (name TEXT PRIMARY KEY, size INTEGER, crc INTEGER) WITHOUT ROWID;
CREATE TABLE doors (name TEXT PRIMARY KEY, left_by TEXT) WITHOUT ROWID;
CREATE TABLE documents (url TEXT PRIMARY KEY, etag TEXT, last_modified TEXT) WITHOUT ROWID;
CREATE TABLE addresses ({_declared(AddressRow)});
CREATE TABLE articles ({_declared(ArticleRow)}) WITHOUT ROWID;
CREATE INDEX by_publication ON addresses (published, state) WHERE moved = 0;
CREATE INDEX by_post ON addresses (post_id) WHERE article IS NULL AND post_id IS NOT NULL;
CREATE INDEX by_look ON addresses (next_look)
    WHERE next_look IS NOT NULL AND state IN ('article', 'refused');
CREATE INDEX by_debt ON addresses (next_look) WHERE {OWED};
CREATE INDEX by_retry ON addresses (next_look) WHERE state = 'failed';
CREATE INDEX by_waiting ON addresses (published) WHERE state = 'waiting';
CREATE INDEX by_record ON addresses (published)
    WHERE state = 'article' AND moved = 0 AND source = 'rest';
CREATE INDEX by_own_post ON articles (post_id) WHERE {OWN_POST};
CREATE INDEX by_count ON articles (state, day, filled, source, revision);
CREATE INDEX by_sighting ON addresses (missing_run) WHERE missing_run IS NOT NULL;
PRAGMA user_version = {SCHEMA};
COMMIT;
"""

# A whole batch in one step of SQLite: every step lets other threads run, and to get Python's lock
# back from a busy one takes 5 ms.
_CHOOSE = "SELECT json_group_array(json_array({columns})) FROM {table} WHERE {key} IN (SELECT value FROM json_each(?))"
_PUT = """
INSERT INTO {table} ({columns}) SELECT {values} FROM json_each(?) WHERE true
ON CONFLICT ({key}) DO UPDATE SET {updates}"""


def connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """Open the file at *path*; its caches take 8 MB, however large it is."""
    mode = "ro" if read_only else "rwc"
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
        timeout=10,
    )
    with on_error(connection.close):
        connection.execute("PRAGMA cache_size = -8000")
    return connection


@contextmanager
def on_error(undo: Callable[[], object]) -> Iterator[None]:
    """Call *undo* when what is done meanwhile raises."""
    try:
        yield
    except BaseException:
        undo()
        raise


class Tables:
    """The ledger for the archive's thread: batches of rows in, batches of rows out."""

    def __init__(self, path: Path, *, durable: bool = True) -> None:
        """Open the file at *path*, made when it is not there.

        Without *durable* nothing is synced: for a file that takes its place only when complete.
        Raises :exc:`WrongArchive` when a newer program wrote it, :exc:`sqlite3.DatabaseError`
        when it is no ledger.
        """
        self.connection = connect(path)
        with on_error(self.connection.close):
            self._prepare(path, durable=durable)

    def _prepare(self, path: Path, *, durable: bool) -> None:
        if durable:
            # NORMAL loses the last transactions at a power failure, never consistency; what is
            # lost is made up for from the lines.
            self.connection.execute("PRAGMA journal_mode = WAL")
            self.connection.execute("PRAGMA synchronous = NORMAL")
        else:
            self.connection.execute("PRAGMA journal_mode = OFF")
            self.connection.execute("PRAGMA synchronous = OFF")
        version = self.connection.execute("PRAGMA user_version").fetchone()[0]
        if version > SCHEMA:
            raise WrongArchive(
                f"{path}: written by a newer version of this program (ledger schema {version}, "
                f"this one knows {SCHEMA}); install that version, or delete the file"
            )
        if 0 < version < SCHEMA:
            raise LedgerDamaged(f"written by an earlier version of this program, schema {version}")
        if version == 0:
            self.connection.executescript(_TABLES)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Have all that is written meanwhile reach the file together, or not at all."""
        self.connection.execute("BEGIN IMMEDIATE")
        with on_error(self._rollback):
            yield
            self.connection.execute("COMMIT")

    def _rollback(self) -> None:
        if self.connection.in_transaction:
            self.connection.execute("ROLLBACK")

    def close(self) -> None:
        self.connection.close()

    def rows(self) -> Rows:
        """Return the rows for a batch; :meth:`put` writes what became of them."""
        return Rows(self._choose)

    def put(self, rows: Rows) -> None:
        self._put(AddressRow, rows.changed(AddressRow))
        self._put(ArticleRow, [row.summed() for row in rows.changed(ArticleRow)])

    def keep_document(self, url: str, etag: str | None, last_modified: str | None) -> None:
        """Keep the validators of what is no article."""
        self._replace("documents", url, etag, last_modified)

    def keep_door(self, name: str, left: Mapping[str, Any]) -> None:
        self._replace("doors", name, dump_json(left))

    def addresses_of(self, id_: str) -> list[str]:
        """Return all addresses that lead to an article."""
        rows = self.connection.execute("SELECT url FROM addresses WHERE article = ?", (id_,))
        return [url for (url,) in rows]

    def under(self, url: str) -> str | None:
        """Return the id of the article whose address is *url*, or lies under it."""
        where = "url = ?1 OR (url > ?1 || '/' AND url < ?1 || '0')"
        query = f"SELECT article FROM addresses WHERE article IS NOT NULL AND ({where}) "  # noqa: S608 -- our own words
        return self._one(f"{query} ORDER BY moved LIMIT 1", url)

    def of_post(self, post_id: int) -> str | None:
        """Return the id of the article of a post that was archived before its id was known."""
        return self._one(f"SELECT id FROM articles WHERE post_id = ? AND {OWN_POST}", post_id)  # noqa: S608 -- our own words

    def forget_after(self, moment: str, latest: int) -> None:
        """Let no look be later than *moment*, or due after *latest*: a clock was wrong."""
        for name in ("looked_at", "lastmod", "listed"):
            self.connection.execute(
                f"UPDATE addresses SET {name} = ? WHERE {name} > ?",  # noqa: S608 -- our own names
                (moment, moment),
            )
        self.connection.execute("UPDATE addresses SET next_look = 0 WHERE next_look > ?", (latest,))

    def forget_sightings(self, run: str) -> None:
        """Take back that *run* found articles missing for the first time."""
        self.connection.execute(
            "UPDATE addresses SET missing_since = NULL, missing_run = NULL WHERE missing_run = ?",
            (run,),
        )

    def meta(self, name: str) -> str | None:
        return self._one("SELECT value FROM meta WHERE name = ?", name)

    def put_meta(self, name: str, value: str) -> None:
        self._replace("meta", name, value)

    @property
    def lines(self) -> int:
        """How many lines are accounted for, in all files."""
        return int(self.meta("lines") or 0)

    def files(self) -> dict[str, tuple[int, int]]:
        """Return how much of each file is accounted for: name → size and crc32 of that much."""
        found = self.connection.execute("SELECT name, size, crc FROM files").fetchall()
        return {name: (size, crc) for name, size, crc in found}

    def put_file(self, name: str, size: int, crc: int) -> None:
        self._replace("files", name, size, crc)

    def _one(self, query: str, value: str | int) -> str | None:
        row = self.connection.execute(query, (value,)).fetchone()
        return row[0] if row else None

    def _replace(self, table: str, *values: str | int | None) -> None:
        marks = ", ".join("?" * len(values))
        self.connection.execute(f"INSERT OR REPLACE INTO {table} VALUES ({marks})", values)  # noqa: S608 -- our own names

    def _choose(self, kind: type[Row], wanted: list[str]) -> list[Row]:
        names = columns(kind)
        query = _CHOOSE.format(columns=", ".join(names), table=kind.table, key=kind.key)
        found = self.connection.execute(query, (json.dumps(wanted),)).fetchone()[0]
        rows = [kind(**dict(zip(names, row, strict=True))) for row in json.loads(found)]
        for row in rows:
            if isinstance(row, ArticleRow) and row != row.summed():
                raise LedgerDamaged(f"the ledger does not say of {row.id} what its line says")
        return rows

    def _put(self, kind: type[Row], rows: list[Row]) -> None:
        if not rows:
            return
        names = columns(kind)
        query = _PUT.format(
            table=kind.table,
            key=kind.key,
            columns=", ".join(names),
            values=", ".join(f"json_extract(value, '$[{i}]')" for i in range(len(names))),
            updates=", ".join(f"{name} = excluded.{name}" for name in names if name != kind.key),
        )
        self.connection.execute(query, (json.dumps([attrs.astuple(row) for row in rows]),))


# up to the lines

# Lines that become rows together.
_CHUNK: Final = 500


class Filler:
    """Brings a ledger up to lines."""

    def __init__(self, folder: Path, tables: Tables, now: dt.datetime) -> None:
        self.folder = folder
        self.tables = tables
        self.now = now
        self.lines = 0  # how many were read
        self.said: list[str] = []
        """What could not be read, or had to be put right, one message each."""

        self.withheld: list[str] = []  # ids that these lines withhold

    def fill(self, file: MonthFile, start: int = 0, crc: int = 0) -> None:
        """Take the lines of *file* from byte *start* on; *crc* is that of what is before."""
        chunk: list[Line] = []
        end, lines = start, 0
        try:
            for line in file.lines(start):
                end = line.end
                crc = zlib.crc32(line.content, crc)
                lines += 1
                try:
                    chunk.append(line.parse())
                except ArchiveDamaged as error:
                    self.said.append(
                        f"{error.file}: byte {error.offset}: no line ({error.problem})"
                    )
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
        with self.tables.transaction():
            self.tables.put(rows)
            self.tables.put_file(name, end, crc)
            self.tables.put_meta("lines", str(self.tables.lines + lines))
            if chunk and (written := chunk[-1].written_at):
                written = max(written, self.tables.meta("written_at") or "")
                self.tables.put_meta("written_at", written)


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
    lacking = _lacking(files, accounted, shrunk)
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
) -> str | None:
    """Return a file that has not what a ledger *accounted* for."""
    there = {file.plain_name: file for file in files}
    for name, (size, _) in accounted.items():
        file = there.get(name.removesuffix(SUFFIX))
        if file is None:
            lacks = not name.endswith(SUFFIX)
        elif name.endswith(SUFFIX):
            lacks = file.compressed and file.path.stat().st_size != size
        else:
            lacks = size > _size(file, size) and name not in shrunk
        if lacks:
            return name
    return None


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
