"""What the archive costs: writing, starting, looking up, reading, checking.

    python -m benchmarks.archive                       1,000 and 100,000 lines
    python -m benchmarks.archive --lines 1000000
    python -m benchmarks.archive writers append        only these parts

Every measurement is a process of its own, whose peak memory the system tells. Pages are those of
the embedded newsroom, each made different; grown archives hold lines without captures.
"""

from __future__ import annotations

import argparse
import datetime as dt
import gzip
import hashlib
import io
import json
import os
import random
import resource
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import attrs
import fastwarc.warc as fast
from fastwarc.stream_io import GzipWriter
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.archive import Archive, Found, RunReport, read
from crawler.archive.files import compress, month_files
from crawler.archive.tables import fill_all
from crawler.archive.verify import verify
from crawler.archive.warc import request, response
from crawler.codec import dump_line
from crawler.extract import extract_article
from crawler.items import Article, Capture, Exchange
from crawler.newsrooms import Newsroom, load_newsroom
from crawler.workers import RULES
from demo import EmbeddedNewsroom

NOW: Final = dt.datetime(2026, 2, 1, tzinfo=dt.UTC)
PARTS: Final = ("writers", "append", "start", "read", "rebuild", "verify")
FIRST_GROWN: Final = 1_000_000
WORDS: Final = ("pasar", "jalan", "warga", "sungai", "kantor", "petani", "sekolah", "harga")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(PARTS)}; default: all")
    parser.add_argument("--lines", type=int, action="append", help="default: 1000 and 100000")
    parser.add_argument("--articles", type=int, default=2000, help="that are appended")
    given = parser.parse_args()
    parts = given.parts or PARTS
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        if "writers" in parts:
            alone(writers, pages(300))
        if "append" in parts or "verify" in parts:
            alone(append, folder / "progres", given.articles)
        if "verify" in parts:
            alone(check, folder / "progres")
        for lines in given.lines or (1_000, 100_000):
            if not {"start", "read", "rebuild"} & set(parts):
                continue
            grown = folder / str(lines) / "progres"
            alone(grow, grown, lines)
            alone(rebuild, grown)  # without it the start would be one
            for name, part in (("start", start), ("read", read_all)):
                if name in parts:
                    alone(part, grown)


