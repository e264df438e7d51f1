"""What stands in an article above its text, found in one pass."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import islice, takewhile
from typing import Final, TypeAlias

import attrs
from lxml import etree

from crawler.extract import media
from crawler.extract.document import Document, text_of
from crawler.normalise.vocabulary import lists_in

_PLAYERS: Final = ("iframe", "amp-iframe", "amp-youtube", "video", "amp-video")
_BOXES: Final = ("div", "section", "p")
_PLAIN: Final = frozenset(("p", "blockquote", "ul", "ol", "h2", "h3", "h4"))
_EDITORS: Final = re.compile(r"Mso|wp-block|has-|$")  # classes of Word and of the block editor
_IMAGES: Final = ("img", *media.AMP_IMAGES)
_TAGS: Final = ("h1", "h2", "a", "time", "figcaption", *_BOXES, *_IMAGES, *_PLAYERS)

SENTENCE: Final = 40
"""Letters from which on a line is a sentence, not a label or a teaser."""


Marks: TypeAlias = Mapping[str, frozenset[str]]
"""The part of an article that a theme marks → the names in ``class`` by which it does."""

MARKS: Final[Marks] = lists_in("marks")


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
        names = _names(element.get("class"))
        if tag == "a":
            _anchor(header, element, names, marks)
        elif tag in _BOXES:
            if not names.isdisjoint(marks["content"]) and names.isdisjoint(marks["not_content"]):
                header.content = element
                break
            if header.subtitle is None and not names.isdisjoint(marks["subtitle"]):
                header.subtitle = element
            elif not names.isdisjoint(marks["lead"]):
                header.leads.append(element)
            elif not names.isdisjoint(marks["caption"]):
                _only(header, element, names, marks)
        elif tag == "time":
            # An article that was never edited has one element with both names.
            edited = "updated" in names and "published" not in names
            if not document.leads_elsewhere(element):
                (header.updated if edited else header.published).append(element)
        elif tag in _PLAYERS:
            parent = element.getparent()
            if parent is not None and has(parent, marks["player"]):
                header.players.append(element)
        else:
            _only(header, element, names, marks)
    return header


def _only(header: Header, element: etree._Element, names: frozenset[str], marks: Marks) -> None:
    """Keep *element* if it is the headline, the photo or its caption, and the first of them."""
    if element.tag in _IMAGES:
        # What the classic editor makes of a photo with its caption.
        around = islice(element.iterancestors("div"), 2)
        is_captioned = any(has(each, marks["figure"]) for each in around)
        if header.photo is None and (is_captioned or not names.isdisjoint(marks["photo"])):
            header.photo = element
    elif element.tag == "figcaption" or element.tag in _BOXES:
        # Both stand in one figure, the photo maybe inside a link.
        above = header.photo.iterancestors() if header.photo is not None else ()
        if header.caption is None and element.getparent() in list(islice(above, 2)):
            header.caption = element
    elif header.title is None and (element.tag == "h1" or not names.isdisjoint(marks["title"])):
        header.title = element


def _anchor(header: Header, element: etree._Element, names: frozenset[str], marks: Marks) -> None:
    rels = (element.get("rel") or "").split()
    if "category" in rels:
        found = header.categories
    elif "tag" in rels:
        found = header.topics
    elif "author" in rels or not names.isdisjoint(marks["author"]):
        found = header.authors
    else:
        return
    name = text_of(element)
    if name and name not in found:
        found.append(name)


# A theme has some hundred values of ``class``, on every page the same.
@lru_cache(maxsize=2048)
def _names(classes: str | None) -> frozenset[str]:
    return frozenset((classes or "").split())


def has(element: etree._Element, names: frozenset[str]) -> bool:
    """Whether one of *names* is in the class of *element*."""
    return not names.isdisjoint(_names(element.get("class")))


def parts_of(header: Header) -> list[etree._Element]:
    """The elements of the text: leads above the content, unless it begins so, and the content."""
    content, scope = header.content, header.scope
    assert content is not None
    # An ad may have divided the content into several of one name.
    parts, classes = {content: None}, content.get("class")
    for each in scope.iter(str(content.tag)):
        if each.get("class") == classes and each is not content:
            around = list(each.iterancestors())
            posts = (outer for outer in around if outer.tag == "article" or outer is scope)
            if next(posts, None) is scope and parts.keys().isdisjoint(around):
                parts[each] = None
    text = text_of(content) if header.leads else ""
    leads = [each for each in header.leads if text_of(each).rstrip(" .…[]") not in text]
    return [*leads, *parts, *torn_off(next(reversed(parts)), scope)]


def torn_off(content: etree._Element, scope: etree._Element) -> list[etree._Element]:
    """Return what an end tag too many in the text has put behind *content*, or behind its *scope*.

    Who takes half a box out of a text leaves its ``</div>``. What follows are paragraphs without a
    class, where a theme prints elements of its own; a sentence among them, outside *scope* two.
    """
    levels = (list(each.itersiblings("*")) for each in (content, *content.iterancestors()))
    following = next(filter(None, levels), [])
    plain = list(takewhile(_is_plain, following))
    paragraphs = [at for at, each in enumerate(plain) if each.tag == "p"]
    sentences = [each for each in plain if each.tag == "p" and len(text_of(each)) >= SENTENCE]
    if not plain or len(sentences) < (1 if scope in plain[0].iterancestors() else 2):
        return []
    return plain[: paragraphs[-1] + 1]


def _is_plain(element: etree._Element) -> bool:
    """Whether *element* is one that an editor makes, not a theme."""
    names = element.get("class", "")
    return element.tag in _PLAIN and element.get("id") is None and _EDITORS.match(names) is not None


def after_content(content: etree._Element | None, scope: etree._Element) -> list[etree._Element]:
    """Return what follows *content* inside *scope*, at any level."""
    found: list[etree._Element] = []
    while content is not None and content is not scope:
        found += content.itersiblings("*")
        content = content.getparent()
    return found
