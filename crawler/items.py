"""The lines of an archive, as classes.

A line is the JSON of one of :class:`Article`, :class:`Gone` and :class:`Withheld`, its keys in the
order of the fields. Values are JSON's own types (a list is a tuple here), so that a line read back
equals the line written. ``schema.json`` is generated from these classes and their docstrings.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import attrs

from crawler.validators import (
    address,
    address_or_none,
    addresses,
    clock_or_none,
    content_hash,
    count,
    count_or_none,
    day,
    day_or_none,
    filled,
    headline,
    list_of,
    moment,
    moment_or_none,
    one_of,
    optional_a,
    ordinal,
    published_or_none,
    text,
    text_or_none,
    texts,
)

ARTICLE: Final = "article/1"
GONE: Final = "gone/1"
WITHHELD: Final = "withheld/1"

_DATE_TIME: Final = {"json_schema_extra": {"format": "date-time"}}
_DATE: Final = {"json_schema_extra": {"format": "date"}}
_URI: Final = {"json_schema_extra": {"format": "uri"}}


@attrs.frozen(kw_only=True)
class CaptureReference:
    """Where one response lies in the archive's WARC files."""

    url: str = attrs.field(validator=address, metadata=_URI)
    """Address that was asked for."""

    fetched_at: str = attrs.field(validator=moment, metadata=_DATE_TIME)
    """The record's ``WARC-Date``, UTC."""

    status: int = attrs.field(validator=count)
    """HTTP status of the response; 304 for a revisit."""

    warc: str = attrs.field(validator=filled)
    """The file, relative to the archive's folder: ``warc/….warc.gz``."""

    offset: int = attrs.field(validator=count)
    """First byte of the record's gzip member in that file."""

    length: int = attrs.field(validator=count)
    """Length of that gzip member, in bytes."""

    record_id: str = attrs.field(validator=filled)
    """The record's ``WARC-Record-ID``, without angle brackets: ``urn:uuid:…``."""

    digest: str = attrs.field(validator=filled)
    """``WARC-Payload-Digest`` of the entity body as it was sent: ``sha256:…``."""


@attrs.frozen(kw_only=True)
class Dateline:
    """Place and outlet with which an article opens."""

    text: str = attrs.field(validator=filled)
    """As printed, with its separator: ``JAKARTA, PROGRES.ID –``."""

    place: str | None = attrs.field(default=None, validator=text_or_none)
    """Place in title case: ``Jakarta``."""

    outlet: str | None = attrs.field(default=None, validator=text_or_none)
    """Outlet as printed: ``PROGRES.ID``."""

    region: str | None = attrs.field(default=None, validator=text_or_none)
    """Dotted Kemendagri code when the place is unambiguous: ``31`` or ``17.71``."""


@attrs.frozen(kw_only=True)
class FoundDate:
    """One calendar date that a text names."""

    text: str = attrs.field(validator=filled)
    """As printed: ``Rabu (29/9/2021)``."""

    date: str = attrs.field(validator=day, metadata=_DATE)
    """The day, or the first of a range."""

    end: str | None = attrs.field(default=None, validator=day_or_none, metadata=_DATE)
    """Last day of a range, else null."""

    time: str | None = attrs.field(
        default=None,
        validator=clock_or_none,
    )
    """Clock time with its UTC offset, ``09:30+07:00``, or null."""

    resolved: str = attrs.field(validator=one_of("explicit", "year-inferred", "relative"))
    """``explicit`` (day, month and year are printed), ``year-inferred`` or ``relative``."""

    weekday_agrees: bool | None = None
    """Whether a weekday printed beside the date is that date's; null without one."""

    block: int = attrs.field(default=0, validator=count)
    """Block of the body in which it stands, from 0."""


@attrs.frozen(kw_only=True)
class Image:
    """A photo in the text."""

    url: str = attrs.field(validator=address, metadata=_URI)
    """Full-size address."""

    alt: str | None = attrs.field(default=None, validator=text_or_none)
    """Alternative text."""

    caption: str | None = attrs.field(default=None, validator=text_or_none)
    """Caption as printed, credit included."""

    credit: str | None = attrs.field(default=None, validator=text_or_none)
    """Credit alone."""


