"""The listing door: the front page and what follows it, categories, the index, date archives."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any, Final

from crawler.discovery.lists import ListPage, read_list
from crawler.discovery.steps import Link, Note, Window
from crawler.discovery.visit import Outcome, Part, Visit

DOOR: Final = "listing"

_MOST_PAGES: Final = 20_000  # at ten articles a page, more than any newsroom of the country has
_MOST_LISTS: Final = 500
_MOST_EMPTY: Final = 31  # archives in a row
_LONGEST_MONTH: Final = 31


class ListingDoor:
    """One run's look through the newsroom's list pages."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit
        self.left: dict[str, Any] = dict(visit.memory.door(DOOR))
        self.home = str(self.left.get("home") or f"{visit.newsroom.address}/")
        self.seen: set[int] = set()
        """Hashes of the articles shown in this run."""

        self.lists: dict[str, None] = {}
        """Lists still to be read, as found."""

        self.pages = 0
        self.verdict, self.reason = "closed", "not there"

    def walk(self, *, deep: bool) -> Part[Outcome]:
        """Read the front page, and on while a page brings something new; *deep*: everything."""
        if self.visit.window is not None:
            state = yield from self._archives(self.visit.window)
            return Outcome(door=DOOR, state=state, reason=self.reason)
        deep = deep and not self.left.get("done")
        read = yield from self._follow(self.home, deep=deep, conditional=not deep)
        if not read:
            return Outcome(door=DOOR, state=self.verdict, reason=self.reason)
        if deep:
            yield from self._all_lists()
            self.left["done"] = self.pages < _MOST_PAGES
        self.visit.memory.keep_door(DOOR, self.left)
        return Outcome(door=DOOR, state="complete" if self.left.get("done") else "partial")

    def _all_lists(self) -> Part[None]:
        """Read every list that the pages name, each as long as it shows something unseen."""
        walked: set[str] = set()
        while self.lists and len(walked) < _MOST_LISTS and self.pages < _MOST_PAGES:
            url = next(iter(self.lists))
            del self.lists[url]
            if url.rstrip("/") not in walked:
                walked.add(url.rstrip("/"))
                yield from self._follow(url, deep=True, conditional=False)
        if self.lists or self.pages >= _MOST_PAGES:
            text = f"stopped after {self.pages} list pages"
            yield Note(door=DOOR, text=text, trouble=True, slug="capped")

    def _follow(self, start: str, *, deep: bool, conditional: bool) -> Part[bool]:
        """Read the list at *start* and its next pages while they bring something.

        Something unseen in this run when *deep*, else something new. A list that repeats itself,
        or a calendar that never ends, ends so. Returns whether the first page could be read.
        """
        url: str | None = start
        first = True
        been: set[str] = set()
        while url is not None and url not in been and self.pages < _MOST_PAGES:
            been.add(url)
            self.pages += 1
            reading = yield from self.visit.read(
                url, self._parse, conditional=conditional and first
            )
            if reading.verdict == "same":
                return True
            if not reading.items:
                self.verdict = "trouble" if reading.verdict == "trouble" else "closed"
                self.reason = reading.reason
                return not first
            page = reading.items[0]
            if first and start == self.home:
                self.home = self.left["home"] = reading.answer.url
            unseen, new = yield from self._offer(page)
            if not unseen or not (deep or new):
                return True
            url = page.next_page or (self._guessed(url) if first and deep else None)
            first = False
        return not first

    def _guessed(self, url: str) -> str | None:
        """Return the second page of the front page, which WordPress has where no link names it."""
        return f"{self.home.rstrip('/')}/page/2/" if url == self.home and "?" not in url else None

    def _offer(self, page: ListPage) -> Part[tuple[int, int]]:
        """Yield what is worth a look; return how many articles were unseen, and how many new."""
        unseen = new = 0
        for headline in page.articles:
            if self.visit.window is not None and headline.aside:
                continue
            unseen += hash(headline.url) not in self.seen
            self.seen.add(hash(headline.url))
            link = self.visit.sift(
                Link(
                    url=headline.url,
                    door=DOOR,
                    lastmod=headline.updated,
                    published=headline.published,
                    post_id=headline.post_id,
                ),
                sure=False,
            )
            if link is not None:
                new += link.why == "new"
                yield link
        for url in page.lists:
            self.lists.setdefault(url)
        return unseen, new

    def _parse(self, body: bytes, url: str) -> Iterator[ListPage]:
        return read_list(body, url, self.visit.newsroom.address, self.visit.zone)

    def _archives(self, window: Window) -> Part[str]:
        """Read the archives of the window's months and days."""
        address = self.visit.newsroom.address
        readable = empty = 0
        for path in archive_paths(window, self.visit.now.astimezone(self.visit.zone).date()):
            there = yield from self._follow(f"{address}/{path}/", deep=True, conditional=False)
            readable += there
            empty = 0 if there else empty + 1
            # WordPress answers 404 for a month without an article, and so it does before the first.
            if empty > _MOST_EMPTY or (not readable and self.verdict == "trouble"):
                break
        if readable:
            return "complete"
        home = yield from self.visit.read(self.home, self._parse, conditional=False)
        return "partial" if home.items else self.verdict  # perhaps nothing was published then


def archive_paths(window: Window, today: dt.date) -> Iterable[str]:
    """Yield the paths of the date archives that cover *window*, newest first.

    A whole month as one archive (``2021/09``), the days of another one by one (``2021/10/03``).
    Without ``since`` the window begins where the newsroom's first years may lie, in 1995.
    """
    day = min(window.until or today, today)
    since = window.since or dt.date(1995, 1, 1)
    while day >= since:
        first = day.replace(day=1)
        following = (first + dt.timedelta(days=_LONGEST_MONTH)).replace(day=1)
        last = min(following - dt.timedelta(days=1), today)
        if day == last and first >= since:
            yield f"{first:%Y/%m}"
            day = first - dt.timedelta(days=1)
        else:
            yield f"{day:%Y/%m/%d}"
            day -= dt.timedelta(days=1)
