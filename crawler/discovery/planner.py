"""Which doors to take: the cheapest that is complete, a second one now and then, any that opens.

Or none, where somebody gives the addresses.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from crawler.discovery.cdx import CdxDoor
from crawler.discovery.feed import FeedDoor
from crawler.discovery.listing import ListingDoor
from crawler.discovery.rest import RestDoor
from crawler.discovery.session import Outcome, Part, Visit
from crawler.discovery.sitemap import Indexes
from crawler.discovery.sitemap_door import SitemapDoor
from crawler.discovery.steps import Answer, DoorState, Memory, Note, Summary, Walk, Window
from crawler.errors import ConfigurationError, DiscoveryFailed
from crawler.items import Link
from crawler.newsrooms import Newsroom
from crawler.normalise.urls import without_page_number
from crawler.timestamps import instant


def walk_urls(visit: Visit, urls: Iterable[str]) -> Part[Outcome]:
    """Yield a link for each of *urls*, known or not; blank lines and ``#`` comments are left out."""
    seen: set[str] = set()
    for line in urls:
        given = line.strip()
        if not given or given.startswith("#"):
            continue
        url = visit.address(given)
        if url is None:
            yield Note(
                door="urls", text=f"{given[:200]}: not an address of the newsroom", slug="foreign"
            )
            visit.counts["foreign"] += 1
            continue
        url = without_page_number(url)
        if url in seen:
            continue
        seen.add(url)
        known = visit.known(url)
        visit.counts["changed" if known else "new"] += 1
        yield Link(url=url, door="urls", why="changed" if known else "new", sure=True)
    return Outcome(door="urls", state=DoorState.COMPLETE, total=len(seen))


DOORS: Final = ("rest", "sitemap", "feed", "listing", "cdx")
"""What ``discover`` accepts besides ``auto``."""

PLAN: Final = "plan"
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
    embed: bool = False,
    urls: Iterable[str] | None = None,
    cdx: str | None = None,
    is_article: Callable[[Answer], bool] = lambda _: False,
) -> Walk:
    """Return the walk that finds what is new, changed or missing at *newsroom*.

    *now* is aware, *robots* the body of robots.txt. *doors* is ``auto`` or some of :data:`DOORS`;
    *urls*, addresses one a line, take their place. *rest_records*: links carry whole REST objects
    (a quick backfill), those of other types where a page *is_article*; with *embed* they do where REST
    is open, and are pages to be fetched.

    The walk raises :exc:`DiscoveryFailed` when no door could be read, naming each and what it
    answered; :exc:`ConfigurationError` is raised at once for a door that does not exist.
    """
    wanted = (doors,) if isinstance(doors, str) else tuple(doors)
    for door in wanted:
        if door not in DOORS and wanted != ("auto",):
            raise ConfigurationError(f"discover={door!r}: want auto, or some of {', '.join(DOORS)}")
    if "cdx" in wanted and not cdx:
        raise ConfigurationError("discover=cdx: want the address of a CDX server as cdx=")
    the_plan = _Plan(
        Visit(newsroom, memory, now, window, is_article), robots, records=rest_records, embed=embed
    )
    if urls is not None:
        steps = the_plan.given(urls)
    elif wanted == ("auto",):
        steps = the_plan.auto()
    else:
        steps = the_plan.chosen(wanted, cdx or "")
    return _whole(steps, the_plan)


def _whole(steps: Part[None], the_plan: _Plan) -> Walk:
    yield from steps
    yield the_plan.summary()


def with_records(
    newsroom: Newsroom, memory: Memory, links: Sequence[Link], *, now: dt.datetime
) -> Walk:
    """Return the walk that yields *links* of known posts with their REST objects.

    Without, where the server does not give them.
    """
    return RestDoor(Visit(newsroom, memory, now, None)).with_records(links)


