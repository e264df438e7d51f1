"""The lines of a page as a reader sees them.

A line is what stands between two block elements or line breaks: a byline, a date, a paragraph.
Menus, comments and other articles are furniture, known by the names of the elements around them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final

import attrs
from lxml import etree

from crawler.extract.document import holds_more, text_of
from crawler.normalise.text import fold

SENTENCE: Final = 40
"""Letters from which on a line is a sentence, not a label or a teaser."""


def called(names: str) -> re.Pattern[str]:
    """Return a pattern of classes and ids in which one of *names*, a pattern, is a whole word."""
    return re.compile(rf"(?:^|[\s_-])(?:{names})(?:$|[\s_-])", re.IGNORECASE)


_INVISIBLE: Final = frozenset(
    (
        *("script", "style", "noscript", "template", "svg", "iframe", "object", "select", "head"),
        *("textarea", "button", "canvas", "audio", "video", "option"),
    )
)
# A cell is not one: "Penulis | : Sari Dewi" in a table's row is one line.
_BLOCKS: Final = frozenset(
    (
        *("address", "article", "aside", "blockquote", "body", "br", "center", "dd", "div", "dl"),
        *("dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4"),
        *("h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "table"),
        *("tr", "ul"),
    )
)
# Names of the parts of a page that are never the article: what WordPress' own templates and the
# common theme families call comments (fixtures/lintas/komentar-lebih-panjang), menus, neighbours,
# teasers and social buttons.
_NEVER: Final = called(
    r"comments?|comment-?(?:list|respond|form|area)|respond|disqus|nav|navbar|navigation|menu"
    r"|breadcrumbs?|pagination|prevnext|newsletter|subscribe|popup|modal|cookie"
)
# These are also said of whole pages: div.with-sidebar, div#post-947.share-simple.
_SELDOM: Final = called(
    r"sidebar|widgets?|related|terkait|populer|terpopuler|trending|share|sharing|social|sosmed"
    r"|prev|next|ticker|runscroll|running-text|banner|iklan|advert|ads|copyright|recommend"
    r"|recommended|rekomendasi|sponsored?|promoted?"
)
# Themes name the text's own container so; what else its name says (has-share) does not count.
_CONTENT: Final = called(
    r"(?:entry|post|article|single|news|the|detail|read|berita|isi)[-_]{0,2}(?:single-)?"
    r"(?:content|body|text|konten|berita)"
)
_POST_ID: Final = re.compile(r"post-\d+")
# No list of other articles is longer than this and than what a page says beside it.
_TEASERS: Final = 3_000
CAPTION: Final = called(
    r"\w*captions?|caption\w*|keterangan|deskripsi|ket|(?:foto|photo|image|img|pic)-?(?:desc|ket|info)"
)
_FURNITURE_TAGS: Final = frozenset(("nav", "aside"))
# Style sheets keep these apart: "Penulis: Sari Dewi" in one, "Editor: Rian Tobu" in the next.
_APART: Final = frozenset(("td", "th", "span", "time"))
# Lines; no page that somebody reads has more.
_MOST: Final = 20_000


@attrs.frozen
class Line:
    """One line, and the innermost element that holds all of it."""

    text: str
    element: etree._Element


def is_caption(line: Line) -> bool:
    """Whether *line*, or the element around it, is called a caption."""
    element = line.element
    parent = element.getparent()
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    if parent is not None:
        names += f" {parent.get('class') or ''}"
    return element.tag == "figcaption" or CAPTION.search(names) is not None


def is_linked(line: Line) -> bool:
    """Whether a third of *line* or more are links."""
    links = 0
    for link in line.element.iter("a"):
        text = text_of(link) if not holds_more(link, len(line.text)) else ""
        links += len(text) if text in line.text else 0
    return 3 * links > len(line.text)


def small_elements(lines: Iterable[Line], letters: int) -> Iterator[etree._Element]:
    """Yield the elements of *lines* that hold at most *letters*, each once."""
    seen: set[etree._Element] = set()
    for line in lines:
        if line.element not in seen and not holds_more(line.element, letters):
            seen.add(line.element)
            yield line.element


def is_furniture(element: etree._Element, *, loose: bool = False) -> bool:
    """Whether *element* by its name is none of the article: a menu, comments, a list of others.

    *loose* lets pass what some themes also call the line with byline and date: social, share.
    """
    if element.tag in _FURNITURE_TAGS:
        return True
    if element.tag in ("body", "html", "article", "main"):
        return False
    names, own_id = element.get("class", ""), element.get("id", "")
    if not (names or own_id) or _POST_ID.fullmatch(own_id):
        return False
    names = f"{names} {own_id}"
    if _CONTENT.search(names):
        return False
    if _NEVER.search(names):
        return True
    return not loose and bool(_SELDOM.search(names)) and not holds_more(element, _TEASERS)


def lines(
    scope: etree._Element,
    *,
    keep: frozenset[etree._Element] = frozenset(),
    loose: bool = False,
    everything: bool = False,
) -> list[Line]:
    """Return the lines in *scope* in order.

    Parts that are furniture by their name are left out unless they hold one of *keep*: themes
    wrap whole pages in a ``div.sidebar-right``. *loose* is that of :func:`is_furniture`;
    with *everything* nothing is furniture.
    """
    found: list[Line] = []
    pieces: list[str] = []
    holder = scope

    def finish() -> None:
        text = fold("".join(pieces))
        pieces.clear()
        if text and len(found) < _MOST:
            found.append(Line(text, holder))

    def unwanted(element: etree._Element) -> bool:
        if element.tag in _INVISIBLE:
            return True
        return not everything and element not in keep and is_furniture(element, loose=loose)

    for event, element in _walk(scope, unwanted):
        block = element.tag in _BLOCKS
        if block:
            finish()
        elif element.tag in _APART:
            pieces.append(" ")
        if event == "start":
            holder = element if block and element.tag != "br" else holder
            pieces.append(element.text or "")
        else:
            holder = _block_of(element) if block else holder
            pieces.append(element.tail or "")
    finish()
    return found


def _block_of(element: etree._Element) -> etree._Element:
    for each in element.iterancestors():
        if each.tag in _BLOCKS:
            return each
    return element


def _walk(
    scope: etree._Element, unwanted: Callable[[etree._Element], bool]
) -> Iterator[tuple[str, etree._Element]]:
    """Yield the beginning and the end of every visible element in *scope*, not of itself.

    Of what is left out only the end is yielded: what follows it belongs to the line around it.
    """
    walker = etree.iterwalk(scope, events=("start", "end", "comment", "pi"))
    for event, element in walker:
        if event in ("comment", "pi"):
            yield "end", element
        elif event == "start" and element is not scope and unwanted(element):
            walker.skip_subtree()
        elif element is not scope or event == "start":
            yield event, element
