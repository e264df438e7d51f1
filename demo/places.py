"""Which entry an address leads to, directly or by one of WordPress's redirects."""

from __future__ import annotations

from urllib.parse import unquote, urlencode

from demo.content import Entry
from demo.exchange import Response
from demo.site import Site
from demo.theme import View, article, attachment, not_found, page, static_page

# A cut-off slug shorter than this leads nowhere.
LEAST_GUESS = 5


def find_entry(site: Site, path: str, query: dict[str, str]) -> View | Response | None:
    """Return the page at the decoded lower-case *path*, a redirect to it, or ``None``."""
    segments = [part for part in path.split("/") if part]
    for place in range(len(segments) - 1, -1, -1):
        slug = segments[place].removesuffix(".html")
        entry = site.catalogue.named(slug)
        if entry:
            return _at(site, entry, path, segments[place + 1 :], query)
        if slug in site.catalogue.taken_down:
            return _taken_down(site, site.catalogue.taken_down[slug])
    last = segments[-1].removesuffix(".html")
    guessed = site.catalogue.beginning(last) if len(last) >= LEAST_GUESS else None
    return _moved(site.addresses.entry(guessed), query) if guessed else None


def _taken_down(site: Site, status: int) -> Response:
    return Response(status=status, body=page(site, not_found()).encode())


def _moved(url: str, query: dict[str, str]) -> Response:
    if query:
        url = f"{url}?{urlencode(query)}"
    return Response(status=301, headers=[("Location", url), ("X-Redirect-By", "WordPress")])


def _at(
    site: Site, entry: Entry, path: str, tail: list[str], query: dict[str, str]
) -> View | Response | None:
    url = site.addresses.entry(entry)
    if tail == ["amp"]:
        return _moved(url, {**query, "amp": "1"})
    if tail and not tail[-1].isdigit():
        return _photo(site, entry, path, tail, query)
    number = int(tail[0]) if len(tail) == 1 else 1
    if entry.kind == "page" or entry.protected or not 1 <= number <= len(site.pages(entry)):
        number = 1
    wanted = site.addresses.entry(entry, number)
    if unquote(wanted.removeprefix(site.base)).lower() != path:
        return _moved(wanted, query)
    return static_page(site, entry) if entry.kind == "page" else article(site, entry, number)


def _photo(
    site: Site, entry: Entry, path: str, tail: list[str], query: dict[str, str]
) -> View | Response | None:
    if entry.protected:
        return None
    for picture in entry.attachments:
        if picture.slug == tail[-1]:
            wanted = site.addresses.attachment(entry, picture)
            if unquote(wanted.removeprefix(site.base)).lower() != path:
                return _moved(wanted, query)
            return attachment(site, entry, picture)
    return None
