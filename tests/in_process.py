"""Crawls in this process, for tests that look at the crawler itself: stats, spider, coverage.

One reactor for all of them, in a thread of its own, since a reactor runs once in a process.
"""

from __future__ import annotations

import asyncio
import threading
from functools import cache
from pathlib import Path
from typing import Any

from scrapy.crawler import AsyncCrawlerRunner, Crawler
from scrapy.settings import Settings
from scrapy.utils.reactor import install_reactor

from demo import EmbeddedNewsroom
from spiders.progres import ProgresSpider

LONGEST = 60.0
"""Seconds after which a run that has not ended is taken to hang."""


@cache
def loop() -> asyncio.AbstractEventLoop:
    """Return the loop of the reactor that runs beside the tests."""
    made = asyncio.new_event_loop()
    asyncio.set_event_loop(made)
    install_reactor("twisted.internet.asyncioreactor.AsyncioSelectorReactor")
    from twisted.internet import reactor as installed  # noqa: PLC0415 -- importing it installs one

    reactor: Any = installed

    threading.Thread(
        target=reactor.run, kwargs={"installSignalHandlers": False}, name="reactor", daemon=True
    ).start()
    return made


def crawl(
    newsroom: EmbeddedNewsroom, out: Path, /, *, settings: Any = None, **given: str
) -> Crawler:
    """Return the crawler of a run that has ended; *given* are the spider's arguments."""
    policy = Settings()
    policy.setmodule("crawler.settings", priority="project")
    policy.setdict(
        {
            "ARCHIVE_DIR": str(out),
            "DOWNLOAD_DELAY": 0,
            "AUTOTHROTTLE_ENABLED": False,
            **(settings or {}),
        },
        priority="cmdline",
    )

    async def run() -> Crawler:
        crawler = runner.create_crawler(ProgresSpider)
        await runner.crawl(crawler, site=newsroom.address, **given)
        return crawler

    runner = AsyncCrawlerRunner(policy)
    return asyncio.run_coroutine_threadsafe(run(), loop()).result(LONGEST)
