"""Lines checked: each for itself, against those before it, and against its captures."""

from __future__ import annotations

import contextlib
import json
import zlib
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import attrs

from crawler.archive import runs
from crawler.archive.lines import MonthFile, Position, month_files
from crawler.archive.packed import SUFFIX
from crawler.archive.recent import RecentCaptures
from crawler.archive.rereading import Rules, post_id_of
from crawler.archive.rows import ArticleRow, Rows, apply_line
from crawler.archive.tables import Tables
from crawler.captures import Capture
from crawler.errors import ArchiveDamaged, InvalidRecord
from crawler.items import Article, CaptureReference, Gone
from crawler.lineformat import Content, Line, dump_line, parse_line
from crawler.newsrooms import Newsroom
from crawler.project_items import ProjectItem, hash_of

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
        self._pool = ThreadPoolExecutor(1, "verify")
        self._captures = RecentCaptures(folder)
        self._written_at = ""
        self._runs = _run_ids(folder)

    def check(self, accounted: Mapping[str, tuple[int, int]]) -> Iterator[Problem]:
        """Yield what is wrong with any line; *accounted* is what the ledger has of each file."""
        with self._pool:
            for file in month_files(self.folder):
                if not file.compressed and file.path.with_name(file.path.name + SUFFIX).exists():
                    yield Problem(
                        file.path.name, 0, "is there compressed, too; the plain file counts"
                    )
                yield from self._check_file(file, accounted.get(file.plain_name))

    def _check_file(self, file: MonthFile, accounted: tuple[int, int] | None) -> Iterator[Problem]:
        name = file.path.name
        chunk: list[tuple[Line, Position, bytes]] = []
        end = crc = 0
        try:
            for offset, raw in file.lines():
                end = offset + len(raw)
                crc = zlib.crc32(raw, crc)
                if accounted and end == accounted[0] and crc != accounted[1]:
                    yield Problem(name, 0, f"its first {end} bytes are not what was written")
                try:
                    position = Position(file.month, offset, len(raw))
                    chunk.append((parse_line(raw), position, raw))
                except InvalidRecord as error:
                    yield Problem(name, offset, str(error))
                if len(chunk) == _CHUNK:
                    yield from self._check_chunk(name, chunk)
                    chunk = []
        except ArchiveDamaged as error:
            yield Problem(error.file, error.offset, error.problem)
        yield from self._check_chunk(name, chunk)
        if not file.compressed and end < file.path.stat().st_size:
            yield Problem(name, end, "a torn line; the next run cuts it")

    def _check_chunk(
        self, name: str, chunk: list[tuple[Line, Position, bytes]]
    ) -> Iterator[Problem]:
        rows = self.tables.rows()
        rows.fetch([line.url for line, _, _ in chunk], [line.id for line, _, _ in chunk])
        for line, position, raw in chunk:
            self.tally.lines += 1
            for what in self._check_line(line, position, raw, rows):
                yield Problem(name, position.start, f"{line.id}: {what}")
            apply_line(rows, line, position, self.rules.page_hash)
            if not isinstance(line, Content | Gone):
                continue
            captures, damage = self._read(line.captures)
            yield from damage
            if isinstance(line, Article) and not damage:
                for what in self._check_content(line, captures):
                    yield Problem(name, position.start, f"{line.id}: {what}")
        self.tables.begin()
        self.tables.put(rows)
        self.tables.commit()

    def _check_line(self, line: Line, position: Position, raw: bytes, rows: Rows) -> Iterator[str]:
        yield from _check_form(line, raw)
        if line.site != self.newsroom.name:
            yield f"site is {line.site}, want {self.newsroom.name}"
        written = line.written_at or ""
        if written < self._written_at:
            yield f"written at {written}, before the line before it ({self._written_at})"
        self._written_at = max(written, self._written_at)
        if written[:7].replace("-", "") != str(position.month):
            yield f"written at {written}, in the file of another month"
        if line.run not in self._runs:
            yield f"run {line.run} is not in {runs.NAME}"
        yield from _check_order(line, rows.article(line.id))

    def _check_content(self, line: Article, captures: list[Capture]) -> Iterator[str]:
        if line.extractor != self.rules.extractor:
            self.tally.others += 1
            return
        self.tally.compared += 1
        attempt = self._pool.submit(
            self.rules.extract, captures, self.newsroom, post_id_of(line.id, line.source)
        )
        error = attempt.exception()
        if error is not None:
            yield f"its captures cannot be read: {error}"
            return
        if names := differing(line, attempt.result()):
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
    if isinstance(line, ProjectItem) and line.content_hash != hash_of(line.item):
        yield "content_hash is not that of its item"
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
    elif isinstance(line, Content):
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
