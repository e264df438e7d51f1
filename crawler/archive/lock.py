"""Who writes: one process at a time, by an OS lock that dies with it."""

from __future__ import annotations

import fcntl
import json
import os
import time
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import attrs

from crawler.errors import ArchiveLocked

NAME: Final = ".lock"

# Whoever finds the lock taken by nobody that lives tries again for half a second.
_TRIES: Final = 50
_PAUSE: Final = 0.01


@attrs.frozen(kw_only=True)
class Holder:
    """Who holds an archive's lock."""

    command: str
    pid: int
    since: str
    """UTC, ISO 8601."""


class Lock:
    """The right to write in *folder*, until :meth:`release` or the end of the process.

    The file says who holds it, for people; what counts is the lock on it, which the operating
    system drops when the process ends, however it ends. So a stale lock cannot exist, and the
    file is never removed: a second process could hold the lock of a removed one. Processes forked
    meanwhile share it until they end or start another program.
    """

    def __init__(self, folder: Path, command: str, since: str) -> None:
        """Take the lock, or raise :exc:`ArchiveLocked` at once."""
        self._fd = os.open(folder / NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        if not _take(self._fd):
            holder = _read_holder(self._fd)
            self._close()
            raise ArchiveLocked(
                str(folder),
                f"{holder.command} (pid {holder.pid})" if holder else "another process",
                holder.since if holder else "just now",
            )
        said = json.dumps({"command": command, "pid": os.getpid(), "since": since})
        os.ftruncate(self._fd, 0)
        os.pwrite(self._fd, said.encode(), 0)

    def release(self) -> None:
        """Let others write. Idempotent."""
        if self._fd >= 0:
            os.ftruncate(self._fd, 0)
            self._close()

    def _close(self) -> None:
        os.close(self._fd)
        self._fd = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()


def _take(fd: int) -> bool:
    for _ in range(_TRIES):
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = _read_holder(fd)
            if holder is not None and _lives(holder.pid):
                return False
            time.sleep(_PAUSE)  # somebody only looks, see lock_holder
        else:
            return True
    return False


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def lock_holder(folder: Path) -> Holder | None:
    """Return who holds the lock of the archive in *folder*, ``None`` when nobody does.

    Only by taking a lock can one learn whether it is free; where the file names somebody it is
    taken, shared, for an instant, and who wants to write then tries again.
    """
    try:
        fd = os.open(folder / NAME, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        if os.fstat(fd).st_size == 0:
            return None
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _read_holder(fd) or Holder(command="another process", pid=0, since="")
    else:
        return None
    finally:
        os.close(fd)


def _read_holder(fd: int) -> Holder | None:
    """What the holder wrote; ``None`` in the instant before it has."""
    try:
        said = json.loads(os.pread(fd, 4096, 0))
        return Holder(command=said["command"], pid=said["pid"], since=said["since"])
    except (ValueError, KeyError, TypeError):
        return None
