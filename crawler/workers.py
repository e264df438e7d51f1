"""Who reads an archive again: this process, processes beside it, or the workers of a Dask cluster.

Tasks are parts of an archive that know nothing of each other. Results come in the order of the
tasks, whoever did them and however often.
"""

from __future__ import annotations

import multiprocessing
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, suppress
from functools import partial
from importlib import import_module
from itertools import groupby, islice
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any, Final, TypeVar

import attrs

from crawler.archive import RawLine, Rules
from crawler.archive.furniture import read_furniture, valid, valid_at
from crawler.archive.revisions import Rereader, differing, of_line
from crawler.errors import ArchiveError, ConfigurationError, attempt, extra
from crawler.extract import EXTRACTOR, extract_sources
from crawler.items import Article
from crawler.newsrooms import Newsroom

Task = TypeVar("Task")
Result = TypeVar("Result")

_TRIES: Final = 3
"""Workers that one task may cost before it is given up."""

# So much is handed out for each worker that none waits for the next task to be made.
_AHEAD: Final = 3

# Half a second of work, so that a worker that is lost costs no more, and handing out is nothing
# beside it.
_LINES: Final = 100


RULES: Final = Rules(extractor=EXTRACTOR, sources=extract_sources)
"""Today's rules of extraction, as an archive is handed them."""


@attrs.frozen
class Part:
    """Lines in the order written, whose captures lie in one WARC file, unread."""

    folder: Path
    newsroom: Newsroom
    lines: tuple[RawLine, ...] = attrs.field(repr=False)

    def __str__(self) -> str:
        return f"{self.folder.name}: {self.lines[0].id} to {self.lines[-1].id}"


def parts(folder: Path, newsroom: Newsroom, lines: Iterable[RawLine]) -> Iterator[Part]:
    """Yield *lines* of the archive in *folder*, all of them articles, as parts in their order."""
    for _, together in groupby(lines, key=lambda line: line.warc):
        while part := tuple(islice(together, _LINES)):
            yield Part(folder, newsroom, part)


def read_again(part: Part) -> list[Change]:
    """Return what today's rules make otherwise of *part*: the work of one worker.

    Raises :exc:`ArchiveDamaged` where a line is none.
    """
    lines = (line for each in part.lines if isinstance(line := each.parse(), Article))
    return list(changes(part.folder, part.newsroom, RULES, lines))


@attrs.frozen(kw_only=True)
class Change:
    """What today's rules make of the captures of a line, where it is not the line."""

    before: Article
    after: Article | None = None
    """With ``id``, ``revision``, ``source`` and ``captures`` of the line, fit for
    :class:`crawler.archive.Reread`; None where the captures cannot be read."""

    fields: Sequence[str] = ()
    """Fields that differ."""

    problem: str | None = None
    """Why the captures cannot be read."""

    furniture: bool = False
    """Whether it differs in what was found to be the site's text since the line was written."""

    @property
    def writable(self) -> bool:
        """Whether it may be a line: rules that changed without a new name may not."""
        if self.after is None:
            return False
        return self.furniture or self.after.extractor != self.before.extractor

    def differences(self) -> Iterator[tuple[str, Any, Any]]:
        """Yield field, value before and value after."""
        for name in self.fields:
            yield name, getattr(self.before, name), getattr(self.after, name)


def changes(
    folder: Path, newsroom: Newsroom, rules: Rules, lines: Iterable[Article]
) -> Iterator[Change]:
    """Yield what today's *rules* would change in *lines*, which may be any part of an archive.

    Of the lines that count: what is read again of an earlier revision would stand behind the
    newest. Needs nothing but files, so that parts may be done side by side.
    """
    rereader = Rereader(folder, newsroom, rules)
    entries = read_furniture(folder)
    blocks = valid(entries)
    for line in lines:
        again = partial(_again, rereader, line)
        after, error = attempt(partial(again, blocks))
        if after is None:
            yield Change(before=line, problem=str(error))
        elif fields := differing(line, after):
            explained = line.extractor == rules.extractor and any(
                not differing(line, again(then))
                for then in valid_at(entries, line.written_at or "")
                if then != blocks
            )
            yield Change(before=line, after=after, fields=tuple(fields), furniture=explained)


def _again(rereader: Rereader, line: Article, furniture: Sequence[str]) -> Article:
    again = rereader.article(line.captures, line.post_id, furniture)
    return attrs.evolve(of_line(line, again), captures=line.captures)


