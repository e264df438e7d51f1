"""Requests a run: the first, one with nothing new, one after a change; beside a spider without memory.

python -m benchmarks.requests [--articles 66,20000]
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.crawl import FAST, ROOT
from crawler.archive import read_runs
from demo import EmbeddedNewsroom

SLUG = "pasar-malam-kepahiang-buka-lagi-setelah-jembatan-diperbaiki"
DOORS = ("REST on", "REST off")


def asked(newsroom: EmbeddedNewsroom, command: list[str]) -> int:
    """Run scrapy with *command*; return how many requests the newsroom saw."""
    newsroom.forget_visits()
    done = subprocess.run(
        [sys.executable, "-m", "scrapy", *command, *FAST],
        cwd=ROOT,
        check=False,
        capture_output=True,
    )
    if done.returncode not in (0, 4):
        raise SystemExit(
            f"{' '.join(command)} ended with {done.returncode}: {done.stderr[-500:]!r}"
        )
    return len(newsroom.visits)


def measure(articles: int, door: str, scratch: Path) -> list[int]:
    with EmbeddedNewsroom() as newsroom:
        newsroom.grow(max(0, articles - len(newsroom.articles)))
        if door == "REST off":
            newsroom.close("rest")
        folder = scratch / f"{articles}-{door.replace(' ', '-')}"
        crawl = [
            "crawl",
            "progres",
            "-a",
            f"site={newsroom.address}",
            "-s",
            f"ARCHIVE_DIR={folder}",
        ]
        counts = [asked(newsroom, crawl), asked(newsroom, crawl)]
        newsroom.publish(SLUG)
        counts.append(asked(newsroom, crawl))
        newsroom.delete(newsroom.articles[len(newsroom.articles) // 2].slug)
        counts.append(asked(newsroom, crawl))
        *_, after_new, after_deletion = read_runs(folder / "progres")
        if (after_new.new, after_deletion.missing) != (1, 1):
            raise SystemExit(f"{door}: {after_new}, {after_deletion}: the change was not found")
        return counts


def without_memory(articles: int) -> int:
    with EmbeddedNewsroom() as newsroom, tempfile.TemporaryDirectory() as scratch:
        newsroom.grow(max(0, articles - len(newsroom.articles)))
        plain = ["runspider", "benchmarks/plain_spider.py", "-a", f"site={newsroom.address}"]
        return asked(newsroom, [*plain, "-o", f"{scratch}/out.jl"])


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", default="66,20000")
    options = parser.parse_args(argv)
    table = Table(title="Requests a run, robots.txt and pages included")
    for column in ("articles", "", "first", "nothing new", "one new", "one deleted"):
        table.add_column(column, justify="right" if column else "left")
    with tempfile.TemporaryDirectory() as scratch:
        for articles in (int(each) for each in options.articles.split(",")):
            for door in DOORS:
                counts = measure(articles, door, Path(scratch))
                table.add_row(f"{articles:,}", door, *(f"{each:,}" for each in counts))
            plain = f"{without_memory(articles):,}"
            table.add_row(
                f"{articles:,}", "SitemapSpider", plain, plain, plain, plain, end_section=True
            )
    Console().print(table)


if __name__ == "__main__":
    main()
