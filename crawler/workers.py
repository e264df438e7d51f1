"""Who does the parts of large work: this process, processes beside it, or a Dask cluster.

Results come in the order of the tasks, whoever did them and however often. A crew that falls apart,
because a worker was killed or a scheduler started anew, is put together again and does once more
what it had not delivered.

An archive read again in parts, which know nothing of each other.

Today's rules of extraction, as an archive is handed them.
"""

from __future__ import annotations

import json
import multiprocessing
import threading
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from importlib import import_module
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self, TypeVar, cast

import attrs

from crawler.archive import RawLine, Rules
from crawler.archive.files import replace_file
from crawler.archive.verify import Change, changes
from crawler.errors import ArchiveError, ConfigurationError
from crawler.extract import EXTRACTOR, extract_article, page_hash
from crawler.items import Article, Capture
from crawler.newsrooms import Newsroom

Task = TypeVar("Task")
Result = TypeVar("Result")

_TRIES: Final = 3
"""Crews that one task may break before it is given up."""

# So much is handed out for each worker that none waits for the next task to be made.
_AHEAD: Final = 3
# A scheduler that is started anew, by hand or by a service manager, is back by then.
_RECONNECT: Final = 300.0
_PAUSE: Final = 1.0


class Crew(ABC):
    """Workers that do one kind of task."""

    breaks: tuple[type[BaseException], ...] = (BrokenExecutor,)
    """Errors that say that the crew fell apart, not that the task is wrong."""

    def __init__(self) -> None:
        self.executor = self.assemble()

    @property
    @abstractmethod
    def size(self) -> int:
        """How many workers there are."""

    @abstractmethod
    def assemble(self) -> Executor:
        """Return what hands tasks to new workers."""

    def disband(self) -> None:
        """Let the workers go; what they do is not waited for."""
        self.executor.shutdown(wait=False, cancel_futures=True)

    def do(self, work: Callable[[Task], Result], tasks: Iterable[Task]) -> Iterator[Result]:
        """Yield what *work* gives for each of *tasks*, in their order, a few at a time.

        Both must be fit for pickle. Raises what *work* raises, and :exc:`ArchiveError` for a task
        whose workers were lost three times in a row.
        """
        coming = iter(tasks)
        waiting: deque[tuple[Task, Future[Result]]] = deque()
        lost = 0
        while True:
            while len(waiting) < self.size * _AHEAD:
                try:
                    task = next(coming)
                except StopIteration:
                    break
                waiting.append((task, self._submit(work, task)))
            if not waiting:
                return
            try:
                result = waiting[0][1].result()
            except self.breaks as error:
                lost += 1
                if lost == _TRIES:
                    raise ArchiveError(
                        f"{waiting[0][0]}: its workers were lost {lost} times ({error!r})"
                    ) from error
                self.disband()
                self.executor = self.assemble()
                waiting = deque(
                    (task, future if _is_done(future) else self._submit(work, task))
                    for task, future in waiting
                )
                continue
            lost = 0
            waiting.popleft()
            yield result

    def _submit(self, work: Callable[[Task], Result], task: Task) -> Future[Result]:
        try:
            return self.executor.submit(work, task)
        except self.breaks as error:
            failed: Future[Result] = Future()
            failed.set_exception(error)
            return failed

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.disband()


def _is_done(future: Future[Any]) -> bool:
    return future.done() and not future.cancelled() and future.exception() is None


class Alone(Crew):
    """Nobody else: one task after the other, in the process that asks."""

    size = 1

    def assemble(self) -> Executor:
        return _Here()


class _Here(Executor):
    def submit(self, fn: Callable[..., Result], /, *args: Any, **kwargs: Any) -> Future[Result]:
        future: Future[Result] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


class Processes(Crew):
    """Processes of this machine; *preload* names the module whose functions they are to run."""

    def __init__(self, size: int, preload: str) -> None:
        self._size = size
        self._preload = preload
        super().__init__()

    @property
    def size(self) -> int:
        return self._size

    def assemble(self) -> Executor:
        # Forked from a process that has no threads and no lock, and imports the rules once.
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload([self._preload])
        return _Pool(self._size, context)


class _Pool(ThreadPoolExecutor):
    """Threads, each of which has a process do its tasks, over a pipe that only these two hold.

    A process that is killed closes its pipe whatever it was doing. The pipe that all processes of a
    ``ProcessPoolExecutor`` share stays open, and the rest of half a result is waited for for ever.
    """

    def __init__(self, size: int, context: ForkServerContext) -> None:
        super().__init__(size, thread_name_prefix="worker", initializer=self._hire)
        self._context = context
        self._processes: list[ForkServerProcess] = []
        self._own = threading.local()

    def submit(self, fn: Callable[..., Result], /, *args: Any, **kwargs: Any) -> Future[Result]:
        return super().submit(self._ask, partial(fn, *args, **kwargs))

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        super().shutdown(wait=False, cancel_futures=cancel_futures)
        for process in self._processes:
            process.kill()
            process.join()
        super().shutdown(wait=wait)

    def _hire(self) -> None:
        self._own.pipe, theirs = self._context.Pipe()
        process = self._context.Process(target=_work, args=(theirs,), daemon=True)
        process.start()
        theirs.close()
        self._processes.append(process)

    def _ask(self, work: Callable[[], Result]) -> Result:
        try:
            self._own.pipe.send(work)
            error, result = self._own.pipe.recv()
        except (EOFError, OSError) as lost:
            raise BrokenExecutor("a worker ended before its task") from lost
        if error is not None:
            raise error
        return cast("Result", result)


