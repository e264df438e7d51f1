"""The wiring: which component stands where, and that a project's own settings win."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from scrapy.downloadermiddlewares.httpcache import HttpCacheMiddleware
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.downloadermiddlewares.offsite import OffsiteMiddleware
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.settings import BaseSettings
from scrapy.utils.misc import load_object
from scrapy.utils.test import get_crawler

from crawler import settings as ours
from crawler.display import LiveDisplay
from crawler.downloader import PoliteDownloader
from crawler.extensions import ArchivePipeline, RunKeeper
from crawler.middlewares import (
    AddressGuard,
    BudgetMiddleware,
    CaptureMiddleware,
    DecodingMiddleware,
    PrivateAddressGuard,
    RobotsMiddleware,
)
from crawler.notify import Notifier

CHAIN = "DOWNLOADER_MIDDLEWARES"


def settings_of(**own: Any) -> BaseSettings:
    wiring = {name: value for name, value in vars(ours).items() if name.endswith("_BASE")}
    return get_crawler(settings_dict=wiring | {"DOWNLOADER": ours.DOWNLOADER} | own).settings


def places(settings: BaseSettings, name: str) -> Mapping[Any, int]:
    """Component → its number; a larger one is nearer the network, or later in the pipeline."""
    chain = settings.get_component_priority_dict_with_base(name)
    return {load_object(each): place for each, place in chain.items() if place is not None}


@pytest.mark.parametrize(
    ("nearer", "further"),
    [
        pytest.param(CaptureMiddleware, RedirectMiddleware, id="archive-sees-every-redirect"),
        pytest.param(CaptureMiddleware, DecodingMiddleware, id="and-the-bytes-as-sent"),
        pytest.param(HttpCacheMiddleware, CaptureMiddleware, id="but-not-what-a-cache-adds"),
        pytest.param(BudgetMiddleware, RetryMiddleware, id="retries-count"),
        pytest.param(BudgetMiddleware, RedirectMiddleware, id="redirects-count"),
        pytest.param(BudgetMiddleware, RobotsMiddleware, id="robots-txt-counts"),
        pytest.param(RobotsMiddleware, AddressGuard, id="no-robots-txt-of-others"),
        pytest.param(PrivateAddressGuard, RetryMiddleware, id="no-name-tried-twice"),
    ],
)
def test_who_is_nearer_the_network(nearer: type, further: type) -> None:
    order = places(settings_of(), CHAIN)
    assert order[nearer] > order[further]


@pytest.mark.parametrize("replaced", [RobotsTxtMiddleware, HttpCompressionMiddleware])
def test_what_would_ask_twice_is_off(replaced: type) -> None:
    assert replaced not in places(settings_of(), CHAIN)


def test_what_a_project_may_need_stays_on() -> None:
    assert OffsiteMiddleware in places(settings_of(), CHAIN)


def test_the_display_is_wiped_before_the_summary_and_messages_come_last() -> None:
    order = places(settings_of(), "EXTENSIONS")
    assert order[LiveDisplay] < order[RunKeeper] < order[Notifier]


def test_the_archive_comes_after_other_pipelines() -> None:
    order = places(
        settings_of(ITEM_PIPELINES={"tests.surprises.InAPipeline": 800}), "ITEM_PIPELINES"
    )
    assert max(order, key=lambda each: order[each]) is ArchivePipeline


def test_a_projects_own_settings_win() -> None:
    settings = settings_of(
        DOWNLOADER_MIDDLEWARES={CaptureMiddleware: 899, RobotsMiddleware: None},
        ITEM_PIPELINES={ArchivePipeline: 100},
    )
    order = places(settings, CHAIN)
    assert order[CaptureMiddleware] == 899
    assert RobotsMiddleware not in order
    assert places(settings, "ITEM_PIPELINES") == {ArchivePipeline: 100}


def test_pauses_are_kept_by_our_downloader() -> None:
    assert load_object(settings_of()["DOWNLOADER"]) is PoliteDownloader
