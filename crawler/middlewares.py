"""Downloader middlewares: robots.txt, the site's own addresses, the budget, and captures."""

from __future__ import annotations

import asyncio
import datetime as dt
import ipaddress
import logging
from typing import TYPE_CHECKING, Any, Final

from protego import Protego
from scrapy import Request
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    NotConfigured,
    ResponseDataLossError,
)
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.httpobj import urlparse_cached

from crawler.captures import Exchange
from crawler.politeness import PoliteDownloader

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler
    from scrapy.http import Headers, Response

logger = logging.getLogger(__name__)

EXCHANGES: Final = "newsroom_exchanges"
"""Key in ``request.meta``: every hop so far, the last one the response itself."""


NETWORK_ERRORS: Final = (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)
"""What Scrapy raises when no whole response came."""


class RobotsForbid(IgnoreRequest):
    """robots.txt does not allow the address."""


class RobotsUnreadable(IgnoreRequest):
    """robots.txt could not be had, so nothing of the host may be asked for (RFC 9309, 2.3.1.4)."""


class ForeignAddress(IgnoreRequest):
    """The address is not one of the newsroom's own."""


class BudgetSpent(IgnoreRequest):
    """The run has made as many requests as it was given."""


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
        rules = await self.rules(request.url)
        if not rules.can_fetch(request.url, self.agent):
            self.crawler.stats.inc_value("robotstxt/forbidden")
            raise RobotsForbid(f"{request.url}: robots.txt forbids it")

    async def rules(self, url: str) -> Protego:
        """Return the rules of the host of *url*, fetched once a run."""
        parts = urlparse_cached(Request(url))
        base = f"{parts.scheme}://{parts.netloc}"
        if base not in self._rules:
            self._rules[base] = asyncio.ensure_future(self._fetch(base, parts.hostname or ""))
        return await asyncio.shield(self._rules[base])

    async def _fetch(self, base: str, host: str) -> Protego:
        request = Request(
            f"{base}/robots.txt",
            callback=NO_CALLBACK,
            priority=1000,
            meta={"dont_obey_robotstxt": True},
        )
        try:
            response = await self.crawler.engine.download_async(request)
        except (ForeignAddress, *NETWORK_ERRORS) as error:
            raise RobotsUnreadable(f"{base}/robots.txt: {error or type(error).__name__}") from error
        self.crawler.stats.inc_value("robotstxt/response_count")
        if response.status >= 500:  # noqa: PLR2004 -- RFC 9309: server errors forbid everything
            raise RobotsUnreadable(f"{base}/robots.txt answers {response.status}")
        text = response.body if response.status == 200 else b""  # noqa: PLR2004
        self.texts[base] = text
        rules = Protego.parse(text.decode("utf-8", "replace"))
        delay = rules.crawl_delay(self.agent)
        downloader = self.crawler.engine.downloader
        if delay and isinstance(downloader, PoliteDownloader):
            logger.info("%s asks for a pause of %g s between requests", base, delay)
            downloader.set_floor(host, float(delay))
        return rules


class AddressGuard:
    """Let requests go to the newsroom's own hosts only, at every hop.

    The spider's ``newsroom`` says which: its address's host, with and without ``www.``, and its
    ``hosts``. A literal address that is loopback, private, link-local or otherwise not public is
    refused unless it is the newsroom's own.
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
        parts = urlparse_cached(request)
        netloc = parts.netloc.rpartition("@")[2].lower()
        own = {newsroom.host, *newsroom.hosts}
        named = request.meta.get("allow_host")
        if named:
            own.add(named)
        bare = netloc.removeprefix("www.")
        if parts.scheme in ("http", "https") and any(bare == o.removeprefix("www.") for o in own):
            return
        self.crawler.stats.inc_value("guard/foreign_address")
        raise ForeignAddress(f"{request.url}: not an address of {newsroom.host}")


def is_public(address: str) -> bool:
    """Return whether *address*, an IP address, is one of the public internet.

    >>> is_public("127.0.0.1"), is_public("169.254.169.254"), is_public("93.184.216.34")
    (False, False, True)
    """
    ip = ipaddress.ip_address(address)
    mapped = getattr(ip, "ipv4_mapped", None)
    return (mapped or ip).is_global


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
        budget: int | None = arguments.budget if arguments else None
        if budget is not None and self.made >= budget:
            raise BudgetSpent(f"{request.url}: the budget of {budget} requests is spent")
        self.made += 1
        self.crawler.stats.set_value("run/request_count", self.made)


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
