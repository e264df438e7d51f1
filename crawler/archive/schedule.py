"""When to look again: the numbers, and why.

Newsrooms edit within hours of publication, some within days, hardly ever after. So an article is
looked at again after half its age, and each look that finds nothing doubles the pause; about a
dozen looks in its first half year, two a year from then on. What changes is looked at more often.

What a look at an address makes of its row in the ledger.
"""

from __future__ import annotations

import datetime as dt
import zlib
from typing import Final

import attrs

from crawler.archive.tables import AddressRow
from crawler.timestamps import comparable, is_ahead, seconds, stamp

_HOUR: Final = 3600
_DAY: Final = 24 * _HOUR

# Twice the cadence of a run that looks for news every 15 minutes leaves room for both.
SHORTEST: Final = _HOUR
# An archive of 100,000 articles then costs some 550 requests a day to keep true.
LONGEST: Final = 180 * _DAY
# Protected posts are opened, and pages become articles, but seldom.
REFUSED: Final = _DAY
# The first failure is tried again by the next run, then 15 minutes, doubling, for ever.
FAILED: Final = 15 * 60
FAILED_LONGEST: Final = 7 * _DAY
# A page cache lives for minutes to hours, some for a day; who purges it by hand does so in days.
STALE: Final = 15 * 60
STALE_LONGEST: Final = _DAY
STALE_TRIES: Final = 14


def _first_pause(row: AddressRow, now: dt.datetime) -> int:
    """Return seconds until the first look at an article: half its age."""
    stated = row.lastmod or row.published
    age = seconds(now) - seconds(dt.datetime.fromisoformat(stated)) if stated else 0
    return min(max(age // 2, SHORTEST), LONGEST)


def _longer(pause: int) -> int:
    """Return the pause after a look that found nothing new, the last pause being *pause*."""
    return min(2 * max(pause, SHORTEST), LONGEST)


def _due(row: AddressRow, now: dt.datetime, pause: int) -> AddressRow:
    """Let *row* be due after *pause*, up to a tenth less: what came in one run is not all due in one."""
    less = pause * (zlib.crc32(row.url.encode(errors="replace")) % 1000) // 10_000
    return attrs.evolve(row, pause=pause, next_look=seconds(now) + pause - less)


def after_article(
    row: AddressRow,
    kind: str,
    now: dt.datetime,
    lastmod: str | None,
    *,
    stale: bool = False,
    without_page: str | None = None,
) -> AddressRow:
    """Return *row* after an article was read there, with an outcome of that *kind*.

    *without_page*: why its page, which was fetched, cannot be read. *stale*: what was printed is
    older than what is known to be published.
    """
    if stale and kind == "unchanged":
        return _still_stale(row, now, lastmod)
    row = attrs.evolve(_seen(row, now, lastmod), stale=int(stale))
    if without_page is not None:
        return after_failure(row, now, without_page)
    if row.source == "rest" and kind == "unchanged":  # its page is due as it was
        return row
    if stale or row.source == "rest":
        return attrs.evolve(row, next_look=seconds(now) + (STALE if stale else 0))
    if kind in ("new", "superseded") or not row.pause:
        return _due(row, now, _first_pause(row, now))
    pause = max(row.pause // 4, SHORTEST) if kind == "changed" else _longer(row.pause)
    return _due(row, now, pause)


def after_copy(row: AddressRow, now: dt.datetime, as_of: str) -> AddressRow:
    """Return *row*, which :func:`after_article` gave, when somebody else had looked, at *as_of*."""
    looked = min(comparable(as_of) or row.looked_at or "", stamp(now)) or None
    row = attrs.evolve(row, lastmod=looked, looked_at=looked)
    if row.listed and looked and row.listed > looked:  # a door knows of a later change
        return attrs.evolve(row, next_look=seconds(now))
    return row


def is_behind(row: AddressRow, lastmod: str | None) -> bool:
    """Whether a door lists a change after the last look at *row*."""
    stated = max(filter(None, (row.listed, comparable(lastmod))), default="")
    return stated > (row.lastmod or row.looked_at or "")


def _still_stale(row: AddressRow, now: dt.datetime, lastmod: str | None) -> AddressRow:
    """Return *row* after a look that was sent for a change and brought what was there before."""
    tries = row.stale + 1
    if tries > STALE_TRIES:  # then it is no cache: there is nothing to see
        return _due(_seen(row, now, lastmod), now, _longer(row.pause))
    pause = min(STALE * 2 ** (tries - 1), STALE_LONGEST)
    return row.found(stale=tries, failures=0, next_look=seconds(now) + pause)


def after_nothing(
    row: AddressRow, now: dt.datetime, lastmod: str | None, *, stale: bool = False
) -> AddressRow:
    """Return *row* after a look that found what was there before."""
    if stale:
        return _still_stale(row, now, lastmod)
    return _due(_seen(row, now, lastmod).found(), now, _longer(row.pause))


def after_failure(row: AddressRow, now: dt.datetime, reason: str) -> AddressRow:
    """Return *row* after its address could not be fetched."""
    failures = row.failures + 1
    pause = min(FAILED * 2 ** min(failures - 2, 20), FAILED_LONGEST) if failures > 1 else 0
    return attrs.evolve(
        row,
        state="failed" if row.state == "waiting" else row.state,
        reason=reason,
        failures=failures,
        next_look=seconds(now) + int(pause),
    )


def after_refusal(
    row: AddressRow,
    now: dt.datetime,
    reason: str,
    lastmod: str | None,
    *,
    article: bool,
    kept: bool = False,
) -> AddressRow:
    """Return *row* after what is there was refused; *article*: what is archived of it stays.

    *kept*: it could not be read, which counts as a failure.
    """
    first = row.reason != reason
    failures = row.failures + 1 if kept else 0
    row = _seen(row, now, lastmod).found(
        state=row.state if article else "refused", reason=reason, failures=failures
    )
    return _due(row, now, REFUSED if first else _longer(row.pause))


def after_gone(row: AddressRow, now: dt.datetime, *, first: bool) -> AddressRow:
    """Return *row* of an article that is gone; its pause holds when a door lists it again."""
    return _due(row, now, REFUSED if first else _longer(row.pause))


def first_look(row: AddressRow, now: dt.datetime) -> AddressRow:
    """Return *row* of an article read from its line alone: its look times begin afresh."""
    if is_ahead(row.looked_at, now):
        row = attrs.evolve(row, looked_at=stamp(now))
    if row.state != "article" or row.next_look is not None:
        return row
    return _due(row, now, 0 if row.source == "rest" else _first_pause(row, now))


def _seen(row: AddressRow, now: dt.datetime, lastmod: str | None) -> AddressRow:
    stated = [each for each in (row.lastmod, row.listed, comparable(lastmod)) if each]
    return attrs.evolve(
        row,
        lastmod=max(stated, default=None),
        looked_at=stamp(now),
        failures=0,
        stale=0,
        reason=None,
    )
