"""A REST record of WordPress as the article that it states, alone and together with its page.

The record comes first where both state the same, the page where a theme knows more:
``docs/revisions.md`` has the table.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from html import unescape
from typing import Any, ClassVar, Final, TypeAlias

from crawler.decoding import read_json
from crawler.errors import NotAnArticle
from crawler.extract.content import Walk
from crawler.extract.document import Document, is_gambling, text_of
from crawler.extract.page import ArticlePage, numbered
from crawler.extract.record import Record, Story
from crawler.items import Capture
from crawler.newsrooms import Newsroom
from crawler.normalise.text import block_key, fold, is_sentence, typographic_fold
from crawler.normalise.urls import canonical
from crawler.normalise.vocabulary import listed
from crawler.timestamps import instant, rest_moment

Values: TypeAlias = Mapping[str, Any]

_NEXT_PAGE: Final = re.compile(r"<!--\s*nextpage\s*-->")
_CUT: Final = ("[…]", "[...]")

_NO_ARTICLES: Final = listed("post_types.no_articles")
# What the page is asked for first.
_PRINTED: Final = (
    *("image_alt", "caption", "subtitle", "writer", "editor", "source_url", "language"),
    *("theme_name", "lead_embeds", "inline_related", "end_related"),
)


class RestRecord(Record):
    """One post of ``/wp-json/wp/v2/posts``, asked for with ``_embed``."""

    source: ClassVar[str] = "rest"
    text_source = "rest"

    def __init__(self, values: Values, newsroom: Newsroom) -> None:
        super().__init__(newsroom)
        self.values = values
        kind = values.get("type", "post")
        is_wordpress = not isinstance(kind, str) or kind.startswith("wp_")
        for reason, is_so in (
            ("not_a_post", is_wordpress or kind in _NO_ARTICLES),
            ("not_published", values.get("status", "publish") != "publish"),
            ("protected", _mapping(values, "content").get("protected")),
            ("hacked", is_gambling(_rendered(values, "title"))),
        ):
            if is_so:
                raise NotAnArticle(self.url, reason)

    def stated(self, field: str) -> Any:
        if field in self._fields:
            return self.state(field, self._fields[field], "rest")
        return super().stated(field)

    @cached_property
    def _fields(self) -> Values:
        values = self.values
        number = values.get("id")
        photo = next(iter(self._embedded("wp:featuredmedia")), {})
        return {
            "post_id": number if type(number) is int else None,
            "title": self._plain(_rendered(values, "title")),
            "published_at": self._moment("date"),
            "modified_at": self._moment("modified"),
            "authors": _names(self._embedded("author")),
            "categories": self._terms("category"),
            "tags": self._terms("post_tag"),
            "topics": self._terms("newstopic", "topic", "topik"),
            "image_url": canonical(_text(photo, "source_url")),
            "image_alt": fold(_text(photo, "alt_text")) or None,
            "caption": self._caption(photo),
        }

    @cached_property
    def url(self) -> str:
        address = canonical(_text(self.values, "link"))
        if address is None:
            raise NotAnArticle(self.newsroom.address, "no_address")
        return address

    @property
    def language(self) -> str:
        return self.newsroom.language

    @property
    def pages(self) -> Sequence[str]:
        return numbered(self.url, len(self.walks))

    @cached_property
    def walks(self) -> list[Walk]:
        content = _rendered(self.values, "content")
        documents = (Document(f"<div>{part}</div>", self.url) for part in _NEXT_PAGE.split(content))
        return [Walk(document.root, document) for document in documents]

    def _moment(self, field: str) -> str | None:
        local, universal = _text(self.values, field), _text(self.values, f"{field}_gmt")
        moment = rest_moment(local, universal, self.newsroom.tzinfo)
        return moment.isoformat() if moment else None

    def _caption(self, photo: Values) -> str | None:
        # Of a photo without one, WordPress makes an excerpt: the begin of the photo's own page, and
        # what plugins add to every text.
        caption = self._plain(_rendered(photo, "caption"))
        if not caption or caption.endswith(_CUT) or block_key(caption) in self.furniture:
            return None
        content = self._plain(_rendered(self.values, "content")) or ""
        return None if typographic_fold(caption) in typographic_fold(content) else caption

    def _embedded(self, relation: str) -> list[Values]:
        # Where it may not be read, an error is there.
        found = _mapping(self.values, "_embedded").get(relation)
        return [each for each in _several(found) if "code" not in each]

    def _terms(self, *taxonomies: str) -> list[str]:
        groups = _mapping(self.values, "_embedded").get("wp:term")
        groups = groups if isinstance(groups, list) else []
        each = (term for group in groups for term in _several(group))
        return _names(term for term in each if term.get("taxonomy") in taxonomies)

    def _plain(self, html: str) -> str | None:
        if "<" not in html:
            return fold(unescape(html)) or None
        return text_of(Document(f"<p>{html}</p>", self.url).root) or None


class Both(Record):
    """One article of which both its page and its REST record are at hand."""

    source: ClassVar[str] = "both"

    def __init__(self, page: ArticlePage, rest: RestRecord) -> None:
        """Raise :exc:`NotAnArticle` where page and record are of different posts."""
        super().__init__(page.newsroom)
        if page.post_id is not None and page.post_id != rest.stated("post_id"):
            raise NotAnArticle(page.url, "other_post")
        self._page, self._rest = page, rest

    def stated(self, field: str) -> Any:
        """Return what the first of the two states of *field*, else what the other does."""
        page, rest = self._page, self._rest
        is_printed = field in _PRINTED
        if field == "authors":
            # A plugin may know of more authors than the record's one.
            is_printed = set(rest.stated(field)) < set(page.authors)
        elif field == "pages":
            # A theme may link none of them, or the next alone.
            is_printed = len(page.pages) >= len(rest.pages)
        elif field == "tags" and rest.values.get("tags") == []:
            # It says that there are none; what else a page links with rel=tag is none.
            return []
        first, other = (page, rest) if is_printed else (rest, page)
        for source in (first, other):
            value = source.stated(field)
            if value:
                break
        return self.state(field, value, source.provenance.get(field, ""))

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
        """Whose text is taken: the page's only where it has sentences that the record lacks."""
        stated, printed = self._rest.story, self._page.story
        if not stated.text_blocks:
            return self._page
        own = _own(printed, stated)
        if not own:
            return self._rest
        # A page that is older than its record has such, too: what was edited since.
        is_replaced = own <= _own(stated, printed)
        # What a page builder keeps elsewhere is no older text: hardly any of it is in the record.
        is_alike = len(printed.text_blocks) >= 2 * own
        was, is_ = (instant(each.stated("modified_at")) for each in (self._page, self._rest))
        if was is not None and is_ is not None:
            is_older = was < is_ and (is_replaced or is_alike)
        else:
            is_older = is_replaced and is_alike
        return self._rest if is_older else self._page


