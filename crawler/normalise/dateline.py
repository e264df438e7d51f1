"""Place and outlet with which an article opens.

An opening is read element by element, each up to its separator. What an element is decides, not
where it stands: a date, an outlet (its form or its name), a place (the gazetteer), or a name that
only its neighbour explains. What is none of these ends the dateline.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Final

import attrs

from crawler.items import Dateline
from crawler.normalise.outlets import (
    SITE,
    folded_names,
    is_known_outlet,
    looks_like_outlet,
)
from crawler.normalise.places import Place, find_place, leading_place, title_case
from crawler.normalise.text import fold

_HEAD: Final = 240
"""Characters in which a dateline and the reporter's line before it have to end."""

_LONGEST: Final = 48
"""Characters of one element."""

_MOST: Final = 6
"""Elements of a dateline: place, province, two parts of a date, outlet, a note."""

_MOST_BLANKS: Final = 5
_HEADLINE: Final = 12
"""Characters from which on a text without a small letter is a headline."""

_SEPARATOR: Final = re.compile(
    r"""
    (?P<dash>[ \n]?[,.;:)\]]*[ \n]?(?:[–—―−‒~»›>•·]|--)(?:[ \n]?[-–—―−‒~»›>•·])*[ \n]?
        |[ \n]?[,.;:)\]]*[ \n]-(?:[ \n]?[-–—])*[ \n]?
        |[,.;:)\]]*-[ \n](?:[-–—][ \n]?)*
        |[,.;:)\]]+-(?:[ \n]?[-–—])*[ \n]?)
    |(?P<pipe>\ ?(?:\|+|//+|::)\ ?)
    |(?P<line>\ ?\n\ ?)
    |(?P<colon>\ ?:(?![/\d])\ ?)
    |(?P<stop>\.(?=\ ))\ ?
    |(?P<comma>\ ?(?:,(?!\d)|(?<!\d),|;)\ ?)
    |(?P<open>\ ?[(\[]\ ?)
    |(?P<close>\ ?[)\]]\ ?)
    |(?P<slash>\ ?(?<!\d)/\ ?)
    |(?P<tight>(?<=\w)-(?=\w))
    """,
    re.VERBOSE,
)
_DATE: Final = re.compile(
    r"""
    (?:(?:senin|selasa|rabu|kamis|jum['’`]?at|sabtu|minggu|ahad)[,\ ]*)?
    [(]?(?:\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{2,4})?
      |\d{1,2}\ (?:jan|feb|peb|mar|apr|mei|jun|jul|agu|ags|agt|sep|okt|nov|nop|des)[a-z]*\.?(?:\ \d{4})?)[)]?
    |senin|selasa|rabu|kamis|jum['’`]?at|sabtu|minggu|ahad
    """,
    re.VERBOSE | re.IGNORECASE,
)
_ADVERTORIAL: Final = re.compile(r"\(?adv(?:ertorial)?\)?[.:]? ", re.IGNORECASE)
_REPORTER: Final = re.compile(
    r"(?:laporan|reporter|wartawan|penulis|pewarta|kontributor|editor|advertorial|adv|oleh)\b",
    re.IGNORECASE,
)
_NAME: Final = re.compile(r"[A-Z0-9][\w.&'’+-]*(?: (?:[A-Z0-9&][\w.&'’+-]*|dan|of|the|de)){0,4}")
_SENTENCE: Final = re.compile(r"[\"'“‘”(\[*]*[A-Z0-9]")
_GROUND: Final = re.compile(
    r"(?:desa|pantai|gunung|jalan|pasar|lapangan|bandara|pelabuhan|stadion|kampung|dusun|kelurahan"
    r"|kecamatan|pulau|teluk|sungai|danau|alun-alun|terminal|kantor|kampus|gedung|hotel)\b",
    re.IGNORECASE,
)
_BRACKETED: Final = re.compile(r"([^()\[\]\n]{1,48})[)\]]")
_STRONG: Final = frozenset(("dash", "pipe", "line", "colon", "stop", "tight"))


