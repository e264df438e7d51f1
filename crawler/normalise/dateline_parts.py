"""The elements of an opening: what stands before each separator, and what kind of thing it is."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

import attrs

from crawler.normalise.outlets import (
    SITE,
    has_outlet_ending,
    is_known_outlet,
    is_paper_named_like_a_place,
    looks_like_outlet,
)
from crawler.normalise.places import Place, find_place, leading_place

LONGEST: Final = 48
"""Characters of one element."""

_MOST: Final = 6
"""Elements of a dateline: place, province, two parts of a date, outlet, a note."""

_MOST_BLANKS: Final = 5

# Every separator begins with one of these, or with a blank or line break before it.
_MARKS: Final = re.compile(r"[\n,.;:()\[\]/|_*–—―−‒~»›>•·…-]")
_SEPARATOR: Final = re.compile(
    r"""
    (?P<dash>[ \n]?[*_,.;:)\]]*[ \n]?(?:[–—―−‒~»›>•·…]|--|\.\.+)(?:[ \n]?[-–—―−‒~»›>•·.])*[ \n]?
        |[ \n]?[*_,.;:)\]]*[ \n]-(?:[ \n]?[-–—])*[ \n]?
        |[*_,.;:)\]]*-[ \n](?:[-–—][ \n]?)*
        |[*_,.;:)\]]+-(?:[ \n]?[-–—])*[ \n]?)
    |(?P<pipe>[.,]?[ \n]?(?:\|+|//+|::+)[ \n]?)
    |(?P<line>[ ]?\n[ ]?)
    |(?P<colon>[ ]?[*_]*(?::(?![/\d])|;)[ \n]?)
    |(?P<stop>\.(?=[ ]))[ ]?
    |(?P<comma>[ ]?(?:,(?!\d)|(?<!\d),)[ ]?)
    |(?P<open>[ ]?[(\[][ ]?)
    |(?P<slash>[ ]?(?<!\d)/[ ]?)
    |(?P<tight>(?<=[\w)\]])-(?=\w))
    """,
    re.VERBOSE,
)
_BRACKETED: Final = re.compile(r"([^()\[\]\n]{1,48})[)\]]")
_OPENING: Final = frozenset("([")

_WEEKDAY: Final = r"(?:senin|selasa|rabu|kamis|jum['’`]?at|sabtu|minggu|ahad)"
_MONTH: Final = r"(?:jan|feb|peb|mar|apr|mei|jun|jul|agu|ags|agt|sep|okt|nov|nop|des)[a-z]{0,6}"
_DATE: Final = re.compile(
    rf"""
    (?:{_WEEKDAY}[,\ ]*)?[(]?
    (?:\d{{1,2}}[/.-]\d{{1,2}}(?:[/.-]\d{{2,4}})?|(?:\d{{1,2}}\ )?{_MONTH}\.?\ \d{{4}}
       |\d{{1,2}}\ {_MONTH}\.?)[)]?
    |{_WEEKDAY}
    """,
    re.VERBOSE | re.IGNORECASE,
)
_NAME: Final = re.compile(
    r"[A-Z0-9][\w&'’+-]*(?:\.\w+)*(?: (?:[A-Z0-9&][\w&'’+-]*(?:\.\w+)*|dan|of|the|de)){0,4}"
)
_IN_BRACKETS: Final = re.compile(r"[A-Za-z][\w.&'’+/-]*(?: [\w.&'’+/-]+){0,3}")
# What opens a caption, a label or a line of links, and never names a place or an outlet.
_LABEL: Final = re.compile(
    r"(?:foto|photo|video|ilustrasi|sumber|dok|dokumentasi|caption|grafis|infografis|tabel|baca|simak"
    r"|lihat|penulis|editor|reporter|laporan|pewarta|wartawan|oleh|kontributor|breaking|ket|keterangan"
    r"|tkp|catatan|terkait|update|tag|judul|narasumber)\b",
    re.IGNORECASE,
)

STRONG: Final = frozenset(("dash", "pipe", "line", "colon", "stop", "tight"))
"""Separators that may end a dateline."""


@attrs.define
class Element:
    """A stretch of an opening between two separators."""

    kind: str
    """``place``, ``outlet``, ``date``, ``name`` (what only a neighbour explains) or ``note``."""

    text: str
    start: int
    end: int = 0
    """Where what follows its separator begins."""

    after: str = ""
    """Kind of the separator that follows; empty or ``space`` where there is none."""

    place: Place | None = None
    sure: bool = False
    """Whether an outlet is known by name or address, and not just by its form."""

    bracketed: bool = False


def read_elements(head: str, start: int, own: Collection[str]) -> list[Element]:
    """Return what stands at *start* of *head*, as far as it may belong to a dateline."""
    elements: list[Element] = []
    position = start
    while len(elements) < _MOST:
        element = _element(head, position, elements, own)
        if element is None or not _may_follow(element, elements):
            break
        elements.append(element)
        position = element.end
        if not element.after:
            break
    return elements


def _element(head: str, start: int, before: list[Element], own: Collection[str]) -> Element | None:
    bracket = head[start : start + 1] in _OPENING
    if bracket or (before and before[-1].after == "open"):
        return _bracketed(head, start + bracket, own)
    site = SITE.match(head, start)
    if site:
        return _site(head, site)
    found = _separated(head, start, before, own)
    if found is None and before:
        kinds = {each.kind for each in before}
        if "outlet" in kinds:
            return _unseparated_place(head, start)
        return _unseparated_outlet(head, start, own) if "place" in kinds else None
    return found


def _bracketed(head: str, start: int, own: Collection[str]) -> Element | None:
    inside = _BRACKETED.match(head, start)
    if not inside:
        return None
    words = inside[1].strip()
    kind = "name" if _IN_BRACKETS.fullmatch(words) else "note"
    element = _classified(words, start, own) or Element(kind, words, start)
    element.bracketed = True
    _end(element, head, inside.end())
    if not element.after and element.end > inside.end():
        element.after = "space"
    return element


def _end(element: Element, head: str, end: int) -> None:
    """Give *element*, whose words end at *end*, the separator that follows."""
    separator = _SEPARATOR.match(head, end)
    if separator:
        element.after, element.end = _kind(separator), separator.end()
    else:
        element.after, element.end = "", end + (head[end : end + 1] == " ")


def _kind(separator: re.Match[str]) -> str:
    kind = separator.lastgroup or ""
    # A dash that no blank sets off may join two names: Solo–Jogja.
    return "tight" if kind == "dash" and separator[0] in ("–", "—", "−", "‒") else kind


def _site(head: str, site: re.Match[str]) -> Element:
    start, end = site.span()
    label, dot, below = site[0].partition(".")
    if dot and label.isupper() and below.islower() and "." in below:
        place = find_place(label)
        if place:  # BENGKULU.berita.com: the place, and the outlet in its own case
            return Element("place", label, start, start + len(label) + 1, "comma", place)
    element = Element("outlet", site[0], start, sure=True)
    if head[end : end + 1] == " " and not _SEPARATOR.match(head, end):
        words = head[end + 1 : end + 1 + LONGEST].split(" ")
        following = leading_place(words)
        if following and _is_edition(following[0]):
            end += 1 + len(" ".join(words[: following[1]]))
            element.text = head[start:end]
        elif following:
            element.after, element.end = "comma", end + 1
            return element
    _end(element, head, end)
    return element


def _is_edition(place: Place) -> bool:
    """Whether *place* is a province that names an edition, as in ``AKURAT.CO SUMSEL``."""
    provinces = place.codes and all("." not in code for code in place.codes)
    return bool(provinces) and place.region != "31"


def _separated(
    head: str, start: int, before: list[Element], own: Collection[str]
) -> Element | None:
    """Return the element that ends at a separator, if there is one soon enough."""
    position = start
    while True:
        mark = _MARKS.search(head, position, start + LONGEST + 4)
        if not mark:
            return None
        position = mark.start() + 1
        at = mark.start() - (head[mark.start() - 1 : mark.start()] == " ")
        separator = _SEPARATOR.match(head, max(at, start))
        if not separator:
            continue
        words = head[start : separator.start()]
        kind = _kind(separator)
        element = _classified(words, start, own, before)
        if kind in ("tight", "stop", "slash") and not _ends_at_weak(
            element, head, separator, before
        ):
            position = max(position, separator.end())
            continue
        if element:
            element.after, element.end = kind, separator.end()
        return element


def _ends_at_weak(
    element: Element | None, head: str, separator: re.Match[str], before: list[Element]
) -> bool:
    """Whether a hyphen, full stop or slash ends *element*, and is not one inside a name."""
    if element is None:
        return False
    if element.kind == "name":
        if separator[0] != "-":
            return False
        following = head[separator.end() : separator.end() + 2]
        short = element.text.isupper() and len(element.text) < _MOST
        return bool(before) and short and following[:1].isupper() and following[1:].islower()
    if separator[0] == "-":
        next_one = _SEPARATOR.search(head, separator.end())
        whole = next_one and find_place(head[element.start : next_one.start()])
        return not whole
    return True


def _unseparated_place(head: str, start: int) -> Element | None:
    words = head[start : start + LONGEST].split(" ")
    found = leading_place(words)
    if not found:
        return None
    text = " ".join(words[: found[1]])
    return Element("place", text, start, start + len(text) + 1, "", found[0])


def _unseparated_outlet(head: str, start: int, own: Collection[str]) -> Element | None:
    """Return an outlet that the sentence follows at once: ``Jakarta, CNN Indonesia Polisi …``."""
    words = head[start : start + LONGEST].split(" ")
    for count in (2, 1):
        text = " ".join(words[:count])
        # Kompas as an ordinary word may be the sentence's subject.
        if not text[1:].islower() and (
            is_known_outlet(text, own) or (count == 1 and looks_like_outlet(text))
        ):
            return Element("outlet", text, start, start + len(text) + 1, "", sure=True)
    return None


def _classified(
    words: str, start: int, own: Collection[str], before: Collection[Element] = ()
) -> Element | None:
    if not words or len(words) > LONGEST or words.count(" ") > _MOST_BLANKS:
        return None
    place = None
    sure = False
    if _DATE.fullmatch(words):
        kind = "date"
    elif is_known_outlet(words, own) or (
        is_paper_named_like_a_place(words) and {each.kind for each in before} == {"place"}
    ):
        kind, sure = "outlet", True
    elif not words[0].islower() and (place := find_place(words)):
        kind = "place"
    elif _LABEL.match(words):
        return None
    elif looks_like_outlet(words):
        kind, sure = "outlet", has_outlet_ending(words)
    elif _NAME.fullmatch(words):
        kind = "name"
    else:
        return None
    return Element(kind, words, start, place=place, sure=sure)


def _may_follow(element: Element, before: list[Element]) -> bool:
    if not before:
        return element.kind in ("place", "outlet", "name")
    if before[-1].after not in STRONG:
        return True
    kinds = {each.kind for each in before}
    if element.kind == "place":
        return _place_may_follow(element, before, kinds)
    if element.kind == "name":
        return _name_may_follow(element, before[-1], kinds)
    ends = element.after in STRONG
    if element.kind == "outlet":
        return "outlet" not in kinds and (element.sure or ends)
    # The dateline ends at its first separator: a date after it is the sentence's, unless it is
    # itself set off.
    return element.kind == "date" and ends


def _name_may_follow(name: Element, last: Element, kinds: set[str]) -> bool:
    if last.after == name.after == "dash" and kinds == {"place"}:
        return True  # Bengkulu – Garda Raflesia – Polisi …
    tight = last.after == "tight" or name.after == "tight"
    return name.text.isupper() and name.after in STRONG and (tight or "outlet" in kinds)


def _place_may_follow(element: Element, before: list[Element], kinds: set[str]) -> bool:
    first = "place" not in kinds
    if not first and "outlet" in kinds:
        return False
    if element.after in STRONG:
        return True
    if first and (element.bracketed or element.after == "comma"):
        return element.bracketed or element.text.isupper()
    if first and not element.after:
        return before[-1].after == "pipe"
    return element.after == "comma" and _lies_in(before[-1].place, element.place)


def _lies_in(place: Place | None, other: Place | None) -> bool:
    """Whether *place* is part of *other*: Denpasar of Bali."""
    if not place or not other:
        return False
    return any(code.startswith(f"{around}.") for code in place.codes for around in other.codes)
