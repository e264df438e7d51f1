"""What an archive holds, as plots: months, gaps, categories, hours, places and authors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import attrs

from crawler.readers import charts
from crawler.readers.provinces import PROVINCES
from crawler.readers.statistics import Statistics
from crawler.readers.words import clean, many, month_name, span

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
