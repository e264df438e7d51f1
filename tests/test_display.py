"""What a person reads of a run, and when cron should send a mail."""

from __future__ import annotations

import io
import time
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console
from scrapy.exceptions import NotConfigured
from scrapy.settings import Settings
from scrapy.utils.misc import build_from_crawler
from scrapy.utils.test import get_crawler

from crawler.archive import RunRecord
from crawler.arguments import Arguments
from crawler.display import LiveDisplay, is_wordy, is_worth_saying, summary_lines
from crawler.newsrooms import newsroom_at


def record(**values: Any) -> RunRecord:
    values = {"exit_code": 0} | values
    return RunRecord(id="20260131T040506Z-0a1b", command="crawl", begin="", **values)


@pytest.mark.parametrize(
    ("values", "seconds", "said"),
    [
        pytest.param(
            {"requests": 2},
            1.4,
            ["progres: nothing new; 2 requests, 0 kB in 1 s; exit code 0"],
            id="nothing",
        ),
        pytest.param(
            {"new": 4812, "refused": 7, "requests": 4900, "bytes": 37_000_000},
            5400,
            [
                "progres: 4,812 new, 7 not articles; 4,900 requests, 37.0 MB in 1 h 30 min; exit code 0"
            ],
            id="a-first-run",
        ),
        pytest.param(
            {"changed": 1, "gone": 2, "missing": 2, "requests": 1, "bytes": 76_400},
            130,
            ["progres: 1 changed, 2 gone, 2 missing; 1 request, 76 kB in 2 min; exit code 0"],
            id="changes",
        ),
        pytest.param(
            {"superseded": 37, "requests": 40, "bytes": 343_000},
            9,
            ["progres: 37 now with their pages; 40 requests, 343 kB in 9 s; exit code 0"],
            id="pages-of-a-quick-backfill",
        ),
        pytest.param(
            {
                "failed": 1,
                "requests": 9,
                "exit_code": 4,
                "notes": ("known", "not archived: a", "not archived: b"),
            },
            3,
            [
                "progres: not archived: a (1 failed; 9 requests, 0 kB in 3 s; exit code 4)",
                "  not archived: b",
            ],
            id="trouble",
        ),
        pytest.param(
            {"new": 1, "requests": 9, "notes": ("rest: closed: HTTP 401",)},
            3,
            ["progres: 1 new; 9 requests, 0 kB in 3 s; exit code 0"],
            id="notes-of-no-concern",
        ),
    ],
)
def test_summary(values: dict[str, Any], seconds: float, said: list[str]) -> None:
    assert summary_lines("progres", record(**values), seconds, without=["known"]) == said


@pytest.mark.parametrize(
    ("values", "worth"),
    [
        pytest.param({"requests": 2, "unchanged": 40}, False, id="nothing"),
        pytest.param({"refused": 1, "requests": 3}, False, id="no-article"),
        pytest.param({"new": 1}, True, id="new"),
        pytest.param({"gone": 1}, True, id="gone"),
        pytest.param({"exit_code": 3}, True, id="alarm"),
    ],
)
def test_what_is_worth_a_mail(values: dict[str, Any], worth: bool) -> None:
    assert is_worth_saying(record(**values)) is worth


def test_a_person_at_a_terminal_is_told_of_every_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    assert is_worth_saying(record(requests=2, unchanged=40))


@pytest.mark.parametrize(
    ("level", "wordy"), [("DEBUG", True), ("INFO", True), ("WARNING", False), ("ERROR", False)]
)
def test_a_log_with_more_than_warnings_says_how_it_went(level: str, wordy: bool) -> None:
    assert is_wordy(Settings({"LOG_LEVEL": level})) is wordy


def test_there_is_no_display_without_a_terminal() -> None:
    with pytest.raises(NotConfigured):
        build_from_crawler(LiveDisplay, get_crawler(settings_dict={"LOG_LEVEL": "WARNING"}))


@pytest.mark.parametrize(
    ("arguments", "left"),
    [
        pytest.param({}, "about 10 min to go", id="what-is-listed"),
        pytest.param({"limit": 30}, "about 60 s to go", id="limit"),
        pytest.param({"budget": 40}, "about 30 s to go", id="budget"),
        pytest.param({"limit": 20}, "requests a minute\n", id="none-left"),
    ],
)
def test_the_time_that_is_left_counts_to_the_end_of_the_run(
    monkeypatch: pytest.MonkeyPatch, arguments: dict[str, Any], left: str
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    crawler = get_crawler(settings_dict={"LOG_LEVEL": "WARNING"})
    display = build_from_crawler(LiveDisplay, crawler)
    display.began = time.monotonic() - 120
    spider: Any = SimpleNamespace(
        arguments=Arguments(newsroom=newsroom_at("https://lintas.example"), **arguments)
    )
    crawler.spider = spider
    for name, count in {"listed": 120, "new": 20, "request": 32}.items():
        crawler.stats.set_value(f"run/{name}_count", count)
    shown = Console(width=80, file=io.StringIO(), record=True)
    shown.print(display.live.get_renderable())
    assert left in "\n".join(line.rstrip() for line in shown.export_text().splitlines()) + "\n"
