"""Every line of an archive, of all kinds, in the order written."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

from crawler.errors import ArchiveDamaged, InvalidRecord
from crawler.items import Line
from crawler.lineformat import parse_line

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


def read_lines(folder: Path) -> Iterator[Line]:
    """Yield the lines of the archive in *folder*; bytes after the last newline are ignored.

    Raises :exc:`ArchiveDamaged` on a line that is none.
    """
    for path in _months(folder):
        with _open(path) as file:
            offset = 0
            for line in file:
                if not line.endswith(b"\n"):
                    break
                try:
                    yield parse_line(line)
                except InvalidRecord as error:
                    raise ArchiveDamaged(path.name, offset, str(error)) from None
                offset += len(line)


def _months(folder: Path) -> list[Path]:
    """The files of the months, oldest first; of a month that is there twice the plain one."""
    months = {path.name.removesuffix(".zst"): path for path in folder.glob("articles-*.jsonl.zst")}
    months |= {path.name: path for path in folder.glob("articles-*.jsonl")}
    return [months[name] for name in sorted(months)]


def _open(path: Path) -> AbstractContextManager[Iterable[bytes]]:
    return zstd.open(path, "rb") if path.suffix == ".zst" else path.open("rb")
