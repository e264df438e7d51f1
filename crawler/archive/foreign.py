"""WARC and WACZ files of others, read record by record.

What can be had is a WARC file each of whose records is a gzip member of its own, as nearly all
crawlers write it; anything else (plain, compressed as a whole, packed into a WACZ) is made into one
in a scratch folder. See https://iipc.github.io/warc-specifications/ and, for WACZ,
https://specs.webrecorder.net/wacz/1.1.1/.
"""

from __future__ import annotations

import gzip
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final, cast

import attrs

from crawler.archive.captures import NotARecord, StoredRecord, next_record_after, records
from crawler.errors import ArchiveDamaged, ConfigurationError

_ZIP: Final = b"PK\x03\x04"
_GZIP: Final = b"\x1f\x8b"
_WARC: Final = b"WARC/1."
# More than any header; where a line is longer, the bytes are no record.
_LINE: Final = 64 * 1024
# More than any page; longer records, such as videos, are passed over.
_LARGEST: Final = 64 * 1024 * 1024
_BLOCK: Final = 1024 * 1024


@attrs.frozen
class Source:
    """A WARC file, each of whose records is a gzip member of its own."""

    name: str
    """What it is called in messages: ``siaran.wacz/archive/data.warc.gz``."""

    path: Path


@attrs.frozen
class Damage:
    """A place from which no record could be read."""

    source: str
    offset: int
    problem: str

    def __str__(self) -> str:
        return f"{self.source}: byte {self.offset}: {self.problem}"


def open_sources(path: Path, scratch: Path) -> list[Source]:
    """Return the WARC files that the file at *path* is or holds; copies of some go to *scratch*.

    Raises :exc:`ConfigurationError` for what is neither WARC nor WACZ, :exc:`ArchiveDamaged` for
    one that cannot be unpacked.
    """
    try:
        with path.open("rb") as file:
            start = file.read(len(_WARC))
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}; want a WARC or WACZ file") from None
    if start.startswith(_ZIP):
        return list(_unpacked(path, scratch))
    return [_source(path.name, path, scratch)]


def walk(source: Source) -> Iterator[StoredRecord | Damage]:
    """Yield the records of *source*; where it is damaged say so, and go on behind the damage."""
    start: int | None = 0
    with source.path.open("rb") as file:
        while start is not None:
            end = start
            try:
                for record in records(file, start):
                    end = record.offset + record.length
                    yield record
            except NotARecord as error:
                yield Damage(source.name, end, str(error))
                start = next_record_after(file, end)
            else:
                return


def member(source: Source, record: StoredRecord) -> bytes:
    """Return the gzip member that *record* is."""
    with source.path.open("rb") as file:
        file.seek(record.offset)
        return file.read(record.length)


def _unpacked(path: Path, scratch: Path) -> Iterator[Source]:
    """Copy the WARC files of a WACZ to *scratch*."""
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
                copy = _new_name(scratch)
                with package.open(name) as packed, copy.open("wb") as file:
                    shutil.copyfileobj(packed, file, _BLOCK)
                yield _source(f"{path.name}/{name}", copy, scratch)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, zlib.error) as error:
        raise ArchiveDamaged(str(path), 0, f"cannot be unpacked ({error})") from None


def _source(name: str, path: Path, scratch: Path) -> Source:
    with path.open("rb") as file:
        start = file.read(len(_WARC))
        file.seek(0)
        if start.startswith(_GZIP):
            if _has_members(file):
                return Source(name, path)
            file.seek(0)
            with gzip.GzipFile(fileobj=file) as plain:
                return _repacked(name, cast("BinaryIO", plain), scratch)
        if start == _WARC:
            return _repacked(name, file, scratch)
    raise ConfigurationError(f"{name}: want a WARC file (.warc, .warc.gz) or a WACZ file")


def _has_members(file: BinaryIO) -> bool:
    """Whether the first gzip member is one record, or damaged, which says nothing of the rest."""
    try:
        return next(records(file), None) is not None
    except NotARecord as error:
        return "block" not in str(error)


def _repacked(name: str, plain: BinaryIO, scratch: Path) -> Source:
    """Write the records of *plain* to a file of *scratch*, each as a member."""
    copy = _new_name(scratch)
    with copy.open("wb") as file:
        try:
            for record in _plain_records(plain):
                file.write(gzip.compress(record, 1, mtime=0))
        except (NotARecord, EOFError, OSError, zlib.error):
            file.write(b"\x1f\x8b\x08")  # read as damage at the end
    return Source(name, copy)


def _plain_records(plain: BinaryIO) -> Iterator[bytes]:
    """Yield the records of an uncompressed WARC file, byte for byte."""
    while line := plain.readline(_LINE):
        if line in (b"\r\n", b"\n"):
            continue
        if not line.startswith(_WARC):
            raise NotARecord("no WARC header")
        head = [line]
        length = 0
        while (line := plain.readline(_LINE)) not in (b"\r\n", b"\n"):
            if not line:
                raise NotARecord("its end is missing")
            head.append(line)
            field, _, value = line.partition(b":")
            if field.strip().lower() == b"content-length" and value.strip().isdigit():
                length = int(value)
        if length > _LARGEST:
            _pass_over(plain, length)
            continue
        block = plain.read(length)
        if len(block) < length:
            raise NotARecord("its end is missing")
        lines = [each.rstrip(b"\r\n") for each in head]
        yield b"\r\n".join([*lines, b"", b""]) + block + b"\r\n\r\n"


def _pass_over(plain: BinaryIO, length: int) -> None:
    while length > 0 and (skipped := len(plain.read(min(length, _BLOCK)))):
        length -= skipped


def _new_name(scratch: Path) -> Path:
    return scratch / f"{len(list(scratch.iterdir()))}.warc.gz"
