"""The stored captures of an article, read again by today's rules."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeAlias

import attrs

from crawler.archive.captures import read_capture
from crawler.archive.judging import Reading, read_article
from crawler.archive.lines import read_line
from crawler.archive.rows import ArticleRow
from crawler.archive.tables import LedgerDamaged
from crawler.captures import Capture
from crawler.errors import ArchiveDamaged, InvalidRecord
from crawler.items import Article, CaptureReference
from crawler.lineformat import Content, parse_line
from crawler.newsrooms import Newsroom

Extract: TypeAlias = Callable[[Sequence[Capture], Newsroom, int | None], Article]
"""Captures of one article, its newsroom, and the post id where the capture is a REST list."""


@attrs.frozen(kw_only=True)
class Rules:
    """The rules of extraction, of which the archive itself knows nothing."""

    extractor: str
    extract: Extract
    page_hash: Callable[[Article], str]


class Rereader:
    """Reads articles again from the archive in *folder*."""

    def __init__(self, folder: Path, newsroom: Newsroom, rules: Rules) -> None:
        self.folder = folder
        self.newsroom = newsroom
        self.rules = rules
        # Rules that raise what nobody expects end the reading, not the archive's thread.
        self._pool = ThreadPoolExecutor(1, "archive-reader")

    def captures_of(self, known: ArticleRow) -> tuple[CaptureReference, ...]:
        """Return the captures of the article's last line; none when it cannot be read.

        Raises :exc:`LedgerDamaged` when the line is not the one that *known* says it is: nothing
        may be decided by such a ledger.
        """
        try:
            line = parse_line(read_line(self.folder, known.position))
        except (ArchiveDamaged, InvalidRecord):
            return ()
        if not isinstance(line, Content) or not self._is_of(known, line):
            raise LedgerDamaged(f"the ledger does not say of {known.id} what its line says")
        return line.captures

    def read(
        self, known: ArticleRow, captures: Sequence[CaptureReference], notes: list[str]
    ) -> Reading | None:
        """Return what today's rules make of *captures*, those of *known*.

        ``None`` when they cannot be read, which is added to *notes*.
        """
        attempt = self._pool.submit(self._read, known, captures)
        error = attempt.exception()
        if error is not None:
            notes.append(f"its stored captures cannot be read by today's rules ({error})")
            return None
        return attempt.result()

    def _read(self, known: ArticleRow, captures: Sequence[CaptureReference]) -> Reading:
        stored = [read_capture(self.folder, each) for each in captures]
        article = self.rules.extract(stored, self.newsroom, post_id_of(known.id, known.source))
        return read_article(article, self.rules.page_hash)

    def _is_of(self, known: ArticleRow, line: Content) -> bool:
        found = read_article(line, self.rules.page_hash)
        said = (line.id, line.source, line.extractor, line.content_hash, found.page_hash)
        kept = (known.id, known.source, known.extractor, known.content_hash, known.page_hash)
        return said == kept and (known.state == "gone" or line.revision == known.revision)

    def close(self) -> None:
        self._pool.shutdown()


def post_id_of(id_: str, source: str | None) -> int | None:
    """Return which post of a REST list the article is; ``None`` for one read from its page."""
    _, _, number = id_.rpartition(":")
    return int(number) if source == "rest" and number.isdecimal() else None
