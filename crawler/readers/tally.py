"""One pass over the lines of an archive: what is kept of each article while they go by."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from sys import intern

import attrs

from crawler.coverage import COVERED
from crawler.items import Article, Gone, Withheld
from crawler.lineformat import Line
from crawler.project_items import ProjectItem
from crawler.readers.moments import Moment, moment


@attrs.define
class Known:
    """An article, as far as numbers need it."""

    revision: int = 0
    edits: int = 0
    """Revisions beyond the first."""

    gone: bool = False
    captured: dt.datetime | None = None
    """First capture of all, UTC."""

    published: Moment = attrs.Factory(Moment)
    words: int = 0
    source: str = "page"
    categories: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    place: str | None = None
    region: str | None = None
    fields: int = 0
    """Which of :data:`COVERED` are filled, a bit each."""


class Tally:
    """What lines add up to, given in the order written."""

    def __init__(self) -> None:
        self.articles: dict[str, Known] = {}
        self.withheld: set[str] = set()
        self.edits: Counter[str] = Counter()
        """Month in which it was written (UTC) → revisions beyond the first."""

        self.gone: Counter[str] = Counter()
        """Month in which it was found missing (UTC) → articles."""

        self.began: dt.datetime | None = None
        """When the first line was written."""

    def add(self, line: Line) -> None:
        if self.began is None:
            self.began = moment(line.written_at).utc
        if isinstance(line, ProjectItem):
            return
        if isinstance(line, Withheld):
            self.withheld.add(line.id)
            return
        known = self.articles.setdefault(line.id, Known())
        if isinstance(line, Gone):
            known.gone, known.revision = True, line.revision
            self.gone[line.gone_at[:7]] += 1
        else:
            self._take(known, line)

    def _take(self, known: Known, line: Article) -> None:
        captured = [at for each in line.captures if (at := moment(each.fetched_at).utc)]
        known.captured = min(
            [known.captured, *captured] if known.captured else captured, default=None
        )
        if line.revision < known.revision:
            return  # read again, after it was edited or gone
        if line.revision > max(known.revision, 1):
            known.edits += 1
            self.edits[(line.written_at or "")[:7]] += 1
        known.revision, known.gone = line.revision, False
        known.published = moment(line.published_at)
        known.words, known.source = line.word_count, line.source
        known.categories, known.authors = _shared(*line.categories), _shared(*line.authors)
        if line.dateline:
            known.place, known.region = line.dateline.place, line.dateline.region
            if known.place:
                known.place = intern(known.place)
        else:
            known.place = known.region = None
        known.fields = sum(1 << bit for bit, name in enumerate(COVERED) if getattr(line, name))

    def shown(self) -> list[Known]:
        """The articles that are neither gone nor withheld."""
        return [
            known
            for key, known in self.articles.items()
            if not known.gone and key not in self.withheld
        ]

    def gone_now(self) -> int:
        """How many articles are gone, and not withheld."""
        return sum(known.gone for key, known in self.articles.items() if key not in self.withheld)


def _shared(*names: str) -> tuple[str, ...]:
    """Names that many articles have, held in memory once."""
    return tuple(map(intern, names))
