"""The lines of a page as a reader sees them.

A line is what stands between two block elements or line breaks: a byline, a date, a paragraph.
Menus, comments and other articles are furniture, known by the names of the elements around them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from typing import Final

import attrs
from lxml import etree

from crawler.extract.document import holds_more, text_of
from crawler.extract.header import SENTENCE
from crawler.extract.roles import is_unseen
from crawler.normalise.text import fold
from crawler.normalise.vocabulary import patterns_in

_WORD: Final = re.compile(r"\w+")
CALLED: Final = patterns_in("parts", r"(?:^|[\s_-])(?:%s)(?:$|[\s_-])", re.IGNORECASE)
"""By part of the page, the classes and ids that have a name of it as a whole word."""
SIGNS: Final = patterns_in("signs", flags=re.IGNORECASE)

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
# What a page builder calls a widget is any part of a text.
_BUILDERS: Final = re.compile(
    r"elementor-widget|so-panel widget|widget_sow-editor|siteorigin-widget"
)
_POST_ID: Final = re.compile(r"post-\d+")
# Letters; a longer part is looked at line by line.
_LINKS: Final = 600
# No list of other articles is longer than this and than what a page says beside it.
_TEASERS: Final = 3_000
_FURNITURE_TAGS: Final = frozenset(("nav", "aside"))
_WHOLE: Final = frozenset(("body", "html", "article", "main"))
# Style sheets keep these apart: "Penulis: Sari Dewi" in one, "Editor: Rian Tobu" in the next.
_APART: Final = frozenset(("td", "th", "span", "time"))
# Lines; no page that somebody reads has more.
_MOST: Final = 20_000
# The label of another part of the page is no longer than this.
_LONGEST_LABEL: Final = 40


@attrs.frozen
class Line:
    """One line, and the innermost element that holds all of it."""

    text: str
    element: etree._Element

    furniture: tuple[etree._Element, ...] = ()
    """The elements around it that are none of the article by their name."""

    @cached_property
    def letters(self) -> int:
        """How many letters and digits it has; a link has none."""
        return 0 if is_linked(self) else len(squeeze(self.text))

    @cached_property
    def holders(self) -> tuple[etree._Element, ...]:
        """The element, and those around it."""
        return (self.element, *self.element.iterancestors())

    @property
    def weight(self) -> int:
        """How many letters it has as a sentence; a label is none."""
        return self.letters if len(self.text) >= SENTENCE else 0


@lru_cache(maxsize=1024)
def squeeze(text: str) -> str:
    """Return the letters and digits of *text*: what two readers of a page cannot differ in."""
    return "".join(_WORD.findall(text.casefold()))


def is_caption(line: Line) -> bool:
    """Whether *line*, or the element around it, is called a caption."""
    element = line.element
    parent = element.getparent()
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    if parent is not None:
        names += f" {parent.get('class') or ''}"
    return element.tag == "figcaption" or CALLED["caption"].search(names) is not None


def is_linked(line: Line) -> bool:
    """Whether a third of *line* or more are links."""
    links = 0
    for link in line.element.iter("a"):
        text = text_of(link) if not holds_more(link, len(line.text)) else ""
        links += len(text) if text in line.text else 0
    return 3 * links > len(line.text)


def is_list_of_links(element: etree._Element) -> bool:
    """Whether *element* is a box of links under a label or without one: other articles, sections."""
    if element.tag not in ("div", "section", "ul") or holds_more(element, _LINKS):
        return False
    links = [text_of(link) for link in element.iter("a")]
    linked = sum(map(len, links))
    return len(links) > 1 and len(text_of(element)) - linked <= max(SENTENCE, linked)


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
    tag = element.tag
    if tag in _FURNITURE_TAGS or tag in _WHOLE:
        return tag in _FURNITURE_TAGS
    names, own_id = element.get("class", ""), element.get("id", "")
    is_never, is_seldom = _called_furniture(names, own_id) if names or own_id else (False, False)
    return is_never or (is_seldom and not loose and not holds_more(element, _TEASERS))


@lru_cache(maxsize=4096)
def _called_furniture(names: str, own_id: str) -> tuple[bool, bool]:
    """Whether these are names of a part that is never, and of one that is seldom, the article."""
    names = _BUILDERS.sub("", f"{names} {own_id}")
    if _POST_ID.fullmatch(own_id) or CALLED["content"].search(names):
        return False, False
    return bool(CALLED["never"].search(names)), bool(CALLED["seldom"].search(names))


def among(
    lines: Iterable[Line], keep: Collection[etree._Element], *, loose: bool = False
) -> list[Line]:
    """Return those of *lines* that may be the article's.

    What stands in furniture is left out, unless that holds one of *keep*: themes wrap whole pages
    in a ``div.sidebar-right``. *loose* is that of :func:`is_furniture`.
    """
    names = {each for line in lines for each in line.furniture if each not in keep}
    wanted = {each for each in names if loose and not is_furniture(each, loose=True)}
    return [
        line for line in lines if all(each in keep or each in wanted for each in line.furniture)
    ]


def place_of(lines: Sequence[Line], heading: etree._Element | None) -> int | None:
    """Return which of *lines* the *heading* is, or is a part of."""
    if heading is None:
        return None
    words, inside, around = text_of(heading), set(heading.iter()), set(heading.iterancestors())
    for at, line in enumerate(lines):
        # A heading that is no block is a part of the line, or all of it.
        if line.element in inside or (line.element in around and words in line.text):
            return at
    return None


def lines(scope: etree._Element, seen: Collection[etree._Element] = ()) -> list[Line]:
    """Return the lines in *scope* that a reader sees, in order; *seen* is seen in any case."""
    found: list[Line] = []
    pieces: list[str] = []

    def finish(holder: etree._Element, around: tuple[etree._Element, ...]) -> None:
        text = fold("".join(pieces)) if pieces else ""
        pieces.clear()
        if text and len(found) < _MOST:
            found.append(Line(text, holder, around))

    def read(
        element: etree._Element, holder: etree._Element, around: tuple[etree._Element, ...]
    ) -> None:
        text = element.text
        if text and (pieces or not text.isspace()):
            pieces.append(text)
        for child in element:
            tag = child.tag
            if tag.__class__ is str and tag not in _INVISIBLE:  # comments have a function for one
                if tag in _BLOCKS:
                    finish(holder, around)
                named = child.keys()
                if tag != "br" and (not named or child in seen or not is_unseen(child)):
                    is_other = (named or tag in _FURNITURE_TAGS) and is_furniture(child)
                    inside = (*around, child) if is_other else around
                    if tag in _BLOCKS:
                        read(child, child, inside)
                        finish(child, inside)
                    elif inside is not around:
                        outer = pieces.copy()
                        pieces.clear()
                        read(child, child, inside)
                        finish(child, inside)
                        pieces.extend(outer)
                    else:
                        apart = [" "] if tag in _APART else []
                        pieces.extend(apart)
                        read(child, holder, around)
                        pieces.extend(apart)
            text = child.tail
            if text and (pieces or not text.isspace()):
                pieces.append(text)

    read(scope, scope, ())
    finish(scope, ())
    return found


def labels_another_part(line: Line) -> bool:
    """Whether *line* is the label over other articles, or over what readers say."""
    return len(line.text) <= _LONGEST_LABEL and bool(SIGNS["other_part"].match(line.text))
