"""Articles from the WARC and WACZ files of others, read record by record.

What can be had is a WARC file each of whose records is a gzip member of its own, as nearly all
crawlers write it; anything else (plain, compressed as a whole, packed into a WACZ) is made into one
in a scratch folder. See https://iipc.github.io/warc-specifications/ and, for WACZ,
https://specs.webrecorder.net/wacz/1.1.1/.
"""

from __future__ import annotations

import bisect
import datetime as dt
import gzip
import lzma
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from http import HTTPStatus
from itertools import chain
from pathlib import Path
from typing import BinaryIO, Final, cast
from urllib.parse import urlsplit

import attrs

from crawler.archive import Found
from crawler.archive.warc import sha256
from crawler.archive.warc_reading import (
    NotARecord,
    StoredRecord,
    TooLarge,
    digest_agrees,
    entity,
    next_record_after,
    parse_response,
    payload_agrees,
    record_at,
    records,
)
from crawler.errors import ArchiveDamaged, ConfigurationError, CrawlerError, NotAnArticle, attempt
from crawler.extract import extract_article, open_page
from crawler.extract.rest import records as posts_in
from crawler.items import Article, Capture, CopiedRecord, Exchange, joined_headers
from crawler.newsrooms import Newsroom
from crawler.normalise.urls import canonical, same_host, without_page_number

_ZIP: Final = b"PK\x03\x04"
_GZIP: Final = b"\x1f\x8b"
_WARC: Final = b"WARC/1."
# More than any header; where a line is longer, the bytes are no record.
_LINE: Final = 64 * 1024
# More than any page; longer records, such as videos, are passed over.
_LARGEST_FILE: Final = 64 * 1024 * 1024
_BLOCK: Final = 1024 * 1024
# What one file may unpack to: the pages of a site shrink to a twentieth at best, a bomb to a
# thousandth.
_MOST_TIMES: Final = 100
_ALWAYS: Final = 64 * 1024 * 1024
_TARGET: Final = re.compile(rb"^WARC-Target-URI:\s*+<?([^\s>]*+)", re.IGNORECASE | re.MULTILINE)
_MEDIA: Final = re.compile(rb"^Content-Type:\s*+([\w/+.-]*+)", re.IGNORECASE | re.MULTILINE)


@attrs.frozen
class Source:
    """A WARC file, each of whose records is a gzip member of its own."""

    name: str
    """What it is called in messages: ``siaran.wacz/archive/data.warc.gz``."""

    path: Path
    oversized: tuple[Oversized, ...] = ()
    """What was too large to be copied into it."""


@attrs.frozen
class Damage:
    """A place from which no record could be read."""

    source: str
    offset: int
    problem: str

    def __str__(self) -> str:
        return f"{self.source}: byte {self.offset}: {self.problem}"


@attrs.frozen
class Oversized(Damage):
    """A record that is too large to be read."""

    url: str
    media: str
    """What its HTTP header says that it is, in lower case: ``video/mp4``."""


@attrs.define
class _Allowance:
    """How much the file at *path* may still unpack to."""

    path: Path
    most: int
    taken: int = 0

    @classmethod
    def of(cls, path: Path) -> _Allowance:
        return cls(path, max(_ALWAYS, _MOST_TIMES * path.stat().st_size))

    def take(self, size: int) -> None:
        """Raise :exc:`ArchiveDamaged` when *size* more bytes are too many."""
        self.taken += size
        if self.taken > self.most:
            problem = f"unpacks to more than {self.most} bytes, too many for its size; not read"
            raise ArchiveDamaged(str(self.path), 0, problem)


def open_sources(path: Path, scratch: Path) -> list[Source]:
    """Return the WARC files that the file at *path* is or holds; copies of some go to *scratch*.

    Raises :exc:`ConfigurationError` for what is neither WARC nor WACZ, :exc:`ArchiveDamaged` for
    one that cannot be unpacked, or unpacks to a hundred times its size.
    """
    try:
        with path.open("rb") as file:
            start = file.read(len(_WARC))
        allowance = _Allowance.of(path)
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}; want a WARC or WACZ file") from None
    if start.startswith(_ZIP):
        return list(_unpacked(path, scratch, allowance))
    return [_source(path.name, path, scratch, allowance)]


def walk(source: Source) -> Iterator[StoredRecord | Damage]:
    """Yield the records of *source*; where it is damaged say so, and go on behind the damage."""
    start: int | None = 0
    with source.path.open("rb") as file:
        while start is not None:
            end = start
            try:
                for record in records(file, start, largest=_LARGEST_FILE):
                    end = record.offset + record.length
                    yield record
            except TooLarge as error:
                yield _oversized(source.name, end, error.start)
                start = next_record_after(file, end, largest=_LARGEST_FILE)
            except NotARecord as error:
                yield Damage(source.name, end, str(error))
                start = next_record_after(file, end, largest=_LARGEST_FILE)
            else:
                return


