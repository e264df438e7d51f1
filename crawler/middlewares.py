"""Downloader middlewares: robots.txt, the site's own addresses, the budget, and captures."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.httpobj import urlparse_cached

from crawler.captures import Exchange
from crawler.normalise.urls import same_host
from crawler.politeness import PoliteDownloader
from crawler.unfetched import (
    NETWORK_ERRORS,
    BudgetSpent,
    ForeignAddress,
    RobotsForbid,
    RobotsUnreadable,
    RunEnding,
    words,
)

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler
    from scrapy.http import Headers, Response

logger = logging.getLogger(__name__)

MOST_ROBOTS: Final = 512 * 1024
"""Bytes of a robots.txt that are read; RFC 9309, 2.5, wants 500 KiB at least."""

EXCHANGES: Final = "newsroom_exchanges"
"""Key in ``request.meta``: every hop so far, the last one the response itself."""


class RobotsMiddleware:
    """Obey robots.txt: what it forbids, and its Crawl-delay as a floor under every pause.

    Setting: ``ROBOTSTXT_OBEY``. Unlike Scrapy's own, it takes a robots.txt that answers 5xx or
    nothing for a refusal, as RFC 9309 wants, and keeps the text for its Sitemap lines.
    """

    def __init__(self, crawler: Crawler) -> None:
        if not crawler.settings.getbool("ROBOTSTXT_OBEY"):
            raise NotConfigured
        self.crawler = crawler
        self.agent: str = crawler.settings["ROBOTSTXT_USER_AGENT"] or crawler.settings["USER_AGENT"]
        self.texts: dict[str, bytes] = {}
        """Host → its robots.txt, empty where it has none."""
        self._rules: dict[str, asyncio.Task[Protego]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Raise :exc:`RobotsForbid` or :exc:`RobotsUnreadable`, or let *request* pass."""
        if request.meta.get("dont_obey_robotstxt"):
            return
        rules = await self.rules(request.url, request.meta.get("allow_host"))
        if not rules.can_fetch(request.url, self.agent):
            self.crawler.stats.inc_value("robotstxt/forbidden")
            raise RobotsForbid(f"{request.url}: robots.txt forbids it")

    async def rules(self, url: str, allow_host: str | None = None) -> Protego:
        """Return the rules of the host of *url*, fetched once a run.

        *allow_host* may be asked although it is not the newsroom's.
        """
        parts = urlsplit(url)
        base = f"{parts.scheme}://{parts.netloc}"
        if base not in self._rules:
            task = asyncio.ensure_future(self._fetch(base, parts.hostname or "", allow_host))
            task.add_done_callback(_retrieve)
            self._rules[base] = task
        return await asyncio.shield(self._rules[base])

    async def _fetch(self, base: str, host: str, allow_host: str | None) -> Protego:
        request = Request(
            f"{base}/robots.txt",
            callback=NO_CALLBACK,
            priority=1000,
            meta={"dont_obey_robotstxt": True, "allow_host": allow_host},
        )
        text = b""
        try:
            response = await self.crawler.engine.download_async(request)
        except (BudgetSpent, RunEnding):
            raise
        except ForeignAddress as error:
            raise RobotsUnreadable(
                f"{base}/robots.txt leads to {error.url}, another host: if the newsroom has moved, "
                "give its new address as site="
            ) from error
        except NETWORK_ERRORS as error:
            raise RobotsUnreadable(f"{base} cannot be reached: {words(error)}") from error
        except IgnoreRequest as error:
            raise RobotsUnreadable(f"{base}/robots.txt: {error}") from error
        self.crawler.stats.inc_value("robotstxt/response_count")
        if response.status >= 500 or response.status == 429:  # noqa: PLR2004
            # RFC 9309, 2.3.1.4; it counts 429 among what may be ignored, search engines do not
            raise RobotsUnreadable(
                f"{base}/robots.txt answers {response.status}, which forbids everything for now"
            )
        if response.status == 200:  # noqa: PLR2004 -- OK
            text = response.body
            if len(text) > MOST_ROBOTS:  # half a line may forbid everything
                text = text[:MOST_ROBOTS].rpartition(b"\n")[0]
        self.texts[base] = text
        rules = Protego.parse(text.decode("utf-8", "replace"))
        delay = rules.crawl_delay(self.agent)
        downloader = self.crawler.engine.downloader
        if delay and isinstance(downloader, PoliteDownloader):
            logger.info("%s asks for a pause of %g s between requests", base, delay)
            downloader.set_floor(host, float(delay))
        return rules


def _retrieve(task: asyncio.Task[Protego]) -> None:
    """Take note of an error, so that one that nobody waits for any more is not logged."""
    if not task.cancelled():
        task.exception()


class AddressGuard:
    """Let requests go to the newsroom's own hosts only, at every hop.

    The spider's ``newsroom`` says which: its address's host, with and without ``www.``, and its
    ``hosts``. A port is part of a host. Off for a spider without one.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Raise :exc:`ForeignAddress` for an address of somebody else."""
        newsroom = getattr(self.crawler.spider, "newsroom", None)
        if newsroom is None:
            return
        own = (newsroom.host, *newsroom.hosts)
        named = request.meta.get("allow_host")
        if same_host(request.url, (*own, named) if named else own):
            return
        self.crawler.stats.inc_value("guard/foreign_address")
        raise ForeignAddress(request.url, f"not an address of {newsroom.host}")


class BudgetMiddleware:
    """Make no more requests than the spider's ``budget``, robots.txt and retries included."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.made = 0

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Count *request*, or raise :exc:`BudgetSpent`."""
        arguments = getattr(self.crawler.spider, "arguments", None)
        budget: int | None = getattr(arguments, "budget", None)
        if budget is not None and self.made >= budget:
            raise BudgetSpent(f"{request.url}: the budget of {budget} requests is spent")
        self.made += 1


class CaptureMiddleware:
    """Keep each response as it crossed the network, for the archive to store if it matters.

    The exchanges travel in ``request.meta``, through redirects; nothing is written here, since
    only what a line or a finding rests on is stored.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response:
        """Stamp *response* and append it to the hops of *request*."""
        exchange = Exchange(
            url=request.url,
            method=request.method,
            request_headers=(("Host", urlparse_cached(request).netloc), *_fields(request.headers)),
            status=response.status,
            headers=_fields(response.headers),
            body=response.body,
            ip=str(response.ip_address) if response.ip_address else None,
            fetched_at=dt.datetime.now(dt.UTC),
        )
        # A retry copies the meta of the request that failed; only redirects are hops.
        hops = [each for each in request.meta.get(EXCHANGES, ()) if each.status // 100 == 3]  # noqa: PLR2004
        request.meta[EXCHANGES] = (*hops, exchange)
        self.crawler.stats.inc_value("run/response_bytes", len(response.body))
        return response


def _fields(headers: Headers) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in headers.items()
        for value in values
    )


def plain_headers(response: Response) -> dict[str, str]:
    """Return the header fields of *response*, names in lower case, repeated ones joined."""
    joined: dict[str, Any] = {}
    for name, value in _fields(response.headers):
        key = name.lower()
        joined[key] = f"{joined[key]}, {value}" if key in joined else value
    return joined
