"""Taking an article out of the files: the one exception to append-only.

What other lines name stays where it is. The lines of the article go; what remains of it is the
line that withholds it. Records in WARC files are overwritten by others of the same length that say
so. What is to be done is on disk before anything is, so that the next start can finish it.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Final

import attrs
from cattrs import Converter

from crawler.archive.files import (
    MonthFile,
    RawLine,
    all_lines,
    month_files,
    patch_file,
    replace_file,
    rewrite,
    update_manifest,
)
from crawler.archive.rows import ArticleRow
from crawler.archive.warc import crc_of, member, new_record_id
from crawler.archive.warc_reading import (
    ERASED_DIGEST,
    Damage,
    StoredRecord,
    parse_response,
    record_at,
    stored,
)
from crawler.archive.writer import Batches
from crawler.decoding import decode, read_json
from crawler.errors import ArchiveDamaged, ArchiveError
from crawler.items import WITHHELD, Article, Gone, joined_headers

INTENT: Final = "erasing.json"
_CONVERTER: Final = Converter(detailed_validation=False)
_LOCATION: Final = re.compile(rb"\r\nlocation:[ \t]*([^\r\n]+)", re.IGNORECASE)
_REST: Final = re.compile(r"/wp-json/|[?&]rest_route=")
_CODED: Final = re.compile(rb"\r\n(?:content|transfer)-encoding:[^\r\n]*", re.IGNORECASE)
_LENGTH: Final = re.compile(rb"(\r\ncontent-length:) *\d+", re.IGNORECASE)
# Flag of a gzip header: a comment follows, up to a zero byte, of any length.
_COMMENT: Final = 0x10
_HEADER: Final = 10

_LINES: Final = "lines"
_RECORDS: Final = "records"
_PARTS: Final = "REST lists, in part,"
_LEFT: Final = "records that other articles need were left"


@attrs.frozen(kw_only=True)
class Erased:
    """What was taken out."""

    id: str
    withheld: bool = False
    """Whether it was not withheld before."""

    counts: Counter[tuple[str, str]] = attrs.field(factory=Counter)
    """What of which file → how many."""

    def __str__(self) -> str:
        said = [
            f"{count} {what} of {file}"
            for each in (_LINES, _RECORDS, _PARTS, _LEFT)
            for (what, file), count in self.counts.items()
            if what == each
        ]
        return f"erased {self.id}: {', '.join(said) or 'nothing was left'}"


@attrs.frozen(kw_only=True)
class Intent:
    """What is to be erased, as it is on disk until that is done."""

    id: str
    reason: str
    run: str
    """Which began it."""

    post_id: int | None = None
    """Which post of a REST list the article is."""

    addresses: tuple[str, ...]
    places: tuple[tuple[str, int], ...]
    """WARC file and offset of what its lines name."""

    lines: Mapping[str, int]
    """Run → lines of it that go."""

    files: tuple[str, ...]
    """Files of lines and WARC files that change."""


def intent_of(folder: Path) -> Intent | None:
    """Return what a run that was killed was about to erase."""
    try:
        return _CONVERTER.structure(json.loads((folder / INTENT).read_bytes()), Intent)
    except FileNotFoundError:
        return None


def intend(batches: Batches, id_: str, reason: str) -> Intent:
    """Put on disk that the article *id_* is to be withheld, for that *reason*, and erased.

    Raises :exc:`ArchiveError` when there is no such article, or it is not withheld and there is no
    reason to, or what would remain of its records does not fit in their place.
    """
    row = batches.tables.rows().article(id_)
    if not reason and (row is None or row.state != "withheld"):
        raise ArchiveError(f"{id_} is not withheld; only what is may be erased")
    if row is None:
        raise ArchiveError(f"{batches.folder.name} has no article {id_}")
    found = list(_own_lines(batches.folder, id_))
    own = [line for _, line in found]
    addresses = {line.url for line in own} | set(batches.tables.addresses_of(id_)) | {row.url}
    addresses |= {page for line in own if isinstance(line, Article) for page in line.pages}
    places = {(each.warc, each.offset) for line in own for each in line.captures}
    intent = Intent(
        id=id_,
        reason=reason,
        run=batches.run,
        post_id=next((line.post_id for line in own if isinstance(line, Article)), None),
        addresses=tuple(sorted(addresses)),
        places=tuple(sorted(places)),
        lines=Counter(line.run or "" for line in own),
        files=tuple(dict.fromkeys(name for name, _ in found)),
    )
    warcs = _patches(batches, intent, Erased(id=id_))
    intent = attrs.evolve(intent, files=(*intent.files, *sorted(warcs)))
    replace_file(batches.folder / INTENT, json.dumps(_CONVERTER.unstructure(intent)).encode())
    return intent


def erase(batches: Batches, intent: Intent, site: str) -> Erased:
    """Take the article out of lines and WARC files, as far as it still is in them.

    Run by the archive's thread between batches. The caller removes the intent.
    """
    batches.release()
    erased, folder, tables = Erased(id=intent.id), batches.folder, batches.tables
    for warc, patches in _patches(batches, intent, erased).items():
        patch_file(folder / warc, patches)
    accounted = tables.files()
    with tables.transaction():
        for warc in accounted.keys() & intent.files:
            size, _ = accounted[warc]
            tables.put_file(warc, size, crc_of(folder / warc, size))
    batches.warcs.known = ("", 0)  # asked anew
    for file in month_files(folder):
        if file.path.name in intent.files:
            _erase_lines(batches, file, intent.id, erased)
    rows = tables.rows()
    row = rows.article(intent.id)
    if row is not None:  # what the line that withholds it says
        rows.put(ArticleRow(id=row.id, url=row.url, revision=1, state="withheld"))
    with tables.transaction():
        tables.put(rows)
    update_manifest(folder, site, changed=intent.files)
    return erased


def _is_own(line: RawLine, id_: str) -> bool:
    """Whether a line goes with the article *id_*: not the one that withholds it."""
    schema, whose, _ = line.beginning
    return whose == id_.encode() and schema != WITHHELD


def _own_lines(folder: Path, id_: str) -> Iterator[tuple[str, Article | Gone]]:
    for each in all_lines(folder):
        if _is_own(each, id_):
            line = each.parse()
            if isinstance(line, Article | Gone):
                yield each.file, line


def count_own(folder: Path, id_: str) -> tuple[int, int]:
    """Return how many lines there are, and how many of them are to go with the article *id_*."""
    mine = [_is_own(line, id_) for line in all_lines(folder)]
    return len(mine), sum(mine)


def _erase_lines(batches: Batches, file: MonthFile, id_: str, erased: Erased) -> None:
    """Write *file* without the article's lines, and let the ledger follow."""
    name = file.path.name
    removed = sum(_is_own(line, id_) for line in file.lines())
    size, crc = rewrite(file, lambda line: not _is_own(line, id_))
    if removed:
        erased.counts[_LINES, name] += removed
    tables = batches.tables
    with tables.transaction():
        tables.put_file(file.plain_name, size, crc)
        if file.compressed:
            tables.put_file(name, file.path.stat().st_size, 0)
        tables.put_meta("lines", str(tables.lines - removed))


