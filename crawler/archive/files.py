"""The files of an archive: never half written, one of lines a month, and digests of the finished.

A month that is long over is compressed, as frames of whole lines, so that it is made a few MB at a
time. ``manifest-sha256.txt`` names the files that no longer change in the form of ``sha256sum``, so
that ``sha256sum -c manifest-sha256.txt`` checks an archive without this program.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import os
import re
import shutil
import stat
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, Final

import attrs

from crawler.archive.warc_reading import FOLDER
from crawler.codec import Line, parse_line
from crawler.decoding import zstd
from crawler.errors import ArchiveDamaged, InvalidRecord
from crawler.items import ARTICLE

_BLOCK: Final = 64 * 1024


class AppendedFile:
    """A file that only grows, and that is cut back to a good size when a write fails.

    Made when it is not there. Errors of the operating system are passed on: a full disk, a limit.
    """

    def __init__(self, path: Path) -> None:
        new = not path.exists()
        self.path = path
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
        self.size = os.fstat(self._fd).st_size
        if new:
            sync_folder(path.parent)

    def append(self, content: bytes) -> None:
        """Put *content* at the end, on disk; the file is as before where that fails."""
        rest = memoryview(content)
        try:
            while rest:
                rest = rest[os.write(self._fd, rest) :]
            os.fsync(self._fd)
        except OSError:
            self.cut(self.size)
            raise
        self.size += len(content)

    def cut(self, size: int) -> None:
        """Take away everything from byte *size* on."""
        os.ftruncate(self._fd, size)
        self.size = size
        os.fsync(self._fd)

    def close(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


def sync_folder(folder: Path) -> None:
    """Make names that were made, renamed or removed in *folder* survive a power failure."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


@contextmanager
def replacing(path: Path, *, like: Path | None = None) -> Iterator[BinaryIO]:
    """Yield a file that takes the place of that at *path*: the old or the new is there, whole.

    It has the mode and, where that may be, the owner of the old one, or of the file *like*. After
    an error nothing is left of it.
    """
    beside = temporary(path)
    try:
        with beside.open("w+b") as file:
            if (like or path).exists():
                status = (like or path).stat()
                os.fchmod(file.fileno(), stat.S_IMODE(status.st_mode))
                with suppress(PermissionError):
                    os.fchown(file.fileno(), status.st_uid, status.st_gid)
            yield file
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def replace_file(path: Path, content: bytes) -> None:
    """Put *content* in the place of the file at *path*; see :func:`replacing`."""
    with replacing(path) as file:
        file.write(content)


def patch_file(path: Path, patches: Mapping[int, bytes]) -> None:
    """Put bytes in the place of as many others: offset → bytes. All of them, or none."""
    with replacing(path) as file, path.open("rb") as before:
        shutil.copyfileobj(before, file, _BLOCK)
        for offset, content in patches.items():
            file.seek(offset)
            file.write(content)


def temporary(path: Path) -> Path:
    """Return the name under which a file is written before it takes the place of *path*."""
    return path.with_name(path.name + ".tmp")


def cut_torn_line(path: Path) -> int:
    """Cut what follows the last newline of the file at *path*; return how many bytes that was."""
    with path.open("r+b") as file:
        size = file.seek(0, os.SEEK_END)
        good = whole_lines(file.fileno(), size)
        if good < size:
            file.truncate(good)
            os.fsync(file.fileno())
    return size - good


def whole_lines(fd: int, size: int) -> int:
    """Return how many of the first *size* bytes of a file are whole lines."""
    end = size
    while end > 0:
        begin = max(0, end - _BLOCK)
        newline = os.pread(fd, end - begin, begin).rfind(b"\n")
        if newline >= 0:
            return begin + newline + 1
        end = begin
    return 0


def backwards(path: Path) -> Iterator[bytes]:
    """Yield the whole lines of the file at *path* without their newlines, the last one first."""
    with path.open("rb") as file:
        end = whole_lines(file.fileno(), file.seek(0, os.SEEK_END)) - 1
        if end < 0:
            return
        first = b""
        while end > 0:
            begin = max(0, end - _BLOCK)
            first, *lines = (os.pread(file.fileno(), end - begin, begin) + first).split(b"\n")
            yield from reversed(lines)
            end = begin
        yield first


# lines

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

_NAME = re.compile(r"articles-\d{4}-\d\d\.jsonl(?:\.zst)?")


