"""Reading an archive, for whoever uses it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

from crawler.archive.counted import RawLine, lines_that_count, withheld
from crawler.archive.files import last_lines
from crawler.archive.lines import MonthFile, month_files
from crawler.archive.moments import comparable
from crawler.errors import ArchiveError
from crawler.items import Article
from crawler.lineformat import Content
from crawler.project_items import ProjectItem


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


def read_items(
    path: Path | str, *, latest: bool = True, written_since: dt.datetime | str | None = None
) -> Iterator[ProjectItem]:
    """Yield the items of another project's archive, as :func:`read` does articles."""
    for line in _read(Path(path), latest=latest, gone=False, written=_moment(written_since)):
        if isinstance(line, ProjectItem):
            yield line


def _read(path: Path, *, latest: bool, gone: bool, written: str | None) -> Iterator[Content]:
    for raw in lines_that_count(path, latest=latest, gone=gone, written=written):
        line = raw.parse()
        if isinstance(line, Content) and (line.written_at or "") >= (written or ""):
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
