"""What extraction and the archive are given: responses, without Scrapy."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import attrs

from crawler.items import CaptureReference


@attrs.frozen(kw_only=True)
class Exchange:
    """One request and its response, as they crossed the network.

    What the archive stores of it is said in the docs: the entity body byte for byte with its
    content coding, header fields as the framework hands them on.
    """

    url: str
    method: str = "GET"
    request_headers: tuple[tuple[str, str], ...] = ()
    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    """Entity body as sent, content coding kept."""

    ip: str | None = None
    fetched_at: dt.datetime
    """Stamped once, in UTC, when the response was complete."""


@attrs.frozen(kw_only=True)
class Capture:
    """A response in the form that extraction reads: decoded, without Scrapy."""

    url: str
    """Address that answered, after redirects."""

    body: bytes
    """Entity body, content coding removed."""

    status: int = 200
    headers: Mapping[str, str] = attrs.field(factory=dict)
    """Header fields, names in lower case; of repeated fields the values joined with ``, ``."""

    exchanges: tuple[Exchange, ...] = ()
    """Every hop that led here, the last one the response itself; empty when read back."""

    reference: CaptureReference | None = None
    """Where it lies in the archive; None until it is written."""
