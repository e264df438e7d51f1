"""The spider of every newsroom: what discovery lists is fetched, what is found is read."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, ClassVar, Final
from urllib.parse import urlsplit

import attrs
from scrapy import Request, Spider
from scrapy.exceptions import IgnoreRequest

from crawler.archive import Failed, Found, Look, Missing, Refused, Seen, Validators
from crawler.arguments import Arguments, read_arguments
from crawler.captures import Capture
from crawler.discovery import Link, Note, Walk, Window, plan
from crawler.discovery import Missing as NotListed
from crawler.errors import DiscoveryFailed, InvalidRecord, NotAnArticle
from crawler.extensions import RunKeeper
from crawler.extract import extract_article, page_addresses
from crawler.intake import Intake
from crawler.middlewares import (
    NETWORK_ERRORS,
    BudgetSpent,
    ForeignAddress,
    RobotsForbid,
    RobotsMiddleware,
    RobotsUnreadable,
)
from crawler.newsrooms import Newsroom, load_newsroom
from crawler.politeness import RunEnding
from crawler.walker import Walker, as_capture, conditional, now

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from typing import Self

    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from crawler.archive import Archive
    from crawler.items import Article

logger = logging.getLogger(__name__)

IN_A_ROW: Final = 10
"""Failed fetches in a row after which the site is taken to be out of reach."""

AUDIT: Final = "audit"
"""Under this name the ledger keeps how many articles each door counts, for ``scrapy status``."""

A_RUN: Final = 500
"""Looks of one kind (waiting, failed, due) that one run takes on; the next goes on."""


@attrs.frozen(kw_only=True)
class Asked:
    """Why an article's address is asked for."""

    url: str
    lastmod: str | None = None
    look: Look | None = None
    """What the ledger knew of it, None for a new one."""

    @property
    def is_known(self) -> bool:
        """Whether an article was archived from this address."""
        return self.look is not None and self.look.id is not None


