"""Lines that should be there and are not: what runs report, against what the files hold.

The ledger is not asked: a cache that is made from the lines cannot tell which of them are lost.
They are made again from captures that are still there. That no line names a capture is no loss by
itself, of what was refused some is kept: so only runs that lack lines are looked at, and never more
is made than they lack.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from http import HTTPStatus
from itertools import pairwise
from pathlib import Path
from typing import Final

import attrs

from crawler.archive.erase import posts_of
from crawler.archive.furniture import read_furniture, valid
from crawler.archive.lines import ARTICLES, month_files
from crawler.archive.reading import RawLine
from crawler.archive.revisions import Rereader, Rules
from crawler.archive.runs import RunRecord, Stock, last_runs, read_runs
from crawler.archive.schedule import first_look
from crawler.archive.warc import sha256
from crawler.archive.warc_reading import (
    Damage,
    NotARecord,
    StoredRecord,
    digest_agrees,
    parse_response,
    stored,
)
from crawler.archive.writer import Batches
from crawler.codec import parse_line
from crawler.errors import InvalidRecord, attempt
from crawler.items import Article, CaptureReference, Gone, Withheld
from crawler.newsrooms import Newsroom
from crawler.normalise.urls import identity

_NAMED: Final = 5

REPAIR: Final = "verify"
"""The command whose run writes no lines of its own, only those of others again."""


def count_runs(folder: Path) -> Counter[tuple[str, str]]:
    """Return run and plain name of a file → how many lines of that run are in it."""
    found: Counter[tuple[str, str]] = Counter()
    for file in month_files(folder):
        for _, raw in file.lines():
            found[RawLine("", 0, raw).run, file.plain_name] += 1
    return found


def of_runs(present: Mapping[tuple[str, str], int]) -> Counter[str]:
    """Return run → how many lines of it are in all files."""
    found: Counter[str] = Counter()
    for (run, _), count in present.items():
        found[run] += count
    return found


def stock(folder: Path, lines: int, sizes: Mapping[str, tuple[int, int]]) -> Stock:
    """Return what is there, by the ledger's count of *lines* and the *sizes* of files."""
    files = month_files(folder)
    if not files:
        return Stock(lines=lines)
    name = files[-1].plain_name
    return Stock(lines=lines, file=name, bytes=sizes.get(name, (0, 0))[0])


def shortfall(folder: Path, found: Stock) -> int:
    """Return how many lines that earlier runs reported are not there, and not recorded as lost.

    By the last run alone, so that it costs every start the same. What a run wrote that was killed
    before it could report is known to nobody at this moment; ``scrapy verify`` counts it.
    """
    before = next((each for each in reversed(last_runs(folder, 9)) if each.found), None)
    if before is None or before.found is None:
        return 0
    least = before.found.lines - _sum(before.erased) + _sum(before.made)
    if before.wrote is None:  # there may be more
        found = attrs.evolve(found, lines=min(found.lines, least))
    return max(0, before.short + least + _sum(before.wrote or {}) - found.lines)


def _sum(counts: Mapping[str, int]) -> int:
    return sum(counts.values())


class Accounts:
    """How many lines of each run there should be."""

    def __init__(self, runs: Iterable[RunRecord]) -> None:
        self.runs = {run.id: run for run in runs}
        ordered = list(self.runs.values())
        self._places = {id_: place for place, id_ in enumerate(self.runs)}
        self.lost: Counter[str] = Counter()
        """Run → lines of it that are recorded as lost."""
        taken: Counter[str] = Counter()
        for run in ordered:
            taken.update(run.erased)
            taken.update(run.lost)
            self.lost.update(run.lost)
        self.expected: dict[str, int] = {}
        for run in ordered:
            if run.wrote is not None or run.command == REPAIR:
                self.expected[run.id] = _sum(run.wrote or {}) - taken[run.id]
        self.restored = sum(_sum(run.lost) + _sum(run.made) for run in ordered)
        """Lines that were found lost, or made again: there at some starts, and not at others."""
        self._killed = list(_killed(ordered, taken))

    def lacking(self, present: Mapping[str, int]) -> dict[str, int]:
        """Return run → lines of it that are not among those *present*; negative, too many."""
        found = {id_: count - present.get(id_, 0) for id_, count in self.expected.items()}
        lost = sum(count for count in found.values() if count > 0)
        unread = sum(count for id_, count in present.items() if id_ not in self.runs)
        for ids, count in self._killed:
            there = sum(present.get(each, 0) for each in ids)
            if count > there + unread or there - count > lost + self.restored:
                found[ids[-1]] = count - there
        return {id_: count for id_, count in found.items() if count}

    def spans(self) -> list[tuple[str, str, str]]:
        """Return begin, end and id of each run."""
        ordered = list(self.runs.values())
        ends = [run.end or after.begin for run, after in pairwise(ordered)]
        ends += [run.end or "9" for run in ordered[-1:]]
        return [(run.begin, end, run.id) for run, end in zip(ordered, ends, strict=True)]

    def order(self, id_: str) -> int:
        """Return the place of a run in time, -1 for one of which there is no record."""
        return self._places.get(id_, -1)


