"""Taking an article out of the files: the one exception to append-only.

What other lines name stays where it is. The lines of the article go; what remains of it is the
line that withholds it.

Records taken out of WARC files, each overwritten by one of the same length that says so.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

import attrs

from crawler.archive.files import patch_file
from crawler.archive.finishing import rewrite, update_manifest
from crawler.archive.lines import MonthFile, month_files
from crawler.archive.reading import line_beginning
from crawler.archive.revisions import post_id_of
from crawler.archive.tables import ArticleRow
from crawler.archive.warc import FOLDER, crc_of, member, new_record_id
from crawler.archive.warc_reading import (
    ERASED_DIGEST,
    NotARecord,
    StoredRecord,
    parse_response,
    records,
)
from crawler.archive.writer import Batches
from crawler.codec import parse_line
from crawler.decoding import decode
from crawler.errors import ArchiveDamaged, ArchiveError
from crawler.items import WITHHELD, Article, Gone, joined_headers

_LOCATION: Final = re.compile(rb"\r\nlocation:[ \t]*([^\r\n]+)", re.IGNORECASE)
_CODED: Final = re.compile(rb"\r\n(?:content|transfer)-encoding:[^\r\n]*", re.IGNORECASE)
_LENGTH: Final = re.compile(rb"(\r\ncontent-length:) *\d+", re.IGNORECASE)
# Flag of a gzip header: a comment follows, up to a zero byte, of any length.
_COMMENT: Final = 0x10
_HEADER: Final = 10


@attrs.frozen(kw_only=True)
class Traces:
    """What belongs to an article in the WARC files."""

    addresses: frozenset[str]
    places: frozenset[tuple[str, int]]
    """File and offset of the records that its lines name."""


@attrs.frozen(kw_only=True)
class Trace:
    """A record that belongs to an article."""

    warc: str
    offset: int
    length: int
    answer: str
    """Id of the response: its own, or that of which it is the request."""


def find(folder: Path, traces: Traces) -> list[Trace]:
    """Return the records of *traces* in the WARC files of the archive in *folder*.

    What its lines name, what was fetched from its addresses, what redirected there, and the
    requests for all of these.
    """
    found: list[Trace] = []
    for path in sorted((folder / FOLDER).glob("*.warc.gz")):
        warc = f"{FOLDER}/{path.name}"
        ids: set[str] = set()
        with path.open("rb") as file:
            try:
                for record in records(file):
                    if _belongs(record, warc, traces, ids):
                        ids.add(f"<{record.record_id}>")
                        answer = record.fields.get("warc-concurrent-to", "").strip("<>")
                        found.append(
                            Trace(
                                warc=warc,
                                offset=record.offset,
                                length=record.length,
                                answer=answer or record.record_id,
                            )
                        )
            except NotARecord as error:
                raise ArchiveDamaged(warc, file.tell(), f"cannot be searched ({error})") from None
    return found


def _belongs(record: StoredRecord, warc: str, traces: Traces, ids: set[str]) -> bool:
    if record.kind not in ("response", "request", "revisit", "resource"):
        return False
    if (warc, record.offset) in traces.places:
        return True
    if record.fields.get("warc-concurrent-to") in ids:
        return True
    if record.fields.get("warc-target-uri") in traces.addresses:
        return True
    location = _LOCATION.search(record.block.partition(b"\r\n\r\n")[0])
    return location is not None and location[1].decode(errors="replace") in traces.addresses


def overwrite(path: Path, traces: Iterable[Trace], now: str) -> None:
    """Put a record that says that something was erased in the place of each of *traces*."""
    content = b"".join(
        (
            b"software: newsroom-archive\r\n",
            b"erased: " + now.encode() + b"\r\n",
        )
    )
    patches = {}
    for trace in traces:
        fields = [
            ("WARC-Type", "metadata"),
            ("WARC-Record-ID", f"<{new_record_id()}>"),
            ("WARC-Date", now),
            ("Content-Type", "application/warc-fields"),
        ]
        patches[trace.offset] = padded(member(fields, content), trace.length)
    patch_file(path, patches)


def take_out(path: Path, trace: Trace, post_id: int) -> bool:
    """Take a post out of the REST list that *trace* is; False where it is no such list.

    The other posts stay, and with them the record: it keeps its id, and in the place of its
    digests says that of its payload from before, which lines go on naming.
    """
    with path.open("rb") as file:
        record = next(records(file, trace.offset))
    status, fields, body = parse_response(record.block)
    try:
        posts = json.loads(decode(body, joined_headers(fields)))
    except ValueError:
        return False
    if status != 200 or not isinstance(posts, list):  # noqa: PLR2004
        return False
    rest = [post for post in posts if not (isinstance(post, dict) and post.get("id") == post_id)]
    if len(rest) == len(posts):
        return True
    changed = json.dumps(rest, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")
    # Without a coding of its own: the record's is enough, and there has to be room for it.
    head = _CODED.sub(b"", record.block[: len(record.block) - len(body)])
    head = _LENGTH.sub(rb"\1 %d" % len(changed), head)
    before = record.fields.get(ERASED_DIGEST) or record.fields["warc-payload-digest"]
    gone = ("content-length", "warc-payload-digest", "warc-block-digest")
    kept = {name: value for name, value in record.fields.items() if name not in gone}
    kept[ERASED_DIGEST] = before
    patch_file(path, {trace.offset: padded(_member(kept, head + changed), trace.length)})
    return True


def padded(content: bytes, length: int) -> bytes:
    """Return the gzip member *content* made *length* bytes long, by a comment in its header."""
    missing = length - len(content)
    if missing < 0:
        raise ArchiveError(f"a record of {length} bytes is too small for what must replace it")
    if not missing:
        return content
    header = bytearray(content[:_HEADER])
    header[3] |= _COMMENT
    return bytes(header) + b" " * (missing - 1) + b"\0" + content[_HEADER:]


def _member(fields: Mapping[str, str], block: bytes) -> bytes:
    return member(((_cased(name), value) for name, value in fields.items()), block)


def _cased(name: str) -> str:
    """A field's name as the standard writes it."""
    return "-".join(
        word.upper() if word in ("warc", "uri", "id", "ip") else word.capitalize()
        for word in name.split("-")
    )


