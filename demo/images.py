"""Photos and banners: plain colour fields, made when asked for, the same for the same name."""

from __future__ import annotations

import re
import struct
import zlib
from typing import Final

from demo.exchange import Response

_SIZE: Final = re.compile(r"-(\d{2,4})x(\d{2,4})\.[a-z]+$")
_FULL: Final = (640, 360)
_KINDS: Final = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
    "gif": "image/gif",
}


def photo(path: str) -> Response | None:
    """Return the picture at *path*, or ``None`` where the name is not a picture's.

    Bytes are PNG whatever the name says, as browsers do not mind.
    """
    kind = _KINDS.get(path.rsplit(".", 1)[-1])
    if kind is None:
        return None
    sized = _SIZE.search(path)
    width, height = (int(sized[1]), int(sized[2])) if sized else _FULL
    if "/iklan/" in path:
        width, height = 468, 60
    seed = zlib.crc32(_SIZE.sub("", path).rsplit(".", 1)[0].encode())
    return Response(kind=kind, body=_png(width, height, seed))


def _png(width: int, height: int, seed: int) -> bytes:
    """Return a picture of sky over land in two colours that *seed* chooses."""
    sky = bytes(128 + (seed >> shift & 0x7F) for shift in (0, 7, 14))
    land = bytes(40 + (seed >> shift & 0x5F) for shift in (3, 10, 17))
    horizon = height * (50 + seed % 20) // 100
    rows = (b"\0" + sky * width) * horizon + (b"\0" + land * width) * (height - horizon)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    )
