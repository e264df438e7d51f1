"""WARC files that end or begin where no record does, and members of any length."""

from __future__ import annotations

import gzip
import io
import zlib
from pathlib import Path

import pytest

from crawler.archive.erase import padded
from crawler.archive.warc import cut_torn_record
from crawler.archive.warc_reading import NotARecord, records
from crawler.errors import ArchiveError
from tests.archive_site import Folder, found


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "lintas")


def test_torn_record_is_cut_at_every_byte(folder: Folder, tmp_path: Path) -> None:
    folder.run(found(1), found(2))
    whole = folder.warcs()[0].read_bytes()
    with folder.warcs()[0].open("rb") as file:
        offsets = [record.offset for record in records(file)] + [len(whole)]
    path = tmp_path / "torn.warc.gz"
    for size in [*offsets[1:-2], *range(offsets[-2], len(whole))]:
        path.write_bytes(whole[:size])
        tail = cut_torn_record(path, None)
        good = max(offset for offset in offsets if offset <= size)
        assert tail.usable
        assert path.read_bytes() == whole[:good]
        assert (tail.size, tail.crc) == (good, zlib.crc32(whole[:good]))
        assert (tail.said is None) == (good == size)


@pytest.mark.parametrize("size", [0, 1, 9, 200])
def test_file_without_a_whole_record_is_removed(folder: Folder, tmp_path: Path, size: int) -> None:
    folder.run(found(1))
    path = tmp_path / "torn.warc.gz"
    path.write_bytes(folder.warcs()[0].read_bytes()[:size])
    assert cut_torn_record(path, None).usable
    assert not path.exists()


def test_tail_behind_what_is_known_is_all_that_is_read(folder: Folder, tmp_path: Path) -> None:
    folder.run(found(1))
    whole = bytearray(folder.warcs()[0].read_bytes())
    whole[40] ^= 0xFF  # damage that only a full reading would see
    path = tmp_path / "known.warc.gz"
    path.write_bytes(whole + b"\x1f\x8b\x08torn")
    tail = cut_torn_record(path, (len(whole), 7))
    assert tail.said == f"known.warc.gz: cut 7 bytes of a torn record at byte {len(whole)}"
    assert (tail.usable, tail.size, tail.crc) == (True, len(whole), 7)


def test_damage_before_the_end_is_not_cut(folder: Folder, tmp_path: Path) -> None:
    folder.run(found(1), found(2))
    whole = bytearray(folder.warcs()[0].read_bytes())
    with folder.warcs()[0].open("rb") as file:
        second = [record.offset for record in records(file)][1]
    whole[second + 30] ^= 0xFF
    path = tmp_path / "damaged.warc.gz"
    path.write_bytes(whole)
    tail = cut_torn_record(path, None)
    assert tail.said is not None
    assert tail.said.startswith(f"damaged.warc.gz: damaged from byte {second} to ")
    assert (path.read_bytes(), tail.usable) == (bytes(whole), False)


def test_bytes_that_are_no_record() -> None:
    for content in (
        b"plain text",
        zlib.compress(b"no WARC", wbits=31),
        zlib.compress(b"WARC/1.1\r\nContent-Length: 5\r\n\r\nab\r\n\r\n", wbits=31),
        zlib.compress(b"WARC/1.1\r\nContent-Length: x\r\n\r\nab\r\n\r\n", wbits=31),
        zlib.compress(b"WARC/1.1\r\n\r\n\r\n\r\n", wbits=31),
    ):
        with pytest.raises(NotARecord):
            list(records(io.BytesIO(content)))
    assert list(records(io.BytesIO(b""))) == []


@pytest.mark.parametrize("more", [0, 1, 2, 100, 70_000])
def test_member_of_any_length_reads_the_same(more: int) -> None:
    content = gzip.compress(b"text", mtime=0)
    longer = padded(content, len(content) + more)
    assert len(longer) == len(content) + more
    assert gzip.decompress(longer) == b"text"


def test_member_that_is_too_long_is_refused() -> None:
    with pytest.raises(ArchiveError, match="too small"):
        padded(b"x" * 20, 19)
