"""Articles from the WARC and WACZ files of others, read in the order in which they were fetched."""

from __future__ import annotations

import bisect
import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final, TypeAlias

import attrs

from crawler.archive import Found, Missing
from crawler.archive.recorder import MASS_LEAST, MASS_SHARE
from crawler.archive.warc import sha256
from crawler.archive.warc_reading import (
    Damage,
    NotARecord,
    StoredRecord,
    answer,
    digest_agrees,
    entity,
    flaw,
    member_of,
    record_at,
)
from crawler.errors import ArchiveDamaged, CrawlerError, NotAnArticle, attempt
from crawler.extract import extract_article, open_page
from crawler.extract.rest import records as posts_in
from crawler.ingest.sources import Source, described, open_sources
from crawler.items import Article, Capture, Exchange, Member, Origin, joined_headers
from crawler.newsrooms import Newsroom
from crawler.normalise.urls import canonical, same_host, without_page_number
from crawler.timestamps import comparable, stamp

_HTML: Final = ("text/html", "application/xhtml+xml")
_JSON: Final = "application/json"
_ROUTE: Final = "/wp/v2/"
# The page in another form, of which less can be read.
_AMP: Final = re.compile(r"/amp/*(?:[?#]|$)|[?&]amp(?:[=&#]|$)")
_LARGEST: Final = 8 * 1024 * 1024
"""Bytes of a body without its codings: what a crawl takes, too."""

# What a record may be good for; whatever else is said of one is why it is passed over.
_PAGE: Final = "page"
_REST: Final = "rest"
_PHOTO: Final = "photo"
_GONE: Final = ("http_404", "http_410")

_RUN: Final = dt.timedelta(hours=6)
"""Between a page and its REST record, for them to be of one look: a run is no longer."""

_OURS: Final = re.compile(rb"^software: newsroom-archive/", re.MULTILINE)
_APART: Final = dt.timedelta(days=1)
"""Between two captures that say that an article is gone: shorter troubles are a server's."""

_REMEMBERED: Final = 8
"""Captures: articles of one REST list name the same."""

_NAMED: Final = 3
"""Hosts that are named of a file which holds nothing of the newsroom."""


@attrs.frozen(order=True)
class _Seen:
    """A record that may be an article's, or a part of one."""

    at: dt.datetime
    source: int
    offset: int
    url: str = attrs.field(order=False)
    use: str = attrs.field(default="", order=False)
    info: int | None = attrs.field(default=None, order=False)
    """Where the warcinfo before it begins."""

    original: tuple[int, int] | None = attrs.field(default=None, order=False)
    """Of a revisit, source and offset of the record whose payload it repeats."""

    since: _Seen | None = attrs.field(default=None, order=False)
    """Of one that says that its article is gone, the first that says so."""


_Names: TypeAlias = tuple[tuple[str, ...], ...]
_Places: TypeAlias = defaultdict[str, list[_Seen]]
"""Key of an address → its captures, in order once all are known."""


