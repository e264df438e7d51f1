"""The numbers of an archive, for the report and for ``scrapy status``.

They come from one pass over its lines; what is missing and why comes from the ledger. How often a
field is filled is the first thing that a change of theme shows.
"""

from __future__ import annotations

import datetime as dt
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

WINDOW: Final = 50
"""Article lines that are looked at."""

ENOUGH: Final = 20
"""Fewer lines than this allow no verdict."""


@attrs.frozen
class Shortfall:
    """A field that is filled less often than it should be."""

    field: str
    share: float
    floor: float
    lines: int

    def __str__(self) -> str:
        return (
            f"{self.field}: filled in {self.share:.0%} of the last {self.lines} articles, "
            f"want {self.floor:.0%}"
        )


def field_coverage(articles: Sequence[Article]) -> dict[str, float]:
    """Return field of :data:`COVERED` → share of *articles* that have it; empty without any."""
    if not articles:
        return {}
    return {
        name: sum(1 for each in articles if getattr(each, name)) / len(articles) for name in COVERED
    }


def shortfalls(articles: Sequence[Article], floors: Mapping[str, float]) -> list[Shortfall]:
    """Return the fields below their floor; none where there are too few lines to tell."""
    if len(articles) < ENOUGH:
        return []
    shares = field_coverage(articles)
    return [
        Shortfall(name, shares[name], floor, len(articles))
        for name, floor in floors.items()
        if name in shares and shares[name] < floor
    ]


@attrs.define
class Known:
    """An article, as far as numbers need it."""

    state: str = "article"
    """Or ``gone``, or ``withheld``."""

    revision: int = 0
    captured: dt.datetime | None = None
    """First capture of all, UTC."""

    edited: dt.datetime | None = None
    """When the first edit was seen, UTC."""

    published: Moment = attrs.Factory(Moment)
    words: int = 0
    source: str = "page"
    categories: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    place: str | None = None
    region: str | None = None
    fields: int = 0
    """Which of :data:`COVERED` are filled, a bit each."""

    def take(self, line: Article) -> None:
        """Take in what the next *line* says."""
        captured = [at for each in line.captures if (at := Moment.of(each.fetched_at).utc)]
        self.captured = min([self.captured, *captured] if self.captured else captured, default=None)
        if line.revision < self.revision:
            return  # read again, after it was edited or gone
        if line.revision > max(self.revision, 1):
            self.edited = self.edited or Moment.of(line.written_at).utc
        self.revision, self.state = line.revision, "article"
        self.published = Moment.of(line.published_at)
        self.words, self.source = line.word_count, line.source
        self.categories, self.authors = _shared(*line.categories), _shared(*line.authors)
        place = line.dateline.place if line.dateline else None
        self.place = intern(place) if place else None
        self.region = line.dateline.region if line.dateline else None
        self.fields = fields_filled(line)

    @property
    def counted(self) -> CountedArticles:
        day = self.published.day.isoformat() if self.published.day else None
        return CountedArticles(
            state=self.state,
            month=self.published.month,
            filled=self.fields,
            source=self.source,
            edited=self.edited is not None,
            count=1,
            first=day,
            last=day,
        )


def _shared(*names: str) -> tuple[str, ...]:
    """Names that many articles have, held in memory once."""
    return tuple(map(intern, names))


# Minutes from publication to first capture, as steps that a reader knows.
LAG_STEPS: Final = (
    ("up to 15 minutes", 15),
    ("15 minutes – 1 hour", 60),
    ("1 – 6 hours", 6 * 60),
    ("6 – 24 hours", 24 * 60),
    ("1 – 7 days", 7 * 24 * 60),
)
LATER: Final = "more than 7 days"

