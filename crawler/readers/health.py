"""How well an archive is kept, as plots: lag, edits and deletions, coverage and runs."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from statistics import fmean, median
from typing import Any, Final

from crawler.archive import RunRecord
from crawler.readers import charts
from crawler.readers.figures import Plot, drawn
from crawler.readers.moments import moment
from crawler.readers.statistics import Statistics, month_range
from crawler.readers.words import clean, lasting, many, month_name, size

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

_DAYS: Final = 60  # days of runs that are drawn
_LEAST_DAYS: Final = 14  # so that the first day is not a wall
_RUNS: Final = 15  # runs that are listed
_MONTHS: Final = 30  # more months than this, and coverage is by year


def health_plots(numbers: Statistics, runs: Sequence[RunRecord]) -> list[Plot]:
    """Return the plots of how the archive is kept; those with nothing to show are left out."""
    made = [_lags(numbers), _changes(numbers), _coverage(numbers), _runs(runs)]
    return [plot for plot in made if plot.rows]


def _lags(numbers: Statistics) -> Plot:
    total = sum(numbers.lags.values())
    rows = [
        {
            "name": step,
            "value": count,
            "label": f"{count / total:.0%}",
            "tip": f"{step}: {many(count, 'article')}",
        }
        for step, count in numbers.lags.items()
        if total
    ]
    table = [(str(row["name"]), f"{row['value']:,}") for row in rows]
    table += [
        (f"median of {month_name(month)}", lasting(minutes))
        for month, minutes in numbers.lag_by_month.items()
    ]
    lede = ""
    if total:
        lede = (
            f"From publication to the first capture, for {many(total, 'article')} that came out "
            f"while the archive ran. The monthly median is "
            f"{lasting(median(numbers.lag_by_month.values()))}."
        )
    return Plot(
        key="lag",
        title="How soon articles are archived",
        lede=lede,
        **drawn(charts.bars, rows),
        head=("Captured after", "Articles"),
        rows=tuple(table),
    )


def _changes(numbers: Statistics) -> Plot:
    rows: list[dict[str, Any]] = []
    for month in month_range([*numbers.edits_by_month, *numbers.gone_by_month]):
        up, down = numbers.edits_by_month.get(month, 0), numbers.gone_by_month.get(month, 0)
        rows.append(
            {
                "month": month,
                "up": up,
                "down": down,
                "up_tip": f"{month_name(month)}: {many(up, 'edit')}",
                "down_tip": f"{month_name(month)}: {many(down, 'deletion')}",
            }
        )
    return Plot(
        key="changes",
        title="Edits and deletions",
        lede=(
            f"Up: {many(numbers.revisions, 'edit')} of articles that were archived before. Down: "
            f"{many(sum(numbers.gone_by_month.values()), 'article')} taken down by the newsroom. "
            "By the month in which the archive noticed."
        ),
        **drawn(charts.mirrored, rows),
        head=("Month", "Edits", "Deletions"),
        rows=tuple(
            (month_name(row["month"]), f"{row['up']:,}", f"{row['down']:,}") for row in rows
        ),
    )


def _coverage(numbers: Statistics) -> Plot:
    names = [name for name, share in numbers.coverage.items() if share]
    by_period = _periods(numbers.coverage_by_month)
    rows = [
        {
            "period": period,
            "name": name,
            "value": coverage[name],
            "tip": f"{name}, {period}: {coverage[name]:.0%}",
        }
        for period, coverage in by_period.items()
        for name in names
    ]
    never = [name for name, share in numbers.coverage.items() if not share]
    lede = (
        "The share of articles in which a field is filled, by time of publication: full colour is "
        "all of them. A field that fades at once means that the theme of the site has changed."
    )
    if never:
        lede += f" Never filled: {', '.join(never)}."
    return Plot(
        key="coverage",
        title="Field coverage",
        lede=lede,
        **drawn(charts.shares, rows, names=names, periods=list(by_period)),
        head=("Field", "All", *list(by_period)[-6:]),
        rows=tuple(
            (
                name,
                f"{share:.0%}",
                *(f"{coverage[name]:.0%}" for coverage in list(by_period.values())[-6:]),
            )
            for name, share in numbers.coverage.items()
        ),
    )


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


def _runs(runs: Sequence[RunRecord]) -> Plot:
    latest = max((_begin(run).date() for run in runs), default=dt.date.max)
    first = min((_begin(run).date() for run in runs), default=latest)
    shown = min(max((latest - first).days + 1, _LEAST_DAYS), _DAYS)
    recent = [run for run in runs if (latest - _begin(run).date()).days < _DAYS]
    lede = ""
    if runs:
        well = sum(1 for run in recent if run.exit_code == 0) / len(recent)
        lede = (
            f"{many(len(recent), 'run')} in the {_DAYS} days up to the last, {well:.0%} without a "
            f"problem. The last began {_begin(runs[-1]):%-d %B %Y, %H:%M} UTC: "
            f"{_outcome(runs[-1])}."
        )
    return Plot(
        key="runs",
        title="Runs",
        lede=lede,
        **drawn(
            charts.stacked_days,
            _by_day(recent),
            days=[(latest - dt.timedelta(each)).isoformat() for each in reversed(range(shown))],
        ),
        head=("Begin (UTC)", "New", "Changed", "Gone", "Failed", "Received", "Outcome"),
        rows=tuple(
            (
                f"{_begin(run):%Y-%m-%d %H:%M}",
                f"{run.new:,}",
                f"{run.changed:,}",
                f"{run.gone:,}",
                f"{run.failed:,}",
                size(run.bytes),
                "; ".join([_outcome(run), *map(clean, run.notes)]),
            )
            for run in reversed(runs[-_RUNS:])
        ),
    )


def _by_day(runs: Sequence[RunRecord]) -> list[dict[str, Any]]:
    """How many of *runs* began on a day, by how they ended."""
    days = Counter(
        (_begin(run).date(), OUTCOMES.get(run.exit_code, ("bad", ""))[0]) for run in runs
    )
    return [
        {
            "day": day.isoformat(),
            "value": count,
            "tone": tone,
            "rank": list(charts.TONES).index(tone),
            "tip": f"{day.day} {day:%B}: {many(count, 'run')}, {_TONE_WORDS[tone]}",
        }
        for (day, tone), count in sorted(days.items())
    ]


_TONE_WORDS: Final = {"good": "all well", "warn": "something to look at", "bad": "failed"}


def _begin(run: RunRecord) -> dt.datetime:
    return moment(run.begin).utc or dt.datetime.min.replace(tzinfo=dt.UTC)


def _outcome(run: RunRecord) -> str:
    words = OUTCOMES.get(run.exit_code, ("bad", "unknown"))[1]
    return words if run.exit_code in (0, None) else f"{words} (exit code {run.exit_code})"
