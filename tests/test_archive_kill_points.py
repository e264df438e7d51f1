"""A run killed before each of the calls by which it changes files, one after another."""

from __future__ import annotations

import datetime as dt
import errno
import gzip
import json
import os
import resource
import shutil
import signal
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import attrs
import pytest

from crawler.archive import Found, Missing, Reread, RunReport, read, read_capture, read_runs
from crawler.archive.files import month_files
from crawler.archive.tables import LEDGER as NAME
from crawler.archive.verify import repair, verify
from crawler.archive.warc import response
from crawler.archive.warc_reading import records
from crawler.errors import ArchiveError
from crawler.items import Origin
from crawler.timestamps import stamp
from crawler.workers import changes
from tests.archive_site import (
    BEGIN,
    LINTAS,
    Folder,
    address,
    found,
    listing,
    named,
    rest,
    rules_1,
    rules_2,
    tell,
)
from tests.forked import LONGEST, forks
from tests.test_archive_losses import drop

CALLS = ("write", "pwrite", "fsync", "ftruncate", "replace", "rename", "unlink", "mkdir")


@pytest.fixture
def memory_path() -> Iterator[Path]:
    """A folder in memory, where there is one: a kill does not ask whether a disk is behind."""
    shared = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=shared if shared.is_dir() else None) as folder:
        yield Path(folder)


def first(folder: Folder) -> None:
    folder.run(found(1), found(2), found(3), rest(listing((4, "Judul", "Isi.")), 4))


def sighting(folder: Folder) -> None:
    folder.clock.now = BEGIN + dt.timedelta(hours=1)
    folder.run(Missing(address(2), 404))


def everything(folder: Folder) -> None:
    """An edit, a page for a REST record, a deletion, a WARC file full, a month compressed."""
    folder.clock.now = BEGIN + dt.timedelta(days=80)
    with folder.open() as archive:
        archive._recorder.batches.warcs.full = 2_000
        for finding in (
            found(1, text="disunting"),
            Missing(address(2), 404),
            found(4, "Judul", "Isi."),
            found(5),
        ):
            tell(archive, finding)
        archive.finish(RunReport(exit_code=0))


def once_more(folder: Folder) -> None:
    """What is sighted once where the ledger, and with it the first sighting, was lost."""
    folder.clock.now = BEGIN + dt.timedelta(days=81)
    folder.run(Missing(address(2), 404))


Phase: TypeAlias = Callable[[Folder], None]
STORY: Sequence[Phase] = (first, sighting, everything, once_more)


def in_child(path: Path, kill_before: int, story: Sequence[Phase] = STORY) -> int:
    """Let the story happen in a process killed before that call; return the phase of its end."""
    process = forks().Process(target=happen, args=(path, kill_before, story))
    process.start()
    process.join(LONGEST)
    assert process.exitcode in (0, -signal.SIGKILL)
    return int(path.with_name("phase").read_text())


def happen(path: Path, kill_before: int, story: Sequence[Phase]) -> None:
    made = 0

    def counted(call: Any) -> Any:
        def replacement(*arguments: Any, **more: Any) -> Any:
            nonlocal made
            made += 1
            if made == kill_before:
                os.kill(os.getpid(), signal.SIGKILL)
            return call(*arguments, **more)

        return replacement

    for name in CALLS:
        setattr(os, name, counted(getattr(os, name)))
    folder, at = Folder(path), path.with_name("phase")
    for number, phase in enumerate(story):
        at.write_text(str(number))
        phase(folder)
    at.write_text(str(len(story)))


