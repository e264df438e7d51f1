"""The text of an unknown page: where it stands, and what stands in it without being it.

trafilatura says which words are the article, our own tree says how they stand: its answer is laid
over the lines of the page, and the innermost element that holds nearly all of them is the
container, unless microdata or a class that every theme of a kind uses names one. Where trafilatura
read the page and not a text, the sentence below the headline is where it begins
(fixtures/lintas/foto-saja).
"""

from __future__ import annotations

import logging
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from itertools import dropwhile
from typing import Final, cast

import attrs
from lxml import etree

from crawler.extract.blocks import Block
from crawler.extract.clutter import is_clutter
from crawler.extract.unknown.lines import SENTENCE, Line, is_linked

_NOT_WORD: Final = re.compile(r"\W+")

# What has fewer letters stands in many a sentence by accident.
_LABEL: Final = 25
# A paragraph of this length is known by two of three pieces.
_PARAGRAPH: Final = 120
_PIECE: Final = 30
# A line of this length is prose, whether trafilatura read it or not.
_PROSE: Final = 80
# Nearly all: a sentence of a caption or a summary may stand elsewhere.
_NEARLY_ALL: Final = 0.85
# Less than this of what trafilatura read found in one container: it read the page, not a text.
_COHERENT: Final = 0.4
_HALF: Final = 0.5
_GOOD_PART: Final = 0.1
# Letters; an article without text is not what the advertisement in it says.
_ADVERTISEMENT: Final = 300
# Summaries and captions stand above a headline; more than this share of a text does not.
_ABOVE: Final = 0.2

# Containers that themes of many newsrooms share. WordPress' own themes: entry-content; block
# themes: wp-block-post-content; tagDiv: td-post-content; JNews: content-inner; BeTheme:
# the_content_wrapper; Divi: et_pb_post_content; Elementor: theme-post-content.
_CONTAINERS: Final = frozenset(
    (
        *("entry-content", "td-post-content", "wp-block-post-content", "the_content_wrapper"),
        *("et_pb_post_content", "elementor-widget-theme-post-content", "content-inner"),
        *("post-content", "article-content", "single-post-content", "articleBody"),
    )
)
_MAY_BE_CONTAINERS: Final = etree.XPath(
    ".//*[@itemprop='articleBody' or contains(@class,'content') or contains(@class,'articleBody')]"
)
_HEADINGS: Final = frozenset(("h1", "h2", "h3", "h4", "h5"))
_INLINE: Final = frozenset(("p", "span", "font", "strong", "b", "em", "i", "a", "center"))


@attrs.frozen
class Accepted:
    """What trafilatura took for text: letters and digits alone."""

    text: str = ""
    lines: frozenset[str] = frozenset()
    _answers: dict[str, bool] = attrs.field(factory=dict, eq=False, repr=False)

    def has(self, text: str) -> bool:
        """Whether *text* is in it; a label or a name only where it is a line of its own."""
        answer = self._answers.get(text)
        if answer is None:
            answer = self._answers[text] = self._has(squeeze(text))
        return answer

    def _has(self, squeezed: str) -> bool:
        if squeezed in self.lines:
            return True
        if len(squeezed) < _LABEL:
            return False
        return squeezed in self.text or (len(squeezed) >= _PARAGRAPH and self._has_most(squeezed))

    def _has_most(self, squeezed: str) -> bool:
        """Whether two of beginning, middle and end are in it: a note between was left out."""
        middle = len(squeezed) // 2
        pieces = (squeezed[:_PIECE], squeezed[middle : middle + _PIECE], squeezed[-_PIECE:])
        return sum(piece in self.text for piece in pieces) > 1


def read_text(root: etree._Element) -> Accepted:
    """Return what trafilatura takes for the text of the page, without titles and captions."""
    from trafilatura import bare_extraction  # noqa: PLC0415 -- half a second, and only needed here

    # It warns of every page without a text; that is an answer here.
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    page = etree.tostring(root, encoding="unicode", method="html")
    document = bare_extraction(page, include_comments=False, include_tables=True)
    if document is None or isinstance(document, dict) or not document.text:
        return Accepted()
    lines = [squeeze(line) for line in document.text.split("\n")]
    return Accepted("".join(lines), frozenset(lines) - {""})


