"""Reading an archive, for whoever uses it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

from crawler.items import Article


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
    *written_since* (UTC, inclusive) takes lines written then or later.

    Files may be plain or ``.zst``; where a month is both, the plain one counts. Bytes after the
    last newline are ignored, so an archive may be read while it is written. Memory grows with the
    number of articles, not with their text. Raises :exc:`ArchiveDamaged` on a line that is none.
    """
    raise NotImplementedError


def last_articles(folder: Path, count: int) -> list[Article]:
    """Return the last *count* article lines of the archive in *folder*, oldest first.

    Reads from the end, so that it costs the same however large the archive is.
    """
    raise NotImplementedError
