"""What frames a run: lock and archive, signals, the run's record, and how it went.

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
from scrapy.extensions.feedexport import FeedExporter

from crawler.archive import Archive, Failed, Outcome, Refused, RunRecord, RunReport, last_articles
from crawler.display import SUCCESS, is_wordy, is_worth_saying, summary_lines
from crawler.downloader import PoliteDownloader
from crawler.errors import ArchiveError, ArchiveLocked, ConfigurationError
from crawler.export.statistics import WINDOW, field_coverage, shortfalls
from crawler.items import Article
from crawler.newsrooms import Newsroom
from crawler.project import (
    EXIT_ALARM,
    EXIT_FAILED,
    EXIT_INCOMPLETE,
    EXIT_LOCKED,
    EXIT_OK,
    EXIT_USAGE,
    archive_root,
)
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


logger = logging.getLogger(__name__)

ALARMING: Final = frozenset({"captcha", "hacked", "parked"})
"""Reasons that say something of the newsroom, not of a page."""

PLANNED_ENDS: Final = ALARMING | {
    "budget",
    "closespider_itemcount",
    "closespider_pagecount",
    "closespider_timeout",
    "finished",
    "limit",
}
"""Reasons for which a spider closes and the run did what it should."""

TURNED_AWAY: Final = frozenset(
    {"http_401", "http_403", "http_406", "http_429", "http_451", "foreign_address", "robots"}
)
"""Reasons for which a look is refused, though an article may be there."""

ENDS: Final = {"budget": "its budget", "closespider_timeout": "time"}
"""Reasons for which a run ends before it came to its end."""

NAMED: Final = 20
"""Addresses that a run's record names, of those that were not archived."""

GATHERING: Final = 0.05
"""Seconds for which findings are gathered, to be written together."""

TOGETHER: Final = 50
"""Findings that are written together at most."""

answered = object()
"""Signal, sent with ``finding``: the archive has answered what was submitted, or refused to."""


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


