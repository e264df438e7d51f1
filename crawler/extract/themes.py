"""Themes: how a page shows which it has, and the class of pages that reads it."""

from __future__ import annotations

from typing import Final

from crawler.extract.document import Document
from crawler.extract.page import ArticlePage
from crawler.extract.unknown.page import GenericPage
from crawler.newsrooms import Newsroom
from crawler.normalise.urls import same_host

THEMES: Final[dict[str, type[ArticlePage]]] = {
    "wpberita": ArticlePage,
    "newkarma": ArticlePage,
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
        return ArticlePage
    if any(folder in href for _, _, href in document.links for folder in _FOLDERS):
        return ArticlePage
    if same_host(document.url, (newsroom.host, *newsroom.hosts)):
        return THEMES.get(newsroom.theme, GenericPage)
    return GenericPage
