"""Feeds: RSS 2.0, RSS 1.0 (RDF) and Atom."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterator
from typing import Final

import attrs
from lxml import etree

from crawler.discovery.documents import WrongKind, elements, local, text_of
from crawler.discovery.moments import moment
from crawler.normalise.urls import absolute

_ROOTS: Final = frozenset({"rss", "feed", "rdf"})
_ITEMS: Final = frozenset({"item", "entry"})
_STAMPS: Final = frozenset({"lastbuilddate", "updated"})
_POST_ID: Final = re.compile(r"[?&]p=(\d{1,18})$")


@attrs.frozen(kw_only=True)
class FeedEntry:
    """One entry of a feed."""

    url: str
    """Absolute address of the article."""

    published: str | None
    """ISO 8601 with the offset that the feed states."""

    updated: str | None
    """Last change, ISO 8601 with offset; RSS has none."""

    post_id: int | None
    """WordPress post id, where the guid is ``?p=ID``."""

    digest: str
    """Of title and text: it changes when they do."""


@attrs.frozen
class FeedStamp:
    """When the feed says that it changed last."""

    changed: str


def read_feed(body: bytes, base: str, zone: dt.tzinfo) -> Iterator[FeedEntry | FeedStamp]:
    """Yield the entries of the feed at *base* in its order, and its own stamp where it has one.

    A time without offset is in *zone*. Entries without an http(s) address are left out.
    :exc:`Unreadable` is raised at the end for a feed that is damaged or no feed.
    """
    is_feed = False
    for element in elements(body, _ROOTS | _ITEMS | _STAMPS):
        name = local(element)
        if element.getparent() is None:
            is_feed = name in _ROOTS
        elif not is_feed:
            break
        elif name in _ITEMS:
            entry = _entry(element, base, zone)
            if entry:
                yield entry
        else:
            yield FeedStamp(text_of(element)[:64])
    if not is_feed:
        raise WrongKind("XML, but no feed")


def _entry(element: etree._Element, base: str, zone: dt.tzinfo) -> FeedEntry | None:
    texts: dict[str, str] = {}
    atom_link = ""
    digest = hashlib.sha256()
    for child in element:
        name = local(child)
        if name == "link" and child.get("href"):
            if child.get("rel", "alternate") == "alternate" and not atom_link:
                atom_link = str(child.get("href"))
            continue
        if name in ("title", "encoded", "content", "description", "summary"):
            digest.update(etree.tostring(child, method="text", encoding="utf-8", with_tail=False))
        texts.setdefault(name, text_of(child))
    link = texts.get("link") or atom_link or _permalink(element)
    url = absolute(link, base) if link else None
    if url is None:
        return None
    guid = _POST_ID.search(texts.get("guid") or texts.get("id") or "")
    return FeedEntry(
        url=url,
        published=_first(texts, ("pubdate", "published", "issued", "date"), zone),
        updated=_first(texts, ("updated", "modified"), zone),
        post_id=int(guid[1]) if guid else None,
        digest=digest.hexdigest()[:16],
    )


def _permalink(element: etree._Element) -> str:
    """Return the guid, which is the address unless it says otherwise (RSS 2.0)."""
    for child in element:
        if local(child) == "guid":
            return "" if child.get("isPermaLink") == "false" else text_of(child)
    return str(element.get("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about") or "")


def _first(texts: dict[str, str], names: tuple[str, ...], zone: dt.tzinfo) -> str | None:
    for name in names:
        found = moment(texts.get(name, ""), zone)
        if found:
            return found.isoformat()
    return None
