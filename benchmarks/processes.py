"""What a process and everything below it takes, seen from outside: ``/proc``, so Linux only."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Self

TICKS: Final = os.sysconf("SC_CLK_TCK")
OFTEN: Final = 0.2
"""Seconds between two looks."""


class Watched:
    """A command that is watched while it runs."""

    def __init__(self, command: Sequence[str], folder: Path) -> None:
        self.child = subprocess.Popen(
            command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self.largest = 0.0
        """Most memory of one process, in MB, what it shares with others included."""

        self.together = 0.0
        """Most memory of all, in MB, what they share counted once."""

        self.cpu = 0.0
        """Seconds of processor time of all."""

        self._ended = threading.Event()
        self._watching = threading.Thread(target=self._watch)

    def __enter__(self) -> Self:
        self._watching.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._watching.join()
        assert self.child.stdout is not None
        self.child.stdout.close()

    def end(self) -> str:
        """Wait for its end; return what it said."""
        said, _ = self.child.communicate()
        return said

    def _watch(self) -> None:
        while not self._ended.wait(OFTEN):
            sizes, together, cpu = [0.0], 0.0, 0.0
            for pid in below(self.child.pid):
                try:
                    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
                except (FileNotFoundError, ProcessLookupError, PermissionError):
                    continue
                # own and, of those that have ended, the children's: fields 14 to 17 of proc(5)
                cpu += sum(map(int, fields[11:15])) / TICKS
                sizes.append(_size(rollup, "Rss"))
                together += _size(rollup, "Pss")
            self.largest = max(self.largest, *sizes)
            self.together = max(self.together, together)
            self.cpu = max(self.cpu, cpu)


def _size(rollup: str, name: str) -> float:
    return next(
        int(line.split()[1]) / 1024 for line in rollup.splitlines() if line.startswith(f"{name}:")
    )


def below(pid: int) -> list[int]:
    """The process *pid* and all that it started, and they."""
    parents: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        parents.setdefault(int(fields[1]), []).append(int(path.parent.name))
    found = [pid]
    for each in found:
        found += parents.get(each, [])
    return found
