"""The REST API: routes, pages, fields, errors."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar
from urllib.parse import urlencode

from demo.content import Entry
from demo.exchange import Header, Response
from demo.rest import about, objects
from demo.rest.query import BadParameter, numbers, select_posts, whole_number
from demo.site import Site

MOST: Final = 100
_T = TypeVar("_T")


class _Refused(Exception):
    """An error of the API, as WordPress words it."""

    def __init__(self, status: int, code: str, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"code": code, "message": message, "data": {"status": status, **more}}


def answer(site: Site, route: str, query: dict[str, str]) -> Response:
    """Return what the API says at *route* (below its root, no slash at either end)."""
    try:
        found, headers = _found(site, route, query)
    except _Refused as refused:
        return _json(refused.status, refused.body, [])
    except BadParameter as bad:
        wrong = _Refused(400, "rest_invalid_param", str(bad), params={bad.name: bad.wish})
        return _json(wrong.status, wrong.body, _root_link(site))
    return _json(200, _fields(found, query), headers or _root_link(site))


def _json(status: int, found: object, headers: Sequence[Header]) -> Response:
    text = json.dumps(found, ensure_ascii=True, separators=(",", ":")).replace("/", "\\/")
    return Response(
        status=status,
        kind="application/json; charset=UTF-8",
        body=text.encode(),
        headers=[("X-Robots-Tag", "noindex"), ("Allow", "GET"), *headers],
    )


def _root_link(site: Site) -> list[Header]:
    return [("Link", f'<{site.addresses.rest()}>; rel="https://api.w.org/"')]


def _found(site: Site, route: str, query: dict[str, str]) -> tuple[Any, list[Header]]:
    if "rest" in site.switches.closed:
        raise _Refused(401, "rest_disabled", "REST API dinonaktifkan.")
    if not route:
        return about.root(site), []
    parts = route.split("/")
    if parts[:2] == ["oembed", "1.0"]:
        return _oembed(site, query), []
    if parts[:2] != ["wp", "v2"] or len(parts) not in (3, 4):
        raise _no_route()
    collection = parts[2]
    if collection == "types":
        return about.types(site), []
    if collection == "taxonomies":
        return about.taxonomies(site), []
    if collection not in _COLLECTIONS:
        raise _no_route()
    if len(parts) > 3:  # noqa: PLR2004 -- the fourth part is an id
        if not parts[3].isdigit():
            raise _no_route()
        return _single(site, collection, int(parts[3]), query)
    return _COLLECTIONS[collection](site, query)


def _no_route() -> _Refused:
    return _Refused(404, "rest_no_route", "No route was found matching the URL and request method.")


def _paged(
    site: Site,
    collection: str,
    found: Sequence[_T],
    query: dict[str, str],
    shown: Callable[[_T], dict[str, Any]],
) -> tuple[list[Any], list[Header]]:
    """Return one page of *found*, with the headers that count the whole."""
    size = whole_number(query, "per_page", 10, MOST)
    number = whole_number(query, "page", 1)
    offset = query.get("offset", "")
    start = int(offset) if offset.isdigit() else (number - 1) * size
    pages = -(-len(found) // size)
    if number > max(pages, 1) and not offset:
        raise _Refused(
            400,
            "rest_post_invalid_page_number",
            "The page number requested is larger than the number of pages available.",
        )
    headers = [("X-WP-Total", str(len(found))), ("X-WP-TotalPages", str(pages))]
    url = site.addresses.rest(f"wp/v2/{collection}")
    for other, rel in ((number - 1, "prev"), (number + 1, "next")):
        if 1 <= other <= pages:
            asked = urlencode({**query, "page": str(other)})
            headers.append(("Link", f'<{url}?{asked}>; rel="{rel}"'))
    headers += _root_link(site)
    return [shown(one) for one in found[start : start + size]], headers


def _shown_post(site: Site, entry: Entry, query: dict[str, str]) -> dict[str, Any]:
    wanted = set(query.get("_fields", "").split(",")) - {""}
    light = wanted and not any(name.partition(".")[0] in ("content", "excerpt") for name in wanted)
    # Rendering a text that is not asked for would make a count of 20,000 posts slow.
    found = objects.post_head(site, entry) if light else objects.post(site, entry)
    if "_embed" in query and (not wanted or "_embedded" in wanted):
        found["_embedded"] = objects.embedded(site, entry)
    return found


def _posts(site: Site, query: dict[str, str]) -> tuple[Any, list[Header]]:
    found = select_posts(site.catalogue.posts, query, site.house.zone)
    return _paged(site, "posts", found, query, lambda entry: _shown_post(site, entry, query))


def _pages(site: Site, query: dict[str, str]) -> tuple[Any, list[Header]]:
    found = select_posts(site.catalogue.pages, query, site.house.zone)
    return _paged(site, "pages", found, query, lambda entry: _shown_post(site, entry, query))


def _media(site: Site, query: dict[str, str]) -> tuple[Any, list[Header]]:
    parents, include = numbers(query, "parent"), numbers(query, "include")
    found = [
        pair
        for number, pair in sorted(site.catalogue.pictures.items(), reverse=True)
        if (parents is None or pair[1].id in parents)
        and (include is None or number in include)
        and not pair[1].protected
    ]
    return _paged(site, "media", found, query, lambda pair: objects.media(site, *pair))


def _terms(collection: str) -> Callable[[Site, dict[str, str]], tuple[Any, list[Header]]]:
    def collect(site: Site, query: dict[str, str]) -> tuple[Any, list[Header]]:
        wanted, include = numbers(query, "post"), numbers(query, "include")
        found = [
            term
            for term in site.content.terms
            if term.taxonomy == objects.TAXONOMIES[collection]
            and (include is None or term.id in include)
            and ("slug" not in query or term.slug in query["slug"].split(","))
            and (
                wanted is None or any(entry.id in wanted for entry in site.catalogue.of_term(term))
            )
        ]
        found.sort(key=lambda term: term.name)
        return _paged(site, collection, found, query, lambda term: objects.term(site, term))

    return collect


def _users(site: Site, query: dict[str, str]) -> tuple[Any, list[Header]]:
    found = [one for one in site.content.authors if site.catalogue.of_author(one.id)]
    found.sort(key=lambda author: author.name)
    return _paged(site, "users", found, query, lambda author: objects.user(site, author))


def _comments(site: Site, query: dict[str, str]) -> tuple[Any, list[Header]]:
    wanted = numbers(query, "post")
    found = [
        (comment, entry)
        for entry in site.catalogue.posts
        if not entry.protected and (wanted is None or entry.id in wanted)
        for comment in entry.comments
    ]
    found.sort(key=lambda pair: pair[0].at, reverse=True)
    return _paged(site, "comments", found, query, lambda pair: objects.comment(site, *pair))


_COLLECTIONS: Final[dict[str, Callable[[Site, dict[str, str]], tuple[Any, list[Header]]]]] = {
    "posts": _posts,
    "pages": _pages,
    "media": _media,
    "categories": _terms("categories"),
    "tags": _terms("tags"),
    "newstopic": _terms("newstopic"),
    "users": _users,
    "comments": _comments,
}


def _single(
    site: Site, collection: str, number: int, query: dict[str, str]
) -> tuple[Any, list[Header]]:
    if collection in ("posts", "pages"):
        entry = site.catalogue.entry(number)
        if entry is None or f"{entry.kind}s" != collection:
            raise _Refused(404, "rest_post_invalid_id", "Invalid post ID.")
        if site.catalogue.named(entry.slug) is not entry:
            raise _Refused(401, "rest_forbidden", "Sorry, you are not allowed to do that.")
        link = f'<{site.addresses.entry(entry)}>; rel="alternate"; type=text/html'
        return _shown_post(site, entry, query), [("Link", link)]
    found, headers = _COLLECTIONS[collection](site, {"per_page": "100", "include": str(number)})
    for one in found:
        if one["id"] == number:
            return one, [header for header in headers if not header[0].startswith("X-WP")]
    kind = "term" if collection in objects.TAXONOMIES else collection.rstrip("s")
    raise _Refused(404, f"rest_{kind}_invalid_id", f"Invalid {kind} ID.")


def _oembed(site: Site, query: dict[str, str]) -> dict[str, Any]:
    for entry in (*site.catalogue.posts, *site.catalogue.pages):
        if site.addresses.entry(entry) == query.get("url"):
            return {
                "version": "1.0",
                "provider_name": site.house.name,
                "provider_url": site.base,
                "author_name": entry.author.name,
                "author_url": site.addresses.author(entry.author),
                "title": site.title(entry),
                "type": "rich",
            }
    raise _Refused(404, "oembed_invalid_url", "Not Found")


def _fields(found: Any, query: dict[str, str]) -> Any:
    """Keep the fields that ``_fields`` names, nested ones with a dot."""
    wanted = [name.strip() for name in query.get("_fields", "").split(",") if name.strip()]
    if not wanted:
        return found
    if isinstance(found, list):
        return [_kept(one, wanted) for one in found]
    return _kept(found, wanted)


def _kept(found: dict[str, Any], wanted: Sequence[str]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for name, value in found.items():
        below = [one.partition(".")[2] for one in wanted if one.partition(".")[0] == name]
        if not below:
            continue
        whole = "" in below or not isinstance(value, dict)
        out[name] = value if whole else _kept(value, below)
    return out
