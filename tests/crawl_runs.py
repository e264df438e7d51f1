"""Runs on a site of any address, and what each took: memory, file handles, what was counted."""

from __future__ import annotations

import json
import resource
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Self

import attrs
from scrapy import signals
from scrapy.crawler import Crawler

from crawler.archive import read
from crawler.archive.runs import RunRecord
from crawler.items import Article
from tests.crawling import Running, arguments, start_typed

IMPATIENT: Final = {"RETRY_TIMES": "0", "LOG_LEVEL": "INFO"}
FILE: Final = "MEASURES_FILE"


@attrs.frozen(kw_only=True)
class Run:
    """How a run went."""

    code: int
    said: str
    """What it logged."""

    folder: Path
    """The archive."""

    runs: tuple[RunRecord, ...]
    peak: float
    """Most memory that it held, in MB; 0 where it was killed."""

    files: int
    """File handles that were open at its end; 0 where that cannot be told."""

    stats: Mapping[str, Any]

    @property
    def record(self) -> RunRecord:
        """The last line of runs.jsonl."""
        return self.runs[-1]

    @property
    def articles(self) -> list[Article]:
        """What is archived."""
        return list(read(self.folder))


def begin(out: Path, site: str, *options: str, **settings: str) -> Running:
    """Start a run on *site* into *out* that leaves its measures there."""
    typed = arguments(site, out, *options)
    wanted = IMPATIENT | settings | {FILE: str(out / "measures.json")}
    wanted["EXTENSIONS"] = json.dumps({f"{__name__}.Measures": 500})
    for name, value in wanted.items():
        typed += ["-s", f"{name}={value}"]
    running = start_typed(typed, out)
    running.log.touch()  # one that is killed at once has not made it
    return running


def end(running: Running) -> Run:
    """Wait for a run, and return how it went."""
    ended = running.end()
    left = running.log.with_name("measures.json")
    values = json.loads(left.read_text()) if left.exists() else {}
    left.unlink(missing_ok=True)
    return Run(
        code=ended.code,
        said=ended.said,
        folder=ended.folder,
        runs=ended.runs,
        peak=values.get("peak", 0.0),
        files=values.get("files", 0),
        stats=values.get("stats", {}),
    )


def crawl(out: Path, site: str, *options: str, **settings: str) -> Run:
    """Run on *site* into *out*, to the end."""
    return end(begin(out, site, *options, **settings))


class Measures:
    """Extension that leaves what a run took where a test finds it."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        extension = cls(crawler)
        crawler.signals.connect(extension.engine_stopped, signals.engine_stopped)
        return extension

    def engine_stopped(self) -> None:
        handles = Path("/proc/self/fd")
        values = {
            # kibibytes, as Linux has it
            "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6,
            "files": len(list(handles.iterdir())) if handles.exists() else 0,
            "stats": {
                key: value
                for key, value in self.crawler.stats.get_stats().items()
                if isinstance(value, int | float | str)
            },
        }
        Path(self.crawler.settings[FILE]).write_text(json.dumps(values))
