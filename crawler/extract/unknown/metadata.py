"""What a page states about itself for machines: JSON-LD, OpenGraph, plain meta tags, microdata.

Each value comes with the name of its source, fit for ``provenance``. Sources are asked in the
order in which newsrooms keep them true: JSON-LD, OpenGraph, microdata, then plain tags. Nothing
here weighs one source against another; see ``times.py`` and ``names.py`` for that.

JSON-LD is read as newsrooms really print it: wrapped, broken, nested, several to a page, hostile.
Nothing raises on bad text; what cannot be read is left out (fixtures/lintas/jsonld-rusak).
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final, TypeAlias, cast
from urllib.parse import urlsplit

import attrs
from lxml import etree

from crawler.extract.document import text_of
from crawler.normalise.text import fold
from crawler.normalise.vocabulary import WRITERS, any_of

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
_ESCAPE: Final = re.compile(r"\\(u[0-9A-Fa-f]{4}|.)", re.DOTALL)
_MARKUP: Final = re.compile(r"<[^<>]{1,200}>")
_SALVAGED: Final = re.compile(
    r'"(headline|datePublished|dateModified|dateCreated)"\s*:\s*"([^"\\]{1,300})"'
)

# https://schema.org/Article and what is below it, as far as newsrooms use it.
_ARTICLE_TYPES: Final = frozenset(
    (
        *("Article", "NewsArticle", "BlogPosting", "Report", "TechArticle", "SocialMediaPosting"),
        *("ReportageNewsArticle", "AnalysisNewsArticle", "BackgroundNewsArticle"),
        *("OpinionNewsArticle", "ReviewNewsArticle", "AskPublicNewsArticle"),
        *("AdvertiserContentArticle", "SatiricalArticle", "LiveBlogPosting"),
    )
)
_PAGE_TYPES: Final = frozenset(("WebPage", "ItemPage", "MedicalWebPage"))

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
            if not kinds.isdisjoint(_ARTICLE_TYPES) and not others:
                articles.append(node)
            elif not kinds.isdisjoint(_PAGE_TYPES) and not others:
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
    while waiting and len(found) < _MOST_NAMES:
        each = waiting.pop()
        if isinstance(each, list):
            waiting.extend(reversed(each[:_MOST_NAMES]))
            continue
        text = words(each)
        if text:
            parts = text.split(split) if split and isinstance(each, str) else [text]
            found.update((part.strip(), None) for part in parts if part.strip())
    return list(found)


_ITEMPROPS: Final = etree.XPath("//*[@itemprop]")


@attrs.frozen
class Property:
    """An element with an ``itemprop``, of the page's own article."""

    name: str
    element: etree._Element

    @property
    def value(self) -> str:
        """What it says: ``content``, ``datetime``, an address, the ``name`` in it, or its text."""
        element = self.element
        stated = element.get("content") or element.get("datetime")
        if stated:
            return fold(stated)
        if element.tag in ("img", "amp-img", "source"):
            return fold(element.get("src", ""))
        if element.tag == "link" or (element.tag == "a" and self.name in ("image", "url")):
            return fold(element.get("href", ""))
        for child in element.iterdescendants():
            if child.get("itemprop") == "name":
                return fold(child.get("content", "")) or text_of(child)
        return text_of(element)


def read_microdata(root: etree._Element) -> tuple[Property, ...]:
    """Return the properties of the page's own article, in document order.

    Properties of people, comments, breadcrumbs and the like are left out. Where several articles
    are marked up, the page's own is the one that has the text, or a headline.
    """
    found: list[tuple[Property, etree._Element | None]] = []
    for element in cast("list[etree._Element]", _ITEMPROPS(root))[:_MOST]:
        # The tag's own name says more: there are sites that mark descriptions as headlines.
        if element.tag == "meta" and (element.get("name") or element.get("property")):
            continue
        scope = _scope(element)
        if scope is None or _may_be_the_page(scope):
            names = (element.get("itemprop") or "").split()
            found.extend((Property(name, element), scope) for name in names)
    own = _own_scope(found)
    return tuple(
        each for each, scope in found if scope is None or scope is own or not _is_an_article(scope)
    )


def _scope(element: etree._Element) -> etree._Element | None:
    """Return the thing whose property *element* is, ``None`` for the page itself."""
    around = element.iterancestors()
    return next((each for each in around if each.get("itemscope") is not None), None)


