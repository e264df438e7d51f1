"""Asks a server one thing, as a client would: no redirects followed, nothing unpacked."""

from __future__ import annotations

import http.client
from collections.abc import Mapping
from urllib.parse import quote, urlsplit

import attrs


@attrs.frozen(kw_only=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case; of a repeated field all values, joined by a comma."""

    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def location(self) -> str:
        return self.headers["location"]


def fetch(address: str, target: str = "", method: str = "GET", **headers: str) -> Answer:
    """Return what *address* + *target* answers; ``if_none_match`` names ``If-None-Match``."""
    parts = urlsplit(address + target)
    connection = http.client.HTTPConnection(parts.netloc, timeout=20)
    asked = quote(f"{parts.path or '/'}?{parts.query}".rstrip("?"), safe="/%?&=:+,._-~!$'()*;@")
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        connection.request(method, asked, headers=named)
        response = connection.getresponse()
        fields: dict[str, str] = {}
        for name, value in response.getheaders():
            key = name.lower()
            fields[key] = f"{fields[key]}, {value}" if key in fields else value
        return Answer(status=response.status, headers=fields, body=response.read())
    finally:
        connection.close()
