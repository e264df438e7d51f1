"""What came of an address: an article, or what the archive is told instead."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

import attrs
from scrapy.exceptions import IgnoreRequest

from crawler.archive import Failed, Found, Look, Missing, Refused, Seen
from crawler.captures import Capture
from crawler.errors import ArchiveError, InvalidRecord, NotAnArticle
from crawler.extensions import ALARMING, RunKeeper
from crawler.extract import extract_article, page_hash
from crawler.middlewares import EXCHANGES
from crawler.pages import PageMissing, all_pages, photo_at
from crawler.unfetched import (
    NETWORK_ERRORS,
    BudgetSpent,
    ForeignAddress,
    RobotsForbid,
    RunEnding,
    slug,
)
from crawler.walker import as_capture

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from crawler.archive import Archive
    from crawler.discovery import Link
    from crawler.intake import Intake
    from crawler.items import Article
    from crawler.newsrooms import Newsroom

logger = logging.getLogger(__name__)

IN_A_ROW: Final = 10
"""Failed fetches in a row after which the site is taken to be out of reach."""

OF_THE_PAGE: Final = frozenset({"http_404", "http_410"})
"""Failures that say that a page is not there, and so that the site is: not counted in a row."""

UNREADABLE: Final = frozenset(
    {
        "empty_page",
        "invalid_record",
        "no_address",
        "no_content",
        "no_headline",
        "no_text",
        "other_article",
        "too_complex",
        "too_deep",
        "unsure_text",
    }
)
"""Refusals of what should have been an article: kept, told, and tried again. Every other refusal
is nobody's fault."""


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


class Answers:
    """Reads what was fetched, yields what is an article, tells the archive of everything else.

    Setting: ``ARCHIVE_MEDIA``; with ``lead`` the lead photo of a new or changed article is
    fetched, too.
    """

    def __init__(self, crawler: Crawler, newsroom: Newsroom, intake: Intake) -> None:
        self.crawler = crawler
        self.newsroom = newsroom
        self.intake = intake
        self.takes_photos = crawler.settings["ARCHIVE_MEDIA"] == "lead"
        self._failed_in_a_row = 0

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
            article = extract_article([answer], self.newsroom, post_id=link.post_id)
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
        error = failure.value
        assert error is not None
        hops = request.meta.get(EXCHANGES, ())
        try:
            if asked.is_known and hops and isinstance(error, ForeignAddress):
                capture = Capture(url=asked.url, body=b"", status=hops[0].status, exchanges=hops)
                await self._tell(Missing(asked.url, hops[0].status, [capture]))
            else:
                await self._not_had(asked, error)
            if not isinstance(error, (IgnoreRequest, *NETWORK_ERRORS)):
                raise error
        finally:
            await self.intake.release()

    async def _read(self, first: Capture, asked: Asked) -> Found | None:
        captures = [first]
        if first.status == 304:  # noqa: PLR2004 -- Not Modified
            await self._seen(asked, first)
        elif first.status in (404, 410) and asked.is_known:
            await self._tell(Missing(asked.url, first.status, captures))
        elif first.status != 200:  # noqa: PLR2004 -- OK
            await self._fail(asked.url, _why(first))
        else:
            try:
                captures = await all_pages(self.crawler, first, self.newsroom)
                article = extract_article(captures, self.newsroom)
                captures += await self._photo(article)
            except NotAnArticle as error:
                await self._not_an_article(asked, captures, error.reason)
            except InvalidRecord as error:
                await self._invalid(asked, error, captures)
            except PageMissing as error:
                await self._fail(asked.url, str(error))
            except (IgnoreRequest, *NETWORK_ERRORS) as error:
                await self._not_had(asked, error)
            else:
                self._failed_in_a_row = 0
                await self._about_former(asked, captures, article)
                return Found(article, captures, asked.lastmod)
        return None

    async def _photo(self, article: Article) -> list[Capture]:
        """Return the lead photo where it is wanted, and its article is news."""
        if not self.takes_photos or article.image_url is None:
            return []
        if self.archive.ledger.says(article.id, article.content_hash, page_hash(article)):
            return []
        return await photo_at(self.crawler, article.image_url)

    # --- what the archive is told

    async def _about_former(self, asked: Asked, captures: list[Capture], article: Article) -> None:
        """Tell the archive when a known address led to another article than its own."""
        if asked.look is not None and asked.is_known and asked.look.id != article.id:
            hops = captures[0].exchanges
            status = hops[0].status if hops else 301
            await self._tell(Missing(asked.url, status, captures[:1]))

    async def _not_an_article(self, asked: Asked, captures: list[Capture], reason: str) -> None:
        hops = captures[0].exchanges
        if reason in ALARMING:  # says something of the site, and nothing of the page
            await self._fail(asked.url, reason)
        elif asked.is_known and len(hops) > 1:
            await self._tell(Missing(asked.url, hops[0].status, captures[:1]))
        else:
            await self._refuse(asked, reason, captures)

    async def _seen(self, asked: Asked, capture: Capture) -> None:
        self._failed_in_a_row = 0
        await self._tell(
            Seen(
                asked.url,
                etag=capture.headers.get("etag"),
                last_modified=capture.headers.get("last-modified"),
                lastmod=asked.lastmod,
            )
        )

    async def _invalid(self, asked: Asked, error: InvalidRecord, captures: list[Capture]) -> None:
        logger.warning("%s: %s", asked.url, error)
        await self._refuse(asked, "invalid_record", captures)

    async def _refuse(self, asked: Asked, reason: str, captures: list[Capture]) -> None:
        self._failed_in_a_row = 0
        logger.info("%s is not an article (%s)", asked.url, reason)
        keep = reason in UNREADABLE
        await self._tell(Refused(asked.url, reason, captures, keep=keep, lastmod=asked.lastmod))

    async def _not_had(self, asked: Asked, error: BaseException) -> None:
        if isinstance(error, BudgetSpent):  # it stays listed, and the next run asks
            self.keeper.stop("budget")
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
            self.keeper.stop(reason)
        else:
            self.keeper.fail(
                f"{self.newsroom.address}: {IN_A_ROW} fetches in a row failed, the last with "
                f"{reason}; what is left is tried again in the next run"
            )

    async def _tell(self, finding: Seen | Missing | Refused | Failed) -> None:
        try:
            await self.keeper.submit(finding)
        except ArchiveError as error:
            self.keeper.fail(str(error))


def _why(capture: Capture) -> str:
    """Return why an answer that is not 200 is none.

    A challenge of Cloudflare says so in a field of its own, whatever its status:
    https://developers.cloudflare.com/cloudflare-challenges/challenge-types/challenge-pages/detect-response/
    """
    if capture.headers.get("cf-mitigated") == "challenge":
        return "captcha"
    return f"http_{capture.status}"
