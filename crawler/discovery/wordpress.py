"""Asking a WordPress REST API for posts."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Final
from urllib.parse import urlencode

import attrs

from crawler.decoding import read_json
from crawler.discovery.documents import Unreadable, json_items
from crawler.discovery.session import Part, Reading, Verdict, Visit
from crawler.links import Link
from crawler.timestamps import rest_moment

DOOR: Final = "rest"

FIELDS: Final = "id,link,date,date_gmt,modified,modified_gmt"  # a fifth of a kilobyte a post
LARGEST_PAGE: Final = 100  # WP_REST_Controller::get_collection_params: per_page has that maximum
Query = Mapping[str, str | int]
LISTED: Final[Query] = {"per_page": LARGEST_PAGE, "_fields": FIELDS}
_LARGEST_ID: Final = 10**15  # beyond it is no post id, and JSON numbers lose digits
_ROOT: Final = re.compile(
    r"<([^<>]{1,2000})>\s*;[^,]*?rel=\"?https://api\.w\.org/\"?", re.IGNORECASE
)
_BASE: Final = re.compile(r"[\w-]{1,60}")


def read_posts(body: bytes, zone: dt.tzinfo, *, whole: bool = False) -> Iterator[Link]:
    """Yield the posts of one REST answer in its order; where they are *whole*, with the ``record``.

    Those without id or link are left out. *zone* is that of a ``date`` without a usable
    ``date_gmt``. Raises :exc:`Unreadable` when *body* is no JSON list, or at the end of what there
    is of one.
    """
    for record in json_items(body):
        if not isinstance(record, dict):
            continue
        post_id, url = record.get("id"), record.get("link")
        if type(post_id) is int and 0 < post_id < _LARGEST_ID and isinstance(url, str):
            yield Link(
                url=url,
                door=DOOR,
                lastmod=_stated(record, "modified", zone),
                published=_stated(record, "date", zone),
                post_id=post_id,
                record=record if whole else None,
            )


def _stated(record: Mapping[str, Any], field: str, zone: dt.tzinfo) -> str | None:
    local, gmt = record.get(field), record.get(f"{field}_gmt")
    found = rest_moment(str(local or ""), str(gmt or ""), zone)
    return found.isoformat(timespec="seconds") if found else None


def total(headers: Mapping[str, str]) -> int | None:
    """Return ``X-WP-Total``, how many posts a query matches, where it is a number that can be."""
    value = headers.get("x-wp-total", "").strip()
    return int(value) if value.isascii() and value.isdigit() and len(value) <= 8 else None  # noqa: PLR2004 -- under 10^8 posts


def api_root(headers: Mapping[str, str]) -> str | None:
    """Return the API's root that a ``Link`` header names with ``rel="https://api.w.org/"``."""
    found = _ROOT.search(headers.get("link", ""))
    return found[1] if found else None


@attrs.frozen
class Page(Reading[Link]):
    """One answer of the posts collection, of which *size* were asked for."""

    size: int = LARGEST_PAGE

    @property
    def total(self) -> int | None:
        """How many posts the query matches, on all its pages."""
        return total(self.answer.headers)

    @property
    def whole(self) -> bool:
        """Whether the query has no further pages, as far as the server says."""
        number = len(self.items)
        fits = number < self.size if self.total is None else self.total <= number
        return self.verdict == Verdict.OK and fits


class Api:
    """The posts of one API, by the root that the newsroom names or a common one."""

    def __init__(self, visit: Visit, root: str | None) -> None:
        self.visit = visit
        self.root = root

    def ask(self, query: Query, *, conditional: bool = False, base: str = "posts") -> Part[Page]:
        """Ask for posts, or those of another type, at *base*; find the API's root where need be.

        A 304 says nothing of ``X-WP-Total``, hence questions are unconditional by default. 401 and
        403 are a shut door, which wants to be left alone: ``?rest_route=`` would be a way round it.
        """
        if self.root is not None:
            page = yield from self._ask(self.root, conditional, query, base)
            if not page.absent or base != "posts":
                return page
        return (yield from self._probe(conditional, query))

    def _probe(self, conditional: bool, query: Query) -> Part[Page]:
        """Try ``/wp-json/``, then what the front page names, then ``?rest_route=``."""
        address = self.visit.newsroom.address
        page = yield from self._ask(f"{address}/wp-json/", conditional, query)
        if not page.absent:
            return page
        home = yield from self.visit.ask(f"{address}/", conditional=False)
        named = api_root(home.headers)
        for root in dict.fromkeys((named, f"{address}/?rest_route=/")):
            if root and root != f"{address}/wp-json/" and self.visit.address(root):
                found = yield from self._ask(root, conditional, query)
                if found.ok:
                    return found
        return page

    def types(self) -> Part[dict[str, str]]:
        """Return the types of post that the API knows, each with the name of its collection."""
        reading = yield from self.visit.read(f"{self.root}wp/v2/types", _read_types)
        return dict(reading.items)

    def _ask(self, root: str, conditional: bool, query: Query, base: str = "posts") -> Part[Page]:
        # Commas and colons as WordPress itself writes them, so that caches see one address.
        sought = urlencode(query, safe=",:")
        collection = f"{root}wp/v2/{base}{'&' if '?' in root else '?'}{sought}"
        parse = partial(self._parse, whole="_embed" in query)
        reading = yield from self.visit.read(collection, parse, conditional=conditional)
        if reading.ok and base == "posts":  # the root that answered, after redirects
            answered, found, _ = reading.answer.url.partition("wp/v2/posts")
            self.root = answered if found else root
        size = int(query.get("per_page", LARGEST_PAGE))
        return Page(**attrs.asdict(reading, recurse=False), size=size)

    def _parse(self, body: bytes, _: str, *, whole: bool) -> Iterator[Link]:
        return read_posts(body, self.visit.zone, whole=whole)


def _read_types(body: bytes, _: str) -> Iterator[tuple[str, str]]:
    try:
        found = read_json(body)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"not JSON ({str(error)[:80]})") from None
    for name, values in found.items() if isinstance(found, dict) else ():
        base = values.get("rest_base") if isinstance(values, dict) else None
        if isinstance(base, str) and _BASE.fullmatch(base):
            yield name, base
