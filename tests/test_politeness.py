"""Pauses between requests: what the site asks for is a floor that nothing lowers."""

from __future__ import annotations

import asyncio
from time import monotonic

import pytest
from scrapy import Request
from scrapy.utils.test import get_crawler

from crawler.downloader import PoliteDownloader, PoliteSlot, retry_after


def test_a_floor_outlasts_whatever_lowers_the_delay() -> None:
    slot = PoliteSlot(1, 5.0, 0.0, floor=3.0)
    slot.delay = 0.1  # as AutoThrottle does with a quick server
    assert slot.download_delay() == 3.0


def test_jitter_only_lengthens_a_pause() -> None:
    slot = PoliteSlot(1, 2.0, 0.5)
    pauses = [slot.download_delay() for _ in range(500)]
    assert min(pauses) >= 2.0
    assert max(pauses) <= 3.0
    assert len(set(pauses)) > 1


def test_without_a_delay_there_is_none() -> None:
    assert PoliteSlot(1, 0.0, 0.5).download_delay() == 0.0


def test_retry_after_holds_the_next_request() -> None:
    slot = PoliteSlot(1, 0.0, 0.0)
    slot.lastseen = monotonic()
    slot.held_until = slot.lastseen + 20
    assert slot.download_delay() == pytest.approx(20)


def test_the_floor_stays_with_a_slot_that_is_in_use_or_made_anew() -> None:
    asyncio.run(_floors())


async def _floors() -> None:
    no_network = {"DOWNLOAD_HANDLERS": {"http": None, "https": None}}
    downloader = PoliteDownloader(get_crawler(settings_dict=no_network))
    request = Request("https://lintas.example/a.html")
    _, slot = downloader._get_slot(request)
    downloader.set_floor("lintas.example", 7.0)
    assert slot.download_delay() >= 7.0
    del downloader.slots["lintas.example"]  # as Scrapy does with an idle slot
    _, slot = downloader._get_slot(request)
    assert slot.download_delay() >= 7.0
    downloader.close()


@pytest.mark.parametrize(
    ("field", "seconds"),
    [
        pytest.param(b"5", 5.0, id="seconds"),
        pytest.param(b" 120 ", 120.0, id="spaces"),
        pytest.param(b"Thu, 01 Jan 1970 00:01:40 GMT", 40.0, id="date"),
        pytest.param(b"Thu, 01 Jan 1970 00:00:10 GMT", 0.0, id="date-gone-by"),
    ],
)
def test_reads_retry_after(field: bytes, seconds: float) -> None:
    assert retry_after(field, now=60.0) == seconds


@pytest.mark.parametrize("field", [None, b"", b"soon", b"-5", b"1e9", b"\xff"])
def test_refuses_a_retry_after_that_names_no_time(field: bytes | None) -> None:
    assert retry_after(field, now=60.0) is None
