"""Bytes that a site calls XML or JSON, read so that they cannot hurt."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Generator, Iterator
from html.entities import html5
from typing import Any, Final

from lxml import etree

from crawler.decoding import Incomplete, Oversized, json_text, without_codings

MAX_BYTES: Final = 50 << 20  # sitemaps.org allows a file 50 MB, decompressed
_HTML: Final = re.compile(
    rb"\s*+(?:<!--(?:(?!-->).)*+-->\s*+)*+<(?:!doctype html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
# Half a character, which libxml2 keeps when it recovers, and lxml then cannot decode.
_SURROGATE: Final = re.compile(
    rb"&#(?:x0*+d[89a-f][0-9a-f]{2}|0*+(?:55(?:29[6-9]|[3-9]\d\d)|56\d{3}|57(?:[0-2]\d\d|3[0-3]\d|34[0-3])));",
    re.IGNORECASE,
)
# Generators forget to escape, and use names of HTML; libxml2 drops both, and what is left of
# `?p=12&lang=id` is another address. An unclosed comment goes to the end, so that it is read once.
_UNESCAPED: Final = re.compile(
    rb"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)|<(?![a-z_:/!?\x80-\xff])"
    rb"|&(?!#\d{1,7};|#x[\da-f]{1,6};)(?:(\w{1,40});)?",
    re.IGNORECASE | re.DOTALL,
)
# What libxml2 calls fatal, though no element is lost: it reads on behind a character.
_HARMLESS: Final = frozenset(
    [
        "ERR_ATTRIBUTE_REDEFINED",
        "ERR_HYPHEN_IN_COMMENT",
        "ERR_INVALID_CHAR",
        "ERR_INVALID_ENCODING",
        "ERR_MISPLACED_CDATA_END",
        "ERR_UNSUPPORTED_ENCODING",
    ]
)
_OF_XML: Final = frozenset({b"amp", b"lt", b"gt", b"quot", b"apos"})
_BLANK: Final = b"\xef\xbb\xbf \t\r\n\x00"
_FOREWORD: Final = 256 << 10  # bytes; what PHP complains of in front of a document is shorter


class Unreadable(ValueError):
    """The bytes are not, or not wholly, what they should be; the message says what was wrong."""


class WrongKind(Unreadable):
    """The bytes are something else altogether, such as an HTML page: asking again is no use."""


def unpacked(body: bytes, limit: int = MAX_BYTES) -> tuple[bytes, str]:
    """Return *body*, gunzipped where its first bytes say so, and what was wrong with it.

    Raises :exc:`Unreadable` when it is more than *limit* bytes.
    """
    try:
        return without_codings(body, "gzip", largest=limit), ""
    except Incomplete as error:
        return error.part, str(error)
    except Oversized as error:
        raise Unreadable(str(error)) from None


def elements(
    plain: bytes,
    wrong: str,
    kind: str,
    roots: frozenset[str],
    names: frozenset[str],
    *,
    others: frozenset[str] = frozenset(),
) -> Iterator[etree._Element]:
    """Yield the elements of those local *names* in document order, each whole, then forgotten.

    And *others*, which hold nothing. A document whose root is none of *roots* is no *kind*, and
    :exc:`WrongKind` is raised. It is read from where its root begins to where it ends: PHP complains
    in front of it, caches sign behind it. Nothing is resolved or fetched; libxml2 ends what nests
    deeper than 256 or holds a text of more than 10 MB. Damage is read over; at the end
    :exc:`Unreadable` is raised if there was any, *wrong* included: the list is not complete.
    """
    plain = plain.lstrip(_BLANK)
    if not plain:
        raise Unreadable(wrong or "empty")
    if _HTML.match(plain[:4096]):
        raise WrongKind("an HTML page")
    plain, cut = _document(plain, roots, names)
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
    try:
        root = yield from _walked(events, roots, names | others)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise Unreadable(f"not XML ({str(error)[:120]})") from None
    if (
        root and root not in roots
    ):  # whatever else is wrong with it, such as a page without end tags
        raise WrongKind(f"XML, but no {kind}")
    wrong = ("" if root else "not XML (no element)") or wrong or cut or _damage(events.error_log)
    if wrong:
        raise Unreadable(wrong)


def _walked(
    events: Any, roots: frozenset[str], names: frozenset[str]
) -> Generator[etree._Element, None, str]:
    root, outer = "", None
    for event, element in events:
        if not isinstance(element.tag, str):
            continue
        if not root:
            root = local(element)
        elif event == "start":
            if outer is None and local(element) in names:
                outer = element
        elif outer is not None and element is outer:
            if root in roots:
                yield element
            _forget(element)
            outer = None
    return root


def _document(plain: bytes, roots: frozenset[str], names: frozenset[str]) -> tuple[bytes, str]:
    """Return *plain* from where one of *roots* begins to where it ends, mended, and what is wrong.

    As it is where none is found, which may be for its encoding.
    """
    begins = re.compile(
        rb"<!--.*?(?:-->|\Z)|<((?:[\w.-]{1,40}:)?(?:" + _either(roots) + rb"))(?=[\s/>])([^>]*)",
        re.IGNORECASE | re.DOTALL,
    )
    root = next((found for found in begins.finditer(plain, 0, _FOREWORD) if found[1]), None)
    if root is None:
        return plain, "" if plain.rstrip(_BLANK).endswith(b">") else "cut short"
    declared = [plain.rfind(mark, 0, root.start()) for mark in (b"<?xml ", b"<!DOCTYPE ")]
    begin = min((place for place in declared if place >= 0), default=root.start())
    if b"utf-16" in plain[begin : root.start()].lower():  # it cannot be, as its bytes show
        begin = root.start()
    if root[2].endswith(b"/"):
        return plain[begin : root.end() + 1], ""
    end = plain.rfind(b"</" + root[1])
    for _ in range(3):  # in comments behind it that say what it is
        if plain.rfind(b"<!--", 0, max(end, 0)) <= plain.rfind(b"-->", 0, max(end, 0)):
            break
        end = plain.rfind(b"</" + root[1], 0, max(end, 0))
    close = plain.find(b">", end) + 1 if end >= 0 else 0
    cut = ""
    if not close:  # what has no end would be ended by libxml2, with half an address in it
        whole = re.compile(rb"</(?:[\w.-]{1,40}:)?(?:" + _either(names) + rb")\s*>", re.IGNORECASE)
        for each in whole.finditer(plain, root.end()):
            close = each.end()
        close = close or root.end() + 1
        cut = "cut short"
    found = plain[begin:close]
    if b"<!ENTITY" not in found[:4096]:
        found = _UNESCAPED.sub(_escaped, found)
    return _SURROGATE.sub(b"&#xFFFD;", found), cut


def _either(names: frozenset[str]) -> bytes:
    return "|".join(sorted(names)).encode()


def _escaped(found: re.Match[bytes]) -> bytes:
    whole, name = found[0], found[1]
    if whole == b"<":
        return b"&lt;"
    if whole[:1] != b"&" or name in _OF_XML:
        return whole
    text = html5.get(f"{name.decode(errors='replace')};", "") if name else ""
    return b"".join(b"&#%d;" % ord(each) for each in text) or b"&amp;" + whole[1:]


def _damage(log: Any) -> str:
    for entry in log:
        if entry.level >= etree.ErrorLevels.FATAL and entry.type_name not in _HARMLESS:
            return f"damaged XML (line {entry.line}: {entry.message[:100]})"
    return ""


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


def json_items(body: bytes) -> Iterator[Any]:
    """Yield the items of the JSON list in *body*, which may be anything, whatever stands around it.

    Of a list that is cut short those that are whole come first. Raises :exc:`Unreadable` for what
    is not JSON, is cut short, or nests deeper than the interpreter allows; :exc:`WrongKind` for
    HTML sent with status 200, and for JSON that is no list.
    """
    plain, wrong = unpacked(body)
    plain = plain.lstrip(_BLANK)
    if _HTML.match(plain[:4096]):
        raise WrongKind("an HTML page")
    text, place = json_text(plain)
    if not text.startswith("[", place):
        _decoded(text, place, wrong)
        raise WrongKind("JSON, but no list of posts")
    place = _SEPARATOR.match(text, place + 1).end()  # type: ignore[union-attr]  # may be empty
    while not text.startswith("]", place):
        value, end = _decoded(text, place, wrong or "cut short" * (place >= len(text)))
        yield value
        place = _SEPARATOR.match(text, end).end()  # type: ignore[union-attr]
    if wrong:
        raise Unreadable(wrong)


def _decoded(text: str, place: int, wrong: str) -> tuple[Any, int]:
    try:
        return _DECODER.raw_decode(text, place)
    except RecursionError:
        raise Unreadable("JSON nested too deep") from None
    except ValueError as error:
        raise Unreadable(wrong or f"not JSON ({str(error)[:80]})") from None


_DECODER: Final = json.JSONDecoder()
_SEPARATOR: Final = re.compile(r"[\s,]*")
