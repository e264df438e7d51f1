"""``scrapy report [NAME …] -o report.html``: what an archive holds, as one page to look at."""

from __future__ import annotations

import argparse
from pathlib import Path

from crawler.errors import extra
from crawler.project import ArchiveCommand, add_language, say
from crawler.timestamps import now


class Command(ArchiveCommand):
    """Write one HTML page with plots about archives.

    Write a page about the archives named, or about all of them. It holds everything it shows, needs
    neither network nor script, and takes the place of what was at PATH.
    """

    usage = "[NAME …] [-o PATH]"

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
        write_report(folders, Path(opts.output), now=now(), language=opts.lang)
        say(f"{opts.output}: {', '.join(folder.name for folder in folders) or 'no archive yet'}")
