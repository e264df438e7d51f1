"""From what a source states to a line: the same for pages and for REST records.

- ``Story``: what the content of all pages makes together: the body, with its dateline and dates.
- The normal form: what the newsroom wrote, as page and REST API state it alike;
  ``docs/normal-form.md`` says it in full. Every archive holds digests of it: a change here makes a
  revision of every article, so it does not change.
- ``Record``: the fields, and how they make a line.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from html import escape
from itertools import takewhile
from typing import Any, ClassVar, Final, TypeVar

import attrs
import nh3
from lxml import etree

from crawler.errors import NotAnArticle
from crawler.extract.blocks import STRONG, Block, Path
from crawler.extract.content import Walk
from crawler.extract.document import text_of
from crawler.extract.media import Photo, file_of
from crawler.items import Article, Capture, Dateline, Embed, FoundDate, Image
from crawler.newsrooms import Newsroom
from crawler.normalise.credits import byline, closing_credit, photo_credit
from crawler.normalise.dateline import parse_dateline
from crawler.normalise.dates import find_dates
from crawler.normalise.text import as_typed, block_key, is_indonesian
from crawler.timestamps import stamp

EXTRACTOR: Final = "4"
"""Version of the rules; it changes when the same captures give another article."""

VERSION: Final = "article-normal-form/1"

T = TypeVar("T")

# What the blocks are written as; everything else would be a mistake here, or an attack.
_CLEANER: Final = nh3.Cleaner(
    tags={
        *("p", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "strong", "em", "a"),
        *("table", "tbody", "tr", "td", "th", "figure", "img", "figcaption"),
    },
    attributes={"a": {"href"}, "img": {"src", "alt"}},
    url_schemes={"http", "https"},
    link_rel=None,
)


def body_html(blocks: Iterable[Block]) -> str:
    """*blocks* as HTML with nothing but text, structure, absolute links and photos."""
    html = ""
    path: Path = ()
    for block in blocks:
        if block.path != path:
            html += _between(path, block.path)
            path = block.path
        if block.photo is not None:
            html += _figure(block.photo)
        else:
            html += f"<{block.tag}>{block.inner}</{block.tag}>" if block.tag else block.inner
    return _CLEANER.clean(html + _between(path, ()))


def _between(path: Path, following: Path) -> str:
    """The tags that end what *following* is not in, and begin what it is in."""
    common = _common(path, following)
    closing = "".join(f"</{tag}>" for tag, _ in reversed(path[common:]))
    return closing + "".join(f"<{tag}>" for tag, _ in following[common:])


def _common(one: Sequence[object], other: Sequence[object]) -> int:
    """How many they begin with that are the same in both."""
    return len(list(takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))))


def _figure(photo: Photo) -> str:
    caption = f"<figcaption>{escape(photo.caption)}</figcaption>" if photo.caption else ""
    return (
        f'<figure><img src="{escape(photo.url)}" alt="{escape(photo.alt or "")}">{caption}</figure>'
    )


# A subhead in bold is a phrase: a longer one is a paragraph that someone emphasised.
_LONGEST_SUBHEAD: Final = 120
_SENTENCE_ENDS: Final = (".", ",", ";", "”", '"', "’", "'", ")", "]", "…")
_LONGEST_BYLINE: Final = 160
_HAS_LABEL: Final = re.compile("[:=]")
# Letters from which on a block is a sentence, not a name or a number in a list.
_SENTENCE: Final = 40


class Story:
    """The text of an article over all its pages, block for block."""

    def __init__(
        self, walks: Sequence[Walk], newsroom: Newsroom, furniture: frozenset[str] = frozenset()
    ) -> None:
        """*furniture* is what the text is not: keys of blocks (``block_key``)."""
        self._newsroom = newsroom
        self.deck: str | None = None
        self.writer: str | None = None
        self.editor: str | None = None
        self.credit: str | None = None
        self.blocks = _joined(walks)
        if furniture:
            self._drop([each for each in self.blocks if block_key(each.text) in furniture])
        self.embeds: list[Embed] = [embed for walk in walks for embed in walk.embeds]
        # Each page of an article has the theme's box.
        self.related = list(dict.fromkeys(each for walk in walks for each in walk.related))
        self.text_blocks = [block for block in self.blocks if block.photo is None]
        # A text of one block is no deck of nothing.
        if len(self.text_blocks) > 1 and self.text_blocks[0].deck:
            self.deck = self.text_blocks[0].text
            self._drop(self.text_blocks[:1])
        self._take_bylines()
        self._take_credit()
        for block in self.text_blocks[1:]:
            if block.kind == "p" and block.whole & STRONG and len(block.text) <= _LONGEST_SUBHEAD:
                block.kind = "p" if block.text.endswith(_SENTENCE_ENDS) else "h"
        self.body = "\n\n".join([block.text for block in self.text_blocks])

    def images(self) -> tuple[Image, ...]:
        """The photos between the blocks."""
        return tuple(
            Image(
                url=photo.url,
                alt=photo.alt,
                caption=photo.caption,
                credit=photo_credit(photo.caption) if photo.caption else None,
            )
            for block in self.blocks
            if (photo := block.photo) is not None
        )

    def dateline(self) -> Dateline | None:
        """Place and outlet with which the text opens."""
        opening = next((block.text for block in self.text_blocks if block.kind != "h"), "")
        found = parse_dateline(opening, self._newsroom.outlets)
        return found.as_item() if found is not None else None

    def dates(self, anchor: dt.datetime | None) -> tuple[FoundDate, ...]:
        """Every calendar date of the text; *anchor* is the moment of publication."""
        return tuple(
            attrs.evolve(date, block=place)
            for place, block in enumerate(self.text_blocks)
            for date in find_dates(block.text, anchor)
        )

    def _drop(self, unwanted: Sequence[Block]) -> None:
        if unwanted:
            gone = set(unwanted)
            self.blocks = [block for block in self.blocks if block not in gone]
            self.text_blocks = [block for block in self.blocks if block.photo is None]

    def _take_bylines(self) -> None:
        """Take writer and editor from lines of their own, field by field."""
        taken = []
        for block in self.text_blocks:
            is_short = len(block.text) <= _LONGEST_BYLINE and block.kind in ("p", "h")
            named = byline(block.text) if is_short and _HAS_LABEL.search(block.text) else None
            if named is not None:
                self.writer = self.writer or named.writer
                self.editor = self.editor or named.editor
                taken.append(block)
        self._drop(taken)

    def _take_credit(self) -> None:
        """Take the closing credit; one that stands alone leaves the text."""
        while self.text_blocks and self.text_blocks[-1].kind != "tr":
            last = self.text_blocks[-1]
            found = closing_credit(last.text)
            if found.credit is None:
                return
            self.credit = self.credit or found.credit
            if found.rest:
                return
            self._drop([last])


def _joined(walks: Sequence[Walk]) -> list[Block]:
    """The blocks of all pages; an opening that every page repeats counts once."""
    blocks = _once(walks[0].blocks)
    opening = list(takewhile(bool, (block.text for block in blocks)))
    for walk in walks[1:]:
        further = _once(walk.blocks)
        blocks += further[_common(opening, [block.text for block in further]) :]
    shown: dict[str, Photo] = {}
    return [block for block in blocks if block.photo is None or _is_new(block.photo, shown)]


def _is_new(photo: Photo, shown: dict[str, Photo]) -> bool:
    """Whether *photo* is none of those *shown*, to which it may add its caption."""
    first = shown.setdefault(file_of(photo.url), photo)
    first.caption = first.caption or photo.caption
    return first is photo


def _once(blocks: list[Block]) -> list[Block]:
    """*blocks* without those that repeat the text: for print, for wide and narrow screens."""
    # Of a text that is repeated, half of all sentences are.
    sentences = [block.text for block in blocks if len(block.text) >= _SENTENCE]
    if 2 * len(set(sentences)) > len(sentences):
        return list(blocks)
    found: dict[str, Block] = {}
    for block in blocks:
        found.setdefault(block.text or (block.photo.url if block.photo else ""), block)
    return list(found.values())


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
    """The lines of the normal form; *terms* are ``categories``, ``tags`` and ``topics``."""
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
    """``sha256:`` and the digest of the normal form in UTF-8."""
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
        """What the source states of *field*, None where it has no place for it."""
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
        """The text of *element*, as :meth:`state` has it."""
        return self.state(field, text_of(element) or None, where) if element is not None else None

    def to_item(self, captures: Iterable[Capture] = ()) -> Article:
        """The line; :exc:`NotAnArticle` where it has no headline, or is not for the public."""
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
        yield "images", story.images(), where
        embeds = dict.fromkeys((*(stated["lead_embeds"] or ()), *story.embeds))
        yield "embeds", tuple(embeds), where
        related = (*stated["inline_related"], *(stated["end_related"] or ()))
        yield "related_posts", related, "text"
        yield "dateline", story.dateline(), "body"
        yield "credit", story.credit, where
        yield "body", story.body, where
        yield "body_html", body_html(story.blocks), where


def _language(stated: str, text: str) -> str:
    """One tag of page and record; themes declare ``en-US`` until somebody changes it."""
    is_tag = stated.partition("-")[0].lower() in ("id", "in")
    return "id" if is_tag or is_indonesian(text) else stated


def _anchor(published_at: str | None, zone: dt.tzinfo) -> dt.datetime | None:
    """The moment from which the dates of a text are counted; of a day its noon."""
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
    """The first date of the first block that is not after publication."""
    day = anchor.date().isoformat() if anchor is not None else None
    first = (each.date for each in dates if each.block == 0)
    return next((date for date in first if day is None or date <= day), None)
