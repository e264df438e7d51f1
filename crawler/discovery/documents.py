"""Bytes that a site calls XML or JSON, read so that they cannot hurt; the posts of a REST answer."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import zlib
from collections.abc import Iterator, Mapping
from typing import Any, Final

import attrs
from lxml import etree

from crawler.timestamps import rest_moment

MAX_BYTES: Final = 50 << 20  # sitemaps.org allows a file 50 MB, decompressed
_GZIP: Final = b"\x1f\x8b"
# Comments possessively, or a few hundred of them would be divided up in every possible way.
_COMMENTS: Final = rb"(?:<!--(?:(?!-->).)*+-->\s*+)*+"
_HTML: Final = re.compile(
    rb"\s*+" + _COMMENTS + rb"<(?:!doctype html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_CLOSES: Final = re.compile(rb"</[\w:-]+\s*>\s*+" + _COMMENTS + rb"\Z", re.DOTALL)
# Half a character, which libxml2 keeps when it recovers, and lxml then cannot decode.
_SURROGATE: Final = re.compile(
    rb"&#(?:x0*+d[89a-f][0-9a-f]{2}|0*+(?:55(?:29[6-9]|[3-9]\d\d)|56\d{3}|57(?:[0-2]\d\d|3[0-3]\d|34[0-3])));",
    re.IGNORECASE,
)
_BLANK: Final = b"\xef\xbb\xbf \t\r\n\x00"


class Unreadable(ValueError):
    """The bytes are not, or not wholly, what they should be; the message says what was wrong."""


class WrongKind(Unreadable):
    """The bytes are something else altogether, such as an HTML page: asking again is no use."""


def unpacked(body: bytes, limit: int = MAX_BYTES) -> bytes:
    """Return *body*, gunzipped where its first bytes say so.

    Raises :exc:`Unreadable` when it is more than *limit* bytes, or cut short.
    """
    if not body.startswith(_GZIP):
        if len(body) > limit:
            raise Unreadable(f"larger than {limit} bytes")
        return body
    stream = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        plain = stream.decompress(body, limit + 1)
    except zlib.error as error:
        raise Unreadable(f"not gzip after all ({error})") from None
    if len(plain) > limit:
        raise Unreadable(f"larger than {limit} bytes once decompressed")
    if not stream.eof:
        raise Unreadable("gzip data cut short")
    return plain


def elements(body: bytes, names: frozenset[str]) -> Iterator[etree._Element]:
    """Yield the elements of those local *names* in document order, each whole, then forgotten.

    What stands inside another of them is left to that one. A root of one of *names* is yielded at
    its start, empty, so that the kind of document is known first. Entities stay unresolved, no DTD is loaded, nothing is fetched; libxml2 ends what nests
    deeper than 256 or holds a text of more than 10 MB. Small damage is read over; at the end
    :exc:`Unreadable` is raised if there was any, so that nobody takes the list for complete.
    """
    plain = unpacked(body).lstrip(_BLANK)
    if not plain:
        raise Unreadable("empty")
    if _HTML.match(plain[:4096]):
        raise WrongKind("an HTML page")
    plain = _SURROGATE.sub(b"&#xFFFD;", plain)
    events = etree.iterparse(
        io.BytesIO(plain),
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        recover=True,
    )
    yield from _walked(events, names)
    if not _CLOSES.search(plain[-4096:]):
        raise Unreadable("cut short")


def _walked(events: Any, names: frozenset[str]) -> Iterator[etree._Element]:
    root: etree._Element | None = None
    outer: etree._Element | None = None
    try:
        for event, element in events:
            if not isinstance(element.tag, str):
                continue
            if root is None:
                root = element
                if local(element) in names:
                    yield element
            elif event == "start":
                if outer is None and local(element) in names:
                    outer = element
            elif outer is not None and element is outer:
                yield element
                _forget(element)
                outer = None
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise Unreadable(f"not XML ({str(error)[:120]})") from None
    if root is None:
        raise Unreadable("not XML (no element)")
    fatal = [entry for entry in events.error_log if entry.level >= etree.ErrorLevels.FATAL]
    if fatal:
        raise Unreadable(f"damaged XML (line {fatal[0].line}: {fatal[0].message[:100]})")


def _forget(element: etree._Element) -> None:
    """Free *element* and what stands before it, so that memory does not grow with the file."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def local(element: etree._Element) -> str:
    """Return the name of *element* without its namespace, in lower case."""
    return str(element.tag).rpartition("}")[2].lower()


