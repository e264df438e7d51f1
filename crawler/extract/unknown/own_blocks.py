"""Which blocks of the container of an unknown page are the article's text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

from crawler.extract.blocks import Block
from crawler.extract.roles import is_clutter
from crawler.extract.unknown.body import ENDS, LABEL, PROSE, MainBody
from crawler.extract.unknown.lines import Line, is_linked, squeeze

_DATELINE: Final = re.compile(r"[A-Z][\w .,'/()-]{1,60}\s?[-–—]")
_ANCHOR: Final = re.compile(r"<a\b[^>]*>(.*?)</a>")
_TAG: Final = re.compile(r"<[^>]*>")


def kept(
    blocks: Iterable[Block], body: MainBody, headline: str, *, trusted: bool = False
) -> list[Block]:
    """Return those of *blocks* that are the article's, without the headline where it is repeated.

    *trusted* says that the container is the theme's own for the text, and for nothing else.
    """
    title = squeeze(headline)
    known = [(block, block.photo is not None or _is_text(block, body, trusted)) for block in blocks]
    found = [
        block
        for at, (block, kept) in enumerate(known)
        if kept or _is_between(block, known, at) or _is_dateline(block, known, at)
    ]
    texts = [at for at, block in enumerate(found) if block.photo is None]
    if texts and squeeze(found[texts[0]].text) == title:
        del found[texts[0]]
        texts = [at - 1 for at in texts[1:]]
    # Photos after the last words are the page's, all but one that ends the text.
    return found[: texts[-1] + 2] if texts else found


def from_lines(lines: Iterable[Line], body: MainBody) -> list[Block]:
    """Return paragraphs for the *lines* that were read as text, where the markup gives none.

    Some editors type the article into a caption (fixtures/lintas/teks-di-keterangan).
    """
    found: dict[str, Block] = {}
    for line in lines:
        if body.accepts(line.text) and not is_clutter(line.text) and not is_linked(line):
            block = Block("p", "p", ())
            block.text = line.text
            block.inner = escape(line.text, quote=False)
            found.setdefault(line.text, block)
    return list(found.values())


def _is_text(block: Block, body: MainBody, trusted: bool) -> bool:
    is_row = block.kind == "tr" and squeeze(block.text) in body.words.text
    if is_row or body.accepts(block.text):
        return True
    return (trusted or len(block.text) >= PROSE) and not _is_linked(block)


def _is_between(block: Block, known: Sequence[tuple[Block, bool]], at: int) -> bool:
    """Whether *block*, at *at* among those that are *known*, is a sentence or subhead amid the text.

    trafilatura leaves out a pull quote, a subhead that is no title to it, and what stands in a
    ``div`` of its own. Two paragraphs stand below a subhead: below "Tentang Penulis" is one.
    """
    is_head = block.kind == "h" and any(map(str.isalpha, block.text))
    is_prose = block.kind == "quote" or block.text.endswith(ENDS)
    if not (is_head or (is_prose and len(block.text) >= LABEL)) or _is_linked(block):
        return False
    beside = (*known[max(at - 1, 0) : at], *known[at + 1 : at + 2 + is_head])
    return len(beside) == 2 + is_head and all(kept and each.photo is None for each, kept in beside)


def _is_dateline(block: Block, known: Sequence[tuple[Block, bool]], at: int) -> bool:
    """Whether *block*, at *at*, is a dateline in a line of its own above the first sentence."""
    opens = not any(kept and each.photo is None for each, kept in known[:at])
    return (
        opens
        and known[at + 1 : at + 2] != []
        and known[at + 1][1]
        and bool(_DATELINE.fullmatch(block.text))
    )


def _is_linked(block: Block) -> bool:
    links = sum(len(_TAG.sub("", link)) for link in _ANCHOR.findall(block.inner))
    return 3 * links > len(block.text)
