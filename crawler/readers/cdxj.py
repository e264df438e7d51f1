"""The index of a WACZ: CDXJ lines, sorted, in compressed blocks with an index of the blocks.

The forms are those of the CDXJ and WACZ specifications (specs.webrecorder.net) and of the reader
that opens them, wabac.js, which is what runs inside ReplayWeb.page.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import sqlite3
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import urlsplit

from crawler.readers.records import Record

_WWW: Final = re.compile(r"^(https?://)www\d*\.")
_DEFAULT_PORT: Final = {"http": 80, "https": 443}

# Lines a block: as pywb and py-wacz do. A reader fetches a block to find one address.
_BLOCK: Final = 300


def sort_key(url: str) -> str:
    """Return the SURT of *url* as wabac.js makes it to look an address up.

    It keeps a slash at the end, where other SURTs drop it: ``/a/`` and ``/a`` sort apart, and
    wabac.js looks where it expects the one that it was asked for.

    >>> sort_key("https://www.Progres.example/daerah/Banjir/?b=2&a=1")
    'example,progres)/daerah/banjir/?a=1&b=2'
    """
    parts = urlsplit(_WWW.sub(r"\1", url.lower()))
    key = ",".join(reversed((parts.hostname or "").split(".")))
    if parts.port is not None and parts.port != _DEFAULT_PORT.get(parts.scheme):
        key += f":{parts.port}"
    key += ")" + (parts.path or "/")
    if parts.query:
        key += "?" + "&".join(sorted(parts.query.split("&")))
    return key


class Writable(Protocol):
    """What the blocks go to."""

    def write(self, part: bytes, /) -> object:
        """Take *part*."""


class CdxjIndex:
    """The lines of an index while they are gathered, on disk and not in memory."""

    def __init__(self, path: Path) -> None:
        self._database = sqlite3.connect(path)
        self._database.execute("PRAGMA journal_mode = OFF")
        self._database.execute("CREATE TABLE lines (line TEXT PRIMARY KEY) WITHOUT ROWID")

    def add(self, record: Record, filename: str, offset: int) -> None:
        """Note that *record* stands at *offset* of the file of that name."""
        values = {
            "url": record.url,
            "mime": record.mime,
            "status": str(record.status),
            "digest": record.digest,
            "length": str(len(record.member)),
            "offset": str(offset),
            "filename": filename,
        }
        stamp = re.sub(r"\D", "", record.date)[:14]
        line = f"{sort_key(record.url)} {stamp} {json.dumps(values)}"
        self._database.execute("INSERT OR IGNORE INTO lines VALUES (?)", (line,))

    def write(self, blocks: Writable, name: str) -> Iterator[str]:
        """Write the compressed index to *blocks*, and yield the lines of the index of blocks.

        *name* is the file's name in the package.
        """
        meta = {"format": "cdxj-gzip-1.0", "filename": name}
        yield f"!meta 0 {json.dumps(meta)}\n"
        offset = 0
        lines = self._database.execute("SELECT line FROM lines ORDER BY line")
        for block in _batched((line for (line,) in lines), _BLOCK):
            packed = gzip.compress("".join(f"{line}\n" for line in block).encode(), mtime=0)
            blocks.write(packed)
            where = {
                "offset": offset,
                "length": len(packed),
                "digest": f"sha256:{hashlib.sha256(packed).hexdigest()}",
            }
            yield f"{block[0].partition(' {')[0]} {json.dumps(where)}\n"
            offset += len(packed)

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()


def _batched(lines: Iterator[str], size: int) -> Iterator[list[str]]:
    while block := list(islice(lines, size)):
        yield block
