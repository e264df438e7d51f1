"""A spider that knows nothing of archives."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from scrapy import Spider

from sekolah.items import Announcement

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.http import TextResponse


class Announcements(Spider):
    name = "Announcements"

    def __init__(self, start: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.start_urls = [start]

    def parse(self, response: TextResponse) -> Iterator[Request]:
        yield from response.follow_all(css=".entry-title a", callback=self.parse_announcement)

    def parse_announcement(self, response: TextResponse) -> Iterator[Announcement | dict[str, str]]:
        published = response.css("time.entry-date::attr(datetime)").get()
        yield Announcement(
            url=response.url,
            heading=response.css("h1.entry-title ::text").get(default="").strip(),
            paragraphs=response.css("article p::text").getall(),
            at=dt.datetime.fromisoformat(published) if published else None,
        )
        yield {"link": response.url}  # without an address to know it by
