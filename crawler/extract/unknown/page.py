"""The page of an article in a theme that nobody has described, and whether it is one.

Its fields are read from the facts of the page by the rules of ``times``, ``names`` and ``terms``, and by
those of the photo here; where the text stands, see ``body``. A page that is no article, or that
cannot be read with confidence, is refused: ``captcha`` (a firewall's challenge), ``hacked``, ``parked``
(a domain for sale, an account that is suspended, a server's own page), ``not_found`` (an error page
that answers 200), ``front_page``, ``list``, ``no_headline``, ``no_text``, ``too_short``. A saved page for
each is in fixtures/lintas: tantangan-captcha, situs-diretas, domain-dijual, tidak-ditemukan-200,
halaman-depan, daftar-tanpa-wordpress, tanpa-isi.
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
from crawler.extract import media
from crawler.extract.blocks import Block
from crawler.extract.content import Walk
from crawler.extract.document import Document, holds_more, is_gambling, text_of
from crawler.extract.header import Header, after_content
from crawler.extract.page import ArticlePage
from crawler.extract.roles import is_clutter, role_of
from crawler.extract.unknown import own_blocks, terms
from crawler.extract.unknown.facts import Facts
from crawler.extract.unknown.lines import CALLED, SIGNS, is_caption
from crawler.extract.unknown.metadata import Stated, of_one
from crawler.extract.unknown.names import Names, names_of
from crawler.extract.unknown.times import times_of
from crawler.items import RelatedPost
from crawler.newsrooms import Newsroom
from crawler.normalise.text import fold
from crawler.normalise.vocabulary import patterns_in

# Letters. A few sentences of an advertisement in an article without text are no loss.
_WORTH_A_DOUBT: Final = 500

# Letters; what is shorter is a topic or a section.
_SHORTEST_HEADLINE: Final = 15
_SUBTITLE: Final = re.compile(r"sub[-_]?(?:title|judul|heading)", re.IGNORECASE)


class GenericPage(ArticlePage):
    """An article in markup of which nothing is known."""

    _opening_photo: media.Photo | None = None

    def __init__(self, documents: Sequence[Document], newsroom: Newsroom) -> None:
        self.all_facts = [Facts(document) for document in documents]
        self.facts = self.all_facts[0]
        for is_none, reason in _refusals(self.facts, newsroom):
            if is_none:
                raise NotAnArticle(self.facts.document.url, reason)
        super().__init__(documents, newsroom)

    def read_header(self, document: Document) -> Header:
        facts = self.all_facts[self.documents.index(document)]
        header = Header(facts.page if facts.scope is None else facts.scope)
        header.title = facts.heading
        header.content = facts.body.element
        beside = (line.element for line in facts.around.header)
        header.subtitle = next(
            (each for each in beside if _SUBTITLE.search(each.get("class", ""))), None
        )
        return header

    @property
    def _scopes(self) -> Iterable[etree._Element]:
        return [document.root for document in self.documents]

    @cached_property
    def walks(self) -> list[Walk]:
        walks = []
        for facts, chosen in zip(self.all_facts, self.selections, strict=True):
            content = chosen.element("body")
            skip = frozenset(chosen.elements("not_body"))
            if content is not None:
                walks.append(Walk(content, facts.document, skip=skip))
            else:
                walks.append(_walk(facts, skip, self.title or ""))
        blocks = walks[0].blocks
        first = next(self.facts.body.element.iter(*_IMAGES), None)
        # tagDiv puts the theme's own photo into the text's container.
        opens = not self.facts.has_own_container or (first is not None and _is_themes_own(first))
        if opens and blocks and blocks[0].photo is not None:
            # A lead photo that stands inside the container.
            self._opening_photo = blocks.pop(0).photo
        return walks

    @property
    def title(self) -> str | None:
        chosen = self.selected.element("title")
        if chosen is not None:
            return self.state_text("title", chosen, "selector")
        return self._one("title", self.facts.headline)

    @cached_property
    def _times(self) -> tuple[Stated | None, Stated | None]:
        return times_of(self.facts, self.newsroom.tzinfo, self.selected.texts("published_at"))

    @cached_property
    def published_at(self) -> str | None:
        return self._one("published_at", self._times[0])

    @cached_property
    def modified_at(self) -> str | None:
        return self._one("modified_at", self._times[1])

    @cached_property
    def _names(self) -> Names:
        return names_of(self.facts, self.all_facts[-1].around, self.newsroom)

    @property
    def authors(self) -> Sequence[str]:
        return self._listed("authors", self._names.authors)

    @property
    def writer(self) -> str | None:
        return self._one("writer", self._names.writer) or super().writer

    @property
    def editor(self) -> str | None:
        return self._one("editor", self._names.editor) or super().editor

    def _one(self, field: str, found: Stated | None) -> str | None:
        return self.state(field, found.value, found.source) if found is not None else None

    @cached_property
    def _terms(self) -> list[terms.Terms]:
        return [terms.Terms(facts) for facts in self.all_facts]

    @property
    def categories(self) -> Sequence[str]:
        metadata = self.facts.metadata
        site = metadata.site_names() | {self.document.host}
        sections = (each for each in metadata.said("section") if each.value.casefold() not in site)
        found = self._terms[0].of(terms.CATEGORY) or of_one(sections)
        return self._listed("categories", found or self._terms[0].unmarked())

    @property
    def tags(self) -> Sequence[str]:
        # Below the last page, or below each.
        printed = filter(None, (each.of(terms.TAG) for each in reversed(self._terms)))
        return self._listed("tags", next(printed, of_one(self.facts.metadata.keywords())))

    def _listed(self, field: str, found: Sequence[Stated]) -> Sequence[str]:
        """State what the newsroom selects for *field*, else what was *found*."""
        if chosen := self.selected.texts(field):
            return self.state(field, chosen, "selector")
        names = list(dict.fromkeys(each.value for each in found))
        return self.state(field, names, found[0].source) if names else []

    @cached_property
    def _lead(self) -> _LeadPhoto:
        found = _find_photo(self.facts)
        opening = self._opening_photo if self.walks and not found.is_printed else None
        if opening is None:
            return found
        return _LeadPhoto(opening.url, opening.alt, opening.caption or found.caption, "img")

    @cached_property
    def image_url(self) -> str | None:
        if self.selected.elements("image_url"):
            return super().image_url
        return self.state("image_url", self._lead.url, self._lead.source)

    @property
    def image_alt(self) -> str | None:
        if self.selected.elements("image_url"):
            return super().image_alt
        return self.state("image_alt", self._lead.alt, "img[alt]")

    @property
    def caption(self) -> str | None:
        if self.selected.elements("caption"):
            return super().caption
        return self.state("caption", self._lead.caption, "caption")

    @property
    def end_related(self) -> Iterable[RelatedPost]:
        return [post for post in super().end_related if len(post.title) >= _SHORTEST_HEADLINE]

    @cached_property
    def _after_content(self) -> list[etree._Element]:
        """What follows the text on the page: boxes of other articles stand outside of this one."""
        return after_content(self.header.content, self.facts.page)

    @property
    def language(self) -> str:
        stated = (each.value.replace("_", "-") for each in self.facts.metadata.said("language"))
        return self.document.language or next(stated, self.newsroom.language)


def _walk(facts: Facts, skip: frozenset[etree._Element], title: str) -> Walk:
    """Return the text of the page that *facts* are of, block for block.

    *skip* are elements that the newsroom leaves out, *title* is its headline. Raises
    :exc:`NotAnArticle` where half of what was read as text would be lost.
    """
    # ``div.js-dynamic-advertorial`` is seen around whole articles.
    spared = frozenset(each.get("class", "") for each in facts.holders)
    # Boxes with a role are read for what they are: related posts, embeds, page links.
    classes = ((each, each.get("class", "")) for each in facts.not_text)
    skip = skip.union(each for each, names in classes if names in spared or not role_of(names))
    first, *further = facts.body.parts
    walk = Walk(first, facts.document, further=further, skip=skip, spared=spared)
    walk.blocks[:] = own_blocks.kept(
        walk.blocks, facts.body, title, trusted=facts.has_own_container
    )
    if _is_half(walk.blocks, facts):
        walk.blocks[:] = own_blocks.from_lines(facts.text_lines, facts.body)
    if _is_half(walk.blocks, facts):
        raise NotAnArticle(facts.document.url, "unsure_text")
    return walk


def _is_half(blocks: Iterable[Block], facts: Facts) -> bool:
    """Whether *blocks* have less than half of what was read as text."""
    held = sum(len(block.text) for block in blocks)
    return held < facts.expected / 2 and facts.expected > _WORTH_A_DOUBT


# Whether it is an article.

_CHALLENGE: Final = etree.XPath(
    "boolean(//*[@id='challenge-form' or @id='cf-wrapper' or @id='challenge-error-text'"
    " or contains(@class,'cf-browser-verification') or contains(@class,'cf-turnstile')"
    " or contains(@class,'h-captcha') or contains(@class,'g-recaptcha')]"
    " | //script[contains(@src,'/cdn-cgi/challenge-platform/')])"
)
_SAYS: Final = patterns_in("screens", flags=re.IGNORECASE)
# A page of teasers has some of them; each is shorter than this.
_SOME: Final = 3
_TEASER: Final = 250
# Below this a page without any mark of an article may be anything.
_SHORT: Final = 250
# From here on a page is an article although nothing confirms its headline.
_LONG: Final = 1_000
# A challenge, an error or a parked domain says little else.
_LITTLE: Final = 1_200
# Slashes in an address that has a path.
_PATH: Final = len("//") + 1


def _refusals(facts: Facts, newsroom: Newsroom) -> Iterator[tuple[object, str]]:
    """Yield whether the page that *facts* are of is no article, and of which kind, surest first."""
    metadata, classes, url = facts.metadata, facts.document.body_classes, facts.document.url
    title, headline = metadata.title, facts.headline
    # WordPress or JSON-LD say that this very page is one; ``og:type`` is the same on all of some sites.
    is_stated = "single" in classes or bool(metadata.article)
    is_marked = is_stated or metadata.is_article()
    little = sum(len(line.text) for line in facts.lines) < _LITTLE
    first = " ".join(line.text for line in facts.lines[:8])[:_LITTLE] if little else ""
    described = " ".join((title, *(each.value for each in metadata.said("description"))))

    is_challenge = _SAYS["captcha"].search(title) or (
        not is_marked and _CHALLENGE(facts.document.root)
    )
    yield little and is_challenge, "captcha"
    is_defaced = not is_marked and _SAYS["hacked"].search(f"{title} {first}")
    yield is_defaced or is_gambling(described), "hacked"
    yield little and (_SAYS["parked"].search(title) or _SAYS["parked"].search(first)), "parked"
    yield little and not is_stated and _SAYS["not_found"].search(title), "not_found"
    is_front = url.rstrip("/") == newsroom.address or url.rstrip("/").count("/") < _PATH
    is_front = "home" in classes or (is_front and "?" not in url)
    yield "single" not in classes and is_front, "front_page"
    yield headline is None, "no_headline"
    assert headline is not None
    yield little and not is_stated and _SAYS["not_found"].search(headline.value), "not_found"
    yield not facts.body.is_sure, "unsure_text"
    yield not is_stated and _is_list(facts), "list"
    if not is_marked:
        inside = set(facts.body.element.iter())
        own = (line for line in facts.lines if line.element in inside and line.letters)
        size = sum(len(line.text) for line in own if facts.body.is_sentence(line))
        yield size < _SHORT, "too_short"
        yield not headline.agrees and size < _LONG, "no_headline"


def _is_list(facts: Facts) -> bool:
    """Whether what was taken for the text is teasers: headings that lead elsewhere, little text."""
    inside = set(facts.body.element.iter("h2", "h3", "h4"))
    teasers = {
        line.element
        for line in facts.lines
        if line.element in inside and facts.document.leads_elsewhere(line.element)
    }
    return len(teasers) >= _SOME and facts.expected < len(teasers) * _TEASER


# The photo above the text, and its caption.

# Pixels; what is smaller is an icon.
_SMALL: Final = 150
# Letters of a caption.
_LONGEST: Final = 1_000
_SHORTEST: Final = 12
_FEATURED: Final = re.compile(r"featured[-_]?(?:image|media)|post-thumbnail|wp-post-image")
_IMAGES: Final = ("img", *media.AMP_IMAGES)
_CAPTIONS: Final = ("p", "div", "span", "small", "em", "i", "td", "li", "h6")
# A caption is looked for in no more elements around its photo.
_ABOVE_CAPTION: Final = 4


@attrs.frozen
class _LeadPhoto:
    """The lead photo as far as the page states it."""

    url: str | None = None
    alt: str | None = None
    caption: str | None = None
    source: str = ""

    @property
    def is_printed(self) -> bool:
        """Whether the page shows it; else only its metadata name it."""
        return self.source.startswith("img")


def _find_photo(facts: Facts) -> _LeadPhoto:
    """Return the lead photo of *facts*.

    The theme's own, else a large one between headline and text, else one above them that metadata
    name, too; else the one that only metadata name: that one has no alternative text.
    """
    captions = (line.text for line in facts.around.header if is_caption(line))
    caption = next((each for each in captions if not is_clutter(each)), None)
    stated = next(filter(_is_photo, facts.metadata.images()), None)
    address = facts.document.absolute(stated.value) if stated is not None else None
    for image, url in _images(facts, address):
        box = list(_box(image, facts.heading))
        own = _named_caption(box, image) or caption or _text(box)
        name = "img.wp-post-image" if "wp-post-image" in image.get("class", "") else "img"
        return _LeadPhoto(url, fold(image.get("alt") or "") or None, own, name)
    return _LeadPhoto(address, None, caption, stated.source) if stated is not None else _LeadPhoto()


def _images(facts: Facts, stated: str | None) -> list[tuple[etree._Element, str]]:
    """Return the images above the text that may be its photo, with their addresses, likely first.

    Outside the element around headline and text it is one of the theme's class or the *stated* one.
    """
    content = facts.body.element
    scope = facts.scope if facts.scope is not None else content.getparent()
    inside = frozenset(scope.iter()) if scope is not None else frozenset()
    above = takewhile(lambda each: each is not content, facts.page.iter())
    found = []
    for image in above:
        if image.tag not in _IMAGES or not _is_shown(image):
            continue
        url = facts.document.absolute(media.source(image))
        if url is None or SIGNS["no_photo"].search(url) or facts.is_of_another(image):
            continue
        is_stated = stated is not None and media.file_of(url) == media.file_of(stated)
        is_likely = image in inside or _is_themes_own(image)
        if is_stated or (is_likely and not facts.is_furniture(image)):
            found.append((image, url))
    return sorted(found, key=lambda each: (not _is_themes_own(each[0]), each[0] not in inside))


def _is_themes_own(image: etree._Element) -> bool:
    around = (image, *islice(image.iterancestors(), _ABOVE_CAPTION))
    return any(_FEATURED.search(each.get("class", "")) for each in around)


def _is_shown(image: etree._Element) -> bool:
    """Whether *image* is no icon, and not for readers without scripts alone."""
    sides = (image.get("width") or "", image.get("height") or "")
    noscript = next(image.iterancestors("noscript"), None)
    return not any(int(side) < _SMALL for side in sides if re.fullmatch(r"[0-9]{1,4}", side)) and (
        noscript is None or media.unscripted(noscript) is image
    )


def _box(image: etree._Element, headline: etree._Element | None) -> Iterator[etree._Element]:
    """Yield the figure, or the small elements, around *image*."""
    above = set() if headline is None else set(headline.iterancestors())
    for element in islice(image.iterancestors(), _ABOVE_CAPTION):
        if element in above or holds_more(element, _LONGEST):
            return
        yield element
        if element.tag == "figure":
            return


def _named_caption(box: Sequence[etree._Element], image: etree._Element) -> str | None:
    """Return what is called a caption in *box* or right below it; a credit may stand before it."""
    outer = box[-1] if box else image
    beyond = next(outer.itersiblings("*"), None)
    around = list(outer.iter())
    if beyond is not None and not holds_more(beyond, _LONGEST):
        around += beyond.iter()
    at = around.index(image)
    for element in (*around[at:], *around[:at]):
        if element.tag == "figcaption" or (
            element.tag in _CAPTIONS and CALLED["caption"].search(element.get("class") or "")
        ):
            return text_of(element) or None
    return None


def _text(box: Iterable[etree._Element]) -> str | None:
    """Return the words around a photo where nothing is called a caption."""
    for element in box:
        text = fold(" ".join(map(str, element.itertext())))
        if len(text) >= _SHORTEST and next(element.iter("a", "h1", "h2", "h3"), None) is None:
            return text
    return None


def _is_photo(stated: Stated) -> bool:
    file = stated.value.rpartition("/")[2]
    return not (SIGNS["no_photo"].search(file) or media.is_placeholder(file))
