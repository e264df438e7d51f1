"""Reading an archive: the articles that count, or every line, in the order written.

Which lines count is found without reading more of each than its beginning, and no line is held.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import re
from array import array
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import attrs

from crawler.archive.files import last_lines
from crawler.archive.identity import NAME as IDENTITY
from crawler.archive.identity import read_identity
from crawler.archive.lines import SUFFIX, MonthFile, iterate, month_files
from crawler.codec import Line, parse_line
from crawler.decoding import zstd
from crawler.errors import ArchiveDamaged, ArchiveError, InvalidRecord
from crawler.items import ARTICLE, GONE, WITHHELD, Article
from crawler.timestamps import comparable

# How every line that this program writes begins. Others are read as JSON.
_BEGINNING = re.compile(
    rb'\{"schema":"(?P<schema>[a-z]+/\d+)","id":"(?P<id>[^"\\]+)",(?:"revision":(?P<revision>\d+),)?'
)
# Revision and place among the lines in one number: an archive may have a million.
_PLACE_BITS: Final = 40
# Within a value these quotes would be escaped.
_WRITTEN: Final = re.compile(rb'"written_at":"([^"\\]+)"')
_EXTRACTOR: Final = re.compile(rb'"extractor":"([^"\\]+)"')
_WARC: Final = re.compile(rb'"captures":\[\{[^][{}]*?"warc":"([^"\\]+)"')
_TRIES: Final = 5
_BUFFER: Final = 256 * 1024


@attrs.frozen
class RawLine:
    """A line that has not been read."""

    file: str
    """The name of its month's file."""

    offset: int
    content: bytes = attrs.field(repr=False)

    @property
    def is_article(self) -> bool:
        return line_beginning(self.content)[0] == ARTICLE

    @property
    def id(self) -> str:
        return line_beginning(self.content)[1].decode()

    @property
    def written_at(self) -> str:
        """When it was written, empty where it does not say."""
        return self._text(_WRITTEN, "written_at")

    @property
    def extractor(self) -> str:
        """The rules that read it, empty where it does not say."""
        return self._text(_EXTRACTOR, "extractor")

    def _text(self, pattern: re.Pattern[bytes], name: str) -> str:
        found = pattern.search(self.content)
        return found[1].decode() if found else json.loads(self.content).get(name) or ""

    @property
    def warc(self) -> str:
        """The file of its first capture, empty where it has none."""
        found = _WARC.search(self.content)
        if found:
            return found[1].decode()
        captures = json.loads(self.content).get("captures") or ()
        return captures[0]["warc"] if captures else ""

    def parse(self) -> Line:
        """Return what it holds; :exc:`ArchiveDamaged` when that is no line."""
        try:
            return parse_line(self.content)
        except InvalidRecord as error:
            raise ArchiveDamaged(self.file, self.offset, str(error)) from None


def lines_that_count(
    path: Path, *, latest: bool = True, gone: bool = False, written: str | None = None
) -> Iterator[RawLine]:
    """Yield the lines with content of an archive folder, or of one of its files, in their order.

    As :func:`crawler.archive.read` says, but that with *written* only older months are left out.
    """
    with ExitStack() as stack:
        files = open_all(path, written, stack)
        index = _index(files, withheld(path))
        wanted = index.places(gone=gone) if latest else None
        place, next_ = -1, 0
        for file in files:
            for offset, raw in file.lines():
                place += 1
                if wanted is None:
                    if index.leaves_out(line_beginning(raw)[1], gone=gone):
                        continue
                elif next_ == len(wanted) or wanted[next_] != place:
                    continue
                else:
                    next_ += 1
                yield RawLine(file.name, offset, raw)


@attrs.frozen
class Opened:
    """A file of lines as it was when reading began."""

    name: str
    file: io.FileIO
    """Without a buffer, which for ten years of months would take 100 MB and more."""

    size: int

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """Yield offset and line, with its newline, of the whole lines; as often as asked."""
        self.file.seek(0)
        # A file of its own, so that the end of this reading closes nothing.
        plain = io.FileIO(self.file.fileno(), closefd=False)
        packed = self.name.endswith(SUFFIX)
        offset = 0
        try:
            text = io.BufferedReader(zstd.ZstdFile(plain) if packed else plain, _BUFFER)
            for offset, raw in iterate(text, 0, None if packed else self.size):
                yield offset, raw
        except (OSError, EOFError, zstd.ZstdError) as error:
            raise ArchiveDamaged(self.name, offset, f"cannot be read on ({error})") from None

    def beginning(self, offset: int, raw: bytes) -> tuple[str, bytes, int]:
        """Return schema, id and revision of the line *raw*, which stands at *offset*."""
        try:
            return line_beginning(raw)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise ArchiveDamaged(self.name, offset, "not a line of JSON") from None


