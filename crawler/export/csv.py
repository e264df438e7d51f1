"""CSV: one flat row an article, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from crawler.export.selection import flat, new_file
from crawler.items import Article

# A cell that begins with one of these is computed, not shown (OWASP, "CSV Injection"); the wide
# forms are folded to the narrow ones by East Asian versions of spreadsheets.
_COMPUTED: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

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


def neutral(cell: Any) -> Any:
    """Return *cell* so that a spreadsheet shows it and never computes it.

    >>> print(neutral("=1+1"))
    '=1+1
    >>> neutral(-3)
    -3
    """
    if isinstance(cell, list | tuple):
        cell = "; ".join(cell)
    if isinstance(cell, str) and cell.lstrip(" \u00a0").startswith(_COMPUTED):
        return f"'{cell}"
    return cell
