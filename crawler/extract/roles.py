"""What of a page is no text: by an element's attributes, and by the words of a line.

One home for all readers, pages and REST alike. Words alone make nothing clutter: a label is the
whole of its line, a call has a link to what it calls to, a notice has the form in which PHP prints it.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from typing import Final

from lxml import etree

from crawler.normalise.text import fold
from crawler.normalise.vocabulary import listed, named_in, patterns_in


class Role(enum.Enum):
    """What becomes of an element because of its class."""

    NOT_BODY = enum.auto()  # not written by the newsroom, or not part of the text
    RELATED = enum.auto()  # links that the theme or a plugin puts into the text
    LIST = enum.auto()  # what a block of WordPress lists anew each day, with the heading before it
    GATE = enum.auto()  # an invitation to subscribe, or the text behind it
    FOOTER = enum.auto()  # tags, writer, editor and source below the text
    PAGES = enum.auto()  # links to the other pages of the article, or one of them
    FIGURE = enum.auto()  # a photo with its caption, in the markup from before <figure>
    CAPTION = enum.auto()
    DECK = enum.auto()
    TWEET = enum.auto()
    INSTAGRAM = enum.auto()
    VIDEO = enum.auto()
    OWN_EMBED = enum.auto()  # another post of a WordPress site, shown in a frame
    EMBED = enum.auto()  # a wrapper whose words are not body and whose frame is an embed


_ROLES: Final = {name: Role[role.upper()] for name, role in named_in("classes").items()}

_FAMILIES: Final = tuple(
    (Role[role.upper()], pattern) for role, pattern in patterns_in("class_patterns").items()
)


# A site has a few hundred different values of ``class``; a hostile one any number.
@lru_cache(maxsize=4096)
def role_of(classes: str) -> Role | None:
    """The role of what has these *classes*."""
    named = (_ROLES[name] for name in classes.split() if name in _ROLES)
    families = (role for role, family in _FAMILIES if family.search(classes.lower()))
    return next(chain(named, families), None)


# A style that shows nothing, white space gone: gambling links are hidden so in sites that were
# broken into. A photo that is loaded late begins transparent, and is one.
_ABSENT: Final = re.compile(r"display:none|visibility:(?:hidden|collapse)")
_NAUGHT: Final = r"0+(?:\.0*)?(?:px|r?em|pt|%|vh|vw)?(?:;|!|$)"
_FADED: Final = re.compile(
    rf"(?:^|;)(?:opacity|font-size|zoom):{_NAUGHT}|scale\(0[,)]|(?:^|;)color:transparent"
    r"|(?:text-indent|left|right|top|bottom|margin(?:-left|-top)?)"
    r":-(?:\d{4}|[5-9]\d\d|\d{3}(?:r?em|%|v[wh]))|clip(?:-path)?:(?:rect\(0|rect\(1px|inset\((?:50|100)%)"
)
_FLAT: Final = re.compile(rf"(?:^|;)(?:max-)?(?:height|width):{_NAUGHT}")
_LATE: Final = frozenset(("img", "iframe", "video", "picture", "figure"))
_HIDDEN: Final = listed("hidden.classes")
# "hidden md:block": not on every screen.
_AT_A_WIDTH: Final = re.compile(r"(?:^|\s)(?:(?:d|display)-\w+-\w+|\w+:\S)")


def is_unseen(element: etree._Element) -> bool:
    """Whether no reader sees *element*, by its own attributes."""
    get = element.get
    style = get("style") or get("data-amp-original-style")
    classes = get("class")
    return (
        (bool(style) and _is_unseen(str(style), element.tag in _LATE))
        or (bool(classes) and _is_hidden(str(classes)))
        or get("hidden") is not None
        or get("aria-hidden") == "true"
    )


@lru_cache(maxsize=2048)
def _is_unseen(style: str, late: bool) -> bool:
    bare = "".join(style.lower().split())
    if _ABSENT.search(bare):
        return True
    return not late and bool(
        _FADED.search(bare) or ("overflow:hidden" in bare and _FLAT.search(bare))
    )


@lru_cache(maxsize=4096)
def _is_hidden(classes: str) -> bool:
    return not _HIDDEN.isdisjoint(classes.split()) and not _AT_A_WIDTH.search(classes)


_LABELS: Final = listed("labels.clutter")
_LINES: Final = patterns_in("clutter_patterns", flags=re.IGNORECASE)
# Letters that they have at most.
_LONGEST: Final = {"label": 60, "line": 240, "call": 400, "notice": 2_500}


def is_clutter(text: str) -> bool:
    """Whether the line *text* is a label, the empty place of an ad, or a notice of PHP.

    >>> is_clutter("SCROLL TO CONTINUE WITH CONTENT"), is_clutter("Iklan Politik")
    (True, False)
    """
    size = len(text)
    if size <= _LONGEST["label"]:
        label = text.casefold().strip(" :.…»›-–—*")
        if label in _LABELS or _LINES["label"].fullmatch(text):
            return True
    if size <= _LONGEST["line"] and _LINES["line"].fullmatch(text):
        return True
    is_notice = " on line " in text and size <= _LONGEST["notice"]
    return is_notice and _LINES["notice"].fullmatch(text.strip()) is not None


def is_call(text: str, links: Sequence[str]) -> bool:
    """Whether *text*, in which *links* stand, asks to follow the site elsewhere, or to subscribe.

    A name whose link shares the article is one, too.
    """
    if links and len(text) <= _LONGEST["label"] and all(map(_LINES["shares"].search, links)):
        return True
    return (
        len(text) <= _LONGEST["call"]
        and _LINES["call"].match(text) is not None
        and any(map(_LINES["called_to"].search, links))
    )


def without_shortcodes(text: str) -> str:
    """Return *text* without the shortcodes of plugins that are gone."""
    return fold(_LINES["shortcode"].sub(" ", text)) if "[" in text else text
