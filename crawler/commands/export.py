"""``scrapy export NAME --to FORMAT -o PATH``: the archive for other tools."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from scrapy.exceptions import UsageError

from crawler.errors import extra
from crawler.export.selection import Selection, checked_day, checked_moment
from crawler.project import ArchiveCommand, add_language, say

if TYPE_CHECKING:
    import argparse

FORMATS: Final = ("parquet", "sqlite", "csv", "wacz", "site")


class Command(ArchiveCommand):
    """Write the articles of an archive in the form that another tool reads."""

    def syntax(self) -> str:
        return "NAME --to FORMAT -o PATH [options]"

    def short_desc(self) -> str:
        return "Write an archive as Parquet, SQLite, CSV, WACZ, or as a site to browse"

    def long_desc(self) -> str:
        return (
            "Write the newest revision of every article of the archive NAME, without what is gone "
            "or withheld. A file at PATH is replaced when the new one is complete; a folder "
            "(parquet) must be new or empty. A site has what is gone, too, marked as such; made "
            "again at the same PATH, only what differs is written."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--to", metavar="FORMAT", help=f"one of {', '.join(FORMATS)}")
        parser.add_argument(
            "-o", "--output", metavar="PATH", help="file; for parquet and site a folder"
        )
        parser.add_argument("--since", metavar="DAY", help="published on this day or later")
        parser.add_argument("--until", metavar="DAY", help="published on this day or earlier")
        parser.add_argument(
            "--written-since", metavar="TIME", help="written to the archive then (UTC) or later"
        )
        parser.add_argument(
            "--all-revisions", action="store_true", help="every revision, not only the newest"
        )
        add_language(parser, "of a site")
        parser.add_argument(
            "--search", action="store_true", help="site: with a search, which needs a server"
        )

    def work(self, args: list[str], opts: argparse.Namespace) -> None:
        folder = self.one_name(args)
        if opts.to not in FORMATS:
            raise UsageError(f"--to {opts.to or 'is missing'}: want one of {', '.join(FORMATS)}")
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
        path = Path(opts.output)
        if opts.to == "site":
            say(f"{path}: {_site(selection, path, opts)}")
        else:
            say(f"{path}: {_WRITERS[opts.to](selection, path)}")


def _parquet(selection: Selection, path: Path) -> str:
    with extra("parquet", "--to parquet"):
        from crawler.export.parquet import write_parquet  # noqa: PLC0415 -- slow to import

    return _articles(write_parquet(selection.articles(), path, selection.edits()))


def _sqlite(selection: Selection, path: Path) -> str:
    from crawler.export.sqlite import write_sqlite  # noqa: PLC0415 -- one of five

    return _articles(write_sqlite(selection.articles(), path, selection.edits()))


def _csv(selection: Selection, path: Path) -> str:
    from crawler.export.csv import write_csv  # noqa: PLC0415 -- one of five

    return _articles(write_csv(selection.articles(), path))


def _wacz(selection: Selection, path: Path) -> str:
    from crawler.export.wacz import package  # noqa: PLC0415 -- one of five

    written = package(selection, path)
    words = f"{_articles(written.articles)}, {written.records} captures"
    if written.without_page:
        words += (
            f"; {written.without_page} left out, of which the archive has no page, only what the "
            "REST API said"
        )
    return words


def _site(selection: Selection, path: Path, opts: argparse.Namespace) -> str:
    from crawler.export.site import write_site  # noqa: PLC0415 -- one of five

    if opts.search:
        with extra("search", "--search"):
            import pagefind  # noqa: F401, PLC0415 -- asked for before anything is written
    written = write_site(selection, path, language=opts.lang, search=opts.search)
    files = f"{written.files} file{'' if written.files == 1 else 's'} written or taken out"
    return f"{_articles(written.articles)}, {files}; open {path / 'index.html'}"


_WRITERS: Final = {"parquet": _parquet, "sqlite": _sqlite, "csv": _csv, "wacz": _wacz}


def _articles(count: int) -> str:
    return f"{count} article{'' if count == 1 else 's'}"
