"""Everything that an archive says of itself, checked against everything else it says."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

from crawler.archive import runs
from crawler.archive.captures import (
    NotARecord,
    StoredRecord,
    digest_agrees,
    joined,
    next_record_after,
    parse_response,
    payload_agrees,
    records,
)
from crawler.archive.identity import NAME as IDENTITY
from crawler.archive.identity import read_identity
from crawler.archive.manifest import digest, read_manifest
from crawler.archive.rereading import Rules
from crawler.archive.tables import ARTICLE_COLUMNS, Tables, connect
from crawler.archive.tables import NAME as LEDGER
from crawler.archive.verify_lines import LineChecker, Problem, Tally
from crawler.archive.warcs import FOLDER, crc_of
from crawler.errors import ArchiveDamaged
from crawler.newsrooms import Newsroom

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
    stated = record.fields.get("warc-block-digest")
    if stated and not digest_agrees(record.block, stated):
        return f"{record.kind}: block is not {stated}"
    stated = record.fields.get("warc-payload-digest")
    if record.kind == "response" and stated:
        try:
            _, fields, body = parse_response(record.block)
        except NotARecord as error:
            return f"response: {error}"
        if not payload_agrees(joined(fields), body, stated):
            return f"response: payload is not {stated}"
    missing = [
        name for name in ("warc-type", "warc-record-id", "warc-date") if name not in record.fields
    ]
    return f"{record.kind}: no {missing[0]}" if missing else None


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
