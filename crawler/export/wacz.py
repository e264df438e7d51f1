"""WACZ: the pages as they were, in one file that ReplayWeb.page opens.

The captures are copied byte for byte: a WARC record is a gzip member of its own, so that records
of many files become one file by putting them one after the other. The package is that of the WACZ
specification 1.1.1 (specs.webrecorder.net/wacz/1.1.1), which is the newest that ReplayWeb.page and
py-wacz take: they refuse the profile of 1.2.0.

Its index is CDXJ lines, sorted, in compressed blocks with an index of the blocks; the forms are
those of the specifications and of wabac.js, the reader inside ReplayWeb.page.
"""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import json
import re
import sqlite3
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from http import HTTPStatus
from itertools import islice
from pathlib import Path
from typing import IO, Any, Final, Protocol, Self
from urllib.parse import urlsplit

import attrs

from crawler import __version__
from crawler.archive.warc import warcinfo
from crawler.archive.warc_reading import Record, Records
from crawler.export.selection import Selection, hidden_records, new_file
from crawler.items import Article, CaptureReference
from crawler.timestamps import stamp

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


_VERSION: Final = "1.1.1"
# ReplayWeb.page (2.4.6) does not find a file whose size stands in a ZIP64 field of its local header
# alone, which is how a stream of unknown length is written; so no file comes near 2 GiB.
_WARC_SIZE: Final = 1_000_000_000
_HTML: Final = ("text/html", "application/xhtml+xml")


@attrs.frozen
class Written:
    """What became of the articles that a package was asked for."""

    articles: int
    """Articles whose page is in the package."""

    records: int
    """Captures in the package."""

    without_page: int
    """Articles left out: what they rest on is not a page, such as an answer of the REST API."""


def package(selection: Selection, path: Path) -> Written:
    """Write the pages of *selection* to the WACZ file *path*, without what is hidden."""
    folder = selection.folder
    records = Records(folder, hidden=hidden_records(folder))
    days = " to ".join(filter(None, (selection.since, selection.until)))
    return write_wacz(
        selection.articles(),
        path,
        records=records,
        name=folder.name,
        title=f"{folder.name} {days}".strip(),
        description=(
            f"Pages of {folder.name} as they were fetched. Images, styles and scripts of the site "
            "are not part of the archive."
        ),
    )


def write_wacz(
    articles: Iterable[Article],
    path: Path,
    *,
    records: Callable[[CaptureReference], Iterator[Record]],
    name: str,
    title: str,
    description: str,
) -> Written:
    """Write the captures of *articles* to the WACZ file *path*, in place of what was there.

    *records* gives the WARC records that a reference needs to be shown: none when it must not be
    shown, two when it repeats an earlier one.
    """
    with (
        new_file(path) as partial,
        tempfile.TemporaryDirectory(dir=path.absolute().parent, prefix=f".{path.name}.") as scratch,
        zipfile.ZipFile(partial, "w", allowZip64=True) as package,
        closing(
            _Package(package, Path(scratch), name=name, title=title, description=description)
        ) as contents,
    ):
        return contents.write(articles, records)


