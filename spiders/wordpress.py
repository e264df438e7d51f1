"""Any WordPress newsroom, by ``-a site=URL``, or by ``-a name=NAME`` of a newsroom file."""

from __future__ import annotations

from crawler.spider import NewsroomSpider


class WordPressSpider(NewsroomSpider):
    """Archive the newsroom that ``site`` or ``name`` says, its theme detected."""

    name = "wordpress"