@pytest.mark.parametrize("lose_ledger", [False, True], ids=["ledger kept", "ledger lost"])
def test_kill_before_any_call(memory_path: Path, lose_ledger: bool) -> None:
    point, phase = 0, 0
    while phase < len(STORY):
        point += 1
        folder = Folder(memory_path / str(point) / "lintas")
        folder.path.parent.mkdir()
        phase = in_child(folder.path, point)
        if lose_ledger:
            (folder.path / NAME).unlink(missing_ok=True)
        for again in STORY[phase:]:
            again(folder)
        assert every_line(folder) == {
            ("article/1", "lintas:1", 1, "page"): 1,
            ("article/1", "lintas:2", 1, "page"): 1,
            ("article/1", "lintas:3", 1, "page"): 1,
            ("article/1", "lintas:4", 1, "rest"): 1,
            ("article/1", "lintas:1", 2, "page"): 1,
            ("gone/1", "lintas:2", 2, None): 1,
            ("article/1", "lintas:4", 1, "page"): 1,
            ("article/1", "lintas:5", 1, "page"): 1,
        }, point
        assert len([read_capture(folder.path, a.captures[0]) for a in read(folder.path)]) == 4
        for path in folder.warcs():
            with path.open("rb") as file:
                assert next(records(file)).kind == "warcinfo"
                assert all(record.length for record in records(file))
    assert point > 80


SECRET = b"Nama yang diminta dihapus"


def shared(folder: Folder) -> None:
    """Two months, one compressed; a REST list that two articles rest on, an edit."""
    text = SECRET.decode()
    folder.run(rest(listing((1, "Judul", text), (2, "Lain", "Isi.")), 1), found(3))
    folder.run(rest(listing((1, "Judul", text), (2, "Lain", "Baru.")), 2))
    folder.clock.move(days=80)
    with folder.open() as archive:
        tell(archive, found(1, "Judul", f"{text}, disunting."))
        tell(archive, found(4))
        archive.finish(RunReport(exit_code=0))


def erasure(folder: Folder) -> None:
    folder.clock.now = BEGIN + dt.timedelta(days=81)
    with folder.open(command="withhold") as archive:
        archive.erase("lintas:1", "permintaan keluarga")
        archive.finish(RunReport(exit_code=0))


@pytest.mark.parametrize("lose_ledger", [False, True], ids=["ledger kept", "ledger lost"])
def test_an_erasure_killed_before_any_call_is_finished_by_the_next_start(
    memory_path: Path, lose_ledger: bool
) -> None:
    prepared = Folder(memory_path / "prepared")
    shared(prepared)
    point, phase, unfinished = 0, 0, 0
    while phase < 1:
        point += 1
        folder = Folder(memory_path / str(point) / "lintas")
        shutil.copytree(prepared.path, folder.path)
        phase = in_child(folder.path, point, [erasure])
        if lose_ledger:
            (folder.path / NAME).unlink(missing_ok=True)
        intended = (folder.path / "erasing.json").exists()
        unfinished += intended
        folder.clock.now = BEGIN + dt.timedelta(days=82)
        with folder.open() as archive:
            archive.finish(RunReport(exit_code=0))
        assert list(verify(folder.path, LINTAS, named(rules_1))) == [], point
        recorded = [run.erased for run in read_runs(folder.path) if run.erased]
        hidden = [each.id for each in read(folder.path, latest=False)]
        if recorded:
            assert SECRET not in every_byte(folder), point
            assert set(hidden) == {"lintas:2", "lintas:3", "lintas:4"}, point
        else:
            assert (hidden.count("lintas:1"), intended) == (2, False), point
    assert unfinished > 20
    assert intended is False


def lossy(folder: Folder) -> None:
    """Three lines are lost, one of a month that is compressed; and a run's record is damaged."""
    for day, findings in ((0, (1, 2)), (80, (3, 4)), (81, (5,))):
        folder.clock.now = BEGIN + dt.timedelta(days=day)
        with folder.open() as archive:
            archive.record([found(each, fetched_at=folder.clock.now) for each in findings])
            archive.finish(RunReport(exit_code=0))
    drop(folder, ("articles-2026-03.jsonl", 0), *(("articles-2026-05.jsonl", n) for n in (0, 1)))
    with (folder.path / "runs.jsonl").open("ab") as file:
        file.write(b"{}\n")


