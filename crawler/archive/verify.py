"""Everything that an archive says of itself, checked against everything else it says.

:func:`verify` looks at lines, WARC records, manifest, runs and ledger; :func:`changes` at what
today's rules would make of stored captures.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import tempfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, Final

import attrs

from crawler.archive import runs
from crawler.archive.finishing import digest, read_manifest
from crawler.archive.identity import NAME as IDENTITY
from crawler.archive.identity import read_identity
from crawler.archive.lines import SUFFIX, MonthFile, month_files
from crawler.archive.revisions import Rules, post_id_of
from crawler.archive.tables import (
    ARTICLE_COLUMNS,
    SCHEMA,
    ArticleRow,
    Rows,
    Tables,
    apply_line,
    connect,
)
from crawler.archive.tables import NAME as LEDGER
from crawler.archive.warc import FOLDER, crc_of
from crawler.archive.warc_reading import (
    NotARecord,
    RecentCaptures,
    StoredRecord,
    flaw,
    next_record_after,
    records,
)
from crawler.codec import Line, dump_line, parse_line
from crawler.errors import ArchiveDamaged, InvalidRecord, attempt
from crawler.items import Article, Capture, CaptureReference, Gone
from crawler.newsrooms import Newsroom

# Of a line, what reading its captures again does not give.
GIVEN: Final = frozenset({"captures", "revision", "run", "written_at", "extractor"})

_CHUNK: Final = 200


@attrs.frozen
class Problem:
    """Something that is not as it should be, and where."""

    file: str
    offset: int
    what: str

    def __str__(self) -> str:
        return f"{self.file}: byte {self.offset}: {self.what}"


@attrs.define
class Tally:
    """What a verification has looked at."""

    lines: int = 0
    captures: int = 0
    records: int = 0
    compared: int = 0
    """Article lines that today's rules were asked to give again."""

    others: int = 0
    """Article lines that other rules wrote, whose content was not compared."""


class LineChecker:
    """Goes through the lines of an archive, and makes *fresh*, an empty ledger, from them."""

    def __init__(
        self, folder: Path, newsroom: Newsroom, rules: Rules, fresh: Tables, tally: Tally
    ) -> None:
        self.folder = folder
        self.newsroom = newsroom
        self.rules = rules
        self.tables = fresh
        self.tally = tally
        self._captures = RecentCaptures(folder)
        self._written_at = ""
        self._runs = _run_ids(folder)

    def check(self, accounted: Mapping[str, tuple[int, int]]) -> Iterator[Problem]:
        """Yield what is wrong with any line; *accounted* is what the ledger has of each file."""
        for file in month_files(self.folder):
            if not file.compressed and file.path.with_name(file.path.name + SUFFIX).exists():
                yield Problem(file.path.name, 0, "is there compressed, too; the plain file counts")
            yield from self._check_file(file, accounted.get(file.plain_name))

    def _check_file(self, file: MonthFile, accounted: tuple[int, int] | None) -> Iterator[Problem]:
        name = file.path.name
        chunk: list[tuple[Line, int, bytes]] = []
        end = crc = 0
        try:
            for offset, raw in file.lines():
                end = offset + len(raw)
                crc = zlib.crc32(raw, crc)
                if accounted and end == accounted[0] and crc != accounted[1]:
                    yield Problem(name, 0, f"its first {end} bytes are not what was written")
                try:
                    chunk.append((parse_line(raw), offset, raw))
                except InvalidRecord as error:
                    yield Problem(name, offset, str(error))
                if len(chunk) == _CHUNK:
                    yield from self._check_chunk(file, chunk)
                    chunk = []
        except ArchiveDamaged as error:
            yield Problem(error.file, error.offset, error.problem)
        yield from self._check_chunk(file, chunk)
        if not file.compressed and end < file.path.stat().st_size:
            yield Problem(name, end, "a torn line; the next run cuts it")

    def _check_chunk(
        self, file: MonthFile, chunk: list[tuple[Line, int, bytes]]
    ) -> Iterator[Problem]:
        rows = self.tables.rows()
        rows.fetch([line.url for line, _, _ in chunk], [line.id for line, _, _ in chunk])
        for line, offset, raw in chunk:
            self.tally.lines += 1
            for what in self._check_line(line, file.month, raw, rows):
                yield Problem(file.path.name, offset, f"{line.id}: {what}")
            apply_line(rows, line, self.rules.page_hash)
            if not isinstance(line, Article | Gone):
                continue
            captures, damage = self._read(line.captures)
            yield from damage
            if isinstance(line, Article) and not damage:
                for what in self._check_content(line, captures):
                    yield Problem(file.path.name, offset, f"{line.id}: {what}")
        self.tables.begin()
        self.tables.put(rows)
        self.tables.commit()

    def _check_line(self, line: Line, month: int, raw: bytes, rows: Rows) -> Iterator[str]:
        yield from _check_form(line, raw)
        if line.site != self.newsroom.name:
            yield f"site is {line.site}, want {self.newsroom.name}"
        written = line.written_at or ""
        if written < self._written_at:
            yield f"written at {written}, before the line before it ({self._written_at})"
        self._written_at = max(written, self._written_at)
        if written[:7].replace("-", "") != str(month):
            yield f"written at {written}, in the file of another month"
        if line.run not in self._runs:
            yield f"run {line.run} is not in {runs.NAME}"
        yield from _check_order(line, rows.article(line.id))

    def _check_content(self, line: Article, captures: list[Capture]) -> Iterator[str]:
        if line.extractor != self.rules.extractor:
            self.tally.others += 1
            return
        self.tally.compared += 1
        post_id = post_id_of(line.id, line.source)
        again, error = attempt(partial(self.rules.extract, captures, self.newsroom, post_id))
        if again is None:
            yield f"its captures cannot be read: {error}"
        elif names := differing(line, again):
            yield f"its captures give another {', '.join(names)}"

    def _read(
        self, references: tuple[CaptureReference, ...]
    ) -> tuple[list[Capture], list[Problem]]:
        captures, damage = [], []
        for reference in references:
            self.tally.captures += 1
            try:
                captures.append(self._captures.read(reference))
            except ArchiveDamaged as error:
                damage.append(Problem(error.file, error.offset, error.problem))
        return captures, damage


