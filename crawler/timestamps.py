"""Moments: the present one, how machines write them, how we print them, what a line states.

Feeds, sitemaps and REST answers state them in ISO 8601 or RFC 2822 (:func:`parse`); what we write
ourselves is UTC to the second with a Z (:func:`stamp`).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from email.utils import parsedate_to_datetime
from sys import intern
from typing import Final

import attrs


def now() -> dt.datetime:
    """Return this moment, UTC."""
    return dt.datetime.now(dt.UTC)


# what we print


def stamp(moment: dt.datetime) -> str:
    """Return *moment* as ``2026-01-31T04:05:06Z``, the form that sorts as text."""
    # strftime pads no year under 1000; isoformat does
    return moment.astimezone(dt.UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def seconds(moment: dt.datetime) -> int:
    """Return *moment* as whole seconds since 1970."""
    return int(moment.timestamp())


def comparable(text: str | None) -> str | None:
    """Return what a site states as a moment in a form that sorts by time, ``None`` if it is none.

    A day or a month alone counts from its beginning.

    >>> comparable("2021-09-29T10:00:00+07:00")
    '2021-09-29T03:00:00Z'
    >>> comparable("2021-09")
    '2021-09-01T00:00:00Z'
    """
    if not text:
        return None
    if len(text) == _MONTH_ALONE:
        text += "-01"
    try:
        moment = dt.datetime.fromisoformat(text)
        return stamp(moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC))
    except (ValueError, OverflowError):
        return None


def is_ahead(moment: str | None, present: dt.datetime) -> bool:
    """Whether *moment* lies ahead of the *present*, by more than a wrong zone explains.

    What states such a moment says nothing; believed, it would hide every change until then.
    """
    return (comparable(moment) or "") > stamp(present + dt.timedelta(days=1))


# what sites state

# Before the Web there was no news on it; after that somebody typed 9999.
_FIRST_YEAR: Final = 1990
_LAST_YEAR: Final = 2100

_WESTERNMOST: Final = dt.timedelta(hours=-12)
_EASTERNMOST: Final = dt.timedelta(hours=14)

_ISO: Final = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)"
    r"(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?\s*(Z|UTC|GMT|[+-]\d\d:?\d\d)?)?",
    re.IGNORECASE,
)
# As machines write it. Other months, other zones and "8:15 PM" are for the reader of printed dates.
_MAIL: Final = re.compile(
    r"(?:[a-z]{3,9}, *)?\d\d? [a-z]{3} \d{4} \d\d?:\d\d(?::\d\d)?"
    r"(?: (?:[+-]\d{4}|UTC?|GMT|Z|[ECMP][SD]T))?",
    re.IGNORECASE,
)


def parse(text: str, zone: dt.tzinfo) -> dt.datetime | None:
    """Return the moment that *text* states in ISO 8601 or RFC 2822, or ``None``.

    A clock time without an offset is in *zone*. A day alone is no moment: see :func:`parse_day`.

    >>> parse("Thu, 30 Sep 2021 01:15:00 +0000", dt.timezone.utc).isoformat()
    '2021-09-30T01:15:00+00:00'
    """
    text = text.strip()[:64]
    iso = _ISO.fullmatch(text)
    if iso:
        return _from_iso(iso, zone) if iso[4] else None
    return _from_mail(text, zone)


def rest_moment(local: str, gmt: str, zone: dt.tzinfo) -> dt.datetime | None:
    """Return what a WordPress REST record states with ``date`` and ``date_gmt``, or ``None``.

    The moment is *gmt*; its offset is *local* minus *gmt*, where a place on earth has it (-12 to
    +14 hours; 0 is a clock that was never set, and believed). Without a usable *gmt*, *local* is
    in *zone*.

    >>> west = dt.timezone(dt.timedelta(hours=7))
    >>> rest_moment("2021-09-30T08:15:00", "2021-09-30T00:15:00", west).isoformat()
    '2021-09-30T08:15:00+08:00'
    >>> rest_moment("2021-09-30T08:15:00", "0000-00-00T00:00:00", west).isoformat()
    '2021-09-30T08:15:00+07:00'
    """
    here, universal = parse(local, zone), parse(gmt, dt.UTC)
    if here is None or universal is None:
        return here or universal
    clock = here.replace(tzinfo=dt.UTC)
    offset = dt.timedelta(minutes=round((clock - universal).total_seconds() / 60))
    if not _WESTERNMOST <= offset <= _EASTERNMOST:
        return here
    return clock.replace(tzinfo=dt.timezone(offset))


def parse_day(text: str) -> dt.date | None:
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
    if not _MAIL.fullmatch(text):
        return None
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


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
    found = parse(text, dt.UTC)
    return found.astimezone(dt.UTC) if found else None


# what a line states

_MONTH_ALONE: Final = len("2021-09")
_DAY_ALONE: Final = len("2021-09-30")


@attrs.frozen
class Moment:
    """What a text such as ``2021-09-30T08:15:00+07:00``, ``2021-09-30`` or ``2021-09`` states."""

    utc: dt.datetime | None = None
    """The moment in UTC; None when no more than a day or a month is stated."""

    offset_minutes: int | None = None
    """The offset that was stated with it, in minutes: 420 for ``+07:00``."""

    local: dt.datetime | None = None
    """The moment at that offset."""

    day: dt.date | None = None
    """The calendar day at that offset; None when no more than a month is stated."""

    month: str | None = None
    """Year and month at that offset, ``2021-09``."""

    @classmethod
    def of(cls, stated: str | None) -> Moment:
        """Return what *stated* says; all None for None.

        *stated* is a value of the line format, which its validators have let pass. Where UTC would
        lie outside the years 1 to 9999, ``utc`` is None.

        >>> Moment.of("2021-09-30T02:15:00+07:00").utc.isoformat()
        '2021-09-29T19:15:00+00:00'
        >>> Moment.of("2021-09-30").day, Moment.of("2021-09-30").utc
        (datetime.date(2021, 9, 30), None)
        """
        if stated is None:
            return _UNKNOWN
        if len(stated) == _MONTH_ALONE:
            return cls(month=stated)
        month = intern(stated[:_MONTH_ALONE])  # a million articles share a few
        if len(stated) == _DAY_ALONE:
            return cls(day=dt.date.fromisoformat(stated), month=month)
        local = dt.datetime.fromisoformat(stated)
        offset = local.utcoffset() or dt.timedelta()
        try:
            utc = local.astimezone(dt.UTC)
        except OverflowError:
            utc = None
        return cls(
            utc=utc,
            offset_minutes=int(offset.total_seconds()) // 60,
            local=local,
            day=local.date(),
            month=month,
        )

    @property
    def stamp(self) -> str | None:
        """The moment as ``2021-09-29T19:15:00Z``."""
        return None if self.utc is None else stamp(self.utc)


_UNKNOWN: Final = Moment()
