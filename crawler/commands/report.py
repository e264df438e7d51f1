"""``scrapy report [NAME] -o report.html``: what an archive holds, as one page to look at."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.errors import extra
from crawler.project import ArchiveCommand, add_language, say

if TYPE_CHECKING:
    import argparse


class Command(ArchiveCommand):
    """Write one self-contained HTML page about an archive, or about all of them."""

    def syntax(self) -> str:
        return "[NAME …] [-o PATH]"

    def short_desc(self) -> str:
        return "Write one HTML page with plots about archives"

    def long_desc(self) -> str:
        return (
            "Write a page about the archives named, or about all of them. It holds everything it "
            "shows, needs neither network nor script, and takes the place of what was at PATH."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "-o", "--output", metavar="PATH", default="report.html", help="default: report.html"
        )
        add_language(parser, "of the page")

    def work(self, args: list[str], opts: argparse.Namespace) -> None:
        with extra("report", "A report"):
            from crawler.export.report import write_report  # noqa: PLC0415 -- slow to import

        folders = self.names(args)
        path = Path(opts.output)
        write_report(folders, path, now=dt.datetime.now(dt.UTC), language=opts.lang)
        say(f"{path}: {', '.join(folder.name for folder in folders) or 'no archive yet'}")
