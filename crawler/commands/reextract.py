"""``scrapy reextract NAME``: today's rules over the stored captures, without network."""

from __future__ import annotations

import difflib
import json
import os
from itertools import chain
from typing import TYPE_CHECKING, Any, ClassVar, Final

import attrs

from crawler.archive import Archive, Reread, RunReport, newsroom_of, read_raw
from crawler.errors import ConfigurationError
from crawler.exit_codes import EXIT_INCOMPLETE, EXIT_OK
from crawler.export.selection import checked_moment
from crawler.normalise.text import fold
from crawler.project import ArchiveCommand, say
from crawler.workers import RULES, Dask, Processes, Workers, parts, read_again

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from pathlib import Path

    from crawler.workers import Change

_NAMED: Final = 20


class Command(ArchiveCommand):
    """Run today's rules over the stored captures, without network.

    Where today's rules make another article of the captures of a line, a line with the same
    revision and today's extractor is appended. --diff shows instead, field by field, what would
    change. Ends with 4 when captures cannot be read any more.
    """

    usage = "NAME [options]"
    options: ClassVar = {
        "--written-since TIME": "only lines written then (UTC) or later",
        "--workers N": "processes (default: one for each core)",
        "--dask ADDRESS": "have the workers of this Dask scheduler do it",
        "--diff": "show what would change, write nothing",
    }

    def work(self, args: list[str], opts: argparse.Namespace) -> None:
        checked_moment("--written-since", opts.written_since)
        with _workers(opts) as workers:
            folder = self.one_name(args)
            if opts.diff:
                unreadable = _show(folder, workers, opts.written_since)
            else:
                unreadable = _write(
                    folder, workers, opts.written_since, trust_clock=self.trusts_clock
                )
        if unreadable:
            self.exitcode = EXIT_INCOMPLETE


def _workers(opts: argparse.Namespace) -> Workers:
    if opts.workers is not None and opts.workers < 1:
        raise ConfigurationError(f"--workers {opts.workers}: want a whole number from 1")
    if opts.dask and opts.workers is not None:
        raise ConfigurationError("--dask and --workers: want one of them; a cluster has its own")
    if opts.dask:
        return Dask(opts.dask)
    size = opts.workers or len(os.sched_getaffinity(0))
    return Workers() if size == 1 else Processes(size, preload=read_again.__module__)


def _show(folder: Path, workers: Workers, since: str | None) -> int:
    """Print what would change field by field; return how many captures could not be read."""
    changed = unreadable = 0
    for change in chain.from_iterable(_changes(folder, workers, since)):
        before = change.before
        print(f"{before.id} revision {before.revision} {fold(before.url)}")
        if change.after is None:
            unreadable += 1
            print(f"  cannot be read: {fold(change.problem or '')}")
            continue
        changed += 1
        _print_differences(change)
    say(f"{changed:,} would change, {unreadable:,} cannot be read")
    return unreadable


def _changes(folder: Path, workers: Workers, since: str | None) -> Iterator[list[Change]]:
    """Yield what would change, a part of the archive at a time."""
    lines = read_raw(folder, written_since=since)
    return workers.do(read_again, parts(folder, newsroom_of(folder), lines))


def _print_differences(change: Change) -> None:
    for name, old, new in change.differences():
        print(f"  {name}")
        for line in difflib.ndiff(_lines(old), _lines(new)):
            if line[0] in "-+":
                print(f"    {fold(line)}")


def _lines(value: Any) -> list[str]:
    if isinstance(value, str):
        return value.split("\n")
    several = value if isinstance(value, tuple) else (value,)
    plain = (attrs.asdict(each) if attrs.has(type(each)) else each for each in several)
    return [json.dumps(each, ensure_ascii=False) for each in plain]


def _write(folder: Path, workers: Workers, since: str | None, *, trust_clock: bool = False) -> int:
    """Append lines where today's rules read otherwise; return how many captures are unreadable.

    A run that was broken off is begun anew: a line that is there is not written twice.
    """
    unreadable: list[str] = []
    written = unnamed = 0
    with Archive.open(
        folder,
        newsroom_of(folder),
        RULES,
        command="reextract",
        arguments={"written_since": since} if since else {},
        trust_clock=trust_clock,
    ) as archive:
        for found in _changes(folder, workers, since):
            unreadable += [f"{each.before.id}: {each.problem}" for each in found if not each.after]
            unnamed += sum(each.after is not None and not each.writable for each in found)
            readings = [
                Reread(each.after, same_rules=each.furniture)
                for each in found
                if each.after is not None and each.writable
            ]
            for outcome in archive.record(readings):
                if outcome.problem is not None:
                    raise outcome.problem
                written += outcome.kind == "reread"
        notes = [f"cannot be read by today's rules: {each}" for each in unreadable[:_NAMED]]
        if unnamed:
            notes.append(
                f"{unnamed} lines differ although {RULES.extractor} wrote them: rules that change "
                "need a new name"
            )
        code = EXIT_INCOMPLETE if unreadable else EXIT_OK
        archive.finish(RunReport(exit_code=code, notes=tuple(notes)))
    for note in notes:
        say(fold(note))
    say(f"{written:,} appended, {len(unreadable):,} cannot be read")
    return len(unreadable)
