"""Clocks that are wrong: ours, a newsroom's, and those of files of others."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import attrs
import pytest

from crawler.archive import Archive, RunReport, Seen, read_runs
from crawler.errors import ArchiveError
from crawler.links import Link
from tests.archive_site import BEGIN, Folder, address, found, tell


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "lintas")


def everything(folder: Folder) -> dict[str, bytes]:
    return {
        path.name: path.read_bytes()
        for path in folder.path.rglob("*")
        if path.is_file() and path.name != ".lock"
    }


def test_a_clock_behind_the_last_line_is_not_believed(folder: Folder) -> None:
    folder.run(found(1))
    before = everything(folder)
    folder.clock.now = BEGIN - dt.timedelta(hours=25)
    said = (
        "the clock says 2026-03-09T01:00:00Z, and the last line was written at "
        "2026-03-10T02:00:00Z; nothing was done. Set the clock, or, where it is right, CLOCK_TRUSTED"
    )
    with pytest.raises(ArchiveError, match=said):
        folder.open()
    assert everything(folder) == before
    assert len(list(read_runs(folder.path))) == 1


def test_a_day_behind_is_a_zone(folder: Folder) -> None:
    folder.run(found(1))
    folder.clock.now = BEGIN - dt.timedelta(hours=23)
    assert folder.run(found(2))[0].kind == "new"
    assert folder.lines()[-1]["written_at"] == "2026-03-10T02:00:00Z"  # never before the last


def test_who_trusts_the_clock_goes_on_and_edits_are_found(folder: Folder) -> None:
    folder.clock.now = BEGIN + dt.timedelta(days=3650)
    with folder.open() as archive:
        archive.listed([Link(url=address(1), door="sitemap", lastmod="2036-03-01T00:00:00Z")])
        tell(archive, found(1, fetched_at=folder.clock.now))
    folder.clock.now = BEGIN
    with pytest.raises(ArchiveError, match="CLOCK_TRUSTED"):
        folder.open()
    with folder.open(trust_clock=True) as archive:
        assert [look.url for look in archive.ledger.due(BEGIN, 10)] == [address(1)]
        assert tell(archive, found(1, text="Disunting.")).kind == "changed"
        archive.finish(RunReport(exit_code=0))
    assert folder.lines()[-1]["written_at"] == folder.lines()[0]["written_at"]


def test_a_clock_that_is_years_ahead_is_said(folder: Folder) -> None:
    folder.run(found(1))
    folder.clock.move(days=4000)
    with folder.open() as archive:
        assert archive.repairs == (
            "The clock says 2037-02-20T02:00:00Z, years after the last run, 2026-03-10T02:00:00Z",
        )
        assert tell(archive, found(2)).kind == "new"


def wanted(archive: Archive, stated: str | None) -> bool:
    """Whether the article is due when a door lists it with that modification."""
    archive.listed([Link(url=address(1), door="sitemap", lastmod=stated)])
    return bool(archive.ledger.due(BEGIN + dt.timedelta(minutes=30), 10))


def test_a_lastmod_of_the_future_hides_no_later_edit(folder: Folder) -> None:
    """A plugin that states 2099 for all says nothing of any."""
    future, later = "2099-01-01T00:00:00Z", "2026-03-10T02:10:00Z"
    with folder.open() as archive:
        archive.listed([Link(url=address(1), door="sitemap", lastmod=future)])
        tell(archive, attrs.evolve(found(1), lastmod=future))
        tell(archive, Seen(address(1), lastmod=future))
        assert not wanted(archive, None)
        assert not wanted(archive, future)
        assert wanted(archive, later)
        folder.clock.move(minutes=20)
        assert wanted(archive, later)


def test_a_capture_of_the_future_hides_no_later_state(folder: Folder) -> None:
    """As a file of others may date it."""
    future = "2099-01-01T00:00:00Z"
    at = dt.datetime.fromisoformat(future)
    with folder.open() as archive:
        copied = attrs.evolve(found(1, fetched_at=at), lastmod=future, as_of=future)
        assert tell(archive, copied).kind == "new"
        assert wanted(archive, "2026-03-10T02:10:00Z")
        state = attrs.evolve(found(1, text="Disunting."), as_of="2026-03-10T01:00:00Z")
        assert tell(archive, state).kind == "changed"
