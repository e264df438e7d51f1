"""The text of a page of an unknown theme, block for block."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from lxml import etree

from crawler.errors import NotAnArticle
from crawler.extract import cleaning
from crawler.extract.blocks import Block
from crawler.extract.media import Photo
from crawler.extract.reading import Reading
from crawler.extract.roles import Role, Roles
from crawler.extract.walk import Walk

BOXES: Final = {
    # Networks' own names for a box of links in the text.
    "lihatjg": Role.RELATED,
    "linksisip": Role.RELATED,
    "jnews_inline_related_post": Role.RELATED,
}

# Letters. A few sentences of an advertisement in an article without text are no loss.
_WORTH_A_DOUBT: Final = 500


class _Sparing(Roles):
    """Roles of classes, but for elements that hold a good part of the text.

    ``div.js-dynamic-advertorial`` is seen around whole articles.
    """

    def __init__(self, holders: Iterable[etree._Element]) -> None:
        super().__init__(BOXES)
        spared = frozenset(each.get("class") or "" for each in holders)
        role_of = self.of
        self.of = lambda classes: None if classes in spared else role_of(classes)  # type: ignore[assignment]


def walk_of(reading: Reading, skip: frozenset[etree._Element], title: str) -> Walk:
    """Return the text of the page that *reading* is of.

    *skip* are elements that the newsroom leaves out, *title* is its headline. Raises
    :exc:`NotAnArticle` where half of what was read as text would be lost.
    """
    assert reading.body is not None
    roles = _Sparing(reading.holders)
    # Boxes with a role are read for what they are: related posts, embeds, page links.
    unwanted = (each for each in reading.not_text if not roles.of(each.get("class") or ""))
    walk = Walk(reading.body.element, reading.document, roles, skip=skip.union(unwanted))
    walk.blocks[:] = cleaning.kept(
        walk.blocks, reading.body, title, trusted=reading.has_own_container
    )
    if _is_half(walk.blocks, reading):
        walk.blocks[:] = cleaning.from_lines(reading.text_lines, reading.body)
    if _is_half(walk.blocks, reading):
        raise NotAnArticle(reading.document.url, "unsure_text")
    return walk


def _is_half(blocks: Iterable[Block], reading: Reading) -> bool:
    """Whether *blocks* have less than half of what was read as text."""
    held = sum(len(block.text) for block in blocks)
    return held < reading.expected / 2 and reading.expected > _WORTH_A_DOUBT


def take_opening_photo(blocks: list[Block]) -> Photo | None:
    """Take the photo with which the container begins: a lead photo that stands inside of it."""
    return blocks.pop(0).photo if blocks and blocks[0].photo is not None else None