class _Plan:
    def __init__(self, visit: Visit, robots: bytes, *, records: bool, embed: bool) -> None:
        self.visit = visit
        self.robots = robots
        self.records = records
        self.embed = embed
        self.left: dict[str, Any] = dict(visit.memory.door(PLAN))
        self.outcomes: dict[str, Outcome] = {}

    def summary(self) -> Summary:
        outcomes = self.outcomes
        totals = {door: each.total for door, each in outcomes.items() if each.total is not None}
        return Summary(
            doors={door: each.state for door, each in outcomes.items()},
            totals=totals,
            counts=dict(self.visit.counts),
            shows_changes=any(each.shows_changes and each.open for each in outcomes.values()),
            unknown=()
            if self._is_complete()
            else tuple(f"{door}: {each.reason}" for door, each in outcomes.items()),
        )

    def _is_complete(self) -> bool:
        """Whether a door listed all that there is, or all of the window."""
        return any(each.state == DoorState.COMPLETE for each in self.outcomes.values())

    def _rest(self) -> RestDoor:
        indexes = Indexes(self.visit, self.robots, {}) if self.records else None
        return RestDoor(self.visit, records=self.records, embed=self.embed, indexes=indexes)

    # ways

    def given(self, urls: Iterable[str]) -> Part[None]:
        self.outcomes["urls"] = yield from walk_urls(self.visit, urls)

    def chosen(self, doors: Sequence[str], cdx: str) -> Part[None]:
        """Take *doors*, each as far as it goes."""
        for door in doors:
            if door == "rest":
                yield from self._took(self._rest().walk())
            elif door == "sitemap":
                yield from self._took(SitemapDoor(self.visit, self.robots).walk())
            elif door == "feed":
                yield from self._feeds(deep=True)
            elif door == "listing":
                yield from self._took(ListingDoor(self.visit).walk(deep=True))
            else:
                yield from self._took(CdxDoor(self.visit, cdx).walk())
        yield from self._end()

    def auto(self) -> Part[None]:
        if self.visit.window is not None:
            yield from self._auto_window()
        else:
            closed = {door for door in DOORS if self._was_closed(door)}
            yield from self._auto(closed)
            if closed and not any(each.open for each in self.outcomes.values()):
                yield from self._auto(set())
        yield from self._end()

    def _auto_window(self) -> Part[None]:
        """Take the door that knows days best, and the next where it does not know all."""
        walks = {
            "rest": self._rest().walk(),
            "listing": ListingDoor(self.visit).walk(deep=True),
            "feed": FeedDoor(self.visit).walk(deep=True),
            "sitemap": SitemapDoor(self.visit, self.robots).walk(),
        }
        closed = {door for door in DOORS if self._was_closed(door)}
        for door, walk in walks.items():
            if door not in closed:
                outcome = yield from self._took(walk)
                if outcome.state == DoorState.COMPLETE:
                    break

    def _auto(self, closed: set[str]) -> Part[None]:
        """REST if it is open; else the sitemap, with the feed for what it has not yet; else all."""
        rest = self._rest()
        if "rest" not in closed:
            outcome = yield from self._took(rest.walk())
            if outcome.state == DoorState.COMPLETE:
                if self._check_is_due() or rest.audit.in_vain:
                    yield from self._check(rest, closed)
                return
        sitemap = SitemapDoor(self.visit, self.robots)
        listed = None
        if "sitemap" not in closed:
            listed = yield from self._took(sitemap.walk())
        complete = listed is not None and listed.state == DoorState.COMPLETE
        feed = None
        if "feed" not in closed:
            beyond = listed.total if listed and complete else None
            feed = yield from self._feeds(deep=not complete, beyond=beyond)
        if feed is None or not feed.open or not (complete or feed.state == DoorState.COMPLETE):
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
        self._keep()
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
            yield Note(door=PLAN, text=text, slug="counts_disagree")
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
        self.outcomes[outcome.door] = outcome
        before = self.left.get(outcome.door) or {}
        if outcome.total == 0 and self.visit.known_before:
            text = f"{outcome.reason}, where {self.visit.known_before} are known"
            yield Note(door=outcome.door, text=text, trouble=True, slug="lists_none")
        elif outcome.damaged:
            text = f"damaged: {outcome.reason}"
            yield Note(door=outcome.door, text=text, incomplete=not aside, slug="damaged")
        elif not outcome.open and before.get("state") != outcome.state:
            yield Note(door=outcome.door, text=f"{outcome.state}: {outcome.reason}", slug="closed")
        elif outcome.open and before.get("state") == DoorState.CLOSED:
            yield Note(door=outcome.door, text="open again", slug="opened")
        self.left[outcome.door] = {
            "state": outcome.state,
            "at": self.visit.now.isoformat(),
            "reason": outcome.reason,
        }
        self._keep()
        return outcome

    def _keep(self) -> None:
        if self.visit.window is None:
            self.visit.memory.keep_door(PLAN, self.left)

    def _was_closed(self, door: str) -> bool:
        """Whether *door* was found shut within the last day."""
        before = self.left.get(door) or {}
        tried = instant(before.get("at"))
        return before.get("state") == DoorState.CLOSED and bool(
            tried and self.visit.now - tried < _A_DAY
        )

    def _end(self) -> Part[None]:
        self._keep()
        if not any(each.open for each in self.outcomes.values()):
            raise DiscoveryFailed(self._why_failed())
        for door, each in self.outcomes.items():
            if each.state == DoorState.TROUBLE and not each.damaged and not self._is_complete():
                yield Note(door=door, text=each.reason, incomplete=True, slug="partial")
        window = self.visit.window
        if window is not None and not self._is_complete():
            days = f"{window.since or 'the first day'} to {window.until or 'today'}"
            said = "; ".join(f"{door}: {each.reason}" for door, each in self.outcomes.items())
            text = f"no door lists all that was published from {days} ({said})"
            yield Note(door=PLAN, text=text, incomplete=True, slug="window")
        counts = self.visit.counts
        if counts["foreign"]:
            text = f"{counts['foreign']} links to other hosts were left out"
            yield Note(door=PLAN, text=text, slug="foreign")
        if counts["capped"]:
            text = f"{counts['capped']} links over the limit were left out"
            yield Note(door=PLAN, text=text, trouble=True, slug="capped")
        shown = sum(counts[each] for each in ("new", "changed", "unchanged", "waiting", "moved"))
        if (
            self.visit.known_before
            and not shown
            and not counts["not_modified"]
            and not self.visit.window
        ):
            for each in self.left.values():  # all shut at once: it will not be for a day
                if isinstance(each, dict):
                    each.pop("at", None)
            self._keep()
            text = f"no door lists an article, where {self.visit.known_before} are known"
            yield Note(door=PLAN, text=text, trouble=True, slug="lists_none")

    def _why_failed(self) -> str:
        address = self.visit.newsroom.address
        hosts = {urlsplit(each.elsewhere).netloc for each in self.outcomes.values()}
        if len(hosts) == 1 and (host := hosts.pop()):
            return f"{address} leads to {host}: if the newsroom has moved there, say so"
        said = "; ".join(f"{door}: {each.reason}" for door, each in self.outcomes.items())
        return f"no door of {address} could be read ({said})"
