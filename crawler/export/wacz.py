"""WACZ: the pages as they were, in one file that ReplayWeb.page opens.

The captures are copied byte for byte: a WARC record is a gzip member of its own, so that records
of many files become one file by putting them one after the other. The package is that of the WACZ
specification 1.1.1 (specs.webrecorder.net/wacz/1.1.1), which is the newest that ReplayWeb.page and
py-wacz take: they refuse the profile of 1.2.0.

Its index is CDXJ lines, sorted, in compressed blocks with an index of the blocks; the forms are
those of the specifications, and its keys SURT, as pywb, cdxj-indexer and the Internet Archive write
it. They use the Python module ``surt``, which is not a dependency: its licence is the AGPL, and it
has had no release since 2019. The tests compare the two. Left out are session ids of ``.aspx``
pages and IP addresses in octal.

Two exports of one archive are the same, byte for byte: nothing in them is a time or a number of the
export itself.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import sqlite3
import tempfile
import uuid
import zipfile
from collections import Counter
from contextlib import closing, suppress
from http import HTTPStatus
from pathlib import Path
from typing import IO, Any, Final
from urllib.parse import quote_from_bytes, unquote_to_bytes, urlsplit

import attrs

from crawler import __version__
from crawler.archive.files import last_written
from crawler.archive.warc import sha256, warcinfo
from crawler.archive.warc_reading import Record, to_show
from crawler.export.selection import Selection, new_file
from crawler.items import Article
from crawler.timestamps import comparable, now, stamp

_VERSION: Final = "1.1.1"
# Lines a block: as pywb and py-wacz do. A reader fetches a block to find one address.
_BLOCK: Final = 300
# ReplayWeb.page (2.4.6) does not find a file whose size stands in a ZIP64 field of its local header
# alone, which is how a stream of unknown length is written; so no file comes near 2 GiB.
_WARC_SIZE: Final = 1_000_000_000
_HTML: Final = ("text/html", "application/xhtml+xml")
_PHOTOS: Final = "photos"


def _kind(record: Record) -> str:
    """What *record* is called where they are counted."""
    if record.mime == "warc/revisit":
        return "visits that found the same"
    if record.status != HTTPStatus.OK:
        return f"answers of status {record.status}"
    if record.mime in _HTML:
        return "pages"
    if record.mime.startswith("image/"):
        return _PHOTOS
    return "answers of the REST API" if "json" in record.mime else "other answers"


@attrs.frozen
class Written:
    """What became of the articles that a package was asked for."""

    articles: int  # articles whose page is in the package
    records: int  # captures in the package
    without_page: int
    """Articles left out: what they rest on is not a page, such as an answer of the REST API."""


def package(selection: Selection, path: Path) -> Written:
    """Write the pages of *selection* to the WACZ file *path*, without what is hidden.

    What was at *path* is replaced once the new file is whole.
    """
    with (
        new_file(path) as partial,
        tempfile.NamedTemporaryFile(dir=path.absolute().parent, prefix=f".{path.name}.") as scratch,
        zipfile.ZipFile(partial, "w", allowZip64=True) as file,
        closing(sqlite3.connect(scratch.name)) as notes,
        closing(_Package(file, notes, selection)) as contents,
    ):
        return contents.write()


class _Package:
    """The files of a WACZ, in the order in which they are written.

    Lines of the index and of the list of pages are gathered on disk, not in memory.
    """

    def __init__(
        self, package: zipfile.ZipFile, notes: sqlite3.Connection, selection: Selection
    ) -> None:
        self.package, self.selection = package, selection
        self.name = selection.folder.name
        days = " to ".join(filter(None, (selection.since, selection.until)))
        self.title = f"{self.name} {days}".strip()
        self.created = last_written(selection.folder) or stamp(now())
        self.folder, self.hidden = selection.folder, selection.hidden()
        self.kinds: Counter[str] = Counter()
        self.resources: list[dict[str, Any]] = []
        self.placed: set[tuple[str, int]] = set()
        self.notes = notes
        notes.executescript(
            "PRAGMA journal_mode = OFF;"
            "CREATE TABLE lines (line TEXT PRIMARY KEY) WITHOUT ROWID;"
            "CREATE TABLE pages (page BLOB)"
        )
        self.warcs = 0
        self.warc = self.next_warc()

    def close(self) -> None:
        self.warc.file.close()

    def write(self) -> Written:
        shown = Counter(map(self.add, self.selection.articles()))
        self.warc.close()
        self.write_index()
        self.write_pages()
        self.write_manifest(shown[True])
        return Written(shown[True], records=len(self.placed), without_page=shown[False])

    def next_warc(self) -> _Entry:
        """Begin the next WARC file, with the record that says how it came to be."""
        self.warcs += 1
        name = f"{self.name}-{self.warcs:05}.warc.gz"
        warc = _Entry(self, f"archive/{name}", packed=True)
        said = {"description": f"{self.title}: records of an archive, copied byte for byte"}
        # An id that another export of the same gives, too.
        id_ = uuid.uuid5(uuid.NAMESPACE_OID, f"{name} {self.title} {self.created}")
        warc.write(warcinfo(name, said, date=self.created, record_id=id_.urn))
        return warc

    def add(self, article: Article) -> bool:
        """Place what *article* rests on; return whether a page of it can be shown."""
        page: Record | None = None
        for reference in article.captures:
            for record in to_show(self.folder, self.hidden, reference):
                self.place(record)
                if page is None and record.mime in _HTML and record.status == HTTPStatus.OK:
                    page = record
        if page is None:
            return False
        entry = {
            "id": f"{article.id}/{article.revision}",
            "url": page.url,
            "ts": comparable(page.date) or page.date,
            "title": article.title,
            "text": article.body,
        }
        self.notes.execute("INSERT INTO pages VALUES (?)", (_line(entry),))
        return True

    def place(self, record: Record) -> None:
        if record.place in self.placed:
            return
        self.placed.add(record.place)
        self.kinds[_kind(record)] += 1
        if self.warc.size + len(record.content) > _WARC_SIZE:
            self.warc.close()
            self.warc = self.next_warc()
        # The record of a 304 has nothing to show, and what it repeats stands before it; ReplayWeb.page
        # (2.4.6) would take it for the newest version of the page, and show that: nothing.
        if record.status != HTTPStatus.NOT_MODIFIED:
            values = {
                "url": record.url,
                "mime": record.mime,
                "status": str(record.status),
                "digest": record.digest,
                "length": str(len(record.content)),
                "offset": str(self.warc.size),
                "filename": self.warc.name.rpartition("/")[2],
            }
            digits = re.sub(r"\D", "", comparable(record.date) or record.date)
            line = f"{surt(record.url)} {digits} {json.dumps(values)}"
            self.notes.execute("INSERT OR IGNORE INTO lines VALUES (?)", (line,))
        self.warc.write(record.content)

    def write_index(self) -> None:
        """Write the index in compressed blocks, and the index of the blocks."""
        name = "index.cdx.gz"
        idx = [f"!meta 0 {json.dumps({'format': 'cdxj-gzip-1.0', 'filename': name})}\n"]
        lines = self.notes.execute("SELECT line FROM lines ORDER BY line")
        with closing(_Entry(self, f"indexes/{name}", packed=True)) as blocks:
            while block := [line for (line,) in lines.fetchmany(_BLOCK)]:
                packed = gzip.compress("".join(f"{line}\n" for line in block).encode(), mtime=0)
                where = {"offset": blocks.size, "length": len(packed), "digest": sha256(packed)}
                idx.append(f"{block[0].partition(' {')[0]} {json.dumps(where)}\n")
                blocks.write(packed)
        self.whole("indexes/index.idx", "".join(idx).encode())

    def write_pages(self) -> None:
        header = {"format": "json-pages-1.0", "id": "pages", "title": "Pages", "hasText": True}
        (size,) = self.notes.execute("SELECT sum(length(page)) FROM pages").fetchone()
        with closing(_Entry(self, "pages/pages.jsonl", size=size or 0)) as file:
            file.write(_line(header))
            for (page,) in self.notes.execute("SELECT page FROM pages ORDER BY rowid"):
                file.write(page)

    def write_manifest(self, articles: int) -> None:
        held = ", ".join(f"{count:,} {kind}" for kind, count in self.kinds.most_common())
        photos = "" if self.kinds[_PHOTOS] else "photos, "
        manifest = {
            "profile": "data-package",
            "wacz_version": _VERSION,
            "title": self.title,
            "description": f"{articles:,} articles of {self.name}, as they were fetched; records: "
            f"{held or 'none'}. Not in the archive: {photos}styles and scripts of the site.",
            "created": self.created,
            "software": f"newsroom-archive {__version__}",
            "resources": self.resources,
        }
        whole = json.dumps(manifest, indent=2, ensure_ascii=False).encode()
        digest = {"path": "datapackage.json", "hash": sha256(whole)}
        self.whole("datapackage.json", whole)
        self.whole("datapackage-digest.json", json.dumps(digest, indent=2).encode())

    def whole(self, name: str, content: bytes) -> None:
        with closing(_Entry(self, name)) as file:
            file.write(content)


def _line(values: dict[str, Any]) -> bytes:
    return json.dumps(values, ensure_ascii=False).encode() + b"\n"


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
        entry = zipfile.ZipInfo(name)  # of 1980, as are all files of all exports
        entry.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
        entry.file_size = size  # ZIP64 where it is needed, see _WARC_SIZE
        self.file: IO[bytes] = package.package.open(entry, "w")

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


_PORTS: Final = {"http": 80, "https": 443}
_WWW: Final = re.compile(r"www\d*\.")
# What need not be escaped: all of ASCII that can be printed, but ``#``, ``%`` and the blank.
_SAFE: Final = "!\"$&'()*+,-./:;<=>?@[\\]^_`{|}~"
_SESSIONS: Final = [
    re.compile(rf"^(.*)(?:{pair})(?:&(.*))?$", re.IGNORECASE)
    for pair in (
        "jsessionid=[0-9a-z]{32}",
        "phpsessid=[0-9a-z]{32}",
        "sid=[0-9a-z]{32}",
        "aspsessionid[a-z]{8}=[a-z]{24}",
        "cfid=[^&]+&cftoken=[^&]+",
    )
]


def surt(url: str) -> str:
    """Return the key under which an index has *url*.

    >>> surt("https://www.Progres.example/daerah/Banjir/?b=2&a=1")
    'example,progres)/daerah/banjir?a=1&b=2'
    """
    parts = urlsplit(url.strip())
    port = "" if parts.port in (None, _PORTS.get(parts.scheme)) else f":{parts.port}"
    query = _query(parts.query)
    host = ",".join(reversed(_host(parts.hostname or "").split(".")))
    return f"{host}{port}){_path(parts.path)}" + (f"?{query}" if query else "")


def _host(host: str) -> str:
    if not host.isascii():
        with suppress(UnicodeError):
            host = host.encode("idna").decode("ascii")
    host = _escaped(_unescaped(host.replace("..", ".").strip(".")))
    return _WWW.sub("", host, count=1) if _WWW.match(host) else host


def _path(path: str) -> str:
    kept: list[bytes] = []
    for part in _unescaped(path).split(b"/")[1:]:
        if part == b".." and kept:
            kept.pop()
        elif part != b".":
            kept.append(part)
    whole = b"/" + b"/".join([part for part in kept[:-1] if part] + kept[-1:])
    return _escaped(whole).lower().removesuffix("/") or "/"


def _query(query: str) -> str:
    query = _escaped(_unescaped(query))
    for session in _SESSIONS:
        if found := session.match(query):
            query = found[1] + (found[2] or "")
    return "&".join(sorted(query.lower().split("&"), key=lambda pair: pair.split("=", 1)))


def _unescaped(text: str) -> bytes:
    """Return *text* without its escapes, and without those that come to light by it."""
    before, plain = b"", text.encode(errors="replace")
    while plain != before:
        before, plain = plain, unquote_to_bytes(plain)
    return plain


def _escaped(plain: bytes) -> str:
    return quote_from_bytes(plain, safe=_SAFE)