class NewsroomSpider(Spider):
    """Archive one newsroom. A subclass names it; the argument ``site`` can name another."""

    newsroom_name: ClassVar[str | None] = None
    """Name of a file in ``crawler/sites``; None where the argument ``site`` says it."""

    arguments: Arguments
    newsroom: Newsroom
    intake: Intake

    @classmethod
    def own_newsroom(cls) -> Newsroom | None:
        """Return the newsroom that the class names, if it does."""
        return load_newsroom(cls.newsroom_name) if cls.newsroom_name else None

    @classmethod
    def from_crawler(
        cls, crawler: Crawler, *args: Any, arguments: Arguments | None = None, **kwargs: Any
    ) -> Self:
        """Check the arguments, unless the command has done so."""
        if arguments is None:
            arguments = read_arguments(kwargs, cls.own_newsroom())
        spider = super().from_crawler(crawler, *args)
        spider.arguments = arguments
        spider.newsroom = arguments.newsroom
        spider.intake = Intake(crawler, arguments.limit)
        spider._failed_in_a_row = 0
        spider._asked = set()
        return spider

    _failed_in_a_row: int
    _asked: set[str]

    @property
    def keeper(self) -> RunKeeper:
        """The extension that holds the archive."""
        keeper = self.crawler.get_extension(RunKeeper)
        assert keeper is not None  # the add-on brings it
        return keeper

    @property
    def archive(self) -> Archive:
        """The archive of this run."""
        archive = self.keeper.archive
        assert archive is not None  # without one the spider is closed before it starts
        return archive

    # --- what to ask for

    async def start(self) -> AsyncIterator[Any]:
        """Yield a request for each article worth a look, and items of a quick backfill."""
        try:
            async for each in self._wanted():
                yield each
        except (DiscoveryFailed, RobotsUnreadable) as error:
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
        walk = self._plan(robots)
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

    def _plan(self, robots: bytes) -> Walk:
        asked = self.arguments
        window = Window(since=asked.since, until=asked.until)
        return plan(
            self.newsroom,
            self.archive.ledger,
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
        return middleware.texts.get(self.newsroom.address.rstrip("/"), b"")

    async def _follow(self, step: Link | NotListed, walker: Walker) -> AsyncIterator[Any]:
        ledger = self.archive.ledger
        if isinstance(step, NotListed):
            look = ledger.look(step.known.url)
            async for request in self._take(Asked(url=step.known.url, look=look)):
                yield request
        elif step.record is not None:
            async for item in self._take_record(step, walker):
                yield item
        elif step.why != "changed" or step.door == "urls" or self.arguments.refresh != "none":
            look = ledger.look(step.url)
            async for request in self._take(Asked(url=step.url, lastmod=step.lastmod, look=look)):
                yield request

    def _left_over(self, *, shows_changes: bool) -> list[Look]:
        """Return what earlier runs did not get to, what failed, and what is due for a look."""
        ledger, asked = self.archive.ledger, self.arguments
        if asked.source == "rest" or asked.since or asked.until or asked.urls is not None:
            return []
        looks = [
            *ledger.waiting(A_RUN),
            *ledger.retries(now(), A_RUN),
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
            callback=self.read_page,
            errback=self.not_fetched,
            cb_kwargs={"asked": asked},
            headers=headers,
            dont_filter=True,
        )

    async def _take_record(self, link: Link, walker: Walker) -> AsyncIterator[Found]:
        """Yield the article in the REST answer that *link* came from."""
        if walker.answer is None or not await self.intake.admit():
            return
        captures = [walker.answer]
        try:
            article = extract_article(captures, self.newsroom, post_id=link.post_id)
        except NotAnArticle as error:
            await self._refuse(link.url, error.reason, captures, lastmod=link.lastmod)
        except InvalidRecord as error:
            logger.warning("%s: %s", link.url, error)
            await self._refuse(link.url, "invalid_record", captures, lastmod=link.lastmod)
        else:
            yield Found(article, captures, link.lastmod)

    # --- what came of it

    async def read_page(self, response: Response, asked: Asked) -> AsyncIterator[Found]:
        """Yield the article at *response* and its further pages, or tell the archive why not."""
        self._failed_in_a_row = 0
        captures = [as_capture(response)]
        if response.status == 304:  # noqa: PLR2004 -- Not Modified
            await self._seen(asked, captures[0])
        elif response.status in (404, 410) and asked.is_known:
            await self._done(Missing(asked.url, response.status, captures))
        elif response.status != 200:  # noqa: PLR2004 -- OK
            await self._fail(asked.url, f"http_{response.status}")
        else:
            try:
                captures = await self._all_pages(captures[0])
                article = extract_article(captures, self.newsroom)
            except NotAnArticle as error:
                await self._not_an_article(asked, captures, error.reason)
            except InvalidRecord as error:
                logger.warning("%s: %s", asked.url, error)
                await self._refuse(asked.url, "invalid_record", captures, lastmod=asked.lastmod)
            except PageMissing as error:
                await self._fail(asked.url, str(error))
            except (IgnoreRequest, *NETWORK_ERRORS) as error:
                await self._not_had(asked.url, error)
            else:
                await self._about_address(asked, captures, article)
                yield Found(article, captures, asked.lastmod)

    async def not_fetched(self, failure: Failure) -> None:
        """Tell the archive why an address could not be had."""
        request: Request = failure.request  # type: ignore[attr-defined]  # Scrapy puts it there
        asked: Asked = request.cb_kwargs["asked"]
        assert failure.value is not None
        await self._not_had(asked.url, failure.value)

    async def _all_pages(self, first: Capture) -> list[Capture]:
        """Return the captures of all pages of the article that *first* is a page of, in order."""
        captures = []
        for url in page_addresses(first, self.newsroom) or (first.url,):
            if url.rstrip("/") == first.url.rstrip("/"):
                captures.append(first)
                continue
            response = await self.crawler.engine.download_async(Request(url, dont_filter=True))
            if response.status != 200:  # noqa: PLR2004 -- OK
                raise PageMissing(f"{url}: http_{response.status}")
            captures.append(as_capture(response))
        return captures or [first]

    async def _about_address(self, asked: Asked, captures: list[Capture], article: Article) -> None:
        """Tell the archive when the address led to another article than it was known for."""
        hops = captures[0].exchanges
        if asked.look is not None and asked.is_known and asked.look.id != article.id:
            status = hops[0].status if hops else 301
            await self.keeper.submit(Missing(asked.url, status, captures[:1]))
        elif article.url != asked.url and not asked.is_known:
            await self.keeper.submit(Refused(asked.url, "another_address", lastmod=asked.lastmod))

    async def _not_an_article(self, asked: Asked, captures: list[Capture], reason: str) -> None:
        hops = captures[0].exchanges
        if asked.is_known and len(hops) > 1:
            await self._done(Missing(asked.url, hops[0].status, captures[:1]))
        else:
            await self._refuse(asked.url, reason, captures, lastmod=asked.lastmod)

    async def _seen(self, asked: Asked, capture: Capture) -> None:
        await self._done(
            Seen(
                asked.url,
                etag=capture.headers.get("etag"),
                last_modified=capture.headers.get("last-modified"),
                lastmod=asked.lastmod,
            )
        )

    async def _refuse(
        self, url: str, reason: str, captures: list[Capture], *, lastmod: str | None
    ) -> None:
        keep = reason == "invalid_record"
        logger.info("%s is not an article (%s)", url, reason)
        await self._done(Refused(url, reason, captures, keep=keep, lastmod=lastmod))

    async def _not_had(self, url: str, error: BaseException) -> None:
        if isinstance(error, RunEnding | BudgetSpent):  # it stays listed, and the next run asks
            await self.intake.release()
            if isinstance(error, BudgetSpent):
                self.keeper.stop("budget")
        elif isinstance(error, RobotsForbid):
            await self._refuse(url, "robots", [], lastmod=None)
        elif isinstance(error, ForeignAddress):
            await self._refuse(url, "foreign_address", [], lastmod=None)
        else:
            await self._fail(url, _slug(error))

    async def _fail(self, url: str, reason: str) -> None:
        logger.warning("%s: %s", url, reason)
        await self._done(Failed(url, reason))
        self._failed_in_a_row += 1
        if self._failed_in_a_row >= IN_A_ROW:
            self.keeper.fail(
                f"{self.newsroom.address}: {IN_A_ROW} fetches in a row failed, the last with "
                f"{reason}; what is left is tried again in the next run"
            )

    async def _done(self, finding: Seen | Missing | Refused | Failed) -> None:
        """Tell the archive of an address that no item comes of."""
        await self.keeper.submit(finding)
        await self.intake.release()

    def _heed(self, note: Note) -> None:
        if note.trouble:
            self.keeper.alarm(f"{note.door}: {note.text}")
        else:
            logger.info("%s: %s", note.door, note.text)
            self.keeper.notes.append(f"{note.door}: {note.text}")


class PageMissing(Exception):
    """A further page of an article could not be had, so that the article is not whole."""


def _slug(error: BaseException) -> str:
    """Return why a fetch failed in a few words, such as ``timeout``."""
    names = {
        "CannotResolveHostError": "dns",
        "DownloadConnectionRefusedError": "connection_refused",
        "DownloadTimeoutError": "timeout",
        "DownloadCancelledError": "too_large",
        "ResponseDataLossError": "cut_short",
    }
    name = type(error).__name__
    return names.get(name) or f"{name}: {error}".strip(": ")[:200]
