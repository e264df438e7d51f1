"""Categories and tags as an unknown page shows them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from lxml import etree

from crawler.extract.document import text_of
from crawler.extract.lines import Line, holds_more

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


def categories(header: Iterable[Line]) -> list[str]:
    """Return the categories that the lines beside the headline link."""
    return _terms(header, "category", _CATEGORY)


def tags(below: Iterable[Line]) -> list[str]:
    """Return the tags that the lines below the text link."""
    return _terms(below, "tag", _TAGS)


def _terms(lines: Iterable[Line], rel: str, called: re.Pattern[str]) -> list[str]:
    found: dict[str, None] = {}
    for anchor in _anchors(lines):
        rels = (anchor.get("rel") or "").split()
        if rel in rels and not (rel == "tag" and "category" in rels):
            named = True
        else:
            near = (anchor, anchor.getparent(), *list(anchor.iterancestors())[1:3])
            named = not rels and any(
                each is not None and called.search(each.get("class") or "") for each in near
            )
        name = text_of(anchor).strip("# ") if named else ""
        if name and len(name) <= _LONGEST and not _LABEL.fullmatch(name):
            found.setdefault(name)
    return list(found)


def _anchors(lines: Iterable[Line]) -> Iterator[etree._Element]:
    seen: set[etree._Element] = set()
    for line in lines:
        if line.element in seen or holds_more(line.element, _SMALL):
            continue
        seen.add(line.element)
        yield from line.element.iter("a")
