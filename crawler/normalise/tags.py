"""How much a page's attributes will cost libxml2, told before it is asked.

It compares each attribute with all others of its element: a hundred thousand of them in one tag, less
than a megabyte, take it minutes, during which nothing can stop it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

MOST: Final = 40_000_000
"""Comparisons of attributes that one page may cost, some tenth of a second; articles cost 10,000."""

# Nothing is counted in a page where stretches without > that are longer than the first, none longer
# than the second, have few characters that end an attribute …
_SHORT: Final = 400
_LONG: Final = 4_000
# … and as few quoted values hold a > as this: at most some 4,000 attributes can be in one tag.
_FEW: Final = 20

_ENDS: Final = (b" ", b"\n", b"\t", b"\r", b"\f", b"/", b'"', b"'")

# The states of WHATWG HTML, 13.2.5.6 to 13.2.5.40, which libxml2 follows from 2.14 on. Possessive,
# so that nothing is read twice.
_SPACE: Final = rb"[\t\n\f\r ]"
_HIDING: Final = re.compile(rb"=%b*+(?:\"[^\">]*+>|'[^'>]*+>)" % _SPACE)
_START: Final = re.compile(rb"<[A-Za-z]")
_NAME: Final = re.compile(rb"[^\t\n\f\r />]*+[\t\n\f\r /]*+")
_ATTRIBUTE: Final = re.compile(
    rb"[^\t\n\f\r />][^\t\n\f\r />=]*+"
    rb"(?:%b*+=%b*+(?:\"[^\"]*+\"?+|'[^']*+'?+|[^\t\n\f\r >]*+))?+[\t\n\f\r /]*+" % (_SPACE, _SPACE)
)


def is_costly(body: bytes) -> bool:
    """Whether parsing *body* takes more than :data:`MOST` comparisons; linear in its size.

    Which ``<`` begins a tag depends on what is a comment or a script, on which parsers differ, so
    that each one is taken to begin one.
    """
    if not _may_be_costly(body):
        return False
    cost = 0
    for count in _counts(body):
        cost += count * count
        if cost > MOST:
            return True
    return False


def _may_be_costly(body: bytes) -> bool:
    bound = 0
    for stretch in body.split(b">"):
        if len(stretch) > _SHORT and len(stretch) - stretch.find(b"<") > _SHORT and b"<" in stretch:
            # An attribute ends with one of these: a photo with ten sizes has few.
            bound += sum(map(stretch.count, _ENDS)) ** 2
            if bound > MOST or len(stretch) > _LONG:
                return True
    return sum(1 for _ in _HIDING.finditer(body)) > _FEW


def _counts(body: bytes) -> Iterator[int]:
    """Yield how many attributes each tag has; of tags within one another, the most.

    Such tags soon go on alike: what was counted from a place is known.
    """
    known: dict[int, int] = {}
    at = furthest = most = 0
    while start := _START.search(body, at):
        if start.end() > furthest:
            yield most
            most = 0
            known.clear()
        name = _NAME.match(body, start.end())
        assert name is not None  # it matches nothing, too
        at = end = name.end()  # what begins within a name ends with it
        places = []
        while end not in known and (attribute := _ATTRIBUTE.match(body, end)):
            places.append(end)
            end = attribute.end()
            if len(places) ** 2 > MOST:
                break
        furthest = max(furthest, end)
        after = known.get(end, 0)
        for back, place in enumerate(reversed(places), 1):
            known[place] = after + back
        most = max(most, after + len(places))
        if most**2 > MOST:
            break
    yield most
