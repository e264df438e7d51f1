"""Reads the newsroom's source files: ``site.toml``, and one text file an article or page.

A file begins with TOML between two lines of ``+++``; what follows is the post's content in the
form WordPress stores. ``%link:SLUG%``, ``%uploads%`` and ``%home%`` stand for addresses.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from crawler.errors import ConfigurationError
from demo.content import (
    CATEGORY,
    STATUSES,
    TAG,
    TOPIC,
    Author,
    Comment,
    Content,
    Entry,
    House,
    Picture,
    Term,
    slug_of,
)

FIXTURES: Final = Path(__file__).parents[1] / "fixtures" / "newsroom"
FENCE: Final = "+++"

_HOUSE: Final = {
    "name": str,
    "tagline": str,
    "zone": str,
    "permalinks": str,
    "wordpress": str,
    "theme": str,
    "menu": list,
    "topics": list,
    "advertisements": dict,
    "authors": list,
    "categories": list,
}
_ENTRY: Final = {
    "id": int,
    "slug": str,
    "title": str,
    "date": dt.datetime,
    "modified": dt.datetime,
    "author": str,
    "status": str,
    "password": str,
    "categories": list,
    "tags": list,
    "topics": list,
    "writer": str,
    "editor": str,
    "source": str,
    "format": str,
    "video": str,
    "excerpt": str,
    "template": str,
    "photo": dict,
    "pictures": list,
    "comments": list,
}
_PICTURE: Final = {"file": str, "alt": str, "caption": str}
_COMMENT: Final = {"author": str, "date": dt.datetime, "text": str, "reply_to": int}


class SourceError(ConfigurationError):
    """A source file of the embedded newsroom is wrong; the message names file and key."""


class _Table:
    """A TOML table that knows which file it stands in, for messages."""

    def __init__(self, path: Path, values: Mapping[str, Any], known: Mapping[str, type]) -> None:
        self.path = path
        self.values = values
        for key, value in values.items():
            if key not in known:
                raise SourceError(f"{path}: unknown key {key!r}; known are {', '.join(known)}")
            if not isinstance(value, known[key]):
                raise SourceError(
                    f"{path}: {key} must be {known[key].__name__}, got {type(value).__name__}"
                )

    def need(self, key: str) -> Any:
        if key not in self.values:
            raise SourceError(f"{self.path}: wants {key}")
        return self.values[key]

    def get(self, key: str, default: Any) -> Any:
        return self.values.get(key, default)


def load_content(folder: Path = FIXTURES) -> Content:
    """Return what the source files below *folder* say.

    Raises :exc:`SourceError`, naming the file, for anything unknown, missing or told twice.
    """
    site = folder / "site.toml"
    table = _Table(site, _toml(site, site.read_text(encoding="utf-8")), _HOUSE)
    reader = _Reader(site, table)
    entries = [
        reader.entry(path, kind)
        for kind, name in (("post", "articles"), ("post", "others"), ("page", "pages"))
        for path in sorted((folder / name).glob("*.txt"))
    ]
    _refuse_doubles(entries, folder)
    return Content(
        house=reader.house(),
        authors=tuple(reader.authors.values()),
        terms=tuple(reader.terms.values()),
        entries=tuple(entries),
    )


def _toml(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SourceError(f"{path}: not TOML ({error})") from None


def _refuse_doubles(entries: list[Entry], folder: Path) -> None:
    seen: dict[object, str] = {}
    for entry in entries:
        for key in (entry.id, entry.slug, *(picture.id for picture in entry.attachments)):
            if key in seen:
                raise SourceError(f"{folder}: {key} is used by {seen[key]} and by {entry.slug}")
            seen[key] = entry.slug


class _Reader:
    """Turns tables into content; terms get their ids in the order in which they turn up."""

    def __init__(self, path: Path, table: _Table) -> None:
        self.path = path
        self.table = table
        self.zone = ZoneInfo(table.need("zone"))
        self.authors = {
            author["slug"]: Author(id=number, **author)
            for number, author in enumerate(table.need("authors"), start=1)
        }
        self.terms: dict[tuple[str, str], Term] = {}
        for category in table.need("categories"):
            values = {**category}
            parent = values.pop("parent", None)
            above = self.terms[CATEGORY, parent].id if parent else 0
            self._add(CATEGORY, values.pop("slug"), values.pop("name"), parent=above, **values)
        for name in table.need("topics"):
            self._add(TOPIC, slug_of(name), name)

    def house(self) -> House:
        need = self.table.need
        offset = dt.datetime(2020, 1, 1, tzinfo=self.zone).utcoffset()
        return House(
            name=need("name"),
            tagline=need("tagline"),
            zone=dt.timezone(offset or dt.timedelta()),
            zone_name=need("zone"),
            permalinks=need("permalinks"),
            wordpress=need("wordpress"),
            theme=need("theme"),
            menu=tuple(need("menu")),
            advertisements=need("advertisements"),
        )

    def entry(self, path: Path, kind: str) -> Entry:
        table, content = _split(path)
        number = table.need("id")
        at = self._moment(table.need("date"))
        changed = self._moment(table.get("modified", table.need("date")))
        if changed < at:
            raise SourceError(f"{path}: modified lies before date")
        status = table.get("status", "publish")
        if status not in STATUSES:
            raise SourceError(f"{path}: unknown status {status!r}; known are {', '.join(STATUSES)}")
        photo, *pictures = self._pictures(path, table, number)
        return Entry(
            id=number,
            kind=kind,
            slug=table.need("slug"),
            title=table.need("title"),
            at=at,
            changed=changed,
            author=self._author(path, table.get("author", "redaksi")),
            status=status,
            content=content,
            categories=tuple(self._categories(path, table, kind)),
            tags=tuple(self._add(TAG, slug_of(name), name) for name in table.get("tags", [])),
            topics=tuple(self._topics(path, table)),
            photo=photo,
            pictures=tuple(picture for picture in pictures if picture),
            comments=tuple(self._comments(path, table, number)),
            **{
                key: table.get(key, "")
                for key in ("password", "writer", "editor", "source", "video", "excerpt")
            },
            format=table.get("format", "standard"),
            template=table.get("template", ""),
        )

    def _add(self, taxonomy: str, slug: str, name: str, **more: Any) -> Term:
        key = taxonomy, slug
        if key not in self.terms:
            # WordPress ships with term 1, "Uncategorized"
            number = len(self.terms) + 2
            self.terms[key] = Term(id=number, taxonomy=taxonomy, slug=slug, name=name, **more)
        return self.terms[key]

    def _moment(self, local: dt.datetime) -> dt.datetime:
        offset = local.replace(tzinfo=self.zone).utcoffset()
        return local.replace(tzinfo=dt.timezone(offset or dt.timedelta()))

    def _author(self, path: Path, slug: str) -> Author:
        if slug not in self.authors:
            known = ", ".join(self.authors)
            raise SourceError(f"{path}: unknown author {slug!r}; known are {known}")
        return self.authors[slug]

    def _categories(self, path: Path, table: _Table, kind: str) -> Iterator[Term]:
        slugs = table.need("categories") if kind == "post" else []
        for slug in slugs:
            if (CATEGORY, slug) not in self.terms:
                known = ", ".join(name for taxonomy, name in self.terms if taxonomy == CATEGORY)
                raise SourceError(f"{path}: unknown category {slug!r}; known are {known}")
            yield self.terms[CATEGORY, slug]

    def _topics(self, path: Path, table: _Table) -> Iterator[Term]:
        for name in table.get("topics", []):
            if (TOPIC, slug_of(name)) not in self.terms:
                known = ", ".join(self.table.need("topics"))
                raise SourceError(f"{path}: unknown topic {name!r}; known are {known}")
            yield self.terms[TOPIC, slug_of(name)]

    def _pictures(self, path: Path, table: _Table, number: int) -> Iterator[Picture | None]:
        """The lead photo or ``None``, then the others; ids follow the entry's."""
        lead = table.get("photo", None)
        for place, values in enumerate([lead, *table.get("pictures", [])], start=1):
            if values is None:
                yield None
                continue
            picture = _Table(path, values, _PICTURE)
            yield Picture(
                id=number + place,
                file=picture.need("file"),
                alt=picture.get("alt", ""),
                caption=picture.get("caption", ""),
            )

    def _comments(self, path: Path, table: _Table, number: int) -> Iterator[Comment]:
        first = number * 10
        for place, values in enumerate(table.get("comments", []), start=1):
            comment = _Table(path, values, _COMMENT)
            answered = comment.get("reply_to", 0)
            yield Comment(
                id=first + place,
                author=comment.need("author"),
                at=self._moment(comment.need("date")),
                text=comment.need("text"),
                parent=first + answered if answered else 0,
            )


def _split(path: Path) -> tuple[_Table, str]:
    lines = path.read_text(encoding="utf-8").split("\n")
    if lines[0] != FENCE or FENCE not in lines[1:]:
        raise SourceError(f"{path}: wants TOML between two lines of {FENCE} at its top")
    end = lines.index(FENCE, 1)
    table = _Table(path, _toml(path, "\n".join(lines[1:end])), _ENTRY)
    return table, "\n".join(lines[end + 1 :]).strip("\n")
