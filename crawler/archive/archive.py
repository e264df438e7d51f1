"""An archive that is open for writing."""

from __future__ import annotations

import contextlib
import datetime as dt
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import attrs

from crawler.archive.batch import Batches
from crawler.archive.erase import Erased, erase
from crawler.archive.findings import (
    Failed,
    Finding,
    Found,
    Missing,
    Outcome,
    Refused,
    Reread,
    Seen,
    Settlement,
)
from crawler.archive.finishing import compress, finished_months
from crawler.archive.judging import read_article
from crawler.archive.ledger import Ledger
from crawler.archive.listing import note
from crawler.archive.lock import Lock
from crawler.archive.manifest import update_manifest
from crawler.archive.moments import seconds, stamp
from crawler.archive.opening import make_ready
from crawler.archive.rebuild import remove_ledger
from crawler.archive.recorder import Recorder
from crawler.archive.rereading import Extract, Rereader, Rules
from crawler.archive.runs import RunLog, RunRecord, RunReport, new_run_id
from crawler.archive.tables import NAME as LEDGER
from crawler.archive.tables import open_unless_raised
from crawler.archive.writer import Writer
from crawler.captures import Capture
from crawler.discovery import Link
from crawler.errors import ArchiveDamaged, ArchiveError, InvalidRecord
from crawler.items import Article
from crawler.newsrooms import Newsroom


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
        robots: str = "",
        clock: Callable[[], dt.datetime] = utc_now,
    ) -> Archive:
        """Open the archive in *folder*, which is made when it is not there.

        Torn tails are cut, a ledger that lags catches up, one that is missing or damaged is
        rebuilt; :attr:`repairs` says so. *extract* reads stored captures again by the rules that
        *extractor* names, when a hash differs and only they may have changed; it is called in a
        thread of its own, *page_hash* in that of whoever submits. *operator* (who runs this, with
        a contact address) and *robots* (``obey``, ``ignore``, empty where it is not known) go
        into ``warcinfo``; captures made under another policy go to another file.

        Raises :exc:`ArchiveLocked` when another process writes, :exc:`WrongArchive` when it is
        another host's or a newer program's, :exc:`ArchiveError` when the disk refuses.
        """
        rules = Rules(extractor=extractor, extract=extract, page_hash=page_hash)
        record = RunRecord(
            id=new_run_id(clock()),
            command=command,
            begin=stamp(clock()),
            arguments=dict(arguments or {}),
        )
        try:
            folder.mkdir(parents=True, exist_ok=True)
            lock = Lock(folder, f"scrapy {command} {newsroom.name}", record.begin)
            try:
                return cls(
                    folder,
                    newsroom,
                    rules,
                    record,
                    lock,
                    operator=operator,
                    robots=robots,
                    clock=clock,
                )
            except BaseException:
                lock.release()
                raise
        except (OSError, sqlite3.Error) as error:
            raise ArchiveError(f"{folder} cannot be opened for writing: {error}") from error

    def __init__(
        self,
        folder: Path,
        newsroom: Newsroom,
        rules: Rules,
        record: RunRecord,
        lock: Lock,
        *,
        operator: str,
        robots: str,
        clock: Callable[[], dt.datetime],
    ) -> None:
        """Use :meth:`open`."""
        self.folder = folder
        self.newsroom = newsroom
        self.run = record.id
        self._rules = rules
        self._record = record
        self._lock = lock
        self._clock = clock
        self._settlement: Settlement | None = None
        self._notes: list[str] = []
        self._counted: list[Capture] = []
        self._finished = False
        opened = make_ready(
            folder, newsroom, rules.page_hash, operator=operator, robots=robots, clock=clock
        )
        self.repairs = opened.repairs
        self._tables = opened.tables
        with open_unless_raised(opened.tables):
            self._log = RunLog(folder, record)
            self.ledger = Ledger(folder / LEDGER, newsroom.name, leave=self._keep_door)
        batches = Batches(
            folder, run=record.id, tables=opened.tables, warcs=opened.warcs, clock=clock
        )
        self._recorder = Recorder(batches, Rereader(folder, newsroom, rules))
        self._writer = Writer(self._recorder)

    def submit(self, finding: Finding) -> Future[Outcome]:
        """Take *finding*; the future resolves when what follows from it is on disk.

        From any thread. Blocks while 32 MiB of captures wait to be written. The future fails with
        :exc:`InvalidRecord` when no valid line comes of it, :exc:`ArchiveError` when the archive
        cannot be written, also at once when it is closed. Its callbacks run in the archive's
        thread and must be quick. An address that is no text raises :exc:`InvalidRecord` here.
        """
        reading = None
        captures: Iterable[Capture] = ()
        match finding:
            case Found(article, captures):
                reading = read_article(article, self._rules.page_hash)
            case Reread(article):
                reading = read_article(article, self._rules.page_hash)
            case Refused() | Missing():
                captures = finding.captures
                _check_address(finding.url)
            case Seen() | Failed():
                _check_address(finding.url)
        new = [each for each in captures if not any(each is one for one in self._counted)]
        if new:  # articles of one REST list hold it together
            self._counted = new
        size = sum(len(each.body) + sum(len(e.body) for e in each.exchanges) for each in new)
        return self._writer.submit(finding, reading, size)

    def listed(self, links: Iterable[Link]) -> None:
        """Note that doors listed *links*.

        New ones wait; known ones with a newer modification become due. A known post at a new
        address has moved there.
        """
        now = seconds(self._clock())
        kept = [link for link in links if _is_text(link.url)]
        self._writer.transact(lambda: note(self._tables, kept, now, self.newsroom.name))

    def keep_validators(self, url: str, etag: str | None, last_modified: str | None) -> None:
        """Keep the validators of a door's document. Those of articles are kept by themselves."""
        self._writer.transact(lambda: self._tables.keep_document(url, etag, last_modified))

    def settle(self) -> Settlement:
        """Write the ``gone/1`` lines of this run; call it when all findings are in.

        Idempotent. :meth:`finish` does it otherwise, for a caller that has no use for the answer.
        Raises :exc:`ArchiveError` when the archive cannot be written.
        """
        if self._settlement is None:
            self._settlement = self._writer.perform(self._recorder.settle).result()
        return self._settlement

    def erase(self, id_: str) -> Erased:
        """Take an article that is withheld out of the archive's files; return what went.

        The run's record says so, too. Raises :exc:`ArchiveError` when it is not withheld, or the
        archive cannot be written.
        """
        erased = self._writer.perform(
            lambda: erase(self._recorder.batches, id_, self.newsroom.name)
        ).result()
        self._notes.append(str(erased))
        return erased

    def finish(self, report: RunReport) -> RunRecord:
        """Complete this run's line in ``runs.jsonl``, and return the record.

        Waits for what was submitted, settles, and, unless the run failed, compresses finished
        months. Also for a run that failed, was interrupted, or whose archive could not be written.
        Notes about repairs, failed writes and mass disappearance are added. Raises
        :exc:`ArchiveError` when not even the record can be written.
        """
        notes = [*self.repairs, *self._notes, *report.notes]
        settled = Settlement()
        try:
            settled = self.settle()
            if report.exit_code != 1:
                notes += self._writer.perform(self._seal).result()
        except ArchiveError as error:
            notes.append(str(error))
        if settled.mass:
            notes.append(
                f"{settled.vanished} of {settled.looked_at} articles looked at are missing: none "
                "is recorded as gone; see whether the site is ill"
            )
        self._finished = True
        try:
            return self._log.complete(self._completed(report, settled, notes))
        except OSError as error:
            raise ArchiveError(f"{self.folder}/runs.jsonl cannot be written: {error}") from error

    def _completed(self, report: RunReport, settled: Settlement, notes: Iterable[str]) -> RunRecord:
        counts = self._writer.counts
        return attrs.evolve(
            self._record,
            end=max(stamp(self._clock()), self._record.begin),
            requests=report.requests,
            bytes=report.bytes,
            new=counts["new"],
            changed=counts["changed"],
            superseded=counts["superseded"],
            reread=counts["reread"],
            gone=len(settled.gone),
            unchanged=counts["unchanged"] + counts["seen"],
            missing=counts["missing"],
            refused=counts["refused"],
            failed=counts["failed"],
            withheld=counts["withheld"],
            doors=dict(report.doors),
            coverage=dict(report.coverage),
            notes=tuple(dict.fromkeys(notes)),
            exit_code=report.exit_code,
        )

    def close(self) -> None:
        """Commit what waits and let go of the lock. Idempotent."""
        self.ledger.close()  # first, so that SQLite's log goes when the writer's end closes
        self._writer.close()
        if self._writer.ledger_damaged:
            remove_ledger(self.folder / LEDGER)  # the next start rebuilds it
            self._writer.ledger_damaged = False
        self._lock.release()

    def _seal(self) -> list[str]:
        """Compress months that are over, and note digests; return what went wrong."""
        sizes = self._tables.files()
        try:
            for month in finished_months(self.folder, self._clock()):
                compress(month, sizes.get(month.plain_name, (0, None))[1])
            update_manifest(self.folder, self.newsroom.name)
        except (OSError, ArchiveDamaged) as error:
            return [f"Finished months stay as they are: {error}"]
        return []

    def _keep_door(self, name: str, left: Mapping[str, Any]) -> None:
        self._writer.transact(lambda: self._tables.keep_door(name, left))

    def __enter__(self) -> Self:
        """Close at the end of the block; one that ends by an error is recorded as failed."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None and not self._finished:
            with contextlib.suppress(ArchiveError):
                self.finish(RunReport(exit_code=1, notes=(f"ended by {error!r}",)))
        self.close()


def _is_text(url: str) -> bool:
    try:
        url.encode()
    except UnicodeEncodeError:
        return False
    return True


def _check_address(url: str) -> None:
    if not _is_text(url):
        raise InvalidRecord("url", url, "text as UTF-8")
