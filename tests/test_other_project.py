"""A project of its own switches the archive on: lock, captures, lines and run record."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest

from crawler.archive import Ledger, read, read_capture, read_items, read_runs
from crawler.archive.verify import verify
from crawler.newsrooms import newsroom_at
from crawler.workers import ITEM_RULES
from demo import Content, EmbeddedNewsroom, Request
from tests.crawling import LONGEST, ROOT

PROJECT = Path(__file__).parent / "other_project"
CABAI = "harga-cabai-merah-di-pasar-panorama-tembus-rp92-ribu-sekilo"


@attrs.frozen
class Ended:
    code: int
    said: str
    folder: Path


def start(
    newsroom: EmbeddedNewsroom, out: Path, *options: str, settings: str = "settings"
) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [
            sys.executable, "-m", "scrapy", "crawl", "Announcements",
            "-a", f"start={newsroom.address}/", "-s", f"ARCHIVE_DIR={out}", *options,
        ],
        cwd=PROJECT,
        env=os.environ
        | {
            "PYTHONPATH": f"{ROOT}{os.pathsep}{PROJECT}",
            "SCRAPY_SETTINGS_MODULE": f"sekolah.{settings}",
        },
        stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip


def end(process: subprocess.Popen[str], out: Path) -> Ended:
    _, said = process.communicate(timeout=LONGEST)
    return Ended(process.returncode, said, out / "announcements")


def crawl(newsroom: EmbeddedNewsroom, out: Path, *options: str) -> Ended:
    return end(start(newsroom, out, *options), out)


def problems(folder: Path, newsroom: EmbeddedNewsroom) -> list[str]:
    site = newsroom_at(newsroom.address, "announcements")
    return [str(each) for each in verify(folder, site, ITEM_RULES)]


@pytest.fixture(scope="module")
def served(newsroom_content: Content) -> Iterator[EmbeddedNewsroom]:
    with EmbeddedNewsroom(newsroom_content) as newsroom:
        yield newsroom


@pytest.fixture(scope="module")
def first(served: EmbeddedNewsroom, tmp_path_factory: pytest.TempPathFactory) -> Ended:
    return crawl(served, tmp_path_factory.mktemp("archives"))


def test_each_item_becomes_a_line_that_names_its_page(
    first: Ended, served: EmbeddedNewsroom
) -> None:
    assert first.code == 0
    lines = list(read_items(first.folder))
    assert len(lines) > 5
    assert list(read(first.folder)) == []
    for line in lines:
        assert (line.site, line.revision) == ("announcements", 1)
        assert line.url == line.item["url"]
        assert line.item["heading"] == line.item["heading"].upper()  # as pipelines left it
        [reference] = line.captures
        served_page = served.get(reference.url.removeprefix(served.address)).body
        assert read_capture(first.folder, reference).body == served_page


def test_the_run_is_recorded(first: Ended) -> None:
    [run] = read_runs(first.folder)
    assert run.exit_code == 0
    assert run.new == len(list(read_items(first.folder)))
    assert run.requests > run.new


def test_nothing_is_wrong_with_the_archive(first: Ended, served: EmbeddedNewsroom) -> None:
    assert problems(first.folder, served) == []


def test_what_follows_in_the_pipeline_sees_every_item(
    newsroom: EmbeddedNewsroom, tmp_path: Path
) -> None:
    crawl(newsroom, tmp_path)
    newsroom.edit(CABAI, title="Harga Cabai Turun")
    ended = crawl(newsroom, tmp_path, "-O", f"{tmp_path}/items.jl")
    exported = (tmp_path / "items.jl").read_text().splitlines()
    lines = list(read_items(ended.folder))
    assert len(exported) == 2 * len(lines)  # also what is unchanged, and what has no address
    changed = [line for line in lines if line.revision > 1]
    assert [line.item["heading"] for line in changed] == ["HARGA CABAI TURUN"]
    last = list(read_runs(ended.folder))[-1]
    assert (last.new, last.changed, last.unchanged) == (0, 1, len(lines) - 1)


def test_two_at_once_and_one_of_them_killed(newsroom: EmbeddedNewsroom, tmp_path: Path) -> None:
    reached, go_on = threading.Event(), threading.Event()

    def held(request: Request) -> None:
        if CABAI in request.target:
            reached.set()
            go_on.wait(LONGEST)

    newsroom.faults.append(held)
    one = start(newsroom, tmp_path)
    assert reached.wait(LONGEST)
    for settings, code in (("settings", 0), ("settings_for_cron", 75)):
        other = end(start(newsroom, tmp_path, settings=settings), tmp_path)
        assert other.code == code
        assert f"is in use by scrapy crawl announcements (pid {one.pid})" in other.said
    one.send_signal(signal.SIGKILL)
    go_on.set()
    assert end(one, tmp_path).code == -signal.SIGKILL
    newsroom.faults.clear()
    again = crawl(newsroom, tmp_path)
    lines = list(read_items(again.folder, latest=False))
    assert len({line.id for line in lines}) == len(lines) > 5
    assert problems(again.folder, newsroom) == []
    ledger = Ledger.read_only(again.folder)
    assert ledger.states()["article"] == len(lines)
    ledger.close()
