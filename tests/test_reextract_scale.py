"""Reading an archive again with many workers: the same as with one, whatever is killed."""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import struct
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import attrs
import pytest

from crawler.archive import read, read_raw
from crawler.archive.verify import verify
from crawler.commands.reextract import Command, _write
from crawler.errors import ArchiveDamaged, ArchiveError
from crawler.items import Article
from crawler.newsrooms import Newsroom
from crawler.workers import RULES, Change, Processes, Workers, parts, read_again
from demo import EmbeddedNewsroom
from tests.forked import scrapy
from tests.old_lines import OLD, old_archive
from tests.project_copy import refusal
from tests.tool_venvs import ROOT, tool_venv

LINES = 210
CHANGED = 70
"""A third of them."""


@attrs.frozen
class Old:
    folder: Path
    newsroom: Newsroom

    def found(self, workers: Workers) -> Iterator[list[Change]]:
        return workers.do(read_again, parts(self.folder, self.newsroom, read_raw(self.folder)))

    def lines(self) -> list[Article]:
        return list(read(self.folder, latest=False))


@pytest.fixture
def old(newsroom: EmbeddedNewsroom, tmp_path: Path) -> Old:
    folder = tmp_path / "out" / "progres"
    return Old(folder, old_archive(folder, newsroom, LINES))


def summary(found: list[list[Change]]) -> list[tuple[str, ...]]:
    return [(change.before.id, *change.fields) for each in found for change in each]


def test_a_part_is_of_one_warc_file(old: Old) -> None:
    lines = list(read_raw(old.folder))
    there = lines[150].warc.encode()
    moved = lines[150].content.replace(there, b"warc/lain.warc.gz")
    lines[150] = attrs.evolve(lines[150], content=moved)
    found = list(parts(old.folder, old.newsroom, lines))
    assert [len(each.lines) for each in found] == [100, 50, 1, 59]
    assert [line.id for each in found for line in each.lines] == [line.id for line in lines]


def test_a_worker_that_is_killed_changes_nothing(old: Old) -> None:
    with Workers() as workers:
        alone = summary(list(old.found(workers)))
    assert len(alone) == CHANGED
    assert {each[1:] for each in alone} == {("caption",)}
    with Processes(2, read_again.__module__) as workers:
        coming = old.found(workers)
        together = [next(coming)]
        for worker in multiprocessing.active_children():
            worker.kill()
        together += coming
    assert summary(together) == alone


def die(task: int) -> int:
    if task == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return task


def test_a_task_that_kills_its_workers_is_given_up() -> None:
    with Processes(2, __name__) as workers:
        coming = workers.do(die, range(9))
        assert [next(coming), next(coming), next(coming)] == [0, 1, 2]
        with pytest.raises(ArchiveError, match=r"3: its workers were lost 3 times"):
            next(coming)


def die_saying_half(task: int) -> int:
    for number in range(3, 64):
        with suppress(OSError):  # not the pipe to who asked, which is a pair of sockets
            socket.socket(fileno=os.dup(number)).sendall(struct.pack("!i", 1_000_000) + b"half")
    return die(task)


def test_half_a_result_is_not_waited_for() -> None:
    lost = pytest.raises(ArchiveError, match=r"3: its workers were lost 3 times")
    with Processes(2, __name__) as workers, lost:
        list(workers.do(die_saying_half, [3, 4]))


def fail(task: int) -> int:
    raise ArchiveDamaged("articles-2026-03.jsonl", task, "no line")


def test_an_error_of_the_work_comes_back() -> None:
    with Processes(2, __name__) as workers, pytest.raises(ArchiveDamaged) as caught:
        list(workers.do(fail, [5]))
    assert str(caught.value) == "articles-2026-03.jsonl: byte 5: no line"
    assert (caught.value.offset, caught.value.problem) == (5, "no line")
    assert multiprocessing.active_children() == []


def test_written_lines_are_those_of_the_changes(old: Old) -> None:
    with Processes(2, read_again.__module__) as workers:
        assert _write(old.folder, workers, None) == 0
    lines = old.lines()
    assert [each.extractor for each in lines] == [OLD] * LINES + [RULES.extractor] * CHANGED
    assert {each.caption for each in lines[LINES:]} == {None}
    assert {each.revision for each in lines} == {1}
    assert list(verify(old.folder, old.newsroom, RULES)) == []


class BrokenOff(Workers):
    """Ends after a part, as if the process had been killed."""

    def do(self, work: Any, tasks: Any) -> Iterator[Any]:
        for number, result in enumerate(super().do(work, tasks)):
            if number == 1:
                raise ArchiveError("killed")
            yield result


