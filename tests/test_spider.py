"""The spider, driven in this process: what it asks for, and what it tells the archive."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from scrapy.crawler import Crawler

from crawler.archive import read, read_runs
from demo import EmbeddedNewsroom
from tests import faults
from tests.in_process import crawl

TAIS = "pasar-tais-direnovasi-pedagang-pindah-ke-lapangan"


def stat(crawler: Crawler, key: str) -> Any:
    return crawler.stats.get_value(key, 0)


def asked_for(newsroom: EmbeddedNewsroom) -> list[str]:
    return [f"{newsroom.address}{visit.target}" for visit in newsroom.visits]


def test_each_article_is_asked_for_once(newsroom: EmbeddedNewsroom, tmp_path: Path) -> None:
    crawler = crawl(newsroom, tmp_path)
    asked = asked_for(newsroom)
    for entry in newsroom.articles:
        assert asked.count(newsroom.url(entry.slug)) == 1
    assert stat(crawler, "run/new_count") == len(newsroom.articles)
    assert stat(crawler, "item_scraped_count") == len(newsroom.articles)
    assert stat(crawler, "run/exit_code") == 0


def test_a_protected_page_is_no_article_and_no_trouble(
    newsroom: EmbeddedNewsroom, tmp_path: Path
) -> None:
    crawler = crawl(newsroom, tmp_path)
    assert stat(crawler, "extract/not_an_article/protected") == 1
    assert stat(crawler, "run/exit_code") == 0


def test_where_nothing_is_new_nothing_is_asked_for(
    newsroom: EmbeddedNewsroom, tmp_path: Path
) -> None:
    crawl(newsroom, tmp_path)
    newsroom.forget_visits()
    crawler = crawl(newsroom, tmp_path)
    assert len(asked_for(newsroom)) == 2  # robots.txt, and what was modified
    assert stat(crawler, "item_scraped_count") == 0


def test_what_was_edited_is_asked_for_and_nothing_else(
    newsroom: EmbeddedNewsroom, tmp_path: Path
) -> None:
    crawl(newsroom, tmp_path)
    newsroom.edit(TAIS)
    newsroom.forget_visits()
    crawler = crawl(newsroom, tmp_path)
    pages = [url for url in asked_for(newsroom) if url.endswith((".html", "/"))]
    assert pages == [newsroom.url(TAIS)]
    assert stat(crawler, "run/changed_count") == 1


def test_refresh_none_leaves_known_articles_alone(
    newsroom: EmbeddedNewsroom, tmp_path: Path
) -> None:
    crawl(newsroom, tmp_path)
    newsroom.edit(TAIS)
    newsroom.forget_visits()
    crawl(newsroom, tmp_path, refresh="none")
    assert newsroom.url(TAIS) not in asked_for(newsroom)


def test_a_limit_is_exact(newsroom: EmbeddedNewsroom, tmp_path: Path) -> None:
    crawler = crawl(newsroom, tmp_path, limit="3")
    assert stat(crawler, "run/new_count") == 3
    assert stat(crawler, "finish_reason") == "limit"
    assert len(list(read(tmp_path / "progres"))) == 3


def test_a_budget_is_kept_and_the_next_run_goes_on(
    newsroom: EmbeddedNewsroom, tmp_path: Path
) -> None:
    crawler = crawl(newsroom, tmp_path, budget="20")
    assert len(asked_for(newsroom)) == 20
    assert stat(crawler, "finish_reason") == "budget"
    first = stat(crawler, "run/new_count")
    second = crawl(newsroom, tmp_path)
    assert 0 < first < len(newsroom.articles)
    assert first + stat(second, "run/new_count") == len(newsroom.articles)


def test_addresses_that_are_given_and_no_others(newsroom: EmbeddedNewsroom, tmp_path: Path) -> None:
    wanted = tmp_path / "alamat.txt"
    wanted.write_text(newsroom.url(TAIS))
    crawl(newsroom, tmp_path, urls=str(wanted))
    assert [article.url for article in read(tmp_path / "progres")] == [newsroom.url(TAIS)]


def test_all_pages_of_an_article_are_fetched(newsroom: EmbeddedNewsroom, tmp_path: Path) -> None:
    crawl(newsroom, tmp_path)
    several = [each for each in read(tmp_path / "progres") if len(each.pages) > 1]
    assert several
    for article in several:
        assert len(article.captures) == len(article.pages) + 1  # and its REST record
        assert set(article.pages) <= set(asked_for(newsroom))


@pytest.mark.parametrize(
    ("code", "slug"), [(404, "http_404"), (403, "http_403"), (500, "http_500")]
)
def test_what_cannot_be_had_is_named_and_owed(
    newsroom: EmbeddedNewsroom, tmp_path: Path, code: int, slug: str
) -> None:
    newsroom.faults.append(faults.on(TAIS, faults.status(code)))
    crawler = crawl(newsroom, tmp_path, settings={"RETRY_TIMES": 0})
    assert stat(crawler, "run/failed_count") == 1
    assert stat(crawler, "run/exit_code") == 4
    [run] = read_runs(tmp_path / "progres")
    [note] = run.notes
    assert note == f"not archived: {newsroom.url(TAIS)}: {slug}"


def test_a_site_that_fails_again_and_again_is_left_alone(
    newsroom: EmbeddedNewsroom, tmp_path: Path
) -> None:
    newsroom.faults.append(faults.on(r"\.html", faults.status(500)))
    crawler = crawl(newsroom, tmp_path, settings={"RETRY_TIMES": 0, "CONCURRENT_REQUESTS": 1})
    assert stat(crawler, "run/exit_code") == 1
    assert stat(crawler, "run/failed_count") < len(newsroom.articles)


def test_a_photo_is_fetched_where_it_is_wanted(newsroom: EmbeddedNewsroom, tmp_path: Path) -> None:
    crawl(newsroom, tmp_path, settings={"ARCHIVE_MEDIA": "lead"}, limit="1")
    [article] = read(tmp_path / "progres")
    assert article.image_url in asked_for(newsroom)
    assert article.image_url in [each.url for each in article.captures]
