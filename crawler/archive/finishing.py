"""Months that are over: compressed, written again without a line, and their digests.

``manifest-sha256.txt`` names the files that no longer change in the form of ``sha256sum``, so that
``sha256sum -c manifest-sha256.txt`` checks an archive without this program.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Final

from crawler.archive.files import replace_file, replacing, sync_folder
from crawler.archive.lines import SUFFIX, MonthFile, frames, month_files, pack
from crawler.archive.warc import warc_files
from crawler.decoding import zstd
from crawler.errors import ArchiveDamaged

# A month is compressed that many days after its end.
_OPEN_DAYS: Final = 35
_BUFFER: Final = 256 * 1024


def finished_months(folder: Path, now: dt.datetime) -> list[MonthFile]:
    """Return the plain files of months that ended more than 35 days before *now*.

    Never the newest: lines may still be added to it, whatever the clock says.
    """
    latest = (now - dt.timedelta(days=_OPEN_DAYS)).date().replace(day=1)
    before = latest.year * 100 + latest.month
    return [
        file for file in month_files(folder)[:-1] if not file.compressed and file.month < before
    ]


def compress(file: MonthFile, crc: int | None) -> Path:
    """Compress the plain *file* and remove it; return the compressed one.

    Written under a temporary name, read back and compared, synced, renamed; only then the plain
    file goes. *crc* is that of its text, where known: raises :exc:`ArchiveDamaged` when the text
    is not what was written, and leaves it as it is.
    """
    packed = file.path.with_name(file.path.name + SUFFIX)
    plain, again, checked = hashlib.sha256(), hashlib.sha256(), 0
    with replacing(packed, like=file.path) as target:
        with file.path.open("rb") as source:
            for frame in frames(source):
                plain.update(frame)
                checked = zlib.crc32(frame, checked)
                target.write(pack(frame))
        target.seek(0)
        with zstd.ZstdFile(target) as source:
            while block := source.read(_BUFFER):
                again.update(block)
        if (crc is not None and checked != crc) or again.digest() != plain.digest():
            what = "not the lines that were written; left as it is"
            raise ArchiveDamaged(file.path.name, 0, what)
    file.path.unlink()
    sync_folder(packed.parent)
    return packed


def rewrite(file: MonthFile, keep: Callable[[bytes], bool]) -> tuple[int, int]:
    """Write *file* again with the lines to *keep*; return size and crc32 of its text."""
    size = crc = 0
    with replacing(file.path) as target:
        for frame in frames(raw for _, raw in file.lines() if keep(raw)):
            size += len(frame)
            crc = zlib.crc32(frame, crc)
            target.write(pack(frame) if file.compressed else frame)
    return size, crc


NAME: Final = "manifest-sha256.txt"
_BLOCK: Final = 1024 * 1024


def read_manifest(folder: Path) -> dict[str, str]:
    """Return path, relative to *folder*, → digest in hex; :exc:`ArchiveDamaged` on a bad line."""
    path = folder / NAME
    if not path.exists():
        return {}
    found = {}
    offset = 0
    for line in path.read_bytes().splitlines(keepends=True):
        digest, _, name = line.decode(errors="replace").rstrip("\n").partition("  ")
        if len(digest) != hashlib.sha256().digest_size * 2 or not name:
            raise ArchiveDamaged(NAME, offset, "no digest and file name")
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
        replace_file(folder / NAME, text.encode())


def digest(path: Path) -> str:
    """Return the sha256 of the file at *path*, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
