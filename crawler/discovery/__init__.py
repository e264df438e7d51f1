"""What a newsroom lists: bytes of a sitemap, feed, REST answer or list page become links.

Nothing here fetches, and nothing here knows the time. A door is a generator that yields what it
wants fetched and what it found, and is sent the answers; whoever drives it owns the network::

    walk = plan(newsroom, memory, robots=robots, now=now)
    answer = None
    while True:
        try:
            step = walk.send(answer)
        except StopIteration:
            break
        answer = fetch(step) if isinstance(step, Fetch) else None
"""

from __future__ import annotations

from crawler.discovery.feed import read_feed
from crawler.discovery.planner import DOORS, plan, with_records
from crawler.discovery.sitemap import read_sitemap
from crawler.discovery.steps import (
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
from crawler.items import Known, Link

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
