"""Questions to the ledger, ``state.sqlite``, and the listings of doors that are noted in it."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

import attrs

from crawler.archive.rows import AddressRow, ArticleRow, columns
from crawler.archive.tables import LEDGER, OWED, OWN_POST, Tables, connect
from crawler.errors import ArchiveDamaged, ArchiveError
from crawler.items import Article
from crawler.links import Known, Link, Validators
from crawler.timestamps import comparable, seconds

# An earlier address of an article stands for its current one.
_BY_URL: Final = """here.url = coalesce(
    (SELECT articles.url FROM addresses JOIN articles ON articles.id = addresses.article
        WHERE addresses.url = :url AND addresses.moved = 1), :url)"""
_BY_POST: Final = f"""here.url = coalesce(
    (SELECT url FROM articles WHERE id = :id),
    (SELECT url FROM articles WHERE post_id = :post AND {OWN_POST}),
    (SELECT url FROM addresses WHERE post_id = :post AND article IS NULL))"""  # noqa: S608 -- our own words
# SQLite, which has no statistics here, would go through all by publication where it is in doubt; so
# the two questions that are ordered by it name their index.
_Row = TypeVar("_Row", Known, AddressRow, ArticleRow)
_LISTED: Final = "moved = 0 AND state <> 'gone'"


@attrs.frozen
class CountedArticles:
    """Articles that are alike, as far as they are counted."""

    state: str
    month: str | None
    """Of publication, ``YYYY-MM``."""

    filled: int
    source: str | None
    edited: int
    count: int
    first: str | None
    """First day of publication, and last."""

    last: str | None


class Ledger:
    """Reads of what earlier batches committed; satisfies :class:`crawler.discovery.Memory`.

    For one thread at a time. Damage of the file is :exc:`ArchiveDamaged`; the next start then
    rebuilds it.
    """

    def __init__(
        self,
        path: Path,
        name: str,
        *,
        leave: Callable[[str, Mapping[str, Any]], object] | None = None,
    ) -> None:
        """*name* is the archive's, the beginning of its ids; *leave* keeps what doors leave."""
        self._connection = connect(path, read_only=True)
        self._name = name
        self._leave = leave

    @classmethod
    def read_only(cls, folder: Path) -> Ledger:
        """Open the ledger of an archive without its lock, for looking only (status, export).

        Raises :exc:`ArchiveError` when there is none; ``keep_door`` is refused.
        """
        try:
            return cls(folder / LEDGER, folder.name)
        except sqlite3.Error as error:
            raise ArchiveError(f"{folder / LEDGER}: cannot be opened ({error})") from None

    def close(self) -> None:
        self._connection.close()

    # crawler.discovery.Memory

    def known(self, url: str) -> Known | None:
        """Return what is known of *url*, also under an earlier slug.

        ``lastmod`` is that of the last look, so an address stays new until it has been fetched. A
        withheld article is ``refused``.
        """
        return next(self._all(Known, _BY_URL, url=url), None)

    def known_post(self, post_id: int) -> Known | None:
        """Return what is known of the post, under its current address."""
        return next(self._all(Known, _BY_POST, id=f"{self._name}:{post_id}", post=post_id), None)

    def count(self, *, after: str | None = None, before: str | None = None) -> int:
        """Return how many posts are listed and not gone, published after and before (exclusive).

        Posts whose publication is not known count only when neither is given; earlier slugs never.
        """
        where, values = _window(after, before)
        [(found,)] = self._rows(f"SELECT count(*) FROM addresses WHERE {where}", values)  # noqa: S608 -- our own text
        return int(found)

    def listed(self, *, after: str | None = None, before: str | None = None) -> Iterator[Known]:
        """Yield what :meth:`count` counts, oldest first, the undated at the end."""
        where, values = _window(after, before)
        return self._all(Known, f"{where} ORDER BY published IS NULL, published", **values)

    def door(self, name: str) -> dict[str, Any]:
        """Return what the door of that name left, an empty dict at first."""
        rows = self._rows("SELECT left_by FROM doors WHERE name = ?", (name,))
        return dict(json.loads(rows[0][0])) if rows else {}

    def keep_door(self, name: str, left: Mapping[str, Any]) -> None:
        """Leave *left*, JSON values, for the next run.

        Committed after everything that the archive was told before.
        """
        if self._leave is None:
            raise ArchiveError("The ledger is open for reading only")
        self._leave(name, left)

    # for the spider

    def look(self, url: str) -> AddressRow | None:
        """Return what is known of *url*; ``None`` when it was never listed."""
        return next(self._all(AddressRow, _BY_URL, url=url), None)

    def due(self, now: dt.datetime, limit: int) -> list[AddressRow]:
        """Return articles and refused addresses whose look is due, longest due first.

        Also what is missing, and what a door listed with a newer modification. Without what is gone,
        withheld, or has only its REST record.
        """
        where = "state IN ('article', 'refused') AND moved = 0 AND source IS NOT 'rest'"
        return self._first(limit, f"next_look <= :now AND {where} ORDER BY next_look", now=now)

    def owed(self, now: dt.datetime, limit: int) -> list[AddressRow]:
        """Return what must be looked at again whatever the doors show, longest due first.

        Articles that an earlier run found missing, what was listed with a newer modification and
        not fetched since, what could not be fetched or read the last time.
        """
        return self._first(limit, f"next_look <= :now AND {OWED} ORDER BY next_look", now=now)

    def retries(self, now: dt.datetime, limit: int) -> list[AddressRow]:
        """Return addresses that were never read because fetching failed, whose pause is over."""
        where = "next_look <= :now AND state = 'failed' ORDER BY next_look"
        return self._first(limit, where, now=now)

    def waiting(self, limit: int) -> list[AddressRow]:
        """Return addresses that were listed and never fetched, newest publication first."""
        where = "state = 'waiting' ORDER BY published DESC"
        return self._first(limit, where, index="INDEXED BY by_waiting")

    def unpaged(self, now: dt.datetime, limit: int) -> list[AddressRow]:
        """Return articles whose last line is a REST record, newest publication first.

        Without those whose page failed or was refused, until their pause is over.
        """
        where = "state = 'article' AND moved = 0 AND source = 'rest' AND next_look <= :now"
        where += " ORDER BY published DESC"
        return self._first(limit, where, index="INDEXED BY by_record", now=now)

    def unchanged(self, before: str, limit: int, *, without: Sequence[str]) -> list[AddressRow]:
        """Return articles that were not looked at since *before*, UTC, the newest first."""
        return self._first(
            limit,
            "state = 'article' AND moved = 0 AND looked_at < :before AND stale = 0 AND "
            "article NOT IN (SELECT value FROM json_each(:without)) ORDER BY published DESC",
            before=before,
            without=json.dumps(without),
        )

    def article(self, id_: str) -> ArticleRow | None:
        """Return what the last line of an article says; ``None`` when there never was any."""
        return next(self._all(ArticleRow, "here.id = :id", id=id_), None)

    def withheld_posts(self) -> list[int]:
        """Return the post ids of what is withheld."""
        rows = self._rows("SELECT id, post_id FROM articles WHERE state = 'withheld'")
        numbers = (str(post or id_.rpartition(":")[2]) for id_, post in rows)
        return [int(number) for number in numbers if number.isdecimal()]

    def says(self, article: Article) -> bool:
        """Whether the article's last line is of its page, and states what *article* does."""
        known = self.article(article.id)
        return (
            known is not None
            and known.state == "article"
            and known.source != "rest"
            and known.states(article)
        )

    def validators(self, url: str) -> Validators:
        """Return the validators kept for *url*, page or door document; empty when none are."""
        rows = self._rows(
            "SELECT etag, last_modified FROM documents WHERE url = :url UNION ALL "
            "SELECT etag, last_modified FROM addresses WHERE url = :url",
            {"url": url},
        )
        return Validators(etag=rows[0][0], last_modified=rows[0][1]) if rows else Validators()

    # for status

    def states(self) -> dict[str, int]:
        """Return how many addresses are in each state."""
        return dict(
            self._rows("SELECT state, count(*) FROM addresses WHERE moved = 0 GROUP BY state")
        )

    def counted(self) -> list[CountedArticles]:
        """Return how many articles there are of each kind."""
        return [
            CountedArticles(*row)
            for row in self._rows(
                "SELECT state, substr(day, 1, 7), filled, source, revision > 1, count(*), min(day), "
                "max(day) FROM articles INDEXED BY by_count GROUP BY 1, 2, 3, 4, 5"
            )
        ]

    def troubles(self, limit: int) -> list[AddressRow]:
        """Return what failed or was refused as invalid, most failures first."""
        where = "failures > 0 OR reason = 'invalid_record' ORDER BY failures DESC, url"
        return self._first(limit, where)

    def refused(self, limit: int) -> list[AddressRow]:
        """Return addresses that turned out to be no article, with the reason, by reason."""
        return self._first(limit, "state = 'refused' AND moved = 0 ORDER BY reason, url")

    def _first(self, limit: int, where: str, *, index: str = "", **values: Any) -> list[AddressRow]:
        """Return the first rows for which *where* holds; of *values*, ``now`` is a moment."""
        if "now" in values:
            values["now"] = seconds(values["now"])
        return list(
            self._all(AddressRow, f"{where} LIMIT :limit", index=index, limit=limit, **values)
        )

    def _all(
        self, kind: type[_Row], where: str, *, index: str = "", **values: Any
    ) -> Iterator[_Row]:
        """Yield the rows of that *kind* for which *where* holds."""
        names = columns(kind)
        chosen = ", ".join(f"here.{name}" for name in names)
        table = "articles" if kind is ArticleRow else "addresses"
        query = f"SELECT {chosen} FROM {table} AS here {index} WHERE {where}"  # noqa: S608 -- our own words
        for row in self._execute(query, values):
            yield kind(**dict(zip(names, row, strict=True)))

    def _rows(self, query: str, values: Mapping[str, Any] | tuple[Any, ...] = ()) -> list[Any]:
        return list(self._execute(query, values))

    def _execute(self, query: str, values: Mapping[str, Any] | tuple[Any, ...]) -> Iterator[Any]:
        try:
            yield from self._connection.execute(query, values)
        except sqlite3.DatabaseError as error:
            what = f"{error}; delete it, it is rebuilt from the lines"
            raise ArchiveDamaged(LEDGER, 0, what) from error


