"""The REST door: what changed last, what was published last, and all there is, a hundred at a time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from itertools import islice, pairwise
from typing import Any, Final

import attrs

from crawler.discovery.session import (
    MOST_LINKS,
    DoorState,
    Outcome,
    Part,
    Verdict,
    Visit,
    WholeDoor,
    is_mass,
)
from crawler.discovery.sitemap import SitemapDoor, post_type
from crawler.discovery.wordpress import DOOR, FIELDS, LARGEST_PAGE, LISTED, Api, Page, Query
from crawler.links import Known, Link
from crawler.timestamps import instant

_FIRST_RECORDS: Final = 20
_SMALLEST_PAGE: Final = 5
_SLOW: Final = 5.0  # seconds; beyond it a larger page would run into time limits
_MOST_TYPES: Final = 20


class _Pace:
    """How many posts to ask for at once: whole articles are rendered one by one by a shared host."""

    def __init__(self, first: int) -> None:
        self.size = first

    def keep_up(self, page: Page) -> bool:
        """Learn from *page*; False where it was none, and a smaller one is no use."""
        if page.ok:
            if page.answer.seconds < _SLOW:
                self.size = min(LARGEST_PAGE, self.size * 2)
            return True
        if page.verdict == Verdict.CLOSED or self.size <= _SMALLEST_PAGE:
            return False
        self.size = max(_SMALLEST_PAGE, self.size // 2)
        return True


class _Listing:
    """A walk over all posts, and how far it has come; with a *name* its place is kept."""

    def __init__(self, at: dict[str, Any], name: str = "") -> None:
        self.at = at
        self.name = name
        self.ids: set[int] = set()
        self.urls: set[str] = set()
        self.reason = ""

    def query(self, size: int, *, records: bool, without: Sequence[int] = ()) -> Query:
        extra = {"_embed": "1"} if records else {"_fields": FIELDS}
        extra |= {"exclude": ",".join(map(str, without))} if without else {}
        place = {key: self.at[key] for key in ("before", "after", "offset") if self.at.get(key)}
        return {"per_page": size, **extra, **place}

    def advance(self, posts: Sequence[Link]) -> None:
        dates = [_clock(post) for post in posts]
        before = ""
        if dates[-1]:
            before = (dt.datetime.fromisoformat(dates[-1]) + dt.timedelta(seconds=1)).isoformat()
        if before and not _is_mixed(dates) and before < str(self.at.get("before") or "9999"):
            self.at |= {"before": before, "offset": 0}
        else:  # not by date, or more posts in one second than on a page: count them off
            self.at["offset"] = int(self.at.get("offset") or 0) + len(posts)

    def overlaps(self, posts: Sequence[Link]) -> bool:
        """Whether *posts* are those of one second, which two pages may share."""
        return _clock(posts[0]) == _clock(posts[-1]) and not self.at.get("offset")


_LEAF: Final = 80  # known posts of a window that one request lists, with room for unknown ones
_LEAST_REQUESTS: Final = 40
_VAIN: Final = 3  # audits in a row that explained nothing; then one a day is enough
_NEVER: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_EVER: Final = dt.datetime(2101, 1, 1, tzinfo=dt.UTC)
_A_SECOND: Final = dt.timedelta(seconds=1)


@attrs.frozen
class _Segment:
    """A stretch of publication time; at both ends the surplus of what is known over REST."""

    after: dt.datetime
    before: dt.datetime
    surplus_after: int
    surplus_before: int


class Audit(WholeDoor):
    """Whether what REST counts and what is known agree, and if not, which post makes it.

    Compares counts first, then the lists that have to be compared.
    """

    def __init__(self, visit: Visit) -> None:
        super().__init__(visit, DOOR)
        self.api = Api(visit, self.left.get("root"))
        for url in list(self.apart):
            known = visit.memory.known(url)
            if known is None or known.state == "gone":
                del self.apart[url]
        self.total: int | None = None  # how many posts REST counts
        self.in_vain = False  # whether counts disagreed, and the lists did not show why
        self.requests = 0
        self.missing: dict[str, Known] = {}
        # Whether lists were compared, so that what difference is left may be taken for granted.
        self.is_settled = False

    def seen(self, url: str) -> None:
        self.apart.pop(url, None)

    def surplus(self, total: int) -> int:
        """Return how many more posts are known than REST counts, beyond what is accounted for."""
        unexplained = int(self.left.get("unexplained") or 0)
        return self.visit.counted() - len(self.apart) - unexplained - total

    def settle(self, elsewhere: Iterable[str]) -> None:
        """Remember the counts at the end of a run; *elsewhere*: new links that REST lacks."""
        self.take_for_granted(elsewhere)
        if self.total is not None and self.is_settled:
            known = self.visit.counted() - len(self.left["apart"])
            self.left["unexplained"] = known - self.total
        self.keep()

    # complete lists

    def compare_sets(self, ids: set[int], urls: set[str]) -> Part[None]:
        """Report what is neither in *ids* nor in *urls*, all that REST lists."""
        self._collect(self.visit.memory.listed(), ids, urls)
        self.is_settled = yield from self.report(list(self.missing.values()))

    def _collect(self, known: Iterable[Known], ids: set[int], urls: set[str]) -> int:
        before = len(self.missing)
        unlisted = self.visit.unlisted(
            known, lambda each: each.url in urls or each.post_id in ids, self.apart
        )
        self.missing |= {each.url: each for each in unlisted}
        return len(self.missing) - before

    # counts

    def compare_counts(self, total: int, newest: Sequence[Link]) -> Part[None]:
        """Where counts disagree, look among the *newest*, then halve what is older."""
        if not self.surplus(total) or self._rests():
            return
        surplus, counted = self.surplus(total), self.visit.counted() - len(self.apart)
        text = f"REST counts {total} posts, {counted} are known"
        yield self.note(text, "counts_disagree")
        found = self._compare(newest) if newest else 0
        if is_mass(surplus, counted):
            yield from self.mass_missing(surplus, list(self.missing.values()))
            return
        searched = True
        if self.surplus(total) != len(self.missing):
            before = len(self.missing) + len(self.visit.fresh)
            searched = yield from self._halve(total)
            found += len(self.missing) + len(self.visit.fresh) - before
        searched = (yield from self._confirm()) and searched
        self.is_settled = yield from self.report(list(self.missing.values()))
        self.is_settled = self.is_settled and searched
        self.in_vain = not found
        self.left["vain"] = 0 if found else int(self.left.get("vain") or 0) + 1
        self.left["audited"] = self.visit.now.isoformat()

    def _confirm(self) -> Part[bool]:
        # Where a page states another time than REST, a post only seems to miss at the edge.
        ids = {known.post_id: known.url for known in self.missing.values() if known.post_id}
        for start in range(0, len(ids), LARGEST_PAGE):
            include = ",".join(map(str, list(ids)[start : start + LARGEST_PAGE]))
            page = yield from self.api.ask({**LISTED, "include": include})
            if not page.ok:
                self.missing.clear()
                return False
            for post in page.items:
                self.missing.pop(ids.get(post.post_id or 0, ""), None)
        return True

    def _rests(self) -> bool:
        """Whether audits found nothing so often that the day's is over."""
        if int(self.left.get("vain") or 0) < _VAIN:
            return False
        last = instant(self.left.get("audited"))
        return last is not None and self.visit.now - last < dt.timedelta(days=1)

    def _compare(self, posts: Sequence[Link]) -> int:
        """Gather what *posts*, the newest that REST lists, do not name though it is as new."""
        dates = [found for found in (instant(post.published) for post in posts) if found]
        if not dates:
            return 0
        known = self.visit.memory.listed(after=min(dates).isoformat(), before=_EVER.isoformat())
        return self._collect(known, *self.names(posts))

    def names(self, posts: Iterable[Link]) -> tuple[set[int], set[str]]:
        urls = filter(None, (self.visit.address(post.url) for post in posts))
        return {post.post_id for post in posts if post.post_id}, set(urls)

    def _halve(self, total: int) -> Part[bool]:
        """Find the windows in which counts differ, and compare their lists; whether all were."""
        known = self._known_before(_EVER)
        limit = max(_LEAST_REQUESTS, known // LARGEST_PAGE)
        whole = _Segment(_NEVER, _EVER, 0, known - total)
        stack = [whole] if whole.surplus_before else []
        while stack:
            if self.requests >= limit:
                self.left["listing"] = {}  # too many differences for halving: list all next time
                text = "too many differences to search for; everything is listed in the next run"
                yield self.note(text, "counts_disagree")
                return False
            segment = stack.pop()
            middle = self._middle(segment)
            if middle is None:
                if not (yield from self._leaf(segment)):
                    return False
                continue
            listed = yield from self._rest_before(middle)
            if listed is None:
                return False
            there = self._known_before(middle) - listed
            halves = (
                _Segment(segment.after, middle, segment.surplus_after, there),
                _Segment(middle, segment.before, there, segment.surplus_before),
            )
            stack += (half for half in halves if half.surplus_after != half.surplus_before)
        return True

    def _middle(self, segment: _Segment) -> dt.datetime | None:
        """Return the publication that halves what is known in *segment*, unless that is few."""
        bounds = {"after": segment.after.isoformat(), "before": segment.before.isoformat()}
        size = self.visit.memory.count(**bounds)
        if size <= _LEAF:
            return None
        known = next(islice(self.visit.memory.listed(**bounds), size // 2, None), None)
        middle = instant(known.published) if known else None
        return middle if middle and segment.after < middle < segment.before else None

    def _leaf(self, segment: _Segment) -> Part[bool]:
        """List what REST has in *segment*: offer it, gather what is missing; whether it could."""
        bounds = {"after": segment.after - _A_SECOND, "before": segment.before}
        ends = (_NEVER - _A_SECOND, _EVER)
        query = {name: self._local(each) for name, each in bounds.items() if each not in ends}
        posts: list[Link] = []
        while True:
            self.requests += 1
            page = yield from self.api.ask({**LISTED, **query, "offset": len(posts)})
            if not page.ok:
                return False
            yield from filter(None, map(self.visit.sift, page.items))
            posts += page.items
            if page.whole or not page.items or page.total == len(posts):
                break
        moments = {name: each.isoformat() for name, each in bounds.items()}
        self._collect(self.visit.memory.listed(**moments), *self.names(posts))
        return True

    def _rest_before(self, before: dt.datetime) -> Part[int | None]:
        self.requests += 1
        query: Query = {"per_page": 1, "_fields": "id", "before": self._local(before)}
        page = yield from self.api.ask(query)
        return page.total if page.ok else None

    def _known_before(self, before: dt.datetime) -> int:
        """Return how many posts with a publication before that are known and not apart."""
        memory = self.visit.memory
        unseen = sum(
            bool(published and published < before and memory.known(url) is None)
            for url, published in self.visit.fresh.items()
        )
        aside = sum(1 for each in map(self._published, self.apart) if each and each < before)
        return memory.count(before=before.isoformat()) + unseen - aside

    def _published(self, url: str) -> dt.datetime | None:
        known = self.visit.memory.known(url)
        return instant(known.published) if known else self.visit.fresh.get(url)

    def _local(self, moment: dt.datetime) -> str:
        """Return *moment* on the newsroom's clock, which ``after`` and ``before`` compare."""
        offset = self.left.get("offset")
        zone = self.visit.zone if offset is None else dt.timezone(dt.timedelta(minutes=offset))
        return moment.astimezone(zone).replace(tzinfo=None).isoformat(timespec="seconds")


class RestDoor(Audit):
    """One run's look through the REST API."""

    def __init__(self, visit: Visit, types: SitemapDoor | None = None) -> None:
        """*types*: for a quick backfill, of records alone; the sitemap names further types of post."""
        super().__init__(visit)
        self.types = types
        # Where the state of the full listing is kept: with records it is another one.
        self.listing = "listing" if types is None else "records"

    def walk(self) -> Part[Outcome]:
        """Look at what is new and changed, at everything where that never came to its end."""
        if self.visit.window is not None:
            return (yield from self._window())
        first = yield from self._changes()
        if not first.ok:
            yield from self._offer(first.items)  # of an answer that is cut, what there is
            return self.not_read(first)
        self.total = first.total
        if first.whole and not first.items and self.visit.known_before:
            self.keep()
            return self.went(DoorState.PARTIAL, "lists no posts", total=0)
        if not self._is_listed():
            state = yield from self._everything()
            if state != DoorState.COMPLETE:
                return self.went(state, total=self.total)
        elif first.whole:
            yield from self.compare_sets(*self.names(first.items))
        else:
            newest = yield from self._newest()
            if newest is not None and self.total is not None:
                yield from self.compare_counts(self.total, newest)
        elsewhere: Sequence[str] = ()
        if self.types is not None and not self.left.get("types"):
            elsewhere = yield from self._other_types(self.types)
        self.settle(elsewhere)
        return self.went(DoorState.COMPLETE, total=self.total, shows_changes=True)

    def keep(self) -> None:
        self.left |= {"root": self.api.root, "total": self.total}
        super().keep()

    def _is_listed(self) -> bool:
        return bool(self.left.get(self.listing, {}).get("done"))

    # what changed

    def _changes(self) -> Part[Page]:
        """Read the posts modified last, down to the last modification seen by an earlier run."""
        seen = str(self.left.get("modified") or "")
        listed = self._is_listed()
        # Of a listing to come, with the records, only the newest modification is wanted before.
        query: Query = {"orderby": "modified", "order": "desc", **LISTED}
        first = page = yield from self.api.ask(query if listed else {**query, "per_page": 1})
        gathered = 0
        while listed and page.ok and page.items:
            yield from self._offer(page.items)
            gathered += len(page.items)
            times = [_utc(post.lastmod) for post in page.items]
            if page.whole or times[-1] < seen or _is_mixed(times):
                break
            page = yield from self.api.ask({**query, "offset": gathered})
        if first.ok and first.items:
            if listed or not seen:  # until all is listed, edits since the beginning count
                self.left["modified"] = max(_utc(post.lastmod) for post in first.items)
            self.left["offset"] = _offset(first.items[0])
            self.keep()
        return first

    # what is new

    def _newest(self) -> Part[tuple[Link, ...] | None]:
        """Read the posts published last until one is known; ``None`` when that failed.

        What was scheduled goes public, perhaps late, with the modification time that it had.
        """
        gathered: list[Link] = []
        while len(gathered) < MOST_LINKS:
            query = {**LISTED, "offset": len(gathered)} if gathered else LISTED
            page = yield from self.api.ask(query, conditional=not gathered)
            if not page.ok:
                return None
            new = yield from self._offer(page.items)
            gathered += page.items
            if new < len(page.items) or page.whole or not page.items:
                break
        return tuple(gathered)

    # everything

    def _everything(self) -> Part[DoorState]:
        """List all posts, newest first, going on where an earlier run stopped."""
        at = dict(self.left.get(self.listing) or {})
        whole = not at  # begun and ended in this run: then what it did not list is missing
        listing = _Listing(at, self.listing)
        state = yield from self._pages(listing)
        if state == DoorState.COMPLETE:
            at["done"] = True
            self.left["listing"] = at  # whoever has all records has the whole listing
            if whole:
                yield from self.compare_sets(listing.ids, listing.urls)
        self.left[self.listing] = at
        self.keep()
        return state

    def _window(self) -> Part[Outcome]:
        window, listing = self.visit.window, _Listing({})
        if window and window.since:  # `after` and `before` exclude themselves
            listing.at["after"] = f"{window.since - dt.timedelta(days=1)}T23:59:59"
        if window and window.until:
            listing.at["before"] = f"{window.until + dt.timedelta(days=1)}T00:00:00"
        state = yield from self._pages(listing)
        return self.went(state, listing.reason, shows_changes=True)

    def _pages(self, listing: _Listing, base: str = "posts") -> Part[DoorState]:
        """Follow *listing*, by ``before`` and not by page number, and return how it went."""
        records, pace = True, _Pace(_FIRST_RECORDS)
        withheld = self.visit.memory.withheld_posts()
        listing.ids.update(withheld)
        while len(listing.ids) < MOST_LINKS:
            query = listing.query(pace.size, records=records, without=withheld)
            page = yield from self.api.ask(query, base=base)
            if not pace.keep_up(page):
                if records and self.types is None:  # then the pages must do
                    records, pace, withheld = False, _Pace(LARGEST_PAGE), []
                    continue
                return (yield from self._stopped(listing, page))
            if not page.ok:
                continue
            unseen = [post for post in page.items if post.post_id not in listing.ids]
            if page.items and not unseen and not listing.overlaps(page.items):
                yield self.note("the same posts again and again", "loops")
                return DoorState.PARTIAL
            yield from self._offer(unseen, records=records)
            listing.ids.update(post.post_id for post in unseen if post.post_id)
            listing.urls.update(filter(None, (self.visit.address(post.url) for post in unseen)))
            if page.whole or not page.items:
                return DoorState.COMPLETE
            listing.advance(page.items)
            if listing.name:
                self.left[listing.name] = listing.at
                self.keep()
        yield self.note(f"more than {MOST_LINKS} posts", "capped", trouble=True)
        return DoorState.PARTIAL

    def _stopped(self, listing: _Listing, page: Page) -> Part[DoorState]:
        listing.reason = page.reason
        if not (listing.ids or (listing.name and listing.at)):
            return self.not_read(page).state
        yield self.note(f"the listing stopped: {listing.reason}", "partial", incomplete=True)
        return DoorState.PARTIAL

    def _other_types(self, sitemap: SitemapDoor) -> Part[list[str]]:
        """List the posts of further types whose pages pass as articles; return their addresses."""
        files = yield from sitemap.list_files()
        named = dict.fromkeys(filter(None, map(post_type, files or ())))
        bases = (yield from self.api.types()) if named else {}
        elsewhere: list[str] = []
        complete = True
        for name in [each for each in named if each in bases][:_MOST_TYPES]:
            kept = f"{self.listing} {name}"
            at = dict(self.left.get(kept) or {})
            if at or (yield from self._passes(bases[name])):
                listing = _Listing(at, kept)
                state = yield from self._pages(listing, bases[name])
                complete = complete and state == DoorState.COMPLETE
                elsewhere += listing.urls
        self.left["types"] = complete
        return elsewhere

    def _passes(self, base: str) -> Part[bool]:
        newest = yield from self.api.ask({"per_page": 1, "_fields": FIELDS}, base=base)
        for post in newest.items[:1]:
            if self.visit.address(post.url):
                answer = yield from self.visit.ask(post.url, conditional=False)
                return self.visit.is_article(answer)
        return False

    # what was found

    def _offer(self, posts: Sequence[Link], *, records: bool = False) -> Part[int]:
        """Yield what is worth a look of *posts*, and return how much that was."""
        worth = []
        for post in posts:
            link = self.visit.sift(post)
            self.seen(self.visit.address(post.url) or "")
            if link is not None:
                worth.append(link)
        yield from worth if records else self.with_records(worth)
        return len(worth)

    def with_records(self, links: Sequence[Link]) -> Part[None]:
        """Yield *links* with their REST objects; without, where the server does not give them."""
        pace, left = _Pace(_FIRST_RECORDS), list(links)
        while left:
            some = left[: pace.size]
            ids = ",".join(str(link.post_id) for link in some)
            query: Query = {"include": ids, "per_page": LARGEST_PAGE, "_embed": "1"}
            page = yield from self.api.ask(query)
            if pace.keep_up(page) and not page.ok:
                continue
            records = {post.post_id: post.record for post in page.items}
            for link in some if page.ok else left:
                yield attrs.evolve(link, record=records.get(link.post_id))
            left = left[len(some) :] if page.ok else []


def _clock(post: Link) -> str:
    """Return its publication on the newsroom's clock, as ``before`` compares it; empty without."""
    return (post.published or "")[: len("2021-09-30T08:15:00")]


def _offset(post: Link) -> int | None:
    offset = dt.datetime.fromisoformat(post.published).utcoffset() if post.published else None
    return None if offset is None else round(offset.total_seconds() / 60)


def _utc(text: str | None) -> str:
    """Return a moment as a UTC string that compares as it sorts; empty for none."""
    found = instant(text)
    return found.isoformat(timespec="seconds") if found else ""


def _is_mixed(times: Sequence[str]) -> bool:
    """Whether *times* do not descend: then the server orders as it likes."""
    return any(later < earlier for later, earlier in pairwise(times))
