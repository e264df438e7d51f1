"""JSON-LD as newsrooms really print it: wrapped, broken, nested, several to a page, hostile.

Nothing here raises on bad text. What cannot be read is left out (fixtures/lintas/jsonld-rusak).
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

import attrs

from crawler.normalise.text import fold

Node: TypeAlias = Mapping[str, Any]

# A block with a whole articleBody in it is some 100 kB; what is larger than this is no metadata.
_LARGEST: Final = 1_000_000
# A newsroom's graph has some dozens of nodes; lists of hundreds of teasers exist.
_MOST_VALUES: Final = 5_000

_WRAPPER: Final = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)"
    r"|(?://\s*)?(?:-->|\]\]>)\s*$|/\*\s*\]\]>\s*\*/\s*$"
)
# A string, closed or not, comes first, so that nothing inside one is taken for a comment.
_TOKEN: Final = re.compile(
    r"""
      (?P<string> "(?:[^"\\]|\\.)*+"? )
    | /\* .*? (?:\*/|\Z)                # a block comment
    | (?<!:)//[^\n]*                    # a line comment
    | ,(?=\s*+[}\]])                    # a comma before a closing bracket
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE: Final = re.compile(r"\\(u[0-9A-Fa-f]{4}|.)", re.DOTALL)
_MARKUP: Final = re.compile(r"<[^<>]{1,200}>")
_SALVAGED: Final = re.compile(
    r'"(headline|datePublished|dateModified|dateCreated)"\s*:\s*"([^"\\]{1,300})"'
)

# https://schema.org/Article and what is below it, as far as newsrooms use it.
ARTICLE_TYPES: Final = frozenset(
    (
        *("Article", "NewsArticle", "BlogPosting", "Report", "TechArticle", "SocialMediaPosting"),
        *("ReportageNewsArticle", "AnalysisNewsArticle", "BackgroundNewsArticle"),
        *("OpinionNewsArticle", "ReviewNewsArticle", "AskPublicNewsArticle"),
        *("AdvertiserContentArticle", "SatiricalArticle", "LiveBlogPosting"),
    )
)
PAGE_TYPES: Final = frozenset(("WebPage", "ItemPage", "MedicalWebPage"))

# Under these keys stand other articles than the one the page is about.
_OF_OTHERS: Final = frozenset(
    (
        *("itemListElement", "hasPart", "comment", "mentions"),
        *("citation", "isBasedOn", "relatedLink", "review"),
    )
)


@attrs.frozen
class Graph:
    """The nodes of all JSON-LD blocks of a page."""

    articles: tuple[Node, ...] = ()
    """Nodes of an article type that no list of other articles holds, in document order."""

    pages: tuple[Node, ...] = ()
    """Nodes of a web page's type."""

    by_id: Mapping[str, Node] = attrs.field(factory=dict)
    """``@id`` → the node that says most under it."""

    def resolve(self, value: Any) -> Any:
        """Return the node that ``{"@id": …}`` points to, or *value* itself."""
        if isinstance(value, dict) and isinstance(value.get("@id"), str) and "name" not in value:
            return self.by_id.get(value["@id"], value)
        return value


def read_graph(blocks: Sequence[str]) -> Graph:
    """Return the graph of the JSON-LD *blocks* of one page."""
    articles: list[Node] = []
    pages: list[Node] = []
    by_id: dict[str, Node] = {}
    for block in blocks:
        for node, others in _nodes(parse(block)):
            name = node.get("@id")
            if isinstance(name, str) and len(node) > len(by_id.get(name, ())):
                by_id[name] = node
            kinds = types(node)
            if not kinds.isdisjoint(ARTICLE_TYPES) and not others:
                articles.append(node)
            elif not kinds.isdisjoint(PAGE_TYPES) and not others:
                pages.append(node)
    return Graph(tuple(articles), tuple(pages), by_id)


