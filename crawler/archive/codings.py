"""Content codings of entity bodies, undone with a limit."""

from __future__ import annotations

import gzip
import io
import sys
import zlib
from collections.abc import Iterator
from typing import Final

import brotli

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

__all__ = ["decode_body", "zstd"]

_BLOCK: Final = 64 * 1024
# More than any page; what decodes to more is a bomb.
_LARGEST: Final = 256 * 1024 * 1024


def decode_body(body: bytes, coding: str, *, largest: int = _LARGEST) -> bytes:
    """Return the entity *body* without the content coding that ``Content-Encoding`` names.

    Of a body that is cut or fails its checksum, what could be read, as browsers and Scrapy do.
    Raises :exc:`ValueError` for a coding that is not known, a body that is not of it, or one that
    decodes to more than *largest* bytes.
    """
    for name in reversed([each.strip().lower() for each in coding.split(",")]):
        if name in ("", "identity"):
            continue
        if not body:
            return b""
        if name not in _DECODERS:
            raise ValueError(f"content coding {name!r} is not known")
        body = _decode(name, body, largest)
    return body


def _decode(name: str, body: bytes, largest: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    try:
        for part in _DECODERS[name](body):
            parts.append(part)
            size += len(part)
            if size > largest:
                raise ValueError(f"body decodes to more than {largest} bytes")
    except (OSError, EOFError, zlib.error, zstd.ZstdError, brotli.error) as error:
        if not parts:
            raise ValueError(f"body is not {name} ({error})") from None
    return b"".join(parts)


def _gunzip(body: bytes) -> Iterator[bytes]:
    file = gzip.GzipFile(fileobj=io.BytesIO(body))
    while part := file.read1(_BLOCK):
        yield part


def _inflate(body: bytes) -> Iterator[bytes]:
    inflate = zlib.decompressobj()
    try:
        part = inflate.decompress(body, _BLOCK)
    except zlib.error:  # servers also send it without the zlib header
        inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        part = inflate.decompress(body, _BLOCK)
    yield part
    while inflate.unconsumed_tail and not inflate.eof:
        yield inflate.decompress(inflate.unconsumed_tail, _BLOCK)


def _unbrotli(body: bytes) -> Iterator[bytes]:
    decoder = brotli.Decompressor()
    part = decoder.process(body, output_buffer_limit=_BLOCK)
    while part:
        yield part
        part = b"" if decoder.is_finished() else decoder.process(b"", output_buffer_limit=_BLOCK)


def _unzstd(body: bytes) -> Iterator[bytes]:
    file = zstd.ZstdFile(io.BytesIO(body))
    while part := file.read(_BLOCK):
        yield part


_DECODERS: Final = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _inflate,
    "br": _unbrotli,
    "zstd": _unzstd,
}
