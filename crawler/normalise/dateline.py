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
from crawler.normalise.dateline_parts import STRONG, Element, read_elements
from crawler.normalise.outlets import SITE, folded_names
from crawler.normalise.places import leading_place, title_case
from crawler.normalise.text import fold

_HEAD: Final = 240
"""Characters in which a dateline and the lines before it have to end."""

_HEADLINE: Final = 12
"""Characters from which on a text without a small letter is a headline."""

_LONGEST_HEADLINE: Final = 60
_HEADLINE_WORDS: Final = 4
_SMALL_WORDS: Final = frozenset(
    ("dan", "di", "ke", "dari", "yang", "untuk", "pada", "dengan", "dalam", "oleh", "atau", "tak")
)

_LINE: Final = 90
"""Characters of a line above the dateline: who reports, a caption's credit."""

_ADVERTORIAL: Final = re.compile(r"\(?adv(?:ertorial)?\)?[.:]? ", re.IGNORECASE)
_REPORTER: Final = re.compile(
    r"(?:laporan|reporter|wartawan|penulis|pewarta|kontributor|editor|advertorial|adv|oleh)\b",
    re.IGNORECASE,
)
_GROUND: Final = re.compile(
    r"(?:desa|pantai|gunung|jalan|pasar|lapangan|bandara|pelabuhan|stadion|kampung|dusun|kelurahan"
    r"|kecamatan|pulau|teluk|sungai|danau|alun-alun|terminal|kantor|kampus|gedung|hotel)\b",
    re.IGNORECASE,
)
_ASIDE: Final = re.compile(
    r"(?:yang|kota|daerah|kabupaten|provinsi|ibu|salah|tempat|negeri|pulau|sebuah|juga|dan|atau|dengan"
    r"|menuju|ke|hingga|sampai|via|pp|adalah|merupakan)\b"
)
_DASH: Final = re.compile(r" [–—-]|[–—]")
_REGIONS: Final = ("region", "town", "district")
_COUNT: Final = re.compile(r"Rp|\d")  # Bengkulu: 20 kasus
_ORNAMENTS: Final = "*_•■●▪►▶ \n\t\xa0"
# What a name at the beginning stands before, in title case and in capitals.
_BESIDE: Final = frozenset(("comma", "slash", "pipe", "open", "space"))
_LOOSE: Final = _BESIDE | {"dash", "tight"}
_SHORT_NAME: Final = 3
"""Words of an unknown name in title case; a longer one is the sentence's subject."""


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
        elements = read_elements(head, start, own)
        while elements:
            parts = _settle(elements, head[elements[-1].end :])
            if parts:
                return _result(text, head, start, elements, parts)
            elements.pop()
    return None


def _head(text: str) -> str:
    head = text[: 2 * _HEAD].lstrip(_ORNAMENTS)
    if "\n" in head:
        return "\n".join(filter(None, map(fold, head.split("\n"))))[:_HEAD]
    return fold(head)[:_HEAD]


def _starts(head: str) -> Iterator[int]:
    """Yield where a dateline may begin: at the text, or after short lines above it."""
    reported = _REPORTER.match(head)
    if not reported:
        yield 0
    advertorial = _ADVERTORIAL.match(head)
    if advertorial:
        yield advertorial.end()
    start, end = 0, head.find("\n")
    while 0 <= end <= start + _LINE:
        start = end + 1
        yield start
        end = head.find("\n", start)
    if reported:
        yield from reversed([site.start() for site in SITE.finditer(head)])


@attrs.frozen
class _Parts:
    places: list[Element]
    outlet: str | None


def _settle(elements: list[Element], rest: str) -> _Parts | None:
    """Return place and outlet if *elements*, followed by *rest*, are a dateline."""
    if len(rest) > _HEADLINE and rest.isupper():
        return None
    places = _first_places(elements)
    if _is_ordinary_word(elements[0]) and elements[0].after not in _BESIDE:
        return None
    outlets = [each for each in elements if each.kind == "outlet"]
    names = [each for each in elements if each.kind == "name"]
    if places and outlets and all(each.bracketed for each in names):
        names = []  # a remark: (SMSI Lampung)
    if names:
        if len(names) > 1 or bool(places) == bool(outlets):
            return None
        if places and _GROUND.match(names[0].text):
            places = sorted([*places, *names], key=lambda each: each.start)
        elif not _may_be_named(names[0], elements, rest):
            return None
        elif places:
            outlets = names
        else:
            places = names
    if places and outlets:
        good = elements[-1].after in STRONG or (
            elements[-1].after in ("", "space", "comma") and _opens_sentence(rest)
        )
    elif places:
        good = _is_place_alone(places, elements, rest)
    else:
        good = bool(outlets) and _is_outlet_alone(outlets[0], elements[-1], rest)
    return _Parts(places, outlets[0].text if outlets else None) if good else None


