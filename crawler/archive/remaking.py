"""Lines that are lost, made again from captures that are still there.

That no line names a capture is no loss by itself: of what was refused some is kept. So only runs
that lack lines are looked at, and never more is made than they lack.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Final

import attrs

from crawler.archive.erase import posts_of
from crawler.archive.furniture import read_furniture, valid
from crawler.archive.lines import month_files
from crawler.archive.losses import Accounts
from crawler.archive.revisions import Rules
from crawler.archive.schedule import first_look
from crawler.archive.warc import sha256
from crawler.archive.warc_reading import (
    Damage,
    NotARecord,
    StoredRecord,
    digest_agrees,
    parse_response,
    recent_captures,
    stored,
)
from crawler.archive.writer import Batches
from crawler.codec import parse_line
from crawler.errors import ArchiveDamaged, InvalidRecord, attempt
from crawler.items import Article, CaptureReference, Gone, Withheld
from crawler.newsrooms import Newsroom

_TOGETHER: Final = 50
_SOURCES: Final = "rest page both"  # the last says most


@attrs.frozen
class State:
    """What a line says of an article, or said that is lost, without its text."""

    id: str
    url: str
    revision: int
    run: str
    captures: tuple[CaptureReference, ...]
    post_id: int | None
    content_hash: str | None
    source: str

    @classmethod
    def of(cls, line: Article | Gone) -> State:
        told: tuple[int | None, str | None, str] = (None, None, "")
        if isinstance(line, Article):
            told = line.post_id, line.content_hash, line.source
        return cls(line.id, line.url, line.revision, line.run or "", line.captures, *told)

    @property
    def at(self) -> str:
        """When its first capture was fetched."""
        return self.captures[0].fetched_at if self.captures else ""

    @property
    def places(self) -> set[tuple[str, int]]:
        return {(each.warc, each.offset) for each in self.captures}


class Remaker:
    """Finds the lines that runs lack, and makes them again."""

    def __init__(self, folder: Path, newsroom: Newsroom, rules: Rules, accounts: Accounts) -> None:
        self.folder = folder
        self.newsroom = newsroom
        self.rules = rules
        self.accounts = accounts
        self._captures = recent_captures(folder)
        self._furniture = valid(read_furniture(folder))

    def find(self, lacking: Mapping[str, int]) -> list[State]:
        """Return the lines that can be made again, oldest first; of each run no more than it lacks."""
        left = Counter({run: count for run, count in lacking.items() if count > 0})
        found = sorted(self._readable(set(left)), key=lambda each: each.at)
        # An article keeps the id of its first line, whatever its captures say.
        urls = {each.url: each.id for each in found}
        urls |= {line.url: line.id for line in self._lines() if line.url in urls}
        there: dict[str, list[State]] = {id_: [] for id_ in urls.values()}
        for line in self._lines():
            if line.id in there and not isinstance(line, Withheld):
                there[line.id].append(State.of(line))
        made = []
        for lost in found:
            id_ = urls[lost.url]
            revision = _revision(lost, there[id_]) if left[lost.run] else 0
            if revision:
                left[lost.run] -= 1
                made.append(attrs.evolve(lost, id=id_, revision=revision))
                there[id_].append(made[-1])
        return made

    def make(self, lost: Sequence[State], batches: Batches, made: Counter[str]) -> None:
        """Add the lines to the newest month; count in *made*, by run, those that are on disk."""
        for begin in range(0, len(lost), _TOGETHER):
            part = lost[begin : begin + _TOGETHER]
            batches.begin([each.url for each in part], [each.id for each in part])
            runs: Counter[str] = Counter()
            for each in part:
                article = self._read(each.captures, each.post_id)
                if article is None:
                    continue
                line = attrs.evolve(
                    article,
                    id=each.id,
                    revision=each.revision,
                    captures=each.captures,
                    run=each.run,
                    written_at=batches.stamp,
                )
                batches.add(line)
                row = batches.rows.address(line.url)
                if row is not None:
                    batches.rows.put(first_look(row, batches.now))
                runs[each.run] += 1
            batches.commit_files()
            made.update(runs)
            batches.commit_ledger()

    def _lines(self) -> Iterator[Article | Gone | Withheld]:
        for file in month_files(self.folder):
            for _, raw in file.lines():
                try:
                    yield parse_line(raw)
                except InvalidRecord:  # for verify to tell
                    continue

    def _read(
        self, captures: Sequence[CaptureReference], post_id: int | None = None
    ) -> Article | None:
        try:
            pages = [self._captures(each) for each in captures]
        except ArchiveDamaged:  # for verify to tell
            return None
        work = partial(self.rules.extract, pages, self.newsroom, post_id, self._furniture)
        return attempt(work)[0]

    def _readable(self, runs: set[str]) -> Iterator[State]:
        """Yield what can be read as an article of the captures of *runs*."""
        named = {
            (each.warc, each.offset)
            for line in self._lines()
            if not isinstance(line, Withheld)
            for each in line.captures
        }
        pages: dict[str, list[CaptureReference]] = {run: [] for run in runs}
        posts: dict[str, dict[int, CaptureReference]] = {run: {} for run in runs}
        spans = self.accounts.spans()
        # What ingest copied was fetched long before, by somebody else.
        copied = next((run for run in runs if self.accounts.runs[run].command == "ingest"), None)
        for warc, record in stored(self.folder):
            reference = None if isinstance(record, Damage) else _reference(warc, record)
            if isinstance(record, Damage) or reference is None:
                continue
            of = [run for begin, end, run in spans if begin <= reference.fetched_at <= end]
            # In the second in which one run ended, the next one that began fetched.
            run = next((each for each in reversed(of) if each in runs), None if of else copied)
            if run is None:
                continue
            listed = posts_of(record)
            if listed is not None:
                numbers = [each.get("id") for each in listed if isinstance(each, dict)]
                posts[run] |= {each: reference for each in numbers if isinstance(each, int)}
            elif (reference.warc, reference.offset) not in named:
                pages[run].append(reference)
        for run in runs:
            for article in self._articles(pages[run], posts[run]):
                yield attrs.evolve(State.of(article), run=run)

    def _articles(
        self, pages: Sequence[CaptureReference], posts: dict[int, CaptureReference]
    ) -> Iterator[Article]:
        """Yield articles: pages with the parts that follow them and their REST record, or that."""
        by_url = {each.url: each for each in reversed(pages)}
        used: set[CaptureReference] = set()
        for first in pages:
            article = None if first in used else self._read([first])
            if article is None:
                continue
            parts = [by_url[url] for url in article.pages[1:] if url in by_url]
            used.update(parts)
            record = posts.pop(article.post_id, None) if article.post_id else None
            several = [first, *parts]
            for captures in ([*several, *filter(None, [record])], several):
                whole = self._read(captures, article.post_id)
                if whole is not None and whole.id == article.id:
                    yield attrs.evolve(whole, captures=tuple(captures))
                    break
            else:
                yield attrs.evolve(article, captures=(first,))
        for number, reference in posts.items():
            article = self._read([reference], number)
            if article is not None:
                yield attrs.evolve(article, captures=(reference,))


def _revision(lost: State, there: Sequence[State]) -> int:
    """Return which revision *lost* was; 0 where what is *there* leaves none, or says the same."""

    def order(state: State) -> tuple[int, str]:
        return state.revision, state.at

    if any(lost.places <= each.places for each in there):
        return 0
    before = max((each for each in there if each.at <= lost.at), key=order, default=None)
    after = min((each for each in there if each.at > lost.at), key=order, default=None)
    if before is None:
        return 1 if after is None or after.revision > 1 else 0
    if after is not None and after.revision > before.revision + 1:
        return before.revision + 1
    if before.source and lost.source != before.source:  # which is no edit by itself
        more = _SOURCES.find(lost.source or "") > _SOURCES.find(before.source or "")
        return before.revision if more else 0
    edited = after is None and before.content_hash != lost.content_hash
    return before.revision + 1 if edited else 0


def _reference(warc: str, record: StoredRecord) -> CaptureReference | None:
    if record.kind not in ("response", "revisit"):
        return None
    try:
        status, _, body = parse_response(record.block)
    except NotARecord:
        return None
    if status != HTTPStatus.OK and (status, record.kind) != (HTTPStatus.NOT_MODIFIED, "revisit"):
        return None
    stated = record.fields.get("warc-payload-digest", "")
    known = record.kind == "revisit" or digest_agrees(body, stated)
    return CaptureReference(
        url=record.fields.get("warc-target-uri", "").strip("<>"),
        fetched_at=record.fields.get("warc-date", ""),
        status=status,
        warc=warc,
        offset=record.offset,
        length=record.length,
        record_id=record.record_id,
        digest=stated if known else sha256(body),
    )
