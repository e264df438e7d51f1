"""WARC 1.1 records, each a gzip member of its own, as they are written.

Written by hand because the writers that can be had are slower (warcio) or keep Python's lock while
they compress (FastWARC), which would hold up the crawl; what is needed is one function. See
``docs/archive.md`` for the figures.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Iterable
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

import attrs
from zlib_ng import zlib_ng

from crawler import __version__
from crawler.archive.moments import stamp
from crawler.captures import Exchange
from crawler.items import CaptureReference

_GZIP: Final = 16 + zlib_ng.MAX_WBITS
# A page of 48 kB takes 0.28 ms and 7.6 kB, in zlib itself 0.59 ms for as much; level 4 a fifth less
# for 2.5 % more, level 8 half as long again for 0.9 % less.
_LEVEL: Final = 6

_PROFILES: Final = "http://netpreserve.org/warc/1.1/revisit/"
SAME_PAYLOAD: Final = _PROFILES + "identical-payload-digest"
NOT_MODIFIED: Final = _PROFILES + "server-not-modified"

# What a site sends must not end a field, or a header.
_BREAKS = re.compile(r"[\r\n\0]+")


@attrs.frozen(kw_only=True)
class Member:
    """A record as the bytes that go into a file, and what a line says of it."""

    content: bytes
    record_id: str
    url: str
    date: str
    status: int
    digest: str

    def at(self, warc: str, offset: int) -> CaptureReference:
        """Return the reference to this record once it stands at *offset* of the file *warc*."""
        return CaptureReference(
            url=self.url,
            fetched_at=self.date,
            status=self.status,
            warc=warc,
            offset=offset,
            length=len(self.content),
            record_id=self.record_id,
            digest=self.digest,
        )


def sha256(content: bytes) -> str:
    """Return the digest of *content* as records and lines state it."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def response(exchange: Exchange) -> Member:
    """Return the response of *exchange* as a record."""
    return _http_member("response", exchange, sha256(exchange.body), _response_head(exchange))


def request(exchange: Exchange, concurrent_to: str) -> Member:
    """Return the request of *exchange*; *concurrent_to* is the id of the response's record."""
    return _http_member(
        "request",
        attrs.evolve(exchange, body=b""),
        sha256(b""),
        _request_head(exchange),
        [("WARC-Concurrent-To", f"<{concurrent_to}>")],
    )


def revisit(exchange: Exchange, original: CaptureReference) -> Member:
    """Return the response of *exchange*, whose payload is that of *original*, as a revisit.

    A 304 is a visit of the profile ``server-not-modified``, anything else of
    ``identical-payload-digest``. Where the original lies is said in the two fields that Heritrix
    uses for it, beside those of the standard.
    """
    not_modified = exchange.status == HTTPStatus.NOT_MODIFIED
    return _http_member(
        "revisit",
        attrs.evolve(exchange, body=b""),
        original.digest,
        _response_head(exchange),
        [
            ("WARC-Profile", NOT_MODIFIED if not_modified else SAME_PAYLOAD),
            ("WARC-Refers-To", f"<{original.record_id}>"),
            ("WARC-Refers-To-Target-URI", original.url),
            ("WARC-Refers-To-Date", original.fetched_at),
            ("WARC-Refers-To-Filename", original.warc),
            ("WARC-Refers-To-File-Offset", str(original.offset)),
        ],
    )


def warcinfo(filename: str, *, archive: str, operator: str, robots: str, date: str) -> bytes:
    """Return the record with which a file begins; what is empty is left out of it."""
    said = {
        "software": f"newsroom-archive/{__version__}",
        "format": "WARC File Format 1.1",
        "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "operator": operator,
        "isPartOf": archive,
        "robots": robots,
        "description": (
            "Entity bodies are stored byte for byte, their content coding kept. HTTP header fields "
            "are as the crawler's framework hands them on: names may be re-cased, and "
            "Transfer-Encoding is gone."
        ),
    }
    body = "".join(f"{name}: {_line(value)}\r\n" for name, value in said.items() if value)
    return _member(
        "warcinfo",
        new_record_id(),
        [
            ("WARC-Date", date),
            ("WARC-Filename", filename),
            ("Content-Type", "application/warc-fields"),
        ],
        body.encode(),
    )


def new_record_id() -> str:
    return f"urn:uuid:{uuid.uuid4()}"


def member(fields: Iterable[tuple[str, str]], block: bytes) -> bytes:
    """Return the gzip member of a record with these *fields*; Content-Length is added.

    One call to zlib-ng for each record: every call lets other threads run, and to get back Python's
    lock from a busy one takes 5 ms.
    """
    head = "".join(f"{name}: {_line(value)}\r\n" for name, value in fields)
    header = f"WARC/1.1\r\n{head}Content-Length: {len(block)}\r\n\r\n"
    whole = b"".join((header.encode(errors="replace"), block, b"\r\n\r\n"))
    return zlib_ng.compress(whole, _LEVEL, _GZIP)


def _member(kind: str, record_id: str, fields: Iterable[tuple[str, str]], block: bytes) -> bytes:
    return member(
        [
            ("WARC-Type", kind),
            ("WARC-Record-ID", f"<{record_id}>"),
            *fields,
            ("WARC-Block-Digest", sha256(block)),
        ],
        block,
    )


def _http_member(
    kind: str,
    exchange: Exchange,
    digest: str,
    head: bytes,
    more: Iterable[tuple[str, str]] = (),
) -> Member:
    record_id = new_record_id()
    date = stamp(exchange.fetched_at)
    message = "request" if kind == "request" else "response"
    fields = [
        ("WARC-Date", date),
        ("WARC-Target-URI", exchange.url),
        *more,
        *([("WARC-IP-Address", exchange.ip)] if exchange.ip else []),
        ("Content-Type", f"application/http; msgtype={message}"),
        ("WARC-Payload-Digest", digest),
    ]
    return Member(
        content=_member(kind, record_id, fields, head + exchange.body),
        record_id=record_id,
        url=exchange.url,
        date=date,
        status=exchange.status,
        digest=digest,
    )


def _response_head(exchange: Exchange) -> bytes:
    try:
        phrase = HTTPStatus(exchange.status).phrase
    except ValueError:
        phrase = "Unknown"
    return _head(f"HTTP/1.1 {exchange.status} {phrase}", exchange.headers)


def _request_head(exchange: Exchange) -> bytes:
    parts = urlsplit(exchange.url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    fields = exchange.request_headers
    if not any(name.lower() == "host" for name, _ in fields):
        fields = (("Host", parts.netloc.rpartition("@")[2]), *fields)
    return _head(f"{exchange.method} {target} HTTP/1.1", fields)


def _head(first: str, fields: Iterable[tuple[str, str]]) -> bytes:
    lines = [first, *(f"{name}: {value}" for name, value in fields)]
    text = "".join(f"{_line(line)}\r\n" for line in lines) + "\r\n"
    try:
        return text.encode("latin-1")  # as bytes of a header become text
    except UnicodeEncodeError:
        return text.encode(errors="replace")


def _line(text: str) -> str:
    return _BREAKS.sub(" ", text)
