"""The rows of the ledger: what a line makes of them, and what a look at an address does.

Newsrooms edit within hours of publication, some within days, hardly ever after. So an article is
looked at again after half its age, and each look that finds nothing doubles the pause; about a
dozen looks in its first half year, two a year from then on. What changes is looked at more often.
"""

from __future__ import annotations

import datetime as dt
import json
import zlib
from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import Any, ClassVar, Final, TypeVar

import attrs

from crawler.codec import Line
from crawler.items import Article, CaptureReference, Gone, Withheld, fields_filled
from crawler.normalise.text import as_typed
from crawler.timestamps import comparable, is_ahead, seconds, stamp

_THEN: Final = "then "
# A newsroom changes its theme every few years, and back within days.
_THEMES: Final = 3


def dump_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@attrs.frozen(kw_only=True)
class ArticleRow:
    """An article: what its last line says."""

    table: ClassVar = "articles"
    key: ClassVar = "id"

    id: str
    url: str
    """Its current address."""

    revision: int
    state: str
    """``article``, ``gone`` or ``withheld``."""

    line_url: str | None = None
    """Address that the last line states."""

    post_id: int | None = None
    source: str | None = None
    extractor: str | None = None
    content_hash: str | None = None
    page_hash: str | None = None
    theme: str | None = None
    captures: str = "{}"
    """Source → captures of the last line that was read from it, as JSON, the oldest first.

    Under ``then`` and its name those of the last line that another theme printed.
    """

    written: str = ""
    """What the lines of the current revision differ in, one a line."""

    day: str | None = None
    """Of publication, by the newsroom's own clock; or its month."""

    filled: int = 0
    """Which fields the last line has, see :func:`crawler.items.fields_filled`."""

    checksum: int = 0
    """crc32 of the rest but the address, as it was written: SQLite does not notice a flipped bit."""

    def summed(self) -> ArticleRow:
        """Return the row with the checksum that it should have."""
        rest = attrs.astuple(attrs.evolve(self, checksum=0, url=""))
        return attrs.evolve(self, checksum=zlib.crc32(dump_json(rest).encode()))

    def captures_of(self, source: str | None) -> tuple[CaptureReference, ...]:
        """Return the captures that the last line of that *source* names."""
        return tuple(CaptureReference(**each) for each in json.loads(self.captures).get(source, ()))

    def sources(self) -> list[str]:
        """Return what lines were read from, since one that was read from everything."""
        return [each for each in json.loads(self.captures) if not each.startswith(_THEN)]

    def last_read(self) -> tuple[CaptureReference, ...]:
        """Return the captures from which it was read last, of each source."""
        return tuple(each for source in self.sources() for each in self.captures_of(source))

    def printed_by(self, theme: str | None) -> tuple[CaptureReference, ...]:
        """Return the captures of the last line that a former *theme* printed."""
        return self.captures_of(f"{_THEN}{theme}")

    def states(self, article: Article) -> bool:
        """Whether the last line says what *article* does."""
        hashes = article.content_hash, page_hash(article)
        return (self.content_hash, self.page_hash) == hashes

    def has_line(self, line: Article, *, last: bool = False) -> bool:
        """Whether a line of the current revision, or the *last* one, says what *line* does."""
        keys = self.written.split("\n")
        return _line_key(line, page_hash(line)) in (keys[-1:] if last else keys)


def page_hash(article: Article) -> str:
    """Return a digest of what only the page states, ``sha256:…``.

    It covers subtitle, caption, image_url, writer, editor, source_url and embeds: between two
    lines of source ``page``, a change of these makes a revision although ``content_hash`` stays.
    """
    lines = [
        f"{field}\t{getattr(article, field) or ''}"
        for field in ("subtitle", "caption", "image_url", "writer", "editor", "source_url")
    ]
    lines += [f"embed\t{embed.kind}\t{embed.url}" for embed in article.embeds]
    text = as_typed("\n".join(lines)) + "\n"
    return f"sha256:{sha256(text.encode()).hexdigest()}"


def _line_key(line: Article, hashed: str) -> str:
    """Return what two lines of one revision differ in."""
    short = (each.removeprefix("sha256:")[:16] for each in (line.content_hash, hashed))
    return " ".join((line.source, line.extractor, *short, line.url))


