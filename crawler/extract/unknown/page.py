"""Pages of themes that nobody here has seen.

Metadata, marks of hAtom and microdata, and the printed lines are weighed by stated rules: see
``headline.py``, ``moments.py`` and ``bylines.py``. Where the text stands, trafilatura and the
names of containers say together: see ``mainbody.py``.

The text of a page of an unknown theme, block for block.

Where an unknown page says when it was published: gathered for ``moments.py`` to weigh.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import ClassVar, Final
from urllib.parse import urlsplit

import attrs
from lxml import etree

from crawler.errors import NotAnArticle
from crawler.extract.blocks import Block
from crawler.extract.content import Walk
from crawler.extract.document import Document
from crawler.extract.header import Header
from crawler.extract.media import Photo
from crawler.extract.page import ArticlePage, Selected
from crawler.extract.roles import Role, Roles
from crawler.extract.unknown import body, lines, photo, times
from crawler.extract.unknown.metadata import Stated
from crawler.extract.unknown.names import Byline, Names, names_of
from crawler.extract.unknown.reading import Reading
from crawler.extract.unknown.refusals import refuse
from crawler.items import RelatedPost
from crawler.newsrooms import Newsroom
from crawler.normalise.urls import canonical

BOXES: Final = {
    # Networks' own names for a box of links in the text.
    "lihatjg": Role.RELATED,
    "linksisip": Role.RELATED,
    "jnews_inline_related_post": Role.RELATED,
}

# Letters. A few sentences of an advertisement in an article without text are no loss.
_WORTH_A_DOUBT: Final = 500


class _Sparing(Roles):
    """Roles of classes, but for elements that hold a good part of the text.

    ``div.js-dynamic-advertorial`` is seen around whole articles.
    """

    def __init__(self, holders: Iterable[etree._Element]) -> None:
        super().__init__(BOXES)
        spared = frozenset(each.get("class") or "" for each in holders)
        role_of = self.of
        self.of = lambda classes: None if classes in spared else role_of(classes)  # type: ignore[assignment]


def walk_of(reading: Reading, skip: frozenset[etree._Element], title: str) -> Walk:
    """Return the text of the page that *reading* is of.

    *skip* are elements that the newsroom leaves out, *title* is its headline. Raises
    :exc:`NotAnArticle` where half of what was read as text would be lost.
    """
    assert reading.body is not None
    roles = _Sparing(reading.holders)
    # Boxes with a role are read for what they are: related posts, embeds, page links.
    unwanted = (each for each in reading.not_text if not roles.of(each.get("class") or ""))
    walk = Walk(reading.body.element, reading.document, roles, skip=skip.union(unwanted))
    walk.blocks[:] = body.kept(walk.blocks, reading.body, title, trusted=reading.has_own_container)
    if _is_half(walk.blocks, reading):
        walk.blocks[:] = body.from_lines(reading.text_lines, reading.body)
    if _is_half(walk.blocks, reading):
        raise NotAnArticle(reading.document.url, "unsure_text")
    return walk


def _is_half(blocks: Iterable[Block], reading: Reading) -> bool:
    """Whether *blocks* have less than half of what was read as text."""
    held = sum(len(block.text) for block in blocks)
    return held < reading.expected / 2 and reading.expected > _WORTH_A_DOUBT


def take_opening_photo(blocks: list[Block]) -> Photo | None:
    """Take the photo with which the container begins: a lead photo that stands inside of it."""
    return blocks.pop(0).photo if blocks and blocks[0].photo is not None else None


# WordPress' permalinks by day or by month, and those of other content systems.
_ADDRESS_DAY: Final = re.compile(r"/((?:19|20)\d\d)/(\d\d?)(?:/(\d\d?))?(?=/)")
_LONGEST: Final = 200
_EDITED: Final = re.compile(
    r"\W*(?:(?:last\s)?(?:updated?|modified|edited)|(?:terakhir\s)?(?:di)?(?:perbarui|mutakhirkan|ubah|edit)"
    r"|pembaruan)\b",
    re.IGNORECASE,
)


def evidence_of(reading: Reading, zone: dt.tzinfo, chosen: Sequence[str] = ()) -> times.Evidence:
    """Return all that *reading* says of its time of publication.

    *zone* is the newsroom's; *chosen* are texts that its own selector finds.
    """
    metadata = reading.metadata
    printed = chosen or list(_beside_headline(reading))
    return times.Evidence(
        machine=times.read_all((*metadata.published(), *reading.times.published)),
        printed=_printed(printed),
        plain=times.read_all(metadata.published_plain()),
        address=_in_address(reading.document.url),
        offsets=times.offsets(reading.stamps),
        zone=zone,
    )


def _printed(texts: Sequence[str]) -> list[times.Moment]:
    """Return what *texts* name, those with a clock time first."""
    found = [
        moment
        for text in texts
        if len(text) <= _LONGEST
        and not _EDITED.match(text)
        and (moment := times.read_printed(text, "line beside the headline"))
    ]
    return sorted(found, key=lambda moment: not moment.has_clock)


def printed_edits(reading: Reading) -> list[times.Moment]:
    """Return the moments in lines that say when the article was edited."""
    texts = (line.text for line in reading.around.header if _EDITED.match(line.text))
    found = (times.read_printed(text, "line beside the headline") for text in texts)
    return [moment for moment in found if moment is not None]


def _beside_headline(reading: Reading) -> Iterator[str]:
    """Yield the lines of the header, from the headline outwards, below it first.

    What stands above may be today's date (fixtures/lintas/banyak-h1).
    """
    header = [line.text for line in reading.around.header]
    headline = reading.headline.text if reading.headline is not None else ""
    at = header.index(headline) if headline in header else 0
    yield from header[at:]
    yield from reversed(header[:at])


def _in_address(url: str) -> list[times.Moment]:
    dated = _ADDRESS_DAY.search(url)
    if dated is None:
        return []
    year, month, day = dated.groups()
    found = times.read_stamp(f"{year}-{month}-{day or '01'}", "address")
    if found is None:
        return []
    return [found if day else attrs.evolve(found, precision="month")]


_SUBTITLE: Final = re.compile(r"sub[-_]?(?:title|judul|heading)", re.IGNORECASE)
_SHORTEST_HEADLINE: Final = 15
_INDONESIAN: Final = frozenset(
    (
        *("yang", "dan", "di", "ini", "itu", "dengan", "untuk", "dari", "pada", "dalam"),
        *("tidak", "akan", "ke", "oleh", "juga", "karena"),
    )
)


class GenericPage(ArticlePage):
    """An article in markup of which nothing is known."""

    theme: ClassVar[str] = "generic"
    roles: ClassVar[Roles] = Roles(BOXES)

    _opening_photo: Photo | None = None

    def __init__(self, documents: Sequence[Document], newsroom: Newsroom) -> None:
        self.readings = [Reading(document) for document in documents]
        self.reading = self.readings[0]
        refuse(self.reading, newsroom)
        super().__init__(documents, newsroom)

    def read_header(self, document: Document) -> Header:
        reading = self.readings[self.documents.index(document)]
        if reading.body is None:
            raise NotAnArticle(document.url, "no_text")
        header = Header(_scope(reading))
        header.title = reading.headline.element if reading.headline is not None else None
        header.content = reading.body.element
        header.subtitle = next(
            (
                line.element
                for line in reading.around.header
                if _SUBTITLE.search(line.element.get("class") or "")
            ),
            None,
        )
        return header

    @cached_property
    def walks(self) -> list[Walk]:
        walks = []
        for document, reading in zip(self.documents, self.readings, strict=True):
            chosen = Selected(document, self.newsroom.selectors)
            content = chosen.element("body")
            skip = frozenset(chosen.elements("not_body"))
            if content is not None:
                walks.append(Walk(content, document, self.roles, skip=skip))
                continue
            walks.append(walk_of(reading, skip, self.title or ""))
        if not self.reading.has_own_container:
            self._opening_photo = take_opening_photo(walks[0].blocks)
        return walks

    @cached_property
    def url(self) -> str:
        # Content systems that nobody set up declare the front page for every article.
        address = super().url
        front = urlsplit(address).path in ("", "/") and not urlsplit(address).query
        return (canonical(self.document.url) or address) if front else address

    @property
    def title(self) -> str | None:
        chosen = self.selected.element("title")
        if chosen is not None:
            return self.state_text("title", chosen, "selector")
        headline = self.reading.headline
        return self.state("title", headline.text, headline.source) if headline is not None else None

    @cached_property
    def evidence(self) -> times.Evidence:
        """All that the page says of its time of publication."""
        chosen = self.selected.texts("published_at")
        return evidence_of(self.reading, self.newsroom.tzinfo, chosen)

    @cached_property
    def _published(self) -> times.Moment | None:
        return times.published(self.evidence)

    @cached_property
    def published_at(self) -> str | None:
        found = self._published
        if found is None:
            return None
        local = self.evidence.local(found.wall)
        return self.state("published_at", found.isoformat(local), found.source)

    @cached_property
    def modified_at(self) -> str | None:
        stated = (*self.reading.metadata.modified(), *self.reading.times.updated)
        edits = [*times.read_all(stated), *printed_edits(self.reading)]
        found = times.modified(edits, self._published, self.evidence)
        if found is None:
            return None
        local = self.evidence.local(found.wall)
        return self.state("modified_at", found.isoformat(local), found.source)

    @cached_property
    def _names(self) -> Names:
        return names_of(self.reading, self.readings[-1].around, self.newsroom)

    @property
    def authors(self) -> Sequence[str]:
        chosen = self.selected.texts("authors")
        if chosen:
            return self.state("authors", chosen, "selector")
        found = self._names.authors
        return (
            self.state("authors", [each.name for each in found], found[0].source) if found else []
        )

    @property
    def writer(self) -> str | None:  # type: ignore[override]  # computed here
        return self._named("writer", self._names.writer) or super().writer

    @property
    def editor(self) -> str | None:  # type: ignore[override]  # computed here
        return self._named("editor", self._names.editor) or super().editor

    def _named(self, role: str, found: Byline | None) -> str | None:
        return self.state(role, found.name, found.source) if found is not None else None

    @property
    def categories(self) -> Sequence[str]:
        chosen = self.selected.texts("categories")
        if chosen:
            return self.state("categories", chosen, "selector")
        around = self.reading.around
        printed = lines.categories(around.header) or lines.categories(around.below)
        if printed:
            return self.state("categories", printed, "a[rel=category]")
        stated = list(self.reading.metadata.sections())
        return self._stated("categories", stated)

    @property
    def tags(self) -> Sequence[str]:
        chosen = self.selected.texts("tags")
        if chosen:
            return self.state("tags", chosen, "selector")
        # Below the last page, or below each.
        around = [reading.around for reading in reversed(self.readings)]
        printed = next((found for each in around if (found := lines.tags(each.below))), [])
        if printed:
            return self.state("tags", printed, "a[rel=tag]")
        return self._stated("tags", list(self.reading.metadata.keywords()))

    def _stated(self, field: str, stated: Sequence[Stated]) -> list[str]:
        if not stated:
            return []
        names = list(
            dict.fromkeys(each.value for each in stated if each.source == stated[0].source)
        )
        return self.state(field, names, stated[0].source)

    @cached_property
    def _lead(self) -> photo.LeadPhoto:
        found = photo.find(self.reading)
        opening = self._opening_photo if self.walks and not found.is_printed else None
        if opening is None:
            return found
        return photo.LeadPhoto(opening.url, opening.alt, opening.caption or found.caption, "img")

    @cached_property
    def image_url(self) -> str | None:  # type: ignore[override]  # computed here
        if self.selected.elements("image_url"):
            return super().image_url
        return self.state("image_url", self._lead.url, self._lead.source)

    @property
    def image_alt(self) -> str | None:  # type: ignore[override]  # computed here
        if self.selected.elements("image_url"):
            return super().image_alt
        return self.state("image_alt", self._lead.alt, "img[alt]")

    @property
    def caption(self) -> str | None:  # type: ignore[override]  # computed here
        if self.selected.elements("caption"):
            return super().caption
        return self.state("caption", self._lead.caption, "caption")

    @property
    def end_related(self) -> Iterable[RelatedPost]:  # type: ignore[override]  # computed here
        # Shorter ones are topics and sections.
        return [post for post in super().end_related if len(post.title) >= _SHORTEST_HEADLINE]

    @cached_property
    def _after_content(self) -> list[etree._Element]:
        """What follows the text on the page: boxes of other articles stand outside of this one."""
        found: list[etree._Element] = []
        for element in _and_ancestors(self.header.content):
            if element is self.reading.page:
                break
            found += (each for each in element.itersiblings() if isinstance(each.tag, str))
        return found

    @cached_property
    def language(self) -> str:
        declared = [
            self.document.language,
            *(each.value for each in self.reading.metadata.languages()),
        ]
        indonesian = next((tag for tag in declared if tag and tag.lower().startswith("id")), None)
        if indonesian or not declared[0] or is_indonesian(self.story.body):
            return indonesian or self.newsroom.language
        return declared[0]


def is_indonesian(text: str) -> bool:
    """Whether *text* is in Indonesian: themes declare ``en-US`` until somebody changes it."""
    words = text.casefold().split()
    return 20 * sum(word in _INDONESIAN for word in words) > len(words)  # one word in twenty


def _and_ancestors(element: etree._Element | None) -> Iterable[etree._Element]:
    return () if element is None else (element, *element.iterancestors())


def _scope(reading: Reading) -> etree._Element:
    """Return the element around headline and text."""
    assert reading.body is not None
    headline = reading.headline.element if reading.headline is not None else None
    above = set() if headline is None else set(headline.iterancestors())
    for element in reading.body.element.iterancestors():
        if element in above:
            return element
    return reading.page
