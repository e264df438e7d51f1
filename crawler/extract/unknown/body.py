"""The text of an unknown page: where it stands, and what stands in it without being it.

Two readers who know nothing of each other say which words are the article: trafilatura, and the
lines of our own tree, by where sentences stand densest. A class that themes share, or microdata,
decides between them; where they disagree widely and nobody decides, nothing is sure.

Looked at is what stands below the headline, in the element of the post where the page names it,
and above the headline of the next one. The article's own sentences beside the container (a lead
above, a part behind an ad, a last paragraph) are parts of the text.
"""

from __future__ import annotations

import logging
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from functools import cached_property
from itertools import chain, islice, takewhile
from typing import Final

import attrs
from lxml import etree
from lxml.html import HtmlElement

from crawler.extract.blocks import is_credit
from crawler.extract.document import holds_more, text_of
from crawler.extract.header import SENTENCE, torn_off
from crawler.extract.roles import is_clutter
from crawler.extract.unknown.lines import (
    CALLED,
    SIGNS,
    Line,
    is_linked,
    labels_another_part,
    place_of,
    squeeze,
)
from crawler.normalise.vocabulary import listed

# What has fewer letters stands in many a sentence by accident.
LABEL: Final = 25
# A paragraph of this length is known by two of three pieces.
_PARAGRAPH: Final = 120
_PIECE: Final = 30
# A line of this length is prose, whether trafilatura read it or not.
PROSE: Final = 80
# Nearly all: a sentence of a caption or a summary may stand elsewhere.
_NEARLY_ALL: Final = 0.85
# Less than this of what trafilatura read found below the headline: it read the page, not a text.
_COHERENT: Final = 0.4
_HALF: Final = 0.5
_GOOD_PART: Final = 0.1
# Two readers that share less of the smaller text disagree widely.
_SHARED: Final = 0.2
# More than this of a text left out between headline and container, and that is another text.
_MISSED: Final = 0.25
# Letters in all beside a photo.
_LONGEST_CAPTION: Final = 300
# Sentences beside a container that are looked at: no article has as many there.
_MOST_BESIDE: Final = 400
# Letters; an article without text is not what the advertisement in it says.
_ADVERTISEMENT: Final = 300
# Excerpts of related posts come together; below a box in the text one paragraph may be the last.
_EXCERPTS: Final = 2
# Summaries and captions stand above a headline; more than this share of a text does not.
_ABOVE: Final = 0.2
# No article has more subheads; a page of headings is none.
_MOST_HEADINGS: Final = 100

_CONTAINERS: Final = listed("containers.shared")
_HEADINGS: Final = ("h1", "h2", "h3", "h4", "h5")
_OTHERS: Final = frozenset(("aside", "nav", "footer", "form", "figure", "figcaption", "a"))
_PICTURES: Final = frozenset(("img", "figure", "picture"))
_INLINE: Final = frozenset(("p", "span", "font", "strong", "b", "em", "i", "a", "center"))
_PARAGRAPHS: Final = frozenset(("p", "li", "blockquote", "td", "tr", *_HEADINGS))
ENDS: Final = (".", "!", "?", "”", '"', "’", ")", "…", "]")
_CUT: Final = re.compile(
    r"[\W_]*(?:selengkapnya|read more|continue reading)?[\W_]*$", re.IGNORECASE
)
# Elementor, WPBakery, Divi, Beaver Builder, SiteOrigin, blocks.
_BUILT: Final = re.compile(r"widget|wpb_|et_pb_(?:module|text)|fl-|panel|text|wp-block")


@attrs.frozen
class Accepted:
    """What trafilatura took for text: letters and digits alone."""

    text: str = ""
    lines: frozenset[str] = frozenset()
    _answers: dict[str, bool] = attrs.field(factory=dict, eq=False, repr=False)

    def has(self, text: str) -> bool:
        """Whether *text* is in it; a label or a name only where it is a line of its own."""
        if text not in self._answers:
            self._answers[text] = self._has(squeeze(text))
        return self._answers[text]

    def _has(self, squeezed: str) -> bool:
        if squeezed in self.lines:
            return True
        if len(squeezed) < LABEL:
            return False
        # Two of beginning, middle and end of a paragraph: a note between was left out.
        middle = len(squeezed) // 2
        pieces = (squeezed[:_PIECE], squeezed[middle : middle + _PIECE], squeezed[-_PIECE:])
        is_paragraph = len(squeezed) >= _PARAGRAPH
        return squeezed in self.text or (
            is_paragraph and sum(piece in self.text for piece in pieces) > 1
        )