def member(source: Source, record: StoredRecord) -> bytes:
    """Return the gzip member that *record* is."""
    with source.path.open("rb") as file:
        file.seek(record.offset)
        return file.read(record.length)


def _unpacked(path: Path, scratch: Path, allowance: _Allowance) -> Iterator[Source]:
    """Copy the WARC files of a WACZ to *scratch*."""
    try:
        with zipfile.ZipFile(path) as package:
            names = [
                each
                for each in package.namelist()
                if each.startswith("archive/") and each.endswith((".warc", ".warc.gz"))
            ]
            if not names:
                raise ConfigurationError(f"{path}: holds no archive/*.warc.gz; want a WACZ file")
            for name in names:
                copy = _new_name(scratch)
                with package.open(name) as packed, copy.open("wb") as file:
                    while block := packed.read(_BLOCK):
                        allowance.take(len(block))
                        file.write(block)
                yield _source(f"{path.name}/{name}", copy, scratch, allowance)
    except (
        EOFError,
        NotImplementedError,  # of zipfile, for a compression that it does not know
        OSError,  # of bzip2, and of a disk that is full
        RuntimeError,
        lzma.LZMAError,
        zipfile.BadZipFile,
        zlib.error,
    ) as error:
        raise ArchiveDamaged(str(path), 0, f"cannot be unpacked ({error})") from None


def _source(name: str, path: Path, scratch: Path, allowance: _Allowance) -> Source:
    with path.open("rb") as file:
        start = file.read(len(_WARC))
        file.seek(0)
        if start.startswith(_GZIP):
            if _has_members(file):
                return Source(name, path)
            file.seek(0)
            with gzip.GzipFile(fileobj=file) as plain:
                return _repacked(name, cast("BinaryIO", plain), scratch, allowance)
        if start == _WARC:
            return _repacked(name, file, scratch, allowance)
    raise ConfigurationError(f"{name}: want a WARC file (.warc, .warc.gz) or a WACZ file")


def _has_members(file: BinaryIO) -> bool:
    """Whether the first gzip member is one record, or damaged, which says nothing of the rest."""
    try:
        return next(records(file, largest=_LARGEST_FILE), None) is not None
    except TooLarge:
        return False
    except NotARecord as error:
        return "block" not in str(error)


def _repacked(name: str, plain: BinaryIO, scratch: Path, allowance: _Allowance) -> Source:
    """Write the records of *plain* to a file of *scratch*, each as a member."""
    copy = _new_name(scratch)
    oversized = []
    with copy.open("wb") as file:
        try:
            for record in _plain_records(name, plain, allowance):
                if isinstance(record, Oversized):
                    oversized.append(record)
                else:
                    file.write(gzip.compress(record, 1, mtime=0))
        except (NotARecord, EOFError, OSError, zlib.error):
            file.write(b"\x1f\x8b\x08")  # read as damage at the end
    return Source(name, copy, tuple(oversized))


def _plain_records(
    name: str, plain: BinaryIO, allowance: _Allowance
) -> Iterator[bytes | Oversized]:
    """Yield the records of an uncompressed WARC file, byte for byte."""
    while line := _line(plain, allowance):
        if line in (b"\r\n", b"\n"):
            continue
        if not line.startswith(_WARC):
            raise NotARecord("no WARC header")
        offset = plain.tell() - len(line)
        head = [line]
        length = 0
        while (line := _line(plain, allowance)) not in (b"\r\n", b"\n"):
            if not line:
                raise NotARecord("its end is missing")
            head.append(line)
            if plain.tell() - offset > _LINE:
                raise NotARecord("a WARC header without end")
            field, _, value = line.partition(b":")
            if field.strip().lower() == b"content-length" and value.strip().isdigit():
                length = int(value)
        if length > _LARGEST_FILE:
            start = b"".join([*head, b"\r\n", plain.read(_LINE)])
            yield _oversized(name, offset, start)
            _pass_over(plain, length - _LINE, allowance)
            continue
        block = plain.read(length)
        allowance.take(len(block))
        if len(block) < length:
            raise NotARecord("its end is missing")
        lines = [each.rstrip(b"\r\n") for each in head]
        yield b"\r\n".join([*lines, b"", b""]) + block + b"\r\n\r\n"


def _line(plain: BinaryIO, allowance: _Allowance) -> bytes:
    line = plain.readline(_LINE)
    allowance.take(len(line))
    return line


