"""The files of lines: one a month, appended to, compressed when the month is long over.

A compressed month is frames of whole lines, so that it is made a few MB at a time.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import attrs

from crawler.archive.files import AppendedFile, cut_torn_line, replacing, sync_folder
from crawler.decoding import zstd
from crawler.errors import ArchiveDamaged

SUFFIX: Final = ".zst"

# About so much text goes into a frame: less compresses worse, more takes more memory.
_FRAME: Final = 2 * 1024 * 1024
# Level 10 takes a tenth more room than 19, in a fourteenth of the time.
_OPTIONS: Final[dict[int, int]] = {
    zstd.CompressionParameter.compression_level: 10,
    zstd.CompressionParameter.checksum_flag: 1,
}
_BUFFER: Final = 256 * 1024


def frames(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Yield *lines* put together to texts of the size of a frame."""
    held: list[bytes] = []
    size = 0
    for line in lines:
        held.append(line)
        size += len(line)
        if size >= _FRAME:
            yield b"".join(held)
            held, size = [], 0
    if held:
        yield b"".join(held)


def pack(text: bytes) -> bytes:
    """Return *text* as a frame with a checksum."""
    return zstd.compress(text, options=_OPTIONS)


def thaw(path: Path) -> None:
    """Make the plain file at *path* again where only its compressed form is there.

    So that lines can be added to a month that was compressed too early: a plain file beside the
    other would hide it.
    """
    packed = path.with_name(path.name + SUFFIX)
    if path.exists() or not packed.exists():
        return
    try:
        with zstd.ZstdFile(packed) as source, replacing(path, like=packed) as target:
            while block := source.read(_BUFFER):
                target.write(block)
    except (EOFError, zstd.ZstdError) as error:
        raise ArchiveDamaged(packed.name, 0, f"cannot be read to its end ({error})") from None
    packed.unlink()
    sync_folder(path.parent)


ARTICLES: Final = "articles"

_NAME = re.compile(r"articles-(\d{4})-(\d\d)\.jsonl(?:\.zst)?")


@attrs.frozen(order=True)
class MonthFile:
    """The file that holds the lines of a month."""

    month: int
    path: Path

    @property
    def compressed(self) -> bool:
        return self.path.name.endswith(SUFFIX)

    @property
    def plain_name(self) -> str:
        return self.path.name.removesuffix(SUFFIX)

    def lines(self, start: int = 0) -> Iterator[tuple[int, bytes]]:
        """Yield offset and line of its whole lines from byte *start* on; see :func:`lines_in`."""
        with io.FileIO(self.path) as file:
            yield from lines_in(file, self.path.name, start)


def lines_in(
    file: io.FileIO, name: str, start: int = 0, *, end: int | None = None
) -> Iterator[tuple[int, bytes]]:
    """Yield offset and line, with its newline, of the whole lines of a file of lines.

    Raises :exc:`ArchiveDamaged` where it cannot be read on.
    """
    offset = start
    try:
        plain = zstd.ZstdFile(file) if name.endswith(SUFFIX) else file
        with io.BufferedReader(plain, _BUFFER) as text:
            text.seek(start)
            for line in text:
                if not line.endswith(b"\n") or (end is not None and offset + len(line) > end):
                    return
                yield offset, line
                offset += len(line)
    except (OSError, EOFError, zstd.ZstdError) as error:
        raise ArchiveDamaged(name, offset, f"cannot be read on ({error})") from None


def month_of(path: Path) -> int | None:
    """Return the month of which the file at *path* is, ``None`` when it is no file of lines."""
    match = _NAME.fullmatch(path.name)
    return int(match[1]) * 100 + int(match[2]) if match else None


def month_files(folder: Path) -> list[MonthFile]:
    """Return the files of lines in *folder*, oldest first; the plain one where there are two."""
    found: dict[int, MonthFile] = {}
    for path in folder.glob(f"{ARTICLES}-*.jsonl*"):
        month = month_of(path)
        if month is not None and (month not in found or found[month].compressed):
            found[month] = MonthFile(month, path)
    return [found[month] for month in sorted(found)]


class LineFiles:
    """Appends lines to the file of their month, in batches that are whole or absent."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._file: AppendedFile | None = None
        self._month = 0
        self._lines: list[bytes] = []

    def begin(self, stamp: str) -> None:
        """Begin a batch of lines written at *stamp*: its month decides on the file."""
        month = int(stamp[:4]) * 100 + int(stamp[5:7])
        if month != self._month:
            self.close()
            thaw(self.folder / _name(month))
            self._month = month

    def add(self, line: bytes) -> None:
        """Add *line*, which ends in a newline, to the batch."""
        self._lines.append(line)

    def commit(self) -> bytes:
        """Put the batch on disk; return it."""
        content = b"".join(self._lines)
        if content:
            if self._file is None:
                self._file = AppendedFile(self.folder / self.name)
            self._file.append(content)
        self._lines.clear()
        return content

    def rollback(self) -> None:
        """Drop the batch."""
        self._lines.clear()

    @property
    def name(self) -> str:
        return _name(self._month)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
        self._month = 0


def cut_torn_lines(folder: Path) -> list[str]:
    """Cut what follows the last newline of any plain file of lines; return what to say of it."""
    said = []
    for file in month_files(folder):
        if not file.compressed and (cut := cut_torn_line(file.path)):
            end = file.path.stat().st_size
            said.append(f"{file.path.name}: cut {cut} bytes of a torn line at byte {end}")
    return said


def _name(month: int) -> str:
    return f"{ARTICLES}-{month // 100:04}-{month % 100:02}.jsonl"
