"""``scrapy fleet``: many newsrooms, each with a process, an archive and a lock of its own.

The processes are forked off one that has imported Scrapy and the project, which takes half of a
run that finds nothing new; what is imported before the fork is in memory once.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import multiprocessing
import os
import pkgutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from importlib import import_module
from multiprocessing.context import ForkServerContext
from operator import itemgetter
from pathlib import Path
from time import monotonic
from typing import IO, ClassVar, Final, NoReturn, Protocol

import attrs
from rich.table import Table
from rich.text import Text
from scrapy.spiderloader import get_spider_loader
from scrapy.utils.conf import arglist_to_dict

from crawler.archive import RunRecord, last_runs, lock_holder
from crawler.arguments import read_arguments
from crawler.display import is_worth_saying
from crawler.errors import ArchiveDamaged, ConfigurationError
from crawler.exit_codes import EXIT_FAILED, EXIT_LOCKED, EXIT_OK, EXIT_USAGE, common_code
from crawler.newsrooms import Newsroom, list_newsrooms, load_newsroom
from crawler.normalise.text import fold
from crawler.project import ArchiveCommand, Screen, archive_root, newsroom_folders, say
from crawler.timestamps import now, stamp

_ANY: Final = "wordpress"  # the spider of newsrooms that have none of their own
# What is in flight when the time of a run is over is finished first.
_GRACE: Final = 10 * 60
_COUNTS: Final = ("new", "changed", "gone", "failed", "requests")
_MEANS: Final = {EXIT_LOCKED: f"{EXIT_LOCKED} in use", -15: "SIGTERM", -9: "SIGKILL"}
_ALONE: Final = ("site", "name", "urls")  # arguments that mean one newsroom


class Command(ArchiveCommand):
    """Crawl many newsrooms, one process and one archive each (exit codes 0 1 2 3 4).

    All newsrooms of crawler/sites and of the folder NEWSROOMS_DIR, or those named. Options -s and
    -a go to every run. Ends with 1 when any run failed, else with 3 or 4 when any ended so; an
    archive in use (75) is named, and counts as fine.
    """

    usage = "[NAME …] [options]"
    options: ClassVar = {
        "--jobs N=2": "at once",
        "--due": "only those whose cadence has passed",
        "--deadline SECONDS": "end a run after that long (default: CLOSESPIDER_TIMEOUT and ten "
        "minutes)",
    }

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "-a", dest="spargs", action="append", default=[], metavar="NAME=VALUE",
            help="argument of every run's spider (may be repeated)",
        )  # fmt: skip

    def work(self, args: list[str], opts: argparse.Namespace) -> None:
        fleet = Fleet(Forked, jobs=opts.jobs, deadline=self._deadline(opts), tell=_tell)
        _check_arguments(opts.spargs)
        root = archive_root(self.configured)
        newsrooms, ends = self._newsrooms(args)
        if opts.due:
            newsrooms = due(newsrooms, root, now())
        began = stamp(now())
        for end in ends:
            _tell(end)
        jobs = {each.name: self._command(each.name, opts) for each in newsrooms}
        ran = asyncio.run(fleet.run(jobs)) if jobs else []
        ends += ran
        if never := len(jobs) - len(ran):
            say(f"stopped before {never:,} newsrooms had begun")
            self.exitcode = EXIT_FAILED
        self.exitcode = self.exitcode or common_code(end.code for end in ends)
        _show(ends, root, began)

    def _deadline(self, opts: argparse.Namespace) -> float | None:
        if opts.jobs < 1:
            raise ConfigurationError(f"--jobs {opts.jobs}: want a whole number from 1")
        longest = self.configured.getfloat("CLOSESPIDER_TIMEOUT")
        if opts.deadline is None:
            return longest + _GRACE if longest else None
        if opts.deadline <= 0:
            raise ConfigurationError(f"--deadline {opts.deadline}: want seconds, more than 0")
        return float(opts.deadline)

    def _newsrooms(self, args: list[str]) -> tuple[list[Newsroom], list[Ended]]:
        """Return the newsrooms to run, and as failed those whose file is wrong.

        What was named must be right; of all, a file that is wrong harms no other.
        """
        folders = newsroom_folders(self.configured)
        if args:
            return [load_newsroom(name, folders) for name in dict.fromkeys(args)], []
        found, wrong = [], []
        for name in list_newsrooms(folders):
            try:
                found.append(load_newsroom(name, folders))
            except ConfigurationError as error:
                wrong.append(Ended(name, EXIT_USAGE, 0.0, str(error)))
        return found, wrong

    def _command(self, name: str, opts: argparse.Namespace) -> list[str]:
        spiders = get_spider_loader(self.configured).list()
        command = ["crawl", *([name] if name in spiders else [_ANY, "-a", f"name={name}"])]
        for option, values in (("-a", opts.spargs), ("-s", opts.set)):
            for value in values:
                command += [option, value]
        return [*command, "-L", opts.loglevel] if opts.loglevel else command


def _check_arguments(typed: list[str]) -> None:
    """Refuse what every run would refuse."""
    try:
        given = arglist_to_dict(typed)
    except ValueError:
        raise ConfigurationError("-a wants NAME=VALUE") from None
    for name in _ALONE:
        if name in given:
            raise ConfigurationError(
                f"{name}={given[name]}: says something of one newsroom; scrapy crawl takes it"
            )
    read_arguments(given, load_newsroom(list_newsrooms()[0]))


def _tell(end: Ended) -> None:
    """Say what a run said, each line under its newsroom's name."""
    for line in end.words.splitlines():
        say(f"{end.name}: {fold(line)}")
    if end.overdue:
        say(f"{end.name}: did not end in time, was ended after {end.seconds:,.0f} s")


