"""Files that are appended to and never half written, and small files that are replaced whole."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final

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
