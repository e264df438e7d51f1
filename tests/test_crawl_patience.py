"""A server that asks for patience gets it, and one that asks for a day gets a later run."""

from __future__ import annotations

import datetime as dt
import email.utils
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import TypeAlias

import pytest

from demo import EmbeddedNewsroom, Fault, Request, Response
from tests import faults as trouble
from tests.crawling import asked, crawl

CABAI = "harga-cabai-merah-di-pasar-panorama-tembus-rp92-ribu-sekilo"

Form: TypeAlias = Callable[[int], str]


def seconds(count: int) -> str:
    return str(count)


def date(count: int) -> str:
    """Return the moment *count* seconds from now, and up to one more: a date has whole ones."""
    moment = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=count + 1)
    return email.utils.format_datetime(moment, usegmt=True)


def busy(status: int, form: Form, count: int) -> Fault:
    """Ask to come back *count* seconds after the request."""

    def answer(request: Request) -> Response | None:
        return trouble.status(status, retry_after=form(count))(request)

    return answer


def waits(newsroom: EmbeddedNewsroom, status: int) -> list[float]:
    """Return the seconds between each answer of *status* and the next request."""
    return [
        later.at - visit.at for visit, later in pairwise(newsroom.visits) if visit.status == status
    ]


@pytest.mark.parametrize(
    ("where", "status", "form"),
    [
        pytest.param(rf"/{CABAI}\.html", 429, seconds, id="article-429-seconds"),
        pytest.param(rf"/{CABAI}\.html", 503, date, id="article-503-date"),
        pytest.param(r"^/robots\.txt", 503, seconds, id="robots-503-seconds"),
        pytest.param("/wp-json/wp/v2/posts", 429, date, id="rest-429-date"),
    ],
)
def test_a_second_is_waited_and_then_all_is_archived(
    newsroom: EmbeddedNewsroom, tmp_path: Path, where: str, status: int, form: Form
) -> None:
    struck: list[Request] = []

    def once(request: Request) -> Response | None:
        if struck:
            return None
        struck.append(request)
        return busy(status, form, 1)(request)

    newsroom.faults.append(trouble.on(where, once))
    ended = crawl(newsroom, tmp_path)
    assert (ended.code, ended.run.new, ended.run.failed) == (0, 37, 0)
    [wait] = waits(newsroom, status)
    assert wait >= 1.0
    assert asked(newsroom).count(struck[0].target) == 2


@pytest.mark.parametrize(("status", "form"), [(429, seconds), (503, date)])
def test_a_day_is_left_to_a_later_run(
    newsroom: EmbeddedNewsroom, tmp_path: Path, status: int, form: Form
) -> None:
    newsroom.faults.append(trouble.on(CABAI, busy(status, form, 86_400)))
    ended = crawl(newsroom, tmp_path)  # it would be taken to hang long before
    assert (ended.code, ended.run.new, ended.run.failed) == (4, 36, 1)
    assert f"not archived: {newsroom.url(CABAI)}: http_{status}" in ended.said
    assert sum(CABAI in target for target in asked(newsroom)) == 1
    newsroom.faults.clear()
    again = crawl(newsroom, tmp_path)
    assert (again.code, again.run.new) == (0, 1)


def test_a_site_that_wants_a_day_altogether_is_left_alone(
    newsroom: EmbeddedNewsroom, tmp_path: Path
) -> None:
    newsroom.faults.append(trouble.on(r"\.html", busy(429, date, 86_400)))
    ended = crawl(newsroom, tmp_path)
    assert ended.code == 1
    assert "10 fetches in a row failed, the last with http_429" in ended.said
    assert sum(".html" in target for target in asked(newsroom)) < 20
    newsroom.faults.clear()
    again = crawl(newsroom, tmp_path)
    assert (again.code, again.run.new) == (0, 37)