@attrs.frozen(kw_only=True)
class AddressRow:
    """An address that was listed or fetched, and when to look again."""

    table: ClassVar = "addresses"
    key: ClassVar = "url"

    url: str
    article: str | None = None
    """Id of the article that it leads to."""

    post_id: int | None = None
    published: str | None = None
    """UTC, in the form that sorts, as are the next three."""

    lastmod: str | None = None
    """As a door stated it when the address was last looked at."""

    listed: str | None = None
    """As a door stated it last."""

    looked_at: str | None = None
    """When it was last fetched."""

    state: str = "waiting"
    """Also ``article``, ``refused``, ``failed`` or ``gone``."""

    moved: int = 0
    """1 for an earlier address of the article."""

    source: str | None = None
    """What the article's last line was read from."""

    reason: str | None = None
    """Why it was refused, or failed last."""

    etag: str | None = None
    last_modified: str | None = None
    next_look: int | None = None
    """Seconds since 1970; None while it was never fetched, and of what is withheld."""

    pause: int = 0
    failures: int = 0
    """Failed fetches in a row."""

    missing_since: str | None = None
    missing_run: str | None = None
    sighting: str | None = None
    """Where what was found in its place is stored, as JSON; of :attr:`missing_since`."""

    unchanged: str | None = None
    """When the last look began that found what the last line says."""

    stale: int = 0
    """Looks in a row that were sent for a change and brought the page of before."""

    digits: int = 0
    """Looks in a row that found nothing changed but numbers."""

    theme: str | None = None
    """The theme that printed just what the last line says, when it was looked at since; "": one
    without a name."""

    kept: str | None = None
    """Digest of the last payload kept of a refused page."""

    def found(self, **changes: Any) -> AddressRow:
        """Return the row with *changes*, of an article that is not missing."""
        return attrs.evolve(self, missing_since=None, missing_run=None, **changes)

    def sighted(self) -> tuple[CaptureReference, ...]:
        """Return the captures of the first look that found the article missing."""
        return tuple(CaptureReference(**each) for each in json.loads(self.sighting or "[]"))


Row = TypeVar("Row", AddressRow, ArticleRow)


def columns(kind: type[Any]) -> tuple[str, ...]:
    """Return the names of the columns that a row of that *kind* is made of."""
    return tuple(field.name for field in attrs.fields(kind))


class Rows:
    """Rows that a batch works on: read once, changed here, written at its end."""

    def __init__(self, read: Callable[[type[Row], list[str]], list[Row]]) -> None:
        self._read: Callable[[type[Any], list[str]], list[Any]] = read
        self._rows: dict[tuple[type, str], Any] = {}
        self._changed: dict[tuple[type, str], None] = {}

    def fetch(self, urls: Iterable[str], ids: Iterable[str]) -> None:
        """Read what the batch will ask for in as few queries as can be."""
        leading = [row.article for row in self._fetch(AddressRow, urls) if row.article]
        articles = self._fetch(ArticleRow, [*ids, *leading])
        self._fetch(AddressRow, [row.url for row in articles])

    def _fetch(self, kind: type[Row], keys: Iterable[str]) -> list[Row]:
        wanted = [key for key in dict.fromkeys(keys) if (kind, key) not in self._rows]
        found = self._read(kind, wanted) if wanted else []
        self._rows.update(dict.fromkeys((kind, key) for key in wanted))
        self._rows.update({(kind, getattr(row, kind.key)): row for row in found})
        return found

    def address(self, url: str) -> AddressRow | None:
        if (AddressRow, url) not in self._rows:
            self._fetch(AddressRow, [url])
        row: AddressRow | None = self._rows[AddressRow, url]
        return row

    def article(self, id_: str) -> ArticleRow | None:
        if (ArticleRow, id_) not in self._rows:
            self.fetch([], [id_])
        row: ArticleRow | None = self._rows[ArticleRow, id_]
        return row

    def put(self, row: AddressRow | ArticleRow) -> None:
        place = type(row), getattr(row, row.key)
        self._rows[place] = row
        self._changed[place] = None

    def change(self, url: str, change: Callable[[AddressRow], AddressRow]) -> None:
        """Put what *change* makes of the row of *url*, where there is one."""
        if (row := self.address(url)) is not None:
            self.put(change(row))

    def changed(self, kind: type[Row]) -> list[Row]:
        """Return the rows to write."""
        return [self._rows[each] for each in self._changed if each[0] is kind]


def apply_line(rows: Rows, line: Line) -> None:
    """Bring *rows* up to *line*.

    The one place that knows what a line means to the ledger: a run, catching up, rebuilding and
    verifying all come here.
    """
    known = rows.article(line.id)
    if known is not None and not isinstance(line, Withheld) and line.revision < known.revision:
        return  # a line of before, that was lost and made again
    if isinstance(line, Article):
        rows.put(_article_row(known, line))
        place(rows, known, line, line.source)
        return
    gone = isinstance(line, Gone)
    state = "gone" if gone else "withheld"
    row = known or ArticleRow(id=line.id, url=line.url, revision=1, state=state)
    if isinstance(line, Gone):
        row = attrs.evolve(row, revision=line.revision, written="")
    if known is None or known.state != "withheld":
        rows.put(attrs.evolve(row, state=state))
    address = rows.address(line.url) or AddressRow(url=line.url, article=line.id)
    rows.put(address.found(state="gone" if gone else "refused", reason=state, next_look=None))


