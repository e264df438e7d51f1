"""Moments: the present one, how machines write them, how we print them, what a line states.

Feeds, sitemaps and REST answers state them in ISO 8601 or RFC 2822 (:func:`parse`); what we write
ourselves is UTC to the second with a Z (:func:`stamp`).
"""

from __future__ import annotations

import datetime as dt
import re
from email.utils import parsedate_to_datetime
from sys import intern
from typing import Final

import attrs

_MONTH_ALONE: Final = len("2021-09")
_DAY_ALONE: Final = len("2021-09-30")


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

    >>> comparable("2021-09-29T10:00:00+07:00"), comparable("2021-09")
    ('2021-09-29T03:00:00Z', '2021-09-01T00:00:00Z')
    """
    if not text:
        return None
    try:
        moment = dt.datetime.fromisoformat(f"{text}-01" if len(text) == _MONTH_ALONE else text)
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
_YEARS: Final = range(1990, 2101)
_WESTERNMOST: Final = dt.timedelta(hours=-12)
_EASTERNMOST: Final = dt.timedelta(hours=14)

_ISO: Final = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)"
    r"(?:[T ](?P<clock>\d\d:\d\d(?::\d\d)?)(?:(?<=:\d\d:\d\d)\.\d{1,9})?"
    r"\s*(?:(?P<utc>Z|UTC|GMT)|(?P<offset>[+-]\d\d:?\d\d))?)?",
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
    try:
        if iso and iso["clock"]:
            offset = "+00:00" if iso["utc"] else iso["offset"] or ""
            moment = dt.datetime.fromisoformat(f"{iso['day']}T{iso['clock']}{offset}")
        elif _MAIL.fullmatch(text):
            moment = parsedate_to_datetime(text)
        else:
            return None
    except ValueError:
        return None
    if moment.year not in _YEARS:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


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
    try:
        day = dt.date.fromisoformat(iso["day"]) if iso and not iso["clock"] else None
    except ValueError:
        return None
    return day if day and day.year in _YEARS else None


def instant(text: str | None) -> dt.datetime | None:
    """Return the moment that one of our own ISO 8601 strings states, in UTC."""
    found = parse(text, dt.UTC) if text else None
    return found.astimezone(dt.UTC) if found else None


# what a line states


@attrs.frozen
class Moment:
    """What a text such as ``2021-09-30T08:15:00+07:00``, ``2021-09-30`` or ``2021-09`` states."""

    month: str | None = None
    """Year and month at the offset that was stated, ``2021-09``."""

    day: dt.date | None = None
    """The calendar day at that offset; None when no more than a month is stated."""

    local: dt.datetime | None = None
    """The moment at that offset; None when no more than a day or a month is stated."""

    @classmethod
    def of(cls, stated: str | None) -> Moment:
        """Return what *stated* says, a value of the line format; all None for None.

        >>> Moment.of("2021-09-30T02:15:00+07:00").utc.isoformat()
        '2021-09-29T19:15:00+00:00'
        >>> Moment.of("2021-09-30").day, Moment.of("2021-09-30").utc
        (datetime.date(2021, 9, 30), None)
        """
        if stated is None:
            return cls()
        month = intern(stated[:_MONTH_ALONE])  # a million articles share a few
        if len(stated) <= _DAY_ALONE:
            day = dt.date.fromisoformat(stated) if len(stated) == _DAY_ALONE else None
            return cls(month, day)
        local = dt.datetime.fromisoformat(stated)
        return cls(month, local.date(), local)

    @property
    def utc(self) -> dt.datetime | None:
        """The moment in UTC; None also where that would lie outside the years 1 to 9999."""
        try:
            return self.local and self.local.astimezone(dt.UTC)
        except OverflowError:
            return None

    @property
    def offset_minutes(self) -> int | None:
        """The offset that was stated with it, in minutes: 420 for ``+07:00``."""
        offset = self.local.utcoffset() if self.local else None
        return None if offset is None else int(offset.total_seconds()) // 60

    @property
    def stamp(self) -> str | None:
        """The moment as ``2021-09-29T19:15:00Z``."""
        return None if self.utc is None else stamp(self.utc)
