"""One request: pauses before it, bounds on its answer, and why it came to nothing.

Whatever overrides private parts of Scrapy and Twisted is here.
"""

from __future__ import annotations

import asyncio
import email.utils
import random
import sysconfig
import traceback
from pathlib import Path
from time import monotonic, time
from typing import TYPE_CHECKING, Any, Final

from scrapy import Request, signals
from scrapy.core.downloader import Downloader, Slot
from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
)
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from scrapy.http.request import NO_CALLBACK
from twisted.internet.error import ConnectError, ConnectionDone, ConnectionLost
from twisted.python.failure import Failure
from twisted.web._newclient import BODY, DONE

from crawler.timestamps import now

if TYPE_CHECKING:
    from collections.abc import Coroutine

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
        key, slot = super()._get_slot(request)
        if not isinstance(slot, PoliteSlot):  # one that was made anew keeps the floor
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


# --- why there is no answer


class RobotsForbid(IgnoreRequest):
    """robots.txt does not allow the address."""


class RobotsUnreadable(IgnoreRequest):
    """robots.txt could not be had, so nothing of the host may be asked for (RFC 9309, 2.3.1.4)."""


class ForeignAddress(IgnoreRequest):
    """The address is not one of the newsroom's own."""

    def __init__(self, url: str, why: str) -> None:
        super().__init__(f"{url}: {why}")
        self.url = url


class PrivateAddress(IgnoreRequest):
    """The name leads to an address that is not public, and that the user did not name."""


class BudgetSpent(IgnoreRequest):
    """The run has made as many requests as it was given."""


class RunEnding(IgnoreRequest):
    """The run is ending; the request was not made, or not finished."""


class HeadTooLarge(Exception):
    """The head of an answer goes on and on; Scrapy hands it on in the text of its own error."""


class AnswerLost(IgnoreRequest):
    """Something went wrong with one answer, whatever it was; the text is a slug or says what."""


async def fetch(
    crawler: Crawler, url: str, *, headers: dict[str, str] | None = None, **meta: Any
) -> Response:
    """Return the answer of *url*; what nobody foresaw of it is :exc:`AnswerLost`, too."""
    request = Request(url, callback=NO_CALLBACK, headers=headers, meta=meta, dont_filter=True)
    asked = crawler.engine.download_async(request)
    (came,) = await asyncio.gather(asked, return_exceptions=True)
    if isinstance(came, BaseException):
        raise as_refusal(came)
    return came


def as_refusal(error: BaseException) -> BaseException:
    """Return why there is no answer as an :exc:`IgnoreRequest`; a mistake of ours as it is.

    Servers send what no list foresees, and then it is Scrapy, Twisted or another library that
    stumbles: the traceback ends there. It ends in code of the project where the mistake is there.
    """
    if isinstance(error, IgnoreRequest) or not isinstance(error, Exception) or _is_ours(error):
        return error
    lost = AnswerLost(slug(error))
    lost.__cause__ = error
    return lost


def _is_ours(error: Exception) -> bool:
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return False
    file = Path(frames[-1].filename)
    return file.is_relative_to(_OURS) or not any(map(file.is_relative_to, _LIBRARIES))


_OURS: Final = Path(__file__).parent
_LIBRARIES: Final = {sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")}

_SLUGS: Final[dict[type[BaseException], str]] = {
    CannotResolveHostError: "dns",
    ConnectError: "no_connection",
    ConnectionDone: "cut_short",
    ConnectionLost: "cut_short",
    DownloadCancelledError: "too_large",
    DownloadConnectionRefusedError: "connection_refused",
    DownloadFailedError: "cut_short",
    DownloadTimeoutError: "timeout",
    ForeignAddress: "foreign_address",
    PrivateAddress: "private_address",
    ResponseDataLossError: "cut_short",
    RobotsForbid: "robots",
    RobotsUnreadable: "robots_unreadable",
    UnsupportedURLSchemeError: "unsupported_scheme",
}
_REDIRECTS: Final = "max redirections reached"  # Scrapy has no class of error for it
_LONGEST: Final = 200  # characters of what somebody else says
# OpenSSL's words where it is not trusted, the module of the error where it is for another name.
_CERTIFICATE: Final = ("certificate verify failed", "service_identity.exceptions")
_WORDS: Final = {
    "certificate": "its certificate cannot be verified",
    "connection_refused": "the connection was refused",
    "cut_short": "the connection broke off",
    "dns": "its host name is not known",
    "no_connection": "no connection could be made",
    "not_whole": "the answer is not whole",
    "robots": "robots.txt forbids it",
    "timeout": "no answer in time",
}


def is_certificate(error: BaseException) -> bool:
    """Whether *error* is a certificate that cannot be verified: another try gives the same."""
    return isinstance(error, DownloadFailedError) and any(
        sign in str(error) for sign in _CERTIFICATE
    )


def slug(error: BaseException) -> str:
    """Return why a request came to nothing, as a slug or a short text.

    >>> slug(DownloadTimeoutError("Getting https://lintas.example/a.html took longer than 30 s."))
    'timeout'
    >>> slug(IgnoreRequest("max redirections reached"))
    'too_many_redirects'
    """
    text = str(error)
    if is_certificate(error):
        return "certificate"
    if isinstance(error, DownloadFailedError) and HeadTooLarge.__name__ in text:
        return "head_too_large"
    for kind, name in _SLUGS.items():
        if isinstance(error, kind):
            return name
    if isinstance(error, IgnoreRequest):
        return "too_many_redirects" if _REDIRECTS in text else text[:_LONGEST]
    return " ".join(f"{type(error).__name__}: {text}".split())[:_LONGEST].rstrip(": ")


def words(error: BaseException) -> str:
    """Return why a request came to nothing, for a person: ``no answer in time``."""
    if isinstance(error, ForeignAddress):
        return f"{error.url} is another host's"
    found = slug(error)
    return _WORDS.get(found, found)
