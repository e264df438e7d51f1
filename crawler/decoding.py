"""An entity body as it was meant: whole, and without the codings that its header names.

The one place that undoes a coding and judges completeness: for what a run fetches, for what the
archive and files of others hold.
"""

from __future__ import annotations

import codecs
import io
import json
import re
import sys
import zlib
from collections.abc import Callable, Generator, Iterator, Mapping
from typing import Any, Final

import brotli

from crawler.errors import CrawlerError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

__all__ = ["Incomplete", "Oversized", "decode", "json_text", "plain_text", "read_json", "zstd"]

_LARGEST: Final = 256 * 1024 * 1024
"""More than any page; what decodes to more is a bomb."""

_BLOCK: Final = 64 * 1024
# Given to zlib at once: of a bomb, that makes a thousand times as much.
_STEP: Final = 8 * 1024
_GZIP: Final = 16 + zlib.MAX_WBITS
_GZIP_MAGIC: Final = b"\x1f\x8b"
# What no text begins with: control characters, but white space and escape.
_BINARY: Final = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_BEGINNING: Final = 512
# A chunk's size is a few hex digits, but extensions may follow them.
_CHUNK_LINE: Final = 1024
_HEX: Final = re.compile(rb"[0-9A-Fa-f]{1,8}")


class Incomplete(CrawlerError, ValueError):
    """The body is not whole: cut, or not what its checksum says. The message says which."""

    def __init__(self, why: str, part: bytes = b"") -> None:
        super().__init__(why)
        self.part = part
        """What could be read of it."""


class Oversized(CrawlerError, ValueError):
    """The body decodes to more than is wanted of one."""


def decode(body: bytes, headers: Mapping[str, str], *, largest: int = _LARGEST) -> bytes:
    """Return the entity *body* without transfer and content codings; itself where there are none.

    *headers* has names in lower case, as :attr:`crawler.items.Capture.headers`. A coding that is
    not known, or that the body shows not to have, is read as none: ``Content-Encoding: UTF-8``, or
    gzip before plain text.

    Raises :exc:`Incomplete` for fewer bytes than the header announces, and for a coding without
    its end or with a wrong checksum; :exc:`Oversized` for more than *largest* bytes. Not meant for
    answers that have no body by their kind, such as 304.
    """
    plain = without_chunks(headers, body)
    coding = headers.get("content-encoding", "")
    decoded = without_codings(plain, coding, largest=largest)
    # Where whoever stored the body undid its coding, the length says nothing of it.
    undone = decoded is plain and any(name in _CODINGS for name in _names(coding))
    if "transfer-encoding" not in headers and not undone:
        stated = {each.strip() for each in headers.get("content-length", "").split(",")}
        announced = stated.pop()
        if not stated and announced.isdecimal() and len(body) < int(announced):
            raise Incomplete(f"{len(body)} bytes of {announced} that were announced", decoded)
    return decoded


def without_codings(body: bytes, coding: str, *, largest: int = _LARGEST) -> bytes:
    """Return *body* without what a ``Content-Encoding`` field names; see :func:`decode`."""
    for name in reversed(_names(coding)):
        if name in _CODINGS and body and body.startswith(_CODINGS[name][1]):
            body = _undone(name, body, largest)
    if len(body) > largest:
        raise Oversized(f"body has more than {largest} bytes")
    return body