# WARC files


@attrs.frozen
class _Trace:
    """A record that belongs to an article."""

    place: tuple[str, int]
    """WARC file and offset."""

    length: int
    answer: str
    """Id of the response: its own, or that of which it is the request."""


def _patches(batches: Batches, intent: Intent, erased: Erased) -> dict[str, dict[int, bytes]]:
    """Return WARC file → offset → what takes the place of the record there; counts it in *erased*."""
    traces = _traces(batches.folder, intent)
    shared = _named_by_others(batches.folder, intent.id, traces)
    needed = {each.answer for each in traces if each.place in shared}
    found: dict[str, dict[int, bytes]] = {}
    for trace in traces:
        new: bytes | None = None
        warc, offset = trace.place
        if trace.answer not in needed:
            new = _nothing(trace.length, batches.stamp)
            erased.counts[_RECORDS, warc] += 1
        elif trace.place in shared:  # its request says nothing of the article
            new = _without(record_at(batches.folder, warc, offset), intent.post_id)
            erased.counts[_LEFT if new is None else _PARTS, warc] += 1
        if new is not None:
            found.setdefault(warc, {})[offset] = new
    return found


def _traces(folder: Path, intent: Intent) -> list[_Trace]:
    """Return the records of an article.

    What its lines name, what was fetched from its addresses, what redirected there, REST lists that
    it stands in, and the requests for all of these.
    """
    found: list[_Trace] = []
    ids: set[str] = set()
    for warc, record in stored(folder):
        if isinstance(record, Damage):
            raise ArchiveDamaged(warc, record.offset, f"cannot be searched ({record.problem})")
        if _belongs(record, warc, intent, ids):
            ids.add(f"<{record.record_id}>")
            answer = record.fields.get("warc-concurrent-to", "").strip("<>") or record.record_id
            found.append(_Trace((warc, record.offset), record.length, answer))
    return found


