"""The sitemap door: every file once, then the last one, what changed, and one of the older ones."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final

from crawler.discovery.audit import report_missing
from crawler.discovery.moments import instant
from crawler.discovery.sitemaps import (
    Entry,
    lists_posts,
    may_list_articles,
    natural_order,
    read_sitemap,
    robots_sitemaps,
)
from crawler.discovery.steps import Link, Note
from crawler.discovery.visit import Outcome, Part, Reading, Visit

DOOR: Final = "sitemap"

# WordPress 5.5, Yoast and Rank Math, whatever is left, Google News of several plugins.
_USUAL: Final = ("/wp-sitemap.xml", "/sitemap_index.xml", "/sitemap.xml", "/news-sitemap.xml")
_DEEPEST: Final = 3  # an index lists files; some plugins list indexes, none goes further
_MOST_FILES: Final = 2_000  # at 1,000 addresses a file, two million
_MOST_APART: Final = 2_000
_MANY: Final = 20
_ONE_RUN: Final = dt.timedelta(minutes=10)
_MONTH: Final = re.compile(r"(?:^|\D)((?:19|20)\d\d)[-_.]?(0[1-9]|1[0-2])(?=\D|$)")


class SitemapDoor:
    """One run's look through the sitemaps."""

    def __init__(self, visit: Visit, robots: bytes) -> None:
        self.visit = visit
        self.left: dict[str, Any] = dict(visit.memory.door(DOOR))
        self.indexes: dict[str, list[list[str | None]]] = dict(self.left.get("indexes") or {})
        """Index → its files, each with the lastmod that the index gives."""

        self.files: dict[str, dict[str, Any]] = dict(self.left.get("files") or {})
        """File → ``n`` addresses, ``lastmod`` in the index, ``news``, ``dated``."""

        self.roots = robots_sitemaps(robots, visit.newsroom.address)
        self.apart: dict[str, None] = dict.fromkeys(self.left.get("apart") or ())
        """Addresses that are known, and that the sitemap does not list."""

        self.listed: set[int] = set()
        """Hashes of the addresses listed by the files read in this run."""

        self.read: set[str] = set()
        """Files read in this run and whole."""

        self.arrived = 0
        """Addresses that the sitemap did not list before."""

        self.verdict, self.reason = "closed", "not there"
        self.damaged = self.mass = False

    def walk(self, *, check: bool = False) -> Part[Outcome]:
        """Look at what is new; at everything in a first run and where the counts have moved.

        To *check* another door, what is missing here is no finding.
        """
        listed = yield from self._indexed()
        if listed is None:
            return Outcome(door=DOOR, state=self.verdict, reason=self.reason)
        if self.visit.window is not None:
            yield from self._read_files(self._in_window(listed))
            return self._outcome("partial")
        before, first = self.left.get("total"), not self.left.get("complete")
        wanted = list(listed) if first else self._chosen(listed)
        yield from self._read_files({url: listed[url] for url in wanted})
        for url in set(self.files) - set(listed):
            del self.files[url]
        if before is not None and not first and self._total() != before + self.arrived:
            text = f"the sitemap lists {self._total()} articles, {before + self.arrived} expected"
            yield Note(door=DOOR, text=text, slug="counts_disagree")
            rest = {url: listed[url] for url in listed if url not in self.read}
            yield from self._read_files(rest, conditional=False)
        if self._counted_files() <= self.read and not self.damaged:
            yield from self._compare(check=check)
        complete = not self.damaged and all(url in self.files for url in listed)
        if complete and not self._total() and self.visit.known_before:
            return Outcome(door=DOOR, state="trouble", reason="lists no articles", total=0)
        self.left["complete"] = complete or not first
        self.settle(())
        return self._outcome("complete" if complete else "partial")

    def settle(self, elsewhere: Iterable[str]) -> None:
        """Remember the counts at the end of a run; *elsewhere*: new links that it lacks."""
        for url in elsewhere:
            if hash(url) not in self.listed:
                self.apart[url] = None
        self.left["apart"] = list(islice(self.apart, _MOST_APART))
        if not self.mass:
            self.left["total"] = self._total()
        self.keep()

    def keep(self) -> None:
        self.left["indexes"], self.left["files"] = self.indexes, self.files
        self.visit.memory.keep_door(DOOR, self.left)

    def _outcome(self, state: str) -> Outcome:
        counted = [state for state in self.files.values() if not state.get("news")]
        dated = bool(counted) and all(state.get("dated") for state in counted)
        return Outcome(door=DOOR, state=state, total=self._total(), shows_changes=dated)

    def _closed_or_trouble(self) -> str:
        return (
            "trouble" if self.reason.startswith(("HTTP 5", "HTTP 4290", "no answer")) else "closed"
        )

    # indexes

    def _indexed(self) -> Part[dict[str, str | None] | None]:
        """Return the files that may list articles, with the lastmod that their index gives."""
        address = self.visit.newsroom.address
        roots = list(self.roots or self.left.get("roots") or ())
        found: dict[str, str | None] = {}
        opened: list[str] = []
        for root in roots:
            opened += [root] * (yield from self._index(root, found, 0))
        if not opened:
            for path in _USUAL:
                if address + path not in roots and (
                    yield from self._index(address + path, found, 0)
                ):
                    opened.append(address + path)
                    break
        if not opened:
            return None
        self.left["roots"] = opened
        for url in set(self.indexes) - self.read:
            del self.indexes[url]
        likely = {url: lastmod for url, lastmod in found.items() if may_list_articles(url)}
        return likely or found

    def _index(self, url: str, found: dict[str, str | None], depth: int) -> Part[bool]:
        """Read the index at *url*, and those that it lists, into *found*; whether it was there."""
        if url in self.read or len(found) >= _MOST_FILES:
            return True
        known = self.indexes.get(url)
        reading = yield from self.visit.read(url, self._parse, conditional=known is not None)
        if reading.verdict in ("closed", "trouble") and not reading.items:
            if self.verdict == "closed":
                self.verdict, self.reason = reading.verdict, reading.reason
            return False
        self.damaged = self.damaged or reading.verdict == "damaged"
        self.read.add(url)
        if reading.verdict == "same":
            children = [(str(child[0]), child[1]) for child in known or ()]
        else:
            children = [(each.url, each.lastmod) for each in reading.items if each.is_file]
        if not children:
            found[url] = None
            yield from self._take(url, reading)
            return True
        self.indexes[url] = [list(child) for child in children[:_MOST_FILES]]
        for child, lastmod in children:
            if len(found) >= _MOST_FILES:
                text = f"{url} lists more than {_MOST_FILES} files"
                yield Note(door=DOOR, text=text, trouble=True, slug="capped")
                break
            if self.visit.address(child) is None:
                self.visit.counts["foreign"] += 1
            elif "index" in child.rpartition("/")[2] and depth < _DEEPEST:
                yield from self._index(child, found, depth + 1)
            else:
                found.setdefault(child, lastmod)
        return True

    def _parse(self, body: bytes, url: str) -> Iterator[Entry]:
        return read_sitemap(body, url, self.visit.zone)

    # files

    def _chosen(self, listed: dict[str, str | None]) -> list[str]:
        """Return the files to read when nothing much is expected to have changed.

        New and changed ones, Google News, the last one, where WordPress puts what is new and
        where any shift shows, and one of the others in turn, in which an edit may hide.
        """
        counted = sorted((u for u in listed if not self._is_news(u)), key=natural_order)
        news = [url for url in listed if self._is_news(url)]
        changed = [
            url
            for url in counted
            if url not in self.files or self.files[url].get("lastmod") != listed[url]
        ]
        if len(changed) == len(counted) > _DEEPEST and self.left.get("stamped"):
            changed = []  # the index dates all its files with every answer
        self.left["stamped"] = len(changed) == len(counted) > _DEEPEST
        last = {natural_order(url)[0]: url for url in counted}  # of each kind of file
        chosen = dict.fromkeys([*news, *changed, *list(last.values())[-_DEEPEST:]])
        others = [url for url in counted if url not in chosen]
        if others:
            turn = int(self.left.get("turn") or 0) % len(others)
            self.left["turn"] = turn + 1
            chosen[others[turn]] = None
        return [url for url in chosen if url not in self.read]

    def _in_window(self, listed: dict[str, str | None]) -> dict[str, str | None]:
        """Return the files that may list what was published in the window."""
        window = self.visit.window
        since = window.since if window else None
        until = window.until if window else None
        wanted = {}
        for url, lastmod in listed.items():
            changed = instant(lastmod)
            month = _MONTH.search(url.rpartition("/")[2])
            first = dt.date(int(month[1]), int(month[2]), 1) if month else None
            early = changed and since and changed.astimezone(self.visit.zone).date() < since
            late = first and until and first > until
            over = first and since and (first + dt.timedelta(days=31)) <= since
            if not (early or late or over):
                wanted[url] = lastmod
        return wanted

    def _read_files(self, files: dict[str, str | None], *, conditional: bool = True) -> Part[None]:
        """Read *files*, those with the newest articles first."""
        for url in sorted(files, key=natural_order, reverse=True):
            if url in self.read:
                continue
            known = url in self.files
            reading = yield from self.visit.read(
                url, self._parse, conditional=conditional and known
            )
            if reading.verdict == "same":
                self.files[url]["lastmod"] = files[url]
            elif reading.items or reading.verdict == "ok":
                yield from self._take(url, reading, files[url])
            else:
                self.damaged = True
                text = f"{url}: {reading.reason}"
                yield Note(door=DOOR, text=text, slug="partial")

    def _take(self, url: str, reading: Reading[Entry], lastmod: str | None = None) -> Part[None]:
        """Yield what is worth a look of a file, and remember how much it lists."""
        entries = [entry for entry in reading.items if not entry.is_file]
        if reading.verdict == "ok":
            self.read.add(url)
        else:
            self.damaged = True
        if reading.capped:
            text = f"{url} lists more than {len(entries)} addresses"
            yield Note(door=DOOR, text=text, trouble=True, slug="capped")
        stamped = _is_stamped(entries)
        sure = lists_posts(url)
        number = 0
        for entry in reversed(entries):
            address = self.visit.address(entry.url)
            link = self.visit.sift(
                Link(
                    url=entry.url,
                    door=DOOR,
                    lastmod=None if stamped else entry.lastmod,
                    published=entry.published,
                ),
                sure=sure,
            )
            if address is not None:
                number += 1
                self._note_listed(address)
            if link is not None:
                yield link
        if reading.verdict == "ok":
            dated = sum(1 for entry in entries if entry.lastmod) * 10 >= len(entries) * 9
            news = bool(entries) and all(entry.is_news for entry in entries)
            state = {"n": number, "lastmod": lastmod, "dated": dated and not stamped, "news": news}
            self.files[url] = state
            if self.visit.window is None:
                self.keep()

    def _note_listed(self, address: str) -> None:
        self.listed.add(hash(address))
        if address in self.apart or address in self.visit.fresh:
            self.arrived += 1
            self.apart.pop(address, None)

    # counts

    def _is_news(self, url: str) -> bool:
        return bool(self.files.get(url, {}).get("news"))

    def _counted_files(self) -> set[str]:
        return {url for url, state in self.files.items() if not state.get("news")}

    def _total(self) -> int:
        return sum(int(self.files[url]["n"]) for url in self._counted_files())

    def _compare(self, *, check: bool) -> Part[None]:
        """Report known articles that no file lists."""
        missing = [
            known
            for known in self.visit.memory.listed()
            if known.state == "article"
            and hash(known.url) not in self.listed
            and known.url not in self.apart
            and known.url not in self.visit.fresh
        ]
        if check:
            told = tuple(known.url for known in missing)
        else:
            told = yield from report_missing(self.visit, DOOR, missing)
        self.mass = len(told) < len(missing)
        self.apart.update(dict.fromkeys(told))


def _is_stamped(entries: Sequence[Entry]) -> bool:
    """Whether the times of *entries* are that of the file: no newsroom edits so much at once."""
    times = [found for found in (instant(entry.lastmod) for entry in entries) if found]
    return len(times) >= _MANY and max(times) - min(times) < _ONE_RUN
