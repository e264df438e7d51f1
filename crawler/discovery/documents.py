"""Bytes that a site calls XML or JSON, read so that they cannot hurt."""

from __future__ import annotations

import io
import json
import re
import zlib
from collections.abc import Iterator
from typing import Any, Final

from lxml import etree

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

    What stands inside another of them is left to that one. A root of one of *names* is yielded at its start, empty, so that the kind of document is known
    first. Entities stay unresolved, no DTD is loaded, nothing is fetched; libxml2 ends what nests
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