def squeeze(text: str) -> str:
    """Return the letters and digits of *text*: what two readers of a page cannot differ in."""
    return _NOT_WORD.sub("", text.casefold())


@attrs.frozen
class MainBody:
    """The container of the text, and the words in it that were read as text."""

    element: etree._Element
    words: Accepted
    source: str
    """``trafilatura``, the name of the container, or ``headline`` for what stands below it."""

    def accepts(self, text: str) -> bool:
        """Whether trafilatura read *text* too, or read nothing here."""
        return not self.words.text or self.words.has(text)

    def is_sentence(self, line: Line) -> bool:
        """Whether *line* is one of the sentences that were read as text."""
        return len(line.text) >= SENTENCE and self.accepts(line.text)

    def holds(self, text: str) -> bool:
        """Whether the letters of *text* stand somewhere in it, as those of a table's row do."""
        return squeeze(text) in self.words.text


def find_main_body(
    lines: Sequence[Line], accepted: Accepted, headline: etree._Element | None, page: etree._Element
) -> MainBody | None:
    """Return where the article's text stands in *page*, or ``None`` where nothing is sure.

    *lines* are those of *page*, *accepted* is what :func:`read_text` returned for it.
    """
    named = _named_container(page, _weights(lines), headline, least=1)
    read = [line for line in lines if accepted.has(line.text)]
    weights = _weights(read)
    total = weights.get(page, 0)
    if _is_one_text(lines, accepted, headline, total):
        if named is not None and weights.get(named[0], 0) >= _HALF * total:
            # What the container leaves out is a summary or a caption, not text.
            return MainBody(named[0], accepted, named[1])
        return MainBody(_block(_innermost(weights, total)), accepted, "trafilatura")
    if named is None:
        # An article without a sentence: a photo, a video, a table.
        named = _named_container(page, _weights(lines, shortest=0), headline, least=0)
    if named is not None:
        return MainBody(named[0], accepted, named[1])
    lead = _lead(lines, headline)
    return MainBody(lead, Accepted(), "headline") if lead is not None else None


def holders(lines: Sequence[Line], accepted: Accepted) -> frozenset[etree._Element]:
    """Return the elements that hold a good part of what was read as text.

    They are the article, whatever they are called (fixtures/lintas/wadah-salah-nama).
    """
    weights = _weights(line for line in lines if accepted.has(line.text))
    most = max(weights.values(), default=0)
    least = max(_GOOD_PART * most, _ADVERTISEMENT)
    return frozenset(each for each, weight in weights.items() if weight > least)


def _is_one_text(
    lines: Sequence[Line], accepted: Accepted, headline: etree._Element | None, total: int
) -> bool:
    """Whether trafilatura read a text, of which *total* letters of sentences stand in *lines*.

    It did not where that is little of what it read, or where a good part of it stands above the
    headline: then it read the page.
    """
    if not total or total < _COHERENT * len(accepted.text):
        return False
    above = (line for line in _above(lines, headline) if accepted.has(line.text))
    return sum(map(_weight, above)) <= _ABOVE * total


def _above(lines: Sequence[Line], headline: etree._Element | None) -> Sequence[Line]:
    """Return those of *lines* that stand above the headline."""
    if headline is None:
        return ()
    inside = set(headline.iter())
    inside.update(each for each in headline.iterancestors() if each.tag in _HEADINGS)
    at = next((at for at, line in enumerate(lines) if line.element in inside), 0)
    return lines[:at]


def _weights(lines: Iterable[Line], shortest: int = SENTENCE) -> dict[etree._Element, int]:
    """Return how many letters of sentences each element holds."""
    weights: dict[etree._Element, int] = defaultdict(int)
    for line in lines:
        weight = _weight(line, shortest)
        if weight:
            for element in (line.element, *line.element.iterancestors()):
                weights[element] += weight
    return weights


def _weight(line: Line, shortest: int = SENTENCE) -> int:
    """Return how many letters *line* has as a sentence; a link is none."""
    return 0 if len(line.text) < shortest or is_linked(line) else len(squeeze(line.text))


