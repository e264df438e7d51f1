"""What is kept of a response: every hop as it came, stamped once, and no try that failed."""

from __future__ import annotations

import datetime as dt
import gzip
import ipaddress

import pytest
from scrapy import Request
from scrapy.http import Response
from scrapy.utils.misc import build_from_crawler
from scrapy.utils.test import get_crawler

from crawler.downloader import BEGAN
from crawler.items import Exchange
from crawler.middlewares import EXCHANGES, CaptureMiddleware

BEGIN = dt.datetime(2026, 3, 10, 1, tzinfo=dt.UTC)
A, B = "https://lintas.example/a", "https://lintas.example/b"


@pytest.fixture
def middleware() -> CaptureMiddleware:
    return build_from_crawler(CaptureMiddleware, get_crawler())


def exchanges(request: Request) -> tuple[Exchange, ...]:
    found: tuple[Exchange, ...] = request.meta[EXCHANGES]
    return found


def test_the_body_is_kept_as_it_was_sent(middleware: CaptureMiddleware) -> None:
    packed = gzip.compress(b"<p>Berita</p>")
    request = Request(A, headers={"Accept-Encoding": "gzip"}, meta={BEGAN: BEGIN})
    response = Response(
        A,
        body=packed,
        headers={"Content-Encoding": "gzip", "Set-Cookie": ["a=1", "b=2"]},
        ip_address=ipaddress.ip_address("192.0.2.7"),
    )
    assert middleware.process_response(request, response) is response
    [exchange] = exchanges(request)
    assert exchange.body == packed
    assert exchange.headers == (
        ("Content-Encoding", "gzip"),
        ("Set-Cookie", "a=1"),
        ("Set-Cookie", "b=2"),
    )
    assert exchange.request_headers == (("Host", "lintas.example"), ("Accept-Encoding", "gzip"))
    assert (exchange.status, exchange.ip, exchange.method) == (200, "192.0.2.7", "GET")
    assert exchange.fetched_at == BEGIN


def test_redirects_are_hops(middleware: CaptureMiddleware) -> None:
    request = Request(A, meta={BEGAN: BEGIN})
    middleware.process_response(request, Response(A, status=301, headers={"Location": B}))
    onward = request.replace(url=B)  # as RedirectMiddleware does, meta included
    middleware.process_response(onward, Response(B))
    assert [(each.url, each.status) for each in exchanges(onward)] == [(A, 301), (B, 200)]


def test_a_try_that_failed_is_no_hop(middleware: CaptureMiddleware) -> None:
    request = Request(A, meta={BEGAN: BEGIN})
    middleware.process_response(request, Response(A, status=503))
    again = request.copy()
    middleware.process_response(again, Response(A))
    assert [each.status for each in exchanges(again)] == [200]


def test_a_retry_of_what_was_redirected_keeps_the_redirect(middleware: CaptureMiddleware) -> None:
    request = Request(A, meta={BEGAN: BEGIN})
    middleware.process_response(request, Response(A, status=302, headers={"Location": B}))
    onward = request.replace(url=B)
    middleware.process_response(onward, Response(B, status=503))
    again = onward.copy()
    middleware.process_response(again, Response(B))
    assert [(each.url, each.status) for each in exchanges(again)] == [(A, 302), (B, 200)]
