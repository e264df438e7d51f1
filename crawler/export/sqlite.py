"""SQLite: articles, their lists as tables of their own, edits, full-text search, and views."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import attrs
import snowballstemmer

from crawler.archive import Edit
from crawler.export.selection import new_file
from crawler.items import Article
from crawler.timestamps import Moment

_SCHEMA: Final = Path(__file__).with_name("sqlite.sql")

# Rows of one article in a table beside it: table -> its columns after `article` and `position`.
_LISTS: Final[dict[str, tuple[str, ...]]] = {
    "images": ("url", "alt", "caption", "credit"),
    "embeds": ("kind", "url"),
    "dates": ("text", "date", "end", "time", "resolved", "weekday_agrees", "block"),
    "related_posts": ("title", "url", "heading", "placement"),
    "captures": (
        "url", "fetched_at", "status", "warc", "offset", "length", "record_id", "digest",
    ),
}  # fmt: skip
_NAMES: Final = ("authors", "categories", "tags", "topics")
_JSON: Final = (*_NAMES, "pages")
_PLAIN: Final = (
    "id", "revision", "title", "url", "subtitle", "writer", "editor", "credit", "source_url",
    "published_at", "modified_at", "event_date", "body", "body_html", "word_count", "language",
    "image_url", "image_alt", "caption", "photo_credit", "site", "post_id", "content_hash",
    "unchanged_until", "theme", "source", "extractor", "run", "written_at",
)  # fmt: skip
_BETWEEN_COMMITS: Final = 2_000


def write_sqlite(articles: Iterable[Article], path: Path, edits: Iterable[Edit] = ()) -> int:
    """Write *articles* and *edits* to the SQLite database *path*, in place of what was there.

    Returns how many there were. Tables and views are in ``sqlite.sql`` beside this module.
    """
    count = 0
    with new_file(path) as partial, closing(sqlite3.connect(partial)) as database:
        # Nobody sees the file before it is whole, so nothing has to survive a crash.
        database.execute("PRAGMA journal_mode = OFF")
        database.execute("PRAGMA synchronous = OFF")
        tables, _, views = _SCHEMA.read_text(encoding="utf-8").partition("-- Views")
        database.executescript(tables)
        for count, article in enumerate(articles, start=1):
            _add(database, count, article)
            if count % _BETWEEN_COMMITS == 0:
                database.commit()
        for edit in edits:
            _insert(database, "edits", _edit_row(edit))
        database.executescript("-- Views" + views)
        database.commit()
        database.execute("INSERT INTO search(search) VALUES ('optimize')")
        database.commit()
        database.execute("ANALYZE")
        database.commit()
    return count


def _add(database: sqlite3.Connection, key: int, article: Article) -> None:
    _insert(database, "articles", _row(key, article))
    stems = stemmed(f"{article.title} {article.body}") if article.language[:2] in _STEMMED else ""
    database.execute("INSERT INTO stems VALUES (?, ?)", (key, stems))
    database.execute(
        "INSERT INTO search (rowid, title, body, stems) VALUES (?, ?, ?, ?)",
        (key, article.title, article.body, stems),
    )
    for table in _NAMES:
        names = dict.fromkeys(getattr(article, table))  # a name counts once
        database.executemany(
            f"INSERT INTO {table} VALUES (?, ?)",  # noqa: S608 -- names of our own
            ((key, name) for name in names),
        )
    for table, columns in _LISTS.items():
        database.executemany(
            f"INSERT INTO {table} VALUES ({', '.join('?' * (len(columns) + 2))})",  # noqa: S608 -- names of our own
            _positions(key, getattr(article, table), columns),
        )


def _insert(database: sqlite3.Connection, table: str, row: dict[str, Any]) -> None:
    database.execute(
        f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})",  # noqa: S608 -- names of our own
        tuple(row.values()),
    )


_WORD: Final = re.compile(r"\w+")
_STEMMED: Final = ("id", "ms")
_STEMMER: Final = snowballstemmer.stemmer("indonesian")


def stemmed(text: str) -> str:
    """Return the stems of the words of an Indonesian *text*, in order.

    >>> stemmed("Pencurian dan kerusakan")
    'curi dan rusa'
    """
    return " ".join(map(_stem, _WORD.findall(text.lower())))


@lru_cache(maxsize=100_000)  # a newsroom's words; the stemmer takes a hundredth of a millisecond
def _stem(word: str) -> str:
    stem: str = _STEMMER.stemWord(word)
    return stem


def _positions(
    key: int, values: Iterable[Any], columns: tuple[str, ...]
) -> Iterator[tuple[Any, ...]]:
    for position, value in enumerate(values, start=1):
        yield (key, position, *(getattr(value, column) for column in columns))


def _row(key: int, article: Article) -> dict[str, Any]:
    published, modified = Moment.of(article.published_at), Moment.of(article.modified_at)
    place = article.dateline
    return {
        **{name: getattr(article, name) for name in _PLAIN},
        **{name: json.dumps(getattr(article, name), ensure_ascii=False) for name in _JSON},
        "key": key,
        "day": None if published.day is None else published.day.isoformat(),
        "place": place.place if place else None,
        "outlet": place.outlet if place else None,
        "region": place.region if place else None,
        "dateline": place.text if place else None,
        "published_utc": published.stamp,
        "published_offset_minutes": published.offset_minutes,
        "modified_utc": modified.stamp,
        "captured_at": min((each.fetched_at for each in article.captures), default=None),
        "provenance": json.dumps(dict(article.provenance), ensure_ascii=False),
    }


_EDIT_LISTS: Final = ("kinds", "changes", "fields", "captures_before", "captures_after")


def _edit_row(edit: Edit) -> dict[str, Any]:
    row = attrs.asdict(edit)
    row |= {name: json.dumps(row[name], ensure_ascii=False) for name in _EDIT_LISTS}
    headline = row.pop("headline") or {}
    return row | {f"headline_{side}": headline.get(side) for side in ("before", "after")}
