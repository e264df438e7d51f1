"""Reading stored captures again: pages a second by worker count, beside reading and parsing alone.

    python -m benchmarks.reextract                    600 captures
    python -m benchmarks.reextract --captures 20000

Every row goes over the same WARC files; FastWARC reads them for lxml and trafilatura. The latter
stops after a thousand pages.
"""

from __future__ import annotations

import argparse
import gzip
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Final

import trafilatura
from fastwarc.warc import ArchiveIterator, WarcRecordType
from lxml import html
from rich.console import Console
from rich.table import Table

from crawler.archive import read_raw
from crawler.newsrooms import Newsroom
from crawler.workers import Processes, Workers, parts, read_again
from demo import EmbeddedNewsroom
from tests.old_lines import old_archive

WORKERS: Final = (1, 2)


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--captures", type=int, default=600)
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "progres"
        with EmbeddedNewsroom() as newsroom:
            place = old_archive(folder, newsroom, options.captures)
        count = options.captures
        rows: dict[str, tuple[int, Callable[[int], None]]] = {
            "FastWARC and lxml alone": (count, partial(each_body, folder, html.fromstring)),
            "trafilatura.bare_extraction": (
                min(count, 1_000),
                partial(each_body, folder, trafilatura.bare_extraction),
            ),
        }
        for workers in WORKERS:
            name = f"scrapy reextract --workers {workers}"
            rows[name] = (count, partial(again, folder, place, workers))
        table = Table(title=f"{count:,} captures")
        for column in ("", "pages/s", "to lxml alone", "to one worker"):
            table.add_column(column, justify="right" if column else "left")
        rates = {}
        for name, (pages, work) in rows.items():
            began = time.perf_counter()
            work(pages)
            rates[name] = pages / (time.perf_counter() - began)
        first, one = rates["FastWARC and lxml alone"], rates["scrapy reextract --workers 1"]
        for name, rate in rates.items():
            table.add_row(name, f"{rate:,.0f}", f"{rate / first:.3f}", f"{rate / one:.2f}")
        Console().print(table)


def bodies(folder: Path) -> Iterator[bytes]:
    for path in sorted((folder / "warc").glob("*.warc.gz")):
        with path.open("rb") as file:
            for record in ArchiveIterator(file, record_types=WarcRecordType.response):
                yield gzip.decompress(record.reader.read())


def each_body(folder: Path, work: Callable[[bytes], object], most: int) -> None:
    for body in islice(bodies(folder), most):
        work(body)


def again(folder: Path, newsroom: Newsroom, workers: int, _: int) -> None:
    crew: Workers = Workers() if workers == 1 else Processes(workers, read_again.__module__)
    with crew:
        for _changes in crew.do(read_again, parts(folder, newsroom, read_raw(folder))):
            pass


if __name__ == "__main__":
    main()