def parse(text: str) -> list[Any]:
    """Return the JSON values in *text*, repaired where that is possible without guessing.

    Repaired are comment and CDATA wrappers, line breaks in strings, wrong escapes, comments,
    trailing commas, entities in place of quotation marks, and objects without anything or with a
    comma or semicolon between them. Of what is still broken, the headline and the dates are kept
    as an article.
    """
    if len(text) > _LARGEST:
        return []
    text = _WRAPPER.sub("", _WRAPPER.sub("", text)).strip()
    values, whole = _values(text)
    if whole:
        return values
    if '"' not in text and "&quot;" in text:
        text = html.unescape(text)
    values, whole = _values(_TOKEN.sub(_mended, text))
    if whole:
        return values
    salvaged: dict[str, str] = {}
    for key, value in _SALVAGED.findall(text):
        salvaged.setdefault(key, value)
    if salvaged and '"headline"' in text:
        values.append({"@type": "Article", **salvaged})
    return values


def _values(text: str) -> tuple[list[Any], bool]:
    """Return the JSON values at the start of *text*, and whether nothing else is in it."""
    decoder = json.JSONDecoder(strict=False)
    values: list[Any] = []
    at = 0
    while at < len(text):
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            return values, False
        values.append(value)
        while at < len(text) and text[at] in " \t\r\n,;":
            at += 1
    return values, True


def _mended(token: re.Match[str]) -> str:
    string = token["string"]
    if string is None:
        return " " if token[0].startswith("/") else ""
    return _ESCAPE.sub(_escape, string) if "\\" in string else string


def _escape(escape: re.Match[str]) -> str:
    sign = escape[1]
    if len(sign) > 1 or sign in '"\\/bfnrt':
        return escape[0]
    return "" if sign == "u" else sign


def types(node: Node) -> frozenset[str]:
    """Return the types of *node* without their namespace: ``NewsArticle``."""
    stated = node.get("@type")
    if isinstance(stated, str):
        stated = [stated]
    if not isinstance(stated, list):
        return frozenset()
    return frozenset(
        each.rsplit("/", 1)[-1].rsplit(":", 1)[-1].strip()
        for each in stated
        if isinstance(each, str)
    )


def _nodes(values: list[Any]) -> Iterator[tuple[Node, bool]]:
    """Yield every object in *values* in document order, and whether it stands among others.

    Walks without recursion: a hostile page nests as deep as the parser lets it.
    """
    waiting: list[tuple[Any, bool]] = [(value, False) for value in reversed(values)]
    seen = 0
    while waiting and seen < _MOST_VALUES:
        value, others = waiting.pop()
        seen += 1
        if isinstance(value, dict):
            yield value, others
            waiting.extend(
                (child, others or key in _OF_OTHERS)
                for key, child in reversed(value.items())
                if isinstance(child, dict | list)
            )
        elif isinstance(value, list):
            waiting.extend((each, others) for each in reversed(value[:_MOST_VALUES]))


def words(value: Any) -> str | None:
    """Return *value* as one line of plain text, of a list its first; ``None`` where it is none."""
    if isinstance(value, list):
        value = next((each for each in value if isinstance(each, str | int | dict)), None)
    if isinstance(value, dict):
        value = value.get("@value", value.get("name"))
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return None
    if "<" in value:
        value = _MARKUP.sub(" ", value)
    return fold(html.unescape(value)) or None


def several(value: Any, *, split: str = "") -> list[str]:
    """Return the texts that *value* lists, each once; a plain string is cut at *split*."""
    found: dict[str, None] = {}
    waiting = [value]
    while waiting and len(found) < 100:  # noqa: PLR2004 -- nobody tags with more
        each = waiting.pop()
        if isinstance(each, list):
            waiting.extend(reversed(each[:100]))
            continue
        text = words(each)
        if text:
            parts = text.split(split) if split and isinstance(each, str) else [text]
            found.update((part.strip(), None) for part in parts if part.strip())
    return list(found)
