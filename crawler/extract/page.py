"""An article's pages, read field by field.

A page is a class with one property for each field of the line that the page states, under the
field's name, the most explicit source first. A theme is a subclass that names other classes of
the markup; see ``themes.py``. What pages and REST records have in common is in ``record.py``.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Any, ClassVar, Final

from lxml import etree

from crawler.errors import NotAnArticle
from crawler.extract.below import Below, after_content
from crawler.extract.document import Document, text_of
from crawler.extract.header import Header, Marks, has, read_header
from crawler.extract.media import frame, source
from crawler.extract.moments import YEARS
from crawler.extract.numbering import in_order
from crawler.extract.record import Record
from crawler.extract.roles import Roles
from crawler.extract.selectors import Selected
from crawler.extract.walk import Walk
from crawler.items import Embed, RelatedPost
from crawler.newsrooms import Newsroom
from crawler.normalise.dates import read_published
from crawler.normalise.text import fold
from crawler.normalise.urls import canonical, same_host, without_page_number

_POST: Final = re.compile(r"(?:post|postid)-(\d{1,18})")
_POST_LINK: Final = re.compile(r"(?:[?&]p=|/wp/v2/posts/)(\d{1,18})(?!\d)")
_METADATA: Final = ("ld+json", "meta[", "[itemprop")
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d)")


class ArticlePage(Record):
    """The pages of one article in the markup that WordPress themes have in common (hAtom)."""

    source: ClassVar[str] = "page"
    theme: ClassVar[str] = "hatom"
    marks: ClassVar[Marks] = Marks()
    roles: ClassVar[Roles] = Roles()

    second_reading: Callable[[], ArticlePage] | None = None
    """How to read the page without knowing its theme, for what the theme does not print."""

    def __init__(self, documents: Sequence[Document], newsroom: Newsroom) -> None:
        """*documents* are the article's pages in order."""
        super().__init__(newsroom)
        self.documents = documents
        self.document = documents[0]
        self.headers = [self.read_header(document) for document in documents]
        self.header = self.headers[0]
        self.selected = Selected(self.document, newsroom.selectors)

    def read_header(self, document: Document) -> Header:
        """Return the parts of the article on *document*."""
        return read_header(document, self.marks)

    @cached_property
    def walks(self) -> list[Walk]:
        """The content of each page; :exc:`NotAnArticle` where one has none."""
        walks = []
        for document, header in zip(self.documents, self.headers, strict=True):
            selected = Selected(document, self.newsroom.selectors)
            content = selected.element("body")
            content = header.content if content is None else content
            if content is None:
                raise NotAnArticle(document.url, "no_content")
            skip = frozenset(selected.elements("not_body"))
            walks.append(Walk(content, document, self.roles, skip=skip))
        return walks

    @property
    def is_readable(self) -> bool:
        """Whether the pages have what this class looks for: a headline and a text."""
        if not self.newsroom.selectors:
            found = (header.content is not None for header in self.headers)
            return self.header.title is not None and all(found)
        title = self._part("title", self.header.title)
        contents = (
            Selected(document, self.newsroom.selectors).element("body") is not None
            or header.content is not None
            for document, header in zip(self.documents, self.headers, strict=True)
        )
        return title is not None and all(contents)

    def refuse_strangers(self) -> None:
        """Raise :exc:`NotAnArticle` where a later page is not one of the first page's article."""
        if len(self.headers) == 1:
            return
        posts = {_post_of(header) for header in self.headers} - {None}
        if len(posts) > 1:
            raise NotAnArticle(self.documents[-1].url, "other_article")

    @cached_property
    def url(self) -> str:
        asked = self.document.url
        declared = self.document.canonical
        # A canonical address elsewhere is that of whoever wrote first, or a mistake.
        if declared is None or not same_host(declared, (self.document.host,)):
            declared = asked
        address = canonical(declared)
        if address is None:
            raise NotAnArticle(asked, "no_address")
        return without_page_number(address)

    @property
    def post_id(self) -> int | None:
        number = _post_of(self.header)
        if number is not None:
            return self.state("post_id", number, "article[id]")
        for name in self.document.body_classes:
            found = _POST.fullmatch(name)
            if found is not None:
                return self.state("post_id", int(found[1]), "body[class]")
        head = self.document.head
        for href, where in (
            (head.link("shortlink"), "link[rel=shortlink]"),
            (head.link("alternate", "application/json"), "link[type=application/json]"),
            (self.document.headers.get("link"), "Link"),
        ):
            found = _POST_LINK.search(href or "")
            if found is not None:
                return self.state("post_id", int(found[1]), where)
        return None

    @property
    def title(self) -> str | None:
        return self.state_text("title", self._part("title", self.header.title), "h1.entry-title")

    @property
    def subtitle(self) -> str | None:  # type: ignore[override]  # computed here
        return self.state_text(
            "subtitle", self._part("subtitle", self.header.subtitle), "p.subtitle"
        )

    @property
    def published_at(self) -> str | None:
        for element in self.selected.elements("published_at") or self.header.published:
            found = self.moment_of(element)
            if found is not None:
                return self.state("published_at", found, "time.entry-date[datetime]")
        otherwise: str | None = self._otherwise("published_at")
        return otherwise

    @property
    def modified_at(self) -> str | None:
        for element in self.selected.elements("modified_at") or self.header.updated:
            found = self.moment_of(element)
            if found is not None and "T" in found:
                return self.state("modified_at", found, "time.updated[datetime]")
        if self.header.published:
            return None
        otherwise: str | None = self._otherwise("modified_at")
        return otherwise

    def _otherwise(self, field: str) -> Any:
        """Return what the page says of *field* where the theme does not.

        Where the theme has a time that says nothing (fixtures/lintas/tanpa-waktu-terbit), what is
        printed beside it is no better; metadata are (fixtures/progres/tanpa-tanggal-di-tema).
        """
        page = self._second_page
        if page is None:
            return None
        value, source = getattr(page, field), page.provenance.get(field, "")
        has_times = self.header.published or self.header.updated
        if has_times and field.endswith("_at") and not source.startswith(_METADATA):
            return None
        return self.state(field, value, source)

    @cached_property
    def _second_page(self) -> ArticlePage | None:
        try:
            return self.second_reading() if self.second_reading is not None else None
        except NotAnArticle:
            return None

    def moment_of(self, element: etree._Element) -> str | None:
        """Return the moment that *element* states, for machines or else for people."""
        stamp = (element.get("datetime") or "").strip()
        if _MOMENT.fullmatch(stamp):
            if _can_be(stamp):
                return stamp
            stamp = ""  # what is printed may say more than 0000-00-00
        return read_published(stamp or text_of(element), self.newsroom.tzinfo)

    @property
    def authors(self) -> Sequence[str]:
        found = self.selected.texts("authors") or self.header.authors or self._unlinked_authors()
        return self.state("authors", found, "span.author") or self._otherwise("authors") or []

    def _unlinked_authors(self) -> list[str]:
        return [
            name
            for span in self.header.scope.iter("span")
            if has(span, self.marks.author) and (name := text_of(span))
        ]

    @property
    def categories(self) -> Sequence[str]:
        found = self.selected.texts("categories") or [
            *self.header.categories,
            *self.below.categories,
        ]
        return self.state("categories", list(dict.fromkeys(found)), "a[rel=category]")

    @property
    def topics(self) -> Sequence[str]:
        found = self.selected.texts("topics") or self.header.topics
        return self.state("topics", found, "header a[rel=tag]")

    @property
    def tags(self) -> Sequence[str]:
        found = self.selected.texts("tags") or list(dict.fromkeys(self.below.tags))
        return self.state("tags", found, "footer a[rel=tag]")

    @property
    def writer(self) -> str | None:  # type: ignore[override]  # computed here
        return self._credited("writer")

    @property
    def editor(self) -> str | None:  # type: ignore[override]  # computed here
        return self._credited("editor")

    @property
    def source_url(self) -> str | None:  # type: ignore[override]  # computed here
        for anchor in self.selected.elements("source_url") or self.below.source_links:
            address = self.document.absolute(anchor.get("href"))
            if address is not None:
                return self.state("source_url", address, "a[Sumber Berita]")
        return None

    @cached_property
    def image_url(self) -> str | None:  # type: ignore[override]  # computed here
        photo = self._part("image_url", self.header.photo)
        address = self.document.absolute(source(photo)) if photo is not None else None
        return self.state("image_url", address, "img.wp-post-image")

    @property
    def image_alt(self) -> str | None:  # type: ignore[override]  # computed here
        photo = self._part("image_url", self.header.photo)
        alt = fold(photo.get("alt") or "") if photo is not None and self.image_url else ""
        return self.state("image_alt", alt or None, "img.wp-post-image[alt]")

    @property
    def caption(self) -> str | None:  # type: ignore[override]  # computed here
        return self.state_text("caption", self._part("caption", self.header.caption), "figcaption")

    @property
    def lead_embeds(self) -> Iterable[Embed]:  # type: ignore[override]  # computed here
        found = (frame(element, self.document) for element in self.header.players)
        return [embed for embed in found if embed is not None]

    @property
    def end_related(self) -> Iterable[RelatedPost]:  # type: ignore[override]  # computed here
        return self.below.related

    @property
    def language(self) -> str:
        return self.document.language or self.newsroom.language

    @property
    def pages(self) -> Sequence[str]:
        linked = [
            address
            for document, walk in zip(self.documents, self.walks, strict=True)
            for href in walk.page_links
            if (address := document.absolute(href))
        ]
        if not linked and len(self.documents) == 1:
            return (self.url,)
        return in_order(self.url, (*(document.url for document in self.documents), *linked))

    def _part(self, field: str, found: etree._Element | None) -> etree._Element | None:
        """Return what the newsroom's selector of *field* finds, else what the theme marks."""
        selected = self.selected.element(field) if self.newsroom.selectors else None
        return found if selected is None else selected

    def _credited(self, role: str) -> str | None:
        for element in self.selected.elements(role):
            label, colon, name = text_of(element).partition(":")
            return self.state(role, (name.strip() if colon else label) or None, "selector")
        return self.state(role, self.below.credited(role), "div.gmr-cf-metacontent")

    @cached_property
    def _after_content(self) -> list[etree._Element]:
        return after_content(self.header)

    @cached_property
    def below(self) -> Below:
        """What stands below the text."""
        footers = self.walks[-1].footers
        return Below(self._after_content, footers, self.document, self.marks, self.roles)


def _can_be(stamp: str) -> bool:
    """Whether a newsroom can have published then: WordPress writes 0000-00-00 for no date."""
    try:
        return dt.datetime.fromisoformat(stamp).year in YEARS
    except ValueError:
        return False


def _post_of(header: Header) -> int | None:
    """Return the post id that the element around the article carries."""
    scope = header.scope
    for name in (scope.get("id") or "", *(scope.get("class") or "").split()):
        found = _POST.fullmatch(name)
        if found is not None:
            return int(found[1])
    return None
