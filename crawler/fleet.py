"""Many newsrooms, one process each: what is due, and running it so that none harms another.

The processes are forked off one that has imported Scrapy and the project, which takes half of a
run that finds nothing new; what is imported before the fork is in memory once.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import multiprocessing
import os
import pkgutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from importlib import import_module
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Final, NoReturn, Protocol

import attrs

from crawler.archive import last_runs, lock_holder
from crawler.errors import ArchiveDamaged
from crawler.newsrooms import Newsroom
from crawler.project import EXIT_ALARM, EXIT_FAILED, EXIT_INCOMPLETE, EXIT_LOCKED, EXIT_OK

PATIENCE: Final = 60.0
"""Seconds that a run has to end by itself after it was asked to."""

# What a timer starts every 15 minutes starts a little early at times.
_EARLY: Final = 0.1
# Runs of other commands stand between two crawls; more of them than that are not looked through.
_LOOKED_THROUGH: Final = 20
# What a site has to say is its last words; a log of megabytes belongs into a file.
_WORDS: Final = 64 * 1024


@attrs.frozen
class Job:
    """A newsroom's run: a command, and the name that it is reported under."""

    name: str
    command: Sequence[str]


@attrs.frozen
class Ended:
    """How a newsroom's run ended."""

    name: str
    code: int
    """Its exit code; where a signal ended it the number, negative: -9 for SIGKILL."""

    seconds: float
    words: str = ""
    """What it wrote to stderr and stdout, the end of it where it is long."""

    overdue: bool = False
    """Whether it did not end by itself in the time that it had."""


def newest_crawl(folder: Path) -> dt.datetime | None:
    """Return when the newest crawl of the archive in *folder* began, ``None`` before the first."""
    try:
        runs = last_runs(folder, _LOOKED_THROUGH)
    except ArchiveDamaged:
        return None  # the run says what is wrong with it
    begun = [run.begin for run in runs if run.command == "crawl"]
    return dt.datetime.fromisoformat(begun[-1]) if begun else None


def due(newsrooms: Iterable[Newsroom], root: Path, now: dt.datetime) -> list[Newsroom]:
    """Return which of *newsrooms*, with archives in *root*, are due at *now*, longest due first.

    Due is what was never crawled, and whose newest crawl began its ``cadence`` ago or longer, a
    tenth less for timers that are not exact. Not due is what is being written just now.
    """
    waiting = []
    for newsroom in newsrooms:
        folder = root / newsroom.name
        began = newest_crawl(folder)
        if began is None:
            waiting.append((dt.datetime.min.replace(tzinfo=dt.UTC), newsroom))
            continue
        pause = dt.timedelta(minutes=newsroom.cadence) * (1 - _EARLY)
        if now - began >= pause and lock_holder(folder) is None:
            waiting.append((began + pause, newsroom))
    return [newsroom for _, newsroom in sorted(waiting, key=lambda pair: (pair[0], pair[1].name))]


class Running(Protocol):
    """A process."""

    async def wait(self) -> int:
        """Return its exit code once it has ended; of a signal the number, negative."""

    def terminate(self) -> None:
        """Send SIGTERM."""

    def kill(self) -> None:
        """Send SIGKILL."""


