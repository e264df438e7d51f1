"""``scrapy export NAME --to FORMAT -o PATH``: the archive for other tools."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import ClassVar, Final

from scrapy.exceptions import UsageError

from crawler.errors import extra
from crawler.export.selection import Selection, checked_day, checked_moment
from crawler.project import ArchiveCommand, refuse_format, say

FORMATS: Final = ("parquet", "sqlite", "csv", "wacz", "site")


class Command(ArchiveCommand):
    """Write an archive as Parquet, SQLite, CSV, WACZ, or as a site to browse.

    Write the newest revision of every article of the archive NAME, without what is gone or
    withheld. A file at PATH is replaced when the new one is complete; a folder (parquet) must be
    new or empty. A site has what is gone, too, marked as such; made again at the same PATH, only
    what differs is written.
    """

    usage = "NAME --to FORMAT -o PATH [options]"
    options: ClassVar = {
        "--to FORMAT": f"one of {', '.join(FORMATS)}",
        "-o,--output PATH": "file; for parquet and site a folder",
        "--since DAY": "published on this day or later",
        "--until DAY": "published on this day or earlier",
        "--written-since TIME": "written to the archive then (UTC) or later",
        "--all-revisions": "every revision, not only the newest",
        "--lang LANG=en": "language of a site, en or id",
        "--search": "site: with a search, which needs a server",
    }

    def work(self, args: list[str], opts: argparse.Namespace) -> None:
        folder = self.one_name(args)
        refuse_format(opts.to, FORMATS)
        if not opts.output:
            raise UsageError("-o is missing: want the PATH to write to")
        if opts.search and opts.to != "site":
            raise UsageError(f"--search is for --to site, not for --to {opts.to}")
        since, until = checked_day("--since", opts.since), checked_day("--until", opts.until)
        if since and until and since > until:
            raise UsageError(f"--since {since} --until {until}: no day is in between")
        selection = Selection(
            folder=folder,
            since=since,
            until=until,
            written_since=checked_moment("--written-since", opts.written_since),
            all_revisions=opts.all_revisions,
        )
        say(f"{opts.output}: {_write(selection, Path(opts.output), opts)}")


def _write(selection: Selection, path: Path, opts: argparse.Namespace) -> str:
    """Write *selection* to *path*, and return what became of it. Only what is needed is imported."""
    if opts.to == "wacz":
        from crawler.export.wacz import package  # noqa: PLC0415

        packed = package(selection, path)
        words = f"{_many(packed.articles, 'article')}, {packed.records} captures"
        if packed.without_page:
            words += (
                f"; {packed.without_page} left out, of which the archive has no page, only what "
                "the REST API said"
            )
        return words
    if opts.to == "site":
        from crawler.export.site import write_site  # noqa: PLC0415

        with extra("search", "--search"):
            made = write_site(selection, path, language=opts.lang, search=opts.search)
        files = f"{_many(made.files, 'file')} written or taken out"
        return f"{_many(made.articles, 'article')}, {files}; open {path / 'index.html'}"
    if opts.to == "parquet":
        with extra("parquet", "--to parquet"):
            from crawler.export.parquet import write_parquet  # noqa: PLC0415

        return _many(write_parquet(selection.articles(), path, selection.edits()), "article")
    from crawler.export.tables import write_csv, write_sqlite  # noqa: PLC0415

    if opts.to == "csv":
        return _many(write_csv(selection.articles(), path), "article")
    return _many(write_sqlite(selection.articles(), path, selection.edits()), "article")


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
