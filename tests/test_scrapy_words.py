"""Who knows Scrapy finds its words here: feeds, shell, parse, settings, help."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from scrapy import Request

from demo import EmbeddedNewsroom
from spiders.progres import ProgresSpider
from spiders.wordpress import WordPressSpider
from tests import forked
from tests.command_lines import OURS
from tests.crawling import Archived, Ended, arguments, crawl, start_typed
from tests.in_process import crawl as crawl_here
from tests.project_copy import copy_project, scrapy
from tests.tool_venvs import ROOT

CABAI = "harga-cabai-merah-di-pasar-panorama-tembus-rp92-ribu-sekilo"
TAIS = "pasar-tais-direnovasi-pedagang-pindah-ke-lapangan"


def objects(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


# --- feeds


def test_a_feed_holds_the_lines_of_the_run_as_written(
    newsroom: EmbeddedNewsroom, tmp_path: Path
) -> None:
    feed = tmp_path / "x.jsonl"
    first = crawl(newsroom, tmp_path / "out", "-O", str(feed))
    assert first.code == 0, first.said
    assert objects(feed) == first.lines
    assert len(first.lines) == 37


def test_edits_are_in_a_feed_and_what_is_gone_is_not(archived: Archived, tmp_path: Path) -> None:
    feed = tmp_path / "x.jsonl"
    archived.newsroom.edit(CABAI, note="Redaksi meralat angka ini.")
    archived.newsroom.delete(TAIS)
    changed = archived.crawl("-o", str(feed), "-a", "refresh=all")
    gone = archived.crawl("-o", str(feed), "-a", "refresh=all")
    assert (changed.run.changed, gone.run.gone) == (1, 1)
    assert objects(feed) == [each for each in changed.lines + gone.lines if "title" in each]
    [line] = (each for each in objects(feed) if each["revision"] == 2)
    assert (line["revision"], line["schema"]) == (2, "article/1")


def test_feeds_of_other_formats_and_of_the_settings(
    newsroom: EmbeddedNewsroom, tmp_path: Path
) -> None:
    feeds = {
        str(tmp_path / "%(name)s.csv"): {"format": "csv", "fields": ["id", "title"]},
        str(tmp_path / "x.json"): {"format": "json"},
    }
    ended = crawl_here(newsroom, tmp_path / "out", limit="3", settings={"FEEDS": feeds})
    assert ended.stats.get_value("run/exit_code") == 0
    with (tmp_path / "progres.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [len(row) for row in rows] == [2, 2, 2]
    assert len(json.loads((tmp_path / "x.json").read_text(encoding="utf-8"))) == 3


@pytest.mark.parametrize(
    ("feed", "said"),
    [
        pytest.param("/proc/x.jsonl", "/proc/x.jsonl cannot be written: No such file", id="open"),
        pytest.param("/dev/full:jsonl", "No space left on device", id="write"),
        pytest.param("ftp://127.0.0.1:1/x.jsonl", "could not be stored", id="store"),
    ],
)
def test_a_feed_that_cannot_be_written_fails_the_run_and_harms_no_other(
    newsroom: EmbeddedNewsroom, tmp_path: Path, feed: str, said: str
) -> None:
    other = tmp_path / "x.jsonl"
    settings = {
        "FEEDS": {feed.removesuffix(":jsonl"): {"format": "jsonl"}, str(other): {"format": "jsonl"}}
    }
    stats = crawl_here(newsroom, tmp_path / "out", settings=settings).stats
    [run] = (
        Ended(1, "", tmp_path / "out" / "progres", ())
        .folder.joinpath("runs.jsonl")
        .read_text()
        .splitlines()
    )
    assert stats.get_value("run/exit_code") == 1
    assert said in json.loads(run)["notes"][0]
    assert json.loads(run)["new"] == len(objects(other)) == 37


def test_a_feed_is_left_alone_where_there_is_no_run(archived: Archived, tmp_path: Path) -> None:
    feed = tmp_path / "x.jsonl"
    feed.write_text("kept\n")
    ended = crawl("http://lain.example", archived.out, "-O", str(feed))
    assert ended.code == 2
    assert feed.read_text() == "kept\n"


def test_a_feed_that_nothing_can_write_is_refused(
    newsroom: EmbeddedNewsroom, tmp_path: Path
) -> None:
    ended = crawl(newsroom, tmp_path, "-O", "gopher://x/y.jsonl")
    assert ended.code == 2
    assert not ended.folder.exists()


def test_nothing_on_the_spider_raises_when_it_is_listed(
    newsroom: EmbeddedNewsroom, tmp_path: Path
) -> None:
    spider = crawl_here(newsroom, tmp_path, limit="1").spider
    assert all(getattr(spider, name, None) is not Ellipsis for name in dir(spider))
    assert [name for name in dir(type(spider)) if not hasattr(type(spider), name)] == []


# --- tools that archive nothing


def test_parse_shows_an_article_and_archives_nothing(
    newsroom: EmbeddedNewsroom, tmp_path: Path
) -> None:
    feed = tmp_path / "x.jsonl"
    typed = [
        "scrapy", "parse", newsroom.url(CABAI), "--spider", "progres", "--nolinks", "--nocolour",
        "-a", f"site={newsroom.address}", "-s", f"ARCHIVE_DIR={tmp_path}", "-O", str(feed),
    ]  # fmt: skip
    ended = start_typed(typed, tmp_path).end()
    assert ended.code == 0
    assert "'title': 'Harga Cabai Merah di Pasar Panorama Tembus" in ended.said
    assert not ended.folder.exists()


def test_parse_says_what_is_no_article(newsroom: EmbeddedNewsroom, tmp_path: Path) -> None:
    typed = [
        "scrapy", "parse", newsroom.address, "--spider", "progres",
        "-a", f"site={newsroom.address}", "-s", f"ARCHIVE_DIR={tmp_path}",
    ]  # fmt: skip
    ended = start_typed(typed, tmp_path).end()
    assert "is not an article (front_page)" in ended.said
    assert "Traceback" not in ended.said


def test_a_spider_is_found_by_the_address_of_its_newsroom() -> None:
    found = [
        ProgresSpider.handles_request(Request(url))
        for url in ("https://www.progres.id/a.html", "https://lain.example/progres.id")
    ]
    assert found == [True, False]
    assert not WordPressSpider.handles_request(Request("https://progres.id/"))


@pytest.mark.parametrize("tool", ["fetch", "shell"])
def test_tools_of_scrapy_leave_no_archive(
    newsroom: EmbeddedNewsroom, tmp_path: Path, tool: str
) -> None:
    more = ["-c", "response.status"] if tool == "shell" else []
    typed = [
        "scrapy", tool, "--spider", "wordpress", newsroom.address, *more,
        "-s", f"ARCHIVE_DIR={tmp_path}",
    ]  # fmt: skip
    start_typed(typed, tmp_path).end()
    assert [path.name for path in tmp_path.iterdir()] == ["log.txt"]


def test_what_is_known_of_a_newsroom_is_kept_though_nothing_was_archived(
    newsroom: EmbeddedNewsroom, tmp_path: Path
) -> None:
    ended = crawl(newsroom, tmp_path, "-a", "budget=2")
    assert ended.run.new == 0
    assert (ended.folder / "state.sqlite").exists()


def test_what_is_not_ours_stays_where_an_archive_is_removed(tmp_path: Path) -> None:
    note = tmp_path / "progres" / "catatan.txt"
    note.parent.mkdir()
    note.write_text("milik orang lain")
    ended = crawl("http://127.0.0.1:1", tmp_path, "-s", "RETRY_TIMES=0")
    assert ended.code == 1
    assert [path.name for path in ended.folder.iterdir()] == ["catatan.txt"]


# --- settings, help


@pytest.mark.parametrize(
    ("setting", "meant"),
    [
        ("ARCHIVE_DIRR", "ARCHIVE_DIR"),
        ("ARCHIV_DIR", "ARCHIVE_DIR"),
        ("ARCIHVE_DIR", "ARCHIVE_DIR"),
        ("DONWLOAD_DELEY", "DOWNLOAD_DELAY"),
        ("archive_media", "ARCHIVE_MEDIA"),
    ],
)
def test_a_setting_that_is_nearly_one_is_refused(tmp_path: Path, setting: str, meant: str) -> None:
    for command in (["crawl", "progres"], ["status"]):
        ended = start_typed(["scrapy", *command, "-s", f"{setting}=1"], tmp_path).end()
        assert ended.code == 2
        assert f"no setting {setting}; want {meant}" in ended.last_words


def test_a_setting_of_somebody_else_is_let_be(tmp_path: Path) -> None:
    typed = ["scrapy", "status", "-s", "PROXY_LIST=a", "-s", f"ARCHIVE_DIR={tmp_path}"]
    assert start_typed(typed, tmp_path).end().code == 0


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_help_fits_the_terminal(columns: int) -> None:
    said = forked.scrapy("crawl", "-h", COLUMNS=str(columns)).stdout
    assert max(map(len, said.splitlines()[3:])) < columns
    assert "  budget    At most so many requests" in said
    assert "\n  75  Another run holds the archive's lock; nothing was" in said


def test_outside_of_the_project_each_command_says_where_to_go(tmp_path: Path) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert OURS - project["entry-points"]["scrapy.commands"].keys() == set()
    ended = subprocess.run(
        [sys.executable, "-m", "scrapy", "status", "progres", "--json"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 2
    assert f"To be run in {ROOT}, or below it" in ended.stderr


@pytest.mark.parametrize(
    ("project", "said"),
    [
        ("local", "wants your settings: cp deploy/local_settings.py local_settings.py\n"),
        ("lokal", "SCRAPY_PROJECT=lokal: scrapy.cfg has no such project; want default or local\n"),
    ],
)
def test_settings_that_are_not_there_are_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, project: str, said: str
) -> None:
    folder = copy_project(tmp_path)
    monkeypatch.setenv("SCRAPY_PROJECT", project)
    ended = scrapy(folder, "status")
    assert ended.returncode == 2
    assert ended.stderr.endswith(said)
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    ("site", "warned"), [("http://berita.invalid", True), ("http://127.0.0.1:1", False)]
)
def test_an_example_of_an_address_is_warned_of_where_strangers_are_asked(
    tmp_path: Path, site: str, warned: bool
) -> None:
    ended = start_typed(arguments(site, tmp_path, "-s", "RETRY_TIMES=0"), tmp_path).end()
    assert ("USER_AGENT gives an example's address" in ended.said) is warned
