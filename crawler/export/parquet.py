"""Parquet: one file for each month of publication, with types, lists and structs."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any, Final

import attrs
import pyarrow as pa
import pyarrow.parquet as pq

from crawler.archive import Edit
from crawler.export.selection import new_folder
from crawler.items import Article
from crawler.timestamps import Moment

_UTC: Final = pa.timestamp("us", tz="UTC")
_TEXTS: Final = pa.list_(pa.string())

_CAPTURES: Final = pa.list_(
    pa.struct(
        [
            ("url", pa.string()),
            ("fetched_at", _UTC),
            ("status", pa.int16()),
            ("warc", pa.string()),
            ("offset", pa.int64()),
            ("length", pa.int64()),
            ("record_id", pa.string()),
            ("digest", pa.string()),
        ]
    )
)

SCHEMA: Final = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("revision", pa.int32(), nullable=False),
        pa.field("site", pa.string(), nullable=False),
        pa.field("url", pa.string(), nullable=False),
        pa.field("post_id", pa.int64()),
        pa.field("title", pa.string(), nullable=False),
        pa.field("subtitle", pa.string()),
        pa.field("published_at", _UTC),
        pa.field("published_offset_minutes", pa.int16()),
        pa.field("published_day", pa.date32()),
        pa.field("published_stated", pa.string()),
        pa.field("modified_at", _UTC),
        pa.field("modified_offset_minutes", pa.int16()),
        pa.field("event_date", pa.date32()),
        pa.field("authors", _TEXTS),
        pa.field("writer", pa.string()),
        pa.field("editor", pa.string()),
        pa.field("source_url", pa.string()),
        pa.field("credit", pa.string()),
        pa.field("categories", _TEXTS),
        pa.field("tags", _TEXTS),
        pa.field("topics", _TEXTS),
        pa.field(
            "dateline",
            pa.struct([(name, pa.string()) for name in ("text", "place", "outlet", "region")]),
        ),
        pa.field("caption", pa.string()),
        pa.field("photo_credit", pa.string()),
        pa.field("image_url", pa.string()),
        pa.field("image_alt", pa.string()),
        pa.field(
            "images",
            pa.list_(
                pa.struct([(name, pa.string()) for name in ("url", "alt", "caption", "credit")])
            ),
        ),
        pa.field("embeds", pa.list_(pa.struct([("kind", pa.string()), ("url", pa.string())]))),
        pa.field("body", pa.string(), nullable=False),
        pa.field("body_html", pa.string(), nullable=False),
        pa.field(
            "dates",
            pa.list_(
                pa.struct(
                    [
                        ("text", pa.string()),
                        ("date", pa.date32()),
                        ("end", pa.date32()),
                        ("time", pa.string()),
                        ("resolved", pa.string()),
                        ("weekday_agrees", pa.bool_()),
                        ("block", pa.int32()),
                    ]
                )
            ),
        ),
        pa.field(
            "related_posts",
            pa.list_(
                pa.struct(
                    [(name, pa.string()) for name in ("title", "url", "heading", "placement")]
                )
            ),
        ),
        pa.field("word_count", pa.int32(), nullable=False),
        pa.field("language", pa.string(), nullable=False),
        pa.field("pages", _TEXTS),
        pa.field("content_hash", pa.string(), nullable=False),
        pa.field("unchanged_until", _UTC),
        pa.field("captures", _CAPTURES),
        # A map would say it better, but Hugging Face datasets cannot read one.
        pa.field(
            "provenance", pa.list_(pa.struct([("field", pa.string()), ("source", pa.string())]))
        ),
        pa.field("theme", pa.string()),
        pa.field("source", pa.string(), nullable=False),
        pa.field("extractor", pa.string(), nullable=False),
        pa.field("run", pa.string()),
        pa.field("written_at", _UTC),
    ]
)

_CHANGE: Final = [("op", pa.string()), ("before", pa.string()), ("after", pa.string())]

EDITS: Final = pa.schema(
    [
        *(pa.field(name, pa.string(), nullable=False) for name in ("id", "site", "url", "title")),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("kinds", _TEXTS),
        pa.field("from_revision", pa.int32(), nullable=False),
        pa.field("to_revision", pa.int32(), nullable=False),
        pa.field("last_seen_before", _UTC),
        pa.field("seen_at", _UTC, nullable=False),
        pa.field("modified_at", _UTC),
        pa.field("headline", pa.struct(_CHANGE[1:])),
        pa.field("changes", pa.list_(pa.struct([*_CHANGE, ("block", pa.int32())]))),
        # What a field holds is of many types: JSON.
        pa.field("fields", pa.list_(pa.struct([("field", pa.string()), *_CHANGE[1:]]))),
        pa.field("words_added", pa.int32(), nullable=False),
        pa.field("words_removed", pa.int32(), nullable=False),
        pa.field("reason", pa.string()),
        pa.field("captures_before", _CAPTURES),
        pa.field("captures_after", _CAPTURES),
    ]
)

# A month's rows wait until there are as many as make a row group that readers can skip, but all
# months together never hold more than _WAITING characters of text, each article counted with
# what its other fields take.
_ROWS: Final = 2_000
_WAITING: Final = 12_000_000
_BESIDE_TEXT: Final = 2_000
_EDITS_TOGETHER: Final = 500


def write_parquet(
    articles: Iterable[Article], path: Path, edits: Iterable[Edit] | None = None
) -> int:
    """Write *articles* and *edits* to the new folder *path*; return how many articles there were.

    The files are ``articles-2024-05.parquet`` by month of publication (at the offset that the site
    gave), and ``articles-undated.parquet``; zstd, columns in the order of :data:`SCHEMA`. Edits
    are in ``_edits/edits.parquet``: whoever reads the folder as one table passes over a name that
    begins with an underscore.
    """
    with new_folder(path) as folder:
        months = _Months(folder)
        try:
            for article in articles:
                months.add(Moment.of(article.published_at).month or "undated", article)
        finally:
            months.close()
        if edits is not None:
            _write_edits(edits, folder / "_edits")
        return months.count


def _write_edits(edits: Iterable[Edit], folder: Path) -> None:
    folder.mkdir()
    waiting = map(_edit_row, edits)
    with pq.ParquetWriter(folder / "edits.parquet", EDITS, compression="zstd") as file:
        while rows := list(islice(waiting, _EDITS_TOGETHER)):
            file.write_batch(pa.RecordBatch.from_pylist(rows, schema=EDITS))


def _edit_row(edit: Edit) -> dict[str, Any]:
    row = attrs.asdict(edit)
    for name in ("last_seen_before", "seen_at", "modified_at"):
        row[name] = Moment.of(row[name]).utc
    for each in row["fields"]:
        for side in ("before", "after"):
            each[side] = json.dumps(each[side], ensure_ascii=False)
    for capture in (*row["captures_before"], *row["captures_after"]):
        capture["fetched_at"] = Moment.of(capture["fetched_at"]).utc
    return row


class _Months:
    """The files of an export, one a month, open all at once: lines come in any order."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.count = 0
        self.files: dict[str, pq.ParquetWriter] = {}
        self.rows: dict[str, list[dict[str, Any]]] = {}
        self.sizes: dict[str, int] = {}
        self.waiting = 0

    def add(self, month: str, article: Article) -> None:
        self.count += 1
        rows = self.rows.setdefault(month, [])
        rows.append(_row(article))
        size = len(article.body) + len(article.body_html) + _BESIDE_TEXT
        self.sizes[month] = self.sizes.get(month, 0) + size
        self.waiting += size
        if len(rows) >= _ROWS:
            self.write(month)
        while self.waiting > _WAITING:
            self.write(max(self.sizes, key=self.sizes.__getitem__))

    def write(self, month: str) -> None:
        rows = self.rows.pop(month)
        self.waiting -= self.sizes.pop(month)
        if month not in self.files:
            self.files[month] = pq.ParquetWriter(
                self.folder / f"articles-{month}.parquet", SCHEMA, compression="zstd"
            )
        self.files[month].write_batch(pa.RecordBatch.from_pylist(rows, schema=SCHEMA))

    def close(self) -> None:
        for month in sorted(self.rows):
            self.write(month)
        for file in self.files.values():
            file.close()


def _row(article: Article) -> dict[str, Any]:
    published, modified = Moment.of(article.published_at), Moment.of(article.modified_at)
    row = attrs.asdict(article)
    row |= {
        "published_at": published.utc,
        "published_offset_minutes": published.offset_minutes,
        "published_day": published.day,
        "published_stated": article.published_at,
        "modified_at": modified.utc,
        "modified_offset_minutes": modified.offset_minutes,
        "event_date": _day(article.event_date),
        "provenance": [
            {"field": name, "source": source} for name, source in article.provenance.items()
        ],
        "unchanged_until": Moment.of(article.unchanged_until).utc,
        "written_at": Moment.of(article.written_at).utc,
    }
    for date in row["dates"]:
        date["date"], date["end"] = _day(date["date"]), _day(date["end"])
    for capture in row["captures"]:
        capture["fetched_at"] = Moment.of(capture["fetched_at"]).utc
    return row


def _day(stated: str | None) -> dt.date | None:
    return None if stated is None else dt.date.fromisoformat(stated)
