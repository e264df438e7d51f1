"""What the parts of the crawler hand to each other.

A line of an archive is the JSON of an :class:`Article`, a :class:`Gone` or a :class:`Withheld`, its
keys in the order of the fields. Values are JSON's own types (a list is a tuple here), so that a
line read back equals the line written; validators say which field wanted what. ``schema.json`` is
generated from these classes and their docstrings.

A :class:`Capture` is a response without Scrapy, as extraction and the archive are given it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import attrs

from crawler.errors import InvalidRecord

if TYPE_CHECKING:
    from attrs import Attribute

Validator: TypeAlias = "Callable[[Any, Attribute[Any], Any], None]"
Test: TypeAlias = Callable[[Any], bool]


def fits(wanted: str, test: Test) -> Validator:
    """A validator that says which field wanted what; one that is null by default may be null."""

    def validate(_: Any, attribute: Attribute[Any], value: Any) -> None:
        optional = attribute.default is None
        if not (test(value) or (optional and value is None)):
            raise InvalidRecord(attribute.name, value, f"{wanted} or null" if optional else wanted)

    return validate


def _form(pattern: str, parse: Callable[[str], object] = bool) -> Test:
    """Whether a value is text that matches *pattern*, and *parse* takes it."""
    form = re.compile(pattern, re.DOTALL)

    def test(value: Any) -> bool:
        if type(value) is not str or not form.fullmatch(value):
            return False
        try:
            return parse(value) is not None
        except ValueError:
            return False

    return test


def _every(test: Test) -> Test:
    return lambda value: type(value) is tuple and all(test(each) for each in value)


def _is_filled(value: Any) -> bool:
    return type(value) is str and bool(value.strip())


def _is_address(value: Any) -> bool:
    return type(value) is str and value.startswith(("http://", "https://")) and "\n" not in value


def _is_count(value: Any) -> bool:
    return type(value) is int and value >= 0


def _is_texts_by_name(value: Any) -> bool:
    return isinstance(value, Mapping) and all(
        type(each) is str for item in value.items() for each in item
    )


_is_day = _form(r"[\d-]{10}", dt.date.fromisoformat)
_is_month = _form(r"\d{4}-(?:0[1-9]|1[0-2])")
_is_moment = _form(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)",
    dt.datetime.fromisoformat,
)

text = fits("a string", lambda value: type(value) is str)
filled = fits("a string that is not empty", _is_filled)
# Headlines have a tenth of that; a longer one is no headline, but a page gone wrong.
headline = fits("1 to 2,000 characters", lambda value: _is_filled(value) and len(value) <= 2_000)  # noqa: PLR2004
texts = fits("a list of strings that are not empty", _every(_is_filled))
texts_by_name = fits("an object of strings", _is_texts_by_name)
address = fits("an absolute http(s) address", _is_address)
addresses = fits("a list of absolute http(s) addresses", _every(_is_address))
day = fits("a day as YYYY-MM-DD", _is_day)
moment = fits("a moment as ISO 8601 with its UTC offset", _is_moment)
published = fits(
    "ISO 8601: a moment with its UTC offset, or just the day or month that the site states,",
    lambda value: _is_moment(value) or _is_day(value) or _is_month(value),
)
clock = fits("a clock time as HH:MM±hh:mm", _form(r"[0-2]\d:[0-5]\d(?::[0-5]\d)?[+-]\d\d:\d\d"))
digest = fits("sha256: and 64 hex digits", _form(r"sha256:[0-9a-f]{64}"))
count = fits("a number from 0", _is_count)
ordinal = fits("a number from 1", lambda value: _is_count(value) and value > 0)
flag = fits("true, false", lambda value: type(value) is bool)


def one_of(*values: str) -> Validator:
    return fits(f"one of {', '.join(values)}", lambda value: value in values)


def a(kind: type) -> Validator:
    return fits(f"a {kind.__name__}", lambda value: type(value) is kind)


def list_of(kind: type) -> Validator:
    return fits(f"a tuple of {kind.__name__}", _every(lambda value: type(value) is kind))


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


references = list_of(CaptureReference)


@attrs.frozen(kw_only=True)
class Dateline:
    """Place and outlet with which an article opens."""

    text: str = attrs.field(validator=filled)
    """As printed, with its separator: ``JAKARTA, PROGRES.ID –``."""

    place: str | None = attrs.field(default=None, validator=filled)
    """Place in title case: ``Jakarta``."""

    outlet: str | None = attrs.field(default=None, validator=filled)
    """Outlet as printed: ``PROGRES.ID``."""

    region: str | None = attrs.field(default=None, validator=filled)
    """Dotted Kemendagri code when the place is unambiguous: ``31`` or ``17.71``."""


@attrs.frozen(kw_only=True)
class FoundDate:
    """One calendar date that a text names."""

    text: str = attrs.field(validator=filled)
    """As printed: ``Rabu (29/9/2021)``."""

    date: str = attrs.field(validator=day, metadata=_DATE)
    """The day, or the first of a range."""

    end: str | None = attrs.field(default=None, validator=day, metadata=_DATE)
    """Last day of a range, else null."""

    time: str | None = attrs.field(default=None, validator=clock)
    """Clock time with its UTC offset, ``09:30+07:00``, or null."""

    resolved: str = attrs.field(validator=one_of("explicit", "year-inferred", "relative"))
    """``explicit`` (day, month and year are printed), ``year-inferred`` or ``relative``."""

    weekday_agrees: bool | None = attrs.field(default=None, validator=flag)
    """Whether a weekday printed beside the date is that date's; null without one."""

    block: int = attrs.field(default=0, validator=count)
    """Block of the body in which it stands, from 0."""


