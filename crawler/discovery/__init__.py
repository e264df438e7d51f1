"""What a newsroom lists: bytes of a sitemap, feed, REST answer or list page become links.

Nothing here fetches, and nothing here knows the time: a door is a generator that yields what it
wants fetched and what it found, and is sent the answers. Whoever drives it owns the network.
"""

from __future__ import annotations

from crawler.discovery.feed import read_feed
from crawler.discovery.planner import DOORS, plan, with_records
from crawler.discovery.session import (
    Answer,
    Fetch,
    Memory,
    Missing,
    Note,
    Step,
    Summary,
    Walk,
    Window,
)
from crawler.discovery.sitemap import read_sitemap
from crawler.links import Known, Link

__all__ = [
    "DOORS",
    "Answer",
    "Fetch",
    "Known",
    "Link",
    "Memory",
    "Missing",
    "Note",
    "Step",
    "Summary",
    "Walk",
    "Window",
    "plan",
    "read_feed",
    "read_sitemap",
    "with_records",
]
