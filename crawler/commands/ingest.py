"""``scrapy ingest NAME FILE…``: WARC and WACZ files of others become lines of an archive."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final

from scrapy.exceptions import UsageError

from crawler.archive import Archive, RunReport, newsroom_of
from crawler.errors import InvalidRecord
from crawler.ingest import Ingest
from crawler.newsrooms import load_newsroom
from crawler.normalise.text import fold
from crawler.project import (
    EXIT_INCOMPLETE,
    EXIT_OK,
    ArchiveCommand,
    archive_names,
    archive_root,
    newsroom_folders,
    say,
)
from crawler.workers import RULES

if TYPE_CHECKING:
    import argparse

    from crawler.archive import Found
    from crawler.newsrooms import Newsroom

_WAITING: Final = 50
"""Articles that are written together."""

_NAMED: Final = 20


class Command(ArchiveCommand):
    """Read what others have captured of a newsroom."""

    def syntax(self) -> str:
        return "NAME FILE…"

    def short_desc(self) -> str:
        return "Make lines of WARC and WACZ files of others"

    def long_desc(self) -> str:
        return (
            "NAME is an archive, or a newsroom of which there is none yet. Of the files (.warc, "
            ".warc.gz, .wacz) counts what is on the newsroom's hosts; records that a line rests on "
            "are copied into the archive. What the archive has is not written again, nor what it "
            "knows in a later state. Ends with 4 when a file is damaged or an article is not whole."
        )

    def work(self, args: list[str], opts: argparse.Namespace) -> None:  # noqa: ARG002 -- it has none
        if len(args) < 2:  # noqa: PLR2004 -- a name and a file
            raise UsageError("want NAME and at least one FILE", print_help=False)
        name, *files = args
        folder = archive_root(self.configured) / name
        newsroom = self._newsroom(name, folder)
        operator = str(self.configured["USER_AGENT"])
        with tempfile.TemporaryDirectory(prefix="ingest-") as scratch:
            ingest = Ingest(newsroom, [Path(each) for each in files], Path(scratch))
            outcomes = _write(folder, newsroom, ingest, files, operator)
        for problem in ingest.problems[:_NAMED]:
            say(fold(problem))
        if len(ingest.problems) > _NAMED:
            say(f"… and {len(ingest.problems) - _NAMED:,} more")
        said = [f"{count:,} {kind}" for kind, count in outcomes.items()]
        say(f"{name}: {', '.join(said) or 'no articles'}")
        if ingest.passed_over:
            said = [f"{count:,} {reason}" for reason, count in ingest.passed_over.most_common()]
            say(f"passed over: {', '.join(said)}")
        self.exitcode = EXIT_INCOMPLETE if ingest.problems else EXIT_OK

    def _newsroom(self, name: str, folder: Path) -> Newsroom:
        folders = newsroom_folders(self.configured)
        if name in archive_names(self.configured):
            return newsroom_of(folder, folders)
        return load_newsroom(name, folders)


def _write(
    folder: Path, newsroom: Newsroom, ingest: Ingest, files: list[str], operator: str = ""
) -> Counter[str]:
    """Give the archive what *ingest* finds; return outcome → how many."""
    outcomes: Counter[str] = Counter()
    waiting: list[Found] = []

    def record() -> None:
        for outcome in archive.record(waiting):
            if isinstance(outcome.problem, InvalidRecord):
                ingest.problems.append(str(outcome.problem))
            elif outcome.problem is not None:
                raise outcome.problem
            else:
                outcomes[outcome.kind] += 1
        waiting.clear()

    with Archive.open(
        folder,
        newsroom,
        RULES,
        command="ingest",
        arguments={"files": files},
        operator=operator,
    ) as archive:
        for found in ingest.findings():
            waiting.append(found)
            if len(waiting) == _WAITING:
                record()
        record()
        archive.finish(
            RunReport(
                exit_code=EXIT_INCOMPLETE if ingest.problems else EXIT_OK,
                notes=tuple(ingest.problems[:_NAMED]),
            )
        )
    return outcomes