class Ingest:
    """What the WARC and WACZ files at *paths* hold of *newsroom*, read twice.

    First every record is looked at, and where those of the newsroom lie is remembered. Then they
    are read in the order in which they were fetched, so that edits become revisions in their order,
    whatever the order of the files.
    """

    def __init__(
        self, newsroom: Newsroom, paths: Iterable[Path], scratch: Path, *, photos: bool = False
    ) -> None:
        """*scratch* is a folder for unpacked files; with *photos*, articles bring their lead photo.

        Raises :exc:`ConfigurationError` for a path that is no such file, :exc:`ArchiveDamaged`
        where none of them can be unpacked.
        """
        self.newsroom = newsroom
        self.hosts = (newsroom.host, *newsroom.hosts)
        self.photos = photos
        self.sources: list[Source] = []
        self.passed_over: Counter[str] = Counter()
        """Reason → how many records of the newsroom's hosts came to nothing."""

        self.remarks: Counter[str] = Counter()
        """What else there is to say of records that were read → of how many."""

        self.problems: list[str] = []  # what was damaged, and articles that could not be read whole
        for path in dict.fromkeys(paths):
            try:
                self.sources += open_sources(path, scratch)
            except ArchiveDamaged as error:
                self.problems.append(str(error))
                damaged = error
        if not self.sources:
            raise damaged
        # revisits, with id, digest and names of the record that they repeat
        self._visits: list[tuple[_Seen, str, str, _Names]] = []
        self._known: dict[tuple[str, ...], tuple[_Seen, str]] = {}  # name of a record → it, digest
        self._moments: list[_Seen] = []  # what becomes a finding
        self._pages, self._images, self._answers, self._gone = (
            defaultdict[str, list[_Seen]](list) for _ in range(4)
        )
        # source and place of each warcinfo that says that records are of a run of ours
        self._ours: set[tuple[int, int | None]] = set()
        self._addresses: dict[str, str] = {}  # key of an address → article's that was there
        self._origin = lru_cache(len(self.sources))(self._origin_at)
        self._capture = lru_cache(_REMEMBERED)(self._read_capture)

    def findings(self) -> Iterator[Found | Missing]:
        """Yield what an archive is to be told, in the order in which it was fetched."""
        self._look_through()
        for seen in self._moments:
            found, error = attempt(partial(self._read, seen))  # costs one record at most
            if isinstance(error, NotAnArticle):
                self.passed_over[error.reason] += 1
            elif error is not None:
                name = self.sources[seen.source].name
                self.problems.append(f"{name}: byte {seen.offset}: {seen.url}: {error}")
            else:
                yield from found or ()

    # --- the first look

    def _look_through(self) -> None:
        for number, source in enumerate(self.sources):
            held: Counter[str] = Counter()
            own = False
            info: int | None = None
            for record in source.records():
                if isinstance(record, Damage):
                    own |= self._note_damage(source, record)
                    continue
                url = record.fields.get("warc-target-uri", "").strip("<>")
                held[_described(record, url)] += 1
                if record.kind == "warcinfo":
                    info = record.offset
                    if _OURS.search(record.block) and b"\ncopiedFrom:" not in record.block:
                        self._ours.add((number, info))
                elif url:
                    own |= self._take(record, url, number, info)
            if not own:
                self.problems.append(f"{source.name}: {self._holding(held)}")
        self._resolve()
        self._known.clear()
        for places in (self._pages, self._images, self._gone, self._answers):
            for several in places.values():
                several.sort()
        self._moments = sorted([*self._moments, *self._vanished()])

    def _take(self, record: StoredRecord, url: str, source: int, info: int | None) -> bool:
        """Take *record*; return whether it is the newsroom's."""
        own = same_host(url, self.hosts)
        if record.kind == "conversion" and own:
            self.passed_over["conversion"] += 1
        if record.kind not in ("response", "resource", "revisit") or not (own or self.photos):
            return own
        fields = record.fields
        at = _moment(fields.get("warc-date", ""))
        if at is None or not record.record_id:
            self.passed_over.update(["record without date or id"] * own)
            return own
        seen = _Seen(at, source, record.offset, url, info=info)
        digest = fields.get("warc-payload-digest", "")
        if record.kind == "revisit":
            if "server-not-modified" in fields.get("warc-profile", ""):
                digest = ""  # some state that of the empty body
            target = fields.get("warc-refers-to-target-uri", url).strip("<>")
            date = comparable(fields.get("warc-refers-to-date")) or ""
            names = _names(fields.get("warc-refers-to", "").strip("<>"), target, date, digest)
            self._visits.append((seen, record.record_id, digest, names))
            return own
        use = _use(record, url, photos=self.photos)
        if use == _PHOTO or (own and use in (_PAGE, _REST, *_GONE)):
            self._remember(attrs.evolve(seen, use=use), record.record_id, digest)
        else:
            self.passed_over.update([use] * own)
        return own

    def _resolve(self) -> None:
        """Remember revisits with the record that they repeat."""
        for seen, record_id, digest, names in sorted(self._visits, key=lambda visit: visit[0]):
            entries = [self._known[name] for name in names if name in self._known]
            of = next((each for each, other in entries if _may_be_one(other, digest)), None)
            if of is not None:
                place = of.original or (of.source, of.offset)
                self._remember(attrs.evolve(seen, use=of.use, original=place), record_id, digest)
            elif same_host(seen.url, self.hosts):
                self.passed_over["revisit of what is no page, or in none of the files"] += 1

    def _remember(self, seen: _Seen, record_id: str, digest: str) -> None:
        self._add(seen)
        for name in _names(record_id, seen.url, stamp(seen.at), digest):
            self._known.setdefault(name, (seen, digest))

    def _note_damage(self, source: Source, damage: Damage) -> bool:
        """Say what is damaged; return whether it may be the newsroom's."""
        url, media, problem = described(damage)
        if url and not same_host(url, self.hosts):
            return False
        if media and media not in (*_HTML, _JSON):
            self.passed_over["not_html"] += 1
        else:
            self.problems.append(f"{source.name}: byte {damage.offset}: {problem}")
        return True

    def _holding(self, held: Counter[str]) -> str:
        if not held:
            return "the file is empty"
        said = [f"{count:,} {what}" for what, count in held.most_common(_NAMED)]
        if rest := sum(count for _, count in held.most_common()[_NAMED:]):
            said.append(f"{rest:,} others")
        return f"holds nothing of {self.newsroom.host}, but records: {', '.join(said)}"

    def _add(self, seen: _Seen) -> None:
        if seen.use == _REST:
            for post in attempt(partial(self._posts, seen))[0] or ():
                self._answers[_key(str(post.get("link")))].append(seen)
        else:
            places = {_PHOTO: self._images, _PAGE: self._pages}.get(seen.use, self._gone)
            places[_key(seen.url)].append(seen)
        if seen.use == _REST or (seen.use == _PAGE and _is_first(seen.url)):
            self._moments.append(seen)

    def _vanished(self) -> list[_Seen]:
        """Return the captures that say, a day after another one, that an article is gone."""
        vanished = []
        mass = 0
        for key, several in self._gone.items():
            found = list(self._confirmed(sorted([*several, *self._pages.get(key, ())])))
            vanished += found
            mass += bool(found) and key in self._pages
            self.passed_over.update(seen.use for seen in several if not found)
        if mass >= MASS_LEAST and mass > MASS_SHARE * len(self._pages):
            self.problems.append(
                f"{mass} of {len(self._pages)} pages are missing later: none is recorded as gone; "
                "see whether the site was ill"
            )
            return []
        return vanished

    def _confirmed(self, timeline: Sequence[_Seen]) -> Iterator[_Seen]:
        """Yield, of each time that an address was missing, the capture that confirms it.

        A run of ours stores one of an address: two are of two runs. Those of others are days apart.
        """
        first: _Seen | None = None
        told = False
        for seen in timeline:
            if seen.use not in _GONE:
                first, told = None, False
            elif first is None:
                first = seen
            elif not told:
                ours = {(each.source, each.info) for each in (first, seen)} <= self._ours
                told = seen.at > first.at if ours else seen.at - first.at >= _APART
                if told:
                    yield attrs.evolve(seen, since=first)

    # --- the second look

    def _read(self, seen: _Seen) -> list[Found | Missing]:
        if seen.since is not None:
            url = self._addresses.get(_key(seen.url)) or canonical(seen.url) or seen.url
            both = [self._capture(each) for each in (seen.since, seen)]
            return [Missing(url, both[1].status, both, as_of=stamp(seen.since.at))]
        first = self._capture(seen)
        if seen.use == _REST:
            return list(self._records(first, seen))
        page = open_page(first, self.newsroom)
        while missing := page.next_missing():
            page.add(self._capture(self._nearest(self._pages, missing, seen)))
        article, captures = page.article(), page.captures
        before, after = self._records_of(seen)
        found: list[Found | Missing] = []
        for record in (before, after):
            if record is None:
                continue
            stated = self._capture(record)
            merged = extract_article([*page.captures, stated], self.newsroom)
            alone = extract_article([stated], self.newsroom, post_id=merged.post_id)
            edited, stated_at = _since(article), _since(alone)
            # A page that is older than the record before it is a cache's; a newer one, an edit's.
            fits = edited <= stated_at if record is before else edited == stated_at
            if fits and len(captures) == len(page.captures):
                article, captures = merged, [*page.captures, stated]
            else:  # an edit came between the two
                found.append(self._found(alone, [stated], record))
        return sorted(
            [*found, self._found(article, captures, seen)], key=lambda each: each.as_of or ""
        )

    def _posts(self, seen: _Seen) -> list[Mapping[str, Any]]:
        """Return the posts of an answer of the REST API that name author and categories."""
        posts = list(posts_in(self._capture(seen)))
        return [post for post in posts if "_embedded" in post and type(post.get("id")) is int]

    def _records(self, answer: Capture, seen: _Seen) -> Iterator[Found]:
        """Yield the articles of a list, but for those whose page was fetched with it."""
        posts = self._posts(seen)
        if bare := len(list(posts_in(answer))) - len(posts):
            self.passed_over["REST record without _embed"] += bare
        for post in posts:
            pages = self._pages.get(_key(str(post.get("link"))), [])
            place = bisect.bisect_left(pages, seen)
            if any(seen in self._records_of(each) for each in pages[max(place - 1, 0) : place + 1]):
                continue
            try:
                article = extract_article([answer], self.newsroom, post_id=post["id"])
            except NotAnArticle as error:
                self.passed_over[error.reason] += 1
            else:
                yield self._found(article, [answer], seen)

    def _found(self, article: Article, captures: Sequence[Capture], seen: _Seen) -> Found:
        self._addresses[_key(seen.url)] = article.url
        moment = stamp(seen.at)
        with_photo = (*captures, *self._photo(article, seen))
        return Found(article, with_photo, lastmod=moment, as_of=moment)

    def _photo(self, article: Article, seen: _Seen) -> list[Capture]:
        """Return the lead photo of a page where it is wanted, and can be had."""
        if not self.photos or article.image_url is None or article.source == "rest":
            return []
        try:
            return [self._capture(self._nearest(self._images, article.image_url, seen))]
        except (CrawlerError, NotARecord):
            self.remarks["lead photos that are in none of the files, or damaged"] += 1
            return []

    def _nearest(self, places: _Places, url: str, seen: _Seen) -> _Seen:
        """Return the capture of *url* that was fetched next to *seen* in time."""
        several = places.get(_key(url), ())
        if not several:
            raise CrawlerError(f"its page {url} is in none of the files")
        place = bisect.bisect_left(several, seen)
        return min(several[max(place - 1, 0) : place + 1], key=lambda one: abs(one.at - seen.at))

    def _records_of(self, page: _Seen) -> tuple[_Seen | None, _Seen | None]:
        """Return the answers that name the article of *page*, before and after it, of one look."""
        answers, pages = self._answers.get(_key(page.url), []), self._pages[_key(page.url)]
        place = bisect.bisect_right(answers, page)
        before, after = answers[max(place - 1, 0) : place][-1:], answers[place : place + 1]
        later = pages[bisect.bisect_right(pages, page) :][:1]
        if after and later and answers[bisect.bisect_right(answers, later[0]) - 1] == after[0]:
            after = []  # it is the one before the next page
        near = [
            each[0] if each and abs(each[0].at - page.at) <= _RUN else None
            for each in (before, after)
        ]
        return near[0], near[1]

    def _read_capture(self, seen: _Seen) -> Capture:
        """Return the capture that *seen* is; what is wrong with it is found before it is copied."""
        number, offset = seen.original or (seen.source, seen.offset)
        source = self.sources[number]
        record = record_at(source.path.parent, source.path.name, offset)
        if wrong := flaw(record):
            raise ArchiveDamaged(source.name, offset, wrong)
        status, fields, body = answer(record)
        headers = joined_headers(fields)
        plain = entity(record, headers, body, largest=_LARGEST)
        stated = record.fields.get("warc-payload-digest", "")
        agrees = digest_agrees(body, stated) if stated else False
        if agrees is None:
            self.remarks[f"digests of an unknown algorithm: {stated.partition(':')[0]}"] += 1
        capture = Capture(
            url=seen.url,
            body=plain,
            status=status,
            headers=headers,
            origin=self._origin(seen.source, seen.info),
        )
        if seen.original is not None:
            exchange = Exchange(
                url=seen.url,
                method="",
                status=status,
                headers=tuple(fields),
                body=body,
                fetched_at=seen.at,
            )
            return attrs.evolve(capture, exchanges=(exchange,))
        copied = Member(
            record_id=record.record_id,
            url=seen.url,
            date=record.fields["warc-date"],
            status=status,
            digest=stated if agrees else sha256(body),
            content=member_of(source.path, record),
        )
        return attrs.evolve(capture, copied=copied)

    def _origin_at(self, number: int, info: int | None) -> Origin:
        source = self.sources[number]
        said = b""
        if info is not None:
            record = record_at(source.path.parent, source.path.name, info)
            said = b"" if flaw(record) else member_of(source.path, record)
        return Origin(name=source.name, digest=source.digest, warcinfo=said)


