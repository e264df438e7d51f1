"""Which articles of an archive an export takes, and which of its records it must not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import attrs

from crawler.archive import read
from crawler.errors import ConfigurationError
from crawler.items import Article, Gone, Withheld
from crawler.readers.lines import read_lines
from crawler.readers.moments import utc_text


@attrs.frozen(kw_only=True)
class Selection:
    """What was asked for; days and moments as :func:`crawler.archive.read` takes them."""

    folder: Path
    since: str | None = None
    until: str | None = None
    written_since: str | None = None
    all_revisions: bool = False
    """Every revision of an article, instead of the newest."""

    def articles(self) -> Iterator[Article]:
        """Yield the articles, each revision once. Never what is withheld or gone."""
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

    def _read(self, *, latest: bool) -> Iterator[Article]:
        return read(
            self.folder,
            latest=latest,
            since=self.since,
            until=self.until,
            written_since=self.written_since,
        )


def hidden_records(folder: Path) -> frozenset[str]:
    """Return the ids of the records on which articles rest that are withheld or gone.

    An answer of the REST API lists many articles: one of them hides it.
    """
    withheld: set[str] = set()
    gone: dict[str, int] = {}
    for line in read_lines(folder):
        if isinstance(line, Withheld):
            withheld.add(line.id)
        elif isinstance(line, Gone):
            gone[line.id] = line.revision
        elif line.revision > gone.get(line.id, line.revision):
            del gone[line.id]  # it came back
    hidden = withheld.union(gone)
    if not hidden:
        return frozenset()
    return frozenset(
        capture.record_id
        for line in read_lines(folder)
        if isinstance(line, Article) and line.id in hidden
        for capture in line.captures
    )


def checked_day(name: str, value: str | None) -> str | None:
    """Return *value*, or raise :exc:`ConfigurationError` when it is not a day."""
    if value is None:
        return None
    with suppress(ValueError):
        if dt.date.fromisoformat(value).isoformat() == value:
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
    return utc_text(stated.astimezone(dt.UTC))
