"""Sitemaps: what a file lists, be it a set of addresses, an index, Google News or plain text."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Final

import attrs
from lxml import etree

from crawler.decoding import plain_text
from crawler.discovery.documents import Unreadable, elements, local, text_of, unpacked
from crawler.normalise.urls import absolute, plain_post_id
from crawler.normalise.vocabulary import words_of
from crawler.timestamps import parse, parse_day

_ROOTS: Final = frozenset({"urlset", "sitemapindex"})
_ITEMS: Final = frozenset({"url", "sitemap"})
_LONGEST: Final = 2048  # sitemaps.org: an address is shorter
_ROBOTS_LINE: Final = re.compile(
    r"^[ \t]*site-?map[ \t]*:[ \t]*(\S+)", re.IGNORECASE | re.MULTILINE
)
_ROBOTS_BYTES: Final = 500 * 1024  # RFC 9309, 2.5: what a crawler reads of robots.txt


@attrs.frozen
class Entry:
    """One line of a sitemap."""

    url: str
    is_file: bool = False  # a sitemap, listed in an index
    lastmod: str | None = None  # ISO 8601: a moment with offset, or a day alone
    published: str | None = None  # ``news:publication_date`` as a moment with offset
    is_news: bool = False  # of a Google News sitemap, which lists two days only

    @property
    def post_id(self) -> int | None:
        """WordPress post id, where the address is ``/?p=ID``: a permalink has none."""
        return plain_post_id(self.url)


def read_sitemap(body: bytes, url: str, zone: dt.tzinfo) -> Iterator[Entry]:
    """Yield what the sitemap at *url* lists, in its order, addresses made absolute.

    An XML sitemap or index, gzipped or not, or a plain list of addresses. A time without offset
    is in *zone*. Lines without an http(s) address are left out. :exc:`Unreadable` is raised at
    the end for a file that is damaged or no sitemap, so what came before is not all.
    """
    plain, wrong = unpacked(body)
    if plain[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")[:4].lower() == b"http":
        yield from _read_text(plain, url)
        if wrong:
            raise Unreadable(wrong)
        return
    for element in elements(plain, wrong, "sitemap", _ROOTS, _ITEMS):
        entry = _entry(element, url, zone, is_file=local(element) == "sitemap")
        if entry:
            yield entry


def _entry(element: etree._Element, base: str, zone: dt.tzinfo, *, is_file: bool) -> Entry | None:
    location = lastmod = ""
    published: dt.datetime | None = None
    news = False
    for child in element.iter(etree.Element):
        name = local(child)
        if child.getparent() is element:
            if name == "loc":
                location = location or text_of(child)
            elif name == "lastmod":
                lastmod = text_of(child)
            elif name == "news":
                news = True
        elif name == "publication_date":
            published = parse(text_of(child), zone)
    url = absolute(location, base) if 0 < len(location) <= _LONGEST else None
    if url is None:
        return None
    return Entry(
        url,
        is_file,
        _moment_or_day(lastmod, zone),
        published.isoformat() if published else None,
        news,
    )


def _moment_or_day(text: str, zone: dt.tzinfo) -> str | None:
    found = parse(text, zone) or parse_day(text)
    return found.isoformat() if found else None


def _read_text(plain: bytes, base: str) -> Iterator[Entry]:
    for line in plain_text(plain).splitlines():
        address = line.strip()
        if address.lower().startswith(("http://", "https://")) and len(address) <= _LONGEST:
            url = absolute(address, base)
            if url:
                yield Entry(url)


def robots_sitemaps(robots: bytes, base: str) -> tuple[str, ...]:
    """Return the addresses of the Sitemap lines of *robots*, each once, in order.

    They stand outside the groups of rules (sitemaps.org, "Specifying the Sitemap location").
    """
    text = plain_text(robots[:_ROBOTS_BYTES]).replace("\r", "\n")
    found = (absolute(line, base) for line in _ROBOTS_LINE.findall(text))
    return tuple(dict.fromkeys(url for url in found if url))


# What WordPress, Yoast, Rank Math, All in One SEO, Jetpack and XML Sitemaps call the files that
# list no articles: pages, terms, users, attachments and parts of page builders.
_NOT_POSTS: Final = re.compile(
    r"""
    posts-(?:page|attachment|product|elementor|wp_|e-)[\w-]*      # wp-sitemap-posts-page-1.xml
    | taxonom | category | categories | kategori | [_-]tags? \b | \btags?[_-] | post_tag | post_format | newstopic
    | author | penulis | \busers? \b | -users?-
    | (?:^|/) pages?-sitemap | sitemap-(?:pt-)?pages? \b | sitemap-(?:misc|tax|archives|home|static)
    | attachment | \bimages?[-_]sitemap | image-sitemap | video-sitemap | sitemap-(?:image|video)
    | product | local-sitemap | \.kml
    """,
    re.IGNORECASE | re.VERBOSE,
)
_POSTS: Final = re.compile(
    r"(?:^|[/_.-])(?:posts?|berita|artikel|articles?)(?=[-_.\d])", re.IGNORECASE
)
_NUMBERS: Final = re.compile(r"\d+")


def may_list_articles(url: str) -> bool:
    """Whether the sitemap at *url*, by its name, may list articles."""
    return not _NOT_POSTS.search(url.partition("://")[2].partition("/")[2])


def lists_posts(url: str) -> bool:
    """Whether the sitemap at *url*, by its name, lists posts and nothing else."""
    return may_list_articles(url) and bool(_POSTS.search(url.rpartition("/")[2]))


def post_type(url: str) -> str | None:
    """Return the type of post that the sitemap at *url* lists, by its name; None without one.

    >>> [post_type(f"/{name}.xml") for name in ("wp-sitemap-posts-liputan-2", "liputan-sitemap")]
    ['liputan', 'liputan']
    """
    found = _TYPE.search(url)
    name = next(filter(None, found.groups()), "") if found else ""
    parts = set(re.split(r"[-_]", name))
    return None if name.startswith("wp_") or not parts.isdisjoint(_NO_ARTICLES) else name or None


# WordPress 5.5; XML Sitemaps; Yoast, Rank Math and others.
_TYPE: Final = re.compile(
    r"/(?:wp-sitemap-posts-([\w-]+?)-\d+|sitemap-pt-([\w-]+?)-[\d-]+|([\w-]+?)-sitemap\d*)\.xml"
)
_NO_ARTICLES: Final = words_of(
    """
    post page attachment product products menu template templates library popup block blocks form
    category tag author taxonomy news video image local
    """
)


def natural_order(url: str) -> tuple[str, tuple[int, ...]]:
    """Return a key that sorts ``post-sitemap10.xml`` after ``post-sitemap9.xml``."""
    name = url.rpartition("/")[2]
    return _NUMBERS.sub("", name), tuple(int(digits[:18]) for digits in _NUMBERS.findall(name))
