"""Who does the parts of large work: this process, processes beside it, or a Dask cluster.

Results come in the order of the tasks, whoever did them and however often. A crew that falls apart,
because a worker was killed or a scheduler started anew, is put together again and does once more
what it had not delivered.
"""

from __future__ import annotations

import multiprocessing
import threading
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import (
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ThreadPoolExecutor,
)
from contextlib import suppress
from functools import partial
from importlib import import_module
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, ForkServerProcess
from types import TracebackType
from typing import Any, Final, Self, TypeVar, cast

from crawler.errors import ArchiveError, ConfigurationError

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
