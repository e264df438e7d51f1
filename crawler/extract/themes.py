"""Themes: which classes of the markup mean what, and how a page shows its theme."""

from __future__ import annotations

from typing import Final

from crawler.extract.document import Document
from crawler.extract.header import Marks
from crawler.extract.page import ArticlePage
from crawler.extract.roles import Role, Roles
from crawler.extract.unknown.page import GenericPage
from crawler.newsrooms import Newsroom
from crawler.normalise.urls import same_host


class WPBeritaPage(ArticlePage):
    """WPBerita, Newkarma and other themes of their house, child themes and AMP (fixtures/progres)."""

    marks = Marks(content=frozenset(("entry-content-single", "entry-content")))
    roles = Roles(
        {
            **dict.fromkeys(("gmr-related-post-onlytitle", "gmr-related-post"), Role.RELATED),
            **dict.fromkeys(("inline-banner", "gmr-socialicon-share", "share-top"), Role.NOT_BODY),
        }
    )


THEMES: Final[dict[str, type[ArticlePage]]] = {
    "wpberita": WPBeritaPage,
    "newkarma": WPBeritaPage,
    "generic": GenericPage,
}
"""Name of each theme, as a newsroom's file has it → class of its pages."""

# What the house of these themes (kentooz.com, idtheme.com) writes on the body.
_HOUSE: Final = frozenset(("idtheme", "kentooz"))
_FOLDERS: Final = ("/themes/wpberita", "/themes/newkarma")


def page_class_for(document: Document, newsroom: Newsroom) -> type[ArticlePage]:
    """Return the class of pages that *document* shows traces of, else the newsroom's own.

    A trace is the house's name on ``body``, or the theme's folder in the address of a stylesheet,
    which AMP and optimisers take away. A page of another host without traces, and a theme that is
    not known, is read by :class:`~crawler.extract.unknown.page.GenericPage`.
    """
    if not _HOUSE.isdisjoint(document.body_classes):
        return WPBeritaPage
    if any(folder in href for _, _, href in document.head.links for folder in _FOLDERS):
        return WPBeritaPage
    if same_host(document.url, (newsroom.host, *newsroom.hosts)):
        return THEMES.get(newsroom.theme, GenericPage)
    return GenericPage
