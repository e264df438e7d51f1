"""The ledger's SQLite file as a run writes it: its rows, and what a line makes of them."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any, ClassVar, Final, TypeVar

import attrs

from crawler.codec import Line
from crawler.errors import WrongArchive
from crawler.items import Article, CaptureReference, Gone, Withheld, fields_filled
from crawler.normalise.text import as_typed
from crawler.timestamps import comparable

_THEN: Final = "then "
# A newsroom changes its theme every few years, and back within days.
_THEMES: Final = 3


@attrs.frozen(kw_only=True)
class ArticleRow:
    """An article: what its last line says."""

    table: ClassVar = "articles"
    key: ClassVar = "id"

    id: str
    url: str
    """Its current address."""

    revision: int
    state: str
    """``article``, ``gone`` or ``withheld``."""

    line_url: str | None = None
    """Address that the last line states."""

    post_id: int | None = None
    source: str | None = None
    extractor: str | None = None
    content_hash: str | None = None
    page_hash: str | None = None
    theme: str | None = None
    captures: str = "{}"
    """Source → captures of the last line that was read from it, as JSON, the oldest first.

    Under ``then`` and its name those of the last line that another theme printed.
    """

    written: str = ""
    """What the lines of the current revision differ in, one a line."""

    day: str | None = None
    """Of publication, by the newsroom's own clock; or its month."""

    filled: int = 0
    """Which fields the last line has, see :func:`crawler.items.fields_filled`."""

    checksum: int = 0
    """crc32 of the rest but the address, as it was written: SQLite does not notice a flipped bit."""

    def summed(self) -> ArticleRow:
        """Return the row with the checksum that it should have."""
        rest = attrs.astuple(attrs.evolve(self, checksum=0, url=""))
        return attrs.evolve(self, checksum=zlib.crc32(_json(rest).encode()))

    def captures_of(self, source: str | None) -> tuple[CaptureReference, ...]:
        """Return the captures that the last line of that *source* names."""
        return _references(json.loads(self.captures).get(source, ()))

    def sources(self) -> list[str]:
        """Return what lines were read from, since one that was read from everything."""
        return [each for each in json.loads(self.captures) if not each.startswith(_THEN)]

    def last_read(self) -> tuple[CaptureReference, ...]:
        """Return the captures from which it was read last, of each source."""
        return tuple(each for source in self.sources() for each in self.captures_of(source))

    def printed_by(self, theme: str | None) -> tuple[CaptureReference, ...]:
        """Return the captures of the last line that a former *theme* printed."""
        return self.captures_of(f"{_THEN}{theme}")

    def states(self, article: Article) -> bool:
        """Whether the last line says what *article* does."""
        hashes = article.content_hash, page_hash(article)
        return (self.content_hash, self.page_hash) == hashes

    def has_line(self, line: Article, *, last: bool = False) -> bool:
        """Whether a line of the current revision, or the *last* one, says what *line* does."""
        keys = self.written.split("\n")
        return _line_key(line, page_hash(line)) in (keys[-1:] if last else keys)


def page_hash(article: Article) -> str:
    """Return a digest of what only the page states, ``sha256:…``.

    It covers subtitle, caption, image_url, writer, editor, source_url and embeds: between two
    lines of source ``page``, a change of these makes a revision although ``content_hash`` stays.
    """
    lines = [
        f"{field}\t{getattr(article, field) or ''}"
        for field in ("subtitle", "caption", "image_url", "writer", "editor", "source_url")
    ]
    lines += [f"embed\t{embed.kind}\t{embed.url}" for embed in article.embeds]
    text = as_typed("\n".join(lines)) + "\n"
    return f"sha256:{sha256(text.encode()).hexdigest()}"


def _line_key(line: Article, hashed: str) -> str:
    """Return what two lines of one revision differ in."""
    short = (each.removeprefix("sha256:")[:16] for each in (line.content_hash, hashed))
    return " ".join((line.source, line.extractor, *short, line.url))


def _references(values: Iterable[Mapping[str, Any]]) -> tuple[CaptureReference, ...]:
    return tuple(CaptureReference(**each) for each in values)


