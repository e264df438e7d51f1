"""``body_html``: the blocks of a body as HTML that is safe to show anywhere."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Final

import nh3

from crawler.extract.blocks import Block, Path
from crawler.extract.media import Photo

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
    pieces: list[str] = []
    path: Path = ()
    for block in blocks:
        if block.path != path:
            pieces.append(_between(path, block.path))
            path = block.path
        if block.photo is not None:
            pieces.append(_figure(block.photo))
        elif block.tag:
            pieces.append(f"<{block.tag}>{block.inner}</{block.tag}>")
        else:
            pieces.append(block.inner)
    pieces.append(_between(path, ()))
    return _CLEANER.clean("".join(pieces))


def _between(path: Path, following: Path) -> str:
    """Return the tags that end what *following* is not in, and begin what it is in."""
    common = 0
    for ours, theirs in zip(path, following, strict=False):
        if ours != theirs:
            break
        common += 1
    closing = "".join(f"</{tag}>" for tag, _ in reversed(path[common:]))
    return closing + "".join(f"<{tag}>" for tag, _ in following[common:])


def _figure(photo: Photo) -> str:
    caption = f"<figcaption>{escape(photo.caption)}</figcaption>" if photo.caption else ""
    return (
        f'<figure><img src="{escape(photo.url)}" alt="{escape(photo.alt or "")}">{caption}</figure>'
    )
