"""Time, memory and size of exports and report, on an archive grown from a fixture article.

    python -m benchmarks.export                     100,000 articles, all formats
    python -m benchmarks.export --articles 10000 --to sqlite

Each is a process of its own, whose peak memory the system tells. The archive has articles
of ten years in the order of a backfill, newest first, each about as long as the fixture, its words
in another order, so that neither compression nor the search index has it too easy.
"""

from __future__ import annotations

import argparse
import datetime as dt
import gzip
import hashlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from crawler.codec import dump_line
from crawler.items import Article, CaptureReference, Dateline, FoundDate

ROOT: Final = Path(__file__).resolve().parents[1]
FIXTURE: Final = ROOT / "fixtures/newsroom/expected/01-dubes-jepang.json"
FORMATS: Final = ("parquet", "sqlite", "csv", "wacz", "site", "report")
WIB: Final = dt.timezone(dt.timedelta(hours=7))
NEWEST: Final = dt.datetime(2026, 1, 31, 18, 0, tzinfo=WIB)
TEN_YEARS: Final = dt.timedelta(days=3652)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--to", choices=FORMATS, action="append", help="default: all formats")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "archives" / "tumbuh"
        begin = time.perf_counter()
        grow(folder, arguments.articles)
        text = (folder / "articles-2026-02.jsonl").stat().st_size
        print(
            f"{arguments.articles:,} articles, {text / 1e6:,.0f} MB of lines, grown in"
            f" {time.perf_counter() - begin:.0f} s"
        )
        print(f"{'format':<8} {'seconds':>8} {'articles/s':>11} {'peak MB':>8} {'size MB':>8}")
        for name in arguments.to or FORMATS:
            path = Path(scratch) / name
            seconds, peak = measure(folder, name, path)
            size = sum(file.stat().st_size for file in (path, *path.rglob("*")) if file.is_file())
            print(
                f"{name:<8} {seconds:>8.1f} {arguments.articles / seconds:>11,.0f}"
                f" {peak / 1e6:>8,.0f} {size / 1e6:>8,.1f}"
            )


def measure(folder: Path, name: str, path: Path) -> tuple[float, int]:
    """Export the archive in *folder*; return seconds and the most bytes of memory in use."""
    begin = time.perf_counter()
    command = ["report"] if name == "report" else ["export", "--to", name]
    process = subprocess.Popen(
        [
            sys.executable, "-m", "scrapy", *command, folder.name, "-o", str(path),
            "-s", f"ARCHIVE_DIR={folder.parent}",
        ],
        cwd=ROOT,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"export to {name} ended with exit code {process.returncode}")
    return time.perf_counter() - begin, usage.ru_maxrss * 1024


def grow(folder: Path, count: int) -> None:
    """Write an archive of *count* articles to *folder*."""
    (folder / "warc").mkdir(parents=True)
    identity = {
        "schema": 1,
        "name": folder.name,
        "site": "https://tumbuh.example",
        "zone": "Asia/Jakarta",
        "created": "2026-02-01T00:00:00Z",
    }
    (folder / "archive.json").write_text(json.dumps(identity), encoding="utf-8")
    with (
        (folder / "articles-2026-02.jsonl").open("wb") as lines,
        (folder / "warc/tumbuh-00001.warc.gz").open("wb") as warc,
    ):
        for article, record in grown(folder.name, count):
            lines.write(dump_line(article))
            warc.write(record)


def grown(site: str, count: int) -> Iterator[tuple[Article, bytes]]:
    """Yield articles and the WARC records that they rest on, always the same."""
    fixture = json.loads(FIXTURE.read_text(encoding="utf-8"))
    paragraphs = [paragraph.split() for paragraph in fixture["body"]]
    chance = random.Random(2026)
    offset = 0
    for number in range(1, count + 1):
        published = NEWEST - TEN_YEARS * (number / count)
        for words in paragraphs:
            chance.shuffle(words)
        body = [" ".join(words) for words in paragraphs]
        url = f"https://{site}.example/berita/{number}/"
        record, digest = _record(url, number, chance.randbytes(1_500))
        capture = CaptureReference(
            url=url,
            fetched_at="2026-02-01T00:00:00Z",
            status=200,
            warc="warc/tumbuh-00001.warc.gz",
            offset=offset,
            length=len(record),
            record_id=f"urn:uuid:{number:032x}",
            digest=digest,
        )
        offset += len(record)
        yield (
            _article(
                site=site,
                number=number,
                published=published,
                url=url,
                body=body,
                fixture=fixture,
                capture=capture,
            ),
            record,
        )


def _article(
    *,
    site: str,
    number: int,
    published: dt.datetime,
    url: str,
    body: list[str],
    fixture: dict[str, Any],
    capture: CaptureReference,
) -> Article:
    text = "\n\n".join(body)
    return Article(
        id=f"{site}:{number}",
        site=site,
        post_id=number,
        url=url,
        title=f"{fixture['title']} ({number})",
        published_at=published.isoformat(timespec="seconds"),
        event_date=published.date().isoformat(),
        authors=(f"Penulis {number % 17}",),
        editor=f"Penyunting {number % 5}",
        credit=fixture["credit"],
        categories=(f"Kategori {number % 12}",),
        tags=tuple(f"Tagar {number * step % 5_000}" for step in (1, 7, 31)),
        dateline=Dateline(**fixture["dateline"], region="31"),
        caption=fixture["caption"],
        photo_credit=fixture["photo_credit"],
        image_url=f"https://{site}.example/{number}.jpg",
        image_alt=fixture["image_alt"],
        body=text,
        body_html="".join(f"<p>{paragraph}</p>" for paragraph in body),
        dates=(FoundDate(text="kemarin", date=published.date().isoformat(), resolved="relative"),),
        word_count=len(text.split()),
        pages=(url,),
        content_hash=f"sha256:{hashlib.sha256(text.encode()).hexdigest()}",
        captures=(capture,),
        provenance={"title": "h1.entry-title", "published_at": "time.entry-date[datetime]"},
        extractor="1",
        run="20260201T000000Z-0000",
        written_at="2026-02-01T00:00:00Z",
    )


def _record(url: str, number: int, body: bytes) -> tuple[bytes, str]:
    digest = f"sha256:{hashlib.sha256(body).hexdigest()}"
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + body
    head = (
        "WARC/1.1\r\nWARC-Type: response\r\n"
        f"WARC-Record-ID: <urn:uuid:{number:032x}>\r\nWARC-Date: 2026-02-01T00:00:00Z\r\n"
        f"WARC-Target-URI: {url}\r\nWARC-Payload-Digest: {digest}\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(http)}\r\n\r\n"
    )
    return gzip.compress(head.encode() + http + b"\r\n\r\n", mtime=0), digest


if __name__ == "__main__":
    main()
