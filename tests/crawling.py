"""Run the real command on a newsroom on loopback, and look at what it left behind."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs

from crawler.archive import RunRecord, read_runs
from crawler.archive.verify import verify
from crawler.newsroom import EmbeddedNewsroom
from crawler.newsrooms import load_newsroom, newsroom_at
from crawler.rules import RULES

ROOT = Path(__file__).parent.parent
QUICK = ("-s", "DOWNLOAD_DELAY=0", "-s", "AUTOTHROTTLE_ENABLED=False")


@attrs.frozen
class Ended:
    """A run that has ended."""

    code: int
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


def command(site: EmbeddedNewsroom | str, out: Path, *options: str) -> list[str]:
    """Return the command line of a run without pauses; *options* may bring them back."""
    address = site if isinstance(site, str) else site.address
    return [
        sys.executable, "-m", "scrapy", "crawl", "progres", "-a", f"site={address}",
        "-s", f"ARCHIVE_DIR={out}", *QUICK, *options,
    ]  # fmt: skip


def crawl(
    site: EmbeddedNewsroom | str,
    out: Path,
    *options: str,
    stdin: str | None = None,
    prepare: Callable[[], None] | None = None,
) -> Ended:
    """Run ``scrapy crawl progres`` on *site* into *out*; *prepare* is called in the new process."""
    ended = subprocess.run(
        command(site, out, *options),
        cwd=ROOT,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        preexec_fn=prepare,
    )
    folder = out / "progres"
    return Ended(ended.returncode, ended.stderr, folder, tuple(read_runs(folder)))


def start(site: EmbeddedNewsroom | str, out: Path, *options: str) -> subprocess.Popen[str]:
    """Start a run and return its process."""
    return subprocess.Popen(
        command(site, out, *options), cwd=ROOT, stderr=subprocess.PIPE, text=True
    )


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
