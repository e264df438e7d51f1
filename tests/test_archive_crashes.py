"""Kills, full disks and a second writer: real processes, real files."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from crawler.archive import Archive, RunReport, lock_holder, read, read_capture, read_runs
from crawler.errors import ArchiveError, ArchiveLocked
from tests.archive_inside import warc_records
from tests.archive_site import LINTAS, Folder, found, named, rules_1
from tests.archive_worker import begin

COUNT = 120


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "lintas")


def work_to_the_end(folder: Folder) -> int | None:
    return begin(folder.path, COUNT).end()[0]


def consistent(folder: Folder) -> dict[int, int]:
    """Check that every line is whole, once there, and has its capture; return post → lines."""
    lines: dict[int, int] = {}
    keys = set()
    for path in folder.path.glob("articles-*.jsonl"):
        content = path.read_bytes()
        assert content.endswith(b"\n") or not content
        for raw in content.splitlines():
            line = json.loads(raw)
            key = (line["id"], line["revision"], line["source"], line["extractor"])
            assert key not in keys
            keys.add(key)
            lines[line["post_id"]] = lines.get(line["post_id"], 0) + 1
    for article in read(folder.path):
        assert (
            f"nomor {article.post_id}.".encode()
            in read_capture(folder.path, article.captures[0]).body
        )
    for path in folder.warcs():
        assert sum(1 for _ in warc_records(path)) > 0
    return lines


@pytest.mark.parametrize("lose_ledger", [False, True], ids=["ledger kept", "ledger lost"])
def test_nothing_reported_is_lost_and_nothing_twice_after_kills(
    folder: Folder, lose_ledger: bool
) -> None:
    reported: set[int] = set()
    for moment in (0, 1, 2, 5, 20, 40, 51, 52, 75, 100, 119, 121):
        worker = begin(folder.path, COUNT)
        heard = worker.said(moment)
        heard += worker.kill()  # what was in the pipe already
        reported |= {int(word) for word in heard if word.isdigit()}
        if lose_ledger:
            (folder.path / "state.sqlite").unlink(missing_ok=True)
        folder.run()
        lines = consistent(folder)
        assert reported <= lines.keys()
    assert work_to_the_end(folder) == 0
    assert consistent(folder) == dict.fromkeys(range(COUNT), 1)


def test_killed_run_is_recorded_as_one_that_did_not_end(folder: Folder) -> None:
    worker = begin(folder.path, COUNT)
    assert worker.said(1) == ["open"]
    worker.kill()
    assert work_to_the_end(folder) == 0
    first, second = read_runs(folder.path)
    assert (first.end, first.exit_code) == (None, None)
    assert (second.exit_code, second.new + second.unchanged) == (0, COUNT)


@pytest.mark.parametrize("limit", [2_000, 9_000, 30_000, 70_000, 150_000])
def test_full_disk_ends_the_run_with_a_consistent_archive(folder: Folder, limit: int) -> None:
    code, heard = begin(folder.path, COUNT, limit).end()
    assert code == 1
    reported = {int(word) for word in heard if word.isdigit()}
    if heard:  # else not even opening was possible
        assert heard[-1].startswith(f"failed {folder.path} can no longer be written (")
        (run,) = read_runs(folder.path)
        assert (run.exit_code, run.new) == (1, len(reported))
        assert "can no longer be written" in run.notes[-1]
    assert reported <= consistent(folder).keys()
    assert work_to_the_end(folder) == 0
    assert consistent(folder) == dict.fromkeys(range(COUNT), 1)


def test_everything_after_a_failed_write_is_refused(folder: Folder) -> None:
    folder.run(found(1))
    whole = (folder.warcs()[0].read_bytes(), folder.lines())
    archive = folder.open()
    archive._recorder.batches.warcs.add([])  # opens nothing yet
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("crawler.archive.writer.AppendedFile", full_disk)
        with pytest.raises(ArchiveError):
            archive.record([found(2)])
    with pytest.raises(ArchiveError):
        archive.record([found(3)])
    with pytest.raises(ArchiveError, match="No space left"):
        archive.settle()
    record = archive.finish(RunReport(exit_code=0))
    assert record.exit_code == 1
    assert record.notes[0].endswith("what was reported is on disk")
    with pytest.raises(ArchiveError, match="No space left"), archive:
        pass  # no command goes on as if all were well
    assert (folder.warcs()[0].read_bytes(), folder.lines()) == whole


def full_disk(_: Path) -> None:
    raise OSError(28, "No space left on device")


def test_second_process_is_told_who_writes_and_touches_nothing(folder: Folder) -> None:
    with folder.open():
        before = {path.name: path.stat().st_mtime_ns for path in folder.path.iterdir()}
        holder = lock_holder(folder.path)
        assert holder is not None
        assert (holder.command, holder.pid) == ("scrapy crawl lintas", os.getpid())
        code, said = begin(folder.path, 1).end()
        assert code == 1
        assert "\n".join(said) == (
            f"refused {folder.path} is in use by scrapy crawl lintas (pid {os.getpid()}) since "
            "2026-03-10T02:00:00Z; nothing was done"
        )
        assert {path.name: path.stat().st_mtime_ns for path in folder.path.iterdir()} == before
    assert lock_holder(folder.path) is None


def test_one_process_cannot_open_it_twice_either(folder: Folder) -> None:
    with folder.open(), pytest.raises(ArchiveLocked) as caught:
        folder.open(command="reextract")
    assert caught.value.since == "2026-03-10T02:00:00Z"
    folder.open(command="reextract").close()


def test_who_removes_the_lock_file_takes_nothing_away(folder: Folder) -> None:
    with folder.open():
        (folder.path / ".lock").unlink()
        with pytest.raises(ArchiveLocked, match="another process"):
            folder.open(command="reextract")
    folder.open(command="reextract").close()


def test_a_folder_put_in_the_place_of_a_locked_one_is_another(folder: Folder) -> None:
    with folder.open():
        folder.path.rename(folder.path.with_name("lama"))
        folder.open(command="reextract").close()
        assert lock_holder(folder.path.with_name("lama")) is not None


def test_lock_of_a_killed_process_is_free(folder: Folder) -> None:
    worker = begin(folder.path, COUNT)
    assert worker.said(1) == ["open"]
    worker.kill()
    assert lock_holder(folder.path) is None
    folder.open().close()


def test_lock_is_free_after_opening_failed(folder: Folder) -> None:
    folder.path.mkdir()
    (folder.path / "articles-2026-03.jsonl").mkdir()  # no file can be there
    (folder.path / "articles-2026-03.jsonl" / "x").touch()
    with pytest.raises(ArchiveError, match="cannot be opened for writing"):
        folder.open()
    assert lock_holder(folder.path) is None


def test_nobody_holds_what_is_not_there(tmp_path: Path) -> None:
    assert lock_holder(tmp_path) is None


def test_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ArchiveError, match="cannot be opened for writing"):
        Archive.open(
            tmp_path / "file" / "lintas",
            LINTAS,
            named(rules_1, "rules-1"),
        )
