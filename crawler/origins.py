"""Which response an item of another project came from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from itemadapter import ItemAdapter
from scrapy import signals
from scrapy.spidermiddlewares.base import BaseSpiderMiddleware

from crawler.archive import Found
from crawler.walker import as_capture

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from crawler.captures import Capture

MOST: Final = 200
"""Items whose response is remembered, should pipelines keep them waiting."""


class ItemOrigins(BaseSpiderMiddleware):
    """Remember the response that each item came from, until the archive has taken the item."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._waiting: dict[int, tuple[Any, Capture]] = {}
        crawler.signals.connect(self._forget, signals.item_dropped)
        crawler.signals.connect(self._forget, signals.item_error)

    def get_processed_item(self, item: Any, response: Response | None) -> Any:
        """Note where *item* came from, and hand it on."""
        if response is not None and address_of(item) is not None:
            self._waiting[id(item)] = (item, as_capture(response))
            if len(self._waiting) > MOST:
                del self._waiting[next(iter(self._waiting))]
        return item

    def take(self, item: Any) -> list[Capture]:
        """Return the response that *item* came from; nothing where it came from none.

        Where a pipeline has put another object in its place, by its address.
        """
        key = id(item)
        if key not in self._waiting:
            url = address_of(item)
            same = (key for key, (each, _) in self._waiting.items() if address_of(each) == url)
            key = next(same, key)
        found = self._waiting.pop(key, None)
        return [found[1]] if found else []

    def _forget(self, item: Any) -> None:
        self._waiting.pop(id(item), None)


def address_of(item: Any) -> str | None:
    """Return the field ``url`` of an item of any class; None without one, and of our own items."""
    if isinstance(item, Found) or not ItemAdapter.is_item(item):
        return None
    url = ItemAdapter(item).get("url")
    return url if isinstance(url, str) else None
