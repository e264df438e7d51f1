"""The spider of every newsroom: what it asks for, and what it makes of what comes.

An article goes on to the pipelines with its pages and its lead photo; of everything else the
archive is told here. :class:`Intake` says how many articles a run takes on at once, and in all.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any, ClassVar, Final
from urllib.parse import urlsplit

import attrs
from scrapy import Request, Spider, signals
from scrapy.exceptions import IgnoreRequest
from scrapy.http.request import NO_CALLBACK

from crawler.archive import AddressRow, Failed, Found, Refused, Seen, Validators
from crawler.archive import Missing as MissingPage
from crawler.arguments import Arguments, read_arguments
from crawler.discovery import Answer, Link, Missing, Note, Walk, Window, plan
from crawler.errors import (
    ArchiveError,
    ConfigurationError,
    DiscoveryFailed,
    InvalidRecord,
    NotAnArticle,
)
from crawler.extensions import ALARMING, RunKeeper, answered
from crawler.extract import Page, extract_article, open_page, post_ids
from crawler.fetch_errors import (
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
from crawler.frontier import Frontier
from crawler.items import Capture
from crawler.middlewares import EXCHANGES, RobotsMiddleware, as_capture, conditional
from crawler.newsrooms import Newsroom, load_newsroom
from crawler.normalise.urls import same_host
from crawler.project import newsroom_folders
from crawler.timestamps import now, seconds, stamp

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import AsyncIterator, Mapping, Sequence
    from typing import Self

    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.settings import BaseSettings
    from twisted.python.failure import Failure

    from crawler.archive import Archive
    from crawler.items import Article

logger = logging.getLogger(__name__)


class PageMissing(Exception):
    """A further page of an article could not be had, so that the article is not whole."""


async def further_page(crawler: Crawler, url: str) -> Capture:
    """Return the capture of a further page of an article; raises :exc:`PageMissing`."""
    response = await _download(crawler, url)
    if response.status != 200:  # noqa: PLR2004 -- OK
        raise PageMissing(f"{url}: http_{response.status}")
    return as_capture(response)


async def photo_at(crawler: Crawler, url: str) -> list[Capture]:
    """Return the photo at *url*; nothing where it cannot be had, which fails nothing."""
    try:
        response = await _download(crawler, url)
    except (BudgetSpent, RunEnding):
        raise  # the next run fetches the article, and the photo with it
    except IgnoreRequest as error:
        logger.info("%s: no photo: %s", url, slug(error))
        return []
    capture = as_capture(response)
    kind = capture.headers.get("content-type", "").lower()
    if response.status != 200 or not kind.startswith("image/"):  # noqa: PLR2004 -- OK
        logger.info("%s: no photo: http_%s, %s", url, response.status, kind)
        return []
    return [capture]


async def _download(crawler: Crawler, url: str) -> Response:
    request = Request(url, callback=NO_CALLBACK, dont_filter=True)
    return await fetch(crawler, request)


IN_A_ROW: Final = 10
"""Failed fetches in a row after which the site is taken to be out of reach."""

OF_THE_PAGE: Final = frozenset({"http_404", "http_410"})
"""Failures that say that a page is not there, and so that the site is: not counted in a row."""

UNREADABLE: Final = frozenset(
    {
        "invalid_record",
        "no_address",
        "no_content",
        "no_headline",
        "no_text",
        "other_article",
        "other_post",
        "too_complex",
        "too_deep",
        "too_many_pages",
        "unsure_text",
    }
)
"""Refusals of what should have been an article: kept, told, and tried again. Every other refusal
is nobody's fault."""


CLOSED: Final = frozenset({"http_401", "http_403", "protected"})
"""What an article that was public answers when it is for the public no more."""

LISTS: Final = frozenset({"front_page", "list"})
"""Refusals that are nobody's fault but where a door lists the address as a post."""


