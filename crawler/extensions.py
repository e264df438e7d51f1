"""What frames a run: lock and archive, signals, feeds, and the run's record.

SIGINT and SIGTERM: the first ends a run quickly, the second at once, the third by force.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import threading
import time
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from scrapy import signals
from scrapy.exceptions import DropItem
from scrapy.extensions.feedexport import FeedExporter

from crawler.archive import Archive, Found, Outcome, Refused, RunRecord, RunReport, last_articles
from crawler.display import SUCCESS, is_wordy, is_worth_saying, summary_lines
from crawler.downloader import PoliteDownloader
from crawler.errors import ArchiveError, ConfigurationError, InvalidRecord
from crawler.exit_codes import ALARMING, EXIT_FAILED, EXIT_OK, IN_A_ROW, RunVerdict, code_of
from crawler.export.statistics import WINDOW, field_coverage, shortfalls
from crawler.items import Article
from crawler.project import Component, archive_root
from crawler.workers import RULES

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType
    from typing import Self

    from scrapy import Spider
    from scrapy.crawler import Crawler
    from scrapy.extensions.feedexport import FeedSlot

    from crawler.archive import Finding
    from crawler.arguments import Arguments
    from crawler.codec import Line

logger = logging.getLogger(__name__)

GATHERING: Final = 0.05  # seconds for which findings are gathered, to be written together
TOGETHER: Final = 50  # findings that are written together at most

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


class Interrupts:
    """Stands before Scrapy's own handlers, which would let everything that waits go out first.

    A signal that comes before :meth:`pass_on` is only noted: whoever opens files finishes that.
    """

    def __init__(self, hurry: Callable[[], None], cut_off: Callable[[], None]) -> None:
        """*hurry* and *cut_off* are called in the event loop."""
        self.name: str | None = None
        """Of the first signal that came."""

        self._steps = [hurry, cut_off]
        self._before: dict[int, Any] = {}
        self._passes_on = False
        self._loop = asyncio.get_running_loop()
        if threading.current_thread() is threading.main_thread():
            self._install()

    def pass_on(self) -> None:
        """From now on do what a signal asks for."""
        self._passes_on = True

    def _install(self) -> None:
        for number in _SIGNALS:
            self._before[number] = signal.getsignal(number)
            signal.signal(number, self._caught)

    def _caught(self, number: int, frame: FrameType | None) -> None:
        first = self.name is None
        self.name = self.name or signal.Signals(number).name
        if not self._passes_on:
            return
        if self._steps:
            self._loop.call_soon_threadsafe(self._steps.pop(0))
            if not first:
                return
        before = self._before.get(number)
        if callable(before):
            before(number, frame)
            self._install()  # before the one that Scrapy puts in its place


class LineFeeds(FeedExporter):
    """Scrapy's own ``-o``, ``-O`` and ``FEEDS``: the article lines of a run, as written.

    :class:`RunKeeper` closes it, since the exit code says whether each was written: Scrapy's own
    goes on at the same time as the keeper, and lets errors be.
    """

    problem: str | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        feeds = cls(crawler)
        crawler.signals.connect(feeds.open_spider, signals.spider_opened)
        crawler.signals.connect(feeds.item_scraped, signals.item_scraped)
        return feeds

    def item_scraped(self, item: Any, spider: Spider) -> None:
        """Write *item* to each feed; one that cannot be written gets no more."""
        writable = []
        for slot in self.slots:
            self.slots = [slot]
            try:
                super().item_scraped(item, spider)
                writable += self.slots
            except OSError as error:
                self._fail(slot, error)
        self.slots = writable

    async def written(self, spider: Spider) -> str | None:
        """Finish the feeds, and return what went wrong with one."""
        await self.close_spider(spider)
        stored = self.crawler.stats.get_stats()
        if self.problem is None and any("feedexport/failed_count/" in name for name in stored):
            return "what -o, -O or FEEDS asks for could not be stored; the log has why"
        return self.problem

    async def _close_slot(self, slot: FeedSlot, spider: Spider) -> None:
        try:
            await super()._close_slot(slot, spider)
        except OSError as error:
            self._fail(slot, error)

    def _fail(self, slot: FeedSlot, error: OSError) -> None:
        self.problem = self.problem or f"{slot.uri} cannot be written: {error.strerror}"
        if slot.file is not None:
            with contextlib.suppress(OSError):
                slot.file.close()


class RunKeeper(Component):
    """Hold the archive for a run, write the run's record, and say how it went.

    Settings: ``ARCHIVE_DIR``, ``FIELD_COVERAGE_MIN``, ``CLOSESPIDER_TIMEOUT``. The exit code is
    the stat ``run/exit_code``.
    """

    archive: Archive | None = None
    interrupts: Interrupts | None = None
    ending = False
    _closing: asyncio.Task[None] | None = None
    _timer: asyncio.TimerHandle | None = None
    _recording: asyncio.Task[list[Outcome]]

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        floors = crawler.settings.getdict("FIELD_COVERAGE_MIN")
        self.floors = {name: float(floor) for name, floor in floors.items()}
        self.verdict = RunVerdict()
        self.doors: Counter[str] = Counter()
        self.began = time.monotonic()
        self._gathered: list[Finding] = []
        self._writing = asyncio.Lock()
        crawler.signals.connect(self.surprised, signals.spider_error)
        crawler.signals.connect(self.surprised, signals.item_error)

    @property
    def downloader(self) -> PoliteDownloader:
        downloader = self.crawler.engine.downloader
        assert isinstance(downloader, PoliteDownloader)  # the settings name it
        return downloader

    # --- what the spider and the pipeline call

    async def submit(self, finding: Finding) -> Line | None:
        """Tell the archive, and return the line that it wrote, once that is on disk."""
        if reason := self.verdict.out_of_reach(finding):
            self._give_up(reason)
        if not self._gathered or len(self._gathered) >= TOGETHER:
            self._gathered = []
            self._recording = asyncio.ensure_future(self._record(self._gathered))
        recording, place = self._recording, len(self._gathered)
        self._gathered.append(finding)
        try:
            outcome = (await asyncio.shield(recording))[place]
            if outcome.problem is not None:
                raise outcome.problem
        except InvalidRecord as error:
            if not isinstance(finding, Found):
                raise
            url = finding.article.url
            logger.warning("%s: %s", url, error)
            return await self.submit(Refused(url, "invalid_record", finding.captures, keep=True))
        except ArchiveError as error:
            self.fail(str(error))
            return None
        self._count(outcome, finding)
        return outcome.line

    async def _record(self, findings: list[Finding]) -> list[Outcome]:
        """Give the archive what is gathered meanwhile, since each time costs it three syncs."""
        assert self.archive is not None
        async with self._writing:
            await asyncio.sleep(GATHERING)
            if self._gathered is findings:
                self._gathered = []
            return await asyncio.to_thread(self.archive.record, findings)

    def _give_up(self, reason: str) -> None:
        """End the run: what one fetch after the other comes to is nothing of the page."""
        assert self.archive is not None
        if reason in ALARMING:
            self.stop(reason)
        else:
            self.fail(
                f"{self.archive.newsroom.address}: {IN_A_ROW} fetches in a row failed, the last "
                f"with {reason}; what is left is tried again in the next run"
            )

    def fail(self, why: str) -> None:
        """End the run as failed; what is in flight is finished."""
        if self.verdict.failure is None:
            self.verdict.failure = why
            logger.info(why)  # the summary says it
        self.stop("failed")

    def surprised(self) -> None:
        """A callback or a pipeline raised what nobody foresaw: the run goes on, but has failed."""
        why = "an unforeseen error; the log has its traceback"
        self.verdict.failure = self.verdict.failure or why

    def stop(self, reason: str) -> None:
        """Let the run end: nothing new is taken on, what is in flight is finished.

        Unless the run has just had what it was given, what waits for its turn is dropped.
        """
        self.ending = True
        if reason not in ("budget", "limit"):
            self.downloader.end()
        if self._closing is None:
            self._closing = asyncio.ensure_future(
                self.crawler.engine.close_spider_async(reason=reason)
            )

    def open(self, arguments: Arguments) -> bool:
        """Open the archive; False where that cannot be done, and nothing is to be requested."""
        newsroom, settings = arguments.newsroom, self.crawler.settings
        self.interrupts = Interrupts(self._hurry, self.downloader.cut_off)
        try:
            if settings.getdict("FEEDS") and self._feeds() is None:
                raise ConfigurationError("FEEDS, -o or -O cannot be used, as is said above")  # noqa: TRY301 -- as below
            self.archive = Archive.open(
                archive_root(settings) / newsroom.name,
                newsroom,
                RULES,
                arguments=arguments.given,
                operator=str(settings["USER_AGENT"]),
                robots=self._robots(),
                trust_clock=settings.getbool("CLOCK_TRUSTED"),
            )
        except (ArchiveError, ConfigurationError) as error:
            logger.error(str(error))
            self.verdict.failure = str(error)
            self.crawler.stats.set_value("run/exit_code", code_of(error))
            return False
        for repair in self.archive.repairs:
            logger.warning(repair)
        self.interrupts.pass_on()
        longest = settings.getfloat("CLOSESPIDER_TIMEOUT")
        if longest:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(longest, self.stop, "closespider_timeout")
        return not self.interrupts.name

    # --- the end

    async def spider_closed(self, spider: Spider, reason: str) -> None:
        """Write what the run owes: lines that were held, its feeds, its record, the exit code."""
        feeds, verdict = self._feeds(), self.verdict
        await self._settle(feeds, spider)
        if feeds is not None and not (self.archive is None and verdict.failure):
            verdict.failure = await feeds.written(spider) or verdict.failure
        if self._timer is not None:
            self._timer.cancel()
        if self.archive is None:
            return
        interrupt = self.interrupts.name if self.interrupts else None
        try:
            record = await asyncio.to_thread(self._finish, self.archive, reason, interrupt)
        finally:
            # A mistyped address leaves nothing behind; somebody's will to stop leaves its record.
            self.archive.close(keep_empty=bool(interrupt) or not verdict.failure)
        self.crawler.stats.set_value("run/exit_code", record.exit_code)
        if is_worth_saying(record) or is_wordy(self.crawler.settings):
            levels = {EXIT_OK: SUCCESS, EXIT_FAILED: logging.ERROR}
            level = levels.get(record.exit_code or EXIT_OK, logging.WARNING)
            seconds = time.monotonic() - self.began
            known = (*verdict.notes, *self.archive.repairs)  # of no concern, or said already
            for line in summary_lines(self.archive.newsroom.name, record, seconds, without=known):
                logger.log(level, line)

    async def _settle(self, feeds: LineFeeds | None, spider: Spider) -> None:
        """Have judged what waited for the end of the run; the feeds get its lines, too."""
        if self.archive is None:
            return
        try:
            settlement = await asyncio.to_thread(self.archive.settle)
        except ArchiveError as error:
            self.verdict.failure = self.verdict.failure or str(error)
            return
        self.verdict.mass = settlement.mass
        for outcome in settlement.judged:
            self._count(outcome)
            if feeds is not None and isinstance(outcome.line, Article):
                feeds.item_scraped(outcome.line, spider)

    def _finish(self, archive: Archive, reason: str, interrupt: str | None) -> RunRecord:
        stats, verdict = self.crawler.stats, self.verdict
        requests = stats.get_value("run/request_count", 0)
        pause = max(self.downloader.floors.values(), default=None)
        articles = last_articles(archive.folder, WINDOW)
        verdict.alarms += [str(each) for each in shortfalls(articles, self.floors)]
        verdict.end(reason, interrupt, requests, pause)
        coverage = field_coverage(articles)
        return archive.finish(
            RunReport(
                exit_code=verdict.code,
                requests=requests,
                bytes=stats.get_value("run/response_bytes", 0),
                smallest_gap=stats.get_value("run/smallest_gap"),
                robots=self._robots(),
                crawl_delay=pause,
                doors=dict(self.doors),
                coverage={name: round(share, 4) for name, share in coverage.items()},
                notes=verdict.said(),
            )
        )

    # --- the rest is ours

    def _robots(self) -> str:
        return "obey" if self.crawler.settings.getbool("ROBOTSTXT_OBEY") else "ignore"

    def _feeds(self) -> LineFeeds | None:
        return self.crawler.get_extension(LineFeeds)

    def _count(self, outcome: Outcome, finding: Finding | None = None) -> None:
        self.verdict.count(outcome, finding)
        self.crawler.stats.inc_value(f"run/{outcome.kind}_count")
        if isinstance(finding, Refused):
            self.crawler.stats.inc_value(f"extract/not_an_article/{finding.reason}")
        if outcome.alarm:
            logger.info(outcome.alarm)
        if outcome.note and outcome.line is not None:
            logger.warning("%s: %s", outcome.url, outcome.note)

    def _hurry(self) -> None:
        self.ending = True
        self.downloader.end()


def keeper_of(crawler: Crawler) -> RunKeeper:
    """Return the extension that holds the archive."""
    keeper = crawler.get_extension(RunKeeper)
    assert keeper is not None  # the settings name it
    return keeper


class ArchivePipeline(Component):
    """Append what is new to the archive, and hand it on once it is on disk.

    What follows in the pipeline, and every exporter, sees the line as it was written; what is
    unchanged is dropped, quietly.
    """

    async def process_item(self, item: Any) -> Any:
        """Return the line on disk, or raise :exc:`DropItem` when nothing had to be written."""
        if not isinstance(item, Found):  # of a spider that is not ours
            return item
        line = await keeper_of(self.crawler).submit(item)
        if line is None:
            raise DropItem(f"{item.article.url}: nothing was written", log_level="DEBUG")
        return line