class RunKeeper:
    """Hold the archive for a run, write the run's record, and say with a code how it went.

    Settings: ``ARCHIVE_DIR``, ``FIELD_COVERAGE_MIN``, ``CLOSESPIDER_TIMEOUT``. The code is the
    stat ``run/exit_code``.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.root = archive_root(crawler.settings)
        self.floors: dict[str, float] = {
            name: float(floor)
            for name, floor in crawler.settings.getdict("FIELD_COVERAGE_MIN").items()
        }
        self.archive: Archive | None = None
        self.outcomes: Counter[str] = Counter()
        self.doors: Counter[str] = Counter()
        self.incomplete: list[str] = []
        self.gaps: list[str] = []
        """What keeps the run from being complete, but for single articles."""

        self.turned_away: Counter[str] = Counter()
        """Reason → how many looks were refused for it."""

        self.notes: list[str] = []
        self.alarms: list[str] = []
        self.alarming: dict[str, list[str]] = {}
        """Reason of :data:`ALARMING` → addresses."""

        self.failure: str | None = None
        self.interrupts: Interrupts | None = None
        self.mass = False
        """Whether more articles vanished at once than can be true."""

        self.ending = False
        self.began = time.monotonic()
        self._closing: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._gathered: list[tuple[Finding, asyncio.Future[Outcome]]] = []
        self._recording: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        extension = cls(crawler)
        crawler.signals.connect(extension.surprised, signals.spider_error)
        crawler.signals.connect(extension.surprised, signals.item_error)
        crawler.signals.connect(extension.spider_closed, signals.spider_closed)
        return extension

    @property
    def downloader(self) -> PoliteDownloader:
        downloader = self.crawler.engine.downloader
        assert isinstance(downloader, PoliteDownloader)  # the add-on brings it
        return downloader

    # --- what the spider and the pipeline call

    async def submit(self, finding: Finding) -> Outcome:
        """Tell the archive, and return what it made of it once that is on disk."""
        assert self.archive is not None
        waiting: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._gathered.append((finding, waiting))
        if self._recording is None:
            self._recording = asyncio.ensure_future(self._record())
        try:
            outcome = await waiting
            if outcome.problem is not None:
                raise outcome.problem
            self._count(finding, outcome)
            return outcome
        finally:
            await self.crawler.signals.send_catch_log_async(answered, finding=finding)

    async def _record(self) -> None:
        """Give the archive what was gathered, in batches: each costs it three syncs."""
        assert self.archive is not None
        while self._gathered:
            await asyncio.sleep(GATHERING)
            batch, self._gathered = self._gathered[:TOGETHER], self._gathered[TOGETHER:]
            findings = [finding for finding, _ in batch]
            recorded = asyncio.ensure_future(asyncio.to_thread(self.archive.record, findings))
            await asyncio.wait([recorded])
            error = recorded.exception()
            for number, (_, waiting) in enumerate(batch):
                if waiting.done():  # cancelled
                    continue
                if error is not None:
                    waiting.set_exception(error)
                else:
                    waiting.set_result(recorded.result()[number])
        self._recording = None

    def fail(self, why: str) -> None:
        """End the run as failed; what is in flight is finished."""
        if self.failure is None:
            self.failure = why
            logger.info(why)  # the summary says it
        self.stop("failed")

    def alarm(self, why: str) -> None:
        """Note that something is wrong with the newsroom."""
        self.alarms.append(why)
        logger.info(why)

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
        self.interrupts = Interrupts(self._hurry, self._cut_off)
        try:
            if settings.getdict("FEEDS") and self._feeds() is None:
                raise ConfigurationError("FEEDS, -o or -O cannot be used, as is said above")  # noqa: TRY301 -- as below
            self.archive = Archive.open(
                self.root / newsroom.name,
                newsroom,
                RULES,
                arguments=arguments.given,
                operator=str(settings["USER_AGENT"]),
                robots=self._robots(),
                trust_clock=settings.getbool("CLOCK_TRUSTED"),
            )
        except (ArchiveError, ConfigurationError) as error:
            logger.error(str(error))
            self.failure = str(error)
            codes = {ArchiveLocked: EXIT_LOCKED, ConfigurationError: EXIT_USAGE}
            code = next((n for kind, n in codes.items() if isinstance(error, kind)), EXIT_FAILED)
            self.crawler.stats.set_value("run/exit_code", code)
            return False
        for repair in self.archive.repairs:
            logger.warning(repair)
        self.interrupts.pass_on()
        longest = settings.getfloat("CLOSESPIDER_TIMEOUT")
        if longest:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(longest, self.stop, "closespider_timeout")
        return not self.interrupts.name

    # --- signals of Scrapy

    def surprised(self) -> None:
        """A callback or a pipeline raised what nobody foresaw: the run goes on, but has failed."""
        self.failure = self.failure or "an unforeseen error; the log has its traceback"

    async def spider_closed(self, spider: Spider, reason: str) -> None:
        """Write what the run owes: lines that were held, its feeds, its record, the exit code."""
        feeds = self._feeds()
        await self._settle(feeds, spider)
        if feeds is not None and not (self.archive is None and self.failure):
            self.failure = await feeds.written(spider) or self.failure
        if self._timer is not None:
            self._timer.cancel()
        if self.archive is None:
            return
        try:
            record = await asyncio.to_thread(self._finish, reason)
        finally:
            # A mistyped address leaves nothing behind; somebody's will to stop leaves its record.
            interrupted = bool(self.interrupts and self.interrupts.name)
            self.archive.close(keep_empty=interrupted or not self.failure)
        self.crawler.stats.set_value("run/exit_code", record.exit_code)
        if is_worth_saying(record) or is_wordy(self.crawler.settings):
            level = {EXIT_OK: SUCCESS, EXIT_FAILED: logging.ERROR}.get(
                record.exit_code or EXIT_OK, logging.WARNING
            )
            seconds = time.monotonic() - self.began
            known = (*self.notes, *self.archive.repairs)  # of no concern, or said already
            for line in summary_lines(self.archive.newsroom.name, record, seconds, without=known):
                logger.log(level, line)

    # --- the rest is ours

    def _robots(self) -> str:
        return "obey" if self.crawler.settings.getbool("ROBOTSTXT_OBEY") else "ignore"

    async def _settle(self, feeds: LineFeeds | None, spider: Spider) -> None:
        """Have judged what waited for the end of the run; the feeds get its lines, too."""
        if self.archive is None:
            return
        try:
            settlement = await asyncio.to_thread(self.archive.settle)
        except ArchiveError as error:
            self.failure = self.failure or str(error)
            return
        self.mass = settlement.mass
        for outcome in settlement.judged:
            self._tally(outcome)
            if feeds is not None and isinstance(outcome.line, Article):
                feeds.item_scraped(outcome.line, spider)

    def _feeds(self) -> LineFeeds | None:
        return self.crawler.get_extension(LineFeeds)

    def _count(self, finding: Finding, outcome: Outcome) -> None:
        self._tally(outcome)
        if isinstance(finding, Refused):
            self.crawler.stats.inc_value(f"extract/not_an_article/{finding.reason}")
        elif not isinstance(finding, Failed):
            return
        kept = isinstance(finding, Refused) and finding.keep
        if kept or finding.reason in TURNED_AWAY:
            self.turned_away[finding.reason] += 1
        if isinstance(finding, Failed) and finding.reason in ALARMING:
            self.alarming.setdefault(finding.reason, []).append(outcome.url)
        elif kept or isinstance(finding, Failed):
            self.incomplete.append(f"{outcome.url}: {finding.reason}")

    def _tally(self, outcome: Outcome) -> None:
        self.outcomes[outcome.kind] += 1
        self.crawler.stats.inc_value(f"run/{outcome.kind}_count")
        if outcome.warning:
            self.incomplete.append(outcome.warning)
        if outcome.alarm:
            self.alarm(outcome.alarm)
        if outcome.note and outcome.line is not None:
            logger.warning("%s: %s", outcome.url, outcome.note)

    def _hurry(self) -> None:
        self.ending = True
        self.downloader.end()

    def _cut_off(self) -> None:
        self.downloader.cut_off()

    def _finish(self, reason: str) -> RunRecord:
        assert self.archive is not None
        articles = last_articles(self.archive.folder, WINDOW)
        self.alarms += [str(each) for each in shortfalls(articles, self.floors)]
        self._weigh(reason)
        for what, urls in self.alarming.items():
            more = f" and {len(urls) - 1} more" if len(urls) > 1 else ""
            self.alarms.append(f"{what} instead of an article: {urls[0]}{more}")
        if self.interrupts is not None and self.interrupts.name:
            self.failure = self.failure or f"interrupted by {self.interrupts.name}"
        elif reason not in PLANNED_ENDS:
            self.failure = self.failure or f"ended early: {reason}"
        stats = self.crawler.stats
        coverage = field_coverage(articles)
        return self.archive.finish(
            RunReport(
                exit_code=self._code(),
                requests=stats.get_value("run/request_count", 0),
                bytes=stats.get_value("run/response_bytes", 0),
                smallest_gap=stats.get_value("run/smallest_gap"),
                robots=self._robots(),
                crawl_delay=max(self.downloader.floors.values(), default=None),
                doors=dict(self.doors),
                coverage={name: round(share, 4) for name, share in coverage.items()},
                notes=tuple(dict.fromkeys(self._notes())),
            )
        )

    def _weigh(self, reason: str) -> None:
        """Say where most looks came to nothing, or none was made."""
        looks, refused = self.outcomes.total(), self.turned_away.total()
        many = refused >= 5 and refused * 5 > looks  # noqa: PLR2004 -- a fifth
        if many or (refused > 1 and refused * 2 > looks):
            why = ", ".join(f"{number} {what}" for what, number in self.turned_away.most_common(3))
            text = f"{refused} of {looks} looks were refused or came to no article ({why})"
            (self.alarms if many else self.gaps).append(text)
        if reason in ENDS:
            requests = self.crawler.stats.get_value("run/request_count", 0)
            text = f"ended by {ENDS[reason]} after {requests} requests and {looks} looks"
            if pause := max(self.downloader.floors.values(), default=0.0):
                text += f"; robots.txt asks for {pause:g} s between two requests"
            (self.notes if looks else self.gaps).append(text)

    def _notes(self) -> list[str]:
        """Return what somebody should read, the worst first."""
        notes = [self.failure] if self.failure else []
        notes += [*self.alarms, *self.gaps, *self.notes]
        notes += [f"not archived: {each}" for each in self.incomplete[:NAMED]]
        if len(self.incomplete) > NAMED:
            notes.append(f"not archived: {len(self.incomplete) - NAMED} more; see scrapy status")
        return notes

    def _code(self) -> int:
        if self.failure:
            return EXIT_FAILED
        if self.alarms or self.mass:
            return EXIT_ALARM
        return EXIT_INCOMPLETE if self.incomplete or self.gaps else EXIT_OK


def keeper_of(crawler: Crawler) -> RunKeeper:
    """Return the extension that holds the archive."""
    keeper = crawler.get_extension(RunKeeper)
    assert keeper is not None  # the add-on brings it
    return keeper


def newsroom_of(spider: Spider | None) -> Newsroom | None:
    """Return the spider's newsroom; None for a spider that is not ours (bench)."""
    newsroom = getattr(spider, "newsroom", None)
    return newsroom if isinstance(newsroom, Newsroom) else None
