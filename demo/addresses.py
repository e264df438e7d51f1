"""Where everything stands: the addresses that WordPress gives posts, terms, users and dates."""

from __future__ import annotations

import datetime as dt
from urllib.parse import quote

from demo.content import CATEGORY, TAG, Author, Entry, House, Picture, Term, in_path

_TERM_BASE = {CATEGORY: "category", TAG: "tag"}


class Addresses:
    """Makes absolute addresses below *base* (no slash at its end)."""

    def __init__(self, base: str, house: House, terms: tuple[Term, ...]) -> None:
        self.base = base
        self.slash = house.slash
        self.permalinks = house.permalinks
        self._terms = {term.id: term for term in terms}

    def home(self) -> str:
        return f"{self.base}/"

    def at(self, path: str) -> str:
        """Return the address of *path*, which has no slash at either end."""
        return f"{self.base}/{path}{self.slash}"

    def entry(self, entry: Entry, page: int = 1) -> str:
        """Return the address of *entry*, or of one of its pages."""
        first = self.base + self.path(entry)
        if page < 2:  # noqa: PLR2004 -- the first page is the article's own address
            return first
        return f"{first.rstrip('/')}/{page}{self.slash}"

    def path(self, entry: Entry) -> str:
        """Return the path of *entry*: its first category by id stands in it, with its parents."""
        if entry.kind == "page":
            return f"/{in_path(entry.slug)}{self.slash}"
        category = min(entry.categories, key=lambda term: term.id, default=None)
        folder = self.family(category) if category else "uncategorized"
        return self.permalinks.replace("%category%", folder).replace(
            "%postname%", in_path(entry.slug)
        )

    def family(self, term: Term) -> str:
        """Return the slugs of *term*'s parents and its own: ``olahraga/sepak-bola``."""
        above = self._terms.get(term.parent)
        return f"{self.family(above)}/{term.slug}" if above else term.slug

    def term(self, term: Term) -> str:
        """Return the address of *term*'s archive."""
        return self.at(f"{_TERM_BASE.get(term.taxonomy, 'topic')}/{self.family(term)}")

    def author(self, author: Author) -> str:
        """Return the address of *author*'s archive."""
        return self.at(f"author/{author.slug}")

    def day(self, day: dt.datetime) -> str:
        """Return the address of a day's archive."""
        return self.at(f"{day:%Y/%m/%d}")

    def attachment(self, entry: Entry, picture: Picture) -> str:
        """Return the address of a photo's own page."""
        parent = self.entry(entry).rstrip("/")
        middle = "/attachment/" if "%category%" in self.permalinks else "/"
        return f"{parent}{middle}{in_path(picture.slug)}{self.slash}"

    def short(self, number: int) -> str:
        """Return the short address of the entry with that id."""
        return f"{self.base}/?p={number}"

    def upload(self, file: str) -> str:
        """Return the address of a file in the media library."""
        return f"{self.base}/wp-content/uploads/{file}"

    def rest(self, path: str = "") -> str:
        """Return an address below the REST root."""
        return f"{self.base}/wp-json/{path}"

    def feed(self, of: str = "") -> str:
        """Return the address of a feed: the site's, or that of the address *of*."""
        return f"{(of or self.base).rstrip('/')}/feed{self.slash}"

    def escaped(self, url: str) -> str:
        """Return *url* fit for a query string."""
        return quote(url, safe="")
