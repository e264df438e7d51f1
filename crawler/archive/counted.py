"""Which lines of an archive count, without reading more of each than its beginning."""

from __future__ import annotations

import io
import json
import re
from array import array
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO, Final, cast

import attrs

from crawler.archive.codings import zstd
from crawler.archive.identity import NAME as IDENTITY
from crawler.archive.identity import read_identity
from crawler.archive.lines import MonthFile, iterate, month_files
from crawler.archive.packed import SUFFIX
from crawler.errors import ArchiveDamaged, ArchiveError, InvalidRecord
from crawler.items import ARTICLE, GONE, WITHHELD
from crawler.lineformat import Line, parse_line
from crawler.project_items import ITEM

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
        files = _open_all(path, written, stack)
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
class _Opened:
    """A file of lines as it was when reading began."""

    name: str
    compressed: bool
    file: BinaryIO
    size: int

    def lines(self) -> Iterator[tuple[int, bytes]]:
        self.file.seek(0)
        offset = 0
        try:
            if self.compressed:
                with io.BufferedReader(zstd.ZstdFile(self.file), _BUFFER) as text:
                    for offset, raw in iterate(cast("BinaryIO", text)):
                        yield offset, raw
            else:
                for offset, raw in iterate(self.file, 0, self.size):
                    yield offset, raw
        except (OSError, EOFError, zstd.ZstdError) as error:
            raise ArchiveDamaged(self.name, offset, f"cannot be read on ({error})") from None


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


def _index(files: Sequence[_Opened], withheld: set[str]) -> _Index:
    """What a first pass, which reads no more than the beginning of each line, tells."""
    index = _Index(hidden={id_.encode() for id_ in withheld})
    place = -1
    for file in files:
        for offset, raw in file.lines():
            place += 1
            try:
                schema, id_, revision = line_beginning(raw)
            except (ValueError, KeyError, TypeError, AttributeError):
                raise ArchiveDamaged(file.name, offset, "not a line of JSON") from None
            if schema in (ARTICLE, ITEM):
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


def _open_all(path: Path, written: str | None, stack: ExitStack) -> list[_Opened]:
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
        return [file for file in month_files(path) if file.month >= first]
    if not path.exists():
        raise ArchiveError(f"{path}: there is no such archive or file")
    return [MonthFile(0, path)]


def _open(file: MonthFile, stack: ExitStack) -> _Opened:
    opened = stack.enter_context(io.BufferedReader(io.FileIO(file.path), _BUFFER))
    size = opened.seek(0, io.SEEK_END)
    return _Opened(file.path.name, file.path.name.endswith(SUFFIX), cast("BinaryIO", opened), size)


def withheld(path: Path) -> set[str]:
    folder = path if path.is_dir() else path.parent
    identity = read_identity(folder) if (folder / IDENTITY).exists() else None
    return set(identity.withheld) if identity else set()
