"""What stands in an article above its text, found in one pass."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import attrs
from lxml import etree

from crawler.extract import media
from crawler.extract.document import Document, text_of

_TAGS: Final = (
    *("h1", "h2", "p", "a", "time", "img", "figcaption", "div", "section"),
    *media.AMP_IMAGES,
    *("iframe", "amp-iframe", "amp-youtube", "video", "amp-video"),
)
_PLAYERS: Final = frozenset(("iframe", "amp-iframe", "amp-youtube", "video", "amp-video"))
_BOXES: Final = frozenset(("div", "section", "p"))
_NONE: Final[frozenset[str]] = frozenset()
_IMAGES: Final = frozenset(("img", *media.AMP_IMAGES))


@attrs.frozen(kw_only=True)
class Marks:
    """Names in ``class`` by which a theme marks the parts of an article."""

    content: frozenset[str] = frozenset(("entry-content",))
    not_content: frozenset[str] = frozenset(("entry-content-archive", "entry-summary"))
    title: frozenset[str] = frozenset(("entry-title", "post-title"))
    subtitle: frozenset[str] = frozenset(("subtitle", "entry-subtitle"))
    lead: frozenset[str] = frozenset(
        ("lead", "post-lead", "excerpt", "post-excerpt", "entry-excerpt")
    )
    author: frozenset[str] = frozenset(("fn",))
    photo: frozenset[str] = frozenset(("wp-post-image",))
    player: frozenset[str] = frozenset(("single-thumbnail", "gmr-embed-responsive"))
    footer: frozenset[str] = frozenset(("entry-footer", "tags-links", "gmr-cf-metacontent"))
    credits: frozenset[str] = frozenset(("gmr-cf-metacontent",))


@attrs.define
class Header:
    """The parts of one page's article, as far as it has them."""

    scope: etree._Element
    """The element around the article."""

    title: etree._Element | None = None
    subtitle: etree._Element | None = None
    published: list[etree._Element] = attrs.field(factory=list)
    updated: list[etree._Element] = attrs.field(factory=list)
    authors: list[str] = attrs.field(factory=list)
    categories: list[str] = attrs.field(factory=list)
    topics: list[str] = attrs.field(factory=list)
    photo: etree._Element | None = None
    caption: etree._Element | None = None
    players: list[etree._Element] = attrs.field(factory=list)
    content: etree._Element | None = None
    leads: list[etree._Element] = attrs.field(factory=list)


def read_header(document: Document, marks: Marks) -> Header:
    """Return what stands above the text of the article on *document*, and its content."""
    header = Header(document.article)
    for element in header.scope.iter(*_TAGS):
        tag = element.tag
        classes = element.get("class")
        names = _names(classes) if classes else _NONE
        if tag == "a":
            _anchor(header, element, names, marks)
        elif tag in _BOXES:
            if (
                names
                and not names.isdisjoint(marks.content)
                and names.isdisjoint(marks.not_content)
            ):
                header.content = element
                break
            if header.subtitle is None and not names.isdisjoint(marks.subtitle):
                header.subtitle = element
            elif not names.isdisjoint(marks.lead):
                header.leads.append(element)
        elif tag == "time":
            # An article that was never edited has one element with both names.
            edited = "updated" in names and "published" not in names
            if not document.leads_elsewhere(element):
                (header.updated if edited else header.published).append(element)
        elif tag in _PLAYERS:
            if _is_player(element, marks):
                header.players.append(element)
        else:
            _only(header, element, names, marks)
    return header


# A theme has some hundred values of ``class``, on every page the same.
@lru_cache(maxsize=2048)
def _names(classes: str) -> frozenset[str]:
    return frozenset(classes.split())


def _only(header: Header, element: etree._Element, names: frozenset[str], marks: Marks) -> None:
    """Keep *element* if it is the headline, the photo or its caption, and the first of them."""
    if element.tag in _IMAGES:
        if header.photo is None and not names.isdisjoint(marks.photo):
            header.photo = element
    elif element.tag == "figcaption":
        if header.caption is None and _belongs_to(element, header.photo):
            header.caption = element
    elif header.title is None and (element.tag == "h1" or not names.isdisjoint(marks.title)):
        header.title = element


def _anchor(header: Header, element: etree._Element, names: frozenset[str], marks: Marks) -> None:
    rels = (element.get("rel") or "").split()
    if "category" in rels:
        _add(header.categories, text_of(element))
    elif "tag" in rels:
        _add(header.topics, text_of(element))
    elif "author" in rels or not names.isdisjoint(marks.author):
        _add(header.authors, text_of(element))


def _add(names: list[str], name: str) -> None:
    if name and name not in names:
        names.append(name)


def _belongs_to(caption: etree._Element, photo: etree._Element | None) -> bool:
    """Whether *caption* stands in the figure of *photo*, which may be inside a link."""
    figure = caption.getparent()
    if photo is None or figure is None:
        return False
    around = photo.getparent()
    return around is figure or (around is not None and around.getparent() is figure)


def _is_player(element: etree._Element, marks: Marks) -> bool:
    parent = element.getparent()
    return parent is not None and has(parent, marks.player)


def has(element: etree._Element, names: frozenset[str]) -> bool:
    """Whether one of *names* is in the class of *element*."""
    classes = element.get("class")
    return classes is not None and not names.isdisjoint(classes.split())