def text_of(element: etree._Element) -> str:
    """Return the text of *element*, without that of its children, stripped."""
    try:
        return (element.text or "").strip()
    except UnicodeDecodeError:  # half a character in UTF-16
        return ""


def read_json(body: bytes) -> Any:
    """Return the JSON value in *body*, which may be anything.

    Raises :exc:`Unreadable` for what is not JSON, such as HTML sent with status 200, is cut short,
    or nests deeper than the interpreter allows.
    """
    plain = unpacked(body).lstrip(_BLANK)
    if plain.startswith(b"<"):
        raise WrongKind("an HTML page")
    try:
        return json.loads(plain.decode("utf-8", errors="replace"))
    except RecursionError:
        raise Unreadable("JSON nested too deep") from None
    except ValueError as error:
        raise Unreadable(f"not JSON ({str(error)[:80]})") from None


_LINK: Final = re.compile(
    r"<([^<>]{1,2000})>\s*;[^,]*?rel=\"?https://api\.w\.org/\"?", re.IGNORECASE
)
_PLAIN_ADDRESS: Final = re.compile(r"[?&]p=(\d{1,18})$")
_LARGEST: Final = 10**15  # beyond it is no post id, and JSON numbers lose digits


@attrs.frozen(kw_only=True)
class Post:
    """What discovery needs of one REST object."""

    post_id: int
    url: str
    date: str
    """Publication on the newsroom's clock, without offset: what ``after`` and ``before`` compare.

    Empty where it is none."""

    published: str | None
    """Publication, ISO 8601 with offset, as :func:`crawler.timestamps.rest_moment` has it."""

    modified: str | None
    """Last modification, ISO 8601, its offset found alike."""

    record: Mapping[str, Any]
    """The object as sent."""


def read_posts(body: bytes, zone: dt.tzinfo) -> Iterator[Post]:
    """Yield the posts of one REST answer in its order; those without id or link are left out.

    *zone* is that of a ``date`` without a usable ``date_gmt``.
    Raises :exc:`Unreadable` when *body* is no JSON list.
    """
    answer = read_json(body)
    if not isinstance(answer, list):
        raise WrongKind("JSON, but no list of posts")
    for record in answer:
        post = _post(record, zone) if isinstance(record, dict) else None
        if post:
            yield post


def _post(record: dict[str, Any], zone: dt.tzinfo) -> Post | None:
    post_id, link = record.get("id"), record.get("link")
    if type(post_id) is not int or not 0 < post_id < _LARGEST or not isinstance(link, str):
        return None
    published = _stated(record, "date", zone)
    modified = _stated(record, "modified", zone)
    return Post(
        post_id=post_id,
        url=link,
        date=published.replace(tzinfo=None).isoformat(timespec="seconds") if published else "",
        published=published.isoformat(timespec="seconds") if published else None,
        modified=modified.isoformat(timespec="seconds") if modified else None,
        record=record,
    )


def _stated(record: dict[str, Any], field: str, zone: dt.tzinfo) -> dt.datetime | None:
    local, gmt = record.get(field), record.get(f"{field}_gmt")
    return rest_moment(str(local or ""), str(gmt or ""), zone)


def plain_post_id(url: str) -> int | None:
    """Return the post id in an address such as ``https://kabar.example/?p=812``."""
    found = _PLAIN_ADDRESS.search(url)
    return int(found[1]) if found else None


def total(headers: Mapping[str, str]) -> int | None:
    """Return ``X-WP-Total``, how many posts a query matches, where it is a number that can be."""
    value = headers.get("x-wp-total", "").strip()
    return int(value) if value.isascii() and value.isdigit() and len(value) <= 8 else None  # noqa: PLR2004 -- under 10^8 posts


def api_root(headers: Mapping[str, str]) -> str | None:
    """Return the API's root that a ``Link`` header names with ``rel="https://api.w.org/"``."""
    found = _LINK.search(headers.get("link", ""))
    return found[1] if found else None
