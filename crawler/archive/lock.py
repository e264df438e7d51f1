"""Who writes: one process at a time, by a lock on the archive's folder that dies with it."""

from __future__ import annotations

import fcntl
import json
import os
import time
from contextlib import suppress
from pathlib import Path
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

    What is locked is the folder itself: the operating system drops the lock when the process ends,
    however it ends, and whoever removes a file takes nothing away. The file says who holds it, for
    people, where it may be written. Processes forked meanwhile share the lock until they end or start another program.
    """

    def __init__(self, folder: Path, command: str, since: str) -> None:
        """Take the lock, or raise :exc:`ArchiveLocked` at once."""
        self._fd = _take(folder)
        if self._fd < 0:
            holder = _read_holder(folder)
            raise ArchiveLocked(
                str(folder),
                f"{holder.command} (pid {holder.pid})" if holder else "another process",
                holder.since if holder else "just now",
            )
        self._said = -1
        with suppress(OSError):  # a copy that cannot be written to, another user's file
            self._said = os.open(folder / NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            said = json.dumps({"command": command, "pid": os.getpid(), "since": since})
            os.ftruncate(self._said, 0)
            os.pwrite(self._said, said.encode(), 0)

    def release(self) -> None:
        """Let others write. Idempotent."""
        if self._fd >= 0:
            if self._said >= 0:
                os.ftruncate(self._said, 0)
                os.close(self._said)
            os.close(self._fd)
            self._fd = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def _take(folder: Path) -> int:
    """Return a descriptor of *folder* that holds its lock, -1 where another process has it."""
    for _ in range(_TRIES):
        fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(fd)
            holder = _read_holder(folder)
            if holder is not None and _lives(holder.pid):
                return -1
            time.sleep(_PAUSE)  # somebody only looks, see lock_holder
        else:
            if os.path.samestat(os.fstat(fd), folder.stat()):
                return fd
            os.close(fd)  # another folder has taken its place meanwhile
    return -1


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
        if (folder / NAME).stat().st_size == 0:
            return None
        fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _read_holder(folder) or Holder(command="another process", pid=0, since="")
    else:
        return None
    finally:
        os.close(fd)


def _read_holder(folder: Path) -> Holder | None:
    """What the holder wrote; ``None`` in the instant before it has."""
    try:
        said = json.loads((folder / NAME).read_bytes()[:4096])
        return Holder(command=said["command"], pid=said["pid"], since=said["since"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None
