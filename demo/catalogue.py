"""What is public now, in the order in which it is shown; changes as the newsroom works."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import attrs

from demo.content import PUBLIC, Content, Entry, Picture, Term


class Catalogue:
    """The entries of a newsroom. *version* counts its changes, so that pages can be kept."""

    def __init__(self, content: Content) -> None:
        self.content = content
        self.version = 0
        self.taken_down: dict[str, int] = {}
        """Slug → status that the address of a deleted entry answers."""

        self._entries = {entry.id: entry for entry in content.entries}
        self._seen = -1
        self._posts: list[Entry] = []
        self._pages: list[Entry] = []
        self._newest_change: dt.datetime | None = None
        self._by_slug: dict[str, Entry] = {}
        self._by_term: dict[int, list[Entry]] = {}
        self._by_author: dict[int, list[Entry]] = {}
        self._pictures: dict[int, tuple[Picture, Entry]] = {}

    # ---------------------------------------------------------------- asking

    @property
    def posts(self) -> list[Entry]:
        """Public posts, protected ones among them, newest first."""
        self._refresh()
        return self._posts

    @property
    def pages(self) -> list[Entry]:
        """Public static pages, by id."""
        self._refresh()
        return self._pages

    @property
    def pictures(self) -> dict[int, tuple[Picture, Entry]]:
        """Photos of public posts by id, with the post they belong to."""
        self._refresh()
        return self._pictures

    def entry(self, number: int) -> Entry | None:
        """Return the entry with that id, public or not."""
        return self._entries.get(number)

    def named(self, slug: str) -> Entry | None:
        """Return the public entry with that slug."""
        self._refresh()
        return self._by_slug.get(slug)

    def any_named(self, slug: str) -> Entry:
        """Return the entry with that slug, public or not; :exc:`KeyError` when there is none."""
        for entry in self._entries.values():
            if entry.slug == slug:
                return entry
        raise KeyError(slug)

    def beginning(self, start: str) -> Entry | None:
        """Return the first public post whose slug begins with *start*."""
        self._refresh()
        return next((entry for entry in self._posts if entry.slug.startswith(start)), None)

    def of_term(self, term: Term) -> list[Entry]:
        """Return the public posts of *term* and of its children, newest first."""
        self._refresh()
        return self._by_term.get(term.id, [])

    def of_author(self, number: int) -> list[Entry]:
        """Return the public posts of a user, newest first."""
        self._refresh()
        return self._by_author.get(number, [])

    def of_day(self, year: int, month: int = 0, day: int = 0) -> list[Entry]:
        """Return the public posts of a year, month or day, newest first."""
        return [
            entry
            for entry in self.posts
            if entry.at.year == year and month in (0, entry.at.month) and day in (0, entry.at.day)
        ]

    @property
    def newest_change(self) -> dt.datetime:
        """When a public post was last changed."""
        self._refresh()
        if self._newest_change is None:
            raise ValueError("nothing is public")
        return self._newest_change

    # -------------------------------------------------------------- changing

    def replace(self, entry: Entry) -> None:
        """Put *entry* in the place of the one with its id, or add it."""
        self._entries[entry.id] = entry
        self.version += 1

    def add(self, entries: Iterable[Entry]) -> None:
        """Add *entries*."""
        self._entries.update((entry.id, entry) for entry in entries)
        self.version += 1

    def remove(self, entry: Entry, status: int) -> None:
        """Take *entry* down; its address answers *status* from now on."""
        del self._entries[entry.id]
        self.taken_down[entry.slug] = status
        self.version += 1

    def change(self, entry: Entry, **values: Any) -> Entry:
        """Replace *entry* by one with other *values*, and return it."""
        changed = attrs.evolve(entry, **values)
        self.replace(changed)
        return changed

    def _refresh(self) -> None:
        if self._seen == self.version:
            return
        self._seen = self.version
        public = [entry for entry in self._entries.values() if entry.status == PUBLIC]
        self._by_slug = {entry.slug: entry for entry in public}
        self._posts = sorted(
            (entry for entry in public if entry.kind == "post"),
            key=lambda entry: (entry.at, entry.id),
            reverse=True,
        )
        self._newest_change = max((entry.changed for entry in self._posts), default=None)
        pages = (entry for entry in self._entries.values() if entry.kind == "page")
        self._pages = sorted(pages, key=lambda entry: entry.id)
        parents = {term.id: term.parent for term in self.content.terms}
        self._by_term, self._by_author, self._pictures = {}, {}, {}
        for entry in self._posts:
            self._by_author.setdefault(entry.author.id, []).append(entry)
            numbers = {term.id for term in entry.terms}
            numbers |= {parents[number] for number in numbers if parents[number]}
            for number in numbers:
                self._by_term.setdefault(number, []).append(entry)
            for picture in entry.attachments:
                self._pictures[picture.id] = (picture, entry)