def plain_text(body: bytes) -> str:
    r"""Return *body* as text: UTF-8 unless its byte order mark says otherwise, without any mark.

    >>> plain_text(b"\xef\xbb\xbfUser-agent: *"), plain_text("Disallow: /".encode("utf-16"))
    ('User-agent: *', 'Disallow: /')
    """
    wide = body[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    return body.decode("utf-16" if wide else "utf-8", "replace").replace("\ufeff", "")


# At the beginning of a line, or behind a tag: what PHP complains of has brackets elsewhere.
_JSON: Final = re.compile(r"(?:\A|[\n\r>])[ \t\ufeff]*(\[(?=\s*[\]{])|\{(?=\s*[\"}]))")
_FOREWORD: Final = 256 * 1024


def json_text(body: bytes) -> tuple[str, int]:
    """Return *body* as text, and where JSON begins in it: PHP complains in front of it.

    >>> json_text(b"<br /><b>Notice</b>: Undefined index<br />[{}]")
    ('<br /><b>Notice</b>: Undefined index<br />[{}]', 42)
    """
    text = body.decode("utf-8", "replace")
    begin = _JSON.search(text, 0, _FOREWORD)
    return text, begin.start(1) if begin else 0


def read_json(body: bytes) -> Any:
    """Return the JSON value in *body*, whatever stands around it; :exc:`ValueError` without one."""
    return json.JSONDecoder().raw_decode(*json_text(body))[0]


def _names(coding: str) -> list[str]:
    return [each.strip().lower() for each in coding.split(",")]


def without_chunks(headers: Mapping[str, str], body: bytes) -> bytes:
    """Return *body* without the chunks of its transfer coding, which some crawlers store (RFC 9112).

    As it is where the header says nothing of chunks, or the body has none. Raises
    :exc:`Incomplete` where the last one is missing.
    """
    if "chunked" not in headers.get("transfer-encoding", "").lower():
        return body
    parts: list[bytes] = []
    rest = memoryview(body)
    while (end := bytes(rest[:_CHUNK_LINE]).find(b"\r\n")) > 0:
        stated = bytes(rest[:end]).partition(b";")[0].strip()
        if not _HEX.fullmatch(stated):
            break
        size = int(stated, 16)
        if size == 0:
            return b"".join(parts)
        parts.append(bytes(rest[end + 2 : end + 2 + size]))
        rest = rest[end + 2 + size + 2 :]
    if parts:
        raise Incomplete("the last chunk of its transfer coding is missing")
    return body


def _undone(name: str, body: bytes, largest: int) -> bytes:
    decoder, magic = _CODINGS[name]
    parts: list[bytes] = []
    size = 0
    try:
        for part in decoder(body):
            parts.append(part)
            size += len(part)
            if size > largest:
                raise Oversized(f"body decodes to more than {largest} bytes")
    except (EOFError, zlib.error, zstd.ZstdError, brotli.error) as error:
        if not magic and not _BINARY.search(body[:_BEGINNING]):
            return body  # it is text already
        why = f"{name} is cut or damaged after {size} bytes ({error})"
        raise Incomplete(why, b"".join(parts)) from None
    return b"".join(parts)


def _gunzip(body: bytes) -> Iterator[bytes]:
    """Yield what members hold; what follows the last and is none, is left out, as browsers do."""
    place = 0
    while body.startswith(_GZIP_MAGIC, place):
        place = yield from _inflate(body, place, _GZIP)


def _deflate(body: bytes) -> Iterator[bytes]:
    """Yield what zlib's form holds, or, as servers also send it, what has no header."""
    has_header = body[0] & 15 == zlib.DEFLATED and int.from_bytes(body[:2], "big") % 31 == 0
    yield from _inflate(body, 0, zlib.MAX_WBITS if has_header else -zlib.MAX_WBITS)


def _inflate(body: bytes, place: int, wbits: int) -> Generator[bytes, None, int]:
    """Yield what the stream at *place* holds; return where it ends."""
    inflate = zlib.decompressobj(wbits)
    while not inflate.eof:
        block = body[place : place + _STEP]
        if not block:
            raise EOFError("its end is missing")
        yield inflate.decompress(block)
        place += len(block) - len(inflate.unused_data)
    return place


def _unbrotli(body: bytes) -> Iterator[bytes]:
    decoder = brotli.Decompressor()
    while not decoder.is_finished():
        part = decoder.process(body, output_buffer_limit=_BLOCK)
        if not (part or decoder.is_finished()):
            raise EOFError("its end is missing")
        yield part
        body = b""


def _unzstd(body: bytes) -> Iterator[bytes]:
    file = zstd.ZstdFile(io.BytesIO(body))
    while part := file.read(_BLOCK):
        yield part


# How each is undone, and how a body of it begins.
_CODINGS: Final[dict[str, tuple[Callable[[bytes], Iterator[bytes]], bytes]]] = {
    "gzip": (_gunzip, _GZIP_MAGIC),
    "x-gzip": (_gunzip, _GZIP_MAGIC),
    "deflate": (_deflate, b""),
    "br": (_unbrotli, b""),
    "zstd": (_unzstd, b"\x28\xb5\x2f\xfd"),
}
