"""``verify``: every kind of damage is found and placed; ``repair``: only what is safe."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from multiprocessing.connection import Connection
from pathlib import Path

import attrs
import pytest

from crawler.archive import Missing, Rules, RunReport, Withhold, read
from crawler.decoding import zstd
from crawler.items import Article, Capture
from crawler.newsrooms import Newsroom
from tests.archive_inside import RULES, checked, locked, mend
from tests.archive_site import (
    Folder,
    address,
    capture,
    exchange,
    found,
    listing,
    named,
    rest,
    rules_1,
    rules_2,
)
from tests.forked import LONGEST, forks

LINES = "articles-2026-05.jsonl"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive with a bit of everything, a month of it compressed."""
    folder = Folder(tmp_path_factory.mktemp("whole") / "lintas")
    folder.run(found(1), found(2), rest(listing((4, "Judul", "Isi."), (5, "Lain", "Isi.")), 4))
    folder.clock.move(days=80)
    folder.run(found(1, text="Disunting."), found(3), found(4, "Judul", "Isi."))
    gone = capture(exchange(address(2), b"Tidak ada", status=404))
    for _ in range(2):
        folder.run(Missing(address(2), 404, [gone]))
    folder.run(found(6), found(7))
    folder.run(Withhold("lintas:6", "asked for"))
    with folder.open() as archive:
        archive.finish(RunReport(exit_code=0))
    return folder.path


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Folder:
    shutil.copytree(whole, tmp_path / "lintas")
    folder = Folder(tmp_path / "lintas")
    folder.clock.move(days=80)
    return folder


def problems(folder: Folder, rules: Rules = RULES) -> list[str]:
    return checked(folder.path, rules=rules).problems


def change(folder: Folder, before: bytes, after: bytes, *, again: bool = False) -> int:
    """Replace a part of the lines of May, where it is first; return the offset of its line."""
    path = folder.path / LINES
    content = path.read_bytes()
    place = content.rfind(before) if again else content.find(before)
    assert place >= 0
    path.write_bytes(content[:place] + after + content[place + len(before) :])
    return content.rfind(b"\n", 0, place) + 1


def test_whole_archive_has_no_problem(folder: Folder) -> None:
    whole = checked(folder.path)
    tally = whole.tally
    assert whole.problems == []
    assert (tally.lines, tally.compared, tally.others) == (10, 8, 0)
    assert tally.captures == 10  # of the article that is gone both answers
    assert tally.records == 21


def test_lines_of_other_rules_are_counted_not_compared(folder: Folder) -> None:
    later = checked(folder.path, rules=named(rules_2, "rules-2"))
    assert later.problems == []
    assert (later.tally.compared, later.tally.others) == (0, 8)


def test_rules_that_changed_without_a_new_name_are_found(folder: Folder) -> None:
    def changed(captures: Sequence[Capture], newsroom: Newsroom, post_id: int | None) -> Article:
        return attrs.evolve(rules_1(captures, newsroom, post_id), language="su", word_count=1)

    said = problems(folder, named(changed, "rules-1"))
    assert said[0].endswith("lintas:1: its captures give another word_count, language")
    assert len(said) == 8


def test_rules_that_fail_are_a_problem_of_the_line(folder: Folder) -> None:
    def failing(*_: object) -> Article:
        raise ZeroDivisionError("a mistake of ours")

    said = problems(folder, named(failing, "rules-1"))
    assert said[0].endswith("lintas:1: its captures cannot be read: a mistake of ours")


def test_flipped_letter_of_the_text_is_found(folder: Folder) -> None:
    offset = change(folder, b"Disunting.", b"Disuntjng.")
    said = problems(folder)
    assert said == [f"{LINES}: byte {offset}: lintas:1: its captures give another body"]


def test_flipped_letter_is_found_where_nothing_is_compared(folder: Folder) -> None:
    change(folder, b"Disunting.", b"Disuntjng.")
    later = named(rules_2, "rules-2")
    (said,) = problems(folder, later)
    size = (folder.path / LINES).stat().st_size
    assert said == f"{LINES}: byte 0: its first {size} bytes are not what was written"


