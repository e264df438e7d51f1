"""An article's pages, read field by field.

A page is a class with one property for each field of the line that the page states, under the
field's name, the most explicit source first. A theme of other markup is a subclass with other
``marks``; see ``THEMES``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar, Final
from urllib.parse import urlsplit

from cssselect import SelectorError
from lxml import etree
from parsel import Selector

from crawler.errors import ConfigurationError, NotAnArticle
from crawler.extract.content import Walk
from crawler.extract.document import Document, text_of
from crawler.extract.header import (
    MARKS,
    SENTENCE,
    Header,
    Marks,
    after_content,
    has,
    parts_of,
    read_header,
)
from crawler.extract.media import box, frame, source
from crawler.extract.record import Record
from crawler.extract.roles import Role, role_of
from crawler.items import Embed, RelatedPost
from crawler.newsrooms import Newsroom
from crawler.normalise import urls
from crawler.normalise.dates import read_published
from crawler.normalise.text import fold
from crawler.normalise.vocabulary import EDITORS, WRITERS
from crawler.timestamps import parse

FIELDS: Final = (
    *("title", "subtitle", "published_at", "modified_at", "authors", "writer", "editor"),
    *("source_url", "categories", "tags", "topics", "caption", "image_url", "body", "not_body"),
)
"""Fields that a selector can be given for; ``not_body`` is what to leave out of the text."""

# How an XPath begins, and no CSS selector does: a path, or a function.
_XPATH: Final = re.compile(r"\.?/|[a-z-]*\(")
# What lxml lets a page hold, and not be given.
_NO_XML: Final = re.compile(r"[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class Selected:
    """What parsel's selectors find on one page, where a newsroom's differ from their theme."""

    def __init__(self, document: Document, selectors: Mapping[str, str]) -> None:
        self.document = document
        self._selectors = selectors
        for field in selectors:
            if field not in FIELDS:
                known = f"no field of a page; known are {', '.join(FIELDS)}"
                raise ConfigurationError(f"selectors.{field}: {known}")

    def elements(self, field: str) -> list[etree._Element]:
        """What the selector of *field* finds; ``::text`` in an element of its own."""
        query = self._selectors.get(field)
        if not query:
            return []
        page = Selector(root=self.document.root, type="html")
        try:
            found = page.xpath(query) if _XPATH.match(query) else page.css(query)
        except (SelectorError, ValueError) as error:
            problem = f"{query!r} is no CSS selector and no XPath ({error})"
            raise ConfigurationError(f"selectors.{field}: {problem}") from None
        roots = (each.root for each in found)
        elements = (each if isinstance(each, etree._Element) else _holding(each) for each in roots)
        return [each for each in elements if each is not None]

    def element(self, field: str) -> etree._Element | None:
        return next(iter(self.elements(field)), None)

    def texts(self, field: str) -> list[str]:
        """Return the texts of what the selector of *field* finds, each once."""
        return [t for t in dict.fromkeys(text_of(each) for each in self.elements(field)) if t]


def _holding(found: object) -> etree._Element | None:
    """Return an element with *found* where a field asks for text, a time or an address."""
    text = fold(_NO_XML.sub("", str(found)))
    if not text:
        return None
    element = etree.Element("span", datetime=text, href=text, src=text)
    element.text = text
    return element


MOST_PAGES: Final = 99
"""Pages of one article; a larger number in an address is that of a post, or a trap."""

# What the address of a page of an article has after that of the first.
_PAGED: Final = re.compile(r"(?:/\d{1,3}/?|[?&](?:page|halaman)=(?:\d{1,3}|all))(?=[?&#]|$)")
_NUMBER: Final = re.compile(r"(?:/|[?&](?:page|halaman)=)(\d{1,3})/?$")


def page_links(scope: etree._Element, document: Document, first: str) -> list[str]:
    """Return the addresses, in *scope* and the head, of what may be further pages of *first*.

    However a theme calls the links, their address is that of the article with a number.
    """
    slug = first.partition("?")[0].rstrip("/").rpartition("/")[2].partition("%")[0]
    slug = slug.removesuffix(".html")
    found = []
    for link in scope.iter("a"):
        href = link.get("href")
        if href and (slug in href or href[0] == "?") and _PAGED.search(href):
            around = link.iterancestors()  # readers' comments have pages of their own
            if not any("comment" in f"{each.get('class')} {each.get('id')}" for each in around):
                found.append(document.absolute(href))
    found.append(document.absolute(document.linked("next")))
    return list(filter(None, found))


def in_order(first: str, addresses: Iterable[str]) -> tuple[str, ...]:
    """*first* and those of *addresses* that are further pages of it, by their number.

    Where nothing else is linked, ``?page=all`` is the further page that has the rest. An article of
    more than :data:`MOST_PAGES` would be cut, and nobody would know.
    """
    found = {1: first}
    whole = None
    too_many = _numbered(first, MOST_PAGES + 1).rstrip("/")
    for address in addresses:
        url = urls.canonical(address) if address != first else None
        if url is not None and url.rstrip("/") == too_many:
            raise NotAnArticle(first, "too_many_pages")
        if url is None or not urls.same_address(urls.without_page_number(url), first):
            continue
        number = _NUMBER.search(url)
        if number is not None and 1 < int(number[1]) <= MOST_PAGES:
            found.setdefault(int(number[1]), url)
        elif url.endswith("=all"):
            whole = url
    if whole is not None and len(found) == 1:
        found[2] = whole
    return tuple(found[number] for number in sorted(found))


def numbered(first: str, count: int) -> tuple[str, ...]:
    """Return the addresses that WordPress gives the pages of the article at *first*."""
    return (first, *(_numbered(first, number) for number in range(2, count + 1)))


def _numbered(first: str, number: int) -> str:
    if "?" in first:
        return f"{first}&page={number}"
    return f"{first.rstrip('/')}/{number}{'/' if first.endswith('/') else ''}"


# What the theme prints before a name, untranslated or not.
_CREDITED: Final = {
    **dict.fromkeys(WRITERS | {"writer"}, "writer"),
    **dict.fromkeys(EDITORS, "editor"),
}
_POST: Final = re.compile(r"^(?:post|postid)-(\d{1,18})\Z")
_POST_LINK: Final = re.compile(r"(?:[?&]p=|/wp/v2/posts/)(\d{1,18})(?!\d)")
_METADATA: Final = ("ld+json", "meta[", "[itemprop")
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d)")


class ArticlePage(Record):
    """The pages of one article in the markup of WPBerita, Newkarma and their AMP (fixtures/progres)."""

    source: ClassVar[str] = "page"
    marks: ClassVar[Marks] = MARKS

    second_reading: Callable[[], ArticlePage] | None = None
    """How to read the page without knowing its theme, for what the theme does not print."""

    def __init__(self, documents: Sequence[Document], newsroom: Newsroom) -> None:
        super().__init__(newsroom)
        self.documents = documents
        self.document = documents[0]
        self.headers = [self.read_header(document) for document in documents]
        self.header = self.headers[0]
        self.selections = [Selected(document, newsroom.selectors) for document in documents]
        self.selected = self.selections[0]

    def read_header(self, document: Document) -> Header:
        return read_header(document, self.marks)

    @property
    def theme_name(self) -> str | None:
        return self.document.theme_name

    @property
    def _contents(self) -> Iterator[tuple[Selected, Header, etree._Element | None]]:
        """The content of each page, as the newsroom selects it or else the theme marks it."""
        for selected, header in zip(self.selections, self.headers, strict=True):
            content = selected.element("body")
            yield selected, header, header.content if content is None else content

    @cached_property
    def walks(self) -> list[Walk]:
        """The content of each page; :exc:`NotAnArticle` where one has none."""
        walks = []
        for selected, header, content in self._contents:
            document = selected.document
            if content is None:
                raise NotAnArticle(document.url, "no_content")
            parts = parts_of(header) if content is header.content else [content]
            skip = frozenset(selected.elements("not_body"))
            walks.append(Walk(parts[0], document, further=parts[1:], skip=skip))
        return walks

    @property
    def is_readable(self) -> bool:
        """Whether the pages have what this class looks for: a headline and a text."""
        title = self._part("title", self.header.title)
        return title is not None and all(each is not None for _, _, each in self._contents)

    @property
    def has_sentences(self) -> bool:
        """Whether a paragraph beside the content says more than a label does."""
        plain = (each for each in self.header.scope.iter("p") if not len(each))
        sentences = (each for each in plain if len(text_of(each)) >= SENTENCE)
        content = {self.header.content}
        return any(content.isdisjoint(each.iterancestors()) for each in sentences)

    def refuse_strangers(self) -> None:
        """Raise :exc:`NotAnArticle` where a later page is not one of the first page's article."""
        further = self.headers if len(self.headers) > 1 else ()
        if len({_post_of(header) for header in further} - {None}) > 1:
            raise NotAnArticle(self.documents[-1].url, "other_article")

    @cached_property
    def url(self) -> str:
        asked = urls.canonical(self.document.url)
        if asked is None:
            raise NotAnArticle(self.document.url, "no_address")
        asked = urls.without_page_number(asked)
        declared = self._declared
        return declared if declared is not None and self._is_own(declared, asked) else asked

    @property
    def elsewhere(self) -> str | None:
        """The other address of the newsroom that the page declares to be its own, by mistake."""
        return self._declared if self._declared != self.url else None

    @cached_property
    def _declared(self) -> str | None:
        declared = urls.canonical(self.document.canonical or "")
        if declared is None or not urls.same_host(declared, (self.document.host,)):
            return None  # that of whoever wrote it first, or a mistake
        return urls.without_page_number(declared)

    def _is_own(self, declared: str, asked: str) -> bool:
        # Who sets a plugin up wrongly has every page declare the front page, a list or one article.
        there, here = urlsplit(declared), urlsplit(asked)
        ids = {urls.plain_post_id(declared), urls.plain_post_id(asked)} - {None}
        if ids:
            return ids == {self.post_id} and (there.path, there.query) != ("/", "")
        return there.path.rstrip("/") == here.path.rstrip("/")

    @property
    def post_id(self) -> int | None:
        number = _post_of(self.header)
        if number is not None:
            return self.state("post_id", number, "article[id]")
        document = self.document
        record = document.linked("alternate", "application/json")
        for pattern, stating, where in (
            *((_POST, name, "body[class]") for name in document.body_classes),
            (_POST_LINK, document.linked("shortlink"), "link[rel=shortlink]"),
            (_POST_LINK, record, "link[type=application/json]"),
            (_POST_LINK, document.headers.get("link"), "Link"),
        ):
            found = pattern.search(stating or "")
            if found is not None:
                return self.state("post_id", int(found[1]), where)
        return None

    @property
    def title(self) -> str | None:
        return self.state_text("title", self._part("title", self.header.title), "h1.entry-title")

    @property
    def subtitle(self) -> str | None:
        found = self._part("subtitle", self.header.subtitle)
        return self.state_text("subtitle", found, "p.subtitle")

    @property
    def published_at(self) -> str | None:
        found = self._moments("published_at", self.header.published)
        stated = self.state("published_at", next(found, None), "time.entry-date[datetime]")
        return stated or self._otherwise("published_at")

    @property
    def modified_at(self) -> str | None:
        found = (each for each in self._moments("modified_at", self.header.updated) if "T" in each)
        stated = self.state("modified_at", next(found, None), "time.updated[datetime]")
        return stated or (None if self.header.published else self._otherwise("modified_at"))

    def _moments(self, field: str, marked: Iterable[etree._Element]) -> Iterator[str]:
        """What elements state, for machines or else for people."""
        zone = self.newsroom.tzinfo
        for element in self.selected.elements(field) or marked:
            stamp = (element.get("datetime") or "").strip()
            is_moment = _MOMENT.fullmatch(stamp)
            if is_moment and parse(stamp, zone):
                yield stamp
                continue
            # What is printed may say more than 0000-00-00.
            printed = "" if is_moment else stamp
            yield from filter(None, [read_published(printed or text_of(element), zone)])

    def _otherwise(self, field: str) -> Any:
        """Return what the page says of *field* where the theme does not."""
        page = self.second_page
        if page is None:
            return None
        value, source = getattr(page, field), page.provenance.get(field, "")
        # Where the theme has a time that says nothing (fixtures/lintas/tanpa-waktu-terbit), what is
        # printed beside it is no better; metadata are (fixtures/progres/tanpa-tanggal-di-tema).
        has_times = self.header.published or self.header.updated
        if has_times and field.endswith("_at") and not source.startswith(_METADATA):
            return None
        return self.state(field, value, source)

    @cached_property
    def second_page(self) -> ArticlePage | None:
        """The page as it is read without knowing its theme."""
        try:
            return self.second_reading() if self.second_reading is not None else None
        except NotAnArticle:
            return None

    @property
    def authors(self) -> Sequence[str]:
        spans = (each for each in self.header.scope.iter("span") if has(each, self.marks["author"]))
        found = self.selected.texts("authors") or self.header.authors
        found = found or list(filter(None, map(text_of, spans)))
        return self.state("authors", found, "span.author") or self._otherwise("authors") or []

    @property
    def categories(self) -> Sequence[str]:
        below = (name for name, rels in self._terms_below if "category" in rels)
        found = self.selected.texts("categories") or (*self.header.categories, *below)
        return self.state("categories", list(dict.fromkeys(found)), "a[rel=category]")

    @property
    def topics(self) -> Sequence[str]:
        found = self.selected.texts("topics") or self.header.topics
        return self.state("topics", found, "header a[rel=tag]")

    @property
    def tags(self) -> Sequence[str]:
        below = (name for name, rels in self._terms_below if "category" not in rels)
        found = dict.fromkeys(self.selected.texts("tags") or below)
        return self.state("tags", list(found), "footer a[rel=tag]")

    @property
    def writer(self) -> str | None:
        return self._credited("writer")

    @property
    def editor(self) -> str | None:
        return self._credited("editor")

    @property
    def source_url(self) -> str | None:
        beside = (anchor for element in self._credits for anchor in element.iter("a"))
        for anchor in self.selected.elements("source_url") or beside:
            address = self.document.absolute(anchor.get("href"))
            if address is not None:
                return self.state("source_url", address, "a[Sumber Berita]")
        return None

    @cached_property
    def image_url(self) -> str | None:
        photo = self._part("image_url", self.header.photo)
        address = self.document.absolute(source(photo)) if photo is not None else None
        return self.state("image_url", address, "img.wp-post-image")

    @property
    def image_alt(self) -> str | None:
        photo = self._part("image_url", self.header.photo)
        alt = fold(photo.get("alt") or "") if photo is not None and self.image_url else ""
        return self.state("image_alt", alt or None, "img.wp-post-image[alt]")

    @property
    def caption(self) -> str | None:
        found = self._part("caption", self.header.caption)
        return self.state_text("caption", found, str(found.tag)) if found is not None else None

    @property
    def lead_embeds(self) -> Iterable[Embed]:
        found = (frame(element, self.document) for element in self.header.players)
        return list(filter(None, found))

    @property
    def end_related(self) -> Iterable[RelatedPost]:
        """The posts that the theme lists below the article."""
        boxes = (found for element in self._after_content for found in self._boxes(element))
        return [post for found in boxes for post in box(found, self.document, "end")]

    @property
    def language(self) -> str:
        return self.document.language or self.newsroom.language

    @property
    def _scopes(self) -> Iterable[etree._Element]:
        """In what of each page the links to the others stand."""
        return [header.scope for header in self.headers]

    @property
    def pages(self) -> Sequence[str]:
        linked = (
            url
            for document, scope in zip(self.documents, self._scopes, strict=True)
            for url in page_links(scope, document, self.url)
        )
        return in_order(self.url, (*(document.url for document in self.documents), *linked))

    def _part(self, field: str, found: etree._Element | None) -> etree._Element | None:
        selected = self.selected.element(field)
        return found if selected is None else selected

    # What stands below the text.

    @cached_property
    def _after_content(self) -> list[etree._Element]:
        return after_content(self.header.content, self.header.scope)

    @cached_property
    def _footers(self) -> list[etree._Element]:
        after = (each for each in self._after_content if has(each, self.marks["footer"]))
        return [*self.walks[-1].footers, *after]

    @cached_property
    def _terms_below(self) -> list[tuple[str, list[str]]]:
        """The names of terms, each with the values of its ``rel``."""
        anchors = (anchor for footer in self._footers for anchor in footer.iter("a"))
        found = ((text_of(each), (each.get("rel") or "").split()) for each in anchors)
        return [(name, rels) for name, rels in found if name and "tag" in rels]

    @cached_property
    def _credits(self) -> list[etree._Element]:
        boxes = (each for footer in self._footers for each in footer.iter("div"))
        return [each for each in boxes if has(each, self.marks["credits"])]

    def _credited(self, role: str) -> str | None:
        """Return the name behind the label of ``writer`` or ``editor``."""
        chosen = self.selected.element(role)
        if chosen is not None:
            label, colon, name = text_of(chosen).partition(":")
            return self.state(role, (name.strip() if colon else label) or None, "selector")
        for span in (span for line in self._credits for span in line.iter("span")):
            label, _, name = text_of(span).partition(":")
            if _CREDITED.get(label.strip().casefold()) == role and name.strip():
                return self.state(role, name.strip(), "div.gmr-cf-metacontent")
        return None

    def _boxes(self, element: etree._Element) -> Iterator[etree._Element]:
        """Yield the boxes of related posts that *element* is or holds, in order."""
        waiting = [element]
        while waiting:
            each = waiting.pop()
            role = role_of(each.get("class") or "")
            if role is Role.RELATED:
                yield each
            elif role is None:
                waiting += each.iterchildren("div", "section", "aside", "ul", reversed=True)


def _post_of(header: Header) -> int | None:
    """Return the post id that the element around the article carries."""
    scope = header.scope
    names = (scope.get("id") or "", *(scope.get("class") or "").split())
    return next((int(found[1]) for name in names if (found := _POST.match(name))), None)
