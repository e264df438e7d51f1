"""What a newsroom states of an article as a page and as a REST record, made one.

The record is the newsroom's own database, the page what a theme prints of it: the record comes
first where both state the same, the page where a theme knows more. ``docs/revisions.md`` has the
table.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar

from crawler.errors import NotAnArticle
from crawler.extract.content import Walk
from crawler.extract.page import ArticlePage
from crawler.extract.record import Record
from crawler.extract.rest import RestRecord
from crawler.extract.story import Story
from crawler.items import RelatedPost
from crawler.normalise.text import is_sentence, typographic_fold
from crawler.timestamps import instant


class Both(Record):
    """One article of which both its page and its REST record are at hand."""

    source: ClassVar[str] = "both"

    def __init__(self, page: ArticlePage, rest: RestRecord) -> None:
        """Raise :exc:`NotAnArticle` where page and record are of different posts."""
        super().__init__(page.newsroom)
        if page.post_id is not None and page.post_id != rest.post_id:
            raise NotAnArticle(page.url, "other_post")
        self._page, self._rest = page, rest
        self.furniture = page.furniture

    def _first(self, field: str, *sources: Record) -> Any:
        """Return what the first of *sources* that states *field* says of it."""
        for source in sources:
            value = getattr(source, field)
            if value:
                return self.state(field, value, source.provenance.get(field, source.source))
        return getattr(sources[-1], field)

    def _stated(self, field: str) -> Any:
        return self._first(field, self._rest, self._page)

    def _printed(self, field: str) -> Any:
        return self._first(field, self._page, self._rest)

    @property
    def url(self) -> str:
        return self._rest.url

    @property
    def post_id(self) -> int | None:
        return self._stated("post_id")  # type: ignore[no-any-return]

    @property
    def title(self) -> str | None:
        return self._stated("title")  # type: ignore[no-any-return]

    @cached_property
    def published_at(self) -> str | None:
        return self._stated("published_at")  # type: ignore[no-any-return]

    @cached_property
    def modified_at(self) -> str | None:
        return self._stated("modified_at")  # type: ignore[no-any-return]

    @property
    def authors(self) -> Sequence[str]:
        # A plugin may know of more authors than the record's one.
        more = set(self._rest.authors) < set(self._page.authors)
        return self._printed("authors") if more else self._stated("authors")  # type: ignore[no-any-return]

    @property
    def categories(self) -> Sequence[str]:
        return self._stated("categories")  # type: ignore[no-any-return]

    @property
    def tags(self) -> Sequence[str]:
        return self._stated("tags")  # type: ignore[no-any-return]

    @property
    def topics(self) -> Sequence[str]:
        return self._stated("topics")  # type: ignore[no-any-return]

    @cached_property
    def image_url(self) -> str | None:  # type: ignore[override]  # computed here
        return self._stated("image_url")  # type: ignore[no-any-return]

    @cached_property
    def image_alt(self) -> str | None:  # type: ignore[override]  # computed here
        return self._printed("image_alt")  # type: ignore[no-any-return]

    @cached_property
    def caption(self) -> str | None:  # type: ignore[override]  # computed here
        return self._printed("caption")  # type: ignore[no-any-return]

    @property
    def subtitle(self) -> str | None:  # type: ignore[override]  # computed here
        return self._printed("subtitle")  # type: ignore[no-any-return]

    @property
    def writer(self) -> str | None:  # type: ignore[override]  # computed here
        return self._printed("writer")  # type: ignore[no-any-return]

    @property
    def editor(self) -> str | None:  # type: ignore[override]  # computed here
        return self._printed("editor")  # type: ignore[no-any-return]

    @property
    def source_url(self) -> str | None:  # type: ignore[override]  # computed here
        return self._printed("source_url")  # type: ignore[no-any-return]

    @property
    def language(self) -> str:
        return self._page.language

    @property
    def theme_name(self) -> str | None:  # type: ignore[override]  # computed here
        return self._page.theme_name

    @property
    def pages(self) -> Sequence[str]:
        # A theme may link none of them, or the next alone.
        return max(self._page.pages, self._rest.pages, key=len)

    @property
    def lead_embeds(self) -> Any:  # type: ignore[override]  # computed here
        return self._page.lead_embeds

    @property
    def end_related(self) -> Any:  # type: ignore[override]  # computed here
        return self._page.end_related

    @property
    def inline_related(self) -> Sequence[RelatedPost]:
        return self._page.inline_related or self._rest.inline_related

    @property
    def walks(self) -> Sequence[Walk]:
        return self._told_by.walks

    @cached_property
    def story(self) -> Story:
        return self._told_by.story

    @property
    def text_source(self) -> str:  # type: ignore[override]  # computed here
        return self._told_by.text_source

    @cached_property
    def _told_by(self) -> Record:
        """Whose text is taken: the page's only where it has sentences that the record lacks.

        A page that is older than its record has such, too: what was edited since.
        """
        stated, printed = self._rest.story, self._page.story
        if not stated.text_blocks:
            return self._page
        own = _own(printed, stated)
        if not own:
            return self._rest
        is_replaced = own <= _own(stated, printed)
        # What a page builder keeps elsewhere is no older text: hardly any of it is in the record.
        is_alike = len(printed.text_blocks) >= 2 * own
        was, is_ = (instant(each.modified_at) for each in (self._page, self._rest))
        if was is not None and is_ is not None:
            is_older = was < is_ and (is_replaced or is_alike)
        else:
            is_older = is_replaced and is_alike
        return self._rest if is_older else self._page


def _own(story: Story, other: Story) -> int:
    """Return how many blocks of *story* are sentences that *other* lacks."""
    have = _plain(other.body)
    return sum(
        is_sentence(each.text) and _plain(each.text) not in have for each in story.text_blocks
    )


def _plain(text: str) -> str:
    return typographic_fold(text).casefold()