def _show(ends: list[Ended], root: Path, began: str) -> None:
    """Print a line for each run in which something happened, on a terminal for every one."""
    table = Table(box=None, pad_edge=False)
    for column in ("newsroom", "exit code", *_COUNTS, "seconds"):
        table.add_column(column, justify="left" if column == "newsroom" else "right")
    for end in ends:
        record = next((run for run in _runs(root / end.name, 1) if run.begin >= began), None)
        worth = end.code != EXIT_OK or record is None or is_worth_saying(record)
        if not (worth or sys.stdout.isatty()):
            continue
        style = "" if end.code in (EXIT_OK, EXIT_LOCKED) else "yellow"
        table.add_row(
            end.name,
            Text(_MEANS.get(end.code, str(end.code)), style),
            *(f"{getattr(record, kind):,}" if record else "" for kind in _COUNTS),
            f"{end.seconds:,.1f}",
        )
    if table.row_count:
        fine = sum(end.code == EXIT_OK for end in ends)
        console = Screen()
        console.print(table)
        console.print(f"{len(ends):,} newsrooms, {fine:,} without trouble")


def _runs(folder: Path, most: int) -> list[RunRecord]:
    """Return the last runs of an archive; none of one whose next run says what is wrong with it."""
    with suppress(ArchiveDamaged):
        return last_runs(folder, most)
    return []


# What a timer starts every 15 minutes starts a little early at times.
_EARLY: Final = 0.1
# Runs of other commands stand between two crawls; more of them than that are not looked through.
_LOOKED_THROUGH: Final = 20
# What a site has to say is its last words; a log of megabytes belongs into a file.
_WORDS: Final = 64 * 1024


@attrs.frozen
class Ended:
    """How a newsroom's run ended."""

    name: str
    code: int  # its exit code; where a signal ended it the number, negative: -9 for SIGKILL
    seconds: float
    words: str = ""  # what it wrote to stderr and stdout, the end of it where it is long
    overdue: bool = False  # whether it did not end by itself in the time that it had


def due(newsrooms: Iterable[Newsroom], root: Path, now: dt.datetime) -> list[Newsroom]:
    """Return which of *newsrooms*, with archives in *root*, are due at *now*, longest due first.

    Due is what was never crawled, and whose newest crawl began its ``cadence`` ago or longer, a
    tenth less for timers that are not exact. Not due is what is being written just now.
    """
    waiting: list[tuple[str, str, Newsroom]] = []
    for newsroom in newsrooms:
        folder = root / newsroom.name
        runs = _runs(folder, _LOOKED_THROUGH)
        begun = [run.begin for run in runs if run.command == "crawl"]
        pause = dt.timedelta(minutes=newsroom.cadence) * (1 - _EARLY)
        since = stamp(dt.datetime.fromisoformat(begun[-1]) + pause) if begun else ""
        if not begun or (since <= stamp(now) and lock_holder(folder) is None):
            waiting.append((since, newsroom.name, newsroom))
    return [newsroom for *_, newsroom in sorted(waiting, key=itemgetter(0, 1))]


class Running(Protocol):
    """A process."""

    async def wait(self) -> int: ...  # its exit code; of a signal the number, negative

    def terminate(self) -> None: ...

    def kill(self) -> None: ...


