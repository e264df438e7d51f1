"""The spider of every newsroom: what discovery lists is asked for; answers have their own module."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, ClassVar, Final
from urllib.parse import urlsplit

from scrapy import Request, Spider

from crawler.answers import Answers, Asked
from crawler.archive import Validators
from crawler.arguments import Arguments, read_arguments
from crawler.discovery import Link, Missing, Note, Walk, Window, plan
from crawler.errors import ArchiveError, DiscoveryFailed
from crawler.intake import Intake
from crawler.middlewares import RobotsMiddleware
from crawler.newsrooms import Newsroom, load_newsroom
from crawler.project import newsroom_folders
from crawler.unfetched import BudgetSpent, RobotsUnreadable, RunEnding
from crawler.walker import Walker, conditional, now

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from typing import Self

    from scrapy.crawler import Crawler
    from scrapy.settings import BaseSettings

    from crawler.archive import Archive, Found, Look
    from crawler.extensions import RunKeeper

logger = logging.getLogger(__name__)

AUDIT: Final = "audit"
"""Under this name the ledger keeps how many articles each door counts, for ``scrapy status``."""

A_RUN: Final = 500
"""Looks of one kind (waiting, failed, due) that one run takes on; the next goes on."""


class NewsroomSpider(Spider):
    """Archive one newsroom. A subclass names it; the argument ``site`` can name another."""

    newsroom_name: ClassVar[str | None] = None
    """Name of a newsroom file; None where the arguments ``site`` or ``name`` say it."""

    arguments: Arguments
    newsroom: Newsroom
    intake: Intake
    answers: Answers

    @classmethod
    def asked(cls, given: Mapping[str, Any], settings: BaseSettings) -> Arguments:
        """Return what the arguments *given* ask of this spider."""
        folders = newsroom_folders(settings)
        own = load_newsroom(cls.newsroom_name, folders) if cls.newsroom_name else None
        return read_arguments(given, own, folders)

    @classmethod
    def from_crawler(
        cls, crawler: Crawler, *args: Any, arguments: Arguments | None = None, **kwargs: Any
    ) -> Self:
        """Check the arguments, unless the command has done so."""
        if arguments is None:
            arguments = cls.asked(kwargs, crawler.settings)
        spider = super().from_crawler(crawler, *args)
        spider.arguments = arguments
        spider.newsroom = arguments.newsroom
        spider.intake = Intake(crawler, arguments.limit)
        spider.answers = Answers(crawler, arguments.newsroom, spider.intake)
        spider._asked = set()
        return spider

    _asked: set[str]

    @property
    def keeper(self) -> RunKeeper:
        """The extension that holds the archive."""
        return self.answers.keeper

    @property
    def archive(self) -> Archive:
        """The archive of this run."""
        return self.answers.archive

    async def start(self) -> AsyncIterator[Any]:
        """Yield a request for each article worth a look, and items of a quick backfill."""
        try:
            async for each in self._wanted():
                yield each
        except (ArchiveError, DiscoveryFailed, RobotsUnreadable) as error:
            self.keeper.fail(str(error))
        except BudgetSpent:
            self.keeper.stop("budget")
        except RunEnding:
            return
        if self.intake.full:
            self.keeper.stop("limit")

    async def _wanted(self) -> AsyncIterator[Any]:
        robots = await self._robots()
        cdx = urlsplit(self.arguments.cdx).netloc if self.arguments.cdx else None
        walker = Walker(self.crawler, self.archive, self._heed, cdx)
        walk = self._plan(walker, robots)
        try:
            async for step in walker.steps(walk):
                async for each in self._follow(step, walker):
                    yield each
                if self.keeper.ending or self.intake.full:
                    return
        finally:
            self.keeper.doors.update(walker.doors)
        summary = walker.summary
        if summary is not None:
            self.archive.ledger.keep_door(
                AUDIT, {"at": now().isoformat(), "totals": dict(summary.totals)}
            )
        shows_changes = summary is not None and summary.shows_changes
        for look in self._left_over(shows_changes=shows_changes):
            async for request in self._take(Asked(url=look.url, look=look)):
                yield request

    def _plan(self, walker: Walker, robots: bytes) -> Walk:
        asked = self.arguments
        window = Window(since=asked.since, until=asked.until)
        return plan(
            self.newsroom,
            walker,
            now=now(),
            robots=robots,
            doors=("rest",) if asked.source == "rest" else (asked.discover or "auto"),
            window=window if window != Window() else None,
            rest_records=asked.source == "rest",
            urls=asked.urls,
            cdx=asked.cdx,
        )

    async def _robots(self) -> bytes:
        """Return the site's robots.txt, and with it learn whether the site is there at all."""
        middleware = self.crawler.get_downloader_middleware(RobotsMiddleware)
        if middleware is None:
            return b""
        await middleware.rules(self.newsroom.address)
        parts = urlsplit(self.newsroom.address)
        return middleware.texts.get(f"{parts.scheme}://{parts.netloc}", b"")

    async def _follow(self, step: Link | Missing, walker: Walker) -> AsyncIterator[Any]:
        """Yield what *step* is worth: a request, the item of a REST record, or nothing."""
        looks_again = self.arguments.refresh != "none"
        ledger = self.archive.ledger
        if isinstance(step, Missing):
            if looks_again:
                look = ledger.look(step.known.url)
                async for request in self._take(Asked(url=step.known.url, look=look)):
                    yield request
        elif step.record is not None:
            async for item in self._take_record(step, walker):
                yield item
        elif step.why != "changed" or step.door == "urls" or looks_again:
            look = ledger.look(step.url)
            async for request in self._take(Asked(url=step.url, lastmod=step.lastmod, look=look)):
                yield request

    def _left_over(self, *, shows_changes: bool) -> list[Look]:
        """Return what earlier runs did not get to, what they owe, and what is due for a look."""
        ledger, asked = self.archive.ledger, self.arguments
        if asked.source == "rest" or asked.since or asked.until or asked.urls is not None:
            return []
        looks = [
            *ledger.waiting(A_RUN),
            *ledger.retries(now(), A_RUN),
            *(ledger.owed(now(), A_RUN) if asked.refresh != "none" else ()),
            *ledger.unpaged(now(), asked.budget or A_RUN),
        ]
        if asked.refresh == "all":
            looks += [look for each in ledger.listed() if (look := ledger.look(each.url))]
        elif asked.refresh == "due" and not shows_changes:
            looks += ledger.due(now(), A_RUN)
        return looks

    async def _take(self, asked: Asked) -> AsyncIterator[Request]:
        """Yield the request for *asked*, once a run, when there is room for it."""
        if asked.url in self._asked or self.keeper.ending:
            return
        if not await self.intake.admit():
            return
        self._asked.add(asked.url)
        headers = {}
        if asked.look is not None and asked.lastmod is None and asked.look.source == "page":
            headers = conditional(
                Validators(etag=asked.look.etag, last_modified=asked.look.last_modified)
            )
        yield Request(
            asked.url,
            callback=self.answers.read_page,
            errback=self.answers.not_fetched,
            cb_kwargs={"asked": asked},
            headers=headers,
            dont_filter=True,
        )

    async def _take_record(self, link: Link, walker: Walker) -> AsyncIterator[Found]:
        """Yield the article in the REST answer that *link* came from."""
        if walker.answer is not None and await self.intake.admit():
            async for found in self.answers.read_record(link, walker.answer):
                yield found

    def _heed(self, note: Note) -> None:
        if note.trouble:
            self.keeper.alarm(f"{note.door}: {note.text}")
        else:
            logger.info("%s: %s", note.door, note.text)
            self.keeper.notes.append(f"{note.door}: {note.text}")
