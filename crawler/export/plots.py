"""The plots of the report: what an archive holds, and how well it is kept; each also as a table."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from statistics import fmean, median
from typing import Any, Final

import attrs

from crawler.archive import RunRecord
from crawler.export import charts
from crawler.export.charts import PROVINCES
from crawler.export.statistics import (
    Statistics,
    clean,
    lasting,
    many,
    month_name,
    month_range,
    size,
    span,
)
from crawler.timestamps import Moment

WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_TOP: Final = 12  # bars that a phone shows without scrolling
_LISTED: Final = 50  # rows of the table beside them
_PLACES: Final = 20


@attrs.frozen(kw_only=True)
class Plot:
    """One picture of the report."""

    key: str
    title: str
    lede: str
    """What it shows, in a sentence or two, with the numbers that matter."""

    wide: str = ""
    """SVG for screens and paper; empty, as is ``narrow``, where there is nothing to draw."""

    narrow: str = ""
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    """The same as a table."""


def drawn(draw: Callable[..., str], rows: charts.Rows, **more: Any) -> dict[str, str]:
    """Return the pictures of *rows* as fields of a :class:`Plot`."""
    if not rows:
        return {}
    return {
        "wide": draw(rows, width=charts.WIDE, **more),
        "narrow": draw(rows, width=charts.NARROW, **more),
    }


def content_plots(numbers: Statistics) -> list[Plot]:
    """Return the plots of what is in the archive; those with nothing to show are left out."""
    made = [_months(numbers), _gaps(numbers), _categories(numbers), _authors(numbers)]
    made += [_week(numbers), _map(numbers)]
    return [plot for plot in made if plot.rows]


def _months(numbers: Statistics) -> Plot:
    months = numbers.by_month
    rows = [
        {"month": month, "value": count, "tip": f"{month_name(month)}: {many(count, 'article')}"}
        for month, count in months.items()
    ]
    lede = ""
    if months:
        most = max(months, key=lambda month: (months[month], month))
        average = sum(months.values()) / len(months)
        lede = f"{average:,.0f} a month on average, most in {month_name(most)} ({months[most]:,})."
    left = numbers.undated + numbers.stray
    if left:
        lede += f" Not counted here: {many(left, 'article')} without a credible date."
    return Plot(
        key="months",
        title="Articles per month",
        lede=lede,
        **drawn(charts.columns, rows),
        head=("Month", "Articles"),
        rows=tuple((month_name(month), f"{count:,}") for month, count in months.items()),
    )


def _gaps(numbers: Statistics) -> Plot:
    rows = [
        {
            "name": span(gap.first, gap.last),
            "value": gap.days,
            "label": many(gap.days, "day"),
            "tip": f"Nothing on {span(gap.first, gap.last)}: {many(gap.days, 'day')}",
        }
        for gap in numbers.gaps
    ]
    return Plot(
        key="gaps",
        title="Largest gaps",
        lede=(
            "Days in a row without an article. Either the newsroom paused, or the archive missed "
            "something."
        ),
        **drawn(charts.bars, rows, tone="var(--second)"),
        head=("Without an article", "Length"),
        rows=tuple((str(row["name"]), str(row["label"])) for row in rows),
    )


def _categories(numbers: Statistics) -> Plot:
    counts = numbers.categories
    lede = f"{many(len(counts), 'category', 'categories')}; an article can stand in several."
    return _ranking("categories", "Articles per category", "Category", counts, lede)


def _authors(numbers: Statistics) -> Plot:
    counts = numbers.authors
    lede = f"{many(len(counts), 'author')}, as the site shows them."
    if counts:
        first, most = next(iter(counts.items()))
        lede += f" {clean(first)} signs {most / numbers.articles:.0%} of the articles."
    return _ranking("authors", "Articles per author", "Author", counts, lede)


def _ranking(key: str, title: str, head: str, counts: Mapping[str, int], lede: str) -> Plot:
    rows = [
        {
            # Two names can look alike once they are cut; bars of one name would be one bar.
            "name": clean(name) + "\u200b" * place,
            "value": count,
            "label": f"{count:,}",
            "tip": f"{clean(name)}: {many(count, 'article')}",
        }
        for place, (name, count) in enumerate(list(counts.items())[:_TOP])
    ]
    if len(counts) > _TOP:
        lede += f" Shown are the {_TOP} largest."
    return Plot(
        key=key,
        title=title,
        lede=lede,
        **drawn(charts.bars, rows),
        head=(head, "Articles"),
        rows=tuple((clean(name), f"{count:,}") for name, count in list(counts.items())[:_LISTED]),
    )


def _week(numbers: Statistics) -> Plot:
    rows = [
        {
            "day": WEEKDAYS[day][:3],
            "hour": hour,
            "value": count,
            "tip": f"{WEEKDAYS[day]} {hour:02}:00–{hour:02}:59: {many(count, 'article')}",
        }
        for day, hours in enumerate(numbers.hours)
        for hour, count in enumerate(hours)
    ]
    total = sum(map(sum, numbers.hours))
    lede = ""
    if total:
        day, hour = max(
            ((day, hour) for day in range(7) for hour in range(24)),
            key=lambda at: numbers.hours[at[0]][at[1]],
        )
        weekend = sum(map(sum, numbers.hours[5:])) / total
        lede = (
            f"When articles appear, by the newsroom's own clock: most on {WEEKDAYS[day]} from "
            f"{hour:02}:00 to {hour:02}:59; {weekend:.0%} on Saturday and Sunday."
        )
    return Plot(
        key="week",
        title="Hours of the week",
        lede=lede,
        **drawn(charts.week, rows if total else []),
        head=("Hour", *(day[:3] for day in WEEKDAYS)),
        rows=tuple(
            (f"{hour:02}:00", *(f"{hours[hour]:,}" for hours in numbers.hours))
            for hour in range(24 if total else 0)
        ),
    )


def _map(numbers: Statistics) -> Plot:
    counts = {code: count for code, count in numbers.provinces.items() if code in PROVINCES}
    rows = [
        {
            "code": code,
            "value": count,
            "tip": f"{PROVINCES[code].name}: {many(count, 'article')}",
        }
        for code, count in counts.items()
    ]
    lede = "No dateline names a place whose province is certain."
    if counts:
        first = next(iter(counts))
        lede = (
            f"{many(sum(counts.values()), 'article')} whose dateline names a place of one province "
            f"only, from {many(len(counts), 'province')}; {PROVINCES[first].name} has "
            f"{counts[first]:,}. Letters as in ISO 3166-2:ID."
        )
    table = [(f"{PROVINCES[code].name} (province)", f"{count:,}") for code, count in counts.items()]
    table += [(clean(name), f"{count:,}") for name, count in list(numbers.places.items())[:_PLACES]]
    return Plot(
        key="places",
        title="Where the news is",
        lede=lede,
        **drawn(charts.tiles, rows),
        head=("Place of the dateline", "Articles"),
        rows=tuple(table),
    )


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
    return Moment.of(run.begin).utc or dt.datetime.min.replace(tzinfo=dt.UTC)


def _outcome(run: RunRecord) -> str:
    words = OUTCOMES.get(run.exit_code, ("bad", "unknown"))[1]
    return words if run.exit_code in (0, None) else f"{words} (exit code {run.exit_code})"
