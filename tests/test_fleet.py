"""Many newsrooms at once: what is due, and that one harms no other."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import attrs
import pytest
from scrapy.settings import Settings

from crawler.archive import RunRecord, read, read_runs
from crawler.commands.fleet import Command, Ended, Fleet, due
from crawler.newsrooms import Newsroom
from demo import Content, EmbeddedNewsroom
from tests.archive_inside import locked
from tests.forked import scrapy
from tests.project_copy import refusal
from tests.tool_venvs import ROOT

NOW = dt.datetime(2026, 3, 10, 2, 0, tzinfo=dt.UTC)
QUICK = ("-s", "DOWNLOAD_DELAY=0", "-s", "AUTOTHROTTLE_ENABLED=False", "-s", "RETRY_TIMES=0")


def newsroom(name: str, cadence: int = 15) -> Newsroom:
    return Newsroom(name=name, address=f"https://{name}.example", cadence=cadence)


def ran(root: Path, name: str, minutes_ago: float, command: str = "crawl") -> Path:
    """Note a run of the archive *name* that began so long before NOW."""
    folder = root / name
    folder.mkdir(exist_ok=True)
    begin = (NOW - dt.timedelta(minutes=minutes_ago)).strftime("%Y-%m-%dT%H:%M:%SZ")
    with (folder / "runs.jsonl").open("a", encoding="utf-8") as file:
        record = RunRecord(id=f"{name}-{minutes_ago}", command=command, begin=begin)
        print(json.dumps(attrs.asdict(record)), file=file)
    return folder


def names_due(root: Path, *newsrooms: Newsroom) -> list[str]:
    return [each.name for each in due(newsrooms, root, NOW)]


def test_due_is_what_waited_for_its_cadence(tmp_path: Path) -> None:
    for name, minutes_ago in (("satu", 20), ("dua", 5), ("tiga", 90), ("empat", 90)):
        ran(tmp_path, name, minutes_ago)
    rooms = (newsroom("satu"), newsroom("dua"), newsroom("tiga", 60), newsroom("empat", 120))
    assert names_due(tmp_path, *rooms, newsroom("baru")) == ["baru", "tiga", "satu"]


def test_a_timer_that_starts_a_little_early_misses_nothing(tmp_path: Path) -> None:
    ran(tmp_path, "satu", 14.5)
    assert names_due(tmp_path, newsroom("satu")) == ["satu"]


def test_runs_of_other_commands_are_no_crawl(tmp_path: Path) -> None:
    ran(tmp_path, "satu", 60)
    ran(tmp_path, "satu", 1, "reextract")
    assert names_due(tmp_path, newsroom("satu")) == ["satu"]


def test_what_is_being_written_is_not_due(tmp_path: Path) -> None:
    folder = ran(tmp_path, "satu", 60)
    with locked(folder, "scrapy crawl satu", "2026-03-10T01:00:00Z"):
        assert names_due(tmp_path, newsroom("satu")) == []


class Shell:
    """A command as a process of its own."""

    def __init__(self, command: Sequence[str], said: Path) -> None:
        with said.open("wb") as file:
            self.process = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT)
        self.terminate, self.kill = self.process.terminate, self.process.kill

    async def wait(self) -> int:
        return await asyncio.to_thread(self.process.wait)


def shell(script: str) -> tuple[str, ...]:
    return ("sh", "-c", script)


def test_a_run_that_ignores_its_deadline_is_killed_and_alone() -> None:
    jobs = {
        "tuli": shell('trap "" TERM; echo aduh; while :; do sleep 9; done'),
        "lambat": shell("exec sleep 60"),
        "gagal": shell("echo rusak >&2; exit 3"),
        "tiada": ("/nowhere/scrapy",),
        "baik": shell("exit 0"),
    }
    told: list[str] = []
    fleet = Fleet(Shell, jobs=3, deadline=1.0, patience=0.5, tell=lambda end: told.append(end.name))
    ends = asyncio.run(fleet.run(jobs))
    assert [(end.name, end.code, end.words[:19], end.overdue) for end in ends] == [
        ("tuli", -9, "aduh", True),
        ("lambat", -15, "", True),
        ("gagal", 3, "rusak", False),
        ("tiada", 1, "could not be started"[:19], False),
        ("baik", 0, "", False),
    ]
    assert told.index("baik") < told.index("tuli")


def test_stopping_asks_what_runs_to_end_and_begins_nothing() -> None:
    script = 'trap "echo sopan; exit 1" TERM; echo mulai; while :; do sleep 0.1; done'
    fleet = Fleet(Shell, jobs=1)

    async def run() -> list[Ended]:
        asyncio.get_running_loop().call_later(0.5, os.kill, os.getpid(), signal.SIGTERM)
        return await fleet.run({"satu": shell(script), "dua": shell("exit 0")})

    (end,) = asyncio.run(run())
    assert (end.name, end.code, end.words.split()) == ("satu", 1, ["mulai", "sopan"])


def test_a_file_that_is_wrong_fails_alone(tmp_path: Path) -> None:
    (tmp_path / "satu.toml").write_text('address = "https://satu.example"')
    (tmp_path / "dua.toml").write_text('alamat = "https://dua.example"')
    command = Command()
    command.settings = Settings({"NEWSROOMS_DIR": str(tmp_path)})
    found, wrong = command._newsrooms([])
    names = {each.name for each in found}
    assert {"progres", "satu"} <= names
    assert "dua" not in names
    assert [(end.name, end.code) for end in wrong] == [("dua", 2)]
    assert "unknown key 'alamat'" in wrong[0].words


@pytest.fixture
def newsrooms(newsroom_content: Content, tmp_path: Path) -> Iterator[dict[str, EmbeddedNewsroom]]:
    """Three newsrooms on loopback, and a folder with a file for each."""
    (tmp_path / "sites").mkdir()
    with ExitStack() as stack:
        running = {
            name: stack.enter_context(EmbeddedNewsroom(newsroom_content))
            for name in ("satu", "dua", "tiga")
        }
        for name, each in running.items():
            (tmp_path / "sites" / f"{name}.toml").write_text(
                f'address = "{each.address}"\noutlets = ["PROGRES.ID"]\nzone = "Asia/Makassar"\n'
            )
        yield running


def fleet(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    folders = ("-s", f"NEWSROOMS_DIR={folder / 'sites'}", "-s", f"ARCHIVE_DIR={folder / 'out'}")
    return scrapy("fleet", *arguments, *QUICK, *folders)


@pytest.mark.slow
def test_a_site_that_is_down_harms_no_other(
    tmp_path: Path, newsrooms: dict[str, EmbeddedNewsroom]
) -> None:
    newsrooms["dua"].stop()
    done = fleet(tmp_path, "--jobs", "2", "satu", "dua", "tiga", "-a", "limit=5")
    assert done.returncode == 1, done.stderr
    rows = {words[0]: words[1:3] for line in done.stdout.splitlines() if (words := line.split())}
    assert (rows["satu"], rows["tiga"]) == (["0", "5"], ["0", "5"])
    assert rows["dua"][0] == "1"
    assert "dua: " in done.stderr
    articles = list(read(tmp_path / "out" / "tiga"))
    assert {each.site for each in articles} == {"tiga"}
    identity = json.loads((tmp_path / "out" / "tiga" / "archive.json").read_text())
    assert (identity["zone"], identity["outlets"]) == ("Asia/Makassar", ["PROGRES.ID"])
    (run,) = read_runs(tmp_path / "out" / "satu")
    assert run.arguments == {"name": "satu", "limit": "5"}
    again = fleet(tmp_path, "--due", "satu", "tiga")
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")


@pytest.mark.slow
def test_sigterm_ends_all_politely(tmp_path: Path, newsrooms: dict[str, EmbeddedNewsroom]) -> None:
    seen: list[str] = []
    command = [
        sys.executable, "-m", "scrapy", "fleet", "--jobs", "1", "satu", "tiga",
        "-s", f"NEWSROOMS_DIR={tmp_path / 'sites'}", "-s", f"ARCHIVE_DIR={tmp_path / 'out'}",
    ]  # fmt: skip
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:

        def stop(request: object) -> None:
            seen.append(str(request))
            running.send_signal(signal.SIGTERM)

        newsrooms["satu"].faults.append(stop)
        _, words = running.communicate(timeout=60)
    assert running.returncode == 1
    assert "stopped before 1 newsrooms had begun" in words
    (run,) = read_runs(tmp_path / "out" / "satu")
    assert (run.exit_code, "interrupted by SIGTERM" in run.notes) == (1, True)
    assert not (tmp_path / "out" / "tiga").exists()


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--jobs", "0"), "--jobs 0: want a whole number from 1"),
        (("--deadline", "-1"), "--deadline -1.0: want seconds, more than 0"),
        (("-a", "site=https://progres.id"), "says something of one newsroom"),
        (("-a", "limit=0"), "limit=0: want a whole number from 1"),
        (("-a", "limit"), "-a wants NAME=VALUE"),
        (("lintas",), "No newsroom named 'lintas'. Known: "),
    ],
)
def test_refuses_what_every_run_would_refuse(arguments: tuple[str, ...], why: str) -> None:
    assert why in refusal(Command(), *arguments)
