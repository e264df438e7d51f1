"""Messages: who is told what, when, and that it changes nothing."""

from __future__ import annotations

import http.server
import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest
from scrapy.utils.test import get_crawler

from crawler import settings
from crawler.archive import RunRecord
from crawler.errors import ConfigurationError
from crawler.newsrooms import Newsroom, newsroom_at
from crawler.notify import Notifier, change
from crawler.timestamps import now
from demo import Content, EmbeddedNewsroom
from tests.archive_site import Clock, Folder
from tests.crawling import QUICK
from tests.forked import scrapy


@attrs.define
class Mailbox:
    """A server on loopback that takes what is sent to it."""

    port: int
    messages: list[dict[str, Any]] = attrs.field(factory=list)
    status: int = 200


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            size = int(self.headers["Content-Length"])
            box.messages.append(json.loads(self.rfile.read(size)))
            self.answer()

        def answer(self) -> None:
            self.send_response(box.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        box = Mailbox(server.server_port)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield box
        server.shutdown()
        thread.join()


def run(begin: str, code: int | None, *notes: str, command: str = "crawl") -> RunRecord:
    return RunRecord(id=begin, command=command, begin=begin, exit_code=code, notes=notes, new=4)


MORNING, NOON, NEXT_DAY = (
    "2026-03-10T05:00:00.000000Z",
    "2026-03-10T12:00:00.000000Z",
    "2026-03-11T00:15:00.000000Z",
)


@pytest.mark.parametrize(
    ("runs", "title"),
    [
        pytest.param([], None, id="none that is known"),
        pytest.param([run(NOON, 0)], None, id="a first run that went well"),
        pytest.param([run(MORNING, 0), run(NOON, 4)], None, id="single pages failed"),
        pytest.param(
            [run(NOON, 1, "disk full")], "lintas: the run failed (exit code 1)", id="a first run"
        ),
        pytest.param(
            [run(MORNING, 4), run(NOON, 1)], "lintas: the run failed (exit code 1)", id="it begins"
        ),
        pytest.param([run(MORNING, 1), run(NOON, 1)], None, id="it lasts"),
        pytest.param(
            [run(NOON, 1), run(NEXT_DAY, 1)],
            "lintas: the run failed (exit code 1)",
            id="it lasts into the next day",
        ),
        pytest.param(
            [run(MORNING, 1), run(NOON, 3)],
            "lintas: something is wrong with the newsroom (exit code 3)",
            id="it becomes something else",
        ),
        pytest.param([run(MORNING, 3), run(NOON, 0)], "lintas: well again", id="it ends"),
        pytest.param([run(MORNING, 1), run(NOON, None)], None, id="still running"),
        pytest.param(
            [run(MORNING, 1), run(NOON, None), run(NEXT_DAY, 0)],
            "lintas: well again",
            id="it ends after a run that was killed",
        ),
        pytest.param(
            [run(MORNING, 1), run(NOON, 0, command="reextract"), run(NOON, 1)],
            None,
            id="other commands in between",
        ),
    ],
)
def test_what_is_said_of_a_run(runs: list[RunRecord], title: str | None) -> None:
    message = change("lintas", runs)
    assert (message.title if message else None) == title


def test_a_message_says_why() -> None:
    message = change("lintas", [run(NOON, 3, "title: filled in 20% of the last 50 articles")])
    assert message is not None
    assert message.kind == "warning"
    assert message.body.startswith("title: filled in 20% of the last 50 articles\n")
    assert "scrapy status lintas" in message.body


# Apprise looks for a module that Python 3.13 has dropped, and does without it.
@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
@pytest.mark.parametrize(
    ("urls", "number"),
    [(["json://127.0.0.1/", "telegraf://secret"], 2), ("telegraf://secret", 1), ([5], 1)],
)
def test_what_cannot_be_used_is_refused(urls: Any, number: int) -> None:
    crawler = get_crawler(settings_dict={"NOTIFY_URLS": urls})
    with pytest.raises(ConfigurationError) as refused:
        Notifier.from_crawler(crawler)
    assert f"NOTIFY_URLS: address {number} is none that Apprise knows" in str(refused.value)
    assert "secret" not in str(refused.value)


def test_is_off_until_an_address_is_given() -> None:
    crawler = get_crawler(settings_dict={"EXTENSIONS_BASE": settings.EXTENSIONS_BASE})
    assert crawler.get_extension(Notifier) is None


def crawl(folder: Path, site: str, mailbox: Mailbox) -> int:
    """One run that tells *mailbox* how it went; return its exit code."""
    done = scrapy(
        *("crawl", "wordpress", "-a", f"site={site}", "-a", "name=lintas", "-a", "limit=1"),
        *("-s", f"ARCHIVE_DIR={folder}", *QUICK, "-s", "RETRY_TIMES=0"),
        *("-s", f"NOTIFY_URLS=json://127.0.0.1:{mailbox.port}/"),
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode


def test_runs_that_fail_and_are_well_again(
    tmp_path: Path, mailbox: Mailbox, newsroom_content: Content
) -> None:
    """The whole way, on loopback: the newsroom is there, is not there, and is there again."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    site = f"http://127.0.0.1:{port}"
    assert crawl(tmp_path, site, mailbox) == 1
    assert [each["title"] for each in mailbox.messages] == ["lintas: the run failed"]
    mailbox.messages.clear()
    with EmbeddedNewsroom(newsroom_content, port=port):
        assert crawl(tmp_path, site, mailbox) == 0
    assert crawl(tmp_path, site, mailbox) == 1
    assert [each["title"] for each in mailbox.messages] == ["lintas: the run failed (exit code 1)"]
    assert mailbox.messages[0]["type"] == "failure"
    assert "cannot be reached" in mailbox.messages[0]["message"]
    with EmbeddedNewsroom(newsroom_content, port=port):
        assert crawl(tmp_path, site, mailbox) == 0
        assert [each["title"] for each in mailbox.messages[1:]] == ["lintas: well again"]
        mailbox.status = 500
        assert crawl(tmp_path, site, mailbox) == 0  # whoever takes messages is out of order


def test_an_archive_that_cannot_be_opened_is_told(
    tmp_path: Path, mailbox: Mailbox, newsroom: EmbeddedNewsroom
) -> None:
    (tmp_path / "lintas").write_text("a file where the folder should be")
    assert crawl(tmp_path, newsroom.address, mailbox) == 1
    assert [each["title"] for each in mailbox.messages] == ["lintas: the run failed"]
    assert "cannot be opened for writing" in mailbox.messages[0]["message"]


def test_nothing_is_said_of_a_run_that_finds_another(
    tmp_path: Path, mailbox: Mailbox, newsroom: EmbeddedNewsroom
) -> None:
    assert crawl(tmp_path, newsroom.address, mailbox) == 0
    with Folder(tmp_path / "lintas", clock=Clock(now())).open(newsroom=_same(tmp_path / "lintas")):
        assert crawl(tmp_path, newsroom.address, mailbox) == 75
    assert not mailbox.messages


def _same(folder: Path) -> Newsroom:
    identity = json.loads((folder / "archive.json").read_text(encoding="utf-8"))
    return newsroom_at(identity["site"], folder.name)