def differing(line: Article, again: Article) -> list[str]:
    """Return the fields in which *again*, read from the same captures, is not *line*."""
    return [
        field.name
        for field in attrs.fields(Article)
        if field.name not in GIVEN and getattr(line, field.name) != getattr(again, field.name)
    ]


def _check_form(line: Line, raw: bytes) -> Iterator[str]:
    names = [field.name for field in attrs.fields(type(line))]
    there = list(json.loads(raw))
    if there == names:
        if dump_line(line) != raw:
            yield "is not written as this program writes it"
        return
    missing = [name for name in names if name not in there]
    if missing:
        yield f"has no {', '.join(missing)}"
    elif [name for name in there if name in names] != names:
        yield "its keys are not in their order"


def _check_order(line: Line, known: ArticleRow | None) -> Iterator[str]:
    if isinstance(line, Gone):
        if known is None or known.state == "gone" or line.revision != known.revision + 1:
            yield f"gone as revision {line.revision}, after {_said(known)}"
    elif isinstance(line, Article):
        before = known.revision if known else 0
        same = known is not None and known.state != "gone" and line.revision == before
        if not same and line.revision != before + 1:
            yield f"revision {line.revision} after {_said(known)}"
        elif same and known is not None and known.has_line(line.source, line.extractor):
            yield (
                f"a second line of revision {line.revision}, source {line.source} and "
                f"extractor {line.extractor}"
            )


def _said(known: ArticleRow | None) -> str:
    if known is None:
        return "no line"
    return f"revision {known.revision}" + (", gone" if known.state == "gone" else "")


def _run_ids(folder: Path) -> set[str]:
    path = folder / runs.NAME
    found = set()
    if path.exists():
        with path.open("rb") as file:
            for line in file:
                with contextlib.suppress(ArchiveDamaged):  # said where runs are checked
                    found.add(runs.parse_run(path, 0, line).id)
    return found


# Whether the row of an article says what its lines say. Its address may be newer than its line.
_COMPARED = ", ".join(name for name in ARTICLE_COLUMNS if name != "url")