def _own(story: Story, other: Story) -> int:
    """How many blocks of *story* are sentences that *other* lacks."""
    have = typographic_fold(other.body).casefold()
    texts = (each.text for each in story.text_blocks if is_sentence(each.text))
    return sum(typographic_fold(text).casefold() not in have for text in texts)


def records(capture: Capture) -> list[Values]:
    """The posts that an answer of the REST API holds; :exc:`NotAnArticle` where it is none."""
    try:
        answer = _parsed(capture.body)
    except (ValueError, RecursionError):
        raise NotAnArticle(capture.url, "not_json") from None
    found = [answer] if isinstance(answer, dict) else answer
    if posts := [each for each in _several(found) if "content" in each and "link" in each]:
        return posts
    raise NotAnArticle(capture.url, "no_post")


# A list of a hundred posts is asked for each of them in turn; to parse it takes 50 ms. Where one
# list ends and the next begins, their articles come mixed.
@lru_cache(maxsize=2)
def _parsed(body: bytes) -> Any:
    return read_json(body)


def record(capture: Capture, post_id: int | None, page: ArticlePage | None = None) -> Values:
    """Return the one post of an answer, or that with *post_id*, else that of *page*, of a list."""
    found = records(capture)
    if page is not None:
        post_id = post_id or page.post_id
    if len(found) == 1 and (post_id is None or page is not None):
        return found[0]
    for values in found:
        is_own = page is not None and canonical(_text(values, "link")) == page.url
        if values.get("id") == post_id or (post_id is None and is_own):
            return values
    raise NotAnArticle(capture.url, "no_post")


def _several(value: Any) -> list[Values]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _names(found: Iterable[Values]) -> list[str]:
    names = (fold(unescape(_text(each, "name"))) for each in found)
    return list(dict.fromkeys(name for name in names if name))


def _mapping(values: Values, field: str) -> Values:
    value = values.get(field)
    return value if isinstance(value, dict) else {}


def _text(values: Values, field: str) -> str:
    value = values.get(field)
    return value if isinstance(value, str) else ""


def _rendered(values: Values, field: str) -> str:
    return _text(_mapping(values, field), "rendered")