class Fleet:
    """Runs jobs side by side, each in a process of its own, until all have ended or been stopped.

    A job that has not ended *deadline* seconds after its start gets SIGTERM, and SIGKILL when it
    has not ended *patience* seconds later. The others go on. Processes are to be in sessions of
    their own, so that Ctrl-C reaches them once, through :meth:`stop`.
    """

    def __init__(
        self,
        start: Callable[[Sequence[str], Path], Running],
        *,
        jobs: int = 1,
        deadline: float | None = None,
        patience: float = PATIENCE,
        tell: Callable[[Ended], object] = lambda _: None,
    ) -> None:
        """*start* runs a command, whose words go to a file; *tell* is called as each job ends."""
        self.stopped: signal.Signals | None = None
        self._start = start
        self._deadline = deadline
        self._patience = patience
        self._tell = tell
        self._room = asyncio.Semaphore(jobs)
        self._stopping = asyncio.Event()

    async def run(self, jobs: Sequence[Job]) -> list[Ended]:
        """Run *jobs* in their order; return how they ended, without those that never began.

        SIGTERM and SIGINT stop it: what runs is asked to end and waited for, nothing else begins.
        """
        loop = asyncio.get_running_loop()
        signals = (signal.SIGTERM, signal.SIGINT)
        for number in signals:
            loop.add_signal_handler(number, self.stop, number)
        try:
            ends = await asyncio.gather(*(self._take(job) for job in jobs))
        finally:
            for number in signals:
                loop.remove_signal_handler(number)
        return [end for end in ends if end is not None]

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Ask what runs to end, and begin nothing more."""
        self.stopped = number
        self._stopping.set()

    async def _take(self, job: Job) -> Ended | None:
        async with self._room:
            if self._stopping.is_set():
                return None
            with tempfile.NamedTemporaryFile(prefix="fleet-") as said:
                end = await self._run_one(job, Path(said.name))
            self._tell(end)
            return end

    async def _run_one(self, job: Job, said: Path) -> Ended:
        began = asyncio.get_running_loop().time()
        try:
            process = self._start(job.command, said)
        except OSError as error:
            return Ended(job.name, EXIT_FAILED, 0.0, f"could not be started: {error}")
        ending = asyncio.ensure_future(process.wait())
        stopping = asyncio.ensure_future(self._stopping.wait())
        done, _ = await asyncio.wait(
            (ending, stopping), timeout=self._deadline, return_when=asyncio.FIRST_COMPLETED
        )
        if ending not in done:
            process.terminate()
            await asyncio.wait((ending,), timeout=self._patience)
            if not ending.done():
                process.kill()
        code = await ending
        stopping.cancel()
        seconds = asyncio.get_running_loop().time() - began
        return Ended(job.name, code, seconds, _end_of(said), overdue=not done)


def _end_of(said: Path) -> str:
    with said.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(size - _WORDS, 0))
        return file.read().decode(errors="replace").strip()


def common_code(ends: Iterable[Ended]) -> int:
    """Return one exit code for all: 1, 3 and 4 in this order, where a single run has it, else 0.

    A run that another one kept from the archive (75) did no harm. What ended otherwise, by a
    signal or refused as wrongly configured, failed.
    """
    codes = {end.code for end in ends} - {EXIT_OK, EXIT_LOCKED}
    if codes - {EXIT_ALARM, EXIT_INCOMPLETE}:
        return EXIT_FAILED
    return min(codes, default=EXIT_OK)


# What a crawl imports, but for what would install Twisted's reactor, which cannot be forked.
PRELOADED: Final = (
    "crawler.addon",
    "crawler.downloader",
    "crawler.spider",
    "scrapy.cmdline",
    "scrapy.core.scraper",
    "scrapy.downloadermiddlewares.cookies",
    "scrapy.extensions.remote_control",
    "scrapy.extensions.telnet",
    "scrapy.pqueues",
)
# Scrapy imports every command to find one.
COMMANDS: Final = ("crawler.commands", "scrapy.commands")


class Forked:
    """A ``scrapy`` command that runs with *arguments*, what it says going to the file *said*."""

    def __init__(self, arguments: Sequence[str], said: Path) -> None:
        """Start it; raises :exc:`OSError` when there is no room for a process."""
        self._process = _context().Process(target=_run, args=(list(arguments), str(said)))
        self._process.start()

    async def wait(self) -> int:
        """Return its exit code once it has ended; of a signal the number, negative."""
        loop = asyncio.get_running_loop()
        ended = asyncio.Event()
        loop.add_reader(self._process.sentinel, ended.set)
        try:
            await ended.wait()
        finally:
            loop.remove_reader(self._process.sentinel)
        self._process.join()
        code = self._process.exitcode
        return 1 if code is None else code

    def terminate(self) -> None:
        """Send SIGTERM."""
        self._process.terminate()

    def kill(self) -> None:
        """Send SIGKILL."""
        self._process.kill()


@cache
def _context() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    commands = [
        f"{package}.{module.name}"
        for package in COMMANDS
        for module in pkgutil.iter_modules(import_module(package).__path__)
    ]
    context.set_forkserver_preload([__name__, *PRELOADED, *commands])
    return context


def _run(arguments: list[str], said: str) -> NoReturn:
    os.setsid()  # Ctrl-C is for the fleet, which then asks each run once
    for stream, path, flags in (
        (0, os.devnull, os.O_RDONLY),
        (1, said, os.O_WRONLY | os.O_APPEND),
        (2, said, os.O_WRONLY | os.O_APPEND),
    ):
        file = os.open(path, flags)
        os.dup2(file, stream)
        os.close(file)
    from scrapy.cmdline import execute  # noqa: PLC0415 -- in the forked process

    sys.argv = ["scrapy", *arguments]
    execute(sys.argv)
    raise SystemExit(0)