@pytest.mark.parametrize(
    ("before", "after", "wanted"),
    [
        (b'"revision":2', b'"revision":3', "lintas:1: revision 3 after revision 1"),
        (b'"revision":2', b'"revision":0', "revision needs a number from 1, got 0"),
        (b'"id":"lintas:3"', b'"id":"lintas:1"', "lintas:1: revision 1 after revision 2"),
        (b'"site":"lintas"', b'"site":"lintos"', "lintas:1: site is lintos, want lintas"),
        (b'"subtitle":null', b'"subtitlo":null', "lintas:1: has no subtitle"),
        (b'"word_count":1,"language":"id"', b'"language":"id","word_count":1', "not in their order"),
        (b'"word_count":1,', b'"word_count": 1,', "is not written as this program writes it"),
        (b'"title":"', b'"title":', "line needs JSON"),
        (b'"written_at":"2026-05', b'"written_at":"2026-06', "in the file of another month"),
        (b'"written_at":"2026-05-29T02', b'"written_at":"2026-05-29T03', "before the line before"),
        (b'"run":"2026', b'"run":"3026', "is not in runs.jsonl"),
        (b'"offset":', b'"offset":1', "the file ends here, where a record should be"),
        (b'"length":', b'"length":1', " bytes, want 1"),
        (b'"record_id":"urn:uuid:', b'"record_id":"urn:xuid:', "the line that names it <urn:xuid:"),
        (b'"digest":"sha256:', b'"digest":"sha257:', "payload is not sha257:"),
        (b'"fetched_at":"2026-03-10T02:00:00Z"', b'"fetched_at":"2026-03-10T02:00:09Z"', "warc-date"),
        (b'"warc":"warc/lintas', b'"warc":"warc/lontas', "byte 0: is not there; lines name 1 captures in it"),
        (b'"schema":"gone/1","id":"lintas:2","revision":2', b'"schema":"gone/1","id":"lintas:2","revision":1', "gone as revision 1, after revision 1"),
        (b'"schema":"withheld/1"', b'"schema":"withheld/2"', "schema needs one of"),
    ],
)  # fmt: skip
def test_every_kind_of_wrong_line_is_found(
    folder: Folder, before: bytes, after: bytes, wanted: str
) -> None:
    change(folder, before, after)
    said = problems(folder)
    assert [each for each in said if wanted in each], said


def test_line_that_is_there_twice_is_found(folder: Folder) -> None:
    path = folder.path / LINES
    content = path.read_bytes()
    second = content.index(b"\n") + 1
    path.write_bytes(content[:second] + content)
    assert any(
        "a second line of revision 2 that says the same" in each for each in problems(folder)
    )


def test_line_that_is_lost_is_found(folder: Folder) -> None:
    path = folder.path / LINES
    content = path.read_bytes()
    path.write_bytes(content[content.index(b"\n") + 1 :])
    said = problems(folder)
    run = json.loads(content.splitlines()[0])["run"]
    assert said == [
        f"{LINES}: byte 0: lacks 1 of the lines that runs report (run {run}: 1); of lintas:1"
    ]


