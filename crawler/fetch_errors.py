"""Why an address was not fetched: what we refuse, and what Scrapy says of the network."""

from __future__ import annotations

import asyncio
import sysconfig
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Final

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
from twisted.internet.error import ConnectError, ConnectionDone, ConnectionLost

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response


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


async def fetch(crawler: Crawler, request: Request) -> Response:
    """Return the answer to *request*; what nobody foresaw of it is :exc:`AnswerLost`, too."""
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
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    if not frames:
        return False
    file = Path(frames[-1].f_code.co_filename)
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
