"""What today's rules would make of the captures of lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

import attrs

from crawler.archive.furniture import read_furniture, valid, valid_at
from crawler.archive.revisions import Rereader, Rules
from crawler.archive.tables import ArticleRow
from crawler.errors import attempt
from crawler.items import Article
from crawler.newsrooms import Newsroom

# Of a line, what reading its captures again does not give.
GIVEN: Final = frozenset(
    {"captures", "id", "revision", "run", "unchanged_until", "written_at", "extractor"}
)


def differing(line: Article, again: Article) -> list[str]:
    """Return the fields in which *again*, read from the same captures, is not *line*."""
    again = of_line(line, again)
    return [
        field.name
        for field in attrs.fields(Article)
        if field.name not in GIVEN and getattr(line, field.name) != getattr(again, field.name)
    ]


def of_line(line: Article | ArticleRow, again: Article) -> Article:
    """Return *again* as what *line* names it: a page's post id was believed for its id, or not."""
    believed = again.source != "page" or line.id == f"{again.site}:{again.post_id}"
    post_id = again.post_id if believed else line.post_id
    return attrs.evolve(again, id=line.id, revision=line.revision, post_id=post_id)


@attrs.frozen(kw_only=True)
class Change:
    """What today's rules make of the captures of a line, where it is not the line."""

    before: Article
    after: Article | None = None
    """With ``id``, ``revision``, ``source`` and ``captures`` of the line, fit for
    :class:`crawler.archive.Reread`; None where the captures cannot be read."""

    fields: Sequence[str] = ()
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
    newest. Needs nothing but files, so that parts may be done side by side.
    """
    rereader = Rereader(folder, newsroom, rules)
    entries = read_furniture(folder)
    blocks = valid(entries)
    for line in lines:
        again = partial(_again, rereader, line)
        after, error = attempt(partial(again, blocks))
        if after is None:
            yield Change(before=line, problem=str(error))
        elif fields := differing(line, after):
            explained = line.extractor == rules.extractor and any(
                not differing(line, again(then))
                for then in valid_at(entries, line.written_at or "")
                if then != blocks
            )
            yield Change(before=line, after=after, fields=tuple(fields), furniture=explained)


def _again(rereader: Rereader, line: Article, furniture: Sequence[str]) -> Article:
    return attrs.evolve(
        of_line(line, rereader.article(line.captures, line.post_id, furniture)),
        captures=line.captures,
        run=None,
        written_at=None,
    )
