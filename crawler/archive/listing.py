"""What doors list, noted in the ledger."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

import attrs

from crawler.archive.moments import comparable
from crawler.archive.rows import AddressRow
from crawler.archive.tables import Tables
from crawler.discovery import Link

_LISTED: Final = """
INSERT INTO addresses (url, post_id, published, listed, state, moved, pause, failures)
SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'),
    json_extract(value, '$[3]'), 'waiting', 0, 0, 0
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
    tables.connection.execute(_LISTED, {"links": json.dumps(rows), "now": now})


def _move(tables: Tables, links: Sequence[Link], site: str) -> None:
    if not links:
        return
    rows = tables.rows()
    rows.fetch([link.url for link in links], [f"{site}:{link.post_id}" for link in links])
    for link in links:
        known = rows.article(f"{site}:{link.post_id}")
        if known is None or known.state == "gone" or known.url == link.url:
            continue
        there = rows.address(link.url)
        if there is not None and there.article is not None:
            continue
        former = rows.address(known.url) or AddressRow(url=known.url, article=known.id)
        rows.put_address(attrs.evolve(former, url=link.url))
        rows.put_address(attrs.evolve(former, article=known.id, moved=1, next_look=None))
        rows.put_article(attrs.evolve(known, url=link.url))
    tables.put(rows)
