"""``scrapy edits [NAME …]``: what newsrooms changed and took down, newest first."""

from __future__ import annotations

import heapq
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

from rich.console import Console
from rich.text import Text
from scrapy.exceptions import UsageError

from crawler.archive import Edit, edits
from crawler.archive.edit_kinds import KINDS
from crawler.archive.identity import read_identity
from crawler.export.changes import drawn_edit, evidence, is_plain, write_atom, write_csv, write_json
from crawler.export.selection import checked_moment, new_file
from crawler.normalise.text import fold
from crawler.project import ArchiveCommand

if TYPE_CHECKING:
    import argparse

FORMATS: Final = ("text", "jsonl", "csv", "atom")
_IN_A_FEED: Final = 100
"""Edits of a feed for which no time was asked: readers show what is new."""


class Command(ArchiveCommand):
    """List what newsrooms changed and took down."""

    def syntax(self) -> str:
        return "[NAME …] [options]"

    def short_desc(self) -> str:
        return "Show what newsrooms changed, took down and put back, newest first"

    def long_desc(self) -> str:
        return (
            "List the edits that the archives named show, or all archives: for each what was "
            "changed, and between which moments. An article was seen unchanged until one moment, "
            "and changed by another; when in between is not known."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--since", metavar="DAY", help="seen on this day (UTC) or later")
        parser.add_argument("--until", metavar="DAY", help="seen on this day (UTC) or earlier")
        parser.add_argument("--kind", metavar="K,…", help=f"only these: {', '.join(KINDS)}")
        parser.add_argument(
            "--to", metavar="FORMAT", default="text", help=f"{', '.join(FORMATS)} (default: text)"
        )
        parser.add_argument(
            "-o",
            "--output",
            metavar="PATH",
            help="a file instead of the terminal; for the feeds of several newsrooms a folder",
        )

    def work(self, args: list[str], opts: argparse.Namespace) -> None:
        folders = self.names(args)
        if opts.to not in FORMATS:
            raise UsageError(f"--to {opts.to}: want one of {', '.join(FORMATS)}")
        wanted = set((opts.kind or ",".join(KINDS)).replace(" ", "").split(","))
        if unknown := wanted.difference(KINDS):
            raise UsageError(
                f"--kind {', '.join(sorted(unknown))}: want some of {', '.join(KINDS)}"
            )
        for name in ("since", "until"):
            checked_moment(f"--{name}", getattr(opts, name))
        lists = {
            folder: (
                each
                for each in edits(folder, since=opts.since, until=opts.until)
                if not wanted.isdisjoint(each.kinds)
            )
            for folder in folders
        }
        path = Path(opts.output) if opts.output else None
        if opts.to == "atom":
            _feeds(lists, path, None if opts.since else _IN_A_FEED)
            return
        found = heapq.merge(*lists.values(), key=lambda edit: edit.seen_at, reverse=True)
        with _opened(path) as file:
            if opts.to == "text":
                show(found, Console(file=file, soft_wrap=not file.isatty()))
            else:
                {"jsonl": write_json, "csv": write_csv}[opts.to](found, file)


def _feeds(lists: Mapping[Path, Iterator[Edit]], path: Path | None, most: int | None) -> None:
    """Write a feed a newsroom."""
    if len(lists) != 1 and not (path and path.is_dir()):
        raise UsageError("--to atom: want one NAME, or -o FOLDER for a feed of each newsroom")
    for folder, found in lists.items():
        own = path / f"{folder.name}.atom" if path and path.is_dir() else path
        identity = read_identity(folder)
        assert identity is not None  # a folder is an archive by it
        with _opened(own) as file:
            write_atom(islice(found, most), identity, file)


@contextmanager
def _opened(path: Path | None) -> Iterator[TextIO]:
    if path is None:
        yield sys.stdout
        return
    with new_file(path) as partial, partial.open("w", encoding="utf-8", newline="\n") as file:
        yield file


def show(found: Iterable[Edit], console: Console) -> None:
    """Print edits for a person."""
    marks = is_plain(console)
    for edit in found:
        head = Text()
        head.append(f"{', '.join(edit.kinds)}", "bold").append(f"  {fold(edit.id)}  ")
        head.append(f"revision {edit.from_revision} to {edit.to_revision}", "dim")
        if edit.words_added or edit.words_removed:
            head.append(f"  +{edit.words_added} -{edit.words_removed} words", "dim")
        console.print(head, highlight=False)
        console.print(Text(f"  {evidence(edit)}"), highlight=False)
        console.print(Text(f"  {fold(edit.url)}", "dim"), highlight=False, soft_wrap=True)
        for line in drawn_edit(edit, marks=marks):
            console.print(Text("  ").append_text(line), highlight=False)
        console.print()
