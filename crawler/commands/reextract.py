"""``scrapy reextract NAME``: today's rules over the stored captures, without network."""

from __future__ import annotations

import difflib
import json
from collections import deque
from typing import TYPE_CHECKING, Any, Final

import attrs

from crawler.archive import Archive, Reread, RunReport, newsroom_of
from crawler.archive.reextract import Change, reextract
from crawler.command import ArchiveCommand, say
from crawler.normalise.text import fold
from crawler.project import EXIT_INCOMPLETE
from crawler.readers.selection import checked_moment
from crawler.rules import RULES

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from concurrent.futures import Future
    from pathlib import Path

    from crawler.archive import Outcome

_WAITING: Final = 200
"""Lines on their way to the disk at once."""


class Command(ArchiveCommand):
    """Read stored captures again, and write what comes out otherwise."""

    def syntax(self) -> str:
        return "NAME [--written-since TIME] [--diff]"

    def short_desc(self) -> str:
        return "Run today's rules over the stored captures, without network"

    def long_desc(self) -> str:
        return (
            "Where today's rules make another article of the captures of a line, a line with the "
            "same revision and today's extractor is appended. --diff shows instead, field by "
            "field, what would change. Ends with 4 when captures cannot be read any more."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--written-since", metavar="TIME", help="only lines written then (UTC) or later"
        )
        parser.add_argument(
            "--diff", action="store_true", help="show what would change, write nothing"
        )

    def work(self, args: list[str], opts: argparse.Namespace) -> None:
        folder = self.one_name(args)
        since = checked_moment("--written-since", opts.written_since)
        changes = reextract(folder, newsroom_of(folder), RULES, written_since=since)
        unreadable = _show(changes) if opts.diff else _write(folder, changes, since)
        if unreadable:
            self.exitcode = EXIT_INCOMPLETE


def _show(changes: Iterator[Change]) -> int:
    """Print *changes* field by field; return how many captures could not be read."""
    changed = unreadable = 0
    for change in changes:
        before = change.before
        print(f"{before.id} revision {before.revision} {fold(before.url)}")
        if change.after is None:
            unreadable += 1
            print(f"  cannot be read: {fold(change.problem or '')}")
            continue
        changed += 1
        for name, old, new in change.differences():
            print(f"  {name}")
            for line in difflib.ndiff(_lines(old), _lines(new)):
                if line[0] in "-+":
                    print(f"    {fold(line)}")
    say(f"{changed:,} would change, {unreadable:,} cannot be read")
    return unreadable


def _lines(value: Any) -> list[str]:
    if isinstance(value, str):
        return value.split("\n")
    if isinstance(value, tuple):
        return [_text(each) for each in value]
    return [_text(value)]


def _text(value: Any) -> str:
    return json.dumps(attrs.asdict(value) if attrs.has(type(value)) else value, ensure_ascii=False)


def _write(folder: Path, changes: Iterator[Change], since: Any) -> int:
    """Append lines for *changes*; return how many captures could not be read."""
    unreadable: list[str] = []
    unnamed = written = 0
    waiting: deque[Future[Outcome]] = deque()
    with Archive.open(
        folder,
        newsroom_of(folder),
        extractor=RULES.extractor,
        extract=RULES.extract,
        page_hash=RULES.page_hash,
        command="reextract",
        arguments={"written_since": str(since)} if since else {},
    ) as archive:
        for change in changes:
            if change.after is None:
                unreadable.append(f"{change.before.id}: {change.problem}")
            elif not change.writable:
                unnamed += 1
            else:
                waiting.append(archive.submit(Reread(change.after)))
                written += 1
            while len(waiting) > _WAITING:
                waiting.popleft().result()
        for each in waiting:
            each.result()
        notes = [f"cannot be read by today's rules: {each}" for each in unreadable[:20]]
        if unnamed:
            notes.append(
                f"{unnamed} lines differ although {RULES.extractor} wrote them: rules that change "
                "need a new name"
            )
        archive.finish(
            RunReport(exit_code=EXIT_INCOMPLETE if unreadable else 0, notes=tuple(notes))
        )
    for note in notes:
        say(fold(note))
    say(f"{written:,} appended, {len(unreadable):,} cannot be read")
    return len(unreadable)
