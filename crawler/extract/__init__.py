"""From captures to an article: the same door for the spider, ``reextract`` and the tests.

Nothing here fetches, and nothing here knows the time::

    document -> themes.page_class_for -> page (header, blocks) -> story -> record -> Article
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import urlsplit

from crawler.errors import ConfigurationError, NotAnArticle
from crawler.extract.document import Document
from crawler.extract.gates import (
    is_json,
    media_type,
    refuse_address,
    refuse_page,
    refuse_response,
)
from crawler.extract.page import ArticlePage
from crawler.extract.record import EXTRACTOR, page_hash
from crawler.extract.rest import RestRecord, record
from crawler.extract.themes import has_traces, page_class_for
from crawler.extract.unknown.page import GenericPage
from crawler.items import Article, Capture
from crawler.newsrooms import Newsroom, load_newsroom

__all__ = ["EXTRACTOR", "extract_article", "extract_html", "page_addresses", "page_hash"]


def extract_html(body: bytes | str, url: str, *, site: str = "progres") -> Article:
    """Return the article on one page, read without network and without clock.

    *site* names a newsroom; one that is not known is taken to be a WordPress newsroom at the
    host of *url*. The theme that the page shows traces of wins over the newsroom's.
    Raises :exc:`~crawler.errors.NotAnArticle` with a reason that is a slug.
    """
    encoded = body.encode("utf-8", "replace") if isinstance(body, str) else body
    return extract_article([Capture(url=url, body=encoded)], _newsroom(site, url))


def extract_article(
    captures: Sequence[Capture],
    newsroom: Newsroom | None = None,
    *,
    post_id: int | None = None,
) -> Article:
    """Return the article on *captures*, or raise :exc:`~crawler.errors.NotAnArticle`.

    *captures* are the pages of one article in order, or its REST record: the answer for one post,
    or a list of posts of which *post_id* names one. *newsroom* is PROGRES.ID unless given. Fills
    everything but ``revision``, ``run`` and ``written_at``; ``captures`` are the references that
    *captures* carry. A photo among them is kept with the article, and not read.
    """
    newsroom = newsroom or _shipped("progres")
    for capture in captures:
        refuse_response(capture)
    if is_json(captures[0]):
        return RestRecord(record(captures[0], post_id), newsroom).to_item(captures)
    pages = [each for each in captures if not media_type(each).startswith("image/")]
    return _page(pages or captures, newsroom).to_item(captures)


def page_addresses(capture: Capture, newsroom: Newsroom | None = None) -> tuple[str, ...]:
    """Return the addresses of all pages of the article that *capture* links, the first page first.

    An article on one page has one. Where a theme links only the next page, ask again with that.
    Raises :exc:`~crawler.errors.NotAnArticle` as :func:`extract_article` does.
    """
    newsroom = newsroom or _shipped("progres")
    refuse_response(capture)
    if is_json(capture):
        raise NotAnArticle(capture.url, "not_html")
    return tuple(_page([capture], newsroom).pages)


def _page(captures: Sequence[Capture], newsroom: Newsroom) -> ArticlePage:
    documents = [_document(capture) for capture in captures]
    page_class = page_class_for(documents[0], newsroom)
    if page_class is not GenericPage:
        page = page_class(documents, newsroom)
        if page.is_readable:
            page.refuse_strangers()
            page.second_reading = lambda: _unknown_page(captures, newsroom)
            return page
    # No theme, one that has changed, or one that is not what its traces say.
    return _unknown_page(captures, newsroom)


def _unknown_page(captures: Sequence[Capture], newsroom: Newsroom) -> GenericPage:
    return GenericPage([_document(capture, whole=True) for capture in captures], newsroom)


def _document(capture: Capture, *, whole: bool = False) -> Document:
    refuse_address(capture)
    whole = whole or not has_traces(capture.body)
    document = _latest.document(capture, whole=whole)
    refuse_page(document)
    return document


class _Latest(threading.local):
    """The document that was parsed last in this thread.

    Whoever asks for the pages of an article reads the article next: one parse serves both.
    Documents are not changed by reading.
    """

    def __init__(self) -> None:
        self._capture: Capture | None = None
        self._document: Document | None = None
        self._whole = False

    def document(self, capture: Capture, *, whole: bool) -> Document:
        """Return *capture* as a tree."""
        if self._document is None or self._capture is not capture or self._whole is not whole:
            self._document = Document(capture.body, capture.url, capture.headers, whole=whole)
            self._capture, self._whole = capture, whole
        return self._document


_latest = _Latest()


def _newsroom(site: str, url: str) -> Newsroom:
    try:
        return _shipped(site)
    except ConfigurationError:
        parts = urlsplit(url)
        return Newsroom(name=site, address=f"{parts.scheme}://{parts.netloc}")


@lru_cache(maxsize=64)
def _shipped(name: str) -> Newsroom:
    return load_newsroom(name)
