"""WARC files as somebody else's crawler writes them, and the archive that takes them in."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import attrs
from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.archive import Archive, read
from crawler.archive.reading import read_lines
from crawler.commands.ingest import _write
from crawler.ingest import Ingest
from crawler.items import Article, Gone
from crawler.newsrooms import Newsroom, load_newsroom, newsroom_at
from demo import EmbeddedNewsroom
from tests.archive_inside import TODAY, problems, warc_records


class Crawler:
    """Captures the embedded newsroom as somebody else would, into a WARC file in memory."""

    def __init__(self, newsroom: EmbeddedNewsroom, *, members: bool = True) -> None:
        self.newsroom = newsroom
        self.buffer = io.BytesIO()
        self.writer = WARCWriter(self.buffer, gzip=members, warc_version="1.0")
        self._write(self.writer.create_warcinfo_record("siaran.warc.gz", {"software": "tests"}))

    def page(self, slug: str, at: str, suffix: str = "") -> bytes:
        """Capture an article's page, or what is at its address with *suffix*; return its body."""
        url = self.newsroom.url(slug) + suffix
        answer = self.newsroom.get(url.removeprefix(self.newsroom.address))
        self.add(url, at, answer.body, status=f"{answer.status} OK")
        return answer.body

    def add(
        self,
        url: str,
        at: str,
        body: bytes,
        *,
        kind: str = "response",
        status: str = "200 OK",
        mime: str = "text/html; charset=UTF-8",
        http: dict[str, str] | None = None,
    ) -> None:
        headers = {"Content-Type": mime} | (http or {})
        record = self.writer.create_warc_record(
            url,
            kind,
            payload=io.BytesIO(body),
            http_headers=StatusAndHeaders(status, list(headers.items()), protocol="HTTP/1.1"),
            warc_headers_dict={"WARC-Date": at},
        )
        self._write(record)

    def revisit(self, slug: str, at: str, body: bytes) -> None:
        """Say that the page of *slug* had the same *body* again."""
        url = self.newsroom.url(slug)
        record = self.writer.create_revisit_record(
            url, digest=sha1(body), refers_to_uri=url, refers_to_date="2020-01-01T00:00:00Z"
        )
        record.rec_headers.replace_header("WARC-Date", at)
        self._write(record)

    def _write(self, record: ArcWarcRecord) -> None:
        self.writer.write_record(record)
        record.raw_stream.close()  # a temporary file, which warcio leaves open

    def save(self, path: Path, digests: tuple[str, str] = ("", "")) -> Path:
        """Write the file to *path*, the second of *digests* in the place of the first."""
        was, becomes = digests
        content = self.buffer.getvalue()
        path.write_bytes(content.replace(was.encode(), becomes.encode()) if was else content)
        return path


def sha1(body: bytes) -> str:
    """The digest as crawlers like it best."""
    return "sha1:" + base64.b32encode(hashlib.sha1(body).digest()).decode()


@attrs.define
class Target:
    """The archive that is to take them in."""

    path: Path
    newsroom: Newsroom
    problems: list[str] = attrs.field(factory=list)
    passed_over: Counter[str] = attrs.field(factory=Counter)
    remarks: Counter[str] = attrs.field(factory=Counter)

    @classmethod
    def of(cls, newsroom: EmbeddedNewsroom, folder: Path) -> Target:
        """An archive of *newsroom* in *folder* that is not there yet."""
        place = newsroom_at(newsroom.address, like=load_newsroom("progres"))
        return cls(folder / "progres", place)

    def take(self, *files: Path, photos: bool = False) -> dict[str, int]:
        """Ingest *files*; return outcome → how many."""
        scratch = self.path.parent / f"scratch-{len(list(self.path.parent.iterdir()))}"
        scratch.mkdir()
        ingest = Ingest(self.newsroom, files, scratch, photos=photos)
        with Archive.open(self.path, self.newsroom, TODAY, command="ingest") as archive:
            outcomes = _write(archive, ingest)
        self.problems = ingest.problems
        self.passed_over = ingest.passed_over
        self.remarks = ingest.remarks
        return dict(outcomes)

    def articles(self) -> list[Article]:
        return list(read(self.path, latest=False))

    def gone(self) -> list[Gone]:
        return [line for line in read_lines(self.path) if isinstance(line, Gone)]

    def records(self) -> list[str]:
        """The records of its WARC files, as text."""
        return [
            gzip.decompress(each).decode("latin-1")
            for path in sorted(self.path.glob("warc/*"))
            for each in members(path)
        ]

    def whole(self) -> bool:
        """Whether everything in the archive agrees with everything else."""
        return problems(self.path, self.newsroom, TODAY) == []

    def files(self) -> dict[str, bytes]:
        """What lines and captures are, to the byte."""
        paths = [*self.path.glob("articles-*"), *self.path.glob("warc/*")]
        return {path.name: path.read_bytes() for path in paths}


def members(path: Path) -> Iterator[bytes]:
    """The gzip members of a WARC file."""
    for record in warc_records(path):
        yield path.read_bytes()[record.offset : record.offset + record.length]
