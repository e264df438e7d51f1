"""Lists of posts as the WordPress REST API gives them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import attrs

from crawler.discovery.documents import WrongKind, read_json
from crawler.discovery.moments import moment

_LINK: Final = re.compile(
    r"<([^<>]{1,2000})>\s*;[^,]*?rel=\"?https://api\.w\.org/\"?", re.IGNORECASE
)
_LARGEST: Final = 10**15  # beyond it is no post id, and JSON numbers lose digits


@attrs.frozen(kw_only=True)
class Post:
    """What discovery needs of one REST object."""

    post_id: int
    url: str
    date: str
    """Publication on the newsroom's clock, without offset: what ``after`` and ``before`` compare.

    Empty where it is none."""

    published: str | None
    """Publication, ISO 8601; the offset is ``date`` minus ``date_gmt``."""

    modified: str | None
    """Last modification, ISO 8601, its offset found alike."""

    record: Mapping[str, Any]
    """The object as sent."""


def read_posts(body: bytes, zone: dt.tzinfo) -> Iterator[Post]:
    """Yield the posts of one REST answer in its order; those without id or link are left out.

    *zone* is that of a ``date`` without a usable ``date_gmt``.
    Raises :exc:`Unreadable` when *body* is no JSON list.
    """
    answer = read_json(body)
    if not isinstance(answer, list):
        raise WrongKind("JSON, but no list of posts")
    for record in answer:
        post = _post(record, zone) if isinstance(record, dict) else None
        if post:
            yield post


def _post(record: dict[str, Any], zone: dt.tzinfo) -> Post | None:
    post_id, link = record.get("id"), record.get("link")
    if type(post_id) is not int or not 0 < post_id < _LARGEST or not isinstance(link, str):
        return None
    published = _with_offset(record, "date", zone)
    modified = _with_offset(record, "modified", zone)
    return Post(
        post_id=post_id,
        url=link,
        date=published.replace(tzinfo=None).isoformat(timespec="seconds") if published else "",
        published=published.isoformat(timespec="seconds") if published else None,
        modified=modified.isoformat(timespec="seconds") if modified else None,
        record=record,
    )


def _with_offset(record: dict[str, Any], field: str, zone: dt.tzinfo) -> dt.datetime | None:
    """Return ``date`` or ``modified`` with the offset that its ``_gmt`` twin shows."""
    plain, gmt = record.get(field), record.get(f"{field}_gmt")
    universal = moment(gmt, dt.UTC) if isinstance(gmt, str) else None
    here = moment(plain, zone) if isinstance(plain, str) else None
    if here is None or universal is None:
        return here or universal
    clock = here.replace(tzinfo=dt.UTC)
    minutes = round((clock - universal).total_seconds() / 60)
    if abs(minutes) > 14 * 60:  # the easternmost zone is UTC+14: the twin is wrong
        return here
    return clock.replace(tzinfo=dt.timezone(dt.timedelta(minutes=minutes)))


def total(headers: Mapping[str, str]) -> int | None:
    """Return ``X-WP-Total``, how many posts a query matches, where it is a number that can be."""
    value = headers.get("x-wp-total", "").strip()
    return int(value) if value.isascii() and value.isdigit() and len(value) <= 8 else None  # noqa: PLR2004 -- under 10^8 posts


def api_root(headers: Mapping[str, str]) -> str | None:
    """Return the API's root that a ``Link`` header names with ``rel="https://api.w.org/"``."""
    found = _LINK.search(headers.get("link", ""))
    return found[1] if found else None
