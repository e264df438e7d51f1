"""What belongs to an article besides its first page: the other pages, and the lead photo."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http.request import NO_CALLBACK

from crawler.extract import page_addresses
from crawler.unfetched import NETWORK_ERRORS, BudgetSpent, RunEnding, slug
from crawler.walker import as_capture

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from crawler.captures import Capture
    from crawler.newsrooms import Newsroom

logger = logging.getLogger(__name__)

MOST_PAGES: Final = 100
"""Pages of one article that are followed; more are a trap."""


class PageMissing(Exception):
    """A further page of an article could not be had, so that the article is not whole."""


async def all_pages(crawler: Crawler, first: Capture, newsroom: Newsroom) -> list[Capture]:
    """Return the captures of all pages of the article that *first* is a page of, in order.

    Raises :exc:`PageMissing`, :exc:`~crawler.errors.NotAnArticle`, and what Scrapy and we raise
    where a page is not fetched.
    """
    captures: list[Capture] = []
    urls = list(page_addresses(first, newsroom)) or [first.url]
    for url in urls:
        if url.rstrip("/") == first.url.rstrip("/"):
            captures.append(first)
            continue
        response = await _download(crawler, url)
        if response.status != 200:  # noqa: PLR2004 -- OK
            raise PageMissing(f"{url}: http_{response.status}")
        captures.append(as_capture(response))
        if url == urls[-1] and len(urls) < MOST_PAGES:  # a theme may link the next page only
            known = {each.rstrip("/") for each in urls}
            linked = page_addresses(captures[-1], newsroom)
            urls += [each for each in linked if each.rstrip("/") not in known]
    return captures or [first]


async def photo_at(crawler: Crawler, url: str) -> list[Capture]:
    """Return the photo at *url*; nothing where it cannot be had, which fails nothing."""
    try:
        response = await _download(crawler, url)
    except (BudgetSpent, RunEnding):
        raise  # the next run fetches the article, and the photo with it
    except (IgnoreRequest, *NETWORK_ERRORS) as error:
        logger.info("%s: no photo: %s", url, slug(error))
        return []
    capture = as_capture(response)
    kind = capture.headers.get("content-type", "").lower()
    if response.status != 200 or not kind.startswith("image/"):  # noqa: PLR2004 -- OK
        logger.info("%s: no photo: http_%s, %s", url, response.status, kind)
        return []
    return [capture]


async def _download(crawler: Crawler, url: str) -> Response:
    request = Request(url, callback=NO_CALLBACK, dont_filter=True)
    return await crawler.engine.download_async(request)
