"""Items on their way to the archive."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from scrapy.exceptions import DropItem

from crawler.archive import Found, Refused
from crawler.errors import ArchiveError, InvalidRecord
from crawler.extensions import RunKeeper

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler


logger = logging.getLogger(__name__)


class ArchivePipeline:
    """Append what is new to the archive, and hand on the line once it is on disk.

    Takes :class:`crawler.archive.Found`; what follows in the pipeline, and every exporter, sees
    the article as it was written. What is unchanged is dropped, quietly.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_item(self, item: Any) -> Any:
        """Return the line that was written, or raise :exc:`DropItem` when none was."""
        if not isinstance(item, Found):
            return item
        keeper = self.crawler.get_extension(RunKeeper)
        assert keeper is not None  # the add-on brings both
        url = item.article.url
        try:
            outcome = await keeper.submit(item)
        except InvalidRecord as error:
            logger.warning("%s: %s", url, error)
            await keeper.submit(Refused(url, "invalid_record", item.captures, keep=True))
            raise DropItem(f"{url}: {error}", log_level="DEBUG") from None
        except ArchiveError as error:
            keeper.fail(str(error))
            raise DropItem(f"{url}: not archived: {error}", log_level="DEBUG") from None
        if outcome.line is None:
            raise DropItem(f"{url}: {outcome.kind}", log_level="DEBUG")
        return outcome.line
