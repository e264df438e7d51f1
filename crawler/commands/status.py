"""``scrapy status``: what is archived, what is missing and why, and how the runs went."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar, Final

from rich.bar import Bar
from rich.console import Group
from rich.table import Table
from rich.text import Text

from crawler.archive import RunRecord
from crawler.display import amount
from crawler.export.statistics import Status, as_json, status
from crawler.normalise.text import fold
from crawler.project import ArchiveCommand, Screen, say

_MONTHS: Final = 24
_SHOWN: Final = 10
_NOTES: Final = 3
_WIDTH: Final = 30


class Command(ArchiveCommand):
    """Show what is archived, the last runs, and what is missing and why."""

    usage = "[NAME …] [--json]"
    options: ClassVar = {"--json": "print JSON, for programs"}

    def work(self, args: list[str], opts: argparse.Namespace) -> None:
        folders = self.names(args)
        if opts.json:
            json.dump([as_json(status(each)) for each in folders], sys.stdout, ensure_ascii=False)
            print()
            return
        if not folders:
            say("No archive yet; scrapy crawl progres makes one")
        console = Screen()
        for folder in folders:
            found = status(folder)
            head = (_head(found, folder), _months(found))
            console.print(Group(*head, *_runs(found), *_missing(found), _coverage(found), ""))


def _head(found: Status, folder: Path) -> Text:
    numbers = found.statistics
    head = Text(found.name, "bold")
    said = f"\n{numbers.articles:,} articles"
    if numbers.first_day and numbers.last_day:
        said += f" from {numbers.first_day} to {numbers.last_day}"
    said += f"; {numbers.edited:,} edited, {numbers.gone:,} gone, {numbers.withheld:,} withheld"
    if numbers.from_rest:
        said += f"; {numbers.from_rest:,} from REST alone, their pages come later"
    sizes = ", ".join(f"{kind} {amount(size)}" for kind, size in found.disk.items())
    said += f"\nin {folder}: {sizes}"
    if found.holder:
        holder = found.holder
        said += f"\n{holder.command} (process {holder.pid}) is writing since {holder.since}"
    return head.append(said, "not bold")


def _months(found: Status) -> Table:
    months = list(found.statistics.by_month.items())
    shown = months[-_MONTHS:]
    more = f" (the last {_MONTHS} of {len(months)})" if len(months) > _MONTHS else ""
    most = max((count for _, count in shown), default=0)
    table = _table(f"Articles by month{more}")
    for month, count in shown:
        bar = Bar(most or 1, 0, count, width=_WIDTH, color="green")
        table.add_row(month, bar, f"{count:,}")
    return table


def _runs(found: Status) -> Iterator[Text]:
    yield Text("\nLast runs", "bold")
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
        yield line
        notes = run.notes if run.exit_code else ()
        for note in notes[:_NOTES]:
            yield Text(f"  {fold(note)}", overflow="fold")
        if len(notes) > _NOTES:
            yield Text(f"  … and {len(notes) - _NOTES:,} more; --json has all")


def _asked(run: RunRecord) -> str:
    asked = f"{run.requests:,} requests, {amount(run.bytes)}"
    if run.smallest_gap is not None:
        asked += f", pauses from {run.smallest_gap:.2g} s"
    if run.robots:
        asked += ", robots.txt obeyed" if run.robots == "obey" else ", robots.txt ignored"
    return asked + (f" (Crawl-delay {run.crawl_delay:g} s)" if run.crawl_delay else "")


def _missing(found: Status) -> tuple[Text, Table, Text]:
    text = Text("\nWhat is missing\n", "bold")
    if found.note:
        text.append(f"{found.note}\n", "yellow")
    counts = [f"{door} counts {count:,}" for door, count in found.listed.items()]
    counts.append(f"archive {found.statistics.articles:,}")
    why = Counter(each.reason.partition(" ")[0] for each in found.missing)
    said = [f"{count:,} {reason}" for reason, count in why.most_common()]
    if found.unknown:
        said.append(f"unknown, since no door lists all there is ({'; '.join(found.unknown)})")
    text.append(f"{', '.join(counts)}; missing: {', '.join(said) or 'nothing'}", "not bold")
    table = Table.grid(padding=(0, 2))
    missing = sorted(
        found.missing, key=lambda one: (one.reason == "waiting", one.month or "", one.url)
    )
    for each in missing[:_SHOWN]:
        table.add_row(each.month, Text(fold(each.reason)), Text(fold(each.url), overflow="fold"))
    rest = len(found.missing) - _SHOWN
    return text, table, Text(f"… and {rest:,} more; --json has all" if rest > 0 else "")


def _coverage(found: Status) -> Table:
    table = _table("Fields filled")
    shares = [(name, f"{share:.0%}") for name, share in found.statistics.coverage.items()]
    third = (len(shares) + 2) // 3
    for row in range(third):
        table.add_row(*(cell for pair in shares[row::third] for cell in pair))
    return table


def _table(title: str) -> Table:
    table = Table.grid(padding=(0, 2))
    table.title = f"\n{title}"
    table.title_justify = "left"
    table.title_style = "bold"
    return table
