"""Why an address was not fetched: what we refuse, and what Scrapy says of the network."""

from __future__ import annotations

from typing import Final

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


NETWORK_ERRORS: Final = (
    CannotResolveHostError,
    ConnectError,
    ConnectionDone,
    ConnectionLost,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    OSError,  # a content coding that is not what the header says
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
"""What comes of a request when no whole response does."""

_SLUGS: Final[dict[type[BaseException], str]] = {
    CannotResolveHostError: "dns",
    ConnectError: "no_connection",
    ConnectionDone: "cut_short",
    ConnectionLost: "cut_short",
    DownloadCancelledError: "too_large",
    DownloadConnectionRefusedError: "connection_refused",
    DownloadFailedError: "cut_short",
    DownloadTimeoutError: "timeout",
    OSError: "bad_coding",
    PrivateAddress: "private_address",
    ResponseDataLossError: "cut_short",
    RobotsUnreadable: "robots_unreadable",
    UnsupportedURLSchemeError: "unsupported_scheme",
}
_IGNORED: Final = {
    "exceeded DOWNLOAD_MAXSIZE": "too_large",
    "max redirections reached": "too_many_redirects",
}
"""What Scrapy says where it has no class of error."""

# OpenSSL's words where it is not trusted, the module of the error where it is for another name.
_CERTIFICATE: Final = ("certificate verify failed", "service_identity.exceptions")
_WORDS: Final = {
    "certificate": "its certificate cannot be verified",
    "connection_refused": "the connection was refused",
    "cut_short": "the connection broke off",
    "dns": "its host name is not known",
    "no_connection": "no connection could be made",
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
    if is_certificate(error):
        return "certificate"
    if isinstance(error, DownloadFailedError) and HeadTooLarge.__name__ in str(error):
        return "head_too_large"
    for kind, name in _SLUGS.items():
        if isinstance(error, kind):
            return name
    if isinstance(error, IgnoreRequest):
        for part, name in _IGNORED.items():
            if part in str(error):
                return name
    return (str(error) or type(error).__name__)[:200]


def words(error: BaseException) -> str:
    """Return why a request came to nothing, for a person: ``no answer in time``."""
    found = slug(error)
    return _WORDS.get(found, found)
