"""What the ledger tells of an address."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import attrs

from crawler.archive.moments import comparable

COLUMNS: Final = (
    "url",
    "state",
    "article",
    "post_id",
    "published",
    "lastmod",
    "looked_at",
    "source",
    "etag",
    "last_modified",
    "next_look",
    "failures",
    "reason",
)


@attrs.frozen(kw_only=True)
class Look:
    """What a spider needs to know of an address before it asks for it."""

    url: str
    """The article's current address, where it was asked under an earlier one."""

    state: str
    """``article``, ``refused``, ``failed``, ``waiting``, ``gone`` or ``withheld``."""

    id: str | None = None
    """Of the article that it leads to."""

    post_id: int | None = None
    published: str | None = None
    """UTC, as is ``lastmod``."""

    lastmod: str | None = None
    """As a door stated it when the address was last looked at."""

    looked_at: str | None = None
    """When it was last fetched, UTC."""

    source: str | None = None
    """``page`` or ``rest``: what the article's last line was read from."""

    etag: str | None = None
    last_modified: str | None = None
    next_look: dt.datetime | None = None
    """UTC; None while it was never fetched."""

    failures: int = 0
    """Failed fetches in a row."""

    reason: str | None = None
    """Why it was refused, or failed last."""

    def wanted(self, now: dt.datetime, lastmod: str | None = None) -> bool:
        """Whether an address that a door lists with *lastmod* should be fetched at *now*.

        Never fetched: yes. Withheld: never. Stated to have changed since the last look: yes, but
        what fails, or is gone, only after its pause. Else when its next look is due.
        """
        if self.state == "withheld":
            return False
        if self.next_look is None or self.next_look <= now:
            return True
        if self.failures or self.state == "gone":
            return False
        stated = comparable(lastmod)
        return stated is not None and stated > (self.lastmod or self.looked_at or "")


@attrs.frozen(kw_only=True)
class Validators:
    """What makes a request conditional."""

    etag: str | None = None
    last_modified: str | None = None


def as_look(row: tuple[Any, ...]) -> Look:
    """Return what a row of :data:`COLUMNS` says."""
    values = dict(zip(COLUMNS, row, strict=True))
    next_look = values.pop("next_look")
    if values["state"] == "refused" and values["reason"] == "withheld":
        values["state"] = "withheld"
    return Look(
        id=values.pop("article"),
        next_look=None if next_look is None else dt.datetime.fromtimestamp(next_look, dt.UTC),
        **values,
    )
