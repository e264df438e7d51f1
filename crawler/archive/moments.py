"""The archive's own way to write a moment: UTC, to the second, with a Z."""

from __future__ import annotations

import datetime as dt


def stamp(moment: dt.datetime) -> str:
    """Return *moment* as ``2026-01-31T04:05:06Z``."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


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
    if len(text) == len("2021-09"):
        text += "-01"
    try:
        moment = dt.datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=dt.UTC)
        # strftime pads no year under 1000; isoformat does
        return moment.astimezone(dt.UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"
    except (ValueError, OverflowError):
        return None


def seconds(moment: dt.datetime) -> int:
    """Return *moment* as whole seconds since 1970."""
    return int(moment.timestamp())
