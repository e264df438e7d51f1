"""Articles a second with everything on, beside a spider that keeps nothing; what is on disk.

python -m benchmarks.crawl [--articles N]
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from crawler.export.statistics import disk
from demo import EmbeddedNewsroom

ROOT = Path(__file__).parent.parent
FAST = ["-s", "DOWNLOAD_DELAY=0", "-s", "AUTOTHROTTLE_ENABLED=False"]


def run(command: list[str]) -> tuple[float, float]:
    """Run scrapy with *command*; return seconds and the peak of its memory in MB."""
    began = time.monotonic()
    child = subprocess.Popen([sys.executable, "-m", "scrapy", *command], cwd=ROOT)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in (0, 4):
        raise SystemExit(f"{' '.join(command)} ended with {child.returncode}")
    return time.monotonic() - began, usage.ru_maxrss / 1024


def paced(newsroom: EmbeddedNewsroom) -> tuple[int, float]:
    """Return how many requests the newsroom saw, and in how many seconds."""
    times = [visit.at for visit in newsroom.visits]
    return len(times), max(times) - min(times)


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args(argv)
    table = Table(title=f"One crawl of {options.articles} articles, best of {options.rounds}")
    for column in ("", "articles/s", "ratio", "seconds in all", "peak MB", "requests"):
        table.add_column(column, justify="right" if column else "left")
    with tempfile.TemporaryDirectory() as scratch, EmbeddedNewsroom() as newsroom:
        newsroom.grow(options.articles - len(newsroom.articles))
        rows = {"SitemapSpider -o out.jl": [], "scrapy crawl progres": []}  # type: dict[str, list[tuple[float, float, float, int]]]
        for number in range(options.rounds + 1):  # the first warms the newsroom's pages
            folder = Path(scratch) / str(number)
            commands = {
                "SitemapSpider -o out.jl": [
                    "runspider", "benchmarks/plain_spider.py", "-a", f"site={newsroom.address}",
                    "-o", str(folder) + ".jl", *FAST,
                ],
                "scrapy crawl progres": [
                    "crawl", "progres", "-a", f"site={newsroom.address}",
                    "-s", f"ARCHIVE_DIR={folder}", *FAST,
                ],
            }  # fmt: skip
            for name, command in commands.items():
                newsroom.forget_visits()
                seconds, memory = run(command)
                requests, paced_seconds = paced(newsroom)
                if number:
                    rate = options.articles / paced_seconds
                    rows[name].append((rate, seconds, memory, requests))
        plain = max(rows["SitemapSpider -o out.jl"])[0]
        for name, measured in rows.items():
            rate, seconds, memory, requests = max(measured)
            table.add_row(
                name, f"{rate:,.0f}", f"{rate / plain:.2f}", f"{seconds:.1f}", f"{memory:,.0f}",
                str(requests),
            )  # fmt: skip
        Console().print(table)
        _print_disk(Path(scratch) / str(options.rounds) / "progres", options.articles)


def _print_disk(archive: Path, articles: int) -> None:
    table = Table(title="On disk, bytes an article")
    table.add_column("kind")
    table.add_column("bytes", justify="right")
    for kind, size in disk(archive).items():
        table.add_row(kind, f"{size / articles:,.0f}")
    lines = b"".join(path.read_bytes() for path in archive.glob("articles-*.jsonl"))
    table.add_row("articles, a finished month (.zst)", f"{_compressed(lines) / articles:,.0f}")
    Console().print(table)


def _compressed(data: bytes) -> int:
    if sys.version_info >= (3, 14):
        from compression import zstd  # noqa: PLC0415
    else:
        from backports import zstd  # noqa: PLC0415
    return len(zstd.compress(data, level=19))


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
