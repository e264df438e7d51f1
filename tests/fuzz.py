"""Throw many small inputs at everything that reads what others write: ``make fuzz``.

``python -m tests.fuzz --inputs 100000 [TARGET …]``. An input is made from its number alone, so that
what goes wrong can be had again: ``--first 48213 --inputs 1``. Only declared errors may come out, and
of the slowest inputs four times as much may take no more than some four times as long. Hypothesis,
which shrinks what it finds, keeps all inputs in memory and takes longer to make one than we to read
it; it stands in the tests of each part.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import gzip
import io
import json
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any, Final

import attrs

from crawler.archive.warc import member
from crawler.archive.warc_reading import (
    NotARecord,
    parse_response,
    records,
)
from crawler.codec import dump_line, parse_line
from crawler.decoding import decode
from crawler.discovery.documents import Unreadable
from crawler.errors import InvalidRecord, NotAnArticle
from crawler.extract import extract_article, extract_html
from crawler.items import Capture
from crawler.newsrooms import newsroom_at
from crawler.normalise.dateline import parse_dateline
from crawler.normalise.dates import find_dates, normalise
from demo import EmbeddedNewsroom
from tests.archive_site import found
from tests.test_discovery_parsers import PARSERS, WORDS

Random = random.Random
SITE: Final = newsroom_at("https://kabar.example")
ADDRESS: Final = "https://kabar.example/2024/03/hujan-di-kaur/"
ANCHOR: Final = dt.datetime(2024, 3, 1, 8, 15, tzinfo=dt.timezone(dt.timedelta(hours=7)))


@attrs.frozen
class Target:
    """Something that reads, what it may raise, and what it is given."""

    read: Callable[[bytes], object]
    make: Callable[[Random], bytes]
    declared: tuple[type[Exception], ...] = ()


def soup(words: Sequence[bytes], most: int = 40) -> Callable[[Random], bytes]:
    """Return what makes inputs of *words* and a few bytes thrown together."""

    def make(rng: Random) -> bytes:
        pieces = [
            rng.randbytes(rng.randrange(9)) if rng.random() < 0.1 else rng.choice(words)
            for _ in range(rng.randrange(1, most))
        ]
        return b"".join(pieces)

    return make


def mutated(
    samples: Callable[[], Sequence[bytes]], words: Sequence[bytes]
) -> Callable[[Random], bytes]:
    """Return what makes inputs of samples: pieces taken out, doubled, swapped, and words put in."""

    def make(rng: Random) -> bytes:
        data = bytearray(rng.choice(samples()))
        for _ in range(rng.randrange(1, 9)):
            at = rng.randrange(len(data) + 1)
            size = int(rng.expovariate(1 / 20))
            what = rng.random()
            if what < 0.3:
                del data[at : at + size]
            elif what < 0.6:
                data[at:at] = rng.choice(words)
            elif what < 0.8:
                data[at:at] = data[at : at + size] * rng.randrange(1, 4)
            elif what < 0.9:
                data[at : at + size] = rng.randbytes(min(size, 6))
            else:
                other = rng.randrange(len(data) + 1)
                data[at:at] = data[other : other + size]
        return bytes(data)

    return make


MARKUP: Final = [
    b"<p>", b"</p>", b"<div>", b"</div>", b"<br>", b"<br />", b"<blockquote>", b"</blockquote>", b"<ul><li>",
    b"</li></ul>", b"<table><tr><td>", b"</table>", b"<h2>", b"</h2>", b"<a href='", b"'>", b"</a>", b"<b>",
    b"</b>", b"<script>", b"</script>", b"<style>", b"<!--", b"-->", b"<img src=x>", b"<iframe src='//a'>",
    b"<figure>", b"<figcaption>", b"</figure>", b"&nbsp;", b"&#0;", b"&#xd800;", b"&lt;", b"\x00", b"\xff",
    b"KAUR, PROGRES.ID \xe2\x80\x93 ", b"Baca Juga: ", b"Penulis: ", b"Editor: ", b"(red)", b"<cite>",
    b"\xe2\x80\xae", b"\xe2\x80\x8b", b"<svg><title>", b"<template>", b"<plaintext>", b"<title>", b"<body>",
    b"<article class='post-1 post'>", b"<time datetime='2024-02-30T25:61:00+99:99'>", b"javascript:", b"{",
    b'<script type="application/ld+json">{"@type":"NewsArticle","headline":', b"</html>", b"<meta charset=utf-7>",
]  # fmt: skip
DATES: Final = [each.encode() for each in [
    "Senin", "Jumat", "Kamis,", "(29/9/2021)", "29", "9", "2021", "31", "30 Februari", "Agustus", "Agts",
    "12 Maret 2024", "1-3 April", "s/d", "hingga", "–", "-", "/", ".", ",", "(", ")", "pukul", "08.15", "24:61",
    "WIB", "WITA", "WIT", "kemarin", "hari ini", "besok", "lusa", "malam", "dini hari", "pekan lalu",
    "tahun 9999", "00/00/0000", "99999999999999999999", "9" * 5000, "²", "٣", "一", "𝟚", " ", " ", " ", "\n", "\u00a0", "\u202e",
    "abad ke-19", "2024-02-29T00:00:00+07:00", "Mei", "mei", "1 Syawal 1445 H", "pertama", "dua hari lalu",
]]  # fmt: skip
DATELINES: Final = [each.encode() for each in [
    "BENGKULU", "KAUR", "Jakarta", "PROGRES.ID", "detik.com", "–", "-", "—", "|", ":", ",", ".", "(", ")", "/",
    " ", " ", " ", "\u00a0", "Kota", "Kabupaten", "DKI", "Kab.", "ANTARA", "Polda", "Hujan deras", "<b>", "&",
    "Senin (1/3/2024)", "I", "XX", "é", "İ", "ß", "\u202e", "\u200b", "A" * 50, "''", "“", "”", "…", "–" * 20,
]]  # fmt: skip
JSON_WORDS: Final = [
    b"null", b"true", b"[]", b"{}", b"1e999", b"-0", b"NaN", b'"\\ud800"', b'"\\u0000"', b"[[[[", b'":', b",",
    b'""', b"9" * 30, b'"rendered":', b'"_embedded":{', b'"wp:term":[[{"taxonomy":"category"}]]', b"\\", b'"',
]  # fmt: skip
WARC_WORDS: Final = [
    b"WARC/1.1\r\n", b"WARC/1.0\r\n", b"\r\n", b"\r\n\r\n", b"Content-Length: 5\r\n", b"Content-Length: -1\r\n",
    b"Content-Length: 99999999999\r\n", b"WARC-Type: response\r\n", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 999999\r\n",
    b"Transfer-Encoding: chunked\r\n", b"Content-Encoding: gzip\r\n", b"Content-Encoding: br, zstd, gzip\r\n",
    b"5\r\nhalo!\r\n0\r\n\r\n", b"ffffffffffff\r\n", b"-1\r\n", b": \r\n", b" lanjut\r\n", b"\x00", b"\x1f\x8b\x08",
]  # fmt: skip


@cache
def pages() -> Sequence[bytes]:
    """Return the shorter articles of the embedded newsroom, head and furniture cut away."""
    with EmbeddedNewsroom() as newsroom:
        whole = [
            newsroom.get(newsroom.url(each.slug)[len(newsroom.address) :]).body
            for each in newsroom.articles
        ]
    cut = []
    for body in whole:
        head, mark, rest = body.partition(b"<article")
        cut.append(head[-200:] + mark + rest.partition(b"</article>")[0])
    return [*sorted(cut, key=len)[:4], MARKUP_PAGE, MARKUP_PAGE, MARKUP_PAGE]


MARKUP_PAGE: Final = (
    b"<html><head><title>Hujan di Kaur</title></head><body class='single-post postid-7'><h1>Hujan di Kaur</h1>"
    b"<div class='entry-content'><p>KAUR \xe2\x80\x93 Hujan deras turun, Jumat (1/3/2024).</p></div></body></html>"
)


@cache
def rest_records() -> Sequence[bytes]:
    with EmbeddedNewsroom() as newsroom:
        posts = json.loads(newsroom.get("/wp-json/wp/v2/posts?_embed=1&per_page=20").body)
    return [json.dumps(each).encode() for each in posts]


@cache
def stored_lines() -> Sequence[bytes]:
    return [dump_line(found(number).article) for number in range(1, 4)]


@cache
def stored_records() -> Sequence[bytes]:
    plain = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalo\r\n0\r\n\r\n"
    packed = gzip.compress(b"halo", mtime=0)
    coded = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + packed
    fields = [("WARC-Type", "response"), ("WARC-Record-ID", "<urn:uuid:1>")]
    return [gzip.decompress(member(fields, each)) for each in (plain, coded)]


def _extract(body: bytes) -> object:
    return extract_html(body, ADDRESS)


def _rest(body: bytes) -> object:
    headers = {"content-type": "application/json"}
    return extract_article([Capture(url=ADDRESS, body=body, status=200, headers=headers)], SITE)


def _dates(body: bytes) -> object:
    text = body.decode("utf-8", "replace")
    return find_dates(text, ANCHOR), find_dates(text, None), normalise(text, ANCHOR)


def _dateline(body: bytes) -> object:
    return parse_dateline(body.decode("utf-8", "replace"))


def _warc(body: bytes) -> None:
    """Read *body* as a WARC file: as it is, and as the content of a gzip member."""
    for stored in (body, gzip.compress(body, 1, mtime=0)):
        with contextlib.suppress(NotARecord):
            for record in records(io.BytesIO(stored)):
                with contextlib.suppress(NotARecord, ValueError, OSError):
                    _, fields, content = parse_response(record.block)
                    decode(content, {name.lower(): value for name, value in fields})


REFUSED: Final = (NotAnArticle, InvalidRecord)
TARGETS: Final[dict[str, Target]] = {
    "extraction": Target(_extract, mutated(pages, MARKUP), REFUSED),
    "markup": Target(_extract, soup(MARKUP), REFUSED),
    "rest": Target(_rest, mutated(rest_records, [*JSON_WORDS, *MARKUP]), REFUSED),
    "dates": Target(_dates, soup(DATES, 14)),
    "datelines": Target(_dateline, soup(DATELINES, 12)),
    "warc": Target(_warc, mutated(stored_records, WARC_WORDS)),
    "lines": Target(parse_line, mutated(stored_lines, JSON_WORDS), (InvalidRecord,)),
    **{
        f"discovery {name}": Target(lambda body, read=read: list(read(body)), soup(WORDS), (Unreadable,))  # type: ignore[misc]
        for name, read in PARSERS.items()
    },
}  # fmt: skip


def made(name: str, number: int) -> bytes:
    """Return the input of that *number*."""
    return TARGETS[name].make(Random(f"{name} {number}"))


def try_one(name: str, body: bytes) -> float:
    """Return the seconds that reading *body* takes; what is raised and not declared goes on."""
    target = TARGETS[name]
    began = time.thread_time()  # a busy machine does not count
    with contextlib.suppress(*target.declared):
        target.read(body)
    return time.thread_time() - began


def growth(name: str, body: bytes) -> float:
    """Return how many times longer *body* sixteen times over takes than four times over."""
    small = min(try_one(name, body * 4) for _ in range(5))
    large = min(try_one(name, body * 16) for _ in range(5))
    return large / max(small, 2e-3)


def fuzz(name: str, first: int, inputs: int, *, grown: int = 5) -> Iterator[str]:
    """Yield what went wrong with the inputs from *first* on, and as the *grown* slowest grow."""
    slowest: list[tuple[float, int]] = []
    began = time.monotonic()
    for number in range(first, first + inputs):
        body = made(name, number)
        try:
            seconds = try_one(name, body)
        except Exception as error:  # noqa: BLE001 -- any is what is looked for
            yield f"{name}: input {number}: {type(error).__name__}: {error}"[:300]
            continue
        if len(slowest) < 5 or seconds > slowest[0][0]:
            slowest = sorted([*slowest, (seconds, number)])[-5:]
    for _, number in slowest[len(slowest) - grown :] if grown else ():
        ratio = growth(name, made(name, number))
        if ratio > 12:
            yield f"{name}: input {number}: four times as much takes {ratio:.0f} times as long"
    worst = f"{slowest[-1][0] * 1000:.0f} ms (input {slowest[-1][1]})" if slowest else "-"
    print(
        f"{name}: {inputs:,} inputs in {time.monotonic() - began:,.0f} s, slowest {worst}",
        flush=True,
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(TARGETS))
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--first", type=int, default=0)
    options = parser.parse_args()
    wrong: list[Any] = []
    for name in options.targets or TARGETS:
        for each in fuzz(name, options.first, options.inputs):
            print(each, flush=True)
            wrong.append(each)
    print(f"{len(wrong)} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
