"""The plots of the report: what an archive holds, and how well it is kept; each also as a table.

What is said of them stands in the template.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from statistics import fmean, median
from typing import Any, Final

import attrs

from crawler.archive import RunRecord
from crawler.archive.edit_kinds import KINDS
from crawler.export import charts
from crawler.export.charts import PROVINCES, Axis
from crawler.export.statistics import Statistics, month_range
from crawler.export.wording import Words, clean
from crawler.timestamps import Moment

TOP: Final = 12  # bars that a phone shows without scrolling
RECENT: Final = 60  # days of runs that are drawn
_LISTED: Final = 50  # rows of the table beside them
_PLACES: Final = 20
_LEAST_DAYS: Final = 14  # so that the first day is not a wall
_RUNS: Final = 15  # runs that are listed
_MONTHS: Final = 30  # more months than this, and coverage is by year
_NAMED: Final = 7  # months that have their names below
_ACCENT: Final = {"": "var(--accent)"}

# Exit code -> tone and meaning; None is a run without an end.
OUTCOMES: Final[Mapping[int | None, tuple[str, str]]] = {
    0: ("good", "all well"),
    4: ("warn", "some articles not fetched or not read"),
    3: ("warn", "something is wrong with the newsroom"),
    75: ("warn", "another run held the archive"),
    1: ("bad", "failed or interrupted"),
    2: ("bad", "wrong arguments or settings"),
    None: ("bad", "no end: killed, or still running"),
}
_TONES: Final = {"good": "all well", "warn": "something to look at", "bad": "failed"}

Table = Sequence[Sequence[str]]


@attrs.frozen(kw_only=True)
class Plot:
    """One picture of the report, and the same as a table."""

    rows: Table
    columns: Sequence[str] = ()
    """Heads of the table that depend on what there is."""

    picture: str = ""
    """SVG, or empty."""

    bars: Sequence[tuple[str, str, float]] = ()
    """Where there is no picture: name, label, and how long, 0 to 1."""

    legend: Mapping[str, str] = attrs.field(factory=dict)
    """What a colour means → the colour."""


class Plots:
    """Draws the numbers of an archive, in the words of one language."""

    def __init__(self, numbers: Statistics, words: Words) -> None:
        self.numbers = numbers
        self.words = words

    def months(self) -> Plot:
        """Articles by month of publication."""
        counts = self.numbers.by_month
        rows = [self._mark(month, "", count, "article") for month, count in counts.items()]
        return Plot(
            picture=self._columns(rows, self._month_axis(counts), _ACCENT),
            rows=self._counted((self.words.month(month), count) for month, count in counts.items()),
        )

    def _mark(self, month: str, kind: str, count: int, what: str) -> dict[str, Any]:
        of = f"{self.words.month(month)}, {kind}" if kind else self.words.month(month)
        tip = f"{of}: {self.words.many(count, what)}"
        return {"at": month, "tone": kind, "value": count, "tip": tip}

    def _columns(self, rows: charts.Rows, below: Axis, tones: Mapping[str, str]) -> str:
        if not rows:
            return ""
        return charts.columns(rows, below=below, number=self.words.number, tones=tones)

    def _counted(self, rows: Iterable[tuple[str, int]]) -> Table:
        return [(name, self.words.number(count)) for name, count in rows]

    def _month_axis(self, months: Iterable[str]) -> Axis:
        """Months, of which as many have their name below as there is room for."""
        all_ = list(months)
        step = next((step for step in (1, 2, 3, 6) if len(all_) / step <= _NAMED), 12)
        named = [month for month in all_ if (int(month[5:]) - 1) % step == 0]
        short = self.words.month_short
        return Axis(
            order=all_,
            labels={month: month[:4] if step == 12 else short(month) for month in named},  # noqa: PLR2004
        )

    def gaps(self) -> Plot:
        """Days in a row without an article."""
        gaps = {self.words.span(gap.first, gap.last): gap.days for gap in self.numbers.gaps}
        labels = [self.words.many(days, "day") for days in gaps.values()]
        return Plot(bars=_bars(gaps, labels), rows=list(zip(gaps, labels, strict=True)))

    def ranking(self, counts: Mapping[str, int]) -> Plot:
        """What has most articles."""
        rows = self._counted(islice(counts.items(), _LISTED))
        return Plot(bars=_bars(counts, [label for _, label in rows[:TOP]]), rows=rows)

    def week(self) -> Plot:
        """Articles by weekday and hour."""
        words = self.words
        days = [words.weekday(day, short=True) for day in range(7)]
        marks = [
            {
                "name": days[day],
                "at": str(hour),
                "value": count,
                "tip": f"{words.weekday(day)} {words.hours(hour)}: {words.many(count, 'article')}",
            }
            for day, of_day in enumerate(self.numbers.hours)
            for hour, count in enumerate(of_day)
        ]
        if not any(map(any, self.numbers.hours)):
            return Plot(rows=())
        hours = [str(hour) for hour in range(24)]
        below = Axis(order=hours, labels={each: words.clock(int(each)) for each in hours[::4]})
        return Plot(
            picture=charts.heat(marks, below=below, beside=days),
            columns=days,
            rows=[
                (words.clock(hour), *(words.number(of_day[hour]) for of_day in self.numbers.hours))
                for hour in range(24)
            ],
        )

    def busiest(self) -> tuple[int, int]:
        """Weekday and hour with most articles."""
        return max(
            ((day, hour) for day in range(7) for hour in range(24)),
            key=lambda at: self.numbers.hours[at[0]][at[1]],
        )

    def provinces(self) -> dict[str, int]:
        """Name → articles, for those that are on the map, most first."""
        found = self.numbers.provinces.items()
        return {PROVINCES[code].name: count for code, count in found if code in PROVINCES}

    def places(self) -> Plot:
        """The provinces and places of datelines."""
        names = {tile.name: code for code, tile in PROVINCES.items()}
        counts = self.provinces()
        tips = [f"{name}: {self.words.many(n, 'article')}" for name, n in counts.items()]
        marks = [
            {"code": names[name], "value": n, "tip": tip}
            for (name, n), tip in zip(counts.items(), tips, strict=True)
        ]
        table = [
            (self.words("{province} (province)", province=name), n) for name, n in counts.items()
        ]
        return Plot(
            picture=charts.tiles(marks, none=self.words("none")) if marks else "",
            rows=self._counted([*table, *islice(self.numbers.places.items(), _PLACES)]),
        )

    def lags(self) -> Plot:
        """From publication to the first capture."""
        words, total = self.words, sum(self.numbers.lags.values())
        if not total:
            return Plot(rows=())
        counts = {words(step): count for step, count in self.numbers.lags.items()}
        rows = [(step, words.number(count)) for step, count in counts.items()]
        rows += [
            (words("median of {month}", month=words.month(month)), words.lasting(minutes))
            for month, minutes in self.numbers.lag_by_month.items()
        ]
        return Plot(
            bars=_bars(counts, [words.share(count / total) for count in counts.values()]), rows=rows
        )

    def median_lag(self) -> str:
        return self.words.lasting(median(self.numbers.lag_by_month.values()))

    def edits(self, edits: Mapping[tuple[str, str], int]) -> Plot:
        """Month and kind → *edits*."""
        words = self.words
        months = list(month_range(month for month, _ in edits))
        kinds: dict[str, str] = {
            kind: words(kind) for kind in KINDS if kind in {each for _, each in edits}
        }
        marks = [self._mark(month, kinds[kind], n, "edit") for (month, kind), n in edits.items()]
        tones = {name: f"var(--kind-{kind})" for kind, name in kinds.items()}
        return Plot(
            picture=self._columns(marks, self._month_axis(months), tones),
            legend=tones,
            columns=list(kinds.values()),
            rows=[
                (words.month(month), *(words.number(edits.get((month, kind), 0)) for kind in kinds))
                for month in months
            ],
        )

    def coverage(self) -> Plot:
        """How often fields are filled."""
        words, coverage = self.words, self.numbers.coverage
        names = [name for name, share in coverage.items() if share]
        by_period = _periods(self.numbers.coverage_by_month)
        marks = [
            {"at": period, "name": name, "value": shares[name],
             "tip": f"{name}, {period}: {words.share(shares[name])}"}
            for period, shares in by_period.items()
            for name in names
        ]  # fmt: skip
        periods = list(by_period)
        below = Axis(
            order=periods,
            labels={each: each for each in periods[:: max(1, round(len(periods) / 6))]},
        )
        return Plot(
            picture=charts.heat(marks, below=below, beside=names, share=True) if marks else "",
            columns=periods[-6:],
            rows=[
                (name, *map(words.share, (share, *(by_period[at][name] for at in periods[-6:]))))
                for name, share in coverage.items()
            ],
        )

    def runs(self, runs: Sequence[RunRecord]) -> Plot:
        """How runs ended, by day."""
        words = self.words
        if not runs:
            return Plot(rows=())
        latest = max(_begin(run) for run in runs)
        days = min(max((latest - min(map(_begin, runs))).days + 1, _LEAST_DAYS), RECENT)
        order = [(latest - dt.timedelta(each)).isoformat() for each in reversed(range(days))]
        tones = {words(said): f"var(--{tone})" for tone, said in _TONES.items()}
        ended = Counter((_begin(run), words(_TONES[_ending(run)[0]])) for run in recent(runs))
        marks = [
            {"at": day.isoformat(), "value": count, "tone": said,
             "tip": f"{words.day(day)}: {words.many(count, 'run')}, {said}"}
            for (day, said), count in sorted(ended.items())
        ]  # fmt: skip
        named = {day: words.day_short(day) for day in order[:: -(days // 5)]}
        return Plot(
            picture=self._columns(marks, Axis(order=order, labels=named), tones),
            legend=tones,
            rows=[
                (
                    words.when(run.begin),
                    *map(words.number, (run.new, run.changed, run.gone, run.failed)),
                    words.size(run.bytes),
                    "; ".join([self.outcome(run), *map(clean, run.notes)]),
                )
                for run in reversed(runs[-_RUNS:])
            ],
        )

    def outcome(self, run: RunRecord) -> str:
        """How *run* ended."""
        said = self.words(_ending(run)[1])
        if run.exit_code in (0, None):
            return said
        return self.words("{outcome} (exit code {code})", outcome=said, code=run.exit_code)


def recent(runs: Sequence[RunRecord]) -> list[RunRecord]:
    """Return the *runs* of the days up to the last that are drawn."""
    latest = max(map(_begin, runs))
    return [run for run in runs if (latest - _begin(run)).days < RECENT]


def _bars(counts: Mapping[str, float], labels: Sequence[str]) -> list[tuple[str, str, float]]:
    most = max(counts.values(), default=0) or 1
    bars = zip(counts.items(), labels, strict=False)
    return [(name, label, count / most) for (name, count), label in bars]


def _periods(months: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float]]:
    """Coverage by month, or by year where there are many months: the mean of its months."""
    length = len("2024-05") if len(months) <= _MONTHS else len("2024")
    together: dict[str, list[Mapping[str, float]]] = defaultdict(list)
    for month, coverage in months.items():
        together[month[:length]].append(coverage)
    return {
        period: {name: fmean(each[name] for each in parts) for name in parts[0]}
        for period, parts in together.items()
    }


def _begin(run: RunRecord) -> dt.date:
    return Moment.of(run.begin).day or dt.date.min


def _ending(run: RunRecord) -> tuple[str, str]:
    return OUTCOMES.get(run.exit_code, ("bad", "unknown"))