@attrs.define
class _Index:
    """Which lines count."""

    newest: dict[bytes, int] = attrs.field(factory=dict)
    """Id → revision and place of the line that counts."""

    gone: dict[bytes, int] = attrs.field(factory=dict)
    """Id → revision of the gone line."""

    hidden: set[bytes] = attrs.field(factory=set)

    def leaves_out(self, id_: bytes, *, gone: bool) -> bool:
        return id_ in self.hidden or (not gone and id_ in self.gone)

    def places(self, *, gone: bool) -> array[int]:
        """Return the places of the lines that count, in order; the ids are forgotten."""
        mask = (1 << _PLACE_BITS) - 1
        found = array(
            "Q",
            sorted(
                entry & mask
                for id_, entry in self.newest.items()
                if not self.leaves_out(id_, gone=gone)
            ),
        )
        self.newest.clear()
        return found


def _index(files: Sequence[Opened], withheld: set[str]) -> _Index:
    """What a first pass, which reads no more than the beginning of each line, tells."""
    index = _Index(hidden={id_.encode() for id_ in withheld})
    place = -1
    for file in files:
        for offset, raw in file.lines():
            place += 1
            schema, id_, revision = file.beginning(offset, raw)
            if schema == ARTICLE:
                entry = revision << _PLACE_BITS | place
                if entry > index.newest.get(id_, -1):
                    index.newest[id_] = entry
            elif schema == GONE:
                index.gone[id_] = revision
            elif schema == WITHHELD:
                index.hidden.add(id_)
    for id_, revision in list(index.gone.items()):
        if index.newest.get(id_, 0) >> _PLACE_BITS > revision:
            del index.gone[id_]  # it came back
    return index


def line_beginning(raw: bytes) -> tuple[str, bytes, int]:
    """Return schema, id and revision of a line without reading all of it."""
    match = _BEGINNING.match(raw)
    if match is not None:
        return match["schema"].decode(), match["id"], int(match["revision"] or 0)
    values = json.loads(raw)
    return values["schema"], values["id"].encode(), values.get("revision", 0)


def open_all(path: Path, written: str | None, stack: ExitStack) -> list[Opened]:
    """Open the files that *path* means, so that all are of one moment.

    A month may be compressed, which removes its plain file, between being listed and opened.
    """
    for _ in range(_TRIES):
        try:
            return [_open(file, stack) for file in _files(path, written)]
        except FileNotFoundError:
            continue
    raise ArchiveError(f"{path}: its files change faster than they can be opened")


def _files(path: Path, written: str | None) -> list[MonthFile]:
    if path.is_dir():
        first = int(written[:7].replace("-", "")) if written else 0
        months = month_files(path)
        if not months and not (path / IDENTITY).exists():
            below = ", ".join(sorted(each.parent.name for each in path.glob(f"*/{IDENTITY}")))
            raise ArchiveError(f"{path}: is no archive; there are in it: {below or 'none'}")
        return [file for file in months if file.month >= first]
    if not path.exists():
        raise ArchiveError(f"{path}: there is no such archive or file")
    return [MonthFile(0, path)]


def _open(file: MonthFile, stack: ExitStack) -> Opened:
    opened = stack.enter_context(io.FileIO(file.path))
    return Opened(file.path.name, opened, opened.seek(0, io.SEEK_END))


def withheld(path: Path) -> set[str]:
    folder = path if path.is_dir() else path.parent
    identity = read_identity(folder) if (folder / IDENTITY).exists() else None
    return set(identity.withheld) if identity else set()


