"""List pages: front page, categories, index, date archives. Which links are headlines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import attrs
from lxml import etree, html

from crawler.discovery.documents import Unreadable, unpacked
from crawler.normalise.urls import (
    absolute,
    canonical,
    looks_like_article,
    same_host,
    without_page_number,
)

_LISTS: Final = re.compile(
    r"/(?:category|kategori|rubrik|kanal)/[^?#]+$|/(?:indeks|index-berita|indeks-berita)/?$"
    r"|/(?:19|20)\d\d/?$|/(?:19|20)\d\d/[01]\d/?$",
    re.IGNORECASE,
)
_PAGED: Final = re.compile(r"/page/\d+/?(?:$|\?)|[?&]paged=\d+")
_NEXT_WORDS: Final = re.compile(
    r"\s*(?:(?:halaman|laman|pos|berita)\s+)?(?:berikut(?:nya)?|selanjutnya|next(?: page)?|older(?: posts)?"
    r"|pos-pos lama|lebih lama|selengkapnya|muat lagi|load more)?\s*[»›→>]*\s*",
    re.IGNORECASE,
)
_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
# gmr-slide-titlelink and recent-title are the theme's headlines outside <article>.
_HEADLINE_CLASS: Final = re.compile(r"title|judul|headline|bookmark", re.IGNORECASE)
_MENU_CLASS: Final = re.compile(r"\bmenu|\bnav|breadcrumb|footer|colophon|social|share|pagination")
_MENU_TAGS: Final = frozenset({"nav", "footer"})
_SHORTEST: Final = 4  # words: what a headline has and the name of a static page has not
_NEAR: Final = 3  # elements between a headline and its link


@attrs.frozen(kw_only=True)
class ListPage:
    """What a list page shows, addresses absolute, each once, in its order."""

    articles: tuple[str, ...]
    """Canonical addresses under the headlines."""

    next_page: str | None
    """The list's next page."""

    lists: tuple[str, ...]
    """Other lists of the newsroom: categories, the index, archives by year and month."""

    feeds: tuple[str, ...]
    """Feeds that the page names."""


def read_list(body: bytes, url: str, address: str) -> ListPage:
    """Return what the list page at *url* of the newsroom at *address* shows.

    Raises :exc:`Unreadable` when there is no HTML in *body*.
    """
    plain = unpacked(body)
    try:
        page = html.document_fromstring(
            plain, parser=html.HTMLParser(recover=True, remove_comments=True)
        )
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError):
        raise Unreadable("no HTML") from None
    host = (address.partition("://")[2].partition("/")[0],)
    articles: dict[str, bool] = {}
    lists: dict[str, None] = {}
    for anchor in page.iter("a"):
        target = absolute(str(anchor.get("href") or ""), url)
        if not target or not same_host(target, host):
            continue
        if _LISTS.search(target) and not _PAGED.search(target):
            lists[target.partition("#")[0]] = None
        elif looks_like_article(target, address):
            plain_url = canonical(target)
            if plain_url:
                plain_url = without_page_number(plain_url)
                articles[plain_url] = articles.get(plain_url, False) or _is_headline(anchor)
    sure = tuple(each for each, is_headline in articles.items() if is_headline)
    return ListPage(
        articles=sure,
        next_page=_next_page(page, url, host),
        lists=tuple(lists),
        feeds=tuple(_feeds(page, url)),
    )


def _is_headline(anchor: html.HtmlElement) -> bool:
    """Whether *anchor* is the link of a headline rather than of a menu or a button."""
    near = False
    for step, element in enumerate((anchor, *anchor.iterancestors())):
        if element.tag in _MENU_TAGS:
            return False
        names = str(element.get("class") or "")
        if step and element.tag in ("li", "ul", "div") and _MENU_CLASS.search(names):
            return False
        if step <= _NEAR and (element.tag in _HEADINGS or _HEADLINE_CLASS.search(names)):
            near = True
    if near or anchor.get("rel") == "bookmark":
        return True
    return len(anchor.text_content().split()) >= _SHORTEST


def _next_page(page: html.HtmlElement, url: str, host: tuple[str, ...]) -> str | None:
    """Return where the page says that its list goes on."""
    for element in page.iter("link", "a"):
        rel = str(element.get("rel") or "").lower().split()
        names = str(element.get("class") or "").lower().split()
        href = str(element.get("href") or "")
        words = element.tag == "a" and _PAGED.search(href) and _says_next(element)
        if "next" in rel or ("next" in names and _PAGED.search(href)) or words:
            target = absolute(href, url)
            if target and same_host(target, host) and target != url:
                return target.partition("#")[0]
    return None


def _says_next(element: html.HtmlElement) -> bool:
    words = element.text_content()[:60].strip()
    return bool(words) and bool(_NEXT_WORDS.fullmatch(words))


def _feeds(page: html.HtmlElement, url: str) -> Iterator[str]:
    for link in page.iter("link"):
        sort = str(link.get("type") or "").lower()
        if sort in ("application/rss+xml", "application/atom+xml"):
            target = absolute(str(link.get("href") or ""), url)
            if target and "/comments/" not in target:
                yield target
