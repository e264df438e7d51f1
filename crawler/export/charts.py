"""The pictures of the report, the map of the provinces among them: Altair's, as SVG without script.

Colours are the page's own variables, so that one picture serves light, dark and paper. What stands
at a mark becomes its ``<title>``, which browsers show when a pointer rests on it.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

import altair as alt
import attrs
import vl_convert
from lxml import etree

_SVG: Final = "{http://www.w3.org/2000/svg}"

# What Vega writes for scripts and screen readers; the page has a table beside each picture.
_UNWANTED: Final = (
    "role", "aria-label", "aria-roledescription", "aria-hidden", "pointer-events", "cursor",
)  # fmt: skip
_MARKS: Final = ("bar", "rect mark", "text mark", "mark")

# Digits that no screen shows.
_LONG_NUMBER: Final = re.compile(r"(\d\.\d\d)\d+")


def _draw(chart: Any, width: int) -> str:
    """Return the Altair *chart* as SVG; in the wide one is what its marks say."""
    drawn = (
        chart.configure(background="transparent", font="sans-serif", padding=2)
        .configure_view(stroke=None)
        .configure_axis(
            labelColor="var(--soft)", labelFontSize=11, gridColor="var(--line)",
            domainColor="var(--faint)", tickColor="var(--faint)",
        )
    )  # fmt: skip
    specification = drawn.to_dict()
    if isinstance(specification.get("width"), int):
        specification["autosize"] = {"type": "fit-x", "contains": "padding"}
    return _plain(vl_convert.vegalite_to_svg(specification), titles=width == WIDE)


def _plain(svg: str, *, titles: bool) -> str:
    """Return *svg* without what only scripts need; with *titles*, descriptions as ``<title>``."""
    root = etree.fromstring(svg.encode(), etree.XMLParser(resolve_entities=False))
    for element in list(root.iter()):
        label = element.get("aria-label")
        mark = element.get("aria-roledescription") in _MARKS
        for name in _UNWANTED:
            if name in element.attrib:
                del element.attrib[name]
        for name, value in element.items():
            element.set(name, _LONG_NUMBER.sub(r"\1", str(value)))
        if label and mark and titles:
            title = etree.SubElement(element, f"{_SVG}title")
            title.text = label
        if element.tag == f"{_SVG}path" and element.get("class") in ("background", "foreground"):
            element.getparent().remove(element)
        elif element.tag == f"{_SVG}text" and element.get("opacity") == "0":
            element.getparent().remove(element)  # a label that found no room
    for name in ("class", "version"):
        if name in root.attrib:
            del root.attrib[name]
    root.set("aria-hidden", "true")
    etree.cleanup_namespaces(root)
    return etree.tostring(root, encoding="unicode")


@attrs.frozen
class Province:
    """A tile of the map."""

    name: str
    letters: str
    """Its letters in ISO 3166-2:ID."""

    column: int
    row: int


# Kemendagri code -> tile; column from west to east, row from north to south. All are of one size,
# about where they lie: a map to scale would show Papua and hide Jakarta.
PROVINCES: Final = {
    "11": Province("Aceh", "AC", 0, 0),
    "12": Province("Sumatera Utara", "SU", 1, 1),
    "13": Province("Sumatera Barat", "SB", 1, 2),
    "14": Province("Riau", "RI", 2, 2),
    "15": Province("Jambi", "JA", 2, 3),
    "16": Province("Sumatera Selatan", "SS", 2, 4),
    "17": Province("Bengkulu", "BE", 1, 3),
    "18": Province("Lampung", "LA", 2, 5),
    "19": Province("Kepulauan Bangka Belitung", "BB", 3, 3),
    "21": Province("Kepulauan Riau", "KR", 3, 1),
    "31": Province("DKI Jakarta", "JK", 4, 5),
    "32": Province("Jawa Barat", "JB", 4, 6),
    "33": Province("Jawa Tengah", "JT", 5, 6),
    "34": Province("Daerah Istimewa Yogyakarta", "YO", 5, 7),
    "35": Province("Jawa Timur", "JI", 6, 6),
    "36": Province("Banten", "BT", 3, 6),
    "51": Province("Bali", "BA", 7, 6),
    "52": Province("Nusa Tenggara Barat", "NB", 8, 6),
    "53": Province("Nusa Tenggara Timur", "NT", 9, 6),
    "61": Province("Kalimantan Barat", "KB", 5, 2),
    "62": Province("Kalimantan Tengah", "KT", 6, 2),
    "63": Province("Kalimantan Selatan", "KS", 6, 3),
    "64": Province("Kalimantan Timur", "KI", 7, 2),
    "65": Province("Kalimantan Utara", "KU", 7, 1),
    "71": Province("Sulawesi Utara", "SA", 10, 2),
    "72": Province("Sulawesi Tengah", "ST", 9, 3),
    "73": Province("Sulawesi Selatan", "SN", 8, 4),
    "74": Province("Sulawesi Tenggara", "SG", 9, 4),
    "75": Province("Gorontalo", "GO", 9, 2),
    "76": Province("Sulawesi Barat", "SR", 8, 3),
    "81": Province("Maluku", "MA", 11, 4),
    "82": Province("Maluku Utara", "MU", 11, 3),
    "91": Province("Papua", "PA", 15, 2),
    "92": Province("Papua Barat", "PB", 13, 2),
    "93": Province("Papua Selatan", "PS", 15, 4),
    "94": Province("Papua Tengah", "PT", 14, 3),
    "95": Province("Papua Pegunungan", "PE", 15, 3),
    "96": Province("Papua Barat Daya", "PD", 12, 2),
}

Rows: TypeAlias = Sequence[Mapping[str, Any]]

WIDE: Final = 680
"""Pixels across a picture for screens and paper."""

NARROW: Final = 340
"""Pixels across a picture for a phone; the page makes it as wide as there is room."""

_BAND: Final = alt.ExprRef("min(bandwidth('x'), 44)")  # two months are not two walls
TONES: Final = {"good": "var(--good)", "warn": "var(--warn)", "bad": "var(--bad)"}


def columns(rows: Rows, *, width: int) -> str:
    """Upright bars over months; *rows* have ``month`` (``2024-05``), ``value`` and ``tip``."""
    return _draw(
        alt.Chart(_data(rows))
        .mark_bar(color="var(--accent)", width=_BAND)
        .encode(
            x=_months(rows, width),
            y=_amount("value", _ticks(_most(rows))),
            description=alt.Description("tip:N"),
        )
        .properties(width=width, height=190),
        width,
    )


def mirrored(rows: Rows, *, width: int) -> str:
    """Bars over months that go up (``up``) and down (``down``), each with its ``…_tip``."""
    ticks = _ticks(_most(rows, "up"), -_most(rows, "down"))
    base = alt.Chart(_data(rows)).encode(x=_months(rows, width))
    up = base.mark_bar(color="var(--accent)", width=_BAND).encode(
        y=_amount("up", ticks),
        description=alt.Description("up_tip:N"),
    )
    down = base.mark_bar(color="var(--second)", width=_BAND).encode(
        y=alt.Y("below:Q"), description=alt.Description("down_tip:N")
    )
    zero = alt.Chart(_data([{"zero": 0}])).mark_rule(color="var(--faint)").encode(y=alt.Y("zero:Q"))
    return _draw(
        alt.layer(up, down.transform_calculate(below="-datum.down"), zero).properties(
            width=width, height=160
        ),
        width,
    )


def bars(rows: Rows, *, width: int, tone: str = "var(--accent)") -> str:
    """Level bars in the order given; *rows* have ``name``, ``value``, ``label`` and ``tip``."""
    # The reader's font may be wider than the one that Vega measures with: leave room at both ends.
    room = 170 if width == WIDE else 136
    base = alt.Chart(_data(rows)).encode(
        x=alt.X(
            "value:Q",
            axis=None,
            stack=False,
            scale=alt.Scale(domainMax=_most(rows) * (1.15 if width == WIDE else 1.4)),
        ),
        y=alt.Y(
            "name:N",
            sort=None,
            title=None,
            axis=alt.Axis(
                labelLimit=round(room * 0.86), labelFontSize=12, minExtent=room, maxExtent=room,
                labelPadding=6, ticks=False, domain=False,
            ),
        ),
        description=alt.Description("tip:N"),
    )  # fmt: skip
    marks = base.mark_bar(color=tone, cornerRadius=2, height=15)
    labels = base.mark_text(align="left", dx=5, color="var(--soft)", fontSize=11.5).encode(
        text="label:N"
    )
    return _draw((marks + labels).properties(width=width, height=alt.Step(22)), width)


def week(rows: Rows, *, width: int) -> str:
    """Hours by weekday; *rows* have ``day`` (``Mon``), ``hour``, ``value`` and ``tip``."""
    axis = alt.Axis(
        values=list(range(0, 24, 3 if width == WIDE else 6)),
        labelExpr="(datum.value < 10 ? '0' : '') + datum.value + ':00'",
        labelAngle=0, labelAlign="left", labelOffset=-7 if width == WIDE else -4, ticks=False,
    )  # fmt: skip
    return _draw(
        alt.Chart(_data(rows))
        .mark_rect(color="var(--accent)")
        .encode(
            x=alt.X("hour:O", title=None, axis=axis, scale=alt.Scale(paddingInner=0.08)),
            y=alt.Y("day:O", title=None, sort=None, axis=alt.Axis(ticks=False, labelPadding=6),
                    scale=alt.Scale(paddingInner=0.1)),
            fillOpacity=_strength("value"),
            description=alt.Description("tip:N"),
        )
        .properties(width=width, height=alt.Step(24 if width == WIDE else 18)), width)  # fmt: skip


def tiles(rows: Rows, *, width: int) -> str:
    """The provinces as tiles; *rows* have ``code``, ``value`` and ``tip``."""
    found = {row["code"]: row for row in rows}
    values = [
        {
            "column": tile.column,
            "row": tile.row,
            "letters": tile.letters,
            "value": found[code]["value"] if code in found else 0,
            "tip": found[code]["tip"] if code in found else f"{tile.name}: none",
        }
        for code, tile in PROVINCES.items()
    ]
    step = width / 16.2
    place = alt.Chart(_data(values)).encode(
        x=alt.X("column:O", axis=None, scale=alt.Scale(paddingInner=0.07, domain=list(range(16)))),
        y=alt.Y("row:O", axis=None, scale=alt.Scale(paddingInner=0.07)),
        description=alt.Description("tip:N"),
    )
    empty = place.mark_rect(color="var(--tile)", cornerRadius=3)
    full = (
        place.transform_filter("datum.value > 0")
        .mark_rect(color="var(--accent)", cornerRadius=3)
        .encode(fillOpacity=_strength("value", least=0.18))
    )
    letters = place.mark_text(
        fontSize=round(step * (0.36 if width == WIDE else 0.44), 1), fontWeight=600
    ).encode(
        text="letters:N",
        color=alt.condition(
            f"datum.value > {0.4 * _most(rows)}",
            alt.value("var(--page)"),
            alt.value("var(--ink)"),
        ),
        opacity=alt.condition("datum.value > 0", alt.value(1), alt.value(0.55)),
    )
    return _draw(
        (empty + full + letters).properties(width=alt.Step(step), height=alt.Step(step)), width
    )


def shares(rows: Rows, *, width: int, names: Sequence[str], periods: Sequence[str]) -> str:
    """Shares of 0 to 1 over time; *rows* have ``period``, ``name``, ``value`` and ``tip``."""
    room = 92
    cell = (width - room) / max(len(periods), 1)
    every = max(1, round((62 if width == WIDE else 54) / cell))
    return _draw(
        alt.Chart(_data(rows))
        .mark_rect(color="var(--accent)")
        .encode(
            x=alt.X(
                "period:O",
                title=None,
                sort=list(periods),
                scale=alt.Scale(domain=list(periods), paddingInner=0.08),
                axis=alt.Axis(values=list(periods)[every // 2 :: every], labelAngle=0),
            ),
            y=alt.Y("name:N", title=None, sort=list(names), scale=alt.Scale(paddingInner=0.12),
                    axis=alt.Axis(ticks=False, labelPadding=6, minExtent=room)),
            fillOpacity=alt.FillOpacity(
                "value:Q", legend=None, scale=alt.Scale(domain=[0, 1], range=[0.06, 1])
            ),
            description=alt.Description("tip:N"),
        )
        .properties(width=width, height=alt.Step(17)), width)  # fmt: skip


def stacked_days(rows: Rows, *, width: int, days: Sequence[str]) -> str:
    """Bars over *days* in tones; *rows* have ``day``, ``value``, ``tone``, ``rank`` and ``tip``."""
    every = 7 if width == WIDE else 14
    totals = Counter[str]()
    for row in rows:
        totals[row["day"]] += row["value"]
    axis = alt.Axis(
        values=list(days)[::-every],
        labelExpr="utcFormat(utcParse(datum.value, '%Y-%m-%d'), '%-d %b')",
        labelAngle=0,
    )
    return _draw(
        alt.Chart(_data(rows))
        .mark_bar(width=_BAND)
        .encode(
            x=alt.X(
                "day:O", title=None, axis=axis,
                scale=alt.Scale(domain=list(days), paddingInner=0.2),
            ),
            y=_amount("value", _ticks(max(totals.values(), default=0))),
            color=alt.Color(
                "tone:N",
                legend=None,
                scale=alt.Scale(domain=list(TONES), range=list(TONES.values())),
            ),
            order=alt.Order("rank:Q"),
            description=alt.Description("tip:N"),
        )
        .properties(width=width, height=130),
        width,
    )  # fmt: skip


def _most(rows: Rows, field: str = "value") -> float:
    return max((float(row[field]) for row in rows), default=0) or 1.0


def _data(rows: Rows) -> alt.InlineData:
    return alt.InlineData(values=[dict(row) for row in rows])


def _months(rows: Rows, width: int) -> alt.X:
    """Months, of which as many have their name below as there is room for."""
    months = [str(row["month"]) for row in rows]
    room = 10 if width == WIDE else 5
    step = next((step for step in (1, 2, 3, 6) if len(months) / step <= room), 12)
    form = "%Y" if step > 6 else "%b %y"  # noqa: PLR2004 -- half a year
    axis = alt.Axis(
        values=[month for month in months if (int(month[5:]) - 1) % step == 0],
        labelExpr=f"utcFormat(utcParse(datum.value + '-01', '%Y-%m-%d'), '{form}')",
        labelAngle=0,
        labelOverlap="greedy",
        labelSeparation=8,
    )
    return alt.X("month:O", title=None, axis=axis, scale=alt.Scale(domain=months, paddingInner=0.2))


def _amount(field: str, ticks: Sequence[int]) -> alt.Y:
    axis = alt.Axis(
        values=list(ticks), domain=False, ticks=False, labelOverlap=False,
        labelExpr="format(abs(datum.value), ',d')",
    )  # fmt: skip
    return alt.Y(f"{field}:Q", title=None, axis=axis)


def _ticks(most: float, least: float = 0) -> list[int]:
    """Whole numbers in round steps from below *least* to *most*, about five of them."""
    rough = max((most - least) / 5, 1)
    magnitude = 10 ** int(math.log10(rough))
    step = next(each * magnitude for each in (1, 2, 5, 10) if each * magnitude >= rough)
    return list(range(math.floor(least / step) * step, math.floor(most) + 1, step))


def _strength(field: str, least: float = 0.05) -> alt.FillOpacity:
    """Colour by amount. The root keeps small amounts visible beside large ones."""
    return alt.FillOpacity(
        f"{field}:Q", legend=None, scale=alt.Scale(type="sqrt", range=[least, 1], domainMin=0)
    )
