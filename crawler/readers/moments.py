"""The moments and days that a line states, as values that other tools sort and subtract."""

from __future__ import annotations

import datetime as dt
from sys import intern
from typing import Final

import attrs

_DAY: Final = len("2021-09-30")
_MONTH: Final = len("2021-09")


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


_UNKNOWN: Final = Moment()


def moment(stated: str | None) -> Moment:
    """Return what *stated* says; all None for None.

    *stated* is a value of the line format, which its validators have let pass. Where UTC would lie
    outside the years 1 to 9999, ``utc`` is None.

    >>> moment("2021-09-30T02:15:00+07:00").utc.isoformat()
    '2021-09-29T19:15:00+00:00'
    >>> moment("2021-09-30").day, moment("2021-09-30").utc
    (datetime.date(2021, 9, 30), None)
    """
    if stated is None:
        return _UNKNOWN
    if len(stated) == _MONTH:
        return Moment(month=stated)
    if len(stated) == _DAY:
        return Moment(day=dt.date.fromisoformat(stated), month=intern(stated[:_MONTH]))
    local = dt.datetime.fromisoformat(stated)
    offset = local.utcoffset() or dt.timedelta()
    try:
        utc = local.astimezone(dt.UTC)
    except OverflowError:
        utc = None
    return Moment(
        utc=utc,
        offset_minutes=int(offset.total_seconds()) // 60,
        local=local,
        day=local.date(),
        month=intern(stated[:_MONTH]),  # a million articles share a few
    )


def utc_text(value: dt.datetime | None) -> str | None:
    """Return *value* as ``2021-09-29T19:15:00Z``, the form that sorts as text; None for None."""
    return None if value is None else value.strftime("%Y-%m-%dT%H:%M:%SZ").zfill(20)