@attrs.frozen(kw_only=True)
class Image:
    """A photo in the text."""

    url: str = attrs.field(validator=address, metadata=_URI)
    """Full-size address."""

    alt: str | None = attrs.field(default=None, validator=filled)
    """Alternative text."""

    caption: str | None = attrs.field(default=None, validator=filled)
    """Caption as printed, credit included."""

    credit: str | None = attrs.field(default=None, validator=filled)
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

    heading: str | None = attrs.field(default=None, validator=filled)
    """Heading or label it stands under: ``Bacaan Lainnya``, ``Baca Juga``."""

    placement: str = attrs.field(validator=one_of("inline", "editor", "end"))
    """``inline`` (the theme's box in the text), ``editor`` (typed into the text) or ``end``."""


@attrs.frozen(kw_only=True)
class Article:
    """A news article as its site published it. Nothing here is guessed."""

    schema: str = attrs.field(default=ARTICLE, validator=one_of(ARTICLE))
    """Kind and version of the line."""

    id: str = attrs.field(validator=filled)
    """``<site>:<WordPress post id>``; without one, 16 hex of sha256(url) of its first line."""

    revision: int = attrs.field(default=1, validator=ordinal)
    """1, 2, … for each edit by the newsroom. Of one revision the last line counts."""

    site: str = attrs.field(validator=filled)
    """The archive's name."""

    url: str = attrs.field(validator=address, metadata=_URI)
    """Canonical address: no tracking parameters, no ``?amp=1``, no page number."""

    post_id: int | None = attrs.field(default=None, validator=count)
    """WordPress post id."""

    title: str = attrs.field(validator=headline)
    """Headline as printed, entities decoded, white space folded."""

    subtitle: str | None = attrs.field(default=None, validator=filled)
    """Subtitle, or the deck with which the text opens (then not in ``body``)."""

    published_at: str | None = attrs.field(default=None, validator=published)
    """First publication, ISO 8601 with the offset that the site gave.

    Where a site states no more than a day or a month, just that: ``2021-09-30``. Never the fetch
    time.
    """

    modified_at: str | None = attrs.field(default=None, validator=moment, metadata=_DATE_TIME)
    """Last edit with the offset that the site gave; null when never edited."""

    event_date: str | None = attrs.field(default=None, validator=day, metadata=_DATE)
    """First date in the first block of the body that is not after publication."""

    authors: tuple[str, ...] = attrs.field(default=(), validator=texts)
    """WordPress author or authors as shown."""

    writer: str | None = attrs.field(default=None, validator=filled)
    """From the theme's meta, else from a line that stands alone (Penulis, Reporter, …)."""

    editor: str | None = attrs.field(default=None, validator=filled)
    """From the theme's meta, else from a line that stands alone (Editor, Penyunting)."""

    source_url: str | None = attrs.field(default=None, validator=address, metadata=_URI)
    """The "Sumber Berita" link."""

    credit: str | None = attrs.field(default=None, validator=filled)
    """Closing credit without its brackets and full stop: ``Rilis/Media Center Kota Bengkulu``."""

    categories: tuple[str, ...] = attrs.field(default=(), validator=texts)
    """Categories as shown."""

    tags: tuple[str, ...] = attrs.field(default=(), validator=texts)
    """Tags as shown."""

    topics: tuple[str, ...] = attrs.field(default=(), validator=texts)
    """Topics as shown."""

    dateline: Dateline | None = attrs.field(default=None, validator=a(Dateline))
    """Place and outlet of the opening; null when the article opens without one."""

    caption: str | None = attrs.field(default=None, validator=filled)
    """Caption of the lead photo as printed, credit included."""

    photo_credit: str | None = attrs.field(default=None, validator=filled)
    """Credit of the lead photo alone: ``MC Kota Bengkulu/PROGRES.ID``."""

    image_url: str | None = attrs.field(default=None, validator=address, metadata=_URI)
    """Full-size address of the lead photo."""

    image_alt: str | None = attrs.field(default=None, validator=filled)
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
    """BCP 47 tag: ``id`` for Indonesian, in whichever form the page states it; else the page's own."""

    pages: tuple[str, ...] = attrs.field(default=(), validator=addresses)
    """Addresses of the article's pages in order."""

    content_hash: str = attrs.field(validator=digest)
    """Digest of the normal form: of what the newsroom wrote, and nothing else."""

    unchanged_until: str | None = attrs.field(default=None, validator=moment, metadata=_DATE_TIME)
    """When the last look began that found the state before this line, UTC; null for a first line.

    So an edit happened after it, and before ``written_at``.
    """

    captures: tuple[CaptureReference, ...] = attrs.field(default=(), validator=references)
    """The responses that the values came from: one a page, and any other."""

    provenance: Mapping[str, str] = attrs.field(factory=dict, validator=texts_by_name)
    """Field → where its value came from: ``time.entry-date[datetime]``, ``rest``, ``ld+json``."""

    theme: str | None = attrs.field(default=None, validator=filled)
    """Theme that printed the page, as its stylesheets' folder names it; null without a page."""

    source: str = attrs.field(default="page", validator=one_of("page", "rest", "both"))
    """What the line is made of: ``page``, ``rest`` (the REST record alone) or ``both``."""

    extractor: str = attrs.field(validator=filled)
    """Version of the extraction rules."""

    run: str | None = attrs.field(default=None, validator=filled)
    """Run that wrote the line, an id in ``runs.jsonl``; null before it is written."""

    written_at: str | None = attrs.field(default=None, validator=moment, metadata=_DATE_TIME)
    """When the line was written, UTC; null before it is written."""


