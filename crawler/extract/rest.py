"""A REST record of WordPress as the article that it states."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from html import unescape
from typing import Any, ClassVar, Final, TypeAlias

from crawler.decoding import read_json
from crawler.errors import NotAnArticle
from crawler.extract.content import Walk
from crawler.extract.document import Document, text_of
from crawler.extract.gates import is_gambling
from crawler.extract.page import numbered
from crawler.extract.record import Record
from crawler.extract.themes import THEMES
from crawler.extract.unknown.times import YEARS
from crawler.items import Capture
from crawler.newsrooms import Newsroom
from crawler.normalise.text import block_key, fold, typographic_fold
from crawler.normalise.urls import canonical
from crawler.timestamps import rest_moment

Values: TypeAlias = Mapping[str, Any]

_NEXT_PAGE: Final = re.compile(r"<!--\s*nextpage\s*-->")
_CUT: Final = ("[…]", "[...]")
_TOPICS: Final = ("newstopic", "topic", "topik")


# What WordPress and its shops and galleries keep as posts, and no newsroom writes.
_NO_ARTICLES: Final = frozenset(
    {
        "page",
        "attachment",
        "revision",
        "nav_menu_item",
        "product",
        "custom_css",
        "elementor_library",
    }
)


def is_article_type(name: Any) -> bool:
    """Whether posts of the type of that *name* may be articles; a newsroom's own types may."""
    return isinstance(name, str) and name not in _NO_ARTICLES and not name.startswith("wp_")


class RestRecord(Record):
    """One post of ``/wp-json/wp/v2/posts``, asked for with ``_embed``."""

    source: ClassVar[str] = "rest"
    text_source = "rest"

    def __init__(self, values: Values, newsroom: Newsroom) -> None:
        super().__init__(newsroom)
        self.values = values
        self._refuse()

    def _refuse(self) -> None:
        values = self.values
        if not is_article_type(values.get("type", "post")):
            raise NotAnArticle(self.url, "not_a_post")
        if values.get("status", "publish") != "publish":
            raise NotAnArticle(self.url, "not_published")
        if _mapping(values, "content").get("protected"):
            raise NotAnArticle(self.url, "protected")
        if is_gambling(_rendered(values, "title")):
            raise NotAnArticle(self.url, "hacked")

    @cached_property
    def url(self) -> str:
        address = canonical(_text(self.values, "link"))
        if address is None:
            raise NotAnArticle(self.newsroom.address, "no_address")
        return address

    @property
    def post_id(self) -> int | None:
        number = self.values.get("id")
        return self.state("post_id", number if type(number) is int else None, "rest")

    @property
    def title(self) -> str | None:
        return self.state("title", self._plain(_rendered(self.values, "title")), "rest")

    @cached_property
    def published_at(self) -> str | None:
        return self.state(
            "published_at", _moment(self.values, "date", self.newsroom.tzinfo), "rest"
        )

    @cached_property
    def modified_at(self) -> str | None:
        return self.state(
            "modified_at", _moment(self.values, "modified", self.newsroom.tzinfo), "rest"
        )

    @property
    def authors(self) -> Sequence[str]:
        return self.state("authors", _names(self._embedded("author")), "rest")

    @property
    def categories(self) -> Sequence[str]:
        return self.state("categories", self._terms("category"), "rest")

    @property
    def tags(self) -> Sequence[str]:
        return self.state("tags", self._terms("post_tag"), "rest")

    @property
    def topics(self) -> Sequence[str]:
        return self.state("topics", self._terms(*_TOPICS), "rest")

    @cached_property
    def image_url(self) -> str | None:  # type: ignore[override]  # computed here
        return self.state("image_url", canonical(_text(self._photo, "source_url")), "rest")

    @cached_property
    def image_alt(self) -> str | None:  # type: ignore[override]  # computed here
        return self.state("image_alt", fold(_text(self._photo, "alt_text")) or None, "rest")

    @cached_property
    def caption(self) -> str | None:  # type: ignore[override]  # computed here
        found = self._plain(_rendered(self._photo, "caption"))
        return self.state("caption", None if self._is_excerpt(found or "") else found, "rest")

    def _is_excerpt(self, caption: str) -> bool:
        """Whether WordPress made *caption*: of a photo without one it gives an excerpt.

        That is the begin of the photo's own page, and what plugins add to every text.
        """
        if caption.endswith(_CUT) or block_key(caption) in self.furniture:
            return True
        content = self._plain(_rendered(self.values, "content")) or ""
        return bool(caption) and typographic_fold(caption) in typographic_fold(content)

    @property
    def language(self) -> str:
        return self.newsroom.language

    @property
    def pages(self) -> Sequence[str]:
        return numbered(self.url, len(self.walks))

    @cached_property
    def walks(self) -> list[Walk]:
        theme = THEMES.get(self.newsroom.theme, THEMES["wpberita"])
        content = _rendered(self.values, "content")
        documents = (Document(f"<div>{part}</div>", self.url) for part in _NEXT_PAGE.split(content))
        return [Walk(document.root, document, theme.roles) for document in documents]

    @property
    def _photo(self) -> Values:
        return next(iter(self._embedded("wp:featuredmedia")), {})

    def _embedded(self, relation: str) -> list[Values]:
        """Return what the answer holds of *relation*; where it may not be read, an error is there."""
        found = _mapping(self.values, "_embedded").get(relation)
        return [each for each in _several(found) if "code" not in each]

    def _terms(self, *taxonomies: str) -> list[str]:
        groups = _mapping(self.values, "_embedded").get("wp:term")
        terms = (
            term
            for group in (groups if isinstance(groups, list) else ())
            for term in _several(group)
            if term.get("taxonomy") in taxonomies
        )
        return _names(terms)

    def _plain(self, html: str) -> str | None:
        """Return the text of a piece of HTML."""
        if "<" not in html:
            return fold(unescape(html)) or None
        return text_of(Document(f"<p>{html}</p>", self.url).root) or None


def records(capture: Capture) -> list[Values]:
    """Return the posts that an answer of the REST API holds.

    Raises :exc:`NotAnArticle` where it is no such answer.
    """
    try:
        answer = _parsed(capture.body)
    except (ValueError, RecursionError):
        raise NotAnArticle(capture.url, "not_json") from None
    found = [answer] if isinstance(answer, dict) else answer
    posts = [each for each in _several(found) if "content" in each and "link" in each]
    if not posts:
        raise NotAnArticle(capture.url, "no_post")
    return posts


# A list of a hundred posts is asked for each of them in turn; to parse it takes 50 ms. Where one
# list ends and the next begins, their articles come mixed.
@lru_cache(maxsize=2)
def _parsed(body: bytes) -> Any:
    return read_json(body)


def record(capture: Capture, post_id: int | None, url: str | None = None) -> Values:
    """Return the one post of an answer, or that with *post_id*, else at *url*, of a list."""
    found = records(capture)
    if len(found) == 1 and (post_id is None or url is not None):
        return found[0]
    for values in found:
        if values.get("id") == post_id or (
            post_id is None and url is not None and canonical(_text(values, "link")) == url
        ):
            return values
    raise NotAnArticle(capture.url, "no_post")


def _moment(values: Values, field: str, zone: dt.tzinfo) -> str | None:
    moment = rest_moment(_text(values, field), _text(values, f"{field}_gmt"), zone)
    return moment.isoformat() if moment and moment.year in YEARS else None


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
