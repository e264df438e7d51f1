"""An embedded newsroom: WordPress with the WPBerita theme, on loopback, for demo and tests.

Source files below ``fixtures/newsroom`` become pages in five steps::

    source -> content -> catalogue (what is public now) -> theme, feeds, rest, sitemaps -> server

Nothing in the crawler imports it, and it imports nothing of the crawler but the error class:
what it serves is known from the markup of the theme, not from the code that reads it.
"""

from __future__ import annotations

from demo.content import Content, Entry
from demo.embedded import EmbeddedNewsroom
from demo.exchange import Fault, Request, Response
from demo.server import Visit
from demo.source import SourceError, load_content

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
