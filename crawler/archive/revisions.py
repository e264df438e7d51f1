"""Whether what was found is news: the rules of the revision number.

Where only our rules may have changed, the stored captures of an article are read again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TypeAlias

import attrs

from crawler.archive.findings import OutcomeKind
from crawler.archive.tables import ArticleRow
from crawler.archive.warc_reading import read_capture
from crawler.errors import attempt
from crawler.items import Article, Capture
from crawler.newsrooms import Newsroom


@attrs.frozen
class Reading:
    """What two readings of an article are compared by."""

    source: str
    content_hash: str
    page_hash: str | None
    """None of a REST record, which has less than the page: never compared with one."""

    def agrees(self, other: Reading) -> bool:
        """Whether both say that the newsroom wrote the same."""
        if self.content_hash != other.content_hash:
            return False
        return None in (self.page_hash, other.page_hash) or self.page_hash == other.page_hash


@attrs.frozen
class Verdict:
    """What to do with a reading: which kind of outcome, and the revision of a line, if any."""

    kind: OutcomeKind
    revision: int
    writes: bool = True


def read_article(article: Article, page_hash: Callable[[Article], str]) -> Reading:
    """Return what *article* is compared by."""
    hashed = None
    if isinstance(article, Article) and article.source == "page":
        hashed = page_hash(article)
    return Reading(article.source, article.content_hash, hashed)


def judge(
    found: Reading,
    known: ArticleRow | None,
    extractor: str,
    again: Callable[[], Reading | None],
) -> Verdict:
    """Return what follows from *found*, an article that the ledger has as *known*.

    *again* reads the captures of its last line by today's rules, and is asked only where a hash
    differs and the rules may be why; ``None`` means that they cannot be read.
    """
    if known is None:
        return Verdict("new", 1)
    if known.state == "withheld":
        return Verdict("withheld", known.revision, writes=False)
    before = Reading(known.source or "page", known.content_hash or "", known.page_hash)
    same = known.state != "gone" and found.agrees(before)
    rules = False
    if not same and known.state != "gone" and known.extractor != extractor:
        reread = again()
        rules = reread is not None and found.agrees(reread)
    if not same and not rules:
        return Verdict("changed", known.revision + 1)
    upgrade = before.source == "rest" and found.source == "page"
    says_more = upgrade or (rules and found.source == before.source)
    if not says_more or known.has_line(found.source, extractor):
        return Verdict("unchanged", known.revision, writes=False)
    return Verdict("superseded" if upgrade else "reread", known.revision)


Extract: TypeAlias = Callable[[Sequence[Capture], Newsroom, int | None], Article]
"""Captures of one article, its newsroom, and the post id where the capture is a REST list."""


@attrs.frozen(kw_only=True)
class Rules:
    """The rules of extraction, of which the archive itself knows nothing."""

    extractor: str
    extract: Extract
    page_hash: Callable[[Article], str]


class Rereader:
    """Reads articles again from the archive in *folder*."""

    def __init__(self, folder: Path, newsroom: Newsroom, rules: Rules) -> None:
        self.folder = folder
        self.newsroom = newsroom
        self.rules = rules

    def read(self, known: ArticleRow, notes: list[str]) -> Reading | None:
        """Return what today's rules make of the captures of the last line of *known*.

        ``None`` when they cannot be read, which is added to *notes*.
        """
        reading, error = attempt(partial(self._read, known))
        if error is not None:
            notes.append(f"its stored captures cannot be read by today's rules ({error})")
        return reading

    def _read(self, known: ArticleRow) -> Reading:
        stored = [read_capture(self.folder, each) for each in known.captures_of(known.source)]
        article = self.rules.extract(stored, self.newsroom, post_id_of(known.id, known.source))
        return read_article(article, self.rules.page_hash)


def post_id_of(id_: str, source: str | None) -> int | None:
    """Return which post of a REST list the article is; ``None`` for one read from its page."""
    _, _, number = id_.rpartition(":")
    return int(number) if source == "rest" and number.isdecimal() else None
