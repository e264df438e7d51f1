"""Any WordPress newsroom, by ``-a site=URL``."""

from __future__ import annotations

from crawler.spider import NewsroomSpider


class WordPressSpider(NewsroomSpider):
    """Archive the newsroom at the address that ``site`` names, its theme detected."""

    name = "wordpress"