@attrs.frozen(kw_only=True)
class ParsedDateline:
    """A dateline and what follows it; iterates as place, outlet and rest."""

    text: str
    """As printed, with its separator, white space folded: ``JAKARTA, PROGRES.ID –``."""

    place: str | None
    """Place in title case."""

    outlet: str | None
    """Outlet as printed."""

    region: str | None
    """Dotted Kemendagri code when the place is unambiguous."""

    rest: str
    """The text after it, white space folded."""

    def __iter__(self) -> Iterator[str | None]:
        return iter((self.place, self.outlet, self.rest))

    def as_item(self) -> Dateline:
        """The dateline as a line of the archive holds it."""
        return Dateline(text=self.text, place=self.place, outlet=self.outlet, region=self.region)


@attrs.define
class _Element:
    kind: str
    """``place``, ``outlet``, ``date``, ``name`` (what only a neighbour explains) or ``note``."""

    text: str
    start: int
    end: int
    """Where what follows its separator begins."""

    after: str
    """Kind of the separator that follows; empty where the sentence follows without one."""

    place: Place | None = None
    sure: bool = False
    """Whether an outlet is known by name or address, and not just by its form."""

    bracketed: bool = False


def parse_dateline(text: str, outlets: Collection[str] = ()) -> ParsedDateline | None:
    """Return the dateline with which *text*, an opening paragraph, begins, or ``None``.

    *outlets* are names by which the newsroom goes, besides those that are known or look like one.

    >>> place, outlet, rest = parse_dateline("CURUP, PROGRES.ID – Hujan lebat turun.")
    >>> place, outlet, rest
    ('Curup', 'PROGRES.ID', 'Hujan lebat turun.')
    """
    head = _head(text)
    own = folded_names(tuple(outlets)) if outlets else frozenset()
    for start in _starts(head):
        elements = _Reader(head, own).read(start)
        while elements:
            parts = _settle(elements, head[elements[-1].end :])
            if parts:
                return _result(text, head, start, elements, parts)
            elements.pop()
    return None


def _head(text: str) -> str:
    head = text[: 2 * _HEAD].strip()
    if "\n" in head:
        return "\n".join(filter(None, map(fold, head.split("\n"))))[:_HEAD]
    return fold(head)[:_HEAD]


def _starts(head: str) -> Iterator[int]:
    """Yield where a dateline may begin: at the text, or after what names the reporter."""
    if not _REPORTER.match(head):
        yield 0
        return
    advertorial = _ADVERTORIAL.match(head)
    if advertorial:
        yield advertorial.end()
    start = 0
    while "\n" in head[start:]:
        start = head.index("\n", start) + 1
        yield start
    for site in SITE.finditer(head):
        yield site.start()