EDITED_WITHIN: Final = {"hour": 60, "day": 24 * 60, "week": 7 * 24 * 60}
"""Minutes from publication to the first edit."""

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
    """Articles without a publication."""

    stray: int
    """Articles dated years apart from all others, 1970 or 9999: they are in no month or gap."""

    first_day: dt.date | None
    last_day: dt.date | None
    by_month: Mapping[str, int]
    """Month of publication (``YYYY-MM``, by the newsroom's own clock) → articles, from the first to
    the last month, without a hole."""

    from_rest: int
    """Articles whose newest line comes from the REST API alone."""

    edited: int
    """Articles of more than one revision."""

    gone: int
    withheld: int
    coverage: Mapping[str, float]
    """Field → share of the articles that have it, 0 to 1."""


@attrs.frozen(kw_only=True)
class Statistics(Counts):
    """What is in an archive, from its lines. Months but those of publication are UTC."""

    name: str
    words: int
    categories: Mapping[str, int]
    """Name → articles, most first; so are the next two."""

    authors: Mapping[str, int]
    places: Mapping[str, int]
    """Place of the dateline → articles."""

    provinces: Mapping[str, int]
    """Kemendagri code of the province of the dateline → articles."""

    hours: tuple[tuple[int, ...], ...]
    """Articles by weekday, Monday first, and hour of publication."""

    lags: Mapping[str, int]
    """Step of :data:`LAG_STEPS`, or :data:`LATER` → articles first captured within it.

    Of articles that were published when the archive had begun: a backfill says nothing about it.
    """

    edited_within: Mapping[str, float]
    """Time since publication → share of the same articles whose first edit was seen within it."""

    lag_by_month: Mapping[str, float]
    """Month of publication → median of the minutes until the first capture."""

    coverage_by_month: Mapping[str, Mapping[str, float]]
    gaps: tuple[Gap, ...]
    """The longest, longest first."""


def statistics(folder: Path) -> Statistics:
    """Return the numbers of the archive in *folder*, in one pass over its lines.

    Memory grows with the number of articles, not with their text. Raises :exc:`ArchiveDamaged`.
    """
    return summarise(folder.name, read_lines(folder))


def counts(rows: Iterable[CountedArticles]) -> Counts:
    """Return the numbers of *rows*, all that a ledger counts."""
    rows = list(rows)
    shown = [each for each in rows if each.state == "article"]
    months: Counter[str] = Counter()
    filled: Counter[int] = Counter()
    for each in shown:
        filled[each.filled] += each.count
        if each.month:
            months[each.month] += each.count
    credible = _credible(months)
    total = filled.total()
    days = [
        day
        for each in shown
        if each.month in credible
        for day in (each.first, each.last)
        if day and len(day) == len("YYYY-MM-DD")
    ]
    return Counts(
        articles=total,
        undated=total - months.total(),
        stray=months.total() - credible.total(),
        first_day=dt.date.fromisoformat(min(days)) if days else None,
        last_day=dt.date.fromisoformat(max(days)) if days else None,
        by_month={month: credible[month] for month in month_range(credible)},
        from_rest=sum(each.count for each in shown if each.source == "rest"),
        edited=sum(each.count for each in shown if each.edited),
        gone=sum(each.count for each in rows if each.state == "gone"),
        withheld=sum(each.count for each in rows if each.state == "withheld"),
        coverage=_coverage(filled),
    )


def disk(folder: Path) -> dict[str, int]:
    """Return the bytes that the archive in *folder* takes, by kind; all kinds are there."""
    sizes = {"articles": 0, "captures": 0, "ledger": 0, "other": 0}
    for path in folder.rglob("*"):
        with suppress(FileNotFoundError):  # a run may take a file away meanwhile
            if path.is_file():
                sizes[_kind(path.relative_to(folder))] += path.stat().st_size
    return sizes


def _kind(path: Path) -> str:
    if path.name.startswith("articles-"):
        return "articles"
    if path.parts[0] == "warc":
        return "captures"
    return "ledger" if path.name.startswith("state.sqlite") else "other"


