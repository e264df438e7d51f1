"""The JSON Schema of the lines, generated from the item classes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import attrs
from itemadapter import ItemAdapter

from crawler.items import Article, Gone, Withheld
from crawler.project_items import ProjectItem

COMMITTED: Final = Path(__file__).with_name("schema.json")


def line_schema() -> dict[str, Any]:
    """Return the schema of a line: one of the kinds, every key present, more keys allowed."""
    kinds = {}
    for kind in (Article, Gone, Withheld, ProjectItem):
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
