"""Whether what REST counts and what is known agree, and if not, which post makes the difference."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any, Final

import attrs

from crawler.discovery.session import Missing, Note, Part, Visit
from crawler.discovery.wordpress import DOOR, LARGEST_PAGE, LISTED, Api, Query
from crawler.links import Known, Link
from crawler.timestamps import instant

_MOST_APART: Final = 2_000
_LEAF: Final = 80  # known posts of a window that one request lists, with room for unknown ones
_LEAST_REQUESTS: Final = 40
_VAIN: Final = 3  # audits in a row that explained nothing; then one a day is enough
_NEVER: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_EVER: Final = dt.datetime(2101, 1, 1, tzinfo=dt.UTC)
_SAMPLE: Final = 25
_A_SECOND: Final = dt.timedelta(seconds=1)


def is_mass(missing: int, known: int) -> bool:
    """Whether so many are *missing* that the list is wrong, or the newsroom has changed."""
    return missing > 5 and missing * 5 > known  # noqa: PLR2004


def mass_missing(visit: Visit, door: str, number: int, missing: Sequence[Known]) -> Part[None]:
    """Say that *number* articles are missing, and yield a sample, so that it can be confirmed."""
    text = f"{number} of {visit.known_before} known articles are no longer listed"
    yield Note(door=door, text=text, trouble=True, slug="mass_missing")
    yield from (Missing(known=known, door=door) for known in missing[:_SAMPLE])


def report_missing(visit: Visit, door: str, missing: Sequence[Known]) -> Part[tuple[str, ...]]:
    """Yield *missing*, and return their addresses; of too many to be true a sample, and nothing."""
    if is_mass(len(missing), visit.known_before):
        yield from mass_missing(visit, door, len(missing), missing)
        return ()
    yield from (Missing(known=known, door=door) for known in missing)
    return tuple(known.url for known in missing)


@attrs.frozen
class _Segment:
    """A stretch of publication time; at both ends the surplus of what is known over REST."""

    after: dt.datetime
    before: dt.datetime
    surplus_after: int
    surplus_before: int


class Audit:
    """Compares counts first, then the lists that have to be compared."""

    def __init__(self, visit: Visit, api: Api, left: dict[str, Any]) -> None:
        self.visit = visit
        self.api = api
        self.left = left
        # Addresses that are known, and that REST does not list.
        self.apart: dict[str, None] = {}
        for url in left.get("apart") or ():
            known = visit.memory.known(url)
            if known is not None and known.state != "gone":
                self.apart[url] = None
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

    def settle(self, total: int | None, elsewhere: Iterable[str]) -> None:
        """Take what is left of the difference for granted until it changes."""
        self.apart.update(dict.fromkeys(elsewhere))
        self.left["apart"] = list(islice(self.apart, _MOST_APART))
        if total is not None and self.is_settled:
            known = self.visit.counted() - len(self.left["apart"])
            self.left["unexplained"] = known - total

    # complete lists

    def compare_sets(self, ids: set[int], urls: set[str]) -> Part[None]:
        """Report what is neither in *ids* nor in *urls*, all that REST lists."""
        self._collect(self.visit.memory.listed(), ids, urls)
        yield from self._report()

    def _collect(self, known: Iterable[Known], ids: set[int], urls: set[str]) -> int:
        before = len(self.missing)
        unlisted = self.visit.unlisted(
            known, lambda each: each.url in urls or each.post_id in ids, self.apart
        )
        self.missing |= {each.url: each for each in unlisted}
        return len(self.missing) - before

    def _report(self) -> Part[None]:
        told = yield from report_missing(self.visit, DOOR, list(self.missing.values()))
        self.is_settled = len(told) == len(self.missing)
        self.apart.update(dict.fromkeys(told))

    # counts

    def compare_counts(self, total: int | None, newest: Sequence[Link]) -> Part[None]:
        """Where counts disagree, look among the *newest*, then halve what is older."""
        if total is None or not self.surplus(total) or self._rests():
            return
        surplus, counted = self.surplus(total), self.visit.counted() - len(self.apart)
        text = f"REST counts {total} posts, {counted} are known"
        yield Note(door=DOOR, text=text, slug="counts_disagree")
        found = self._compare(newest) if newest else 0
        if is_mass(surplus, counted):
            yield from mass_missing(self.visit, DOOR, surplus, list(self.missing.values()))
            return
        searched = True
        if self.surplus(total) != len(self.missing):
            before = len(self.missing) + len(self.visit.fresh)
            searched = yield from self._halve(total)
            found += len(self.missing) + len(self.visit.fresh) - before
        searched = (yield from self._confirm()) and searched
        yield from self._report()
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
                yield Note(door=DOOR, text=text, slug="counts_disagree")
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
        query = {name: self._clock(each) for name, each in bounds.items() if each not in ends}
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
        query: Query = {"per_page": 1, "_fields": "id", "before": self._clock(before)}
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

    def _clock(self, moment: dt.datetime) -> str:
        """Return *moment* on the newsroom's clock, which ``after`` and ``before`` compare."""
        offset = self.left.get("offset")
        zone = self.visit.zone if offset is None else dt.timezone(dt.timedelta(minutes=offset))
        return moment.astimezone(zone).replace(tzinfo=None).isoformat(timespec="seconds")
