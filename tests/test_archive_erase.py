"""``withhold`` and ``--erase``: the article goes, everything else stays where it is."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

from crawler.archive import RunReport, Withhold, read, read_capture, read_runs
from crawler.errors import ArchiveError
from tests.archive_inside import problems, warc_records
from tests.archive_site import (
    Folder,
    address,
    exchange,
    found,
    listing,
    named,
    rest,
    rules_1,
    tell,
)

RULES = named(rules_1, "rules-1")
SECRET = "Nama yang diminta dihapus"


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "lintas")


def erase(folder: Folder, id_: str) -> str:
    with folder.open(command="withhold") as archive:
        tell(archive, Withhold(id_, "asked for"))
        erased = archive.erase(id_)
        archive.finish(RunReport(exit_code=0))
    return str(erased)


def everything(folder: Folder) -> bytes:
    """Every byte of the archive, decompressed where it is compressed."""
    content = b""
    for path in folder.path.rglob("*"):
        if path.is_file():
            raw = path.read_bytes()
            content += raw
            if path.suffix == ".gz":
                blocks = [record.block for record in warc_records(path)]
                content += b"".join(blocks)
                for block in blocks:
                    _, _, body = block.partition(b"\r\n\r\n")
                    if body.startswith(b"\x1f\x8b"):
                        content += gzip.decompress(body)
    return content


def test_withheld_article_is_read_by_nobody(folder: Folder) -> None:
    folder.run(found(1), found(2))
    (outcome,) = folder.run(Withhold("lintas:1", "permintaan keluarga"))
    assert outcome.kind == "withheld"
    assert [article.id for article in read(folder.path)] == ["lintas:2"]
    line = folder.lines()[-1]
    assert (line["schema"], line["id"], line["reason"]) == (
        "withheld/1",
        "lintas:1",
        "permintaan keluarga",
    )
    assert json.loads((folder.path / "archive.json").read_text())["withheld"] == ["lintas:1"]


def test_withheld_twice_is_one_line(folder: Folder) -> None:
    folder.run(found(1))
    folder.run(Withhold("lintas:1", "a"))
    (outcome,) = folder.run(Withhold("lintas:1", "b"))
    assert (outcome.kind, outcome.line) == ("withheld", None)
    assert len(folder.lines()) == 2


def test_withheld_article_is_not_archived_again(folder: Folder) -> None:
    folder.run(found(1))
    folder.run(Withhold("lintas:1", "a"))
    before = folder.warcs()[0].read_bytes()
    kinds = [o.kind for o in folder.run(found(1, text="Baru."), found(1, url=address(99)))]
    assert kinds == ["withheld", "withheld"]
    assert folder.warcs()[0].read_bytes() == before
    with folder.open() as archive:
        look = archive.ledger.look(address(1))
        assert look is not None
        assert (look.state, look.reason) == ("refused", "withheld")
        known = archive.ledger.known(address(1))
        assert known is not None
        assert known.state == "refused"


def test_article_that_is_not_there_cannot_be_withheld(folder: Folder) -> None:
    with folder.open() as archive:
        with pytest.raises(ArchiveError, match="lintas has no article lintas:1"):
            tell(archive, Withhold("lintas:1", "a"))
        with pytest.raises(ArchiveError, match="lintas:1 is not withheld"):
            archive.erase("lintas:1")
        assert tell(archive, found(2)).kind == "new"


def test_nothing_of_an_erased_article_is_left(folder: Folder) -> None:
    moved = exchange(
        "https://lintas.example/?p=2", b"", status=301, headers=(("Location", address(2)),)
    )
    folder.run(
        found(1),
        found(2, "Judul", f"{SECRET}.", hops=(moved,)),
        found(3),
        found(2, "Judul", f"{SECRET}, disunting."),
    )
    assert SECRET.encode() in everything(folder)
    before = {a.id: a for a in read(folder.path)}
    said = erase(folder, "lintas:2")
    assert SECRET.encode() not in everything(folder)
    name = folder.warcs()[0].name
    assert said == (f"erased lintas:2: 2 lines of articles-2026-03.jsonl, 6 records of warc/{name}")
    assert {a.id: a for a in read(folder.path)} == {n: before[n] for n in ("lintas:1", "lintas:3")}
    assert problems(folder.path, rules=RULES) == []
    *_, run = read_runs(folder.path)
    assert run.notes == (said,)
    checked = subprocess.run(
        [sys.executable, "-m", "warcio.cli", "check", *folder.warcs()], check=False
    )
    assert checked.returncode == 0


def test_archive_goes_on_after_an_erasure(folder: Folder) -> None:
    folder.run(found(1, text=SECRET), found(2), found(3))
    with folder.open() as archive:
        tell(archive, Withhold("lintas:1", "a"))
        archive.erase("lintas:1")
        kinds = [
            tell(archive, finding).kind
            for finding in (found(1), found(2, text="Disunting."), found(3), found(4))
        ]
    assert kinds == ["withheld", "changed", "unchanged", "new"]
    assert problems(folder.path, rules=RULES) == []
    (folder.path / "state.sqlite").unlink()
    assert [o.kind for o in folder.run(found(1), found(3))] == ["withheld", "unchanged"]
    assert problems(folder.path, rules=RULES) == []


def test_article_is_taken_out_of_the_list_that_others_need(folder: Folder) -> None:
    listed = listing((1, "Satu", "Isi."), (2, SECRET, f"{SECRET}."), (3, "Tiga", "Isi tiga."))
    folder.run(*(rest(listed, n) for n in (1, 2, 3)))
    before = list(read(folder.path))
    said = erase(folder, "lintas:2")
    name = folder.warcs()[0].name
    assert said == (
        f"erased lintas:2: 1 lines of articles-2026-03.jsonl, 1 REST lists, in part, of warc/{name}"
    )
    assert SECRET.encode() not in everything(folder)
    assert list(read(folder.path)) == [before[0], before[2]]
    stored = read_capture(folder.path, before[0].captures[0])
    assert [post["id"] for post in json.loads(stored.body)] == [1, 3]
    assert problems(folder.path, rules=RULES) == []
    assert erase(folder, "lintas:3").endswith(f"1 REST lists, in part, of warc/{name}")
    assert problems(folder.path, rules=RULES) == []
    assert erase(folder, "lintas:1").endswith(f"2 records of warc/{name}")
    assert problems(folder.path, rules=RULES) == []


def test_compressed_months_and_finished_files_are_written_again(folder: Folder) -> None:
    folder.run(found(1, text=SECRET), found(2))
    folder.clock.move(days=80)
    with folder.open() as archive:
        archive._recorder.batches.warcs.full = 1
        tell(archive, found(3))
        tell(archive, found(4))
        archive.finish(RunReport(exit_code=0))
    manifest = (folder.path / "manifest-sha256.txt").read_text()
    assert len(manifest.splitlines()) == 3
    erase(folder, "lintas:1")
    assert SECRET.encode() not in everything(folder)
    assert [article.id for article in read(folder.path)] == [f"lintas:{n}" for n in (2, 3, 4)]
    assert problems(folder.path, rules=RULES) == []
    assert (folder.path / "manifest-sha256.txt").read_text() != manifest
    checked = subprocess.run(
        ["sha256sum", "-c", "--quiet", "manifest-sha256.txt"], cwd=folder.path, check=False
    )
    assert checked.returncode == 0


def test_an_erasure_that_cannot_go_on_says_where_and_stops_no_run(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.run(found(1), found(2))

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("crawler.archive.archive.erase", killed)
        with pytest.raises(KeyboardInterrupt):
            erase(folder, "lintas:1")
    month = folder.path / "articles-2026-03.jsonl"
    begin = month.stat().st_size
    with month.open("ab") as file:
        file.write(b"no line\n")
    with folder.open() as archive:
        said = f"lintas:1 could not be erased: {month.name}: byte {begin}: not a line of JSON"
        assert said in archive.repairs
        assert tell(archive, found(3)).kind == "new"


def test_erasing_again_finds_nothing(folder: Folder) -> None:
    folder.run(found(1, text=SECRET))
    erase(folder, "lintas:1")
    assert erase(folder, "lintas:1") == "erased lintas:1: nothing was left"


def test_files_keep_their_modes(folder: Folder) -> None:
    """Whoever reads the archive as another user, or may not, is not asked anew."""
    folder.run(found(1), rest(listing((2, "Judul", "Isi."), (3, "Lain", "Isi.")), 2))
    folder.clock.move(days=80)
    folder.run(found(4), found(1, text="Disunting."))
    with folder.open() as archive:
        archive.finish(RunReport(exit_code=0))
    files = [path for path in folder.path.rglob("*") if path.is_file() and path.name != ".lock"]
    assert "articles-2026-03.jsonl.zst" in {path.name for path in files}
    for path in files:
        path.chmod(0o640)
    erase(folder, "lintas:1")
    erase(folder, "lintas:2")
    modes = {path.name: oct(path.stat().st_mode & 0o777) for path in files}
    assert modes == dict.fromkeys(modes, "0o640")
