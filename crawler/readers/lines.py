"""Every line of an archive, of all kinds, in the order written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from crawler.archive.codings import zstd
from crawler.archive.lines import iterate, month_files
from crawler.errors import ArchiveDamaged, InvalidRecord
from crawler.items import Line
from crawler.lineformat import parse_line


def read_lines(folder: Path) -> Iterator[Line]:
    """Yield the lines of the archive in *folder*; bytes after the last newline are ignored.

    Raises :exc:`ArchiveDamaged` on a line that is none.
    """
    for file in month_files(folder):
        offset = 0
        try:
            with file.open() as text:
                for start, line in iterate(text):
                    offset = start
                    yield parse_line(line)
        except (InvalidRecord, EOFError, zstd.ZstdError) as error:
            raise ArchiveDamaged(file.path.name, offset, str(error)) from None
