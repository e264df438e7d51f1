"""The page of an article in a theme that nobody has described.

Its fields are read from the facts of the page by the rules of ``times``, ``names``, ``terms`` and
``photo``; where the text stands, see ``body``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Final

from lxml import etree

from crawler.errors import NotAnArticle
from crawler.extract.blocks import Block
from crawler.extract.content import Walk
from crawler.extract.document import Document
from crawler.extract.header import Header, after_content
from crawler.extract.media import Photo
from crawler.extract.page import ArticlePage, Selected
from crawler.extract.roles import role_of
from crawler.extract.unknown import body, photo, terms
from crawler.extract.unknown.facts import Facts
from crawler.extract.unknown.metadata import Stated, of_one
from crawler.extract.unknown.names import Names, names_of
from crawler.extract.unknown.refusals import refuse
from crawler.extract.unknown.times import times_of
from crawler.items import RelatedPost
from crawler.newsrooms import Newsroom

# Letters. A few sentences of an advertisement in an article without text are no loss.
_WORTH_A_DOUBT: Final = 500

# Letters; what is shorter is a topic or a section.
_SHORTEST_HEADLINE: Final = 15
_SUBTITLE: Final = re.compile(r"sub[-_]?(?:title|judul|heading)", re.IGNORECASE)


class GenericPage(ArticlePage):
    """An article in markup of which nothing is known."""

    _opening_photo: Photo | None = None

    def __init__(self, documents: Sequence[Document], newsroom: Newsroom) -> None:
        self.all_facts = [Facts(document) for document in documents]
        self.facts = self.all_facts[0]
        refuse(self.facts, newsroom)
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
        for facts in self.all_facts:
            chosen = Selected(facts.document, self.newsroom.selectors)
            content = chosen.element("body")
            skip = frozenset(chosen.elements("not_body"))
            if content is not None:
                walks.append(Walk(content, facts.document, skip=skip))
            else:
                walks.append(_walk(facts, skip, self.title or ""))
        blocks = walks[0].blocks
        opens = not self.facts.has_own_container or photo.opens_text(self.facts)
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
        chosen = self.selected.texts("published_at")
        return times_of(self.facts, self.newsroom.tzinfo, chosen)

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
    def _lead(self) -> photo.LeadPhoto:
        found = photo.find(self.facts)
        opening = self._opening_photo if self.walks and not found.is_printed else None
        if opening is None:
            return found
        return photo.LeadPhoto(opening.url, opening.alt, opening.caption or found.caption, "img")

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
    walk.blocks[:] = body.kept(walk.blocks, facts.body, title, trusted=facts.has_own_container)
    if _is_half(walk.blocks, facts):
        walk.blocks[:] = body.from_lines(facts.text_lines, facts.body)
    if _is_half(walk.blocks, facts):
        raise NotAnArticle(facts.document.url, "unsure_text")
    return walk


def _is_half(blocks: Iterable[Block], facts: Facts) -> bool:
    """Whether *blocks* have less than half of what was read as text."""
    held = sum(len(block.text) for block in blocks)
    return held < facts.expected / 2 and facts.expected > _WORTH_A_DOUBT
