"""The WARC 1.1 files of an archive, as they are written: records, rotation, a torn end.

Each record is a gzip member of its own. Written by hand because the writers that can be had are
slower (warcio) or keep Python's lock while they compress (FastWARC), which would hold up the crawl;
what is needed is one function. See ``docs/archive.md`` for the figures. A kill may have torn the
last record of the newest file; the next start cuts it off.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import re
import uuid
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from http import HTTPStatus
from http.client import responses
from pathlib import Path, PurePath
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit

import attrs
from zlib_ng import zlib_ng

from crawler import __version__
from crawler.archive.files import AppendedFile, serial_of, sync_folder, warc_files
from crawler.archive.warc_reading import FOLDER, Damage, digest_agrees, record_at, walk
from crawler.errors import ArchiveDamaged, ArchiveError
from crawler.items import Capture, CaptureReference, Exchange, Member, Origin
from crawler.timestamps import stamp

_GZIP: Final = 16 + zlib_ng.MAX_WBITS
# A page of 48 kB takes 0.28 ms and 7.6 kB, in zlib itself 0.59 ms for as much; level 4 a fifth less
# for 2.5 % more, level 8 half as long again for 0.9 % less.
_LEVEL: Final = 6

_PROFILES: Final = "http://netpreserve.org/warc/1.1/revisit/"

# What a site sends must not end a field, or a header.
_BREAKS = re.compile(r"[\r\n\0]+")


def sha256(content: bytes) -> str:
    """Return the digest of *content* as records and lines state it."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def response(exchange: Exchange) -> Member:
    """Return the response of *exchange* as a record."""
    return _http_member("response", exchange, sha256(exchange.body), body=exchange.body)


def request(exchange: Exchange, concurrent_to: str) -> Member:
    """Return the request of *exchange*; *concurrent_to* is the id of the response's record."""
    said = {"WARC-Concurrent-To": f"<{concurrent_to}>"}
    return _http_member("request", exchange, sha256(b""), said)


def revisit(exchange: Exchange, original: CaptureReference) -> Member:
    """Return the response of *exchange*, whose payload is that of *original*, as a revisit.

    Where the original lies is said in the two fields that Heritrix uses for it, beside those of
    the standard.
    """
    not_modified = exchange.status == HTTPStatus.NOT_MODIFIED
    said = {
        "WARC-Profile": _PROFILES
        + ("server-not-modified" if not_modified else "identical-payload-digest"),
        "WARC-Refers-To": f"<{original.record_id}>",
        "WARC-Refers-To-Target-URI": original.url,
        "WARC-Refers-To-Date": original.fetched_at,
        "WARC-Refers-To-Filename": original.warc.rpartition("/")[2],
        "WARC-Refers-To-File-Offset": str(original.offset),
    }
    return _http_member("revisit", exchange, original.digest, said)


_DESCRIPTION: Final = (
    "Entity bodies are stored byte for byte, their content coding kept. HTTP header fields are as "
    "the crawler's framework hands them on: names may be re-cased, and Transfer-Encoding is gone."
)
_COPIED: Final = (
    "The records from here on are those of the file named above, by whoever made it: copied byte for "
    "byte, but for revisits, which are written anew. What that file says of itself follows."
)


def warcinfo(
    filename: str, said: Mapping[str, str], *, date: str, record_id: str | None = None
) -> bytes:
    """Return the record with which a file begins; of what is *said*, what is empty is left out."""
    fields = {
        "software": f"newsroom-archive/{__version__}",
        "format": "WARC File Format 1.1",
        "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        **said,
    }
    body = "".join(f"{name}: {_line(value)}\r\n" for name, value in fields.items() if value)
    names = {
        "WARC-Date": date,
        "WARC-Filename": filename,
        "Content-Type": "application/warc-fields",
    }
    return _member("warcinfo", record_id or new_record_id(), names, body.encode())


def new_record_id() -> str:
    return f"urn:uuid:{uuid.uuid4()}"


def member(fields: Iterable[tuple[str, str]], block: bytes) -> bytes:
    """Return the gzip member of a record with these *fields*; Content-Length is added.

    One call to zlib-ng for each record: every call lets other threads run, and to get back Python's
    lock from a busy one takes 5 ms.
    """
    head = "".join(f"{name}: {_line(value)}\r\n" for name, value in fields)
    header = f"WARC/1.1\r\n{head}Content-Length: {len(block)}\r\n\r\n"
    whole = b"".join((header.encode(errors="replace"), block, b"\r\n\r\n"))
    return zlib_ng.compress(whole, _LEVEL, _GZIP)


