"""List pages: front page, categories, index, date archives. Which links are headlines."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Final

import attrs
from lxml import etree, html

from crawler.discovery.documents import Unreadable, unpacked
from crawler.discovery.moments import moment
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
_ASIDE: Final = re.compile(
    r"(?:^|\s)(?:sidebar|secondary|widget[\w-]*|(?:popular|related)-posts)(?:\s|$)"
)
_POST: Final = re.compile(r"post-(\d{1,15})$")
_SHORTEST: Final = 4  # words: what a headline has and the name of a static page has not
_NEAR: Final = 3  # elements between a headline and its link


@attrs.frozen(kw_only=True)
class Headline:
    """An article as a list page shows it."""

    url: str
    """Canonical address."""

    published: str | None = None
    updated: str | None = None
    """As the item's ``time`` elements state them, ISO 8601 with offset."""

    post_id: int | None = None
    aside: bool = False
    """Whether it stands beside the list: in a sidebar, among the popular or related ones."""


@attrs.frozen(kw_only=True)
class ListPage:
    """What a list page shows, addresses absolute, each once, in its order."""

    articles: tuple[Headline, ...]
    next_page: str | None
    """The list's next page."""

    lists: tuple[str, ...]
    """Other lists of the newsroom: categories, the index, archives by year and month."""

    feeds: tuple[str, ...]
    """Feeds that the page names."""


def read_list(body: bytes, url: str, address: str, zone: dt.tzinfo) -> Iterator[ListPage]:
    """Yield what the list page at *url* of the newsroom at *address* shows.

    A time without offset is in *zone*. Raises :exc:`Unreadable` when there is no HTML in *body*.
    """
    plain = unpacked(body)
    parser = html.HTMLParser(recover=True, remove_comments=True)
    try:
        page = html.document_fromstring(plain, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError):
        raise Unreadable("no HTML") from None
    host = (address.partition("://")[2].partition("/")[0],)
    articles: dict[str, Headline] = {}
    lists: dict[str, None] = {}
    for anchor in page.iter("a"):
        target = absolute(str(anchor.get("href") or ""), url)
        if not target or not same_host(target, host):
            continue
        if _LISTS.search(target) and not _PAGED.search(target):
            lists[target.partition("#")[0]] = None
        elif looks_like_article(target, address) and _is_headline(anchor):
            headline = _headline(anchor, target, zone)
            earlier = articles.get(headline.url)
            if earlier is None or (earlier.aside and not headline.aside):
                articles[headline.url] = headline
    yield ListPage(
        articles=tuple(articles.values()),
        next_page=_next_page(page, url, host),
        lists=tuple(lists),
        feeds=tuple(_feeds(page, url)),
    )


def _headline(anchor: html.HtmlElement, target: str, zone: dt.tzinfo) -> Headline:
    """Return the headline with what its list item says of it."""
    item: html.HtmlElement | None = None
    aside = False
    for element in anchor.iterancestors():
        if item is None and element.tag == "article":
            item = element
        marks = f"{element.get('class') or ''} {element.get('id') or ''}"
        beside = element.tag == "aside" or (element.tag != "body" and _ASIDE.search(marks))
        aside = aside or bool(beside)
    published = updated = None
    for time in item.iter("time") if item is not None else ():
        stated = moment(str(time.get("datetime") or ""), zone)
        names = str(time.get("class") or "").split()
        if stated and ("published" in names or "updated" not in names):
            published = published or stated.isoformat()
        elif stated:
            updated = stated.isoformat()
    post = _POST.match(str(item.get("id") or "")) if item is not None else None
    return Headline(
        url=without_page_number(canonical(target) or target),
        published=published,
        updated=updated,
        post_id=int(post[1]) if post else None,
        aside=aside,
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
