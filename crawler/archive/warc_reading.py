"""Reading WARC files back: record by record, as captures, and as members to be copied.

Damage is told by file and byte, and what lies behind it can be read on. Payloads are held against
their digests, and content codings are undone with a limit.
"""

from __future__ import annotations

import base64
import hashlib
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import lru_cache, partial
from http import HTTPStatus
from pathlib import Path, PurePath
from typing import BinaryIO, Final

import attrs

from crawler.decoding import Incomplete, decode, without_chunks
from crawler.errors import ArchiveDamaged
from crawler.items import Capture, CaptureReference, Member, joined_headers

FOLDER: Final = "warc"
_BLOCK: Final = 64 * 1024
# More than any page; what decodes to more is a bomb.
_LARGEST: Final = 256 * 1024 * 1024

_GZIP: Final = 16 + zlib.MAX_WBITS
# Unpacked at a time; a block of a bomb would give a thousand times its size.
_PART: Final = 1024 * 1024
_BLANK: Final = re.compile(rb"\r?\n\r?\n")
_ALGORITHMS: Final = ("md5", "sha1", "sha256", "sha384", "sha512")
_MAGIC: Final = b"\x1f\x8b\x08"
# Longest chain of revisits that is followed; ours are one long.
_VISITS: Final = 8
# Articles of one REST list name one capture; pages of theirs pass by between.
_REMEMBERED: Final = 8

# What a record says of its payload from before `withhold --erase` took an article out of it.
ERASED_DIGEST: Final = "x-archive-original-payload-digest"


@attrs.frozen(kw_only=True)
class StoredRecord:
    """A WARC record as it lies in a file."""

    offset: int
    length: int
    """Of its gzip member."""

    fields: Mapping[str, str]
    """Of its header, names in lower case; of a repeated one the first."""

    block: bytes

    @property
    def kind(self) -> str:
        return self.fields.get("warc-type", "")

    @property
    def record_id(self) -> str:
        return self.fields.get("warc-record-id", "").strip("<>")


class NotARecord(ValueError):
    """Bytes that should be a record are none, or not all of it."""


class TooLarge(NotARecord):
    """A record has more bytes than are read of one; *start* is how it begins."""

    def __init__(self, largest: int, start: bytes) -> None:
        super().__init__(f"more than {largest} bytes")
        self.start = start


@attrs.frozen
class Damage:
    """Bytes that are no record, up to the next one that can be read."""

    offset: int
    end: int | None
    """None where none follows."""

    problem: str
    beginning: bytes = attrs.field(default=b"", repr=False)
    """Of a record that is too large."""


def read_capture(folder: Path, reference: CaptureReference) -> Capture:
    """Return the response that *reference* names, its content coding removed.

    A revisit is followed to the record that it refers to. Raises :exc:`ArchiveDamaged`, with file
    and offset, when the record is not there, or is not what the reference says.
    """
    record = record_at(folder, reference.warc, reference.offset, reference.length)
    for name, stated in (
        ("warc-record-id", f"<{reference.record_id}>"),
        ("warc-target-uri", reference.url),
        ("warc-date", reference.fetched_at),
    ):
        # wget writes addresses in angle brackets, as WARC 1.0 shows them
        if record.fields.get(name, "").strip("<>") != stated.strip("<>"):
            found = record.fields.get(name, "none")
            what = f"record has {name} {found}, the line that names it {stated}"
            raise ArchiveDamaged(reference.warc, reference.offset, what)
    warc = reference.warc
    for _ in range(_VISITS):
        if record.kind != "revisit":
            break
        warc, offset = _original(warc, record)
        record = record_at(folder, warc, offset)
    else:
        raise ArchiveDamaged(reference.warc, reference.offset, "a revisit that leads nowhere")
    try:
        status, fields, body = answer(record)
        before = record.fields.get(ERASED_DIGEST)
        if before != reference.digest and (before or not digest_agrees(body, reference.digest)):
            raise NotARecord(f"payload is not {reference.digest}")  # noqa: TRY301 -- as answer does
        headers = joined_headers(fields)
        decoded = entity(record, headers, body)
    except (NotARecord, ValueError, OSError) as error:
        raise ArchiveDamaged(warc, record.offset, str(error)) from None
    return Capture(
        url=reference.url, body=decoded, status=status, headers=headers, reference=reference
    )


