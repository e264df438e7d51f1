"""What a page states about itself for machines: JSON-LD, OpenGraph, plain meta tags, microdata.

Each value comes with the name of its source, fit for ``provenance``, the sources of a field in the
order in which newsrooms keep them true; ``times.py`` and ``names.py`` weigh them against the page.
JSON-LD is read as it is printed: wrapped, broken, nested, hostile. Nothing raises on bad text; what
cannot be read is left out (fixtures/lintas/jsonld-rusak).
"""

from __future__ import annotations

import html
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final, TypeAlias, cast
from urllib.parse import urlsplit

import attrs
from lxml import etree

from crawler.extract.document import text_of
from crawler.normalise.text import fold
from crawler.normalise.vocabulary import WRITERS, any_of, listed, ordered_in

Node: TypeAlias = Mapping[str, Any]

# A block with a whole articleBody in it is some 100 kB; what is larger than this is no metadata.
_LARGEST: Final = 1_000_000
# A newsroom's graph has some dozens of nodes; lists of hundreds of teasers exist.
_MOST_VALUES: Final = 5_000
# A page has some dozens of meta tags and of properties; thousands are an attack or a list.
_MOST: Final = 1_000
# Letters of a meta tag.
_LONGEST: Final = 5_000
# Nobody has more authors or tags.
_MOST_NAMES: Final = 100

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
_ESCAPE: Final = re.compile(r'(\\(?:u[0-9A-Fa-f]{4}|["\\/bfnrt]))|\\u?')
_MARKUP: Final = re.compile(r"<[^<>]{1,200}>")
_SALVAGED: Final = re.compile(
    r'"(headline|datePublished|dateModified|dateCreated)"\s*:\s*"([^"\\]{1,300})"'
)

_ARTICLE_TYPES: Final = listed("schema.articles")
_PAGE_TYPES: Final = listed("schema.pages")
_OF_OTHERS: Final = listed("schema.of_others")


@attrs.frozen
class Graph:
    """The nodes of all JSON-LD blocks of a page."""

    articles: tuple[Node, ...] = ()
    """Those of an article that no list of other articles holds, in document order."""

    pages: tuple[Node, ...] = ()
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
            if not kinds.isdisjoint(_ARTICLE_TYPES) and not others:
                articles.append(node)
            elif not kinds.isdisjoint(_PAGE_TYPES) and not others:
                pages.append(node)
    return Graph(tuple(articles), tuple(pages), by_id)