@attrs.frozen(kw_only=True)
class Embed:
    """Something of another site shown in the text or above it."""

    kind: str = attrs.field(validator=one_of("video", "tweet", "instagram", "iframe"))
    """``video``, ``tweet``, ``instagram`` or ``iframe``."""

    url: str = attrs.field(validator=address, metadata=_URI)
    """Its address, without query."""


@attrs.frozen(kw_only=True)
class RelatedPost:
    """A link to another article of the newsroom that is not part of the text."""

    title: str = attrs.field(validator=filled)
    """Headline as linked."""

    url: str = attrs.field(validator=address, metadata=_URI)
    """Canonical address."""

    heading: str | None = attrs.field(default=None, validator=text_or_none)
    """Heading or label it stands under: ``Bacaan Lainnya``, ``Baca Juga``."""

    placement: str = attrs.field(validator=one_of("inline", "editor", "end"))
    """``inline`` (the theme's box in the text), ``editor`` (typed into the text) or ``end``."""


@attrs.frozen(kw_only=True)
class Article:
    """A news article as its site published it. Nothing here is guessed."""

    schema: str = attrs.field(default=ARTICLE, validator=one_of(ARTICLE))
    """Kind and version of the line."""

    id: str = attrs.field(validator=filled)
    """``<site>:<WordPress post id>``; without a post id, 16 hex digits of sha256(url)."""

    revision: int = attrs.field(default=1, validator=ordinal)
    """1, 2, … for each edit by the newsroom. Of one revision the last line counts."""

    site: str = attrs.field(validator=filled)
    """The archive's name."""

    url: str = attrs.field(validator=address, metadata=_URI)
    """Canonical address: no tracking parameters, no ``?amp=1``, no page number."""

    post_id: int | None = attrs.field(default=None, validator=count_or_none)
    """WordPress post id."""

    title: str = attrs.field(validator=headline)
    """Headline as printed, entities decoded, white space folded."""

    subtitle: str | None = attrs.field(default=None, validator=text_or_none)
    """Subtitle, or the deck with which the text opens (then not in ``body``)."""

    published_at: str | None = attrs.field(default=None, validator=published_or_none)
    """First publication, ISO 8601 with the offset that the site gave.

    Where a site states no more than a day or a month, just that: ``2021-09-30``. Never the fetch
    time.
    """

    modified_at: str | None = attrs.field(
        default=None, validator=moment_or_none, metadata=_DATE_TIME
    )
    """Last edit with the offset that the site gave; null when never edited."""

    event_date: str | None = attrs.field(default=None, validator=day_or_none, metadata=_DATE)
    """First date in the first block of the body that is not after publication."""

    authors: tuple[str, ...] = attrs.field(default=(), validator=texts)
    """WordPress author or authors as shown."""

    writer: str | None = attrs.field(default=None, validator=text_or_none)
    """From the theme's meta, else from a line that stands alone (Penulis, Reporter, …)."""

    editor: str | None = attrs.field(default=None, validator=text_or_none)
    """From the theme's meta, else from a line that stands alone (Editor, Penyunting)."""

    source_url: str | None = attrs.field(default=None, validator=address_or_none, metadata=_URI)
    """The "Sumber Berita" link."""

    credit: str | None = attrs.field(default=None, validator=text_or_none)
    """Closing credit without its brackets and full stop: ``Rilis/Media Center Kota Bengkulu``."""

    categories: tuple[str, ...] = attrs.field(default=(), validator=texts)
    """Categories as shown."""

    tags: tuple[str, ...] = attrs.field(default=(), validator=texts)
    """Tags as shown."""

    topics: tuple[str, ...] = attrs.field(default=(), validator=texts)
    """Topics as shown."""

    dateline: Dateline | None = attrs.field(default=None, validator=optional_a(Dateline))
    """Place and outlet of the opening; null when the article opens without one."""

    caption: str | None = attrs.field(default=None, validator=text_or_none)
    """Caption of the lead photo as printed, credit included."""

    photo_credit: str | None = attrs.field(default=None, validator=text_or_none)
    """Credit of the lead photo alone: ``MC Kota Bengkulu/PROGRES.ID``."""

    image_url: str | None = attrs.field(default=None, validator=address_or_none, metadata=_URI)
    """Full-size address of the lead photo."""

    image_alt: str | None = attrs.field(default=None, validator=text_or_none)
    """Alternative text of the lead photo."""

    images: tuple[Image, ...] = attrs.field(default=(), validator=list_of(Image))
    """Photos in the text."""

    embeds: tuple[Embed, ...] = attrs.field(default=(), validator=list_of(Embed))
    """Videos, tweets, Instagram posts and other frames."""

    body: str = attrs.field(default="", validator=text)
    """The text that the newsroom wrote, all pages joined, blocks separated by a blank line."""

    body_html: str = attrs.field(default="", validator=text)
    """The same content as sanitised HTML with absolute links, safe to show."""

    dates: tuple[FoundDate, ...] = attrs.field(default=(), validator=list_of(FoundDate))
    """Every calendar date in the body, in order."""

    related_posts: tuple[RelatedPost, ...] = attrs.field(default=(), validator=list_of(RelatedPost))
    """Links to other articles in and around the text, which are not body."""

    word_count: int = attrs.field(default=0, validator=count)
    """``len(body.split())``."""

    language: str = attrs.field(default="id", validator=filled)
    """BCP 47 tag of the page: ``id-ID``."""

    pages: tuple[str, ...] = attrs.field(default=(), validator=addresses)
    """Addresses of the article's pages in order."""

    content_hash: str = attrs.field(validator=content_hash)
    """Digest of the normal form: of what the newsroom wrote, and nothing else."""

    captures: tuple[CaptureReference, ...] = attrs.field(
        default=(), validator=list_of(CaptureReference)
    )
    """The responses that the values came from: one a page, and any other."""

    provenance: Mapping[str, str] = attrs.field(factory=dict)
    """Field → where its value came from: ``time.entry-date[datetime]``, ``rest``, ``ld+json``."""

    source: str = attrs.field(default="page", validator=one_of("page", "rest"))
    """``page`` or ``rest``."""

    extractor: str = attrs.field(validator=filled)
    """Version of the extraction rules."""

    run: str | None = attrs.field(default=None, validator=text_or_none)
    """Run that wrote the line, an id in ``runs.jsonl``; null before it is written."""

    written_at: str | None = attrs.field(
        default=None, validator=moment_or_none, metadata=_DATE_TIME
    )
    """When the line was written, UTC; null before it is written."""