def by_file(
    folder: Path,
    accounts: Accounts,
    present: Mapping[tuple[str, str], int],
    lacking: Mapping[str, int],
) -> Iterator[tuple[str, str]]:
    """Yield each file that lacks lines, or has too many, and what to say of it.

    *present* is how many there are of each run in each file, *lacking* what :class:`Accounts` says.
    """
    found: dict[str, Counter[str]] = {}
    for run, all_ in lacking.items():
        count = all_
        for file, wrote in (accounts.runs[run].wrote or {}).items():
            lacks = wrote - present.get((run, file), 0)
            part = max(min(lacks, count), 0) if count > 0 else min(max(lacks, count), 0)
            found.setdefault(file, Counter())[run] += part
            count -= part
        month = f"{ARTICLES}-{accounts.runs[run].begin[:7]}.jsonl"
        found.setdefault(month, Counter())[run] += count
    there = {file.plain_name: file.path.name for file in month_files(folder)}
    for file, by_run in sorted(found.items()):
        lost, added = +by_run, -by_run
        if lost and file not in there:
            yield file, f"is not there, nor are its {lost.total()} lines ({told_by_run(lost)})"
        elif lost:
            yield (
                there[file],
                f"lacks {lost.total()} of the lines that runs report ({told_by_run(lost)})",
            )
        if added:
            what = f"has {added.total()} more lines than runs report ({told_by_run(added)})"
            yield there.get(file, file), what


def told_by_run(by_run: Mapping[str, int]) -> str:
    return few([f"run {run}: {count}" for run, count in by_run.items()])


def few(words: Sequence[str]) -> str:
    """Return the first of *words*, and how many more there are."""
    more = f" and {len(words) - _NAMED} more" if len(words) > _NAMED else ""
    return ", ".join(words[:_NAMED]) + more


def _killed(runs: Sequence[RunRecord], taken: Mapping[str, int]) -> Iterable[tuple[list[str], int]]:
    """Yield the runs that did not end, and what they wrote: the next run found that much more."""
    begun = [place for place, run in enumerate(runs) if run.found]
    for first, after in pairwise(begun):
        span = runs[first:after]
        killed = [run.id for run in span if run.wrote is None and run.command != REPAIR]
        before, then = runs[first].found, runs[after].found
        if killed and before and then:
            wrote = then.lines - before.lines
            for run in span:
                wrote += _sum(run.erased) - _sum(run.made) - _sum(run.wrote or {})
            yield killed, wrote - sum(taken[each] for each in killed)


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

    def __init__(self, folder: Path, newsroom: Newsroom, rules: Rules) -> None:
        self.folder = folder
        self.accounts = Accounts(read_runs(folder))
        self._present = count_runs(folder)
        self._lacking = self.accounts.lacking(of_runs(self._present))
        self._rereader = Rereader(folder, newsroom, rules)
        self._furniture = valid(read_furniture(folder))

    @property
    def lacking(self) -> Counter[str]:
        """Run → lines of it that are not there."""
        return Counter({run: count for run, count in self._lacking.items() if count > 0})

    def back(self) -> dict[str, int]:
        """Return run → lines that are there, and were recorded as lost, as a negative number."""
        lost = self.accounts.lost
        return {run: n for run, n in self._lacking.items() if n < 0 and lost[run] >= -n}

    def changed(self, suspected: Iterable[str]) -> tuple[str, ...]:
        """Return the files that are not what they were: also those *suspected*, if lines were lost."""
        found = by_file(self.folder, self.accounts, self._present, self._lacking)
        more = suspected if self.accounts.restored else ()
        return tuple({file for file, _ in found} | set(more))

    def find(self) -> list[State]:
        """Return the lines that can be made again, oldest first; of each run no more than it lacks."""
        left = self.lacking
        found = sorted(self._readable(set(left)), key=lambda each: each.at)
        # An article keeps the id of its first line, whatever its captures say.
        urls = {identity(each.url): each.id for each in found}
        lines = ((identity(line.url), line.id) for line in self._lines())
        urls |= {url: id_ for url, id_ in lines if url in urls}
        there: dict[str, list[State]] = {id_: [] for id_ in urls.values()}
        for line in self._lines():
            if line.id in there and not isinstance(line, Withheld):
                there[line.id].append(State.of(line))
        made = []
        for lost in found:
            id_ = urls[identity(lost.url)]
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
        """Return the article on *captures*; what is wrong with them is for verify to tell."""
        again = partial(self._rereader.article, captures, post_id, self._furniture)
        return attempt(again)[0]

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
