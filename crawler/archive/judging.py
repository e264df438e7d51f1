"""Whether what was found is news: the rules of the revision number."""

from __future__ import annotations

from collections.abc import Callable

import attrs

from crawler.archive.findings import OutcomeKind
from crawler.archive.rows import ArticleRow
from crawler.items import Article
from crawler.lineformat import Content


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


def read_article(article: Content, page_hash: Callable[[Article], str]) -> Reading:
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
