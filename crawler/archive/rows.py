"""Rows of the ledger, and what a line makes of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import attrs

from crawler.archive.lines import Position
from crawler.archive.moments import comparable
from crawler.items import Article, Gone
from crawler.lineformat import Content, Line

PageHash: TypeAlias = Callable[[Article], str]


@attrs.frozen(kw_only=True)
class ArticleRow:
    """An article: what its last line says."""

    id: str
    url: str
    """Its current address."""

    revision: int
    state: str
    """``article``, ``gone`` or ``withheld``."""

    source: str | None = None
    extractor: str | None = None
    content_hash: str | None = None
    page_hash: str | None = None
    """None where the last line is a REST record."""

    month: int = 0
    start: int = 0
    size: int = 0
    """Position of its last article line."""

    written: str = ""
    """Source and extractor of each line of the current revision, one a line."""

    @property
    def position(self) -> Position:
        return Position(self.month, self.start, self.size)

    def has_line(self, source: str, extractor: str) -> bool:
        """Whether a line of the current revision has this source and extractor."""
        return f"{source} {extractor}" in self.written.split("\n")


@attrs.frozen(kw_only=True)
class AddressRow:
    """An address that was listed or fetched."""

    url: str
    article: str | None = None
    """Id of the article that it leads to."""

    post_id: int | None = None
    published: str | None = None
    """In the form that sorts, as are the next three."""

    lastmod: str | None = None
    """As a door stated it when the address was last looked at."""

    listed: str | None = None
    """As a door stated it last."""

    looked_at: str | None = None
    """When it was last fetched."""

    state: str = "waiting"
    moved: int = 0
    """1 for an earlier address of the article."""

    source: str | None = None
    reason: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    next_look: int | None = None
    """Seconds since 1970."""

    pause: int = 0
    failures: int = 0
    missing_since: str | None = None
    missing_run: str | None = None
    kept: str | None = None
    """Digest of the last payload kept of a refused page."""


class Rows:
    """Rows that a batch works on: read once, changed here, written at its end."""

    def __init__(
        self,
        addresses: Callable[[list[str]], list[AddressRow]],
        articles: Callable[[list[str]], list[ArticleRow]],
    ) -> None:
        self._read_addresses = addresses
        self._read_articles = articles
        self._addresses: dict[str, AddressRow | None] = {}
        self._articles: dict[str, ArticleRow | None] = {}
        self._changed_addresses: set[str] = set()
        self._changed_articles: set[str] = set()

    def fetch(self, urls: list[str], ids: list[str]) -> None:
        """Read what the batch will ask for in as few queries as can be."""
        found = self._fetch_addresses(urls)
        wanted = {*ids, *(row.article for row in found if row.article)} - self._articles.keys()
        articles = self._read_articles(list(wanted)) if wanted else []
        self._articles.update(dict.fromkeys(wanted))
        self._articles.update({row.id: row for row in articles})
        self._fetch_addresses([row.url for row in articles])

    def _fetch_addresses(self, urls: list[str]) -> list[AddressRow]:
        wanted = set(urls) - self._addresses.keys()
        found = self._read_addresses(list(wanted)) if wanted else []
        self._addresses.update(dict.fromkeys(wanted))
        self._addresses.update({row.url: row for row in found})
        return found

    def address(self, url: str) -> AddressRow | None:
        if url not in self._addresses:
            self._fetch_addresses([url])
        return self._addresses[url]

    def article(self, id_: str) -> ArticleRow | None:
        if id_ not in self._articles:
            self.fetch([], [id_])
        return self._articles[id_]

    def put_address(self, row: AddressRow) -> None:
        self._addresses[row.url] = row
        self._changed_addresses.add(row.url)

    def put_article(self, row: ArticleRow) -> None:
        self._articles[row.id] = row
        self._changed_articles.add(row.id)

    def changed(self) -> tuple[list[AddressRow], list[ArticleRow]]:
        """Return the rows to write."""
        addresses = (self._addresses[url] for url in self._changed_addresses)
        articles = (self._articles[id_] for id_ in self._changed_articles)
        return [row for row in addresses if row], [row for row in articles if row]


def apply_line(rows: Rows, line: Line, position: Position, page_hash: PageHash) -> None:
    """Bring *rows* up to *line*, which stands at *position*.

    The one place that knows what a line means to the ledger: a run, catching up, rebuilding and
    verifying all come here.
    """
    known = rows.article(line.id)
    if isinstance(line, Content):
        rows.put_article(_article_row(known, line, position, page_hash))
        place(rows, known, line, line.source)
        return
    state = "gone" if isinstance(line, Gone) else "withheld"
    revision = line.revision if isinstance(line, Gone) else known.revision if known else 1
    base = known or ArticleRow(id=line.id, url=line.url, revision=revision, state=state)
    if known is None or known.state != "withheld":
        rows.put_article(
            attrs.evolve(
                base,
                revision=revision,
                state=state,
                written=base.written if state == "withheld" else "",
            )
        )
    address = rows.address(line.url) or AddressRow(url=line.url, article=line.id)
    rows.put_address(
        attrs.evolve(
            address,
            state="gone" if state == "gone" else "refused",
            reason=state,
            next_look=None,
            missing_since=None,
            missing_run=None,
        )
    )


def _article_row(
    known: ArticleRow | None, line: Content, position: Position, page_hash: PageHash
) -> ArticleRow:
    key = f"{line.source} {line.extractor}"
    same = known is not None and known.revision == line.revision
    before = known.written.split("\n") if same and known and known.written else []
    return ArticleRow(
        id=line.id,
        url=line.url,
        revision=line.revision,
        state="withheld" if known is not None and known.state == "withheld" else "article",
        source=line.source,
        extractor=line.extractor,
        content_hash=line.content_hash,
        page_hash=page_hash(line) if isinstance(line, Article) and line.source == "page" else None,
        month=position.month,
        start=position.start,
        size=position.size,
        written="\n".join([*before, key]),
    )


def place(rows: Rows, known: ArticleRow | None, line: Content, source: str | None) -> None:
    """Let the address of *line* lead to it, and an earlier address of it stand aside."""
    if known is not None and known.url != line.url:
        former = rows.address(known.url)
        if former is not None and former.article == line.id:
            rows.put_address(attrs.evolve(former, moved=1, next_look=None))
    address = rows.address(line.url) or AddressRow(url=line.url)
    rows.put_address(
        attrs.evolve(
            address,
            article=line.id,
            post_id=line.post_id if line.post_id is not None else address.post_id,
            published=comparable(line.published_at) or address.published,
            looked_at=max([address.looked_at or "", *(each.fetched_at for each in line.captures)])
            or None,
            state="article",
            moved=0,
            source=source,
            reason=None,
            failures=0,
            missing_since=None,
            missing_run=None,
        )
    )
