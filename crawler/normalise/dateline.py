"""Place and outlet with which an article opens.

An opening is read element by element, each up to its separator. What an element is decides, not
where it stands: a date, an outlet, a place, or a name that only its neighbour explains.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import reduce
from itertools import dropwhile, takewhile
from typing import Final

import attrs

from crawler.items import Dateline
from crawler.normalise.places import (
    NAMED_LIKE_PLACES,
    OUTLET_ENDING,
    SITE,
    Place,
    find_place,
    folded_names,
    is_known_outlet,
    leading_place,
    looks_like_outlet,
    title_case,
)
from crawler.normalise.text import fold
from crawler.normalise.vocabulary import (
    EDITORS,
    MONTH_BEGINNINGS,
    WEEKDAY_NAMES,
    WRITERS,
    any_of,
    listed,
)

_LONGEST: Final = 48  # characters of one element
_MOST: Final = 6  # elements of a dateline: place, province, two parts of a date, outlet, a note
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

_WEEKDAY: Final = rf"(?:{any_of(WEEKDAY_NAMES)}|jum['’`]?at)"
_MONTH: Final = rf"(?:{any_of(MONTH_BEGINNINGS)})[a-z]{{0,6}}"
_DATE: Final = re.compile(
    rf"""
    (?:{_WEEKDAY}[,\ ]*)?[(]?
    (?:\d{{1,2}}[/.-]\d{{1,2}}(?:[/.-]\d{{2,4}})?|(?:\d{{1,2}}\ )?{_MONTH}\.?\ \d{{4}}
       |\d{{1,2}}\ {_MONTH}\.?)[)]?
    |{_WEEKDAY}
    """,
    re.VERBOSE | re.IGNORECASE,
)
# An address with hyphens in the place of points: kabarkita-kaur-com-
_SLUG: Final = re.compile(r"[a-z]\w*(?:-[a-z]\w*)*-(?:com|co-id|id|net)(?=-)")
_NAME: Final = re.compile(
    r"[A-Z0-9][\w&'’+-]*(?:\.\w+)*(?: (?:[A-Z0-9&][\w&'’+-]*(?:\.\w+)*|dan|of|the|de)){0,4}"
)
_IN_BRACKETS: Final = re.compile(r"[A-Za-z][\w.&'’+/-]*(?: [\w.&'’+/-]+){0,3}")
# What opens a caption, a label or a line of links, and never names a place or an outlet.
_LABEL: Final = re.compile(
    rf"(?:{any_of(listed('datelines.labels') | WRITERS | EDITORS)})\b", re.IGNORECASE
)

# Separators that may end a dateline, and those that may stand inside a name.
_STRONG: Final = frozenset(("dash", "pipe", "line", "colon", "stop", "tight"))
_WEAK: Final = ("tight", "stop", "slash")


@attrs.define
class Element:
    """A stretch of an opening between two separators."""

    kind: str  # place, outlet, date, name (what only a neighbour explains) or note
    text: str
    start: int
    end: int = 0  # where what follows its separator begins
    after: str = ""  # kind of that separator; empty or "space" where there is none
    place: Place | None = None
    sure: bool = False  # whether an outlet is known by name or address, and not just by its form
    bracketed: bool = False


def _read_elements(head: str, start: int, own: Collection[str]) -> list[Element]:
    """What stands at *start* of *head*, as far as it may belong to a dateline."""
    elements: list[Element] = []
    while len(elements) < _MOST and (not elements or elements[-1].after):
        element = _element(head, elements[-1].end if elements else start, elements, own)
        if element is None or not _may_follow(element, elements):
            break
        elements.append(element)
    return elements


def _element(head: str, start: int, before: list[Element], own: Collection[str]) -> Element | None:
    bracket = head[start : start + 1] in _OPENING
    if bracket or (before and before[-1].after == "open"):
        return _bracketed(head, start + bracket, own)
    kinds = {each.kind for each in before}
    site = SITE.match(head, start) or _SLUG.match(head, start)
    if site:
        element = _site(head, site)
        if element.after == "slash" and "place" in kinds and head[element.end - 1] == " ":
            element.after = "pipe"  # KAUR//Outlet.com/ Warga …
        return element
    found = _separated(head, start, before, own)
    if found and found.kind == "name" and "place" not in kinds:
        return _place_before_name(found, head, kinds)
    if found or not kinds & {"outlet", "place"}:
        return found
    if "outlet" in kinds:
        return _unseparated_place(head, start)
    return _unseparated_outlet(head, start, own)


def _place_before_name(name: Element, head: str, kinds: set[str]) -> Element:
    """The place with which an unknown *name* begins, if that makes sense of it; else *name*."""
    place = _unseparated_place(head, name.start)
    if place and kinds == {"outlet"}:
        return place  # Outlet.com, Jakarta Menteri Pendidikan (Mendikbud) …
    rest = name.text[len(place.text) + 1 :] if place and not place.text.isupper() else ""
    if place and not kinds and name.after in _STRONG and rest.isupper() and " " not in rest:
        place.after = "space"  # Banjarmasin BARITO –
        return place
    return name


def _bracketed(head: str, start: int, own: Collection[str]) -> Element | None:
    inside = _BRACKETED.match(head, start)
    if not inside:
        return None
    words = inside[1].strip()
    kind = "name" if _IN_BRACKETS.fullmatch(words) else "note"
    element = _classified(words, start, own) or Element(kind, words, start)
    element.bracketed = True
    _end(element, head, inside.end())
    element.after = element.after or "space"
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
    name, _, outlet = site[0].partition("-")
    place = find_place(name) if outlet[:1].isupper() else None
    if place and looks_like_outlet(f"{name} {outlet.partition('.')[0]}"):
        place = None
    label, _, below = site[0].partition(".")
    if not place and label.isupper() and below.islower() and "." in below:
        name, place = label, find_place(label)
    if place:  # BENGKULU.berita.com: the place, and the outlet in its own case
        return Element("place", name, start, start + len(name) + 1, "comma", place)
    element = Element("outlet", site[0], start, sure=True)
    if head[end : end + 1] == " " and not _SEPARATOR.match(head, end):
        words = head[end + 1 : end + 1 + _LONGEST].split(" ")
        place, count = leading_place(words) or (None, 0)
        # A province but Jakarta names an edition: AKURAT.CO SUMSEL
        if place and len(place.region or "") == len("16") and place.region != "31":
            end += 1 + len(" ".join(words[:count]))
            element.text = head[start:end]
        elif place:
            element.after, element.end = "comma", end + 1
            return element
    _end(element, head, end)
    return element


def _separated(
    head: str, start: int, before: list[Element], own: Collection[str]
) -> Element | None:
    for separator in _SEPARATOR.finditer(head, start):
        if separator.start() > start + _LONGEST:
            break
        element = _classified(head[start : separator.start()], start, own, before)
        is_inside = False  # a name: TOLI-TOLI, ST. PETERSBURG
        if _kind(separator) in _WEAK:
            is_inside = element is None or element.kind == "name"
            if element and separator[0] == "-":
                after = _SEPARATOR.search(head, separator.end())
                is_inside = bool(after and find_place(head[start : after.start()]))
        if not is_inside:
            if element:
                _end(element, head, separator.start())
            return element
    return None


def _unseparated_place(head: str, start: int) -> Element | None:
    words = head[start : start + _LONGEST].split(" ")
    place, count = leading_place(words) or (None, 0)
    text = " ".join(words[:count])
    return Element("place", text, start, start + len(text) + 1, place=place) if place else None


def _unseparated_outlet(head: str, start: int, own: Collection[str]) -> Element | None:
    """An outlet that the sentence follows at once: ``Jakarta, CNN Indonesia Polisi …``."""
    words = head[start : start + _LONGEST].split(" ")
    for count in (2, 1):
        text = " ".join(words[:count])
        # Kompas as an ordinary word may be the sentence's subject.
        if not text[1:].islower() and (
            is_known_outlet(text, own) or (count == 1 and looks_like_outlet(text))
        ):
            return Element("outlet", text, start, start + len(text) + 1, sure=True)
    return None


def _classified(
    words: str, start: int, own: Collection[str], before: Collection[Element] = ()
) -> Element | None:
    if not words:
        return None
    place = None
    sure = False
    if _DATE.fullmatch(words):
        kind = "date"
    elif is_known_outlet(words, own) or (
        words.lower() in NAMED_LIKE_PLACES and {each.kind for each in before} == {"place"}
    ):
        kind, sure = "outlet", True
    elif not words[0].islower() and (place := find_place(words)):
        kind = "place"
    elif _ADVERTORIAL.fullmatch(words):
        kind = "note"
    elif _LABEL.match(words):
        return None
    elif looks_like_outlet(words):
        kind, sure = "outlet", bool(OUTLET_ENDING.search(words))
    elif _NAME.fullmatch(words):
        kind = "name"
    else:
        return None
    return Element(kind, words, start, place=place, sure=sure)


def _may_follow(element: Element, before: list[Element]) -> bool:
    if not before:
        return element.kind in ("place", "outlet", "name")
    last, kinds = before[-1], {each.kind for each in before}
    if last.after not in _STRONG:
        return True
    complete = element.kind == "place" and kinds >= {"place", "outlet"}
    ends = element.after in _STRONG and not complete
    if element.kind == "name":
        tight = "tight" in (last.after, element.after)
        set_off = last.after == element.after == "dash" and kinds == {"place"}
        # Bengkulu – Garda Raflesia – Polisi …
        return set_off or (element.text.isupper() and ends and (tight or "outlet" in kinds))
    if element.kind == "outlet":
        return "outlet" not in kinds and (element.sure or ends)
    # The dateline ends at its first separator: a date after it is the sentence's, unless it is
    # itself set off.
    if ends or element.kind == "date" or "place" in kinds:
        return ends
    capitals = element.after == "comma" and element.text.isupper()
    return element.bracketed or capitals or (not element.after and last.after == "pipe")


_HEAD: Final = 240  # characters in which a dateline and the lines before it have to end
_HEADLINE: Final = 12  # characters from which on a text without a small letter is a headline
_LONGEST_HEADLINE: Final = 60
_HEADLINE_WORDS: Final = 4
_SMALL_WORDS: Final = listed("datelines.small")

_LINE: Final = 90  # characters of a line above the dateline: who reports, a caption's credit
_ADVERTORIAL: Final = re.compile(r"\(?adv(?:ertorial)?\b\)?(?:[.:]| ?[–—-])? ?", re.IGNORECASE)
_REPORTER: Final = re.compile(rf"(?:{any_of(WRITERS | EDITORS)}|advertorial|adv)\b", re.IGNORECASE)
_GROUND: Final = re.compile(rf"(?:{any_of(listed('datelines.grounds'))})\b", re.IGNORECASE)
_ASIDE: Final = re.compile(rf"(?:{any_of(listed('datelines.asides'))})\b")
_DASH: Final = re.compile(r" [–—-]|[–—]")
_REGIONS: Final = ("region", "town", "district")
_COUNT: Final = re.compile(r"Rp|\d")  # Bengkulu: 20 kasus
_ORNAMENTS: Final = "*_•■●▪►▶ \n\t\xa0"
# What a name at the beginning stands before, in title case and in capitals.
_BESIDE: Final = frozenset(("comma", "slash", "pipe", "open", "space"))
_LOOSE: Final = _BESIDE | {"dash", "tight"}
# Words of an unknown name in title case; a longer one is the sentence's subject.
_SHORT_NAME: Final = 3


@attrs.frozen(kw_only=True)
class ParsedDateline(Dateline):
    """A dateline, and the *rest* of the text, white space folded; iterates as place, outlet, rest."""

    rest: str

    def __iter__(self) -> Iterator[str | None]:
        return iter((self.place, self.outlet, self.rest))

    def as_item(self) -> Dateline:
        return Dateline(text=self.text, place=self.place, outlet=self.outlet, region=self.region)


def parse_dateline(text: str, outlets: Collection[str] = ()) -> ParsedDateline | None:
    """The dateline with which *text*, an opening paragraph, begins.

    *outlets* are names by which the newsroom goes, besides those that are known or look like one.

    >>> place, outlet, rest = parse_dateline("CURUP, PROGRES.ID – Hujan lebat turun.")
    >>> place, outlet, rest
    ('Curup', 'PROGRES.ID', 'Hujan lebat turun.')
    """
    head = text[: 2 * _HEAD].lstrip(_ORNAMENTS)
    head = "\n".join(filter(None, map(fold, head.split("\n"))))[:_HEAD]
    own = folded_names(tuple(outlets))
    for start in _starts(head):
        elements = _read_elements(head, start, own)
        while elements:
            end = elements[-1].end
            parts = _settle(elements, head[end:])
            if parts:
                places, outlet = parts
                known = [each.place for each in places if each.place]
                first = reduce(Place.within, known) if known and places[0].place else None
                return ParsedDateline(
                    text=" ".join(head[start:end].split()),
                    place=_place_name(head, places),
                    outlet=outlet,
                    region=first.region if first else None,
                    rest=fold(text.lstrip(_ORNAMENTS))[end:].strip(),
                )
            elements.pop()
    return None


def _starts(head: str) -> Iterator[int]:
    """Yield where a dateline may begin: at the text, or after short lines above it."""
    yield 0
    if advertorial := _ADVERTORIAL.match(head):
        yield advertorial.end()
    start, end = 0, head.find("\n")
    while 0 <= end <= start + _LINE:
        start = end + 1
        yield start
        end = head.find("\n", start)
    if _REPORTER.match(head):
        yield from reversed([site.start() for site in SITE.finditer(head)])


def _settle(elements: list[Element], rest: str) -> tuple[list[Element], str | None] | None:
    """Place and outlet if *elements*, followed by *rest*, are a dateline."""
    if len(rest) > _HEADLINE and rest.isupper():
        return None
    # The first place, and those right beside it that belong to it.
    from_place = dropwhile(lambda each: each.kind != "place", elements)
    places = list(takewhile(lambda each: each.kind == "place", from_place))
    if _is_ordinary_word(elements[0]) and elements[0].after not in _BESIDE:
        return None
    outlets = [each for each in elements if each.kind == "outlet"]
    names = [each for each in elements if each.kind == "name"]
    if places and outlets and all(each.bracketed for each in names):
        names = []  # a remark: (SMSI Lampung)
    if len(names) > 1 or (names and bool(places) == bool(outlets)):
        return None
    if names:
        if places and _GROUND.match(names[0].text):
            places = sorted([*places, *names], key=lambda each: each.start)
        elif not _may_be_named(names[0], elements, rest):
            return None
        elif places:
            outlets = names
        else:
            places = names
    if places and outlets:
        after = elements[-1].after
        good = after in _STRONG or (after in ("", "space", "comma") and _opens_sentence(rest))
    elif places:
        good = _is_place_alone(places, elements, rest)
    else:
        good = bool(outlets) and _is_outlet_alone(outlets[0], elements[-1], rest)
    return (places, outlets[0].text if outlets else None) if good else None


def _is_ordinary_word(element: Element) -> bool:
    return element.place is not None and element.place.level == "word"


def _may_be_named(name: Element, elements: list[Element], rest: str) -> bool:
    """Whether a name that nothing is known of is the place beside an outlet, or the reverse."""
    if elements[-1].after not in _STRONG:
        return False  # Gubernur Sumatra Utara (Sumut) Bobby …
    if name.bracketed:
        return True
    first, capitals = name is elements[0], name.text.isupper()
    loose = first and name.after not in (_LOOSE if capitals else _BESIDE)
    if loose or any(each.after == "slash" for each in elements):
        return False  # BACA JUGA: …; KOMPAS.com/ANI is a photo's credit
    if capitals or _is_ordinary_word(elements[0]):
        return capitals
    return first or (name.text.count(" ") < _SHORT_NAME and _opens_sentence(rest))


def _is_place_alone(places: list[Element], elements: list[Element], rest: str) -> bool:
    levels = {each.place.level for each in places if each.place}
    if levels <= {"word"} or (levels <= {"country"} and _opens_with(rest, "country")):
        return False  # Iran – Israel kembali …
    after = elements[-1].after
    capitals = all(each.text.isupper() for each in places)
    if after == "dash":
        # Kaur – yang dikenal dengan pantainya – kini …
        aside = _ASIDE.match(rest) or _DASH.search(rest)
        goes_on = levels <= {"region"} and rest[:1].islower() and not aside
        return capitals or goes_on or (_opens_sentence(rest) and not _is_headline(rest))
    if not _opens_sentence(rest):
        return False
    dated = any(each.kind == "date" for each in elements)
    well_known = not levels <= {"district"}
    goes_on = _opens_with(rest, *_REGIONS)
    good = {
        "line": capitals,
        "colon": (capitals or well_known or " " in places[0].text) and not _COUNT.match(rest),
        "pipe": capitals or well_known,
        "stop": (capitals or dated) and well_known,
        "tight": capitals or not goes_on,
        "comma": dated or (capitals and len(places) == 1 and not goes_on),
        "space": dated,
    }
    return good.get(after, False)


def _opens_with(rest: str, *levels: str) -> bool:
    found = leading_place(rest.split(" ", 6)[:5])
    return found is not None and found[0].level in levels


def _is_outlet_alone(outlet: Element, last: Element, rest: str) -> bool:
    opens = _opens_sentence(rest)
    if not outlet.sure:
        return opens and last.after in ("dash", "pipe") and not _is_headline(rest)
    if last.after == "dash":
        return True
    if last.after in _STRONG:
        return opens
    # Without a separator only a name in capitals, before what is a sentence and no headline.
    capitals = outlet.text.partition(".")[0].isupper() and last.after in ("", "space", "comma")
    return opens and capitals and any(word[:1].islower() for word in rest.split(" ")[1:5])


def _is_headline(rest: str) -> bool:
    """Whether *rest* is short, without an end, and has every word in title case."""
    if len(rest) > _LONGEST_HEADLINE or rest.endswith((".", "!", "?", "”", '"')):
        return False
    words = [word for word in rest.split(" ") if word not in _SMALL_WORDS]
    return len(words) >= _HEADLINE_WORDS and not any(word[:1].islower() for word in words)


def _opens_sentence(rest: str) -> bool:
    opening = rest.lstrip("\"'“‘”’(*[ ")[:1]
    return not rest or opening.isupper() or opening.isdigit()


def _place_name(head: str, places: list[Element]) -> str | None:
    """The place as printed, in title case; a compound one with what joins its parts."""
    name, end = "", places[0].start if places else 0
    for place in places:
        name += head[end : place.start] + title_case(place.text)
        end = place.start + len(place.text)
    return " ".join(name.split()) or None
