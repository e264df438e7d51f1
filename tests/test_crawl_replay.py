"""A crawl's captures in pywb: every article's page comes back as the newsroom served it."""

from __future__ import annotations

import datetime as dt
import gzip
import urllib.request
from collections.abc import Iterator
from email.utils import format_datetime
from pathlib import Path

import pytest

from crawler.archive import read
from tests.crawling import Archived
from tests.tool_venvs import pywb


@pytest.fixture
def wayback(archived: Archived, tmp_path: Path) -> Iterator[str]:
    """Serve the archive's captures with pywb on loopback; yield the address of its collection."""
    warcs = sorted((archived.out / "progres" / "warc").glob("*.warc.gz"))
    with pywb(tmp_path, "progres", *warcs) as address:
        yield address


@pytest.mark.tools
def test_every_article_comes_back_as_it_was_served(archived: Archived, wayback: str) -> None:
    articles = list(read(archived.out / "progres"))
    assert len(articles) == 37
    for article in articles:
        for page in article.pages:
            path = page.removeprefix(archived.newsroom.address)
            with urllib.request.urlopen(f"{wayback}/2026id_/{page}") as answer:
                body = answer.read()
                if answer.headers.get("Content-Encoding") == "gzip":
                    body = gzip.decompress(body)
            assert body == archived.newsroom.get(path).body, page


@pytest.mark.tools
def test_a_page_is_found_by_its_moment(archived: Archived, wayback: str) -> None:
    """Memento, RFC 7089: a TimeMap, and the capture that is nearest to a moment."""
    article = next(read(archived.out / "progres"))
    moment = dt.datetime.fromisoformat(article.captures[0].fetched_at)
    stated = format_datetime(moment, usegmt=True)
    with urllib.request.urlopen(f"{wayback}/timemap/link/{article.url}") as answer:
        assert f'rel="memento"; datetime="{stated}"' in answer.read().decode()
    asked = urllib.request.Request(
        f"{wayback}/mp_/{article.url}", headers={"Accept-Datetime": "Tue, 02 Jul 2024 00:00:00 GMT"}
    )
    with urllib.request.urlopen(asked) as answer:
        assert answer.headers["Memento-Datetime"] == stated
