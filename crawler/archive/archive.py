"""An archive that is open for writing.

The thread that owns an archive's files, and the queue in front of it.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import sqlite3
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self, TypeVar

import attrs

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
from crawler.archive.finishing import compress, finished_months, update_manifest
from crawler.archive.ledger import Ledger, note
from crawler.archive.lock import Lock
from crawler.archive.opening import make_ready
from crawler.archive.rebuild import remove_ledger
from crawler.archive.recorder import Recorder
from crawler.archive.revisions import Reading, Rereader, Rules, read_article
from crawler.archive.runs import RunLog, RunRecord, RunReport, new_run_id
from crawler.archive.tables import NAME as LEDGER
from crawler.archive.tables import LedgerDamaged, open_unless_raised
from crawler.archive.writer import Batches
from crawler.errors import ArchiveDamaged, ArchiveError, InvalidRecord
from crawler.items import Capture, Link
from crawler.newsrooms import Newsroom
from crawler.timestamps import seconds, stamp

# A batch ends at so many findings, so many bytes or after so long, whichever comes first.
_FINDINGS: Final = 50
_BYTES: Final = 16 * 1024 * 1024
_SECONDS: Final = 0.5
# After a batch of several, so long is waited for the next to fill: each batch costs syncs, and each
# change of threads, of which a crawl at full speed had 25 an article, Python's lock.
_LINGER: Final = 0.05
# Whoever submits waits while more than that waits to be written.
_QUEUED: Final = 32 * 1024 * 1024

_Value = TypeVar("_Value")


@attrs.frozen(eq=False)
class _Task:
    future: Future[Any]
    finding: Finding | None = None
    reading: Reading | None = None
    action: Callable[[], Any] | None = None
    size: int = 0


class Writer:
    """Takes findings in the order submitted, and records them in batches."""

    def __init__(self, recorder: Recorder) -> None:
        self.counts: Counter[str] = Counter()
        self.broken: ArchiveError | None = None
        self.ledger_damaged = False
        self._recorder = recorder
        self._tasks: deque[_Task] = deque()
        self._working: list[_Task] = []
        self._queued = 0
        self._closing = False
        self._several = self._lingering = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="archive", daemon=True)
        self._thread.start()

    def submit(self, finding: Finding, reading: Reading | None, size: int) -> Future[Outcome]:
        """Queue *finding*, which holds *size* bytes; the future resolves when it is on disk."""
        return self._put(_Task(Future(), finding=finding, reading=reading, size=size))

    def perform(self, action: Callable[[], _Value]) -> Future[_Value]:
        """Queue *action*, for the archive's thread, after everything submitted so far."""
        return self._put(_Task(Future(), action=action))

    def transact(self, action: Callable[[], _Value]) -> Future[_Value]:
        """Queue *action* as a transaction of the ledger."""
        tables = self._recorder.batches.tables

        def run() -> _Value:
            tables.begin()
            value = action()
            tables.commit()
            return value

        return self.perform(run)

    def close(self) -> None:
        """Finish what is queued, and end. Idempotent."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join()

    def _put(self, task: _Task) -> Future[Any]:
        task.future.set_running_or_notify_cancel()  # what is queued is not taken back
        with self._changed:
            while self._queued > _QUEUED and self._may_wait():
                self._changed.wait()
            refusal = self.broken
            if self._closing and refusal is None:
                refusal = ArchiveError("The archive is closed")
            if refusal is None:
                self._tasks.append(task)
                self._queued += task.size
                if not self._lingering or self._is_full():
                    self._changed.notify_all()
        if refusal is not None:
            task.future.set_exception(refusal)
        return task.future

    def _may_wait(self) -> bool:
        own = threading.current_thread() is self._thread
        return not own and self.broken is None and not self._closing

    def _next(self) -> list[_Task]:
        """The next batch of findings, or one action; empty at the end."""
        with self._changed:
            while not self._tasks and not self._closing:
                self._changed.wait()
            self._lingering = self._several
            if self._lingering:
                self._changed.wait_for(self._is_full, _LINGER)
            self._lingering = False
            batch: list[_Task] = []
            size = 0
            while self._tasks and len(batch) < _FINDINGS and size < _BYTES:
                if self._tasks[0].action is not None and batch:
                    break
                batch.append(self._tasks.popleft())
                size += batch[-1].size
                if batch[-1].action is not None:
                    break
            self._queued -= size
            self._working = batch
            self._several = len(batch) > 1
            self._changed.notify_all()
            return batch

    def _is_full(self) -> bool:
        """Whether a batch of what waits may begin at once."""
        return (
            self._closing
            or len(self._tasks) >= _FINDINGS
            or self._queued >= _BYTES
            or self._tasks[-1].action is not None
        )

    def _run(self) -> None:
        surprise = True
        try:
            while batch := self._next():
                if batch[0].action is not None:
                    self._act(batch[0])
                else:
                    self._record(batch)
            surprise = False
        finally:
            if surprise:  # the traceback goes to threading.excepthook
                self._break("its thread ended by an error in this program")
            self._recorder.close()

    def _act(self, task: _Task) -> None:
        assert task.action is not None
        try:
            value = task.action()
        except (OSError, sqlite3.Error) as error:
            self._recorder.batches.tables.rollback()
            self._break(error)
        except ArchiveError as error:
            task.future.set_exception(error)
        else:
            task.future.set_result(value)

    def _record(self, batch: list[_Task]) -> None:
        try:
            answers = self._take(batch)
            self._recorder.batches.commit_files()
        except (OSError, sqlite3.Error, ArchiveDamaged) as error:
            self._recorder.batches.rollback()
            self._break(error)
            return
        problem: Exception | None = None
        try:
            self._recorder.batches.commit_ledger()
        except (OSError, sqlite3.Error) as error:
            self._recorder.batches.tables.rollback()
            problem = error
        for task, answer in answers:
            if isinstance(answer, Outcome) and (problem is None or answer.line is not None):
                self.counts[answer.kind] += 1
                task.future.set_result(answer)
            elif not isinstance(answer, Outcome):
                task.future.set_exception(answer)
        if problem is not None:  # lines are on disk, the ledger catches up at the next start
            self._break(problem)

    def _take(self, batch: list[_Task]) -> list[tuple[_Task, Outcome | Exception]]:
        """What follows from each finding; what half a second is too short for waits again."""
        deadline = time.monotonic() + _SECONDS
        self._recorder.begin([task.finding for task in batch if task.finding is not None])
        answers: list[tuple[_Task, Outcome | Exception]] = []
        for task in batch:
            assert task.finding is not None
            try:
                answers.append((task, self._recorder.take(task.finding, task.reading)))
            except (ArchiveError, InvalidRecord) as error:
                answers.append((task, error))
            if time.monotonic() > deadline:
                break
        rest = batch[len(answers) :]
        with self._changed:
            self._tasks.extendleft(reversed(rest))
            self._queued += sum(task.size for task in rest)
        return answers

    def _break(self, problem: Exception | str) -> None:
        """Refuse everything from now on."""
        folder = self._recorder.batches.folder
        if isinstance(problem, sqlite3.Error):
            name = getattr(problem, "sqlite_errorname", "") or ""
            self.ledger_damaged = isinstance(problem, LedgerDamaged) or name.startswith(
                ("SQLITE_CORRUPT", "SQLITE_NOTADB")
            )
        with self._changed:
            self.broken = ArchiveError(
                f"{folder} can no longer be written ({problem}); what was reported is on disk"
            )
            waiting = [*self._working, *self._tasks]
            self._tasks.clear()
            self._queued = 0
            self._changed.notify_all()
        for task in waiting:
            if not task.future.done():
                task.future.set_exception(self.broken)


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
        rules: Rules,
        *,
        command: str = "crawl",
        arguments: Mapping[str, Any] | None = None,
        operator: str = "",
        robots: str = "",
        clock: Callable[[], dt.datetime] = utc_now,
    ) -> Archive:
        """Open the archive in *folder*, which is made when it is not there.

        Torn tails are cut, a ledger that lags catches up, one that is missing or damaged is
        rebuilt; :attr:`repairs` says so. *rules* read stored captures again when a hash differs and
        only they may have changed. *operator* (who runs this, with
        a contact address) and *robots* (``obey``, ``ignore``, empty where it is not known) go
        into ``warcinfo``; captures made under another policy go to another file.

        Raises :exc:`ArchiveLocked` when another process writes, :exc:`WrongArchive` when it is
        another host's or a newer program's, :exc:`ArchiveError` when the disk refuses.
        """
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
