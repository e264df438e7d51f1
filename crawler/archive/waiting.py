"""What waits for the end of a run, which has seen more then: on disk, and no more than so many."""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Generic, TypeVar

# Of what is more, the next run hears again.
MOST: Final = 1000
_IN_MEMORY: Final = 4 * 1024 * 1024

Kind = TypeVar("Kind")
Known = TypeVar("Known")


class Waiting(Generic[Kind, Known]):
    """Findings of one kind, one an article, and what is to be known of each meanwhile."""

    def __init__(self, folder: Path) -> None:
        self._file = tempfile.SpooledTemporaryFile(_IN_MEMORY, dir=str(folder))  # noqa: SIM115 -- as long as the run
        self._places: dict[str, int] = {}
        self.known: dict[str, Known] = {}
        """Id → what is known."""

    def has_room(self, id_: str) -> bool:
        return len(self.known) < MOST and id_ not in self.known

    def add(self, id_: str, finding: Kind, known: Known) -> None:
        self.known[id_] = known
        self._places[id_] = self._file.seek(0, 2)
        pickle.dump(finding, self._file)

    def drop(self, id_: str) -> None:
        self.known.pop(id_, None)

    def take(self) -> Iterator[tuple[str, Known, Kind]]:
        """Yield what waits, in the order in which it came; nothing waits then."""
        taken, self.known = self.known, {}
        for id_, known in taken.items():
            self._file.seek(self._places[id_])
            yield id_, known, pickle.load(self._file)  # noqa: S301 -- written a moment ago, by this very object

    def close(self) -> None:
        self._file.close()