def _own_scope(found: list[tuple[Property, etree._Element | None]]) -> etree._Element | None:
    for wanted in ("articleBody", "headline", "datePublished"):
        for each, scope in found:
            if each.name == wanted and scope is not None and _is_an_article(scope):
                return scope
    return None


def _kind(scope: etree._Element) -> str:
    return scope.get("itemtype", "").rstrip("/").rsplit("/", 1)[-1]


def _is_an_article(scope: etree._Element) -> bool:
    return _kind(scope) in _ARTICLE_TYPES


def _may_be_the_page(scope: etree._Element) -> bool:
    return _kind(scope) in (*_ARTICLE_TYPES, *_PAGE_TYPES, "", "CreativeWork", "Blog")


_LD: Final = "ld+json"

# Plain tags in the order in which they are believed. The names are those of Dublin Core, Parse.ly,
# Sailthru, AMP and of the house systems of Indonesian networks (dtk:, content_).
_PUBLISHED_TAGS: Final = (
    *("publishdate", "dtk:publishdate", "content_publisheddate", "article:published"),
    *("parsely-pub-date", "sailthru.date", "publish_date", "publish-date", "published_date"),
    *("pubdate", "datepublished", "dc.date.issued", "dcterms.issued", "dc.date", "dcterms.date"),
    *("dcterms.created", "dc.date.created", "date", "createdate", "dtk:createddate", "datecreated"),
)
_MODIFIED_TAGS: Final = (
    *("datemodified", "content_modifieddate", "dcterms.modified", "dc.date.modified"),
    *("last-modified", "lastmod"),
)
_AUTHOR_TAGS: Final = (
    *("content_author", "dtk:author", "parsely-author", "sailthru.author", "article:author"),
    *("author", "dc.creator", "dcterms.creator", "dc.creator.name", "byl"),
)

# What Yoast, Rank Math and others put beside ``twitter:data1``.
_AUTHOR_LABEL: Final = re.compile(
    rf"(?:written by|ditulis oleh|author|{any_of(WRITERS)})\W*", re.IGNORECASE
)


@attrs.frozen
class Stated:
    """A value, and which part of the page states it."""

    value: str
    source: str