def parse(text: str) -> list[Any]:
    """Return the JSON values in *text*, repaired where that is possible without guessing.

    Of what is still broken, the headline and the dates are kept as an article.
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
    return _ESCAPE.sub(r"\1", string) if "\\" in string else string


def types(node: Node) -> frozenset[str]:
    """Return the types of *node* without their namespace: ``NewsArticle``."""
    stated = node.get("@type")
    names = stated if isinstance(stated, list) else [stated]
    parts = (re.split("[/:]", each)[-1] for each in names if isinstance(each, str))
    return frozenset(map(str.strip, parts))


def _nodes(values: list[Any]) -> Iterator[tuple[Node, bool]]:
    """Yield every object in *values* in document order, and whether it stands among others."""
    # Without recursion: a hostile page nests as deep as the parser lets it.
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


def several(value: Any) -> list[str]:
    """Return the texts that *value* lists, each once."""
    found: dict[str, None] = {}
    waiting = [value]
    while waiting and len(found) < _MOST_NAMES:
        each = waiting.pop()
        if isinstance(each, list):
            waiting.extend(reversed(each[:_MOST_NAMES]))
        elif text := words(each):
            found[text] = None
    return list(found)


_ITEMPROPS: Final = etree.XPath("//*[@itemprop]")


def read_microdata(root: etree._Element) -> dict[str, list[etree._Element]]:
    """Return the elements of each property of the page's own article, in document order.

    Properties of people, comments, breadcrumbs and the like are left out. Where several articles
    are marked up, the page's own is the one that has the text, or a headline.
    """
    found: list[tuple[str, etree._Element, etree._Element | None]] = []
    for element in cast("list[etree._Element]", _ITEMPROPS(root))[:_MOST]:
        # The tag's own name says more: there are sites that mark descriptions as headlines.
        if element.tag == "meta" and (element.get("name") or element.get("property")):
            continue
        around = element.iterancestors()
        scope = next((each for each in around if each.get("itemscope") is not None), None)
        if scope is None or _kind(scope) in _MAY_BE_THE_PAGE:
            names = (element.get("itemprop") or "").split()
            found.extend((name, element, scope) for name in names)
    articles = {
        name: scope
        for name, _, scope in reversed(found)
        if scope is not None and _kind(scope) in _ARTICLE_TYPES
    }
    marks = ("articleBody", "headline", "datePublished")
    own = next((articles[name] for name in marks if name in articles), None)
    properties: dict[str, list[etree._Element]] = defaultdict(list)
    for name, element, scope in found:
        if scope is None or scope is own or _kind(scope) not in _ARTICLE_TYPES:
            properties[name].append(element)
    return properties


_MAY_BE_THE_PAGE: Final = _ARTICLE_TYPES | _PAGE_TYPES | {"", "CreativeWork", "Blog"}


def _kind(scope: etree._Element) -> str:
    return scope.get("itemtype", "").rstrip("/").rsplit("/", 1)[-1]


def _said_by(element: etree._Element, name: str) -> str:
    """Return what the property *name* says: an attribute, the ``name`` in it, or its text."""
    stated = element.get("content") or element.get("datetime")
    if stated:
        return fold(stated)
    if element.tag in ("img", "amp-img", "source"):
        return fold(element.get("src", ""))
    if element.tag == "link" or (element.tag == "a" and name in ("image", "url")):
        return fold(element.get("href", ""))
    for child in element.iterdescendants():
        if child.get("itemprop") == "name":
            return fold(child.get("content", "")) or text_of(child)
    return text_of(element)


_LD: Final = "ld+json"

_FIELDS: Final = ordered_in("metadata")
# What Yoast, Rank Math and others put beside ``twitter:data1``.
_AUTHOR_LABEL: Final = re.compile(
    rf"(?:written by|ditulis oleh|author|{any_of(WRITERS)})\W*", re.IGNORECASE
)


@attrs.frozen
class Stated:
    """A value, and which part of the page states it."""

    value: str
    source: str


def of_one(stated: Iterable[Stated]) -> list[Stated]:
    """Return those of the first source among *stated*."""
    found = list(stated)
    return [each for each in found if each.source == found[0].source]


@attrs.frozen
class Metadata:
    """The statements of one page."""

    title: str = ""
    """What its window is called."""

    tags: Mapping[str, Sequence[str]] = attrs.field(factory=dict)
    """Name, in lower case, of each meta tag → its values."""

    graph: Graph = attrs.field(factory=Graph)
    article: Node = attrs.field(factory=dict)
    """The JSON-LD node of the article, empty where there is none."""

    properties: Mapping[str, Sequence[etree._Element]] = attrs.field(factory=dict)
    """Its microdata."""

    def said(self, field: str) -> Iterator[Stated]:
        """Yield what the page says of *field*, as printed, the surest source first."""
        for source in _FIELDS[field]:
            kind, _, name = source.rpartition("/")
            if kind == "is":
                label = f"[itemprop={name}]"
                values = [_said_by(each, name) for each in self.properties.get(name, ())]
            elif kind:
                label, nodes = _LD, self.graph.pages if kind == "page" else (self.article,)
                values = [value for node in nodes for value in several(node.get(name))]
            else:
                label, values = f"meta[{name}]", list(self.tags.get(name, ()))
            yield from (Stated(value, label) for value in values if value)

    def authors(self) -> list[Stated]:
        """Return the names of JSON-LD's authors."""
        return self._people("author") or self._people("creator")

    def authors_plain(self) -> Iterator[Stated]:
        """Yield the names that meta tags give, of people and of the site alike."""
        for number in "12":
            labels = self.tags.get(f"twitter:label{number}", ())
            if any(map(_AUTHOR_LABEL.fullmatch, labels)):
                name = f"twitter:data{number}"
                yield from (Stated(each, f"meta[{name}]") for each in self.tags.get(name, ()))
        for stated in self.said("author_plain"):
            if not stated.value.startswith(("http:", "https:", "//", "@", "www.")):
                yield stated

    def editors(self) -> list[Stated]:
        """Return the names of editors that the page labels for machines."""
        return [*self._people("editor"), *self.said("editor")]

    def images(self) -> Iterator[Stated]:
        """Yield addresses of the lead photo, as printed."""
        image = self.article.get("image") or self.article.get("primaryImageOfPage")
        yield from self._nodes(image, "url", "contentUrl", "@id")
        yield from self.said("image")

    def keywords(self) -> Iterator[Stated]:
        """Yield the tags."""
        for each in self.said("keywords"):
            names = filter(None, map(str.strip, each.value.split(",")))
            yield from (Stated(name, each.source) for name in names)

    def site_names(self) -> set[str]:
        """Return the names that the site gives itself, folded for comparing."""
        keys = ("publisher", "copyrightHolder", "sourceOrganization")
        nodes = (self.article, *self.graph.pages[:3])
        named = (words(self.graph.resolve(node.get(key))) for node in nodes for key in keys)
        names = (*(each.value for each in self.said("site")), *filter(None, named))
        return {name.casefold() for name in names}

    def is_article(self) -> bool:
        """Whether the page says for machines that it is an article."""
        return (
            bool(self.article)
            or any(each.value.casefold() == "article" for each in self.said("type"))
            or "article:published_time" in self.tags
            or "articleBody" in self.properties
        )

    def _people(self, key: str) -> list[Stated]:
        people = self._nodes(self.article.get(key), "name")
        return [each for each in people if not each.value.startswith(("http:", "https:"))]

    def _nodes(self, value: Any, *keys: str) -> Iterator[Stated]:
        """Yield what the nodes of *value* say under the first of *keys* that each has."""
        for each in value if isinstance(value, list) else [value]:
            node = self.graph.resolve(each)
            if isinstance(node, dict):
                node = next((node[key] for key in keys if node.get(key)), None)
            yield from (Stated(said, _LD) for said in several(node))


