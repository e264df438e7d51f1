"""A download handler that bounds the head of an answer; Scrapy bounds its body only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
)
from twisted.python.failure import Failure
from twisted.web._newclient import BODY, DONE

from crawler.unfetched import HeadTooLarge

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from twisted.internet.defer import Deferred
    from twisted.internet.interfaces import IAddress
    from twisted.web._newclient import Request
    from twisted.web.iweb import IResponse

MOST_HEAD: Final = 256 * 1024
"""Bytes of status lines and fields before a body; servers' own limits are 8 to 64 KiB."""


class BoundedHandler(HTTP11DownloadHandler):
    """Scrapy's handler; an answer whose head goes on past :data:`MOST_HEAD` is given up.

    Overrides what Scrapy and Twisted keep to themselves, since neither has a limit to set:
    Twisted's applies to each line.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool._factory = _BoundedFactory


class _BoundedFactory(_LenientHTTP11ClientFactory):
    def buildProtocol(self, addr: IAddress | None) -> _BoundedProtocol:  # noqa: ARG002, N802
        return _BoundedProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]


class _BoundedProtocol(_LenientHTTP11ClientProtocol):
    """Counts what comes before a body; answers of 1xx do not begin the count anew."""

    head = 0

    def request(self, request: Request) -> Deferred[IResponse]:
        self.head = 0
        return super().request(request)

    def dataReceived(self, bytes: bytes) -> None:  # noqa: A002, N802 -- Twisted's name
        if self._parser is not None and self._parser.state not in (BODY, DONE):
            self.head += len(bytes)
            if self.head > MOST_HEAD + len(bytes):
                self._giveUp(Failure(HeadTooLarge()))  # type: ignore[no-untyped-call]
                return
        super().dataReceived(bytes)  # type: ignore[no-untyped-call]
