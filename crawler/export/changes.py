"""Edits for a terminal and for programs: changed words, JSON lines, CSV and Atom."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from typing import Final, TextIO

import attrs
from rich.console import Console
from rich.text import Text

from crawler.archive import Edit
from crawler.archive.identity import Identity
from crawler.export.selection import neutral
from crawler.export.wording import Words, environment, field_words, pieces
from crawler.normalise.text import fold
from crawler.normalise.words import PARAGRAPH

_STYLES: Final = {"equal": "", "delete": "strike red", "insert": "underline green"}
_MARKS: Final = {"equal": "{}", "delete": "[-{}-]", "insert": "{{+{}+}}"}
_CONTEXT: Final = 8


def is_plain(console: Console) -> bool:
    """Whether *console* shows no styles, so that marks have to say what went and came."""
    return not console.is_terminal or console.is_dumb_terminal


def drawn_words(before: str | None, after: str | None, *, marks: bool, whole: bool = False) -> Text:
    """Return what became of a text for a terminal: what went struck through, what came underlined.

    With *marks* in the signs of wdiff instead, ``[-what went-]`` and ``{+what came+}``, where there
    are no styles. Unless *whole*, of words that stay only those beside a change.
    """
    drawn: list[Text] = []
    parts = list(pieces(before, after))
    for at, (op, words) in enumerate(parts):
        head, tail = _CONTEXT * (at > 0), _CONTEXT * (at < len(parts) - 1)
        shown = words
        if op == "equal" and not whole and len(words) > head + tail:
            shown = (*words[:head], "…", *words[len(words) - tail :])
        text = " ".join(shown)
        text = "\n\n".join(map(fold, text.split(PARAGRAPH))) if whole else fold(text)
        drawn.append(Text(_MARKS[op].format(text)) if marks else Text(text, _STYLES[op]))
    return Text(" ").join(drawn)


def drawn_edit(edit: Edit, *, marks: bool, blocks: bool = True) -> Iterator[Text]:
    """Yield what an edit changed as lines for a terminal, with or without the blocks of text."""
    if edit.headline:
        before, after = edit.headline.before, edit.headline.after
        yield Text("before: ").append(fold(before))
        yield Text("after:  ").append_text(drawn_words(before, after, marks=marks, whole=True))
    else:
        yield Text(fold(edit.title), "italic")
    for name, before, after in field_words(edit):
        yield Text(f"{name}: ").append_text(drawn_words(before, after, marks=marks))
    for each in edit.changes if blocks else ():
        yield Text("¶ ").append_text(drawn_words(each.before, each.after, marks=marks))


def write_json(edits: Iterable[Edit], file: TextIO) -> None:
    dump = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    file.writelines(f"{dump(attrs.asdict(edit))}\n" for edit in edits)


_PLAIN: Final = (
    "id", "kind", "from_revision", "to_revision", "last_seen_before", "seen_at", "modified_at",
    "title", "url", "words_added", "words_removed", "reason", "site",
)  # fmt: skip


def write_csv(edits: Iterable[Edit], file: TextIO) -> None:
    """Write a row an edit; changed blocks are in one cell, a line each, in the signs of wdiff."""
    rows = csv.writer(file)
    rows.writerow((*_PLAIN, "kinds", "headline_before", "headline_after", "changes"))
    for edit in edits:
        changes = (drawn_words(each.before, each.after, marks=True).plain for each in edit.changes)
        cells = (
            *(getattr(edit, name) for name in _PLAIN),
            "; ".join(edit.kinds),
            edit.headline.before if edit.headline else None,
            edit.headline.after if edit.headline else None,
            "\n".join(changes),
        )
        rows.writerow([neutral(cell) for cell in cells])


def write_atom(edits: Iterable[Edit], identity: Identity, file: TextIO) -> None:
    """Write the edits of one newsroom as a feed, each with the changed words."""
    feed = environment(Words("en")).get_template("edits.atom.jinja")
    authority = identity.site.partition("//")[2].partition("/")[0].partition(":")[0]
    page = feed.render(edits=list(edits), newsroom=identity, authority=authority)
    file.write(f"{page}\n")
