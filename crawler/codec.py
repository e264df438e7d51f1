"""Between the classes of :mod:`crawler.items` and a line of JSON, and the schema of such a line.

>>> parse_line('{"schema": "withheld/1", "id": "a:1", "site": "a", "url": "https://a.example/x",'
...     ' "withheld_at": "2026-01-01T00:00:00Z", "reason": "asked for", "run": null,'
...     ' "written_at": null, "a_key_of_later": 1}').reason
'asked for'
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias, cast

import attrs
from cattrs import Converter
from cattrs.gen import make_dict_structure_fn
from itemadapter import ItemAdapter

from crawler.errors import InvalidRecord
from crawler.items import ARTICLE, GONE, WITHHELD, Article, Gone, Withheld

Line: TypeAlias = Article | Gone | Withheld

_KINDS: Final[dict[str, type[Line]]] = {ARTICLE: Article, GONE: Gone, WITHHELD: Withheld}
_CONVERTER: Final = Converter(
    detailed_validation=False, unstruct_collection_overrides={tuple: list}
)


def _as_it_is(value: Any, _: object) -> Any:
    return value


# cattrs would make True of "no", a tuple of letters of "abc", "None" of null and 1 of 1.9. What is
# not of its type goes on as it is to the validators of the classes, which name the field.
for _plain in (str, int, float, bool):
    _CONVERTER.register_structure_hook(_plain, _as_it_is)
_CONVERTER.register_structure_hook_func(lambda kind: kind == Mapping[str, str], _as_it_is)


@_CONVERTER.register_structure_hook_factory(lambda kind: getattr(kind, "__origin__", None) is tuple)
def _tuple_of(kind: Any) -> Callable[[Any, Any], Any]:
    of = kind.__args__[0]
    each = _CONVERTER.get_structure_hook(of)

    def structure(values: Any, _: object) -> Any:
        return tuple([each(value, of) for value in values]) if type(values) is list else values

    return structure


@_CONVERTER.register_structure_hook_factory(attrs.has)
def _object_of(kind: type[Any]) -> Callable[[Any, Any], Any]:
    build = make_dict_structure_fn(kind, _CONVERTER)

    def structure(values: Any, _: object) -> Any:
        if type(values) is not dict:
            return values
        try:
            return build(values, kind)
        except KeyError as error:
            raise InvalidRecord(kind.__name__, values, f"all its keys (no {error})") from None

    return structure


def as_mapping(line: Line) -> dict[str, Any]:
    """Return *line* as JSON values, every key present, in the order of its class."""
    return cast("dict[str, Any]", _CONVERTER.unstructure(line))


def dump_line(line: Line) -> bytes:
    """Return *line* as UTF-8 JSON with its newline."""
    return json.dumps(as_mapping(line), ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def from_mapping(values: Mapping[str, Any]) -> Line:
    """Return the line that *values* are; keys of later versions are ignored.

    Raises :exc:`InvalidRecord` when the schema is unknown, a key is missing or a value does not
    fit.
    """
    schema = values.get("schema")
    kind = _KINDS.get(schema) if isinstance(schema, str) else None
    if kind is None:
        raise InvalidRecord("schema", schema, f"one of {', '.join(_KINDS)}")
    return _CONVERTER.structure(values, kind)


def parse_line(line: str | bytes) -> Line:
    """Return the line that a line of JSON holds; :exc:`InvalidRecord` when it holds none."""
    try:
        values = json.loads(line)
    except ValueError as error:
        raise InvalidRecord("line", line, f"JSON ({error})") from None
    if not isinstance(values, dict):
        raise InvalidRecord("line", line, "a JSON object")
    return from_mapping(values)


def line_schema() -> dict[str, Any]:
    """Return the schema of a line: one of the kinds, every key present, more keys allowed."""
    kinds = {}
    for name, kind in _KINDS.items():
        schema = ItemAdapter.get_json_schema(kind)
        _relax(schema)
        schema["properties"]["schema"] = {
            "const": name,
            "description": schema["properties"]["schema"]["description"],
        }
        schema["title"] = kind.__name__
        schema["description"] = (kind.__doc__ or "").strip()
        kinds[kind.__name__] = schema
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A line of a news archive",
        "oneOf": [{"$ref": f"#/$defs/{kind}"} for kind in kinds],
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
