"""``scrapy fleet``: many newsrooms, each with a process, an archive and a lock of its own."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text
from scrapy.spiderloader import get_spider_loader
from scrapy.utils.conf import arglist_to_dict

from crawler.archive import RunRecord, last_runs
from crawler.arguments import read_arguments
from crawler.display import is_worth_saying
from crawler.errors import ArchiveDamaged, ConfigurationError
from crawler.fleet import Ended, Fleet, Forked, Job, common_code, due
from crawler.newsrooms import list_newsrooms, load_newsroom
from crawler.normalise.text import fold
from crawler.project import (
    EXIT_FAILED,
    EXIT_LOCKED,
    EXIT_OK,
    EXIT_USAGE,
    ArchiveCommand,
    archive_root,
    newsroom_folders,
    say,
)
from crawler.timestamps import now, stamp

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from crawler.newsrooms import Newsroom

_ANY: Final = "wordpress"
"""The spider of newsrooms that have none of their own."""

# What is in flight when the time of a run is over is finished first.
_GRACE: Final = 10 * 60
_COUNTS: Final = ("new", "changed", "gone", "failed")
_MEANS: Final = {EXIT_LOCKED: f"{EXIT_LOCKED} in use", -15: "SIGTERM", -9: "SIGKILL"}
_ALONE: Final = ("site", "name", "urls")
"""Arguments that mean one newsroom."""


class Command(ArchiveCommand):
    """Run what is due, several at once, and say how it went."""

    def syntax(self) -> str:
        return "[NAME …] [options]"

    def short_desc(self) -> str:
        return "Crawl many newsrooms, one process and one archive each (exit codes 0 1 2 3 4)"

    def long_desc(self) -> str:
        return (
            "All newsrooms of crawler/sites and of the folder NEWSROOMS_DIR, or those named. "
            "Options -s and -a go to every run. Ends with 1 when any run failed, else with 3 or 4 "
            "when any ended so; an archive in use (75) is named, and counts as fine."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--jobs", type=int, default=2, metavar="N", help="at once (default: %(default)s)"
        )
        parser.add_argument(
            "--due", action="store_true", help="only those whose cadence has passed"
        )
        parser.add_argument(
            "--deadline",
            type=float,
            metavar="SECONDS",
            help="end a run after that long (default: CLOSESPIDER_TIMEOUT and ten minutes)",
        )
        parser.add_argument(
            "-a", dest="spargs", action="append", default=[], metavar="NAME=VALUE",
            help="argument of every run's spider (may be repeated)",
        )  # fmt: skip

    def work(self, args: list[str], opts: argparse.Namespace) -> None:
        deadline = self._checked(opts)
        root = archive_root(self.configured)
        newsrooms, ends = self._newsrooms(args)
        if opts.due:
            newsrooms = due(newsrooms, root, now())
        began = stamp(now())
        for end in ends:
            _tell(end)
        if newsrooms:
            jobs = [Job(each.name, self._command(each.name, opts)) for each in newsrooms]
            fleet = Fleet(Forked, jobs=opts.jobs, deadline=deadline, tell=_tell)
            ran = asyncio.run(fleet.run(jobs))
            ends += ran
            if never := len(newsrooms) - len(ran):
                say(f"stopped before {never:,} newsrooms had begun")
                self.exitcode = EXIT_FAILED
        self.exitcode = self.exitcode or common_code(ends)
        _show(ends, root, began)

    def _checked(self, opts: argparse.Namespace) -> float | None:
        """Return the deadline, after refusing what every run would refuse."""
        if opts.jobs < 1:
            raise ConfigurationError(f"--jobs {opts.jobs}: want a whole number from 1")
        longest = self.configured.getfloat("CLOSESPIDER_TIMEOUT")
        deadline: float | None = opts.deadline
        if deadline is None and longest:
            deadline = longest + _GRACE
        if deadline is not None and deadline <= 0:
            raise ConfigurationError(f"--deadline {deadline}: want seconds, more than 0")
        try:
            given = arglist_to_dict(opts.spargs)
        except ValueError:
            raise ConfigurationError("-a wants NAME=VALUE") from None
        for name in _ALONE:
            if name in given:
                raise ConfigurationError(
                    f"{name}={given[name]}: says something of one newsroom; scrapy crawl takes it"
                )
        read_arguments(given, load_newsroom(list_newsrooms()[0]))
        return deadline

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
        which = [name] if name in spiders else [_ANY, "-a", f"name={name}"]
        command = ["crawl", *which]
        for option, values in (("-a", opts.spargs), ("-s", opts.set)):
            for value in values:
                command += [option, value]
        if opts.loglevel:
            command += ["-L", opts.loglevel]
        return command


def _tell(end: Ended) -> None:
    """Say what a run said, each line under its newsroom's name."""
    for line in end.words.splitlines():
        say(f"{end.name}: {fold(line)}")
    if end.overdue:
        say(f"{end.name}: did not end in time, was ended after {end.seconds:,.0f} s")


def _show(ends: list[Ended], root: Path, began: str) -> None:
    """Print a line for each run in which something happened, on a terminal for every one."""
    shown = [(end, record) for end in ends if _worth(end, record := _record(end, root, began))]
    if not shown:
        return
    table = Table(box=None, pad_edge=False)
    for column in ("newsroom", "exit code", *_COUNTS, "requests", "seconds"):
        table.add_column(column, justify="left" if column == "newsroom" else "right")
    for end, record in shown:
        counts = (getattr(record, kind) for kind in (*_COUNTS, "requests")) if record else ()
        cells = [f"{count:,}" for count in counts] or [""] * (len(_COUNTS) + 1)
        style = "" if end.code in (EXIT_OK, EXIT_LOCKED) else "yellow"
        table.add_row(
            end.name,
            Text(_MEANS.get(end.code, str(end.code)), style),
            *cells,
            f"{end.seconds:,.1f}",
        )
    fine = sum(end.code == EXIT_OK for end in ends)
    console = Console()
    console.print(table)
    console.print(f"{len(ends):,} newsrooms, {fine:,} without trouble")


def _worth(end: Ended, record: RunRecord | None) -> bool:
    return sys.stdout.isatty() or end.code != EXIT_OK or record is None or is_worth_saying(record)


def _record(end: Ended, root: Path, began: str) -> RunRecord | None:
    """Return what the run wrote of itself, ``None`` where it did not get so far."""
    try:
        newest = last_runs(root / end.name, 1)
    except ArchiveDamaged:
        return None
    return newest[0] if newest and newest[0].begin >= began else None
