"""Inline text: runs of one style, and the links that editors type between paragraphs."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final, NamedTuple

from crawler.normalise.credits import is_editor_link_label
from crawler.normalise.text import fold

STRONG: Final = 1
EM: Final = 2


class Run(NamedTuple):
    """A piece of text as it stands in the markup, its style and where it leads."""

    text: str
    style: int = 0
    link: str | None = None


class Found(NamedTuple):
    """A link that an editor typed into the text, and the label it stands under."""

    title: str
    href: str
    heading: str


# Between two links of one label, and after the last: bullets, commas, brackets, "dan".
_SEPARATOR: Final = re.compile(r"[\s\W]*(?:dan|atau|serta|&)?[\s\W]*")
_CLOSING: Final = re.compile(r"\s*[)\]]+")
# Where a label can begin inside a line: after a bracket or at the end of a sentence.
_BEGINNING: Final = re.compile(r"[(\[]|[.!?…”\"]\s+|[|•–—-]\s+")
_LONGEST_LABEL: Final = 60
_EDGES: Final = re.compile(r"^[\W_]+|[\W_]+$")


def plain(runs: Iterable[Run]) -> str:
    """Return the text of *runs*, white space folded."""
    return fold("".join([run.text for run in runs]))


def markup(runs: Sequence[Run]) -> str:
    """Return *runs* as HTML, white space folded."""
    if runs:
        first, last = runs[0], runs[-1]
        runs = [first._replace(text=first.text.lstrip()), *runs[1:]]
        if last is not first:
            runs[-1] = last._replace(text=last.text.rstrip())
    pieces = []
    for (style, link), group in groupby(runs, key=_look):
        piece = html.escape("".join([run.text for run in group]), quote=False)
        if style and not piece.isspace():
            if style & EM:
                piece = f"<em>{piece}</em>"
            if style & STRONG:
                piece = f"<strong>{piece}</strong>"
        if link:
            piece = f'<a href="{html.escape(link)}">{piece}</a>'
        pieces.append(piece)
    return fold("".join(pieces))


def _look(run: Run) -> tuple[int, str | None]:
    return run.style, run.link


def join(before: list[Run], after: list[Run]) -> None:
    """Append a line to the one *before*, with a blank between them in the look that both have."""
    if before and after:
        left, right = before[-1], after[0]
        link = left.link if left.link == right.link else None
        before.append(Run(" ", left.style & right.style, link))
    before += after


def is_whole(runs: Iterable[Run], style: int) -> bool:
    """Whether all text of *runs* is in that *style*."""
    return all(run.style & style or run.text.isspace() for run in runs)


def only_links(runs: Sequence[Run]) -> bool:
    """Whether *runs* are links and nothing else but separators."""
    return any(run.link for run in runs) and bool(
        _SEPARATOR.fullmatch("".join([run.text for run in runs if not run.link]))
    )


def label_of(text: str) -> str | None:
    """Return the label that *text* is and nothing else, without brackets and colon.

    >>> label_of("(Baca juga :")
    'Baca juga'
    """
    if len(text) > _LONGEST_LABEL:
        return None
    label = is_editor_link_label(text)
    return label if label is not None and is_only(label, text) else None


def is_only(label: str, text: str) -> bool:
    """Whether *text* is its *label* and nothing else but punctuation."""
    return _EDGES.sub("", text).casefold() == label.casefold()


def take_links(runs: Sequence[Run], heading: str | None) -> tuple[list[Run], list[Found]]:
    """Return *runs* without the links that editors put there for other articles, and those links.

    *heading* is the label that a line before has left open. A label inside a line counts when it
    begins a sentence or a bracket and ends with a colon.
    """
    kept: list[Run] = []
    found: list[Found] = []
    groups = [(link, list(group)) for link, group in groupby(runs, key=lambda run: run.link)]
    if heading is not None and not only_links(runs):
        heading = None
    for place, (link, group) in enumerate(groups):
        last = place + 1 == len(groups)
        if link is not None:
            title = plain(group)
            label, title = (heading, title) if heading else _label_within(title)
            if label is None:
                kept += group
            elif title:
                heading = label
                found.append(Found(title, link, label))
        elif heading is None or not _separates(group) or (last and kept):
            text = _without_closing(group, kept) if heading is not None and found else group
            heading = None
            if not last:
                text, heading = _without_label(text, first=not kept)
            kept += text
    return kept, found


def _separates(group: Sequence[Run]) -> bool:
    return bool(_SEPARATOR.fullmatch("".join([run.text for run in group])))


def _label_within(title: str) -> tuple[str | None, str]:
    """Split ``Baca Juga: Judul``, all of it one link, into label and title."""
    label, colon, rest = title.partition(":")
    if colon and (name := label_of(label + colon)):
        return name, rest.strip()
    return None, title


def _without_label(group: list[Run], *, first: bool) -> tuple[list[Run], str | None]:
    """Return *group* without the label at its end, and that label."""
    text = "".join([run.text for run in group])
    starts = [0] if first else []
    cuts = {0: 0}
    for mark in _BEGINNING.finditer(text, max(0, len(text) - 3 * _LONGEST_LABEL)):
        starts.append(mark.end())
        cuts[mark.end()] = mark.start() if mark[0] in "([" else mark.start() + len(mark[0].rstrip())
    for start in starts:
        tail = fold(text[start:])
        whole_line = first and not fold(text[:start]).strip("([•-–—|» ")
        if tail and (whole_line or tail.endswith(":")):
            label = label_of(tail)
            if label:
                return _cut(group, cuts[start]), label
    return group, None


def _without_closing(group: list[Run], kept: list[Run]) -> list[Run]:
    """Return *group* without the bracket that closed the label before it.

    What goes on with a full stop or a comma moves up to the last word that was *kept*.
    """
    text = "".join([run.text for run in group])
    closing = _CLOSING.match(text)
    if closing is not None:
        group = _cut(group, closing.end(), tail=True)
    if kept and (text[closing.end() :] if closing else text)[:1] in (".", ",", ";", "!", "?"):
        kept[-1] = kept[-1]._replace(text=kept[-1].text.rstrip())
    return group


def _cut(group: Iterable[Run], place: int, *, tail: bool = False) -> list[Run]:
    """Return the part of *group* before that *place* of its text, or the *tail* after it."""
    kept = []
    for run in group:
        text = run.text[place:] if tail and place > 0 else run.text
        if not tail:
            text = run.text[: max(place, 0)]
        place -= len(run.text)
        if text:
            kept.append(run._replace(text=text))
    return kept