# How every line that this program writes begins. Others are read as JSON.
_BEGINNING = re.compile(
    rb'\{"schema":"(?P<schema>[a-z]+/\d+)","id":"(?P<id>[^"\\]+)",(?:"revision":(?P<revision>\d+),)?'
)
# Within a value these quotes would be escaped.
_WRITTEN: Final = re.compile(rb'"written_at":"([^"\\]+)"')
_RUN: Final = re.compile(rb'"run":"([^"\\]+)"')
_WARC: Final = re.compile(rb'"captures":\[\{[^][{}]*?"warc":"([^"\\]+)"')


@attrs.frozen
class RawLine:
    """A line that has not been read."""

    file: str
    """The name of its month's file."""

    offset: int
    content: bytes = attrs.field(repr=False)

    @property
    def plain_file(self) -> str:
        return self.file.removesuffix(SUFFIX)

    @property
    def end(self) -> int:
        return self.offset + len(self.content)

    @property
    def beginning(self) -> tuple[str, bytes, int]:
        """Schema, id and revision; :exc:`ArchiveDamaged` when it is no line."""
        match = _BEGINNING.match(self.content)
        if match is not None:
            return match["schema"].decode(), match["id"], int(match["revision"] or 0)
        try:
            values = json.loads(self.content)
            return values["schema"], values["id"].encode(), values.get("revision", 0)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise ArchiveDamaged(self.file, self.offset, "not a line of JSON") from None

    @property
    def is_article(self) -> bool:
        return self.beginning[0] == ARTICLE

    @property
    def id(self) -> str:
        return self.beginning[1].decode()

    @property
    def written_at(self) -> str:
        """When it was written, empty where it does not say, as are the following."""
        return self._text(_WRITTEN, lambda line: line["written_at"])

    @property
    def run(self) -> str:
        return self._text(_RUN, lambda line: line["run"])

    @property
    def warc(self) -> str:
        """The file of its first capture."""
        return self._text(_WARC, lambda line: line["captures"][0]["warc"])

    def _text(self, pattern: re.Pattern[bytes], of: Callable[[Any], str | None]) -> str:
        """Return what *pattern* finds, or, in a line that others wrote, JSON has."""
        if found := pattern.search(self.content):
            return found[1].decode()
        with suppress(ValueError, LookupError, TypeError):
            return of(json.loads(self.content)) or ""
        return ""

    def parse(self) -> Line:
        """Return what it holds; :exc:`ArchiveDamaged` when that is no line."""
        try:
            return parse_line(self.content)
        except InvalidRecord as error:
            raise ArchiveDamaged(self.file, self.offset, str(error)) from None


@attrs.frozen
class MonthFile:
    """The file that holds the lines of a month; plain names sort by month."""

    path: Path

    @property
    def compressed(self) -> bool:
        return self.path.name.endswith(SUFFIX)

    @property
    def plain_name(self) -> str:
        return self.path.name.removesuffix(SUFFIX)

    @property
    def packed(self) -> Path:
        """Its compressed form, there or not."""
        return self.path.with_name(self.plain_name + SUFFIX)

    def lines(self, start: int = 0) -> Iterator[RawLine]:
        """Yield its whole lines from byte *start* on; see :func:`lines_in`."""
        try:
            file = io.FileIO(self.path)
        except OSError as error:
            what = f"cannot be read ({error})"
            raise ArchiveDamaged(self.path.name, start, what) from None
        with file:
            yield from lines_in(file, self.path.name, start)