def _names(record_id: str, url: str, date: str, digest: str) -> _Names:
    """Under what a record is known, the surest first; by what is not said, none is."""
    names = (("id", record_id), ("date", date, _key(url)), ("digest", digest))
    return tuple(name for name in names if name[1])


def _may_be_one(digest: str, other: str) -> bool:
    """Whether two digests do not say that the payloads differ: the same, or not to be compared."""
    return digest == other or digest.partition(":")[0] != other.partition(":")[0]


def _since(article: Article) -> str:
    """When the newsroom says that it edited *article* last."""
    return comparable(article.modified_at or article.published_at) or ""


def _described(record: StoredRecord, url: str) -> str:
    """What a record is called where those of a file are counted."""
    if record.kind in ("response", "resource", "revisit"):
        return f"of {url.partition('://')[2].partition('/')[0] or 'no host'}"
    return record.kind or "without a type"


def _use(record: StoredRecord, url: str, *, photos: bool) -> str:
    """What a response is good for as far as its header says, or why it is passed over."""
    try:
        status, fields, _ = answer(record)
    except NotARecord:
        return "no HTTP response"
    media = joined_headers(fields).get("content-type", "").partition(";")[0].strip().lower()
    if status != HTTPStatus.OK:
        return f"http_{status}"
    if photos and media.startswith("image/"):
        return _PHOTO
    if _ROUTE in url.replace("%2F", "/"):  # a notice of PHP in front of it is text/html
        return _REST
    if media and media not in _HTML:
        return "other JSON" if media == _JSON else "not_html"
    return "amp" if _AMP.search(url) else _PAGE


def _is_first(url: str) -> bool:
    """Whether the address is not that of a further page of an article."""
    address = canonical(url)
    return address is not None and without_page_number(address) == address


def _key(url: str) -> str:
    """The address without what makes no difference between two captures of it."""
    address = canonical(url) or url
    return address.partition("://")[2].removeprefix("www.").rstrip("/")


def _moment(text: str) -> dt.datetime | None:
    try:
        at = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else None
