"""The ledger's SQLite file, as the archive's own thread writes it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar

import attrs

from crawler.archive.rows import AddressRow, ArticleRow, Rows
from crawler.errors import WrongArchive

NAME: Final = "state.sqlite"
SCHEMA: Final = 1

_Row = TypeVar("_Row", AddressRow, ArticleRow)

ADDRESS_COLUMNS: Final = tuple(field.name for field in attrs.fields(AddressRow))
ARTICLE_COLUMNS: Final = tuple(field.name for field in attrs.fields(ArticleRow))

_TYPES: Final = dict.fromkeys(
    ("post_id", "moved", "next_look", "pause", "failures", "revision", "month", "start"), "INTEGER"
) | {"size": "INTEGER"}


class LedgerDamaged(sqlite3.DatabaseError):
    """The ledger can be read, but does not say what the lines say."""


def _columns(names: Iterable[str]) -> str:
    return ", ".join(f"{name} {_TYPES.get(name, 'TEXT')}" for name in names)


OWED: Final = (
    "state IN ('article', 'refused') AND moved = 0 AND (failures > 0 OR missing_run IS NOT NULL "
    "OR listed > coalesce(lastmod, looked_at, ''))"
)
"""What must be looked at again whatever the doors show; a partial index is used only for its very
words. Where doors show what changes, everything else may be due for years."""

# Ledgers that were made before it had been thought of get it when they are opened.
_BY_DEBT: Final = f"CREATE INDEX IF NOT EXISTS by_debt ON addresses (next_look) WHERE {OWED}"

# Indices hold only what some question is asked of, so that the file stays small.
_TABLES: Final = f"""
BEGIN;
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE files (name TEXT PRIMARY KEY, size INTEGER, crc INTEGER) WITHOUT ROWID;
CREATE TABLE doors (name TEXT PRIMARY KEY, left_by TEXT) WITHOUT ROWID;
CREATE TABLE documents (url TEXT PRIMARY KEY, etag TEXT, last_modified TEXT) WITHOUT ROWID;
CREATE TABLE addresses ({_columns(ADDRESS_COLUMNS)}, PRIMARY KEY (url));
CREATE TABLE articles ({_columns(ARTICLE_COLUMNS)}, PRIMARY KEY (id)) WITHOUT ROWID;
CREATE INDEX by_publication ON addresses (published, state) WHERE moved = 0;
CREATE INDEX by_post ON addresses (post_id) WHERE article IS NULL AND post_id IS NOT NULL;
CREATE INDEX by_look ON addresses (next_look)
    WHERE next_look IS NOT NULL AND state IN ('article', 'refused');
CREATE INDEX by_retry ON addresses (next_look) WHERE state = 'failed';
CREATE INDEX by_waiting ON addresses (published) WHERE state = 'waiting';
CREATE INDEX by_record ON addresses (published)
    WHERE state = 'article' AND moved = 0 AND source = 'rest';
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
    with open_unless_raised(connection):
        connection.execute("PRAGMA cache_size = -8000")
    return connection


class _Closable(Protocol):
    def close(self) -> None: ...


@contextmanager
def open_unless_raised(thing: _Closable) -> Iterator[None]:
    """Close *thing* when what is done with it raises."""
    with ExitStack() as ending:
        ending.callback(thing.close)
        yield
        ending.pop_all()


class Tables:
    """The ledger for the archive's thread: batches of rows in, batches of rows out."""

    def __init__(self, path: Path, *, durable: bool = True) -> None:
        """Open the file at *path*, made when it is not there.

        Without *durable* nothing is synced: for a file that takes its place only when complete.
        Raises :exc:`WrongArchive` when a newer program wrote it, :exc:`sqlite3.DatabaseError`
        when it is no ledger.
        """
        self.connection = connect(path)
        with open_unless_raised(self.connection):
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
        if version == 0:
            self.connection.executescript(_TABLES)
        self.connection.execute(_BY_DEBT)

    def begin(self) -> None:
        self.connection.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        self.connection.execute("COMMIT")

    def rollback(self) -> None:
        if self.connection.in_transaction:
            self.connection.execute("ROLLBACK")

    def close(self) -> None:
        self.connection.close()

    def rows(self) -> Rows:
        """Return the rows for a batch; :meth:`put` writes what became of them."""
        return Rows(self._addresses, self._articles)

    def put(self, rows: Rows) -> None:
        addresses, articles = rows.changed()
        self._put("addresses", "url", ADDRESS_COLUMNS, addresses)
        self._put("articles", "id", ARTICLE_COLUMNS, articles)

    def keep_document(self, url: str, etag: str | None, last_modified: str | None) -> None:
        """Keep the validators of what is no article."""
        self.connection.execute(
            "INSERT OR REPLACE INTO documents VALUES (?, ?, ?)", (url, etag, last_modified)
        )

    def keep_door(self, name: str, left: Mapping[str, Any]) -> None:
        self.connection.execute("INSERT OR REPLACE INTO doors VALUES (?, ?)", (name, _json(left)))

    def addresses_of(self, id_: str) -> list[str]:
        """Return all addresses that lead to an article."""
        rows = self.connection.execute("SELECT url FROM addresses WHERE article = ?", (id_,))
        return [url for (url,) in rows]

    def move_lines(self, month: int, start: int, size: int) -> None:
        """Note that the line of *size* bytes at *start* is gone from the month's text."""
        self.connection.execute(
            "UPDATE articles SET start = start - ? WHERE month = ? AND start > ?",
            (size, month, start),
        )

    def forget_sightings(self, run: str) -> None:
        """Take back that *run* found articles missing for the first time."""
        self.connection.execute(
            "UPDATE addresses SET missing_since = NULL, missing_run = NULL WHERE missing_run = ?",
            (run,),
        )

    def meta(self, name: str) -> str | None:
        row = self.connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def put_meta(self, name: str, value: str) -> None:
        self.connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    def files(self) -> dict[str, tuple[int, int]]:
        """Return how much of each file is accounted for: name → size and crc32 of that much."""
        found = self.connection.execute("SELECT name, size, crc FROM files").fetchall()
        return {name: (size, crc) for name, size, crc in found}

    def put_file(self, name: str, size: int, crc: int) -> None:
        self.connection.execute("INSERT OR REPLACE INTO files VALUES (?, ?, ?)", (name, size, crc))

    def _addresses(self, urls: list[str]) -> list[AddressRow]:
        return self._choose(AddressRow, "addresses", "url", ADDRESS_COLUMNS, urls)

    def _articles(self, ids: list[str]) -> list[ArticleRow]:
        return self._choose(ArticleRow, "articles", "id", ARTICLE_COLUMNS, ids)

    def _choose(
        self, kind: type[_Row], table: str, key: str, columns: tuple[str, ...], wanted: list[str]
    ) -> list[_Row]:
        query = _CHOOSE.format(columns=", ".join(columns), table=table, key=key)
        found = self.connection.execute(query, (json.dumps(wanted),)).fetchone()[0]
        return [kind(**dict(zip(columns, row, strict=True))) for row in json.loads(found)]

    def _put(self, table: str, key: str, columns: tuple[str, ...], rows: list[_Row]) -> None:
        if not rows:
            return
        query = _PUT.format(
            table=table,
            key=key,
            columns=", ".join(columns),
            values=", ".join(f"json_extract(value, '$[{i}]')" for i in range(len(columns))),
            updates=", ".join(f"{name} = excluded.{name}" for name in columns if name != key),
        )
        self.connection.execute(query, (json.dumps([attrs.astuple(row) for row in rows]),))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
