"""Times that are marked up beside the headline: ``time``, hAtom's ``published`` and ``updated``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import attrs
from lxml import etree

from crawler.extract.document import text_of
from crawler.extract.lines import Line, small_elements
from crawler.extract.metadata import Stated

_PUBLISHED: Final = frozenset(("published", "entry-date", "entry-time", "post-date", "posted-on"))
_UPDATED: Final = frozenset(("updated", "modified", "update", "post-modified"))
# A line beside the headline; what holds more text is the article or the page.
_SMALL: Final = 300


@attrs.frozen
class Times:
    """What the time elements beside the headline state, as printed."""

    published: tuple[Stated, ...] = ()
    updated: tuple[Stated, ...] = ()


def read_times(lines: Iterable[Line]) -> Times:
    """Return the times in *lines*.

    An element that is called both published and updated is a publication that was never edited.
    A lone ``time.entry-date.updated`` is one as well: tagDiv and BeTheme call it so
    (fixtures/lintas/newspaper-yoast). A ``time`` without a name is a publication
    (fixtures/suara-danau/tema-blok).
    """
    published: dict[Stated, None] = {}
    updated: dict[Stated, None] = {}
    for element in _time_elements(lines):
        names = (element.get("class") or "").lower().split()
        edited = not _UPDATED.isdisjoint(names) and _PUBLISHED.isdisjoint(names)
        stated = Stated(
            element.get("datetime") or element.get("title") or text_of(element), _source(element)
        )
        if stated.value:
            (updated if edited else published).setdefault(stated)
    return Times(tuple(published), tuple(updated))


def _time_elements(lines: Iterable[Line]) -> Iterator[etree._Element]:
    for small in small_elements(lines, _SMALL):
        for element in small.iter("time", "abbr", "span", "a", "amp-timeago"):
            if element.tag in ("time", "amp-timeago"):
                yield element
            elif element.get("title") or element.get("datetime"):
                names = (element.get("class") or "").split()
                if not _PUBLISHED.isdisjoint(names) or not _UPDATED.isdisjoint(names):
                    yield element


def _source(element: etree._Element) -> str:
    names = (element.get("class") or "").split()
    name = next((each for each in names if each.lower() in _PUBLISHED | _UPDATED), None)
    head = f"{element.tag}.{name}" if name else str(element.tag)
    return f"{head}[datetime]" if element.get("datetime") else head
