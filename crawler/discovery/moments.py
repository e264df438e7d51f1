"""Moments as machines write them in feeds, sitemaps and REST answers."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from email.utils import parsedate_tz
from typing import Final

# Before the Web there was no news on it; after that somebody typed 9999.
_FIRST_YEAR: Final = 1990
_LAST_YEAR: Final = 2100

_ISO: Final = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)"
    r"(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?\s*(Z|UTC|GMT|[+-]\d\d:?\d\d)?)?",
    re.IGNORECASE,
)
# Zones that RFC 2822 does not know and Indonesian feeds state.
_ZONES: Final = {"WIB": 7 * 3600, "WITA": 8 * 3600, "WIT": 9 * 3600}
_MONTHS: Final = {
    "mei": "May",
    "agu": "Aug",
    "ags": "Aug",
    "okt": "Oct",
    "des": "Dec",
    "nop": "Nov",
}
_MONTH: Final = re.compile(rf"\b({'|'.join(_MONTHS)})[a-z]*\b", re.IGNORECASE)


def moment(text: str, zone: dt.tzinfo) -> dt.datetime | None:
    """Return the moment that *text* states in ISO 8601 or RFC 2822, or ``None``.

    A clock time without an offset is in *zone*. A day alone is no moment: see :func:`day`.

    >>> moment("Thu, 30 Sep 2021 01:15:00 +0000", dt.timezone.utc).isoformat()
    '2021-09-30T01:15:00+00:00'
    """
    text = text.strip()[:64]
    iso = _ISO.fullmatch(text)
    if iso:
        return _from_iso(iso, zone) if iso[4] else None
    return _from_mail(text, zone)


def day(text: str) -> dt.date | None:
    """Return the day that *text* states as ``YYYY-MM-DD`` and nothing else, or ``None``."""
    iso = _ISO.fullmatch(text.strip()[:64])
    if not iso or iso[4]:
        return None
    try:
        date = dt.date(int(iso[1]), int(iso[2]), int(iso[3]))
    except ValueError:
        return None
    return date if _FIRST_YEAR <= date.year <= _LAST_YEAR else None


def _from_iso(iso: re.Match[str], zone: dt.tzinfo) -> dt.datetime | None:
    offset = (iso[7] or "").upper()
    if offset in ("Z", "UTC", "GMT"):
        zone = dt.UTC
    elif offset:
        minutes = int(offset[1:3]) * 60 + int(offset[-2:])
        zone = _fixed(-minutes * 60 if offset[0] == "-" else minutes * 60) or zone
    return _built([int(part or 0) for part in iso.groups()[:6]], zone)


def _from_mail(text: str, zone: dt.tzinfo) -> dt.datetime | None:
    text = _MONTH.sub(lambda name: _MONTHS[name[1].lower()], text)
    try:
        parts = parsedate_tz(text)
    except (ValueError, IndexError, OverflowError):
        return None
    if parts is None:
        return None
    last = text.rpartition(" ")[2].upper()
    offset = _ZONES.get(last, parts[9])  # which is 0 for a zone that parsedate_tz does not know
    if ":" not in last and offset is not None:
        zone = _fixed(offset) or zone
    return _built(parts[:6], zone)


def _fixed(seconds: int) -> dt.tzinfo | None:
    return dt.timezone(dt.timedelta(seconds=seconds)) if abs(seconds) < 24 * 3600 else None


def _built(parts: Sequence[int], zone: dt.tzinfo) -> dt.datetime | None:
    year, month, date, hour, minute, second = parts
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    try:
        return dt.datetime(year, month, date, hour, minute, second, tzinfo=zone)
    except ValueError:
        return None


def instant(text: str | None) -> dt.datetime | None:
    """Return the moment that one of our own ISO 8601 strings states, in UTC."""
    if not text:
        return None
    found = moment(text, dt.UTC)
    return found.astimezone(dt.UTC) if found else None
