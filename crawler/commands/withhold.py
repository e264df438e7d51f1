"""``scrapy withhold NAME ID``: an article goes out of everything that reads the archive."""

from __future__ import annotations

from contextlib import closing, suppress
from typing import TYPE_CHECKING, ClassVar

from scrapy.exceptions import UsageError

from crawler.archive import Archive, Ledger, RunReport, Withhold, newsroom_of
from crawler.errors import ArchiveError
from crawler.project import ArchiveCommand, say
from crawler.workers import RULES

if TYPE_CHECKING:
    import argparse


class Command(ArchiveCommand):
    """Take an article out of everything that reads the archive.

    Writes a line that withholds the article ID (progres:123, or just 123): it is not read, exported,
    shown or archived again. --erase also takes its lines and captures out of the files, for ever;
    what was exported or copied before is not touched.
    """

    usage = "NAME ID --reason TEXT [--erase]"
    options: ClassVar = {
        "--reason TEXT": "why; it is kept in the archive",
        "--erase": "remove its lines and captures from the files",
    }

    def work(self, args: list[str], opts: argparse.Namespace) -> None:
        folder, id_ = self.name_and_id(args)
        if not (opts.reason or "").strip():
            raise UsageError("--reason is missing: say why", print_help=False)
        with suppress(ArchiveError), closing(Ledger.read_only(folder)) as ledger:
            if ledger.article(id_) is None:
                raise UsageError(f"{folder.name} has no article {id_}", print_help=False)
        with Archive.open(
            folder,
            newsroom_of(folder),
            RULES,
            command="withhold",
            arguments={"id": id_, "reason": opts.reason, "erase": opts.erase},
            trust_clock=self.trusts_clock,
        ) as archive:
            if opts.erase:
                erased = archive.erase(id_, opts.reason.strip())
                new, rest = erased.withheld, f"\n{erased}"
            else:
                (outcome,) = archive.record([Withhold(id_, opts.reason.strip())])
                if outcome.problem is not None:
                    raise outcome.problem
                new, rest = outcome.line is not None, ""
            archive.finish(RunReport(exit_code=0))
        say(f"{id_} is withheld{rest}" if new else f"{id_} was withheld before{rest}")
