"""What cron sees: the exit code of a run, and the one message that explains it."""

from __future__ import annotations

import json
import re
import sqlite3
import threading
from pathlib import Path

import pytest

from crawler.archive import last_runs
from demo import EmbeddedNewsroom, Fault, Request, Response
from tests import faults as trouble
from tests.certificates import SecureServer
from tests.crawling import Archived, arguments, asked, crawl, crawl_typed, lines, start

CABAI = "harga-cabai-merah-di-pasar-panorama-tembus-rp92-ribu-sekilo"
TAIS = "pasar-tais-direnovasi-pedagang-pindah-ke-lapangan"
DELAYED = ("-s", "RETRY_TIMES=0")

# ------------------------------------------------------------------------ 75, 2


def test_a_second_run_leaves_at_once_and_names_the_first(
    newsroom: EmbeddedNewsroom, tmp_path: Path
) -> None:
    reached, go_on = threading.Event(), threading.Event()

    def held(request: Request) -> None:
        if "/wp-json/" in request.target:
            reached.set()
            go_on.wait(60)

    newsroom.faults.append(held)
    first = start(newsroom, tmp_path)
    assert reached.wait(60)
    [begun] = last_runs(first.folder, 1)
    before = {path: path.stat().st_mtime_ns for path in first.folder.rglob("*")}
    second = crawl_typed(arguments(newsroom, tmp_path), tmp_path)
    assert second.code == 75
    assert {path: path.stat().st_mtime_ns for path in first.folder.rglob("*")} == before
    go_on.set()
    ended = first.end()
    assert (ended.code, ended.run.new, len(ended.runs)) == (0, 37, 1)
    [said] = second.said.splitlines()
    assert f"is in use by scrapy crawl progres (pid {first.pid}) since {begun.begin}" in said


def test_an_archive_of_another_site_is_refused(archived: Archived) -> None:
    ended = crawl("http://127.0.0.1:1", archived.out)
    assert ended.code == 2
    [said] = ended.said.splitlines()
    assert f"archives {archived.newsroom.address}, not http://127.0.0.1:1" in said
    assert "another name" in said
    assert len(ended.runs) == 1


@pytest.mark.parametrize("file", ["archive.json", "state.sqlite"])
def test_an_archive_of_a_newer_program_is_refused(archived: Archived, file: str) -> None:
    path = archived.folder / file
    if file == "archive.json":
        path.write_text(json.dumps(json.loads(path.read_text()) | {"schema": 99}))
    else:
        with sqlite3.connect(path) as ledger:
            ledger.execute("PRAGMA user_version = 99")
        ledger.close()
    ended = archived.crawl()
    assert ended.code == 2
    [said] = ended.said.splitlines()
    assert "newer version" in said
    assert asked(archived.newsroom) == []


# ------------------------------------------------------------------------ 1


@pytest.mark.parametrize(
    ("site", "said"),
    [
        pytest.param("http://127.0.0.1:1", "the connection was refused", id="refused"),
        pytest.param("http://berita.invalid", "its host name is not known", id="dns"),
    ],
)
def test_a_site_out_of_reach(tmp_path: Path, site: str, said: str) -> None:
    ended = crawl(site, tmp_path)
    assert ended.code == 1
    assert f" ERROR: progres: {site} cannot be reached: {said} (nothing new; 4 requests" in (
        ended.last_words
    )
    assert ended.last_words.endswith("; exit code 1)")
    assert not ended.folder.exists()


def test_a_certificate_for_another_name_is_not_tried_again(tmp_path: Path) -> None:
    with SecureServer("lain.example", tmp_path) as server:
        ended = crawl(server.address, tmp_path)
    assert ended.code == 1
    [said] = ended.said.splitlines()
    assert "cannot be reached: its certificate cannot be verified (nothing new; 1 request" in said


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        pytest.param(trouble.status(503), "robots.txt answers 503", id="5xx"),
        pytest.param(trouble.broken_off, "cannot be reached: the connection broke off", id="reset"),
        pytest.param(trouble.loop, "robots.txt: max redirections reached", id="loop"),
        pytest.param(
            trouble.redirect("http://pindah.example{path}"),
            "robots.txt leads to http://pindah.example/robots.txt",
            id="moved",
        ),
    ],
)
def test_without_robots_txt_nothing_is_asked_for(
    newsroom: EmbeddedNewsroom, tmp_path: Path, fault: Fault, said: str
) -> None:
    newsroom.faults.append(trouble.on(r"^/robots\.txt", fault))
    ended = crawl(newsroom, tmp_path)
    assert ended.code == 1
    assert said in ended.last_words
    assert all(target.startswith("/robots.txt") for target in asked(newsroom))
    assert "Traceback" not in ended.said