def mending(folder: Folder) -> None:
    folder.clock.now = BEGIN + dt.timedelta(days=82)
    rules = named(rules_1)
    repair(folder.path, LINTAS, rules, verify(folder.path, LINTAS, rules), clock=folder.clock)


def test_a_repair_killed_before_any_call_can_be_done_again(memory_path: Path) -> None:
    prepared = Folder(memory_path / "prepared")
    lossy(prepared)
    point, phase = 0, 0
    while phase < 1:
        point += 1
        folder = Folder(memory_path / str(point) / "lintas")
        shutil.copytree(prepared.path, folder.path)
        phase = in_child(folder.path, point, [mending])
        folder.clock.now = BEGIN + dt.timedelta(days=83)
        with folder.open() as archive:  # which does of it what it can
            assert archive.finish(RunReport(exit_code=0)).exit_code == 0, point
        mending(folder)
        assert list(verify(folder.path, LINTAS, named(rules_1))) == [], point
        wanted = {("article/1", f"lintas:{post}", 1, "page"): 1 for post in range(1, 6)}
        assert every_line(folder) == wanted, point
        assert not any(run.lost for run in read_runs(folder.path)), point
    assert point > 30


def begun(folder: Folder) -> None:
    folder.run(found(1, text="Satu. (red)"), found(2, text="Dua. (red)"), found(3))


def taken_in(folder: Folder) -> None:
    """As ``scrapy ingest`` does: an edit, what is there already, what is new; a month is over."""
    folder.clock.now = BEGIN + dt.timedelta(days=80)
    with folder.open(command="ingest") as archive:
        archive.record([copied(2, "Dua. (red)"), copied(1, "Ralat. (red)"), copied(4, "Empat.")])
        archive.record([copied(5, "Lima. (red)")])
        archive.finish(RunReport(exit_code=0))


def copied(post: int, text: str) -> Found:
    """An article of a capture of somebody else's, ten days after the first."""
    at = BEGIN + dt.timedelta(days=10)
    finding = found(post, text=text, fetched_at=at)
    [capture] = finding.captures
    origin = Origin(name="kiriman.warc.gz", digest=f"sha256:{0:064}")
    copy = attrs.evolve(capture, exchanges=(), copied=response(capture.exchanges[0]), origin=origin)
    return attrs.evolve(finding, captures=(copy,), lastmod=stamp(at), as_of=stamp(at))


def read_again(folder: Folder) -> None:
    """As ``scrapy reextract`` does."""
    folder.clock.now = BEGIN + dt.timedelta(days=81)
    lines = list(read(folder.path))
    with folder.open(rules_2, command="reextract") as archive:
        for change in changes(folder.path, LINTAS, named(rules_2), lines):
            assert change.after is not None
            archive.record([Reread(change.after)])
        archive.finish(RunReport(exit_code=0))


OTHERS: Sequence[Phase] = (taken_in, read_again)


def whole_after_others(folder: Folder) -> bool:
    """Whether there is what ingest and reextract write, once, and nothing wrong with it."""
    wanted = {("article/1", f"lintas:{post}", 1, "page"): 1 for post in range(1, 6)}
    wanted |= {("article/1", f"lintas:{post}", 1, "page"): 2 for post in (2, 5)}
    wanted |= {("article/1", "lintas:1", 2, "page"): 2}
    return every_line(folder) == wanted and not list(verify(folder.path, LINTAS, named(rules_2)))


def test_ingest_and_reextract_killed_before_any_call_can_be_done_again(memory_path: Path) -> None:
    prepared = Folder(memory_path / "prepared")
    begun(prepared)
    point, phase = 0, 0
    while phase < len(OTHERS):
        point += 1
        folder = Folder(memory_path / str(point) / "lintas")
        shutil.copytree(prepared.path, folder.path)
        phase = in_child(folder.path, point, OTHERS)
        for again in OTHERS[phase:]:
            again(folder)
        assert whole_after_others(folder), point
    assert point > 50


