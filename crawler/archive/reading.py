"""Reading an archive: the articles that count, or every line, in the order written.

Which lines count is found without reading more of each than its beginning, and no line is held.
"""

from __future__ import annotations

import datetime as dt
import io
import os
from array import array
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from itertools import chain, islice
from pathlib import Path
from typing import Final

import attrs

from crawler.archive.files import (
    SUFFIX,
    MonthFile,
    RawLine,
    file_of,
    lines_backwards,
    lines_in,
    month_files,
)
from crawler.archive.identity import IDENTITY, read_identity
from crawler.codec import Line
from crawler.errors import ArchiveError
from crawler.items import ARTICLE, GONE, WITHHELD, Article
from crawler.timestamps import comparable

# Revision and place among the lines in one number: an archive may have a million.
_PLACE_BITS: Final = 40
_TRIES: Final = 5


def lines_that_count(
    path: Path, *, latest: bool = True, gone: bool = False, written: str | None = None
) -> Iterator[RawLine]:
    """Yield the lines with content of an archive folder, or of one of its files, in their order.

    As :func:`crawler.archive.read` says, but that with *written* only older months are left out.
    """
    with ExitStack() as stack:
        files = open_all(path, written, stack)
        newest, left_out = _index(files, withheld(path), gone=gone)
        mask = (1 << _PLACE_BITS) - 1
        wanted = array("Q", sorted(e & mask for i, e in newest.items() if i not in left_out))
        newest.clear()
        following = iter(wanted)
        next_ = next(following, None)
        for place, line in enumerate(lines_of(files)):
            if latest:
                if place != next_:
                    continue
                next_ = next(following, None)
            elif line.beginning[1] in left_out:
                continue
            yield line


def _index(
    files: Sequence[Opened], withheld: Iterable[str], *, gone: bool
) -> tuple[dict[bytes, int], set[bytes]]:
    """Return id → revision and place of the line that counts, and the ids that are left out.

    A first pass, which reads no more than the beginning of each line.
    """
    newest: dict[bytes, int] = {}
    vanished: dict[bytes, int] = {}
    hidden = {id_.encode() for id_ in withheld}
    for place, line in enumerate(lines_of(files)):
        schema, id_, revision = line.beginning
        if schema == ARTICLE:
            newest[id_] = max(revision << _PLACE_BITS | place, newest.get(id_, -1))
        elif schema == GONE:
            vanished[id_] = revision
        elif schema == WITHHELD:
            hidden.add(id_)
    if not gone:  # what came back has a later revision
        hidden |= {id_ for id_, at in vanished.items() if newest.get(id_, 0) >> _PLACE_BITS <= at}
    return newest, hidden


@attrs.frozen
class Opened:
    """A file of lines as it was when reading began."""

    name: str
    file: io.FileIO
    """Without a buffer, which for ten years of months would take 100 MB and more."""

    size: int

    def lines(self) -> Iterator[RawLine]:
        """Yield its whole lines, as often as asked."""
        self.file.seek(0)
        # A file of its own, so that the end of this reading closes nothing.
        plain = io.FileIO(self.file.fileno(), closefd=False)
        end = None if self.name.endswith(SUFFIX) else self.size
        yield from lines_in(plain, self.name, end=end)


def lines_of(files: Iterable[Opened]) -> Iterator[RawLine]:
    """Yield the lines of all *files*."""
    return chain.from_iterable(file.lines() for file in files)


def open_all(path: Path, written: str | None, stack: ExitStack) -> list[Opened]:
    """Open the files that *path* means, so that all are of one moment.

    A month may be compressed, which removes its plain file, between being listed and opened.
    """
    for _ in range(_TRIES):
        try:
            opened = [stack.enter_context(io.FileIO(each.path)) for each in _files(path, written)]
        except FileNotFoundError:
            continue
        ends = [(each, each.seek(0, io.SEEK_END)) for each in opened]
        return [Opened(Path(os.fsdecode(each.name)).name, each, end) for each, end in ends]
    raise ArchiveError(f"{path}: its files change faster than they can be opened")


def _files(path: Path, written: str | None) -> list[MonthFile]:
    if path.is_dir():
        first = file_of(written) if written else ""
        months = month_files(path)
        if not months and not (path / IDENTITY).exists():
            below = ", ".join(sorted(each.parent.name for each in path.glob(f"*/{IDENTITY}")))
            raise ArchiveError(f"{path}: is no archive; there are in it: {below or 'none'}")
        return [file for file in months if file.plain_name >= first]
    if not path.exists():
        raise ArchiveError(f"{path}: there is no such archive or file")
    return [MonthFile(path)]


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
    days = _day(since, "since"), _day(until, "until")
    written = moment("written_since", written_since)
    for raw in lines_that_count(Path(path), latest=latest, gone=gone, written=written):
        line = raw.parse()
        if not isinstance(line, Article) or (line.written_at or "") < (written or ""):
            continue
        if _published_within(line, *days):
            yield line


def read_raw(
    path: Path | str, *, written_since: dt.datetime | str | None = None
) -> Iterator[RawLine]:
    """Yield the lines whose articles :func:`read` yields, for others to read."""
    written = moment("written_since", written_since)
    for raw in lines_that_count(Path(path), written=written):
        if raw.is_article and (written is None or raw.written_at >= written):
            yield raw


def last_articles(folder: Path, count: int) -> list[Article]:
    """Return the last *count* article lines of the archive in *folder*, oldest first.

    Without what is withheld. Reads from the end, so that it costs the same however large the
    archive is.
    """
    hidden = withheld(folder)
    lines = (line.parse() for line in lines_backwards(folder))
    found = (line for line in lines if isinstance(line, Article) and line.id not in hidden)
    return list(islice(found, count))[::-1]


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


def moment(name: str, value: dt.date | str | None, clock: str = "00:00:00") -> str | None:
    """Return a day, with *clock*, or a moment in the form that sorts as text."""
    if value is None:
        return None
    text = value if isinstance(value, str) else value.isoformat()
    found = comparable(f"{text}T{clock}Z" if len(text) == len("2026-01-31") else text)
    if found is None:
        what = "want a day as YYYY-MM-DD, or a moment as ISO 8601"
        raise ArchiveError(f"{name}={value!r}: {what}")
    return found


def read_lines(folder: Path) -> Iterator[Line]:
    """Yield the lines of the archive in *folder*; bytes after the last newline are ignored.

    Raises :exc:`ArchiveDamaged` on a line that is none.
    """
    with ExitStack() as stack:
        for line in lines_of(open_all(folder, None, stack)):
            yield line.parse()
