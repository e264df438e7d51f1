"""Lines that are lost, made again from captures that are still there.

That no line names a capture is no loss by itself: of what was refused some is kept. So only runs
that lack lines are looked at, and never more is made than they lack.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

import attrs

from crawler.archive.erase import posts_of
from crawler.archive.furniture import read_furniture, valid
from crawler.archive.lines import month_files
from crawler.archive.losses import Accounts
from crawler.archive.revisions import Rules
from crawler.archive.schedule import first_look
from crawler.archive.warc import sha256
from crawler.archive.warc_reading import (
    FOLDER,
    NotARecord,
    StoredRecord,
    digest_agrees,
    next_record_after,
    parse_response,
    recent_captures,
    records,
)
from crawler.archive.writer import Batches
from crawler.errors import ArchiveDamaged, attempt
from crawler.items import Article, CaptureReference
from crawler.newsrooms import Newsroom

_TOGETHER: Final = 50
_SOURCES: Final = "rest page both"  # the last says most


@attrs.frozen(kw_only=True)
class State:
    """What a line says of an article, or said that is lost."""

    id: str
    at: str
    """When its first capture was fetched."""

    content_hash: str | None
    places: frozenset[tuple[str, int]] = frozenset()
    revision: int = 0
    run: str = ""
    captures: tuple[CaptureReference, ...] = ()
    post_id: int | None = None
    """Where it stands in a REST list."""

    url: str = ""
    source: str | None = None


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
        urls |= {line["url"]: line["id"] for line in _lines(self.folder) if line["url"] in urls}
        found = [attrs.evolve(each, id=urls[each.url]) for each in found]
        there: dict[str, list[State]] = {each.id: [] for each in found}
        for line in _lines(self.folder):
            if line["id"] in there:
                there[line["id"]].append(_state(line))
        made = []
        for lost in found:
            revision = _revision(lost, there[lost.id]) if left[lost.run] else 0
            if revision:
                left[lost.run] -= 1
                made.append(attrs.evolve(lost, revision=revision))
                there[lost.id].append(made[-1])
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

    def _read(self, captures: Iterable[CaptureReference], post_id: int | None) -> Article | None:
        try:
            stored = [self._captures(each) for each in captures]
        except ArchiveDamaged:  # for verify to tell
            return None
        return attempt(
            partial(self.rules.extract, stored, self.newsroom, post_id, self._furniture)
        )[0]

    def _readable(self, runs: set[str]) -> Iterator[State]:
        """Yield what can be read as an article of the captures of *runs*."""
        named = {
            (each["warc"], each["offset"])
            for line in _lines(self.folder)
            for each in line.get("captures", ())
        }
        pages: dict[str, list[CaptureReference]] = {run: [] for run in runs}
        posts: dict[str, dict[int, CaptureReference]] = {run: {} for run in runs}
        spans = self.accounts.spans()
        # What ingest copied was fetched long before, by somebody else.
        copied = next((run for run in runs if self.accounts.runs[run].command == "ingest"), None)
        for record, reference in _responses(self.folder):
            at = reference.fetched_at
            of = [run for begin, end, run in spans if begin <= at <= end]
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
            yield from self._of_run(run, pages[run], posts[run])

    def _of_run(
        self, run: str, pages: Sequence[CaptureReference], posts: dict[int, CaptureReference]
    ) -> Iterator[State]:
        """Yield articles: pages with the parts that follow them and their REST record, or that."""
        used: set[CaptureReference] = set()
        for first in pages:
            article = None if first in used else self._read([first], None)
            if article is None:
                continue
            parts = _parts(article, pages)
            used.update(parts)
            yield self._whole(run, article, [first, *parts], posts)
        for number, reference in posts.items():
            article = self._read([reference], number)
            if article is not None:
                yield _lost(run, article, [reference], number)

    def _whole(
        self,
        run: str,
        article: Article,
        pages: Sequence[CaptureReference],
        posts: dict[int, CaptureReference],
    ) -> State:
        """Return what all *pages* of an article say together with its REST record, if there is one."""
        post_id = article.post_id if article.post_id in posts else None
        record = posts.pop(post_id, None) if post_id is not None else None
        for captures, number in (
            ([*pages, *filter(None, [record])], post_id),
            (pages, None),
        ):
            whole = self._read(captures, number)
            if whole is not None and whole.id == article.id:
                return _lost(run, whole, captures, number)
        return _lost(run, article, pages[:1], None)


def _parts(article: Article, pages: Sequence[CaptureReference]) -> list[CaptureReference]:
    """Return the first capture of each further page of *article*, in their order."""
    by_url = {each.url: each for each in reversed(pages)}
    return [by_url[url] for url in article.pages[1:] if url in by_url]


def _lost(
    run: str, article: Article, captures: Sequence[CaptureReference], post_id: int | None
) -> State:
    return State(
        id=article.id,
        at=captures[0].fetched_at,
        content_hash=article.content_hash,
        places=frozenset((each.warc, each.offset) for each in captures),
        run=run,
        captures=tuple(captures),
        post_id=post_id,
        url=article.url,
        source=article.source,
    )


def _state(line: Mapping[str, Any]) -> State:
    captures = line.get("captures", ())
    return State(
        id=line["id"],
        at=captures[0]["fetched_at"] if captures else "",
        content_hash=line.get("content_hash"),
        places=frozenset((each["warc"], each["offset"]) for each in captures),
        revision=line.get("revision", 1),
        source=line.get("source"),
    )


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


def _lines(folder: Path) -> Iterator[dict[str, Any]]:
    for file in month_files(folder):
        for _, raw in file.lines():
            try:
                line = json.loads(raw)
            except ValueError:  # for verify to tell
                continue
            if isinstance(line, dict) and {"id", "url"} <= line.keys():
                yield line


def _responses(folder: Path) -> Iterator[tuple[StoredRecord, CaptureReference]]:
    """Yield the answers that have content, whatever is damaged between them."""
    for path in sorted((folder / FOLDER).glob("*.warc.gz")):
        start: int | None = 0
        with path.open("rb") as file:
            while start is not None:
                end = start
                try:
                    for record in records(file, start):
                        end = record.offset + record.length
                        reference = _reference(f"{FOLDER}/{path.name}", record)
                        if reference is not None:
                            yield record, reference
                    start = None
                except NotARecord:
                    start = next_record_after(file, end)


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