def entity(
    record: StoredRecord, headers: Mapping[str, str], body: bytes, *, largest: int = _LARGEST
) -> bytes:
    """Return the *body* of a response's record decoded; see :func:`crawler.decoding.decode`."""
    if truncated := record.fields.get("warc-truncated"):
        raise Incomplete(f"whoever stored it did not store all of it (WARC-Truncated: {truncated})")
    return decode(body, headers, largest=largest)


def read_validators(folder: Path, reference: CaptureReference) -> tuple[str | None, str | None]:
    """Return ETag and Last-Modified of a stored response, without reading its body."""
    try:
        with (folder / reference.warc).open("rb") as file:
            file.seek(reference.offset)
            start = zlib.decompressobj(_GZIP).decompress(file.read(_BLOCK), _BLOCK)
        _, fields, _ = parse_response(_split(start)[1])
    except (OSError, zlib.error, NotARecord):
        return None, None  # verify says what is wrong; without them a page is fetched once more
    headers = joined_headers(fields)
    return headers.get("etag"), headers.get("last-modified")


def record_at(folder: Path, warc: str, offset: int, length: int | None = None) -> StoredRecord:
    """Return the record whose gzip member begins at *offset* of the file *warc* in *folder*.

    Raises :exc:`ArchiveDamaged` when there is none, or it is not *length* bytes long.
    """
    try:
        with (folder / warc).open("rb") as file:
            record = next(records(file, offset), None)
    except (OSError, NotARecord) as error:
        raise ArchiveDamaged(warc, offset, f"no record can be read ({error})") from None
    if record is None:
        raise ArchiveDamaged(warc, offset, "the file ends here, where a record should be")
    if length is not None and record.length != length:
        raise ArchiveDamaged(warc, offset, f"record has {record.length} bytes, want {length}")
    return record


def records(file: BinaryIO, start: int = 0, *, largest: int = _LARGEST) -> Iterator[StoredRecord]:
    """Yield the records of a WARC file from byte *start* on, one in memory at a time.

    Raises :exc:`TooLarge` for one of more than *largest* bytes, :exc:`NotARecord` where the bytes
    are none; what was yielded before is whole, so damage begins where the last record ended.
    """
    file.seek(start)
    offset, held = start, b""
    while True:
        inflate = zlib.decompressobj(_GZIP)
        parts: list[bytes] = []
        taken = size = 0
        while not inflate.eof:
            held = held or file.read(_BLOCK)
            if not held:
                break
            taken += len(held)
            try:
                parts.append(inflate.decompress(held, _PART))
            except zlib.error as error:
                raise NotARecord(str(error)) from None
            held = inflate.unused_data if inflate.eof else inflate.unconsumed_tail
            taken -= len(held)
            size += len(parts[-1])
            if size > largest:
                raise TooLarge(largest, parts[0])
        if not taken:
            return
        if not inflate.eof:
            raise NotARecord("its end is missing")
        yield parse_record(b"".join(parts), offset, taken)
        offset += taken


def walk(
    file: BinaryIO, start: int = 0, *, largest: int = _LARGEST
) -> Iterator[StoredRecord | Damage]:
    """Yield the records of a WARC file; where it is damaged say so, and read on behind it."""
    following: int | None = start
    while following is not None:
        end = following
        try:
            for record in records(file, end, largest=largest):
                end = record.offset + record.length
                yield record
        except NotARecord as error:
            problem, beginning = str(error), error.start if isinstance(error, TooLarge) else b""
        else:
            return
        following = next_record_after(file, end, largest=largest)
        yield Damage(end, following, problem, beginning)


def stored(folder: Path) -> Iterator[tuple[str, StoredRecord | Damage]]:
    """Yield what is in all WARC files of the archive in *folder*, with the file's name in lines."""
    for path in sorted((folder / FOLDER).glob("*.warc.gz")):
        with path.open("rb") as file:
            for each in walk(file):
                yield f"{FOLDER}/{path.name}", each


