"""How many articles a run takes on at once, and in all."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from scrapy import signals

from crawler.extensions import answered

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from crawler.archive import Found

IN_FLIGHT: Final = 32
"""Articles that may be on their way at once, so that a large backfill needs little memory."""


class Intake:
    """Admits articles one by one, so that few wait in memory and a ``limit`` is exact.

    What is admitted is released once the archive has answered, or when it is dropped before that;
    by :meth:`release` where no item came of it.
    """

    def __init__(self, crawler: Crawler, limit: int | None) -> None:
        self._crawler = crawler
        self._limit = limit
        self._taken = 0
        self._changed = asyncio.Condition()
        self._under_way: dict[int, Found] = {}
        crawler.signals.connect(self._answered, answered)
        crawler.signals.connect(self._dropped, signals.item_dropped)
        crawler.signals.connect(self._dropped, signals.item_error)

    @property
    def full(self) -> bool:
        """Whether the run has as many new articles as it was asked for."""
        return self._limit is not None and self._new() >= self._limit

    async def admit(self) -> bool:
        """Wait for room; False when the run is to take no more."""
        async with self._changed:
            await self._changed.wait_for(lambda: self.full or self._has_room())
            if self.full:
                return False
            self._taken += 1
            return True

    def hand_over(self, found: Found) -> Found:
        """Return *found*, for which there was room, on its way to the pipelines."""
        self._under_way[id(found)] = found
        return found

    async def release(self) -> None:
        """Give back the room of one that was admitted."""
        async with self._changed:
            self._taken -= 1
            self._changed.notify_all()

    def _has_room(self) -> bool:
        room = IN_FLIGHT
        if self._limit is not None:
            room = min(room, self._limit - self._new())
        return self._taken < room

    def _new(self) -> int:
        return int(self._crawler.stats.get_value("run/new_count", 0))

    async def _answered(self, finding: Any) -> None:
        await self._let_go(finding)

    async def _dropped(self, item: Any) -> None:
        await self._let_go(item)

    async def _let_go(self, found: Any) -> None:
        if self._under_way.pop(id(found), None) is not None:
            await self.release()
