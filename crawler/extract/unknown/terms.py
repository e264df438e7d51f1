"""The categories and tags that a page prints for its article: links, known by their marks.

A mark is, in this order, ``rel``, the name of a small box around the link, a label printed before
it, or where it leads. Looked through are the lines around the text and the innermost element that
holds headline and text. The text's own links are none, nor are those of menus and of the cards of
other articles; that WordPress names categories and tags in the class of ``article`` marks nothing.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import islice
from typing import Final, cast

from lxml import etree

from crawler.extract.document import text_of
from crawler.extract.unknown.facts import Facts
from crawler.extract.unknown.lines import CALLED, SIGNS, Line, is_linked, small_elements
from crawler.extract.unknown.metadata import Stated

CATEGORY: Final = "category"
TAG: Final = "tag"

# Ranks of marks.
_REL, _BOX, _LABEL, _WAY = range(4)
# More of them in one list, and it is the site's menu or its cloud of tags.
_MOST: Final = {CATEGORY: (15, 6, 6, 3), TAG: (40, 30, 30, 15)}

_BOXES: Final = {CATEGORY: CALLED["category"], TAG: SIGNS["tag_box"]}
_WAYS: Final = {
    CATEGORY: re.compile(r"/(?:category|categories|kategori|rubrik|kanal)/|[?&]cat=\d"),
    TAG: re.compile(r"/(?:tags?|topi[ck]|tagar)/|[?&]tag="),
}
_LABELS: Final = re.compile(
    r"\b(?:(?P<category>kategori|rubrik|kanal|categor(?:y|ies)|filed under|posted in"
    r"|(?:ditulis|diposting) di)|(?P<tag>tags?|tagar|topik(?: (?:terkait|berita))?|kata kunci"
    r"|keywords?))\b\s*:?",
    re.IGNORECASE,
)
_HOME: Final = re.compile(r"home|beranda|depan|halaman (?:depan|utama)", re.IGNORECASE)
_FRONT: Final = re.compile(r"(?:(?:https?:)?//[^/?#]+/?|/)(?:#.*)?")
_NO_CATEGORY: Final = re.compile(r"\d{4}|\b(?:by|oleh)\b", re.IGNORECASE)
_TRAIL: Final = etree.XPath(".//*[contains(@class,'breadcrumb') or contains(@id,'breadcrumb')]")
_RIGHTS: Final = re.compile(r"©|copyright|hak cipta|all rights", re.IGNORECASE)
# What WordPress' post_class() writes on the element around an article.
_POST_CLASS: Final = re.compile(r"(?:^|\s)(?:hentry|type-\w+|post-\d+)(?:\s|$)")
_LISTS: Final = ("ul", "ol", "div", "p", "table", "section", "footer", "header")
# Letters: of a name, of one whose link has no ``rel``, of a line of them.
_LONGEST, _LONGEST_UNSURE, _TERMS = 60, 40, 600
# Levels around a link in which a box is looked for.
_NEAR: Final = 3


# Which ranks count where: a menu above the headline and a cloud below the text have marks, too.
_INSIDE: Final = {CATEGORY: _WAY, TAG: _WAY}
_ABOVE: Final = {CATEGORY: _REL, TAG: -1}
_BELOW: Final = {CATEGORY: _LABEL, TAG: _WAY}


class Terms:
    """The categories and tags of the article on one page."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts

    def of(self, kind: str) -> list[Stated]:
        """Return the names of one *kind*, of the surest mark that the page has."""
        ranked: dict[int, list[str]] = defaultdict(list)
        for (each, rank, around), names in self._lists.items():
            anchors = list(around.iter("a"))
            links = names if around in self._facts.wrappers else anchors
            if each == kind and len(links) <= _MOST[kind][rank]:
                # The way from the front page: its last link is the category.
                is_trail = anchors and _HOME.fullmatch(text_of(anchors[0]))
                ranked[rank] += names[-1:] if is_trail else names
        best = ranked[min(ranked)] if ranked else ()
        return [Stated(name, f"a[rel={kind}]") for name in best]

    def unmarked(self) -> list[Stated]:
        """Return the category where no link is marked as one.

        It is the name in a box that is called so, without a link, else the last step of the way
        from the front page to here.
        """
        facts = self._facts
        lines = [line for line in (*facts.above, *facts.beside) if len(line.text) <= _TERMS]
        for element in small_elements(lines, _TERMS):
            for each in (element, *element.iterdescendants("span", "div", "p")):
                is_box = _BOXES[CATEGORY].search(each.get("class", ""))
                if is_box and next(each.iter("a"), None) is None:
                    name = _LABELS.sub("", text_of(each), count=1).strip()
                    if _is_category(name):
                        return [Stated(name, ".category")]
        headline = facts.headline.value if facts.headline is not None else ""
        for trail in cast("list[etree._Element]", _TRAIL(facts.page)):
            links = list(filter(facts.document.leads_elsewhere, trail.iter("a")))
            # Sections may have hosts of their own: only the first step is the front page.
            names = [text_of(link) for link in links[bool(links and _leads_home(links[0])) :]]
            names = [name for name in names if _is_category(name) and name != headline]
            if names:
                return [Stated(names[-1], ".breadcrumb a")]
        return []

    @cached_property
    def _lists(self) -> dict[tuple[str, int, etree._Element], list[str]]:
        found: dict[tuple[str, int, etree._Element], list[str]] = defaultdict(list)
        for anchor, (label, least) in self._anchors().items():
            kind, rank = self._mark(anchor) or (label, _LABEL)
            name = text_of(anchor).strip("# ")
            longest = _LONGEST if rank == _REL else _LONGEST_UNSURE
            if (
                kind
                and rank <= least[kind]
                and 0 < len(name) <= longest
                and not _LABELS.fullmatch(name)
                and name not in ":|,"
                and not _leads_home(anchor)
                and not self._facts.is_of_another(anchor)
            ):
                found[kind, rank, next(anchor.iterancestors(*_LISTS), anchor)].append(name)
        return found

    def _anchors(self) -> dict[etree._Element, tuple[str | None, Mapping[str, int]]]:
        """Return links, with the kind that a label before each names, and the ranks that count."""
        facts, around = self._facts, self._facts.around
        scoped = frozenset(facts.scope.iter("a")) if facts.scope is not None else frozenset()
        found: dict[etree._Element, tuple[str | None, Mapping[str, int]]] = {}
        label: str | None = None
        below = (*around.closing, *self._below)
        lines = [(line, _ABOVE) for line in around.header] + [(line, _BELOW) for line in below]
        for line, least in lines:
            named = _LABELS.match(line.text.lstrip("#•|/- "))
            # "Tags:" in a line of its own below the text, and a line of links for each of them.
            goes_on = least is _BELOW and is_linked(line)
            label = named.lastgroup if named else label if goes_on else None
            small = (anchor for each in small_elements([line], _TERMS) for anchor in each.iter("a"))
            for anchor in small:
                if anchor not in facts.body.inside or _is_list(line):
                    found.setdefault(anchor, (label, _INSIDE if anchor in scoped else least))
        for anchor in facts.marked("a"):
            found.setdefault(anchor, (None, _INSIDE))
        return found

    @property
    def _below(self) -> Iterator[Line]:
        """Yield the lines below the text that stand in no footer of the whole site."""
        is_sites: dict[etree._Element, bool] = {}
        for line in (*self._facts.around.typed, *self._facts.around.footer):
            footer = next(line.element.iterancestors("footer"), line.element)
            if footer not in is_sites:
                is_sites[footer] = footer.tag == "footer" and bool(_RIGHTS.search(text_of(footer)))
            if not is_sites[footer]:
                yield line

    def _mark(self, anchor: etree._Element) -> tuple[str, int] | None:
        rels, href = anchor.get("rel", "").split(), anchor.get("href", "#")
        if CATEGORY in rels:
            return CATEGORY, _REL
        way = next((kind for kind, pattern in _WAYS.items() if pattern.search(href)), None)
        box = self._box(anchor)
        if TAG in rels:
            # Block themes give categories rel=tag, too (fixtures/suara-danau/tema-blok).
            return (way if way == TAG else box or way or TAG), _REL
        return (box, _BOX) if box else (way, _WAY) if way else None

    def _box(self, anchor: etree._Element) -> str | None:
        """Return the kind that *anchor*, or one of the small elements around it, is called."""
        for element in (anchor, *islice(anchor.iterancestors(), _NEAR)):
            kinds = _kinds_called(element.get("class", ""))
            if element in self._facts.wrappers or kinds is None:
                return None
            if len(kinds) == 1:
                return kinds[0]
        return None


@lru_cache(maxsize=2048)
def _kinds_called(names: str) -> Sequence[str] | None:
    """Return the kinds whose box has *names* in its class, ``None`` for an article's own."""
    if _POST_CLASS.search(names):
        return None
    return [kind for kind, called in _BOXES.items() if called.search(names)]


def _is_list(line: Line) -> bool:
    """Whether *line* says nothing but links and what they are."""
    rest = line.text
    for anchor in line.element.iter("a"):
        rest = rest.replace(text_of(anchor), " ", 1)
    return not any(map(str.isalpha, _LABELS.sub("", rest)))


def _is_category(name: str) -> bool:
    """Whether *name* can be that of a category that nothing marks surely: no day, no byline."""
    return (
        0 < len(name) <= _LONGEST_UNSURE
        and any(map(str.isalpha, name))
        and not (_HOME.fullmatch(name) or _NO_CATEGORY.search(name))
    )


def _leads_home(anchor: etree._Element) -> bool:
    """Whether *anchor* leads to the front page, as the site's name in a footer does."""
    is_root = _FRONT.fullmatch(anchor.get("href", "")) is not None
    return is_root or "home" in anchor.get("rel", "").split()
