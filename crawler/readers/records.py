"""WARC records of an archive, as bytes to be copied."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import attrs

from crawler.archive.captures import NotARecord, StoredRecord, parse_response, record_at
from crawler.errors import ArchiveDamaged
from crawler.items import CaptureReference

_REVISIT: Final = "revisit"


@attrs.frozen(kw_only=True)
class Record:
    """One response or revisit record."""

    place: tuple[str, int]
    """File, relative to the archive, and first byte in it."""

    url: str
    date: str
    """``WARC-Date``, UTC."""

    mime: str
    """Media type without parameters; ``warc/revisit`` for a revisit."""

    status: int
    digest: str
    """Digest of the payload."""

    member: bytes = attrs.field(repr=False)
    """The record's gzip member, as it lies in the file."""


class Records:
    """The records of the archive in *folder* that a capture needs to be shown.

    *hidden* are the ids of records that must not be shown.
    """

    def __init__(self, folder: Path, *, hidden: frozenset[str]) -> None:
        self.folder = folder.resolve()
        self.hidden = hidden

    def __call__(self, reference: CaptureReference) -> Iterator[Record]:
        """Yield the record of *reference*, and before a revisit the record that it repeats.

        Yields nothing when one of them is hidden. Raises :exc:`ArchiveDamaged` where there is no
        such record.
        """
        stored = self._at(reference.warc, reference.offset, reference.length)
        if stored.record_id != reference.record_id:
            raise ArchiveDamaged(
                reference.warc, reference.offset, f"record {reference.record_id} is not there"
            )
        found = [(reference.warc, stored)]
        if stored.kind == _REVISIT:
            warc, offset = _repeated(reference.warc, stored)
            found.insert(0, (warc, self._at(warc, offset)))
        if not any(each.record_id in self.hidden for _, each in found):
            for warc, each in found:
                yield self._whole(warc, each)

    def _at(self, warc: str, offset: int, length: int | None = None) -> StoredRecord:
        if not (self.folder / warc).resolve().is_relative_to(self.folder):
            raise ArchiveDamaged(warc, offset, "lies outside the archive")
        return record_at(self.folder, warc, offset, length)

    def _whole(self, warc: str, stored: StoredRecord) -> Record:
        try:
            status, headers, _ = parse_response(stored.block)
        except NotARecord as error:
            raise ArchiveDamaged(warc, stored.offset, str(error)) from None
        kind = dict(headers).get("content-type") or "application/octet-stream"
        with (self.folder / warc).open("rb") as file:
            file.seek(stored.offset)
            member = file.read(stored.length)
        return Record(
            place=(warc, stored.offset),
            url=stored.fields.get("warc-target-uri", ""),
            date=stored.fields.get("warc-date", ""),
            mime="warc/revisit"
            if stored.kind == _REVISIT
            else kind.partition(";")[0].strip().lower(),
            status=status,
            digest=stored.fields.get("warc-payload-digest", ""),
            member=member,
        )


def _repeated(warc: str, revisit: StoredRecord) -> tuple[str, int]:
    """File and first byte of the record that *revisit* repeats."""
    name = revisit.fields.get("warc-refers-to-filename", "")
    offset = revisit.fields.get("warc-refers-to-file-offset", "")
    if not name or not offset.isdecimal():
        raise ArchiveDamaged(warc, revisit.offset, "a revisit that does not say of what record")
    return name, int(offset)
