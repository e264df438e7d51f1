"""Drive a walk of discovery over the network that Scrapy owns."""

from __future__ import annotations

import datetime as dt
import logging
from collections import Counter
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Final

from scrapy import Request
from scrapy.http.request import NO_CALLBACK

from crawler.captures import Capture
from crawler.discovery import Answer, Fetch, Link, Missing, Note, Summary, Walk
from crawler.middlewares import (
    EXCHANGES,
    NETWORK_ERRORS,
    ForeignAddress,
    RobotsForbid,
    plain_headers,
)

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from crawler.archive import Archive, Validators

logger = logging.getLogger(__name__)

CLOSED: Final = 403
"""Status of an answer that robots.txt or the address guard kept from being asked for."""


class Walker:
    """Fetches what a walk wants, notes what it lists, and hands on what is to be looked at."""

    def __init__(
        self,
        crawler: Crawler,
        archive: Archive,
        note: Callable[[Note], None],
        elsewhere: str | None = None,
    ) -> None:
        self.crawler = crawler
        self.archive = archive
        self.doors: Counter[str] = Counter()
        self.summary: Summary | None = None
        self.answer: Capture | None = None
        """The last answer: what a REST record in a link was read from."""

        self.elsewhere = elsewhere
        """Host of a CDX server, which may be asked although it is not the newsroom's."""

        self._say = note
        self._batch: list[Link] = []
        self._validators: dict[str, tuple[str | None, str | None]] = {}

    async def steps(self, walk: Walk) -> AsyncIterator[Link | Missing]:
        """Yield links and known addresses that are not listed any more, as *walk* finds them."""
        answer: Answer | None = None
        while True:
            try:
                step = walk.send(answer)
            except StopIteration:
                break
            answer = None
            if isinstance(step, Fetch):
                self._commit()
                answer = await self._fetch(step)
            elif isinstance(step, Link):
                self.doors[step.door] += 1
                self.crawler.stats.inc_value("run/listed_count")
                self._batch.append(step)
                yield step
            elif isinstance(step, Missing):
                yield step
            elif isinstance(step, Note):
                self._say(step)
            else:
                self.summary = step
        self._commit()

    def _commit(self) -> None:
        """Note the links of the last document, and only then that it need not be read again."""
        if self._batch:
            self.archive.listed(self._batch)
            self._batch = []
        for url, (etag, modified) in self._validators.items():
            self.archive.keep_validators(url, etag, modified)
        self._validators.clear()

    async def _fetch(self, step: Fetch) -> Answer:
        headers = {}
        if step.conditional:
            headers = conditional(self.archive.ledger.validators(step.url))
        meta = {"allow_host": self.elsewhere} if self.elsewhere else {}
        request = Request(
            step.url, callback=NO_CALLBACK, headers=headers, dont_filter=True, meta=meta
        )
        try:
            response = await self.crawler.engine.download_async(request)
        except NETWORK_ERRORS as error:
            logger.info("%s: %s", step.url, error or type(error).__name__)
            return Answer(url=step.url, status=0)
        except (RobotsForbid, ForeignAddress) as error:
            logger.info("%s", error)
            return Answer(url=step.url, status=CLOSED)
        capture = as_capture(response)
        if response.status == 200:  # noqa: PLR2004
            self.answer = capture
            self._validators[step.url] = (
                capture.headers.get("etag"),
                capture.headers.get("last-modified"),
            )
        return Answer(
            url=capture.url, status=capture.status, body=capture.body, headers=capture.headers
        )


def conditional(validators: Validators) -> dict[str, str]:
    """Return the header fields that make a request conditional on *validators*."""
    fields = {}
    if validators.etag:
        fields["If-None-Match"] = validators.etag
    if validators.last_modified:
        fields["If-Modified-Since"] = validators.last_modified
    return fields


def as_capture(response: Response) -> Capture:
    """Return *response* in the form that extraction and the archive read: the only place."""
    request = response.request
    exchanges = request.meta.get(EXCHANGES, ()) if request is not None else ()
    return Capture(
        url=response.url,
        body=response.body,
        status=response.status,
        headers=plain_headers(response),
        exchanges=tuple(exchanges),
    )


def now() -> dt.datetime:
    """Return this moment, UTC."""
    return dt.datetime.now(dt.UTC)