@pytest.mark.parametrize("bit", [0x01, 0x10, 0x80])
def test_flipped_bits_of_any_file_are_found(folder: Folder, bit: int) -> None:
    for path in sorted(folder.path.rglob("*")):
        if path.is_dir() or path.name in (".lock", "state.sqlite"):
            continue
        content = path.read_bytes()
        for place in range(7, len(content), max(len(content) // 23, 1)):
            flipped = bytearray(content)
            flipped[place] ^= bit
            path.write_bytes(flipped)
            if path.name in ("archive.json", "runs.jsonl", "manifest-sha256.txt"):
                continue  # words and counts that nothing else says
            assert problems(folder), (path.name, place)
        path.write_bytes(content)
    assert problems(folder) == []


def test_torn_tails_and_leftovers_are_found(folder: Folder) -> None:
    with (folder.path / LINES).open("ab") as file:
        size = file.tell()
        file.write(b'{"schema"')
    with (folder.path / "runs.jsonl").open("ab") as file:
        file.write(b'{"id"')
    (warc,) = folder.warcs()
    with warc.open("ab") as file:
        end = file.tell()
        file.write(b"\x1f\x8b\x08half a record")
    (folder.path / "articles-2026-03.jsonl.zst.tmp").touch()
    said = problems(folder)
    assert f"{LINES}: byte {size}: a torn line; the next run cuts it" in said
    assert [each for each in said if each.startswith("runs.jsonl") and "a torn line" in each]
    assert [each for each in said if each.startswith(f"warc/{warc.name}: byte {end}: no WARC")]
    assert [
        each for each in said if each.startswith("articles-2026-03.jsonl.zst.tmp: byte 0: left")
    ]
    assert len(said) == 4


def test_damaged_record_is_named_and_the_rest_still_checked(folder: Folder) -> None:
    (warc,) = folder.warcs()
    article = next(read(folder.path))
    reference = article.captures[0]
    content = bytearray(warc.read_bytes())
    content[reference.offset + 60] ^= 0x04
    content[-6] ^= 0x04  # in the checksum of the last record: a bit before it may be padding
    warc.write_bytes(content)
    said = problems(folder)
    assert [each for each in said if f"byte {reference.offset}: no WARC record can be read" in each]
    assert [each for each in said if "up to its end" in each]


def test_a_month_that_cannot_be_opened_is_named_and_the_rest_still_checked(folder: Folder) -> None:
    (folder.path / "articles-2026-02.jsonl").mkdir()
    said = problems(folder)
    assert any(each.startswith("articles-2026-02.jsonl: byte 0: cannot be read") for each in said)
    assert not any("articles-2026-03.jsonl: " in each for each in said)


def test_manifest_is_checked(folder: Folder) -> None:
    path = folder.path / "manifest-sha256.txt"
    path.write_text(path.read_text() + "0" * 64 + "  warc/none.warc.gz\n")
    assert problems(folder) == [
        "warc/none.warc.gz: byte 0: is in the manifest but not there",
    ]
    path.write_text("no digest\n")
    assert problems(folder) == ["manifest-sha256.txt: byte 0: no digest and file name"]


def test_ledger_is_checked_against_the_lines(folder: Folder) -> None:
    with closing(sqlite3.connect(folder.path / "state.sqlite")) as connection:
        connection.execute("UPDATE articles SET revision = 9 WHERE id = 'lintas:1'")
        connection.execute("DELETE FROM articles WHERE id = 'lintas:3'")
        connection.execute("INSERT INTO articles SELECT 'lintas:99', url, revision, state, line_url, post_id,"
            " source, extractor, content_hash, page_hash, theme, captures, written, day, filled, checksum"
            " FROM articles"
            " WHERE id = 'lintas:7'")  # fmt: skip
        connection.execute("DELETE FROM addresses WHERE article = 'lintas:4'")
        connection.commit()
    assert problems(folder) == [
        "state.sqlite: byte 0: does not say of lintas:1 what its lines say",
        "state.sqlite: byte 0: does not say of lintas:3 what its lines say",
        "state.sqlite: byte 0: knows lintas:99, of which there is no line",
        "state.sqlite: byte 0: has no address of lintas:4",
    ]


def test_missing_ledger_is_no_problem(folder: Folder) -> None:
    (folder.path / "state.sqlite").unlink()
    assert problems(folder) == []


@pytest.mark.parametrize("content", [b"no SQLite", b"SQLite format 3\x00" + b"\xff" * 5000])
def test_damaged_ledger_is_found(folder: Folder, content: bytes) -> None:
    (folder.path / "state.sqlite").write_bytes(content)
    (said,) = problems(folder)
    assert said.startswith("state.sqlite: byte 0: ")


def test_withheld_article_that_archive_json_does_not_name_is_found(folder: Folder) -> None:
    path = folder.path / "archive.json"
    values = json.loads(path.read_text())
    assert values["withheld"] == ["lintas:6"]
    path.write_text(json.dumps({**values, "withheld": []}))
    assert problems(folder) == [
        "archive.json: byte 0: does not name lintas:6, which is withheld",
    ]


def test_verifying_changes_nothing(folder: Folder) -> None:
    before = {path: path.read_bytes() for path in folder.path.rglob("*") if path.is_file()}
    problems(folder)
    assert {path: path.read_bytes() for path in before} == before
    new = {path.name for path in folder.path.rglob("*") if path not in before and path.is_file()}
    assert new <= {"state.sqlite-shm", "state.sqlite-wal"}  # SQLite's, for reading


# repair


def mended(folder: Folder) -> list[str]:
    return list(mend(folder).done)


def break_ledger(path: Path) -> None:
    with closing(sqlite3.connect(path / "state.sqlite")) as connection:
        connection.execute("UPDATE articles SET revision = 9")
        connection.commit()


def forget_withheld(path: Path) -> None:
    values = json.loads((path / "archive.json").read_text())
    (path / "archive.json").write_text(json.dumps({**values, "withheld": []}))


def tear(path: Path) -> None:
    with (path / LINES).open("ab") as file:
        file.write(b'{"schema"')


def both(path: Path) -> None:
    with zstd.open(path / "articles-2026-03.jsonl.zst") as text:
        (path / "articles-2026-03.jsonl").write_bytes(text.read())


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (break_ledger, "state.sqlite was missing: rebuilt from 10 lines in 2 files"),
        (forget_withheld, "state.sqlite was missing: rebuilt from 10 lines in 2 files"),
        (tear, "articles-2026-05.jsonl: cut 9 bytes of a torn line at byte"),
        (both, "articles-2026-03.jsonl: compressed again"),
    ],
)
def test_what_is_safe_is_put_right(folder: Folder, harm: Callable[[Path], None], said: str) -> None:
    harm(folder.path)
    assert problems(folder)
    assert [each for each in mended(folder) if each.startswith(said)]
    assert problems(folder) == []