@attrs.frozen(kw_only=True)
class AddressRow:
    """An address that was listed or fetched, and when to look again."""

    table: ClassVar = "addresses"
    key: ClassVar = "url"

    url: str
    article: str | None = None
    """Id of the article that it leads to."""

    post_id: int | None = None
    published: str | None = None
    """UTC, in the form that sorts, as are the next three."""

    lastmod: str | None = None
    """As a door stated it when the address was last looked at."""

    listed: str | None = None
    """As a door stated it last."""

    looked_at: str | None = None
    """When it was last fetched."""

    state: str = "waiting"
    """Also ``article``, ``refused``, ``failed`` or ``gone``."""

    moved: int = 0
    """1 for an earlier address of the article."""

    source: str | None = None
    """What the article's last line was read from."""

    reason: str | None = None
    """Why it was refused, or failed last."""

    etag: str | None = None
    last_modified: str | None = None
    next_look: int | None = None
    """Seconds since 1970; None while it was never fetched, and of what is withheld."""

    pause: int = 0
    failures: int = 0
    """Failed fetches in a row."""

    missing_since: str | None = None
    missing_run: str | None = None
    sighting: str | None = None
    """Where what was found in its place is stored, as JSON; of :attr:`missing_since`."""

    unchanged: str | None = None
    """When the last look began that found what the last line says."""

    stale: int = 0
    """Looks in a row that were sent for a change and brought the page of before."""

    digits: int = 0
    """Looks in a row that found nothing changed but numbers."""

    theme: str | None = None
    """The theme that printed just what the last line says, when it was looked at since; "": one
    without a name."""

    kept: str | None = None
    """Digest of the last payload kept of a refused page."""

    def found(self, **changes: Any) -> AddressRow:
        """Return the row with *changes*, of an article that is not missing."""
        return attrs.evolve(self, missing_since=None, missing_run=None, **changes)

    def sighted(self) -> tuple[CaptureReference, ...]:
        """Return the captures of the first look that found the article missing."""
        return _references(json.loads(self.sighting or "[]"))


_Row = TypeVar("_Row", AddressRow, ArticleRow)


def columns(kind: type[Any]) -> tuple[str, ...]:
    """Return the names of the columns that a row of that *kind* is made of."""
    return tuple(field.name for field in attrs.fields(kind))


class Rows:
    """Rows that a batch works on: read once, changed here, written at its end."""

    def __init__(self, read: Callable[[type[_Row], list[str]], list[_Row]]) -> None:
        self._read: Callable[[type[Any], list[str]], list[Any]] = read
        self._rows: dict[tuple[type, str], Any] = {}
        self._changed: dict[tuple[type, str], None] = {}

    def fetch(self, urls: Iterable[str], ids: Iterable[str]) -> None:
        """Read what the batch will ask for in as few queries as can be."""
        leading = [row.article for row in self._fetch(AddressRow, urls) if row.article]
        articles = self._fetch(ArticleRow, [*ids, *leading])
        self._fetch(AddressRow, [row.url for row in articles])

    def _fetch(self, kind: type[_Row], keys: Iterable[str]) -> list[_Row]:
        wanted = [key for key in dict.fromkeys(keys) if (kind, key) not in self._rows]
        found = self._read(kind, wanted) if wanted else []
        self._rows.update(dict.fromkeys((kind, key) for key in wanted))
        self._rows.update({(kind, getattr(row, kind.key)): row for row in found})
        return found

    def address(self, url: str) -> AddressRow | None:
        if (AddressRow, url) not in self._rows:
            self._fetch(AddressRow, [url])
        row: AddressRow | None = self._rows[AddressRow, url]
        return row

    def article(self, id_: str) -> ArticleRow | None:
        if (ArticleRow, id_) not in self._rows:
            self.fetch([], [id_])
        row: ArticleRow | None = self._rows[ArticleRow, id_]
        return row

    def put(self, row: AddressRow | ArticleRow) -> None:
        place = type(row), getattr(row, row.key)
        self._rows[place] = row
        self._changed[place] = None

    def changed(self, kind: type[_Row]) -> list[_Row]:
        """Return the rows to write."""
        return [self._rows[each] for each in self._changed if each[0] is kind]


