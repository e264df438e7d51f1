"""What today's rules would make of the captures of lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

import attrs

from crawler.archive.furniture import read_furniture, valid, valid_at
from crawler.archive.revisions import Rules
from crawler.archive.warc_reading import recent_captures
from crawler.errors import attempt
from crawler.items import Article, Capture, CaptureReference
from crawler.newsrooms import Newsroom

# Of a line, what reading its captures again does not give.
GIVEN: Final = frozenset(
    {"captures", "id", "revision", "run", "unchanged_until", "written_at", "extractor"}
)


def differing(line: Article, again: Article) -> list[str]:
    """Return the fields in which *again*, read from the same captures, is not *line*."""
    return [
        field.name
        for field in attrs.fields(Article)
        if field.name not in GIVEN and getattr(line, field.name) != getattr(again, field.name)
    ]


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

    furniture: bool = False
    """Whether it differs in what was found to be the site's text since the line was written."""

    @property
    def writable(self) -> bool:
        """Whether it may be a line: rules that changed without a new name may not."""
        if self.after is None:
            return False
        return self.furniture or self.after.extractor != self.before.extractor

    def differences(self) -> Iterator[tuple[str, Any, Any]]:
        """Yield field, value before and value after."""
        for name in self.fields:
            yield name, getattr(self.before, name), getattr(self.after, name)


def changes(
    folder: Path, newsroom: Newsroom, rules: Rules, lines: Iterable[Article]
) -> Iterator[Change]:
    """Yield what today's *rules* would change in *lines*, which may be any part of an archive.

    Of the lines that count: what is read again of an earlier revision would stand behind the
    newest. Writes nothing: give ``Reread(change.after)`` to an open archive for that. A task of its
    own: it needs nothing but files, so that parts may be done side by side.
    """
    captures = recent_captures(folder)
    entries = read_furniture(folder)
    blocks = valid(entries)
    for line in lines:
        after, error = attempt(partial(_again, captures, newsroom, rules, line, blocks))
        if after is None:
            yield Change(before=line, after=None, problem=str(error))
        elif fields := differing(line, after):
            explained = line.extractor == rules.extractor and any(
                not differing(line, _again(captures, newsroom, rules, line, then))
                for then in valid_at(entries, line.written_at or "")
                if then != blocks
            )
            yield Change(before=line, after=after, fields=tuple(fields), furniture=explained)


def _again(
    captures: Callable[[CaptureReference], Capture],
    newsroom: Newsroom,
    rules: Rules,
    line: Article,
    furniture: tuple[str, ...],
) -> Article:
    stored = [captures(reference) for reference in line.captures]
    article = rules.extract(stored, newsroom, line.post_id, furniture)
    return attrs.evolve(
        article,
        id=line.id,
        revision=line.revision,
        captures=line.captures,
        run=None,
        written_at=None,
    )
