"""A memory of dicts: what discovery asks of the ledger, for tests that have no archive."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import attrs

from crawler.discovery import Known, Link
from crawler.timestamps import instant

_NEVER = dt.datetime.min.replace(tzinfo=dt.UTC)
_EVER = dt.datetime.max.replace(tzinfo=dt.UTC)


@lru_cache(maxsize=100_000)
def _instant(text: str | None) -> dt.datetime | None:
    return instant(text)


class DictMemory:
    """Everything in three dicts; :meth:`note` and :meth:`look` are what a driver would do."""

    def __init__(self) -> None:
        self.by_url: dict[str, Known] = {}
        self.url_of: dict[int, str] = {}
        self.moved: dict[str, str] = {}
        self.doors: dict[str, str] = {}

    # what discovery asks

    def known(self, url: str) -> Known | None:
        return self.by_url.get(self.moved.get(url, url))

    def withheld_posts(self) -> list[int]:
        return []

    def known_post(self, post_id: int) -> Known | None:
        return self.by_url.get(self.url_of.get(post_id, ""))

    def count(self, *, after: str | None = None, before: str | None = None) -> int:
        undated = 0 if after or before else sum(1 for _ in self._undated())
        return sum(1 for _ in self._dated(after, before)) + undated

    def listed(self, *, after: str | None = None, before: str | None = None) -> Iterator[Known]:
        found = sorted(self._dated(after, before), key=lambda each: each[:2])
        yield from (known for _, _, known in found)
        if after is None and before is None:
            yield from self._undated()

    def _dated(
        self, after: str | None, before: str | None
    ) -> Iterator[tuple[dt.datetime, str, Known]]:
        first, last = instant(after) or _NEVER, instant(before) or _EVER
        for known in self.by_url.values():
            published = _instant(known.published) if known.state != "gone" else None
            if published is not None and first < published < last:
                yield published, known.url, known

    def _undated(self) -> Iterator[Known]:
        for known in self.by_url.values():
            if known.state != "gone" and _instant(known.published) is None:
                yield known

    def door(self, name: str) -> dict[str, Any]:
        left: dict[str, Any] = json.loads(self.doors.get(name, "{}"))
        return left

    def keep_door(self, name: str, left: Mapping[str, Any]) -> None:
        self.doors[name] = json.dumps(left)

    # what a driver does

    def note(self, link: Link) -> None:
        """A door listed *link*."""
        known = self.known(link.url)
        if known is None and link.post_id is not None:
            known = self.known_post(link.post_id)
        if known is None:
            known = Known(
                url=link.url,
                post_id=link.post_id,
                published=link.published,
                lastmod=None,
                state="waiting",
            )
        elif known.url != link.url:
            del self.by_url[known.url]
            self.moved[known.url] = link.url
        post_id = link.post_id or known.post_id
        self.by_url[link.url] = attrs.evolve(
            known, url=link.url, post_id=post_id, published=link.published or known.published
        )
        if post_id is not None:
            self.url_of[post_id] = link.url

    def look(
        self,
        url: str,
        state: str,
        *,
        at: str,
        lastmod: str | None = None,
        published: str | None = None,
    ) -> None:
        """*url* was fetched at *at*, and found to be what *state* says."""
        known = self.known(url)
        assert known is not None
        self.by_url[known.url] = attrs.evolve(
            known,
            state=state,
            looked_at=at,
            lastmod=lastmod or known.lastmod,
            published=published or known.published,
        )
