"""The numbers of an archive, for the report and for ``scrapy status``.

They come from one pass over its lines; what is missing and why comes from the ledger. How often a
field is filled is the first thing that a change of theme shows.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from itertools import pairwise
from pathlib import Path
from statistics import median
from sys import intern
from typing import Any, Final

import attrs

from crawler.archive import AddressRow, Holder, Ledger, RunRecord, last_runs, lock_holder
from crawler.archive.ledger import CountedArticles
from crawler.archive.reading import read_lines
from crawler.codec import Line
from crawler.errors import ArchiveError
from crawler.items import COVERED, Article, Gone, Withheld, fields_filled
from crawler.timestamps import Moment

WINDOW: Final = 50  # article lines that are looked at
_ENOUGH: Final = 20  # fewer lines than this allow no verdict


def field_coverage(articles: Sequence[Article]) -> dict[str, float]:
    """Return field of :data:`COVERED` → share of *articles* that have it; empty without any."""
    return _coverage(Counter(map(fields_filled, articles)))


def shortfalls(articles: Sequence[Article], floors: Mapping[str, float]) -> list[str]:
    """Return, in words, the fields below their floor; none where too few lines are there to tell."""
    shares = field_coverage(articles) if len(articles) >= _ENOUGH else {}
    return [
        f"{name}: filled in {shares[name]:.0%} of the last {len(articles)} articles, want {floor:.0%}"
        for name, floor in floors.items()
        if name in shares and shares[name] < floor
    ]


def _coverage(filled: Counter[int]) -> dict[str, float]:
    """Return the shares of the fields; *filled*: bits of :func:`crawler.items.fields_filled` → articles."""
    total = filled.total()
    if not total:
        return {}
    return {
        name: sum(count for bits, count in filled.items() if bits >> bit & 1) / total
        for bit, name in enumerate(COVERED)
    }


@attrs.define
class _Known:
    """An article, as far as numbers need it; moments are UTC."""

    state: str = "article"  # or gone, or withheld
    revision: int = 0
    captured: dt.datetime | None = None  # first of all
    edited: dt.datetime | None = None  # first seen
    published: Moment = attrs.Factory(Moment)
    words: int = 0
    source: str = "page"
    categories: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    place: str | None = None
    region: str | None = None
    filled: int = 0  # which of COVERED, a bit each

    def take(self, line: Line) -> None:
        if isinstance(line, Withheld) or self.state == "withheld":
            self.state = "withheld"
            return
        if isinstance(line, Gone):
            self.state, self.revision = "gone", line.revision
            return
        captured = [at for each in line.captures if (at := Moment.of(each.fetched_at).utc)]
        self.captured = min([self.captured, *captured] if self.captured else captured, default=None)
        if line.revision < self.revision:
            return  # read again, after it was edited or gone
        if line.revision > max(self.revision, 1):
            self.edited = self.edited or Moment.of(line.written_at).utc
        self.revision, self.state = line.revision, "article"
        self.published = Moment.of(line.published_at)
        self.words, self.source = line.word_count, line.source
        # Names that many articles have are held in memory once.
        self.categories = tuple(map(intern, line.categories))
        self.authors = tuple(map(intern, line.authors))
        self.place = intern(line.dateline.place) if line.dateline and line.dateline.place else None
        self.region = line.dateline.region if line.dateline else None
        self.filled = fields_filled(line)

    @property
    def counted(self) -> CountedArticles:
        day = self.published.day.isoformat() if self.published.day else None
        return CountedArticles(
            state=self.state,
            month=self.published.month,
            filled=self.filled,
            source=self.source,
            edited=self.edited is not None,
            count=1,
            first=day,
            last=day,
        )


# Minutes from publication to first capture, as steps that a reader knows.
_STEPS: Final = {
    "up to 15 minutes": 15,
    "15 minutes – 1 hour": 60,
    "1 – 6 hours": 6 * 60,
    "6 – 24 hours": 24 * 60,
    "1 – 7 days": 7 * 24 * 60,
    "more than 7 days": math.inf,
}
_EDITED_WITHIN: Final = {"hour": 60, "day": 24 * 60, "week": 7 * 24 * 60}
_GAPS: Final = 10
_YEARS_APART: Final = 24  # months without an article, after which dates are not to be believed
_SHORTEST_GAP: Final = 2  # days without an article


@attrs.frozen
class Gap:
    """Days in a row on which nothing was published, between the first article and the last."""

    first: dt.date
    last: dt.date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


@attrs.frozen(kw_only=True)
class Counts:
    """What the ledger, too, can tell at once. Articles are those neither gone nor withheld."""

    articles: int
    undated: int
    stray: int  # dated years apart from all others, 1970 or 9999: they are in no month or gap
    first_day: dt.date | None
    last_day: dt.date | None
    by_month: Mapping[str, int]  # ``YYYY-MM`` by the newsroom's own clock, without a hole
    from_rest: int  # articles whose newest line comes from the REST API alone
    edited: int  # articles of more than one revision
    gone: int
    withheld: int
    coverage: Mapping[str, float]  # field → share of the articles that have it, 0 to 1


@attrs.frozen(kw_only=True)
class Statistics(Counts):
    """What is in an archive, from its lines; names → articles are sorted, most first."""

    name: str
    words: int
    categories: Mapping[str, int]
    authors: Mapping[str, int]
    places: Mapping[str, int]
    provinces: Mapping[str, int]  # by Kemendagri code
    hours: Sequence[Sequence[int]]  # articles by weekday, Monday first, and hour of publication
    # Of articles that were published when the archive had begun: a backfill says nothing about it.
    lags: Mapping[str, int]  # step from publication to first capture → articles
    edited_within: Mapping[str, float]  # hour, day, week → share whose first edit was seen so soon
    lag_by_month: Mapping[str, float]  # of publication → median of the minutes until the capture
    coverage_by_month: Mapping[str, Mapping[str, float]]
    gaps: tuple[Gap, ...]  # the longest, longest first


def statistics(folder: Path) -> Statistics:
    """Return the numbers of the archive in *folder*, in one pass over its lines.

    Memory grows with the number of articles, not with their text. Raises :exc:`ArchiveDamaged`.
    """
    return summarise(folder.name, read_lines(folder))


def counts(rows: Iterable[CountedArticles]) -> Counts:
    """Return the numbers of *rows*, all that a ledger counts."""
    states, months, filled = Counter[str](), Counter[str](), Counter[int]()
    shown = []
    for each in rows:
        states[each.state] += each.count
        if each.state == "article":
            shown.append(each)
            filled[each.filled] += each.count
            if each.month:
                months[each.month] += each.count
    credible = _credible(months)
    stated = {day for each in shown if each.month in credible for day in (each.first, each.last)}
    days = sorted(
        dt.date.fromisoformat(day) for day in stated if day and len(day) == len("YYYY-MM-DD")
    )
    return Counts(
        articles=states["article"],
        undated=states["article"] - months.total(),
        stray=months.total() - credible.total(),
        first_day=days[0] if days else None,
        last_day=days[-1] if days else None,
        by_month={month: credible[month] for month in month_range(credible)},
        from_rest=sum(each.count for each in shown if each.source == "rest"),
        edited=sum(each.count for each in shown if each.edited),
        gone=states["gone"],
        withheld=states["withheld"],
        coverage=_coverage(filled),
    )


def disk(folder: Path) -> dict[str, int]:
    """Return the bytes that the archive in *folder* takes, by kind; all kinds are there."""
    sizes = {"articles": 0, "captures": 0, "ledger": 0, "other": 0}
    beginnings = {"articles-": "articles", "warc": "captures", "state.sqlite": "ledger"}
    for path in folder.rglob("*"):
        top = path.relative_to(folder).parts[0]
        kind = next((beginnings[each] for each in beginnings if top.startswith(each)), "other")
        with suppress(FileNotFoundError):  # a run may take a file away meanwhile
            sizes[kind] += path.stat().st_size if path.is_file() else 0
    return sizes


def summarise(name: str, lines: Iterable[Line]) -> Statistics:
    """Return the numbers of *lines*, all lines of an archive in the order written."""
    articles: dict[str, _Known] = defaultdict(_Known)
    began: dt.datetime | None = None
    for line in lines:
        began = began or Moment.of(line.written_at).utc
        articles[line.id].take(line)
    shown = [each for each in articles.values() if each.state == "article"]
    alike = Counter(each.counted for each in articles.values())
    found = counts(attrs.evolve(row, count=count) for row, count in alike.items())
    dated = [each for each in shown if each.published.month in found.by_month]
    filled: dict[str, Counter[int]] = defaultdict(Counter)
    for each in dated:
        filled[each.published.month or ""][each.filled] += 1
    local = Counter(
        (moment.weekday(), moment.hour) for each in shown if (moment := each.published.local)
    )
    return Statistics(
        **attrs.asdict(found, recurse=False),
        name=name,
        words=sum(each.words for each in shown),
        categories=_ranked(name for each in shown for name in each.categories),
        authors=_ranked(name for each in shown for name in each.authors),
        places=_ranked(each.place for each in shown if each.place),
        provinces=_ranked(each.region.partition(".")[0] for each in shown if each.region),
        hours=[[local[day, hour] for hour in range(24)] for day in range(7)],
        **_lags(shown, began),
        coverage_by_month={month: _coverage(filled[month]) for month in sorted(filled)},
        gaps=_gaps(sorted({each.published.day for each in dated if each.published.day})),
    )


def _credible(months: Counter[str]) -> Counter[str]:
    """Return the months of the block that has most articles, of blocks that lie years apart."""
    blocks: list[Counter[str]] = []
    before = -math.inf
    for month in sorted(months):
        if _number(month) - before > _YEARS_APART:
            blocks.append(Counter())
        blocks[-1][month] = months[month]
        before = _number(month)
    return max(blocks, key=Counter.total, default=Counter())


def _number(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:]) - 1


def month_range(months: Iterable[str]) -> Iterator[str]:
    """Yield all months from the first of *months* to the last, without a hole."""
    numbers = [_number(month) for month in months]
    for number in range(min(numbers, default=0), max(numbers, default=-1) + 1):
        yield f"{number // 12:04}-{number % 12 + 1:02}"


def _ranked(names: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(names).items(), key=lambda each: (-each[1], each[0])))


def _lags(shown: Iterable[_Known], began: dt.datetime | None) -> dict[str, Any]:
    """The fields of :class:`Statistics` that need the moment when the archive *began*."""
    steps = dict.fromkeys(_STEPS, 0)
    months: dict[str, list[float]] = defaultdict(list)
    edited: list[float] = []
    for each in shown:
        published, captured = each.published.utc, each.captured
        if published is None or captured is None or began is None or published < began:
            continue
        minutes = max(0.0, (captured - published).total_seconds() / 60)
        steps[next(step for step, limit in _STEPS.items() if minutes <= limit)] += 1
        months[each.published.month or ""].append(minutes)
        if each.edited:
            edited.append((each.edited - published).total_seconds() / 60)
    total = sum(steps.values()) or 1
    return {
        "lags": steps,
        "lag_by_month": {month: median(found) for month, found in sorted(months.items())},
        "edited_within": {
            name: sum(minutes <= limit for minutes in edited) / total
            for name, limit in _EDITED_WITHIN.items()
        },
    }


def _gaps(days: list[dt.date]) -> tuple[Gap, ...]:
    one = dt.timedelta(days=1)
    gaps = [
        Gap(before + one, after - one)
        for before, after in pairwise(days)
        if (after - before).days > _SHORTEST_GAP
    ]
    return tuple(sorted(gaps, key=lambda gap: (-gap.days, gap.first))[:_GAPS])


_NEVER: Final = "no run has come to the end of what the newsroom lists"
_RUNS: Final = 10
_MOST: Final = 1000


@attrs.frozen(kw_only=True)
class Missing:
    """An address that a door lists and that is not archived."""

    url: str
    reason: str  # waiting (not fetched yet), failed 3 times: http_503, protected, robots …
    month: str | None  # YYYY-MM of publication, where a door states it

    @classmethod
    def of(cls, look: AddressRow) -> Missing:
        waits = look.state == "waiting"
        reason = "waiting" if waits else look.reason or look.state
        if look.failures and not waits:
            times = "once" if look.failures == 1 else f"{look.failures} times"
            reason = f"failed {times}: {look.reason}"
        return cls(url=look.url, reason=reason, month=(look.published or "")[:7] or None)


@attrs.frozen(kw_only=True)
class Status:
    """An archive at a glance."""

    name: str
    statistics: Counts
    disk: Mapping[str, int]
    runs: tuple[RunRecord, ...]  # the last ones, oldest first
    holder: Holder | None  # who writes just now
    listed: Mapping[str, int]  # door → articles it counts, as of *audited_at*
    audited_at: str | None
    missing: tuple[Missing, ...]  # listed and not archived, and why; refusals included
    unknown: tuple[str, ...]  # why more may be missing: what each door lists, where none lists all
    note: str | None  # why something above is not known


def status(folder: Path) -> Status:
    """Return what there is to say of the archive in *folder*, also while a run writes it.

    From the ledger, at a cost of some seconds for a million articles; where it cannot be used, what
    is there is counted from the lines.
    """
    audit: Mapping[str, Any] = {}
    missing: dict[str, Missing] = {}
    note = None
    try:
        with closing(Ledger.read_only(folder)) as ledger:
            audit = ledger.door("audit")
            failed = (each for each in ledger.troubles(_MOST) if each.article is None)
            for look in (*ledger.waiting(_MOST), *failed, *ledger.refused(_MOST)):
                missing[look.url] = Missing.of(look)
            numbers = counts(ledger.counted())
    except ArchiveError as error:
        note = f"{error}; what is missing is known again after the next run"
        numbers = statistics(folder)
    return Status(
        name=folder.name,
        statistics=numbers,
        disk=disk(folder),
        runs=tuple(last_runs(folder, _RUNS)),
        holder=lock_holder(folder),
        listed=audit.get("totals", {}),
        audited_at=audit.get("at"),
        missing=tuple(missing.values()),
        unknown=tuple(audit.get("unknown", [] if audit else [_NEVER])),
        note=note,
    )


def as_json(status: Status) -> dict[str, Any]:
    def plain(_: object, __: object, value: Any) -> Any:
        return value.isoformat() if isinstance(value, dt.date) else value

    return attrs.asdict(status, value_serializer=plain)