def next_record_after(file: BinaryIO, offset: int, *, largest: int = _LARGEST) -> int | None:
    """Return where, behind *offset*, the next byte lies from which a record can be read.

    Of one that has more than *largest* bytes the beginning is enough.
    """
    file.seek(offset + 1)
    begin, held = offset + 1, b""
    while block := file.read(_BLOCK):
        held += block
        found = held.find(_MAGIC)
        while found >= 0:
            if _is_record(file, begin + found, largest):
                return begin + found
            file.seek(begin + len(held))
            found = held.find(_MAGIC, found + 1)
        keep = len(_MAGIC) - 1
        begin += len(held) - keep
        held = held[-keep:]
    return None


def _is_record(file: BinaryIO, offset: int, largest: int) -> bool:
    try:
        return next(records(file, offset, largest=largest), None) is not None
    except TooLarge as error:
        return error.start.startswith(b"WARC/1.")
    except NotARecord:
        return False


def parse_record(content: bytes, offset: int, length: int) -> StoredRecord:
    """Return the record that *content* is; :exc:`NotARecord` when its parts do not fit."""
    (version, *lines), rest = _split(content)
    if not version.startswith(b"WARC/1."):
        raise NotARecord("no WARC header")
    fields: dict[str, str] = {}
    for name, value in _fields(lines, "utf-8"):
        fields.setdefault(name, value)
    stated = fields.get("content-length", "")
    if not stated.isdecimal() or rest[int(stated) :] not in (b"\r\n\r\n", b"\n\n"):
        raise NotARecord(f"its block is not the {stated or '?'} bytes that its header states")
    return StoredRecord(offset=offset, length=length, fields=fields, block=rest[: int(stated)])