COVERED: Final = (
    "title", "subtitle", "published_at", "modified_at", "event_date", "authors", "writer",
    "editor", "source_url", "credit", "categories", "tags", "topics", "dateline", "caption",
    "photo_credit", "image_url", "image_alt", "images", "embeds", "body", "dates", "related_posts",
)  # fmt: skip
"""The fields whose coverage says something about the newsroom, or about our rules."""


def fields_filled(article: Article) -> int:
    """Return which of :data:`COVERED` *article* has, a bit each."""
    return sum(1 << bit for bit, name in enumerate(COVERED) if getattr(article, name))


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

    reason: str = attrs.field(default="not_found", validator=one_of("not_found", "moved", "closed"))
    """``not_found`` (404, 410), ``moved`` (a redirect to something else) or ``closed`` (401, 403, or
    a password is asked for)."""

    unchanged_until: str | None = attrs.field(default=None, validator=moment, metadata=_DATE_TIME)
    """When the last look began that still found the article, UTC."""

    captures: tuple[CaptureReference, ...] = attrs.field(default=(), validator=references)
    """The responses that say so."""

    run: str | None = attrs.field(default=None, validator=filled)
    """Run that wrote the line."""

    written_at: str | None = attrs.field(default=None, validator=moment, metadata=_DATE_TIME)
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

    run: str | None = attrs.field(default=None, validator=filled)
    """Run that wrote the line."""

    written_at: str | None = attrs.field(default=None, validator=moment, metadata=_DATE_TIME)
    """When the line was written, UTC."""


@attrs.frozen(kw_only=True)
class Exchange:
    """One request and its response, as they crossed the network.

    Without *method* nothing is known of the request: somebody else made it.
    """

    url: str
    method: str = "GET"
    request_headers: tuple[tuple[str, str], ...] = ()
    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = attrs.field(default=b"", repr=False)  # as sent, content coding kept
    ip: str | None = None
    fetched_at: dt.datetime  # when the fetch began, after every pause, in UTC; stamped once


@attrs.frozen(kw_only=True)
class Member:
    """A WARC record as the bytes that go into a file, and what a line says of it."""

    content: bytes = attrs.field(repr=False)
    record_id: str  # without angle brackets
    url: str
    date: str  # its WARC-Date
    status: int
    digest: str  # of the entity body as it lies in the record

    def at(self, warc: str, offset: int) -> CaptureReference:
        """Return the reference to this record once it stands at *offset* of the file *warc*."""
        return CaptureReference(
            url=self.url,
            fetched_at=self.date,
            status=self.status,
            warc=warc,
            offset=offset,
            length=len(self.content),
            record_id=self.record_id,
            digest=self.digest,
        )


@attrs.frozen(kw_only=True)
class Origin:
    """The file of somebody else that a response was taken from."""

    name: str
    digest: str  # of the whole file: sha256:…
    warcinfo: bytes = attrs.field(default=b"", repr=False)
    """The record with which whoever made it says what it is, as a gzip member."""


@attrs.frozen(kw_only=True)
class Capture:
    """A response in the form that extraction reads: decoded, without Scrapy."""

    url: str  # that answered, after redirects
    body: bytes = attrs.field(repr=False)  # content coding removed
    status: int = 200
    headers: Mapping[str, str] = attrs.field(factory=dict)
    """Names in lower case; of repeated fields the values joined with ``, ``."""

    exchanges: tuple[Exchange, ...] = ()
    """Every hop that led here, the last one the response itself; empty when read back."""

    copied: Member | None = None
    """The record of somebody else that it was read from, instead of exchanges."""

    origin: Origin | None = None  # whose bytes it is made of; None where we fetched it ourselves
    reference: CaptureReference | None = None  # where it lies in the archive, once it is written


def joined_headers(fields: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return header fields as :attr:`Capture.headers` holds them."""
    headers: dict[str, str] = {}
    for name, value in fields:
        key = name.lower()
        headers[key] = f"{headers[key]}, {value}" if key in headers else value
    return headers
