"""Parquet: one file for each month of publication, with types, lists and structs."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice, starmap
from pathlib import Path
from types import NoneType
from typing import Any, Final, get_args, get_origin, get_type_hints

import attrs
import pyarrow as pa
import pyarrow.parquet as pq

from crawler.archive import Edit
from crawler.codec import as_mapping
from crawler.export.selection import new_folder
from crawler.items import Article
from crawler.timestamps import Moment

_UTC: Final = pa.timestamp("us", tz="UTC")
_TYPES: Final = {str: pa.string(), int: pa.int32(), bool: pa.bool_(), Any: pa.string()}
# What the names of fields say more exactly than their Python types.
_BY_NAME: Final = {
    **dict.fromkeys(
        ("published_at", "modified_at", "unchanged_until", "fetched_at", "written_at", "seen_at",
         "last_seen_before"),
        _UTC,
    ),
    **dict.fromkeys(("event_date", "date", "end"), pa.date32()),
    **dict.fromkeys(("post_id", "offset", "length"), pa.int64()),
    "status": pa.int16(),
}  # fmt: skip
_BESIDE: Final = {
    "published_at": {
        "published_offset_minutes": pa.int16(),
        "published_day": pa.date32(),
        "published_stated": pa.string(),
    },
    "modified_at": {"modified_offset_minutes": pa.int16()},
}
"""Columns that stand behind a field of an article."""


def _fields(kind: type) -> Iterator[pa.Field]:
    """Yield a column for each field of an attrs class; what must be there is not nullable."""
    for name, hint in get_type_hints(kind).items():
        if name != "schema":
            yield pa.field(name, _type(name, hint), nullable=hint not in (str, int))


def _type(name: str, hint: Any) -> pa.DataType:
    inner = [each for each in get_args(hint) if each not in (NoneType, ...)]
    if get_origin(hint) is tuple:
        return pa.list_(_type("", inner[0]))
    if get_origin(hint) is Mapping:
        # A map would say it better, but Hugging Face datasets cannot read one.
        return pa.list_(pa.struct([("field", pa.string()), ("source", pa.string())]))
    if inner:  # or None
        return _type(name, inner[0])
    if attrs.has(hint):
        return pa.struct([(each.name, each.type) for each in _fields(hint)])
    return _BY_NAME.get(name) or _TYPES[hint]


SCHEMA: Final = pa.schema(
    [
        column
        for field in _fields(Article)
        for column in (field, *starmap(pa.field, _BESIDE.get(field.name, {}).items()))
    ]
)
EDITS: Final = pa.schema(list(_fields(Edit)))

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
        rows.append(_article_row(article))
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


def _article_row(article: Article) -> dict[str, Any]:
    published, modified = Moment.of(article.published_at), Moment.of(article.modified_at)
    row = as_mapping(article) | {
        "published_offset_minutes": published.offset_minutes,
        "published_day": published.day and published.day.isoformat(),
        "published_stated": article.published_at,
        "modified_offset_minutes": modified.offset_minutes,
    }
    return {each.name: _value(each.type, row[each.name]) for each in SCHEMA}


def _edit_row(edit: Edit) -> dict[str, Any]:
    row = attrs.asdict(edit)
    for change in row["fields"]:  # what a field holds is of many types: JSON
        for side in ("before", "after"):
            change[side] = json.dumps(change[side], ensure_ascii=False)
    return {each.name: _value(each.type, row[each.name]) for each in EDITS}


def _value(kind: pa.DataType, value: Any) -> Any:
    """Return a value of JSON as one of that *kind*."""
    if value is None:
        return None
    if pa.types.is_timestamp(kind):
        return Moment.of(value).utc
    if pa.types.is_date(kind):
        return dt.date.fromisoformat(value)
    if pa.types.is_struct(kind):
        return {each.name: _value(each.type, value[each.name]) for each in kind}
    if pa.types.is_list(kind):
        if isinstance(value, Mapping):
            value = [{"field": name, "source": source} for name, source in value.items()]
        return [_value(kind.value_type, each) for each in value]
    return value