@attrs.frozen(kw_only=True)
class Asked:
    """Why an article's address is asked for."""

    url: str
    lastmod: str | None = None
    look: AddressRow | None = None
    """What the ledger knew of it, None for a new one."""

    door: str = ""
    sure: bool = False
    """Whether that door lists posts and nothing else."""

    post_id: int | None = None
    """Id of the post, where the door states it."""

    answer: Capture | None = attrs.field(default=None, repr=False)
    """The REST list that has its record."""

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
        return self.sure or self.is_known or (moved and self.door not in ("listing", "cdx"))

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

    def check(self, article: Article) -> None:
        """Raise :exc:`NotAnArticle` where *article* is not the post that a door listed here."""
        if self.post_id is not None and article.post_id not in (None, self.post_id):
            raise NotAnArticle(self.url, "other_article")


def _why(capture: Capture) -> str:
    """Return why an answer that is not 200 is none.

    A challenge of Cloudflare says so in a field of its own, whatever its status:
    https://developers.cloudflare.com/cloudflare-challenges/challenge-types/challenge-pages/detect-response/
    """
    if capture.headers.get("cf-mitigated") == "challenge":
        return "captcha"
    return f"http_{capture.status}"


IN_FLIGHT: Final = 32
"""Articles that may be on their way at once, so that a large backfill needs little memory."""


