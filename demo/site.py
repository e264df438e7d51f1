"""The site as it stands now: its content, its addresses, and the switches a test may turn."""

from __future__ import annotations

import re
from typing import Final

import attrs

from demo.addresses import Addresses
from demo.catalogue import Catalogue
from demo.content import CATEGORY, TAG, Content, Entry, Term
from demo.shortcodes import Fill, with_players
from demo.source import SourceError
from demo.wptext import NEXT_PAGE, has_blocks, paragraphs, texturize, without_block_comments

DOORS: Final = ("rest", "sitemap", "feed")
VALIDATORS: Final = ("all", "wp", "none")

_PLACEHOLDER: Final = re.compile(r"%(?:link:([^%]+)|uploads|home)%")


@attrs.define(kw_only=True)
class Switches:
    """How the site behaves; any of it may change while it serves."""

    closed: set[str] = attrs.field(factory=set)
    """Doors that are shut: ``rest`` (401), ``sitemap`` and ``feed`` (404)."""

    validators: str = "wp"
    """Who sends ETag and Last-Modified: ``all``, ``wp`` (feeds only, as bare WordPress) or
    ``none``."""

    lastmod: bool = False
    """Whether sitemaps state ``lastmod``, as WordPress does from 6.5 on."""

    inside_ad: bool = True
    """Whether the ad within the text is on: the theme then drops nearly every ``</p>``."""

    restless: bool = False
    """Whether each look at an article counts a view and shows other related posts."""

    appended: str = ""
    """What a plugin puts at the end of every text, in pages, REST and feeds: HTML."""

    compress: bool = True
    """Whether answers are compressed for clients that accept it."""

    crawl_delay: float | None = None
    disallow: list[str] = attrs.field(factory=list)


class Site:
    """What every page, feed and REST object is made from."""

    def __init__(self, content: Content, base: str) -> None:
        self.content = content
        self.house = content.house
        self.addresses = Addresses(base, content.house, content.terms)
        self.catalogue = Catalogue(content)
        self.switches = Switches()
        self.views = 0
        for entry in content.entries:
            self.resolved(entry.content)

    @property
    def base(self) -> str:
        """Base address, no slash at its end."""
        return self.addresses.base

    @property
    def menu(self) -> list[Term]:
        """Categories of the main menu."""
        categories = {term.slug: term for term in self.content.terms if term.taxonomy == CATEGORY}
        return [categories[slug] for slug in self.house.menu]

    @property
    def categories_by_name(self) -> list[Term]:
        """All categories."""
        found = (term for term in self.content.terms if term.taxonomy == CATEGORY)
        return sorted(found, key=lambda term: term.name)

    @property
    def popular_tags(self) -> list[Term]:
        """The eight tags with the most posts."""
        tags = [term for term in self.content.terms if term.taxonomy == TAG]
        return sorted(tags, key=lambda term: (-len(self.catalogue.of_term(term)), term.name))[:8]

    def resolved(self, text: str) -> str:
        """Return *text* with its placeholders made addresses; :exc:`SourceError` for no article."""
        return _PLACEHOLDER.sub(self._resolve, text)

    def _resolve(self, match: re.Match[str]) -> str:
        if match[0] == "%uploads%":
            return self.addresses.upload("").rstrip("/")
        if match[0] == "%home%":
            return self.base
        try:
            return self.addresses.entry(self.catalogue.any_named(match[1]))
        except KeyError:
            raise SourceError(f"{match[0]} names no article of this newsroom") from None

    def title(self, entry: Entry) -> str:
        """Return the title of *entry* as shown, typographic, with the prefix of protected posts."""
        title = texturize(entry.title)
        return f"Diproteksi: {title}" if entry.protected else title

    def pages(self, entry: Entry) -> list[str]:
        """Return the text of each page of *entry* as HTML, before the theme adds to it."""
        return [self._filtered(entry, part) for part in entry.content.split(NEXT_PAGE)]

    def whole(self, entry: Entry) -> str:
        """Return the text of all pages as one, the break between them a comment."""
        return self._filtered(entry, entry.content)

    def _filtered(self, entry: Entry, text: str) -> str:
        text = with_players(self.resolved(text))
        if has_blocks(text):
            text = texturize(without_block_comments(text)) + "\n"
        else:
            text = paragraphs(texturize(text))
        fill = Fill(self.addresses, entry)
        return fill.shortcodes(fill.images(text)) + self.switches.appended
