"""Taking an article out of the files: the one exception to append-only.

What other lines name stays where it is. The lines of the article go; what remains of it is the
line that withholds it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import attrs

from crawler.archive.batch import Batches
from crawler.archive.counted import line_beginning
from crawler.archive.erase_records import Trace, Traces, find, overwrite, take_out
from crawler.archive.finishing import rewrite
from crawler.archive.lines import MonthFile, month_files
from crawler.archive.manifest import update_manifest
from crawler.archive.rereading import post_id_of
from crawler.archive.rows import ArticleRow
from crawler.archive.warcs import crc_of
from crawler.errors import ArchiveError
from crawler.items import WITHHELD, Article, Gone
from crawler.lineformat import Content, parse_line


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
    own = [line for line in _own_lines(folder, id_) if isinstance(line, Content | Gone)]
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
            if line.id != id_ and isinstance(line, Content | Gone):
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
    removed: list[tuple[int, int]] = []

    def keep(offset: int, raw: bytes) -> bool:
        schema, whose, _ = line_beginning(raw)
        if whose != id_ or schema == WITHHELD:
            return True
        removed.append((offset, len(raw)))
        return False

    if all(keep(offset, raw) for offset, raw in file.lines()):
        return
    removed.clear()
    size, crc = rewrite(file, keep)
    erased.lines[file.path.name] += len(removed)
    tables = batches.tables
    tables.begin()
    for offset, length in reversed(removed):
        tables.move_lines(file.month, offset, length)
    tables.put_file(file.plain_name, size, crc)
    tables.commit()


def _forget(batches: Batches, row: ArticleRow) -> None:
    """Leave of the article's row what the line that withholds it says."""
    rows = batches.tables.rows()
    rows.put_article(ArticleRow(id=row.id, url=row.url, revision=1, state="withheld"))
    batches.tables.begin()
    batches.tables.put(rows)
    batches.tables.commit()