def _pass_over(plain: BinaryIO, length: int, allowance: _Allowance) -> None:
    while length > 0 and (skipped := len(plain.read(min(length, _BLOCK)))):
        allowance.take(skipped)
        length -= skipped


def _oversized(name: str, offset: int, start: bytes) -> Oversized:
    """Return what is said of a record that begins with *start*."""
    head, _, block = start[: 2 * _LINE].partition(b"\r\n\r\n")
    target, media = _TARGET.search(head), _MEDIA.search(block.partition(b"\r\n\r\n")[0])
    url = target[1].decode("utf-8", "replace") if target else ""
    kind = media[1].decode("ascii", "replace").lower() if media else ""
    problem = f"{url}: more than {_LARGEST_FILE} bytes; not read"
    return Oversized(name, offset, problem, url, kind)


def _new_name(scratch: Path) -> Path:
    return scratch / f"{len(list(scratch.iterdir()))}.warc.gz"


_HTML: Final = ("text/html", "application/xhtml+xml")
_JSON: Final = "application/json"
_POSTS: Final = "/wp/v2/posts"
_LARGEST: Final = 8 * 1024 * 1024
"""Bytes of a body without its codings: what a crawl takes, too."""


@attrs.frozen(order=True)
class _Seen:
    """A record that may be an article's, or a part of one."""

    at: dt.datetime
    source: int
    offset: int
    url: str = attrs.field(order=False)
    original: tuple[int, int] | None = attrs.field(default=None, order=False)
    """Of a revisit, source and offset of the record whose payload it repeats."""


