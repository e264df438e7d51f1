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
    body: bytes = attrs.field(default=b"", repr=False)
    """Entity body as sent, content coding kept."""

    ip: str | None = None
    fetched_at: dt.datetime
    """Stamped once, in UTC, when the response was complete."""


@attrs.frozen(kw_only=True)
class CopiedRecord:
    """A response as a WARC record of somebody else, which becomes one of the archive as it is."""

    record_id: str
    """Without angle brackets."""

    url: str
    fetched_at: str
    """Its ``WARC-Date``."""

    status: int
    digest: str
    """Of the entity body as it lies in the record: the record's own, or one of sha256."""

    content: bytes = attrs.field(repr=False)
    """The record as a gzip member."""


@attrs.frozen(kw_only=True)
class Capture:
    """A response in the form that extraction reads: decoded, without Scrapy."""

    url: str
    """Address that answered, after redirects."""

    body: bytes = attrs.field(repr=False)
    """Entity body, content coding removed."""

    status: int = 200
    headers: Mapping[str, str] = attrs.field(factory=dict)
    """Header fields, names in lower case; of repeated fields the values joined with ``, ``."""

    exchanges: tuple[Exchange, ...] = ()
    """Every hop that led here, the last one the response itself; empty when read back."""

    copied: CopiedRecord | None = None
    """The record of somebody else that it was read from, instead of exchanges."""

    reference: CaptureReference | None = None
    """Where it lies in the archive; None until it is written."""
