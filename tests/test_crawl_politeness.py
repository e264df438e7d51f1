"""How a newsroom is asked: one request at a time, never faster than it wants."""

from __future__ import annotations

import datetime as dt
import gzip
import time
from itertools import pairwise
from pathlib import Path

import pytest

from demo import EmbeddedNewsroom
from tests import faults as trouble
from tests.crawling import asked, crawl

CABAI = "harga-cabai-merah-di-pasar-panorama-tembus-rp92-ribu-sekilo"
HASTY = (
    "-s", "DOWNLOAD_DELAY=0.01", "-s", "DOWNLOAD_DELAY_JITTER=0.9",
    "-s", "AUTOTHROTTLE_ENABLED=True", "-s", "AUTOTHROTTLE_START_DELAY=0.01",
    "-s", "CONCURRENT_REQUESTS_PER_DOMAIN=4",
)  # fmt: skip


def wishes(newsroom: EmbeddedNewsroom, agent: str, pause: float) -> None:
    rules = f"User-agent: {agent}\nCrawl-delay: {pause}\nDisallow: /wp-admin/\n"
    newsroom.faults.append(trouble.on(r"^/robots\.txt", trouble.says(rules, kind="text/plain")))


@pytest.mark.parametrize("agent", ["*", "newsroom-archive"])
def test_crawl_delay_is_a_floor_under_whatever_else_sets_the_pace(
    newsroom: EmbeddedNewsroom, tmp_path: Path, agent: str
) -> None:
    wishes(newsroom, agent, 0.3)
    ended = crawl(newsroom, tmp_path, *HASTY, "-a", "limit=5")
    assert (ended.code, ended.run.new) == (0, 5)
    assert newsroom.smallest_gap is not None
    assert newsroom.smallest_gap >= 0.3


def test_somebody_elses_crawl_delay_is_not_ours(newsroom: EmbeddedNewsroom, tmp_path: Path) -> None:
    wishes(newsroom, "Lain", 600)
    assert crawl(newsroom, tmp_path, "-a", "limit=2").run.new == 2


def test_one_request_at_a_time(newsroom: EmbeddedNewsroom, tmp_path: Path) -> None:
    newsroom.faults.append(trouble.on(".", trouble.slow(0.1)))
    crawl(newsroom, tmp_path, "-a", "limit=4")
    assert newsroom.smallest_gap is not None
    assert newsroom.smallest_gap >= 0.1


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_waited_out_by_every_request(
    newsroom: EmbeddedNewsroom, tmp_path: Path, status: int
) -> None:
    busy = trouble.first(1, trouble.status(status, retry_after=1))
    newsroom.faults.append(trouble.on(CABAI, busy))
    ended = crawl(newsroom, tmp_path, "-a", "limit=8")
    assert ended.code == 0
    [gap] = (
        later.at - visit.at for visit, later in pairwise(newsroom.visits) if visit.status == status
    )
    assert gap >= 1.0


def test_who_asks_for_too_long_a_pause_is_asked_by_a_later_run(
    newsroom: EmbeddedNewsroom, tmp_path: Path
) -> None:
    newsroom.faults.append(trouble.on(CABAI, trouble.status(503, retry_after=86_400)))
    ended = crawl(newsroom, tmp_path)
    assert ended.code == 4
    assert f"{newsroom.url(CABAI)}: http_503" in ended.said
    assert sum(CABAI in target for target in asked(newsroom)) == 1


def test_what_robots_txt_forbids_is_not_asked_for(
    newsroom: EmbeddedNewsroom, tmp_path: Path
) -> None:
    rules = "User-agent: *\nDisallow: /wp-json/\nDisallow: /feed\n"
    newsroom.faults.append(trouble.on(r"^/robots\.txt", trouble.says(rules, kind="text/plain")))
    ended = crawl(newsroom, tmp_path)
    assert (ended.code, ended.run.new) == (0, 37)
    assert not any(each.startswith(("/wp-json/", "/feed")) for each in asked(newsroom))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be"])
def test_rules_behind_a_byte_order_mark_are_obeyed(
    newsroom: EmbeddedNewsroom, tmp_path: Path, encoding: str
) -> None:
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    rules = f"{mark}User-agent: *\nDisallow: /\n".encode(encoding)
    newsroom.faults.append(trouble.on(r"^/robots\.txt", trouble.says(rules, kind="text/plain")))
    ended = crawl(newsroom, tmp_path)
    assert ended.code == 1
    assert "robots.txt forbids it" in ended.last_words
    assert asked(newsroom) == ["/robots.txt"]


def test_a_capture_is_dated_when_its_request_went_out(
    newsroom: EmbeddedNewsroom, tmp_path: Path
) -> None:
    """After the pause that was asked for, and before the server took its time."""
    busy, slow = trouble.status(503, retry_after=2), trouble.slow(1.2)
    newsroom.faults.append(trouble.on(CABAI, trouble.then(busy, slow)))
    (tmp_path / "alamat.txt").write_text(newsroom.url(CABAI))
    ended = crawl(newsroom, tmp_path, "-a", f"urls={tmp_path / 'alamat.txt'}")
    [line] = ended.lines
    fetched = dt.datetime.fromisoformat(line["captures"][0]["fetched_at"]).timestamp()
    [came] = [
        visit.at for visit in newsroom.visits if visit.status == 200 and CABAI in visit.target
    ]
    came += time.time() - time.monotonic()
    assert int(came) - fetched in (0, 1)


def test_what_the_operator_sets_is_not_in_the_archive(
    newsroom: EmbeddedNewsroom, tmp_path: Path
) -> None:
    """The site gets it; request records do not say it."""
    fields = '{"Authorization": "Basic cmFoYXNpYQ==", "Cookie": "sandi=rahasia", "Accept": "*/*"}'
    ended = crawl(
        newsroom, tmp_path, "-a", "limit=1", "-s", f"DEFAULT_REQUEST_HEADERS={fields}"
    )  # fmt: skip
    assert ended.run.new == 1
    assert newsroom.visits[-1].headers["cookie"] == "sandi=rahasia"
    [warc] = ended.folder.glob("warc/*")
    stored = gzip.decompress(warc.read_bytes()).lower()
    assert b"\r\naccept: */*\r\n" in stored
    for secret in (b"\r\nauthorization:", b"\r\ncookie:", b"rahasia"):
        assert secret not in stored
