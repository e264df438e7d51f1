"""Lines of a page and its REST record, beside lines of pages alone: what the lists cost.

    python -m benchmarks.records                     500 articles
    python -m benchmarks.records --articles 5000

A list of a hundred records is one capture that a hundred lines rest on. Rates are those of one
process, the better of two rounds; the judge is asked for one article of each list.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from crawler.archive import Archive, Found, RunReport, read_raw
from crawler.archive.verify import verify
from crawler.extract import extract_article
from crawler.items import Capture
from crawler.newsrooms import Newsroom, load_newsroom, newsroom_at
from crawler.workers import RULES, parts, read_again
from demo import EmbeddedNewsroom, Entry
from tests.archive_site import capture, exchange

A_LIST: Final = 100
ROUNDS: Final = 2


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--articles", type=int, default=500)
    count = parser.parse_args(argv).articles
    with tempfile.TemporaryDirectory() as scratch, EmbeddedNewsroom() as newsroom:
        newsroom.grow(count)
        place = newsroom_at(newsroom.address, like=load_newsroom("progres"))
        folders = {}
        for name in ("page", "both"):
            folders[name] = Path(scratch) / name / place.name
            fill(folders[name], place, newsroom, count, records=name == "both")
        works: dict[str, Callable[[Path], Any]] = {
            "reextract, with or without --diff": partial(again, place),
            "verify": lambda folder: check(folder, place),
        }
        table = Table(title=f"{count:,} lines")
        for column in ("", "pages alone, lines/s", "with records, lines/s", "ratio"):
            table.add_column(column, justify="right" if column else "left")
        for what, work in works.items():
            alone, both = (count / best(work, folders[name]) for name in ("page", "both"))
            table.add_row(what, f"{alone:,.0f}", f"{both:,.0f}", f"{both / alone:.2f}")
        Console().print(table)
        times = list(judged(folders["both"], place, newsroom))
        print(
            f"an edit of one article of a list, judged and written: median "
            f"{statistics.median(times) * 1000:.0f} ms, most {max(times) * 1000:.0f} ms"
        )


def fill(
    folder: Path, place: Newsroom, newsroom: EmbeddedNewsroom, count: int, *, records: bool
) -> None:
    """Archive *count* articles, each with the list that its record is in where *records* is set."""
    folder.parent.mkdir()
    with Archive.open(folder, place, RULES) as archive:
        entries = newsroom.articles[-count:]
        for some in (entries[begin : begin + A_LIST] for begin in range(0, count, A_LIST)):
            answer = (listed(newsroom, some),) if records else ()
            found = []
            for entry in some:
                captures = (page(newsroom, entry), *answer)
                article = extract_article(captures, place, post_id=entry.id)
                found.append(Found(article, captures))
            archive.record(found)
        archive.finish(RunReport(exit_code=0))


def page(newsroom: EmbeddedNewsroom, entry: Entry) -> Capture:
    url = newsroom.url(entry.slug)
    return capture(exchange(url, newsroom.get(url.removeprefix(newsroom.address)).body))


def listed(newsroom: EmbeddedNewsroom, entries: Sequence[Entry]) -> Capture:
    ids = ",".join(str(entry.id) for entry in entries)
    target = f"/wp-json/wp/v2/posts?include={ids}&per_page={A_LIST}&_embed=1"
    kind = (("Content-Type", "application/json"), ("Content-Encoding", "gzip"))
    body = newsroom.get(target).body
    return capture(exchange(newsroom.address + target, body, headers=kind))


def best(work: Callable[[Path], Any], folder: Path) -> float:
    def seconds() -> float:
        began = time.process_time()
        work(folder)
        return time.process_time() - began

    return min(seconds() for _ in range(ROUNDS))


def again(place: Newsroom, folder: Path) -> None:
    for part in parts(folder, place, read_raw(folder)):
        assert read_again(part) == []


def check(folder: Path, place: Newsroom) -> None:
    problems = [str(each) for each in verify(folder, place, RULES)]
    assert not problems, problems[:3]


def judged(folder: Path, place: Newsroom, newsroom: EmbeddedNewsroom) -> Iterator[float]:
    """Edit one article of each list, and yield the seconds until the archive has the edit."""
    with Archive.open(folder, place, RULES) as archive:
        for each in newsroom.articles[-A_LIST // 2 :: -A_LIST]:
            entry = newsroom.edit(each.slug, title=f"Ralat: {each.title}")
            captures = (page(newsroom, entry), listed(newsroom, [entry]))
            article = extract_article(captures, place, post_id=entry.id)
            began = time.process_time()
            (outcome,) = archive.record([Found(article, captures)])
            yield time.process_time() - began
            assert outcome.kind in ("changed", "held"), outcome
        archive.finish(RunReport(exit_code=0))


if __name__ == "__main__":
    main()
