"""What waits for the end of a run, which has seen more then: on disk, and no more than so many.

Articles that were found missing, and findings of which it takes other articles to tell an edit from
what a plugin added.
"""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import attrs

from crawler.archive.findings import Found, Missing
from crawler.archive.revisions import Difference
from crawler.archive.warc import request, response
from crawler.items import CaptureReference, Member

# Of the articles looked at, how many may vanish at once before it is the site that is ill.
MASS_SHARE: Final = 0.2
MASS_LEAST: Final = 5
# More gone lines than that in one run wait for the next; their captures lie in a temporary file.
MOST: Final = 1000
_IN_MEMORY: Final = 4 * 1024 * 1024


@attrs.frozen(kw_only=True)
class Candidate:
    """An article that was missing before, in another run, and is again."""

    id: str
    url: str
    since: str
    status: int
    reason: str
    members: tuple[tuple[Member, int, int], ...]
    """Records without their content, and where that lies in the temporary file."""

    last: tuple[int, ...]
    """Which of them are the responses that a line names."""


class Sightings:
    """What a run found missing."""

    def __init__(self, folder: Path) -> None:
        self._file = tempfile.SpooledTemporaryFile(_IN_MEMORY, dir=str(folder))  # noqa: SIM115 -- as long as the run
        self._candidates: dict[str, Candidate] = {}
        self._vanished: set[str] = set()

    @property
    def vanished(self) -> int:
        return len(self._vanished)

    def mass(self, looked_at: int) -> bool:
        """Whether so much vanished that it is not the articles."""
        return self.vanished >= MASS_LEAST and self.vanished > MASS_SHARE * looked_at

    def note(self, id_: str) -> None:
        """Count *id_* as missing."""
        self._vanished.add(id_)

    def add(self, id_: str, url: str, since: str, finding: Missing) -> None:
        """Keep what would make a line."""
        if id_ in self._candidates or len(self._candidates) >= MOST:
            return
        kept: list[tuple[Member, int, int]] = []
        last: list[int] = []
        for capture in finding.captures:
            for exchange in capture.exchanges:
                answer = response(exchange)
                if exchange is capture.exchanges[-1]:
                    last.append(len(kept))
                kept += [self._put(answer), self._put(request(exchange, answer.record_id))]
        self._candidates[id_] = Candidate(
            id=id_,
            url=url,
            since=since,
            status=finding.status,
            reason=finding.reason,
            members=tuple(kept),
            last=tuple(last),
        )

    def drop(self, id_: str) -> None:
        """Forget *id_*: it was found after all."""
        self._candidates.pop(id_, None)
        self._vanished.discard(id_)

    def candidates(self) -> Iterator[tuple[Candidate, list[Member]]]:
        """Yield what would make a line, with its records."""
        for candidate in self._candidates.values():
            members = []
            for member, offset, length in candidate.members:
                self._file.seek(offset)
                members.append(attrs.evolve(member, content=self._file.read(length)))
            yield candidate, members

    def clear(self) -> None:
        """Forget the candidates: their lines are written."""
        self._candidates.clear()

    def close(self) -> None:
        self._file.close()

    def _put(self, member: Member) -> tuple[Member, int, int]:
        offset = self._file.seek(0, 2)
        self._file.write(member.content)
        return attrs.evolve(member, content=b""), offset, len(member.content)


def named(candidate: Candidate, references: list[CaptureReference]) -> tuple[CaptureReference, ...]:
    """Return the references that the line of *candidate* names, of those of all its records."""
    return tuple(references[place] for place in candidate.last)


class Waiting:
    """Findings that are judged when the run has seen more: on disk, and no more than so many."""

    def __init__(self, folder: Path) -> None:
        self._file = tempfile.SpooledTemporaryFile(_IN_MEMORY, dir=str(folder))  # noqa: SIM115 -- as long as the run
        self.differences: dict[str, Difference] = {}
        """Id → what came or went."""

    def has_room(self, id_: str) -> bool:
        return len(self.differences) < MOST and id_ not in self.differences

    def add(self, finding: Found, id_: str, difference: Difference) -> None:
        self.differences[id_] = difference
        pickle.dump(finding, self._file)

    def take(self) -> Iterator[Found]:
        """Yield what waits, in the order in which it came; nothing waits then."""
        count = len(self.differences)
        self.differences = {}
        self._file.seek(0)
        for _ in range(count):
            yield pickle.load(self._file)  # noqa: S301 -- written a moment ago, by this very object
        self._file.seek(0)
        self._file.truncate()

    def close(self) -> None:
        self._file.close()
