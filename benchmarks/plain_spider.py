"""What people write without this project: a SitemapSpider that takes three fields by CSS.

scrapy runspider benchmarks/plain_spider.py -a site=URL -o out.jl
"""

from __future__ import annotations

from typing import Any

from scrapy.http import Response
from scrapy.settings import default_settings
from scrapy.spiders import SitemapSpider


class PlainSpider(SitemapSpider):
    name = "plain"
    sitemap_follow = ["posts-post"]  # noqa: RUF012 -- as Scrapy declares it
    custom_settings = {  # noqa: RUF012 -- as Scrapy declares it; the project's own wiring off
        name: getattr(default_settings, name)
        for name in (
            *("DOWNLOADER", "DOWNLOADER_MIDDLEWARES_BASE"),
            *("EXTENSIONS_BASE", "ITEM_PIPELINES_BASE"),
        )
    }

    def __init__(self, site: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.sitemap_urls = [f"{site}/wp-sitemap.xml"]

    def parse(self, response: Response) -> Any:
        yield {
            "url": response.url,
            "title": response.css("h1.entry-title ::text").get(),
            "published_at": response.css("time.entry-date::attr(datetime)").get(),
            "body": "\n\n".join(response.css("div.entry-content p ::text").getall()),
        }
