"""WARC records of an archive, as bytes to be copied."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import attrs
from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

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

    refers_to: tuple[str, str] | None
    """Of a revisit: address and date of the record that it repeats."""

    member: bytes = attrs.field(repr=False)
    """The record's gzip member, as it lies in the file."""


class Records:
    """The records of the archive in *folder* that a capture needs to be shown.

    *hidden* are the record ids that must not be shown; *earlier* gives all references of the
    archive, asked for once, when the first revisit is met.
    """

    def __init__(
        self,
        folder: Path,
        *,
        hidden: frozenset[str],
        earlier: Callable[[], Iterable[CaptureReference]],
    ) -> None:
        self.folder = folder
        self.hidden = hidden
        self._earlier = earlier
        self._places: Mapping[tuple[str, str], CaptureReference] | None = None

    def __call__(self, reference: CaptureReference) -> Iterator[Record]:
        """Yield the record of *reference*, and before a revisit the record that it repeats.

        Yields nothing when one of them is hidden. Raises :exc:`ArchiveDamaged` where there is
        no such record.
        """
        if reference.record_id in self.hidden:
            return
        record = self._read(reference)
        if record.refers_to is not None:
            original = self._find(record.refers_to)
            if original is not None:
                if original.record_id in self.hidden:
                    return
                yield self._read(original)
        yield record

    def _find(self, target: tuple[str, str]) -> CaptureReference | None:
        if self._places is None:
            self._places = {(each.url, each.fetched_at): each for each in self._earlier()}
        return self._places.get(target)

    def _read(self, reference: CaptureReference) -> Record:
        path = (self.folder / reference.warc).resolve()
        if not path.is_relative_to(self.folder.resolve()):
            raise ArchiveDamaged(reference.warc, reference.offset, "lies outside the archive")
        try:
            with path.open("rb") as file:
                file.seek(reference.offset)
                member = file.read(reference.length)
        except FileNotFoundError:
            raise ArchiveDamaged(
                reference.warc, reference.offset, "there is no such file"
            ) from None
        record = _parse(member)
        if record is None or record["id"] != f"<{reference.record_id}>":
            raise ArchiveDamaged(
                reference.warc,
                reference.offset,
                f"record {reference.record_id} is damaged or not there",
            )
        return Record(place=(reference.warc, reference.offset), member=member, **record["values"])


def _parse(member: bytes) -> dict[str, Any] | None:
    """Return id and values of the one record in *member*; None when it is damaged or another."""
    try:
        plain = gzip.decompress(member)  # checks its checksum, to the last byte
        record = next(iter(ArchiveIterator(io.BytesIO(plain))), None)
    except (OSError, EOFError, zlib.error, ArchiveLoadFailed):
        return None
    if record is None or record.rec_type not in ("response", _REVISIT):
        return None
    fields, http = record.rec_headers, record.http_headers
    refers_to = None
    if record.rec_type == _REVISIT:
        refers_to = (
            fields.get_header("WARC-Refers-To-Target-URI", ""),
            fields.get_header("WARC-Refers-To-Date", ""),
        )
    kind = (http.get_header("Content-Type") if http else None) or "application/octet-stream"
    status = http.get_statuscode() if http else ""
    return {
        "id": fields.get_header("WARC-Record-ID"),
        "values": {
            "url": fields.get_header("WARC-Target-URI"),
            "date": fields.get_header("WARC-Date"),
            "mime": "warc/revisit" if refers_to else kind.partition(";")[0].strip().lower(),
            "status": int(status) if status.isdigit() else 0,
            "digest": fields.get_header("WARC-Payload-Digest", ""),
            "refers_to": refers_to,
        },
    }
