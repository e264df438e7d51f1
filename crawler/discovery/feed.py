"""Feeds (RSS 2.0, RSS 1.0 and Atom), and the door that reads them page by page."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

import attrs
from lxml import etree

from crawler.discovery.documents import elements, local, text_of, unpacked
from crawler.discovery.listing import read_page
from crawler.discovery.session import (
    Door,
    DoorState,
    Listed,
    Outcome,
    Part,
    Reading,
    Verdict,
    Visit,
)
from crawler.normalise.dates import read_published
from crawler.normalise.urls import absolute, plain_post_id
from crawler.timestamps import parse

_ROOTS: Final = frozenset({"rss", "feed", "rdf"})
_ITEMS: Final = frozenset({"item", "entry"})
_GOES_ON: Final = ("next", "prev-archive")
_OTHERS: Final = frozenset({"lastbuilddate", "updated", "link"})
_TEXTS: Final = frozenset({"title", "encoded", "content", "description", "summary"})


@attrs.frozen(kw_only=True)
class FeedEntry(Listed):
    """One entry of a feed; RSS states no ``lastmod``, and WordPress the id where the guid is ``?p=ID``."""

    digest: str  # of title and text: it changes when they do
    feed_changed: str  # when the whole feed changed last, as it says before its entries


def read_feed(
    body: bytes, url: str, zone: dt.tzinfo, *, following: list[str] | None = None
) -> Iterator[FeedEntry]:
    """Yield the entries of the feed at *url* in its order.

    A time without offset is in *zone*. Entries without an http(s) address are left out. The address
    at which the feed goes on, where it names one (RFC 5005), is put into *following*.
    :exc:`Unreadable` is raised at the end for a feed that is damaged or no feed.
    """
    changed = ""
    for element in elements(*unpacked(body), "feed", _ROOTS, _ITEMS, others=_OTHERS):
        name = local(element)
        if name in _ITEMS:
            entry = _entry(element, url, zone, changed)
            if entry:
                yield entry
        elif name == "link":
            target = absolute(str(element.get("href") or ""), url)
            if element.get("rel") in _GOES_ON and target and following is not None:
                following.append(target)
        else:
            changed = changed or text_of(element)[:64]


def _entry(
    element: etree._Element, base: str, zone: dt.tzinfo, feed_changed: str
) -> FeedEntry | None:
    texts: dict[str, str] = {}
    digest = hashlib.sha256()
    for child in element:
        name, href = local(child), child.get("href")
        if name == "link" and href:
            if child.get("rel", "alternate") == "alternate":
                texts.setdefault("@href", str(href))
            continue
        if name in _TEXTS:
            digest.update(etree.tostring(child, method="text", encoding="utf-8", with_tail=False))
        texts.setdefault(name, text_of(child))
    link = texts.get("link") or texts.get("@href") or _permalink(element)
    url = absolute(link, base) if link else None
    if url is None:
        return None
    return FeedEntry(
        url=url,
        published=_first(texts, ("pubdate", "published", "issued", "date"), zone),
        lastmod=_first(texts, ("updated", "modified"), zone),
        post_id=plain_post_id(texts.get("guid") or texts.get("id") or ""),
        digest=digest.hexdigest()[:16],
        feed_changed=feed_changed,
    )


def _permalink(element: etree._Element) -> str:
    """Return the guid, which is the address unless it says otherwise (RSS 2.0)."""
    for child in element:
        if local(child) == "guid":
            return "" if child.get("isPermaLink") == "false" else text_of(child)
    return str(element.get("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about") or "")


def _first(texts: dict[str, str], names: tuple[str, ...], zone: dt.tzinfo) -> str | None:
    for name in names:
        text = texts.get(name, "")[:64]
        # A WordPress in Indonesian with an old plugin: "Min, 04 Februari 2024 08:15:00 WIB".
        found = parse(text, zone) or parse(read_published(text, zone) or "", zone)
        if found:
            return found.isoformat()
    return None


DOOR: Final = "feed"

_USUAL: Final = ("/feed/", "/?feed=rss2", "/rss")
_USUAL_SIZE: Final = 10  # WordPress' own, posts_per_rss
_MOST_PAGES: Final = 100_000
_CATEGORY: Final = re.compile(r"/(?:category|kategori|rubrik|kanal)/")
_MOST_CATEGORIES: Final = 100
_REMEMBERED: Final = 100  # entries of the newest page whose texts the next run compares


class FeedDoor(Door):
    """One run's look through the newsroom's feed, or one of a category."""

    def __init__(self, visit: Visit, *, url: str | None = None) -> None:
        super().__init__(visit, DOOR, kept_as=f"{DOOR} {url}" if url else DOOR)
        self.is_own = url is None
        self.url: str | None = url or self.left.get("url")
        self.texts: dict[str, str] = dict(self.left.get("texts") or {})
        self.unpaged = False
        self.following: str | None = None  # where the page read last says that the feed goes on

    def walk(self, *, deep: bool, beyond: int | None = None) -> Part[Outcome]:
        """Read the newest page, and on while a page brings something new.

        *deep*: to the end, where an earlier run has not been there. *beyond*: how many articles
        another door lists; where the feed has a page after so many, it is read to the end as well.
        """
        once = not self.left.get("done") and not self.left.get("unpaged")
        deep = (deep and once) or self.visit.window is not None
        first = yield from self._open(fresh=deep)
        if first is None or self.url is None:
            return self.shut
        self.damage = first.reason if first.verdict == Verdict.DAMAGED else ""
        if first.verdict == Verdict.SAME:
            return self._outcome(DoorState.PARTIAL)
        size = max(1, len(first.items))
        if beyond is not None and not deep and not self.left.get("compared"):
            named, deep = self.following, (yield from self._goes_beyond(beyond // size + 2))
            self.following = named
            self.left["compared"] = not deep
        new = yield from self._offer(first, front=True)
        state = DoorState.PARTIAL
        if deep or new:
            state = yield from self._pages(_urls(first), deep=deep)
        if self.visit.window is None:
            self.keep()
        return self._outcome(state)

    def category_feeds(self) -> Part[list[str]]:
        """Return the feeds of the categories that the front page names."""
        home = yield from read_page(self.visit, f"{self.visit.newsroom.address}/")
        lists = (url for page in home.items for url in page.lists if _CATEGORY.search(url))
        return [f"{url.rstrip('/')}/feed/" for url in islice(lists, _MOST_CATEGORIES)]

    def keep(self) -> None:
        self.left |= {"url": self.url, "texts": dict(islice(self.texts.items(), _REMEMBERED))}
        super().keep()

    def _outcome(self, state: DoorState) -> Outcome:
        if (state == DoorState.COMPLETE or self.left.get("done")) and not self.damage:
            return self.went(DoorState.COMPLETE)
        reason = self.damage or "lists the newest articles only"
        return self.went(DoorState.PARTIAL, reason, damaged=bool(self.damage))

    # opening

    def _open(self, *, fresh: bool) -> Part[Reading[FeedEntry] | None]:
        """Return the newest page of the feed that is remembered, usual, or named by a page."""
        address = self.visit.newsroom.address
        if self.url is not None:
            reading = yield from self._read(self.url, conditional=not fresh)
            if reading is not None or not self.is_own:
                return reading
        reading = yield from self._read(address + _USUAL[0], conditional=False)
        if reading is not None:
            return reading
        if self.shut.state == DoorState.TROUBLE and not self.shut.damaged:
            return None
        home = yield from read_page(self.visit, f"{address}/")
        named = [url for page in home.items for url in page.feeds if self.visit.address(url)]
        for url in dict.fromkeys([*named[:1], *(address + path for path in _USUAL[1:])]):
            reading = reading or (yield from self._read(url, conditional=False))
        return reading

    def _read(self, url: str, *, conditional: bool) -> Part[Reading[FeedEntry] | None]:
        reading = yield from self.visit.read(url, self._parse, conditional=conditional)
        if reading.ok or reading.items:
            self.url = reading.answer.url
            return reading
        if self.shut.state == DoorState.CLOSED:
            self.shut = self.not_read(reading)
        return None

    def _parse(self, body: bytes, url: str) -> Iterator[FeedEntry]:
        named: list[str] = []
        yield from read_feed(body, url, self.visit.zone, following=named)
        self.following = next(filter(self.visit.address, named), None)

    # pages

    def _goes_beyond(self, number: int) -> Part[bool]:
        reading = yield from self._turn(number)
        for entry in reading.items:
            url = self.visit.address(entry.url)
            if url and self.visit.known(url, entry.post_id) is None and url not in self.visit.fresh:
                return True
        return False

    def _turn(self, number: int, named: str | None = None) -> Part[Reading[FeedEntry]]:
        """Read the page of that *number*, or the one that the page before has *named*."""
        self.following = None
        url = self.url or ""
        url = named or f"{url}{'&' if '?' in url else '?'}paged={number}"
        return (yield from self.visit.read(url, self._parse, conditional=False))

    def _pages(self, seen: set[str], *, deep: bool) -> Part[DoorState]:
        """Read the second page and on; ``complete`` when the feed came to its end."""
        short = len(seen) < _USUAL_SIZE
        resumed = deep and self.visit.window is None
        number = int(self.left.get("page") or 2) if resumed else 2
        if resumed:
            self.following = self.left.get("next") or self.following
        while number < _MOST_PAGES:
            named = self.following
            reading = yield from self._turn(number, named)
            entries = reading.items
            if reading.verdict == Verdict.TROUBLE:
                text = f"page {number}: {reading.reason}"
                yield self.note(text, "partial", incomplete=deep)
                return DoorState.PARTIAL
            if reading.verdict == Verdict.DAMAGED:
                self.damage = f"page {number}: {reading.reason}"
            if not entries or _urls(reading) <= seen:
                # 404 is the end, but of a feed of the usual size at its second page: then it has
                # no pages, as when the first one comes again.
                ended = not entries and not named and (short or number > 2)  # noqa: PLR2004
                ended = ended and not self.damage
                if deep:
                    self.left["done"] = ended
                    self.unpaged = self.left["unpaged"] = not ended
                return DoorState.COMPLETE if ended and deep else DoorState.PARTIAL
            seen |= _urls(reading)
            new = yield from self._offer(reading)
            if named and not self.following:
                self.left["done"] = deep and not self.damage
                return DoorState.COMPLETE if deep else DoorState.PARTIAL
            if self._is_past_window(entries):
                return DoorState.COMPLETE
            if not (deep or new):
                return DoorState.PARTIAL
            number += 1
            if resumed:
                self.left |= {"page": number, "next": self.following}
                self.keep()
        return DoorState.PARTIAL

    def _is_past_window(self, entries: Sequence[FeedEntry]) -> bool:
        """Whether *entries* were published before the window opened, as all that follows."""
        since = self.visit.window.since if self.visit.window else None
        days = [day for entry in entries if (day := self.visit.day(entry.published))]
        return bool(since and days and max(days) < since)

    def _offer(self, reading: Reading[FeedEntry], *, front: bool = False) -> Part[int]:
        edited = self._edited(reading) if front else set()
        new = 0
        for entry in reading.items:
            link = self.sift(entry, why="changed" if entry.url in edited else "new")
            if link is not None:
                new += link.why == "new"
                yield link
        return new

    def _edited(self, reading: Reading[FeedEntry]) -> set[str]:
        """Return the entries of which title or text differ from those of the last run.

        RSS states no modification. Where most differ at once, something is put into the texts
        that is not the newsroom's, unless the feed itself says that it has changed.
        """
        known, now = self.texts, {entry.url: entry.digest for entry in reading.items}
        self.texts = now
        compared = known.keys() & now.keys()
        edited = {url for url in compared if known[url] != now[url]}
        stamp = reading.answer.headers.get("last-modified", "")
        stamp += "".join(f" {each.feed_changed}" for each in reading.items[:1] if each.feed_changed)
        says_so = stamp != self.left.get("stamp", stamp)
        self.left["stamp"] = stamp
        return edited if says_so or len(edited) * 2 <= len(compared) else set()


def _urls(reading: Reading[FeedEntry]) -> set[str]:
    return {entry.url for entry in reading.items}
