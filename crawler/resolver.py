"""Where names may lead: a request goes to a public address, or to one that the user named."""

from __future__ import annotations

import ipaddress
import logging
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit
from urllib.request import getproxies

from scrapy import signals
from scrapy.exceptions import CannotResolveHostError
from twisted.internet.interfaces import IHostnameResolver, IResolutionReceiver
from zope.interface import implementer

from crawler.unfetched import PrivateAddress

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Self

    from scrapy import Request, Spider
    from scrapy.crawler import Crawler
    from twisted.internet.interfaces import IAddress, IHostResolution

logger = logging.getLogger(__name__)

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
        self.named: set[str] = set()
        """Hosts that may be anywhere."""

    def resolveHostName(  # noqa: N802 -- Twisted's name
        self,
        resolutionReceiver: IResolutionReceiver,  # noqa: N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[type[IAddress]] | None = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> IHostResolution:
        """Resolve *hostName*; see ``twisted.internet.interfaces.IHostnameResolver``."""
        receiver: Any = resolutionReceiver
        if _bare(hostName) not in self.named:
            receiver = _PublicOnly(resolutionReceiver, hostName, self.refuse)
        resolution: IHostResolution = self.inner.resolveHostName(
            receiver, hostName, portNumber, addressTypes, transportSemantics
        )
        return resolution


@implementer(IResolutionReceiver)
class _PublicOnly:
    """Passes public addresses on to *receiver*."""

    def __init__(self, receiver: Any, name: str, refuse: Callable[[str, str], None]) -> None:
        self.receiver = receiver
        self.name = name
        self.refuse = refuse

    def resolutionBegan(self, resolution: IHostResolution) -> None:  # noqa: N802
        self.receiver.resolutionBegan(resolution)

    def addressResolved(self, address: Any) -> None:  # noqa: N802
        if is_public(address.host):
            self.receiver.addressResolved(address)
        else:
            self.refuse(self.name, address.host)

    def resolutionComplete(self) -> None:  # noqa: N802
        self.receiver.resolutionComplete()


class PrivateAddressGuard:
    """Refuse names that lead to private addresses, where the connection is made.

    A private address is the user's will where ``site`` (or ``cdx``) is that address or localhost,
    where a proxy of the environment has it, and for the names in the setting ``PRIVATE_HOSTS``.
    Off for a spider without a ``newsroom``. What is checked is what is connected to, so that a
    name which leads elsewhere the second time gains nothing.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.private: set[str] = {_bare(each) for each in crawler.settings.getlist("PRIVATE_HOSTS")}
        self.refused: dict[str, str] = {}
        """Name → the address that it was refused for."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        guard = cls(crawler)
        crawler.signals.connect(guard.spider_opened, signals.spider_opened)
        return guard

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
        given = [f"//{each}" for each in (newsroom.host, *newsroom.hosts)] + [cdx]
        hosts = {_bare(urlsplit(each).hostname or "") for each in given}
        resolver.named |= {host for host in hosts if names_an_address(host)} | self.private
        resolver.named |= {_bare(urlsplit(each).hostname or "") for each in getproxies().values()}

    def refuse(self, name: str, address: str) -> None:
        """Note that *name* leads to *address*."""
        self.refused[_bare(name)] = address
        self.crawler.stats.inc_value("guard/private_address")

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Raise :exc:`PrivateAddress` where a name was not resolved for that reason."""
        host = _bare(urlsplit(request.url).hostname or "")
        if isinstance(exception, CannotResolveHostError) and host in self.refused:
            raise PrivateAddress(
                f"{host} leads to {self.refused[host]}, which is no public address; if it shall, "
                f"give the address itself as site=, or add {host} to PRIVATE_HOSTS"
            ) from exception


def _bare(host: str) -> str:
    return host.strip("[]").rstrip(".").lower()