class Workers(AbstractContextManager["Workers"]):
    """Whoever does tasks of one kind: here the process that asks, one after the other.

    With others, both task and result must be fit for pickle.
    """

    def do(self, work: Callable[[Task], Result], tasks: Iterable[Task]) -> Iterator[Result]:
        """Yield what *work* gives for each of *tasks*, in their order.

        Raises what *work* raises, and :exc:`ArchiveError` for a task whose workers were lost
        three times, or when a cluster was.
        """
        return map(work, tasks)

    def __exit__(self, *_: object) -> None:
        pass


class Processes(Workers):
    """Processes of this machine; *preload* names the module whose functions they are to run.

    Threads, each of which has a process do its tasks, over a pipe that only these two hold: a
    process that is killed closes it whatever it was doing, costs its own task alone, and another
    does that again. Pools whose processes share one pipe (concurrent.futures, and pebble, tried
    with 5.2) wait for ever for the rest of a result of which a killed process sent half.
    """

    def __init__(self, size: int, preload: str) -> None:
        # Forked from a process that has no threads and no lock, and imports the rules once.
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload([preload])
        self._size = size
        self._threads = ThreadPoolExecutor(size, thread_name_prefix="worker")
        self._hired: list[ForkServerProcess] = []
        self._own = threading.local()
        self._closing = False

    def do(self, work: Callable[[Task], Result], tasks: Iterable[Task]) -> Iterator[Result]:
        def submit(task: Task) -> Future[Result]:
            return self._threads.submit(self._have_done, work, task)

        return _in_order(submit, tasks, self._size * _AHEAD)

    def _have_done(self, work: Callable[[Task], Result], task: Task) -> Result:
        for _ in range(_TRIES):
            pipe = getattr(self._own, "pipe", None) or self._hire()
            try:
                pipe.send(partial(work, task))
                result, error = pipe.recv()
            except (EOFError, OSError):  # it was killed
                self._own.pipe = None
                if self._closing:
                    break
                continue
            if error is not None:
                raise error
            return result  # type: ignore[no-any-return]
        raise ArchiveError(f"{task}: its workers were lost {_TRIES} times")

    def _hire(self) -> Connection[Any, Any]:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=_serve, args=(theirs,), daemon=True)
        process.start()
        theirs.close()
        self._hired.append(process)
        self._own.pipe = ours
        return ours

    def __exit__(self, *_: object) -> None:
        """Let the workers go; what they do is not waited for."""
        self._closing = True
        for wait in (False, True):  # then those who were hired meanwhile
            self._threads.shutdown(wait=wait, cancel_futures=True)
            for process in self._hired:
                process.kill()
                process.join()


def _serve(pipe: Connection[Any, Any]) -> None:
    """Do what comes through *pipe* until there is nobody at its other end."""
    with suppress(EOFError, OSError):
        while True:
            pipe.send(attempt(pipe.recv()))


class Dask(Workers):
    """The workers of a Dask cluster whose scheduler listens at *address*.

    They need this project, of the same version, and the archives under the same path. A worker
    that is lost is the scheduler's to replace; a scheduler that is lost ends the command, and what
    was written until then need not be written again.
    """

    def __init__(self, address: str) -> None:
        with extra("dask", "--dask"):
            distributed = import_module("distributed")
        self.address = address
        self._lost = (
            OSError,
            CancelledError,
            distributed.comm.CommClosedError,
            distributed.KilledWorker,
        )
        try:
            self._client = distributed.Client(address, timeout=10, set_as_default=False)
            self._client.wait_for_workers(1, timeout=10)
        except (OSError, ValueError) as error:  # TimeoutError is an OSError
            raise ConfigurationError(
                f"--dask {address}: no scheduler with workers answers ({error})"
            ) from None

    def do(self, work: Callable[[Task], Result], tasks: Iterable[Task]) -> Iterator[Result]:
        def submit(task: Task) -> Any:
            return self._client.submit(work, task, pure=False, retries=_TRIES)

        size = max(sum(self._client.ncores().values()), 1)
        try:
            yield from _in_order(submit, tasks, size * _AHEAD)
        except self._lost as error:
            raise ArchiveError(
                f"--dask {self.address}: the cluster was lost ({error!r}); what is written stays, "
                "and the same command goes on"
            ) from error

    def __exit__(self, *_: object) -> None:
        self._client.close(timeout=2)


def _in_order(
    submit: Callable[[Task], Future[Result]], tasks: Iterable[Task], ahead: int
) -> Iterator[Result]:
    """Yield the results of *tasks* in their order, with at most *ahead* of them handed out."""
    waiting: deque[Future[Result]] = deque()
    for task in tasks:
        waiting.append(submit(task))
        if len(waiting) == ahead:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()