class _Reader:
    """Takes an opening apart, element by element."""

    def __init__(self, head: str, own: Collection[str]) -> None:
        self.head = head
        self.own = own

    def read(self, start: int) -> list[_Element]:
        """Return the elements of a dateline at *start*, as far as they may belong to one."""
        elements: list[_Element] = []
        position = start
        while len(elements) < _MOST:
            element = self._element(position, elements)
            if element is None or not _may_follow(element, elements):
                break
            elements.append(element)
            position = element.end
            if not element.after:
                break
        return elements

    def _element(self, start: int, before: list[_Element]) -> _Element | None:
        if (before and before[-1].after == "open") or self.head[start : start + 1] in ("(", "["):
            return self._bracketed(start if before else start + 1)
        site = SITE.match(self.head, start)
        if site:
            return self._site(site)
        found = self._separated(start)
        if found is None and any(each.kind == "outlet" for each in before):
            found = self._unseparated_place(start)
        return found

    def _bracketed(self, start: int) -> _Element | None:
        inside = _BRACKETED.match(self.head, start)
        if not inside:
            return None
        element = self._classified(inside[1].strip(), start) or _Element(
            "note", inside[1], start, 0, ""
        )
        element.bracketed = True
        return self._ended(element, inside.end())

    def _ended(self, element: _Element, end: int) -> _Element:
        """Give *element*, whose words end at *end*, the separator that follows."""
        separator = _SEPARATOR.match(self.head, end)
        if separator:
            element.after, element.end = separator.lastgroup or "", separator.end()
        else:
            element.after, element.end = "", end + (self.head[end : end + 1] == " ")
        return element

    def _site(self, site: re.Match[str]) -> _Element:
        start, end = site.span()
        label, dot, below = site[0].partition(".")
        if dot and label.isupper() and below.islower() and "." in below:
            place = find_place(label)
            if place:  # BENGKULU.berita.com: the place, and the outlet in its own case
                return _Element("place", label, start, start + len(label) + 1, "comma", place)
        element = _Element("outlet", site[0], start, end, "", sure=True)
        if self.head[end : end + 1] == " " and not _SEPARATOR.match(self.head, end):
            following = leading_place(self.head[end + 1 : end + 1 + _LONGEST].split(" "))
            if following and _is_edition(following[0]):
                end += 1 + len(" ".join(self.head[end + 1 :].split(" ")[: following[1]]))
                element.text = self.head[start:end]
            elif following:
                element.after, element.end = "comma", end + 1
                return element
        return self._ended(element, end)

    def _separated(self, start: int) -> _Element | None:
        """Return the element that ends at a separator, if there is one soon enough."""
        for separator in _SEPARATOR.finditer(self.head, start, start + _LONGEST + 4):
            words = self.head[start : separator.start()]
            kind = separator.lastgroup or ""
            element = self._classified(words, start) if words else None
            if kind in ("tight", "stop", "slash") and (
                element is None
                or element.kind == "name"
                or (kind == "tight" and self._goes_on(start, separator.end()))
            ):
                continue
            if element:
                element.after, element.end = kind, separator.end()
            return element
        return None

    def _goes_on(self, start: int, end: int) -> bool:
        """Whether the hyphen before *end* is one inside a name: ``Tanjung Balai-Karimun``."""
        following = _SEPARATOR.search(self.head, end)
        return bool(following and find_place(self.head[start : following.start()]))

    def _unseparated_place(self, start: int) -> _Element | None:
        words = self.head[start : start + _LONGEST].split(" ")
        found = leading_place(words)
        if not found:
            return None
        text = " ".join(words[: found[1]])
        return _Element("place", text, start, start + len(text) + 1, "", found[0])

    def _classified(self, words: str, start: int) -> _Element | None:
        if len(words) > _LONGEST or words.count(" ") > _MOST_BLANKS:
            return None
        place = sure = None
        if _DATE.fullmatch(words):
            kind = "date"
        elif is_known_outlet(words, self.own):
            kind, sure = "outlet", True
        elif place := find_place(words):
            kind = "place"
        elif looks_like_outlet(words):
            kind = "outlet"
        elif _NAME.fullmatch(words):
            kind = "name"
        else:
            return None
        return _Element(kind, words, start, 0, "", place, sure=bool(sure))


def _is_edition(place: Place) -> bool:
    """Whether *place* is a province that names an edition, as in ``AKURAT.CO SUMSEL``."""
    return (
        bool(place.codes) and all("." not in code for code in place.codes) and place.region != "31"
    )


def _may_follow(element: _Element, before: list[_Element]) -> bool:
    if not before:
        return element.kind in ("place", "outlet", "name")
    if before[-1].after not in _STRONG:
        return True
    kinds = {each.kind for each in before}
    if element.kind == "outlet":
        return "outlet" not in kinds and (element.sure or element.after in _STRONG)
    if element.kind == "place":
        # A second place belongs to the first only where a separator follows: Denpasar – Bali – …
        alone = "place" not in kinds and (bool(element.after) or before[-1].after == "pipe")
        return (alone or "outlet" not in kinds) and (
            element.after in _STRONG
            or (element.after == "comma" and element.text.isupper())
            or (alone and not element.after)
        )
    if element.kind == "name":
        tight = before[-1].after == "tight" or element.after == "tight"
        return element.text.isupper() and element.after in _STRONG and (tight or "outlet" in kinds)
    return element.kind == "date"


@attrs.frozen
class _Parts:
    places: list[_Element]
    outlet: str | None


