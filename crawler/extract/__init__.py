"""From captures to an article: the same door for the spider, ``reextract`` and the tests.

Nothing here fetches, and nothing here knows the time::

    document -> page_class_for -> page (header, content, blocks) -> record -> Article

Whoever fetches asks the page which of its parts is missing::

    page = open_page(first, newsroom)
    while url := page.next_missing():
        page.add(fetch(url))
    article = page.article()
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import lru_cache, partial
from typing import Final
from urllib.parse import urlsplit

import attrs

from crawler.errors import ConfigurationError, NotAnArticle
from crawler.extract.document import Document, is_json, media_type, read_page, refuse_response
from crawler.extract.page import ArticlePage
from crawler.extract.record import EXTRACTOR, Record
from crawler.extract.rest import Both, RestRecord, record, records
from crawler.extract.unknown.page import GenericPage
from crawler.items import Article, Capture
from crawler.newsrooms import Newsroom, load_newsroom
from crawler.normalise.places import own_names
from crawler.normalise.text import block_key
from crawler.normalise.urls import same_host
from crawler.timestamps import instant

__all__ = [
    "EXTRACTOR",
    "Page",
    "extract_article",
    "extract_html",
    "extract_sources",
    "open_page",
    "post_ids",
]

THEMES: Final[dict[str, type[ArticlePage]]] = {
    "wpberita": ArticlePage,
    "newkarma": ArticlePage,
    "generic": GenericPage,
}
"""Name of each theme, as a newsroom's file has it → class of its pages."""

# What the house of these themes (kentooz.com, idtheme.com) writes on the body.
_HOUSE: Final = frozenset(("idtheme", "kentooz"))
_FOLDERS: Final = ("/themes/wpberita", "/themes/newkarma")


def extract_html(body: bytes | str, url: str, *, site: str = "progres") -> Article:
    """The article on one page, read without network and without clock.

    *site* names a newsroom; one that is not known is taken to be a WordPress newsroom at the
    host of *url*. The theme that the page shows traces of wins over the newsroom's.
    Raises :exc:`~crawler.errors.NotAnArticle` with a reason that is a slug.
    """
    encoded = body.encode("utf-8", "replace") if isinstance(body, str) else body
    newsroom = _known(site)
    if newsroom is None:
        parts = urlsplit(url)
        newsroom = Newsroom(name=site, address=f"{parts.scheme}://{parts.netloc}")
    return extract_article([Capture(url=url, body=encoded)], newsroom)


def extract_article(
    captures: Sequence[Capture],
    newsroom: Newsroom | None = None,
    *,
    post_id: int | None = None,
    furniture: Collection[str] = (),
) -> Article:
    """Return the article on *captures*, or raise :exc:`~crawler.errors.NotAnArticle`.

    *captures* are the pages of one article in order, its REST record (the answer for one post, or
    a list of posts of which *post_id*, or else the page, names one), or both; a photo among them is
    not read. *newsroom* is PROGRES.ID unless given; *furniture* are blocks of text that are the
    site's and no article's. What only a run knows is left open (``revision``, ``written_at``, …).
    """
    sources = _sources(captures, newsroom or _progres(), post_id, furniture)
    return sources[-1].to_item(captures)


def extract_sources(
    captures: Sequence[Capture],
    newsroom: Newsroom,
    *,
    post_id: int | None = None,
    furniture: Collection[str] = (),
) -> Mapping[str, Callable[[], Article]]:
    """What gives the article as ``page`` and ``rest`` state it, and as ``both`` do."""
    sources = _sources(captures, newsroom, post_id, furniture)
    return {each.source: partial(each.to_item, captures) for each in sources}


def _sources(
    captures: Sequence[Capture], newsroom: Newsroom, post_id: int | None, furniture: Collection[str]
) -> list[Record]:
    """What reads the pages among *captures*, what reads the record, and what reads both."""
    for capture in captures:
        refuse_response(capture)
    answer = next(filter(is_json, captures), None)
    pages = [each for each in captures if not is_json(each)]
    pages = [each for each in pages if not media_type(each).startswith("image/")] or pages
    page = _reading(list(map(read_page, pages)), newsroom) if pages else None
    return _told(page, answer, newsroom, post_id, furniture)


def _told(
    page: ArticlePage | None,
    answer: Capture | None,
    newsroom: Newsroom,
    post_id: int | None,
    furniture: Collection[str],
) -> list[Record]:
    keys = frozenset(map(block_key, furniture))
    sources: list[Record] = []
    if page is not None:
        page.leave_out(keys)
        sources.append(page)
    if answer is not None:
        rest = RestRecord(record(answer, post_id, page), _named(newsroom))
        rest.leave_out(keys)
        sources += [rest, Both(page, rest)] if page is not None else [rest]
    return sources


def open_page(first: Capture, newsroom: Newsroom | None = None) -> Page:
    """Return the page of an article that *first* is a part of, or raise :exc:`NotAnArticle`."""
    return Page(first, newsroom or _progres())


