"""What a newsroom changed, took down and put back, as the lines of its archive show it.

Nothing is known of when an edit happened but that the article was seen unchanged until one moment,
and changed by another: :attr:`Edit.last_seen_before` and :attr:`Edit.seen_at`.
"""

from __future__ import annotations

import datetime as dt
import pickle
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any, TypeAlias

import attrs

from crawler.archive.edit_kinds import Comparison, changed_fields, kinds_of
from crawler.archive.files import ARTICLES, file_of
from crawler.archive.reading import Opened, lines_of, moment, open_all, withheld
from crawler.items import ARTICLE, GONE, WITHHELD, Article, CaptureReference, Gone, Withheld
from crawler.normalise.words import block_changes, counted


@attrs.frozen
class Change:
    """What became of a block of text."""

    op: str
    """``replace``, ``insert`` or ``delete``."""

    before: str | None
    """The block as it was; blocks that were joined have a blank line between them."""

    after: str | None
    block: int
    """Its number from 0, in the newer text; of a block that was deleted, in the older."""


@attrs.frozen
class Headline:
    """A headline that was changed."""

    before: str
    after: str


@attrs.frozen
class FieldChange:
    """A field beside headline and text that was changed."""

    field: str
    before: Any
    after: Any


@attrs.frozen(kw_only=True)
class Edit:
    """One revision after the first, or that the article is gone."""

    id: str
    site: str
    url: str
    title: str
    kind: str
    """The weightiest of :attr:`kinds`."""

    kinds: tuple[str, ...]
    from_revision: int
    to_revision: int
    last_seen_before: str | None
    """UTC: it was unchanged until then; None where that is not known."""

    seen_at: str
    """UTC: it was changed by then."""

    modified_at: str | None
    """When the newsroom says that it was."""

    headline: Headline | None = None
    changes: tuple[Change, ...] = ()
    fields: tuple[FieldChange, ...] = ()
    words_added: int = 0
    """Of headline and text."""

    words_removed: int = 0
    reason: str | None = None
    """Why an article counts as gone: ``not_found``, ``moved`` or ``closed``."""

    captures_before: tuple[CaptureReference, ...] = ()
    captures_after: tuple[CaptureReference, ...] = ()


def _compared(edit: Edit, known: Article, now: Article) -> Edit:
    """Return *edit* with what of *known* was changed in *now*."""
    compared = [
        (Comparison.of(old, new), number)
        for old, new, number in block_changes(known.body, now.body)
    ]
    fields = changed_fields(known, now)
    kinds = kinds_of(known, now, fields, [block for block, _ in compared])
    if edit.kind == "returned":
        kinds = ("returned", *(kinds if compared or fields else ()))
    title = Comparison.of(known.title, now.title)
    runs = [run for block in (title, *(block for block, _ in compared)) for run in block.runs]
    return attrs.evolve(
        edit,
        url=now.url,
        title=now.title,
        kind=kinds[0],
        kinds=kinds,
        headline=Headline(known.title, now.title) if "title" in fields else None,
        changes=tuple(
            Change(block.op, block.before or None, block.after or None, number)
            for block, number in compared
        ),
        fields=tuple(
            FieldChange(name, getattr(known, name), getattr(now, name))
            for name in fields
            if name != "title"
        ),
        words_added=sum(counted(run.after) for run in runs if run.op != "equal"),
        words_removed=sum(counted(run.before) for run in runs if run.op != "equal"),
    )


# from an archive


def edits(
    path: Path | str,
    *,
    since: dt.date | str | None = None,
    until: dt.date | str | None = None,
) -> Iterator[Edit]:
    """Yield the edits that the lines of an archive folder, or of one of its files, show.

    Newest first. *since* and *until* say when an edit was seen: days in UTC, inclusive, or moments.
    Articles that were taken down are among them, those that are withheld never. An edit of which
    the revision before is not there is left out. Raises as :func:`crawler.archive.read` does.

    Memory grows with the number of edits in that time, not with the archive: the lines that are
    compared wait in a temporary file.
    """
    first, last = moment("since", since), moment("until", until, "23:59:59")
    folder = Path(path)
    with tempfile.TemporaryFile() as file:
        kept = _Kept(file)
        with ExitStack() as stack:
            files = open_all(folder, None, stack)
            kept.fill(files, _edited(files, first, last), withheld(folder))
        for id_, revision in kept.revisions(first, last):
            if (edit := kept.edit(id_, revision)) is not None:
                yield edit


def revisions_of(folder: Path, id_: str) -> dict[int, list[Article | Gone]]:
    """Return the lines of an article by revision, both in order; none of what is withheld."""
    with tempfile.TemporaryFile() as file, ExitStack() as stack:
        kept = _Kept(file)
        kept.fill(open_all(folder, None, stack), {id_.encode()}, withheld(folder))
        numbers = kept.revisions(None, None, least=1)
        return {number: kept.lines(id_.encode(), number) for _, number in reversed(numbers)}


