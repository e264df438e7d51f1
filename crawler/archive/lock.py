"""Who writes: one process at a time, by a lock on the archive's folder that dies with it."""

from __future__ import annotations

import fcntl
import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Final, Self

import attrs

from crawler.errors import ArchiveLocked

NAME: Final = ".lock"


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
    people, where it may be written, and is locked, too: whoever only looks tries that one.
    Processes forked meanwhile share the lock until they end or start another program.
    """

    def __init__(self, folder: Path, command: str, since: str) -> None:
        """Take the lock, or raise :exc:`ArchiveLocked` at once."""
        self._fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if not os.path.samestat(os.fstat(self._fd), folder.stat()):
                raise BlockingIOError  # another folder has taken its place meanwhile
        except OSError as error:
            os.close(self._fd)
            if not isinstance(error, BlockingIOError):
                raise
            holder = _read_holder(folder)
            raise ArchiveLocked(
                str(folder),
                f"{holder.command} (pid {holder.pid})" if holder else "another process",
                holder.since if holder else "just now",
            ) from None
        self._said = -1
        with suppress(OSError):  # a copy that cannot be written to, another user's file
            self._said = os.open(folder / NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            fcntl.flock(self._said, fcntl.LOCK_EX)
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


def lock_holder(folder: Path) -> Holder | None:
    """Return who holds the lock of the archive in *folder*, ``None`` when nobody does."""
    try:
        fd = os.open(folder / NAME, os.O_RDONLY | os.O_CLOEXEC)
    except (FileNotFoundError, PermissionError):
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