def _member(kind: str, record_id: str, fields: Mapping[str, str], block: bytes) -> bytes:
    first = {"WARC-Type": kind, "WARC-Record-ID": f"<{record_id}>"}
    whole = {**first, **fields, "WARC-Block-Digest": sha256(block)}
    return member(whole.items(), block)


def _http_member(
    kind: str,
    exchange: Exchange,
    digest: str,
    said: Mapping[str, str] = MappingProxyType({}),
    *,
    body: bytes = b"",
) -> Member:
    record_id, date = new_record_id(), stamp(exchange.fetched_at)
    message = "request" if kind == "request" else "response"
    fields = {
        "WARC-Date": date,
        "WARC-Target-URI": exchange.url,
        **said,
        **({"WARC-IP-Address": exchange.ip} if exchange.ip else {}),
        "Content-Type": f"application/http; msgtype={message}",
        "WARC-Payload-Digest": digest,
    }
    head = _request_head(exchange) if kind == "request" else _response_head(exchange)
    return Member(
        content=_member(kind, record_id, fields, head + body),
        record_id=record_id,
        url=exchange.url,
        date=date,
        status=exchange.status,
        digest=digest,
    )


def _response_head(exchange: Exchange) -> bytes:
    phrase = responses.get(exchange.status, "Unknown")
    return _head(f"HTTP/1.1 {exchange.status} {phrase}", exchange.headers)


