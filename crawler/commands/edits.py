"""``scrapy edits [NAME …]``: what newsrooms changed and took down, newest first."""

from __future__ import annotations

import argparse
import heapq
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import ClassVar, Final, TextIO

from rich.text import Text
from scrapy.exceptions import UsageError

from crawler.archive import Edit, edits
from crawler.archive.edit_kinds import KINDS
from crawler.archive.identity import read_identity
from crawler.export.changes import drawn_edit, is_plain, write_atom, write_csv, write_json
from crawler.export.selection import checked_moment, new_file
from crawler.export.wording import evidence
from crawler.normalise.text import fold
from crawler.project import ArchiveCommand, Screen, refuse_format

FORMATS: Final = ("text", "jsonl", "csv", "atom")
_IN_A_FEED: Final = 100
"""Edits of a feed for which no time was asked: readers show what is new."""


class Command(ArchiveCommand):
    """Show what newsrooms changed, took down and put back, newest first.

    List the edits that the archives named show, or all archives: for each what was changed, and
    between which moments. An article was seen unchanged until one moment, and changed by another;
    when in between is not known.
    """

    usage = "[NAME …] [options]"
    options: ClassVar = {
        "--since DAY": "seen on this day (UTC) or later",
        "--until DAY": "seen on this day (UTC) or earlier",
        "--kind K,…": f"only these: {', '.join(KINDS)}",
        "--to FORMAT=text": ", ".join(FORMATS),
        "-o,--output PATH": "a file instead of the terminal; for the feeds of several newsrooms a "
        "folder",
    }

    def work(self, args: list[str], opts: argparse.Namespace) -> None:
        folders = self.names(args)
        refuse_format(opts.to, FORMATS)
        wanted = set((opts.kind or ",".join(KINDS)).replace(" ", "").split(","))
        if unknown := wanted.difference(KINDS):
            raise UsageError(
                f"--kind {', '.join(sorted(unknown))}: want some of {', '.join(KINDS)}"
            )
        checked_moment("--since", opts.since)
        checked_moment("--until", opts.until)
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
            {"text": _show, "jsonl": write_json, "csv": write_csv}[opts.to](found, file)


def _feeds(lists: Mapping[Path, Iterator[Edit]], path: Path | None, most: int | None) -> None:
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


def _show(found: Iterable[Edit], file: TextIO) -> None:
    console = Screen(file=file, soft_wrap=not file.isatty(), highlight=False)
    marks = is_plain(console)
    for edit in found:
        head = Text(", ".join(edit.kinds), "bold")
        head.append(f"  {fold(edit.id)}  ", "not bold")
        head.append(f"revision {edit.from_revision} to {edit.to_revision}", "not bold dim")
        if edit.words_added or edit.words_removed:
            head.append(f"  +{edit.words_added} -{edit.words_removed} words", "not bold dim")
        console.print(head)
        console.print(f"  {evidence(edit)}", markup=False)
        console.print(Text(f"  {fold(edit.url)}", "dim"), soft_wrap=True)
        for line in drawn_edit(edit, marks=marks):
            console.print(Text("  ").append_text(line))
        console.print()
