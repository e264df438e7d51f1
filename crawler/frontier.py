"""What a run asks for: what the doors list, what earlier runs owe, what is due for a look."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import attrs
from scrapy.exceptions import IgnoreRequest

from crawler.discovery import (
    Answer,
    Fetch,
    Link,
    Missing,
    Note,
    Step,
    Summary,
    Walk,
    Window,
    plan,
    with_records,
)
from crawler.downloader import AnswerLost, BudgetSpent, RobotsUnreadable, RunEnding, fetch, words
from crawler.items import Capture
from crawler.middlewares import as_capture, conditional
from crawler.timestamps import now, seconds

if TYPE_CHECKING:
    import datetime as dt

    from scrapy.crawler import Crawler

    from crawler.archive import AddressRow, Archive
    from crawler.arguments import Arguments

logger = logging.getLogger(__name__)

A_RUN: Final = 500  # looks of one kind (waiting, failed, due) in one run; the next goes on

CLOSED: Final = 403
"""Status of an answer that robots.txt or the address guard kept from being asked for, or that
was not read to its end."""


@attrs.frozen
class Asked:
    """An article's address that is asked for, and why."""

    link: Link  # what a door says of it
    look: AddressRow | None = None  # what the ledger knew of it, None for a new one
    answer: Capture | None = attrs.field(default=None, repr=False)  # REST list with its record
    record_alone: bool = False  # whether its page is not wanted

    @classmethod
    def again(cls, look: AddressRow, answer: Capture | None = None) -> Asked:
        """Return why the address of *look* is asked for once more."""
        return cls(Link(url=look.url, door="", post_id=look.post_id), look, answer)

    @property
    def url(self) -> str:
        return self.link.url

    @property
    def is_known(self) -> bool:
        """Whether an article was archived from this address."""
        return self.look is not None and self.look.article is not None

    def wants_post(self, reason: str, captures: Sequence[Capture]) -> bool:
        """Whether a post should be where *captures* are a list, for *reason*.

        A sitemap may list lists, too: those that come as themselves, and not by a redirect. What a
        list page or another archive names is not sure to be there.
        """
        moved = reason == "front_page" or any(len(each.exchanges) > 1 for each in captures)
        listed = self.link.door not in ("listing", "cdx")
        return self.link.sure or self.is_known or (moved and listed)

    def waits(self, moment: dt.datetime) -> bool:
        """Whether a page that was stale is to be asked for again, but not yet."""
        look = self.look
        return (
            look is not None
            and look.stale > 0
            and self.answer is None
            and look.next_look is not None
            and look.next_look > seconds(moment)
        )


