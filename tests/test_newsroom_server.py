"""The newsroom's server: validators, compression, the log, trouble on demand, start and stop."""

from __future__ import annotations

import gzip
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from demo import Content, EmbeddedNewsroom, Fault, Request, Response
from tests import faults
from tests.fetching import fetch
from tests.forked import scrapy

SEED = "jajaki-kerjasama-3-sektor-ini-walokota-helmi-hasan-temui-dubes-jepang"
ROOT = Path(__file__).parents[1]
PATIENCE = 30
"""Seconds until a child that does not end is killed."""


# ------------------------------------------------------------------ validators


def test_bare_wordpress_validates_feeds_only(newsroom: EmbeddedNewsroom) -> None:
    feed = fetch(newsroom.address, "/feed")
    assert feed.headers["last-modified"] == "Wed, 18 Jun 2025 07:20:00 GMT"
    assert re.fullmatch('"[0-9a-f]{32}"', feed.headers["etag"])
    assert "etag" not in fetch(newsroom.url(SEED)).headers


@pytest.mark.parametrize(
    "path", ["/", "/feed", "/wp-sitemap.xml", "/wp-json/wp/v2/posts", "/robots.txt", "/redaksi"]
)
def test_what_a_client_has_is_not_sent_again(newsroom: EmbeddedNewsroom, path: str) -> None:
    newsroom.validate("all")
    first = fetch(newsroom.address, path)
    again = fetch(newsroom.address, path, if_none_match=first.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert fetch(newsroom.address, path, if_none_match='"other"').status == 200


def test_a_page_has_a_date_to_ask_by(newsroom: EmbeddedNewsroom) -> None:
    newsroom.validate("all")
    moment = fetch(newsroom.url(SEED)).headers["last-modified"]
    assert fetch(newsroom.url(SEED), if_modified_since=moment).status == 304
    earlier = "Fri, 01 Jan 2021 00:00:00 GMT"
    assert fetch(newsroom.url(SEED), if_modified_since=earlier).status == 200
    assert fetch(newsroom.url(SEED), if_modified_since="kemarin").status == 200


def test_a_change_changes_the_validators(newsroom: EmbeddedNewsroom) -> None:
    newsroom.validate("all")
    before = fetch(newsroom.url(SEED)).headers["etag"]
    newsroom.edit(SEED)
    assert fetch(newsroom.url(SEED), if_none_match=before).status == 200


def test_none_validates_nothing(newsroom: EmbeddedNewsroom) -> None:
    newsroom.validate("none")
    assert "etag" not in fetch(newsroom.address, "/feed").headers


@pytest.mark.parametrize("call", ["close", "open", "validate"])
def test_unknown_switches_are_refused(newsroom: EmbeddedNewsroom, call: str) -> None:
    with pytest.raises(ValueError, match="unknown 'gosip'; known are"):
        getattr(newsroom, call)("gosip")


# ------------------------------------------------------------------- transport


def test_a_client_that_accepts_gzip_gets_it(newsroom: EmbeddedNewsroom) -> None:
    plain = fetch(newsroom.url(SEED))
    packed = fetch(newsroom.url(SEED), accept_encoding="gzip")
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body


def test_one_connection_serves_many_requests(newsroom: EmbeddedNewsroom) -> None:
    connection = http.client.HTTPConnection(newsroom.address.removeprefix("http://"), timeout=20)
    sockets = set()
    for path in ("/", "/robots.txt", "/tidak-ada"):
        connection.request("GET", path)
        connection.getresponse().read()
        assert connection.sock is not None
        sockets.add(connection.sock.getsockname())
    connection.close()
    assert len(sockets) == 1


def test_head_has_no_body(newsroom: EmbeddedNewsroom) -> None:
    answer = fetch(newsroom.url(SEED), method="HEAD")
    assert (answer.status, answer.body) == (200, b"")
    assert int(answer.headers["content-length"]) > 10_000


def test_post_is_refused(newsroom: EmbeddedNewsroom) -> None:
    assert fetch(newsroom.address, "/wp-comments-post.php", method="POST").status == 405


def test_the_log_holds_every_request(newsroom: EmbeddedNewsroom) -> None:
    fetch(newsroom.address, "/robots.txt", user_agent="uji/1")
    fetch(newsroom.address, "/tidak-ada?x=1", user_agent="uji/2")
    assert [(one.target, one.agent, one.status) for one in newsroom.visits] == [
        ("/robots.txt", "uji/1", 200),
        ("/tidak-ada?x=1", "uji/2", 404),
    ]
    assert newsroom.smallest_gap == newsroom.visits[1].at - newsroom.visits[0].at
    assert newsroom.visits[0].size > 100
    newsroom.forget_visits()
    assert newsroom.visits == ()
    assert newsroom.smallest_gap is None


def test_restless_pages_differ_but_for_the_article(newsroom: EmbeddedNewsroom) -> None:
    newsroom.switches.restless = True
    first, second = fetch(newsroom.url(SEED)).text, fetch(newsroom.url(SEED)).text
    views = [re.findall(r'view-single">(\d+) kali', text) for text in (first, second)]
    assert views[0] != views[1]
    blocks = [text[text.index('class="related-text"') :][:3000] for text in (first, second)]
    assert blocks[0] != blocks[1]


# --------------------------------------------------------------------- trouble


def test_an_error_can_say_when_to_come_back(newsroom: EmbeddedNewsroom) -> None:
    newsroom.faults.append(faults.on(r"/feed", faults.status(503, retry_after=7)))
    answer = fetch(newsroom.address, "/feed")
    assert (answer.status, answer.headers["retry-after"]) == (503, "7")
    assert fetch(newsroom.address, "/").status == 200
    newsroom.faults.clear()
    assert fetch(newsroom.address, "/feed").status == 200


def test_trouble_can_pass(newsroom: EmbeddedNewsroom) -> None:
    newsroom.faults.append(faults.first(2, faults.status(500)))
    assert [fetch(newsroom.address, "/").status for _ in range(4)] == [500, 500, 200, 200]
    newsroom.faults[:] = [faults.then(faults.status(429), faults.status(502))]
    assert [fetch(newsroom.address, "/redaksi").status for _ in range(3)] == [429, 502, 200]


def test_a_rate_strikes_the_same_requests_each_time(newsroom_content: Content) -> None:
    def struck() -> list[int]:
        with EmbeddedNewsroom(newsroom_content) as newsroom:
            newsroom.faults.append(faults.at_rate(0.3, faults.status(500), seed="uji"))
            return [fetch(newsroom.address, f"/?s={number}").status for number in range(60)]

    once = struck()
    assert 8 <= once.count(500) <= 28
    assert struck() == once


def test_a_body_can_be_cut_short(newsroom: EmbeddedNewsroom) -> None:
    newsroom.faults.append(faults.truncated(0.5))
    with pytest.raises(http.client.IncompleteRead) as caught:
        fetch(newsroom.url(SEED), accept_encoding="gzip")
    assert len(caught.value.partial) > 5_000
    assert caught.value.expected is not None
    assert abs(caught.value.expected - len(caught.value.partial)) <= 1


@pytest.mark.parametrize("fault", [faults.broken_off, faults.broken_off_late])
def test_a_connection_can_break(newsroom: EmbeddedNewsroom, fault: Fault) -> None:
    newsroom.faults.append(fault)
    with pytest.raises((ConnectionError, http.client.IncompleteRead)):
        fetch(newsroom.url(SEED))


def ended(connection: socket.socket) -> bool:
    """Whether the other side has closed or broken off *connection*."""
    try:
        return connection.recv(1) == b""
    except ConnectionError:
        return True


def test_a_server_that_hangs_is_stopped_all_the_same(newsroom_content: Content) -> None:
    asked, hang = threading.Event(), faults.silent()

    def fault(request: Request) -> Response | None:
        asked.set()
        return hang(request)

    with EmbeddedNewsroom(newsroom_content) as newsroom:
        newsroom.faults.append(fault)
        host, port = newsroom.address.removeprefix("http://").split(":")
        waiting = socket.create_connection((host, int(port)), timeout=20)
        waiting.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert asked.wait(20)
    with waiting:
        assert ended(waiting)


def test_bytes_can_drip(newsroom: EmbeddedNewsroom) -> None:
    newsroom.faults.append(faults.dripping(piece=50, pace=0.001))
    assert fetch(newsroom.address, "/robots.txt").text.startswith("User-agent: *")


def test_a_bomb_is_small_until_it_is_opened(newsroom: EmbeddedNewsroom) -> None:
    newsroom.faults.append(faults.bomb(8 * faults.MEBIBYTE))
    answer = fetch(newsroom.url(SEED))
    assert len(answer.body) < 20_000
    assert len(gzip.decompress(answer.body)) == 8 * faults.MEBIBYTE


def test_a_body_can_be_huge(newsroom: EmbeddedNewsroom) -> None:
    newsroom.faults.append(faults.huge(3 * faults.MEBIBYTE))
    assert len(fetch(newsroom.url(SEED)).body) >= 3 * faults.MEBIBYTE


def test_redirects_lead_astray(newsroom: EmbeddedNewsroom) -> None:
    newsroom.faults[:] = [
        faults.on("^/redaksi", faults.loop),
        faults.on("^/tentang", faults.redirect("http://169.254.169.254{path}", 302)),
    ]
    assert fetch(newsroom.address, "/redaksi").location == "/redaksi?putaran=1"
    assert fetch(newsroom.address, "/redaksi?putaran=4").location == "/redaksi?putaran=5"
    astray = fetch(newsroom.address, "/tentang-kami")
    assert (astray.status, astray.location) == (302, "http://169.254.169.254/tentang-kami")


def test_a_charset_can_be_a_lie(newsroom: EmbeddedNewsroom) -> None:
    newsroom.faults.append(faults.recoded("utf-16", "UTF-8"))
    answer = fetch(newsroom.url(SEED))
    assert answer.headers["content-type"] == "text/html; charset=UTF-8"
    assert "Helmi Hasan" in answer.body.decode("utf-16")


def test_a_body_can_be_changed_or_replaced(newsroom: EmbeddedNewsroom) -> None:
    newsroom.faults[:] = [
        faults.on("^/robots", faults.says("Disallow: /", kind="text/plain")),
        faults.on("^/redaksi", faults.changed(lambda body: body.replace(b"Redaksi", b"Re\0aksi"))),
    ]
    assert fetch(newsroom.address, "/robots.txt").text == "Disallow: /"
    assert b"Re\0aksi" in fetch(newsroom.address, "/redaksi").body


# ----------------------------------------------------------------- scrapy demo


@contextmanager
def demo(*options: str) -> Iterator[subprocess.Popen[str]]:
    """Run ``scrapy demo``; whatever becomes of the test, no child is left behind."""
    command = [sys.executable, "-m", "scrapy", "demo", *options]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        # A child that says nothing ends by itself: its pipes close, and the reads below return.
        watchdog = threading.Timer(PATIENCE, process.kill)
        watchdog.start()
        try:
            yield process
        finally:
            watchdog.cancel()
            process.kill()


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_demo_serves_until_it_is_told_to_stop(sent: signal.Signals) -> None:
    with demo("--port", "0") as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        match = re.fullmatch(
            r"(http://127\.0\.0\.1:\d+)/ serves 37 articles; stop with Ctrl-C\n", line
        )
        assert match, line
        assert fetch(match[1], "/").status == 200
        process.send_signal(sent)
        rest, errors = process.communicate(timeout=PATIENCE)
        assert (process.returncode, rest, errors) == (0, "", "")


def test_demo_refuses_a_port_in_use(newsroom: EmbeddedNewsroom) -> None:
    port = newsroom.address.rsplit(":", 1)[-1]
    done = scrapy("demo", "--port", port)
    assert done.returncode == 2
    assert f"--port {port}: Address already in use; want a free port" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("options", [("--port", "99999"), ("surplus",), ("--gosip",)])
def test_demo_refuses_what_it_does_not_know(options: tuple[str, ...]) -> None:
    done = scrapy("demo", *options)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
