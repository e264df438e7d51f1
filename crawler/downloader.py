"""Whatever overrides private parts of Scrapy and Twisted: pauses between requests, and bounds."""

from __future__ import annotations

import asyncio
import email.utils
import random
from time import monotonic, time
from typing import TYPE_CHECKING, Any, Final

from scrapy import signals
from scrapy.core.downloader import Downloader, Slot
from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
)
from twisted.python.failure import Failure
from twisted.web._newclient import BODY, DONE

from crawler.fetch_errors import HeadTooLarge, RunEnding
from crawler.timestamps import now

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.internet.defer import Deferred
    from twisted.internet.interfaces import IAddress
    from twisted.web._newclient import Request as WireRequest
    from twisted.web.iweb import IResponse

LONGEST_WAIT: Final = 300.0  # seconds of Retry-After; a longer one ends the try
GRACE: Final = 6.0  # seconds that a transfer may go on once the run is ending; 10 are promised
BEGAN: Final = "newsroom_began"
"""Key in ``request.meta``: when the fetch began, after every pause; stamped once."""


class PoliteSlot(Slot):
    """A downloader slot with a floor under its delay, and jitter that only lengthens it.

    AutoThrottle sets ``delay`` and may lower it again; the floor stays. The delay counts from the
    end of the last response, so that the gap which the server sees is never shorter.
    """

    def __init__(self, concurrency: int, delay: float, jitter: float, floor: float = 0.0) -> None:
        super().__init__(concurrency, delay, jitter)
        self.floor = floor
        self.held_until = 0.0
        self.ended: float | None = None  # when the last transfer ended

    def download_delay(self) -> float:
        """Return the seconds between ``lastseen`` and the next request."""
        delay = max(self.delay, self.floor)
        if delay and self.jitter:
            delay *= 1 + random.uniform(0, self.jitter)  # noqa: S311 -- not a secret
        return max(delay, self.held_until - self.lastseen)


class PoliteDownloader(Downloader):
    """Scrapy's downloader with :class:`PoliteSlot` s, and a way to end a run quickly.

    Overrides what Scrapy keeps to itself, since nothing public does it: ``_get_slot`` makes the
    slots, ``_process_queue`` decides what leaves a queue, ``_wait_for_download`` is one transfer.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.floors: dict[str, float] = {}
        self.ending = False
        self._transfers: set[asyncio.Task[Any]] = set()
        crawler.signals.connect(self._response_downloaded, signals.response_downloaded)

    def set_floor(self, host: str, seconds: float) -> None:
        """Keep at least *seconds* between two requests to *host*, from now on."""
        self.floors[host] = max(seconds, self.floors.get(host, 0.0))
        slot = self.slots.get(host)
        if isinstance(slot, PoliteSlot):
            slot.floor = self.floors[host]

    def end(self) -> None:
        """Drop what waits, and cut off what is still being transferred after :data:`GRACE`."""
        self.ending = True
        for slot in self.slots.values():
            self._process_queue(slot)
        if self._transfers:
            asyncio.get_running_loop().call_later(GRACE, self.cut_off)

    def cut_off(self) -> None:
        for task in list(self._transfers):
            task.cancel()

    def _process_queue(self, slot: Slot) -> None:
        if not self.ending:
            super()._process_queue(slot)
            return
        if slot.latercall:
            slot.latercall.cancel()
            slot.latercall = None
        while slot.queue:
            _, waiting = slot.queue.popleft()
            waiting.errback(_ended("not made, since the run is ending"))

    def _get_slot(self, request: Request, *_: Any, **__: Any) -> tuple[str, Slot]:
        key = self.get_slot_key(request)
        known = key in self.slots
        key, slot = super()._get_slot(request)
        if not known:  # a slot made anew keeps the floor
            slot = PoliteSlot(slot.concurrency, slot.delay, slot.jitter, self.floors.get(key, 0.0))
            self.slots[key] = slot
        return key, slot

    def _wait_for_download(
        self, slot: Slot, request: Request, queue_dfd: Deferred[Response]
    ) -> Coroutine[Any, Any, None]:
        # Scrapy does so when the task gets its turn; without a delay everything that waits would
        # have left the queue by then, whatever CONCURRENT_REQUESTS_PER_DOMAIN says.
        slot.transferring.add(request)
        return self._transfer(slot, request, queue_dfd)

    async def _transfer(self, slot: Slot, request: Request, queue_dfd: Deferred[Response]) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._transfers.add(task)
        self.crawler.stats.inc_value("run/request_count")
        request.meta[BEGAN] = now()
        if isinstance(slot, PoliteSlot) and slot.ended is not None:
            gap = 0.0 if len(slot.transferring) > 1 else round(monotonic() - slot.ended, 3)
            self.crawler.stats.min_value("run/smallest_gap", gap)
        try:
            await super()._wait_for_download(slot, request, queue_dfd)
        except asyncio.CancelledError:
            if not queue_dfd.called:
                queue_dfd.errback(_ended("cut off, since the run is ending"))
        finally:
            self._transfers.discard(task)
            if isinstance(slot, PoliteSlot):
                slot.ended = monotonic()

    def _response_downloaded(self, request: Request, response: Response) -> None:
        """Count the pause from here, before the next request leaves the queue."""
        slot = self.slots.get(self.get_slot_key(request))
        if not isinstance(slot, PoliteSlot):
            return
        slot.lastseen = monotonic()
        if response.status not in (429, 503):
            return
        pause = retry_after(response.headers.get("Retry-After"), now=time())
        if pause is not None and pause > LONGEST_WAIT:
            self.crawler.stats.inc_value("politeness/retry_after_too_long")
            request.meta["dont_retry"] = True
        elif pause is not None:
            self.crawler.stats.inc_value("politeness/retry_after_count")
            slot.held_until = max(slot.held_until, slot.lastseen + pause)


def _ended(how: str) -> Failure:
    return Failure(RunEnding(how))  # type: ignore[no-untyped-call]  # Twisted types it not


def retry_after(field: bytes | None, *, now: float) -> float | None:
    """Return the seconds that a Retry-After field asks to wait, None without a readable one.

    *now* is seconds since the epoch, for the form that names a date.
    """
    if not field:
        return None
    text = field.decode("latin-1").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        return max(0.0, email.utils.parsedate_to_datetime(text).timestamp() - now)
    except (ValueError, OverflowError):
        return None


# Bytes of status lines and fields before a body; servers' own limits are 8 to 64 KiB.
MOST_HEAD: Final = 256 * 1024


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

    def request(self, request: WireRequest) -> Deferred[IResponse]:
        self.head = 0
        return super().request(request)

    def dataReceived(self, bytes: bytes) -> None:  # noqa: A002, N802 -- Twisted's name
        if self._parser is not None and self._parser.state not in (BODY, DONE):
            self.head += len(bytes)
            if self.head > MOST_HEAD + len(bytes):
                self._giveUp(Failure(HeadTooLarge()))  # type: ignore[no-untyped-call]
                return
        super().dataReceived(bytes)  # type: ignore[no-untyped-call]
