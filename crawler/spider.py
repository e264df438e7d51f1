"""The spider of every newsroom: what it asks for, and what it makes of what comes.

An article goes on to the pipelines with its pages and its lead photo; of everything else the
archive is told here. :class:`Intake` says how many articles a run takes on at once, and in all.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
from typing import TYPE_CHECKING, Any, ClassVar, Final

from scrapy import Request, Spider, signals
from scrapy.exceptions import IgnoreRequest

from crawler.archive import Failed, Finding, Found, Refused, Seen
from crawler.archive import Missing as MissingPage
from crawler.arguments import Arguments, read_arguments
from crawler.discovery import Answer, Note
from crawler.downloader import (
    AnswerLost,
    BudgetSpent,
    ForeignAddress,
    RobotsForbid,
    RobotsUnreadable,
    RunEnding,
    as_refusal,
    fetch,
    slug,
)
from crawler.errors import (
    ArchiveError,
    ConfigurationError,
    DiscoveryFailed,
    InvalidRecord,
    NotAnArticle,
)
from crawler.exit_codes import ALARMING
from crawler.extensions import RunKeeper, keeper_of
from crawler.extract import Page, extract_article, open_page, post_ids
from crawler.frontier import Asked, Frontier
from crawler.items import Capture
from crawler.middlewares import EXCHANGES, RobotsMiddleware, as_capture, conditional
from crawler.newsrooms import Newsroom, load_newsroom
from crawler.normalise.urls import identity, same_host
from crawler.normalise.vocabulary import words_of
from crawler.project import newsroom_folders
from crawler.timestamps import stamp

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Mapping, Sequence
    from typing import Self

    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.settings import BaseSettings
    from twisted.python.failure import Failure

    from crawler.archive import Archive
    from crawler.items import Article

logger = logging.getLogger(__name__)


IN_FLIGHT: Final = 32  # articles on their way at once: a large backfill needs little memory

UNREADABLE: Final = words_of(
    """
    invalid_record no_address no_content no_headline no_text other_article other_post
    too_complex too_deep too_many_pages unsure_text
    """
)
"""Refusals of what should have been an article: kept, told, and tried again. Every other refusal
is nobody's fault."""

# What an article that was public answers when it is for the public no more.
CLOSED: Final = frozenset({"http_401", "http_403", "protected"})
# Refusals that are nobody's fault but where a door lists the address as a post.
LISTS: Final = frozenset({"front_page", "list"})


def _why(capture: Capture) -> str:
    """Return why an answer that is not 200 is none.

    A challenge of Cloudflare says so in a field of its own, whatever its status:
    https://developers.cloudflare.com/cloudflare-challenges/challenge-types/challenge-pages/detect-response/
    """
    if capture.headers.get("cf-mitigated") == "challenge":
        return "captcha"
    return f"http_{capture.status}"


class Intake:
    """Admits articles one by one, so that few wait in memory and a ``limit`` is exact.

    What is admitted is released when its item is through the pipelines, whatever became of it there;
    by :meth:`release` where no item came of it.
    """

    def __init__(self, crawler: Crawler, limit: int | None) -> None:
        self._crawler = crawler
        self._limit = limit
        self._taken = 0
        self._released = asyncio.Event()
        for end in (signals.item_scraped, signals.item_dropped, signals.item_error):
            crawler.signals.connect(self.release, end)

    @property
    def full(self) -> bool:
        return self._left() <= 0

    async def admit(self) -> bool:
        """Wait for room; False when the run is to take no more."""
        while not self.full and self._taken >= min(IN_FLIGHT, self._left()):
            await self._until_released()
        self._taken += not self.full
        return not self.full

    async def idle(self) -> None:
        """Wait until nothing that was admitted is on its way any more."""
        while self._taken > 0:
            await self._until_released()

    def release(self) -> None:
        self._taken -= 1
        self._released.set()

    async def _until_released(self) -> None:
        self._released.clear()
        await self._released.wait()

    def _left(self) -> float:
        new = int(self._crawler.stats.get_value("run/new_count", 0))
        return math.inf if self._limit is None else self._limit - new


