"""What an archive says of itself and of its runs."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import attrs
import pytest

from crawler.archive import (
    Failed,
    Missing,
    Refused,
    RunRecord,
    RunReport,
    Seen,
    last_runs,
    read_runs,
)
from crawler.discovery import Link
from crawler.errors import ArchiveDamaged, ArchiveError, InvalidRecord, WrongArchive
from crawler.newsrooms import newsroom_at
from tests.archive_inside import problems
from tests.archive_site import LINTAS, Folder, address, found, listing, rest, tell


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "lintas")


def finish(folder: Folder, *findings: object, **report: object) -> RunRecord:
    with folder.open(arguments={"limit": 5}) as archive:
        for finding in findings:
            tell(archive, finding)
        return archive.finish(RunReport(**{"exit_code": 0, **report}))  # type: ignore[arg-type]


def test_run_is_one_line_that_counts_what_it_did(folder: Folder) -> None:
    listed = listing((4, "Judul", "Isi."))
    finish(folder, found(1), found(2), found(3), rest(listed, 4))
    folder.clock.move(minutes=15)
    record = finish(
        folder,
        found(1, text="Disunting."),
        found(2),
        Seen(address(3)),
        found(4, "Judul", "Isi."),
        Missing(address(3), 404),
        Refused("https://lintas.example/tentang", "static_page"),
        Failed(address(9), "timeout"),
        requests=12,
        bytes=3456,
        doors={"sitemap": 7},
        coverage={"writer": 0.5},
        exit_code=4,
        notes=("one page could not be fetched",),
    )
    values = json.loads((folder.path / "runs.jsonl").read_bytes().splitlines()[1])
    assert list(values) == [
        "id", "command", "begin", "end", "arguments", "requests", "bytes", "new", "changed",
        "superseded", "reread", "gone", "unchanged", "missing", "refused", "failed", "withheld",
        "wrote", "found", "erased", "made", "lost", "short", "doors",
        "smallest_gap", "robots", "crawl_delay", "coverage", "notes", "exit_code",
    ]  # fmt: skip
    assert values["id"] == record.id
    assert (values["begin"], values["end"]) == ("2026-03-10T02:15:00Z", "2026-03-10T02:15:00Z")
    assert (values["arguments"], values["command"]) == ({"limit": 5}, "crawl")
    assert (values["requests"], values["bytes"], values["doors"]) == (12, 3456, {"sitemap": 7})
    counts = {name: values[name] for name in list(values)[7:17]}
    assert counts == {
        "new": 0, "changed": 1, "superseded": 1, "reread": 0, "gone": 0, "unchanged": 2,
        "missing": 1, "refused": 1, "failed": 1, "withheld": 0,
    }  # fmt: skip
    assert values["notes"] == ["one page could not be fetched"]
    assert values["exit_code"] == 4
    assert list(read_runs(folder.path))[1] == record


def test_record_waits_for_what_was_submitted(folder: Folder) -> None:
    assert finish(folder, *(found(n) for n in range(150))).new == 150


def test_line_names_its_run(folder: Folder) -> None:
    record = finish(folder, found(1))
    assert folder.lines()[0]["run"] == record.id


def test_repairs_are_notes(folder: Folder) -> None:
    finish(folder, found(1))
    (folder.path / "state.sqlite").unlink()
    assert finish(folder).notes == ("state.sqlite was missing: rebuilt from 1 lines in 1 files",)


def test_room_is_kept_for_the_record_and_given_back(folder: Folder) -> None:
    path = folder.path / "runs.jsonl"
    with folder.open() as archive:
        assert path.stat().st_size == 4096
        archive.finish(RunReport(exit_code=0))
    assert path.stat().st_size < 600
    with folder.open():
        pass  # killed, or forgotten
    first, second = read_runs(folder.path)
    assert (first.exit_code, second.exit_code, second.end) == (0, None, None)


def test_long_record_grows_and_is_shortened_only_where_it_must(folder: Folder) -> None:
    notes = tuple(f"{n}: {'x' * 1000}" for n in range(9))
    assert finish(folder, notes=notes).notes == notes
    assert [each.notes for each in read_runs(folder.path)] == [notes]


def test_torn_record_is_passed_over_and_cut(folder: Folder) -> None:
    finish(folder)
    with (folder.path / "runs.jsonl").open("ab") as file:
        file.write(b'{"id":"half')
    assert len(list(read_runs(folder.path))) == 1
    with folder.open() as archive:
        assert archive.repairs == ("runs.jsonl: cut 11 bytes of a torn line",)
    assert len(list(read_runs(folder.path))) == 2


def test_a_line_that_is_no_record_is_read_past_and_named(folder: Folder) -> None:
    before = finish(folder, found(1))
    path = folder.path / "runs.jsonl"
    size = path.stat().st_size
    with path.open("ab") as file:
        file.write(b'[]\n{"id":3}\n\xff\n')
    after = finish(folder, found(2))
    assert list(read_runs(folder.path)) == [before, after]
    assert last_runs(folder.path, 2) == [before, after]
    said = [each.split(": ")[:2] for each in problems(folder.path)]
    assert said == [["runs.jsonl", f"byte {size + more}"] for more in (0, 3, 12)]


def test_last_runs_are_read_from_the_end(folder: Folder) -> None:
    assert last_runs(folder.path, 3) == []
    records = [finish(folder) for _ in range(5)]
    assert last_runs(folder.path, 3) == records[2:]
    assert last_runs(folder.path, 9) == records


def test_no_runs_yet(tmp_path: Path) -> None:
    assert list(read_runs(tmp_path)) == []


# archive.json


def test_archive_says_what_it_is(folder: Folder) -> None:
    folder.run()
    assert json.loads((folder.path / "archive.json").read_text()) == {
        "schema": 1,
        "name": "lintas",
        "site": "https://lintas.example",
        "zone": "Asia/Makassar",
        "outlets": [],
        "theme": "auto",
        "language": "id",
        "created": "2026-03-10T02:00:00Z",
        "withheld": [],
    }


def test_what_is_known_better_is_said_and_the_rest_kept(folder: Folder) -> None:
    folder.run()
    folder.clock.move(days=1)
    folder.open(newsroom=attrs.evolve(LINTAS, outlets=("LINTAS",), theme="wpberita")).close()
    values = json.loads((folder.path / "archive.json").read_text())
    assert (values["outlets"], values["theme"]) == (["LINTAS"], "wpberita")
    assert values["created"] == "2026-03-10T02:00:00Z"


@pytest.mark.parametrize("site", ["https://www.lintas.example", "http://lintas.example/"])
def test_same_host_in_another_form_is_the_same_archive(folder: Folder, site: str) -> None:
    folder.run(found(1))
    folder.open(newsroom=newsroom_at(site, "lintas")).close()
    assert (
        json.loads((folder.path / "archive.json").read_text())["site"] == "https://lintas.example"
    )


@pytest.mark.parametrize("site", ["https://lain.example", "https://lintas.example:8443"])
def test_another_host_is_refused_and_nothing_touched(folder: Folder, site: str) -> None:
    folder.run(found(1))
    before = {p: p.read_bytes() for p in folder.path.rglob("*") if p.is_file()}
    with pytest.raises(WrongArchive, match=f"archives https://lintas.example, not {site}"):
        folder.open(newsroom=newsroom_at(site, "lintas"))
    assert {p: p.read_bytes() for p in folder.path.rglob("*") if p.is_file()} == before


def test_archive_of_a_newer_program_is_refused(folder: Folder) -> None:
    folder.run(found(1))
    path = folder.path / "archive.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "schema": 2}))
    with pytest.raises(WrongArchive, match="newer version of this program"):
        folder.open()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"schema": "x"}', '{"schema": 1}'])
def test_archive_json_that_cannot_be_read_is_damage(folder: Folder, content: str) -> None:
    folder.run(found(1))
    (folder.path / "archive.json").write_text(content)
    with pytest.raises(ArchiveDamaged, match=r"archive\.json: byte 0: not the JSON it was"):
        folder.open()


# closing


def test_closing_commits_what_waits_and_refuses_what_comes(folder: Folder) -> None:
    archive = folder.open()
    outcomes = archive.record([found(n) for n in range(120)])
    archive.close()
    archive.close()
    assert [outcome.kind for outcome in outcomes] == ["new"] * 120
    with pytest.raises(ArchiveError, match="closed"):
        archive.record([found(999)])
    with closing(sqlite3.connect(folder.path / "state.sqlite")) as connection:
        assert connection.execute("SELECT count(*) FROM articles").fetchone() == (120,)


def test_no_handles_are_left(folder: Folder) -> None:
    folder.run(found(1))
    handles = Path("/proc/self/fd")
    before = len(list(handles.iterdir()))
    for number in range(5):
        folder.run(found(number))
    assert len(list(handles.iterdir())) == before


def test_address_that_is_no_text_is_refused(folder: Folder) -> None:
    with folder.open() as archive:
        with pytest.raises(InvalidRecord, match="url needs text as UTF-8"):
            tell(archive, Failed("https://lintas.example/\ud800", "timeout"))
        archive.listed([Link(url="https://lintas.example/\ud800", door="feed")])
        assert tell(archive, found(1)).kind == "new"
        assert archive.ledger.count() == 1
