"""Digests of the files that no longer change: ``manifest-sha256.txt``.

In the form of ``sha256sum``, so that ``sha256sum -c manifest-sha256.txt`` checks an archive
without this program.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

from crawler.archive.files import replace_file
from crawler.archive.lines import month_files
from crawler.archive.warcs import warc_files
from crawler.errors import ArchiveDamaged

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
    found = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            found.update(block)
    return found.hexdigest()
