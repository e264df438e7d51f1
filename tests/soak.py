"""Hundreds of runs on a newsroom that changes, breaks and is interrupted: nothing may be lost.

``python -m tests.soak --runs 2000``: between two runs the newsroom publishes, edits or deletes; its
theme changes, a plugin's sentence comes and goes, REST is shut and opened, pages are stale; some
answers fail, some runs are killed. At the end the archive has to hold what the newsroom did: each
article, a revision for each edit, a gone line for each deletion, and nothing else; the edits that
``scrapy edits`` lists are those that were made. ``make soak``.
"""

from __future__ import annotations

import argparse
import json
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import attrs

from crawler.archive import edits
from demo import EmbeddedNewsroom, Fault, Request, Response, load_content
from tests import faults as trouble
from tests.crawl_runs import Run, begin, crawl, end
from tests.crawling import lines, problems

SETTLED: Final = 6
"""Quiet runs at the end: what failed is tried again, what is missing is looked at twice."""

BREAKS: Final = (
    trouble.status(503),
    trouble.status(500),
    trouble.broken_off,
    trouble.broken_off_late,
    trouble.truncated(),
    trouble.says("<html><body>bukan berita</body></html>", code=502),
)


THEMES: Final = (None, "harian", "warta")
"""Beside the newsroom's own: what prints its pages."""

SENTENCES: Final = (
    "",
    "<p>Dapatkan kabar terbaru dari kami lewat saluran pesan setiap pagi.</p>\n",
    "<p>Simak pula laporan khusus redaksi di kanal video kami malam ini.</p>\n",
)
"""What a plugin puts at the end of every text."""


@attrs.define
class Story:
    """What the newsroom did to one article."""

    slug: str
    url: str
    edits: int = 0
    deleted: bool = False


class Unsteady:
    """Breaks some answers, each address only once in a row, so that the next run can have it."""

    def __init__(self, random: random.Random) -> None:
        self.random = random
        self.rate = 0.0
        self.struck: set[str] = set()

    def __call__(self, request: Request) -> Response | None:
        if request.target in self.struck:
            self.struck.discard(request.target)
            return None
        if request.target == "/robots.txt" or self.random.random() >= self.rate:
            return None
        self.struck.add(request.target)
        return self.random.choice(BREAKS)(request)


