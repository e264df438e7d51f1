"""What a page states about itself for machines: JSON-LD, OpenGraph, plain meta tags, microdata.

Each value comes with the name of its source, fit for ``provenance``. Sources are asked in the
order in which newsrooms keep them true: JSON-LD, OpenGraph, microdata, then plain tags. Nothing
here weighs one source against another; see ``moments.py`` and ``bylines.py`` for that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import attrs
from lxml import etree

from crawler.extract.ldjson import Graph, Node, read_graph, several, words
from crawler.extract.microdata import Property, read_microdata
from crawler.normalise.text import fold

# A page has some dozens; thousands are an attack or a list.
_MOST: Final = 1_000
_LONGEST: Final = 5_000

_LD: Final = "ld+json"

# Plain tags in the order in which they are believed. The names are those of Dublin Core, Parse.ly,
# Sailthru, AMP and of the house systems of Indonesian networks (dtk:, content_).
PUBLISHED_TAGS: Final = (
    *("publishdate", "dtk:publishdate", "content_publisheddate", "article:published"),
    *("parsely-pub-date", "sailthru.date", "publish_date", "publish-date", "published_date"),
    *("pubdate", "datepublished", "dc.date.issued", "dcterms.issued", "dc.date", "dcterms.date"),
    *("dcterms.created", "dc.date.created", "date", "createdate", "dtk:createddate", "datecreated"),
)
MODIFIED_TAGS: Final = (
    *("article:modified_time", "og:updated_time", "datemodified", "content_modifieddate"),
    *("dcterms.modified", "dc.date.modified", "last-modified", "lastmod"),
)
AUTHOR_TAGS: Final = (
    *("content_author", "dtk:author", "parsely-author", "sailthru.author", "article:author"),
    *("author", "dc.creator", "dcterms.creator", "dc.creator.name", "byl"),
)
EDITOR_TAGS: Final = ("content_editor", "dtk:editor", "editor")
SECTION_TAGS: Final = ("article:section", "content_category", "parsely-section", "dc.subject")
KEYWORD_TAGS: Final = ("article:tag", "content_tags", "dtk:keywords", "news_keywords")
IMAGE_TAGS: Final = ("og:image", "og:image:url", "og:image:secure_url", "twitter:image")

# What Yoast, Rank Math and others put beside ``twitter:data1``.
_AUTHOR_LABEL: Final = re.compile(
    r"(?:written by|ditulis oleh|penulis|author|oleh)\W*", re.IGNORECASE
)


@attrs.frozen
class Stated:
    """A value, and which part of the page states it."""

    value: str
    source: str


@attrs.frozen
class Metadata:
    """The statements of one page."""

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
        yield from self.tag(*PUBLISHED_TAGS)

    def modified(self) -> Iterator[Stated]:
        """Yield the times of the last edit, as printed."""
        yield from self._ld("dateModified")
        yield from self.tag(*MODIFIED_TAGS[:2])
        yield from self.itemprop("dateModified")
        yield from self.tag(*MODIFIED_TAGS[2:])

    def authors(self) -> Iterator[Stated]:
        """Yield the names of JSON-LD's authors."""
        for key in ("author", "creator"):
            found = list(self._people(self.article.get(key)))
            if found:
                yield from found
                return

    def authors_plain(self) -> Iterator[Stated]:
        """Yield the names that meta tags give, of people and of the site alike."""
        for label, data in (
            ("twitter:label1", "twitter:data1"),
            ("twitter:label2", "twitter:data2"),
        ):
            if any(_AUTHOR_LABEL.fullmatch(value) for value in self.tags.get(label, ())):
                yield from self.tag(data)
        for stated in self.tag(*AUTHOR_TAGS):
            if not stated.value.startswith(("http:", "https:", "//", "@", "www.")):
                yield stated

    def editors(self) -> Iterator[Stated]:
        """Yield the names of editors that the page labels for machines."""
        yield from self._people(self.article.get("editor"))
        yield from self.itemprop("editor")
        yield from self.tag(*EDITOR_TAGS)

    def images(self) -> Iterator[Stated]:
        """Yield addresses of the lead photo, as printed."""
        image = self.article.get("image") or self.article.get("primaryImageOfPage")
        for each in image if isinstance(image, list) else [image]:
            node = self.graph.resolve(each)
            if isinstance(node, dict):
                node = node.get("url") or node.get("contentUrl") or node.get("@id")
            if isinstance(node, str) and fold(node):
                yield Stated(fold(node), _LD)
        yield from self.tag(*IMAGE_TAGS)
        yield from self.itemprop("image")

    def sections(self) -> Iterator[Stated]:
        """Yield the categories."""
        for name in several(self.article.get("articleSection")):
            yield Stated(name, _LD)
        yield from self.tag(*SECTION_TAGS[:1])
        yield from self.itemprop("articleSection")
        yield from self.tag(*SECTION_TAGS[1:])

    def keywords(self) -> Iterator[Stated]:
        """Yield the tags, of the first source that has any."""
        named = several(self.article.get("keywords"), split=",")
        if named:
            yield from (Stated(name, _LD) for name in named)
            return
        for tag in KEYWORD_TAGS:
            stated = list(self.tag(tag))
            if stated:
                for each in stated:
                    yield from (
                        Stated(name, each.source) for name in several(each.value, split=",")
                    )
                return

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
    blocks = [script.text or "" for script in root.iter("script") if _LD in _kind(script)]
    graph = read_graph(blocks) if blocks else Graph()
    tags = _tags(root.iter("meta"))
    return Metadata(
        tags=tags,
        graph=graph,
        article=_own_article(graph, url),
        properties=read_microdata(root),
    )


def _kind(script: etree._Element) -> str:
    return (script.get("type") or "").lower()


def _tags(metas: Iterable[etree._Element]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for count, meta in enumerate(metas):
        if count >= _MOST:
            break
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