def apply_line(rows: Rows, line: Line) -> None:
    """Bring *rows* up to *line*.

    The one place that knows what a line means to the ledger: a run, catching up, rebuilding and
    verifying all come here.
    """
    known = rows.article(line.id)
    if known is not None and not isinstance(line, Withheld) and line.revision < known.revision:
        return  # a line of before, that was lost and made again
    if isinstance(line, Article):
        rows.put(_article_row(known, line))
        place(rows, known, line, line.source)
        return
    gone = isinstance(line, Gone)
    state = "gone" if gone else "withheld"
    row = known or ArticleRow(id=line.id, url=line.url, revision=1, state=state)
    if isinstance(line, Gone):
        row = attrs.evolve(row, revision=line.revision, written="")
    if known is None or known.state != "withheld":
        rows.put(attrs.evolve(row, state=state))
    address = rows.address(line.url) or AddressRow(url=line.url, article=line.id)
    rows.put(address.found(state="gone" if gone else "refused", reason=state, next_look=None))


def _kept(known: ArticleRow | None, line: Article) -> dict[str, Any]:
    """Return what of the captures of *known* is kept beside those of *line*."""
    if known is None:
        return {}
    captures: dict[str, Any] = json.loads(known.captures)
    former = {name: refs for name, refs in captures.items() if name.startswith(_THEN)}
    if known.theme is not None and known.theme != line.theme and known.source in captures:
        former.pop(f"{_THEN}{known.theme}", None)
        former[f"{_THEN}{known.theme}"] = captures[known.source]
    former = dict(list(former.items())[-_THEMES:])
    return former if line.source == "both" else captures | former


def _article_row(known: ArticleRow | None, line: Article) -> ArticleRow:
    hashed = page_hash(line)
    same = known is not None and known.revision == line.revision
    before = known.written.split("\n") if same and known and known.written else []
    captures = _kept(known, line)
    captures.pop(line.source, None)
    captures[line.source] = [attrs.asdict(each) for each in line.captures]
    return ArticleRow(
        id=line.id,
        url=line.url,
        revision=line.revision,
        state="withheld" if known is not None and known.state == "withheld" else "article",
        line_url=line.url,
        post_id=line.post_id,
        source=line.source,
        extractor=line.extractor,
        content_hash=line.content_hash,
        page_hash=hashed,
        theme=line.theme or (known.theme if known else None),
        captures=_json(captures),
        written="\n".join([*before, _line_key(line, hashed)]),
        day=(line.published_at or "")[:10] or None,
        filled=fields_filled(line),
    )


def began(captures: Iterable[CaptureReference]) -> str | None:
    """Return when the look began that *captures* are of."""
    return min((each.fetched_at for each in captures), default=None)


def place(rows: Rows, known: ArticleRow | None, line: Article, source: str | None) -> None:
    """Let the address of *line* lead to it, and an earlier address of it stand aside."""
    if known is not None and known.url != line.url:
        former = rows.address(known.url)
        if former is not None and former.article == line.id:
            rows.put(attrs.evolve(former, moved=1, next_look=None))
    address = rows.address(line.url) or AddressRow(url=line.url)
    rows.put(
        address.found(
            article=line.id,
            post_id=line.post_id if line.post_id is not None else address.post_id,
            published=comparable(line.published_at) or address.published,
            looked_at=max([address.looked_at or "", *(each.fetched_at for each in line.captures)])
            or None,
            unchanged=began(line.captures) or address.unchanged,
            state="article",
            moved=0,
            source=source,
            reason=None,
            failures=0,
        )
    )


NAME: Final = "state.sqlite"
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
        return Rows(self._choose)

    def put(self, rows: Rows) -> None:
        self._put(AddressRow, rows.changed(AddressRow))
        self._put(ArticleRow, [row.summed() for row in rows.changed(ArticleRow)])

    def keep_document(self, url: str, etag: str | None, last_modified: str | None) -> None:
        """Keep the validators of what is no article."""
        self._replace("documents", url, etag, last_modified)

    def keep_door(self, name: str, left: Mapping[str, Any]) -> None:
        self._replace("doors", name, _json(left))

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

    def _choose(self, kind: type[_Row], wanted: list[str]) -> list[_Row]:
        names = columns(kind)
        query = _CHOOSE.format(columns=", ".join(names), table=kind.table, key=kind.key)
        found = self.connection.execute(query, (json.dumps(wanted),)).fetchone()[0]
        rows = [kind(**dict(zip(names, row, strict=True))) for row in json.loads(found)]
        for row in rows:
            if isinstance(row, ArticleRow) and row != row.summed():
                raise LedgerDamaged(f"the ledger does not say of {row.id} what its line says")
        return rows

    def _put(self, kind: type[_Row], rows: list[_Row]) -> None:
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


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