class NewsroomSpider(Spider):
    """Archive one newsroom. A subclass names it; the argument ``site`` can name another.

    Asks for what discovery lists and what earlier runs owe; yields what is an article, and tells
    the archive of everything else. Setting: ``ARCHIVE_MEDIA``; with ``lead`` the lead photo of a
    new or changed article is fetched, too.
    """

    newsroom_name: ClassVar[str | None] = None
    """Name of a newsroom file; None where the arguments ``site`` or ``name`` say it."""

    arguments: Arguments
    newsroom: Newsroom
    intake: Intake
    _frontier: Frontier
    _comparing: asyncio.Lock
    _declared: dict[str, str]  # address that pages declare as theirs → hash of what stands there

    @classmethod
    def handles_request(cls, request: Request) -> bool:
        """Whether ``scrapy parse`` and ``shell`` take this spider for *request* by themselves."""
        try:
            own = load_newsroom(cls.newsroom_name) if cls.newsroom_name else None
        except ConfigurationError:  # of a folder of the user's
            own = None
        return own is not None and same_host(request.url, own.own_hosts)

    @classmethod
    def asked(cls, given: Mapping[str, Any], settings: BaseSettings) -> Arguments:
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
        spider._declared = {}
        spider._comparing = asyncio.Lock()
        return spider

    # Methods, since Scrapy's feeds read every attribute of a spider before the archive is open.

    def keeper(self) -> RunKeeper:
        return keeper_of(self.crawler)

    def archive(self) -> Archive:
        archive = self.keeper().archive
        assert archive is not None  # without one the spider is closed before it starts
        return archive

    # --- what is asked for

    async def start(self) -> AsyncIterator[Any]:
        """Yield a request for each article worth a look, and items of a quick backfill.

        Opens the archive, which Scrapy's own tools (shell, fetch, parse, check) do not: they have
        another start, or none.
        """
        if not self.keeper().open(self.arguments):
            return
        try:
            async for each in self._wanted():
                yield each
        except (ArchiveError, DiscoveryFailed, RobotsUnreadable) as error:
            self.keeper().fail(str(error))
        except BudgetSpent:
            self.keeper().stop("budget")
        except RunEnding:
            return
        if self.intake.full:
            self.keeper().stop("limit")

    async def _wanted(self) -> AsyncIterator[Any]:
        # With it a run learns whether the site is there at all.
        obeys = self.crawler.get_downloader_middleware(RobotsMiddleware)
        robots = b"" if obeys is None else await obeys.text(self.newsroom.address)
        frontier = Frontier(self.crawler, self.archive(), self.arguments, self._heed)
        self._frontier = frontier
        self.keeper().doors = frontier.doors
        async for found in frontier.found(robots, self._is_article):
            for each in await self._take(found) if found is not None else ():
                yield each
            if self.keeper().ending or self.intake.full:
                return
        async for owed in frontier.owed():
            for each in await self._take(owed):
                yield each
        await self.intake.idle()
        if self.keeper().ending or self.arguments.urls is not None:
            return
        async for witness in frontier.witnesses():
            for each in await self._take(witness):
                yield each

    def _is_article(self, answer: Answer) -> bool:
        capture = Capture(
            url=answer.url, status=answer.status, body=answer.body, headers=answer.headers
        )
        try:
            extract_article([capture], self.newsroom)
        except (NotAnArticle, InvalidRecord):
            return False
        return True

    async def _take(self, asked: Asked) -> list[Any]:
        """Return the request for *asked*, once a run, or its item, when there is room for it."""
        if asked.record_alone:
            return (
                await self._conclude(self._judge_record(asked)) if await self.intake.admit() else []
            )
        wanted = asked.url not in self._frontier.asked and not self.keeper().ending
        if not (wanted and await self.intake.admit()):
            return []
        self._frontier.asked.add(asked.url)
        headers = {}
        if asked.look is not None and asked.link.lastmod is None and not asked.answer:
            headers = conditional(asked.look)
        return [
            Request(
                asked.url,
                callback=self.read_page,
                errback=self.not_fetched,
                cb_kwargs={"asked": asked},
                headers=headers,
                dont_filter=True,
            )
        ]

    def _heed(self, note: Note) -> None:
        verdict = self.keeper().verdict
        kind = verdict.gaps if note.incomplete else verdict.notes
        text = f"{note.door}: {note.text}"
        (verdict.alarms if note.trouble else kind).append(text)
        logger.info(text)

    # --- what came of it

    async def parse(self, response: Response) -> AsyncIterator[Article]:
        """Yield the article at *response*, for ``scrapy parse``: nothing is archived."""
        try:
            yield (await self._whole(as_capture(response))).article()
        except (NotAnArticle, InvalidRecord, AnswerLost) as error:
            logger.error(str(error))

    async def read_page(self, response: Response, asked: Asked) -> list[Found]:
        """Return the article at *response* with its further pages, or tell the archive why not."""
        return await self._conclude(self._judge(as_capture(response), asked))

    async def not_fetched(self, failure: Failure) -> None:
        """Tell the archive why an address could not be had; raise what nobody foresaw."""
        request: Request = failure.request  # type: ignore[attr-defined]  # Scrapy puts it there
        asked: Asked = request.cb_kwargs["asked"]
        assert failure.value is not None
        error = as_refusal(failure.value)
        finding = self._not_had(asked, error)
        hops = request.meta.get(EXCHANGES, ())
        if asked.is_known and hops and isinstance(error, ForeignAddress):
            capture = Capture(url=asked.url, body=b"", status=hops[0].status, exchanges=hops)
            finding = _moved(asked, [capture])
        try:
            await self._tell(finding)
        finally:
            self.intake.release()
        if not isinstance(error, IgnoreRequest):
            self.keeper().surprised()
            raise error

    async def _conclude(self, judging: Awaitable[Finding | None]) -> list[Found]:
        """Hand on the article that *judging* comes to; of anything else tell the archive."""
        finding = None
        try:
            finding = await judging
            if isinstance(finding, Found):
                return [finding]
            await self._tell(finding)
        finally:
            if not isinstance(finding, Found):
                self.intake.release()
        return []

    async def _judge(self, first: Capture, asked: Asked) -> Finding | None:
        if first.status == 200:  # noqa: PLR2004 -- OK
            return await self._judge_page(first, asked)
        why = _why(first)
        if asked.is_known and first.status == 304:  # noqa: PLR2004 -- Not Modified
            return Seen(
                asked.url,
                etag=first.headers.get("etag"),
                last_modified=first.headers.get("last-modified"),
                lastmod=asked.link.lastmod,
                began=stamp(first.exchanges[-1].fetched_at) if first.exchanges else None,
            )
        if asked.is_known and first.status in (404, 410):
            return MissingPage(asked.url, first.status, [first])
        if not asked.is_known or why not in CLOSED:
            return Failed(asked.url, why)
        if asked.answer is not None:  # it is public still: something stands before its page
            return self._by_record(asked, why)
        return MissingPage(asked.url, first.status, [first], "closed")

    async def _judge_page(self, first: Capture, asked: Asked) -> Finding | None:
        captures, answer = [first], asked.answer
        try:
            page = await self._whole(first)
            captures = page.captures
            if answer is None or page.is_newer_than(answer, asked.link.post_id):
                answer = await self._record_of(page) or answer
            post_id = asked.link.post_id
            article = page.article(answer, post_id=post_id, furniture=self.archive().furniture)
            captures += [answer] if answer is not None else []
            if post_id is not None and article.post_id not in (None, post_id):
                raise NotAnArticle(asked.url, "other_article")  # noqa: TRY301 -- as its reader would
            if answer is None:  # which says whose page it is
                await self._refuse_stranger(page.elsewhere, article, asked)
            captures += await self._photo(article)
        except NotAnArticle as error:
            if asked.answer is not None and error.reason in UNREADABLE - {"other_post"}:
                return self._by_record(asked, error.reason)
            return self._no_article(asked, captures, error.reason)
        except (InvalidRecord, IgnoreRequest) as error:
            return self._not_had(asked, error, captures)
        strange = asked.look is not None and asked.look.article not in (None, article.id)
        if strange and identity(asked.url) != identity(article.url):
            await self._tell(_moved(asked, captures))
        return Found(article, captures, asked.link.lastmod)

    async def _judge_record(self, asked: Asked) -> Finding | None:
        assert asked.answer is not None
        unknown, captures = Asked(asked.link), [asked.answer]  # what the ledger knows is of a page
        try:
            article = self._article(captures, asked.link.post_id)
        except NotAnArticle as error:
            return self._no_article(unknown, captures, error.reason)
        except InvalidRecord as error:
            return self._not_had(unknown, error, captures)
        return Found(article, captures, asked.link.lastmod)

    def _by_record(self, asked: Asked, reason: str) -> Found:
        """Return the article as its record states it, its page as it was last captured."""
        assert asked.answer is not None
        known = asked.look.article if asked.look is not None else None
        captures = [*(self.archive().stored_pages(known) if known else ()), asked.answer]
        article = self._article(captures, asked.link.post_id)
        return Found(article, captures, asked.link.lastmod, without_page=reason)

    def _article(self, captures: Sequence[Capture], post_id: int | None) -> Article:
        furniture = self.archive().furniture
        return extract_article(captures, self.newsroom, post_id=post_id, furniture=furniture)

    async def _refuse_stranger(self, url: str | None, article: Article, asked: Asked) -> None:
        """Raise :exc:`NotAnArticle` where *article* is what stands at *url*, as its page declares.

        A plugin that is set up wrongly has every page declare one address: what stands there tells.
        """
        if url is None or self.archive().ledger.known(url) is None:
            return
        async with self._comparing:
            if url not in self._declared:
                stands = ""
                with contextlib.suppress(NotAnArticle, InvalidRecord, AnswerLost):
                    there = await self._whole(await self._get(url))
                    stands = there.article().content_hash
                self._declared[url] = stands
        if self._declared[url] == article.content_hash:
            raise NotAnArticle(asked.url, "other_article")

    # --- what else is fetched

    async def _whole(self, first: Capture) -> Page:
        """Return the page that *first* begins, with the further ones of its article."""
        page = open_page(first, self.newsroom)
        while url := page.next_missing():
            page.add(await self._get(url))
        return page

    async def _get(self, url: str) -> Capture:
        """Return what is at *url*; raises :exc:`AnswerLost` where that is not 200."""
        response = await fetch(self.crawler, url)
        if response.status != 200:  # noqa: PLR2004 -- OK
            raise AnswerLost(f"{url}: http_{response.status}")
        return as_capture(response)

    async def _optional(self, url: str) -> Capture | None:
        """Return what is at *url*; None where it cannot be had, which fails nothing."""
        try:
            return await self._get(url)
        except (BudgetSpent, RunEnding):
            raise  # the next run fetches the article, and this with it
        except IgnoreRequest as error:
            logger.info("%s: %s", url, slug(error))
            return None

    async def _photo(self, article: Article) -> list[Capture]:
        """Return the lead photo where it is wanted, and its article is news."""
        if self.settings["ARCHIVE_MEDIA"] != "lead" or article.image_url is None:
            return []
        if self.archive().ledger.says(article):
            return []
        photo = await self._optional(article.image_url)
        kind = photo.headers.get("content-type", "").lower() if photo is not None else ""
        return [photo] if photo is not None and kind.startswith("image/") else []

    async def _record_of(self, page: Page) -> Capture | None:
        """Return the record that *page* names: of a post of another type, or as it is by now."""
        address = page.record_address
        if address is None or not self._frontier.has_records:
            return None
        answer = await self._optional(f"{address}{'&' if '?' in address else '?'}_embed=1")
        return answer if answer is not None and post_ids(answer) else None

    # --- what the archive is told

    def _no_article(self, asked: Asked, captures: list[Capture], reason: str) -> Finding:
        if reason in ALARMING or reason == "empty_page":  # says nothing of the page
            return Failed(asked.url, reason)
        if asked.is_known and len(captures[0].exchanges) > 1:
            return _moved(asked, captures)
        if asked.is_known and reason in CLOSED:
            return MissingPage(asked.url, captures[0].status, captures[:1], "closed")
        keep = reason in UNREADABLE or (reason in LISTS and asked.wants_post(reason, captures))
        return Refused(asked.url, reason, captures, keep=keep, lastmod=asked.link.lastmod)

    def _not_had(
        self, asked: Asked, error: BaseException, captures: Sequence[Capture] = ()
    ) -> Finding | None:
        if isinstance(error, InvalidRecord):
            logger.warning("%s: %s", asked.url, error)
            lastmod = asked.link.lastmod
            return Refused(asked.url, "invalid_record", captures, keep=True, lastmod=lastmod)
        if isinstance(error, BudgetSpent):  # it stays listed, and the next run asks
            self.keeper().stop("budget")
        if isinstance(error, BudgetSpent | RunEnding):
            return None
        if isinstance(error, RobotsForbid | ForeignAddress):
            return Refused(asked.url, slug(error), lastmod=asked.link.lastmod)
        return Failed(asked.url, slug(error))

    async def _tell(self, finding: Finding | None) -> None:
        if isinstance(finding, Failed):
            logger.info("%s: %s", finding.url, finding.reason)
        if isinstance(finding, Refused):
            logger.info("%s is not an article (%s)", finding.url, finding.reason)
        if finding is not None:
            await self.keeper().submit(finding)


def _moved(asked: Asked, captures: list[Capture]) -> MissingPage:
    hops = captures[0].exchanges
    return MissingPage(asked.url, hops[0].status if hops else 301, captures[:1], "moved")
