"""``scrapy status``: what is archived, what is missing and why, and how the runs went."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from crawler.display import amount
from crawler.export.statistics import Status, as_json, reasons, status
from crawler.normalise.text import fold
from crawler.project import ArchiveCommand, say

if TYPE_CHECKING:
    import argparse

    from crawler.archive import RunRecord

_MONTHS: Final = 24
_SHOWN: Final = 10
_NOTES: Final = 3
_WIDTH: Final = 30
_BLOCKS: Final = " ▏▎▍▌▋▊▉█"


class Command(ArchiveCommand):
    """Say what is archived."""

    def syntax(self) -> str:
        return "[NAME …] [--json]"

    def short_desc(self) -> str:
        return "Show what is archived, the last runs, and what is missing and why"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--json", action="store_true", help="print JSON, for programs")

    def work(self, args: list[str], opts: argparse.Namespace) -> None:
        folders = self.names(args)
        if not folders and not opts.json:
            say("No archive yet; scrapy crawl progres makes one")
        if opts.json:
            json.dump([as_json(status(each)) for each in folders], sys.stdout, ensure_ascii=False)
            print()
            return
        console = Console()
        for folder in folders:
            console.print(drawn(status(folder), folder))


def drawn(found: Status, folder: Path) -> Group:
    """Return *found* for a terminal."""
    numbers = found.statistics
    head = Text()
    head.append(f"{found.name}\n", "bold")
    head.append(f"{numbers.articles:,} articles")
    if numbers.first_day and numbers.last_day:
        head.append(f" from {numbers.first_day} to {numbers.last_day}")
    head.append(
        f"; {numbers.edited:,} edited, {numbers.gone:,} gone, {numbers.withheld:,} withheld"
    )
    if numbers.from_rest:
        head.append(f"; {numbers.from_rest:,} from REST alone, their pages come later")
    head.append(f"\nin {folder}: {_disk(found)}")
    if found.holder:
        holder = found.holder
        head.append(f"\n{holder.command} (process {holder.pid}) is writing since {holder.since}")
    return Group(head, _months(found), _runs(found), _audit(found), _coverage(found), Text(""))


def _disk(found: Status) -> str:
    return ", ".join(f"{kind} {amount(size)}" for kind, size in found.disk.items())


def _months(found: Status) -> Table:
    months = list(found.statistics.by_month.items())
    shown = months[-_MONTHS:]
    more = f" (the last {_MONTHS} of {len(months)})" if len(months) > _MONTHS else ""
    most = max((count for _, count in shown), default=0)
    table = _table(f"Articles by month{more}")
    for month, count in shown:
        table.add_row(month, Text(_bar(count, most), "green"), f"{count:,}")
    return table


def _bar(count: int, most: int) -> str:
    eighths = round(count * _WIDTH * 8 / most) if most else 0
    return "█" * (eighths // 8) + _BLOCKS[eighths % 8].strip()


def _runs(found: Status) -> Group:
    lines = [Text("\nLast runs", "bold")]
    for run in reversed(found.runs):
        counts = ", ".join(
            f"{count:,} {kind}"
            for kind in ("new", "changed", "superseded", "gone", "refused", "failed")
            if (count := getattr(run, kind))
        )
        line = Text(f"{run.begin}  {run.command}  ")
        code = "not ended" if run.exit_code is None else f"exit {run.exit_code}"
        line.append(code, "" if run.exit_code == 0 else "yellow")
        line.append(f"  {counts or 'nothing new'}")
        if run.requests:
            line.append(f"; {_asked(run)}", "dim")
        lines.append(line)
        notes = run.notes if run.exit_code else ()
        lines += [Text(f"  {fold(note)}", overflow="fold") for note in notes[:_NOTES]]
        if len(notes) > _NOTES:
            lines.append(Text(f"  … and {len(notes) - _NOTES:,} more; --json has all"))
    return Group(*lines)


def _asked(run: RunRecord) -> str:
    """Return what a run asked of the newsroom."""
    asked = f"{run.requests:,} requests, {amount(run.bytes)}"
    if run.smallest_gap is not None:
        asked += f", pauses from {run.smallest_gap:.2g} s"
    if run.robots:
        asked += ", robots.txt obeyed" if run.robots == "obey" else ", robots.txt ignored"
    return asked + (f" (Crawl-delay {run.crawl_delay:g} s)" if run.crawl_delay else "")


def _audit(found: Status) -> Group:
    text = Text("\nWhat is missing\n", "bold")
    if found.note:
        text.append(f"{found.note}\n", "yellow")
    counts = [f"{door} counts {count:,}" for door, count in found.listed.items()]
    counts.append(f"archive {found.statistics.articles:,}")
    text.append(", ".join(counts), "not bold")
    why = reasons(found.missing)
    said = [f"{count:,} {reason}" for reason, count in why.items()]
    if found.unknown:
        said.append(f"unknown, since no door lists all there is ({'; '.join(found.unknown)})")
    text.append(f"; missing: {', '.join(said) or 'nothing'}", "not bold")
    table = Table.grid(padding=(0, 2))
    for each in sorted(
        found.missing, key=lambda one: (one.reason == "waiting", one.month or "", one.url)
    )[:_SHOWN]:
        table.add_row(
            each.month or "", Text(fold(each.reason)), Text(fold(each.url), overflow="fold")
        )
    rest = len(found.missing) - _SHOWN
    more = Text(f"… and {rest:,} more; --json has all") if rest > 0 else Text("")
    return Group(text, table, more)


def _coverage(found: Status) -> Table:
    table = _table("Fields filled")
    shares = list(found.statistics.coverage.items())
    third = (len(shares) + 2) // 3
    columns = [shares[start : start + third] for start in range(0, len(shares), third or 1)]
    for row in range(third):
        cells: list[str] = []
        for column in columns:
            cells += [column[row][0], f"{column[row][1]:.0%}"] if row < len(column) else ["", ""]
        table.add_row(*cells)
    return table


def _table(title: str) -> Table:
    table = Table.grid(padding=(0, 2))
    table.title = f"\n{title}"
    table.title_justify = "left"
    table.title_style = "bold"
    return table
