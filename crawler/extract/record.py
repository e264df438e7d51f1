"""From what a source states to a line: the same for pages and for REST records.

The normal form: what the newsroom wrote, as page and REST API state it alike.

``docs/normal-form.md`` says it in full. Every archive holds digests of it: a change here makes a
revision of every article, so it does not change.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any, ClassVar, Final, Protocol, TypeVar

import attrs
from lxml import etree

from crawler.errors import NotAnArticle
from crawler.extract.content import Walk
from crawler.extract.document import text_of
from crawler.extract.story import Story
from crawler.items import Article, Capture, Embed, FoundDate, RelatedPost
from crawler.newsrooms import Newsroom
from crawler.normalise.credits import photo_credit
from crawler.normalise.text import as_typed, is_indonesian
from crawler.normalise.urls import identity

VERSION: Final = "article-normal-form/1"


class TextBlock(Protocol):
    """A block of a body."""

    kind: str
    text: str


@attrs.frozen(kw_only=True)
class Wording:
    """What goes into the normal form. Texts are folded (see :func:`crawler.normalise.text.fold`)."""

    title: str
    deck: str | None
    published_at: str | None
    authors: Iterable[str]
    blocks: Iterable[TextBlock]
    categories: Iterable[str]
    tags: Iterable[str]
    topics: Iterable[str]


def normal_form(wording: Wording) -> str:
    """Return the lines of the normal form, each a kind, a tab and a text, each with its newline."""
    lines = [VERSION, f"title\t{wording.title}"]
    if wording.deck:
        lines.append(f"deck\t{wording.deck}")
    if wording.published_at:
        lines.append(f"published\t{instant(wording.published_at)}")
    lines += [f"author\t{name}" for name in wording.authors]
    for kind, names in (
        ("category", wording.categories),
        ("tag", wording.tags),
        ("topic", wording.topics),
    ):
        lines += [f"{kind}\t{name}" for name in sorted(map(as_typed, names))]
    lines += [f"{block.kind}\t{block.text}" for block in wording.blocks]
    return as_typed("\n".join(lines)) + "\n"


def content_hash(wording: Wording) -> str:
    """Return ``sha256:`` and the digest of the normal form in UTF-8."""
    return f"sha256:{hashlib.sha256(normal_form(wording).encode()).hexdigest()}"


def instant(moment: str) -> str:
    """Return *moment* in UTC to the second; a day or a month as it is.

    >>> instant("2021-09-30T08:15:00+07:00")
    '2021-09-30T01:15:00Z'
    """
    if "T" not in moment:
        return moment
    when = dt.datetime.fromisoformat(moment).astimezone(dt.UTC)
    return f"{when.isoformat()[: len('2021-09-30T01:15:00')]}Z"


EXTRACTOR: Final = "3"
"""Version of the rules; it changes when the same captures give another article."""

T = TypeVar("T")

# "Diproteksi: " and "Privat: " are what WordPress puts before the title of such a post.
_CLOSED: Final = ("diproteksi:", "protected:", "terproteksi:", "privat:", "pribadi:", "private:")


class Record(ABC):
    """One article as a source states it: a property for each field, and how they make a line."""

    source: ClassVar[str]

    # What not every source has.
    subtitle: str | None = None
    writer: str | None = None
    editor: str | None = None
    source_url: str | None = None
    caption: str | None = None
    image_url: str | None = None
    image_alt: str | None = None
    lead_embeds: Iterable[Embed] = ()
    end_related: Iterable[RelatedPost] = ()
    theme_name: str | None = None
    """As the folder of the theme's stylesheets is called."""

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

    @property
    @abstractmethod
    def url(self) -> str: ...

    @property
    @abstractmethod
    def post_id(self) -> int | None: ...

    @property
    @abstractmethod
    def title(self) -> str | None: ...

    @property
    @abstractmethod
    def published_at(self) -> str | None: ...

    @property
    @abstractmethod
    def modified_at(self) -> str | None: ...

    @property
    @abstractmethod
    def authors(self) -> Sequence[str]: ...

    @property
    @abstractmethod
    def categories(self) -> Sequence[str]: ...

    @property
    @abstractmethod
    def tags(self) -> Sequence[str]: ...

    @property
    @abstractmethod
    def topics(self) -> Sequence[str]: ...

    @property
    @abstractmethod
    def language(self) -> str: ...

    @property
    @abstractmethod
    def pages(self) -> Sequence[str]: ...

    @property
    @abstractmethod
    def walks(self) -> Sequence[Walk]:
        """The content of each page."""

    @cached_property
    def story(self) -> Story:
        """The text over all pages."""
        return Story(self.walks, self.newsroom, self.furniture)

    @property
    def inline_related(self) -> Sequence[RelatedPost]:
        """Links to other articles that stand in the text."""
        return self.story.related

    def state(self, field: str, value: T, where: str) -> T:
        """Return *value*, and remember *where* it came from unless it is empty."""
        if value:
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
        names: dict[str, Any] = {
            field: tuple(getattr(self, field))
            for field in ("authors", "categories", "tags", "topics")
        }
        times = self._times()
        wording = Wording(
            title=title,
            deck=self.story.deck,
            published_at=times["published_at"],
            blocks=self.story.text_blocks,
            **names,
        )
        return Article(
            id=self._id(),
            site=self.newsroom.name,
            url=self.url,
            post_id=self.post_id,
            title=title,
            subtitle=self._or_typed("subtitle", self.story.deck),
            writer=self._or_typed("writer", self.story.writer),
            editor=self._or_typed("editor", self.story.editor),
            source_url=self.source_url,
            language=_language(self.language, self.story.body),
            pages=tuple(self.pages),
            content_hash=content_hash(wording),
            captures=tuple(each.reference for each in captures if each.reference is not None),
            theme=self.theme_name,
            source=self.source,
            extractor=EXTRACTOR,
            **names,
            **times,
            **self._photo_and_text(),
            provenance=self.provenance,
        )

    def _headline(self) -> str:
        title = self.title
        if not title:
            raise NotAnArticle(self.url, "no_headline")
        closed = title.casefold().startswith(_CLOSED)
        if closed or any(walk.protected for walk in self.walks):
            raise NotAnArticle(self.url, "protected")
        return title

    def _id(self) -> str:
        key = self.post_id or hashlib.sha256(identity(self.url).encode()).hexdigest()[:16]
        return f"{self.newsroom.name}:{key}"

    def _times(self) -> dict[str, Any]:
        published_at, modified_at = self.published_at, self.modified_at
        if modified_at is not None and not _is_later(modified_at, published_at):
            modified_at = None
            self.provenance.pop("modified_at", None)
        anchor = _anchor(published_at, self.newsroom.tzinfo)
        dates = self.story.dates(anchor)
        return {
            "published_at": published_at,
            "modified_at": modified_at,
            "dates": self.state("dates", dates, "body"),
            "event_date": self.state("event_date", _event_date(dates, anchor), "body"),
        }

    def _photo_and_text(self) -> dict[str, Any]:
        story, caption, text = self.story, self.caption, self.text_source
        return {
            "caption": caption,
            "photo_credit": self.state(
                "photo_credit", photo_credit(caption) if caption else None, "caption"
            ),
            "image_url": self.image_url,
            "image_alt": self.image_alt,
            "images": self.state("images", story.images, text),
            "embeds": self.state(
                "embeds", tuple(dict.fromkeys((*self.lead_embeds, *story.embeds))), text
            ),
            "related_posts": self.state(
                "related_posts", (*self.inline_related, *self.end_related), "text"
            ),
            "dateline": self.state("dateline", story.dateline, "body"),
            "credit": self.state("credit", story.credit, text),
            "body": self.state("body", story.body, text),
            "body_html": self.state("body_html", story.body_html, text),
            "word_count": len(story.body.split()),
        }

    def _or_typed(self, field: str, typed: str | None) -> str | None:
        """Return what the source states of *field*, else what stands in the text."""
        stated: str | None = getattr(self, field)
        return stated or self.state(field, typed, self.text_source)


def _language(stated: str, text: str) -> str:
    """Return one tag of page and record; themes declare ``en-US`` until somebody changes it."""
    is_tag = stated.partition("-")[0].lower() in ("id", "in")
    return "id" if is_tag or is_indonesian(text) else stated


def _anchor(published_at: str | None, zone: dt.tzinfo) -> dt.datetime | None:
    """Return the moment from which the dates of a text are counted; of a day its noon."""
    if published_at is None or len(published_at) < len("2021-09-30"):
        return None
    moment = dt.datetime.fromisoformat(published_at)
    if moment.tzinfo is None:
        return moment.replace(hour=12, tzinfo=zone)
    return moment


def _is_later(moment: str, published_at: str | None) -> bool:
    if published_at is None:
        return True
    if "T" not in published_at:
        return moment[: len(published_at)] > published_at
    return dt.datetime.fromisoformat(moment) > dt.datetime.fromisoformat(published_at)


def _event_date(dates: Iterable[FoundDate], anchor: dt.datetime | None) -> str | None:
    """Return the first date of the first block that is not after publication."""
    day = anchor.date().isoformat() if anchor is not None else None
    for each in dates:
        if each.block:
            return None
        if day is None or each.date <= day:
            return each.date
    return None