def _request_head(exchange: Exchange) -> bytes:
    parts = urlsplit(exchange.url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    fields = exchange.request_headers
    if not any(name.lower() == "host" for name, _ in fields):
        fields = (("Host", parts.netloc.rpartition("@")[2]), *fields)
    return _head(f"{exchange.method} {target} HTTP/1.1", fields)


def _head(first: str, fields: Iterable[tuple[str, str]]) -> bytes:
    text = "".join(f"{_line(line)}\r\n" for line in (first, *map(": ".join, fields))) + "\r\n"
    try:
        return text.encode("latin-1")  # as bytes of a header become text
    except UnicodeEncodeError:
        return text.encode(errors="replace")


def _line(text: str) -> str:
    return _BREAKS.sub(" ", text)


# A file is finished when it has reached 1 GB, the size that the WARC standard recommends.
FULL: Final = 1_000_000_000
# Findings of a REST list name one capture; of the last few, where they lie is remembered.
_REMEMBERED: Final = 8
_BLOCK: Final = 1024 * 1024
_ROBOTS: Final = re.compile(rb"^robots: (\w+)\r$", re.MULTILINE)


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
    ) -> None:
        """*archive* is its name, *robots* the policy by which what is added was fetched."""
        self.folder = folder
        self.archive = archive
        self.operator = operator
        self.robots = robots
        self.clock = clock
        self.full = FULL
        self.known = ("", 0)  # name and crc32 of the file that may be appended to
        self._file: AppendedFile | None = None
        self.damaged = False  # the newest one: another one is begun
        self._path: Path | None = None
        self._members: list[bytes] = []
        self._begin = self._end = self._crc = 0
        self._recent: dict[Exchange | Member, CaptureReference] = {}
        self._origin: Origin | None = None  # whose records those are that were added last

    def keep(self, capture: Capture, previous: Sequence[CaptureReference] = ()) -> CaptureReference:
        """Add *capture*, every hop of it, to the batch; return where its response will be.

        Nothing is added for one that is in the archive already. A payload that equals that of
        one of *previous* becomes a revisit record, as does a 304 for a stored capture.
        """
        if capture.copied is not None:
            copied = capture.copied
            return self._once(copied, capture.origin, lambda: [copied])
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
            same = next((each for each in previous if digest_agrees(last.body, each.digest)), None)
            with contextlib.suppress(ArchiveDamaged):  # then it is stored once more
                original = self._stored(same)
        return self._write(last, original, capture.origin)

    def add(self, members: Sequence[Member]) -> list[CaptureReference]:
        """Add records that are made already; return where they will be."""
        if self._path is None:
            self._choose(self._words(robots=self.robots, description=_DESCRIPTION))
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
        self._origin = None
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
        self._file, self._path, self._origin = None, None, None
        self._begin = self._end = 0

    def mark(self) -> int:
        """Return where :meth:`reset` drops from."""
        return len(self._members)

    def reset(self, mark: int) -> None:
        """Drop what was added to the batch since *mark*."""
        self._end -= sum(map(len, self._members[mark:]))
        del self._members[mark:]
        self._recent.clear()
        self._origin = None
        if not self._end:  # the warcinfo is gone with it
            self._path = None

    def _write(
        self, exchange: Exchange, original: CaptureReference | None, origin: Origin | None = None
    ) -> CaptureReference:
        def made() -> list[Member]:
            visit = response(exchange) if original is None else revisit(exchange, original)
            return [visit, *([request(exchange, visit.record_id)] if exchange.method else [])]

        return self._once(exchange, origin, made)

    def _once(
        self, kept: Exchange | Member, origin: Origin | None, made: Callable[[], list[Member]]
    ) -> CaptureReference:
        """Add what is *made* of *kept*, unless that was done lately; return where its first is."""
        reference = self._recent.pop(kept, None)
        if reference is None:
            if origin is not None:
                self._attribute(origin)
            reference, *_ = self.add(made())
        self._recent[kept] = reference  # the last
        if len(self._recent) > _REMEMBERED:
            del self._recent[next(iter(self._recent))]
        return reference

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
            warc=f"{FOLDER}/{PurePath(fields['warc-refers-to-filename']).name}",
            offset=int(fields["warc-refers-to-file-offset"]),
            record_id=fields["warc-refers-to"].strip("<>"),
        )

    def _attribute(self, origin: Origin) -> None:
        """Say, before the first of its records, of what file the ones that follow are."""
        if origin == self._origin:
            return
        said = {"copiedFrom": origin.name, "copiedFromDigest": origin.digest}
        said = self._words(**said, description=_COPIED)
        if self._path is not None or not self._choose(said):
            self._append(warcinfo(PurePath(self.name).name, said, date=stamp(self.clock())))
        if origin.warcinfo:
            self._append(origin.warcinfo)
        self._origin = origin

    def _words(self, **said: str) -> dict[str, str]:
        return {"operator": self.operator, "isPartOf": self.archive, **said}

    def _append(self, content: bytes) -> None:
        self._members.append(content)
        self._end += len(content)

    def _choose(self, said: Mapping[str, str]) -> bool:
        """Choose the file to append to; return whether it is new and begins with what is *said*."""
        files = warc_files(self.folder, self.archive)
        size = files[-1].stat().st_size if files else self.full
        fits = size < self.full and not self.damaged
        if fits and stated_robots(files[-1]) == self.robots:
            self._path = files[-1]
            self._begin = self._end = size
            if self.known[0] != self.name:
                self.known = (self.name, crc_of(files[-1], size))
            return False
        self.damaged = False
        now = self.clock()
        serial = (serial_of(files[-1].name, self.archive) or 0) + 1 if files else 1
        name = f"{self.archive}-{now.astimezone(dt.UTC):%Y%m%d%H%M%S}-{serial:05}.warc.gz"
        self._path = self.folder / FOLDER / name
        self._begin = self._end = 0
        self.known = (self.name, 0)
        self._append(warcinfo(name, said, date=stamp(now)))
        return True


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


@attrs.frozen
class Tail:
    """What was found at the end of a file."""

    said: str | None
    """What was put right, or is wrong."""

    usable: bool
    """Whether the file may be appended to."""

    size: int = 0
    crc: int = 0


def cut_torn_record(path: Path, known: tuple[int, int] | None) -> Tail:
    """Cut a torn record off the end of the file at *path*.

    *known* are size and crc32 when the ledger last heard of it: up to there it is not read. A file
    that is damaged before its end is left as it is, for ``verify`` to tell.
    """
    size = path.stat().st_size
    if size == 0:
        path.unlink()
        return Tail(None, usable=True)
    start, crc = known or (0, 0)
    if size < start:
        said = f"{path.name}: {start - size} bytes shorter than it was; see scrapy verify"
        return Tail(said, usable=False)
    end, cut = size, None
    with path.open("r+b") as file:
        for each in walk(file, start):
            if not isinstance(each, Damage):
                continue
            if each.end is not None:
                said = f"{path.name}: damaged from byte {each.offset} to {each.end}"
                return Tail(f"{said}; see scrapy verify", usable=False)
            end = each.offset
            file.truncate(end)
            cut = f"{path.name}: cut {size - end} bytes of a torn record at byte {end}"
    if end == 0:
        path.unlink()
        sync_folder(path.parent)
        return Tail(cut, usable=True)
    return Tail(cut, usable=True, size=end, crc=crc_of(path, end, start=start, crc=crc))
