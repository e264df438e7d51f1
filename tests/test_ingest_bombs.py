"""WARC and WACZ files of others that unpack to far more than they weigh, or that name paths."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path

import attrs
import pytest

from crawler.archive import read
from crawler.errors import ArchiveDamaged
from demo import EmbeddedNewsroom
from tests.forked import LONGEST, ROOT
from tests.ingesting import Crawler, Target
from tests.test_ingest import CABAI, MERCUSUAR

MEBIBYTE = 1 << 20
MOST_MEMORY = 300
"""MB."""
ELSEWHERE = "http://lain.example/"
# A process of its own starts what is measured: it counts as much as whoever starts it holds.
MEASURED = """
import resource, subprocess, sys
most = int(sys.argv.pop(1))
resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
done = subprocess.run(sys.argv[1:], stdout=sys.stderr)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(done.returncode)
"""


@pytest.fixture
def target(newsroom: EmbeddedNewsroom, tmp_path: Path) -> Target:
    return Target.of(newsroom, tmp_path)


@pytest.fixture
def crawler(newsroom: EmbeddedNewsroom) -> Crawler:
    crawler = Crawler(newsroom)
    crawler.page(CABAI, "2020-01-01T00:00:00Z")
    return crawler


def packed(parts: Iterable[bytes]) -> bytes:
    """Return *parts* as one gzip member, without holding all of them."""
    deflate = zlib.compressobj(9, wbits=16 + zlib.MAX_WBITS)
    return b"".join([*map(deflate.compress, parts), deflate.flush()])


def header(url: str, length: int, media: str = "text/html") -> bytes:
    """Return how a WARC record of a response begins, its HTTP header included."""
    http = f"HTTP/1.1 200 OK\r\nContent-Type: {media}\r\n\r\n"
    return (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\n"
        "WARC-Date: 2020-01-01T00:00:00Z\r\nWARC-Record-ID: <urn:uuid:1>\r\n"
        f"Content-Length: {length + len(http)}\r\n\r\n{http}"
    ).encode()


def record(url: str, size: int, media: str = "text/html") -> Iterable[bytes]:
    """Yield a response whose body has *size* mebibytes."""
    yield header(url, size * MEBIBYTE, media)
    for _ in range(size):
        yield b"a" * MEBIBYTE
    yield b"\r\n\r\n"


# ------------------------------------------------------------------------ what is not unpacked


def wacz_bomb(path: Path, crawler: Crawler) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wacz:
        wacz.writestr("archive/data.warc.gz", crawler.buffer.getvalue())
        with wacz.open("archive/more.warc.gz", "w") as member:
            for _ in range(100):
                member.write(bytes(MEBIBYTE))


def many_members(path: Path, crawler: Crawler) -> None:
    """None of them is large, all of them together are."""
    plain = gzip.decompress(crawler.buffer.getvalue()) + b"".join(record(ELSEWHERE, 7))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wacz:
        for number in range(12):
            wacz.writestr(f"archive/{number}.warc", plain)


def in_one_piece(path: Path, crawler: Crawler) -> None:
    """A WARC file compressed as a whole."""
    plain = gzip.decompress(crawler.buffer.getvalue())
    path.write_bytes(packed([plain, *record(ELSEWHERE, 100)]))


@pytest.mark.parametrize("bomb", [wacz_bomb, many_members, in_one_piece])
def test_a_bomb_is_refused(
    crawler: Crawler, tmp_path: Path, bomb: object, newsroom: EmbeddedNewsroom
) -> None:
    assert callable(bomb)
    path = tmp_path / "kiriman.wacz"
    bomb(path, crawler)
    assert path.stat().st_size < MEBIBYTE
    ended = ingest(newsroom, tmp_path, path)
    assert ended.code == 1
    [said] = ended.said.splitlines()
    assert said.startswith(f"{path}: byte 0: unpacks to more than 67108864 bytes")
    assert ended.memory < MOST_MEMORY
    assert not (tmp_path / "out" / "siaran").exists()


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_damaged_package_is_named(
    crawler: Crawler, target: Target, tmp_path: Path, method: int
) -> None:
    path = tmp_path / "kiriman.wacz"
    with zipfile.ZipFile(path, "w", method) as wacz:
        wacz.writestr("archive/data.warc.gz", crawler.buffer.getvalue() + bytes(MEBIBYTE))
    content = bytearray(path.read_bytes())
    content[200:2000] = bytes(1800)
    path.write_bytes(content)
    with pytest.raises(ArchiveDamaged, match=r"kiriman\.wacz: byte 0: cannot be unpacked"):
        target.take(path)


@pytest.mark.parametrize("form", ["wacz", "warc"])
def test_a_full_disk_is_not_the_file_s_fault(
    crawler: Crawler, newsroom: EmbeddedNewsroom, tmp_path: Path, form: str
) -> None:
    path = tmp_path / f"kiriman.{form}"
    if form == "wacz":
        with zipfile.ZipFile(path, "w") as wacz:
            wacz.writestr("archive/data.warc.gz", crawler.buffer.getvalue())
    else:
        path.write_bytes(gzip.decompress(crawler.buffer.getvalue()))
    ended = ingest(newsroom, tmp_path, path, largest_file=4096)
    assert ended.code == 1
    assert "File too large" in ended.said
    assert not (tmp_path / "out" / "siaran").exists()


# ------------------------------------------------------------------------ what costs one record


def test_records_that_are_too_large_are_named_and_the_others_taken(
    crawler: Crawler, newsroom: EmbeddedNewsroom, tmp_path: Path
) -> None:
    url = newsroom.url(MERCUSUAR)
    media = f"{newsroom.address}/wp-content/uploads/2024/05/mercusuar.mp4"
    crawler.add(url, "2020-01-01T00:00:01Z", packed([b"a" * MEBIBYTE] * 200),
                http={"Content-Encoding": "gzip"})  # fmt: skip
    crawler.add(url, "2020-01-01T00:00:02Z", b"<p>Berita.</p>\n" * (9 * MEBIBYTE // 15))
    for part in (
        record(url, 80),
        record(media, 80, "video/mp4"),
        record(ELSEWHERE, 80),
    ):
        crawler.buffer.write(packed(part))
    crawler.page(MERCUSUAR, "2020-01-01T00:00:03Z")
    ended = ingest(newsroom, tmp_path, crawler.save(tmp_path / "kiriman.warc.gz"))
    assert ended.code == 4
    said = ended.said.splitlines()
    assert len(said) == 5
    assert f"{url}: more than 67108864 bytes; not read" in said[0]
    assert said[1].endswith(f"{url}: body decodes to more than 8388608 bytes")
    assert said[2].endswith("body has more than 8388608 bytes")
    assert said[3:] == ["siaran: 2 new", "passed over: 1 not_html"]
    assert ended.memory < MOST_MEMORY
    assert [each.post_id for each in read(tmp_path / "out" / "siaran")] == [210320, 210250]


def test_the_same_in_a_file_that_is_not_compressed_by_record(
    newsroom: EmbeddedNewsroom, target: Target, tmp_path: Path
) -> None:
    url = newsroom.url(MERCUSUAR)
    plain = Crawler(newsroom, members=False)
    plain.page(CABAI, "2020-01-01T00:00:00Z")
    begin = plain.buffer.tell()
    for part in record(url, 65):
        plain.buffer.write(part)
    plain.page(MERCUSUAR, "2020-01-01T00:00:03Z")
    path = plain.save(tmp_path / "kiriman.warc")
    assert target.take(path) == {"new": 2}
    assert target.problems == [
        f"kiriman.warc: byte {begin}: {url}: more than 67108864 bytes; not read"
    ]


def test_a_header_without_end_is_damage(
    newsroom: EmbeddedNewsroom, target: Target, tmp_path: Path
) -> None:
    plain = Crawler(newsroom, members=False)
    plain.page(CABAI, "2020-01-01T00:00:00Z")
    plain.buffer.write(b"WARC/1.0\r\n" + b"X-Beban: a\r\n" * MEBIBYTE)
    plain.buffer.write(b"Content-Length: 0\r\n\r\n\r\n\r\n")
    path = plain.save(tmp_path / "kiriman.warc")
    assert target.take(path) == {"new": 1}
    assert len(target.problems) == 1


# ------------------------------------------------------------------------ names


def test_names_within_a_package_lead_nowhere(
    crawler: Crawler, newsroom: EmbeddedNewsroom, tmp_path: Path
) -> None:
    deep = tmp_path / "a" / "b" / "c"
    deep.mkdir(parents=True)
    path = deep / "kiriman.wacz"
    content = crawler.buffer.getvalue()
    with zipfile.ZipFile(path, "w") as wacz:
        for name in (
            "archive/../../../keluar.warc.gz",
            "../../keluar.warc.gz",
            f"{tmp_path}/keluar.warc.gz",
            "archive/..\\..\\keluar.warc.gz",
        ):
            wacz.writestr(name, content)
    before = set(tmp_path.rglob("*"))
    ended = ingest(newsroom, deep, path)
    assert (ended.code, ended.said) == (0, "siaran: 1 new, 1 unchanged\n")
    own = {deep / "out", deep / "sites", deep / "scratch"}
    written = set(tmp_path.rglob("*")) - before
    assert {each for each in written if own.isdisjoint([each, *each.parents])} == set()
    assert list((deep / "scratch").iterdir()) == []


# ------------------------------------------------------------------------


@attrs.frozen
class Ingested:
    code: int
    said: str
    memory: float
    """Most that it held, in MB."""


def ingest(
    newsroom: EmbeddedNewsroom, folder: Path, path: Path, largest_file: int = -1
) -> Ingested:
    """Run ``scrapy ingest`` on the file at *path*, all that it writes below *folder*."""
    for name in ("sites", "scratch"):
        (folder / name).mkdir()
    (folder / "sites" / "siaran.toml").write_text(
        f'address = "{newsroom.address}"\nzone = "Asia/Jakarta"\ntheme = "wpberita"\n'
    )
    said = folder / "sites" / "said.txt"
    with said.open("wb") as file:
        ended = subprocess.run(
            [
                sys.executable, "-c", MEASURED, str(largest_file),
                sys.executable, "-m", "scrapy", "ingest", "siaran", str(path),
                "-s", f"ARCHIVE_DIR={folder / 'out'}", "-s", f"NEWSROOMS_DIR={folder / 'sites'}",
            ],
            cwd=ROOT, stdout=subprocess.PIPE, stderr=file, check=False, timeout=LONGEST,
            env=os.environ | {"TMPDIR": str(folder / "scratch")},
        )  # fmt: skip
    return Ingested(ended.returncode, said.read_text(), int(ended.stdout) * 1024 / 1e6)
