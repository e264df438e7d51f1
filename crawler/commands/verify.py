"""``scrapy verify [NAME …]``: everything an archive says, checked against everything else."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from crawler.archive import newsroom_of
from crawler.archive.identity import Lock
from crawler.archive.verify import Problem, Tally, repair, verify
from crawler.errors import ArchiveLocked
from crawler.exit_codes import EXIT_FAILED, EXIT_LOCKED
from crawler.normalise.text import fold
from crawler.project import ArchiveCommand, say
from crawler.timestamps import now, stamp
from crawler.workers import RULES

if TYPE_CHECKING:
    import argparse


class Command(ArchiveCommand):
    """Check every line, hash, WARC record and the ledger against each other.

    Prints each problem as FILE: byte OFFSET: WHAT and ends with 1 if there is any. Lines that today's
    rules wrote are read again from their captures. Holds the archive's lock meanwhile, so that a run
    that begins then ends with 75. All archives unless NAMEs.
    """

    usage = "[NAME …] [--repair]"
    options: ClassVar = {
        "--repair": "put right what loses nothing, make lost lines again from their captures, and "
        "record what is lost for good",
    }

    def work(self, args: list[str], opts: argparse.Namespace) -> None:
        codes = [self._check(folder, mend=opts.repair) for folder in self.names(args)]
        if not codes:
            say("No archive yet")
        self.exitcode = EXIT_FAILED if EXIT_FAILED in codes else max(codes, default=0)

    def _check(self, folder: Path, *, mend: bool) -> int:
        newsroom = newsroom_of(folder)
        try:
            found, lost = self._problems(folder), 0
            if found and mend:
                repaired = repair(
                    folder, newsroom, RULES, found, clock=now, trust_clock=self.trusts_clock
                )
                for done in repaired.done:
                    say(f"{folder.name}: repaired: {fold(done)}")
                say(f"{folder.name}: checking again")
                found, lost = self._problems(folder), repaired.lost
        except ArchiveLocked as error:
            say(str(error))
            return EXIT_LOCKED
        return EXIT_FAILED if found or lost else 0

    def _problems(self, folder: Path) -> list[Problem]:
        tally = Tally()
        found = []
        with Lock(folder, f"scrapy verify {folder.name}", stamp(now())):
            for problem in verify(folder, newsroom_of(folder), RULES, tally):
                print(f"{folder.name}/{fold(str(problem))}", flush=True)
                found.append(problem)
        others = f", {tally.others:,} by other rules not compared" if tally.others else ""
        if tally.unnamed:
            others += f", {tally.unnamed:,} pages captured that no line names"
        if tally.lost:
            others += f", {tally.lost:,} lines recorded as lost"
        say(
            f"{folder.name}: {tally.lines:,} lines, {tally.captures:,} captures, "
            f"{tally.records:,} records: {len(found) or 'no'} problems{others}"
        )
        return found