@attrs.frozen
class Metadata:
    """The statements of one page."""

    title: str = ""
    """What its window is called."""

    tags: Mapping[str, tuple[str, ...]] = attrs.field(factory=dict)
    """Name, in lower case, of each meta tag → its values."""

    graph: Graph = attrs.field(factory=Graph)
    """Its JSON-LD."""

    article: Node = attrs.field(factory=dict)
    """The JSON-LD node of the article, empty where there is none."""

    properties: tuple[Property, ...] = ()
    """Its microdata."""

    def tag(self, *names: str) -> Iterator[Stated]:
        """Yield the values of the meta tags *names*."""
        for name in names:
            for value in self.tags.get(name, ()):
                yield Stated(value, f"meta[{name}]")

    def itemprop(self, *names: str) -> Iterator[Stated]:
        """Yield the values of the properties *names*."""
        for name in names:
            for each in self.properties:
                if each.name == name and (value := each.value):
                    yield Stated(value, f"[itemprop={name}]")

    def titles(self) -> Iterator[Stated]:
        """Yield what the page calls itself, the site's name often with it."""
        yield from self._ld("headline", "name")
        yield from self.itemprop("headline")
        yield from self.tag("og:title", "twitter:title", "originaltitle", "dc.title", "title")

    def published(self) -> Iterator[Stated]:
        """Yield the times of publication that are meant for machines, as printed."""
        yield from self._ld("datePublished")
        yield from self.tag("article:published_time", "og:article:published_time")
        yield from self.itemprop("datePublished")
        yield from self._ld("dateCreated")
        for page in self.graph.pages:
            yield from _stated(page, "datePublished")

    def published_plain(self) -> Iterator[Stated]:
        """Yield those of plain tags, which are often in local time whatever they say."""
        yield from self.tag(*_PUBLISHED_TAGS)

    def modified(self) -> Iterator[Stated]:
        """Yield the times of the last edit, as printed."""
        yield from self._ld("dateModified")
        yield from self.tag("article:modified_time", "og:updated_time")
        yield from self.itemprop("dateModified")
        yield from self.tag(*_MODIFIED_TAGS)

    def authors(self) -> Iterator[Stated]:
        """Yield the names of JSON-LD's authors."""
        yield from list(self._people(self.article.get("author"))) or self._people(
            self.article.get("creator")
        )

    def authors_plain(self) -> Iterator[Stated]:
        """Yield the names that meta tags give, of people and of the site alike."""
        for number in "12":
            labels = self.tags.get(f"twitter:label{number}", ())
            if any(map(_AUTHOR_LABEL.fullmatch, labels)):
                yield from self.tag(f"twitter:data{number}")
        for stated in self.tag(*_AUTHOR_TAGS):
            if not stated.value.startswith(("http:", "https:", "//", "@", "www.")):
                yield stated

    def editors(self) -> Iterator[Stated]:
        """Yield the names of editors that the page labels for machines."""
        yield from self._people(self.article.get("editor"))
        yield from self.itemprop("editor")
        yield from self.tag("content_editor", "dtk:editor", "editor")

    def images(self) -> Iterator[Stated]:
        """Yield addresses of the lead photo, as printed."""
        image = self.article.get("image") or self.article.get("primaryImageOfPage")
        for each in image if isinstance(image, list) else [image]:
            node = self.graph.resolve(each)
            if isinstance(node, dict):
                node = node.get("url") or node.get("contentUrl") or node.get("@id")
            if isinstance(node, str) and fold(node):
                yield Stated(fold(node), _LD)
        yield from self.tag("og:image", "og:image:url", "og:image:secure_url", "twitter:image")
        yield from self.itemprop("image")

    def sections(self) -> Iterator[Stated]:
        """Yield the categories."""
        for name in several(self.article.get("articleSection")):
            yield Stated(name, _LD)
        yield from self.tag("article:section")
        yield from self.itemprop("articleSection")
        yield from self.tag("content_category", "parsely-section", "dc.subject")

    def keywords(self) -> Iterator[Stated]:
        """Yield the tags, of the first source that has any."""
        stated = [Stated(name, _LD) for name in several(self.article.get("keywords"), split=",")]
        for tag in ("article:tag", "content_tags", "dtk:keywords", "news_keywords"):
            stated = stated or [
                Stated(name, each.source)
                for each in self.tag(tag)
                for name in several(each.value, split=",")
            ]
        yield from stated

    def languages(self) -> Iterator[Stated]:
        """Yield the language tags."""
        yield from self._ld("inLanguage")
        yield from self.itemprop("inLanguage")
        for stated in self.tag("og:locale", "content-language", "language", "dc.language"):
            yield Stated(stated.value.replace("_", "-"), stated.source)

    def site_names(self) -> set[str]:
        """Return the names that the site gives itself, folded for comparing."""
        names = {
            stated.value for stated in self.tag("og:site_name", "application-name", "copyright")
        }
        for node in (self.article, *self.graph.pages[:3]):
            for key in ("publisher", "copyrightHolder", "sourceOrganization"):
                name = words(self.graph.resolve(node.get(key)))
                if name:
                    names.add(name)
        return {name.casefold() for name in names}

    def is_article(self) -> bool:
        """Whether the page says for machines that it is an article."""
        return (
            bool(self.article)
            or any(each.value.casefold() == "article" for each in self.tag("og:type"))
            or any(self.tag("article:published_time"))
            or any(each.name == "articleBody" for each in self.properties)
        )

    def _ld(self, *keys: str) -> Iterator[Stated]:
        return _stated(self.article, *keys)

    def _people(self, value: Any) -> Iterator[Stated]:
        for each in value if isinstance(value, list) else [value]:
            node = self.graph.resolve(each)
            name = node.get("name") if isinstance(node, dict) else node
            for found in several(name):
                if not found.startswith(("http:", "https:")):
                    yield Stated(found, _LD)


def _stated(node: Node, *keys: str) -> Iterator[Stated]:
    for key in keys:
        value = words(node.get(key))
        if value:
            yield Stated(value, _LD)


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
    found: dict[str, list[str]] = {}
    for meta in islice(metas, _MOST):
        value = meta.get("content")
        name = meta.get("property") or meta.get("name") or meta.get("http-equiv")
        if value and name and (value := fold(value[:_LONGEST])):
            found.setdefault(fold(name).lower(), []).append(value)
    return {name: tuple(dict.fromkeys(values)) for name, values in found.items()}


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
