"""Items on their way to the archive."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from scrapy.exceptions import DropItem

from crawler.archive import Found, Refused
from crawler.errors import ArchiveError, InvalidRecord
from crawler.extensions import keeper_of

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)


class ArchivePipeline:
    """Append what is new to the archive, and hand it on once it is on disk.

    Takes :class:`crawler.archive.Found`, of which what follows in the pipeline, and every exporter,
    sees the line as it was written; what is unchanged is dropped, quietly.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_item(self, item: Any) -> Any:
        """Return the line on disk, or raise :exc:`DropItem` when nothing had to be written."""
        if not isinstance(item, Found):  # of a spider that is not ours
            return item
        url, keeper = item.article.url, keeper_of(self.crawler)
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
