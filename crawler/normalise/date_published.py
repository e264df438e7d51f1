"""The moment at which a page says that it was published."""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

from crawler.normalise.date_clock import Clock
from crawler.normalise.date_readings import Reading, explicit, marked_clocks
from crawler.normalise.date_tokens import Tokens
from crawler.normalise.date_words import month_named

# A date after one of these is that of an edit.
_EDITED: Final = re.compile(
    r"\b(?:diperbaru?i|diperbaharui|pembaruan|diupdate|updated?|diubah|perubahan|direvisi|revisi"
    r"|disunting|diedit|edited|modified)\b"
)
_STATED: Final = re.compile(
    r"\b(?:terbit|diterbitkan|dipublikasikan|publikasi|published?|posted|tayang|ditayangkan|rilis"
    r"|dirilis|diposting|diunggah|dimuat)\b"
)
# A month alone, as magazines print it, among few other words.
_MONTH: Final = re.compile(r"[op:,|(-]{0,5}(?P<month>M),?(?P<year>y)[)|,o-]{0,3}")
# A day and a year with an unknown word between, or after it: 12 Ogos 2021.
_UNREAD: Final = re.compile(r"do,?y|o d,?y")
_LONGEST_UNREAD: Final = 100


def read_published(text: str, zone: dt.tzinfo) -> str | None:
    """The publication moment that *text*, a line of a page, prints.

    ISO 8601 with the printed offset, else that of *zone*; ``YYYY-MM-DD`` without a clock time, or
    ``YYYY-MM``; None when it names no moment by itself (``10 jam lalu``) or only that of an edit.
    """
    tokens = Tokens(text)
    readings = [reading for reading in explicit(tokens, None) if reading.span]
    end = 0
    for reading in readings:
        label = tokens.plain[end : tokens.start(reading.start)]
        end = tokens.end(reading.end - 1)
        if _is_of_edit(label):
            continue
        clock = reading.clock
        if clock is None and len(readings) == 1:
            clock = next(marked_clocks(tokens), None)
        return _moment(reading, clock, zone)
    return None if readings else _month(tokens) or _unread(tokens, zone)


def _is_of_edit(label: str) -> bool:
    """Whether the last label before a date is that of an edit."""
    edits = [found.end() for found in _EDITED.finditer(label)]
    stated = [found.end() for found in _STATED.finditer(label)]
    return bool(edits) and max(edits) > max(stated, default=0)


def _moment(reading: Reading, clock: Clock | None, zone: dt.tzinfo) -> str:
    assert reading.span is not None
    day = reading.span.first
    moment = clock.on(day, dt.datetime.combine(day, dt.time(12), zone)) if clock else None
    return clock.iso(moment) if clock and moment else day.isoformat()


def _month(tokens: Tokens) -> str | None:
    found = _MONTH.fullmatch(tokens.code)
    if found is None:
        return None
    month = month_named(tokens.words[found.start("month")])
    return f"{tokens.words[found.start('year')]}-{month:02d}" if month else None


def _unread(tokens: Tokens, zone: dt.tzinfo) -> str | None:
    """What dateparser makes of a date whose month is none of our words."""
    found = _UNREAD.search(tokens.code)
    if found is None or len(tokens.plain) > _LONGEST_UNREAD:
        return None
    # Loaded here, for it costs more than all else that extraction imports.
    from dateparser import parse  # noqa: PLC0415

    start, end = tokens.start(found.start()), tokens.end(found.end() - 1)
    day = parse(
        tokens.plain[start:end],
        languages=["id", "ms", "en", "nl"],
        settings={
            "PARSERS": ["absolute-time"],
            "DATE_ORDER": "DMY",
            "REQUIRE_PARTS": ["day", "month", "year"],
        },
    )
    if day is None:
        return None
    clock = next(marked_clocks(tokens), None)
    from_day = day.date()
    moment = clock.on(from_day, dt.datetime.combine(from_day, dt.time(12), zone)) if clock else None
    return clock.iso(moment) if clock and moment else from_day.isoformat()