def test_a_run_that_was_broken_off_goes_on(old: Old) -> None:
    with BrokenOff() as workers, pytest.raises(ArchiveError, match="killed"):
        _write(old.folder, workers, None)
    some = len(old.lines()) - LINES
    assert 0 < some < CHANGED
    with Workers() as workers:
        _write(old.folder, workers, None)
    lines = old.lines()
    assert len(lines) == LINES + CHANGED
    assert len({each.id for each in lines[LINES:]}) == CHANGED
    assert list(verify(old.folder, old.newsroom, RULES)) == []


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--workers", "0"), "--workers 0: want a whole number from 1"),
        (("--workers", "2", "--dask", "tcp://127.0.0.1:1"), "want one of them"),
        (("--dask", "tcp://127.0.0.1:1"), "--dask"),
    ],
)
def test_refuses(arguments: tuple[str, ...], why: str) -> None:
    assert why in refusal(Command(), "progres", *arguments)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


class Cluster:
    """A scheduler and a worker of Dask on loopback."""

    def __init__(self) -> None:
        self.programs = tool_venv("dask", "distributed==2026.8.0")
        self.address = f"tcp://127.0.0.1:{free_port()}"
        packages = Path(attrs.__file__).parents[1]
        self.environment = {
            **os.environ,
            "PYTHONPATH": f"{ROOT}{os.pathsep}{packages}",
            "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "5s",
        }
        self.running: list[subprocess.Popen[str]] = []
        self.scheduler = self.start_scheduler()
        self.workers = [self.start_worker(), self.start_worker()]

    def start(self, *arguments: str, **more: Any) -> subprocess.Popen[str]:
        running = subprocess.Popen(
            [self.programs / "python", "-m", *arguments],
            cwd=ROOT, env=self.environment, text=True, **more,
        )  # fmt: skip
        self.running.append(running)
        return running

    def start_scheduler(self) -> subprocess.Popen[str]:
        port = self.address.rpartition(":")[2]
        return self.start(
            "dask", "scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard",
            stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def start_worker(self) -> subprocess.Popen[str]:
        return self.start(
            "dask", "worker", self.address, "--nthreads", "1", "--no-dashboard", "--no-nanny",
            "--host", "127.0.0.1", stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *_: object) -> None:
        for each in self.running:
            each.kill()
            each.communicate()


@pytest.mark.tools
def test_dask_gives_the_same_when_a_worker_is_killed(old: Old) -> None:
    with Workers() as workers:
        alone = [" ".join(each) for each in summary(list(old.found(workers)))]
    with Cluster() as cluster:
        driver = cluster.start(
            "tests.dask_driver", cluster.address, str(old.folder),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        assert driver.stdout is not None
        assert driver.stdout.readline() == "begun\n"
        cluster.workers[0].kill()
        out, _ = driver.communicate("\n", timeout=120)
    assert driver.returncode == 0
    assert out.splitlines() == alone


@pytest.mark.tools
def test_a_cluster_that_is_lost_is_one_line(old: Old) -> None:
    with Cluster() as cluster:
        driver = cluster.start(
            "tests.dask_driver", cluster.address, str(old.folder),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        assert driver.stdout is not None
        assert driver.stdout.readline() == "begun\n"
        for each in (cluster.scheduler, *cluster.workers):
            each.kill()
            each.wait()
        _, errors = driver.communicate("\n", timeout=120)
    assert driver.returncode == 1
    assert "the cluster was lost" in errors.splitlines()[-1]


@pytest.mark.tools
def test_dask_writes_what_one_process_writes(old: Old) -> None:
    with Cluster() as cluster:
        done = subprocess.run(
            [
                cluster.programs / "python", "-m", "scrapy", "reextract", "progres",
                "--dask", cluster.address, "-s", f"ARCHIVE_DIR={old.folder.parent}",
            ],
            cwd=ROOT, env=cluster.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "70 appended, 0 cannot be read\n")
    assert len(old.lines()) == LINES + CHANGED


def test_the_command_uses_processes(old: Old) -> None:
    root = f"ARCHIVE_DIR={old.folder.parent}"
    done = scrapy("reextract", "progres", "--workers", "2", "--diff", "-s", root)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count('    - "Keterangan dari aturan lama"') == 0
    assert done.stdout.count("    - Keterangan dari aturan lama") == CHANGED
    assert "70 would change, 0 cannot be read" in done.stderr
    assert len(old.lines()) == LINES
