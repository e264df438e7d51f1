"""What the content of all pages makes together: the body, with its dateline and its dates."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from html import escape
from itertools import takewhile
from typing import Final

import attrs
import nh3

from crawler.extract.blocks import STRONG, Block, Path
from crawler.extract.content import Walk
from crawler.extract.media import Photo, file_of
from crawler.items import Dateline, Embed, FoundDate, Image
from crawler.newsrooms import Newsroom
from crawler.normalise.credits import byline, closing_credit, photo_credit
from crawler.normalise.dateline import parse_dateline
from crawler.normalise.dates import find_dates
from crawler.normalise.text import block_key

# What the blocks are written as; everything else would be a mistake here, or an attack.
_CLEANER: Final = nh3.Cleaner(
    tags={
        *("p", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "strong", "em", "a"),
        *("table", "tbody", "tr", "td", "th", "figure", "img", "figcaption"),
    },
    attributes={"a": {"href"}, "img": {"src", "alt"}},
    url_schemes={"http", "https"},
    link_rel=None,
)


def body_html(blocks: Iterable[Block]) -> str:
    """Return *blocks* as HTML with nothing but text, structure, absolute links and photos."""
    html = ""
    path: Path = ()
    for block in blocks:
        if block.path != path:
            html += _between(path, block.path)
            path = block.path
        if block.photo is not None:
            html += _figure(block.photo)
        else:
            html += f"<{block.tag}>{block.inner}</{block.tag}>" if block.tag else block.inner
    return _CLEANER.clean(html + _between(path, ()))


def _between(path: Path, following: Path) -> str:
    """Return the tags that end what *following* is not in, and begin what it is in."""
    common = _common(path, following)
    closing = "".join(f"</{tag}>" for tag, _ in reversed(path[common:]))
    return closing + "".join(f"<{tag}>" for tag, _ in following[common:])


def _common(one: Sequence[object], other: Sequence[object]) -> int:
    """Return how many they begin with that are the same in both."""
    pairs = zip(one, other, strict=False)
    return len(list(takewhile(lambda pair: pair[0] == pair[1], pairs)))


def _figure(photo: Photo) -> str:
    caption = f"<figcaption>{escape(photo.caption)}</figcaption>" if photo.caption else ""
    return (
        f'<figure><img src="{escape(photo.url)}" alt="{escape(photo.alt or "")}">{caption}</figure>'
    )


# A subhead in bold is a phrase: a longer one is a paragraph that someone emphasised.
_LONGEST_SUBHEAD: Final = 120
_SENTENCE_ENDS: Final = (".", ",", ";", "”", '"', "’", "'", ")", "]", "…")
_LONGEST_BYLINE: Final = 160
_HAS_LABEL: Final = re.compile("[:=]")
# Letters from which on a block is a sentence, not a name or a number in a list.
_SENTENCE: Final = 40


class Story:
    """The text of an article over all its pages, block for block."""

    def __init__(
        self, walks: Sequence[Walk], newsroom: Newsroom, furniture: frozenset[str] = frozenset()
    ) -> None:
        """*furniture* is what the text is not: keys of blocks (``block_key``)."""
        self._newsroom = newsroom
        self.deck: str | None = None
        self.writer: str | None = None
        self.editor: str | None = None
        self.credit: str | None = None
        self.blocks = _joined(walks)
        if furniture:
            self._drop([each for each in self.blocks if block_key(each.text) in furniture])
        self.embeds: list[Embed] = [embed for walk in walks for embed in walk.embeds]
        # Each page of an article has the theme's box.
        self.related = list(dict.fromkeys(each for walk in walks for each in walk.related))
        self.text_blocks = [block for block in self.blocks if block.photo is None]
        self._take_deck()
        self._take_bylines()
        self._take_credit()
        for block in self.text_blocks[1:]:
            if block.kind == "p" and block.whole & STRONG and len(block.text) <= _LONGEST_SUBHEAD:
                block.kind = "p" if block.text.endswith(_SENTENCE_ENDS) else "h"
        self.body = "\n\n".join([block.text for block in self.text_blocks])

    @property
    def body_html(self) -> str:
        """The same as HTML, photos between the blocks."""
        return body_html(self.blocks)

    @property
    def images(self) -> tuple[Image, ...]:
        """The photos between the blocks."""
        return tuple(
            Image(
                url=photo.url,
                alt=photo.alt,
                caption=photo.caption,
                credit=photo_credit(photo.caption) if photo.caption else None,
            )
            for block in self.blocks
            if (photo := block.photo) is not None
        )

    @property
    def dateline(self) -> Dateline | None:
        """Place and outlet with which the text opens."""
        opening = next((block for block in self.text_blocks if block.kind != "h"), None)
        if opening is None:
            return None
        found = parse_dateline(opening.text, self._newsroom.outlets)
        return found.as_item() if found is not None else None

    def dates(self, anchor: dt.datetime | None) -> tuple[FoundDate, ...]:
        """Return every calendar date of the text; *anchor* is the moment of publication."""
        return tuple(
            attrs.evolve(date, block=place)
            for place, block in enumerate(self.text_blocks)
            for date in find_dates(block.text, anchor)
        )

    def _drop(self, unwanted: Sequence[Block]) -> None:
        if unwanted:
            gone = set(unwanted)
            self.blocks = [block for block in self.blocks if block not in gone]
            self.text_blocks = [block for block in self.blocks if block.photo is None]

    def _take_deck(self) -> None:
        # A text of one block is no deck of nothing.
        if len(self.text_blocks) > 1 and self.text_blocks[0].deck:
            self.deck = self.text_blocks[0].text
            self._drop(self.text_blocks[:1])

    def _take_bylines(self) -> None:
        """Take writer and editor from lines of their own, field by field."""
        taken = []
        for block in self.text_blocks:
            is_short = len(block.text) <= _LONGEST_BYLINE and block.kind in ("p", "h")
            named = byline(block.text) if is_short and _HAS_LABEL.search(block.text) else None
            if named is not None:
                self.writer = self.writer or named.writer
                self.editor = self.editor or named.editor
                taken.append(block)
        self._drop(taken)

    def _take_credit(self) -> None:
        """Take the closing credit; one that stands alone leaves the text."""
        while self.text_blocks and self.text_blocks[-1].kind != "tr":
            last = self.text_blocks[-1]
            found = closing_credit(last.text)
            if found.credit is None:
                return
            self.credit = self.credit or found.credit
            if found.rest:
                return
            self._drop([last])


def _joined(walks: Sequence[Walk]) -> list[Block]:
    """Return the blocks of all pages; an opening that every page repeats counts once."""
    blocks = _once(walks[0].blocks)
    opening = list(takewhile(bool, (block.text for block in blocks)))
    for walk in walks[1:]:
        further = _once(walk.blocks)
        blocks += further[_common(opening, [block.text for block in further]) :]
    shown: dict[str, Photo] = {}
    return [block for block in blocks if block.photo is None or _is_new(block.photo, shown)]


def _is_new(photo: Photo, shown: dict[str, Photo]) -> bool:
    """Whether *photo* is none of those *shown*, to which it may add its caption."""
    first = shown.setdefault(file_of(photo.url), photo)
    first.caption = first.caption or photo.caption
    return first is photo


def _once(blocks: list[Block]) -> list[Block]:
    """Return *blocks* without those that repeat the text: for print, for wide and narrow screens.

    A sentence that the newsroom wrote twice is no such thing: half of all sentences are.
    """
    sentences = [block.text for block in blocks if len(block.text) >= _SENTENCE]
    if 2 * len(set(sentences)) > len(sentences):
        return list(blocks)
    found: dict[str, Block] = {}
    for block in blocks:
        found.setdefault(block.text or (block.photo.url if block.photo else ""), block)
    return list(found.values())