def _settle(elements: list[_Element], rest: str) -> _Parts | None:
    """Return place and outlet if *elements*, followed by *rest*, are a dateline."""
    places = [each for each in elements if each.kind == "place"]
    outlets = [each for each in elements if each.kind == "outlet"]
    names = [each for each in elements if each.kind == "name"]
    last = elements[-1]
    if len(names) > 1 or (names and bool(places) == bool(outlets)):
        return None
    if names and _GROUND.match(names[0].text):
        places = sorted([*places, *names], key=lambda each: each.start)
    elif names and outlets:
        if not _may_be_place(names[0], elements, rest):
            return None
        places = names
    elif names:
        if not _may_be_outlet(names[0], elements, rest):
            return None
        outlets = names
    if rest and not any(map(str.islower, rest)) and len(rest) > _HEADLINE:
        return None
    if places and outlets:
        good = last.after in _STRONG or (
            _opens_sentence(rest) and (not last.after or last.after == "comma")
        )
    elif places:
        good = _is_place_alone(places, elements, rest)
    else:
        good = bool(outlets) and _is_outlet_alone(outlets[0], last, rest)
    return _Parts(places, outlets[0].text if outlets else None) if good else None


def _may_be_place(name: _Element, elements: list[_Element], rest: str) -> bool:
    if name is elements[0] or name.text.isupper():
        return True
    return (
        name.text.count(" ") < _MOST_BLANKS - 2
        and elements[-1].after in _STRONG
        and _opens_sentence(rest)
    )


def _may_be_outlet(name: _Element, elements: list[_Element], rest: str) -> bool:
    if name.bracketed or name.text.isupper():
        return True
    return (
        name.text.count(" ") < _MOST_BLANKS - 2
        and elements[-1].after in _STRONG
        and _opens_sentence(rest)
    )


def _is_place_alone(places: list[_Element], elements: list[_Element], rest: str) -> bool:
    last = elements[-1]
    capitals = all(each.text.isupper() for each in places)
    dated = any(each.kind == "date" for each in elements)
    known = any(each.place and each.place.level in ("region", "town") for each in places)
    if last.after == "dash":
        return capitals or _opens_sentence(rest)
    if last.after == "tight":
        return _opens_sentence(rest) and (capitals or not leading_place(rest.split(" ")[:5]))
    if last.after in ("colon", "pipe", "line"):
        return (capitals or known) and _opens_sentence(rest)
    if last.after == "stop":
        return (capitals or dated) and known and _opens_sentence(rest)
    if last.after == "comma":
        return (
            capitals
            and len(places) == 1
            and _opens_sentence(rest)
            and not leading_place(rest.split(" ")[:5])
        )
    return False


def _is_outlet_alone(outlet: _Element, last: _Element, rest: str) -> bool:
    opens = _opens_sentence(rest)
    if not outlet.sure:
        return opens and last.after in ("dash", "pipe", "line")
    if last.after == "dash":
        return True
    if last.after in _STRONG:
        return opens
    named = outlet.text.partition(".")[0].isupper()
    return opens and named and any(word[:1].islower() for word in rest.split(" ")[1:5])


def _opens_sentence(rest: str) -> bool:
    opening = rest.lstrip("\"'“‘”’(*[ ")[:1]
    return not rest or opening.isupper() or opening.isdigit()


def _result(
    text: str, head: str, start: int, elements: list[_Element], parts: _Parts
) -> ParsedDateline:
    end = elements[-1].end
    whole = fold(text)
    printed = fold(head[start:end])
    rest = whole[whole.find(fold(head[:end])) + len(fold(head[:end])) :].strip()
    return ParsedDateline(
        text=printed,
        place=_place_name(head, parts.places),
        outlet=parts.outlet,
        region=_region(parts.places),
        rest=rest,
    )


def _place_name(head: str, places: list[_Element]) -> str | None:
    """Return the place as printed, in title case; a compound one with what joins its parts."""
    name, end = "", 0
    for place in places:
        joint = head[end : place.start] if name else ""
        name += joint + title_case(place.text)
        end = place.start + len(place.text)
    return fold(name) or None


def _region(places: list[_Element]) -> str | None:
    """Return the code of the first place; others beside it may settle which one it is."""
    if not places or places[0].place is None:
        return None
    codes = places[0].place.codes
    for other in places[1:]:
        within = other.place.codes if other.place else ()
        codes = tuple(code for code in codes if code.startswith(within)) if within else codes
    return codes[0] if len(codes) == 1 else None
