"""Asks the embedded newsroom, as a client would: no redirects followed, nothing unpacked."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

import attrs
from lxml import etree, html

from demo import EmbeddedNewsroom

SITEMAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


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


def parsed(text: str) -> Any:
    """Return an HTML document; lxml's stubs know only that an XPath gives something."""
    return html.document_fromstring(text)


def tree(answer: Answer) -> Any:
    """Return an XML document; an answer that is not well-formed raises."""
    return etree.fromstring(answer.body)


def locations(newsroom: EmbeddedNewsroom, name: str) -> list[str]:
    """Return the addresses that a sitemap lists."""
    answer = fetch(newsroom.address, name)
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/xml; charset=UTF-8"
    return [str(loc) for loc in tree(answer).xpath("//s:loc/text()", namespaces=SITEMAP)]


def rest(newsroom: EmbeddedNewsroom, target: str) -> Any:
    """Return what the API answers below ``wp/v2``."""
    answer = fetch(newsroom.address, f"/wp-json/wp/v2/{target}")
    assert answer.status == 200, answer.text
    return json.loads(answer.body)


def public(newsroom: EmbeddedNewsroom) -> set[str]:
    """Return the addresses that each door lists: all public posts, the protected one too."""
    return {newsroom.url(entry.slug) for entry in newsroom.site.catalogue.posts}
