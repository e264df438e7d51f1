"""Which articles an export takes: days, moments, and while a run writes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crawler.errors import ConfigurationError
from crawler.export.selection import Selection, checked_day, checked_moment
from tests.reading_samples import sample_archive


@pytest.mark.parametrize(
    ("stated", "moment"),
    [
        (None, None),
        ("2024-07-01", "2024-07-01T00:00:00Z"),
        ("2024-07-01T07:00:00+07:00", "2024-07-01T00:00:00Z"),
        ("2024-07-01T00:00:00Z", "2024-07-01T00:00:00Z"),
    ],
)
def test_a_moment_is_taken_as_utc(stated: str | None, moment: str | None) -> None:
    assert checked_moment("--written-since", stated) == moment


@pytest.mark.parametrize("stated", ["2024", "2024-6-1", "01-06-2024", "2024-06-31", ""])
def test_what_is_no_day(stated: str) -> None:
    with pytest.raises(ConfigurationError, match="want a day as YYYY-MM-DD"):
        checked_day("--since", stated)


def test_an_export_can_be_made_while_a_run_writes(tmp_path: Path) -> None:
    """What is written after the first pass of an export belongs to the next one."""
    folder = sample_archive(tmp_path)
    articles = Selection(folder=folder, all_revisions=True).articles()
    first = next(articles)
    path = folder / "articles-2024-07.jsonl"
    whole = path.read_bytes().rpartition(b"\n")[0] + b"\n"
    added = json.loads(whole.splitlines()[-1]) | {"id": "lintas:99"}
    path.write_bytes(whole + json.dumps(added).encode() + b"\n")
    assert "lintas:99" not in [article.id for article in (first, *articles)]
