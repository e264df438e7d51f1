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
    Damage,
    NotARecord,
    StoredRecord,
    TooLarge,
    records,
    walk,
)
from crawler.errors import ArchiveDamaged, ConfigurationError

_ZIP: Final = b"PK\x03\x04"
_GZIP: Final = b"\x1f\x8b"
_WARC: Final = b"WARC/1."
_BLANK: Final = (b"\r\n", b"\n")
# More than any header; where a line is longer, the bytes are no record.
_LINE: Final = 64 * 1024
# More than any page; longer records, such as videos, are passed over.
_LARGEST_FILE: Final = 64 * 1024 * 1024
_BLOCK: Final = 1024 * 1024
# What one file may unpack to: the pages of a site shrink to a twentieth at best, a bomb to a
# thousandth.
_MOST_TIMES: Final = 100
_ALWAYS: Final = 64 * 1024 * 1024
_LENGTH: Final = re.compile(rb"^Content-Length[ \t]*:\s*(\d+)\s*$", re.IGNORECASE | re.MULTILINE)
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

    oversized: tuple[Damage, ...] = ()
    """What was too large to be copied into it."""

    def records(self) -> Iterator[StoredRecord | Damage]:
        """Yield its records; where it is damaged say so, and go on behind the damage."""
        yield from self.oversized
        with self.path.open("rb") as file:
            yield from walk(file, largest=_LARGEST_FILE)


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
        return list(unpacking.members())
    return [unpacking.source(path.name, path)]


@attrs.define
class _Unpacking:
    """The file at *path* while it is unpacked to *scratch*."""

    path: Path
    scratch: Path
    digest: str
    most: int
    """Bytes that it may give."""

    taken: int = 0

    def take(self, content: bytes) -> bytes:
        """Return *content*; :exc:`ArchiveDamaged` when that is more than the file may give."""
        self.taken += len(content)
        if self.taken > self.most:
            problem = f"unpacks to more than {self.most} bytes, too many for its size; not read"
            raise ArchiveDamaged(str(self.path), 0, problem)
        return content

    def new_name(self) -> Path:
        return self.scratch / f"{len(list(self.scratch.iterdir()))}.warc.gz"

    def members(self) -> Iterator[Source]:
        """Copy the WARC files of a WACZ to the scratch folder."""
        try:
            with zipfile.ZipFile(self.path) as package:
                names = [
                    each
                    for each in package.namelist()
                    if each.startswith("archive/") and each.endswith((".warc", ".warc.gz"))
                ]
                if not names:
                    what = "holds no archive/*.warc.gz; want a WACZ file"
                    raise ConfigurationError(f"{self.path}: {what}")
                for name in names:
                    copy = self.new_name()
                    with package.open(name) as packed, copy.open("wb") as file:
                        while block := packed.read(_BLOCK):
                            file.write(self.take(block))
                    yield self.source(f"{self.path.name}/{name}", copy)
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
            raise ArchiveDamaged(str(self.path), 0, f"cannot be unpacked ({error})") from None

    def source(self, name: str, path: Path) -> Source:
        with path.open("rb") as file:
            start = file.read(len(_WARC))
            file.seek(0)
            # An empty file holds nothing, and no damage.
            if not start or (start.startswith(_GZIP) and _has_members(file)):
                return Source(name, path, self.digest)
            file.seek(0)
            if start.startswith(_GZIP):
                with gzip.GzipFile(fileobj=file) as plain:
                    return self.repacked(name, cast("BinaryIO", plain))
            if start == _WARC:
                return self.repacked(name, file)
        raise ConfigurationError(f"{name}: want a WARC file (.warc, .warc.gz) or a WACZ file")

    def repacked(self, name: str, plain: BinaryIO) -> Source:
        """Write the records of *plain* to a file of the scratch folder, each as a member."""
        copy = self.new_name()
        oversized = []
        with copy.open("wb") as file:
            try:
                for record in self.plain_records(plain):
                    if isinstance(record, Damage):
                        oversized.append(record)
                    else:
                        file.write(gzip.compress(record, 1, mtime=0))
            except (NotARecord, EOFError, OSError, zlib.error) as error:
                _pass_on_trouble_of_ours(error)
                file.write(b"\x1f\x8b\x08")  # read as damage at the end
        return Source(name, copy, self.digest, tuple(oversized))

    def plain_records(self, plain: BinaryIO) -> Iterator[bytes | Damage]:
        """Yield the records of an uncompressed WARC file, byte for byte."""
        while line := self.take(plain.readline(_LINE)):
            if line in _BLANK:
                continue
            if not line.startswith(_WARC):
                raise NotARecord("no WARC header")
            offset = plain.tell() - len(line)
            head = b""
            while line not in _BLANK:
                head += line.rstrip(b"\r\n") + b"\r\n"
                line = self.take(plain.readline(_LINE))
                if not line or len(head) > _LINE:
                    raise NotARecord("its end is missing" if not line else "a header without end")
            stated = _LENGTH.findall(head)
            length = int(stated[-1]) if stated else 0
            if length > _LARGEST_FILE:
                start = head + b"\r\n" + plain.read(_LINE)
                yield Damage(offset, None, str(TooLarge(_LARGEST_FILE, start)), start)
                length -= _LINE
                while length > 0 and (skipped := self.take(plain.read(min(length, _BLOCK)))):
                    length -= len(skipped)
                continue
            block = self.take(plain.read(length))
            if len(block) < length:
                raise NotARecord("its end is missing")
            yield head + b"\r\n" + block + b"\r\n\r\n"


def _has_members(file: BinaryIO) -> bool:
    """Whether the first gzip member is one record, or damaged, which says nothing of the rest."""
    try:
        return next(records(file, largest=_LARGEST_FILE), None) is not None
    except TooLarge:
        return False
    except NotARecord as error:
        return "block" not in str(error)


def _pass_on_trouble_of_ours(error: Exception) -> None:
    """Raise *error* where it is the system's, such as a full disk: the file is not to blame."""
    if isinstance(error, OSError) and error.errno:
        raise error


def described(damage: Damage) -> tuple[str, str, str]:
    """Return address and media type of a record that was too large, and what to say of *damage*."""
    if not damage.beginning:
        return "", "", damage.problem
    head, _, block = damage.beginning[: 2 * _LINE].partition(b"\r\n\r\n")
    target, media = _TARGET.search(head), _MEDIA.search(block.partition(b"\r\n\r\n")[0])
    url = target[1].decode("utf-8", "replace") if target else ""
    kind = media[1].decode("ascii", "replace").lower() if media else ""
    return url, kind, f"{url}: {damage.problem}; not read"