class Intake:
    """Admits articles one by one, so that few wait in memory and a ``limit`` is exact.

    What is admitted is released once the archive has answered, or when it is dropped before that;
    by :meth:`release` where no item came of it.
    """

    def __init__(self, crawler: Crawler, limit: int | None) -> None:
        self._crawler = crawler
        self._limit = limit
        self._taken = 0
        self._changed = asyncio.Condition()
        self._under_way: dict[int, Found] = {}
        crawler.signals.connect(self._answered, answered)
        crawler.signals.connect(self._dropped, signals.item_dropped)
        crawler.signals.connect(self._dropped, signals.item_error)

    @property
    def full(self) -> bool:
        """Whether the run has as many new articles as it was asked for."""
        return self._limit is not None and self._new() >= self._limit

    async def admit(self) -> bool:
        """Wait for room; False when the run is to take no more."""
        async with self._changed:
            await self._changed.wait_for(lambda: self.full or self._has_room())
            if self.full:
                return False
            self._taken += 1
            return True

    def hand_over(self, found: Found) -> Found:
        """Return *found*, for which there was room, on its way to the pipelines."""
        self._under_way[id(found)] = found
        return found

    async def idle(self) -> None:
        """Wait until nothing that was admitted is on its way any more."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._taken <= 0)

    async def release(self) -> None:
        """Give back the room of one that was admitted."""
        async with self._changed:
            self._taken -= 1
            self._changed.notify_all()

    def _has_room(self) -> bool:
        room = IN_FLIGHT
        if self._limit is not None:
            room = min(room, self._limit - self._new())
        return self._taken < room

    def _new(self) -> int:
        return int(self._crawler.stats.get_value("run/new_count", 0))

    async def _answered(self, finding: Any) -> None:
        await self._let_go(finding)

    async def _dropped(self, item: Any) -> None:
        await self._let_go(item)

    async def _let_go(self, found: Any) -> None:
        if self._under_way.pop(id(found), None) is not None:
            await self.release()


AUDIT: Final = "audit"
"""Under this name the ledger keeps how many articles each door counts, for ``scrapy status``."""

A_RUN: Final = 500
"""Looks of one kind (waiting, failed, due) that one run takes on; the next goes on."""


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
    _takes_photos: bool
    _has_records: bool
    """Whether REST was found open in this run."""

    _failed_in_a_row: int
    _asked: set[str]
    _comparing: asyncio.Lock
    _declared: dict[str, str]
    """Address that pages declare to be their own → content hash of what stands there."""

    @classmethod
    def handles_request(cls, request: Request) -> bool:
        """Whether ``scrapy parse`` and ``shell`` take this spider for *request* by themselves."""
        try:
            own = load_newsroom(cls.newsroom_name) if cls.newsroom_name else None
        except ConfigurationError:  # of a folder of the user's
            own = None
        return own is not None and same_host(request.url, (own.host, *own.hosts))

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
        spider._takes_photos = crawler.settings["ARCHIVE_MEDIA"] == "lead"
        spider._has_records = False
        spider._failed_in_a_row = 0
        spider._asked = set()
        spider._declared = {}
        spider._comparing = asyncio.Lock()
        return spider

    # Methods, since Scrapy's feeds read every attribute of a spider before the archive is open.

    def keeper(self) -> RunKeeper:
        """Return the extension that holds the archive."""
        keeper = self.crawler.get_extension(RunKeeper)
        assert keeper is not None  # the add-on brings it
        return keeper

    def archive(self) -> Archive:
        """Return the archive of this run."""
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
        robots = await self._robots()
        cdx = urlsplit(self.arguments.cdx).netloc if self.arguments.cdx else None
        frontier = Frontier(self.crawler, self.archive(), self._heed, cdx)
        walk = self._plan(frontier, robots)
        try:
            async for step in frontier.steps(walk):
                self._has_records = "rest" in frontier.doors
                async for each in self._follow(step, frontier):
                    yield each
                if self.keeper().ending or self.intake.full:
                    return
        finally:
            self.keeper().doors.update(frontier.doors)
        summary, asked = frontier.summary, self.arguments
        if summary is not None and not (asked.since or asked.until or asked.urls is not None):
            found = {"totals": dict(summary.totals), "unknown": list(summary.unknown)}
            self.archive().ledger.keep_door(AUDIT, {"at": now().isoformat(), **found})
        shows_changes = summary is not None and summary.shows_changes
        self._has_records = "rest" in frontier.doors
        left_over = self._left_over(shows_changes=shows_changes)
        async for one in self._with_records(left_over, frontier):
            async for request in self._take(one):
                yield request
        async for each in self._witnesses(frontier):
            yield each

    async def _with_records(
        self, looks: Sequence[AddressRow], frontier: Frontier
    ) -> AsyncIterator[Asked]:
        """Yield *looks*, with their REST records where REST is open."""
        left = {each.url: each for each in looks if each.url not in self._asked}
        posts = {url: each.post_id for url, each in left.items() if self._has_records}
        links = [
            Link(url=url, door="rest", post_id=post_id)
            for url, post_id in posts.items()
            if post_id is not None
        ]
        async for link, answer in frontier.records(links):
            look = left.pop(link.url)
            yield Asked(url=look.url, look=look, post_id=look.post_id, answer=answer)
        for look in left.values():
            yield Asked(url=look.url, look=look, post_id=look.post_id)

    async def _record_of(self, page: Page) -> Capture | None:
        """Return the record that *page* names: of a post of another type, or as it is by now."""
        address = page.record_address
        if address is None or not self._has_records:
            return None
        url = f"{address}{'&' if '?' in address else '?'}_embed=1"
        try:
            response = await _download(self.crawler, url)
        except (BudgetSpent, RunEnding):
            raise
        except IgnoreRequest as error:
            logger.info("%s: %s", url, slug(error))
            return None
        answer = as_capture(response)
        return answer if response.status == 200 and post_ids(answer) else None  # noqa: PLR2004

    async def _witnesses(self, frontier: Frontier) -> AsyncIterator[Any]:
        """Look at two articles more where that tells a plugin's block from an edit."""
        await self.intake.idle()
        if self.keeper().ending or self.arguments.urls is not None:
            return
        async for asked in self._with_records(self.archive().witnesses(), frontier):
            known = asked.look.source if asked.look is not None else None
            if asked.answer is None or known == "page":
                async for request in self._take(attrs.evolve(asked, answer=None)):
                    yield request
            elif await self.intake.admit():  # one request tells of both
                link = Link(url=asked.url, door="rest", post_id=asked.post_id)
                async for found in self.read_record(link, asked.answer):
                    yield found

    def _plan(self, frontier: Frontier, robots: bytes) -> Walk:
        asked = self.arguments
        window = Window(since=asked.since, until=asked.until)
        return plan(
            self.newsroom,
            frontier,
            now=now(),
            robots=robots,
            doors=("rest",) if asked.source == "rest" else (asked.discover or "auto"),
            window=window if window != Window() else None,
            rest_records=asked.source == "rest",
            embed=True,
            urls=asked.urls,
            cdx=asked.cdx,
            is_article=self._is_article,
        )

    def _is_article(self, answer: Answer) -> bool:
        try:
            extract_article(
                [
                    Capture(
                        url=answer.url,
                        status=answer.status,
                        body=answer.body,
                        headers=answer.headers,
                    )
                ],
                self.newsroom,
            )
        except (NotAnArticle, InvalidRecord):
            return False
        return True

    async def _robots(self) -> bytes:
        """Return the site's robots.txt, and with it learn whether the site is there at all."""
        middleware = self.crawler.get_downloader_middleware(RobotsMiddleware)
        if middleware is None:
            return b""
        await middleware.rules(self.newsroom.address)
        parts = urlsplit(self.newsroom.address)
        return middleware.texts.get(f"{parts.scheme}://{parts.netloc}", b"")

    async def _follow(self, step: Link | Missing, frontier: Frontier) -> AsyncIterator[Any]:
        """Yield what *step* is worth: a request, the item of a REST record, or nothing."""
        looks_again = self.arguments.refresh != "none"
        ledger = self.archive().ledger
        if isinstance(step, Missing):
            if looks_again:
                look = ledger.look(step.known.url)
                async for request in self._take(Asked(url=step.known.url, look=look)):
                    yield request
        elif step.record is not None and self.arguments.source == "rest":
            async for item in self._take_record(step, frontier):
                yield item
        elif step.why != "changed" or step.door == "urls" or looks_again:
            look = ledger.look(step.url)
            asked = Asked(
                url=step.url,
                lastmod=step.lastmod,
                look=look,
                door=step.door,
                sure=step.sure,
                post_id=step.post_id,
                answer=frontier.answer if step.record is not None else None,
            )
            if not asked.waits(now()):
                async for request in self._take(asked):
                    yield request

    def _left_over(self, *, shows_changes: bool) -> list[AddressRow]:
        """Return what earlier runs did not get to, what they owe, and what is due for a look."""
        ledger, asked = self.archive().ledger, self.arguments
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
        if asked.url in self._asked or self.keeper().ending:
            return
        if not await self.intake.admit():
            return
        self._asked.add(asked.url)
        headers = {}
        if asked.look is not None and asked.lastmod is None and not asked.answer:
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

    async def _take_record(self, link: Link, frontier: Frontier) -> AsyncIterator[Found]:
        """Yield the article in the REST answer that *link* came from."""
        if frontier.answer is not None and await self.intake.admit():
            async for found in self.read_record(link, frontier.answer):
                yield found

    def _heed(self, note: Note) -> None:
        if note.trouble:
            self.keeper().alarm(f"{note.door}: {note.text}")
        elif note.incomplete:
            self.keeper().gaps.append(f"{note.door}: {note.text}")
        else:
            logger.info("%s: %s", note.door, note.text)
            self.keeper().notes.append(f"{note.door}: {note.text}")

    # --- what came of it

    async def parse(self, response: Response) -> AsyncIterator[Article]:
        """Yield the article at *response*, for ``scrapy parse``: nothing is archived."""
        try:
            yield (await self._whole(as_capture(response))).article()
        except (NotAnArticle, InvalidRecord, PageMissing) as error:
            logger.error(str(error))

    async def _whole(self, first: Capture) -> Page:
        """Return the page that *first* begins, with the further ones of its article."""
        page = open_page(first, self.newsroom)
        while url := page.next_missing():
            page.add(await further_page(self.crawler, url))
        return page

    async def read_page(self, response: Response, asked: Asked) -> AsyncIterator[Found]:
        """Yield the article at *response* and its further pages, or tell the archive why not."""
        found = None
        try:
            found = await self._read(as_capture(response), asked)
        finally:
            if found is None:
                await self.intake.release()
        if found is not None:
            yield self.intake.hand_over(found)

    async def read_record(self, link: Link, answer: Capture) -> AsyncIterator[Found]:
        """Yield the article that *link* names in *answer*, a list of the REST API."""
        asked, found = Asked(url=link.url, lastmod=link.lastmod), None
        try:
            article = extract_article(
                [answer],
                self.newsroom,
                post_id=link.post_id,
                furniture=self.archive().furniture,
            )
            found = Found(article, [answer], link.lastmod)
        except NotAnArticle as error:
            await self._not_an_article(asked, [answer], error.reason)
        except InvalidRecord as error:
            await self._invalid(asked, error, [answer])
        finally:
            if found is None:
                await self.intake.release()
        if found is not None:
            yield self.intake.hand_over(found)

    async def not_fetched(self, failure: Failure) -> None:
        """Tell the archive why an address could not be had; raise what nobody foresaw."""
        request: Request = failure.request  # type: ignore[attr-defined]  # Scrapy puts it there
        asked: Asked = request.cb_kwargs["asked"]
        assert failure.value is not None
        error = as_refusal(failure.value)
        hops = request.meta.get(EXCHANGES, ())
        try:
            if asked.is_known and hops and isinstance(error, ForeignAddress):
                capture = Capture(url=asked.url, body=b"", status=hops[0].status, exchanges=hops)
                await self._tell(MissingPage(asked.url, hops[0].status, [capture], "moved"))
            else:
                await self._not_had(asked, error)
            if not isinstance(error, IgnoreRequest):
                self.keeper().surprised()
                raise error
        finally:
            await self.intake.release()

    async def _read(self, first: Capture, asked: Asked) -> Found | None:
        """Return the article that *first* begins; what it is not, the archive is told."""
        captures = [first]
        if first.status == 200:  # noqa: PLR2004 -- OK
            return await self._read_whole(first, asked)
        if first.status == 304 and asked.is_known:  # noqa: PLR2004 -- Not Modified
            await self._seen(asked, first)
        elif first.status in (404, 410) and asked.is_known:
            await self._tell(MissingPage(asked.url, first.status, captures))
        elif _why(first) in CLOSED and asked.is_known:
            if asked.answer is not None:  # it is public still: something stands before its page
                return self._by_record(asked, _why(first))
            await self._closed(asked, captures)
        else:
            await self._fail(asked.url, _why(first))
        return None

    async def _read_whole(self, first: Capture, asked: Asked) -> Found | None:
        captures = [first]
        try:
            page = await self._whole(first)
            captures = page.captures
            answer = asked.answer
            if answer is None or page.is_newer_than(answer, asked.post_id):
                answer = await self._record_of(page) or answer
            article = page.article(
                answer, post_id=asked.post_id, furniture=self.archive().furniture
            )
            captures += [answer] if answer is not None else []
            asked.check(article)
            if answer is None:  # which says whose page it is
                await self._refuse_stranger(page.elsewhere, article, asked)
            captures += await self._photo(article)
        except NotAnArticle as error:
            if asked.answer is not None and error.reason in UNREADABLE - {"other_post"}:
                return self._by_record(asked, error.reason)
            await self._not_an_article(asked, captures, error.reason)
        except InvalidRecord as error:
            await self._invalid(asked, error, captures)
        except PageMissing as error:
            await self._fail(asked.url, str(error))
        except IgnoreRequest as error:
            await self._not_had(asked, error)
        else:
            self._failed_in_a_row = 0
            await self._about_former(asked, captures, article)
            return Found(article, captures, asked.lastmod)
        return None

    async def _refuse_stranger(self, url: str | None, article: Article, asked: Asked) -> None:
        """Raise :exc:`NotAnArticle` where *article* is what stands at *url*, as its page declares.

        A plugin that is set up wrongly has every page declare one address: what stands there tells.
        """
        if url is None or self.archive().ledger.known(url) is None:
            return
        async with self._comparing:
            if url not in self._declared:
                try:
                    there = await self._whole(await further_page(self.crawler, url))
                    self._declared[url] = there.article().content_hash
                except (NotAnArticle, InvalidRecord, PageMissing, AnswerLost):
                    self._declared[url] = ""
        if self._declared[url] == article.content_hash:
            raise NotAnArticle(asked.url, "other_article")

    def _by_record(self, asked: Asked, reason: str) -> Found:
        """Return the article as its record states it, its page as it was last captured."""
        assert asked.answer is not None
        known = asked.look.article if asked.look is not None else None
        captures = [*(self.archive().stored_pages(known) if known else ()), asked.answer]
        article = extract_article(
            captures, self.newsroom, post_id=asked.post_id, furniture=self.archive().furniture
        )
        return Found(article, captures, asked.lastmod, without_page=reason)

    async def _photo(self, article: Article) -> list[Capture]:
        """Return the lead photo where it is wanted, and its article is news."""
        if not self._takes_photos or article.image_url is None:
            return []
        if self.archive().ledger.says(article):
            return []
        return await photo_at(self.crawler, article.image_url)

    # --- what the archive is told

    async def _about_former(self, asked: Asked, captures: list[Capture], article: Article) -> None:
        """Tell the archive when a known address led to another article than its own."""
        if asked.look is not None and asked.is_known and asked.look.article != article.id:
            hops = captures[0].exchanges
            status = hops[0].status if hops else 301
            await self._tell(MissingPage(asked.url, status, captures[:1], "moved"))

    async def _not_an_article(self, asked: Asked, captures: list[Capture], reason: str) -> None:
        hops = captures[0].exchanges
        if reason in ALARMING or reason == "empty_page":  # says nothing of the page
            await self._fail(asked.url, reason)
        elif asked.is_known and len(hops) > 1:
            gone = MissingPage(asked.url, hops[0].status, captures[:1], "moved")
            await self._tell(gone)
        elif reason in CLOSED and asked.is_known:
            await self._closed(asked, captures[:1])
        else:
            await self._refuse(asked, reason, captures)

    async def _closed(self, asked: Asked, captures: list[Capture]) -> None:
        """Tell the archive that a known article is for the public no more."""
        status = captures[0].status
        await self._tell(MissingPage(asked.url, status, captures, "closed"))

    async def _seen(self, asked: Asked, capture: Capture) -> None:
        self._failed_in_a_row = 0
        await self._tell(
            Seen(
                asked.url,
                etag=capture.headers.get("etag"),
                last_modified=capture.headers.get("last-modified"),
                lastmod=asked.lastmod,
                began=stamp(capture.exchanges[-1].fetched_at) if capture.exchanges else None,
            )
        )

    async def _invalid(self, asked: Asked, error: InvalidRecord, captures: list[Capture]) -> None:
        logger.warning("%s: %s", asked.url, error)
        await self._refuse(asked, "invalid_record", captures)

    async def _refuse(self, asked: Asked, reason: str, captures: list[Capture]) -> None:
        self._failed_in_a_row = 0
        logger.info("%s is not an article (%s)", asked.url, reason)
        keep = reason in UNREADABLE or (reason in LISTS and asked.wants_post(reason, captures))
        await self._tell(Refused(asked.url, reason, captures, keep=keep, lastmod=asked.lastmod))

    async def _not_had(self, asked: Asked, error: BaseException) -> None:
        if isinstance(error, BudgetSpent):  # it stays listed, and the next run asks
            self.keeper().stop("budget")
        elif isinstance(error, RobotsForbid):
            await self._refuse(asked, "robots", [])
        elif isinstance(error, ForeignAddress):
            await self._refuse(asked, "foreign_address", [])
        elif not isinstance(error, RunEnding):
            await self._fail(asked.url, slug(error))

    async def _fail(self, url: str, reason: str) -> None:
        logger.info("%s: %s", url, reason)
        if reason not in OF_THE_PAGE:
            self._failed_in_a_row += 1
            if self._failed_in_a_row >= IN_A_ROW:
                self._give_up(reason)
        await self._tell(Failed(url, reason))

    def _give_up(self, reason: str) -> None:
        """End the run: what one fetch after the other comes to is nothing of the page."""
        if reason in ALARMING:
            self.keeper().stop(reason)
        else:
            self.keeper().fail(
                f"{self.newsroom.address}: {IN_A_ROW} fetches in a row failed, the last with "
                f"{reason}; what is left is tried again in the next run"
            )

    async def _tell(self, finding: Seen | MissingPage | Refused | Failed) -> None:
        try:
            await self.keeper().submit(finding)
        except ArchiveError as error:
            self.keeper().fail(str(error))
