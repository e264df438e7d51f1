"""Run ``scrapy crawl`` on a newsroom on loopback, and look at what it left behind.

Each run is a process of its own, see :mod:`tests.forked`; :func:`crawl_afresh` starts from nothing, as
cron does.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Sequence
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import attrs

from crawler.archive import RunRecord, read_runs
from crawler.archive.verify import verify
from crawler.newsrooms import load_newsroom, newsroom_at
from crawler.workers import RULES
from demo import EmbeddedNewsroom
from tests.forked import LONGEST, ROOT, forks, scrapy

QUICK = ("-s", "DOWNLOAD_DELAY=0", "-s", "AUTOTHROTTLE_ENABLED=False")


@attrs.frozen
class Ended:
    """A run that has ended."""

    code: int
    """Its exit code; of one that was killed the number of the signal, negative."""

    said: str
    """What it wrote to standard error."""

    folder: Path
    """Its archive."""

    runs: tuple[RunRecord, ...]
    """Those of the archive at that time."""

    @property
    def run(self) -> RunRecord:
        return self.runs[-1]

    @property
    def last_words(self) -> str:
        return self.said.strip().splitlines()[-1]

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The lines that this run wrote."""
        return [line for line in lines(self.folder) if line["run"] == self.run.id]


@attrs.frozen
class Running:
    """A run that goes on."""

    process: ForkServerProcess
    log: Path
    folder: Path

    @property
    def pid(self) -> int:
        assert self.process.pid is not None
        return self.process.pid

    def end(self) -> Ended:
        """Wait until it has ended, by itself or by a signal."""
        self.process.join(LONGEST)
        code = self.process.exitcode
        if code is None:
            self.process.kill()
            raise AssertionError(f"still at work after {LONGEST} s: {self.log.read_text()}")
        return Ended(code, self.log.read_text(), self.folder, runs(self.folder))


@attrs.frozen
class Archived:
    """The embedded newsroom, and an archive in which all of it is."""

    newsroom: EmbeddedNewsroom
    out: Path
    first: RunRecord

    @property
    def folder(self) -> Path:
        return self.out / "progres"

    def crawl(self, *options: str) -> Ended:
        """Crawl once more, the log of the newsroom empty at first."""
        self.newsroom.forget_visits()
        return crawl(self.newsroom, self.out, *options)

    @property
    def later_lines(self) -> list[dict[str, Any]]:
        """The lines that came after those of the first run."""
        return [line for line in lines(self.folder) if line["run"] != self.first.id]


def arguments(site: EmbeddedNewsroom | str, out: Path, *options: str) -> list[str]:
    """Return what is typed for a run without pauses; *options* may bring them back."""
    address = site if isinstance(site, str) else site.address
    return [
        "scrapy", "crawl", "progres", "-a", f"site={address}", "-s", f"ARCHIVE_DIR={out}",
        *QUICK, *options,
    ]  # fmt: skip


def start(
    site: EmbeddedNewsroom | str, out: Path, *options: str, largest_file: int | None = None
) -> Running:
    """Start a run; with *largest_file* no file may grow beyond so many bytes."""
    return start_typed(arguments(site, out, *options), out, largest_file=largest_file)


def start_typed(typed: Sequence[str], out: Path, *, largest_file: int | None = None) -> Running:
    """Start the command *typed*, which writes into the folder *out*."""
    out.mkdir(exist_ok=True)
    log = out / "log.txt"
    process = forks().Process(target=_run, args=(list(typed), log, largest_file))
    process.start()
    return Running(process, log, out / "progres")


def crawl(
    site: EmbeddedNewsroom | str, out: Path, *options: str, largest_file: int | None = None
) -> Ended:
    """Run ``scrapy crawl progres`` on *site* into the folder *out*."""
    return start(site, out, *options, largest_file=largest_file).end()


def crawl_afresh(typed: Sequence[str], out: Path, *, stdin: str = "") -> Ended:
    """Run the command *typed* as cron does, from nothing."""
    ended = subprocess.run(
        [sys.executable, "-m", *typed],
        cwd=ROOT,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )
    folder = out / "progres"
    return Ended(ended.returncode, ended.stderr, folder, runs(folder))


def crawl_typed(typed: Sequence[str], out: Path, *, stdin: str = "") -> Ended:
    """Run the command *typed*, which leaves nothing in *out* but its archive."""
    ended = scrapy(*typed[1:], stdin=stdin)
    folder = out / "progres"
    return Ended(ended.returncode, ended.stderr, folder, runs(folder))


def runs(folder: Path) -> tuple[RunRecord, ...]:
    """Return the runs of the archive in *folder*."""
    return tuple(read_runs(folder))


def lines(folder: Path) -> list[dict[str, Any]]:
    """Return every line of the archive in *folder*, as JSON."""
    return [
        json.loads(line)
        for path in sorted(folder.glob("articles-*.jsonl"))
        for line in path.read_bytes().splitlines()
    ]


def problems(folder: Path, site: EmbeddedNewsroom | str) -> list[str]:
    """Return what is wrong with the archive in *folder*."""
    address = site if isinstance(site, str) else site.address
    newsroom = newsroom_at(address, like=load_newsroom("progres"))
    return [str(each) for each in verify(folder, newsroom, RULES)]


def asked(newsroom: EmbeddedNewsroom) -> list[str]:
    """Return the paths and queries that were asked for since the log was emptied."""
    return [visit.target for visit in newsroom.visits]


def _run(typed: list[str], log: Path, largest_file: int | None) -> None:
    from scrapy.cmdline import execute  # noqa: PLC0415 -- for the new process alone

    os.chdir(ROOT)
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(file, stream)
    if largest_file is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))
    execute(typed)
