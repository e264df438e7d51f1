"""WARC and WACZ files of others, made into files that can be read record by record.

What can be had is a WARC file each of whose records is a gzip member of its own, as nearly all
crawlers write it; anything else (plain, compressed as a whole, packed into a WACZ) is made into one
in a scratch folder. See https://iipc.github.io/warc-specifications/ and, for WACZ,
https://specs.webrecorder.net/wacz/1.1.1/.
"""

from __future__ import annotations

import gzip
import hashlib
import lzma
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final, cast

import attrs

from crawler.archive.warc_reading import (
    NotARecord,
    StoredRecord,
    TooLarge,
    next_record_after,
    records,
)
from crawler.errors import ArchiveDamaged, ConfigurationError

_ZIP: Final = b"PK\x03\x04"
_GZIP: Final = b"\x1f\x8b"
_WARC: Final = b"WARC/1."
# More than any header; where a line is longer, the bytes are no record.
_LINE: Final = 64 * 1024
# More than any page; longer records, such as videos, are passed over.
_LARGEST_FILE: Final = 64 * 1024 * 1024
_BLOCK: Final = 1024 * 1024
# What one file may unpack to: the pages of a site shrink to a twentieth at best, a bomb to a
# thousandth.
_MOST_TIMES: Final = 100
_ALWAYS: Final = 64 * 1024 * 1024
_TARGET: Final = re.compile(rb"^WARC-Target-URI:\s*+<?([^\s>]*+)", re.IGNORECASE | re.MULTILINE)
_MEDIA: Final = re.compile(rb"^Content-Type:\s*+([\w/+.-]*+)", re.IGNORECASE | re.MULTILINE)


@attrs.frozen
class Source:
    """A WARC file, each of whose records is a gzip member of its own."""

    name: str
    """What it is called in messages: ``siaran.wacz/archive/data.warc.gz``."""

    path: Path
    digest: str
    """Of the file that was given, be it the package that this one is of."""

    oversized: tuple[Oversized, ...] = ()
    """What was too large to be copied into it."""


@attrs.frozen
class Damage:
    """A place from which no record could be read."""

    source: str
    offset: int
    problem: str

    def __str__(self) -> str:
        return f"{self.source}: byte {self.offset}: {self.problem}"


@attrs.frozen
class Oversized(Damage):
    """A record that is too large to be read."""

    url: str
    media: str
    """What its HTTP header says that it is, in lower case: ``video/mp4``."""


@attrs.define
class _Unpacking:
    """The file at *path* while it is unpacked to *scratch*: how much it may still give."""

    path: Path
    scratch: Path
    digest: str
    most: int
    taken: int = 0

    def take(self, size: int) -> None:
        """Raise :exc:`ArchiveDamaged` when *size* more bytes are too many."""
        self.taken += size
        if self.taken > self.most:
            problem = f"unpacks to more than {self.most} bytes, too many for its size; not read"
            raise ArchiveDamaged(str(self.path), 0, problem)

    def new_name(self) -> Path:
        return self.scratch / f"{len(list(self.scratch.iterdir()))}.warc.gz"


def open_sources(path: Path, scratch: Path) -> list[Source]:
    """Return the WARC files that the file at *path* is or holds; copies of some go to *scratch*.

    Raises :exc:`ConfigurationError` for what is neither WARC nor WACZ, :exc:`ArchiveDamaged` for
    one that cannot be unpacked, or unpacks to a hundred times its size.
    """
    try:
        with path.open("rb") as file:
            start = file.read(len(_WARC))
            file.seek(0)
            digest = f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"
            size = file.tell()
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}; want a WARC or WACZ file") from None
    unpacking = _Unpacking(path, scratch, digest, max(_ALWAYS, _MOST_TIMES * size))
    if start.startswith(_ZIP):
        return list(_unpacked(unpacking))
    return [_source(path.name, path, unpacking)]


def walk(source: Source) -> Iterator[StoredRecord | Damage]:
    """Yield the records of *source*; where it is damaged say so, and go on behind the damage."""
    start: int | None = 0
    with source.path.open("rb") as file:
        while start is not None:
            end = start
            try:
                for record in records(file, start, largest=_LARGEST_FILE):
                    end = record.offset + record.length
                    yield record
            except TooLarge as error:
                yield _oversized(source.name, end, error.start)
                start = next_record_after(file, end, largest=_LARGEST_FILE)
            except NotARecord as error:
                yield Damage(source.name, end, str(error))
                start = next_record_after(file, end, largest=_LARGEST_FILE)
            else:
                return


def member(source: Source, record: StoredRecord) -> bytes:
    """Return the gzip member that *record* is."""
    with source.path.open("rb") as file:
        file.seek(record.offset)
        return file.read(record.length)