def _window(after: str | None, before: str | None) -> tuple[str, dict[str, Any]]:
    where = [_LISTED]
    if after is not None:
        where.append("published > :after")
    if before is not None:
        where.append("published < :before")
    return " AND ".join(where), {"after": comparable(after), "before": comparable(before)}


_LISTED_ROWS: Final = """
INSERT INTO addresses (url, post_id, published, listed, state)
SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'),
    json_extract(value, '$[3]'), 'waiting'
FROM json_each(:links) WHERE true
ON CONFLICT (url) DO UPDATE SET
    post_id = coalesce(excluded.post_id, post_id),
    published = coalesce(published, excluded.published),
    listed = coalesce(excluded.listed, listed),
    next_look = CASE
        WHEN excluded.listed > coalesce(lastmod, looked_at, '') AND state IN ('article', 'refused')
        THEN min(next_look, :now) ELSE next_look END
WHERE moved = 0 AND (excluded.listed IS NOT listed OR excluded.post_id IS NOT post_id)"""


def note(tables: Tables, links: Sequence[Link], now: int, site: str) -> None:
    """Note in *tables*, in a transaction, that doors of *site* listed *links* at *now*.

    New addresses wait; known ones with a newer modification become due. A known post at an address
    of which nothing is known has moved there: that is its address from now on, and nothing waits,
    for permalinks change by the thousand.
    """
    _move(tables, [link for link in links if link.post_id is not None], site)
    rows = [
        (link.url, link.post_id, comparable(link.published), comparable(link.lastmod))
        for link in links
    ]
    tables.connection.execute(_LISTED_ROWS, {"links": json.dumps(rows), "now": now})


def _move(tables: Tables, links: Sequence[Link], site: str) -> None:
    if not links:
        return
    rows = tables.rows()
    rows.fetch([link.url for link in links], [f"{site}:{link.post_id}" for link in links])
    for link in links:
        assert link.post_id is not None
        known = rows.article(f"{site}:{link.post_id}") or rows.article(
            tables.of_post(link.post_id) or ""
        )
        if known is None or known.state == "gone" or known.url == link.url:
            continue
        there = rows.address(link.url)
        if there is not None and there.article is not None:
            continue
        former = rows.address(known.url) or AddressRow(url=known.url, article=known.id)
        rows.put(attrs.evolve(former, url=link.url))
        rows.put(attrs.evolve(former, article=known.id, moved=1, next_look=None))
        rows.put(attrs.evolve(known, url=link.url))
    tables.put(rows)
