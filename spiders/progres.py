"""PROGRES.ID; what is known of it is in ``crawler/sites/progres.toml``."""

from __future__ import annotations

from crawler.spider import NewsroomSpider


class ProgresSpider(NewsroomSpider):
    """Archive https://progres.id."""

    name = "progres"
    newsroom_name = "progres"
