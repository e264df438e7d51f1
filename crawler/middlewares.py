"""Downloader middlewares: robots.txt, own and public addresses only, the budget, and captures.

A request goes to the newsroom's own hosts, at an address that is public or that the user named.
What came is kept hop by hop, as it was sent, until the archive knows whether it matters.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import sys
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit
from urllib.request import getproxies

from protego import Protego
from scrapy import Request
from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.exceptions import CannotResolveHostError, IgnoreRequest, NotConfigured
from scrapy.http import Headers
from scrapy.responsetypes import responsetypes
from scrapy.utils.httpobj import urlparse_cached
from twisted.internet.interfaces import IHostnameResolver, IResolutionReceiver
from twisted.python.components import proxyForInterface
from zope.interface import implementer

from crawler.decoding import Incomplete, Oversized, decode, plain_text
from crawler.downloader import (
    BEGAN,
    AnswerLost,
    BudgetSpent,
    ForeignAddress,
    PoliteDownloader,
    PrivateAddress,
    RobotsForbid,
    RobotsUnreadable,
    RunEnding,
    fetch,
    is_certificate,
    words,
)
from crawler.items import Capture, Exchange, joined_headers
from crawler.normalise.urls import same_host
from crawler.project import Component

if TYPE_CHECKING:
    from collections.abc import Callable

    from scrapy import Spider
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from crawler.archive import AddressRow, Validators


logger = logging.getLogger(__name__)

MOST_ROBOTS: Final = 512 * 1024  # bytes that are read; RFC 9309, 2.5, wants 500 KiB at least
_CODING: Final = b"Content-Encoding"
EXCHANGES: Final = "newsroom_exchanges"
"""Key in ``request.meta``: every hop so far, the last one the response itself."""

_SECRET: Final = ("authorization", "cookie", "proxy-authorization")


class RobotsMiddleware(Component):
    """Obey robots.txt: what it forbids, and its Crawl-delay as a floor under every pause.

    Setting: ``ROBOTSTXT_OBEY``. Unlike Scrapy's own, it takes a robots.txt that answers 5xx or
    nothing for a refusal, as RFC 9309 wants, and keeps the text for its Sitemap lines.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        if not crawler.settings.getbool("ROBOTSTXT_OBEY"):
            raise NotConfigured
        self.agent: str = crawler.settings["ROBOTSTXT_USER_AGENT"] or crawler.settings["USER_AGENT"]
        self._read: dict[str, asyncio.Task[tuple[bytes, Protego]]] = {}

    async def process_request(self, request: Request) -> None:
        """Raise :exc:`RobotsForbid` or :exc:`RobotsUnreadable`, or let *request* pass."""
        if request.meta.get("dont_obey_robotstxt"):
            return
        _, rules = await self._of(request.url, request.meta.get("allow_host"))
        if not rules.can_fetch(request.url, self.agent):
            self.crawler.stats.inc_value("robotstxt/forbidden")
            raise RobotsForbid(f"{request.url}: robots.txt forbids it")

    async def text(self, url: str) -> bytes:
        """Return the robots.txt of the host of *url*, empty where it has none."""
        return (await self._of(url, None))[0]

    async def _of(self, url: str, allow_host: str | None) -> tuple[bytes, Protego]:
        """Return the robots.txt of the host of *url* and its rules, fetched once a run."""
        parts = urlsplit(url)
        base = f"{parts.scheme}://{parts.netloc}"
        if base not in self._read:
            task = asyncio.ensure_future(self._fetch(base, parts.hostname or "", allow_host))
            task.add_done_callback(_retrieve)
            self._read[base] = task
        return await asyncio.shield(self._read[base])

    async def _fetch(self, base: str, host: str, allow_host: str | None) -> tuple[bytes, Protego]:
        address = f"{base}/robots.txt"
        try:
            response = await fetch(
                self.crawler, address, dont_obey_robotstxt=True, allow_host=allow_host
            )
        except (BudgetSpent, RunEnding):
            raise
        except ForeignAddress as error:
            raise RobotsUnreadable(
                f"{address} leads to {error.url}, another host: if the newsroom has moved, "
                "give its new address as site="
            ) from error
        except IgnoreRequest as error:
            lost = f"{base} cannot be reached: {words(error)}"
            why = lost if isinstance(error, AnswerLost) else f"{address}: {error}"
            raise RobotsUnreadable(why) from error
        self.crawler.stats.inc_value("robotstxt/response_count")
        if response.status >= 500 or response.status == 429:  # noqa: PLR2004
            # RFC 9309, 2.3.1.4; it counts 429 among what may be ignored, search engines do not
            raise RobotsUnreadable(
                f"{address} answers {response.status}, which forbids everything for now"
            )
        text = response.body if response.status == HTTPStatus.OK else b""
        if len(text) > MOST_ROBOTS:  # half a line may forbid everything
            text = text[:MOST_ROBOTS].rpartition(b"\n")[0]
        rules = Protego.parse(plain_text(text))
        delay = rules.crawl_delay(self.agent)
        downloader = self.crawler.engine.downloader
        if delay and isinstance(downloader, PoliteDownloader):
            logger.info("%s asks for a pause of %g s between requests", base, delay)
            downloader.set_floor(host, float(delay))
        return text, rules


