"""What is lost of an archive is noticed, brought back where captures hold it, and recorded else."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from crawler.archive import RunReport, Withhold, last_runs, read, read_runs
from crawler.decoding import zstd
from crawler.errors import ArchiveError
from tests.archive_inside import checked, mend
from tests.archive_site import Clock, Folder, found, listing, rest

PER_RUN = 4
JANUARY, FEBRUARY, MARCH = (f"articles-2026-0{month}.jsonl" for month in (1, 2, 3))


def run(folder: Folder, *findings: object) -> None:
    with folder.open() as archive:
        archive.record(findings)  # type: ignore[arg-type]
        archive.finish(RunReport(exit_code=0))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """120 articles in 30 runs over three months, 20 of them edited in the month after.

    The first month is compressed.
    """
    folder = Folder(tmp_path_factory.mktemp("whole") / "lintas")
    for number in range(30):
        month, of_month = divmod(number, 10)
        folder.clock.now = dt.datetime(2026, 1 + month, 2 + 2 * of_month, 3, 0, tzinfo=dt.UTC)
        posts = range(PER_RUN * number, PER_RUN * (number + 1))
        findings = [
            found(post, text=f"Berita {post}.", fetched_at=folder.clock.now) for post in posts
        ]
        if month:
            old = PER_RUN * (number - 10)
            findings.append(
                found(old, text=f"Berita {old}, disunting.", fetched_at=folder.clock.now)
            )
        run(folder, *findings)
    return folder.path


@pytest.fixture(params=["ledger kept", "ledger lost"])
def folder(whole: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Folder:
    shutil.copytree(whole, tmp_path / "lintas")
    if request.param == "ledger lost":
        (tmp_path / "lintas" / "state.sqlite").unlink()
    return Folder(tmp_path / "lintas", Clock(dt.datetime(2026, 3, 30, tzinfo=dt.UTC)))


def problems(folder: Folder) -> list[str]:
    return checked(folder.path).problems


def content(folder: Folder) -> dict[tuple[str, int], str]:
    """Id and revision of each article, and its text."""
    articles = read(folder.path, latest=False, gone=True)
    return {(each.id, each.revision): each.body for each in articles}


def drop(folder: Folder, *places: tuple[str, int]) -> list[bytes]:
    """Take lines out of months: their name and place."""
    dropped = []
    for path in sorted(folder.path.glob("articles-*.jsonl*")):
        packed = path.suffix == ".zst"
        gone = {place for name, place in places if name == path.name.removesuffix(".zst")}
        if not gone:
            continue
        with zstd.open(path) if packed else path.open("rb") as file:
            lines = file.readlines()
        dropped += [lines[place] for place in sorted(gone)]
        left = b"".join(line for n, line in enumerate(lines) if n not in gone)
        path.write_bytes(zstd.compress(left) if packed else left)
    return dropped


def test_a_whole_archive_lacks_nothing(folder: Folder) -> None:
    assert problems(folder) == []
    assert len(content(folder)) == 140


@pytest.mark.parametrize(
    "places",
    [
        [(JANUARY, 7)],
        [(JANUARY, 0)],  # of an article that was edited later
        [(FEBRUARY, PER_RUN)],  # the edit itself
        [(MARCH, 49)],  # the last of all
        [(FEBRUARY, n) for n in range(3, 8)],
        [(JANUARY, n) for n in range(0, 40, 2)],
        [(JANUARY, 4), (FEBRUARY, 4), (MARCH, 4)],
    ],
    ids=["one", "first revision", "edit", "last", "five", "twenty", "each month"],
)
def test_dropped_lines_are_named_and_made_again(
    folder: Folder, places: list[tuple[str, int]]
) -> None:
    before = content(folder)
    dropped = [json.loads(line) for line in drop(folder, *places)]
    said = problems(folder)
    months = sorted({name for name, _ in places})
    assert [each.partition(":")[0].removesuffix(".zst") for each in said] == months
    for month, each in zip(months, said, strict=True):
        count = sum(name == month for name, _ in places)
        assert f"byte 0: lacks {count} of the lines that runs report (run 2026" in each
    repaired = mend(folder)
    assert repaired.lost == 0
    assert any(each.startswith(f"{len(places)} lines made again") for each in repaired.done)
    assert problems(folder) == []
    assert content(folder) == before
    again = [line for line in folder.lines() if line["written_at"].startswith("2026-03-30")]
    assert (folder.path / f"{JANUARY}.zst").exists()
    assert {(line["id"], line["revision"], line["run"]) for line in again} == {
        (line["id"], line["revision"], line["run"]) for line in dropped
    }


def test_a_lost_month_is_one_problem_and_comes_back(folder: Folder) -> None:
    before = content(folder)
    (folder.path / FEBRUARY).unlink()
    (said,) = problems(folder)
    assert said.startswith(f"{FEBRUARY}: byte 0: is not there, nor are its 50 lines (run 2026")
    assert mend(folder).lost == 0
    assert problems(folder) == []
    assert content(folder) == before


def test_the_next_start_says_so_makes_them_again_and_goes_on(folder: Folder) -> None:
    before = content(folder)
    drop(folder, (JANUARY, 3), (MARCH, 3))
    with folder.open() as archive:
        assert "2 lines that were lost are made again from their captures" in archive.repairs
        assert archive.finish(RunReport(exit_code=0)).exit_code == 0
    assert content(folder) == before
    assert problems(folder) == []


def without_captures(folder: Folder) -> None:
    """Lose the WARC file with five lines whose captures lie in it."""
    drop(folder, *[(FEBRUARY, n) for n in range(5)])
    (warc,) = folder.warcs()
    warc.unlink()


def test_what_no_capture_has_is_recorded_as_lost_and_runs_end_with_1_until_then(
    folder: Folder,
) -> None:
    without_captures(folder)
    for _ in range(2):
        archive = folder.open()
        assert any(
            "5 of the lines that earlier runs reported are not there" in each
            for each in archive.repairs
        )
        assert archive.finish(RunReport(exit_code=0)).exit_code == 1
        with (
            pytest.raises(ArchiveError, match="5 of the lines that earlier runs reported"),
            archive,
        ):
            pass  # no command says that all is well
    said = problems(folder)
    assert [each.partition(": ")[0] for each in said] == [
        "warc/lintas-20260102030000-00001.warc.gz",
        FEBRUARY,
    ]
    assert "is not there; lines name 135 captures in it" in said[0]
    repaired = mend(folder)
    assert repaired.lost == 5
    assert any("5 lines are lost, and recorded as lost" in each for each in repaired.done)
    again = checked(folder.path)
    (said_,) = again.problems  # the captures of the other lines stay lost
    assert "135 captures" in said_
    assert again.tally.lost == 5
    with folder.open() as archive:
        assert archive.repairs == ()
        assert archive.finish(RunReport(exit_code=0)).exit_code == 0


def test_lines_that_were_recorded_as_lost_may_come_back_from_a_backup(folder: Folder) -> None:
    backup = (folder.path / FEBRUARY).read_bytes()
    warc = folder.warcs()[0]
    kept = warc.read_bytes()
    without_captures(folder)
    mend(folder)
    (folder.path / FEBRUARY).write_bytes(backup)
    warc.write_bytes(kept)
    assert "has 5 more lines than runs report" in problems(folder)[0]
    assert mend(folder).lost == 0
    assert problems(folder) == []


def test_a_lost_warc_file_is_one_problem_and_never_looks_whole(folder: Folder) -> None:
    (warc,) = folder.warcs()
    warc.unlink()
    wanted = [f"warc/{warc.name}: byte 0: is not there; lines name 140 captures in it"]
    assert problems(folder) == wanted
    mend(folder)
    assert problems(folder) == wanted


def test_added_lines_are_damage(folder: Folder) -> None:
    path = folder.path / FEBRUARY
    lines = path.read_bytes().splitlines(keepends=True)
    copy = lines[3].replace(b"lintas:43", b"lintas:999")
    path.write_bytes(b"".join([*lines[:4], copy, *lines[4:]]))
    said = problems(folder)
    assert any(f"{FEBRUARY}: byte 0: has 1 more lines than runs report" in each for each in said)
    mend(folder)
    assert any("has 1 more lines" in each for each in problems(folder))


def test_lost_runs_are_one_problem_and_told_again_by_the_lines(folder: Folder) -> None:
    (folder.path / "runs.jsonl").unlink()
    assert problems(folder) == ["runs.jsonl: byte 0: is not there; 140 lines name 30 runs"]
    done = mend(folder).done
    assert "runs.jsonl: told again of 30 runs by the lines that name them" in done
    assert problems(folder) == []
    runs = list(read_runs(folder.path))
    assert len(runs) == 31
    assert runs[0].begin == "2026-01-02T03:00:00Z"
    assert runs[0].wrote == {JANUARY: PER_RUN}
    drop(folder, (JANUARY, 5))
    assert "lacks 1 of the lines" in problems(folder)[0]


def test_lines_that_are_lost_with_the_runs_come_back_as_far_as_the_ledger_knows(
    whole: Path, tmp_path: Path
) -> None:
    shutil.copytree(whole, tmp_path / "lintas")
    folder = Folder(tmp_path / "lintas", Clock(dt.datetime(2026, 3, 30, tzinfo=dt.UTC)))
    before = content(folder)
    drop(folder, (FEBRUARY, PER_RUN), (MARCH, 5))
    (folder.path / "runs.jsonl").unlink()
    assert mend(folder).lost == 0
    assert content(folder) == before
    assert problems(folder) == []


def test_a_record_of_a_run_that_is_damaged_is_one_problem_and_taken_out(folder: Folder) -> None:
    path = folder.path / "runs.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    size = sum(map(len, lines[:12]))
    lines[12] = lines[12].replace(b'"command":', b'"command"?')
    path.write_bytes(b"".join(lines))
    (said,) = problems(folder)
    assert said.startswith(f"runs.jsonl: byte {size}: no run's record")
    done = mend(folder).done
    assert any(
        each.startswith('runs.jsonl: taken out, it is no run\'s record: {"id":') for each in done
    )
    assert problems(folder) == []
    assert len(list(read_runs(folder.path))) == 31


def test_a_killed_run_is_judged_by_the_next_one(folder: Folder) -> None:
    archive = folder.open()
    archive.record(
        [found(800, fetched_at=folder.clock.now), found(801, fetched_at=folder.clock.now)]
    )
    archive.close()  # without an end
    assert problems(folder) == []  # nobody knows yet
    folder.clock.move(hours=1)
    run(folder, found(802, fetched_at=folder.clock.now))
    assert problems(folder) == []
    drop(folder, (MARCH, 51))
    (said,) = problems(folder)
    assert f"{MARCH}: byte 0: lacks 1 of the lines that runs report (run {archive.run}: 1)" in said
    assert mend(folder).lost == 0
    assert problems(folder) == []


def test_runs_say_what_they_found_and_wrote(folder: Folder) -> None:
    run(folder, found(900))
    last = last_runs(folder.path, 1)[0]
    assert last.found is not None
    size = (folder.path / MARCH).stat().st_size
    assert (last.found.lines, last.found.file) == (140, MARCH)
    assert 0 < last.found.bytes < size
    assert last.wrote == {MARCH: 1}


def test_an_erasure_is_no_loss(folder: Folder) -> None:
    with folder.open(command="withhold") as archive:
        archive.erase("lintas:0", "permintaan keluarga")
        archive.finish(RunReport(exit_code=0))
    assert problems(folder) == []
    run(folder, found(900))
    assert problems(folder) == []
    runs = list(read_runs(folder.path))
    assert runs[-2].erased == {runs[0].id: 1, runs[10].id: 1}
    drop(folder, (JANUARY, 5))
    assert len(problems(folder)) == 1


def test_a_ledger_that_lags_is_no_damage(folder: Folder, tmp_path: Path) -> None:
    run(folder)  # there is a ledger then
    shutil.copy(folder.path / "state.sqlite", tmp_path / "earlier")
    run(folder, found(0, text="Disunting lagi."), found(901))
    shutil.copy(tmp_path / "earlier", folder.path / "state.sqlite")
    assert problems(folder) == []


def test_lines_of_rest_records_come_back_from_a_list_that_others_rest_on(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "lintas")
    listed = listing((1, "Satu", "Isi satu."), (2, "Dua", "Isi dua."), (3, "Tiga", "Isi tiga."))
    run(folder, rest(listed, 1), rest(listed, 2), rest(listed, 3))
    run(folder, Withhold("lintas:3", "diminta"))
    before = content(folder)
    drop(folder, (MARCH, 1))
    assert len(problems(folder)) == 1
    assert mend(folder).lost == 0
    assert problems(folder) == []
    assert content(folder) == before


HARMS: dict[str, Callable[[Folder], object]] = {
    "lines": lambda folder: drop(folder, (JANUARY, 1), (MARCH, 1)),
    "month": lambda folder: (folder.path / FEBRUARY).unlink(),
    "warc": without_captures,
    "runs": lambda folder: (folder.path / "runs.jsonl").unlink(),
}


@pytest.mark.parametrize("harm", HARMS)
def test_a_repair_that_is_repeated_changes_nothing(folder: Folder, harm: str) -> None:
    HARMS[harm](folder)
    mend(folder)
    before = content(folder), problems(folder)
    assert mend(folder).lost == 0
    assert (content(folder), problems(folder)) == before


def test_a_compressed_month_that_shrank_is_noticed_by_the_start(
    whole: Path, tmp_path: Path
) -> None:
    """The ledger knows its size: without reading it."""
    shutil.copytree(whole, tmp_path / "lintas")
    folder = Folder(tmp_path / "lintas", Clock(dt.datetime(2026, 3, 30, tzinfo=dt.UTC)))
    before = content(folder)
    run(folder)
    drop(folder, (JANUARY, 3), (JANUARY, 4))
    with folder.open() as archive:
        assert "2 lines that were lost are made again from their captures" in archive.repairs
        archive.finish(RunReport(exit_code=0))
    assert content(folder) == before


def test_a_line_made_again_is_not_the_newest_state(folder: Folder) -> None:
    """The first revision, behind the second: a look that finds the second finds nothing new."""
    drop(folder, (JANUARY, 0))
    mend(folder)
    (outcome,) = folder.run(found(0, text="Berita 0, disunting.", fetched_at=folder.clock.now))
    assert (outcome.kind, outcome.revision) == ("unchanged", 2)