def test_ingest_and_reextract_on_a_full_disk_can_be_done_again(
    memory_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared = Folder(memory_path / "prepared")
    begun(prepared)
    room, refused = 0, 1
    while refused:
        folder = Folder(memory_path / str(room) / "lintas")
        shutil.copytree(prepared.path, folder.path)
        refused = 0
        for phase in OTHERS:
            with monkeypatch.context() as full:
                fill(full, room)
                try:
                    phase(folder)
                except ArchiveError:
                    refused += 1
            phase(folder)
        assert whole_after_others(folder), room
        room += 1024
    assert room > 8 * 1024


def fill(disk: pytest.MonkeyPatch, room: int) -> None:
    """Let files of lines, records and runs grow by *room* bytes, and no more."""
    write = os.write

    def refusing(fd: int, content: bytes) -> int:
        nonlocal room
        part = bytes(content)[:room]
        if not part:
            raise OSError(errno.ENOSPC, "No space left on device")
        room -= len(part)
        return write(fd, part)

    disk.setattr(os, "write", refusing)


def every_byte(folder: Folder) -> bytes:
    """What lines and records say, decompressed."""
    content = b"".join(line.content for file in month_files(folder.path) for line in file.lines())
    for path in folder.warcs():
        with path.open("rb") as file:
            for record in records(file):
                _, _, body = record.block.partition(b"\r\n\r\n")
                packed = body.startswith(b"\x1f\x8b")
                content += record.block + (gzip.decompress(body) if packed else b"")
    return content


def every_line(folder: Folder) -> Counter[tuple[Any, ...]]:
    """The key of every line, and how often it is there."""
    lines: Counter[tuple[Any, ...]] = Counter()
    for file in month_files(folder.path):
        for raw in file.lines():
            line = json.loads(raw.content)
            lines[line["schema"], line["id"], line["revision"], line.get("source")] += 1
    return lines


REFUSED = 3


def limited(path: Path, size: int, phase: Phase) -> None:
    """Let *phase* happen where no file grows beyond *size* bytes: lines, records, ledger and all.

    What is refused is what commands end with 1 for; verify may lack room for its own ledger.
    """
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    try:
        phase(Folder(path))
    except (ArchiveError, OSError, sqlite3.OperationalError):
        raise SystemExit(REFUSED) from None


@pytest.mark.parametrize(
    ("before", "phase", "rules"),
    [
        (shared, erasure, rules_1),
        (lossy, mending, rules_1),
        (begun, taken_in, rules_1),
        (begun, read_again, rules_2),
    ],
    ids=["withhold --erase", "verify --repair", "ingest, and a month compressed", "reextract"],
)
def test_what_a_small_disk_refused_can_be_done_again(
    memory_path: Path, before: Phase, phase: Phase, rules: Any
) -> None:
    prepared = Folder(memory_path / "prepared")
    before(prepared)
    size, refused = 0, 0
    code: int | None = REFUSED
    while code == REFUSED:
        folder = Folder(memory_path / str(size) / "lintas")
        shutil.copytree(prepared.path, folder.path)
        process = forks().Process(target=limited, args=(folder.path, size, phase))
        process.start()
        process.join(LONGEST)
        code = process.exitcode
        assert code in (0, REFUSED), size
        refused += code == REFUSED
        folder.clock.now = BEGIN + dt.timedelta(days=82)
        with folder.open() as archive:  # which finishes or undoes what was begun on several files
            archive.finish(RunReport(exit_code=0))
        phase(folder)
        assert list(verify(folder.path, LINTAS, named(rules))) == [], size
        shutil.rmtree(folder.path)
        size += 4096
    assert refused > 10
