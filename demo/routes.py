"""Which answer belongs to which address, WordPress's redirects included."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from urllib.parse import unquote, urlencode

from demo import feeds, images, rest, sitemaps
from demo.amp import amp_page
from demo.exchange import Request, Response
from demo.lists import find_listing
from demo.places import find_entry
from demo.site import Site
from demo.theme import STYLE, View, index_page, listing, not_found, page

# Pages kept at most; a newsroom grown to 100,000 articles would fill the memory.
KEPT: Final = 4000
_CSS: Final = Response(kind="text/css", body=STYLE)
_FORBIDDEN: Final = Response(status=403, kind="text/plain")
_POST_ONLY: Final = Response(
    status=405, kind="text/plain", body=b"XML-RPC server accepts POST requests only."
)


class Router:
    """Answers requests for one site, and keeps what it made until the site changes."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._kept: dict[str, Response] = {}
        self._state: object = None
        self._makers: dict[str, Callable[[str, dict[str, str]], Response | None]] = {
            "/robots.txt": lambda _path, _query: sitemaps.robots(site),
            "/sitemap.xml": lambda _path, _query: self._sitemap_xml(),
            "/wp-sitemap": lambda path, _query: sitemaps.answer(site, path.rstrip("/")),
            "/wp-json": lambda path, query: rest.answer(site, path[8:].strip("/"), query),
            "/wp-content/uploads/": lambda path, _query: images.photo(path),
            "/wp-content/themes/wpberita/style.css": lambda _path, _query: _CSS,
            "/wp-content/": lambda _path, _query: None,
            "/wp-": lambda _path, _query: _FORBIDDEN,
            "/xmlrpc.php": lambda _path, _query: _POST_ONLY,
        }

    def answer(self, request: Request) -> Response:
        """Return what the site says to *request*."""
        site = self.site
        if request.method not in ("GET", "HEAD"):
            return Response(status=405, kind="text/plain", body=b"", headers=[("Allow", "GET")])
        state = (site.catalogue.version, repr(site.switches))
        if state != self._state:
            self._kept.clear()
            self._state = state
        if site.switches.restless:
            site.views += 1
            return self._make(request)
        if request.target not in self._kept:
            if len(self._kept) >= KEPT:
                self._kept.clear()
            self._kept[request.target] = self._make(request)
        return self._kept[request.target]

    def _make(self, request: Request) -> Response:
        path = unquote(request.path, errors="replace").lower()
        query = request.query
        found = self._special(path, query)
        if found is None:
            view = self._page(path, query)
            found = view if isinstance(view, Response) else self._html(view, request)
        return found

    def _special(self, path: str, query: dict[str, str]) -> Response | None:
        """Answer what is no page of the theme."""
        site = self.site
        if "rest_route" in query:
            return rest.answer(site, query.pop("rest_route").strip("/"), query)
        for start, make in self._makers.items():
            if path.startswith(start):
                return make(path, query) or self.missing()
        return feeds.answer(site, path, query)

    def _sitemap_xml(self) -> Response | None:
        closed = "sitemap" in self.site.switches.closed
        return None if closed else redirect(f"{self.site.base}/wp-sitemap.xml", 302)

    def _page(self, path: str, query: dict[str, str]) -> View | Response:
        site = self.site
        short = self._short(path, query)
        if short is not None:
            return short
        segments = [part for part in path.split("/") if part]
        number = 1
        if len(segments) > 1 and segments[-2] == "page" and segments[-1].isdigit():
            number = int(segments[-1])
            segments = segments[:-2]
        shown = find_listing(site, segments, query)
        if shown is None:
            return find_entry(site, path, query) or not_found()
        if number > shown.count or not number or (not shown.posts and "s" not in query):
            return not_found()
        wanted = shown.at(site, number).partition("?")[0]
        if unquote(wanted.removeprefix(site.base)).lower() != path:
            return redirect(wanted, 301, query)
        make = index_page if segments == ["indeks"] else listing
        return make(site, shown, number)

    def _short(self, path: str, query: dict[str, str]) -> Response | View | None:
        """Follow ``/?p=ID`` and its like."""
        site = self.site
        if path != "/":
            return None
        for name in ("p", "page_id", "attachment_id"):
            if name in query:
                number = int(query[name]) if query[name].isdigit() else 0
                entry = site.catalogue.entry(number)
                if entry and site.catalogue.named(entry.slug) is entry:
                    return redirect(site.addresses.entry(entry), 301)
                if number in site.catalogue.pictures:
                    picture, parent = site.catalogue.pictures[number]
                    return redirect(site.addresses.attachment(parent, picture), 301)
                return not_found()
        for term in site.content.terms:
            if query.get("cat") == str(term.id):
                return redirect(site.addresses.term(term), 301)
        return None

    def _html(self, view: View, request: Request) -> Response:
        site = self.site
        text = page(site, view)
        if "amp" in request.query and view.status == 200:  # noqa: PLR2004 -- OK
            if not view.amp:
                plain = {name: value for name, value in request.query.items() if name != "amp"}
                return redirect(site.base + request.path, 301, plain)
            text = amp_page(site, view, text)
        links = list(view.links)
        if "rest" not in site.switches.closed:
            links.insert(0, f'<{site.addresses.rest()}>; rel="https://api.w.org/"')
        return Response(
            status=view.status,
            body=text.encode(),
            headers=[("Link", link) for link in links],
            changed=site.catalogue.newest_change.timestamp(),
        )

    def missing(self) -> Response:
        """Return the page for what is not there."""
        view = not_found()
        return Response(status=view.status, body=page(self.site, view).encode())


def redirect(url: str, status: int, query: dict[str, str] | None = None) -> Response:
    """Return a redirect to *url*, with *query* added."""
    if query:
        url = f"{url}{'&' if '?' in url else '?'}{urlencode(query)}"
    return Response(status=status, headers=[("Location", url), ("X-Redirect-By", "WordPress")])