def verify(
    folder: Path, newsroom: Newsroom, rules: Rules, tally: Tally | None = None
) -> Iterator[Problem]:
    """Yield what is wrong with the archive in *folder*; nothing when all is well.

    Every line: form, order, key, run, captures, and, where today's rules wrote it, that they
    give it again. Every WARC record: form and digests. The manifest, the runs, and the ledger
    against the lines. *tally*, where given, counts what was looked at. Reads everything once and
    some of it twice; memory does not grow with the archive, whose ledger is made anew in a
    temporary file. Whoever calls it holds the lock, or knows that nobody writes.
    """
    tally = tally if tally is not None else Tally()
    yield from _check_identity(folder)
    yield from _check_runs(folder)
    for path in [*folder.glob("*.tmp"), *(folder / FOLDER).glob("*.tmp")]:
        yield Problem(path.name, 0, "left over by a run that was killed; the next one removes it")
    with tempfile.TemporaryDirectory(prefix="verify-") as temporary:
        fresh = Tables(Path(temporary) / LEDGER, durable=False)
        try:
            checker = LineChecker(folder, newsroom, rules, fresh, tally)
            accounted = _accounted(folder)
            yield from checker.check(accounted)
            yield from _check_warcs(folder, accounted, tally)
            yield from _check_manifest(folder)
            yield from _check_withheld(folder, fresh)
            yield from _check_ledger(folder, fresh)
        finally:
            fresh.close()


def _check_identity(folder: Path) -> Iterator[Problem]:
    try:
        if read_identity(folder) is None:
            yield Problem(IDENTITY, 0, "is missing")
    except ArchiveDamaged as error:
        yield Problem(IDENTITY, error.offset, error.problem)


def _check_runs(folder: Path) -> Iterator[Problem]:
    path = folder / runs.NAME
    if not path.exists():
        return
    offset = 0
    with path.open("rb") as file:
        for line in file:
            try:
                if not line.endswith(b"\n"):
                    yield Problem(runs.NAME, offset, "a torn line; the next run cuts it")
                elif not line.isspace():
                    runs.parse_run(path, offset, line)
            except ArchiveDamaged as error:
                yield Problem(runs.NAME, offset, error.problem)
            offset += len(line)


def _accounted(folder: Path) -> dict[str, tuple[int, int]]:
    """How much of each file of lines the ledger accounts for, and its crc."""
    try:
        with closing(connect(folder / LEDGER, read_only=True)) as connection:
            rows = connection.execute("SELECT name, size, crc FROM files").fetchall()
    except sqlite3.Error:  # missing, or said by _check_ledger
        return {}
    return {name: (size, crc) for name, size, crc in rows}


def _check_warcs(
    folder: Path, accounted: Mapping[str, tuple[int, int]], tally: Tally
) -> Iterator[Problem]:
    for path in sorted((folder / FOLDER).glob("*.warc.gz")):
        name = f"{FOLDER}/{path.name}"
        with path.open("rb") as file:
            yield from _check_warc(name, file, tally)
        size, crc = accounted.get(name, (0, 0))
        if size and crc_of(path, size) != crc:
            yield Problem(name, 0, f"its first {size} bytes are not what was written")
    for name, (size, _) in accounted.items():
        if name.startswith(f"{FOLDER}/") and not (folder / name).exists():
            yield Problem(name, 0, f"is not there; the ledger knows {size} bytes of it")


def _check_warc(name: str, file: BinaryIO, tally: Tally) -> Iterator[Problem]:
    start: int | None = 0
    while start is not None:
        end = start
        try:
            for record in records(file, start):
                tally.records += 1
                end = record.offset + record.length
                if wrong := _wrong(record):
                    yield Problem(name, record.offset, wrong)
        except NotARecord as error:
            start = next_record_after(file, end)
            upto = f"byte {start}" if start else "its end"
            yield Problem(name, end, f"no WARC record can be read up to {upto} ({error})")
        else:
            return


def _wrong(record: StoredRecord) -> str | None:
    """What is wrong with a record that can be read."""
    if record.offset == 0 and record.kind != "warcinfo":
        return f"the file begins with {record.kind or 'a record without a type'}, want warcinfo"
    return flaw(record)