class _Package:
    """The files of a WACZ, in the order in which they are written."""

    warc: _Entry
    """The WARC file that is being written."""

    def __init__(
        self, package: zipfile.ZipFile, scratch: Path, *, name: str, title: str, description: str
    ) -> None:
        self.package = package
        self.name = name
        self.title = title
        self.description = description
        self.warcs = 0
        self.now = dt.datetime.now(dt.UTC)
        self.resources: list[dict[str, Any]] = []
        self.index = CdxjIndex(scratch / "index.sqlite")
        self.pages = (scratch / "pages.jsonl").open("w+", encoding="utf-8")
        self.placed: set[tuple[str, int]] = set()

    def close(self) -> None:
        """Let go of what is open, also after an error."""
        if self.warcs:
            self.warc.file.close()
        self.index.close()
        self.pages.close()

    def write(
        self,
        articles: Iterable[Article],
        records: Callable[[CaptureReference], Iterator[Record]],
    ) -> Written:
        shown = hidden = 0
        self.next_warc()
        for article in articles:
            page = self.add(article, records)
            shown, hidden = shown + page, hidden + (not page)
        self.warc.close()
        with _Entry(self, "indexes/index.cdx.gz", packed=True) as blocks:
            of_blocks = "".join(self.index.write(blocks, "index.cdx.gz"))
        self.whole("indexes/index.idx", of_blocks)
        self.write_pages()
        self.write_manifest()
        return Written(articles=shown, records=len(self.placed), without_page=hidden)

    def next_warc(self) -> None:
        """Begin the next WARC file, with the record that says how it came to be."""
        if self.warcs:
            self.warc.close()
        self.warcs += 1
        name = f"{self.name}-{self.warcs:05}.warc.gz"
        self.warc = _Entry(self, f"archive/{name}", packed=True)
        said = {"description": f"{self.title}: records of an archive, copied byte for byte"}
        self.warc.write(warcinfo(name, said, date=stamp(self.now)))

    def add(
        self, article: Article, records: Callable[[CaptureReference], Iterator[Record]]
    ) -> bool:
        """Place what *article* rests on; return whether a page of it can be shown."""
        page: Record | None = None
        for reference in article.captures:
            for record in records(reference):
                self.place(record)
                if page is None and record.mime in _HTML and record.status == HTTPStatus.OK:
                    page = record
        if page is None:
            return False
        entry = {
            "id": f"{article.id}/{article.revision}",
            "url": page.url,
            "ts": page.date,
            "title": article.title,
            "text": article.body,
        }
        self.pages.write(json.dumps(entry, ensure_ascii=False) + "\n")
        return True

    def place(self, record: Record) -> None:
        if record.place in self.placed:
            return
        self.placed.add(record.place)
        if self.warc.size + len(record.member) > _WARC_SIZE:
            self.next_warc()
        # The record of a 304 has nothing to show, and what it repeats stands before it; ReplayWeb.page
        # (2.4.6) would take it for the newest version of the page, and show that: nothing.
        if record.status != HTTPStatus.NOT_MODIFIED:
            self.index.add(record, self.warc.name.rpartition("/")[2], self.warc.size)
        self.warc.write(record.member)

    def write_pages(self) -> None:
        self.pages.flush()
        size = self.pages.tell()
        self.pages.seek(0)
        header = {"format": "json-pages-1.0", "id": "pages", "title": "Pages", "hasText": True}
        with _Entry(self, "pages/pages.jsonl", size=size) as file:
            file.write(f"{json.dumps(header)}\n".encode())
            for line in self.pages:
                file.write(line.encode())

    def write_manifest(self) -> None:
        manifest = json.dumps(
            {
                "profile": "data-package",
                "wacz_version": _VERSION,
                "title": self.title,
                "description": self.description,
                "created": self.now.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "software": f"newsroom-archive {__version__}",
                "resources": self.resources,
            },
            indent=2,
            ensure_ascii=False,
        ).encode()
        digest = {"path": "datapackage.json", "hash": _sha256(manifest)}
        self.whole("datapackage.json", manifest.decode())
        self.whole("datapackage-digest.json", json.dumps(digest, indent=2))

    def whole(self, name: str, text: str) -> None:
        with _Entry(self, name) as file:
            file.write(text.encode())


class _Entry:
    """A file of the package while it is written, which notes its size and digest at the end.

    What is *packed* already is stored as it is: readers take parts out of the middle of it.
    """

    def __init__(
        self, package: _Package, name: str, *, packed: bool = False, size: int = 0
    ) -> None:
        self.package = package
        self.name = name
        self.size = 0
        self.digest = hashlib.sha256()
        entry = zipfile.ZipInfo(name, date_time=package.now.timetuple()[:6])
        entry.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
        entry.file_size = size  # ZIP64 where it is needed, see _WARC_SIZE
        self.file: IO[bytes] = package.package.open(entry, "w")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        self.file.close()
        self.package.resources.append(
            {
                "name": self.name.rpartition("/")[2],
                "path": self.name,
                "hash": f"sha256:{self.digest.hexdigest()}",
                "bytes": self.size,
            }
        )

    def write(self, part: bytes) -> None:
        self.file.write(part)
        self.digest.update(part)
        self.size += len(part)


def _sha256(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"
