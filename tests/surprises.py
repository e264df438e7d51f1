"""Components with a mistake in them, which strikes one article."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scrapy.spidermiddlewares.base import BaseSpiderMiddleware

from crawler.archive import Found

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.http import Response

STRUCK = "harga-cabai"


class BeforeTheSpider(BaseSpiderMiddleware):
    def process_spider_input(self, response: Response) -> None:
        if STRUCK in response.url:
            raise ZeroDivisionError("a mistake")


class BeforeARequest:
    def process_request(self, request: Request) -> None:
        if STRUCK in request.url:
            raise ZeroDivisionError("a mistake")


class AfterAResponse:
    def process_response(self, request: Request, response: Response) -> Response:
        if STRUCK in request.url:
            raise ZeroDivisionError("a mistake")
        return response


class InAPipeline:
    def process_item(self, item: Any) -> Any:
        if isinstance(item, Found) and STRUCK in item.article.url:
            raise ZeroDivisionError("a mistake")
        return item