class Tail:
    """Follows the lines of an archive: what it holds of each article by now."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.read: Counter[str] = Counter()
        self.last: dict[str, dict[str, Any]] = {}

    def follow(self) -> None:
        """Read what was appended since the last time."""
        for path in sorted(self.folder.glob("articles-*.jsonl")):
            with path.open("rb") as file:
                file.seek(self.read[path.name])
                data = file.read()
            whole = data[: data.rfind(b"\n") + 1]
            self.read[path.name] += len(whole)
            for line in whole.splitlines():
                record = json.loads(line)
                self.last[record["url"]] = record

    def has(self, story: Story) -> bool:
        """Whether the archive holds *story* as it is now."""
        record = self.last.get(story.url)
        return record is not None and record["revision"] == 1 + story.edits


class Soak:
    """A newsroom, its archive, and what should be in it."""

    def __init__(self, newsroom: EmbeddedNewsroom, out: Path, *, runs: int, seed: int) -> None:
        self.newsroom = newsroom
        self.out = out
        self.random = random.Random(seed)
        self.unsteady = Unsteady(self.random)
        self.cache = trouble.StaleCache()
        self.theme: Fault | None = None
        newsroom.faults.extend((self.unsteady, self.cache, self._printed))
        self.tail = Tail(out / "progres")
        first = {entry.slug for entry in newsroom.articles}
        newsroom.grow(runs // 3 + 20)
        self.drafts = [each.slug for each in newsroom.articles if each.slug not in first]
        for slug in self.drafts:
            newsroom.hold(slug)
        self.linked = first
        self.stories = [Story(each.slug, newsroom.url(each.slug)) for each in newsroom.articles]
        self.done: Counter[str] = Counter()
        self.late: list[Story] = []
        """What the archive had not found out when all was quiet again."""

        self.measures: list[Run] = []

    def turn(self) -> None:
        """Let the newsroom do something, and run once."""
        self.tail.follow()
        self._refit()
        self._change()
        self.unsteady.rate = 0.1 if self.random.random() < 0.15 else 0.0
        options = ("-a", "refresh=all") if self.random.random() < 0.05 else ()
        running = begin(self.out, self.newsroom.address, *options, LOG_LEVEL="WARNING")
        if self.random.random() < 0.1:
            time.sleep(self.random.uniform(0.02, 0.7))  # killed at any moment, not at an event
            if self.random.random() < 0.7:
                running.process.kill()
            else:
                running.process.terminate()
        self._note(end(running))

    def settle(self) -> None:
        """Run until what went wrong has been put right."""
        self.unsteady.rate = 0.0
        self.cache.purge()
        self._open_rest()
        for _ in range(SETTLED):
            self._note(crawl(self.out, self.newsroom.address, LOG_LEVEL="WARNING"))
        self.tail.follow()
        self.late = [each for each in self.stories if not each.deleted and not self.tail.has(each)]
        refresh = ("-a", "refresh=all")
        self._note(crawl(self.out, self.newsroom.address, *refresh, LOG_LEVEL="WARNING"))

    def wrong(self) -> list[str]:
        """Return where the archive and what the newsroom did differ."""
        found = lines(self.tail.folder)
        said = [f"{story}: not found before every article was looked at" for story in self.late]
        by_url: dict[str, list[dict[str, Any]]] = {}
        for line in found:
            by_url.setdefault(line["url"], []).append(line)
        for story in self.stories:
            got = by_url.pop(story.url, [])
            # Of one revision there may be several lines: as a page, with its record, re-read.
            revisions = list(dict.fromkeys((line["revision"], line["schema"]) for line in got))
            kinds = ["article/1"] * (1 + story.edits) + ["gone/1"] * story.deleted
            if revisions != list(enumerate(kinds, start=1)):
                said.append(f"{story}: {revisions}")
            sentences = {
                each for each in SENTENCES[1:] if got and each[3:-5] in got[-1].get("body", "")
            }
            said += [f"{story}: has {each}" for each in sentences]
        said += [f"never published: {url}" for url in by_url]
        listed = Counter((edit.url, edit.kind) for edit in edits(self.tail.folder))
        made = Counter({(story.url, "correction"): story.edits for story in self.stories})
        made.update((story.url, "gone") for story in self.stories if story.deleted)
        said += [
            f"edits, made and listed: {each}" for each in (made - listed, listed - made) if each
        ]
        return said + problems(self.tail.folder, self.newsroom)

    def _note(self, run: Run) -> None:
        self.done[f"exit {run.code}"] += 1
        self.measures.append(run)

    def _printed(self, request: Request) -> Response | None:
        return self.theme(request) if self.theme is not None else None

    def _refit(self) -> None:
        """Let whoever keeps the site do something: none of it is an edit."""
        what = self.random.random()
        if what < 0.04:
            name = self.random.choice(THEMES)
            self.theme = trouble.rethemed(name) if name else None
            self.done["theme switched"] += 1
        elif what < 0.08:
            self.newsroom.switches.appended = self.random.choice(SENTENCES)
            self.done["plugin switched"] += 1
        elif what < 0.11:
            self.newsroom.close("rest")
            self.done["REST shut"] += 1
        elif what < 0.16:
            self._open_rest()
        elif what < 0.22:
            self.cache.purge()

    def _open_rest(self) -> None:
        """Open REST a day later: so long a run leaves a shut door alone."""
        self.newsroom.open("rest")
        path = self.tail.folder / "state.sqlite"
        if not path.exists():  # no run has looked for a door yet
            return
        with closing(sqlite3.connect(path)) as ledger, ledger:
            ledger.execute(
                "UPDATE doors SET left_by = json_remove(left_by, '$.rest') WHERE name = 'plan'"
            )

    def _hold(self, story: Story) -> None:
        """Have *story*'s page stay as it is, whatever the newsroom does to it."""
        target = story.url.removeprefix(self.newsroom.address)
        request = Request(
            method="GET",
            target=target,
            headers={},
            answer=lambda asked: self.newsroom.get(asked.target),
        )
        self.cache.hold(target, self._printed(request) or request.normal())
        self.done["page stale"] += 1

    def _change(self) -> None:
        what = self.random.random()
        archived = [
            story
            for story in self.random.sample(self.stories, min(8, len(self.stories)))
            if not story.deleted and self.tail.has(story)
        ]
        if what < 0.25 and self.drafts:
            slug = self.drafts.pop()
            self.newsroom.publish(slug)
            self.stories.append(Story(slug, self.newsroom.url(slug)))
            self.done["published"] += 1
        elif what < 0.5 and archived:
            if self.random.random() < 0.2:
                self._hold(archived[0])
            archived[0].edits += 1
            note = f"Redaksi meralat angka ini untuk ke-{archived[0].edits} kalinya."
            self.newsroom.edit(archived[0].slug, note=note)
            self.done["edited"] += 1
        elif what < 0.6 and self._few_are_missing():
            # the first ones link to each other, and the newsroom checks its links
            for story in [each for each in archived if each.slug not in self.linked][:1]:
                story.deleted = True
                self.newsroom.delete(story.slug)
                self.done["deleted"] += 1

    def _few_are_missing(self) -> bool:
        """Whether most deletions are archived; too many at once are no deletions to a run."""
        gone = sum(1 for line in self.tail.last.values() if line["schema"] == "gone/1")
        return self.done["deleted"] - gone < 2


def figures(soak: Soak, seconds: float) -> list[str]:
    """Return what a soak did and took, for docs/reliability.md."""
    whole = [run for run in soak.measures if run.peak]
    tenth = max(len(whole) // 10, 1)

    def medians(name: str) -> str:
        first = statistics.median(getattr(run, name) for run in whole[:tenth])
        last = statistics.median(getattr(run, name) for run in whole[-tenth:])
        return f"{first:.0f} in the first tenth of the runs, {last:.0f} in the last"

    done = ", ".join(f"{count:,} × {what}" for what, count in sorted(soak.done.items()))
    return [
        f"{len(soak.measures):,} runs in {seconds:,.0f} s: {done}",
        f"articles {len(soak.stories):,}, lines {len(lines(soak.tail.folder)):,}",
        f"most memory, MB (median): {medians('peak')}",
        f"open file handles (median): {medians('files')}",
    ]


def soak(runs: int, out: Path, seed: int = 1, minutes: float = float("inf")) -> tuple[Soak, float]:
    """Let *runs* runs go by, or *minutes*, and settle; returns what was done, and its seconds."""
    began = time.monotonic()
    with EmbeddedNewsroom(load_content()) as newsroom:
        work = Soak(newsroom, out, runs=runs, seed=seed)
        for number in range(runs):
            work.turn()
            if number % 100 == 99:
                print(number + 1, dict(work.done), flush=True)
            if time.monotonic() - began > minutes * 60:
                break
        work.settle()
    return work, time.monotonic() - began


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=2000)
    parser.add_argument("--minutes", type=float, default=float("inf"), help="begin no more then")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, help="keep the archive here")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        work, seconds = soak(
            options.runs, options.out or Path(folder), options.seed, options.minutes
        )
        wrong = work.wrong()
        print("\n".join([*figures(work, seconds), *wrong, f"differences: {len(wrong)}"]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
