"""An archive for the tests of exports, report and reading: two articles and what became of others.

Texts, people and events are invented.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import attrs

from crawler.archive import Edit
from crawler.archive.edited import seen_edit
from crawler.codec import Line, dump_line
from crawler.decoding import zstd
from crawler.items import (
    Article,
    CaptureReference,
    Dateline,
    Embed,
    FoundDate,
    Gone,
    Image,
    RelatedPost,
    Withheld,
)

SITE = "https://lintas.example"


def article(number: int, **fields: Any) -> Article:
    """An article with little in it but what *fields* say."""
    values: dict[str, Any] = {
        "id": f"lintas:{number}",
        "site": "lintas",
        "post_id": number,
        "url": f"{SITE}/berita/{number}/",
        "title": f"Berita nomor {number}",
        "published_at": "2024-05-31T23:40:00+07:00",
        "body": "Isi berita.",
        "body_html": "<p>Isi berita.</p>",
        "word_count": 2,
        "content_hash": f"sha256:{number:064x}",
        "pages": (f"{SITE}/berita/{number}/",),
        "extractor": "1",
        "run": "20240601T000000Z-0001",
        "written_at": "2024-06-01T00:00:05Z",
    }
    return Article(**{**values, **fields})


FULL = article(
    11,
    title='=HYPERLINK("http://jahat.example","Harga cabai naik")',
    subtitle="Pedagang menunggu pasokan",
    modified_at="2024-06-01T06:00:00+07:00",
    event_date="2024-05-31",
    authors=("Rina Wulandari", "Dewi Anggraini"),
    writer="Rina Wulandari",
    editor="Slamet Riyadi",
    source_url="https://sumber.example/rilis",
    credit="rls",
    categories=("Ekonomi", "Daerah"),
    tags=("cabai", "pasar"),
    topics=("Harga Pangan",),
    dateline=Dateline(
        text="BENGKULU, LINTAS.EXAMPLE –", place="Bengkulu", outlet="LINTAS.EXAMPLE", region="17.71"
    ),
    caption="Pedagang di Pasar Panorama. (Foto: Rina)",
    photo_credit="Rina",
    image_url=f"{SITE}/foto/cabai.jpg",
    image_alt="Pedagang cabai",
    images=(Image(url=f"{SITE}/foto/pasar.jpg", caption="Suasana pasar"),),
    embeds=(Embed(kind="video", url="https://video.example/1"),),
    body=(
        "BENGKULU, LINTAS.EXAMPLE – Harga cabai naik, Jumat (31/5/2024).\n\n"
        "Rapat digelar 3 sampai 5 Juni 2024 di kantor dinas."
    ),
    body_html=(
        "<p>BENGKULU, LINTAS.EXAMPLE – Harga cabai naik, Jumat (31/5/2024).</p>"
        "<p>Rapat digelar 3 sampai 5 Juni 2024 di kantor dinas.</p>"
    ),
    dates=(
        FoundDate(
            text="Jumat (31/5/2024)", date="2024-05-31", resolved="explicit", weekday_agrees=True
        ),
        FoundDate(
            text="3 sampai 5 Juni 2024",
            date="2024-06-03",
            end="2024-06-05",
            resolved="explicit",
            block=1,
        ),
    ),
    related_posts=(
        RelatedPost(
            title="Beras stabil", url=f"{SITE}/berita/9/", heading="Baca Juga", placement="editor"
        ),
    ),
    word_count=17,
    language="id",
    unchanged_until="2024-05-31T23:00:00Z",
    theme="wpberita",
    provenance={"title": "h1.entry-title", "published_at": "time.entry-date[datetime]"},
)
"""An article that has a value in every field."""


class Captures:
    """A WARC file that grows, and the references to what is in it."""

    def __init__(self, folder: Path, name: str = "warc/lintas-00001.warc.gz") -> None:
        self.name = name
        self.path = folder / name
        self.path.parent.mkdir(parents=True, exist_ok=True)

    def add(
        self,
        url: str,
        body: bytes,
        date: str,
        kind: str = "text/html; charset=UTF-8",
        repeats: CaptureReference | None = None,
    ) -> CaptureReference:
        """Append the response *body* of *url*, or the revisit of what it *repeats*."""
        digest = repeats.digest if repeats else f"sha256:{hashlib.sha256(body).hexdigest()}"
        record_id = f"urn:uuid:{uuid.uuid4()}"
        status = "304 Not Modified" if repeats else "200 OK"
        http = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n\r\n".encode() + body
        fields = {
            "WARC-Type": "revisit" if repeats else "response",
            "WARC-Record-ID": f"<{record_id}>",
            "WARC-Date": date,
            "WARC-Target-URI": url,
            "WARC-Payload-Digest": digest,
            "Content-Type": "application/http; msgtype=response",
            "Content-Length": str(len(http)),
        }
        if repeats:
            fields["WARC-Profile"] = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
            fields["WARC-Refers-To-Target-URI"] = repeats.url
            fields["WARC-Refers-To-Date"] = repeats.fetched_at
            fields["WARC-Refers-To-Filename"] = repeats.warc
            fields["WARC-Refers-To-File-Offset"] = str(repeats.offset)
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        member = gzip.compress(f"WARC/1.1\r\n{head}\r\n".encode() + http + b"\r\n\r\n")
        offset = self.path.stat().st_size if self.path.exists() else 0
        with self.path.open("ab") as file:
            file.write(member)
        return CaptureReference(
            url=url,
            fetched_at=date,
            status=304 if repeats else 200,
            warc=self.name,
            offset=offset,
            length=len(member),
            record_id=record_id,
            digest=digest,
        )


def write_lines(path: Path, lines: Iterable[Line], torn: bytes = b"") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(dump_line(line) for line in lines) + torn)


def archive_of(root: Path, *articles: Article) -> Path:
    """Write an archive of these lines below *root*, and return its folder."""
    folder = root / "lintas"
    write_lines(folder / "articles-2024-06.jsonl", articles)
    identify(folder)
    return folder


def identify(folder: Path, withheld: Iterable[str] = ()) -> None:
    """Write what says that *folder* is an archive."""
    values = {
        "schema": 1,
        "name": folder.name,
        "site": SITE.replace("lintas", folder.name),
        "zone": "Asia/Jakarta",
        "created": "2024-06-01T00:00:00Z",
        "withheld": [*withheld],
    }
    (folder / "archive.json").write_text(json.dumps(values), encoding="utf-8")


def compressed(month: bytes) -> bytes:
    """A month of lines as it is kept once it is over."""
    return zstd.compress(month)


def page(title: str, text: str) -> bytes:
    return f"<!doctype html><title>{title}</title><h1>{title}</h1><p>{text}</p>".encode()


def sample_archive(root: Path, name: str = "lintas") -> Path:
    """Write the archive *name* below *root*, and return its folder.

    ===  ======================================================================================
    11   :data:`FULL`, of 31 May 2024
    12   two revisions; the day of publication is all that is stated: 2 June 2024
    13   gone
    14   withheld
    15   from the REST API alone, in the same answer as 14; the month is all that is stated
    16   looked at again, not changed: its second line rests on a revisit; no publication
    ===  ======================================================================================
    """
    folder = root / name
    site = SITE.replace("lintas", name)
    captures = Captures(folder, f"warc/{name}-00001.warc.gz")

    def fetched(number: int, text: str, date: str) -> CaptureReference:
        return captures.add(f"{site}/berita/{number}/", page(f"Berita {number}", text), date)

    def named(*lines: Line) -> list[Line]:
        return [
            attrs.evolve(
                line,
                id=line.id.replace("lintas", name),
                site=name,
                url=line.url.replace(SITE, site),
            )
            for line in lines
        ]

    rest = captures.add(
        f"{site}/wp-json/wp/v2/posts?per_page=20",
        b'[{"id": 14, "title": "RAHASIA"}, {"id": 15}]',
        "2024-06-01T00:00:01Z",
        kind="application/json",
    )
    once = fetched(16, "Tetap.", "2024-06-01T00:00:04Z")
    twice = captures.add(once.url, b"", "2024-07-02T00:00:01Z", repeats=once)
    july: dict[str, Any] = {"run": "20240702T000000Z-0002", "written_at": "2024-07-02T00:00:05Z"}
    write_lines(
        folder / "articles-2024-06.jsonl",
        named(
            _of(FULL, captures=(fetched(11, "Cabai.", "2024-06-01T00:00:00Z"),)),
            article(
                12,
                published_at="2024-06-02",
                categories=("Daerah",),
                captures=(fetched(12, "Lama.", "2024-06-01T00:00:01Z"),),
            ),
            article(13, captures=(fetched(13, "HILANG", "2024-06-01T00:00:02Z"),)),
            article(14, captures=(fetched(14, "RAHASIA", "2024-06-01T00:00:03Z"), rest)),
            article(15, published_at="2024-04", source="rest", captures=(rest,)),
            article(16, published_at=None, captures=(once,)),
        ),
    )
    write_lines(
        folder / "articles-2024-07.jsonl",
        named(
            article(
                12,
                revision=2,
                title="Berita nomor 12, diperbarui",
                published_at="2024-06-02",
                categories=("Daerah",),
                content_hash=f"sha256:{112:064x}",
                captures=(fetched(12, "Baru.", "2024-07-02T00:00:00Z"),),
                **july,
            ),
            Gone(
                id="lintas:13",
                revision=2,
                site="lintas",
                url=f"{SITE}/berita/13/",
                gone_at="2024-07-01T00:00:00Z",
                status=404,
                **july,
            ),
            Withheld(
                id="lintas:14",
                site="lintas",
                url=f"{SITE}/berita/14/",
                withheld_at="2024-07-02T00:00:00Z",
                reason="diminta narasumber",
                **july,
            ),
            article(16, published_at=None, captures=(twice,), **(july | {"extractor": "2"})),
        ),
        torn=b'{"schema":"article/1","id":"lintas:17","tit',
    )
    identify(folder, withheld=[f"{name}:14"])
    return folder


def _of(line: Article, **fields: Any) -> Article:
    return attrs.evolve(line, **fields)


def edit_of(before: Article, after: Article | Gone) -> Edit:
    """Return the edit that two lines of an article show."""
    found = seen_edit([before], [after], [before])
    assert found is not None
    return found