def _innermost(weights: dict[etree._Element, int], total: int) -> etree._Element:
    """Return the innermost element that holds nearly all of *total*."""
    enough = [element for element, weight in weights.items() if weight >= _NEARLY_ALL * total]
    return max(enough, key=lambda element: sum(1 for _ in element.iterancestors()))


def _block(element: etree._Element) -> etree._Element:
    """Return the block around a paragraph that holds the whole text with ``<br>`` between."""
    while element.tag in _INLINE and (parent := element.getparent()) is not None:
        element = parent
    return element


def _named_container(
    page: etree._Element,
    weights: Mapping[etree._Element, int],
    headline: etree._Element | None,
    *,
    least: int,
) -> tuple[etree._Element, str] | None:
    """Return the container with the most text of those that are called one, and its name.

    Each has at least so many letters. What holds the headline is a wrapper of the article,
    whatever it is called.
    """
    wrappers = frozenset(headline.iterancestors()) if headline is not None else frozenset()
    best: tuple[int, etree._Element, str] | None = None
    for element in cast("list[etree._Element]", _MAY_BE_CONTAINERS(page)):
        name = _container_name(element)
        weight = weights.get(element, 0)
        if name is None or weight < least or element in wrappers:
            continue
        # Outer containers come first: the inner one wins where it has nearly all.
        inner = best is not None and best[1] in set(element.iterancestors())
        if best is None or weight > best[0] or (inner and weight >= _NEARLY_ALL * best[0]):
            best = weight, element, name
    return best[1:] if best else None


def _container_name(element: etree._Element) -> str | None:
    if element.get("itemprop") == "articleBody":
        return "[itemprop=articleBody]"
    names = (name for name in element.get("class", "").split() if name in _CONTAINERS)
    return next((f".{name}" for name in names), None)


def _lead(lines: Iterable[Line], headline: etree._Element | None) -> etree._Element | None:
    """Return the element of the first sentence below *headline* that is no list of links."""
    if headline is None:
        return None
    below = dropwhile(lambda line: line.element is not headline, lines)
    prose = (line for line in below if len(line.text) >= _PROSE and not is_linked(line))
    return next((_block(line.element) for line in prose if line.element is not headline), None)


_ANCHOR: Final = re.compile(r"<a\b[^>]*>(.*?)</a>")
_TAG: Final = re.compile(r"<[^>]*>")


def kept(
    blocks: Iterable[Block], body: MainBody, headline: str, *, trusted: bool = False
) -> list[Block]:
    """Return those of *blocks* that are the article's, without the headline where it is repeated.

    *trusted* says that the container is the theme's own for the text, and for nothing else.
    """
    title = squeeze(headline)
    found = [block for block in blocks if block.photo is not None or _is_text(block, body, trusted)]
    texts = [at for at, block in enumerate(found) if block.photo is None]
    if texts and squeeze(found[texts[0]].text) == title:
        del found[texts[0]]
        texts = [at - 1 for at in texts[1:]]
    # Photos after the last words are the page's, all but one that ends the text.
    return found[: texts[-1] + 2] if texts else found


def from_lines(lines: Iterable[Line], body: MainBody) -> list[Block]:
    """Return paragraphs for the *lines* that were read as text, where the markup gives none.

    Some editors type the article into a caption (fixtures/lintas/teks-di-keterangan).
    """
    found: dict[str, Block] = {}
    for line in lines:
        if body.accepts(line.text) and not is_clutter(line.text) and not is_linked(line):
            block = Block("p", "p", ())
            block.text = line.text
            block.inner = escape(line.text, quote=False)
            found.setdefault(line.text, block)
    return list(found.values())


def _is_text(block: Block, body: MainBody, trusted: bool) -> bool:
    if body.accepts(block.text) or (block.kind == "tr" and body.holds(block.text)):
        return True
    return (trusted or len(block.text) >= _PROSE) and not _is_linked(block)


def _is_linked(block: Block) -> bool:
    links = sum(len(_TAG.sub("", link)) for link in _ANCHOR.findall(block.inner))
    return 3 * links > len(block.text)
