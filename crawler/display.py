"""What a person sees of a run: a live display on a terminal, a few plain lines elsewhere."""

from __future__ import annotations

import logging
import sys
import time
import warnings
from collections.abc import Collection
from typing import Any, Final

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.settings import BaseSettings
from twisted.logger import globalLogBeginner

from crawler.archive import RunRecord
from crawler.items import Article
from crawler.normalise.text import fold
from crawler.project import Component

_EVENTS: Final = {
    "new": "new",
    "changed": "changed",
    "gone": "gone",
    "missing": "missing",
    "refused": "not articles",
    "failed": "failed",
    "unchanged": "unchanged",
}
SUCCESS: Final = logging.WARNING + 1
"""Level of what cron is to send, and that is no warning."""

logging.addLevelName(SUCCESS, "DONE")


class LiveDisplay(Component):
    """Show how far a run has come, on a terminal only.

    Off when standard error is no terminal, and with ``LOG_LEVEL`` below ``WARNING`` or a
    ``LOG_FILE``, where the log says it all.
    """

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        if not sys.stderr.isatty() or is_wordy(settings) or settings["LOG_FILE"]:
            raise NotConfigured
        super().__init__(crawler)
        self.headline = ""
        self.began = time.monotonic()
        self.live = Live(console=Console(stderr=True), get_renderable=self._draw, transient=True)
        self._moved: list[tuple[logging.StreamHandler[Any], Any]] = []

    def spider_opened(self) -> None:
        """Begin to draw; what is logged meanwhile goes above the display."""
        self.began = time.monotonic()
        self.live.start()
        for handler in logging.getLogger().handlers:
            if type(handler) is logging.StreamHandler:
                self._moved.append((handler, handler.setStream(sys.stderr)))

    def item_scraped(self, item: Any) -> None:
        if isinstance(item, Article):
            self.headline = fold(item.title)

    def spider_closed(self) -> None:
        """Wipe the display; the summary follows."""
        for handler, stream in self._moved:
            if stream is not None:
                handler.setStream(stream)
        self.live.stop()

    def _draw(self) -> Group:
        minutes = max(time.monotonic() - self.began, 1) / 60
        listed, requests = self._count("listed"), self._count("request")
        counts = {name: self._count(kind) for kind, name in _EVENTS.items()}
        table = Table.grid(padding=(0, 2))  # 77 columns
        shown = {"listed": listed, "fetched": requests} | counts
        table.add_row(*(Text(name, style="dim") for name in shown))
        table.add_row(*(Text(f"{count:,}", style="bold") for count in shown.values()))
        pace = f"{requests / minutes:,.0f} requests a minute"
        if left := self._left(sum(counts.values()), listed, requests):
            pace += f", about {_duration(left * minutes * 60)} to go"
        return Group(table, Text(pace, style="dim"), Text(self.headline, no_wrap=True))

    def _count(self, kind: str) -> int:
        count: int = self.crawler.stats.get_value(f"run/{kind}_count", 0)
        return count

    def _left(self, done: int, listed: int, requests: int) -> float:
        """Return how much is left, by limit and budget too, as a multiple of what is done."""
        ends = [(listed, done)]
        if asked := getattr(self.crawler.spider, "arguments", None):
            ends += [(asked.limit or 0, self._count("new")), (asked.budget or 0, requests)]
        left = (end / so_far - 1 for end, so_far in ends if end and so_far)
        return max(min(left, default=0), 0)


def summary_lines(
    name: str, record: RunRecord, seconds: float, *, without: Collection[str] = ()
) -> list[str]:
    """Return what a run did, for a person: why it failed comes first.

    *without* these notes of the record.
    """
    counts = [
        f"{count:,} {word}"
        for kind, word in (_EVENTS | {"superseded": "now with their pages"}).items()
        if kind != "unchanged" and (count := getattr(record, kind))
    ]
    went = (
        f"{', '.join(counts) or 'nothing new'}; {record.requests:,} "
        f"request{'' if record.requests == 1 else 's'}, {amount(record.bytes)} in "
        f"{_duration(seconds)}; exit code {record.exit_code}"
    )
    said = [note for note in record.notes if record.exit_code and note not in without]
    if not said:
        return [f"{name}: {went}"]
    return [f"{name}: {said[0]} ({went})", *(f"  {note}" for note in said[1:])]


def amount(count: int) -> str:
    """Return bytes as a person reads them.

    >>> amount(76_400), amount(37_000_000)
    ('76 kB', '37.0 MB')
    """
    return f"{count / 1e3:,.0f} kB" if count < 1e6 else f"{count / 1e6:,.1f} MB"  # noqa: PLR2004 -- M


def hush_twisted() -> None:
    """Send what Twisted logs to the log alone, and not the traceback of a wrong certificate.

    Before its logging "begins", which Scrapy never makes it do, it prints errors itself, too.
    """
    show = warnings.showwarning
    globalLogBeginner.beginLoggingTo([], redirectStandardIO=False)
    warnings.showwarning = show
    logging.getLogger("twisted").addFilter(
        lambda record: "while verifying certificate" not in record.getMessage()
    )


def is_wordy(settings: BaseSettings) -> bool:
    """Whether the log was asked for more than warnings."""
    level = logging.getLevelNamesMapping().get(str(settings["LOG_LEVEL"]), logging.WARNING)
    return level < logging.WARNING


def is_worth_saying(record: RunRecord) -> bool:
    """Whether cron should send a mail: something was found, or something is wrong.

    A person at a terminal, whose display is wiped, is told everything.
    """
    quiet = ("unchanged", "refused")
    return bool(
        sys.stderr.isatty()
        or record.exit_code
        or any(getattr(record, kind) for kind in _EVENTS if kind not in quiet)
    )


def _duration(seconds: float) -> str:
    if seconds < 90:  # noqa: PLR2004 -- a minute and a half reads better in seconds
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"  # noqa: PLR2004
