"""Which element of an unknown page is the headline, and what it says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import Final
from urllib.parse import unquote, urlsplit

import attrs
from lxml import etree

from crawler.extract.document import Document, holds_more, text_of
from crawler.extract.unknown.lines import SIGNS, is_furniture
from crawler.extract.unknown.metadata import Metadata, Stated
from crawler.normalise.text import fold, typographic_fold

_HEADINGS: Final = {"h1": 3.0, "h2": 2.0, "h3": 1.0, "h4": 0.5, "h5": 0.0}
_ANY_BOX: Final = ("div", "p", "span", "td", "strong", "b", "font", "center", "a")
_LONGEST: Final = 300
# A link, an emphasis, an icon. What has more is a box that is called title.
_FEW_CHILDREN: Final = 3
_MOST: Final = 400

_BOXES: Final = frozenset(("div", "span", "p", "strong"))
# Between a headline and the site's name in <title>, and in front of it in some og:titles.
_SEPARATORS: Final = ("-", "|", "»", "«", "::", "/", ":", "~", "·", "•", "<", ">")
_BEFORE_MARK: Final = re.compile(r" ([:.,;!?])")
_GROWN: Final = re.compile(r"[:!?]\w")
_ENDS: Final = re.compile(r" (?:[-–—|»]|::) ")
_PARTS: Final = re.compile(r"\s[-–—|»:~·•]+\s|\s::\s")
_WORD: Final = re.compile(r"\w+")

# Headlines are edited after the address is made: this share of its words is enough.
_MOST_WORDS: Final = 0.6
# Letters from which on a part of a title is a headline and not the site's name.
_HEADLINE: Final = 20
# What an element is called that names the site, or somebody.
_SITE_CLASS: Final = re.compile(r"site[-_]|logo|brand|author|widget|comment", re.IGNORECASE)
# More than what its tag says, less than what metadata say word for word.
_SOLE: Final = 6.0
# Enough to be the headline without any other sign: one h1, or a heading that is called a title.
_SURE: Final = 3.0


@attrs.frozen
class Headline(Stated):
    """A headline as printed."""

    element: etree._Element | None = None
    """The element that prints it; ``None`` when only the page's metadata has it."""

    agrees: bool = False
    """Whether metadata or the address say the same."""


class _References:
    """What the page's metadata and address say the headline is, folded."""

    def __init__(self, document: Document, metadata: Metadata, site: frozenset[str]) -> None:
        stated = (*(each.value for each in metadata.said("title")), metadata.title)
        # Content systems call every page by the site's name.
        self.titles = {each for each in map(_folded, stated) if each and each not in site}
        segments = unquote(document.url.partition("?")[0]).split("/")[3:]
        longest = max(segments, key=lambda each: each.count("-") + each.count("."), default="")
        slug = re.sub(r"[-_.]|\.html?$", " ", longest.casefold())
        self.slug = frozenset(_WORD.findall(slug))

    def equal(self, text: str) -> bool:
        return any(text == title or _is_cut_of(text, title) for title in self.titles)

    def inside(self, text: str) -> bool:
        """Whether *text* holds a headline that metadata name, with a kicker before it."""
        parts = (part for title in self.titles for part in _PARTS.split(title))
        return any(len(part) >= _HEADLINE and part in text for part in parts)

    def overlap(self, text: str) -> float:
        """Return the share of the address's words that *text* has; two words name a section."""
        words = set(_WORD.findall(text))
        return len(words & self.slug) / len(self.slug) if len(self.slug) > 2 else 0.0  # noqa: PLR2004


def find_headline(document: Document, metadata: Metadata, site: frozenset[str]) -> Headline | None:
    """Return the headline of *document*, or ``None`` where nothing says what it is.

    In the article's own element a sole ``h1``, else a sole title by its class, is the headline,
    whatever metadata say. Else a heading wins that metadata, ``<title>`` (without the site's name)
    or the words of the address confirm (fixtures/lintas/banyak-h1,
    fixtures/lintas/tajuk-tanpa-h1); then microdata, the tag, and what its class calls it. Where no
    element prints what the metadata say, the metadata's own form is the headline. What the *site*
    is called is none, wherever it stands.
    """
    root = document.root
    references = _References(document, metadata, site)
    headings = [each for each in _candidates(root) if _folded(each[1]) not in site]
    article = document.article
    named = article.get("id", "").replace("post-", "postid-") in document.body_classes
    if article is not root and (named or holds_more(article, 2 * _LONGEST)):
        # No other article's card.
        found = _sole(headings, article, references, document)
        if found is not None:
            return found
    sole = _sole(headings, root, references, document)
    best: tuple[float, Headline] | None = None
    for element, text in headings:
        score, agrees = _score(element, text, references, document)
        if sole is not None and sole.element is element:
            score += _SOLE
        if score >= _SURE and (best is None or score > best[0]):
            best = score, Headline(text, _name(element), element, agrees)
    if best is None or not (best[1].agrees or sole is not None):
        # Old content systems print the headline in a cell or a font of any name.
        for element in root.iter(*_ANY_BOX):
            text = "" if len(element) > _FEW_CHILDREN else _short(element)
            if text and references.equal(_folded(text)) and _folded(text) not in site:
                return Headline(text, str(element.tag), element, agrees=True)
    if best is not None:
        return best[1]
    for stated in metadata.said("title"):
        ends = _ENDS.finditer(stated.value)
        before = (end.start() for end in ends if _folded(stated.value[end.end() :]) in site)
        title = stated.value[: next(before, None)]
        if _folded(title) not in site:
            return Headline(title, stated.source)
    return None