def lines_in(
    file: io.FileIO, name: str, start: int = 0, *, end: int | None = None
) -> Iterator[RawLine]:
    """Yield the whole lines of a file of lines, with their newlines.

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
                yield RawLine(name, offset, line)
                offset += len(line)
    except (OSError, EOFError, zstd.ZstdError) as error:
        raise ArchiveDamaged(name, offset, f"cannot be read on ({error})") from None


def month_files(folder: Path) -> list[MonthFile]:
    """Return the files of lines in *folder*, oldest first; the plain one where there are two."""
    found: dict[str, MonthFile] = {}
    for file in map(MonthFile, folder.glob(f"{ARTICLES}-*.jsonl*")):
        counts = file.plain_name not in found or not file.compressed
        if counts and _NAME.fullmatch(file.path.name):
            found[file.plain_name] = file
    return [found[name] for name in sorted(found)]


def last_written(folder: Path) -> str:
    """Return when the last line of the archive in *folder* was written; empty where none says."""
    return next((line.written_at for line in lines_backwards(folder)), "")


def all_lines(folder: Path) -> Iterator[RawLine]:
    """Yield every line of the archive in *folder*, in the order written."""
    return (line for file in month_files(folder) for line in file.lines())


def lines_backwards(folder: Path) -> Iterator[RawLine]:
    for file in reversed(month_files(folder)):
        if file.compressed:
            yield from [*file.lines()][::-1]
        else:
            yield from (RawLine(file.path.name, 0, raw) for raw in backwards(file.path))


def file_of(stamp: str) -> str:
    """Return the name of the file for lines written at *stamp*: its month decides."""
    return f"{ARTICLES}-{stamp[:7]}.jsonl"


# A month is compressed that many days after its end.
_OPEN_DAYS: Final = 35


def finished_months(folder: Path, now: dt.datetime) -> list[MonthFile]:
    """Return the plain files of months that ended more than 35 days before *now*.

    Never the newest: lines may still be added to it, whatever the clock says.
    """
    before = file_of((now - dt.timedelta(days=_OPEN_DAYS)).isoformat())
    files = month_files(folder)[:-1]
    return [file for file in files if not file.compressed and file.plain_name < before]


def compress(file: MonthFile, crc: int | None) -> Path:
    """Compress the plain *file* and remove it; return the compressed one.

    Written under a temporary name, read back and compared, synced, renamed; only then the plain
    file goes. *crc* is that of its text, where known: raises :exc:`ArchiveDamaged` when the text
    is not what was written, and leaves it as it is.
    """
    written = again = 0
    with replacing(file.packed, like=file.path) as target:
        with file.path.open("rb") as source:
            for frame in frames(source):
                written = zlib.crc32(frame, written)
                target.write(zstd.compress(frame, options=_OPTIONS))
        target.seek(0)
        with zstd.ZstdFile(target) as source:
            while block := source.read(_BUFFER):
                again = zlib.crc32(block, again)
        if again != written or crc not in (None, written):
            what = "not the lines that were written; left as it is"
            raise ArchiveDamaged(file.path.name, 0, what)
    file.path.unlink()
    sync_folder(file.path.parent)
    return file.packed


def rewrite(file: MonthFile, keep: Callable[[RawLine], bool]) -> tuple[int, int]:
    """Write *file* again with the lines to *keep*; return size and crc32 of its text."""
    size = crc = 0
    with replacing(file.path) as target:
        for frame in frames(line.content for line in file.lines() if keep(line)):
            size += len(frame)
            crc = zlib.crc32(frame, crc)
            target.write(zstd.compress(frame, options=_OPTIONS) if file.compressed else frame)
    return size, crc


MANIFEST: Final = "manifest-sha256.txt"


def read_manifest(folder: Path) -> dict[str, str]:
    """Return path, relative to *folder*, → digest in hex; :exc:`ArchiveDamaged` on a bad line."""
    path = folder / MANIFEST
    if not path.exists():
        return {}
    found = {}
    offset = 0
    for line in path.read_bytes().splitlines(keepends=True):
        digest, _, name = line.decode(errors="replace").rstrip("\n").partition("  ")
        if len(digest) != hashlib.sha256().digest_size * 2 or not name:
            raise ArchiveDamaged(MANIFEST, offset, "no digest and file name")
        found[name] = digest
        offset += len(line)
    return found


def update_manifest(folder: Path, archive: str, *, changed: tuple[str, ...] = ()) -> None:
    """Add what is finished and not in the manifest yet; drop what is no longer there.

    Finished are compressed months, and WARC files but the newest. Those *changed* are taken anew.
    """
    before = read_manifest(folder)
    finished = [file.path for file in month_files(folder) if file.compressed]
    finished += warc_files(folder, archive)[:-1]
    names = [str(path.relative_to(folder)) for path in finished]
    now = {
        name: before[name] if name in before and name not in changed else digest(folder / name)
        for name in sorted(names)
    }
    if now != before:
        text = "".join(f"{value}  {name}\n" for name, value in now.items())
        replace_file(folder / MANIFEST, text.encode())


def digest(path: Path) -> str:
    """Return the sha256 of the file at *path*, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def warc_files(folder: Path, archive: str) -> list[Path]:
    """Return the files that the archive itself appended to, in the order of their serials."""
    numbered = [
        (serial, path)
        for path in (folder / FOLDER).glob("*.warc.gz")
        if (serial := serial_of(path.name, archive)) is not None
    ]
    return [path for _, path in sorted(numbered)]


def serial_of(name: str, archive: str) -> int | None:
    """Return the number in the name of a file that the archive itself appends to."""
    match = re.fullmatch(rf"{re.escape(archive)}-\d{{14}}-(\d{{5,}})\.warc\.gz", name)
    return int(match[1]) if match else None