def read(
    path: Path | str,
    *,
    latest: bool = True,
    gone: bool = False,
    since: dt.date | str | None = None,
    until: dt.date | str | None = None,
    written_since: dt.datetime | str | None = None,
) -> Iterator[Article]:
    """Yield the articles of an archive folder, or of one of its files, in the order written.

    With *latest* each article once: the last line of its highest revision, over all months of a
    folder; else every article line. What is withheld is never yielded. Articles that are gone are
    yielded, as they last were, with *gone* only. *since* and *until* are publication days as the
    newsroom counts them, inclusive; an article without publication is then left out.
    *written_since* (UTC, inclusive) takes lines written then or later, and opens no older months.

    Files may be plain or ``.zst``; where a month is both, the plain one counts. Bytes after the
    last newline are ignored, so an archive may be read while it is written. Memory grows with the
    number of articles, not with their text. Raises :exc:`ArchiveError` where there is nothing to
    read, :exc:`ArchiveDamaged` on a line that is none.
    """
    days = (_day(since, "since"), _day(until, "until"))
    for line in _read(Path(path), latest=latest, gone=gone, written=_moment(written_since)):
        if isinstance(line, Article) and _published_within(line, *days):
            yield line


def _read(path: Path, *, latest: bool, gone: bool, written: str | None) -> Iterator[Article]:
    for raw in lines_that_count(path, latest=latest, gone=gone, written=written):
        line = raw.parse()
        if isinstance(line, Article) and (line.written_at or "") >= (written or ""):
            yield line


def read_raw(
    path: Path | str, *, written_since: dt.datetime | str | None = None
) -> Iterator[RawLine]:
    """Yield the lines whose articles :func:`read` yields, for others to read."""
    written = _moment(written_since)
    for raw in lines_that_count(Path(path), written=written):
        if raw.is_article and (written is None or raw.written_at >= written):
            yield raw


def last_articles(folder: Path, count: int) -> list[Article]:
    """Return the last *count* article lines of the archive in *folder*, oldest first.

    Without what is withheld. Reads from the end, so that it costs the same however large the
    archive is.
    """
    hidden = withheld(folder)
    found: list[Article] = []
    for file in reversed(month_files(folder)):
        asked = 2 * count
        while True:
            raws = _last_of(file, asked)
            lines = [RawLine(file.path.name, 0, raw).parse() for raw in raws]
            here = [each for each in lines if isinstance(each, Article) and each.id not in hidden]
            if len(here) + len(found) >= count or len(raws) < asked:
                break
            asked *= 4  # other kinds of lines stand between them
        found = [*here, *found]
        if len(found) >= count:
            break
    return found[-count:] if count else []


def last_written(folder: Path) -> str:
    """Return when the last line of the archive in *folder* was written; empty where none says."""
    for file in reversed(month_files(folder)):
        for raw in _last_of(file, 1):
            written = _WRITTEN.search(raw)
            return written[1].decode() if written else ""
    return ""


def _last_of(file: MonthFile, count: int) -> list[bytes]:
    if not file.compressed:
        return last_lines(file.path, count)
    return [raw for _, raw in file.lines()][-count:]


def _published_within(line: Article, since: str | None, until: str | None) -> bool:
    if since is None and until is None:
        return True
    if line.published_at is None:
        return False
    day = line.published_at[:10]
    # A month alone is within from its first day to its last.
    return (since is None or day.ljust(10, "~") >= since) and (until is None or day <= until)


def _day(value: dt.date | str | None, name: str) -> str | None:
    if value is None or isinstance(value, dt.date):
        return value.isoformat()[:10] if value else None
    try:
        return dt.date.fromisoformat(value).isoformat()
    except ValueError:
        raise ArchiveError(f"{name}={value!r}: want a day as YYYY-MM-DD") from None


def _moment(value: dt.datetime | str | None) -> str | None:
    if value is None:
        return None
    found = comparable(value if isinstance(value, str) else value.isoformat())
    if found is None:
        raise ArchiveError(f"written_since={value!r}: want a moment as ISO 8601")
    return found


def read_lines(folder: Path) -> Iterator[Line]:
    """Yield the lines of the archive in *folder*; bytes after the last newline are ignored.

    Raises :exc:`ArchiveDamaged` on a line that is none.
    """
    with ExitStack() as stack:
        for file in open_all(folder, None, stack):
            for offset, raw in file.lines():
                yield RawLine(file.name, offset, raw).parse()