def _retrieve(task: asyncio.Task[Any]) -> None:
    """Take note of an error, so that one that nobody waits for any more is not logged."""
    if not task.cancelled():
        task.exception()


class AddressGuard(Component):
    """Let requests go to the newsroom's own hosts only, at every hop.

    The spider's ``newsroom`` says which: its address's host, with and without ``www.``, and its
    ``hosts``. A port is part of a host. Off for a spider without one.
    """

    def process_request(self, request: Request) -> None:
        """Raise :exc:`ForeignAddress` for an address of somebody else."""
        newsroom = getattr(self.crawler.spider, "newsroom", None)
        if newsroom is None:
            return
        named = request.meta.get("allow_host") or newsroom.host
        if same_host(request.url, (*newsroom.own_hosts, named)):
            return
        self.crawler.stats.inc_value("guard/foreign_address")
        raise ForeignAddress(request.url, f"not an address of {newsroom.host}")


class BudgetMiddleware(Component):
    """Make no more requests than the spider's ``budget``, robots.txt and retries included."""

    made = 0

    def process_request(self, request: Request) -> None:
        """Count *request*, or raise :exc:`BudgetSpent`."""
        arguments = getattr(self.crawler.spider, "arguments", None)
        budget: int | None = getattr(arguments, "budget", None)
        if budget is not None and self.made >= budget:
            raise BudgetSpent(f"{request.url}: the budget of {budget} requests is spent")
        self.made += 1


class DecodingMiddleware(Component):
    """Hand on bodies without their content coding, and none that is not whole.

    In the place of Scrapy's own, which takes what it can read of a body that is cut. Such an
    answer is asked for again (``RETRY_TIMES``), then given up. Setting: ``DOWNLOAD_MAXSIZE``.
    """

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """Return *response* decoded, or the request once more; raise :exc:`AnswerLost`."""
        headers = joined_headers(_fields(response.headers))
        largest = self.crawler.settings.getint("DOWNLOAD_MAXSIZE") or sys.maxsize
        try:
            body = decode(response.body, headers, largest=largest)
        except Oversized:
            raise AnswerLost("too_large") from None
        except Incomplete as error:
            if response.status == HTTPStatus.OK:
                return self._again(request, error)
            body = error.part  # which says nothing
        if "content-encoding" not in headers:
            return response
        fields = {name: values for name, values in response.headers.items() if name != _CODING}
        kind = responsetypes.from_args(headers=Headers(fields), url=response.url, body=body)
        return response.replace(cls=kind, body=body, headers=fields)

    def _again(self, request: Request, error: Incomplete) -> Request:
        assert self.crawler.spider is not None
        logger.info("%s: %s", request.url, error)
        if again := get_retry_request(request, spider=self.crawler.spider, reason="not_whole"):
            return again
        raise AnswerLost("not_whole") from None