def test_a_newsroom_that_has_moved_altogether(archived: Archived) -> None:
    archived.newsroom.faults.append(trouble.redirect("http://pindah.example{path}"))
    ended = archived.crawl()
    assert ended.code == 1
    assert "if the newsroom has moved, give its new address as site=" in ended.last_words
    assert archived.later_lines == []


def test_no_door_can_be_read(newsroom: EmbeddedNewsroom, tmp_path: Path) -> None:
    newsroom.faults.append(trouble.on(r"^/(?!robots)", trouble.status(500)))
    ended = crawl(newsroom, tmp_path)
    assert ended.code == 1
    assert f"no door of {newsroom.address} could be read" in ended.last_words
    assert "HTTP 500" in ended.last_words
    assert len(ended.said.splitlines()) == 1


def test_a_site_that_goes_down_ends_the_run(archived: Archived) -> None:
    archived.newsroom.faults.append(trouble.on(r"\.html", trouble.broken_off))
    ended = archived.crawl("-a", "refresh=all", *DELAYED)
    assert ended.code == 1
    assert "10 fetches in a row failed, the last with cut_short" in ended.said
    assert len(asked(archived.newsroom)) < 20


def test_a_disk_that_refuses_ends_the_run(newsroom: EmbeddedNewsroom, tmp_path: Path) -> None:
    before = crawl(newsroom, tmp_path, "-a", "limit=5")
    full = max(path.stat().st_size for path in before.folder.rglob("*") if path.is_file())
    ended = crawl(newsroom, tmp_path, largest_file=full + 20_000)
    assert ended.code == 1
    assert "can no longer be written" in ended.said
    assert "Traceback" not in ended.said
    assert ended.run.exit_code == 1
    assert 5 <= len(lines(ended.folder)) < 37
    again = crawl(newsroom, tmp_path)
    assert (again.code, len(lines(again.folder))) == (0, 37)


def test_an_archive_folder_that_cannot_be_made(newsroom: EmbeddedNewsroom, tmp_path: Path) -> None:
    (tmp_path / "progres").write_text("a file")
    ended = crawl_typed(arguments(newsroom, tmp_path), tmp_path / "nowhere")
    assert ended.code == 1
    [said] = ended.said.splitlines()
    assert "cannot be opened for writing" in said


@pytest.mark.parametrize(
    ("setting", "mistake"),
    [
        pytest.param("SPIDER_MIDDLEWARES", "BeforeTheSpider", id="before-the-spider"),
        pytest.param("ITEM_PIPELINES", "InAPipeline", id="in-a-pipeline"),
        pytest.param("DOWNLOADER_MIDDLEWARES", "BeforeARequest", id="before-a-request"),
        pytest.param("DOWNLOADER_MIDDLEWARES", "AfterAResponse", id="after-a-response"),
    ],
)
def test_an_unforeseen_error_costs_one_article_and_not_the_run(
    newsroom: EmbeddedNewsroom, tmp_path: Path, setting: str, mistake: str
) -> None:
    component = json.dumps({f"tests.surprises.{mistake}": 500})
    ended = crawl(newsroom, tmp_path, "-s", f"{setting}={component}", "-a", "limit=36")
    assert ended.code == 1
    assert "an unforeseen error; the log has its traceback" in ended.said
    assert ended.run.new == 36


# ------------------------------------------------------------------------ 3


def test_a_field_that_goes_missing(newsroom: EmbeddedNewsroom, tmp_path: Path) -> None:
    def without_times(body: bytes) -> bytes:
        body = re.sub(rb"<time[^>]*>[^<]*</time>", b"", body)
        body = re.sub(rb'<meta property="article:[a-z]+_time"[^>]*>', b"", body)
        return re.sub(rb'"(?:date(?:Published|Modified|Created)|uploadDate)":"[^"]*",?', b"", body)

    newsroom.faults.append(trouble.on(r"\.html", trouble.changed(without_times)))
    ended = crawl(newsroom, tmp_path, "-a", "limit=25", "-a", "discover=sitemap")
    assert ended.code == 3
    said = r"published_at: filled in [0-4]% of the last 25 articles, want 95% \("
    assert re.search(said, ended.last_words)  # one has a date in its text alone
    assert ended.run.coverage["published_at"] < 0.05
    assert len(ended.lines) == 25


def test_few_lines_allow_no_verdict(newsroom: EmbeddedNewsroom, tmp_path: Path) -> None:
    ended = crawl(newsroom, tmp_path, "-a", "limit=19", "-s", 'FIELD_COVERAGE_MIN={"writer": 1}')
    assert ended.code == 0


