"""Runs ``scrapy crawl`` in forks of a process that has everything imported: half a second each.

Each run is a process of its own, as cron's are; only the imports are shared.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import resource
import sys
from collections.abc import Mapping
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Final

import attrs

from crawler.archive import read, read_runs
from crawler.archive.runs import RunRecord
from crawler.items import Article

ROOT: Final = Path(__file__).parents[1]
NAME: Final = "kabar"
IMPATIENT: Final = {
    "DOWNLOAD_DELAY": "0",
    "AUTOTHROTTLE_ENABLED": "False",
    "RETRY_TIMES": "0",
    "LOG_LEVEL": "INFO",
}

_FORKS: Final = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(
    [
        "crawler.addon",
        "crawler.commands.crawl",
        "crawler.spider",
        "crawler.readers.statistics",
        "scrapy.cmdline",
        "scrapy.crawler",
        "scrapy.core.downloader.middleware",
        "scrapy.core.scraper",
        "scrapy.downloadermiddlewares.httpcompression",
        "scrapy.downloadermiddlewares.redirect",
        "scrapy.spiderloader",
        "tests.crawl_runs",
    ]
)


@attrs.frozen(kw_only=True)
class Run:
    """How a run went."""

    code: int
    said: str
    """What it printed and logged."""

    peak: float
    """Most memory that it held, in MB; 0 where it was killed."""

    files: int
    """File handles that were open at its end."""

    folder: Path
    """The archive."""

    stats: Mapping[str, Any]

    @property
    def record(self) -> RunRecord:
        """The last line of runs.jsonl."""
        return list(read_runs(self.folder))[-1]

    @property
    def articles(self) -> list[Article]:
        """What is archived."""
        return list(read(self.folder)) if self.folder.exists() else []


def begin(root: Path, site: str, *arguments: str, **settings: str) -> BaseProcess:
    """Start a run on *site* into *root*; *arguments* as after ``scrapy crawl wordpress``."""
    command = ["scrapy", "crawl", "wordpress", "-a", f"site={site}", "-a", f"name={NAME}"]
    command += arguments
    for name, value in ({"ARCHIVE_DIR": str(root)} | IMPATIENT | settings).items():
        command += ["-s", f"{name}={value}"]
    root.mkdir(parents=True, exist_ok=True)
    process = _FORKS.Process(target=_execute, args=(command, root))
    process.start()
    return process


def end(process: BaseProcess, root: Path) -> Run:
    """Wait for a run, and return how it went."""
    process.join()
    code = process.exitcode
    process.close()
    assert code is not None
    left = root / "left.json"
    values = json.loads(left.read_text()) if code >= 0 and left.exists() else {}
    return Run(
        code=code,
        said=(root / "said.txt").read_text(encoding="utf-8", errors="replace"),
        peak=values.get("peak", 0.0),
        files=values.get("files", 0),
        folder=root / NAME,
        stats=values.get("stats", {}),
    )


def crawl(root: Path, site: str, *arguments: str, **settings: str) -> Run:
    """Run on *site* into *root*, to the end."""
    return end(begin(root, site, *arguments, **settings), root)


class StatsKeeper:
    """Extension that leaves a run's counts where the test finds them."""

    def __init__(self, crawler: Any) -> None:
        _CRAWLERS.append(crawler)

    @classmethod
    def from_crawler(cls, crawler: Any) -> StatsKeeper:
        return cls(crawler)


_CRAWLERS: Final[list[Any]] = []
_HANDLES: Final = Path("/proc/self/fd")


def _execute(command: list[str], root: Path) -> None:
    """Be ``scrapy``, with everything it prints in a file."""
    os.chdir(ROOT)
    out = os.open(root / "said.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for number in (1, 2):
        os.dup2(out, number)
    from scrapy.cmdline import execute  # noqa: PLC0415 -- in the child only

    try:
        execute([*command, "-s", 'EXTENSIONS={"tests.crawl_runs.StatsKeeper": 500}'])
    finally:
        sys.stdout.flush()
        values = {
            # kibibytes, as Linux has it
            "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6,
            "files": len(list(_HANDLES.iterdir())) if _HANDLES.exists() else 0,
            "stats": {
                key: value
                for crawler in _CRAWLERS
                for key, value in crawler.stats.get_stats().items()
                if isinstance(value, int | float | str)
            },
        }
        (root / "left.json").write_text(json.dumps(values))
