"""What a run may tell the archive, and what the archive answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

import attrs

from crawler.codec import Line
from crawler.errors import CrawlerError
from crawler.items import Article, Capture, Gone


@attrs.frozen
class Found:
    """An article was read from *captures*: its pages in order and any other response used.

    The archive fills the article's ``captures``, ``revision``, ``run`` and ``written_at``. A capture
    that has a ``reference`` is not stored again; a page for which the server said 304 is the stored
    capture with the 304 as its last exchange, and becomes a revisit record.
    """

    article: Article = attrs.field(repr=lambda article: f"<{article.id}>")
    captures: Sequence[Capture] = attrs.field(repr=False)
    lastmod: str | None = None
    """Last modification as the door states it; by default what :meth:`Archive.listed` was told."""

    without_page: str | None = None
    """Why its page, which was asked for, could not be read, so that the record alone speaks."""

    as_of: str | None = None
    """When somebody else fetched it (``scrapy ingest``), UTC: changes back nothing of later."""


@attrs.frozen
class Refused:
    """The response at *url* is not an article, or no valid record came of it.

    *reason* is a slug: ``static_page``, ``protected``, ``invalid_record``. With *keep* the captures
    are stored, for better rules to read, and it counts as a failure; never with ``protected``.
    """

    url: str
    reason: str
    captures: Sequence[Capture] = ()
    keep: bool = False
    lastmod: str | None = None


@attrs.frozen
class Missing:
    """*url* answers 404 or 410, redirects to something that is not it, or is closed to the public.

    *reason* is what the line will say: ``not_found``, ``moved``, ``closed``. Of an article this is
    a sighting; the second, in another run, makes a ``gone/1`` line when :meth:`Archive.settle` is
    called. Of an address that never was an article it is a refusal.
    """

    url: str
    status: int
    captures: Sequence[Capture] = ()
    reason: str = "not_found"
    as_of: str | None = None
    """When somebody else found it missing first (``scrapy ingest``), UTC. *captures* then say so
    twice, long enough apart, and the line is written at once."""


@attrs.frozen
class Seen:
    """The server said 304, or a door that is trusted said unchanged: looked at, nothing new."""

    url: str
    etag: str | None = None
    last_modified: str | None = None
    lastmod: str | None = None
    began: str | None = None
    """When the look began, UTC."""


@attrs.frozen
class Failed:
    """*url* could not be fetched: ``http_503``, ``timeout``, ``TLS: certificate expired``."""

    url: str
    reason: str


@attrs.frozen
class Reread:
    """Today's rules read *article* from the captures of a stored line (``scrapy reextract``).

    *article* carries ``id``, ``revision``, ``source`` and ``captures`` of that line. It is written
    when it differs from the line, and other rules wrote that; with *same_rules* also where the same
    ones did, since when some of its text was found not to be the article's.
    """

    article: Article
    same_rules: bool = False


@attrs.frozen
class Withhold:
    """Whoever keeps the archive takes the article *id* out of everything that reads it."""

    id: str
    reason: str


Finding: TypeAlias = Found | Refused | Missing | Seen | Failed | Reread | Withhold

OutcomeKind: TypeAlias = Literal[
    "new",  # first line of an article
    "changed",  # the newsroom edited it, or it came back: the next revision
    "superseded",  # more is known of the same revision: the page beside the REST record
    "reread",  # said otherwise, same revision: by today's rules, another theme, at another address
    "held",  # one block came or went: settle() judges it, once other articles were seen
    "unchanged",  # nothing written
    "withheld",  # nothing stored, or (answer to Withhold) the line written
    "refused",
    "missing",  # noted; whether it is gone is for settle() to say
    "gone",  # two captures of others say so: the line was written
    "seen",
    "failed",
    "invalid",  # nothing can come of it, see ``problem``
]


@attrs.frozen(kw_only=True)
class Outcome:
    """What the archive made of a finding. Once it is there, it is on disk."""

    kind: OutcomeKind
    url: str
    id: str | None = None
    revision: int | None = None
    line: Line | None = None
    """As it was written; None when none was."""

    problem: CrawlerError | None = None
    """Why nothing came of it."""

    note: str | None = None
    """What a log should say besides."""

    warning: str | None = None
    """What whoever keeps the archive should know of the article."""

    alarm: str | None = None
    """What seems to be wrong with the newsroom."""


@attrs.frozen(kw_only=True)
class Settlement:
    """What became of what waited for the end of the run."""

    gone: Sequence[Gone] = ()
    judged: Sequence[Outcome] = ()
    """Of findings that were held."""

    looked_at: int = 0
    """Articles known before this run that were looked at in it (Found, Seen and Missing)."""

    vanished: int = 0
    """Of these, how many were missing."""

    mass: bool = False
    """More than 20 % and at least 5 vanished: no line was written, and this run's sightings do
    not count towards one."""
