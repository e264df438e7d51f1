"""What is put right before a run writes, without losing anything; and lines that are made again.

A start brings the ledger up to the lines, and finds fewer than runs report: what is lost is made
again from captures that are still there. That no line names a capture is no loss by itself, of
what was refused some is kept: so only runs that lack lines are looked at, and never more is made
than they lack.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from http import HTTPStatus
from itertools import pairwise
from pathlib import Path
from typing import Final

import attrs

from crawler.archive.erase import INTENT, count_own, intent_of, posts_of
from crawler.archive.files import (
    all_lines,
    compress,
    cut_torn_line,
    last_written,
    month_files,
    warc_files,
)
from crawler.archive.furniture import read_furniture, valid
from crawler.archive.identity import IDENTITY, add_withheld, claim
from crawler.archive.revisions import Rereader, Rules
from crawler.archive.rows import LONGEST, first_look
from crawler.archive.runs import RUNS, Accounts, Stock, count_runs, last_runs, read_runs
from crawler.archive.tables import LEDGER, on_error, open_ledger, remove_ledger
from crawler.archive.warc import WarcFiles, cut_torn_record, sha256
from crawler.archive.warc_reading import (
    FOLDER,
    Damage,
    NotARecord,
    StoredRecord,
    digest_agrees,
    parse_response,
    stored,
)
from crawler.archive.writer import Batches
from crawler.errors import ArchiveDamaged, ArchiveError, attempt
from crawler.items import Article, CaptureReference, Gone, Withheld
from crawler.newsrooms import Newsroom
from crawler.normalise.urls import identity
from crawler.timestamps import instant, is_ahead, seconds, stamp

# So long after the last run, a clock that leapt is likelier than a pause.
_YEARS: Final = dt.timedelta(days=2 * 365)


class Opening:
    """Makes the archive in *folder*, whose lock is held, *newsroom*'s, whole and consistent.

    What this costs does not grow with the archive, unless its ledger is lost.
    """

    def __init__(
        self,
        folder: Path,
        newsroom: Newsroom,
        *,
        operator: str,
        robots: str,
        trust_clock: bool,
        clock: Callable[[], dt.datetime],
    ) -> None:
        self.folder = folder
        self.newsroom = newsroom
        self.clock = clock
        self._now = now = clock()
        if not trust_clock:
            self._check_clock()
        self.is_new = not (folder / IDENTITY).exists()
        claim(folder, newsroom, stamp(now))
        self.repairs = self._remove_temporary()
        self._cut_lines()
        self.erasing = intent_of(folder) if (folder / INTENT).exists() else None
        """What a run that was killed was erasing."""

        ledger = open_ledger(folder, now, shrunk=self.erasing.files if self.erasing else ())
        self.repairs += ledger.said
        self.tables = ledger.tables
        with on_error(self.tables.close):
            add_withheld(folder, ledger.withheld)
            self._compress_again()
            self.warcs = WarcFiles(
                folder, newsroom.name, operator=operator, robots=robots, clock=clock
            )
            self._cut_warcs()
            self.erasure_recorded, lines = self._interrupted()
            self._leap()
            files = month_files(folder)
            name = files[-1].plain_name if files else ""
            size, _ = self.tables.files().get(name, (0, 0))
            self.found = Stock(lines=lines, file=name or None, bytes=size)

    def _check_clock(self) -> None:
        """Raise :exc:`ArchiveError` where lines were written later than now."""
        written = last_written(self.folder)
        if is_ahead(written, self._now):
            raise ArchiveError(
                f"{self.folder}: the clock says {stamp(self._now)}, and the last line was written "
                f"at {written}; nothing was done. Set the clock, or, where it is right, "
                "CLOCK_TRUSTED = True"
            )

    def _leap(self) -> None:
        """Say that the clock leapt ahead; let nothing of the future hide edits."""
        now = self._now
        if is_ahead(self.tables.meta("written_at"), now):
            self.tables.forget_after(stamp(now), seconds(now) + LONGEST)
        for run in last_runs(self.folder, 1):
            begin = instant(run.begin)
            if begin is not None and now - begin > _YEARS:
                said = f"The clock says {stamp(now)}, years after the last run, {run.begin}"
                self.repairs.append(said)

    def _interrupted(self) -> tuple[bool, int]:
        """Return whether a run's record says what was being erased, and how many lines there were.

        The ledger may not have heard of it: lines are counted.
        """
        intent = self.erasing
        if intent is None:
            return False, self.tables.lines
        recorded = any(
            intent.run <= run.id and Counter(intent.lines) <= Counter(run.erased)
            for run in read_runs(self.folder)
            if run.erased
        )
        try:
            there, mine = count_own(self.folder, intent.id)
        except ArchiveDamaged:  # said where the erasure goes on, and cannot
            return recorded, self.tables.lines
        self.tables.put_meta("lines", str(there))
        return recorded, there if recorded else there + sum(intent.lines.values()) - mine

    def _remove_temporary(self) -> list[str]:
        """Remove what was being written when a run was killed; it had not taken its place."""
        remove_ledger(self.folder / f"{LEDGER}.tmp")
        said = []
        for path in [*self.folder.glob("*.tmp"), *(self.folder / FOLDER).glob("*.tmp")]:
            path.unlink()
            said.append(f"{path.name}: removed, it was not finished")
        return said

    def _cut_lines(self) -> None:
        """Cut what follows the last newline of files of lines, and of the runs' records."""
        for file in month_files(self.folder):
            if not file.compressed and (cut := cut_torn_line(file.path)):
                end = file.path.stat().st_size
                said = f"{file.path.name}: cut {cut} bytes of a torn line at byte {end}"
                self.repairs.append(said)
        runs = self.folder / RUNS
        if runs.exists() and (cut := cut_torn_line(runs)):
            self.repairs.append(f"{RUNS}: cut {cut} bytes of a torn line")

    def _compress_again(self) -> None:
        """Finish what was killed after a month was compressed and before its plain file went."""
        known = self.tables.files()
        for month in month_files(self.folder):
            if not month.compressed and month.packed.exists():
                try:
                    compress(month, known.get(month.plain_name, (0, None))[1])
                    self.repairs.append(f"{month.path.name}: compressed again")
                except ArchiveDamaged as error:
                    self.repairs.append(str(error))

    def _cut_warcs(self) -> None:
        """Cut a torn record off the newest file, or begin another where it is damaged."""
        files = warc_files(self.folder, self.newsroom.name)
        if not files:
            return
        name = f"{FOLDER}/{files[-1].name}"
        tail = cut_torn_record(files[-1], self.tables.files().get(name))
        self.repairs += [tail.said] if tail.said else []
        self.warcs.known = (name, tail.crc)
        self.warcs.damaged = not tail.usable


# lines that are lost

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
        self._lacking = self.accounts.lacking(self._present)
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
        found = self.accounts.by_file(self.folder, self._present, self._lacking)
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
                )
                batches.add(line)
                batches.rows.change(line.url, partial(first_look, now=batches.now))
                runs[each.run] += 1
            batches.commit_files()
            made.update(runs)
            batches.commit_ledger()

    def _lines(self) -> Iterator[Article | Gone | Withheld]:
        for line in all_lines(self.folder):
            try:
                yield line.parse()
            except ArchiveDamaged:  # for verify to tell
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
        every = [*self.accounts.runs.values()]
        ends = [run.end or after.begin for run, after in pairwise(every)]
        ends += [run.end or "9" for run in every[-1:]]
        # What ingest copied was fetched long before, by somebody else.
        copied = next((run for run in runs if self.accounts.runs[run].command == "ingest"), None)
        for warc, record in stored(self.folder):
            reference = None if isinstance(record, Damage) else _reference(warc, record)
            if isinstance(record, Damage) or reference is None:
                continue
            at = reference.fetched_at
            of = [run.id for run, end in zip(every, ends, strict=True) if run.begin <= at <= end]
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