class CaptureMiddleware(Component):
    """Keep each response as it crossed the network, for the archive to store if it matters.

    The exchanges travel in ``request.meta``, through redirects; nothing is written here, since
    only what a line or a finding rests on is stored.
    """

    def process_response(self, request: Request, response: Response) -> Response:
        """Append *response* to the hops of *request*, without what only the operator knows."""
        exchange = Exchange(
            url=request.url,
            method=request.method,
            request_headers=(
                ("Host", urlparse_cached(request).netloc.rpartition("@")[2]),
                *(pair for pair in _fields(request.headers) if pair[0].lower() not in _SECRET),
            ),
            status=response.status,
            headers=_fields(response.headers),
            body=response.body,
            ip=str(response.ip_address) if response.ip_address else None,
            fetched_at=request.meta[BEGAN],
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


# RFC 6052: an IPv4 address in its last four bytes, which a gateway takes it to
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")
# Of the special-purpose registries of IANA, what not every Python 3.11 knows to be no public one;
# 192.0.0.192 serves metadata in a cloud.
_SPECIAL: Final = tuple(
    ipaddress.ip_network(each)
    for each in ("192.0.0.0/24", "192.88.99.0/24", "64:ff9b:1::/48", "3fff::/20", "fec0::/10")
)


def is_public(address: str) -> bool:
    """Whether *address*, an IP literal, is one of the public Internet.

    Not public are loopback, private, link-local (cloud metadata lies there), shared, reserved,
    multicast and unspecified addresses, and IPv6 forms that carry one of these.

    >>> is_public("93.184.215.14"), is_public("169.254.169.254"), is_public("::ffff:127.0.0.1")
    (True, False, False)
    """
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in _NAT64:
            inner = ipaddress.IPv4Address(ip.packed[-4:])
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast and not any(ip in each for each in _SPECIAL)


def names_an_address(host: str) -> bool:
    """Whether *host* is an IP address in any form that a system resolver reads, or localhost.

    >>> [names_an_address(each) for each in ("127.0.0.1", "0x7f.1", "localhost", "progres.id")]
    [True, True, True, False]
    """
    host = host.rstrip(".").lower()
    if host == "localhost" or host.endswith(".localhost") or ":" in host:
        return True
    # The last label of a name is never a number (RFC 3696, 2).
    last = host.rpartition(".")[2]
    return last.isdigit() or last.startswith("0x")


@implementer(IHostnameResolver)
class GuardedResolver:
    """Resolves as *inner* does, and hands on public addresses only, but for names in ``named``."""

    def __init__(self, inner: Any, refuse: Callable[[str, str], None]) -> None:
        self.inner = inner
        self.refuse = refuse
        self.named: set[str] = set()  # hosts that may be anywhere

    def resolveHostName(self, receiver: Any, name: str, *more: Any, **options: Any) -> Any:  # noqa: N802
        if _bare(name) not in self.named:
            receiver = _PublicOnly(receiver, name, self.refuse)
        return self.inner.resolveHostName(receiver, name, *more, **options)


class _PublicOnly(proxyForInterface(IResolutionReceiver)):  # type: ignore[misc]
    """Passes public addresses on to *receiver*."""

    def __init__(self, receiver: Any, name: str, refuse: Callable[[str, str], None]) -> None:
        super().__init__(receiver)
        self.name = name
        self.refuse = refuse

    def addressResolved(self, address: Any) -> None:  # noqa: N802 -- Twisted's name
        if is_public(address.host):
            super().addressResolved(address)
        else:
            self.refuse(self.name, address.host)


class PrivateAddressGuard(Component):
    """Refuse names that lead to private addresses, where the connection is made.

    A private address is the user's will where ``site`` (or ``cdx``) is that address or localhost,
    where a proxy of the environment has it, and for the names in the setting ``PRIVATE_HOSTS``.
    Off for a spider without a ``newsroom``. What is checked is what is connected to, so that a
    name which leads elsewhere the second time gains nothing.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.private: set[str] = {_bare(each) for each in crawler.settings.getlist("PRIVATE_HOSTS")}
        self.refused: dict[str, str] = {}  # name → the address that it was refused for

    def spider_opened(self, spider: Spider) -> None:
        """Stand before the reactor's resolver, whichever the settings chose."""
        newsroom = getattr(spider, "newsroom", None)
        if newsroom is None:
            return
        from twisted.internet import reactor  # noqa: PLC0415 -- importing it installs it

        resolver: Any = reactor.nameResolver
        if not isinstance(resolver, GuardedResolver):  # another crawl of this process stands there
            resolver = GuardedResolver(resolver, self.refuse)
            reactor.installNameResolver(resolver)
        arguments = getattr(spider, "arguments", None)
        cdx: str = getattr(arguments, "cdx", None) or ""
        given = [f"//{each}" for each in newsroom.own_hosts] + [cdx]
        resolver.named |= {host for host in map(_host, given) if names_an_address(host)}
        resolver.named |= {*self.private, *map(_host, getproxies().values())}

    def refuse(self, name: str, address: str) -> None:
        self.refused[_bare(name)] = address
        self.crawler.stats.inc_value("guard/private_address")

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Raise :exc:`PrivateAddress` where a name was not resolved for that reason.

        A certificate that cannot be verified is not tried again, either.
        """
        if is_certificate(exception):
            request.meta["dont_retry"] = True
        host = _host(request.url)
        if isinstance(exception, CannotResolveHostError) and host in self.refused:
            raise PrivateAddress(
                f"{host} leads to {self.refused[host]}, which is no public address; if it shall, "
                f"give the address itself as site=, or add {host} to PRIVATE_HOSTS"
            ) from exception


def _host(url: str) -> str:
    return _bare(urlsplit(url).hostname or "")


def _bare(host: str) -> str:
    return host.strip("[]").rstrip(".").lower()


def conditional(validators: Validators | AddressRow) -> dict[str, str]:
    """Return the header fields that make a request conditional on what *validators* hold."""
    fields = {
        "If-None-Match": validators.etag,
        "If-Modified-Since": validators.last_modified,
    }
    return {name: value for name, value in fields.items() if value}


def as_capture(response: Response) -> Capture:
    """Return *response* in the form that extraction and the archive read: the only place."""
    request = response.request
    exchanges = request.meta.get(EXCHANGES, ()) if request is not None else ()
    return Capture(
        url=response.url,
        body=response.body,
        status=response.status,
        headers=joined_headers(_fields(response.headers)),
        exchanges=tuple(exchanges),
    )