def _work(pipe: Connection[Any, Callable[[], Any]]) -> None:
    """Do what comes through *pipe* until there is nobody at its other end."""
    with ThreadPoolExecutor(1) as here, suppress(EOFError, OSError):
        while True:
            future = here.submit(pipe.recv())
            error = future.exception()
            pipe.send((error, None if error else future.result()))


class Dask(Crew):
    """The workers of a Dask cluster whose scheduler listens at *address*.

    They need this project, of the same version, and the archives under the same path.
    """

    def __init__(self, address: str) -> None:
        try:
            distributed = import_module("distributed")
        except ImportError:
            raise ConfigurationError(
                "--dask wants the package distributed; pip install -e '.[dask]' brings it"
            ) from None
        self.address = address
        lost = (distributed.comm.CommClosedError, distributed.KilledWorker)
        self.breaks = (BrokenExecutor, CancelledError, OSError, *lost)
        self._connect = distributed.Client
        self._client: Any = None
        self._connected = False
        super().__init__()

    @property
    def size(self) -> int:
        return max(sum(map(int, self._client.ncores().values())), 1)

    def assemble(self) -> Executor:
        patience = _RECONNECT if self._connected else 0.0
        deadline = time.monotonic() + patience
        while True:
            try:
                self._client = self._connect(self.address, timeout=10, set_as_default=False)
                self._client.wait_for_workers(1, timeout=max(deadline - time.monotonic(), 10))
            except (OSError, ValueError) as error:  # TimeoutError is an OSError
                if time.monotonic() >= deadline:
                    raise ConfigurationError(
                        f"--dask {self.address}: no scheduler with workers answers ({error})"
                    ) from None
                time.sleep(_PAUSE)
            else:
                self._connected = True
                executor: Executor = self._client.get_executor(pure=False, retries=_TRIES)
                return executor

    def disband(self) -> None:
        self._client.close(timeout=2)


def extract(captures: Sequence[Capture], newsroom: Newsroom, post_id: int | None) -> Article:
    """Return the article on *captures*, in the form in which an archive asks."""
    return extract_article(captures, newsroom, post_id=post_id)


RULES: Final = Rules(extractor=EXTRACTOR, extract=extract, page_hash=page_hash)

MARKER: Final = ".reextract.json"
"""File of an archive that says how far a run that was broken off had come."""

# Half a second of work, so that a worker that is lost costs no more, and handing out is nothing
# beside it.
_LINES: Final = 100


@attrs.frozen
class Part:
    """Lines in the order written, whose captures lie in one WARC file, unread."""

    folder: Path
    newsroom: Newsroom
    lines: tuple[RawLine, ...] = attrs.field(repr=False)

    @property
    def end(self) -> str:
        """When its last line was written."""
        return self.lines[-1].written_at

    def __str__(self) -> str:
        return f"{self.folder.name}: {self.lines[0].id} to {self.lines[-1].id}"


def parts(folder: Path, newsroom: Newsroom, lines: Iterable[RawLine]) -> Iterator[Part]:
    """Yield *lines* of the archive in *folder*, all of them articles, as parts in their order."""
    held: list[RawLine] = []
    here = ""
    for line in lines:
        warc = line.warc
        if held and (len(held) == _LINES or warc != here):
            yield Part(folder, newsroom, tuple(held))
            held.clear()
        held.append(line)
        here = warc
    if held:
        yield Part(folder, newsroom, tuple(held))


@attrs.frozen
class Done:
    """What became of a part."""

    changes: tuple[Change, ...]
    lines: int
    end: str
    """When the last line of the part was written: all lines up to there are done."""


def do(part: Part) -> Done:
    """Read *part* again by today's rules: the work of one worker.

    Raises :exc:`ArchiveDamaged` where a line is none.
    """
    lines = (line for each in part.lines if isinstance(line := each.parse(), Article))
    found = changes(part.folder, part.newsroom, RULES, lines)
    return Done(tuple(found), len(part.lines), part.end)


@attrs.frozen
class Marker:
    """How far the lines of an archive have been read again, and by which rules."""

    extractor: str
    written_since: str | None
    """What the run was asked for."""

    done: str
    """All lines written before are done, those of this very second perhaps."""

    @classmethod
    def read(cls, folder: Path, written_since: str | None) -> Self | None:
        """Return the marker of a run like this one that was broken off, if there is one."""
        try:
            values = json.loads((folder / MARKER).read_bytes())
            found = cls(**values)
        except (FileNotFoundError, ValueError, TypeError):
            return None
        wanted = (RULES.extractor, written_since)
        return found if (found.extractor, found.written_since) == wanted else None

    def write(self, folder: Path) -> None:
        """Take the place of the marker before."""
        replace_file(folder / MARKER, json.dumps(attrs.asdict(self)).encode() + b"\n")


def forget(folder: Path) -> None:
    """Remove the marker: a run has come to its end."""
    (folder / MARKER).unlink(missing_ok=True)
