"""Which articles of an archive an export takes, as what rows, and which records it must not take.

An export is there as a whole or not at all: written beside its place, then moved there.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import attrs

from crawler.archive import Edit, edits, read
from crawler.archive.identity import IDENTITY
from crawler.archive.reading import read_lines
from crawler.codec import as_mapping
from crawler.errors import ArchiveError, ConfigurationError
from crawler.items import Article, Gone, Withheld
from crawler.timestamps import Moment, stamp


@attrs.frozen(kw_only=True)
class Selection:
    """What was asked for; days and moments as :func:`crawler.archive.read` takes them."""

    folder: Path
    since: str | None = None
    until: str | None = None
    written_since: str | None = None
    all_revisions: bool = False  # every revision of an article, instead of the newest
    gone: bool = False  # articles that are gone, too, as they last were

    def articles(self) -> Iterator[Article]:
        """Yield the articles, each revision once. Never what is withheld."""
        if not self.all_revisions:
            yield from self._read(latest=True)
            return
        # Of one revision the last line counts, and which is last is known when all were seen.
        last: dict[tuple[str, int], int] = {}
        for number, article in enumerate(self._read(latest=False)):
            last[article.id, article.revision] = number
        for number, article in enumerate(self._read(latest=False)):
            if last.get((article.id, article.revision)) == number:
                yield article

    def edits(self) -> Iterator[Edit]:
        """Yield the edits, newest first; where a time was asked for, of its articles."""
        asked = self.since or self.until or self.written_since
        ids = {article.id for article in self._read(latest=True)} if asked else set()
        return (edit for edit in edits(self.folder) if not asked or edit.id in ids)

    def hidden(self) -> frozenset[str]:
        """Return the ids of the records on which articles rest that are withheld or gone.

        An answer of the REST API lists many articles: one of them hides it.
        """
        out: dict[str, int] = {}
        for line in read_lines(self.folder):
            if isinstance(line, Withheld):
                out[line.id] = sys.maxsize
            elif isinstance(line, Gone):
                out[line.id] = max(line.revision, out.get(line.id, 0))
            elif line.revision > out.get(line.id, line.revision):
                del out[line.id]  # it came back
        return frozenset(
            capture.record_id
            for line in (read_lines(self.folder) if out else ())
            if isinstance(line, Article) and line.id in out
            for capture in line.captures
        )

    def _read(self, *, latest: bool) -> Iterator[Article]:
        return read(
            self.folder,
            latest=latest,
            gone=self.gone,
            since=self.since,
            until=self.until,
            written_since=self.written_since,
        )


def flat(article: Article) -> dict[str, Any]:
    """Return the fields of *article* as JSON has them, and what else is asked of them."""
    published, modified = Moment.of(article.published_at), Moment.of(article.modified_at)
    row = as_mapping(article)
    dateline = row["dateline"] or {}
    return row | {
        "dateline": dateline.get("text"),
        **{name: dateline.get(name) for name in ("place", "outlet", "region")},
        "published_day": None if published.day is None else published.day.isoformat(),
        "published_utc": published.stamp,
        "published_offset_minutes": published.offset_minutes,
        "modified_utc": modified.stamp,
        "captured_at": min((each.fetched_at for each in article.captures), default=None),
    }


# A cell that begins with one of these is computed, not shown (OWASP, "CSV Injection"); the wide
# forms are folded to the narrow ones by East Asian versions of spreadsheets.
_COMPUTED: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def neutral(cell: Any) -> Any:
    """Return *cell* so that a spreadsheet shows it and never computes it.

    >>> print(neutral("=1+1"))
    '=1+1
    >>> neutral(-3)
    -3
    """
    if isinstance(cell, list | tuple):
        cell = "; ".join(cell)
    if isinstance(cell, str) and cell.lstrip(" \u00a0").startswith(_COMPUTED):
        return f"'{cell}"
    return cell


def checked_day(name: str, value: str | None) -> str | None:
    """Return *value*, or raise :exc:`ConfigurationError` when it is not a day."""
    with suppress(ValueError):
        if value is None or dt.date.fromisoformat(value).isoformat() == value:
            return value
    raise ConfigurationError(f"{name} {value!r}: want a day as YYYY-MM-DD")


def checked_moment(name: str, value: str | None) -> str | None:
    """Return *value*, a day or a moment, as a moment in UTC with ``Z``.

    Without an offset it is taken to be UTC. Raises :exc:`ConfigurationError` when it is neither.
    """
    if value is None:
        return None
    try:
        stated = dt.datetime.fromisoformat(value)
    except ValueError:
        raise ConfigurationError(
            f"{name} {value!r}: want a day or a moment such as 2026-01-31T04:05:06Z"
        ) from None
    if stated.tzinfo is None:
        stated = stated.replace(tzinfo=dt.UTC)
    return stamp(stated)


@contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """Yield a name to write to; what is there at the end takes the place of *path* at once.

    Whoever has the old file open goes on reading the old file. After an error nothing is left.
    Raises :exc:`ConfigurationError` when *path* is a folder or its folder does not exist, and
    :exc:`ArchiveError` when the disk refuses.
    """
    check_place(path)
    if path.is_dir():
        raise ConfigurationError(f"{path} is a folder; want the name of a file")
    with _whole(path) as partial:
        yield partial


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """Yield a folder to write to, which becomes *path* at the end; after an error nothing is left.

    Raises :exc:`ConfigurationError` when *path* exists and is not an empty folder: files of two
    exports in one folder would be read as one; :exc:`ArchiveError` when the disk refuses.
    """
    check_place(path)
    if path.exists() and not path.is_dir():
        raise ConfigurationError(f"{path} is a file; want the name of a folder")
    if path.is_dir() and any(path.iterdir()):
        raise ConfigurationError(f"{path} is not empty; want a folder that is new or empty")
    with _whole(path) as partial:
        partial.mkdir()
        yield partial


def check_place(path: Path) -> None:
    """Raise :exc:`ConfigurationError` where nothing can be exported to *path*, or must not be."""
    if not path.absolute().parent.is_dir():
        raise ConfigurationError(f"{path}: there is no folder {path.absolute().parent}")
    for folder in (path.resolve(), *path.resolve().parents):
        if (folder / IDENTITY).is_file():
            raise ConfigurationError(
                f"{path} is inside of the archive {folder}; want another place"
            )


@contextmanager
def _whole(path: Path) -> Iterator[Path]:
    """Yield a name beside *path*; what is there at the end goes to disk, and then gets its name."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        yield partial
        for file in (partial, *partial.rglob("*")):
            descriptor = os.open(file, os.O_RDONLY)
            os.fsync(descriptor)
            os.close(descriptor)
        partial.replace(path)
    except (OSError, sqlite3.OperationalError) as error:
        raise ArchiveError(f"{path} was not written: {error}") from error
    finally:
        if partial.is_dir():
            shutil.rmtree(partial, ignore_errors=True)
        else:
            partial.unlink(missing_ok=True)