@attrs.define
class Fleet:
    """Runs jobs side by side, each in a process of its own, until all have ended or been stopped.

    A job that has not ended *deadline* seconds after its start gets SIGTERM, and SIGKILL when it
    has not ended *patience* seconds later. The others go on. Processes are to be in sessions of
    their own, so that Ctrl-C reaches them once.
    """

    start: Callable[[Sequence[str], Path], Running]  # runs a command, whose words go to a file
    jobs: int = 1
    deadline: float | None = None
    patience: float = 60.0
    tell: Callable[[Ended], object] = bool  # is called as each job ends
    _stopping: asyncio.Event = attrs.field(factory=asyncio.Event, init=False)

    async def run(self, jobs: Mapping[str, Sequence[str]]) -> list[Ended]:
        """Run *jobs*, name → command, in their order; return how they ended, if they began.

        SIGTERM and SIGINT stop it: what runs is asked to end and waited for, nothing else begins.
        """
        loop = asyncio.get_running_loop()
        signals = (signal.SIGTERM, signal.SIGINT)
        for number in signals:
            loop.add_signal_handler(number, self._stopping.set)
        room = asyncio.Semaphore(self.jobs)
        try:
            ends = await asyncio.gather(*(self._take(*job, room) for job in jobs.items()))
        finally:
            for number in signals:
                loop.remove_signal_handler(number)
        return [end for end in ends if end is not None]

    async def _take(
        self, name: str, command: Sequence[str], room: asyncio.Semaphore
    ) -> Ended | None:
        async with room:
            if self._stopping.is_set():
                return None
            with tempfile.NamedTemporaryFile(prefix="fleet-") as said:
                end = await self._run_one(name, command, said)
            self.tell(end)
            return end

    async def _run_one(self, name: str, command: Sequence[str], said: IO[bytes]) -> Ended:
        began = monotonic()
        try:
            process = self.start(command, Path(said.name))
        except OSError as error:
            return Ended(name, EXIT_FAILED, 0.0, f"could not be started: {error}")
        ending = asyncio.ensure_future(process.wait())
        stopping = asyncio.ensure_future(self._stopping.wait())
        done, _ = await asyncio.wait(
            (ending, stopping), timeout=self.deadline, return_when=asyncio.FIRST_COMPLETED
        )
        if ending not in done:
            process.terminate()
            await asyncio.wait((ending,), timeout=self.patience)
            if not ending.done():
                process.kill()
        code = await ending
        stopping.cancel()
        said.seek(max(said.seek(0, os.SEEK_END) - _WORDS, 0))
        words = said.read().decode(errors="replace").strip()
        return Ended(name, code, monotonic() - began, words, overdue=not done)


# What a crawl imports, but for what would install Twisted's reactor, which cannot be forked.
_PRELOADED: Final = (
    "crawler.display",
    "crawler.notify",
    "crawler.spider",
    "scrapy.cmdline",
    "scrapy.core.scraper",
    "scrapy.downloadermiddlewares.cookies",
    "scrapy.extensions.remote_control",
    "scrapy.extensions.telnet",
    "scrapy.pqueues",
)


class Forked:
    """A ``scrapy`` command that runs with *arguments*, what it says going to the file *said*."""

    def __init__(self, arguments: Sequence[str], said: Path) -> None:
        """Start it; raises :exc:`OSError` when there is no room for a process."""
        process = _context().Process(target=_run, args=(list(arguments), str(said)))
        process.start()
        self._process, self.terminate, self.kill = process, process.terminate, process.kill

    async def wait(self) -> int:
        loop = asyncio.get_running_loop()
        ended = asyncio.Event()
        loop.add_reader(self._process.sentinel, ended.set)
        try:
            await ended.wait()
        finally:
            loop.remove_reader(self._process.sentinel)
        self._process.join()
        code = self._process.exitcode
        return EXIT_FAILED if code is None else code


@cache
def _context() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    commands = [
        f"{package}.{module.name}"
        for package in ("crawler.commands", "scrapy.commands")  # Scrapy imports all to find one
        for module in pkgutil.iter_modules(import_module(package).__path__)
    ]
    context.set_forkserver_preload([__name__, *_PRELOADED, *commands])
    return context


def _run(arguments: list[str], said: str) -> NoReturn:
    os.setsid()  # Ctrl-C is for the fleet, which then asks each run once
    with open(os.devnull, "rb") as nothing, open(said, "ab") as words:  # noqa: PTH123 -- two files
        os.dup2(nothing.fileno(), 0)
        os.dup2(words.fileno(), 1)
        os.dup2(words.fileno(), 2)
    from scrapy.cmdline import execute  # noqa: PLC0415 -- in the forked process

    sys.argv = ["scrapy", *arguments]
    execute(sys.argv)
    raise SystemExit(0)