def _kept(known: ArticleRow | None, line: Article) -> dict[str, Any]:
    """Return what of the captures of *known* is kept beside those of *line*."""
    if known is None:
        return {}
    captures: dict[str, Any] = json.loads(known.captures)
    former = {name: refs for name, refs in captures.items() if name.startswith(_THEN)}
    if known.theme is not None and known.theme != line.theme and known.source in captures:
        former.pop(f"{_THEN}{known.theme}", None)
        former[f"{_THEN}{known.theme}"] = captures[known.source]
    former = dict(list(former.items())[-_THEMES:])
    return former if line.source == "both" else captures | former


def _article_row(known: ArticleRow | None, line: Article) -> ArticleRow:
    hashed = page_hash(line)
    same = known is not None and known.revision == line.revision
    before = known.written.split("\n") if same and known and known.written else []
    captures = _kept(known, line)
    captures.pop(line.source, None)
    captures[line.source] = [attrs.asdict(each) for each in line.captures]
    return ArticleRow(
        id=line.id,
        url=line.url,
        revision=line.revision,
        state="withheld" if known is not None and known.state == "withheld" else "article",
        line_url=line.url,
        post_id=line.post_id,
        source=line.source,
        extractor=line.extractor,
        content_hash=line.content_hash,
        page_hash=hashed,
        theme=line.theme or (known.theme if known else None),
        captures=dump_json(captures),
        written="\n".join([*before, _line_key(line, hashed)]),
        day=(line.published_at or "")[:10] or None,
        filled=fields_filled(line),
    )


def began(captures: Iterable[CaptureReference]) -> str | None:
    """Return when the look began that *captures* are of."""
    return min((each.fetched_at for each in captures), default=None)


def place(rows: Rows, known: ArticleRow | None, line: Article, source: str | None) -> None:
    """Let the address of *line* lead to it, and an earlier address of it stand aside."""
    if known is not None and known.url != line.url:
        former = rows.address(known.url)
        if former is not None and former.article == line.id:
            rows.put(attrs.evolve(former, moved=1, next_look=None))
    address = rows.address(line.url) or AddressRow(url=line.url)
    rows.put(
        address.found(
            article=line.id,
            post_id=line.post_id if line.post_id is not None else address.post_id,
            published=comparable(line.published_at) or address.published,
            looked_at=max([address.looked_at or "", *(each.fetched_at for each in line.captures)])
            or None,
            unchanged=began(line.captures) or address.unchanged,
            state="article",
            moved=0,
            source=source,
            reason=None,
            failures=0,
        )
    )


# when to look again: the numbers, and why

_HOUR: Final = 3600
_DAY: Final = 24 * _HOUR

# Twice the cadence of a run that looks for news every 15 minutes leaves room for both.
SHORTEST: Final = _HOUR
# An archive of 100,000 articles then costs some 550 requests a day to keep true.
LONGEST: Final = 180 * _DAY
# Protected posts are opened, and pages become articles, but seldom.
REFUSED: Final = _DAY
# The first failure is tried again by the next run, then 15 minutes, doubling, for ever.
FAILED: Final = 15 * 60
FAILED_LONGEST: Final = 7 * _DAY
# A page cache lives for minutes to hours, some for a day; who purges it by hand does so in days.
STALE: Final = 15 * 60
STALE_LONGEST: Final = _DAY
STALE_TRIES: Final = 14


