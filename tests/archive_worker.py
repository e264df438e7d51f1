"""A process that archives one article after another, and says which are on disk.

It says ``open``, then the number of each article as soon as it is recorded, then ``done``.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import attrs

from crawler.archive import RunReport
from crawler.errors import ArchiveError, ArchiveLocked
from tests.archive_site import Folder, found
from tests.forked import forks


@attrs.frozen
class Worker:
    """The process, as whoever started it sees it."""

    process: ForkServerProcess
    says: Connection

    def said(self, lines: int | None = None) -> list[str]:
        """Up to so many lines of what it says, or all of the rest."""
        heard: list[str] = []
        try:
            while lines is None or len(heard) < lines:
                heard.append(self.says.recv_bytes().decode())
        except EOFError:
            pass
        return heard

    def kill(self) -> list[str]:
        """Kill it, and return what it had said and nobody heard."""
        assert self.process.pid is not None
        os.kill(self.process.pid, signal.SIGKILL)
        return self.end()[1]

    def end(self) -> tuple[int | None, list[str]]:
        """Wait for its end; return its exit code, and what it said and nobody heard."""
        heard = self.said()
        self.process.join()
        self.says.close()
        return self.process.exitcode, heard


def begin(folder: Path, count: int, limit: int | None = None) -> Worker:
    """Start one that archives *count* articles.

    With *limit* no file may become larger than so many bytes, as if the disk were full.
    """
    here, there = forks().Pipe(duplex=False)
    process = forks().Process(target=work, args=(folder, count, limit, there))
    process.start()
    there.close()
    return Worker(process, here)


def work(folder: Path, count: int, limit: int | None, says: Connection) -> None:
    if limit is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    def say(what: object) -> None:
        says.send_bytes(str(what).encode())

    try:
        opened = Folder(folder).open()
    except ArchiveLocked as error:
        say(f"refused {error}")
        sys.exit(1)
    except ArchiveError:
        sys.exit(1)
    with opened as archive:
        say("open")
        failure: Exception | None = None
        for number in range(0, count, 50):
            batch = range(count)[number : number + 50]
            findings = [found(each, text=f"Berita nomor {each}. " * 40) for each in batch]
            try:
                outcomes = archive.record(findings)
            except ArchiveError as error:
                failure = error
                break
            for post, outcome in zip(batch, outcomes, strict=True):
                if outcome.problem is not None:
                    failure = outcome.problem
                else:
                    say(post)
        say(f"failed {failure}" if failure else "done")
        archive.finish(RunReport(exit_code=1 if failure else 0))
    if failure:
        sys.exit(1)