def parse_response(block: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
    """Return status, header fields (names in lower case) and entity body of an HTTP response."""
    (first, *lines), body = _split(block)
    parts = first.split(None, 2)
    if len(parts) < 2 or not parts[0].startswith(b"HTTP/"):  # noqa: PLR2004
        raise NotARecord("no HTTP response")
    if not parts[1].isdigit():
        raise NotARecord(f"no HTTP status: {first[:40]!r}")
    return int(parts[1]), list(_fields(lines, "latin-1")), body


def answer(record: StoredRecord) -> tuple[int, list[tuple[str, str]], bytes]:
    """Return status, header fields and entity body of what was fetched.

    A ``resource`` is a body alone, which whoever stored it took for good.
    """
    if record.kind != "resource":
        return parse_response(record.block)
    media = record.fields.get("content-type", "")
    return int(HTTPStatus.OK), [("content-type", media)] if media else [], record.block


def _split(content: bytes) -> tuple[list[bytes], bytes]:
    """Return the lines of a header, and what follows it; some end their lines with LF alone."""
    end = _BLANK.search(content)
    if end is None:
        raise NotARecord("a header without end")
    return content[: end.start()].replace(b"\r\n", b"\n").split(b"\n"), content[end.end() :]


def digest_agrees(content: bytes, stated: str) -> bool | None:
    """Whether *content* has the digest *stated*, in hex or base 32; None: unknown algorithm."""
    algorithm, _, value = stated.partition(":")
    name = algorithm.strip().lower().replace("-", "")
    if name not in _ALGORITHMS:
        return None
    digest = hashlib.new(name, content, usedforsecurity=False)
    forms = (digest.hexdigest(), base64.b32encode(digest.digest()).decode())
    return value.strip().rstrip("=").lower() in [form.rstrip("=").lower() for form in forms]


def payload_agrees(headers: Mapping[str, str], body: bytes, stated: str) -> bool | None:
    """Whether *stated* is the digest of *body*, or of it without its transfer or content coding.

    The WARC standard says payload, and crawlers mean each of the three. None: unknown algorithm.
    """

    def forms() -> Iterator[bytes]:
        yield body
        yield without_chunks(headers, body)
        yield decode(body, headers)

    with suppress(ValueError):
        for form in forms():
            if (agrees := digest_agrees(form, stated)) is not False:
                return agrees
    return False


def flaw(record: StoredRecord) -> str | None:
    """Return what is wrong with a record that can be read: a digest that differs, a field."""
    for name in ("warc-type", "warc-record-id", "warc-date"):
        if name not in record.fields:
            return f"{record.kind}: no {name}"
    stated = record.fields.get("warc-block-digest")
    if stated and digest_agrees(record.block, stated) is False:
        return f"{record.kind}: block is not {stated}"
    stated = record.fields.get("warc-payload-digest")
    if record.kind in ("response", "resource") and stated:
        try:
            _, fields, body = answer(record)
        except NotARecord as error:
            return f"{record.kind}: {error}"
        if payload_agrees(joined_headers(fields), body, stated) is False:
            return f"{record.kind}: payload is not {stated}"
    return None


def _original(warc: str, record: StoredRecord) -> tuple[str, int]:
    """Where the record lies that a revisit refers to: a file beside its own."""
    offset = record.fields.get("warc-refers-to-file-offset", "")
    name = record.fields.get("warc-refers-to-filename", "")
    if not name or not offset.isdecimal():
        raise ArchiveDamaged(warc, record.offset, "a revisit that does not say of what record")
    return str(PurePath(warc).with_name(PurePath(name).name)), int(offset)


def _fields(lines: Iterable[bytes], encoding: str) -> Iterator[tuple[str, str]]:
    for line in lines:
        name, _, value = line.decode(encoding, errors="replace").partition(":")
        yield name.strip().lower(), value.strip()


def recent_captures(folder: Path) -> Callable[[CaptureReference], Capture]:
    """Return what reads captures of the archive in *folder*, the last few only once."""
    return lru_cache(_REMEMBERED)(partial(read_capture, folder))


@attrs.frozen(kw_only=True)
class Record(Member):
    """One response or revisit record as it lies in a file."""

    place: tuple[str, int]
    """File, relative to the archive, and first byte in it."""

    mime: str
    """Media type without parameters; ``warc/revisit`` for a revisit."""


def to_show(folder: Path, hidden: frozenset[str], reference: CaptureReference) -> list[Record]:
    """Return the record of *reference*, and before a revisit the record that it repeats.

    None when one of them is *hidden*: ids of records that must not be shown. Raises
    :exc:`ArchiveDamaged` where there is no such record.
    """

    def at(warc: str, offset: int, length: int | None = None) -> StoredRecord:
        if not (folder / warc).resolve().is_relative_to(folder.resolve()):
            raise ArchiveDamaged(warc, offset, "lies outside the archive")
        return record_at(folder, warc, offset, length)

    record = at(reference.warc, reference.offset, reference.length)
    if record.record_id != reference.record_id:
        what = f"record {reference.record_id} is not there"
        raise ArchiveDamaged(reference.warc, reference.offset, what)
    found = [(reference.warc, record)]
    if record.kind == "revisit":
        warc, offset = _original(reference.warc, record)
        found.insert(0, (warc, at(warc, offset)))
    if any(each.record_id in hidden for _, each in found):
        return []
    return [_whole(folder, warc, each) for warc, each in found]


def _whole(folder: Path, warc: str, record: StoredRecord) -> Record:
    try:
        status, headers, _ = answer(record)
    except NotARecord as error:
        raise ArchiveDamaged(warc, record.offset, str(error)) from None
    mime = dict(headers).get("content-type") or "application/octet-stream"
    if record.kind == "revisit":
        mime = "warc/revisit"
    return Record(
        content=member_of(folder / warc, record),
        record_id=record.record_id,
        url=record.fields.get("warc-target-uri", "").strip("<>"),
        date=record.fields.get("warc-date", ""),
        status=status,
        digest=record.fields.get("warc-payload-digest", ""),
        place=(warc, record.offset),
        mime=mime.partition(";")[0].strip().lower(),
    )


def member_of(path: Path, record: StoredRecord) -> bytes:
    """Return the gzip member that *record* of the file at *path* is."""
    with path.open("rb") as file:
        file.seek(record.offset)
        return file.read(record.length)
