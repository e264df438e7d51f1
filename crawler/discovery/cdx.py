"""CDX servers (pywb, OpenWayback, the Internet Archive): CDXJ lines, JSON lines, JSON rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import attrs

from crawler.discovery.documents import Unreadable, WrongKind, read_json, unpacked

_TIMESTAMP: Final = re.compile(r"\d{14}")


@attrs.frozen(kw_only=True)
class IndexedCapture:
    """One capture that a CDX server knows."""

    url: str
    timestamp: str | None
    """``YYYYMMDDhhmmss``, UTC."""

    status: str
    """As indexed; ``-`` where a revisit has none."""

    mime: str


def read_cdx(body: bytes) -> Iterator[IndexedCapture]:
    """Yield the captures of a CDX answer, in its order, with or without a row of field names.

    Lines that say nothing usable are left out. Raises :exc:`Unreadable` for what is no CDX.
    """
    plain = unpacked(body).strip()
    if plain.startswith(b"<"):
        raise WrongKind("an HTML page")
    if plain.startswith(b"["):
        yield from _rows(read_json(plain))
        return
    for line in plain.splitlines():
        brace = line.find(b"{")
        if brace >= 0:
            capture = _capture(_object(line[brace:]), line[:brace])
        else:
            fields = line.decode("utf-8", errors="replace").split(" ")
            capture = _from_row(fields) if len(fields) >= len(_CLASSIC) else None
        if capture:
            yield capture


# Order of the classic fields, which the Internet Archive's server keeps in its rows.
_CLASSIC: Final = ("urlkey", "timestamp", "original", "mimetype", "statuscode")


def _object(line: bytes) -> dict[str, Any]:
    try:
        found = read_json(line)
    except Unreadable:
        return {}
    return found if isinstance(found, dict) else {}


def _rows(rows: Any) -> Iterator[IndexedCapture]:
    names: list[str] | None = None
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict):
            capture = _capture(row, b"")
        elif not isinstance(row, list) or not all(isinstance(cell, str) for cell in row):
            continue
        elif names is None and ("original" in row or "url" in row):
            names = row
            continue
        else:
            capture = (
                _capture(dict(zip(names, row, strict=False)), b"") if names else _from_row(row)
            )
        if capture:
            yield capture


def _from_row(row: list[str]) -> IndexedCapture | None:
    return _capture(dict(zip(_CLASSIC, row, strict=False)), b"")


def _capture(fields: dict[str, Any], key: bytes) -> IndexedCapture | None:
    url = fields.get("url") or fields.get("original")
    if not isinstance(url, str) or not url.lower().startswith(("http://", "https://")):
        return None
    stamp = fields.get("timestamp")
    if not isinstance(stamp, str):
        stamp = key.decode("ascii", errors="replace").strip().rpartition(" ")[2]
    return IndexedCapture(
        url=url,
        timestamp=stamp if _TIMESTAMP.fullmatch(stamp) else None,
        status=str(fields.get("status") or fields.get("statuscode") or "-")[:3],
        mime=str(fields.get("mime") or fields.get("mimetype") or "-")[:100],
    )
