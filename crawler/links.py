"""Addresses of articles: what a door of discovery says of one, and what the ledger holds of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs


@attrs.frozen(kw_only=True)
class Link:
    """An article's address, and what the door that listed it says of it."""

    url: str  # canonical
    door: str  # rest, sitemap, feed, listing, cdx or urls
    lastmod: str | None = None  # as the door states it, ISO 8601 with offset
    published: str | None = None  # the same
    post_id: int | None = None  # WordPress post id
    record: Mapping[str, Any] | None = None  # its REST object, where it is wanted
    why: str = "new"  # or changed, or back (was gone)
    sure: bool = False  # whether the door lists posts and nothing else


@attrs.frozen(kw_only=True)
class Known:
    """What the ledger holds of a listed address."""

    url: str
    post_id: int | None
    published: str | None
    lastmod: str | None
    state: str  # article, refused, failed, waiting (listed, not fetched yet) or gone
    looked_at: str | None = None
    """When it was last fetched, UTC: stands in for ``lastmod`` where no door stated one."""


@attrs.frozen(kw_only=True)
class Validators:
    """What makes a request conditional."""

    etag: str | None = None
    last_modified: str | None = None