def _sole(
    headings: Iterable[tuple[etree._Element, str]],
    scope: etree._Element,
    references: _References,
    document: Document,
) -> Headline | None:
    """Return the only ``h1`` in *scope*, else the one heading that is called its title.

    None is called the site's, leads to another article, or stands among others.
    """
    titles: dict[etree._Element, list[str]] = {}
    for element, text in headings:
        around = list(element.iterancestors())
        inside = around[: around.index(scope)] if scope in around else ()
        if scope in around and not (
            _SITE_CLASS.search(element.get("class", ""))
            or document.leads_elsewhere(element)
            or any(map(is_furniture, inside))
        ):
            titles.setdefault(element, []).append(text)
    first = [each for each in titles if each.tag == "h1"]
    called = [each for each in titles if SIGNS["entry_title"].search(each.get("class", ""))]
    for likely in (first, called):
        # A page may print its headline twice, for narrow and for wide screens.
        found = {titles[each][0]: each for each in reversed(likely)}
        if len(found) == 1:
            (element,) = found.values()
            texts = titles[element]
            text = next((each for each in texts if references.equal(_folded(each))), texts[0])
            return Headline(text, _name(element), element, agrees=True)
    return None


def site_names(document: Document, metadata: Metadata) -> frozenset[str]:
    """Return what the site is called: by itself, by its host, by links to its front page, folded."""
    host = urlsplit(document.url).netloc.casefold().removeprefix("www.")
    front = re.compile(rf"(?=.)(?:(?:https?:)?//(?:www\.)?{re.escape(host)})?/?", re.IGNORECASE)
    links = (
        text_of(anchor)
        for anchor in document.root.iter("a")
        if front.fullmatch(anchor.get("href", "")) and not holds_more(anchor, _LONGEST)
    )
    return frozenset((*metadata.site_names(), *host.split("."), host, *map(_folded, links))) - {""}


def heading_above(
    body: etree._Element, page: etree._Element, site: frozenset[str]
) -> Headline | None:
    """Return the last heading above the text in *body*, where no metadata name a headline.

    Old content systems print a ``span.h4`` and call every page by the *site*'s name.
    """
    last: Headline | None = None
    inside = body
    for element in page.iter("*"):
        if element is body:
            first = next((each for each in body.iter("*") if _may_be_a_heading(each)), None)
            inside = body if first is None else first
        text = _short(element) if _may_be_a_heading(element) else ""
        if text and _folded(text) not in site:
            last = Headline(text, _name(element), element)
        if element is inside:
            break
    return last


def _folded(text: str) -> str:
    return typographic_fold(text).casefold()


def _candidates(root: etree._Element) -> Iterator[tuple[etree._Element, str]]:
    found = (each for each in root.iter("*") if each.tag in _BOXES or _is_called_one(each))
    headings = ((each, _short(each)) for each in found if _may_be_a_heading(each))
    short = ((element, text) for element, text in headings if text)
    for element, text in islice(short, _MOST):
        # A kicker in a span of its own stands apart, unless metadata have it otherwise; no blank
        # before a colon or a full stop.
        pieces = fold(" ".join(map(str, element.itertext()))) if len(element) > 1 else text
        apart = _BEFORE_MARK.sub(r"\1", pieces) if len(element) > 1 else text
        if apart != text and _GROWN.search(text):
            yield element, apart
        yield element, text
        if apart != text:
            yield element, apart


def _may_be_a_heading(element: etree._Element) -> bool:
    if _is_called_one(element):
        return True
    return len(element) <= _FEW_CHILDREN and _is_title(element.get("class", ""))


def _is_called_one(element: etree._Element) -> bool:
    return element.tag in _HEADINGS or element.get("itemprop") == "headline"


@lru_cache(maxsize=4096)
def _is_title(names: str) -> bool:
    return SIGNS["title"].search(names) is not None


def _short(element: etree._Element) -> str:
    """Return the text of *element* without what only screen readers hear, unless it is long."""
    if holds_more(element, 2 * _LONGEST):
        return ""
    text = text_of(element)
    for each in element.iterdescendants("*"):
        if "screen-reader" in each.get("class", ""):
            text = text.replace(text_of(each), " ", 1)
    text = fold(text)
    return text if len(text) <= _LONGEST else ""


def _score(
    element: etree._Element, text: str, references: _References, document: Document
) -> tuple[float, bool]:
    folded = _folded(text)
    equal, inside = references.equal(folded), references.inside(folded)
    overlap = references.overlap(folded)
    score = _HEADINGS.get(str(element.tag), 0.0) + 5.0 * overlap
    score += 8.0 if equal else 4.0 if inside else 0.0
    if SIGNS["entry_title"].search(element.get("class", "")):
        score += 1.5
    if element.get("itemprop") == "headline":
        score += 2.0
    if document.leads_elsewhere(element):
        score -= 4.0
    if any(is_furniture(each) for each in (element, *element.iterancestors())):
        score -= 3.0
    return score, equal or inside or overlap > _MOST_WORDS


def _is_cut_of(text: str, title: str) -> bool:
    """Whether *title* is *text* with the site's name or a section before or after it."""
    if len(text) < 8 or len(text) >= len(title):  # noqa: PLR2004 -- "Berita" is no headline
        return False
    if title.startswith(text):
        return title[len(text) :].lstrip().startswith(_SEPARATORS)
    return title.endswith(text) and title[: -len(text)].rstrip().endswith(_SEPARATORS)


def _name(element: etree._Element) -> str:
    names = element.get("class", "").split()
    if element.get("itemprop") == "headline":
        return f"{element.tag}[itemprop=headline]"
    title = next((each for each in names if SIGNS["title"].search(each)), None)
    return f"{element.tag}.{title}" if title else str(element.tag)
