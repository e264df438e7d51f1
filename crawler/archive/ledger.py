"""What is known of each address, and when to look again: ``state.sqlite``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs

from crawler.discovery import Known


@attrs.frozen(kw_only=True)
class Look:
    """What a spider needs to know of an address before it asks for it."""

    url: str
    state: str
    """``article``, ``refused``, ``failed``, ``waiting``, ``gone`` or ``withheld``."""

    id: str | None = None
    """Of the article that it leads to, also under an earlier slug."""

    post_id: int | None = None
    published: str | None = None
    lastmod: str | None = None
    """As a door stated it when the address was last looked at."""

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
        a failed one only after its pause. Else when its next look is due.
        """
        raise NotImplementedError


@attrs.frozen(kw_only=True)
class Validators:
    """What makes a request conditional."""

    etag: str | None = None
    last_modified: str | None = None


class Ledger:
    """Reads of what earlier batches committed; satisfies :class:`crawler.discovery.Memory`.

    For one thread at a time. What the current run tells the archive is seen here once it is
    committed, half a second later at most; ``door`` sees at once what ``keep_door`` left. Damage
    of the file is :exc:`ArchiveDamaged`; the next start then rebuilds it.
    """

    @classmethod
    def read_only(cls, folder: Path) -> Ledger:
        """Open the ledger of an archive without its lock, for looking only (status, export).

        Raises :exc:`ArchiveError` when there is none; ``keep_door`` is refused.
        """
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError

    # crawler.discovery.Memory

    def known(self, url: str) -> Known | None:
        """Return what is known of *url*, also under an earlier slug.

        ``lastmod`` is that of the last look, so an address stays new until it has been fetched. A
        withheld article is ``refused``.
        """
        raise NotImplementedError

    def known_post(self, post_id: int) -> Known | None:
        """Return what is known of the post, under its current address."""
        raise NotImplementedError

    def count(self, *, after: str | None = None, before: str | None = None) -> int:
        """Return how many posts are listed and not gone, published after and before (exclusive).

        Posts whose publication is not known count only when neither is given; earlier slugs never.
        """
        raise NotImplementedError

    def listed(self, *, after: str | None = None, before: str | None = None) -> Iterator[Known]:
        """Yield what :meth:`count` counts, oldest first."""
        raise NotImplementedError

    def door(self, name: str) -> dict[str, Any]:
        """Return what the door of that name left, an empty dict at first."""
        raise NotImplementedError

    def keep_door(self, name: str, left: Mapping[str, Any]) -> None:
        """Leave *left*, JSON values, for the next run.

        Committed after everything that the archive was told before.
        """
        raise NotImplementedError

    # for the spider

    def look(self, url: str) -> Look | None:
        """Return what is known of *url*; ``None`` when it was never listed."""
        raise NotImplementedError

    def due(self, now: dt.datetime, limit: int) -> list[Look]:
        """Return articles and refused addresses whose look is due, longest due first.

        Among them what is missing, and known addresses that a door listed with a newer
        modification but that this or an earlier run did not come to fetch. Without what is gone,
        withheld, or has only its REST record.
        """
        raise NotImplementedError

    def retries(self, now: dt.datetime, limit: int) -> list[Look]:
        """Return addresses that were never read because fetching failed, whose pause is over."""
        raise NotImplementedError

    def waiting(self, limit: int) -> list[Look]:
        """Return addresses that were listed and never fetched, newest publication first."""
        raise NotImplementedError

    def unpaged(self, limit: int) -> list[Look]:
        """Return articles whose last line is a REST record, newest publication first."""
        raise NotImplementedError

    def validators(self, url: str) -> Validators:
        """Return the validators kept for *url*, page or door document; empty when none are."""
        raise NotImplementedError

    # for status

    def states(self) -> dict[str, int]:
        """Return how many addresses are in each state."""
        raise NotImplementedError

    def troubles(self, limit: int) -> list[Look]:
        """Return what failed or was refused as invalid, most failures first."""
        raise NotImplementedError
