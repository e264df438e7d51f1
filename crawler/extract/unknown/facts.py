"""What is known of a page of an unknown theme before any of its fields is asked.

Headline and text, the lines around them, and what the page states for machines. Fields are read
from these facts alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import islice, takewhile
from typing import Final

import attrs
from lxml import etree

from crawler.errors import NotAnArticle
from crawler.extract.document import Document, holds_more, text_of
from crawler.extract.unknown.body import (
    MainBody,
    find_main_body,
    holders,
    read_text,
)
from crawler.extract.unknown.headline import Headline, find_headline, heading_above, site_names
from crawler.extract.unknown.lines import (
    CALLED,
    Line,
    among,
    is_furniture,
    is_list_of_links,
    labels_another_part,
    lines,
    place_of,
)
from crawler.extract.unknown.metadata import read_metadata
from crawler.normalise.text import fold

# Breadcrumb, section, date and byline stand above the headline in some themes.
_ABOVE: Final = 5
# Themes put a photo, share labels and a summary between headline and text.
_BELOW: Final = 25
_AFTER_TEXT: Final = 20
_CLOSING: Final = 4
# Where links of terms and of people lead, and what such links are called.
_TERM: Final = re.compile(
    r"/(?:tags?|topi[ck]|tagar|categor(?:y|ies)|kategori|rubrik|kanal)/|[?&](?:cat|tag)="
)
_PERSON: Final = re.compile(r"/(?:author|penulis|reporter|kontributor|profile?)/|[?&]author=")
_NOT_ON: Final = frozenset(("category", "tag", "author", "prev", "next"))
# Letters of a headline, levels around a link in which its card is looked for, terms on a card.
_HEADLINE, _CARD, _FEW = 25, 6, 2
# Letters of a day and time that are printed in the container of the text.
_DAY: Final = 60
# Pages nest some thirty elements, those of page builders sixty.
_DEEPEST: Final = 300
_IS_TOO_DEEP: Final = etree.XPath(f"boolean({'/*' * (_DEEPEST + 1)})")


@attrs.frozen
class Surroundings:
    """The lines around an article's text, none of them its own."""

    header: Sequence[Line] = ()
    """From a little above the headline to the text."""

    footer: Sequence[Line] = ()
    """What the page prints below the text's container."""

    typed: Sequence[Line] = ()
    """What stands in the container below the last sentence: bylines that somebody typed."""

    closing: Sequence[Line] = ()
    """The last lines of the text."""


