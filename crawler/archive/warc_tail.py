"""The end of the newest WARC file, where a kill may have torn a record."""

from __future__ import annotations

from pathlib import Path

import attrs

from crawler.archive.captures import NotARecord, next_record_after, records
from crawler.archive.files import sync_folder
from crawler.archive.warcs import crc_of


@attrs.frozen
class Tail:
    """What was found at the end of a file."""

    said: str | None
    """What was put right, or is wrong."""

    usable: bool
    """Whether the file may be appended to."""

    size: int = 0
    crc: int = 0


def cut_torn_record(path: Path, known: tuple[int, int] | None) -> Tail:
    """Cut a torn record off the end of the file at *path*.

    *known* are size and crc32 when the ledger last heard of it: up to there it is not read. A file
    that is damaged before its end is left as it is, for ``verify`` to tell.
    """
    size = path.stat().st_size
    if size == 0:
        path.unlink()
        return Tail(None, usable=True)
    start, crc = known or (0, 0)
    if size < start:
        said = f"{path.name}: {start - size} bytes shorter than it was; see scrapy verify"
        return Tail(said, usable=False)
    end = start
    cut = None
    with path.open("r+b") as file:
        try:
            for record in records(file, end):
                end = record.offset + record.length
        except NotARecord:
            if (after := next_record_after(file, end)) is not None:
                said = f"{path.name}: damaged from byte {end} to {after}; see scrapy verify"
                return Tail(said, usable=False)
            file.truncate(end)
            cut = f"{path.name}: cut {size - end} bytes of a torn record at byte {end}"
    if end == 0:
        path.unlink()
        sync_folder(path.parent)
        return Tail(cut, usable=True)
    return Tail(cut, usable=True, size=end, crc=crc_of(path, end, start=start, crc=crc))