def _unpacked(unpacking: _Unpacking) -> Iterator[Source]:
    """Copy the WARC files of a WACZ to the scratch folder."""
    path = unpacking.path
    try:
        with zipfile.ZipFile(path) as package:
            names = [
                each
                for each in package.namelist()
                if each.startswith("archive/") and each.endswith((".warc", ".warc.gz"))
            ]
            if not names:
                raise ConfigurationError(f"{path}: holds no archive/*.warc.gz; want a WACZ file")
            for name in names:
                copy = unpacking.new_name()
                with package.open(name) as packed, copy.open("wb") as file:
                    while block := packed.read(_BLOCK):
                        unpacking.take(len(block))
                        file.write(block)
                yield _source(f"{path.name}/{name}", copy, unpacking)
    except (
        EOFError,
        NotImplementedError,  # of zipfile, for a compression that it does not know
        OSError,  # of bzip2
        RuntimeError,
        lzma.LZMAError,
        zipfile.BadZipFile,
        zlib.error,
    ) as error:
        _pass_on_trouble_of_ours(error)
        raise ArchiveDamaged(str(path), 0, f"cannot be unpacked ({error})") from None


def _source(name: str, path: Path, unpacking: _Unpacking) -> Source:
    with path.open("rb") as file:
        start = file.read(len(_WARC))
        file.seek(0)
        if start.startswith(_GZIP):
            if _has_members(file):
                return Source(name, path, unpacking.digest)
            file.seek(0)
            with gzip.GzipFile(fileobj=file) as plain:
                return _repacked(name, cast("BinaryIO", plain), unpacking)
        if not start:  # an empty file holds nothing, and no damage
            return Source(name, path, unpacking.digest)
        if start == _WARC:
            return _repacked(name, file, unpacking)
    raise ConfigurationError(f"{name}: want a WARC file (.warc, .warc.gz) or a WACZ file")


def _has_members(file: BinaryIO) -> bool:
    """Whether the first gzip member is one record, or damaged, which says nothing of the rest."""
    try:
        return next(records(file, largest=_LARGEST_FILE), None) is not None
    except TooLarge:
        return False
    except NotARecord as error:
        return "block" not in str(error)


def _repacked(name: str, plain: BinaryIO, unpacking: _Unpacking) -> Source:
    """Write the records of *plain* to a file of the scratch folder, each as a member."""
    copy = unpacking.new_name()
    oversized = []
    with copy.open("wb") as file:
        try:
            for record in _plain_records(name, plain, unpacking):
                if isinstance(record, Oversized):
                    oversized.append(record)
                else:
                    file.write(gzip.compress(record, 1, mtime=0))
        except (NotARecord, EOFError, OSError, zlib.error) as error:
            _pass_on_trouble_of_ours(error)
            file.write(b"\x1f\x8b\x08")  # read as damage at the end
    return Source(name, copy, unpacking.digest, tuple(oversized))


def _pass_on_trouble_of_ours(error: Exception) -> None:
    """Raise *error* where it is the system's, such as a full disk: the file is not to blame."""
    if isinstance(error, OSError) and error.errno:
        raise error


def _plain_records(
    name: str, plain: BinaryIO, unpacking: _Unpacking
) -> Iterator[bytes | Oversized]:
    """Yield the records of an uncompressed WARC file, byte for byte."""
    while line := _line(plain, unpacking):
        if line in (b"\r\n", b"\n"):
            continue
        if not line.startswith(_WARC):
            raise NotARecord("no WARC header")
        offset = plain.tell() - len(line)
        head = [line]
        length = 0
        while (line := _line(plain, unpacking)) not in (b"\r\n", b"\n"):
            if not line:
                raise NotARecord("its end is missing")
            head.append(line)
            if plain.tell() - offset > _LINE:
                raise NotARecord("a WARC header without end")
            field, _, value = line.partition(b":")
            if field.strip().lower() == b"content-length" and value.strip().isdigit():
                length = int(value)
        if length > _LARGEST_FILE:
            start = b"".join([*head, b"\r\n", plain.read(_LINE)])
            yield _oversized(name, offset, start)
            _pass_over(plain, length - _LINE, unpacking)
            continue
        block = plain.read(length)
        unpacking.take(len(block))
        if len(block) < length:
            raise NotARecord("its end is missing")
        lines = [each.rstrip(b"\r\n") for each in head]
        yield b"\r\n".join([*lines, b"", b""]) + block + b"\r\n\r\n"


def _line(plain: BinaryIO, unpacking: _Unpacking) -> bytes:
    line = plain.readline(_LINE)
    unpacking.take(len(line))
    return line


def _pass_over(plain: BinaryIO, length: int, unpacking: _Unpacking) -> None:
    while length > 0 and (skipped := len(plain.read(min(length, _BLOCK)))):
        unpacking.take(skipped)
        length -= skipped


def _oversized(name: str, offset: int, start: bytes) -> Oversized:
    """Return what is said of a record that begins with *start*."""
    head, _, block = start[: 2 * _LINE].partition(b"\r\n\r\n")
    target, media = _TARGET.search(head), _MEDIA.search(block.partition(b"\r\n\r\n")[0])
    url = target[1].decode("utf-8", "replace") if target else ""
    kind = media[1].decode("ascii", "replace").lower() if media else ""
    problem = f"{url}: more than {_LARGEST_FILE} bytes; not read"
    return Oversized(name, offset, problem, url, kind)
