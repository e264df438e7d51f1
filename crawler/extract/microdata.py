"""Microdata: elements that say with ``itemprop`` what they hold."""

from __future__ import annotations

from typing import Final, cast

import attrs
from lxml import etree

from crawler.extract.document import text_of
from crawler.extract.ldjson import ARTICLE_TYPES, PAGE_TYPES
from crawler.normalise.text import fold

# A page has some dozens; a list of teasers has hundreds.
_MOST: Final = 1_000

_ITEMPROPS: Final = etree.XPath("//*[@itemprop]")


@attrs.frozen
class Property:
    """An element with an ``itemprop``, of the page's own article."""

    name: str
    element: etree._Element

    @property
    def value(self) -> str:
        """What it says: ``content``, ``datetime``, an address, the ``name`` in it, or its text."""
        element = self.element
        stated = element.get("content") or element.get("datetime")
        if stated:
            return fold(stated)
        if element.tag in ("img", "amp-img", "source"):
            return fold(element.get("src") or "")
        if element.tag == "link" or (element.tag == "a" and self.name in ("image", "url")):
            return fold(element.get("href") or "")
        for child in element.iterdescendants():
            if child.get("itemprop") == "name":
                return fold(child.get("content") or "") or text_of(child)
        return text_of(element)


def read_microdata(root: etree._Element) -> tuple[Property, ...]:
    """Return the properties of the page's own article, in document order.

    Properties of people, comments, breadcrumbs and the like are left out. Where several articles
    are marked up, the page's own is the one that has the text, or a headline.
    """
    found: list[tuple[Property, etree._Element | None]] = []
    for element in cast("list[etree._Element]", _ITEMPROPS(root))[:_MOST]:
        # The tag's own name says more: there are sites that mark descriptions as headlines.
        if element.tag == "meta" and (element.get("name") or element.get("property")):
            continue
        scope = _scope(element)
        if scope is None or _may_be_the_page(scope):
            names = (element.get("itemprop") or "").split()
            found.extend((Property(name, element), scope) for name in names)
    own = _own_scope(found)
    return tuple(
        each for each, scope in found if scope is None or scope is own or not _is_an_article(scope)
    )


def _scope(element: etree._Element) -> etree._Element | None:
    """Return the thing whose property *element* is, ``None`` for the page itself."""
    for each in element.iterancestors():
        if each.get("itemscope") is not None:
            return each
    return None


def _own_scope(found: list[tuple[Property, etree._Element | None]]) -> etree._Element | None:
    for wanted in ("articleBody", "headline", "datePublished"):
        for each, scope in found:
            if each.name == wanted and scope is not None and _is_an_article(scope):
                return scope
    return None


def _kind(scope: etree._Element) -> str:
    return (scope.get("itemtype") or "").rstrip("/").rsplit("/", 1)[-1]


def _is_an_article(scope: etree._Element) -> bool:
    return _kind(scope) in ARTICLE_TYPES


def _may_be_the_page(scope: etree._Element) -> bool:
    kind = _kind(scope)
    return kind in ARTICLE_TYPES or kind in PAGE_TYPES or kind in ("", "CreativeWork", "Blog")
