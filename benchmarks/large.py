"""What grows with an archive: everything that opens one, at several sizes, side by side.

    python -m benchmarks.large                                  1,000 and 20,000 articles
    python -m benchmarks.large --articles 1000,100000
    python -m benchmarks.large --articles 1000,1000000 --runs    ten minutes, to make the archive

Lines are grown from one article over ten years, without captures, and the ledger is made from them.
A small newsroom on loopback says by REST that it has as many articles, and the ledger remembers it
so, so that the run that is measured is a real one that finds nothing new. Each measurement is a
process of its own, whose peak memory the system tells. What should not grow with the archive is the upper half of the table.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import attrs
from rich.console import Console
from rich.table import Table

from benchmarks.archive import NOW, add_grown, findings, opened
from crawler.archive import Ledger, RunReport, read, read_runs
from crawler.archive.files import month_files
from crawler.archive.tables import Tables, fill_all, remove_ledger
from crawler.archive.verify import verify
from crawler.export.statistics import statistics, status
from crawler.newsrooms import load_newsroom
from crawler.workers import RULES
from demo import EmbeddedNewsroom, Fault, Request, Response
from tests.faults import on

ROOT: Final = Path(__file__).parent.parent
FAST: Final = ("-s", "DOWNLOAD_DELAY=0", "-s", "AUTOTHROTTLE_ENABLED=False")
APPENDED: Final = 200
MOST_REQUESTS: Final = 3
PROTECTED: Final = "memo-internal-rapat-redaksi"
FORMATS: Final = ("csv", "parquet", "sqlite")

Doors = dict[str, dict[str, Any]]
Measured = tuple[float, float]
"""Seconds and the peak of memory in MB."""


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--articles", default="1000,20000", help="sizes (default: %(default)s)")
    parser.add_argument("--folder", type=Path, help="make the archives there, and keep them")
    parser.add_argument("--runs", action="store_true", help="only what should not grow")
    given = parser.parse_args(argv)
    sizes = [int(each) for each in given.articles.split(",")]
    columns = {}
    with tempfile.TemporaryDirectory() as scratch, EmbeddedNewsroom() as newsroom:
        newsroom.hold(PROTECTED)  # no article, which only the ledger knows
        for size in sizes:
            folder = (given.folder or Path(scratch)) / str(size) / "progres"
            columns[size] = measure_runs(folder, newsroom, build(folder, newsroom, size))
            if not given.runs:
                columns[size] |= measure_readers(folder)
    show(columns)


def measure_runs(folder: Path, newsroom: EmbeddedNewsroom, doors: Doors) -> dict[str, Measured]:
    """Return what should not grow with the archive in *folder*."""
    belong(folder, load_newsroom("progres").address)
    found = {"open and end a run": measure(empty_run, folder)}
    found["append 200 articles"] = measure(append, folder)
    belong(folder, newsroom.address)
    newsroom.faults[:] = [on("/wp-json/wp/v2/posts", counting(remember(folder, doors)))]
    newsroom.forget_visits()
    found["scrapy crawl, nothing new"] = scrapy(*crawl(newsroom, folder))
    [*_, run] = read_runs(folder)
    if len(newsroom.visits) > MOST_REQUESTS or run.exit_code or run.new or run.missing:
        asked = [visit.target for visit in newsroom.visits]
        raise SystemExit(f"not a run that finds nothing new: {run.notes}, {asked}")
    found["1,000 look-ups"] = measure(look_up, folder)
    found["what is due, waiting, failed"] = measure(ask, folder)
    return found


def measure_readers(folder: Path) -> dict[str, Measured]:
    """Return what does grow with the archive in *folder*, or with its months."""
    found = {}
    found["read the newest month"] = measure(read_month, folder)
    found["verify the newest month's lines"] = measure(verify_month, folder)
    found["read everything"] = measure(read_all, folder)
    found["scrapy status"] = scrapy(
        "status", "progres", "--json", "-s", f"ARCHIVE_DIR={folder.parent}"
    )
    found["  of it: counting"] = measure(statistics, folder)
    found["  of it: the ledger"] = measure(status, folder)
    for kind in FORMATS:
        path = folder.parent / f"export.{kind}"
        found[f"export to {kind}"] = scrapy(
            "export", "progres", "--to", kind, "-o", str(path),
            "-s", f"ARCHIVE_DIR={folder.parent}",
        )  # fmt: skip
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    return found


def measure(part: Callable[..., object], *arguments: Any) -> Measured:
    """Run *part* in a process of its own; a part that returns a number has timed itself."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            began = time.perf_counter()
            answer = part(*arguments)
            seconds = answer if isinstance(answer, float) else time.perf_counter() - began
            os.write(writing, str(seconds).encode())
            code = 0
        finally:
            os._exit(code)
    os.close(writing)
    _, state, usage = os.wait4(child, 0)
    with os.fdopen(reading) as answer_file:
        said = answer_file.read()
    if state:
        raise SystemExit(f"{part.__name__} failed")
    return float(said), usage.ru_maxrss / 1024


