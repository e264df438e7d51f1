"""Edits for people and programs: changed words as HTML and for a terminal, JSON, CSV and Atom."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final, TextIO

import attrs
from lxml import etree
from markupsafe import Markup
from rich.console import Console
from rich.text import Text

from crawler.archive import Edit
from crawler.archive.identity import Identity
from crawler.export.selection import neutral
from crawler.normalise.text import fold
from crawler.normalise.words import PARAGRAPH, word_runs

# changed words


def changed_words(before: str | None, after: str | None) -> Markup:
    """Return what became of a text as HTML, to stand in a block; everything in it is escaped.

    What went is in ``<del>``, what came in ``<ins>``.

    >>> str(changed_words("Tiga orang < luka", "Lima orang < luka"))
    '<del>Tiga</del> <ins>Lima</ins> orang &lt; luka'
    """
    frames = {"equal": "{}", "delete": "<del>{}</del>", "insert": "<ins>{}</ins>"}
    return Markup(" ").join(
        Markup("<br><br>") if ends else Markup(frames[op]).format(" ".join(words))  # noqa: S704 -- our own tags
        for op, group in _pieces(before, after)
        for ends, words in groupby(group, key=PARAGRAPH.__eq__)
    )


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
    pieces = list(_pieces(before, after))
    for at, (op, words) in enumerate(pieces):
        head, tail = _CONTEXT * (at > 0), _CONTEXT * (at < len(pieces) - 1)
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


def _pieces(before: str | None, after: str | None) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield words that stayed, went or came, in the order in which they are shown."""
    for run in word_runs(before or "", after or ""):
        if run.op == "equal":
            yield "equal", run.after
            continue
        if run.before:
            yield "delete", run.before
        if run.after:
            yield "insert", run.after


# for programs


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


_ATOM: Final = "http://www.w3.org/2005/Atom"


def write_atom(edits: Iterable[Edit], identity: Identity, file: TextIO) -> None:
    """Write the edits of one newsroom as a feed, each with the changed words."""
    entries = list(edits)
    authority = identity.site.partition("//")[2].partition("/")[0].partition(":")[0]
    feed = etree.Element(f"{{{_ATOM}}}feed", nsmap={None: _ATOM})  # type: ignore[dict-item]  # the stubs know no default namespace
    _add(feed, "title", f"{identity.name}: edits")
    _add(feed, "id", f"tag:{authority},{identity.created[:10]}:{identity.name}/edits")
    _add(feed, "updated", entries[0].seen_at if entries else identity.created)
    _add(feed, "link", href=identity.site)
    _add(etree.SubElement(feed, f"{{{_ATOM}}}author"), "name", identity.name)
    for edit in entries:
        entry = etree.SubElement(feed, f"{{{_ATOM}}}entry")
        _add(entry, "title", fold(f"{edit.title} ({', '.join(edit.kinds)})"))
        _add(entry, "id", f"tag:{authority},{edit.seen_at[:10]}:{edit.id}/{edit.to_revision}")
        _add(entry, "updated", edit.seen_at)
        _add(entry, "link", rel="alternate", href=edit.url)
        _add(entry, "category", term=edit.kind)
        _add(entry, "content", fold(edit_html(edit)), type="html")
    file.write('<?xml version="1.0" encoding="utf-8"?>\n')
    file.write(etree.tostring(feed, encoding="unicode", pretty_print=True))


def _add(parent: etree._Element, name: str, text: str | None = None, **attributes: str) -> None:
    etree.SubElement(parent, f"{{{_ATOM}}}{name}", attributes).text = text


def edit_html(edit: Edit, *, blocks: bool = True) -> Markup:
    """Return what an edit changed as paragraphs of HTML, with or without the blocks of text."""
    found = [Markup("<p>{}</p>").format(evidence(edit))]
    if edit.headline:
        words = changed_words(edit.headline.before, edit.headline.after)
        found.append(Markup("<p><strong>{}</strong></p>").format(words))
    for name, before, after in field_words(edit):
        found.append(Markup("<p>{}: {}</p>").format(name, changed_words(before, after)))
    if blocks:
        words_of = (changed_words(each.before, each.after) for each in edit.changes)
        found.extend(map(Markup("<p>{}</p>").format, words_of))
    return Markup("\n").join(found)


# for both


def evidence(edit: Edit) -> str:
    """Return between which moments the edit happened, in words."""
    what = "taken down by" if edit.kind == "gone" else "changed by"
    since = f"unchanged until {edit.last_seen_before}, " if edit.last_seen_before else ""
    stated = f"; the newsroom says {edit.modified_at}" if edit.modified_at else ""
    reason = f" ({edit.reason})" if edit.reason else ""
    return f"{since}{what} {edit.seen_at}{reason}{stated}"


def field_words(edit: Edit) -> Iterator[tuple[str, str, str]]:
    """Yield the fields beside headline and text that changed, as words: name, before, after."""
    for each in edit.fields:
        yield each.field, _in_words(each.before), _in_words(each.after)


def _in_words(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(_in_words(getattr(each, "url", each)) for each in value)
    return fold(str(value)) if value else ""
