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
    """WPBerita, its child themes and its AMP form (fixtures/progres)."""

    theme = "wpberita"
    marks = Marks(
        content=frozenset(("entry-content-single", "entry-content")),
        player=frozenset(("single-thumbnail", "gmr-embed-responsive")),
    )
    roles = Roles(
        {
            "gmr-related-post-onlytitle": Role.RELATED,
            "gmr-related-post": Role.RELATED,
            "inline-banner": Role.NOT_BODY,
            "gmr-socialicon-share": Role.NOT_BODY,
            "share-top": Role.NOT_BODY,
        }
    )


class NewkarmaPage(WPBeritaPage):
    """Newkarma and other themes of the same house, whose names begin with ``gmr-``."""

    theme = "newkarma"


THEMES: Final[dict[str, type[ArticlePage]]] = {
    page.theme: page for page in (WPBeritaPage, NewkarmaPage, GenericPage)
}
"""Name of each theme, as a newsroom's file has it → class of its pages."""

# What the house of these themes (kentooz.com, idtheme.com) writes on the body.
_HOUSE: Final = frozenset(("idtheme", "kentooz"))
_FOLDERS: Final = (
    ("/themes/wpberita", WPBeritaPage),
    ("/themes/newkarma", NewkarmaPage),
)


def page_class_for(document: Document, newsroom: Newsroom) -> type[ArticlePage]:
    """Return the class of pages that *document* shows traces of, else the newsroom's own.

    A page of another host without traces, and a theme that is not known, is read by
    :class:`~crawler.extract.unknown.page.GenericPage`.
    """
    found = detect(document)
    if found is None and same_host(document.url, (newsroom.host, *newsroom.hosts)):
        found = THEMES.get(newsroom.theme)
    return found or GenericPage


def detect(document: Document) -> type[ArticlePage] | None:
    """Return the class of pages that the page shows traces of, ``None`` for an unknown theme.

    A trace is the house's names on ``body`` together with the theme's class of an article, or
    the theme's folder in the address of a stylesheet, which AMP and optimisers take away.
    """
    if not _HOUSE.isdisjoint(document.body_classes):
        classes = (document.article.get("class") or "").split()
        return WPBeritaPage if "content-single" in classes else NewkarmaPage
    for _, _, href in document.head.links:
        for folder, page in _FOLDERS:
            if folder in href:
                return page
    return None
