"""CSV: one flat row an article, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from crawler.export.selection import new_file
from crawler.items import Article
from crawler.timestamps import Moment

# A cell that begins with one of these is computed, not shown (OWASP, "CSV Injection"); the wide
# forms are folded to the narrow ones by East Asian versions of spreadsheets.
_COMPUTED: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_BETWEEN: Final = "; "

Cell = str | int | None


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
            rows.writerow([neutral(cell) for cell in _row(article)])
            count += 1
    return count


def neutral(cell: Cell) -> Cell:
    """Return *cell* so that a spreadsheet shows it and never computes it.

    >>> print(neutral("=1+1"))
    '=1+1
    >>> neutral(-3)
    -3
    """
    if isinstance(cell, str) and cell.lstrip(" \u00a0").startswith(_COMPUTED):
        return f"'{cell}"
    return cell


COLUMNS: Final = (
    "id",
    "revision",
    "published_at",
    "published_day",
    "published_utc",
    "title",
    "subtitle",
    "authors",
    "writer",
    "editor",
    "categories",
    "tags",
    "topics",
    "place",
    "outlet",
    "region",
    "event_date",
    "dates",
    "word_count",
    "body",
    "credit",
    "source_url",
    "caption",
    "photo_credit",
    "image_url",
    "modified_at",
    "language",
    "url",
    "site",
    "post_id",
    "source",
    "captured_at",
    "written_at",
    "content_hash",
)


def _row(article: Article) -> tuple[Cell, ...]:
    published = Moment.of(article.published_at)
    dateline = article.dateline
    return (
        article.id,
        article.revision,
        article.published_at,
        None if published.day is None else published.day.isoformat(),
        published.stamp,
        article.title,
        article.subtitle,
        _BETWEEN.join(article.authors),
        article.writer,
        article.editor,
        _BETWEEN.join(article.categories),
        _BETWEEN.join(article.tags),
        _BETWEEN.join(article.topics),
        dateline.place if dateline else None,
        dateline.outlet if dateline else None,
        dateline.region if dateline else None,
        article.event_date,
        _BETWEEN.join(date.date for date in article.dates),
        article.word_count,
        article.body,
        article.credit,
        article.source_url,
        article.caption,
        article.photo_credit,
        article.image_url,
        article.modified_at,
        article.language,
        article.url,
        article.site,
        article.post_id,
        article.source,
        min((capture.fetched_at for capture in article.captures), default=None),
        article.written_at,
        article.content_hash,
    )
