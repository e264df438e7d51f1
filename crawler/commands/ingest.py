"""``scrapy ingest NAME FILE…``: WARC and WACZ files of others become lines of an archive."""

from __future__ import annotations

import tempfile
from collections import Counter
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

from scrapy.exceptions import UsageError

from crawler.archive import Archive, Found, RunReport, newsroom_of
from crawler.archive.reading import lines_that_count
from crawler.errors import InvalidRecord
from crawler.exit_codes import EXIT_INCOMPLETE, EXIT_OK
from crawler.ingest import Ingest
from crawler.items import Article
from crawler.newsrooms import load_newsroom
from crawler.normalise.text import fold
from crawler.project import ArchiveCommand, archive_root, newsroom_folders, say
from crawler.workers import RULES

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping

    from crawler.newsrooms import Newsroom

_WAITING: Final = 50
"""Articles that are written together."""

_NAMED: Final = 20


class Command(ArchiveCommand):
    """Make lines of WARC and WACZ files of others.

    NAME is an archive, or a newsroom of which there is none yet. Of the files (.warc, .warc.gz,
    .wacz) counts what is on the newsroom's hosts; records that a line rests on are copied into the
    archive. What the archive has is not written again. An article's states become revisions in the
    order in which they were fetched: name all files at once, or the oldest first; a state older than
    what the archive has is named, and not written. Ends with 4 when there is such a state, a file is
    damaged, empty or of another newsroom, or an article is not whole.
    """

    usage = "NAME FILE…"

    def work(self, args: list[str], opts: argparse.Namespace) -> None:  # noqa: ARG002 -- it has none
        if len(args) < 2:  # noqa: PLR2004 -- a name and a file
            raise UsageError("want NAME and at least one FILE", print_help=False)
        name, *files = args
        folder = archive_root(self.configured) / name
        newsroom = self._newsroom(name, folder)
        with tempfile.TemporaryDirectory(prefix="ingest-") as scratch:
            photos = self.configured["ARCHIVE_MEDIA"] == "lead"
            ingest = Ingest(newsroom, [Path(each) for each in files], Path(scratch), photos=photos)
            with Archive.open(
                folder,
                newsroom,
                RULES,
                command="ingest",
                arguments={"files": files},
                operator=str(self.configured["USER_AGENT"]),
                trust_clock=self.trusts_clock,
            ) as archive:
                outcomes = _write(archive, ingest)
        for problem in ingest.problems[:_NAMED]:
            say(fold(problem))
        if len(ingest.problems) > _NAMED:
            say(f"… and {len(ingest.problems) - _NAMED:,} more")
        said = [f"{count:,} {kind}" for kind, count in outcomes.items()]
        say(f"{name}: {', '.join(said) or 'no articles'}")
        for what, counts in (("passed over", ingest.passed_over), ("noted", ingest.remarks)):
            if counts:
                said = [f"{count:,} {reason}" for reason, count in counts.most_common()]
                say(f"{what}: {', '.join(said)}")
        self.exitcode = EXIT_INCOMPLETE if ingest.problems else EXIT_OK

    def _newsroom(self, name: str, folder: Path) -> Newsroom:
        folders = newsroom_folders(self.configured)
        if name in (archive.name for archive in self.names([])):
            return newsroom_of(folder, folders)
        return load_newsroom(name, folders)


def _write(archive: Archive, ingest: Ingest) -> Counter[str]:
    """Give the archive what *ingest* finds; return outcome → how many."""
    outcomes: Counter[str] = Counter()
    past: dict[tuple[str, str], str] = {}
    found = ingest.findings()
    while findings := list(islice(found, _WAITING)):
        for finding, outcome in zip(findings, archive.record(findings), strict=True):
            if outcome.note and isinstance(finding, Found):  # the archive has a newer capture
                article = finding.article
                said = f"{article.url}, as it was {finding.as_of}"
                past.setdefault((article.id, article.content_hash), said)
            if isinstance(outcome.problem, InvalidRecord):
                ingest.problems.append(str(outcome.problem))
            elif outcome.problem is not None:
                raise outcome.problem
            else:
                outcomes[outcome.kind] += 1
    for state in _unknown(archive.folder, past):
        ingest.problems.append(f"{state}: older than what the archive has, and not written")
    code = EXIT_INCOMPLETE if ingest.problems else EXIT_OK
    archive.finish(RunReport(exit_code=code, notes=tuple(ingest.problems[:_NAMED])))
    return outcomes


def _unknown(folder: Path, past: Mapping[tuple[str, str], str]) -> Iterator[str]:
    """Yield those of *past*, id and content hash → what to say of it, that no line states."""
    ids = {id_ for id_, _ in past}
    stated = set()
    for raw in lines_that_count(folder, latest=False, gone=True) if past else ():
        line = raw.parse() if raw.id in ids else None
        if isinstance(line, Article):
            stated.add((line.id, line.content_hash))
    return (said for state, said in past.items() if state not in stated)
