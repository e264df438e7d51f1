"""An archive that is open for writing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeAlias

from crawler.archive.findings import Finding, Outcome, Settlement
from crawler.archive.ledger import Ledger
from crawler.archive.runs import RunRecord, RunReport
from crawler.captures import Capture
from crawler.discovery import Link
from crawler.items import Article
from crawler.newsrooms import Newsroom

Extract: TypeAlias = Callable[[Sequence[Capture], Newsroom, int | None], Article]
"""Captures of one article, its newsroom, and the post id where the capture is a REST list."""


def utc_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class Archive:
    """One newsroom's archive, open for writing; holds its lock until closed.

    Findings go in through :meth:`submit`; one thread owns the files. It takes what waits, up to
    50 findings, 16 MiB or half a second, and commits it as one batch: WARC records and fsync,
    lines and fsync, then the ledger; only then the futures of the batch resolve. When nothing
    else waits, it commits at once.

    A write that fails ends it: the files are cut back to the last good batch, the futures of the
    batch and of everything after fail with :exc:`ArchiveError`, and only :meth:`finish` and
    :meth:`close` still do something.
    """

    ledger: Ledger
    """What is known, for the caller's thread."""

    run: str
    """Id of this run in ``runs.jsonl``."""

    repairs: tuple[str, ...]
    """What opening had to put right, one message each; empty as a rule."""

    folder: Path
    newsroom: Newsroom

    @classmethod
    def open(
        cls,
        folder: Path,
        newsroom: Newsroom,
        *,
        extractor: str,
        extract: Extract,
        page_hash: Callable[[Article], str],
        command: str = "crawl",
        arguments: Mapping[str, Any] | None = None,
        operator: str = "",
        clock: Callable[[], dt.datetime] = utc_now,
    ) -> Archive:
        """Open the archive in *folder*, which is made when it is not there.

        Torn tails are cut, a ledger that lags catches up, one that is missing or damaged is
        rebuilt; :attr:`repairs` says so. *extract* reads stored captures again by the rules that
        *extractor* names, when a hash differs and only they may have changed; it and *page_hash*
        are called in the archive's thread. *operator* (who runs this, with a contact address)
        goes into ``warcinfo``.

        Raises :exc:`ArchiveLocked` when another process writes, :exc:`WrongArchive` when it is
        another host's or a newer program's, :exc:`ArchiveError` when the disk refuses.
        """
        raise NotImplementedError

    def submit(self, finding: Finding) -> Future[Outcome]:
        """Take *finding*; the future resolves when what follows from it is on disk.

        From any thread. Blocks while 32 MiB of captures wait to be written. The future fails with
        :exc:`InvalidRecord` when no valid line comes of it, :exc:`ArchiveError` when the archive
        cannot be written, also at once when it is closed. Its callbacks run in the archive's
        thread and must be quick.
        """
        raise NotImplementedError

    def listed(self, links: Iterable[Link]) -> None:
        """Note that doors listed *links*.

        New ones wait; known ones with a newer modification become due.
        """
        raise NotImplementedError

    def keep_validators(self, url: str, etag: str | None, last_modified: str | None) -> None:
        """Keep the validators of a door's document. Those of articles are kept by themselves."""
        raise NotImplementedError

    def settle(self) -> Settlement:
        """Write the ``gone/1`` lines of this run; call it when all findings are in.

        Idempotent. :meth:`finish` does it otherwise, for a caller that has no use for the answer.
        """
        raise NotImplementedError

    def finish(self, report: RunReport) -> RunRecord:
        """Complete this run's line in ``runs.jsonl``, and return the record.

        Waits for what was submitted, settles, and compresses finished months.

        Also for a run that failed, was interrupted, or whose archive could not be written. Notes
        about repairs, failed writes and mass disappearance are added.
        """
        raise NotImplementedError

    def close(self) -> None:
        """Commit what waits and let go of the lock. Idempotent."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
