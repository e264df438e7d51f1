"""Pictures as SVG that needs no script: drawn here by vl-convert, and cleaned.

What stands at a mark becomes its ``<title>``, which browsers show when a pointer rests on it.
"""

from __future__ import annotations

import re
from typing import Any, Final

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


def draw(chart: Any, *, titles: bool) -> str:
    """Return the Altair *chart* as SVG; with *titles*, what its marks say is in it."""
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
    return _plain(vl_convert.vegalite_to_svg(specification), titles=titles)


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
