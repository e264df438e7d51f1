"""Asking a WordPress REST API for posts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import urlencode

import attrs

from crawler.discovery.documents import Post, api_root, read_json, read_posts, total
from crawler.discovery.session import Part, Reading, Visit
from crawler.discovery.steps import Verdict

FIELDS: Final = "id,link,date,date_gmt,modified,modified_gmt"
"""What discovery needs of a post, a fifth of a kilobyte each."""

LARGEST_PAGE: Final = 100  # WP_REST_Controller::get_collection_params: per_page has that maximum


@attrs.frozen(kw_only=True)
class Page:
    """One answer of the posts collection."""

    reading: Reading[Post]
    total: int | None
    """How many posts the query matches, on all its pages."""

    size: int
    """How many posts were asked for."""

    @property
    def posts(self) -> tuple[Post, ...]:
        return self.reading.items

    @property
    def ok(self) -> bool:
        return self.reading.verdict in (Verdict.OK, Verdict.SAME)

    @property
    def whole(self) -> bool:
        """Whether the query has no further pages, as far as the server says."""
        number = len(self.posts)
        fits = number < self.size if self.total is None else self.total <= number
        return self.reading.verdict == Verdict.OK and fits


class Api:
    """The posts of one API, by the root that the newsroom names or a common one."""

    def __init__(self, visit: Visit, root: str | None) -> None:
        self.visit = visit
        self.root = root

    def ask(
        self, query: Mapping[str, str | int], *, conditional: bool = False, base: str = "posts"
    ) -> Part[Page]:
        """Ask for posts, or those of another type, at *base*; find the API's root where need be.

        A 304 says nothing of ``X-WP-Total``, hence questions are unconditional by default. 401 and
        403 are a shut door, which wants to be left alone: ``?rest_route=`` would be a way round it.
        """
        if self.root is not None:
            page = yield from self._ask(self.root, conditional, query, base)
            if not page.reading.absent or base != "posts":
                return page
        page = yield from self._probe(conditional, query)
        return page

    def _probe(self, conditional: bool, query: Mapping[str, str | int]) -> Part[Page]:
        """Try ``/wp-json/``, then what the front page names, then ``?rest_route=``."""
        address = self.visit.newsroom.address
        page = yield from self._ask(f"{address}/wp-json/", conditional, query)
        if not page.reading.absent:
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

    def _ask(
        self, root: str, conditional: bool, query: Mapping[str, str | int], base: str = "posts"
    ) -> Part[Page]:
        # Commas and colons as WordPress itself writes them, so that caches see one address.
        sought = urlencode(query, safe=",:")
        collection = f"{root}wp/v2/{base}{'&' if '?' in root else '?'}{sought}"
        reading = yield from self.visit.read(collection, self._parse, conditional=conditional)
        if reading.verdict in (Verdict.OK, Verdict.SAME) and base == "posts":
            self.root = _root_of(reading.answer.url) or root
        size = int(query.get("per_page", LARGEST_PAGE))
        return Page(reading=reading, total=total(reading.answer.headers), size=size)

    def _parse(self, body: bytes, _: str) -> Iterator[Post]:
        return read_posts(body, self.visit.zone)


def _read_types(body: bytes, _: str) -> Iterator[tuple[str, str]]:
    found = read_json(body)
    for name, values in found.items() if isinstance(found, dict) else ():
        base = values.get("rest_base") if isinstance(values, dict) else None
        if isinstance(base, str) and _BASE.fullmatch(base):
            yield name, base


_BASE: Final = re.compile(r"[\w-]{1,60}")


def _root_of(url: str) -> str | None:
    """Return the root in the address that answered, so that next time no redirect is needed."""
    root, found, _ = url.partition("wp/v2/posts")
    return root if found else None
