"""Numbers, days and names of others as words that are safe to show."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from typing import Final

_LONGEST: Final = 60
# Control, format, surrogate, private use and unassigned characters: what hides, reorders or
# rings. White space among them becomes a space.
_UNSEEN: Final = ("Cc", "Cf", "Cs", "Co", "Cn")


def clean(text: str) -> str:
    r"""Return *text* fit for a label: one line, at most 60 characters, nothing unseen.

    >>> clean("Hukum\u202e dan\x07\n Kriminal")
    'Hukum dan Kriminal'
    """
    folded = re.sub(r"\s+", " ", text)
    seen = "".join(char for char in folded if unicodedata.category(char) not in _UNSEEN).strip()
    return seen if len(seen) <= _LONGEST else f"{seen[: _LONGEST - 1].rstrip()}…"


def many(count: int, one: str, more: str | None = None) -> str:
    """Return *count* with its noun.

    >>> many(1, "article"), many(1200, "article"), many(2, "category", "categories")
    ('1 article', '1,200 articles', '2 categories')
    """
    return f"{count:,} {one if count == 1 else more or f'{one}s'}"


def compact(count: int) -> str:
    """Return *count* in a form that fits a card: ``12,345``, ``1.3 M``."""
    return f"{count:,}" if count < 1_000_000 else f"{count / 1_000_000:,.1f} M"  # noqa: PLR2004 -- M


def month_name(month: str) -> str:
    """Return ``2024-05`` as ``May 2024``."""
    return f"{dt.date.fromisoformat(f'{month}-01'):%B %Y}"


def day_name(day: dt.date) -> str:
    """Return a day as ``5 May 2024``."""
    return f"{day.day} {day:%B %Y}"


def span(first: dt.date, last: dt.date) -> str:
    """Return two days as a range, without saying month and year twice.

    >>> span(dt.date(2024, 5, 30), dt.date(2024, 6, 2))
    '30 May – 2 Jun 2024'
    """
    if first == last:
        return f"{last.day} {last:%b %Y}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{last.day} {last:%b %Y}"
    year = "" if first.year == last.year else f" {first.year}"
    return f"{first.day} {first:%b}{year} – {last.day} {last:%b %Y}"


def size(count: float) -> str:
    """Return bytes as ``1.2 GB``."""
    for unit in ("bytes", "kB", "MB"):
        if count < 1000:  # noqa: PLR2004 -- a thousand, as in kilo
            return f"{count:.3g} {unit}"
        count /= 1000
    return f"{count:,.1f} GB"


def lasting(minutes: float) -> str:
    """Return a time span of so many minutes in the unit that suits it."""
    if minutes < 90:  # noqa: PLR2004 -- up to an hour and a half
        return many(round(minutes), "minute")
    if minutes < 48 * 60:
        return many(round(minutes / 60), "hour")
    return many(round(minutes / 60 / 24), "day")
