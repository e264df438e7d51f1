"""Blocks of text, and the inline runs that they are made of.

A run is text of one style; links that editors type between paragraphs are told from the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape
from itertools import groupby
from operator import itemgetter
from typing import Final, NamedTuple, TypeAlias

import attrs

from crawler.extract.document import Document
from crawler.extract.media import Photo, post
from crawler.extract.roles import is_call, is_clutter, without_shortcodes
from crawler.items import RelatedPost
from crawler.normalise.credits import byline, closing_credit, is_editor_link_label
from crawler.normalise.text import fold

STRONG: Final = 1
EM: Final = 2


class Run(NamedTuple):
    """A piece of text as it stands in the markup, its style and where it leads."""

    text: str
    style: int = 0
    link: str | None = None


Link: TypeAlias = tuple[str, str, str]
"""A link that an editor typed into the text: title, address, and the label it stands under."""

# Between two links of one label, and after the last: bullets, commas, brackets, "dan".
_SEPARATOR: Final = re.compile(r"[\s\W]*(?:dan|atau|serta|&)?[\s\W]*")
_CLOSING: Final = re.compile(r"(?:\s*[)\]]+)?+([.,;!?]?)")
# Where a label can begin inside a line: after a bracket or at the end of a sentence.
_BEGINNING: Final = re.compile(r"[(\[]|[.!?…”\"]\s+|[|•–—-]\s+")
_LONGEST_RUN_LABEL: Final = 60
_EDGES: Final = re.compile(r"^[\W_]+|[\W_]+$")


def _text(runs: Iterable[Run]) -> str:
    return "".join([run.text for run in runs])


def plain(runs: Iterable[Run]) -> str:
    """Return the text of *runs*, white space folded."""
    return fold(_text(runs))


def markup(runs: Sequence[Run]) -> str:
    """Return *runs* as HTML, white space folded."""
    if runs:
        first, last = runs[0], runs[-1]
        runs = [first._replace(text=first.text.lstrip()), *runs[1:]]
        if last is not first:
            runs[-1] = last._replace(text=last.text.rstrip())
    pieces = []
    for (style, link), group in groupby(runs, key=itemgetter(1, 2)):
        piece = escape(_text(group), quote=False)
        if style and not piece.isspace():
            if style & EM:
                piece = f"<em>{piece}</em>"
            if style & STRONG:
                piece = f"<strong>{piece}</strong>"
        if link:
            piece = f'<a href="{escape(link)}">{piece}</a>'
        pieces.append(piece)
    return fold("".join(pieces))


def join(before: list[Run], after: list[Run]) -> None:
    """Append a line to the one *before*, with a blank between them in the look that both have."""
    if before and after:
        left, right = before[-1], after[0]
        link = left.link if left.link == right.link else None
        before.append(Run(" ", left.style & right.style, link))
    before += after


def only_links(runs: Sequence[Run]) -> bool:
    """Whether *runs* are links and nothing else but separators."""
    others = [run for run in runs if not run.link]
    return len(others) < len(runs) and bool(_SEPARATOR.fullmatch(_text(others)))


def _label_of(text: str) -> str | None:
    """Return the label that *text* is and nothing else, without brackets and colon."""
    label = is_editor_link_label(text) if len(text) <= _LONGEST_RUN_LABEL else None
    return label if label and _EDGES.sub("", text).casefold() == label.casefold() else None


def take_links(runs: Sequence[Run], heading: str | None) -> tuple[list[Run], list[Link]]:
    """Return *runs* without the links that editors put there for other articles, and those links.

    *heading* is the label that a line before has left open. A label inside a line counts when it
    begins a sentence or a bracket and ends with a colon.
    """
    kept: list[Run] = []
    found: list[Link] = []
    groups = [(link, list(group)) for link, group in groupby(runs, key=lambda run: run.link)]
    if heading is not None and not only_links(runs):
        heading = None
    for place, (link, group) in enumerate(groups, 1):
        last = place == len(groups)
        if link is not None:
            title = plain(group)
            label = heading
            if not label:  # "Baca Juga: Judul", all of it one link
                within, colon, rest = title.partition(":")
                label = _label_of(within + colon) if colon else None
                title = rest.strip() if label else title
            if label is None:
                kept += group
            elif title:
                heading = label
                found.append((title, link, label))
        elif heading is None or not _SEPARATOR.fullmatch(_text(group)) or (last and kept):
            text = _without_closing(group, kept) if heading is not None and found else group
            heading = None
            if not last:
                text, heading = _without_label(text, first=not kept)
            kept += text
    return kept, found


def _without_label(group: list[Run], *, first: bool) -> tuple[list[Run], str | None]:
    """Return *group* without the label at its end, and that label."""
    text = _text(group)
    starts = [0] if first else []
    cuts = {0: 0}
    for mark in _BEGINNING.finditer(text, max(0, len(text) - 3 * _LONGEST_RUN_LABEL)):
        starts.append(mark.end())
        cuts[mark.end()] = mark.start() if mark[0] in "([" else mark.start() + len(mark[0].rstrip())
    for start in starts:
        tail = fold(text[start:])
        whole_line = first and not fold(text[:start]).strip("([•-–—|» ")
        if tail and (whole_line or tail.endswith(":")):
            label = _label_of(tail)
            if label:
                return _cut(group, cuts[start]), label
    return group, None


def _without_closing(group: list[Run], kept: list[Run]) -> list[Run]:
    """Return *group* without the bracket that closed the label before it."""
    # What goes on with a full stop or a comma moves up to the last word that was kept.
    closing = _CLOSING.match(_text(group))
    assert closing is not None  # it matches nothing, too
    if kept and closing[1]:
        kept[-1] = kept[-1]._replace(text=kept[-1].text.rstrip())
    return _cut(group, closing.start(1), tail=True)


def _cut(group: Iterable[Run], place: int, *, tail: bool = False) -> list[Run]:
    """Return the part of *group* before that *place* of its text, or the *tail* after it."""
    kept = []
    for run in group:
        at = max(place, 0)
        text = run.text[at:] if tail else run.text[:at]
        place -= len(run.text)
        if text:
            kept.append(run._replace(text=text))
    return kept


# Letters; what is longer is no line of links.
_LONGEST_UNLINKED: Final = 160

Path: TypeAlias = tuple[tuple[str, int], ...]


@attrs.define(eq=False)
class Block:
    """A paragraph, subhead, list item, quotation, table row, or a photo between them."""

    kind: str  # p, h, li, quote, tr or figure
    tag: str  # what it becomes in body_html, empty for bare text in a list item
    path: Path  # lists, quotations, tables around it, outermost first, each with its own number
    text: str = ""
    inner: str = ""  # the text as HTML
    photo: Photo | None = None
    whole: int = 0  # styles that all of its text has
    cited: bool = False  # whether the name of who said it has joined it
    deck: bool = False  # whether its markup says that it is a deck


class Builder:
    """Collects runs of text into lines, and lines into blocks."""

    def __init__(self, document: Document) -> None:
        self.blocks: list[Block] = []
        """The blocks of the text, photos between them."""
        self.related: list[RelatedPost] = []
        """The related posts in the text."""
        self.kind, self.tag = "p", "p"
        self.path: Path = ()
        self.deck = False
        self.in_cell = False
        self._document = document
        self.line: list[Run] = []
        """The line that runs are appended to."""
        self._lines = [self.line]
        self._empty = 0
        self._after: list[Block] = []
        self._heading: str | None = None

    def _begin(self) -> None:
        self.line = []
        self._lines = [self.line]
        self._empty = 0

    def break_line(self) -> None:
        """End a line, not yet the block."""
        self.line = []
        self._lines.append(self.line)

    def leave_line(self) -> None:
        """Leave out the line where links to other pages stand, with the label before them."""
        if len(plain(self.line)) <= _LONGEST_RUN_LABEL:
            self._lines[-1] = []
            self.line = []

    def end_block(self) -> None:
        """Make blocks of the lines since the last one; in a table's cell, end the line."""
        if self.in_cell:
            self.break_line()
            return
        lines = self._lines
        if lines[0] or len(lines) > 1 or self.line is not lines[-1]:
            self._begin()
            texts = ((plain(line), line) for line in lines)
            for is_text, group in groupby(texts, key=lambda each: bool(each[0])):
                if is_text:
                    self._emit(list(group))
        self.blocks += self._after
        self._after.clear()

    def add_plain(self, text: str) -> None:
        """Make a block of *text*, a paragraph without markup: most of every article."""
        folded = fold(text)
        if len(folded) <= _LONGEST_UNLINKED or "[" in folded or " on line " in folded:
            self.line.append(Run(text))
            self.end_block()
            return
        self._heading = None
        inner = escape(folded, quote=False)
        self.blocks.append(Block(self.kind, self.tag, self.path, folded, inner, deck=self.deck))

    def add_photo(self, photo: Photo) -> None:
        """Add *photo* before the text of its paragraph, or after what stands before it."""
        # Where a theme drops every </p> (fixtures/progres/tanpa-penutup-paragraf).
        block = Block("figure", "figure", self.path, photo=photo)
        (self._after if self._holds_text() else self.blocks).append(block)

    def _holds_text(self) -> bool:
        """Whether there is text since the last block; empty lines are looked at once."""
        while self._empty < len(self._lines):
            if any(not run.text.isspace() for run in self._lines[self._empty]):
                return True
            if self._empty + 1 == len(self._lines):
                return False
            self._empty += 1
        return False

    def join_cite(self, text: str) -> bool:
        """Join *text*, a ``cite`` of its own, to the quotation before it, if there is one."""
        last = self.blocks[-1] if self.blocks else None
        if last is None or last.cited or last.path != self.path or self._holds_text():
            return False
        self._begin()
        last.cited = True
        last.text = f"{last.text} {text}".strip()
        last.inner = f"{last.inner} {escape(text, quote=False)}".strip()
        return True

    def take_cell(self) -> list[Run]:
        """Return the text since the last block, lines joined, as the runs of a table's cell."""
        runs: list[Run] = []
        for line in self._lines:
            if plain(line):
                join(runs, line)
        self._begin()
        return self._with_addresses(runs)

    def _emit(self, lines: list[tuple[str, list[Run]]]) -> None:
        """Make blocks of *lines*: one, but for credits and bylines on a line of their own."""
        together: list[Run] = []
        for text, line in lines:
            runs = self._without_related(line, text)
            said = text if runs is line else plain(runs)
            if len(lines) == 1:
                self._add(runs, said)
            elif said and not is_clutter(said) and (byline(said) or is_credit(said)):
                self._add(together, plain(together))
                together = []
                self._add(runs, said)
            elif not is_clutter(said):
                join(together, runs)
        self._add(together, plain(together))

    def _without_related(self, line: list[Run], text: str) -> list[Run]:
        """Return *line*, which says *text*, without links to what is kept as related posts."""
        if self._heading is not None and not only_links(line):
            self._heading = None
        if self._heading is not None or any([run.link for run in line]):  # noqa: C419 -- faster
            line, found = take_links(line, self._heading)
            posts = (post(*each, "editor", self._document) for each in found)
            self.related += (each for each in posts if each is not None)
            return [] if is_call(plain(line), [run.link for run in line if run.link]) else line
        if len(text) > _LONGEST_UNLINKED:
            return line
        if label := _label_of(text):
            self._heading = label
            return []
        # "Baca juga: Judul", whose link was lost.
        label = (is_editor_link_label(text) or "").casefold()
        is_lost = label.startswith("baca") or label.endswith((" juga", " pula"))
        return [] if is_lost and not text.endswith(".") else line

    def _add(self, runs: list[Run], text: str) -> None:
        bare = without_shortcodes(text)
        if not bare or is_clutter(bare):
            return
        whole = STRONG | EM if runs[0].style or runs[-1].style else 0
        for run in runs:
            if not run.text.isspace():
                whole &= run.style
        if whole & EM and self._is_caption(bare):
            return
        if len(runs) == 1 and not runs[0].style and not runs[0].link:
            inner = escape(bare, quote=False)
        else:
            inner = markup(self._with_addresses(runs))
            inner = without_shortcodes(inner) if bare != text else inner
        block = Block(self.kind, self.tag, self.path, bare, inner, whole=whole)
        block.deck = self.deck or (self.kind == "h" and bool(whole & EM))
        self.blocks.append(block)

    def _is_caption(self, text: str) -> bool:
        """Take *text* for the caption of the bare photo before it (fixtures/progres/foto-polos)."""
        photo = self.blocks[-1].photo if self.blocks else None
        if photo is None or not photo.bare or photo.caption or byline(text) or is_credit(text):
            return False
        photo.caption = text
        return True

    def _with_addresses(self, runs: list[Run]) -> list[Run]:
        absolute = self._document.link
        return [run._replace(link=absolute(run.link)) if run.link else run for run in runs]


def is_credit(text: str) -> bool:
    """Whether *text* is a closing credit and nothing else."""
    found = closing_credit(text)
    return found.credit is not None and not found.rest