def _is_ordinary_word(element: Element) -> bool:
    return element.place is not None and element.place.level == "word"


def _first_places(elements: list[Element]) -> list[Element]:
    """Return the first place, and those right beside it that belong to it."""
    places: list[Element] = []
    for element in elements:
        if element.kind == "place":
            places.append(element)
        elif places:
            break
    return places


def _may_be_named(name: Element, elements: list[Element], rest: str) -> bool:
    """Whether a name that nothing is known of is the place beside an outlet, or the reverse."""
    if elements[-1].after not in STRONG:
        return False  # Gubernur Sumatra Utara (Sumut) Bobby …
    if name.bracketed:
        return True
    first, capitals = name is elements[0], name.text.isupper()
    if (first and name.after not in (_LOOSE if capitals else _BESIDE)) or any(
        each.after == "slash" for each in elements
    ):
        return False  # BACA JUGA: …; KOMPAS.com/ANI is a photo's credit
    if capitals or _is_ordinary_word(elements[0]):
        return capitals
    return first or (name.text.count(" ") < _SHORT_NAME and _opens_sentence(rest))


def _is_place_alone(places: list[Element], elements: list[Element], rest: str) -> bool:
    levels = {each.place.level for each in places if each.place}
    if levels <= {"word"}:
        return False
    after = elements[-1].after
    capitals = all(each.text.isupper() for each in places)
    if levels <= {"country"} and _opens_with(rest, "country"):
        return False  # Iran – Israel kembali …
    if after == "dash":
        return (
            capitals
            or (_opens_sentence(rest) and not _is_headline(rest))
            or (levels <= {"region"} and rest[:1].islower() and not _is_aside(rest))
        )
    if not _opens_sentence(rest):
        return False
    dated = any(each.kind == "date" for each in elements)
    if after == "line":
        good = capitals
    elif after == "colon" and _COUNT.match(rest):
        good = False
    elif after in ("colon", "pipe"):
        good = capitals or not levels <= {"district"}
    elif after == "stop":
        good = (capitals or dated) and not levels <= {"district"}
    elif after == "tight":
        good = capitals or not _opens_with(rest, *_REGIONS)
    elif after == "comma":
        good = dated or (capitals and len(places) == 1 and not _opens_with(rest, *_REGIONS))
    else:
        good = after == "space" and dated
    return good


def _opens_with(rest: str, *levels: str) -> bool:
    found = leading_place(rest.split(" ", 6)[:5])
    return found is not None and found[0].level in levels


def _is_aside(rest: str) -> bool:
    """Whether *rest* goes on about the place: ``Kaur – yang dikenal dengan pantainya – kini …``."""
    return bool(_ASIDE.match(rest)) or bool(_DASH.search(rest))


def _is_outlet_alone(outlet: Element, last: Element, rest: str) -> bool:
    opens = _opens_sentence(rest)
    if not outlet.sure:
        return opens and last.after in ("dash", "pipe") and not _is_headline(rest)
    if last.after == "dash":
        return True
    if last.after in STRONG:
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


def _result(
    text: str, head: str, start: int, elements: list[Element], parts: _Parts
) -> ParsedDateline:
    end = elements[-1].end
    return ParsedDateline(
        text=" ".join(head[start:end].split()),
        place=_place_name(head, parts.places),
        outlet=parts.outlet,
        region=_region(parts.places),
        rest=fold(text.lstrip(_ORNAMENTS))[end:].strip(),
    )


def _place_name(head: str, places: list[Element]) -> str | None:
    """Return the place as printed, in title case; a compound one with what joins its parts."""
    name, end = "", 0
    for place in places:
        joint = head[end : place.start] if name else ""
        name += joint + title_case(place.text)
        end = place.start + len(place.text)
    return " ".join(name.split()) or None


def _region(places: list[Element]) -> str | None:
    """Return the code of the first place; a second may settle which one it is."""
    if not places or places[0].place is None:
        return None
    place = places[0].place
    for other in places[1:]:
        place = place.within(other.place) if other.place else place
    return place.region
