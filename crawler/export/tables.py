"""Flat rows: CSV, safe to open in a spreadsheet, and SQLite, which has lists as tables of their own."""

from __future__ import annotations

import csv
import json
import re
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import attrs
import snowballstemmer

from crawler.archive import Edit
from crawler.export.selection import flat, neutral, new_file
from crawler.items import Article

COLUMNS: Final = (
    "id", "revision", "published_at", "published_day", "published_utc", "title", "subtitle",
    "authors", "writer", "editor", "categories", "tags", "topics", "place", "outlet", "region",
    "event_date", "dates", "word_count", "body", "credit", "source_url", "caption", "photo_credit",
    "image_url", "modified_at", "language", "url", "site", "post_id", "source", "captured_at",
    "written_at", "content_hash",
)  # fmt: skip


def write_csv(articles: Iterable[Article], path: Path) -> int:
    """Write *articles* to the file *path*, in place of what was there; return how many.

    UTF-8 with a byte order mark, by which Excel knows the encoding; RFC 4180 otherwise. Lists are
    joined with ``"; "``. A cell that a spreadsheet would compute begins with an apostrophe.
    """
    count = 0
    with new_file(path) as partial, partial.open("w", encoding="utf-8-sig", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(COLUMNS)
        for article in articles:
            row = flat(article)
            row["dates"] = [date["date"] for date in row["dates"]]
            rows.writerow(neutral(row[name]) for name in COLUMNS)
            count += 1
    return count


_SCHEMA: Final = Path(__file__).with_name("sqlite.sql")
_NAMES: Final = ("authors", "categories", "tags", "topics")
# Tables with the same columns as the parts of a line, in the same order.
_LISTS: Final = ("images", "embeds", "dates", "related_posts", "captures")
_OF_TABLE: Final = "SELECT name FROM pragma_table_info(?) ORDER BY cid"
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
        columns = _columns(database)
        for count, article in enumerate(articles, start=1):
            _add(database, columns, count, article)
            if count % _BETWEEN_COMMITS == 0:
                database.commit()
        for edit in edits:
            row = attrs.asdict(edit)
            headline = row["headline"] or {}
            row |= {f"headline_{side}": headline.get(side) for side in ("before", "after")}
            _insert(database, "edits", columns["edits"], row)
        database.executescript("-- Views" + views)
        database.commit()
        database.execute("INSERT INTO search(search) VALUES ('optimize')")
        database.commit()
        database.execute("ANALYZE")
        database.commit()
    return count


def _add(
    database: sqlite3.Connection, columns: Mapping[str, list[str]], key: int, article: Article
) -> None:
    row = flat(article)
    _insert(
        database, "articles", columns["articles"], row | {"key": key, "day": row["published_day"]}
    )
    stems = stemmed(f"{article.title} {article.body}") if article.language[:2] in _STEMMED else ""
    database.execute("INSERT INTO stems VALUES (?, ?)", (key, stems))
    database.execute(
        "INSERT INTO search (rowid, title, body, stems) VALUES (?, ?, ?, ?)",
        (key, article.title, article.body, stems),
    )
    for table in _NAMES:
        names = dict.fromkeys(row[table])  # a name counts once
        database.executemany(
            f"INSERT INTO {table} VALUES (?, ?)",  # noqa: S608 -- names of our own
            ((key, name) for name in names),
        )
    for table in _LISTS:
        for position, part in enumerate(row[table], start=1):
            _insert(database, table, columns[table], part | {"article": key, "position": position})


def _insert(
    database: sqlite3.Connection, table: str, columns: Iterable[str], row: Mapping[str, Any]
) -> None:
    """Put what *table* has *columns* for into it; lists and objects as JSON."""
    values = [row[column] for column in columns]
    database.execute(
        f"INSERT INTO {table} VALUES ({', '.join('?' * len(values))})",  # noqa: S608 -- names of our own
        [
            json.dumps(value, ensure_ascii=False)
            if isinstance(value, list | tuple | dict)
            else value
            for value in values
        ],
    )


def _columns(database: sqlite3.Connection) -> dict[str, list[str]]:
    tables = database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
    return {
        table: [column for (column,) in database.execute(_OF_TABLE, (table,))]
        for (table,) in tables
    }


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