def _check_manifest(folder: Path) -> Iterator[Problem]:
    try:
        listed = read_manifest(folder)
    except ArchiveDamaged as error:
        yield Problem(error.file, error.offset, error.problem)
        return
    for name, stated in listed.items():
        path = folder / name
        if not path.exists():
            yield Problem(name, 0, "is in the manifest but not there")
        elif digest(path) != stated:
            yield Problem(name, 0, f"is not what it was when it was finished (sha256 {stated})")


def _check_withheld(folder: Path, fresh: Tables) -> Iterator[Problem]:
    try:
        identity = read_identity(folder)
    except ArchiveDamaged:
        return
    stated = set(identity.withheld) if identity else set()
    rows = fresh.connection.execute("SELECT id FROM articles WHERE state = 'withheld'")
    for (id_,) in rows:
        if id_ not in stated:
            yield Problem(IDENTITY, 0, f"does not name {id_}, which is withheld")


def _check_ledger(folder: Path, fresh: Tables) -> Iterator[Problem]:
    path = folder / LEDGER
    if not path.exists():  # a cache: the next run makes it
        return
    connection = fresh.connection
    try:
        connection.execute("ATTACH ? AS live", (f"{path.absolute().as_uri()}?mode=ro",))
        for (said,) in connection.execute("PRAGMA live.integrity_check(10)"):
            if said != "ok":
                yield Problem(LEDGER, 0, said)
                return
        [version] = connection.execute("PRAGMA live.user_version").fetchone()
        if version < SCHEMA:  # an earlier program's; the next run makes it anew
            return
        different = connection.execute(
            f"SELECT id, {_COMPARED} FROM (SELECT {_COMPARED} FROM main.articles "  # noqa: S608 -- our own names
            f"EXCEPT SELECT {_COMPARED} FROM live.articles)"
        )
        for id_, *_ in different:
            yield Problem(LEDGER, 0, f"does not say of {id_} what its lines say")
        for (id_,) in connection.execute(
            "SELECT id FROM live.articles EXCEPT SELECT id FROM main.articles"
        ):
            yield Problem(LEDGER, 0, f"knows {id_}, of which there is no line")
        for (id_,) in connection.execute(
            "SELECT id FROM live.articles AS a LEFT JOIN live.addresses AS b ON a.url = b.url "
            "WHERE b.url IS NULL"
        ):
            yield Problem(LEDGER, 0, f"has no address of {id_}")
    except sqlite3.DatabaseError as error:
        yield Problem(LEDGER, 0, str(error))


@attrs.frozen(kw_only=True)
class Change:
    """What today's rules make of the captures of a line, where it is not the line."""

    before: Article
    after: Article | None
    """With ``id``, ``revision``, ``source`` and ``captures`` of the line, fit for
    :class:`crawler.archive.Reread`; None where the captures cannot be read."""

    fields: tuple[str, ...] = ()
    """Fields that differ."""

    problem: str | None = None
    """Why the captures cannot be read."""

    @property
    def writable(self) -> bool:
        """Whether it may be a line: rules that changed without a new name may not."""
        return self.after is not None and self.after.extractor != self.before.extractor

    def differences(self) -> Iterator[tuple[str, Any, Any]]:
        """Yield field, value before and value after."""
        for name in self.fields:
            yield name, getattr(self.before, name), getattr(self.after, name)


def changes(
    folder: Path, newsroom: Newsroom, rules: Rules, lines: Iterable[Article]
) -> Iterator[Change]:
    """Yield what today's *rules* would change in *lines*, which may be any part of an archive.

    Of the lines that count: what is read again of an earlier revision would stand behind the
    newest. Writes nothing: give ``Reread(change.after)`` to an open archive for that. A task of its own: it needs nothing but files, so that parts may be done side by side.
    """
    captures = RecentCaptures(folder)
    for line in lines:
        after, error = attempt(partial(_again, captures, newsroom, rules, line))
        if after is None:
            yield Change(before=line, after=None, problem=str(error))
        elif fields := differing(line, after):
            yield Change(before=line, after=after, fields=tuple(fields))


def _again(captures: RecentCaptures, newsroom: Newsroom, rules: Rules, line: Article) -> Article:
    stored = [captures.read(reference) for reference in line.captures]
    article = rules.extract(stored, newsroom, post_id_of(line.id, line.source))
    return attrs.evolve(
        article,
        revision=line.revision,
        captures=line.captures,
        run=None,
        written_at=None,
    )
