"""Who writes: one process at a time, by an OS lock that dies with it."""

from __future__ import annotations

from pathlib import Path

import attrs


@attrs.frozen(kw_only=True)
class Holder:
    """Who holds an archive's lock."""

    command: str
    pid: int
    since: str
    """UTC, ISO 8601."""


def lock_holder(folder: Path) -> Holder | None:
    """Return who holds the lock of the archive in *folder*, ``None`` when nobody does."""
    raise NotImplementedError
