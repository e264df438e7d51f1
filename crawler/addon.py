"""Wiring: which component, at which place, and why there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.extensions.feedexport import FeedExporter

from crawler.display import LiveDisplay
from crawler.downloader import PoliteDownloader
from crawler.extensions import LineFeeds, RunKeeper
from crawler.middlewares import (
    AddressGuard,
    BudgetMiddleware,
    CaptureMiddleware,
    DecodingMiddleware,
    PrivateAddressGuard,
    RobotsMiddleware,
)
from crawler.notify import Notifier
from crawler.pipelines import ArchivePipeline

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings


class NewsArchive:
    """Lock, captures, lines and run record, switched on by one line in ``ADDONS``.

    A project's own settings win over what is set here. Setting: ``ARCHIVE_DIR``.
    """

    def update_settings(self, settings: BaseSettings) -> None:
        """Put each component where it has to be."""
        settings.set("DOWNLOADER", PoliteDownloader, priority="addon")
        place = settings.setdefault_in_component_priority_dict
        chain = "DOWNLOADER_MIDDLEWARES"
        # Ours do more than these; both would ask for robots.txt twice.
        for replaced in (RobotsTxtMiddleware, HttpCompressionMiddleware):
            place(chain, replaced, None)
        # Before everything else, so that a foreign address costs nothing, robots.txt included.
        place(chain, AddressGuard, 50)
        place(chain, RobotsMiddleware, 100)
        place(chain, DecodingMiddleware, 590)
        # Nearer the network than whatever makes requests anew (retry 550, redirect 600).
        place(chain, BudgetMiddleware, 860)
        # Nearer the network than redirects (600) and decompression (590), so that the archive
        # holds every hop and the bytes that were sent, but further than the HTTP cache (900).
        place(chain, CaptureMiddleware, 875)
        # Before retries (550) see that a name leads nowhere.
        place(chain, PrivateAddressGuard, 880)
        # After pipelines of the project that change items (up to 800).
        place("ITEM_PIPELINES", ArchivePipeline, 900)
        # The display is wiped before the run keeper says how it went.
        place("EXTENSIONS", LiveDisplay, 0)
        place("EXTENSIONS", FeedExporter, None)
        place("EXTENSIONS", LineFeeds, 5)
        place("EXTENSIONS", RunKeeper, 10)
        place("EXTENSIONS", Notifier, 20)
