"""The thread that owns an archive's files, and the queue in front of it."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Final, TypeVar

import attrs

from crawler.archive.findings import Finding, Outcome
from crawler.archive.judging import Reading
from crawler.archive.recorder import Recorder
from crawler.archive.tables import LedgerDamaged
from crawler.errors import ArchiveDamaged, ArchiveError, InvalidRecord

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