@attrs.frozen(kw_only=True)
class Erased:
    """What was taken out."""

    id: str
    lines: Counter[str] = attrs.field(factory=Counter)
    """File → how many lines."""

    records: Counter[str] = attrs.field(factory=Counter)
    """File → how many records."""

    parts: Counter[str] = attrs.field(factory=Counter)
    """File → how many REST lists it was taken out of."""

    left: Counter[str] = attrs.field(factory=Counter)
    """File → how many records that other articles need, too, and that are no REST list."""

    def __str__(self) -> str:
        said = [
            f"{count} {what} of {file}"
            for what, counts in (
                ("lines", self.lines),
                ("records", self.records),
                ("REST lists, in part,", self.parts),
                ("records that other articles need were left", self.left),
            )
            for file, count in counts.items()
        ]
        return f"erased {self.id}: {', '.join(said) or 'nothing was left'}"


def erase(batches: Batches, id_: str, site: str) -> Erased:
    """Take the article *id_*, which is withheld, out of lines and WARC files.

    Run by the archive's thread between batches. Records first, lines last: killed in between, it
    can be done again. Raises :exc:`ArchiveError` when the article is not withheld.
    """
    row = batches.tables.rows().article(id_)
    if row is None or row.state != "withheld":
        raise ArchiveError(f"{id_} is not withheld; only what is may be erased")
    batches.release()
    erased = Erased(id=id_)
    folder = batches.folder
    own = [line for line in _own_lines(folder, id_) if isinstance(line, Article | Gone)]
    addresses = {line.url for line in own} | set(batches.tables.addresses_of(id_)) | {row.url}
    addresses |= {page for line in own if isinstance(line, Article) for page in line.pages}
    places = {(each.warc, each.offset) for line in own for each in line.captures}
    traces = find(folder, Traces(addresses=frozenset(addresses), places=frozenset(places)))
    shared = _named_by_others(folder, id_, traces)
    _erase_records(batches, traces, shared, post_id_of(id_, "rest"), erased)
    for file in month_files(folder):
        _erase_lines(batches, file, id_.encode(), erased)
    _forget(batches, row)
    batches.take_up()
    changed = {*erased.lines, *erased.records, *erased.parts}
    update_manifest(folder, site, changed=tuple(changed))
    return erased


def _own_lines(folder: Path, id_: str) -> Iterator[object]:
    for file in month_files(folder):
        for _, raw in file.lines():
            if line_beginning(raw)[1] == id_.encode():
                yield parse_line(raw)


def _named_by_others(folder: Path, id_: str, traces: list[Trace]) -> set[tuple[str, int]]:
    """Which of *traces* lines of other articles name."""
    needles = {b'"offset":%d,' % trace.offset for trace in traces}
    places = {(trace.warc, trace.offset) for trace in traces}
    shared: set[tuple[str, int]] = set()
    for file in month_files(folder):
        for _, raw in file.lines():
            if not any(needle in raw for needle in needles):
                continue
            line = parse_line(raw)
            if line.id != id_ and isinstance(line, Article | Gone):
                shared |= {(each.warc, each.offset) for each in line.captures} & places
    return shared


def _erase_records(
    batches: Batches,
    traces: list[Trace],
    shared: set[tuple[str, int]],
    post_id: int | None,
    erased: Erased,
) -> None:
    needed = {each.answer for each in traces if (each.warc, each.offset) in shared}
    files: dict[str, list[Trace]] = {}
    for trace in traces:
        if trace.answer not in needed:
            files.setdefault(trace.warc, []).append(trace)
        elif (trace.warc, trace.offset) in shared:  # its request says nothing of the article
            taken = post_id is not None and take_out(batches.folder / trace.warc, trace, post_id)
            (erased.parts if taken else erased.left)[trace.warc] += 1
    for warc, mine in files.items():
        overwrite(batches.folder / warc, mine, batches.stamp)
        erased.records[warc] += len(mine)
    accounted = batches.tables.files()
    batches.tables.begin()
    for warc in {*files, *erased.parts} & accounted.keys():
        size, _ = accounted[warc]
        batches.tables.put_file(warc, size, crc_of(batches.folder / warc, size))
    batches.tables.commit()
    batches.warcs.known = ("", 0)  # asked anew


def _erase_lines(batches: Batches, file: MonthFile, id_: bytes, erased: Erased) -> None:
    """Write *file* without the article's lines, and let the ledger follow."""
    removed = 0

    def keep(_: int, raw: bytes) -> bool:
        nonlocal removed
        schema, whose, _ = line_beginning(raw)
        if whose != id_ or schema == WITHHELD:
            return True
        removed += 1
        return False

    if all(keep(offset, raw) for offset, raw in file.lines()):
        return
    removed = 0
    size, crc = rewrite(file, keep)
    erased.lines[file.path.name] += removed
    tables = batches.tables
    tables.begin()
    tables.put_file(file.plain_name, size, crc)
    tables.commit()


def _forget(batches: Batches, row: ArticleRow) -> None:
    """Leave of the article's row what the line that withholds it says."""
    rows = batches.tables.rows()
    rows.put_article(ArticleRow(id=row.id, url=row.url, revision=1, state="withheld"))
    batches.tables.begin()
    batches.tables.put(rows)
    batches.tables.commit()
