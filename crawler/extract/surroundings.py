"""What stands beside the headline and below the text: where bylines and dates are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

import attrs
from lxml import etree

from crawler.extract.lines import Line
from crawler.extract.mainbody import MainBody

# Breadcrumb, section, date and byline stand above the headline in some themes.
_ABOVE: Final = 5
# Themes put a photo, share labels and a summary between headline and text.
_BELOW: Final = 25
_AFTER_TEXT: Final = 20
_CLOSING: Final = 4
_SENTENCE: Final = 40

_LONGEST_LABEL: Final = 40
_OTHER_PART: Final = re.compile(
    r"\W*(?:(?:berita|artikel|pos|post|konten|kabar)\s(?:lain(?:nya)?|terkait|rekomendasi|populer|terbaru|terkini)"
    r"|related|baca\sjuga|rekomendasi|terpopuler|populer|terkini|terbaru|anda\s(?:juga\s)?mungkin"
    r"|komentar|leave\sa|tinggalkan|comments?)\b",
    re.IGNORECASE,
)


@attrs.frozen
class Surroundings:
    """The lines around an article's text, none of them its own."""

    header: tuple[Line, ...] = ()
    """From a little above the headline to the text."""

    footer: tuple[Line, ...] = ()
    """What the page prints below the text's container."""

    typed: tuple[Line, ...] = ()
    """What stands in the container below the last sentence: bylines that somebody typed."""

    closing: tuple[Line, ...] = ()
    """The last lines of the text."""

    @property
    def below(self) -> tuple[Line, ...]:
        """The end of the text, and what stands below it."""
        return (*self.closing, *self.typed, *self.footer)


def surroundings(
    lines: Sequence[Line], headline: etree._Element | None, body: MainBody
) -> Surroundings:
    """Return the lines around the text in *body* of the article under *headline*.

    The text begins and ends with a sentence: bylines in its container are around it.
    """
    inside = [at for at, line in enumerate(lines) if _within(line.element, body.element)]
    text = [at for at in inside if _is_sentence(lines[at], body)] or inside
    first, last = (text[0], text[-1]) if text else (len(lines), len(lines) - 1)
    at = _place(lines, headline)
    if at is None or at > first:
        at = max(first - 1, 0)
    below = list(_below(lines[last + 1 : last + 1 + _AFTER_TEXT]))
    return Surroundings(
        header=tuple(lines[max(at - _ABOVE, 0) : min(first, at + _BELOW)]),
        footer=tuple(line for line in below if not _within(line.element, body.element)),
        typed=tuple(line for line in below if _within(line.element, body.element)),
        closing=tuple(lines[at] for at in text[-_CLOSING:]),
    )


def _is_sentence(line: Line, body: MainBody) -> bool:
    return len(line.text) >= _SENTENCE and body.accepts(line.text)


def _below(lines: Sequence[Line]) -> Iterator[Line]:
    """Yield *lines* up to the label of another part of the page."""
    for line in lines:
        if len(line.text) <= _LONGEST_LABEL and _OTHER_PART.match(line.text):
            return
        yield line


def _place(lines: Sequence[Line], headline: etree._Element | None) -> int | None:
    if headline is None:
        return None
    for at, line in enumerate(lines):
        if _within(line.element, headline) or _within(headline, line.element):
            return at
    return None


def _within(element: etree._Element, outer: etree._Element) -> bool:
    return element is outer or any(each is outer for each in element.iterancestors())
