"""Files of lines: whole or absent, by month, and compressed when a month is long over."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from pathlib import Path

import pytest

from crawler.archive import RunReport, read
from crawler.archive.files import (
    MonthFile,
    backwards,
    compress,
    cut_torn_line,
    finished_months,
    month_files,
)
from crawler.decoding import zstd
from tests.archive_site import Folder, found, rules_2


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "lintas")


def names(folder: Folder) -> list[str]:
    return sorted(path.name for path in folder.path.glob("articles-*"))


def end(folder: Folder, exit_code: int = 0) -> tuple[str, ...]:
    with folder.open() as archive:
        return archive.finish(RunReport(exit_code=exit_code)).notes


def test_a_line_is_one_object_with_every_key_in_order(folder: Folder) -> None:
    folder.run(found(1, text="Harga “cabai” naik – lagi."))
    content = (folder.path / "articles-2026-03.jsonl").read_bytes()
    assert content.endswith(b"\n")
    assert content.count(b"\n") == 1
    assert "Harga “cabai” naik – lagi.".encode() in content
    assert list(json.loads(content))[:5] == ["schema", "id", "revision", "site", "url"]
    assert list(json.loads(content))[-5:] == [
        "theme",
        "source",
        "extractor",
        "run",
        "written_at",
    ]


def test_the_month_of_writing_in_utc_is_the_file(folder: Folder) -> None:
    folder.clock.now = dt.datetime(2026, 3, 31, 23, 59, 59, tzinfo=dt.UTC)
    folder.run(found(1))
    folder.clock.move(seconds=1)
    folder.run(found(2))
    assert names(folder) == ["articles-2026-03.jsonl", "articles-2026-04.jsonl"]


def test_lines_never_go_back_in_time(folder: Folder) -> None:
    folder.clock.now = dt.datetime(2026, 4, 1, 0, 30, tzinfo=dt.UTC)
    folder.run(found(1))
    folder.clock.move(hours=-2)
    folder.run(found(2))
    folder.clock.move(hours=1)
    (folder.path / "state.sqlite").unlink()
    folder.run(found(3))
    assert names(folder) == ["articles-2026-04.jsonl"]
    assert [line["written_at"] for line in folder.lines()] == ["2026-04-01T00:30:00Z"] * 3


def test_torn_line_is_cut_at_every_byte(tmp_path: Path) -> None:
    path = tmp_path / "articles-2026-03.jsonl"
    whole = b'{"a":1}\n{"b":"\xc3\xa9"}\n{"c":3}\n'
    for size in range(len(whole) + 1):
        path.write_bytes(whole[:size])
        cut = cut_torn_line(path)
        assert path.read_bytes() == whole[: whole.rfind(b"\n", 0, size) + 1]
        assert cut == size - path.stat().st_size


def test_torn_line_longer_than_a_block_is_cut(tmp_path: Path) -> None:
    path = tmp_path / "articles-2026-03.jsonl"
    path.write_bytes(b'{"a":1}\n' + b"x" * 200_000)
    assert cut_torn_line(path) == 200_000
    assert path.read_bytes() == b'{"a":1}\n'


def test_opening_says_what_it_cut(folder: Folder) -> None:
    folder.run(found(1))
    path = folder.path / "articles-2026-03.jsonl"
    size = path.stat().st_size
    with path.open("ab") as file:
        file.write(b'{"schema":"article/1","id":"lintas:2"')
    with folder.open() as archive:
        assert archive.repairs == (
            f"articles-2026-03.jsonl: cut 37 bytes of a torn line at byte {size}",
        )
    assert [article.id for article in read(folder.path)] == ["lintas:1"]


def test_lines_from_the_last_one_on_over_many_blocks(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    lines = [str(n).encode() * 3000 for n in range(100)]
    path.write_bytes(b"\n".join(lines) + b"\ntorn")
    assert list(backwards(path)) == lines[::-1]
    path.write_bytes(b"torn")
    assert list(backwards(path)) == []


@pytest.mark.parametrize(
    ("now", "finished"),
    [
        ("2026-05-05T23:59:00+00:00", []),
        ("2026-05-06T00:00:00+00:00", ["articles-2026-03.jsonl"]),
        (
            "2099-01-01T00:00:00+00:00",
            ["articles-2026-03.jsonl", "articles-2026-04.jsonl"],
        ),  # the newest stays, whatever the clock says
    ],
)
def test_month_is_finished_after_35_days(tmp_path: Path, now: str, finished: list[str]) -> None:
    for month in ("03", "04", "05"):
        (tmp_path / f"articles-2026-{month}.jsonl").write_bytes(b"{}\n")
    found_ = finished_months(tmp_path, dt.datetime.fromisoformat(now))
    assert [file.plain_name for file in found_] == finished


def test_finished_month_is_compressed_and_still_read(folder: Folder) -> None:
    folder.run(found(1), found(2))
    before = list(read(folder.path))
    folder.clock.move(days=60)
    folder.run(found(3))
    assert end(folder) == ()
    assert names(folder) == ["articles-2026-03.jsonl.zst", "articles-2026-05.jsonl"]
    assert list(read(folder.path))[:2] == before
    packed = folder.path / "articles-2026-03.jsonl.zst"
    manifest = (folder.path / "manifest-sha256.txt").read_text()
    assert manifest == f"{hashlib.sha256(packed.read_bytes()).hexdigest()}  {packed.name}\n"


def test_article_of_a_compressed_month_gets_its_revisions(folder: Folder) -> None:
    folder.run(found(1, text="Isi. (red)"), found(2))
    folder.clock.move(days=60)
    folder.run(found(3))
    end(folder)
    again = found(1, text="Isi. (red)", rules=rules_2, noise="lain")
    assert [o.kind for o in folder.run(again, rules=rules_2)] == ["reread"]
    assert [o.revision for o in folder.run(found(2, text="Disunting."))] == [2]


def test_failed_run_compresses_nothing(folder: Folder) -> None:
    folder.run(found(1))
    folder.clock.move(days=60)
    folder.run(found(2))
    end(folder, exit_code=1)
    assert names(folder) == ["articles-2026-03.jsonl", "articles-2026-05.jsonl"]


def test_month_whose_lines_were_altered_is_not_sealed(folder: Folder) -> None:
    folder.run(found(1, text="Tiga orang luka."))
    folder.clock.move(days=60)
    folder.run(found(2))
    path = folder.path / "articles-2026-03.jsonl"
    path.write_bytes(path.read_bytes().replace(b"Tiga", b"Lima"))
    (note,) = end(folder)
    assert note.endswith(
        "articles-2026-03.jsonl: byte 0: not the lines that were written; left as it is"
    )
    assert names(folder) == ["articles-2026-03.jsonl", "articles-2026-05.jsonl"]


def test_plain_file_counts_where_a_month_is_both(folder: Folder) -> None:
    folder.run(found(1))
    path = folder.path / "articles-2026-03.jsonl"
    path.with_name(path.name + ".zst").write_bytes(b"half written, renamed by nobody")
    assert [article.id for article in read(folder.path)] == ["lintas:1"]
    folder.clock.move(days=60)
    folder.run(found(2))
    end(folder)
    assert names(folder) == ["articles-2026-03.jsonl.zst", "articles-2026-05.jsonl"]
    assert [article.id for article in read(folder.path)] == ["lintas:1", "lintas:2"]


def test_lines_are_added_to_a_month_compressed_too_early(folder: Folder) -> None:
    folder.run(found(1))
    compress(month_files(folder.path)[0], None)
    folder.run(found(2))
    assert names(folder) == ["articles-2026-03.jsonl"]
    assert [article.id for article in read(folder.path)] == ["lintas:1", "lintas:2"]


def test_compressed_month_is_frames_of_whole_lines(tmp_path: Path) -> None:
    path = tmp_path / "articles-2026-03.jsonl"
    lines = [(f'{{"n":{n},"text":"' + f"{n:07}" * 200 + '"}\n').encode() for n in range(4000)]
    path.write_bytes(b"".join(lines))
    packed = compress(MonthFile(path), None)
    frames = 0
    content = memoryview(packed.read_bytes())
    while content:
        content = content[zstd.get_frame_size(content) :]
        frames += 1
    assert frames == 3
    assert [line.content for line in MonthFile(packed).lines()] == lines


def test_files_of_other_names_are_no_lines(tmp_path: Path) -> None:
    for name in ("articles-2026-03.jsonl", "articles-2026-3.jsonl", "articles-2026-04.jsonl.tmp"):
        (tmp_path / name).touch()
    assert [file.path.name for file in month_files(tmp_path)] == ["articles-2026-03.jsonl"]
