"""An archive read again in parts, which know nothing of each other."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, Self

import attrs

from crawler.archive import RawLine
from crawler.archive.files import replace_file
from crawler.archive.reextract import Change, changes
from crawler.items import Article
from crawler.newsrooms import Newsroom
from crawler.rules import RULES

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