def _edited(files: Sequence[Opened], first: str | None, last: str | None) -> set[bytes]:
    """Return the ids of which a later revision was written between two moments."""
    since = file_of(first) if first else ""
    late = (each for each in files if each.name >= since or not each.name.startswith(ARTICLES))
    ids = set()
    for line in lines_of(late):
        schema, id_, revision = line.beginning
        later = revision > 1 and schema in (ARTICLE, GONE)
        if later and (first or "") <= line.written_at <= (last or "~"):
            ids.add(id_)
    return ids


class _Kept:
    """Lines of edited articles, in a temporary file; where they lie in it is held in memory."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        # id → revision → of each of its lines place, when it was written, and whether it is gone
        self._places: dict[bytes, dict[int, list[tuple[int, str, bool]]]] = {}

    def fill(self, files: Sequence[Opened], ids: set[bytes], withheld: set[str]) -> None:
        """Take the lines of the articles *ids* from *files*, without those that are withheld."""
        hidden = {id_.encode() for id_ in withheld}
        for line in lines_of(files if ids else ()):
            schema, id_, revision = line.beginning
            if schema == WITHHELD:
                hidden.add(id_)
            elif id_ in ids:
                places = self._places.setdefault(id_, {}).setdefault(revision, [])
                places.append((self._file.tell(), line.written_at, schema == GONE))
                pickle.dump(line, self._file)
        for id_ in hidden:
            self._places.pop(id_, None)

    def revisions(
        self, first: str | None, last: str | None, least: int = 2
    ) -> list[tuple[bytes, int]]:
        """Return id and number, from *least*, of the revisions first written then, newest first."""
        found = (
            (lines[0], id_, number)
            for id_, revisions in self._places.items()
            for number, lines in revisions.items()
            if number >= least and (first or "") <= lines[0][1] <= (last or "~")
        )
        return [(id_, number) for _, id_, number in sorted(found, reverse=True)]

    def edit(self, id_: bytes, revision: int) -> Edit | None:
        """Return the edit that made *revision* of an article; None where none is before it."""
        there = self._places[id_]
        before = [number for number in there if number < revision]
        texts = [number for number in before if not all(gone for _, _, gone in there[number])]
        earlier, text = (self.lines(id_, max(each, default=0)) for each in (before, texts))
        return seen_edit(earlier, self.lines(id_, revision), text)

    def lines(self, id_: bytes, revision: int) -> list[Article | Gone]:
        """Return the lines of a revision in the order written."""
        found = []
        for place, _, _ in self._places[id_].get(revision, ()):
            self._file.seek(place)
            line = pickle.load(self._file).parse()  # noqa: S301 -- written a moment ago, by this very object
            if not isinstance(line, Withheld):
                found.append(line)
        return found


Revision: TypeAlias = Sequence[Article | Gone]
"""Its lines, in the order written."""


def seen_edit(earlier: Revision, later: Revision, text: Revision) -> Edit | None:
    """Return the edit between two revisions; *text* is the last one with a text before *later*.

    What is compared says :func:`most_alike`. When it was seen is said by the lines on both sides
    of the edit. None where there is nothing to compare with.
    """
    if not earlier or not later:
        return None
    after, written = later[0], later[0].written_at or ""
    latest_first = (line for line in reversed(earlier) if (line.written_at or "") <= written)
    before = next(latest_first, earlier[0])
    pair = most_alike(text, later)
    known = pair[0] if pair else next((each for each in text if isinstance(each, Article)), None)
    gone = isinstance(after, Gone)
    newest = known if gone else after
    kind = "gone" if gone else "returned" if isinstance(before, Gone) else "text"
    edit = Edit(
        id=after.id,
        site=after.site,
        url=after.url,
        title=newest.title if isinstance(newest, Article) else "",
        kind=kind,
        kinds=(kind,),
        from_revision=before.revision,
        to_revision=after.revision,
        last_seen_before=after.unchanged_until
        or max((each.fetched_at for each in before.captures), default=None),
        seen_at=written,
        modified_at=None if isinstance(after, Gone) else after.modified_at,
        reason=after.reason if isinstance(after, Gone) else None,
        captures_before=before.captures,
        captures_after=after.captures,
    )
    return _compared(edit, *pair) if pair else edit


def most_alike(earlier: Revision, later: Revision) -> tuple[Article, Article] | None:
    """Return the lines of two revisions that were made of the same, and by the same rules.

    So that better rules are no edit. Of several the last; None where one is no article.
    """
    pairs = [
        (before, after)
        for before in earlier
        for after in later
        if isinstance(before, Article) and isinstance(after, Article)
    ]
    return max(pairs, key=_likeness, default=None)


def _likeness(pair: tuple[Article, Article]) -> tuple[bool, bool, str, str]:
    before, after = pair
    return (
        before.source == after.source,
        before.extractor == after.extractor,
        before.written_at or "",
        after.written_at or "",
    )
