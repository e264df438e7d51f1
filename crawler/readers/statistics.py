"""The numbers of an archive, for the report and for ``scrapy status``."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any, Final

import attrs

from crawler.coverage import COVERED
from crawler.lineformat import Line
from crawler.readers.lines import read_lines
from crawler.readers.tally import Known, Tally

# Minutes from publication to first capture, as steps that a reader knows.
LAG_STEPS: Final = (
    ("up to 15 minutes", 15),
    ("15 minutes – 1 hour", 60),
    ("1 – 6 hours", 6 * 60),
    ("6 – 24 hours", 24 * 60),
    ("1 – 7 days", 7 * 24 * 60),
)
LATER: Final = "more than 7 days"

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
class Statistics:
    """What is in an archive. Articles are those that are neither gone nor withheld.

    Months are ``YYYY-MM``; those of publication by the newsroom's own clock, all others UTC.
    """

    name: str
    articles: int
    undated: int
    """Articles without a publication."""

    stray: int
    """Articles dated years apart from all others, 1970 or 9999: they are in no month or gap."""

    first_day: dt.date | None
    last_day: dt.date | None
    by_month: Mapping[str, int]
    """Month of publication → articles, from the first to the last month, without a hole."""

    words: int
    from_rest: int
    """Articles whose newest line comes from the REST API alone."""

    edited: int
    """Articles of more than one revision."""

    revisions: int
    """Revisions beyond the first, of all articles that were ever found."""

    gone: int
    withheld: int
    edits_by_month: Mapping[str, int]
    """Month in which the archive noticed → revisions beyond the first."""

    gone_by_month: Mapping[str, int]
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

    lag_by_month: Mapping[str, float]
    """Month of publication → median of the minutes until the first capture."""

    coverage: Mapping[str, float]
    """Field → share of the articles that have it, 0 to 1."""

    coverage_by_month: Mapping[str, Mapping[str, float]]
    gaps: tuple[Gap, ...]
    """The longest, longest first."""


def statistics(folder: Path) -> Statistics:
    """Return the numbers of the archive in *folder*, in one pass over its lines.

    Memory grows with the number of articles, not with their text. Raises :exc:`ArchiveDamaged`.
    """
    return summarise(folder.name, read_lines(folder))


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
    tally = Tally()
    for line in lines:
        tally.add(line)
    shown = tally.shown()
    months = _credible(Counter(each.published.month for each in shown if each.published.month))
    dated = [each for each in shown if each.published.month in months]
    days = sorted({each.published.day for each in dated if each.published.day})
    return Statistics(
        name=name,
        articles=len(shown),
        undated=sum(1 for each in shown if each.published.month is None),
        stray=sum(1 for each in shown if each.published.month) - len(dated),
        first_day=days[0] if days else None,
        last_day=days[-1] if days else None,
        by_month={month: months[month] for month in month_range(months)},
        words=sum(each.words for each in shown),
        from_rest=sum(1 for each in shown if each.source == "rest"),
        edited=sum(1 for each in shown if each.edits),
        revisions=sum(tally.edits.values()),
        gone=tally.gone_now(),
        withheld=len(tally.withheld),
        edits_by_month=dict(sorted(tally.edits.items())),
        gone_by_month=dict(sorted(tally.gone.items())),
        categories=_ranked(name for each in shown for name in each.categories),
        authors=_ranked(name for each in shown for name in each.authors),
        places=_ranked(each.place for each in shown if each.place),
        provinces=_ranked(each.region.partition(".")[0] for each in shown if each.region),
        hours=_hours(shown),
        **_lags(shown, tally.began),
        coverage=_coverage(shown),
        coverage_by_month=_by_month(dated),
        gaps=_gaps(days),
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
    for each in shown:
        published, captured = each.published.utc, each.captured
        if published is None or captured is None or began is None or published < began:
            continue
        minutes = max(0.0, (captured - published).total_seconds() / 60)
        step = next((name for name, limit in LAG_STEPS if minutes <= limit), LATER)
        steps[step] += 1
        months[each.published.month or ""].append(minutes)
    medians = {month: median(minutes) for month, minutes in sorted(months.items())}
    return {"lags": steps, "lag_by_month": medians}


def _coverage(shown: list[Known]) -> dict[str, float]:
    if not shown:
        return {}
    return {
        name: sum(each.fields >> bit & 1 for each in shown) / len(shown)
        for bit, name in enumerate(COVERED)
    }


def _by_month(dated: Iterable[Known]) -> dict[str, dict[str, float]]:
    months: dict[str, list[Known]] = defaultdict(list)
    for each in dated:
        months[each.published.month or ""].append(each)
    return {month: _coverage(months[month]) for month in sorted(months)}


def _gaps(days: list[dt.date]) -> tuple[Gap, ...]:
    one = dt.timedelta(days=1)
    gaps = [
        Gap(before + one, after - one)
        for before, after in pairwise(days)
        if (after - before).days > _SHORTEST_GAP
    ]
    return tuple(sorted(gaps, key=lambda gap: (-gap.days, gap.first))[:_GAPS])
