"""The pictures of the report, the map of the provinces among them: Altair's, as SVG without script.

Colours are the page's own variables, so that one picture serves light, dark and paper. What stands
at a mark becomes its ``<title>``, which browsers show when a pointer rests on it.
"""

from __future__ import annotations

import json
import math
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
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


@attrs.frozen(kw_only=True)
class Axis:
    """What stands below a picture or beside it."""

    order: Sequence[str]
    """All of it, in order."""

    labels: Mapping[str, str]
    """What is written at some of them."""

    @property
    def drawn(self) -> alt.Axis:
        return alt.Axis(
            values=list(self.labels), labelExpr=f"{json.dumps(self.labels)}[datum.value]",
            labelAngle=0, labelOverlap="greedy", labelSeparation=6, ticks=False, labelPadding=6,
        )  # fmt: skip


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


def _plain(svg: str) -> str:
    """Return *svg* without what only scripts need; descriptions of marks as ``<title>``."""
    root = etree.fromstring(svg.encode(), etree.XMLParser(resolve_entities=False))
    for element in list(root.iter()):
        label = element.get("aria-label")
        mark = element.get("aria-roledescription") in _MARKS
        for name in _UNWANTED:
            if name in element.attrib:
                del element.attrib[name]
        for name, value in element.items():
            element.set(name, _LONG_NUMBER.sub(r"\1", str(value)))
        if label and mark:
            title = etree.SubElement(element, f"{_SVG}title")
            title.text = label
        if element.tag == f"{_SVG}path" and element.get("class") in ("background", "foreground"):
            element.getparent().remove(element)
        elif element.tag == f"{_SVG}text" and element.get("opacity") == "0":
            element.getparent().remove(element)  # a label that found no room
    for name in ("class", "version", "width", "height"):
        root.attrib.pop(name, "")
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
    """From west to east."""

    row: int
    """From north to south."""


_MAP: Final = Path(__file__).with_name("provinces.toml").read_text(encoding="utf-8")
PROVINCES: Final = {code: Province(*tile) for code, tile in tomllib.loads(_MAP).items()}
"""Kemendagri code → tile."""

Rows: TypeAlias = Sequence[Mapping[str, Any]]

_WIDTH: Final = 470
"""Pixels across a picture; its text is legible at half of it and at one and a half."""

_BAND: Final = alt.ExprRef("min(bandwidth('x'), 44)")  # two months are not two walls


def columns(
    rows: Rows, *, below: Axis, number: Callable[[int], str], tones: Mapping[str, str]
) -> str:
    """Upright bars; *rows* have ``at``, ``value``, ``tip`` and ``tone``, one of *tones*.

    Bars of one place stand on each other in the order of *tones*, name of a tone → its colour.
    """
    totals = Counter[str]()
    for row in rows:
        totals[row["at"]] += row["value"]
    ticks = _ticks(max(totals.values(), default=0) or 1)
    names = list(tones)
    beside = Axis(order=(), labels={str(tick): number(tick) for tick in ticks}).drawn
    beside.values, beside.domain = ticks, False
    ranked = [{**row, "rank": names.index(row["tone"])} for row in rows]
    return _draw(
        alt.Chart(_data(ranked))
        .mark_bar(width=_BAND)
        .encode(
            x=_across(below, 0.2),
            y=alt.Y("value:Q", title=None, axis=beside),
            color=alt.Color(
                "tone:N", legend=None, scale=alt.Scale(domain=names, range=list(tones.values()))
            ),
            order=alt.Order("rank:Q"),
            description=alt.Description("tip:N"),
        )
        .properties(width=_WIDTH, height=150)
    )


def heat(rows: Rows, *, below: Axis, beside: Sequence[str], share: bool = False) -> str:
    """Cells that are fuller the more there is; *rows* have ``at``, ``name``, ``value``, ``tip``.

    With *share* a value of 1 is full, else the largest is.
    """
    full = alt.Scale(domain=[0, 1], range=[0.06, 1]) if share else _root(0.05)
    return _draw(
        alt.Chart(_data(rows))
        .mark_rect(color="var(--accent)")
        .encode(
            x=_across(below, 0.08),
            y=alt.Y("name:N", title=None, sort=list(beside), scale=alt.Scale(paddingInner=0.12),
                    axis=alt.Axis(ticks=False, labelPadding=6)),
            fillOpacity=alt.FillOpacity("value:Q", legend=None, scale=full),
            description=alt.Description("tip:N"),
        )
        .properties(width=_WIDTH, height=alt.Step(16)))  # fmt: skip


def tiles(rows: Rows, *, none: str) -> str:
    """The provinces as tiles; *rows* have ``code``, ``value`` and ``tip``; *none* is said of others."""
    found = {row["code"]: row for row in rows}
    values = [
        {
            "column": tile.column,
            "row": tile.row,
            "letters": tile.letters,
            "value": found[code]["value"] if code in found else 0,
            "tip": found[code]["tip"] if code in found else f"{tile.name}: {none}",
        }
        for code, tile in PROVINCES.items()
    ]
    step = _WIDTH / 16.2
    place = alt.Chart(_data(values)).encode(
        x=alt.X("column:O", axis=None, scale=alt.Scale(paddingInner=0.07, domain=list(range(16)))),
        y=alt.Y("row:O", axis=None, scale=alt.Scale(paddingInner=0.07)),
        description=alt.Description("tip:N"),
    )
    empty = place.mark_rect(color="var(--tile)", cornerRadius=3)
    full = (
        place.transform_filter("datum.value > 0")
        .mark_rect(color="var(--accent)", cornerRadius=3)
        .encode(fillOpacity=alt.FillOpacity("value:Q", legend=None, scale=_root(0.18)))
    )
    most = max((row["value"] for row in rows), default=1)
    letters = place.mark_text(fontSize=12, fontWeight=600).encode(
        text="letters:N",
        color=alt.condition(
            f"datum.value > {0.4 * most}", alt.value("var(--page)"), alt.value("var(--ink)")
        ),
        opacity=alt.condition("datum.value > 0", alt.value(1), alt.value(0.55)),
    )
    return _draw((empty + full + letters).properties(width=alt.Step(step), height=alt.Step(step)))


def _data(rows: Rows) -> alt.InlineData:
    return alt.InlineData(values=[dict(row) for row in rows])


def _across(below: Axis, padding: float) -> alt.X:
    scale = alt.Scale(domain=list(below.order), paddingInner=padding)
    return alt.X("at:O", title=None, sort=list(below.order), axis=below.drawn, scale=scale)


def _ticks(most: float) -> list[int]:
    """Whole numbers in round steps up to *most*, about five of them."""
    rough = max(most / 5, 1)
    magnitude = 10 ** int(math.log10(rough))
    step = next(each * magnitude for each in (1, 2, 5, 10) if each * magnitude >= rough)
    return list(range(0, math.floor(most) + 1, step))


def _root(least: float) -> alt.Scale:
    """Strength by amount. The root keeps small amounts visible beside large ones."""
    return alt.Scale(type="sqrt", range=[least, 1], domainMin=0)