class Frontier:
    """Yields addresses to look at, and drives discovery over the network that Scrapy owns.

    It is the walk's memory, too (:class:`crawler.discovery.Memory`): the ledger, but what was
    listed is noted before a door's cursor moves past it, whenever a kill comes.
    """

    def __init__(
        self,
        crawler: Crawler,
        archive: Archive,
        arguments: Arguments,
        note: Callable[[Note], None],
    ) -> None:
        self.crawler = crawler
        self.archive = archive
        self.arguments = arguments
        self.doors: Counter[str] = Counter()
        self.asked: set[str] = set()
        """Addresses that were asked for: of no use to :meth:`owed` and :meth:`witnesses`."""

        self._say = note
        self._summary: Summary | None = None
        # The last answer: what the REST records in the links were read from.
        self._answer: Capture | None = None
        # A CDX server may be asked although it is not the newsroom's.
        self._elsewhere = urlsplit(arguments.cdx).netloc if arguments.cdx else None
        self._listed: list[Link] = []  # that the archive has not been told of
        self._validators: dict[str, tuple[str | None, str | None]] = {}
        ledger = archive.ledger
        self.known, self.known_post = ledger.known, ledger.known_post
        self.count, self.listed = ledger.count, ledger.listed
        self.withheld_posts, self.door = ledger.withheld_posts, ledger.door

    @property
    def has_records(self) -> bool:
        """Whether REST is open."""
        return "rest" in self.doors

    def keep_door(self, name: str, left: Mapping[str, Any]) -> None:
        """Note what was listed, then keep what the door leaves."""
        self._note_listed()
        self.archive.ledger.keep_door(name, left)

    async def found(
        self, robots: bytes, is_article: Callable[[Answer], bool]
    ) -> AsyncIterator[Asked | None]:
        """Yield what the doors list; None for what is worth no look."""
        asked = self.arguments
        window = Window(since=asked.since, until=asked.until)
        walk = plan(
            asked.newsroom,
            self,
            now=now(),
            robots=robots,
            doors=("rest",) if asked.source == "rest" else (asked.discover or "auto"),
            window=window if window != Window() else None,
            rest_records=asked.source == "rest",
            urls=asked.urls,
            cdx=asked.cdx,
            is_article=is_article,
        )
        async for step in self._steps(walk):
            yield self._worth(step)
        if self._summary is not None and not asked.in_part:
            totals, unknown = dict(self._summary.totals), list(self._summary.unknown)
            left = {"at": now().isoformat(), "totals": totals, "unknown": unknown}
            self.archive.ledger.keep_door("audit", left)

    def _worth(self, step: Link | Missing) -> Asked | None:
        looks_again = self.arguments.refresh != "none"
        ledger = self.archive.ledger
        if isinstance(step, Missing):
            link = Link(url=step.known.url, door=step.door)
            return Asked(link, ledger.look(link.url)) if looks_again else None
        answer = self._answer if step.record is not None else None
        if answer is not None and self.arguments.source == "rest":
            return Asked(step, answer=answer, record_alone=True)
        if step.why == "changed" and step.door != "urls" and not looks_again:
            return None
        asked = Asked(attrs.evolve(step, record=None), ledger.look(step.url), answer)
        return None if asked.waits(now()) else asked

    async def owed(self) -> AsyncIterator[Asked]:
        """Yield what earlier runs did not get to, what they owe, and what is due for a look."""
        ledger, asked = self.archive.ledger, self.arguments
        if asked.source == "rest" or asked.in_part:
            return
        looks = [
            *ledger.waiting(A_RUN),
            *ledger.retries(now(), A_RUN),
            *(ledger.owed(now(), A_RUN) if asked.refresh != "none" else ()),
            *ledger.unpaged(now(), asked.budget or A_RUN),
        ]
        if asked.refresh == "all":
            looks += [look for each in ledger.listed() if (look := ledger.look(each.url))]
        elif asked.refresh == "due" and not (self._summary and self._summary.shows_changes):
            looks += ledger.due(now(), A_RUN)
        async for each in self._with_records(looks):
            yield each

    async def witnesses(self) -> AsyncIterator[Asked]:
        """Yield a few articles more, which tell a plugin's block from an edit."""
        async for asked in self._with_records(self.archive.witnesses()):
            if asked.look is not None and asked.look.source == "page":
                yield attrs.evolve(asked, answer=None)
            else:  # one request tells of both
                yield attrs.evolve(asked, record_alone=asked.answer is not None)

    async def _with_records(self, looks: Sequence[AddressRow]) -> AsyncIterator[Asked]:
        """Yield *looks*, with the answer that has their REST record where one could be had."""
        left = {each.url: each for each in looks if each.url not in self.asked}
        links = [
            Link(url=url, door="rest", post_id=each.post_id)
            for url, each in left.items()
            if self.has_records and each.post_id is not None
        ]
        async for step in self._driven(with_records(self.archive.newsroom, self, links, now=now())):
            if isinstance(step, Link):
                answer = self._answer if step.record is not None else None
                yield Asked.again(left.pop(step.url), answer)
        for look in left.values():
            yield Asked.again(look)

    async def _steps(self, walk: Walk) -> AsyncIterator[Link | Missing]:
        """Yield links and known addresses that are not listed any more, as *walk* finds them.

        Those of a document come when all of it is noted, and before the next one is asked for.
        """
        found: list[Link | Missing] = []
        async for step in self._driven(walk):
            if isinstance(step, Fetch):
                self._commit()
                for each in found:
                    yield each
                found.clear()
            elif isinstance(step, Link):
                self.doors[step.door] += 1
                self.crawler.stats.inc_value("run/listed_count")
                self._listed.append(step)
                found.append(step)
            elif isinstance(step, Missing):
                found.append(step)
            elif isinstance(step, Note):
                self._say(step)
            else:
                self._summary = step
                for door, how in step.doors.items():
                    if how != "closed":  # used, also where it lists nothing to look at
                        self.doors[door] += 0
        self._commit()
        for each in found:
            yield each

    async def _driven(self, walk: Walk) -> AsyncIterator[Step]:
        """Yield the steps of *walk*; what it wants is fetched when the step after it is asked for."""
        answer: Answer | None = None
        while True:
            try:
                step = walk.send(answer)
            except StopIteration:
                return
            yield step
            answer = await self._fetch(step) if isinstance(step, Fetch) else None

    def _note_listed(self) -> None:
        if self._listed:
            self.archive.listed(self._listed)
            self._listed = []

    def _commit(self) -> None:
        """Note the links of the last document, and only then that it need not be read again."""
        self._note_listed()
        for url, (etag, modified) in self._validators.items():
            self.archive.keep_validators(url, etag, modified)
        self._validators.clear()

    async def _fetch(self, step: Fetch) -> Answer:
        headers = conditional(self.archive.ledger.validators(step.url)) if step.conditional else {}
        try:
            response = await fetch(
                self.crawler, step.url, headers=headers, allow_host=self._elsewhere
            )
        except (BudgetSpent, RobotsUnreadable, RunEnding):
            raise
        except IgnoreRequest as error:  # robots.txt, a foreign host, a bomb, too many redirects
            logger.info("%s: %s", step.url, words(error))
            status = 0 if isinstance(error, AnswerLost) else CLOSED
            return Answer(url=step.url, status=status, why=words(error))
        capture = as_capture(response)
        if capture.status == HTTPStatus.OK:
            self._answer = capture
            if step.conditional:
                fields = capture.headers
                self._validators[step.url] = fields.get("etag"), fields.get("last-modified")
        return Answer(
            url=capture.url,
            status=capture.status,
            body=capture.body,
            headers=capture.headers,
            seconds=response.meta.get("download_latency", 0.0),
        )
