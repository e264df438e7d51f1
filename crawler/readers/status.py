"""What ``scrapy status`` says of an archive: the same for people and for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import attrs

from crawler.archive import Holder, Ledger, Look, RunRecord, lock_holder, read_runs
from crawler.errors import ArchiveError
from crawler.readers.statistics import Statistics, disk, statistics

AUDIT: Final = "audit"
LAST_RUNS: Final = 10
MOST_TROUBLES: Final = 1000


@attrs.frozen(kw_only=True)
class Missing:
    """An address that a door lists and that is not archived."""

    url: str
    reason: str
    """``waiting`` (not fetched yet), ``failed 3 times: http_503``, ``protected``, ``robots`` …"""

    month: str | None
    """``YYYY-MM`` of publication, where a door states it."""


@attrs.frozen(kw_only=True)
class Status:
    """An archive at a glance."""

    name: str
    statistics: Statistics
    disk: Mapping[str, int]
    runs: tuple[RunRecord, ...]
    """The last ones, oldest first."""

    holder: Holder | None
    """Who writes just now."""

    listed: Mapping[str, int]
    """Door → articles it counts, as of :attr:`audited_at`."""

    audited_at: str | None
    missing: tuple[Missing, ...]
    """Listed and not archived, and why; refusals included."""

    note: str | None = None
    """Why something above is not known."""


def status(folder: Path) -> Status:
    """Return what there is to say of the archive in *folder*, also while a run writes it."""
    audit: Mapping[str, Any] = {}
    missing: tuple[Missing, ...] = ()
    note = None
    try:
        ledger = Ledger.read_only(folder)
    except ArchiveError as error:
        note = f"{error}; what is missing is known again after the next run"
    else:
        try:
            audit = ledger.door(AUDIT)
            missing = tuple(_missing(ledger))
        finally:
            ledger.close()
    runs = list(read_runs(folder))
    return Status(
        name=folder.name,
        statistics=statistics(folder),
        disk=disk(folder),
        runs=tuple(runs[-LAST_RUNS:]),
        holder=lock_holder(folder),
        listed=audit.get("totals", {}),
        audited_at=audit.get("at"),
        missing=missing,
        note=note,
    )


def reasons(missing: tuple[Missing, ...]) -> dict[str, int]:
    """Return reason → how many, most first; numbers of tries are left out."""
    counts = Counter(each.reason.partition(" ")[0] for each in missing)
    return dict(counts.most_common())


def as_json(status: Status) -> dict[str, Any]:
    """Return *status* as JSON values."""
    return attrs.asdict(status, value_serializer=_plain)


def _plain(_: Any, __: Any, value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _missing(ledger: Ledger) -> list[Missing]:
    looks = [
        *ledger.waiting(MOST_TROUBLES),
        *(each for each in ledger.troubles(MOST_TROUBLES) if each.id is None),
        *ledger.refused(MOST_TROUBLES),
    ]
    unique = {look.url: look for look in looks}
    return [
        Missing(url=look.url, reason=_reason(look), month=(look.published or "")[:7] or None)
        for look in unique.values()
    ]


def _reason(look: Look) -> str:
    if look.state == "waiting":
        return "waiting"
    if look.failures:
        times = "once" if look.failures == 1 else f"{look.failures} times"
        return f"failed {times}: {look.reason}"
    return look.reason or look.state