def read_metadata(root: etree._Element, url: str) -> Metadata:
    """Return what the page at *url*, parsed to *root*, states about itself."""
    scripts = root.iter("script")
    graph = read_graph([each.text or "" for each in scripts if _LD in each.get("type", "").lower()])
    title = root.find(".//title")
    return Metadata(
        title=text_of(title) if title is not None else "",
        tags=_tags(root.iter("meta")),
        graph=graph,
        article=_own_article(graph, url),
        properties=read_microdata(root),
    )


def _tags(metas: Iterable[etree._Element]) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for meta in islice(metas, _MOST):
        value = meta.get("content")
        name = meta.get("property") or meta.get("name") or meta.get("http-equiv")
        if value and name and (value := fold(value[:_LONGEST])):
            found.setdefault(fold(name).lower(), {})[value] = None
    return {name: tuple(values) for name, values in found.items()}


def _own_article(graph: Graph, url: str) -> Node:
    """Return the node of the article at *url*: the one that names this address, else the first."""
    wanted = _path(url)
    for node in graph.articles if wanted else ():
        main = node.get("mainEntityOfPage")
        names = (
            main.get("@id") if isinstance(main, dict) else main,
            node.get("url"),
            node.get("@id"),
        )
        if any(isinstance(name, str) and _path(name) == wanted for name in names):
            return node
    return graph.articles[0] if graph.articles else {}


def _path(url: str) -> str:
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ""
    query = f"?{parts.query}" if parts.query.startswith("p=") else ""
    return parts.path.rstrip("/") + query
