"""``scrapy schema``: the JSON Schema of the line kinds."""

from __future__ import annotations

import argparse
import sys

from scrapy.exceptions import UsageError

from crawler.codec import dump_schema
from crawler.project import ArchiveCommand


class Command(ArchiveCommand):
    """Print the JSON Schema of the archive's lines."""

    def work(self, args: list[str], opts: argparse.Namespace) -> None:  # noqa: ARG002
        if args:
            raise UsageError("schema takes no argument")
        sys.stdout.write(dump_schema())
