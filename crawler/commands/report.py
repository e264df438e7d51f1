"""``scrapy report [NAME …] -o report.html``: what an archive holds, as one page to look at."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import ClassVar

from crawler.export.report import write_report
from crawler.project import ArchiveCommand, say
from crawler.timestamps import now


class Command(ArchiveCommand):
    """Write one HTML page with plots about archives.

    Write a page about the archives named, or about all of them. It holds everything it shows, needs
    neither network nor script, and takes the place of what was at PATH.
    """

    usage = "[NAME …] [-o PATH]"
    options: ClassVar = {
        "-o,--output PATH=report.html": "the page",
        "--lang LANG=en": "language of the page, en or id",
    }

    def work(self, args: list[str], opts: argparse.Namespace) -> None:
        folders = self.names(args)
        write_report(folders, Path(opts.output), now=now(), language=opts.lang)
        say(f"{opts.output}: {', '.join(folder.name for folder in folders) or 'no archive yet'}")
