"""One line a run: ``runs.jsonl``."""

from __future__ import annotations

import datetime as dt
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, Final

import attrs
from cattrs import Converter

from crawler.archive.files import AppendedFile, backwards
from crawler.errors import ArchiveDamaged

NAME: Final = "runs.jsonl"

_CONVERTER: Final = Converter(detailed_validation=False)
ROOM: Final = 4095
"""Bytes that a run takes at its start, so that a full disk cannot keep its record out."""


@attrs.frozen(kw_only=True)
class RunReport:
    """What whoever ran knows of the run; the archive counts lines and findings itself."""

    exit_code: int
    requests: int = 0
    bytes: int = 0
    """Bytes received."""

    smallest_gap: float | None = None
    """Seconds between the end of an answer and the next request to the same host, at least."""

    robots: str = ""
    """``obey`` or ``ignore``, what robots.txt says."""

    crawl_delay: float | None = None
    """Seconds that robots.txt asks for between requests."""

    doors: Mapping[str, int] = attrs.field(factory=dict)
    """Door → links that it listed."""

    coverage: Mapping[str, float] = attrs.field(factory=dict)
    """Field → share of the last article lines that have it, 0 to 1."""

    notes: tuple[str, ...] = ()
    """What somebody should read: what was wrong, where, what to do."""


@attrs.frozen(kw_only=True)
class Stock:
    """What a run finds at its begin, so that one that was killed is judged by the next."""

    lines: int
    """In all files."""

    file: str | None = None
    """The file of the newest month."""

    bytes: int = 0
    """Of text in that file."""


@attrs.frozen(kw_only=True)
class RunRecord:
    """A line of ``runs.jsonl``.

    The line is there from the start of the run, with ``end`` and ``exit_code`` null, so that the
    disk being full cannot keep it out; a run that was killed leaves it so.
    """

    id: str
    """``20260131T040506Z-`` and four hex digits."""

    command: str
    begin: str
    """UTC, ISO 8601, as is ``end``."""

    end: str | None = None
    arguments: Mapping[str, Any] = attrs.field(factory=dict)
    requests: int = 0
    bytes: int = 0
    new: int = 0
    changed: int = 0
    superseded: int = 0
    reread: int = 0
    gone: int = 0
    unchanged: int = 0
    """Known articles looked at that had not changed (``unchanged`` and ``seen``)."""

    missing: int = 0
    refused: int = 0
    failed: int = 0
    withheld: int = 0
    wrote: Mapping[str, int] | None = None
    """File of lines → lines that the run added to it; null until it ends."""

    found: Stock | None = None
    """What it found at its begin."""

    erased: Mapping[str, int] = attrs.field(factory=dict)
    """Run → lines of it that were erased."""

    made: Mapping[str, int] = attrs.field(factory=dict)
    """Run → lines of it that were lost, and made again from their captures."""

    lost: Mapping[str, int] = attrs.field(factory=dict)
    """Run → lines of it that are lost; only ``scrapy verify --repair`` records that."""

    short: int = 0
    """Lines that runs before it reported, that are not there, and that nobody has recorded as lost."""

    doors: Mapping[str, int] = attrs.field(factory=dict)
    smallest_gap: float | None = None
    robots: str = ""
    crawl_delay: float | None = None
    coverage: Mapping[str, float] = attrs.field(factory=dict)
    notes: tuple[str, ...] = ()
    exit_code: int | None = None


def new_run_id(now: dt.datetime) -> str:
    """Return an id that sorts by time and that no other run has."""
    return f"{now.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"


class RunLog:
    """The current run's place in ``runs.jsonl``."""

    def __init__(self, folder: Path, record: RunRecord) -> None:
        """Write *record* as the last line, with room for what it will have become."""
        file = AppendedFile(folder / NAME)
        try:
            self._offset = file.size
            file.append(dump_run(record, ROOM))
        finally:
            file.close()
        self._path = folder / NAME

    def complete(self, record: RunRecord, *, room: int = 0) -> RunRecord:
        """Put *record* in the place of the first; return it as written.

        With *room*, of as many bytes, it is not the last word.
        Where it needs more than the room that was kept, and the disk has no more, its notes are
        left out from the last on.
        """
        fd = os.open(self._path, os.O_RDWR | os.O_CLOEXEC)
        try:
            while True:
                line = dump_run(record, room)
                try:
                    if os.pwrite(fd, line, self._offset) == len(line):
                        break
                    problem: OSError | None = None
                except OSError as error:
                    problem = error
                if not record.notes:
                    raise problem or OSError("the run's record does not fit on the disk")
                record = attrs.evolve(record, notes=record.notes[:-1])
            os.ftruncate(fd, self._offset + len(line))
            os.fsync(fd)
        finally:
            os.close(fd)
        return record


def read_runs(folder: Path) -> Iterator[RunRecord]:
    """Yield the runs of the archive in *folder*, oldest first; nothing when there is no file.

    A line that is no run's record is passed over: ``scrapy verify`` names it.
    """
    return (each for _, each in scan_runs(folder) if isinstance(each, RunRecord))


def scan_runs(folder: Path) -> Iterator[tuple[bytes, RunRecord | ArchiveDamaged]]:
    """Yield every line of ``runs.jsonl``, and its run, or what is wrong with it."""
    path, offset = folder / NAME, 0
    if not path.exists():
        return
    with path.open("rb") as file:
        for line in file:
            if not line.endswith(b"\n"):
                yield line, ArchiveDamaged(NAME, offset, "a torn line; the next run cuts it")
            elif not line.isspace():
                yield line, _parsed(line, offset)
            offset += len(line)


def last_runs(folder: Path, count: int) -> list[RunRecord]:
    """Return the last *count* runs, oldest first, at a cost that does not grow with the file."""
    path = folder / NAME
    runs = (_parsed(line, 0) for line in (backwards(path) if path.exists() else ()))
    return list(islice((run for run in runs if isinstance(run, RunRecord)), count))[::-1]


def _parsed(line: bytes, offset: int) -> RunRecord | ArchiveDamaged:
    try:
        return _CONVERTER.structure(json.loads(line), RunRecord)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        return ArchiveDamaged(NAME, offset, f"no run's record ({error!r})")


def dump_run(record: RunRecord, room: int = 0) -> bytes:
    """Return *record* as a line, with *room* of as many bytes at least."""
    text = json.dumps(attrs.asdict(record), ensure_ascii=False, separators=(",", ":"))
    return text.encode(errors="backslashreplace").ljust(room) + b"\n"
