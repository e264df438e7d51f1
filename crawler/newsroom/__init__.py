"""An embedded newsroom: WordPress with the WPBerita theme, on loopback, for demo and tests.

Source files below ``fixtures/newsroom`` become pages in five steps::

    source -> content -> catalogue (what is public now) -> theme, feeds, rest, sitemaps -> server

Nothing in the crawler imports it, and it imports nothing of the crawler but the error class:
what it serves is known from the markup of the theme, not from the code that reads it.
"""

from __future__ import annotations

from crawler.newsroom.content import Content, Entry
from crawler.newsroom.embedded import EmbeddedNewsroom
from crawler.newsroom.exchange import Fault, Request, Response
from crawler.newsroom.server import Visit
from crawler.newsroom.source import SourceError, load_content

__all__ = [
    "Content",
    "EmbeddedNewsroom",
    "Entry",
    "Fault",
    "Request",
    "Response",
    "SourceError",
    "Visit",
    "load_content",
]
