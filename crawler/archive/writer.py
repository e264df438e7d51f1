"""Records, lines and rows that reach the disk together or not at all; and what waits there."""

from __future__ import annotations

import datetime as dt
import pickle
import tempfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Final, Generic, TypeVar

import attrs

from crawler.archive.files import AppendedFile, file_of, thaw
from crawler.archive.identity import add_withheld
from crawler.archive.rows import apply_line
from crawler.archive.tables import Tables
from crawler.archive.warc import WarcFiles
from crawler.codec import dump_line
from crawler.errors import CrawlerError, InvalidRecord
from crawler.items import Article, Capture, CaptureReference, Gone, Withheld
from crawler.timestamps import stamp

AnyLine = TypeVar("AnyLine", Article, Gone, Withheld)


class Batches:
    """The files of an archive, written batch by batch by one thread.

    What a batch adds is on disk in this order: records, then the lines that name them, then what
    the ledger makes of the lines. Whatever a kill cuts off, what is left is true.
    """

    def __init__(
        self,
        folder: Path,
        *,
        run: str,
        tables: Tables,
        warcs: WarcFiles,
        clock: Callable[[], dt.datetime],
    ) -> None:
        self.folder = folder
        self.run = run
        self.tables = tables
        self.warcs = warcs
        self.clock = clock
        self._file: AppendedFile | None = None
        self._name = ""  # of the file that lines are added to
        self.wrote: Counter[str] = Counter()  # file → lines that were added to it
        self.begin([], [])

    def begin(self, urls: list[str], ids: list[str]) -> None:
        """Begin a batch that will ask for these rows, among others."""
        self.rows = self.tables.rows()
        self.now = self.clock()
        self.stamp = max(stamp(self.now), self.tables.meta("written_at") or "")
        self._lines: list[bytes] = []
        self._withheld: list[str] = []
        self._then: list[Callable[[], None]] = []
        name = file_of(self.stamp)
        if name != self._name:
            self._close_lines()
            thaw(self.folder / name)
            self._name = name
        self.rows.fetch(urls, ids)

    def write(
        self,
        article: Article,
        revision: int,
        captures: Sequence[Capture],
        previous: Sequence[CaptureReference],
    ) -> Article:
        """Add *captures*, and *article* as a line that names them; return the line.

        On an error the batch is as before.
        """
        mark = self.warcs.mark()
        try:
            references = [self.warcs.keep(capture, previous) for capture in captures]
            return self.add_article(article, revision, references)
        except CrawlerError:
            self.warcs.reset(mark)
            raise

    def add_article(
        self, article: Article, revision: int, captures: Sequence[CaptureReference]
    ) -> Article:
        """Add *article*, whose captures are in the archive, as a line; return the line."""
        line = attrs.evolve(
            article,
            revision=revision,
            unchanged_until=self.unchanged_until(article.id),
            captures=tuple(captures),
            run=self.run,
        )
        return self.add(line)

    def unchanged_until(self, id_: str) -> str | None:
        """Return when the last look began that found what the last line of an article says."""
        known = self.rows.article(id_)
        row = self.rows.address(known.url) if known is not None else None
        return row.unchanged if row is not None else None

    def add(self, line: AnyLine) -> AnyLine:
        """Add *line*, written now, by this run unless it says by which; return it."""
        line = attrs.evolve(line, run=line.run or self.run, written_at=self.stamp)
        try:
            content = dump_line(line)
        except UnicodeEncodeError as error:
            raise InvalidRecord(type(line).__name__, line.id, f"text as UTF-8 ({error})") from None
        if isinstance(line, Withheld):
            self._withheld.append(line.id)
        self._lines.append(content)
        apply_line(self.rows, line)
        return line

    def then(self, write: Callable[[], None]) -> None:
        """Have the ledger told so, too, after the rows of this batch."""
        self._then.append(write)

    def commit_files(self) -> None:
        """Put the batch's records, then its lines, on disk; on :exc:`OSError` neither is."""
        try:
            self.warcs.commit()
            content = b"".join(self._lines)
            if content:
                self._file = self._file or AppendedFile(self.folder / self._name)
                self._file.append(content)
        except OSError:
            self.rollback()
            raise
        tables = self.tables
        if added := self.warcs.accept():
            self.then(partial(tables.put_file, *added))
        if content:
            name, lines = self._name, len(self._lines)
            size, crc = tables.files().get(name, (0, 0))
            self.wrote[name] += lines
            self.then(partial(tables.put_file, name, size + len(content), zlib.crc32(content, crc)))
            self.then(partial(tables.put_meta, "written_at", self.stamp))
            self.then(partial(tables.put_meta, "lines", str(tables.lines + lines)))

    def commit_ledger(self) -> None:
        """Bring the ledger up to the batch; on an error it catches up at the next start."""
        if self._withheld:
            add_withheld(self.folder, self._withheld)
        with self.tables.transaction():
            self.tables.put(self.rows)
            for write in self._then:
                write()

    def rollback(self) -> None:
        """Drop the batch; the files are cut back to what they were."""
        self._lines.clear()
        self.warcs.rollback()

    def release(self) -> None:
        """Let go of the files, which are about to be replaced."""
        self._close_lines()
        self.warcs.close()

    def close(self) -> None:
        self.release()
        self.tables.close()

    def _close_lines(self) -> None:
        if self._file is not None:
            self._file.close()
        self._file, self._name = None, ""


# what waits for the end of a run

# Of what is more, the next run hears again.
MOST: Final = 1000
_IN_MEMORY: Final = 4 * 1024 * 1024

Kind = TypeVar("Kind")
Known = TypeVar("Known")


class Waiting(Generic[Kind, Known]):
    """Findings of one kind, one an article, that wait on disk for the end of the run."""

    def __init__(self, folder: Path) -> None:
        self._file = tempfile.SpooledTemporaryFile(_IN_MEMORY, dir=str(folder))  # noqa: SIM115 -- as long as the run
        self._places: dict[str, int] = {}
        self.known: dict[str, Known] = {}  # id → what is known

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
