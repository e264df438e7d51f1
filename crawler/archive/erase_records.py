"""Records taken out of WARC files, each overwritten by one of the same length that says so."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import attrs

from crawler.archive.captures import (
    ERASED_DIGEST,
    NotARecord,
    StoredRecord,
    parse_response,
    records,
)
from crawler.archive.codings import decode_body
from crawler.archive.files import patch_file
from crawler.archive.records import member, new_record_id
from crawler.archive.warcs import FOLDER
from crawler.errors import ArchiveDamaged, ArchiveError

_LOCATION: Final = re.compile(rb"\r\nlocation:[ \t]*([^\r\n]+)", re.IGNORECASE)
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
    if record.kind not in ("response", "request", "revisit"):
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
    coding = dict(fields).get("content-encoding", "")
    try:
        posts = json.loads(decode_body(body, coding))
    except ValueError:
        return False
    if status != 200 or not isinstance(posts, list):  # noqa: PLR2004
        return False
    rest = [post for post in posts if not (isinstance(post, dict) and post.get("id") == post_id)]
    if len(rest) == len(posts):
        return True
    changed = json.dumps(rest, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")
    if coding:
        changed = zlib.compress(changed, zlib.Z_BEST_COMPRESSION, 16 + zlib.MAX_WBITS)
    head = record.block[: len(record.block) - len(body)]
    head = re.sub(rb"(?i)(\r\ncontent-length:) *\d+", rb"\1 %d" % len(changed), head)
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
