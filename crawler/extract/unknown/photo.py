"""The photo above the text of an unknown page, and its caption."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import takewhile
from typing import Final

import attrs
from lxml import etree

from crawler.extract import media
from crawler.extract.document import holds_more, text_of
from crawler.extract.unknown.facts import Facts
from crawler.extract.unknown.lines import CAPTION, is_caption, is_furniture
from crawler.extract.unknown.metadata import Stated
from crawler.normalise.text import fold

_NO_PHOTO: Final = re.compile(
    r"/ads?[./-]|[./]ads\\d|adserv|[?&]zoneid=|doubleclick|avatar|gravatar|logo|icon|emoji|banner|placeholder|spacer|default[-_]|blank\.|pixel|loading",
    re.IGNORECASE,
)
# Pixels; what is smaller is an icon.
_SMALL: Final = 150
# Letters of a caption.
_LONGEST: Final = 1_000
_SHORTEST: Final = 12
# A caption is looked for in no more elements around its photo.
_ABOVE_CAPTION: Final = 4


@attrs.frozen
class LeadPhoto:
    """The lead photo as far as the page states it."""

    url: str | None = None
    alt: str | None = None
    caption: str | None = None
    source: str = ""

    @property
    def is_printed(self) -> bool:
        """Whether the page shows it; else only its metadata name it."""
        return self.source.startswith("img")


def find(facts: Facts) -> LeadPhoto:
    """Return the lead photo of *facts*.

    The theme's own, else a large one between headline and text, else the one that metadata name:
    that one has no alternative text.
    """
    caption = _caption(facts)
    for image in _images(facts):
        url = facts.document.absolute(media.source(image))
        if url is None or _NO_PHOTO.search(url) or _is_small(image):
            continue
        box = list(_box(image, facts.heading))
        own = _named_caption(box) or caption or _text(box)
        name = "img.wp-post-image" if "wp-post-image" in image.get("class", "") else "img"
        return LeadPhoto(url, fold(image.get("alt") or "") or None, own, name)
    stated = _stated(facts)
    if stated is not None:
        return LeadPhoto(facts.document.absolute(stated.value), None, caption, stated.source)
    return LeadPhoto()


def _images(facts: Facts) -> list[etree._Element]:
    """Return the images between headline and text, the theme's own first."""
    assert facts.body is not None
    content = facts.body.element
    scope = facts.scope
    if scope is None:
        parent = content.getparent()
        scope = content if parent is None else parent
    above = takewhile(lambda each: each is not content, scope.iter())
    found = [
        each
        for each in above
        if each.tag in ("img", *media.AMP_IMAGES) and not _is_hidden(each, scope)
    ]
    found.sort(key=lambda each: "wp-post-image" not in each.get("class", ""))
    return found


def _is_hidden(image: etree._Element, scope: etree._Element) -> bool:
    """Whether *image* is a counter for readers without scripts, or in a part that is furniture."""
    for element in image.iterancestors():
        if element is scope:
            return False
        if element.tag == "noscript" or is_furniture(element):
            return True
    return False


def _is_small(image: etree._Element) -> bool:
    for side in ("width", "height"):
        stated = image.get(side) or ""
        if stated.isdecimal() and len(stated) < 5 and int(stated) < _SMALL:  # noqa: PLR2004 -- digits
            return True
    return False


def _box(image: etree._Element, headline: etree._Element | None) -> Iterator[etree._Element]:
    """Yield the figure, or the small elements, around *image*."""
    above = set() if headline is None else set(headline.iterancestors())
    for level, element in enumerate(image.iterancestors()):
        if level == _ABOVE_CAPTION or element in above or holds_more(element, _LONGEST):
            return
        yield element
        if element.tag == "figure":
            return


def _named_caption(box: Iterable[etree._Element]) -> str | None:
    for element in box:
        for child in element.iter("figcaption", "p", "div", "span", "small"):
            if child.tag == "figcaption" or CAPTION.search(child.get("class") or ""):
                return text_of(child) or None
    return None


def _text(box: Iterable[etree._Element]) -> str | None:
    """Return the words around a photo where nothing is called a caption."""
    for element in box:
        text = fold(" ".join(map(str, element.itertext())))
        if len(text) >= _SHORTEST and next(element.iter("a", "h1", "h2", "h3"), None) is None:
            return text
    return None


def _caption(facts: Facts) -> str | None:
    """Return the line between headline and text that is called a caption."""
    for line in facts.around.header:
        if is_caption(line) and len(line.text) <= _LONGEST:
            return line.text
    return None


def _stated(facts: Facts) -> Stated | None:
    for stated in facts.metadata.images():
        if not _NO_PHOTO.search(stated.value.rsplit("/", 1)[-1]):
            return stated
    return None
