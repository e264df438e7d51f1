"""A request and its response, before either is bytes on a wire."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl

import attrs

Header = tuple[str, str]


@attrs.define(kw_only=True)
class Response:
    """What is sent, and how: the last six fields are for trouble."""

    status: int = 200
    kind: str = "text/html; charset=UTF-8"
    body: bytes = b""
    headers: list[Header] = attrs.field(factory=list)
    changed: float | None = None
    """Unix time of Last-Modified."""

    etag: str | None = None
    validated: bool = False
    """Whether WordPress itself sends validators with it (feeds)."""

    length: int | None = None
    """Content-Length to claim where it is not the truth."""

    wait: float = 0.0
    """Seconds before the first byte."""

    pace: float = 0.0
    """Seconds between pieces of :attr:`piece` bytes."""

    piece: int = 64
    reset: bool = False
    """Break the connection off without an answer, or after the body where there is one."""

    endless: bool = False
    """State no length, and send the body again and again until the client hangs up."""


@attrs.frozen(kw_only=True)
class Request:
    """What a client asked for."""

    method: str
    target: str
    """Path and query as sent."""

    headers: Mapping[str, str]
    """Names in lower case."""

    nth: int = 1
    """How many times this target was asked for, this time included."""

    answer: Callable[[Request], Response]
    """What the site would say, were there no trouble."""

    @property
    def path(self) -> str:
        """Path without the query, as sent."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> dict[str, str]:
        """Query parameters; of a repeated one the last."""
        return dict(parse_qsl(self.target.partition("?")[2], keep_blank_values=True))

    def normal(self) -> Response:
        """Return what the site would say, were there no trouble."""
        return self.answer(self)


Fault = Callable[[Request], Response | None]
"""Trouble: a response of its own, or ``None`` to leave the request alone."""