class Ingest:
    """What the WARC and WACZ files at *paths* hold of *newsroom*, read twice.

    First every record is looked at, and where those of the newsroom's hosts lie is remembered: its
    pages, and answers of its REST API. Then they are read in the order in which they were fetched,
    so that edits become revisions in their order, whatever the order of the files.
    """

    def __init__(self, newsroom: Newsroom, paths: Iterable[Path], scratch: Path) -> None:
        """*scratch* is a folder for unpacked files; whoever made it removes it.

        Raises :exc:`ConfigurationError` for a path that is no such file.
        """
        self.newsroom = newsroom
        self.hosts = (newsroom.host, *newsroom.hosts)
        self.sources = [
            source for path in dict.fromkeys(paths) for source in open_sources(path, scratch)
        ]
        self.passed_over: Counter[str] = Counter()
        """Reason → how many records of the newsroom's hosts came to nothing."""

        self.problems: list[str] = []
        """What was damaged, and articles that could not be read whole."""

        self._seen: list[_Seen] = []
        self._pages: dict[str, list[_Seen]] = {}

    def findings(self) -> Iterator[Found]:
        """Yield the articles, as an archive takes them, in the order in which they were fetched."""
        self._look_through()
        for seen in self._seen:
            found, error = attempt(partial(self._articles, seen))  # costs one record at most
            if isinstance(error, NotAnArticle):
                self.passed_over[error.reason] += 1
            elif error is not None:
                self.problems.append(f"{self._place(seen)}: {seen.url}: {error}")
            else:
                yield from found or ()

    # --- the first look

    def _look_through(self) -> None:
        payloads: dict[str, tuple[int, int]] = {}
        visits: list[tuple[_Seen, str]] = []
        for number, source in enumerate(self.sources):
            for record in chain(source.oversized, walk(source)):
                if isinstance(record, Oversized) and not self._may_be_page(record):
                    continue
                if isinstance(record, Damage):
                    self.problems.append(str(record))
                    continue
                url = record.fields.get("warc-target-uri", "").strip("<>")
                if record.kind in ("response", "revisit") and same_host(url, self.hosts):
                    self._note(record, number, url, payloads, visits)
        for visit, digest in visits:
            if digest in payloads:
                self._add(attrs.evolve(visit, original=payloads[digest]))
            else:
                self.passed_over["revisit of what is in none of the files"] += 1
        self._seen.sort()
        for several in self._pages.values():
            several.sort()

    def _may_be_page(self, record: Oversized) -> bool:
        """Whether a record too large to be read says that it is the newsroom's; count it if not."""
        if not same_host(record.url, self.hosts):
            return False
        if record.media and record.media not in (*_HTML, _JSON):
            self.passed_over["not_html"] += 1
            return False
        return True

    def _note(
        self,
        record: StoredRecord,
        source: int,
        url: str,
        payloads: dict[str, tuple[int, int]],
        visits: list[tuple[_Seen, str]],
    ) -> None:
        at = _moment(record.fields.get("warc-date", ""))
        if at is None or not record.record_id:
            self.passed_over["record without date or id"] += 1
            return
        seen = _Seen(at, source, record.offset, url)
        digest = record.fields.get("warc-payload-digest", "")
        if record.kind == "revisit":
            visits.append((seen, digest))
            return
        reason = _reason_to_pass(record, url)
        if reason is not None:
            self.passed_over[reason] += 1
            return
        payloads.setdefault(digest, (source, record.offset))
        self._add(seen)

    def _add(self, seen: _Seen) -> None:
        self._pages.setdefault(_key(seen.url), []).append(seen)
        if _is_first(seen.url):
            self._seen.append(seen)

    # --- the second look

    def _articles(self, seen: _Seen) -> list[Found]:
        first = self._capture(seen)
        if _JSON in first.headers.get("content-type", ""):
            return list(self._records(first, seen))
        page = open_page(first, self.newsroom)
        while url := page.next_missing():
            page.add(self._capture(self._nearest(url, seen)))
        return [self._found(page.article(), page.captures, seen)]

    def _records(self, answer: Capture, seen: _Seen) -> Iterator[Found]:
        for post in posts_in(answer):
            number = post.get("id")
            if "_embedded" not in post or type(number) is not int:  # names no author, no category
                self.passed_over["REST record without _embed"] += 1
                continue
            try:
                article = extract_article([answer], self.newsroom, post_id=number)
            except NotAnArticle as error:
                self.passed_over[error.reason] += 1
            else:
                yield self._found(article, [answer], seen)

    def _found(self, article: Article, captures: Sequence[Capture], seen: _Seen) -> Found:
        moment = seen.at.isoformat()
        return Found(article, tuple(captures), lastmod=moment, as_of=moment)

    def _nearest(self, url: str, seen: _Seen) -> _Seen:
        """Return the capture of *url* that was fetched next to *seen* in time."""
        several = self._pages.get(_key(url), ())
        if not several:
            raise CrawlerError(f"its page {url} is in none of the files")
        place = bisect.bisect_left(several, seen)
        return min(several[max(place - 1, 0) : place + 1], key=lambda one: abs(one.at - seen.at))

    def _capture(self, seen: _Seen) -> Capture:
        number, offset = seen.original or (seen.source, seen.offset)
        source = self.sources[number]
        record = record_at(source.path.parent, source.path.name, offset)
        stated = record.fields.get("warc-payload-digest", "")
        status, fields, body = parse_response(record.block)
        headers = joined_headers(fields)
        plain = entity(record, headers, body, largest=_LARGEST)
        if stated and not payload_agrees(headers, body, stated):
            raise ArchiveDamaged(source.name, offset, f"payload is not {stated}")
        capture = Capture(url=seen.url, body=plain, status=status, headers=headers)
        if seen.original is not None:
            exchange = Exchange(
                url=seen.url, status=status, headers=tuple(fields), body=body, fetched_at=seen.at
            )
            return attrs.evolve(capture, exchanges=(exchange,))
        copied = CopiedRecord(
            record_id=record.record_id,
            url=seen.url,
            fetched_at=record.fields["warc-date"],
            status=status,
            digest=stated if stated and digest_agrees(body, stated) else sha256(body),
            content=member(source, record),
        )
        return attrs.evolve(capture, copied=copied)

    def _place(self, seen: _Seen) -> str:
        return f"{self.sources[seen.source].name}: byte {seen.offset}"


def _reason_to_pass(record: StoredRecord, url: str) -> str | None:
    """Why a response can be no part of an article, as far as its header says; None if it may be."""
    try:
        status, fields, _ = parse_response(record.block)
    except NotARecord:
        return "no HTTP response"
    if status != HTTPStatus.OK:
        return f"http_{status}"
    media = joined_headers(fields).get("content-type", "").partition(";")[0].strip().lower()
    if media == _JSON:
        return None if _POSTS in url.replace("%2F", "/") else "other JSON"
    if media not in _HTML:
        return "not_html"
    return "amp" if _is_amp(url) else None


def _is_amp(url: str) -> bool:
    """Whether the page is shown in another form, of which less can be read."""
    parts = urlsplit(url)
    names = {pair.partition("=")[0] for pair in parts.query.split("&")}
    return parts.path.rstrip("/").endswith("/amp") or "amp" in names


def _is_first(url: str) -> bool:
    """Whether the address is not that of a further page of an article."""
    address = canonical(url)
    return address is not None and without_page_number(address) == address


def _key(url: str) -> str:
    """The address without what makes no difference between two captures of it."""
    address = canonical(url) or url
    return address.partition("://")[2].removeprefix("www.").rstrip("/")


def _moment(text: str) -> dt.datetime | None:
    try:
        at = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else None