_CONTROL: Final = re.compile(r"[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_THEIRS: Final = etree.HTMLParser()
_THEIRS.set_element_class_lookup(etree.ElementDefaultClassLookup(element=HtmlElement))


def read_text(root: etree._Element) -> Accepted:
    """Return what trafilatura takes for the text of the page, without titles and captions."""
    from trafilatura import bare_extraction  # noqa: PLC0415 -- half a second, and only needed here

    # It warns of every page without a text; that is an answer here.
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    # A copy in its own kind of elements, and without comments, spares it to parse the page again.
    page = _THEIRS.makeelement("html")
    page.extend([*deepcopy(root)])
    etree.strip_tags(page, etree.Comment, etree.ProcessingInstruction)
    # It gives up on a tree with control characters; its own parser drops them.
    is_plain = _CONTROL.search("".join(map(str, page.itertext()))) is None
    read = page if is_plain else etree.tostring(root, encoding="unicode", method="html")
    document = bare_extraction(read, include_comments=False, include_tables=True)
    if document is None or isinstance(document, dict) or not document.text:
        return Accepted()
    lines = [squeeze(line) for line in document.text.split("\n")]
    return Accepted("".join(lines), frozenset(lines) - {""})


@attrs.frozen
class MainBody:
    """The container of the text, and the words in it that were read as text."""

    element: etree._Element
    words: Accepted
    source: str
    """``trafilatura``, the name of the container, or ``headline`` for what stands below it."""

    parts: tuple[etree._Element, ...] = ()
    """All elements that hold some of the text, the container among them, in order."""

    is_sure: bool = True
    """Whether two of the three opinions agree."""

    @cached_property
    def inside(self) -> frozenset[etree._Element]:
        """The elements of the text."""
        return frozenset(each for part in self.parts for each in part.iter())

    def accepts(self, text: str) -> bool:
        """Whether trafilatura read *text* too, or read nothing here."""
        return not self.words.text or self.words.has(text)

    def is_sentence(self, line: Line) -> bool:
        """Whether *line* is one of the sentences that were read as text."""
        return len(line.text) >= SENTENCE and self.accepts(line.text)


def find_main_body(
    lines: Sequence[Line], accepted: Accepted, headline: etree._Element | None, post: etree._Element
) -> MainBody | None:
    """Return where the article's text stands, or ``None`` where nothing is sure.

    *lines* are those of the page, *post* is the element of the article, or the page.
    """
    own = lines
    if post.tag != "body":
        last = next(post.iterchildren("*", reversed=True), post)
        inside = {each for part in (post, *torn_off(last, post)) for each in part.iter()}
        own = [line for line in lines if line.element in inside]
    above: Sequence[Line] = ()
    below: Sequence[Line] = own
    if headline is not None and _is_of_another(headline, own, accepted):
        headline = None
    if headline is not None:
        first = place_of(own, headline)
        # A theme may print headline and lead above the element of the post.
        lead = (
            lines[place_of(lines, headline) or 0 : place_of(lines, own[0].element)] if own else ()
        )
        below = own[first + 1 :] if first is not None else [*lead[1:], *own]
        below = below[: _next_article(below, headline)]
        below, accepted = _up_to_credit(*_before_others(below, accepted))
        above = lines[: place_of(lines, headline) or 0]
    found = _container(above, below, accepted, headline, post)
    return _with_parts(found, below) if found is not None else None


def _is_of_another(headline: etree._Element, own: Sequence[Line], accepted: Accepted) -> bool:
    """Whether both readers find the text above *headline*: in a list of what else there is."""
    above = own[: place_of(own, headline) or 0]
    densest = _densest(own)
    read = weights_of(line for line in own if accepted.has(line.text))
    read_above = sum(line.weight for line in above if accepted.has(line.text))
    return (
        densest in weights_of(above)
        and densest in read
        and 2 * read_above > max(read.values(), default=0)
    )


def _before_others(below: Sequence[Line], accepted: Accepted) -> tuple[Sequence[Line], Accepted]:
    """Return the lines above the label of another part, or its first headline, and what was read of them.

    There each text that was read stands under a link, its headline: excerpts of related posts,
    which are longer than a short article. Of that nothing sure was read, then. A text that goes on
    below a box in it has one such paragraph, or a box, with its label, above each.
    """
    first = (at for at, line in enumerate(below) if labels_another_part(line) or _is_teased(line))
    label = next(first, 0)
    read = [at for at, line in enumerate(below) if accepted.has(line.text)]
    others = [at for at in read if at > label and not _is_teased(below[at])]
    boxes = others and any(map(labels_another_part, below[label + 1 : others[-1]]))
    own = [line.text for line in below[:label] if not is_linked(line)]
    if (
        len(others) < _EXCERPTS
        or boxes
        or not all(is_linked(below[at - 1]) for at in others)
        or not any(len(text) >= LABEL and text.endswith(ENDS) for text in own)
    ):
        return below, accepted
    known = sum(len(squeeze(below[at].text)) for at in read if at < label)
    return below[:label], accepted if known >= _COHERENT * len(accepted.text) else Accepted()


def _is_teased(line: Line) -> bool:
    """Whether *line* is the headline of another article, which it leads to."""
    return line.element.tag in _HEADINGS and is_linked(line)


def _up_to_credit(below: Sequence[Line], accepted: Accepted) -> tuple[Sequence[Line], Accepted]:
    """Return the lines up to a credit, "(red)", that ends a text, and what was read of them.

    Nothing that was read goes on in the element that text and credit stand in: the rest is the
    site's, and may be longer (a glossary, a table of prices).
    """
    for at, line in enumerate(below):
        if len(line.text) > LABEL or line.text[0] not in "([" or not is_credit(line.text):
            continue
        box = line.element.getparent()
        inside = set(box.iter()) if box is not None else set()
        known = [each for each in below[:at] if accepted.has(each.text)]
        total = sum(each.weight for each in known)
        own = sum(each.weight for each in known if each.element in inside)
        further = [each for each in below[at:] if each.weight and accepted.has(each.text)]
        if (
            further
            and own >= max(_NEARLY_ALL * total, _ADVERTISEMENT)
            and not any(each.element in inside for each in further)
        ):
            words = [squeeze(each.text) for each in (*known, line)]
            return below[: at + 1], Accepted("".join(words), frozenset(words))
    return below, accepted


def _next_article(below: Sequence[Line], headline: etree._Element) -> int | None:
    """Return where the headline of another article stands, none of the subheads of this one."""
    headings = (
        (at, line.element) for at, line in enumerate(below) if line.element.tag in _HEADINGS
    )
    own = text_of(headline)
    for at, each in islice(headings, _MOST_HEADINGS):
        if text_of(each) == own:  # printed once more: for paper, or above the text
            continue
        if (
            each.tag == "h1"
            or CALLED["title"].search(each.get("class", ""))
            or (each.tag == headline.tag and each.get("class", "") == headline.get("class"))
        ):
            weights = weights_of(below[:at])
            total = max(weights.values(), default=0)
            if total and each not in set(_block(_innermost(weights, total)).iter()):
                return at
    return None


def _container(
    above: Iterable[Line],
    below: Sequence[Line],
    accepted: Accepted,
    headline: etree._Element | None,
    post: etree._Element,
) -> MainBody | None:
    """Return the container of the text by two opinions of three."""
    read = [line for line in below if accepted.has(line.text)]
    weights = weights_of(read)
    total = weights.get(post, 0)
    is_text = total >= max(_COHERENT * len(accepted.text), 1) and (
        sum(line.weight for line in above if accepted.has(line.text)) <= _ABOVE * total
    )
    wrappers = frozenset(headline.iterancestors()) if headline is not None else frozenset()
    stands = weights_of(below)
    named = _named(stands, wrappers) or _named(weights_of(below, 0), wrappers)
    if named is None and not read:
        # An article without a word: a photo, a video.
        empty = (
            (each, _name(each, _CONTAINERS.__contains__)) for each in post.iter("div", "section")
        )
        named = next(((e, name) for e, name in empty if name and e not in wrappers), None)
    if named is not None and (not is_text or weights.get(named[0], 0) >= _HALF * total):
        # What the container leaves out is a summary or a caption, not text.
        return MainBody(named[0], accepted, named[1])
    densest = _densest(below)
    if not is_text:
        # The page was read, or nothing: the text begins with the first sentence there is.
        unlinked = [line for line in below if line.letters and len(line.text) >= LABEL]
        prose = (line.element for line in unlinked if len(line.text) >= PROSE)
        own = unlinked if post.tag != "body" else ()
        short = (line for line in own if line.element.tag == "p" and line.text.endswith(ENDS))
        lead = next(chain(prose, (line.element for line in short)), None)
        if lead is None:
            return None
        if densest is None or all(each is not densest for each in lead.iterancestors()):
            densest = _block(lead)
        return MainBody(densest, Accepted(), "headline")
    element = _block(_innermost(weights, total))
    dense = stands.get(densest, 0) if densest is not None else 0
    shared = weights.get(densest, 0) if densest is not None else 0
    is_sure = shared >= _SHARED * min(dense, total)
    return MainBody(element, accepted, "trafilatura", is_sure=is_sure)


def holders(lines: Iterable[Line], accepted: Accepted) -> frozenset[etree._Element]:
    """Return the elements that hold a good part of what was read as text.

    They are the article, whatever they are called (fixtures/lintas/wadah-salah-nama).
    """
    weights = weights_of(line for line in lines if accepted.has(line.text))
    most = max(weights.values(), default=0)
    least = max(_GOOD_PART * most, _ADVERTISEMENT)
    return frozenset(each for each, weight in weights.items() if weight > least)


def weights_of(lines: Iterable[Line], shortest: int = SENTENCE) -> dict[etree._Element, int]:
    """Return how many letters of sentences each element holds."""
    weights: dict[etree._Element, int] = defaultdict(int)
    for line in lines:
        weight = line.letters if len(line.text) >= shortest else 0
        if weight:
            for element in line.holders:
                weights[element] += weight
    return weights


def _innermost(weights: Mapping[etree._Element, int], total: int) -> etree._Element:
    """Return the innermost element that holds nearly all of *total*."""
    enough = [element for element, weight in weights.items() if weight >= _NEARLY_ALL * total]
    return max(enough, key=lambda element: sum(1 for _ in element.iterancestors()))


def _block(element: etree._Element) -> etree._Element:
    """Return the block around a paragraph that holds the whole text with ``<br>`` between."""
    while element.tag in _INLINE and (parent := element.getparent()) is not None:
        element = parent
    return element


def _densest(lines: Iterable[Line]) -> etree._Element | None:
    """Return the element in which sentences stand densest: the second opinion.

    A sentence counts for the element that its paragraph stands in, half for the one around that,
    by its length and its commas.
    """
    scores: dict[etree._Element, float] = defaultdict(float)
    for line in lines:
        if line.weight:
            around = line.element.iterancestors()
            holders = around if line.element.tag in _PARAGRAPHS else (line.element, *around)
            score = 1 + line.text.count(",") + min(len(line.text) // 100, 3)
            for holder, share in zip(holders, (1, 0.5), strict=False):
                scores[holder] += score * share
    return max(scores, key=scores.__getitem__) if scores else None


def _named(
    weights: Mapping[etree._Element, int], wrappers: Collection[etree._Element]
) -> tuple[etree._Element, str] | None:
    """Return the container with the most text of those that are called one, and its name.

    An outer one loses to the inner that has nearly all of it. What holds the headline is a wrapper
    of the article, whatever it is called. Names that themes share come before likely ones.
    """
    for is_name in (_CONTAINERS.__contains__, SIGNS["container"].search):
        named = {
            each: name
            for each in weights
            if each not in wrappers and (name := _name(each, is_name)) is not None
        }
        if named:
            most = max(named, key=weights.__getitem__)
            inner = (each for each in named if most is each or most in each.iterancestors())
            enough = {each: weights[each] for each in inner}
            best = _innermost(enough, weights[most])
            return best, named[best]
    return None


def _name(element: etree._Element, is_name: Callable[[str], object]) -> str | None:
    """Return the name of *element* that is the name of a container, as a selector."""
    if element.get("itemprop") == "articleBody":
        return "[itemprop=articleBody]"
    return next((f".{each}" for each in element.get("class", "").split() if is_name(each)), None)


def _with_parts(found: MainBody, below: Sequence[Line]) -> MainBody:
    """Return *found* with all elements that hold some of the text: sentences beside the container.

    A container without a name may be another article's: much that is none stands above it.
    """
    main = found.element
    wrappers = set(main.iterancestors())
    inside = set(main.iter())
    at = [at for at, line in enumerate(below) if line.element in inside]
    first = at[0] if at else 0
    words = squeeze("".join(below[each].text for each in at))
    parts: dict[etree._Element, None] = {}
    missed = beside = 0
    for place, line in enumerate(below):
        if place == first:
            parts[main] = None
        if line.element in inside or line.element in wrappers or not line.weight:
            continue
        beside += 1
        if beside > _MOST_BESIDE:
            break
        around = takewhile(lambda each: each not in wrappers, line.element.iterancestors())
        *_, box = (line.element, *around)
        if squeeze(_CUT.sub("", line.text)) in words or not _is_of_the_text(line, box):
            continue
        if _is_like(box, main):
            parts[box] = None
        elif not any(each in parts for each in line.element.iterancestors()) and (
            found.words.has(line.text)
            or (box is line.element and (box.tag == "p" or _goes_on(line, parts)))
            or (place < first and _is_lead(line, box))
        ):
            parts[line.element] = None
        elif place < first and len(line.text) >= PROSE:
            missed += len(line.text)
    parts.setdefault(main)
    is_sure = found.is_sure and (found.source[0] in ".[" or missed <= _MISSED * len(words))
    return attrs.evolve(found, parts=tuple(parts), is_sure=is_sure)


def _is_of_the_text(line: Line, box: etree._Element) -> bool:
    """Whether *line*, in a *box* beside the text, is a sentence of the article.

    A caption is none, nor is what somebody is said to be, or the summary of another article.
    """
    for each in _levels(line.element, box):
        names = f"{each.get('class', '')} {each.get('id', '')}"
        if each.tag in _OTHERS or CALLED["caption"].search(names) or CALLED["beside"].search(names):
            return False
    before = box.getprevious()
    return (
        line.text.endswith(ENDS)
        and next(box.iter("img", "form"), None) is None
        and (
            before is None
            or before.tag not in _PICTURES
            or holds_more(box, _LONGEST_CAPTION)
            or _is_lead(line, box)
        )
        and not any(True for heading in box.iter(*_HEADINGS) for _ in heading.iter("a"))
    )


def _goes_on(line: Line, parts: Collection[etree._Element]) -> bool:
    """Whether *line* is prose right below one of *parts*: the last paragraph, in a ``div`` alone."""
    is_prose = len(line.text) >= PROSE and not is_clutter(line.text)
    return is_prose and line.element.tag == "div" and line.element.getprevious() in parts


def _levels(element: etree._Element, box: etree._Element) -> Iterator[etree._Element]:
    """Yield *element* and the elements around it, up to *box*."""
    for each in (element, *element.iterancestors()):
        yield each
        if each is box:
            return


def _is_lead(line: Line, box: etree._Element) -> bool:
    """Whether *line*, or something around it in its *box*, is called a lead."""
    return any(CALLED["lead"].search(each.get("class", "")) for each in _levels(line.element, box))


def _is_like(box: etree._Element, main: etree._Element) -> bool:
    """Whether *box* is of the container's kind: its class, or a builder's word in it, is the same."""
    ours, theirs = main.get("class", ""), box.get("class", "")
    if ours and ours == theirs:
        return box.tag == main.tag
    return any(_BUILT.search(name) for name in {*ours.split()}.intersection(theirs.split()))
