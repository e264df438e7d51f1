"""Readers of files that something has been done to: what they read is true, or they say where not."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import brotli
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.archive import newsroom_of, read, read_capture, read_runs
from crawler.archive.files import read_manifest
from crawler.archive.identity import lock_holder
from crawler.archive.warc_reading import (
    NotARecord,
    next_record_after,
    parse_response,
    records,
)
from crawler.decoding import decode, zstd
from crawler.errors import ArchiveDamaged, ArchiveError
from tests.archive_site import Folder, found, listing, rest

FUZZ = settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
PLACES = st.floats(0, 1, exclude_max=True)


def _flip(content: bytearray, place: int, value: int) -> None:
    content[place] ^= 1 << value % 8


def _remove(content: bytearray, place: int, value: int) -> None:
    del content[place : place + value]


def _insert(content: bytearray, place: int, value: int) -> None:
    content[place:place] = bytes([value]) * (value % 9 + 1)


def _cut(content: bytearray, place: int, value: int) -> None:
    del content[place + value :]


def _copy(content: bytearray, place: int, value: int) -> None:
    content[place : place + value] = content[-value:]


Harm = tuple[Callable[[bytearray, int, int], None], float, int]
harms = st.lists(
    st.tuples(st.sampled_from([_flip, _remove, _insert, _cut, _copy]), PLACES, st.integers(1, 255)),
    min_size=1,
    max_size=6,
)


def harmed(content: bytes, done: list[Harm]) -> bytes:
    result = bytearray(content)
    for harm, place, value in done:
        if result:
            harm(result, int(place * len(result)), value)
    return bytes(result)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    folder = Folder(tmp_path_factory.mktemp("fuzz") / "lintas")
    folder.run(found(1), found(2), rest(listing((4, "Judul", "Isi.")), 4))
    folder.run(found(1, text="Disunting."))
    return folder


@FUZZ
@given(done=harms)
def test_warc_files(folder: Folder, done: list[Harm]) -> None:
    content = harmed(folder.warcs()[0].read_bytes(), done)
    try:
        for record in records(io.BytesIO(content)):
            if record.kind == "response":
                parse_response(record.block)
    except NotARecord:
        after = next_record_after(io.BytesIO(content), 0)
        assert after is None or content[after : after + 2] == b"\x1f\x8b"


@FUZZ
@given(done=harms)
def test_records_whose_compression_is_whole(folder: Folder, done: list[Harm]) -> None:
    with folder.warcs()[0].open("rb") as file:
        _, response, *_ = records(file)
    raw = folder.warcs()[0].read_bytes()[response.offset : response.offset + response.length]
    content = zlib.compress(harmed(zlib.decompress(raw, 31), done), wbits=31)
    with suppress(NotARecord):
        for record in records(io.BytesIO(content)):
            parse_response(record.block)


@FUZZ
@given(done=harms)
def test_captures(folder: Folder, tmp_path: Path, done: list[Harm]) -> None:
    article = folder.articles()[0]
    (tmp_path / "warc").mkdir(exist_ok=True)
    path = tmp_path / article.captures[0].warc
    path.write_bytes(harmed(folder.warcs()[0].read_bytes(), done))
    try:
        stored = read_capture(tmp_path, article.captures[0])
    except ArchiveDamaged:
        return
    assert stored.body == read_capture(folder.path, article.captures[0]).body


@FUZZ
@given(done=harms, latest=st.booleans())
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "compressed"])
def test_lines(
    folder: Folder, tmp_path: Path, packed: bool, done: list[Harm], latest: bool
) -> None:
    content = (folder.path / "articles-2026-03.jsonl").read_bytes()
    path = tmp_path / ("lines.jsonl.zst" if packed else "lines.jsonl")
    path.write_bytes(harmed(zstd.compress(content) if packed else content, done))
    with suppress(ArchiveDamaged):
        for article in read(path, latest=latest):
            assert article.site


@FUZZ
@given(done=harms)
@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_coded_bodies(coding: str, done: list[Harm]) -> None:
    body = b"Pasar Lama dibuka lagi. " * 100
    coded = {
        "gzip": zlib.compress(body, wbits=31),
        "deflate": zlib.compress(body),
        "br": brotli.compress(body),
        "zstd": zstd.compress(body),
    }[coding]
    with suppress(ValueError):
        plain = decode(harmed(coded, done), {"content-encoding": coding}, largest=10_000)
        assert len(plain) <= 10_000


@FUZZ
@given(done=harms)
def test_small_files(folder: Folder, tmp_path: Path, done: list[Harm]) -> None:
    manifest = b"0" * 64 + b"  articles-2026-03.jsonl.zst\n"
    (tmp_path / "manifest-sha256.txt").write_bytes(harmed(manifest, done))
    runs = (folder.path / "runs.jsonl").read_bytes()
    (tmp_path / "runs.jsonl").write_bytes(harmed(runs, done))
    identity = (folder.path / "archive.json").read_bytes()
    (tmp_path / "archive.json").write_bytes(harmed(identity, done))
    (tmp_path / ".lock").write_bytes(harmed(b'{"command":"x","pid":1,"since":""}', done))
    assert lock_holder(tmp_path) is None
    for reader in (read_manifest, lambda path: list(read_runs(path)), newsroom_of):
        with suppress(ArchiveError):
            reader(tmp_path)


@FUZZ
@given(st.binary(max_size=400))
def test_bytes_of_any_kind(content: bytes) -> None:
    for start in (b"", b"\x1f\x8b\x08", b"WARC/1.1\r\n", b"HTTP/1.1 200 OK\r\n"):
        for parse in (lambda b: list(records(io.BytesIO(b))), parse_response):
            with suppress(NotARecord):
                parse(start + content)