def alone(part: Callable[..., object], *arguments: Any) -> None:
    """Run *part* in a process of its own and say what memory it took at most."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            part(*arguments)
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            print(f"{part.__name__:<10} peak memory {peak} MB", flush=True)
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    if status:
        raise SystemExit(f"{part.__name__} failed")


def say(part: str, what: str, value: str) -> None:
    print(f"{part:<10} {what:<46} {value}", flush=True)


# pages and articles


def pages(count: int) -> list[bytes]:
    """Article pages of the embedded newsroom, each with words of its own."""
    with EmbeddedNewsroom() as newsroom:
        listed = f"{newsroom.address}/wp-json/wp/v2/posts?per_page=20"
        with urllib.request.urlopen(listed) as answer:
            links = [post["link"] for post in json.load(answer)]
        bodies = []
        for link in links:
            with urllib.request.urlopen(link) as answer:
                body = answer.read()
                if answer.headers.get("Content-Encoding") == "gzip":
                    body = gzip.decompress(body)
                bodies.append(body.replace(newsroom.address.encode(), b"https://progres.id"))
    luck = random.Random(7)
    made = []
    for number in range(count):
        words = " ".join(luck.choice(WORDS) for _ in range(60)).encode()
        made.append(bodies[number % len(bodies)].replace(b"</p>", b" " + words + b".</p>", 1))
    return made


def progres() -> Newsroom:
    return load_newsroom("progres")


def finding(number: int, body: bytes, article: Article) -> Found:
    url = f"https://progres.id/kota/berita-{number}.html"
    exchange = Exchange(
        url=url,
        request_headers=(("User-Agent", "benchmark"), ("Accept-Encoding", "gzip")),
        status=200,
        headers=(("Content-Type", "text/html; charset=UTF-8"), ("Content-Encoding", "gzip")),
        body=gzip.compress(body, 6, mtime=0),
        ip="127.0.0.1",
        fetched_at=NOW,
    )
    capture = Capture(url=url, body=body, exchanges=(exchange,))
    hashed = hashlib.sha256(body + str(number).encode()).hexdigest()
    text = shuffled(article.body, number)
    return Found(
        attrs.evolve(
            article,
            id=f"progres:{number}",
            url=url,
            post_id=number,
            body=text,
            body_html=f"<p>{text}</p>",
            content_hash=f"sha256:{hashed}",
        ),
        (capture,),
    )


def shuffled(text: str, seed: int) -> str:
    """The words of *text* in another order, so that compression has it no easier than in life."""
    words = text.split()
    random.Random(seed).shuffle(words)
    return " ".join(words)


def findings(count: int) -> list[Found]:
    made = []
    for number, body in enumerate(pages(count)):
        url = f"https://progres.id/kota/berita-{number}.html"
        article = extract_article([Capture(url=url, body=body)], progres())
        made.append(finding(number, body, article))
    return made


def opened(folder: Path) -> Archive:
    return Archive.open(folder, progres(), RULES)


# parts


def writers(bodies: list[bytes]) -> None:
    """Our records, warcio's and FastWARC's, alone and beside a thread that is always busy."""
    exchanges = [
        finding(n, body, _plain()).captures[0].exchanges[0] for n, body in enumerate(bodies)
    ]
    plain = [
        attrs.evolve(e, body=b, headers=e.headers[:1])
        for e, b in zip(exchanges, bodies, strict=True)
    ]
    large = [attrs.evolve(plain[0], body=b"".join(bodies * 3))]
    for coded, these in (("plain", plain), ("gzip", exchanges)):
        size = sum(len(each.body) for each in these) / len(these)
        say("writers", f"{coded} bodies", f"{size / 1000:.1f} kB each")
        for name, write in (("ours", _ours), ("warcio", _warcio), ("FastWARC", _fastwarc)):
            seconds, written = min(_timed(write, these) for _ in range(5))
            share = _share_left(write, large)
            say(
                "writers",
                f"{coded}, {name}",
                f"{seconds * 1000:.2f} ms, {written / len(these) / 1000:.1f} kB a page; beside a "
                f"large page a busy thread keeps {share:.0%}",
            )


def _timed(write: Callable[[list[Exchange]], int], exchanges: list[Exchange]) -> tuple[float, int]:
    begin = time.perf_counter()
    written = write(exchanges)
    return (time.perf_counter() - begin) / len(exchanges), written


def _plain() -> Article:
    return Article(
        id="progres:1",
        site="progres",
        url="https://progres.id/x",
        title="x",
        content_hash="sha256:" + "0" * 64,
        extractor=RULES.extractor,
    )


def _ours(exchanges: list[Exchange]) -> int:
    written = 0
    for exchange in exchanges:
        answer = response(exchange)
        written += len(answer.content) + len(request(exchange, answer.record_id).content)
    return written


def _warcio(exchanges: list[Exchange]) -> int:
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=True, warc_version="WARC/1.1")
    for each in exchanges:
        answer = writer.create_warc_record(
            each.url,
            "response",
            payload=io.BytesIO(each.body),
            http_headers=StatusAndHeaders("200 OK", list(each.headers), protocol="HTTP/1.1"),
        )
        asked = writer.create_warc_record(
            each.url,
            "request",
            http_headers=StatusAndHeaders(
                "GET / HTTP/1.1", list(each.request_headers), is_http_request=True
            ),
        )
        writer.write_request_response_pair(asked, answer)
    return out.tell()


def _fastwarc(exchanges: list[Exchange]) -> int:
    written = 0
    for each in exchanges:
        fields = "".join(f"{name}: {value}\r\n" for name, value in each.headers)
        head = f"HTTP/1.1 200 OK\r\n{fields}\r\n".encode()
        for kind, block in (
            (fast.response, head + each.body),
            (fast.request, b"GET / HTTP/1.1\r\n\r\n"),
        ):
            out = io.BytesIO()
            record = fast.WarcRecord()
            record.init_headers(kind, content_length=len(block))
            record.set_bytes_content(block)
            record.headers["WARC-Target-URI"] = each.url
            record.is_http = True
            gzipped = GzipWriter(out, compression_level=6)
            record.write(gzipped, checksum_data=True)
            gzipped.finish()
            written += len(out.getvalue())
    return written


def _share_left(write: Callable[[list[Exchange]], int], exchanges: list[Exchange]) -> float:
    """Which share of its speed a busy Python thread keeps while one large page is written."""
    turns = [0]
    stop = threading.Event()

    def spin() -> None:
        while not stop.is_set():
            sum(range(200))
            turns[0] += 1

    def speed(during: Callable[[], object]) -> float:
        stop.clear()
        thread = threading.Thread(target=spin)
        thread.start()
        time.sleep(0.1)  # until it runs at its speed
        turns[0] = 0
        begin = time.perf_counter()
        during()
        seconds, done = time.perf_counter() - begin, turns[0]
        stop.set()
        thread.join()
        return done / seconds

    alone = speed(lambda: time.sleep(0.5))  # half a second in which nothing else runs
    return min(speed(lambda: write(exchanges)) / alone, 1.0)


def append(folder: Path, count: int) -> None:
    """New articles as fast as they can be taken, then the same again, unchanged."""
    made = findings(count)
    for kind in ("new", "unchanged"):
        with opened(folder) as archive:
            begin = time.perf_counter()
            for start in range(0, len(made), 50):
                outcomes = archive.record(made[start : start + 50])
                assert all(outcome.kind == kind for outcome in outcomes)
            seconds = time.perf_counter() - begin
            archive.finish(RunReport(exit_code=0))
        say("append", f"{count} {kind}, all at once", f"{count / seconds:,.0f} articles/s")
    with opened(folder) as archive:
        begin = time.perf_counter()
        some = made[: count // 10]
        for each in some:
            archive.record(
                [
                    Found(
                        attrs.evolve(
                            each.article,
                            title="lain",
                            content_hash=f"sha256:{hashlib.sha256(each.article.id.encode()).hexdigest()}",
                        ),
                        each.captures,
                    )
                ]
            )
        seconds = time.perf_counter() - begin
    say("append", f"{len(some)} edits, one after another", f"{len(some) / seconds:,.0f} articles/s")
    lines = count + len(some)
    for pattern in ("articles-*.jsonl", "warc/*", "state.sqlite"):
        size = sum(path.stat().st_size for path in folder.glob(pattern))
        say("append", f"bytes a line in {pattern}", f"{size / lines:,.0f}")
    (month,) = month_files(folder)
    before = month.path.stat().st_size
    begin = time.perf_counter()
    packed = compress(month, None).stat().st_size
    seconds = time.perf_counter() - begin
    say(
        "append",
        "a finished month",
        f"{packed / lines:,.0f} bytes a line, {before / seconds / 1e6:.0f} MB/s",
    )


def check(folder: Path) -> None:
    """Verify what was appended, extraction included."""
    begin = time.perf_counter()
    found = sum(1 for _ in verify(folder, progres(), RULES))
    lines = sum(1 for _ in read(folder, latest=False))
    seconds = time.perf_counter() - begin
    say(
        "verify",
        f"{lines} lines ({found} differ: their ids were made up)",
        f"{lines / seconds:,.0f} lines/s",
    )


def grow(folder: Path, count: int) -> None:
    """Make an archive of *count* lines over ten years, without captures."""
    folder.mkdir(parents=True)
    opened(folder).close()
    (folder / "state.sqlite").unlink()
    add_grown(folder, count)


def add_grown(folder: Path, count: int) -> None:
    """Write *count* lines of 2016 to 2025 into an archive that has none of these years."""
    article = finding(
        0,
        b"",
        extract_article(
            [Capture(url="https://progres.id/kota/a.html", body=pages(1)[0])], progres()
        ),
    ).article
    months = 120
    per_month = -(-count // months)
    for month in range(months):
        when = dt.datetime(2016 + month // 12, month % 12 + 1, 15, tzinfo=dt.UTC)
        path = folder / f"articles-{when:%Y-%m}.jsonl"
        with path.open("wb") as file:
            for number in range(month * per_month, min((month + 1) * per_month, count)):
                file.write(
                    dump_line(
                        attrs.evolve(
                            article,
                            id=f"progres:{FIRST_GROWN + number}",
                            url=f"https://progres.id/kota/berita-{number}.html",
                            post_id=FIRST_GROWN + number,
                            body=shuffled(article.body, number),
                            published_at=when.isoformat(),
                            content_hash=f"sha256:{hashlib.sha256(str(number).encode()).hexdigest()}",
                            run="grown",
                            written_at=f"{when:%Y-%m-%dT%H:%M:%SZ}",
                        )
                    )
                )
        if path.stat().st_size == 0:
            path.unlink()
    for each in month_files(folder)[:-1]:
        compress(each, None)


def rebuild(folder: Path) -> None:
    """Make the ledger from all lines."""
    begin = time.perf_counter()
    filler = fill_all(folder, folder / "state.sqlite", NOW)
    filler.tables.close()
    seconds = time.perf_counter() - begin
    size = (folder / "state.sqlite").stat().st_size
    say(
        "rebuild",
        f"{filler.lines:,} lines",
        f"{seconds:.1f} s, ledger {size / filler.lines:,.0f} bytes a line",
    )


def start(folder: Path) -> None:
    """A run that finds nothing: open, ask, end."""
    begin = time.perf_counter()
    with opened(folder) as archive:
        ready = time.perf_counter() - begin
        count = archive.ledger.count()
        begin = time.perf_counter()
        for number in range(0, count, max(count // 1000, 1)):
            assert archive.ledger.known(f"https://progres.id/kota/berita-{number}.html")
        asked = time.perf_counter() - begin
        begin = time.perf_counter()
        archive.ledger.due(NOW, 100)
        archive.ledger.waiting(100)
        archive.ledger.retries(NOW, 100)
        archive.ledger.count(after="2025-06-01")
        questions = time.perf_counter() - begin
        begin = time.perf_counter()
        archive.finish(RunReport(exit_code=0))
        ending = time.perf_counter() - begin
    say("start", f"{count:,} lines: opening", f"{ready * 1000:.0f} ms")
    say("start", f"{count:,} lines: is an address known", f"{asked * 1000:.0f} µs")
    say("start", f"{count:,} lines: what is due, waiting, failed", f"{questions * 1000:.1f} ms")
    say("start", f"{count:,} lines: ending", f"{ending * 1000:.0f} ms")


def read_all(folder: Path) -> None:
    begin = time.perf_counter()
    count = sum(1 for _ in read(folder))
    seconds = time.perf_counter() - begin
    say("read", f"{count:,} articles of all months", f"{count / seconds:,.0f} articles/s")
    newest = month_files(folder)[-1]
    begin = time.perf_counter()
    count = sum(1 for _ in read(newest.path))
    seconds = time.perf_counter() - begin
    say("read", f"{count:,} articles of one month", f"{seconds:.2f} s")
    begin = time.perf_counter()
    count = sum(1 for _ in read(folder, written_since="2025-12-01"))
    say("read", f"{count:,} articles written lately", f"{time.perf_counter() - begin:.2f} s")


if __name__ == "__main__":
    main()
