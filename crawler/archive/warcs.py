"""The WARC files of an archive: which one is appended to, and what goes into it."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
import zlib
from collections.abc import Callable, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Final

import attrs

from crawler.archive.captures import record_at
from crawler.archive.files import AppendedFile, sync_folder
from crawler.archive.moments import stamp
from crawler.archive.records import Member, request, response, revisit, sha256, warcinfo
from crawler.captures import Capture, CopiedRecord, Exchange
from crawler.errors import ArchiveDamaged, ArchiveError
from crawler.items import CaptureReference

FOLDER: Final = "warc"
# A file is finished when it has reached 1 GB, the size that the WARC standard recommends.
FULL: Final = 1_000_000_000
# Findings of a REST list name one capture; of the last few, where they lie is remembered.
_REMEMBERED: Final = 8
_BLOCK: Final = 1024 * 1024
_ROBOTS: Final = re.compile(rb"^robots: (\w+)\r$", re.MULTILINE)


@attrs.frozen
class _Written:
    kept: Exchange | CopiedRecord
    reference: CaptureReference


class WarcFiles:
    """Appends records to the newest file under 1 GB, in batches that are whole or absent."""

    def __init__(
        self,
        folder: Path,
        archive: str,
        *,
        operator: str,
        robots: str = "",
        clock: Callable[[], dt.datetime],
        full: int = FULL,
    ) -> None:
        """*folder* is the archive's; *archive* its name, with which file names begin.

        *robots* is the policy by which what is added was fetched, empty where it is not known.
        """
        self.folder = folder
        self.archive = archive
        self.operator = operator
        self.robots = robots
        self.clock = clock
        self.full = full
        self.known = ("", 0)
        """Name and crc32 of the file that may be appended to."""

        self._file: AppendedFile | None = None
        self._damaged = False
        self._path: Path | None = None
        self._members: list[bytes] = []
        self._begin = self._end = self._crc = 0
        self._recent: list[_Written] = []

    def start_anew(self) -> None:
        """Append to a new file from now on: the newest one is damaged."""
        self._damaged = True

    @property
    def pending(self) -> int:
        """Bytes in the batch."""
        return self._end - self._begin

    def keep(self, capture: Capture, previous: Sequence[CaptureReference] = ()) -> CaptureReference:
        """Add *capture*, every hop of it, to the batch; return where its response will be.

        Nothing is added for one that is in the archive already. A payload that equals that of
        one of *previous* becomes a revisit record, as does a 304 for a stored capture.
        """
        if capture.copied is not None:
            return self._copy(capture.copied)
        if not capture.exchanges:
            if capture.reference is None:
                raise ArchiveError(f"{capture.url}: capture has neither exchange nor reference")
            return capture.reference
        *hops, last = capture.exchanges
        for hop in hops:
            self._write(hop, None)
        if last.status == HTTPStatus.NOT_MODIFIED:
            return self._write(last, self._stored(capture.reference))
        original = None
        if previous and last.body:
            digest = sha256(last.body)
            same = next((each for each in previous if each.digest == digest), None)
            with contextlib.suppress(ArchiveDamaged):  # then it is stored once more
                original = self._stored(same)
        return self._write(last, original)

    def add(self, members: Sequence[Member]) -> list[CaptureReference]:
        """Add records that are made already; return where they will be."""
        if self._path is None:
            self._choose()
        references = []
        for member in members:
            references.append(member.at(self.name, self._end))
            self._append(member.content)
        return references

    @property
    def name(self) -> str:
        """The file that is appended to, as lines name it; empty before there is one."""
        return f"{FOLDER}/{self._path.name}" if self._path else ""

    def commit(self) -> None:
        """Put the batch on disk; :meth:`accept` or :meth:`rollback` decides on it."""
        if self._members:
            assert self._path is not None
            if self._file is None:
                self._path.parent.mkdir(exist_ok=True)
                self._file = AppendedFile(self._path)
                sync_folder(self.folder)
            content = b"".join(self._members)
            self._file.append(content)
            self._file.sync()
            self._members.clear()
            self._crc = zlib.crc32(content, self.known[1])

    def accept(self) -> tuple[str, int, int] | None:
        """Let the batch stand: what names it is on disk, too.

        Returns name, size and crc32 of the file, ``None`` when nothing was added to it.
        """
        if self._begin == self._end:
            return None
        self._begin = self._end
        self.known = (self.name, self._crc)
        written = (self.name, self._end, self._crc)
        if self._end >= self.full:
            self.close()
        return written

    def rollback(self) -> None:
        """Drop the batch; what :meth:`commit` has written of it is cut off."""
        self._members.clear()
        self._recent.clear()
        self._end = self._begin
        if self._file is not None:
            self._file.cut(self._begin)
            if not self._begin:
                self._file.path.unlink()
                self.close()
        elif not self._begin:
            self._path = None

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
        self._file, self._path = None, None
        self._begin = self._end = 0

    def mark(self) -> int:
        """Return what :meth:`reset` needs to drop what is added from now on."""
        return len(self._members)

    def reset(self, mark: int) -> None:
        """Drop what was added to the batch since *mark*."""
        self._end -= sum(map(len, self._members[mark:]))
        del self._members[mark:]
        self._recent.clear()
        if not self._end:  # the warcinfo is gone with it
            self._path = None

    def _write(self, exchange: Exchange, original: CaptureReference | None) -> CaptureReference:
        if written := self._written_lately(exchange):
            return written
        visit = response(exchange) if original is None else revisit(exchange, original)
        reference, _ = self.add([visit, request(exchange, visit.record_id)])
        self._recent = [*self._recent[1 - _REMEMBERED :], _Written(exchange, reference)]
        return reference

    def _copy(self, record: CopiedRecord) -> CaptureReference:
        if written := self._written_lately(record):
            return written
        (reference,) = self.add(
            [
                Member(
                    content=record.content,
                    record_id=record.record_id,
                    url=record.url,
                    date=record.fetched_at,
                    status=record.status,
                    digest=record.digest,
                )
            ]
        )
        self._recent = [*self._recent[1 - _REMEMBERED :], _Written(record, reference)]
        return reference

    def _written_lately(self, kept: Exchange | CopiedRecord) -> CaptureReference | None:
        return next((each.reference for each in self._recent if each.kept == kept), None)

    def _stored(self, reference: CaptureReference | None) -> CaptureReference | None:
        """*reference*, or what it is itself a revisit of; None when it is not on disk yet."""
        if reference is None or (reference.warc == self.name and reference.offset >= self._begin):
            return None
        record = record_at(self.folder, reference.warc, reference.offset)
        if record.kind != "revisit":
            return reference
        fields = record.fields
        return attrs.evolve(
            reference,
            url=fields["warc-refers-to-target-uri"],
            fetched_at=fields["warc-refers-to-date"],
            warc=fields["warc-refers-to-filename"],
            offset=int(fields["warc-refers-to-file-offset"]),
            record_id=fields["warc-refers-to"].strip("<>"),
        )

    def _append(self, content: bytes) -> None:
        self._members.append(content)
        self._end += len(content)

    def _choose(self) -> None:
        files = warc_files(self.folder, self.archive)
        size = files[-1].stat().st_size if files else self.full
        fits = size < self.full and not self._damaged
        if fits and stated_robots(files[-1]) == self.robots:
            self._path = files[-1]
            self._begin = self._end = size
            if self.known[0] != self.name:
                self.known = (self.name, crc_of(files[-1], size))
            return
        self._damaged = False
        now = self.clock()
        serial = (_serial(files[-1].name, self.archive) or 0) + 1 if files else 1
        name = f"{self.archive}-{now.astimezone(dt.UTC):%Y%m%d%H%M%S}-{serial:05}.warc.gz"
        self._path = self.folder / FOLDER / name
        self._begin = self._end = 0
        self.known = (self.name, 0)
        self._append(
            warcinfo(
                name,
                archive=self.archive,
                operator=self.operator,
                robots=self.robots,
                date=stamp(now),
            )
        )


def stated_robots(path: Path) -> str:
    """Return the robots policy that the ``warcinfo`` of the file at *path* states, or ``""``."""
    with path.open("rb") as file, contextlib.suppress(zlib.error):
        first = zlib.decompressobj(wbits=31).decompress(file.read(_BLOCK), _BLOCK)
        found = _ROBOTS.search(first)
        return found[1].decode() if found else ""
    return ""


def crc_of(path: Path, size: int, *, start: int = 0, crc: int = 0) -> int:
    """Return the crc32 of the first *size* bytes of a file; *crc* is that of those up to *start*."""
    with path.open("rb") as file:
        file.seek(start)
        left = size - start
        while left > 0 and (block := file.read(min(left, _BLOCK))):
            crc = zlib.crc32(block, crc)
            left -= len(block)
    return crc


def warc_files(folder: Path, archive: str) -> list[Path]:
    """Return the files that the archive itself appended to, in the order of their serials."""
    numbered = [
        (serial, path)
        for path in (folder / FOLDER).glob("*.warc.gz")
        if (serial := _serial(path.name, archive)) is not None
    ]
    return [path for _, path in sorted(numbered)]


def _serial(name: str, archive: str) -> int | None:
    match = re.fullmatch(rf"{re.escape(archive)}-\d{{14}}-(\d{{5,}})\.warc\.gz", name)
    return int(match[1]) if match else None