@attrs.frozen(kw_only=True)
class Gone:
    """An article that its site has taken down."""

    schema: str = attrs.field(default=GONE, validator=one_of(GONE))
    """Kind and version of the line."""

    id: str = attrs.field(validator=filled)
    """The article's ``id``."""

    revision: int = attrs.field(validator=ordinal)
    """The next revision number of that article."""

    site: str = attrs.field(validator=filled)
    """The archive's name."""

    url: str = attrs.field(validator=address, metadata=_URI)
    """Address at which it was."""

    gone_at: str = attrs.field(validator=moment, metadata=_DATE_TIME)
    """When it was first found missing, UTC."""

    status: int = attrs.field(validator=count)
    """404, 410, or the status of the redirect to something else."""

    captures: tuple[CaptureReference, ...] = attrs.field(
        default=(), validator=list_of(CaptureReference)
    )
    """The responses that say so."""

    run: str | None = attrs.field(default=None, validator=text_or_none)
    """Run that wrote the line."""

    written_at: str | None = attrs.field(
        default=None, validator=moment_or_none, metadata=_DATE_TIME
    )
    """When the line was written, UTC."""


@attrs.frozen(kw_only=True)
class Withheld:
    """An article that whoever keeps the archive has taken out of everything that reads it."""

    schema: str = attrs.field(default=WITHHELD, validator=one_of(WITHHELD))
    """Kind and version of the line."""

    id: str = attrs.field(validator=filled)
    """The article's ``id``."""

    site: str = attrs.field(validator=filled)
    """The archive's name."""

    url: str = attrs.field(validator=address, metadata=_URI)
    """The article's address."""

    withheld_at: str = attrs.field(validator=moment, metadata=_DATE_TIME)
    """When, UTC."""

    reason: str = attrs.field(validator=filled)
    """Why, in the words of whoever did it."""

    run: str | None = attrs.field(default=None, validator=text_or_none)
    """Run that wrote the line."""

    written_at: str | None = attrs.field(
        default=None, validator=moment_or_none, metadata=_DATE_TIME
    )
    """When the line was written, UTC."""
