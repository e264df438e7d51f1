"""Categories and tags as an unknown page shows them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from lxml import etree

from crawler.extract.document import text_of
from crawler.extract.lines import Line, small_elements

_CATEGORY: Final = re.compile(
    r"(?:^|[\s_-])(?:cat|category|categories|kategori|rubrik)(?:$|[\s_-])", re.IGNORECASE
)
_TAGS: Final = re.compile(
    r"(?:^|\s)(?:[a-z]+(?:__[a-z]+)?-)?(?:tags?|tagging|tags?-?links?|tags?-list|tags-items)(?:$|\s)",
    re.IGNORECASE,
)
_LABEL: Final = re.compile(r"(?:tags?|topik|kategori)\s*:?|[#:|,]", re.IGNORECASE)
_LONGEST: Final = 60
# What holds more than this is not a line of terms.
_SMALL: Final = 600


def categories(lines: Iterable[Line]) -> list[str]:
    """Return the categories that *lines*, those beside the headline or below the text, link."""
    return _names(anchor for anchor in _anchors(lines) if _is_category(anchor))


def tags(below: Iterable[Line]) -> list[str]:
    """Return the tags that the lines below the text link."""
    return _names(
        anchor
        for anchor in _anchors(below)
        if not _is_category(anchor) and ("tag" in _rels(anchor) or _is_called(anchor, _TAGS))
    )


def _is_category(anchor: etree._Element) -> bool:
    """Whether *anchor* is linked as a category.

    Block themes give categories ``rel=tag`` too (fixtures/suara-danau/tema-blok).
    """
    rels = _rels(anchor)
    return "category" in rels or (
        rels in ([], ["tag"], ["nofollow"]) and _is_called(anchor, _CATEGORY)
    )


def _rels(anchor: etree._Element) -> list[str]:
    return (anchor.get("rel") or "").split()


def _is_called(anchor: etree._Element, name: re.Pattern[str]) -> bool:
    """Whether *anchor*, or one of the three elements around it, is called so."""
    near = [anchor, *list(anchor.iterancestors())[:3]]
    return any(name.search(each.get("class") or "") for each in near)


def _names(anchors: Iterable[etree._Element]) -> list[str]:
    found: dict[str, None] = {}
    for anchor in anchors:
        name = text_of(anchor).strip("# ")
        if name and len(name) <= _LONGEST and not _LABEL.fullmatch(name):
            found.setdefault(name)
    return list(found)


def _anchors(lines: Iterable[Line]) -> Iterator[etree._Element]:
    for element in small_elements(lines, _SMALL):
        yield from element.iter("a")
