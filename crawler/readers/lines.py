"""Every line of an archive, of all kinds, in the order written."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO, Final

from crawler.archive.codings import zstd
from crawler.archive.lines import iterate, month_files
from crawler.archive.packed import SUFFIX
from crawler.errors import ArchiveDamaged, ArchiveError, InvalidRecord
from crawler.lineformat import Line, parse_line

_TRIES: Final = 5
_BUFFER: Final = 256 * 1024


def read_lines(folder: Path) -> Iterator[Line]:
    """Yield the lines of the archive in *folder*; bytes after the last newline are ignored.

    Raises :exc:`ArchiveDamaged` on a line that is none.
    """
    with ExitStack() as stack:
        for name, file in _open_all(folder, stack):
            offset = 0
            try:
                with _text(name, file) as text:
                    for start, line in iterate(text):
                        offset = start
                        yield parse_line(line)
            except (InvalidRecord, EOFError, zstd.ZstdError) as error:
                raise ArchiveDamaged(name, offset, str(error)) from None


def _open_all(folder: Path, stack: ExitStack) -> list[tuple[str, io.FileIO]]:
    """Open the files of all months: one that is compressed meanwhile is gone under its name.

    Without buffers, which for ten years of months would take 100 MB and more.
    """
    for _ in range(_TRIES):
        try:
            return [
                (file.path.name, stack.enter_context(io.FileIO(file.path)))
                for file in month_files(folder)
            ]
        except FileNotFoundError:
            continue
    raise ArchiveError(f"{folder}: its files change faster than they can be opened")


def _text(name: str, file: io.FileIO) -> BinaryIO:
    plain = zstd.ZstdFile(file) if name.endswith(SUFFIX) else file
    return io.BufferedReader(plain, _BUFFER)
