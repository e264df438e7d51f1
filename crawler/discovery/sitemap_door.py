"""The door of sitemaps: every file once, then the last one, what changed, and one of the older ones."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any, Final

from crawler.discovery.audit import report_missing
from crawler.discovery.session import Outcome, Part, Reading, Visit, fingerprint
from crawler.discovery.sitemap import (
    DEEPEST,
    DOOR,
    Entry,
    Files,
    Indexes,
    lists_posts,
    natural_order,
)
from crawler.discovery.steps import DoorState, Note, Verdict, Window
from crawler.items import Link
from crawler.timestamps import instant

_MONTH: Final = re.compile(r"(?:^|\D)((?:19|20)\d\d)[-_.]?(0[1-9]|1[0-2])(?=\D|$)")
_ALL_AT_ONCE: Final = 3


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


_MOST_APART: Final = 2_000
_MOST_STRANGERS: Final = 100
_MANY: Final = 20
_ONE_ANSWER: Final = dt.timedelta(minutes=10)


class SitemapDoor:
    """One run's look through the sitemaps."""

    def __init__(self, visit: Visit, robots: bytes) -> None:
        self.visit = visit
        self.left: dict[str, Any] = dict(visit.memory.door(DOOR))
        self.indexes = Indexes(visit, robots, self.left)
        self.files: dict[str, dict[str, Any]] = dict(self.left.get("files") or {})
        """File → ``n`` addresses, ``lastmod`` in the index, ``news``, ``dated``."""

        self.apart: dict[str, None] = dict.fromkeys(self.left.get("apart") or ())
        """Addresses that are known, and that the sitemap does not list."""

        self.listed: set[bytes] = set()
        """Hashes of the addresses listed by the files read in this run."""

        self.read: set[str] = set()
        """Files read in this run, and whole."""

        self.arrived = 0
        """Addresses that the sitemap did not list before."""

        self.damage = ""
        """What was wrong with a file."""

        self.is_settled = True
        """Whether the counts are explained, so that they may be taken for granted."""

        self.moved = False
        self.checks = False
        self.strangers = 0
        """Unknown addresses met in checking a door whose own counts agree."""

    def walk(self, *, check: bool = False) -> Part[Outcome]:
        """Look at what is new; at everything in a first run and where the counts have moved.

        To *check* another door, what is missing here is no finding.
        """
        self.checks = check
        listed = yield from self.indexes.walk()
        if listed is None:
            return self.indexes.shut
        if self.indexes.damage:
            self.damage = self.indexes.damage
            yield self._partial(self.damage)
        if self.visit.window is not None:
            wanted = files_of_window(listed, self.visit.window, self.visit.zone)
            yield from self._read_files(wanted, listed)
            # A post is not published after it was modified last.
            dated = all(self.files.get(url, {}).get("dated") for url in wanted)
            whole = dated and not self.damage
            return self._outcome(DoorState.COMPLETE if whole else DoorState.PARTIAL)
        first = not self.left.get("complete")
        wanted = files_of_run(listed, self.files, self.left) if self.files else {}
        if first:  # or an earlier one that was cut short
            wanted |= {url: listed[url] for url in listed if url not in self.files}
        yield from self._read_files(wanted, listed)
        self.files = {url: state for url, state in self.files.items() if url in listed}
        if not first:
            yield from self._read_all_if_moved(listed)
        complete = not self.damage and all(url in self.files for url in listed)
        if complete and self._counted_files() <= self.read:
            yield from self._compare()
        only_news = complete and bool(listed) and not self._counted_files()
        if complete and not only_news and not self._total() and self.visit.known_before:
            return Outcome(door=DOOR, state=DoorState.PARTIAL, reason="lists no articles", total=0)
        self.left["complete"] = complete or not first
        self.settle(())
        if only_news:
            return Outcome(door=DOOR, state=DoorState.PARTIAL, reason="lists two days only")
        return self._outcome(DoorState.COMPLETE if complete else DoorState.PARTIAL)

    def settle(self, elsewhere: Iterable[str]) -> None:
        """Remember the counts at the end of a run; *elsewhere*: new links that it may lack."""
        self.apart.update((url, None) for url in elsewhere if fingerprint(url) not in self.listed)
        self.left["apart"] = list(islice(self.apart, _MOST_APART))
        if self.is_settled:
            self.left["total"] = self._total()
        self._keep()

    def _keep(self) -> None:
        self.left["files"] = self.files
        self.visit.memory.keep_door(DOOR, self.left)

    def _outcome(self, state: DoorState) -> Outcome:
        counted = [self.files[url] for url in self._counted_files()]
        dated = bool(counted) and all(state.get("dated") for state in counted)
        return Outcome(
            door=DOOR,
            state=state,
            total=self._total(),
            reason=self.damage,
            shows_changes=dated,
        )

    def _partial(self, damage: str) -> Note:
        return Note(door=DOOR, text=damage, incomplete=not self.checks, slug="partial")

    # files

    def _read_all_if_moved(self, listed: Files) -> Part[None]:
        """Read the other files, too, where the counts differ from what the new links explain."""
        before = self.left.get("total")
        if before is None or self._total() == before + self.arrived:
            return
        text = f"the sitemap lists {self._total()} articles, {before + self.arrived} expected"
        yield Note(door=DOOR, text=text, slug="counts_disagree")
        self.moved = True
        others = {url: listed[url] for url in listed if url not in self.read}
        yield from self._read_files(others, listed, conditional=False)
        self.is_settled = self._counted_files() <= self.read

    def _read_files(
        self, files: Files, listed: Files, *, conditional: bool = True, depth: int = 0
    ) -> Part[None]:
        """Read *files*, those with the newest articles first.

        One that turns out to be an index gives its place in *listed* to the files that it lists.
        """
        for url in sorted(files, key=natural_order, reverse=True):
            if url in self.read:
                continue
            reading = self.indexes.direct.get(url)
            if reading is None:
                known = conditional and url in self.files
                reading = yield from self.visit.read(url, self.indexes.parse, conditional=known)
            if reading.verdict == Verdict.SAME:
                self.files[url]["lastmod"] = files[url]
                continue
            nested = yield from self.indexes.nested(url, reading)
            if nested and depth < DEEPEST:
                del listed[url]
                listed.update(nested)
                yield from self._read_files(nested, listed, depth=depth + 1)
            else:
                yield from self._take(url, reading, files[url])

    def _take(self, url: str, reading: Reading[Entry], lastmod: str | None) -> Part[None]:
        """Yield what is worth a look of a file, and remember how much it lists."""
        if reading.verdict != Verdict.OK:
            self.damage = f"{url}: {reading.reason}"
            yield self._partial(self.damage)
        if reading.capped:
            text = f"{url}: {reading.reason}"
            yield Note(door=DOOR, text=text, trouble=True, slug="capped")
        entries = [entry for entry in reading.items if not entry.is_file]
        if self.checks and self._are_strangers(entries):
            text = f"{url} lists {self.strangers} unknown addresses: permalinks may have changed"
            yield Note(door=DOOR, text=text, slug="addresses_changed")
            return
        stamped = _is_stamped(entries)
        number = yield from self._offer(entries, sure=lists_posts(url), stamped=stamped)
        if reading.verdict == Verdict.OK:
            self.read.add(url)
        if reading.verdict == Verdict.OK or entries:
            dated = sum(1 for entry in entries if entry.lastmod) * 10 >= len(entries) * 9
            news = bool(entries) and all(entry.is_news for entry in entries)
            state = {"n": number, "lastmod": lastmod, "dated": dated and not stamped, "news": news}
            if reading.verdict != Verdict.OK:
                state["damaged"] = True
            self.files[url] = state
            if self.visit.window is None:
                self._keep()

    def _offer(self, entries: Sequence[Entry], *, sure: bool, stamped: bool) -> Part[int]:
        """Yield what is worth a look of *entries*; return how many are the newsroom's."""
        number = 0
        for entry in reversed(entries):
            link = self.visit.sift(
                Link(
                    url=entry.url,
                    door=DOOR,
                    lastmod=None if stamped else entry.lastmod,
                    published=entry.published,
                    why="back" if self.moved else "new",
                ),
                sure=sure,
            )
            address = self.visit.address(entry.url)
            if address is not None:
                number += 1
                self.listed.add(fingerprint(address))
                if address in self.apart or address in self.visit.fresh:
                    self.arrived += 1
                    self.apart.pop(address, None)
            if link is not None:
                yield link
        return number

    def _are_strangers(self, entries: Sequence[Entry]) -> bool:
        """Whether so many *entries* are unknown that the posts are known by other addresses.

        In checking a door that lists all there is; it goes by post ids, a sitemap has none.
        """
        addresses = filter(None, (self.visit.address(entry.url) for entry in entries))
        self.strangers += sum(
            1
            for address in addresses
            if address not in self.visit.fresh and self.visit.known(address) is None
        )
        known = self.visit.known_before
        return known > 0 and self.strangers > max(_MOST_STRANGERS, known // 20)

    # counts

    def _counted_files(self) -> set[str]:
        return {url for url, state in self.files.items() if not state.get("news")}

    def _total(self) -> int:
        return sum(int(self.files[url]["n"]) for url in self._counted_files())

    def _compare(self) -> Part[None]:
        """Report known articles that no file lists."""
        missing = [
            known
            for known in self.visit.memory.listed()
            if known.state == "article"
            and fingerprint(known.url) not in self.listed
            and known.url not in self.apart
            and known.url not in self.visit.fresh
        ]
        if self.checks:
            told = tuple(known.url for known in missing)
        else:
            told = yield from report_missing(self.visit, DOOR, missing)
        self.is_settled = self.is_settled and len(told) == len(missing)
        self.apart.update(dict.fromkeys(told))


def _is_stamped(entries: Sequence[Entry]) -> bool:
    """Whether the times of *entries* are that of the file: no newsroom edits so much at once."""
    times = [found for found in (instant(entry.lastmod) for entry in entries) if found]
    return len(times) >= _MANY and max(times) - min(times) < _ONE_ANSWER