def summarise(name: str, lines: Iterable[Line]) -> Statistics:
    """Return the numbers of *lines*, all lines of an archive in the order written."""
    articles: dict[str, Known] = defaultdict(Known)
    began: dt.datetime | None = None
    for line in lines:
        began = began or Moment.of(line.written_at).utc
        known = articles[line.id]
        if isinstance(line, Withheld) or known.state == "withheld":
            known.state = "withheld"
        elif isinstance(line, Gone):
            known.state, known.revision = "gone", line.revision
        else:
            known.take(line)
    shown = [each for each in articles.values() if each.state == "article"]
    alike = Counter(each.counted for each in articles.values())
    found = counts(attrs.evolve(row, count=count) for row, count in alike.items())
    dated = [each for each in shown if each.published.month in found.by_month]
    return Statistics(
        **attrs.asdict(found, recurse=False),
        name=name,
        words=sum(each.words for each in shown),
        categories=_ranked(name for each in shown for name in each.categories),
        authors=_ranked(name for each in shown for name in each.authors),
        places=_ranked(each.place for each in shown if each.place),
        provinces=_ranked(each.region.partition(".")[0] for each in shown if each.region),
        hours=_hours(shown),
        **_lags(shown, began),
        coverage_by_month=_by_month(dated),
        gaps=_gaps(sorted({each.published.day for each in dated if each.published.day})),
    )


def _credible(months: Counter[str]) -> Counter[str]:
    """Return the months of the block that has most articles, of blocks that lie years apart."""
    blocks: list[Counter[str]] = []
    before = -_YEARS_APART
    for month in sorted(months):
        number = _number(month)
        if number - before > _YEARS_APART or not blocks:
            blocks.append(Counter())
        blocks[-1][month] = months[month]
        before = number
    return max(blocks, key=Counter.total, default=Counter())


def _number(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:]) - 1


def _ranked(names: Iterable[str]) -> dict[str, int]:
    counts = Counter(names)
    return dict(sorted(counts.items(), key=lambda each: (-each[1], each[0])))


def month_range(months: Iterable[str]) -> Iterator[str]:
    """Yield all months from the first of *months* to the last, without a hole."""
    numbers = [_number(month) for month in months]
    for number in range(min(numbers, default=0), max(numbers, default=-1) + 1):
        yield f"{number // 12:04}-{number % 12 + 1:02}"


def _hours(shown: Iterable[Known]) -> tuple[tuple[int, ...], ...]:
    counts: Counter[tuple[int, int]] = Counter()
    for each in shown:
        local = each.published.local
        if local is not None:
            counts[local.weekday(), local.hour] += 1
    return tuple(tuple(counts[day, hour] for hour in range(24)) for day in range(7))


def _lags(shown: Iterable[Known], began: dt.datetime | None) -> dict[str, Any]:
    """The fields of :class:`Statistics` that need the moment when the archive *began*."""
    steps = dict.fromkeys([name for name, _ in LAG_STEPS] + [LATER], 0)
    months: dict[str, list[float]] = defaultdict(list)
    edited: list[float] = []
    for each in shown:
        published, captured = each.published.utc, each.captured
        if published is None or captured is None or began is None or published < began:
            continue
        minutes = max(0.0, (captured - published).total_seconds() / 60)
        step = next((name for name, limit in LAG_STEPS if minutes <= limit), LATER)
        steps[step] += 1
        months[each.published.month or ""].append(minutes)
        if each.edited:
            edited.append((each.edited - published).total_seconds() / 60)
    total = sum(steps.values()) or 1
    return {
        "lags": steps,
        "lag_by_month": {month: median(found) for month, found in sorted(months.items())},
        "edited_within": {
            name: sum(minutes <= limit for minutes in edited) / total
            for name, limit in EDITED_WITHIN.items()
        },
    }


def _coverage(filled: Counter[int]) -> dict[str, float]:
    """Return the shares of the fields; *filled*: bits of :func:`crawler.items.fields_filled` → articles."""
    total = filled.total()
    if not total:
        return {}
    return {
        name: sum(count for bits, count in filled.items() if bits >> bit & 1) / total
        for bit, name in enumerate(COVERED)
    }


