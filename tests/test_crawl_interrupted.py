"""SIGINT and SIGTERM: what is in flight is finished, what waits is dropped, the record is written.

Moments are chosen by what the newsroom is asked, so that no test depends on a clock; that a run
ends in time is a limit of seconds where a run that did not care would take minutes.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

import pytest

from demo import EmbeddedNewsroom, Fault, Request, Response
from tests import faults as trouble
from tests.crawling import (
    Ended,
    Running,
    arguments,
    asked,
    crawl,
    lines,
    problems,
    start,
    start_typed,
)
from tests.forked import LONGEST

PROMISED = 10.0
"""Seconds within which a run ends that was interrupted."""


class Moment:
    """A request that a test waits for."""

    def __init__(self, newsroom: EmbeddedNewsroom, sign: str, number: int = 1) -> None:
        self._left = number
        self._came = threading.Event()
        newsroom.faults.insert(0, trouble.on(sign, self._count))

    def _count(self, _: Request) -> None:
        self._left -= 1
        if self._left == 0:
            self._came.set()

    def wait(self) -> None:
        assert self._came.wait(LONGEST)


def interrupt(running: Running, *numbers: signal.Signals) -> tuple[Ended, float]:
    """Send signals to a run; return how it ended, and after how many seconds."""
    began = time.monotonic()
    for number in numbers:
        os.kill(running.pid, number)
    ended = running.end()
    return ended, time.monotonic() - began


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_interrupted_says_so_and_the_next_goes_on(
    newsroom: EmbeddedNewsroom, tmp_path: Path, number: signal.Signals
) -> None:
    moment = Moment(newsroom, r"\.html", 6)
    newsroom.faults.append(trouble.on(r"\.html", trouble.slow(0.05)))
    running = start(newsroom, tmp_path)
    moment.wait()
    ended, seconds = interrupt(running, number)
    assert ended.code == 1
    assert seconds < PROMISED
    assert f"interrupted by {number.name}" in ended.last_words
    assert ended.run.exit_code == 1
    assert "Traceback" not in ended.said
    assert 5 <= len(ended.lines) < 37
    assert problems(ended.folder, newsroom) == []
    newsroom.faults.clear()
    again = crawl(newsroom, tmp_path)
    assert (again.code, len(lines(again.folder))) == (0, 37)


def test_what_waits_behind_a_long_pause_is_dropped(
    newsroom: EmbeddedNewsroom, tmp_path: Path
) -> None:
    moment = Moment(newsroom, "^/robots")
    running = start(newsroom, tmp_path, "-s", "DOWNLOAD_DELAY=30")
    moment.wait()
    ended, seconds = interrupt(running, signal.SIGTERM)
    assert (ended.code, ended.run.exit_code) == (1, 1)
    assert seconds < PROMISED
    assert len(asked(newsroom)) == 1


def test_what_hangs_is_cut_off(newsroom: EmbeddedNewsroom, tmp_path: Path) -> None:
    moment = Moment(newsroom, r"\.html", 3)
    newsroom.faults.append(_the_third(trouble.silent(3600)))
    running = start(newsroom, tmp_path, "-s", "DOWNLOAD_TIMEOUT=300")
    moment.wait()
    ended, seconds = interrupt(running, signal.SIGTERM)
    assert (ended.code, ended.run.exit_code, ended.run.failed) == (1, 1, 0)
    assert seconds < PROMISED
    assert problems(ended.folder, newsroom) == []


def test_a_second_signal_does_not_wait_for_what_hangs(
    newsroom: EmbeddedNewsroom, tmp_path: Path
) -> None:
    moment = Moment(newsroom, r"\.html", 3)
    newsroom.faults.append(_the_third(trouble.silent(3600)))
    running = start(newsroom, tmp_path, "-s", "DOWNLOAD_TIMEOUT=300")
    moment.wait()
    ended, seconds = interrupt(running, signal.SIGINT, signal.SIGTERM)
    assert (ended.code, ended.run.exit_code) == (1, 1)
    assert seconds < PROMISED / 2
    assert problems(ended.folder, newsroom) == []


def test_a_listing_that_hangs_is_cut_off(newsroom: EmbeddedNewsroom, tmp_path: Path) -> None:
    moment = Moment(newsroom, "^/wp-json")
    newsroom.faults.append(trouble.on("^/wp-json", trouble.silent(3600)))
    running = start(newsroom, tmp_path, "-s", "DOWNLOAD_TIMEOUT=300")
    moment.wait()
    ended, seconds = interrupt(running, signal.SIGTERM, signal.SIGTERM)
    assert (ended.code, ended.run.exit_code) == (1, 1)
    assert seconds < PROMISED
    assert "Traceback" not in ended.said


def test_before_the_archive_is_open_there_is_nothing_to_finish(
    newsroom: EmbeddedNewsroom, tmp_path: Path
) -> None:
    pipe = tmp_path / "addresses"
    os.mkfifo(pipe)  # reading the arguments waits here
    running = start_typed(arguments(newsroom, tmp_path, "-a", f"urls={pipe}"), tmp_path)
    with pipe.open("w"):  # returns when the other end has been opened
        ended, seconds = interrupt(running, signal.SIGTERM)
    assert ended.code == 1
    assert seconds < PROMISED
    assert ended.said == ""
    assert asked(newsroom) == []
    assert not ended.folder.exists()


def _the_third(fault: Fault) -> Fault:
    seen: list[str] = []

    def strike(request: Request) -> Response | None:
        seen.append(request.target)
        return fault(request) if len(seen) == 3 else None

    return trouble.on(r"\.html", strike)
