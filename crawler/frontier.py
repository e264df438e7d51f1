"""Drive a walk of discovery over the network that Scrapy owns."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http.request import NO_CALLBACK

from crawler.discovery import (
    Answer,
    Fetch,
    Link,
    Missing,
    Note,
    Step,
    Summary,
    Walk,
    with_records,
)
from crawler.fetch_errors import (
    AnswerLost,
    BudgetSpent,
    RobotsUnreadable,
    RunEnding,
    fetch,
    words,
)
from crawler.items import Capture
from crawler.middlewares import as_capture, conditional
from crawler.timestamps import now

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from crawler.archive import Archive

logger = logging.getLogger(__name__)

CLOSED: Final = 403
"""Status of an answer that robots.txt or the address guard kept from being asked for, or that
was not read to its end."""


class Frontier:
    """Fetches what a walk wants, notes what it lists, and hands on what is to be looked at.

    It is the walk's memory, too (:class:`crawler.discovery.Memory`): the ledger, but what was
    listed is noted before a door's cursor moves past it, whenever a kill comes.
    """

    def __init__(
        self,
        crawler: Crawler,
        archive: Archive,
        note: Callable[[Note], None],
        elsewhere: str | None = None,
    ) -> None:
        """*elsewhere*: host of a CDX server, which may be asked although it is not the newsroom's."""
        self.crawler = crawler
        self.archive = archive
        self.doors: Counter[str] = Counter()
        self.summary: Summary | None = None
        # The last answer: what the REST records in the links were read from.
        self.answer: Capture | None = None
        self._elsewhere = elsewhere
        self._say = note
        self._listed: list[Link] = []  # that the archive has not been told of
        self._validators: dict[str, tuple[str | None, str | None]] = {}
        ledger = archive.ledger
        self.known, self.known_post = ledger.known, ledger.known_post
        self.count, self.listed = ledger.count, ledger.listed
        self.withheld_posts, self.door = ledger.withheld_posts, ledger.door

    def keep_door(self, name: str, left: Mapping[str, Any]) -> None:
        """Note what was listed, then keep what the door leaves."""
        self._note_listed()
        self.archive.ledger.keep_door(name, left)

    async def steps(self, walk: Walk) -> AsyncIterator[Link | Missing]:
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
                self.summary = step
                for door, how in step.doors.items():
                    if how != "closed":  # used, also where it lists nothing to look at
                        self.doors[door] += 0
        self._commit()
        for each in found:
            yield each

    async def records(self, links: Sequence[Link]) -> AsyncIterator[tuple[Link, Capture | None]]:
        """Yield *links*, each with the answer that has its REST record where one could be had."""
        async for step in self._driven(with_records(self.archive.newsroom, self, links, now=now())):
            if isinstance(step, Link):
                yield step, self.answer if step.record is not None else None

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
        headers = {}
        if step.conditional:
            headers = conditional(self.archive.ledger.validators(step.url))
        request = Request(
            step.url,
            callback=NO_CALLBACK,
            headers=headers,
            dont_filter=True,
            meta={"allow_host": self._elsewhere},
        )
        try:
            response = await fetch(self.crawler, request)
        except (BudgetSpent, RobotsUnreadable, RunEnding):
            raise
        except IgnoreRequest as error:  # robots.txt, a foreign host, a bomb, too many redirects
            logger.info("%s: %s", step.url, words(error))
            status = 0 if isinstance(error, AnswerLost) else CLOSED
            return Answer(url=step.url, status=status, why=words(error))
        capture = as_capture(response)
        if capture.status == HTTPStatus.OK:
            self.answer = capture
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
