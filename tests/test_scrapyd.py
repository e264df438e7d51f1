"""Scrapyd for real: two daemons on loopback, newsrooms scheduled by site, one run killed."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import threading
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import attrs
import pytest

from crawler.archive import newsroom_of, read, read_runs
from demo import EmbeddedNewsroom
from tests.archive_inside import TODAY, problems
from tests.project_copy import copy_project, scrapy
from tests.tool_venvs import ROOT, tool_venv

QUICK = ("DOWNLOAD_DELAY=0", "AUTOTHROTTLE_ENABLED=False", "RETRY_TIMES=0")
PATIENCE = 60.0
"""Seconds in which each thing waited for happens, on the slowest machine."""


class Daemon:
    """A Scrapyd that runs a copy of the project, as deploy/scrapyd.conf has it."""

    def __init__(self, folder: Path) -> None:
        programs = tool_venv("scrapyd", "scrapyd==1.6.0", "setuptools<81")
        folder.mkdir()
        self.folder = copy_project(folder)
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
        conf = (ROOT / "deploy" / "scrapyd.conf").read_text()
        (folder / "scrapyd.conf").write_text(conf.replace("6800", str(port)))
        self.address = f"http://127.0.0.1:{port}"
        packages = Path(attrs.__file__).parents[1]
        self.log = (folder / "scrapyd.log").open("wb")
        self.process = subprocess.Popen(
            [programs / "scrapyd"],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": f"{folder}{os.pathsep}{packages}"},
            stdout=self.log,
            stderr=self.log,
        )

    def __enter__(self) -> Daemon:
        until(self.answers)
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(PATIENCE)
        self.log.close()

    def answers(self) -> bool:
        try:
            return bool(self.ask("daemonstatus")["status"] == "ok")
        except OSError:
            assert self.process.poll() is None, (self.folder / "scrapyd.log").read_text()
            return False

    def ask(self, service: str, **query: str) -> dict[str, Any]:
        whole = f"{self.address}/{service}.json?{urllib.parse.urlencode(query)}"
        with urllib.request.urlopen(whole) as answer:
            found: dict[str, Any] = json.load(answer)
        return found

    def schedule(self, site: str) -> str:
        """Have the newsroom at *site* archived; return the job's id."""
        fields = [("project", "default"), ("spider", "wordpress"), ("site", site)]
        body = urllib.parse.urlencode([*fields, *(("setting", each) for each in QUICK)])
        with urllib.request.urlopen(f"{self.address}/schedule.json", body.encode()) as answer:
            return str(json.load(answer)["jobid"])

    def jobs(self, state: str) -> dict[str, dict[str, Any]]:
        listed = self.ask("listjobs", project="default")[state]
        return {each["id"]: each for each in listed}

    def archive(self, newsroom: EmbeddedNewsroom) -> Path:
        name = newsroom.address.removeprefix("http://").replace(":", "-")
        return self.folder / "output" / name


def until(happened: Callable[[], bool]) -> None:
    """Ask again and again until it has happened."""
    pause = threading.Event()
    for _ in range(int(PATIENCE / 0.1)):
        if happened():
            return
        pause.wait(0.1)
    raise AssertionError("it did not happen")


@pytest.fixture
def daemons(tmp_path: Path) -> Iterator[list[Daemon]]:
    with ExitStack() as stack:
        yield [stack.enter_context(Daemon(tmp_path / name)) for name in ("satu", "dua")]


def whole_once(folder: Path, newsroom: EmbeddedNewsroom) -> None:
    """Check that all the newsroom has is there, once, and agrees with everything else."""
    lines = Counter(article.post_id for article in read(folder, latest=False))
    assert lines == {entry.id: 1 for entry in newsroom.articles}
    assert problems(folder, newsroom_of(folder), TODAY) == []


@pytest.mark.tools
def test_two_daemons_share_the_newsrooms(
    daemons: list[Daemon], newsroom: EmbeddedNewsroom, newsroom_with_slashes: EmbeddedNewsroom,
    tmp_path: Path,
) -> None:  # fmt: skip
    newsrooms = (newsroom, newsroom_with_slashes)
    pairs = list(zip(daemons, newsrooms, strict=True))
    scheduled = [daemon.schedule(each.address) for daemon, each in pairs]
    for daemon, job in zip(daemons, scheduled, strict=True):
        until(lambda daemon=daemon, job=job: job in daemon.jobs("finished"))  # type: ignore[misc]
    collected = tmp_path / "satu" / "output"
    for daemon, each in pairs:
        folder = daemon.archive(each)
        whole_once(folder, each)
        if daemon is not daemons[0]:
            folder.rename(collected / folder.name)
    done = scrapy(tmp_path / "satu", "status", "--json")
    counts = [each["statistics"]["articles"] for each in json.loads(done.stdout)]
    assert counts == [len(each.articles) for each in newsrooms] or counts == [
        len(each.articles) for each in reversed(newsrooms)
    ]


@pytest.mark.tools
def test_a_run_that_was_killed_is_made_good_by_the_next(
    daemons: list[Daemon], newsroom: EmbeddedNewsroom
) -> None:
    daemon = daemons[0]
    halfway = threading.Event()

    def notice(request: object) -> None:
        if "html" in str(request) and len(newsroom.visits) > 25:
            halfway.set()

    newsroom.faults.append(notice)
    job = daemon.schedule(newsroom.address)
    assert halfway.wait(PATIENCE)
    os.kill(int(daemon.jobs("running")[job]["pid"]), signal.SIGKILL)
    until(lambda: job in daemon.jobs("finished"))
    folder = daemon.archive(newsroom)
    some = sum(1 for _ in read(folder))
    assert 0 < some < len(newsroom.articles)
    again = daemon.schedule(newsroom.address)
    until(lambda: again in daemon.jobs("finished"))
    whole_once(folder, newsroom)
    assert [run.exit_code is None for run in read_runs(folder)] == [True, False]