def _by_month(dated: Iterable[Known]) -> dict[str, dict[str, float]]:
    months: dict[str, Counter[int]] = defaultdict(Counter)
    for each in dated:
        months[each.published.month or ""][each.fields] += 1
    return {month: _coverage(months[month]) for month in sorted(months)}


def _gaps(days: list[dt.date]) -> tuple[Gap, ...]:
    one = dt.timedelta(days=1)
    gaps = [
        Gap(before + one, after - one)
        for before, after in pairwise(days)
        if (after - before).days > _SHORTEST_GAP
    ]
    return tuple(sorted(gaps, key=lambda gap: (-gap.days, gap.first))[:_GAPS])


AUDIT: Final = "audit"
NEVER: Final = "no run has come to the end of what the newsroom lists"
LAST_RUNS: Final = 10
MOST_TROUBLES: Final = 1000


@attrs.frozen(kw_only=True)
class Missing:
    """An address that a door lists and that is not archived."""

    url: str
    reason: str
    """``waiting`` (not fetched yet), ``failed 3 times: http_503``, ``protected``, ``robots`` …"""

    month: str | None
    """``YYYY-MM`` of publication, where a door states it."""


@attrs.frozen(kw_only=True)
class Status:
    """An archive at a glance."""

    name: str
    statistics: Counts
    disk: Mapping[str, int]
    runs: tuple[RunRecord, ...]
    """The last ones, oldest first."""

    holder: Holder | None
    """Who writes just now."""

    listed: Mapping[str, int]
    """Door → articles it counts, as of :attr:`audited_at`."""

    audited_at: str | None
    missing: tuple[Missing, ...]
    """Listed and not archived, and why; refusals included."""

    unknown: tuple[str, ...]
    """Why more may be missing than is known: what each door lists, where none lists all."""

    note: str | None = None
    """Why something above is not known."""


def status(folder: Path) -> Status:
    """Return what there is to say of the archive in *folder*, also while a run writes it.

    From the ledger, at a cost of some seconds for a million articles; where it cannot be used, what
    is there is counted from the lines.
    """
    audit: Mapping[str, Any] = {}
    missing: tuple[Missing, ...] = ()
    note = None
    try:
        ledger = Ledger.read_only(folder)
        with closing(ledger):
            audit = ledger.door(AUDIT)
            missing = tuple(_missing(ledger))
            numbers = counts(ledger.counted())
    except ArchiveError as error:
        note = f"{error}; what is missing is known again after the next run"
        numbers = statistics(folder)
    return Status(
        name=folder.name,
        statistics=numbers,
        disk=disk(folder),
        runs=tuple(last_runs(folder, LAST_RUNS)),
        holder=lock_holder(folder),
        listed=audit.get("totals", {}),
        audited_at=audit.get("at"),
        missing=missing,
        unknown=tuple(audit.get("unknown", [] if audit else [NEVER])),
        note=note,
    )


def reasons(missing: tuple[Missing, ...]) -> dict[str, int]:
    """Return reason → how many, most first; numbers of tries are left out."""
    counts = Counter(each.reason.partition(" ")[0] for each in missing)
    return dict(counts.most_common())


def as_json(status: Status) -> dict[str, Any]:
    """Return *status* as JSON values."""
    return attrs.asdict(status, value_serializer=_plain)


def _plain(_: Any, __: Any, value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _missing(ledger: Ledger) -> list[Missing]:
    looks = [
        *ledger.waiting(MOST_TROUBLES),
        *(each for each in ledger.troubles(MOST_TROUBLES) if each.article is None),
        *ledger.refused(MOST_TROUBLES),
    ]
    unique = {look.url: look for look in looks}
    return [
        Missing(url=look.url, reason=_reason(look), month=(look.published or "")[:7] or None)
        for look in unique.values()
    ]


def _reason(look: AddressRow) -> str:
    if look.state == "waiting":
        return "waiting"
    if look.failures:
        times = "once" if look.failures == 1 else f"{look.failures} times"
        return f"failed {times}: {look.reason}"
    return look.reason or look.state