def _first_pause(row: AddressRow, now: dt.datetime) -> int:
    """Return seconds until the first look at an article: half its age."""
    stated = row.lastmod or row.published
    age = seconds(now) - seconds(dt.datetime.fromisoformat(stated)) if stated else 0
    return min(max(age // 2, SHORTEST), LONGEST)


def _longer(pause: int) -> int:
    """Return the pause after a look that found nothing new, the last pause being *pause*."""
    return min(2 * max(pause, SHORTEST), LONGEST)


def _due(row: AddressRow, now: dt.datetime, pause: int) -> AddressRow:
    """Let *row* be due after *pause*, up to a tenth less: what came in one run is not all due in one."""
    less = pause * (zlib.crc32(row.url.encode(errors="replace")) % 1000) // 10_000
    return attrs.evolve(row, pause=pause, next_look=seconds(now) + pause - less)


def after_article(
    row: AddressRow,
    kind: str,
    now: dt.datetime,
    lastmod: str | None,
    *,
    stale: bool = False,
    without_page: str | None = None,
) -> AddressRow:
    """Return *row* after an article was read there, with an outcome of that *kind*.

    *without_page*: why its page, which was fetched, cannot be read. *stale*: what was printed is
    older than what is known to be published.
    """
    if stale and kind == "unchanged":
        return _still_stale(row, now, lastmod)
    row = attrs.evolve(_seen(row, now, lastmod), stale=int(stale))
    if without_page is not None:
        return after_failure(row, now, without_page)
    if row.source == "rest" and kind == "unchanged":  # its page is due as it was
        return row
    if stale or row.source == "rest":
        return attrs.evolve(row, next_look=seconds(now) + (STALE if stale else 0))
    if kind in ("new", "superseded") or not row.pause:
        return _due(row, now, _first_pause(row, now))
    pause = max(row.pause // 4, SHORTEST) if kind == "changed" else _longer(row.pause)
    return _due(row, now, pause)


def after_copy(row: AddressRow, now: dt.datetime, as_of: str) -> AddressRow:
    """Return *row*, which :func:`after_article` gave, when somebody else had looked, at *as_of*."""
    looked = min(comparable(as_of) or row.looked_at or "", stamp(now)) or None
    row = attrs.evolve(row, lastmod=looked, looked_at=looked)
    if row.listed and looked and row.listed > looked:  # a door knows of a later change
        return attrs.evolve(row, next_look=seconds(now))
    return row


def is_behind(row: AddressRow, lastmod: str | None) -> bool:
    """Whether a door lists a change after the last look at *row*."""
    stated = max(filter(None, (row.listed, comparable(lastmod))), default="")
    return stated > (row.lastmod or row.looked_at or "")


def _still_stale(row: AddressRow, now: dt.datetime, lastmod: str | None) -> AddressRow:
    """Return *row* after a look that was sent for a change and brought what was there before."""
    tries = row.stale + 1
    if tries > STALE_TRIES:  # then it is no cache: there is nothing to see
        return _due(_seen(row, now, lastmod), now, _longer(row.pause))
    pause = min(STALE * 2 ** (tries - 1), STALE_LONGEST)
    return row.found(stale=tries, failures=0, next_look=seconds(now) + pause)


def after_nothing(
    row: AddressRow, now: dt.datetime, lastmod: str | None, *, stale: bool = False
) -> AddressRow:
    """Return *row* after a look that found what was there before."""
    if stale:
        return _still_stale(row, now, lastmod)
    return _due(_seen(row, now, lastmod).found(), now, _longer(row.pause))


def after_failure(row: AddressRow, now: dt.datetime, reason: str) -> AddressRow:
    """Return *row* after its address could not be fetched."""
    failures = row.failures + 1
    pause = min(FAILED * 2 ** min(failures - 2, 20), FAILED_LONGEST) if failures > 1 else 0
    return attrs.evolve(
        row,
        state="failed" if row.state == "waiting" else row.state,
        reason=reason,
        failures=failures,
        next_look=seconds(now) + int(pause),
    )


def after_refusal(
    row: AddressRow,
    now: dt.datetime,
    reason: str,
    lastmod: str | None,
    *,
    article: bool,
    kept: bool = False,
) -> AddressRow:
    """Return *row* after what is there was refused; *article*: what is archived of it stays.

    *kept*: it could not be read, which counts as a failure.
    """
    first = row.reason != reason
    failures = row.failures + 1 if kept else 0
    row = _seen(row, now, lastmod).found(
        state=row.state if article else "refused", reason=reason, failures=failures
    )
    return _due(row, now, REFUSED if first else _longer(row.pause))


def after_gone(row: AddressRow, now: dt.datetime, *, first: bool) -> AddressRow:
    """Return *row* of an article that is gone; its pause holds when a door lists it again."""
    return _due(row, now, REFUSED if first else _longer(row.pause))


def first_look(row: AddressRow, now: dt.datetime) -> AddressRow:
    """Return *row* of an article read from its line alone: its look times begin afresh."""
    if is_ahead(row.looked_at, now):
        row = attrs.evolve(row, looked_at=stamp(now))
    if row.state != "article" or row.next_look is not None:
        return row
    return _due(row, now, 0 if row.source == "rest" else _first_pause(row, now))


def _seen(row: AddressRow, now: dt.datetime, lastmod: str | None) -> AddressRow:
    stated = [each for each in (row.lastmod, row.listed, comparable(lastmod)) if each]
    return attrs.evolve(
        row,
        lastmod=max(stated, default=None),
        looked_at=stamp(now),
        failures=0,
        stale=0,
        reason=None,
    )