def _belongs(record: StoredRecord, warc: str, intent: Intent, ids: set[str]) -> bool:
    if record.kind not in ("response", "request", "revisit", "resource"):
        return False
    address = record.fields.get("warc-target-uri", "")
    location = _LOCATION.search(record.block.partition(b"\r\n\r\n")[0])
    return (
        (warc, record.offset) in intent.places
        or record.fields.get("warc-concurrent-to") in ids
        or address in intent.addresses
        or (location is not None and location[1].decode(errors="replace") in intent.addresses)
        or (
            intent.post_id is not None
            and _REST.search(address) is not None
            and any(_is_post(each, intent.post_id) for each in posts_of(record) or ())
        )
    )


def _named_by_others(folder: Path, id_: str, traces: list[_Trace]) -> set[tuple[str, int]]:
    """Which of *traces* lines of other articles name."""
    places = {trace.place for trace in traces}
    needles = {b'"offset":%d,' % offset for _, offset in places}
    shared: set[tuple[str, int]] = set()
    for each in all_lines(folder):
        if not any(needle in each.content for needle in needles):
            continue
        line = each.parse()
        if line.id != id_ and isinstance(line, Article | Gone):
            shared |= {(each.warc, each.offset) for each in line.captures} & places
    return shared


def posts_of(record: StoredRecord) -> list[object] | None:
    """Return what the REST list in *record* lists; None where it is no such list."""
    try:
        status, fields, body = parse_response(record.block)
        posts = read_json(decode(body, joined_headers(fields)))
    except (ValueError, RecursionError):
        return None
    return posts if status == HTTPStatus.OK and isinstance(posts, list) else None


def _is_post(post: object, post_id: int) -> bool:
    return isinstance(post, dict) and post.get("id") == post_id


def _nothing(length: int, now: str) -> bytes:
    """Return a record of *length* bytes that says that something was erased."""
    content = b"software: newsroom-archive\r\nerased: " + now.encode() + b"\r\n"
    fields = [
        ("WARC-Type", "metadata"),
        ("WARC-Record-ID", f"<{new_record_id()}>"),
        ("WARC-Date", now),
        ("Content-Type", "application/warc-fields"),
    ]
    return padded(member(fields, content), length)


def _without(record: StoredRecord, post_id: int | None) -> bytes | None:
    """Return *record* without a post; None where it is no REST list, or there is no post.

    The other posts stay, and with them the record: it keeps its id, and in the place of its
    digests says that of its payload from before, which lines go on naming.
    """
    posts = posts_of(record)
    if posts is None or post_id is None:
        return None
    rest = [post for post in posts if not _is_post(post, post_id)]
    changed = json.dumps(rest, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")
    # Without a coding of its own: the record's is enough, and there has to be room for it.
    head = _CODED.sub(b"", record.block[: record.block.index(b"\r\n\r\n") + 4])
    head = _LENGTH.sub(rb"\1 %d" % len(changed), head)
    before = record.fields.get(ERASED_DIGEST) or record.fields["warc-payload-digest"]
    gone = ("content-length", "warc-payload-digest", "warc-block-digest")
    kept = {_cased(name): value for name, value in record.fields.items() if name not in gone}
    fields = {**kept, _cased(ERASED_DIGEST): before}
    return padded(member(fields.items(), head + changed), record.length)


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


def _cased(name: str) -> str:
    """A field's name as the standard writes it."""
    return "-".join(
        word.upper() if word in ("warc", "uri", "id", "ip") else word.capitalize()
        for word in name.split("-")
    )
