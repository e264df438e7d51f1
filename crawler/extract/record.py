"""From what a source states to a line: the same for pages and for REST records.

The normal form is what the newsroom wrote, as page and REST API state it alike;
``docs/normal-form.md`` says it in full. Every archive holds digests of it: a change here makes a
revision of every article, so it does not change.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar, Final, TypeVar

from lxml import etree

from crawler.errors import NotAnArticle
from crawler.extract.blocks import Block
from crawler.extract.content import Walk
from crawler.extract.document import text_of
from crawler.extract.story import Story
from crawler.items import Article, Capture, FoundDate
from crawler.newsrooms import Newsroom
from crawler.normalise.credits import photo_credit
from crawler.normalise.text import as_typed, is_indonesian
from crawler.timestamps import stamp

EXTRACTOR: Final = "3"
"""Version of the rules; it changes when the same captures give another article."""

VERSION: Final = "article-normal-form/1"

T = TypeVar("T")

_NAMES: Final = ("authors", "categories", "tags", "topics")
_FIELDS: Final = (
    *("published_at", "modified_at", *_NAMES, "url", "post_id", "subtitle", "writer", "editor"),
    *("source_url", "language", "pages", "theme_name", "caption", "image_url", "image_alt"),
    *("lead_embeds", "inline_related", "end_related"),
)
# "Diproteksi: " and "Privat: " are what WordPress puts before the title of such a post.
_CLOSED: Final = ("diproteksi:", "protected:", "terproteksi:", "privat:", "pribadi:", "private:")


def normal_form(
    *,
    title: str,
    deck: str | None,
    published_at: str | None,
    blocks: Iterable[Block],
    authors: Iterable[str],
    **terms: Iterable[str],
) -> str:
    """Return the lines of the normal form, each a kind, a tab and a text, each with its newline.

    *terms* are ``categories``, ``tags`` and ``topics``.
    """
    lines = [VERSION, f"title\t{title}"]
    if deck:
        lines.append(f"deck\t{deck}")
    if published_at:
        is_moment = "T" in published_at
        moment = stamp(dt.datetime.fromisoformat(published_at)) if is_moment else published_at
        lines.append(f"published\t{moment}")
    lines += [f"author\t{name}" for name in authors]
    for kind, names in (("category", "categories"), ("tag", "tags"), ("topic", "topics")):
        lines += [f"{kind}\t{name}" for name in sorted(map(as_typed, terms[names]))]
    lines += [f"{block.kind}\t{block.text}" for block in blocks]
    return as_typed("\n".join(lines)) + "\n"


def content_hash(form: str) -> str:
    """Return ``sha256:`` and the digest of the normal form in UTF-8."""
    return f"sha256:{hashlib.sha256(form.encode()).hexdigest()}"


class Record(ABC):
    """One article as a source states it: a property for each field, and how they make a line."""

    source: ClassVar[str]

    text_source: str = "text"
    """Where the text comes from, as provenance says it."""

    furniture: frozenset[str] = frozenset()
    """What is the site's and not an article's: :func:`~crawler.normalise.text.block_key` of each
    block that is left out of the text."""

    def __init__(self, newsroom: Newsroom) -> None:
        self.newsroom = newsroom
        self.provenance: dict[str, str] = {}

    def leave_out(self, furniture: frozenset[str]) -> None:
        """Read the text without the blocks of these keys, also where it was read before."""
        if furniture != self.furniture:
            self.furniture = furniture
            self.__dict__.pop("story", None)

    def stated(self, field: str) -> Any:
        """Return what the source states of *field*, None where it has no place for it."""
        return self.story.related if field == "inline_related" else getattr(self, field, None)

    @property
    @abstractmethod
    def walks(self) -> Sequence[Walk]:
        """The content of each page."""

    @cached_property
    def story(self) -> Story:
        """The text over all pages."""
        return Story(self.walks, self.newsroom, self.furniture)

    def state(self, field: str, value: T, where: str) -> T:
        """Return *value*, and remember *where* it came from unless one of them is empty."""
        if value and where:
            self.provenance[field] = where
        return value

    def state_text(self, field: str, element: etree._Element | None, where: str) -> str | None:
        """Return the text of *element*, and remember *where* it came from."""
        return self.state(field, text_of(element) or None, where) if element is not None else None

    def to_item(self, captures: Iterable[Capture] = ()) -> Article:
        """Return the line that the article makes.

        Raises :exc:`NotAnArticle` where it has no headline, or is not for the public.
        """
        title = self._headline()
        stated = {field: self.stated(field) for field in _FIELDS}
        names: dict[str, Any] = {field: tuple(stated[field]) for field in _NAMES}
        if not _is_later(stated["modified_at"], stated["published_at"]):
            stated["modified_at"] = None
        values = {
            field: self.state(field, value, where) for field, value, where in self._told(stated)
        }
        form = normal_form(
            title=title,
            deck=self.story.deck,
            published_at=stated["published_at"],
            blocks=self.story.text_blocks,
            **names,
        )
        number = stated["post_id"] or hashlib.sha256(stated["url"].encode()).hexdigest()[:16]
        kept = ("url", "post_id", "published_at", "modified_at", "source_url", "caption")
        return Article(
            id=f"{self.newsroom.name}:{number}",
            site=self.newsroom.name,
            title=title,
            **{field: stated[field] for field in (*kept, "image_url", "image_alt")},
            **names,
            **values,
            language=_language(stated["language"], self.story.body),
            word_count=len(self.story.body.split()),
            pages=tuple(stated["pages"]),
            content_hash=content_hash(form),
            captures=tuple(each.reference for each in captures if each.reference is not None),
            theme=stated["theme_name"],
            source=self.source,
            extractor=EXTRACTOR,
            provenance={
                field: where
                for field, where in self.provenance.items()
                if field != "modified_at" or stated[field]
            },
        )

    def _headline(self) -> str:
        title: str | None = self.stated("title")
        if not title:
            raise NotAnArticle(self.stated("url"), "no_headline")
        closed = title.casefold().startswith(_CLOSED)
        if closed or any(walk.protected for walk in self.walks):
            raise NotAnArticle(self.stated("url"), "protected")
        return title

    def _told(self, stated: Mapping[str, Any]) -> Iterable[tuple[str, Any, str]]:
        """Yield the fields that are read from the text, and where each comes from."""
        story, caption, where = self.story, stated["caption"], self.text_source
        anchor = _anchor(stated["published_at"], self.newsroom.tzinfo)
        dates = story.dates(anchor)
        yield "dates", dates, "body"
        yield "event_date", _event_date(dates, anchor), "body"
        typed = {"subtitle": story.deck, "writer": story.writer, "editor": story.editor}
        for field, value in typed.items():
            yield field, stated[field] or value, self.provenance.get(field, where)
        yield "photo_credit", photo_credit(caption) if caption else None, "caption"
        yield "images", story.images, where
        embeds = dict.fromkeys((*(stated["lead_embeds"] or ()), *story.embeds))
        yield "embeds", tuple(embeds), where
        related = (*stated["inline_related"], *(stated["end_related"] or ()))
        yield "related_posts", related, "text"
        yield "dateline", story.dateline, "body"
        for field in ("credit", "body", "body_html"):
            yield field, getattr(story, field), where


def _language(stated: str, text: str) -> str:
    """Return one tag of page and record; themes declare ``en-US`` until somebody changes it."""
    is_tag = stated.partition("-")[0].lower() in ("id", "in")
    return "id" if is_tag or is_indonesian(text) else stated


def _anchor(published_at: str | None, zone: dt.tzinfo) -> dt.datetime | None:
    """Return the moment from which the dates of a text are counted; of a day its noon."""
    if published_at is None or len(published_at) < len("2021-09-30"):
        return None
    moment = dt.datetime.fromisoformat(published_at)
    return moment if moment.tzinfo else moment.replace(hour=12, tzinfo=zone)


def _is_later(moment: str | None, published_at: str | None) -> bool:
    if moment is None or published_at is None:
        return moment is not None
    if "T" not in published_at:
        return moment[: len(published_at)] > published_at
    return dt.datetime.fromisoformat(moment) > dt.datetime.fromisoformat(published_at)


def _event_date(dates: Iterable[FoundDate], anchor: dt.datetime | None) -> str | None:
    """Return the first date of the first block that is not after publication."""
    day = anchor.date().isoformat() if anchor is not None else None
    first = (each.date for each in dates if each.block == 0)
    return next((date for date in first if day is None or date <= day), None)
