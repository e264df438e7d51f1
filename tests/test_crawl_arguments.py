"""What can be typed behind ``-a``: how much a run takes on, and what of."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from crawler.archive import read
from demo import EmbeddedNewsroom
from tests import faults as trouble
from tests.crawling import (
    Archived,
    arguments,
    asked,
    crawl,
    crawl_typed,
    lines,
    start_typed,
)

CABAI = "harga-cabai-merah-di-pasar-panorama-tembus-rp92-ribu-sekilo"
TAIS = "pasar-tais-direnovasi-pedagang-pindah-ke-lapangan"


def test_a_limit_is_a_number_of_new_articles(newsroom: EmbeddedNewsroom, tmp_path: Path) -> None:
    first = crawl(newsroom, tmp_path, "-a", "limit=5")
    assert (first.code, first.run.new, len(first.lines)) == (0, 5, 5)
    rest = crawl(newsroom, tmp_path)
    assert (rest.code, rest.run.new) == (0, 32)


def test_a_budget_is_a_number_of_requests(newsroom: EmbeddedNewsroom, tmp_path: Path) -> None:
    newsroom.faults.append(trouble.at_rate(0.1, trouble.status(503)))
    for _ in range(12):
        newsroom.forget_visits()
        ended = crawl(newsroom, tmp_path, "-a", "budget=10")
        assert ended.code in (0, 4), ended.said
        assert ended.run.requests == len(asked(newsroom)) <= 10
        if ended.run.requests < 10:
            break
        assert ended.run.new > 0
    assert len(list(read(ended.folder))) == len(lines(ended.folder)) == 37


def test_addresses_from_a_file_are_archived_and_nothing_else(
    newsroom: EmbeddedNewsroom, tmp_path: Path
) -> None:
    wanted = [newsroom.url(CABAI), newsroom.url(TAIS)]
    path = tmp_path / "alamat.txt"
    path.write_text("\n".join(["# pilihan", *wanted]))
    ended = crawl(newsroom, tmp_path / "archives", "-a", f"urls={path}")
    assert ended.code == 0
    assert sorted(line["url"] for line in ended.lines) == sorted(wanted)
    assert len(asked(newsroom)) == 3
    newsroom.edit(CABAI, note="Redaksi meralat angka ini.")
    again = crawl(newsroom, tmp_path / "archives", "-a", f"urls={path}")
    assert (again.run.changed, again.run.unchanged) == (1, 1)


def test_addresses_from_stdin(newsroom: EmbeddedNewsroom, tmp_path: Path) -> None:
    typed = arguments(newsroom, tmp_path, "-a", "urls=-")
    ended = crawl_typed(typed, tmp_path, stdin=newsroom.url(CABAI) + "\n")
    assert (ended.code, ended.run.new) == (0, 1)


def test_a_window_takes_its_days_alone(newsroom: EmbeddedNewsroom, tmp_path: Path) -> None:
    zone = newsroom.site.house.zone
    since, until = dt.date(2022, 1, 1), dt.date(2023, 6, 30)
    wanted = [
        entry for entry in newsroom.articles if since <= entry.at.astimezone(zone).date() <= until
    ]
    assert 0 < len(wanted) < 37
    ended = crawl(newsroom, tmp_path, "-a", f"since={since}", "-a", f"until={until}")
    assert ended.code == 0
    assert {line["post_id"] for line in ended.lines} == {entry.id for entry in wanted}
    pages = sum(len(line["pages"]) for line in ended.lines)
    assert len(asked(newsroom)) == pages + 3  # robots.txt, the list, the protected one


@pytest.mark.parametrize("door", ["rest", "sitemap", "feed", "listing"])
def test_one_door_alone(newsroom: EmbeddedNewsroom, tmp_path: Path, door: str) -> None:
    ended = crawl(newsroom, tmp_path, "-a", f"discover={door}")
    assert ended.code == 0
    assert set(ended.run.doors) == {door}
    assert ended.run.new == 37


def test_refresh_none_leaves_known_articles_alone(archived: Archived) -> None:
    archived.newsroom.edit(CABAI, note="Redaksi meralat angka ini.")
    ended = archived.crawl("-a", "refresh=none")
    assert (ended.code, ended.run.changed, ended.run.unchanged) == (0, 0, 0)
    later = archived.crawl()
    assert later.run.changed == 1


def test_refresh_all_looks_at_every_article(archived: Archived) -> None:
    ended = archived.crawl("-a", "refresh=all")
    assert (ended.code, ended.run.unchanged) == (0, 37)
    assert ended.lines == []


WRONG = [
    pytest.param(["crawl", "progres", "-a", "sinc=1"], "unknown argument sinc=1", id="argument"),
    pytest.param(["crawl", "progres", "-a", "since=1/9"], "YYYY-MM-DD", id="day"),
    pytest.param(["crawl", "progress"], "No spider named 'progress'. Known: ", id="spider"),
    pytest.param(["crawl"], "want the name of one spider", id="no-spider"),
    pytest.param(["crawl", "progres", "--quick"], "--quick", id="option"),
    pytest.param(["crawl", "progres", "-a", "urls=/nowhere"], "No such file", id="urls"),
    pytest.param(["crawl", "wordpress"], "wants site=URL", id="no-site"),
    pytest.param(["crawl", "progres", "-s", "ARCHIVE_MEDIA=all"], "none or lead", id="media"),
    pytest.param(["crawl", "progres", "-s", "DOWNLOAD_DELAY=x"], "a number from 0", id="delay"),
    pytest.param(["crawl", "progres", "-s", "HTTPCACHE_ENABLED=1"], "falsify", id="cache"),
    pytest.param(["crawl", "progres", "-s", "DOWNLOADER=a.B"], "archive's own", id="downloader"),
    pytest.param(["crawl", "progres", "-s", "RETRY_ENABLED=x"], "want True or False", id="switch"),
    pytest.param(["crawl", "progres", "--logfile", "/nowhere/log"], "No such file", id="log"),
    pytest.param(["crawl", "progres", "-s", "LOG_LEVEL=LOUD"], "LOG_LEVEL=LOUD", id="level"),
]


@pytest.mark.parametrize(("typed", "said"), WRONG)
def test_a_mistake_is_refused_before_the_first_request(
    tmp_path: Path, typed: list[str], said: str
) -> None:
    ended = start_typed(["scrapy", *typed, "-s", f"ARCHIVE_DIR={tmp_path}"], tmp_path).end()
    assert ended.code == 2
    assert said in ended.last_words
    assert "Traceback" not in ended.said
    assert not ended.folder.exists()


@pytest.mark.parametrize(
    "typed",
    [
        ["site=http://redaksi:rahasia@127.0.0.1:9"],
        ["site=ftp://redaksi:rahasia@127.0.0.1:9"],
        ["site=https://rahasia@lintas.example"],
        ["site=redaksi:rahasia@lintas.example"],
        ["discover=cdx", "cdx=http://redaksi:rahasia@127.0.0.1:9/cdx"],
        ["situs=http://redaksi:rahasia@127.0.0.1:9"],
        ["urls=alamat.txt"],
    ],
    ids=" ".join,
)
def test_a_password_is_refused_and_not_repeated(
    newsroom: EmbeddedNewsroom,
    tmp_path: Path,
    typed: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "alamat.txt").write_text("http://redaksi:rahasia@lain.example/berita/\n")
    options = [each for pair in typed for each in ("-a", pair)]
    ended = crawl(newsroom, tmp_path / "archives", *options, "-L", "DEBUG")
    assert ended.code == 2
    assert "rahasia" not in ended.said
    assert not (tmp_path / "archives" / "progres").exists()


def test_what_the_environment_and_the_settings_hold_is_told_to_nobody(
    newsroom: EmbeddedNewsroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy that is not there, and notices that cannot be sent: neither address is printed."""
    assert crawl(newsroom, tmp_path, "-a", "limit=1").code == 0
    monkeypatch.setenv("http_proxy", "http://redaksi:rahasia@127.0.0.1:9/")
    monkeypatch.setenv("no_proxy", "")
    notices = "json://redaksi:rahasia@127.0.0.1:9/rahasia"
    ended = crawl_typed(
        arguments(newsroom, tmp_path, "-s", f"NOTIFY_URLS={notices}", "-L", "DEBUG"), tmp_path
    )
    assert ended.code == 1
    assert "A notification could not be sent" in ended.said
    assert "rahasia" not in ended.said
    assert len(ended.runs) == 2
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path for path in files if b"rahasia" in path.read_bytes()] == []
