"""Which doors to take: the cheapest that is complete, a second one now and then, any that opens."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import Final
from urllib.parse import urlsplit

from crawler.discovery.cdx import CdxDoor
from crawler.discovery.feed import FeedDoor
from crawler.discovery.listing import ListingDoor
from crawler.discovery.rest import RestDoor
from crawler.discovery.session import (
    Answer,
    Door,
    DoorState,
    Memory,
    Note,
    Outcome,
    Part,
    Summary,
    Visit,
    Walk,
    Window,
)
from crawler.discovery.sitemap import SitemapDoor
from crawler.errors import ConfigurationError, DiscoveryFailed
from crawler.links import Link
from crawler.newsrooms import Newsroom
from crawler.normalise.urls import without_page_number
from crawler.timestamps import instant

DOORS: Final = ("rest", "sitemap", "feed", "listing", "cdx")  # ``discover``, besides ``auto``
_KNOW_DAYS: Final = ("rest", "listing", "feed", "sitemap")  # the best first
_A_DAY: Final = dt.timedelta(days=1)


def plan(
    newsroom: Newsroom,
    memory: Memory,
    *,
    now: dt.datetime,
    robots: bytes = b"",
    doors: str | Sequence[str] = "auto",
    window: Window | None = None,
    rest_records: bool = False,
    urls: Iterable[str] | None = None,
    cdx: str | None = None,
    is_article: Callable[[Answer], bool] = lambda _: False,
) -> Walk:
    """Return the walk that finds what is new, changed or missing at *newsroom*.

    *now* is aware, *robots* the body of robots.txt. *doors* is ``auto`` or some of :data:`DOORS`;
    *urls*, addresses one a line, take their place. Where REST is open, links carry its objects. With
    *rest_records* (a quick backfill) those alone are wanted, also of other types where a page
    *is_article*.

    The walk raises :exc:`DiscoveryFailed` when no door could be read, naming each and what it
    answered; :exc:`ConfigurationError` is raised at once for a door that does not exist.
    """
    wanted = (doors,) if isinstance(doors, str) else tuple(doors)
    for door in wanted:
        if door not in DOORS and wanted != ("auto",):
            raise ConfigurationError(f"discover={door!r}: want auto, or some of {', '.join(DOORS)}")
    if "cdx" in wanted and not cdx:
        raise ConfigurationError("discover=cdx: want the address of a CDX server as cdx=")
    visit = Visit(newsroom, memory, now, window, is_article)
    return _Plan(visit, robots, cdx or "", records=rest_records).walk(wanted, urls)


def with_records(
    newsroom: Newsroom, memory: Memory, links: Sequence[Link], *, now: dt.datetime
) -> Walk:
    """Return the walk that yields *links* of known posts, with their REST objects if there are."""
    return RestDoor(Visit(newsroom, memory, now, None)).with_records(links)


class _Plan(Door):
    def __init__(self, visit: Visit, robots: bytes, cdx: str, *, records: bool) -> None:
        super().__init__(visit, "plan")
        self.robots = robots
        self.cdx = cdx
        self.records = records
        self.outcomes: dict[str, Outcome] = {}

    def walk(self, doors: Sequence[str], urls: Iterable[str] | None) -> Walk:
        if urls is not None:
            self.outcomes["urls"] = yield from self._given(urls)
        else:
            yield from self._take(doors)
            yield from self._end()
        yield self._summary()

    def keep(self) -> None:
        if self.visit.window is None:
            super().keep()

    def _is_complete(self) -> bool:
        return any(each.state == DoorState.COMPLETE for each in self.outcomes.values())

    def _is_open(self) -> bool:
        return any(each.open for each in self.outcomes.values())

    def _reasons(self) -> tuple[str, ...]:
        return tuple(f"{door}: {each.reason}" for door, each in self.outcomes.items())

    # ways

    def _given(self, urls: Iterable[str]) -> Part[Outcome]:
        """Yield a link for each of *urls*, known or not; blank lines and comments are left out."""
        visit = self.visit
        seen: set[str] = set()
        for given in map(str.strip, urls):
            if not given or given.startswith("#"):
                continue
            url = visit.address(given)
            if url is None:
                text = f"{given[:200]}: not an address of the newsroom"
                yield Note(door="urls", text=text, slug="foreign")
                visit.counts["foreign"] += 1
                continue
            url = without_page_number(url)
            if url not in seen:
                seen.add(url)
                why = "changed" if visit.known(url) else "new"
                visit.counts[why] += 1
                yield Link(url=url, door="urls", why=why, sure=True)
        return Outcome(door="urls", state=DoorState.COMPLETE, total=len(seen))

    def _take(self, doors: Sequence[str]) -> Part[None]:
        if doors != ("auto",):
            for door in doors:
                yield from self._through(door)
            return
        closed = {door for door in DOORS if self._was_closed(door)}
        if self.visit.window is None:
            yield from self._auto(closed)
            if closed and not self._is_open():
                yield from self._auto(set())
            return
        for door in _KNOW_DAYS:  # and the next where it does not know all
            if door not in closed:
                outcome = yield from self._through(door)
                if outcome.state == DoorState.COMPLETE:
                    break

    def _through(self, door: str) -> Part[Outcome]:
        if door == "feed":
            return (yield from self._feeds(deep=True))
        if door == "rest":
            walk = self._rest().walk()
        elif door == "sitemap":
            walk = SitemapDoor(self.visit, self.robots).walk()
        elif door == "listing":
            walk = ListingDoor(self.visit).walk(deep=True)
        else:
            walk = CdxDoor(self.visit, self.cdx).walk()
        return (yield from self._took(walk))

    def _rest(self) -> RestDoor:
        return RestDoor(self.visit, SitemapDoor(self.visit, self.robots) if self.records else None)

    def _auto(self, closed: set[str]) -> Part[None]:
        """REST if it is open; else the sitemap, with the feed for what it has not yet; else all."""
        rest = self._rest()
        if "rest" not in closed:
            outcome = yield from self._took(rest.walk())
            if outcome.state == DoorState.COMPLETE:
                if self._check_is_due() or rest.in_vain:
                    yield from self._check(rest, closed)
                return
        sitemap = SitemapDoor(self.visit, self.robots)
        listed = feed = None
        if "sitemap" not in closed:
            listed = yield from self._took(sitemap.walk())
        complete = listed is not None and listed.state == DoorState.COMPLETE
        if "feed" not in closed:
            beyond = listed.total if listed and complete else None
            feed = yield from self._feeds(deep=not complete, beyond=beyond)
        if feed is None or not feed.open or not self._is_complete():
            yield from self._took(ListingDoor(self.visit).walk(deep=not complete))
        if complete:
            sitemap.settle(self.visit.fresh)

    # a second door

    def _check_is_due(self) -> bool:
        last = instant(self.left.get("checked"))
        return last is None or self.visit.now - last >= _A_DAY

    def _check(self, rest: RestDoor, closed: set[str]) -> Part[None]:
        """Compare REST with the sitemap, or with the feed where there is none."""
        self.left["checked"] = self.visit.now.isoformat()
        self.keep()
        before = set(self.visit.fresh)
        outcome = None
        if "sitemap" not in closed:
            sitemap = SitemapDoor(self.visit, self.robots)
            outcome = yield from self._took(sitemap.walk(check=rest.total is not None), aside=True)
            if outcome.open:
                sitemap.settle(self.visit.fresh)
        if outcome is None or not outcome.open:
            yield from self._took(FeedDoor(self.visit).walk(deep=False), aside=True)
        elsewhere = [url for url in self.visit.fresh if url not in before]
        if elsewhere:
            text = f"{len(elsewhere)} articles that REST does not list stand in a second door"
            yield self.note(text, "counts_disagree")
        rest.settle(elsewhere)

    def _feeds(self, *, deep: bool, beyond: int | None = None) -> Part[Outcome]:
        """Read the feed; where it has no second page, those of the categories too."""
        feed = FeedDoor(self.visit)
        outcome = yield from self._took(feed.walk(deep=deep, beyond=beyond))
        if deep and feed.unpaged and self.visit.window is None:
            for url in (yield from feed.category_feeds()):
                yield from FeedDoor(self.visit, url=url).walk(deep=True)
        return outcome

    # how it went

    def _took(self, walk: Part[Outcome], *, aside: bool = False) -> Part[Outcome]:
        """Take a door; note what became of it, and where that is news, say so.

        *aside*: to compare it with one that listed all there is.
        """
        outcome = yield from walk
        door, state, reason = outcome.door, outcome.state, outcome.reason
        self.outcomes[door] = outcome
        before = (self.left.get(door) or {}).get("state")
        if outcome.total == 0 and self.visit.known_before:
            text = f"{reason}, where {self.visit.known_before} are known"
            yield Note(door=door, text=text, trouble=True, slug="lists_none")
        elif outcome.damaged:
            text = f"damaged: {reason}"
            yield Note(door=door, text=text, incomplete=not aside, slug="damaged")
        elif not outcome.open and before != state:
            yield Note(door=door, text=f"{state}: {reason}", slug="closed")
        elif outcome.open and before == DoorState.CLOSED:
            yield Note(door=door, text="open again", slug="opened")
        self.left[door] = {"state": state, "at": self.visit.now.isoformat(), "reason": reason}
        self.keep()
        return outcome

    def _was_closed(self, door: str) -> bool:
        before = self.left.get(door) or {}
        tried = instant(before.get("at"))
        was = before.get("state") == DoorState.CLOSED
        return was and tried is not None and self.visit.now - tried < _A_DAY

    def _end(self) -> Part[None]:
        self.keep()
        if not self._is_open():
            raise DiscoveryFailed(self._why_failed())
        window, counts, known = self.visit.window, self.visit.counts, self.visit.known_before
        if not self._is_complete():
            for door, each in self.outcomes.items():
                if each.state == DoorState.TROUBLE and not each.damaged:
                    yield Note(door=door, text=each.reason, incomplete=True, slug="partial")
            if window is not None:
                days = f"{window.since or 'the first day'} to {window.until or 'today'}"
                text = f"no door lists all that was published from {days} ({'; '.join(self._reasons())})"
                yield self.note(text, "window", incomplete=True)
        if counts["foreign"]:
            yield self.note(f"{counts['foreign']} links to other hosts were left out", "foreign")
        if counts["capped"]:
            text = f"{counts['capped']} links over the limit were left out"
            yield self.note(text, "capped", trouble=True)
        seen = ("new", "changed", "unchanged", "waiting", "moved", "not_modified")
        if known and window is None and not any(counts[each] for each in seen):
            for left in self.left.values():  # all shut at once: it will not be for a day
                if isinstance(left, dict):
                    left.pop("at", None)
            self.keep()
            text = f"no door lists an article, where {known} are known"
            yield self.note(text, "lists_none", trouble=True)

    def _why_failed(self) -> str:
        address = self.visit.newsroom.address
        hosts = {urlsplit(each.elsewhere).netloc for each in self.outcomes.values()}
        if len(hosts) == 1 and (host := hosts.pop()):
            return f"{address} leads to {host}: if the newsroom has moved, give it as site="
        return f"no door of {address} could be read ({'; '.join(self._reasons())})"

    def _summary(self) -> Summary:
        outcomes = self.outcomes
        whole = {door for door, each in outcomes.items() if each.state == DoorState.COMPLETE}
        return Summary(
            doors={door: each.state for door, each in outcomes.items()},
            totals={name: each.total for name, each in outcomes.items() if each.total is not None},
            counts=dict(self.visit.counts),
            shows_changes=any(each.shows_changes and each.open for each in outcomes.values()),
            unknown=() if whole - {"cdx"} else self._reasons(),
        )
