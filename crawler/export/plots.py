"""The plots of the report: what an archive holds, and how well it is kept; each also as a table.

What is said of them stands in the template. Pictures are Altair's, as SVG without script. Colours
are the page's own variables, so that one picture serves light, dark and paper. What stands at a
mark becomes its ``<title>``, which browsers show when a pointer rests on it.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice, product
from pathlib import Path
from statistics import fmean, median
from typing import Any, Final, TypeAlias

import altair as alt
import attrs
import vl_convert
from lxml import etree

from crawler.archive import RunRecord
from crawler.archive.edit_kinds import KINDS
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

# Exit code -> tone and meaning; None is a run without an end.
_OUTCOMES: Final[Mapping[int | None, tuple[str, str]]] = {
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
    columns: Sequence[str] = ()  # heads of the table that depend on what there is
    picture: str = ""  # SVG, or empty
    bars: Sequence[tuple[str, str, float]] = ()
    """Where there is no picture: name, label, and how long, 0 to 1."""

    legend: Mapping[str, str] = attrs.field(factory=dict)  # what a colour means → the colour


class Plots:
    """Draws the numbers of an archive, in the words of one language."""

    def __init__(self, numbers: Statistics, words: Words) -> None:
        self.numbers = numbers
        self.words = words

    def months(self) -> Plot:
        counts, words = self.numbers.by_month, self.words
        rows = [self._mark(month, "", count, "article") for month, count in counts.items()]
        return Plot(
            picture=_draw_columns(rows, counts, self._named(counts), {"": "var(--accent)"}, words),
            rows=self._counted((words.month(month), count) for month, count in counts.items()),
        )

    def _mark(self, month: str, kind: str, count: int, what: str) -> dict[str, Any]:
        of = f"{self.words.month(month)}, {kind}" if kind else self.words.month(month)
        tip = f"{of}: {self.words.many(count, what)}"
        return {"at": month, "tone": kind, "value": count, "tip": tip}

    def _counted(self, rows: Iterable[tuple[str, int]]) -> Table:
        return [(name, self.words.number(count)) for name, count in rows]

    def _named(self, months: Iterable[str]) -> dict[str, str]:
        """As many of *months* as there is room for, with their names."""
        all_ = list(months)
        step = next((step for step in (1, 2, 3, 6) if len(all_) / step <= _NAMED), 12)
        named = [month for month in all_ if (int(month[5:]) - 1) % step == 0]
        whole = step == 12  # noqa: PLR2004 -- a year
        return {each: each[:4] if whole else self.words.month(each, "MMM yy") for each in named}

    def gaps(self) -> Plot:
        gaps = {self.words.span(gap.first, gap.last): gap.days for gap in self.numbers.gaps}
        labels = [self.words.many(days, "day") for days in gaps.values()]
        return Plot(bars=_bars(gaps, labels), rows=list(zip(gaps, labels, strict=True)))

    def ranking(self, counts: Mapping[str, int]) -> Plot:
        rows = self._counted(islice(counts.items(), _LISTED))
        return Plot(bars=_bars(counts, [label for _, label in rows[:TOP]]), rows=rows)

    def week(self) -> Plot:
        words, by_day = self.words, self.numbers.hours
        if not any(map(any, by_day)):
            return Plot(rows=())
        days = [words.weekday(day, short=True) for day in range(7)]
        marks = [
            {
                "name": days[day],
                "at": str(hour),
                "value": count,
                "tip": f"{words.weekday(day)} {words.hours(hour)}: {words.many(count, 'article')}",
            }
            for day, of_day in enumerate(by_day)
            for hour, count in enumerate(of_day)
        ]
        hours = [str(hour) for hour in range(24)]
        labels = {each: words.clock(int(each)) for each in hours[::4]}
        return Plot(
            picture=_draw_heat(marks, order=hours, labels=labels, beside=days),
            columns=days,
            rows=[
                (words.clock(hour), *map(words.number, of_hour))
                for hour, of_hour in enumerate(zip(*by_day, strict=True))
            ],
        )

    def busiest(self) -> tuple[int, int]:
        hours = self.numbers.hours
        return max(product(range(7), range(24)), key=lambda at: hours[at[0]][at[1]])

    def provinces(self) -> dict[str, int]:
        """Name → articles, for those that are on the map, most first."""
        found = self.numbers.provinces.items()
        return {PROVINCES[code].name: count for code, count in found if code in PROVINCES}

    def places(self) -> Plot:
        counts, words = self.provinces(), self.words
        tips = {
            code: f"{tile.name}: "
            f"{words.many(counts[tile.name], 'article') if tile.name in counts else words('none')}"
            for code, tile in PROVINCES.items()
        }
        table = [(words("{province} (province)", province=name), n) for name, n in counts.items()]
        return Plot(
            picture=_draw_tiles(self.numbers.provinces, tips) if counts else "",
            rows=self._counted([*table, *islice(self.numbers.places.items(), _PLACES)]),
        )

    def lags(self) -> Plot:
        words, total = self.words, sum(self.numbers.lags.values())
        if not total:
            return Plot(rows=())
        counts = {words(step): count for step, count in self.numbers.lags.items()}
        medians = [
            (words("median of {month}", month=words.month(month)), words.lasting(minutes))
            for month, minutes in self.numbers.lag_by_month.items()
        ]
        return Plot(
            bars=_bars(counts, [words.share(count / total) for count in counts.values()]),
            rows=[*self._counted(counts.items()), *medians],
        )

    def median_lag(self) -> str:
        return self.words.lasting(median(self.numbers.lag_by_month.values()))

    def edits(self, edits: Mapping[tuple[str, str], int]) -> Plot:
        """Month and kind → *edits*."""
        words = self.words
        months = list(month_range(month for month, _ in edits))
        there = {kind for _, kind in edits}
        kinds: dict[str, str] = {kind: words(kind) for kind in KINDS if kind in there}
        marks = [self._mark(month, kinds[kind], n, "edit") for (month, kind), n in edits.items()]
        tones = {name: f"var(--kind-{kind})" for kind, name in kinds.items()}
        return Plot(
            picture=_draw_columns(marks, months, self._named(months), tones, words),
            legend=tones,
            columns=list(kinds.values()),
            rows=[
                (words.month(month), *(words.number(edits.get((month, kind), 0)) for kind in kinds))
                for month in months
            ],
        )

    def coverage(self) -> Plot:
        share, coverage = self.words.share, self.numbers.coverage
        names = [name for name, filled in coverage.items() if filled]
        by_period = _periods(self.numbers.coverage_by_month)
        marks = [
            {"at": period, "name": name, "value": shares[name],
             "tip": f"{name}, {period}: {share(shares[name])}"}
            for period, shares in by_period.items()
            for name in names
        ]  # fmt: skip
        order = list(by_period)
        labels = {each: each for each in order[:: max(1, round(len(order) / 6))]}
        last = order[-6:]
        return Plot(
            picture=_draw_heat(marks, order=order, labels=labels, beside=names, share=True)
            if marks
            else "",
            columns=last,
            rows=[
                (name, *map(share, (filled, *(by_period[at][name] for at in last))))
                for name, filled in coverage.items()
            ],
        )

    def runs(self, runs: Sequence[RunRecord]) -> Plot:
        words = self.words
        if not runs:
            return Plot(rows=())
        latest = max(map(_begin, runs))
        days = min(max((latest - min(map(_begin, runs))).days + 1, _LEAST_DAYS), RECENT)
        order = [(latest - dt.timedelta(each)).isoformat() for each in reversed(range(days))]
        labels = {
            day: words.day(dt.date.fromisoformat(day), "d MMM") for day in order[:: -(days // 5)]
        }
        tones = {words(said): f"var(--{tone})" for tone, said in _TONES.items()}
        ended = Counter((_begin(run), words(_TONES[_ending(run)[0]])) for run in recent(runs))
        marks = [
            {"at": day.isoformat(), "value": count, "tone": said,
             "tip": f"{words.day(day)}: {words.many(count, 'run')}, {said}"}
            for (day, said), count in sorted(ended.items())
        ]  # fmt: skip
        return Plot(
            picture=_draw_columns(marks, order, labels, tones, words),
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
    return _OUTCOMES.get(run.exit_code, ("bad", "unknown"))


Rows: TypeAlias = Sequence[Mapping[str, Any]]

_WIDTH: Final = 470
"""Pixels across a picture; its text is legible at half of it and at one and a half."""

_BAND: Final = alt.ExprRef("min(bandwidth('x'), 44)")  # two months are not two walls


@attrs.frozen
class Province:
    """A tile of the map: columns from west to east, rows from north to south."""

    name: str
    letters: str  # as in ISO 3166-2:ID
    column: int
    row: int


_MAP: Final = Path(__file__).with_name("provinces.toml").read_text(encoding="utf-8")
PROVINCES: Final = {code: Province(*tile) for code, tile in tomllib.loads(_MAP).items()}
"""Kemendagri code → tile."""


def _draw_columns(
    rows: Rows,
    order: Iterable[str],
    labels: Mapping[str, str],
    tones: Mapping[str, str],
    words: Words,
) -> str:
    """Upright bars at *order*, of which some have *labels*; rows have ``tone``, too, of *tones*.

    Bars of one place stand on each other in the order of *tones*, name of a tone → its colour.
    """
    if not rows:
        return ""
    totals = Counter[str]()
    for row in rows:
        totals[row["at"]] += row["value"]
    ticks = _ticks(max(totals.values(), default=0) or 1)
    names = list(tones)
    beside = _axis({str(tick): words.number(tick) for tick in ticks})
    beside.values, beside.domain = ticks, False
    scale = alt.Scale(domain=names, range=list(tones.values()))
    return _draw(
        _chart([{**row, "rank": names.index(row["tone"])} for row in rows])
        .mark_bar(width=_BAND)
        .encode(
            x=_across(order, labels, 0.2),
            y=alt.Y("value:Q", title=None, axis=beside),
            color=alt.Color("tone:N", legend=None, scale=scale),
            order=alt.Order("rank:Q"),
        )
        .properties(width=_WIDTH, height=150)
    )


def _draw_heat(
    rows: Rows,
    *,
    order: Sequence[str],
    labels: Mapping[str, str],
    beside: Sequence[str],
    share: bool = False,
) -> str:
    """Cells that are fuller the more there is; with *share* a value of 1 is full, else the largest."""
    full = alt.Scale(domain=[0, 1], range=[0.06, 1]) if share else _root(0.05)
    return _draw(
        _chart(rows)
        .mark_rect(color="var(--accent)")
        .encode(
            x=_across(order, labels, 0.08),
            y=alt.Y("name:N", title=None, sort=list(beside), scale=alt.Scale(paddingInner=0.12),
                    axis=alt.Axis(ticks=False, labelPadding=6)),
            fillOpacity=alt.FillOpacity("value:Q", legend=None, scale=full),
        )
        .properties(width=_WIDTH, height=alt.Step(16)))  # fmt: skip


def _draw_tiles(counts: Mapping[str, int], tips: Mapping[str, str]) -> str:
    """The provinces as tiles: code → *counts*, of some, and *tips*, of all."""
    values = [
        attrs.asdict(tile) | {"value": counts.get(code, 0), "tip": tips[code]}
        for code, tile in PROVINCES.items()
    ]
    place = _chart(values).encode(
        x=alt.X("column:O", axis=None, scale=alt.Scale(paddingInner=0.07, domain=list(range(16)))),
        y=alt.Y("row:O", axis=None, scale=alt.Scale(paddingInner=0.07)),
    )
    full = (
        place.transform_filter("datum.value > 0")
        .mark_rect(color="var(--accent)", cornerRadius=3)
        .encode(fillOpacity=alt.FillOpacity("value:Q", legend=None, scale=_root(0.18)))
    )
    dark = f"datum.value > {0.4 * max(counts.values(), default=1)}"
    letters = place.mark_text(fontSize=12, fontWeight=600).encode(
        text="letters:N",
        color=alt.condition(dark, alt.value("var(--page)"), alt.value("var(--ink)")),
        opacity=alt.condition("datum.value > 0", alt.value(1), alt.value(0.55)),
    )
    step = alt.Step(_WIDTH / 16.2)
    empty = place.mark_rect(color="var(--tile)", cornerRadius=3)
    return _draw((empty + full + letters).properties(width=step, height=step))


def _chart(rows: Rows) -> alt.Chart:
    data = alt.InlineData(values=[dict(row) for row in rows])
    return alt.Chart(data).encode(description=alt.Description("tip:N"))


def _across(order: Iterable[str], labels: Mapping[str, str], padding: float) -> alt.X:
    all_ = list(order)
    scale = alt.Scale(domain=all_, paddingInner=padding)
    return alt.X("at:O", title=None, sort=all_, axis=_axis(labels), scale=scale)


def _axis(labels: Mapping[str, str]) -> alt.Axis:
    return alt.Axis(
        values=list(labels), labelExpr=f"{json.dumps(labels)}[datum.value]", labelAngle=0,
        labelOverlap="greedy", labelSeparation=6, ticks=False, labelPadding=6,
    )  # fmt: skip


def _ticks(most: float) -> list[int]:
    """Whole numbers in round steps up to *most*, about five of them."""
    rough = max(most / 5, 1)
    magnitude = 10 ** int(math.log10(rough))
    step = next(each * magnitude for each in (1, 2, 5, 10) if each * magnitude >= rough)
    return list(range(0, math.floor(most) + 1, step))


def _root(least: float) -> alt.Scale:
    """Strength by amount. The root keeps small amounts visible beside large ones."""
    return alt.Scale(type="sqrt", range=[least, 1], domainMin=0)


def _draw(chart: Any) -> str:
    """Return the Altair *chart* as SVG that becomes as wide as there is room."""
    drawn = (
        chart.configure(background="transparent", font="sans-serif", padding=2)
        .configure_view(stroke=None)
        .configure_axis(
            labelColor="var(--soft)", labelFontSize=12, gridColor="var(--line)",
            domainColor="var(--faint)", tickColor="var(--faint)",
        )
    )  # fmt: skip
    specification = drawn.to_dict()
    if isinstance(specification.get("width"), int):
        specification["autosize"] = {"type": "fit-x", "contains": "padding"}
    return _plain(vl_convert.vegalite_to_svg(specification))


# What Vega writes for scripts and screen readers; the page has a table beside each picture.
_UNWANTED: Final = (
    "role", "aria-label", "aria-roledescription", "aria-hidden", "pointer-events", "cursor",
)  # fmt: skip
_MARKS: Final = ("bar", "rect mark", "text mark", "mark")
_LONG_NUMBER: Final = re.compile(r"(\d\.\d\d)\d+")
"""Its last digits no screen shows."""


def _plain(svg: str) -> str:
    """Return *svg* without what only scripts need; descriptions of marks as ``<title>``."""
    root = etree.fromstring(svg.encode(), etree.XMLParser(resolve_entities=False))
    for element in list(root.iter()):
        kind = etree.QName(element).localname
        # The second is a label that found no room.
        if (kind == "path" and element.get("class") in ("background", "foreground")) or (
            kind == "text" and element.get("opacity") == "0"
        ):
            element.getparent().remove(element)
            continue
        label = element.get("aria-label")
        if label and element.get("aria-roledescription") in _MARKS:
            etree.SubElement(element, f"{{{root.nsmap[None]}}}title").text = label
        for name, value in element.items():
            if name in _UNWANTED:
                del element.attrib[name]
            else:
                element.set(name, _LONG_NUMBER.sub(r"\1", str(value)))
    for name in ("class", "version", "width", "height"):
        root.attrib.pop(name, "")
    root.set("aria-hidden", "true")
    etree.cleanup_namespaces(root)
    return etree.tostring(root, encoding="unicode")