class Facts:
    """The facts of one page; those of its text are found when they are first asked for."""

    def __init__(self, document: Document) -> None:
        """Raises :exc:`NotAnArticle` where the page nests deeper than anybody writes."""
        root = document.root
        if _IS_TOO_DEEP(root):
            raise NotAnArticle(document.url, "too_deep")
        self.document = document
        found = root.find("body")
        self.page = root if found is None else found
        self.metadata = read_metadata(root, document.url)
        self.site = site_names(document, self.metadata)
        """What the site is called, folded."""
        self._confirmed = find_headline(document, self.metadata, self.site)
        heading = self._confirmed.element if self._confirmed is not None else None
        self._printed = _with_ancestors(heading)
        self._all_lines = lines(self.page, self._printed)
        self.accepted = read_text(root)
        self.holders = holders(self._all_lines, self.accepted)
        """The elements that hold a good part of what was read as text."""
        # Whatever holds the headline or a good part of what was read as text is the article's,
        # however it is called: div.article-widgets is seen around whole articles.
        self.lines = among(self._all_lines, self._printed | self.holders)
        """The lines of the page that may be the article's."""
        self._led_to: dict[etree._Element, set[str]] = {}
        self._body = find_main_body(self.lines, self.accepted, heading, self._post(heading))

    @cached_property
    def headline(self) -> Headline | None:
        """The headline, ``None`` where nothing says what it is."""
        if self._confirmed is None and self._body is not None:
            return heading_above(self.body.element, self.page, self.site)
        return self._confirmed

    @property
    def heading(self) -> etree._Element | None:
        """The element that prints the headline, if any does."""
        return self.headline.element if self.headline is not None else None

    @cached_property
    def text_lines(self) -> list[Line]:
        """The lines inside the text's container, whatever the elements around them are called."""
        return [line for line in self._all_lines if line.element in self.body.inside]

    @cached_property
    def expected(self) -> int:
        """How many letters of sentences that were read as text the container holds.

        Text that a site prints twice, for narrow and for wide screens, is expected once.
        """
        sentences = {line.text for line in self.text_lines if self.body.is_sentence(line)}
        return sum(map(len, sentences)) if self.accepted.text else 0

    @property
    def body(self) -> MainBody:
        """Where the text stands; :exc:`NotAnArticle` where nothing is sure."""
        if self._body is None:
            raise NotAnArticle(self.document.url, "no_text")
        return self._body

    def _post(self, heading: etree._Element | None) -> etree._Element:
        """Return the element of the article, as the page names it or around the *heading*."""
        name = next((each for each in self.document.body_classes if each.startswith("postid-")), "")
        name = name.replace("postid", "post")
        named = [each for each in self.page.iterdescendants("*") if name and _is_named(each, name)]
        around = list(heading.iterancestors("article", "a")) if heading is not None else []
        if any(each.tag == "a" for each in around):
            around = []  # the card of an article, which may be this one
        for posts in (named, around[:1]):
            inside = ((each, set(each.iter())) for each in posts)
            letters = {
                each: sum(line.letters for line in self.lines if line.element in own)
                for each, own in inside
            }
            if any(letters.values()):
                return max(letters, key=letters.__getitem__)
        return self.page

    @property
    def has_own_container(self) -> bool:
        """Whether the text stands in a container that holds nothing else.

        That is so for what WordPress' ``the_content`` prints in the known families, and for
        microdata's ``articleBody``.
        """
        if self.body.source in ("trafilatura", "headline"):
            return False
        return self.body.source.startswith("[") or "single" in self.document.body_classes

    @cached_property
    def scope(self) -> etree._Element | None:
        """The innermost element around headline and text, where the page prints both."""
        if self.heading is None:
            return None
        above = set(self.heading.iterancestors())
        return next((each for each in self.body.element.iterancestors() if each in above), None)

    @cached_property
    def wrappers(self) -> frozenset[etree._Element]:
        """The headline, the text, and whatever is around them."""
        return frozenset().union(*map(_with_ancestors, (self.heading, *self.body.parts)))

    @cached_property
    def above(self) -> Sequence[Line]:
        """The lines above the headline, in the element that holds headline and text.

        Elsewhere above it stand menus, today's date, columnists (fixtures/lintas/banyak-h1).
        """
        inside = None if self.scope is None else set(self.scope.iter())
        above = self._own(self.around.header[: self._headline_at])
        return [each for each in above if inside is None or each.element in inside]

    @cached_property
    def beside(self) -> Sequence[Line]:
        """The lines between headline and text."""
        return self._own(self.around.header[self._headline_at :])

    def _own(self, lines: Iterable[Line]) -> Sequence[Line]:
        said = self.headline.value if self.headline is not None else "\n"
        rest = (attrs.evolve(line, text=fold(line.text.replace(said, " "))) for line in lines)
        return [each for each in rest if each.text and not self.is_of_another(each.element)]

    @property
    def _headline_at(self) -> int:
        return place_of(self.around.header, self.heading) or 0

    def marked(self, *tags: str) -> Iterator[etree._Element]:
        """Yield elements of the article that are neither in its text nor in furniture on its page."""
        for element in self.scope.iter(*tags) if self.scope is not None else ():
            if element not in self.body.inside and not self.is_furniture(element):
                yield element

    def is_of_another(self, element: etree._Element) -> bool:
        """Whether *element* stands in a link to another article, or on the card of one.

        A card has the headline of one article, and no list of terms, or stands among its like.
        """
        around = takewhile(lambda each: each not in self.wrappers, element.iterancestors())
        for each in (element, *islice(around, _CARD)):
            others = self._headlines(each)
            if len(others) > 1:
                return False
            if others:
                links = (link.get("href", "") for link in each.iter("a"))
                terms = sum(_TERM.search(href) is not None for href in links)
                if terms <= _FEW or each.tag in ("li", "article") or self._is_among_its_like(each):
                    return True
            # The card of a person, with photo and role, leads to no article.
            is_elsewhere = each.tag == "a" and not _PERSON.search(each.get("href", ""))
            if is_elsewhere and each is not element and self.document.leads_elsewhere(each):
                return True
        return False

    def _is_among_its_like(self, card: etree._Element) -> bool:
        """Whether a neighbour of *card*, of the same class, has one headline, too."""
        beside = (*card.itersiblings(card.tag), *card.itersiblings(card.tag, preceding=True))
        name = card.get("class")
        return bool(name) and any(
            each.get("class") == name and len(self._headlines(each)) == 1 for each in beside
        )

    def _headlines(self, box: etree._Element) -> set[str]:
        """Return where the headlines of other articles in *box* lead."""
        if box not in self._led_to:
            inside = box.iter("a") if box not in self.wrappers else (box,)
            links = (each for each in inside if each.tag == "a" and self._is_headline(each))
            self._led_to[box] = {each.get("href", "") for each in links}
        return self._led_to[box]

    def _is_headline(self, link: etree._Element) -> bool:
        """Whether *link* is the headline of another article, and not of the one before or after."""
        href = link.get("href", "")
        if _TERM.search(href) or _PERSON.search(href):
            return False
        if not _NOT_ON.isdisjoint(link.get("rel", "").split()):
            return False
        headed = next(link.iterancestors("h2", "h3", "h4"), None) is not None
        if not (headed or len(text_of(link)) >= _HEADLINE):
            return False
        return self.document.leads_elsewhere(link) and not self.is_furniture(link, loose=True)

    def is_furniture(self, element: etree._Element, *, loose: bool = False) -> bool:
        """Whether *element* stands in a part of the page that is none of the article."""
        around = takewhile(lambda each: each not in self.wrappers, element.iterancestors())
        return any(is_furniture(each, loose=loose) for each in around)

    @cached_property
    def around(self) -> Surroundings:
        """The lines beside headline and text.

        That begins and ends with a sentence: bylines in its container are around it.
        """
        text, container = self.body, set(self.body.element.iter())
        kept = self._printed | _with_ancestors(text.element)
        lines = among(self._all_lines, kept, loose=True)
        inside = [at for at, line in enumerate(lines) if line.element in text.inside]
        at = place_of(lines, self.heading)
        # A short text's container may be found around the headline.
        below = [each for each in inside if at is None or each > at] or inside
        own = [each for each in below if text.is_sentence(lines[each])] or below
        first, last = (own[0], own[-1]) if own else (len(lines), len(lines) - 1)
        if at is None or at > first:
            at = max(first - 1, 0)
        # Up to the first label of another part; "Baca Juga" in the text is none.
        after = [
            *takewhile(
                lambda line: line.element in container or not labels_another_part(line),
                lines[last + 1 : last + 1 + _AFTER_TEXT],
            )
        ]
        return Surroundings(
            header=lines[max(at - _ABOVE, 0) : min(first, at + _BELOW)],
            footer=[line for line in after if line.element not in container],
            typed=[line for line in after if line.element in container],
            closing=[lines[at] for at in own[-_CLOSING:]],
        )

    @cached_property
    def not_text(self) -> frozenset[etree._Element]:
        """Elements inside the text's container that are not text by their name."""
        inside = (each for part in self.body.parts for each in part.iterdescendants("*"))
        return frozenset(element for element in inside if self._is_not_text(element))

    def _is_not_text(self, element: etree._Element) -> bool:
        if element is self.heading:
            return True
        names = element.get("class") or element.get("id")
        if not self.has_own_container and is_list_of_links(element):
            return True
        if names and CALLED["stamp"].search(names) and not holds_more(element, _DAY):
            return True
        if not names or element.tag in ("p", "figure", "figcaption", "img"):
            return False
        # A sentence that was read as text is text, whatever stands around it.
        return bool(CALLED["caption"].search(names)) or (
            element not in self.holders and is_furniture(element)
        )


def _is_named(element: etree._Element, name: str) -> bool:
    names = element.get("class")
    return element.get("id") == name or (names is not None and name in names.split())


def _with_ancestors(element: etree._Element | None) -> frozenset[etree._Element]:
    return frozenset() if element is None else frozenset((element, *element.iterancestors()))
