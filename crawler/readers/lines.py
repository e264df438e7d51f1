"""Every line of an archive, of all kinds, in the order written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO, Final

from crawler.archive.codings import zstd
from crawler.archive.lines import iterate, month_files
from crawler.errors import ArchiveDamaged, ArchiveError, InvalidRecord
from crawler.items import Line
from crawler.lineformat import parse_line

_TRIES: Final = 5


def read_lines(folder: Path) -> Iterator[Line]:
    """Yield the lines of the archive in *folder*; bytes after the last newline are ignored.

    Raises :exc:`ArchiveDamaged` on a line that is none.
    """
    with ExitStack() as stack:
        for name, text in _open_all(folder, stack):
            offset = 0
            try:
                for start, line in iterate(text):
                    offset = start
                    yield parse_line(line)
            except (InvalidRecord, EOFError, zstd.ZstdError) as error:
                raise ArchiveDamaged(name, offset, str(error)) from None


def _open_all(folder: Path, stack: ExitStack) -> list[tuple[str, BinaryIO]]:
    """Open the files of all months: one that is compressed meanwhile is gone under its name."""
    for _ in range(_TRIES):
        try:
            return [
                (file.path.name, stack.enter_context(file.open())) for file in month_files(folder)
            ]
        except FileNotFoundError:
            continue
    raise ArchiveError(f"{folder}: its files change faster than they can be opened")
