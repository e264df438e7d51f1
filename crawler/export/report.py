"""The report: one HTML page that needs nothing else, neither network nor script."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import attrs

from crawler.archive import Edit, RunRecord, edits, read_runs
from crawler.archive.identity import read_identity
from crawler.export.plots import RECENT, TOP, Plots, recent
from crawler.export.selection import new_file
from crawler.export.statistics import Statistics, disk, statistics
from crawler.export.wording import Words, environment
from crawler.timestamps import stamp

_LATEST: Final = 20


@attrs.frozen(kw_only=True)
class Edits:
    """What newsrooms changed, as far as the report shows it; lists are newest first."""

    by_month: Counter[tuple[str, str]]  # month (UTC) in which it was seen, and kind → edits
    latest: Sequence[Edit]
    deletions: Sequence[Edit]

    @property
    def gone(self) -> int:
        return sum(count for (_, kind), count in self.by_month.items() if kind == "gone")

    @classmethod
    def of(cls, found: Iterable[Edit]) -> Edits:
        """Return what there is to show of *found*, all edits of an archive, newest first."""
        by_month = Counter[tuple[str, str]]()
        latest: list[Edit] = []
        deletions: list[Edit] = []
        for edit in found:
            by_month[edit.seen_at[:7], edit.kind] += 1
            shown = deletions if edit.kind == "gone" else latest
            if len(shown) < _LATEST:
                shown.append(edit)
        return cls(by_month=by_month, latest=latest, deletions=deletions)


@attrs.frozen(kw_only=True)
class Chapter:
    """What the page says of one archive."""

    name: str
    site: str
    zone: ZoneInfo
    numbers: Statistics
    bytes: int  # on disk
    runs: Sequence[RunRecord]
    edits: Edits


def write_report(
    folders: Sequence[Path], path: Path, *, now: dt.datetime, language: str = "en"
) -> None:
    """Write the report on the archives in *folders* to *path*, in place of what was there.

    *now* is what the page gives as its time. Raises :exc:`ArchiveDamaged` on a line that is none.
    """
    page = render([_chapter(folder) for folder in folders], now=now, language=language)
    with new_file(path) as partial:
        partial.write_text(page, encoding="utf-8")


def _chapter(folder: Path) -> Chapter:
    identity = read_identity(folder)
    return Chapter(
        name=folder.name,
        site=identity.site if identity else "",
        zone=ZoneInfo(identity.zone if identity else "UTC"),
        numbers=statistics(folder),
        bytes=sum(disk(folder).values()),
        runs=list(read_runs(folder)),
        edits=Edits.of(edits(folder)),
    )


def render(chapters: Sequence[Chapter], *, now: dt.datetime, language: str = "en") -> str:
    """Return the page as HTML. Whatever comes from a site is escaped; there is no script in it."""
    words = Words(language)
    return (
        environment(words)
        .get_template("report.html.jinja")
        .render(
            chapters=[(each, Plots(each.numbers, words)) for each in chapters],
            now=words.when(stamp(now)),
            recent=recent,
            days=RECENT,
            top=TOP,
        )
    )
