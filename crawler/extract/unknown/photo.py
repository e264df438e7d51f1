"""The photo above the text of an unknown page, and its caption."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, takewhile
from typing import Final

import attrs
from lxml import etree

from crawler.extract import media
from crawler.extract.document import holds_more, text_of
from crawler.extract.roles import is_clutter
from crawler.extract.unknown.facts import Facts
from crawler.extract.unknown.lines import CAPTION, is_caption
from crawler.extract.unknown.metadata import Stated
from crawler.normalise.text import fold

_NO_PHOTO: Final = re.compile(
    r"/ads?[./-]|[./]ads\d|adserv|[?&]zoneid=|doubleclick|gravatar|default[-_]"
    r"|(?:^|[/_.-])(?:avatar|logo|icon|emoji|banner|pixel)s?(?:[/_.-]|\d|$)",
    re.IGNORECASE,
)
# Pixels; what is smaller is an icon.
_SMALL: Final = 150
# Letters of a caption.
_LONGEST: Final = 1_000
_SHORTEST: Final = 12
_FEATURED: Final = re.compile(r"featured[-_]?(?:image|media)|post-thumbnail|wp-post-image")
_IMAGES: Final = ("img", *media.AMP_IMAGES)
_CAPTIONS: Final = ("p", "div", "span", "small", "em", "i", "td", "li", "h6")
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

    The theme's own, else a large one between headline and text, else one above them that metadata
    name, too; else the one that only metadata name: that one has no alternative text.
    """
    captions = (line.text for line in facts.around.header if is_caption(line))
    caption = next((each for each in captions if not is_clutter(each)), None)
    stated = _stated(facts)
    address = facts.document.absolute(stated.value) if stated is not None else None
    for image, url in _images(facts, address):
        box = list(_box(image, facts.heading))
        own = _named_caption(box, image) or caption or _text(box)
        name = "img.wp-post-image" if "wp-post-image" in image.get("class", "") else "img"
        return LeadPhoto(url, fold(image.get("alt") or "") or None, own, name)
    return LeadPhoto(address, None, caption, stated.source) if stated is not None else LeadPhoto()


def _images(facts: Facts, stated: str | None) -> list[tuple[etree._Element, str]]:
    """Return the images above the text that may be its photo, with their addresses, likely first.

    Outside the element around headline and text it is one of the theme's class or the *stated* one.
    """
    content = facts.body.element
    scope = facts.scope if facts.scope is not None else content.getparent()
    inside = frozenset(scope.iter()) if scope is not None else frozenset()
    above = takewhile(lambda each: each is not content, facts.page.iter())
    found = []
    for image in above:
        if image.tag not in _IMAGES or _is_small(image) or _is_unscripted_twin(image):
            continue
        url = facts.document.absolute(media.source(image))
        if url is None or _NO_PHOTO.search(url) or facts.is_of_another(image):
            continue
        is_stated = stated is not None and media.file_of(url) == media.file_of(stated)
        is_likely = image in inside or _is_themes_own(image)
        if is_stated or (is_likely and not facts.is_furniture(image)):
            found.append((image, url))
    return sorted(found, key=lambda each: (not _is_themes_own(each[0]), each[0] not in inside))


def _is_themes_own(image: etree._Element) -> bool:
    around = (image, *islice(image.iterancestors(), _ABOVE_CAPTION))
    return any(_FEATURED.search(each.get("class", "")) for each in around)


def opens_text(facts: Facts) -> bool:
    """Whether the theme's own photo is the first in the text's container, as tagDiv puts it."""
    image = next(facts.body.element.iter(*_IMAGES), None)
    return image is not None and _is_themes_own(image)


def _is_unscripted_twin(image: etree._Element) -> bool:
    noscript = next(image.iterancestors("noscript"), None)
    return noscript is not None and media.unscripted(noscript) is not image


def _is_small(image: etree._Element) -> bool:
    sides = (image.get("width") or "", image.get("height") or "")
    return any(int(side) < _SMALL for side in sides if re.fullmatch(r"[0-9]{1,4}", side))


def _box(image: etree._Element, headline: etree._Element | None) -> Iterator[etree._Element]:
    """Yield the figure, or the small elements, around *image*."""
    above = set() if headline is None else set(headline.iterancestors())
    for element in islice(image.iterancestors(), _ABOVE_CAPTION):
        if element in above or holds_more(element, _LONGEST):
            return
        yield element
        if element.tag == "figure":
            return


def _named_caption(box: Sequence[etree._Element], image: etree._Element) -> str | None:
    """Return what is called a caption in *box* or right below it; a credit may stand before it."""
    outer = box[-1] if box else image
    beyond = next(outer.itersiblings("*"), None)
    around = list(outer.iter())
    if beyond is not None and not holds_more(beyond, _LONGEST):
        around += beyond.iter()
    at = around.index(image)
    for element in (*around[at:], *around[:at]):
        if element.tag == "figcaption" or (
            element.tag in _CAPTIONS and CAPTION.search(element.get("class") or "")
        ):
            return text_of(element) or None
    return None


def _text(box: Iterable[etree._Element]) -> str | None:
    """Return the words around a photo where nothing is called a caption."""
    for element in box:
        text = fold(" ".join(map(str, element.itertext())))
        if len(text) >= _SHORTEST and next(element.iter("a", "h1", "h2", "h3"), None) is None:
            return text
    return None


def _stated(facts: Facts) -> Stated | None:
    for stated in facts.metadata.images():
        file = stated.value.rpartition("/")[2]
        if not (_NO_PHOTO.search(file) or media.is_placeholder(file)):
            return stated
    return None
