"""One line a run: ``runs.jsonl``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs


@attrs.frozen(kw_only=True)
class RunReport:
    """What whoever ran knows of the run; the archive counts lines and findings itself."""

    exit_code: int
    requests: int = 0
    bytes: int = 0
    """Bytes received."""

    doors: Mapping[str, int] = attrs.field(factory=dict)
    """Door → links that it listed."""

    coverage: Mapping[str, float] = attrs.field(factory=dict)
    """Field → share of the last article lines that have it, 0 to 1."""

    notes: tuple[str, ...] = ()
    """What somebody should read: what was wrong, where, what to do."""


@attrs.frozen(kw_only=True)
class RunRecord:
    """A line of ``runs.jsonl``.

    The line is there from the start of the run, with ``end`` and ``exit_code`` null, so that the
    disk being full cannot keep it out; a run that was killed leaves it so.
    """

    id: str
    """``20260131T040506Z-`` and four hex digits."""

    command: str
    begin: str
    end: str | None = None
    arguments: Mapping[str, Any] = attrs.field(factory=dict)
    requests: int = 0
    bytes: int = 0
    new: int = 0
    changed: int = 0
    superseded: int = 0
    reread: int = 0
    gone: int = 0
    unchanged: int = 0
    """Known articles looked at that had not changed (``unchanged`` and ``seen``)."""

    missing: int = 0
    refused: int = 0
    failed: int = 0
    withheld: int = 0
    doors: Mapping[str, int] = attrs.field(factory=dict)
    coverage: Mapping[str, float] = attrs.field(factory=dict)
    notes: tuple[str, ...] = ()
    exit_code: int | None = None


def read_runs(folder: Path) -> Iterator[RunRecord]:
    """Yield the runs of the archive in *folder*, oldest first; nothing when there is no file."""
    raise NotImplementedError
