"""Between the classes of :mod:`crawler.items` and a line of JSON.

>>> parse_line('{"schema": "withheld/1", "id": "a:1", "site": "a", "url": "https://a.example/x",'
...     ' "withheld_at": "2026-01-01T00:00:00Z", "reason": "asked for", "run": null,'
...     ' "written_at": null, "a_key_of_later": 1}').reason
'asked for'

The JSON Schema of the lines, generated from the item classes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, TypeAlias

import attrs
from itemadapter import ItemAdapter

from crawler.errors import InvalidRecord
from crawler.items import (
    ARTICLE,
    GONE,
    WITHHELD,
    Article,
    CaptureReference,
    Dateline,
    Embed,
    FoundDate,
    Gone,
    Image,
    RelatedPost,
    Withheld,
)

"""What has content, and with it revisions."""

Line: TypeAlias = Article | Gone | Withheld

_KINDS: Final[dict[str, type[Any]]] = {
    ARTICLE: Article,
    GONE: Gone,
    WITHHELD: Withheld,
}
_LISTS_OF: Final[dict[str, type[Any]]] = {
    "captures": CaptureReference,
    "images": Image,
    "embeds": Embed,
    "dates": FoundDate,
    "related_posts": RelatedPost,
}
_FIELDS: Final = {
    kind: tuple(attrs.fields_dict(kind))
    for kind in (*_KINDS.values(), *_LISTS_OF.values(), Dateline)
}


def as_mapping(line: Line) -> dict[str, Any]:
    """Return *line* as JSON values, every key present, in the order of its class."""
    return attrs.asdict(line)


def dump_line(line: Line) -> bytes:
    """Return *line* as UTF-8 JSON with its newline."""
    return json.dumps(as_mapping(line), ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def from_mapping(values: Mapping[str, Any]) -> Line:
    """Return the line that *values* are; keys of later versions are ignored.

    Raises :exc:`InvalidRecord` when the schema is unknown, a key is missing or a value does not
    fit.
    """
    kind = _KINDS.get(values.get("schema", ""))
    if kind is None:
        raise InvalidRecord("schema", values.get("schema"), f"one of {', '.join(_KINDS)}")
    fields: dict[str, Any] = {}
    for name in _FIELDS[kind]:
        if name not in values:  # a key that was added after the line was written
            continue
        value = values[name]
        if name == "dateline" and isinstance(value, dict):
            value = _build(Dateline, value)
        elif name in _LISTS_OF and isinstance(value, list):
            value = tuple(_build(_LISTS_OF[name], each) for each in value)
        elif isinstance(value, list):
            value = tuple(value)
        fields[name] = value
    try:
        line: Line = kind(**fields)
    except TypeError as error:
        raise InvalidRecord(kind.__name__, values, f"all its keys ({error})") from None
    return line


def parse_line(line: str | bytes) -> Line:
    """Return the line that a line of JSON holds; :exc:`InvalidRecord` when it holds none."""
    try:
        values = json.loads(line)
    except ValueError as error:
        raise InvalidRecord("line", line, f"JSON ({error})") from None
    if not isinstance(values, dict):
        raise InvalidRecord("line", line, "a JSON object")
    return from_mapping(values)


def _build(kind: type[Any], values: Any) -> Any:
    if not isinstance(values, dict):
        raise InvalidRecord(kind.__name__, values, "a JSON object")
    try:
        return kind(**{name: values[name] for name in _FIELDS[kind] if name in values})
    except TypeError as error:
        raise InvalidRecord(kind.__name__, values, f"all its keys ({error})") from None


COMMITTED: Final = Path(__file__).with_name("schema.json")


def line_schema() -> dict[str, Any]:
    """Return the schema of a line: one of the kinds, every key present, more keys allowed."""
    kinds = {}
    for kind in (Article, Gone, Withheld):
        schema = ItemAdapter.get_json_schema(kind)
        _relax(schema)
        schema["properties"]["schema"] = {
            "const": attrs.fields_dict(kind)["schema"].default,
            "description": schema["properties"]["schema"]["description"],
        }
        schema["title"] = kind.__name__
        schema["description"] = (kind.__doc__ or "").strip()
        kinds[kind.__name__] = schema
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A line of a news archive",
        "oneOf": [{"$ref": f"#/$defs/{name}"} for name in kinds],
        "$defs": kinds,
    }


def dump_schema() -> str:
    """Return the schema as the text that ``schema.json`` and ``scrapy schema`` hold."""
    return json.dumps(line_schema(), ensure_ascii=False, indent=2) + "\n"


def _relax(schema: dict[str, Any]) -> None:
    """Require every key and allow more, at every level: that is what a line promises."""
    properties = schema.get("properties")
    if isinstance(properties, dict):
        schema["additionalProperties"] = True
        schema["required"] = list(properties)
        for each in properties.values():
            each.pop("default", None)
            _relax(each)
    for each in schema.get("anyOf", ()):
        _relax(each)
    if isinstance(schema.get("items"), dict):
        _relax(schema["items"])
