"""Today's rules over stored captures, without network: what they would change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import attrs

from crawler.archive.reading import read
from crawler.archive.recent import RecentCaptures
from crawler.archive.rereading import Rules, post_id_of
from crawler.archive.verify_lines import differing
from crawler.items import Article
from crawler.newsrooms import Newsroom


@attrs.frozen(kw_only=True)
class Change:
    """What today's rules make of the captures of a line, where it is not the line."""

    before: Article
    after: Article | None
    """With ``id``, ``revision``, ``source`` and ``captures`` of the line, fit for
    :class:`crawler.archive.Reread`; None where the captures cannot be read."""

    fields: tuple[str, ...] = ()
    """Fields that differ."""

    problem: str | None = None
    """Why the captures cannot be read."""

    @property
    def writable(self) -> bool:
        """Whether it may be a line: rules that changed without a new name may not."""
        return self.after is not None and self.after.extractor != self.before.extractor

    def differences(self) -> Iterator[tuple[str, Any, Any]]:
        """Yield field, value before and value after."""
        for name in self.fields:
            yield name, getattr(self.before, name), getattr(self.after, name)


def reextract(
    folder: Path,
    newsroom: Newsroom,
    rules: Rules,
    *,
    written_since: dt.datetime | str | None = None,
) -> Iterator[Change]:
    """Yield what today's *rules* would change in the archive in *folder*.

    Looks at the line that counts of every article, but what is gone or withheld; of earlier
    revisions nothing is read again, so that the newest line of an article is always its newest
    revision. Writes nothing: give ``Reread(change.after)`` to an open archive for that.
    """
    yield from changes(folder, newsroom, rules, read(folder, written_since=written_since))


def changes(
    folder: Path, newsroom: Newsroom, rules: Rules, lines: Iterable[Article]
) -> Iterator[Change]:
    """Yield what today's *rules* would change in *lines*, which may be any part of an archive.

    A task of its own: it needs nothing but files, so that parts may be done side by side.
    """
    captures = RecentCaptures(folder)
    with ThreadPoolExecutor(1, "reextract") as pool:
        for line in lines:
            attempt = pool.submit(_again, captures, newsroom, rules, line)
            error = attempt.exception()
            if error is not None:
                yield Change(before=line, after=None, problem=str(error))
            elif fields := differing(line, attempt.result()):
                yield Change(before=line, after=attempt.result(), fields=tuple(fields))


def _again(captures: RecentCaptures, newsroom: Newsroom, rules: Rules, line: Article) -> Article:
    stored = [captures.read(reference) for reference in line.captures]
    article = rules.extract(stored, newsroom, post_id_of(line.id, line.source))
    return attrs.evolve(
        article,
        revision=line.revision,
        captures=line.captures,
        run=None,
        written_at=None,
    )
