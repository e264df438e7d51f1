from __future__ import annotations

import gzip
import hashlib
import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator

from crawler.archive import read as read_archive
from crawler.codec import dump_line
from tests.offline import export
from tests.reading_samples import (
    SITE,
    Captures,
    archive_of,
    article,
    page,
    sample_archive,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return sample_archive(tmp_path)


@pytest.fixture
def wacz(folder: Path, tmp_path: Path) -> Path:
    path = tmp_path / "lintas.wacz"
    export(folder, "wacz", path)
    return path


def read(wacz: Path, name: str) -> bytes:
    with zipfile.ZipFile(wacz) as file:
        return file.read(name)


def pages(wacz: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in read(wacz, "pages/pages.jsonl").splitlines()]


def index(wacz: Path) -> list[tuple[str, str, dict[str, str]]]:
    """The lines of the index: SURT, time stamp and values."""
    lines = gzip.decompress(read(wacz, "indexes/index.cdx.gz")).decode().splitlines()
    split = [line.split(" ", 2) for line in lines]
    return [(key, stamp, json.loads(values)) for key, stamp, values in split]


def test_it_holds_the_newest_page_of_each_article(wacz: Path) -> None:
    header, *entries = pages(wacz)
    assert header["format"] == "json-pages-1.0"
    assert [(entry["url"], entry["ts"], entry["title"]) for entry in entries] == [
        (
            f"{SITE}/berita/11/",
            "2024-06-01T00:00:00Z",
            '=HYPERLINK("http://jahat.example","Harga cabai naik")',
        ),
        (f"{SITE}/berita/12/", "2024-07-02T00:00:00Z", "Berita nomor 12, diperbarui"),
        (f"{SITE}/berita/16/", "2024-06-01T00:00:04Z", "Berita nomor 16"),
    ]


def test_nothing_hidden_is_in_it(wacz: Path) -> None:
    """14 is withheld, and an answer of the REST API lists it beside 15; 13 is gone."""
    with zipfile.ZipFile(wacz) as file:
        for name in file.namelist():
            content = file.read(name)
            if name.endswith(".gz"):
                content = gzip.decompress(content)
            assert b"RAHASIA" not in content
            assert b"HILANG" not in content
            assert b"berita/14" not in content


def test_what_has_no_page_is_counted(folder: Path, tmp_path: Path) -> None:
    said = export(folder, "wacz", tmp_path / "a.wacz").said
    assert "a.wacz: 3 articles, 4 captures; 1 left out" in said


def test_a_revisit_comes_with_what_it_repeats_and_is_not_looked_up(wacz: Path) -> None:
    """The newest line of 16 rests on a 304: what is shown is the response before it."""
    warc = gzip.decompress(read(wacz, "archive/lintas-00001.warc.gz"))
    assert warc.count(b"WARC-Target-URI: https://lintas.example/berita/16/") == 2
    entries = [(stamp, each["status"]) for _, stamp, each in index(wacz) if "/16/" in each["url"]]
    assert entries == [("20240601000004", "200")]


def test_the_index_finds_each_record(wacz: Path) -> None:
    warc = read(wacz, "archive/lintas-00001.warc.gz")
    for _, stamp, values in index(wacz):
        start, length = int(values["offset"]), int(values["length"])
        record = next(iter(ArchiveIterator(io.BytesIO(warc[start : start + length]))))
        date = record.rec_headers.get_header("WARC-Date")
        assert record.rec_headers.get_header("WARC-Target-URI") == values["url"]
        assert (
            date
            == f"{stamp[:4]}-{stamp[4:6]}-{stamp[6:8]}T{stamp[8:10]}:{stamp[10:12]}:{stamp[12:]}Z"
        )
        assert values["filename"] == "lintas-00001.warc.gz"


def test_the_index_is_sorted_and_its_blocks_are_found(wacz: Path) -> None:
    meta, *blocks = read(wacz, "indexes/index.idx").decode().splitlines()
    assert json.loads(meta.partition("!meta 0 ")[2]) == {
        "format": "cdxj-gzip-1.0",
        "filename": "index.cdx.gz",
    }
    packed = read(wacz, "indexes/index.cdx.gz")
    lines: list[str] = []
    for block in blocks:
        key, _, values = block.partition(" {")
        where = json.loads("{" + values)
        part = packed[where["offset"] : where["offset"] + where["length"]]
        assert where["digest"] == f"sha256:{hashlib.sha256(part).hexdigest()}"
        lines += gzip.decompress(part).decode().splitlines()
        assert lines[-len(gzip.decompress(part).decode().splitlines())].startswith(key)
    assert lines == sorted(lines)
    assert len(lines) == 3


def test_records_are_copied_byte_for_byte(folder: Path, wacz: Path) -> None:
    original = (folder / "warc/lintas-00001.warc.gz").read_bytes()
    warc = read(wacz, "archive/lintas-00001.warc.gz")
    for _, _, values in index(wacz):
        start, length = int(values["offset"]), int(values["length"])
        assert warc[start : start + length] in original


def test_the_manifest_lists_every_file_with_its_digest(wacz: Path) -> None:
    manifest = json.loads(read(wacz, "datapackage.json"))
    with zipfile.ZipFile(wacz) as file:
        names = set(file.namelist()) - {"datapackage.json", "datapackage-digest.json"}
    assert {resource["path"] for resource in manifest["resources"]} == names
    for resource in manifest["resources"]:
        content = read(wacz, resource["path"])
        assert resource["bytes"] == len(content)
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
    digest = json.loads(read(wacz, "datapackage-digest.json"))
    assert digest["hash"] == f"sha256:{hashlib.sha256(read(wacz, 'datapackage.json')).hexdigest()}"


def test_what_readers_take_parts_of_is_stored_as_it_is(wacz: Path) -> None:
    with zipfile.ZipFile(wacz) as file:
        kinds = {entry.filename: entry.compress_type for entry in file.infolist()}
    assert kinds["archive/lintas-00001.warc.gz"] == zipfile.ZIP_STORED
    assert kinds["indexes/index.cdx.gz"] == zipfile.ZIP_STORED
    assert kinds["pages/pages.jsonl"] == zipfile.ZIP_DEFLATED


def test_replayweb_page_finds_each_file_by_its_header(wacz: Path) -> None:
    """It takes a file to begin after its name when the directory has no extra field for it."""
    content = wacz.read_bytes()
    with zipfile.ZipFile(wacz) as file:
        for entry in file.infolist():
            extra = content[entry.header_offset + 28 : entry.header_offset + 30]
            assert int.from_bytes(extra, "little") == len(entry.extra) == 0


def test_all_revisions_are_pages_of_their_own(folder: Path, tmp_path: Path) -> None:
    export(folder, "wacz", tmp_path / "a.wacz", "--all-revisions")
    entries = pages(tmp_path / "a.wacz")[1:]
    assert [entry["id"] for entry in entries] == [
        "lintas:11/1",
        "lintas:12/1",
        "lintas:12/2",
        "lintas:16/1",
    ]


@pytest.mark.parametrize("place", [0, 30, 150, 300])
def test_a_damaged_record_is_named(folder: Path, tmp_path: Path, place: int) -> None:
    warc = folder / "warc/lintas-00001.warc.gz"
    content = bytearray(warc.read_bytes())
    first = next(read_archive(folder)).captures[0]
    assert first.length > place
    content[first.offset + place] ^= 0xFF
    warc.write_bytes(content)
    done = export(folder, "wacz", tmp_path / "a.wacz")
    assert done.code == 1
    assert re.match(r"warc/lintas-00001\.warc\.gz: byte \d+", done.said)
    assert not (tmp_path / "a.wacz").exists()


@pytest.mark.parametrize("name", ["../luar.warc.gz", "/etc/passwd", "warc/tidak-ada.warc.gz"])
def test_a_line_cannot_point_outside_the_archive(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "lintas"
    outside = Captures(tmp_path, "luar.warc.gz")
    reference = outside.add(f"{SITE}/berita/1/", page("Luar", "luar"), "2024-06-01T00:00:00Z")
    line = dump_line(article(1, captures=(reference,)))
    archive_of(tmp_path)
    (folder / "articles-2024-06.jsonl").write_bytes(
        line.replace(b'"luar.warc.gz"', json.dumps(name).encode())
    )
    assert export(folder, "wacz", tmp_path / "a.wacz").code == 1
    assert not (tmp_path / "a.wacz").exists()


def test_two_exports_of_one_archive_are_the_same_bytes(
    folder: Path, tmp_path: Path, wacz: Path
) -> None:
    export(folder, "wacz", tmp_path / "lagi.wacz")
    assert (tmp_path / "lagi.wacz").read_bytes() == wacz.read_bytes()
    assert json.loads(read(wacz, "datapackage.json"))["created"] == "2024-07-02T00:00:05Z"


def test_the_description_says_what_is_in_it(wacz: Path) -> None:
    assert json.loads(read(wacz, "datapackage.json"))["description"] == (
        "3 articles of lintas, as they were fetched; records: 3 pages, 1 visits that found the "
        "same. Not in the archive: photos, styles and scripts of the site."
    )