def test_a_site_that_had_articles_and_lists_none(archived: Archived) -> None:
    for entry in archived.newsroom.articles:
        archived.newsroom.hold(entry.slug)
    ended = archived.crawl()
    assert ended.code == 3
    assert "37 are known" in ended.said or "known articles are no longer listed" in ended.said
    assert archived.later_lines == []


CAPTCHA = (
    "<html><head><title>Just a moment...</title></head>"
    "<body><h1>Memeriksa peramban Anda</h1><div id='challenge-form'></div></body></html>"
)


def challenged(_: Request) -> Response:
    return Response(status=403, headers=[("cf-mitigated", "challenge")], body=CAPTCHA.encode())


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(trouble.says(CAPTCHA), id="200"),
        pytest.param(challenged, id="403"),
    ],
)
def test_a_captcha_in_front_of_the_articles(
    newsroom: EmbeddedNewsroom, tmp_path: Path, fault: Fault
) -> None:
    newsroom.faults.append(trouble.on(r"\.html", fault))
    ended = crawl(newsroom, tmp_path)
    assert ended.code == 3
    assert "captcha instead of an article" in ended.last_words
    assert len(asked(newsroom)) < 20  # it does not go on knocking
    assert ended.lines == []
    newsroom.faults.clear()
    again = crawl(newsroom, tmp_path)
    assert (again.code, again.run.new) == (0, 37)


def test_a_hacked_page(newsroom: EmbeddedNewsroom, tmp_path: Path) -> None:
    page = "<html><head><title>Hacked by Anon</title></head><body><h1>Hacked</h1></body></html>"
    newsroom.faults.append(trouble.on(CABAI, trouble.says(page)))
    ended = crawl(newsroom, tmp_path)
    assert ended.code == 3
    assert f"hacked instead of an article: {newsroom.url(CABAI)}" in ended.last_words
    assert ended.run.new == 36


# ------------------------------------------------------------------------ 4, 0


def test_articles_that_could_not_be_had_or_read_are_named(
    newsroom: EmbeddedNewsroom, tmp_path: Path
) -> None:
    silent = "<html><body class='post-template-default single single-post postid-1'></body></html>"
    newsroom.faults.append(trouble.on(CABAI, trouble.status(404)))
    newsroom.faults.append(trouble.on(TAIS, trouble.says(silent)))
    ended = crawl(newsroom, tmp_path)
    assert ended.code == 4
    assert ended.run.new == 36  # of one of them its REST record
    assert f"not archived: {newsroom.url(CABAI)}: http_404" in ended.said
    assert re.search(rf"not archived: {re.escape(newsroom.url(TAIS))}: no_\w+", ended.said)
    newsroom.faults.clear()
    again = crawl(newsroom, tmp_path)  # the first failure is tried again at once
    assert (again.code, again.run.new, again.run.superseded) == (0, 1, 1)


def test_what_is_no_article_is_nobodys_fault(newsroom: EmbeddedNewsroom, tmp_path: Path) -> None:
    attachment = "<html><body class='attachment-template-default single-attachment'></body></html>"
    page = "<html><body class='page-template-default page page-id-7'><h1>Kontak</h1></body></html>"
    rules = f"User-agent: *\nDisallow: /*{CABAI}\n"
    newsroom.faults.append(trouble.on(r"^/robots\.txt", trouble.says(rules)))
    newsroom.faults.append(trouble.on(TAIS, trouble.says(attachment)))
    newsroom.faults.append(trouble.on("mural-pelajar", trouble.says(page)))
    ended = crawl(newsroom, tmp_path)
    assert (ended.code, ended.run.new) == (0, 34)
    assert ended.run.refused == 4
    assert not any(CABAI in target for target in asked(newsroom))


def test_the_time_given_to_a_run_is_no_failure(newsroom: EmbeddedNewsroom, tmp_path: Path) -> None:
    newsroom.faults.append(trouble.on(r"\.html", trouble.slow(0.2)))
    ended = crawl(newsroom, tmp_path, "-s", "CLOSESPIDER_TIMEOUT=1")
    assert ended.code == 0
    assert 0 < ended.run.new < 37
    newsroom.faults.clear()
    again = crawl(newsroom, tmp_path)
    assert (again.code, len(lines(again.folder))) == (0, 37)


def test_worse_codes_come_first(newsroom: EmbeddedNewsroom, tmp_path: Path) -> None:
    newsroom.faults.append(trouble.on(CABAI, trouble.status(404)))
    newsroom.faults.append(trouble.on(TAIS, challenged))
    ended = crawl(newsroom, tmp_path)
    assert ended.code == 3
    assert "captcha" in ended.said
    assert f"not archived: {newsroom.url(CABAI)}: http_404" in ended.said
