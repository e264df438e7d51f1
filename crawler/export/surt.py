"""The keys of an index of captures: SURT, as pywb, cdxj-indexer and the Internet Archive write it.

All three use the Python module ``surt``, which is not a dependency: its licence is the AGPL, and
it has had no release since 2019. The tests compare the two. Left out are session ids of ``.aspx``
pages and IP addresses in octal.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Final
from urllib.parse import quote_from_bytes, unquote_to_bytes, urlsplit

_PORTS: Final = {"http": 80, "https": 443}
_WWW: Final = re.compile(r"www\d*\.")
# What need not be escaped: all of ASCII that can be printed, but ``#``, ``%`` and the blank.
_SAFE: Final = "!\"$&'()*+,-./:;<=>?@[\\]^_`{|}~"
_SESSIONS: Final = [
    re.compile(rf"^(.*)(?:{pair})(?:&(.*))?$", re.IGNORECASE)
    for pair in (
        "jsessionid=[0-9a-z]{32}",
        "phpsessid=[0-9a-z]{32}",
        "sid=[0-9a-z]{32}",
        "aspsessionid[a-z]{8}=[a-z]{24}",
        "cfid=[^&]+&cftoken=[^&]+",
    )
]


def surt(url: str) -> str:
    """Return the key under which an index has *url*.

    >>> surt("https://www.Progres.example/daerah/Banjir/?b=2&a=1")
    'example,progres)/daerah/banjir?a=1&b=2'
    """
    parts = urlsplit(url.strip())
    port = "" if parts.port in (None, _PORTS.get(parts.scheme)) else f":{parts.port}"
    query = _query(parts.query)
    host = ",".join(reversed(_host(parts.hostname or "").split(".")))
    return f"{host}{port}){_path(parts.path)}" + (f"?{query}" if query else "")


def _host(host: str) -> str:
    if not host.isascii():
        with suppress(UnicodeError):
            host = host.encode("idna").decode("ascii")
    host = _escaped(_unescaped(host.replace("..", ".").strip(".")))
    return _WWW.sub("", host, count=1) if _WWW.match(host) else host


def _path(path: str) -> str:
    kept: list[bytes] = []
    for part in _unescaped(path).split(b"/")[1:]:
        if part == b".." and kept:
            kept.pop()
        elif part != b".":
            kept.append(part)
    whole = b"/" + b"/".join([part for part in kept[:-1] if part] + kept[-1:])
    return _escaped(whole).lower().removesuffix("/") or "/"


def _query(query: str) -> str:
    query = _escaped(_unescaped(query))
    for session in _SESSIONS:
        if found := session.match(query):
            query = found[1] + (found[2] or "")
    return "&".join(sorted(query.lower().split("&"), key=lambda pair: pair.split("=", 1)))


def _unescaped(text: str) -> bytes:
    """Return *text* without its escapes, and without those that come to light by it."""
    before, plain = b"", text.encode(errors="replace")
    while plain != before:
        before, plain = plain, unquote_to_bytes(plain)
    return plain


def _escaped(plain: bytes) -> str:
    return quote_from_bytes(plain, safe=_SAFE)
