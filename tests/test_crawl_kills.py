"""Real runs that are killed, or that may not write: nothing torn, nothing twice, nothing missing.

Moments are chosen by what the newsroom is asked and by what lies on disk, never by a clock.
"""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from demo import EmbeddedNewsroom, Request
from tests.crawling import Ended, crawl, lines, problems, start

FEW = 9
"""Articles of the newsroom in these tests."""

pytestmark = pytest.mark.slow


@pytest.fixture
def small(newsroom: EmbeddedNewsroom) -> EmbeddedNewsroom:
    """The newsroom with few articles, one of them on several pages."""
    articles = sorted(newsroom.articles, key=lambda entry: "<!--nextpage-->" not in entry.content)
    for entry in articles[FEW:]:
        newsroom.hold(entry.slug)
    return newsroom


class Assassin:
    """Sends a signal to a run at its n-th request, or when so many bytes of it lie on disk."""

    def __init__(self, newsroom: EmbeddedNewsroom) -> None:
        self._pid = 0
        self._requests = 0
        self._signal = signal.SIGKILL
        self.struck = False
        newsroom.faults.insert(0, self._asked)

    def run(
        self,
        newsroom: EmbeddedNewsroom,
        out: Path,
        *,
        request: int = 0,
        grown: int = 0,
        number: signal.Signals = signal.SIGKILL,
    ) -> Ended:
        """Run a crawl and strike it, unless it ends before its moment has come."""
        self.struck, self._signal = False, number
        before = weight(out)
        running = start(newsroom, out)
        self._requests, self._pid = request, running.pid
        while grown and running.process.is_alive() and not self.struck:
            if weight(out) >= before + grown:
                self._strike()
            running.process.join(0.001)
        ended = running.end()
        self._pid = 0
        return ended

    def _asked(self, _: Request) -> None:
        if self._pid and self._requests:
            self._requests -= 1
            if not self._requests:
                self._strike()

    def _strike(self) -> None:
        self.struck = True
        os.kill(self._pid, self._signal)


def weight(out: Path) -> int:
    """Bytes of records and lines on disk."""
    folder = out / "progres"
    files = [*folder.glob("warc/*.warc.gz"), *folder.glob("articles-*.jsonl")]
    return sum(path.stat().st_size for path in files)


def check(newsroom: EmbeddedNewsroom, folder: Path) -> None:
    """Nothing is torn, twice or missing."""
    written = lines(folder)
    keys = Counter((line["id"], line["revision"], line["source"]) for line in written)
    assert set(keys.values()) == {1}
    assert {line["url"] for line in written} == {
        newsroom.url(entry.slug) for entry in newsroom.articles
    }
    assert problems(folder, newsroom) == []


def finish(newsroom: EmbeddedNewsroom, out: Path) -> None:
    """Run until done, and check the archive."""
    ended = crawl(newsroom, out)
    assert ended.code == 0, ended.said
    again = crawl(newsroom, out)
    assert (again.code, again.lines) == (0, [])
    check(newsroom, ended.folder)


def strike(
    newsroom: EmbeddedNewsroom,
    root: Path,
    moments: list[dict[str, int]],
    number: signal.Signals,
    between: Callable[[Path], None] = lambda _: None,
) -> Iterator[Ended]:
    """Yield the runs that were struck at *moments*, one archive after the other."""
    assassin = Assassin(newsroom)
    outs = (root / f"archive-{turn}" for turn in count(1))
    out = next(outs)
    for moment in moments:
        ended = assassin.run(newsroom, out, number=number, **moment)
        if not assassin.struck:  # nothing was left to do: once more, from the beginning
            finish(newsroom, out)
            out = next(outs)
            ended = assassin.run(newsroom, out, number=number, **moment)
        assert assassin.struck, ended.said
        yield ended
        between(ended.folder)
    finish(newsroom, out)


def without_ledger(folder: Path) -> None:
    for path in folder.glob("state.sqlite*"):
        path.unlink()


BY_REQUEST = [{"request": number} for number in (1, 2, 3, 4, 5, 4, 6, 8, 7, 9, 3, 5, 10)]
BY_GROWTH = [{"grown": size} for size in (1, 1, 400, 30_000, 1, 45_000, 2_000, 60_000, 1)]
LATE = [{"request": number} for number in (12, 11, 13)]


def test_killed_at_25_moments(small: EmbeddedNewsroom, tmp_path: Path) -> None:
    moments = [*BY_REQUEST, *BY_GROWTH, *LATE]
    assert len(moments) == 25
    for ended in strike(small, tmp_path, moments, signal.SIGKILL):
        assert ended.code == -signal.SIGKILL


def test_killed_and_robbed_of_the_ledger(small: EmbeddedNewsroom, tmp_path: Path) -> None:
    moments = [{"request": 5}, {"grown": 1}, {"request": 7}, {"request": 4}]
    runs = strike(small, tmp_path, moments, signal.SIGKILL, without_ledger)
    assert [ended.code for ended in runs] == [-signal.SIGKILL] * 4


def test_terminated_at_5_moments(small: EmbeddedNewsroom, tmp_path: Path) -> None:
    moments = [{"request": 1}, {"request": 4}, {"grown": 1}, {"request": 6}, {"request": 3}]
    for ended in strike(small, tmp_path, moments, signal.SIGTERM):
        assert (ended.code, ended.run.exit_code) == (1, 1)
        assert "interrupted by SIGTERM" in ended.said
        assert "Traceback" not in ended.said


@pytest.mark.parametrize("robbed", [False, True], ids=["", "without-ledger"])
def test_writes_that_fail(small: EmbeddedNewsroom, tmp_path: Path, robbed: bool) -> None:
    codes = []
    for size in (3_000, 60_000, 66_000, 72_000, 78_000):  # the captures alone take 81,000
        ended = crawl(small, tmp_path, largest_file=size)
        codes.append(ended.code)
        assert "Traceback" not in ended.said
        assert all(len(line) < 500 for line in ended.said.splitlines())
        if robbed:
            without_ledger(ended.folder)
    assert codes == [1] * 5
    finish(small, tmp_path)