def test_what_is_not_safe_is_left(folder: Folder) -> None:
    change(folder, b"Disunting.", b"Disuntjng.")
    (warc,) = folder.warcs()
    content = bytearray(warc.read_bytes())
    content[900] ^= 0x04
    warc.write_bytes(content)
    before = [(folder.path / LINES).read_bytes(), warc.read_bytes()]
    mend(folder)
    assert [(folder.path / LINES).read_bytes(), warc.read_bytes()] == before
    assert problems(folder)


def test_whole_archive_is_left_alone(folder: Folder) -> None:
    assert mended(folder) == []


def test_a_ledger_of_an_earlier_program_is_no_damage(folder: Folder) -> None:
    with closing(sqlite3.connect(folder.path / "state.sqlite")) as ledger:
        ledger.execute("ALTER TABLE articles DROP COLUMN captures")
        ledger.execute("PRAGMA user_version = 1")
        ledger.commit()
    assert problems(folder) == []


# a copy that cannot be written to


def _look(path: Path, told: Connection) -> None:
    """Verify as another user, who may read the archive and no more."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setuid(65534)
    assert not os.access(path, os.W_OK)
    with locked(path, "scrapy verify lintas", "2026-05-30T00:00:00Z"):
        told.send(checked(path).problems)


@pytest.mark.parametrize("killed", [False, True], ids=["closed", "with SQLite's log beside it"])
def test_a_copy_that_cannot_be_written_to_is_verified(whole: Path, killed: bool) -> None:
    with tempfile.TemporaryDirectory() as parent:
        Path(parent).chmod(0o755)
        folder = Folder(Path(parent) / "lintas")
        shutil.copytree(whole, folder.path)
        folder.clock.move(days=81)
        archive = folder.open()
        archive.record([found(8)])
        if killed:
            shutil.copytree(folder.path, folder.path.with_name("salinan"))
            archive.close()
            folder.path = folder.path.with_name("salinan")
        else:
            archive.close()
        files = [path for path in folder.path.rglob("*") if path.is_file()]
        before = {path: path.read_bytes() for path in files}
        for path in [*folder.path.rglob("*"), folder.path]:
            path.chmod(0o555 if path.is_dir() else 0o444)
        here, there = forks().Pipe()
        process = forks().Process(target=_look, args=(folder.path, there))
        process.start()
        there.close()  # so that the end of the process ends the waiting
        assert here.recv() == []
        process.join(LONGEST)
        assert {
            path: path.read_bytes() for path in folder.path.rglob("*") if path.is_file()
        } == before
        for path in [folder.path, *folder.path.rglob("*")]:
            path.chmod(0o755)
