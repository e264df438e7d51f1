"""Many newsrooms crawled by ``scrapy fleet``, and then once more, when nothing is new.

    python -m benchmarks.fleet                                6 newsrooms of 100 articles
    python -m benchmarks.fleet --sites 100 --articles 300 --jobs 4

All newsrooms are served by one process, each on a port of its own, while they are crawled on the
same machine. Every archive is compared with what its newsroom has: all of it, nothing twice.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from benchmarks.processes import Watched
from crawler.archive import read, read_runs
from crawler.export.statistics import disk
from demo import EmbeddedNewsroom, load_content

ROOT: Final = Path(__file__).parent.parent
COLUMNS: Final = (
    "", "seconds", "a site", "CPU s a site", "requests a site", "largest process", "all together",
    "seconds, ratio", "CPU, ratio",
)  # fmt: skip
FAST: Final = ("-s", "DOWNLOAD_DELAY=0", "-s", "AUTOTHROTTLE_ENABLED=False")


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sites", type=int, default=6)
    parser.add_argument("--articles", type=int, default=100)
    parser.add_argument("--jobs", type=int, default=4)
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as scratch, ExitStack() as stack:
        folder = Path(scratch)
        (folder / "sites").mkdir()
        newsrooms = {
            f"situs-{number:03}": stack.enter_context(EmbeddedNewsroom(content))
            for content in (load_content(),)
            for number in range(options.sites)
        }
        for name, each in newsrooms.items():
            each.grow(options.articles - len(each.articles))
            file = folder / "sites" / f"{name}.toml"
            file.write_text(f'address = "{each.address}"\noutlets = ["PROGRES.ID"]\n')
        table = Table(
            title=f"{options.sites} newsrooms of {options.articles} articles, --jobs {options.jobs}"
        )
        for column in COLUMNS:
            table.add_column(column, justify="right" if column else "left")
        first = None
        for title in ("first run", "nothing new"):
            seconds, took = fleet(folder, options.jobs, list(newsrooms))
            first = first or (seconds, took.cpu)
            requests = sum(len(each.visits) for each in newsrooms.values()) / options.sites
            for each in newsrooms.values():
                each.forget_visits()
            table.add_row(
                title, f"{seconds:,.1f}", f"{seconds / options.sites:.2f}",
                f"{took.cpu / options.sites:.2f}", f"{requests:,.0f}", f"{took.largest:,.0f} MB",
                f"{took.together:,.0f} MB", f"{seconds / first[0]:.3f}", f"{took.cpu / first[1]:.3f}",
            )  # fmt: skip
        Console(width=130).print(table)
        compare(folder / "out", newsrooms)


def fleet(folder: Path, jobs: int, names: list[str]) -> tuple[float, Watched]:
    """Run all; return seconds, and what it took."""
    command = [
        sys.executable, "-m", "scrapy", "fleet", "--jobs", str(jobs), *names, *FAST,
        "-s", f"NEWSROOMS_DIR={folder / 'sites'}", "-s", f"ARCHIVE_DIR={folder / 'out'}",
    ]  # fmt: skip
    began = time.perf_counter()
    with Watched(command, ROOT) as watched:
        said = watched.end()
    if watched.child.returncode not in (0, 3, 4):
        raise SystemExit(said)
    return time.perf_counter() - began, watched


def compare(root: Path, newsrooms: dict[str, EmbeddedNewsroom]) -> None:
    """Say whether all is there and nothing twice."""
    missing = doubled = codes = size = 0
    for name, each in newsrooms.items():
        lines = Counter(article.post_id for article in read(root / name, latest=False))
        missing += len({entry.id for entry in each.articles} - lines.keys())
        doubled += sum(count - 1 for count in lines.values())
        codes += sum(run.exit_code not in (0, 4) for run in read_runs(root / name))
        size += sum(disk(root / name).values())
    total = sum(len(each.articles) for each in newsrooms.values())
    print(
        f"{total:,} articles: {missing} missing, {doubled} doubled; {codes} runs with trouble; "
        f"{size / total / 1000:.1f} kB on disk an article"
    )


if __name__ == "__main__":
    main()
