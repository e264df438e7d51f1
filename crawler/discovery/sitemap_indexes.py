"""Which sitemap files a newsroom has: from robots.txt, the usual addresses, and their indexes."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from crawler.discovery.moments import instant
from crawler.discovery.reading import Reading
from crawler.discovery.sitemaps import (
    Entry,
    may_list_articles,
    natural_order,
    read_sitemap,
    robots_sitemaps,
)
from crawler.discovery.steps import Note, Window
from crawler.discovery.visit import Part, Visit

DOOR: Final = "sitemap"

# WordPress 5.5, Yoast and Rank Math, whatever is left, Google News of several plugins.
_USUAL: Final = ("/wp-sitemap.xml", "/sitemap_index.xml", "/sitemap.xml", "/news-sitemap.xml")
DEEPEST: Final = 3  # an index lists files; some plugins list indexes, none goes further
_MOST_FILES: Final = 2_000  # at 1,000 addresses a file, two million
_MONTH: Final = re.compile(r"(?:^|\D)((?:19|20)\d\d)[-_.]?(0[1-9]|1[0-2])(?=\D|$)")
_ALL_AT_ONCE: Final = 3

Files = dict[str, str | None]
"""Addresses of files, with the lastmod that their index gives."""


class Indexes:
    """One run's look at the indexes."""

    def __init__(self, visit: Visit, robots: bytes, left: dict[str, Any]) -> None:
        self.visit = visit
        self.left = left
        self.known: dict[str, list[list[str | None]]] = dict(left.get("indexes") or {})
        """Index → its files, each with its lastmod: what a 304 refers to."""

        self.named = robots_sitemaps(robots, visit.newsroom.address)
        self.been: set[str] = set()
        self.direct: dict[str, Reading[Entry]] = {}
        """Files that stand where an index was expected, read already."""

        self.damaged = False
        self.verdict, self.reason = "closed", "not there"

    def walk(self) -> Part[Files | None]:
        """Return the files that may list articles; ``None`` when no sitemap could be read."""
        address = self.visit.newsroom.address
        found: Files = {}
        roots = list(self.named or self.left.get("roots") or ())
        opened: list[str] = []
        for root in roots:
            opened += [root] * (yield from self._open(root, found, 0))
        for path in () if opened else _USUAL:
            url = address + path
            if url not in roots and (yield from self._open(url, found, 0)):
                opened = [url]
                break
        if not opened:
            return None
        self.left["roots"] = opened
        self.left["indexes"] = {url: self.known[url] for url in self.known if url in self.been}
        likely = {url: lastmod for url, lastmod in found.items() if may_list_articles(url)}
        return likely or found

    def _open(self, url: str, found: Files, depth: int) -> Part[bool]:
        """Read the index at *url*, and those that it lists, into *found*; whether it was there."""
        if url in self.been:  # an index may list itself
            return True
        self.been.add(url)
        reading = yield from self.visit.read(url, self.parse, conditional=url in self.known)
        if reading.verdict in ("closed", "trouble") or (
            reading.verdict == "damaged" and not reading.items
        ):
            if self.verdict == "closed":
                self.verdict = "closed" if reading.verdict == "closed" else "trouble"
                self.reason = reading.reason
            return False
        if reading.verdict == "same":
            children = {str(child[0]): child[1] for child in self.known.get(url, ())}
        else:
            children = {each.url: each.lastmod for each in reading.items if each.is_file}
        if not children:
            found[url] = None
            self.direct[url] = reading
            return True
        self.damaged = self.damaged or reading.verdict == "damaged"
        yield from self._note_children(url, children, found)
        for child in children:
            is_index = child in self.known or "index" in child.rpartition("/")[2]
            if is_index and depth < DEEPEST and child not in self.been:
                found.pop(child, None)
                yield from self._open(child, found, depth + 1)
        return True

    def nested(self, url: str, reading: Reading[Entry]) -> Part[Files]:
        """Return the files that *reading*, expected to be a file, lists as an index."""
        found: Files = {}
        children = {each.url: each.lastmod for each in reading.items if each.is_file}
        if children:
            self.been.add(url)
            yield from self._note_children(url, children, found)
            self.left["indexes"] = {**self.left.get("indexes", {}), url: self.known[url]}
        return {child: found[child] for child in found if may_list_articles(child)}

    def _note_children(self, url: str, children: Files, found: Files) -> Part[None]:
        """Put the files of the index at *url* into *found*, those of the newsroom, up to a limit."""
        self.known[url] = [list(child) for child in islice(children.items(), _MOST_FILES)]
        for child, lastmod in children.items():
            if len(found) >= _MOST_FILES:
                text = f"{url} lists more than {_MOST_FILES} files"
                yield Note(door=DOOR, text=text, trouble=True, slug="capped")
                break
            if self.visit.address(child) is None:
                self.visit.counts["foreign"] += 1
            elif child not in self.been:
                found.setdefault(child, lastmod)

    def parse(self, body: bytes, url: str) -> Iterator[Entry]:
        return read_sitemap(body, url, self.visit.zone)


def files_of_window(files: Files, window: Window, zone: dt.tzinfo) -> Files:
    """Return those of *files* that may list what was published in *window*.

    Not a file in which nothing changed since it opened, nor one named for another month.
    """
    wanted: Files = {}
    for url, lastmod in files.items():
        changed = instant(lastmod)
        early = changed and window.since and changed.astimezone(zone).date() < window.since
        month = _MONTH.search(url.rpartition("/")[2])
        first = dt.date(int(month[1]), int(month[2]), 1) if month else None
        late = first and window.until and first > window.until
        over = first and window.since and first + dt.timedelta(days=31) <= window.since
        if not (early or late or over):
            wanted[url] = lastmod
    return wanted


def files_of_run(listed: Files, states: dict[str, dict[str, Any]], left: dict[str, Any]) -> Files:
    """Return the files to read when nothing much is expected to have changed.

    New and changed ones, Google News, the last of each kind, where WordPress puts what is new and
    where any shift shows, and one of the others in turn, in which an edit may hide.
    """
    news = [url for url in listed if states.get(url, {}).get("news")]
    counted = sorted((url for url in listed if url not in news), key=natural_order)
    changed = [u for u in counted if u not in states or states[u].get("lastmod") != listed[u]]
    stamped = len(changed) == len(counted) > _ALL_AT_ONCE
    if stamped and left.get("stamped"):
        changed = []  # the index dates all its files with every answer
    left["stamped"] = stamped
    damaged = [url for url in counted if states.get(url, {}).get("damaged")]
    last = {natural_order(url)[0]: url for url in counted}
    chosen = dict.fromkeys(
        [*news, *changed, *damaged[:_ALL_AT_ONCE], *list(last.values())[-_ALL_AT_ONCE:]]
    )
    others = [url for url in counted if url not in chosen]
    if others:
        turn = int(left.get("turn") or 0) % len(others)
        left["turn"] = turn + 1
        chosen[others[turn]] = None
    return {url: listed[url] for url in chosen}