class Page:
    """An article whose parts come in one after the other, as WordPress splits a long post."""

    def __init__(self, first: Capture, newsroom: Newsroom) -> None:
        self._newsroom = newsroom
        self._parts: dict[str, tuple[Capture, Document]] = {}  # by address, last slash gone
        self._reading = self._read(first, first.url)
        self.addresses: list[str] = list(self._reading.pages)
        """All parts that are known of, in order."""
        self.elsewhere = self._reading.elsewhere
        """The other address of the newsroom that the first part declares to be its own."""

    def next_missing(self) -> str | None:
        """The address of the next part to fetch, None once all are here."""
        return next((url for url in self.addresses if url.rstrip("/") not in self._parts), None)

    def add(self, capture: Capture) -> None:
        """Take *capture* for the part that :meth:`next_missing` named, or raise :exc:`NotAnArticle`."""
        url = self.next_missing()
        assert url is not None
        linked = self._read(capture, url).pages
        if url == self.addresses[-1]:
            # A theme may link the next page only.
            known = {each.rstrip("/") for each in self.addresses}
            self.addresses += [each for each in linked if each.rstrip("/") not in known]

    @property
    def captures(self) -> list[Capture]:
        """The parts that are here, in order; what was opened is none if it is another form."""
        return [capture for capture, _ in self._in_order()]

    def is_newer_than(self, answer: Capture, post_id: int | None) -> bool:
        """Whether the page states a later modification than its record in *answer*."""
        page = self._reading
        rest = RestRecord(record(answer, post_id, page), self._newsroom)
        printed, stated = instant(page.modified_at), instant(rest.stated("modified_at"))
        return printed is not None and stated is not None and printed > stated

    @property
    def record_address(self) -> str | None:
        """Where the page says its REST record is, of whatever type its post is."""
        document = self._reading.document
        address = document.absolute(document.linked("alternate", "application/json"))
        return address if address is not None and "/wp/v2/" in address else None

    def article(
        self,
        answer: Capture | None = None,
        *,
        post_id: int | None = None,
        furniture: Collection[str] = (),
    ) -> Article:
        """The article on the parts that are here, and on its REST record in *answer*."""
        documents = [document for _, document in self._in_order()]
        page = self._reading
        if documents != list(page.documents):
            page = _reading(documents, self._newsroom)
        source = _told(page, answer, self._newsroom, post_id, furniture)[-1]
        return source.to_item(self.captures if answer is None else [*self.captures, answer])

    def _read(self, capture: Capture, url: str) -> ArticlePage:
        refuse_response(capture)
        if is_json(capture):
            raise NotAnArticle(capture.url, "not_html")
        document = read_page(capture)
        self._parts[url.rstrip("/")] = capture, document
        return _reading([document], self._newsroom)

    def _in_order(self) -> list[tuple[Capture, Document]]:
        keys = (each.rstrip("/") for each in self.addresses)
        return [self._parts[key] for key in keys if key in self._parts]


def _named(newsroom: Newsroom, document: Document | None = None) -> Newsroom:
    """*newsroom* with the names that its host and *document* give it, where it has none."""
    if newsroom.outlets:
        return newsroom
    stated = document.site_names if document is not None else ()
    return attrs.evolve(newsroom, outlets=own_names(newsroom.host, stated))


def _reading(documents: Sequence[Document], newsroom: Newsroom) -> ArticlePage:
    newsroom = _named(newsroom, documents[0])
    page_class = page_class_for(documents[0], newsroom)
    page = page_class(documents, newsroom)
    if page_class is GenericPage:
        return page
    if not page.is_readable:
        # The theme has changed, or is not what its traces say.
        return GenericPage(documents, newsroom)
    page.refuse_strangers()
    page.second_reading = lambda: GenericPage(documents, newsroom)
    # Where the theme's container is empty, the text may stand beside it.
    is_empty = not page.story.text_blocks and page.has_sentences
    other = page.second_page if is_empty else page
    return other if other is not None and other.story.text_blocks else page


def page_class_for(document: Document, newsroom: Newsroom) -> type[ArticlePage]:
    """The class of pages that *document* shows traces of, else the newsroom's own."""
    # AMP and optimisers take the theme's folder away.
    linked = (folder in href for _, _, href in document.links for folder in _FOLDERS)
    if not _HOUSE.isdisjoint(document.body_classes) or any(linked):
        return ArticlePage
    if same_host(document.url, (newsroom.host, *newsroom.hosts)):
        return THEMES.get(newsroom.theme, GenericPage)
    return GenericPage


def post_ids(answer: Capture) -> frozenset[int]:
    """Which posts *answer*, a list of the REST API, holds; none where it is no such list."""
    try:
        return frozenset(each["id"] for each in records(answer) if type(each.get("id")) is int)
    except NotAnArticle:
        return frozenset()


@lru_cache(maxsize=64)
def _known(name: str) -> Newsroom | None:
    try:
        return load_newsroom(name)
    except ConfigurationError:
        return None


@lru_cache(maxsize=1)
def _progres() -> Newsroom:
    return load_newsroom("progres")
