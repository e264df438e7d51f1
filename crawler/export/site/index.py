"""The articles of a site as its lists need them, and what was changed of each."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from sys import intern
from typing import Final, Generic, TypeVar
from zoneinfo import ZoneInfo

import attrs

from crawler.archive import Edit
from crawler.archive.identity import Identity, read_identity
from crawler.archive.reading import read_lines, withheld
from crawler.export.selection import Selection
from crawler.items import Article
from crawler.timestamps import Moment, comparable

Item = TypeVar("Item")

SHELVES: Final = ("months", "categories", "places", "authors")
"""What articles are listed by; attributes of :class:`Entry`."""

NO_MONTH: Final = "none"

_SHEET: Final = 100  # articles on a page of a list


@attrs.frozen(kw_only=True)
class Entry:
    """An article, as lists need it."""

    page: str
    """The file of its page."""

    title: str
    published: str | None
    categories: tuple[str, ...]
    authors: tuple[str, ...]
    places: tuple[str, ...]
    first_seen: str | None
    changes: int
    """Edits that were seen, without its being taken down."""

    fate: str | None
    """``gone``, or ``withdrawn`` where a notice stands in its place; None while it stands."""

    @property
    def months(self) -> tuple[str]:
        """Year and month of publication, or that none is stated."""
        return (Moment.of(self.published).month or NO_MONTH,)

    @property
    def order(self) -> tuple[str, str]:
        """By what lists are sorted."""
        return comparable(self.published) or "", self.page


@attrs.frozen(kw_only=True)
class Index:
    """What a site is made from, but for the texts."""

    identity: Identity
    entries: dict[str, Entry]
    """Id → article, newest first."""

    by_url: dict[str, str]
    """Address, former ones too → id."""

    hidden: frozenset[str]
    """Addresses of what is withheld."""

    edits: list[Edit]
    """Newest first."""

    history: dict[str, list[Edit]]
    """Id → its edits, newest first."""

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.identity.zone)

    @property
    def gone(self) -> list[Entry]:
        """What was taken down, newest first."""
        return [entry for entry in self.entries.values() if entry.fate]

    def lists(self, shelf: str) -> dict[str, list[Entry]]:
        """Name on *shelf* → its articles, newest first."""
        lists: dict[str, list[Entry]] = defaultdict(list)
        for entry in self.entries.values():
            for name in dict.fromkeys(getattr(entry, shelf)):
                lists[name].append(entry)
        return dict(lists)

    def target(self, url: str) -> str | None:
        """Return where a link of the newsroom to *url* leads from an article's page.

        To the page of that article, where it is archived; nowhere, where it is withheld.
        """
        if url.rstrip("/") in self.hidden:
            return None
        entry = self.entries.get(self.by_url.get(url.rstrip("/"), ""))
        return entry.page.rpartition("/")[2] if entry else url


def read_index(selection: Selection) -> Index:
    """Return what there is to list of *selection*; memory grows with articles, not their texts."""
    folder = selection.folder
    identity = read_identity(folder)
    assert identity is not None  # a folder is an archive by it
    hidden_ids = withheld(folder)
    first: dict[str, str | None] = {}
    by_url: dict[str, str] = {}
    hidden: set[str] = set()
    for line in read_lines(folder):
        if line.id in hidden_ids:
            hidden.add(line.url.rstrip("/"))
        elif isinstance(line, Article):
            seen = line.captures[0].fetched_at if line.captures else line.written_at
            first.setdefault(line.id, seen)
            by_url[line.url.rstrip("/")] = line.id
    history: dict[str, list[Edit]] = defaultdict(list)
    found = list(selection.edits())
    for edit in found:
        history[edit.id].append(edit)
    entries = {
        article.id: _entry(article, history.get(article.id, ()), first.get(article.id))
        for article in selection.articles()
    }
    return Index(
        identity=identity,
        entries=dict(sorted(entries.items(), key=lambda item: item[1].order, reverse=True)),
        by_url=by_url,
        hidden=frozenset(hidden),
        edits=[edit for edit in found if edit.id in entries],
        history=dict(history),
    )


def _entry(article: Article, history: Sequence[Edit], first_seen: str | None) -> Entry:
    place = article.dateline.place if article.dateline else None
    return Entry(
        page=f"articles/{slug(article.id.partition(':')[2])}.html",
        title=article.title,
        published=article.published_at,
        categories=tuple(map(intern, article.categories)),
        authors=tuple(map(intern, article.authors)),
        places=(intern(place),) if place else (),
        first_seen=first_seen,
        changes=sum(edit.kind != "gone" for edit in history),
        fate=history[0].kind if history and history[0].kind in ("gone", "withdrawn") else None,
    )


def slug(name: str) -> str:
    """Return *name* as a file's name: lower-case letters, digits and hyphens, not too many.

    >>> slug("Hukum & Kriminal"), slug("Jum'at")
    ('hukum-kriminal', 'jum-at')
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^0-9a-z]+", "-", plain).strip("-")[:60] or _digest(name)


def pages_of(shelf: str, names: Iterable[str]) -> dict[str, str]:
    """Return name → the file of its page; names that look alike get one each."""
    pages: dict[str, str] = {}
    taken = {"index"}
    for name in sorted(names):
        stem = slug(name)
        if stem in taken:
            stem = f"{stem}-{_digest(name)}"
        taken.add(stem)
        pages[name] = f"{shelf}/{stem}.html"
    return pages


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:8]


@attrs.frozen(kw_only=True)
class Sheet(Generic[Item]):
    """One page of a list that is long."""

    page: str
    items: Sequence[Item]
    newer: str | None
    older: str | None


def sheets(items: Sequence[Item], page: str) -> Iterator[Sheet[Item]]:
    """Cut *items*, newest first, into pages, of which *page* has the newest.

    Counted from the oldest, so that pages that are full stay as they are.
    """
    stem = page.removesuffix(".html")
    count = max(len(items) // _SHEET, 1)
    names = [page, *(f"{stem}.{number}.html" for number in range(count - 1, 0, -1))]
    newest = len(items) - (count - 1) * _SHEET
    for number, name in enumerate(names):
        start = newest + (number - 1) * _SHEET if number else 0
        yield Sheet(
            page=name,
            items=items[start : newest + number * _SHEET],
            newer=names[number - 1] if number else None,
            older=names[number + 1] if number + 1 < count else None,
        )
