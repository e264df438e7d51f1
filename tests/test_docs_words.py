"""Words that the program knows and the pages explain."""

from __future__ import annotations

from crawler.arguments import ACCEPTED
from crawler.exit_codes import EXIT_CODES
from crawler.spider import UNREADABLE
from tests.tool_venvs import ROOT


def test_every_argument_is_explained() -> None:
    assert all(each.wants and each.does for each in ACCEPTED.values())


def test_exit_codes_are_those_that_cron_jobs_know() -> None:
    assert sorted(EXIT_CODES) == [0, 1, 2, 3, 4, 75]


def test_every_reason_for_a_failure_is_explained() -> None:
    page = (ROOT / "docs/troubleshooting.md").read_text(encoding="utf-8")
    table = page.partition("## It ends with exit code 4")[2]
    assert [reason for reason in sorted(UNREADABLE) if f"`{reason}`" not in table] == []