def scrapy(*arguments: str) -> Measured:
    """Run a command of the project; return what it took."""
    began = time.perf_counter()
    child = subprocess.Popen(
        [sys.executable, "-m", "scrapy", *arguments],
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert child.stderr is not None
    said = child.stderr.read()
    _, state, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(state)
    child.stderr.close()
    if child.returncode not in (0, 3, 4):
        raise SystemExit(f"scrapy {' '.join(arguments)} ended with {child.returncode}: {said}")
    return time.perf_counter() - began, usage.ru_maxrss / 1024


# parts


def rebuild(folder: Path) -> None:
    """Make the ledger anew from the lines."""
    fill_all(folder, folder / "state.sqlite", NOW).tables.close()


def build(folder: Path, newsroom: EmbeddedNewsroom, articles: int) -> Doors:
    """Archive *newsroom*, add the lines of ten years, and return what the doors had left."""
    newsroom.faults.clear()
    scrapy(*crawl(newsroom, folder))
    ledger = Ledger.read_only(folder)
    doors = {name: ledger.door(name) for name in ("rest", "sitemap", "plan", "audit")}
    ledger.close()
    remove_ledger(folder / "state.sqlite")
    measure(add_grown, folder, articles)
    measure(rebuild, folder)
    return doors


def crawl(newsroom: EmbeddedNewsroom, folder: Path) -> list[str]:
    return [
        "crawl", "progres", "-a", f"site={newsroom.address}", "-s", f"ARCHIVE_DIR={folder.parent}",
        *FAST,
    ]  # fmt: skip


def belong(folder: Path, address: str) -> None:
    """Make the archive that of the newsroom at *address*."""
    path = folder / "archive.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"site": address}))


def remember(folder: Path, doors: Doors) -> int:
    """Let the ledger remember *doors*, and that REST counted as many articles as there are."""
    ledger = Ledger.read_only(folder)
    articles = ledger.count()
    ledger.close()
    tables = Tables(folder / "state.sqlite")
    for name, left in doors.items():
        tables.keep_door(name, left | ({"total": articles} if name == "rest" else {}))
    tables.close()
    return articles


def counting(articles: int) -> Fault:
    """Let a list of posts say that there are so many."""

    def counted(request: Request) -> Response:
        said = request.normal()
        headers = [
            (name, str(articles) if name == "X-WP-Total" else value) for name, value in said.headers
        ]
        return attrs.evolve(said, headers=headers)

    return counted


def empty_run(folder: Path) -> None:
    with opened(folder) as archive:
        archive.finish(RunReport(exit_code=0))


def append(folder: Path) -> float:
    made = findings(APPENDED)
    with opened(folder) as archive:
        began = time.perf_counter()
        for start in range(0, len(made), 50):
            archive.record(made[start : start + 50])
        seconds = time.perf_counter() - began
        archive.finish(RunReport(exit_code=0))
    return seconds


def look_up(folder: Path) -> float:
    ledger = Ledger.read_only(folder)
    step = max(ledger.count() // 1000, 1)
    began = time.perf_counter()
    for number in range(0, 1000 * step, step):
        ledger.known(f"https://progres.id/kota/berita-{number}.html")
    seconds = time.perf_counter() - began
    ledger.close()
    return seconds


def ask(folder: Path) -> float:
    ledger = Ledger.read_only(folder)
    now = dt.datetime.now(dt.UTC)
    began = time.perf_counter()
    for question in (ledger.due, ledger.owed, ledger.retries, ledger.unpaged):
        question(now, 500)
    ledger.waiting(500)
    seconds = time.perf_counter() - began
    ledger.close()
    return seconds


def newest_grown(folder: Path) -> Path:
    return [each.path for each in month_files(folder) if each.path.name < "articles-2026"][-1]


def read_month(folder: Path) -> None:
    for _ in read(newest_grown(folder)):
        pass


def read_all(folder: Path) -> None:
    for _ in read(folder):
        pass


def verify_month(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / folder.name
        copy.mkdir()
        for path in (newest_grown(folder), folder / "archive.json"):
            shutil.copy(path, copy)
        for _ in verify(copy, load_newsroom("progres"), RULES):
            pass


def show(columns: dict[int, dict[str, Measured]]) -> None:
    table = Table(title="Seconds and MB by number of articles")
    table.add_column("")
    for size in columns:
        table.add_column(f"{size:,}", justify="right")
    smallest, largest = min(columns), max(columns)
    table.add_column(f"× for {largest / smallest:,.0f} times as many", justify="right")
    for name in columns[smallest]:
        cells = [f"{each[name][0]:.3f} s {each[name][1]:4.0f} MB" for each in columns.values()]
        growth = columns[largest][name][0] / columns[smallest][name][0]
        table.add_row(name, *cells, f"{growth:,.1f}")
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
