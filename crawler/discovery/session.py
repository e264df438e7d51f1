"""What the doors of one run share: what they say to whoever drives them, and what counts as new."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Callable, Container, Generator, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import islice
from typing import Any, Final, Generic, Protocol, TypeAlias, TypeVar
from urllib.parse import urlsplit

import attrs

from crawler.discovery.documents import Unreadable, WrongKind
from crawler.links import Known, Link
from crawler.newsrooms import Newsroom
from crawler.normalise.urls import canonical, looks_like_article, same_host
from crawler.timestamps import instant, is_ahead, parse_day


class Verdict(StrEnum):
    """What came of asking for one document."""

    OK = "ok"
    SAME = "same"  # 304: what was learnt last time still holds
    DAMAGED = "damaged"
    CLOSED = "closed"  # it is not there, not for us, or something else
    TROUBLE = "trouble"  # another try may help


class DoorState(StrEnum):
    """How it went at one door of a newsroom."""

    COMPLETE = "complete"
    PARTIAL = "partial"  # a part of what it lists was read
    CLOSED = "closed"
    TROUBLE = "trouble"


@attrs.frozen(kw_only=True)
class Missing:
    """A known article that a complete list no longer names: fetch it and see."""

    known: Known
    door: str


@attrs.frozen(kw_only=True)
class Fetch:
    """A door wants this address."""

    url: str
    conditional: bool = True  # with the stored validators: after a 304 what was learnt holds


@attrs.frozen(kw_only=True)
class Answer:
    """What came of a :class:`Fetch`."""

    url: str  # that answered, after redirects
    status: int  # 304 where nothing changed; 0 where nothing answered
    body: bytes = b""  # content coding removed
    headers: Mapping[str, str] = attrs.field(factory=dict)  # names in lower case
    why: str = ""  # there is none, where that is not for the status to say: ``too_large``
    elsewhere: str = ""  # address of another host that answered; nothing of it is read
    seconds: float = 0.0  # how long it took: a slow server is asked for less at a time


@attrs.frozen(kw_only=True)
class Note:
    """Something the run's record should say: a door that closed, counts that disagree."""

    door: str
    text: str
    trouble: bool = False  # somebody has to look at it
    incomplete: bool = False  # something was left out that should have been listed
    slug: str = ""  # what it is about: ``closed``, ``lists_none``, ``mass_missing``


@attrs.frozen(kw_only=True)
class Summary:
    """The last step of a walk that came to its end."""

    doors: Mapping[str, DoorState]
    totals: Mapping[str, int]  # door → how many articles it counts
    counts: Mapping[str, int]  # how many links were ``new``, ``changed``, ``foreign``, …
    shows_changes: bool  # an open door states modifications: no look for an article's own sake
    unknown: tuple[str, ...] = ()  # why nobody knows what is missing, where no door lists all


@attrs.frozen(kw_only=True)
class Window:
    """Publication days in the newsroom's zone, both inclusive; ``None`` is open."""

    since: dt.date | None = None
    until: dt.date | None = None


class Memory(Protocol):
    """What a door may ask of earlier runs, and leave for later ones.

    Whoever drives a walk notes each :class:`Link` here, at the next :class:`Fetch` at the latest
    and always before ``keep_door`` takes effect: a cursor must never be ahead of what it passed.
    A link that is noted is known, and counted; until then the walk keeps it in mind itself.
    """

    def known(self, url: str) -> Known | None: ...

    def known_post(self, post_id: int) -> Known | None: ...

    def count(self, *, after: str | None = None, before: str | None = None) -> int:
        """Return how many posts are listed and not gone; *after* and *before* exclude themselves."""

    def listed(self, *, after: str | None = None, before: str | None = None) -> Iterator[Known]:
        """Return them, oldest first, those without a known publication at the end."""

    def withheld_posts(self) -> list[int]:
        """Return the ids of posts whose text is not to be kept in any list."""

    def door(self, name: str) -> dict[str, Any]:
        """Return what the door of that name left, JSON values, an empty dict at first."""

    def keep_door(self, name: str, left: Mapping[str, Any]) -> None: ...


Step: TypeAlias = Fetch | Link | Missing | Note | Summary
Walk: TypeAlias = Generator[Step, Answer | None, None]
"""Yields steps; a :class:`Fetch` is answered by ``send(Answer)``, everything else by ``None``."""

T = TypeVar("T")
Part: TypeAlias = Generator[Step, Answer | None, T]
"""A part of a walk that hands something back to the part that started it."""

OK: Final = 200
NOT_MODIFIED: Final = 304
_ABSENT: Final = (404, 405, 410)
MOST_ITEMS: Final = 50_000  # lines read of one document: what sitemaps.org allows a file
MOST_LINKS: Final = 1_000_000  # taken in one run: fifty newsrooms' worth; beyond it is a trap


@attrs.frozen
class Reading(Generic[T]):
    """What came of asking for one document."""

    verdict: Verdict
    items: tuple[T, ...]
    answer: Answer
    reason: str = ""  # why it is not ``ok``, or not all of it: ``HTTP 404``, ``cut short``
    absent: bool = False  # nothing of the kind is there: no page, or one of another kind

    @property
    def ok(self) -> bool:
        return self.verdict in (Verdict.OK, Verdict.SAME)


def read_answer(answer: Answer, parse: Callable[[bytes, str], Iterator[T]]) -> Reading[T]:
    if answer.status == NOT_MODIFIED:
        return Reading(Verdict.SAME, (), answer)
    if answer.status != OK:
        return _refused(answer)
    found: list[T] = []
    try:
        for item in parse(answer.body, answer.url):
            if len(found) == MOST_ITEMS:
                return Reading(Verdict.OK, tuple(found), answer, "more lines than allowed")
            found.append(item)
    except WrongKind as error:
        return Reading(Verdict.CLOSED, tuple(found), answer, str(error), absent=True)
    except Unreadable as error:
        return Reading(Verdict.DAMAGED, tuple(found), answer, str(error))
    return Reading(Verdict.OK, tuple(found), answer)


def _refused(answer: Answer) -> Reading[T]:
    if answer.elsewhere:
        return Reading(Verdict.CLOSED, (), answer, f"leads to {answer.elsewhere}")
    if answer.status == 0:
        return Reading(Verdict.TROUBLE, (), answer, answer.why or "no answer")
    # 408 and 429 ask for patience, 5xx for another try; everything else is a shut door.
    passing = answer.status in (408, 429) or answer.status >= 500  # noqa: PLR2004
    reason = answer.why or f"HTTP {answer.status}"
    verdict = Verdict.TROUBLE if passing else Verdict.CLOSED
    return Reading(verdict, (), answer, reason, absent=answer.status in _ABSENT)


@attrs.frozen(kw_only=True)
class Outcome:
    """How it went at one door."""

    door: str
    state: DoorState
    reason: str = ""
    elsewhere: str = ""  # address of another host that answered in its place
    total: int | None = None  # articles that the door counts
    shows_changes: bool = False  # it states modifications of all that it lists
    damaged: bool = False  # it would list more, had it come whole

    @property
    def open(self) -> bool:
        return self.state in (DoorState.COMPLETE, DoorState.PARTIAL)


def fingerprint(text: str) -> bytes:
    """Return what stands for *text* in a set of a million addresses: no two have the same."""
    return hashlib.blake2b(text.encode(errors="replace"), digest_size=16).digest()


class Visit:
    """One run's look at a newsroom, from whichever doors."""

    def __init__(
        self,
        newsroom: Newsroom,
        memory: Memory,
        now: dt.datetime,
        window: Window | None,
        is_article: Callable[[Answer], bool] = lambda _: False,
    ) -> None:
        """*is_article*: whether what answered is an article's page; discovery reads lists alone."""
        self.is_article = is_article
        self.newsroom = newsroom
        self.memory = memory
        self.now = now
        self.window = window
        self.zone = newsroom.tzinfo
        self.hosts = (newsroom.host, *newsroom.hosts)
        self.abroad: tuple[str, ...] = ()  # hosts that may answer, too
        self.counts: Counter[str] = Counter()
        # New links of this run, and when they were published: memory may not know them yet.
        self.fresh: dict[str, dt.datetime | None] = {}
        self.known_before = memory.count()
        self._address = newsroom.address.partition("://")[2].removeprefix("www.")
        # The form of the newsroom's host, with or without ``www.``, that this run writes.
        self._host: str | None = None
        self._secure = newsroom.address.startswith("https:")
        self._passed: set[bytes] = set()

    # asking

    def ask(self, url: str, *, conditional: bool = True) -> Part[Answer]:
        """Fetch *url*; an answer from another host is taken for none."""
        answer = yield Fetch(url=url, conditional=conditional)
        assert answer is not None  # a Fetch wants one sent
        if answer.status == NOT_MODIFIED:
            if not conditional:  # then it says nothing
                return Answer(url=answer.url, status=0)
            self.counts["not_modified"] += 1
        if answer.status and not same_host(answer.url, (*self.hosts, *self.abroad)):
            return Answer(url=answer.url, status=0, elsewhere=answer.url)
        asked, answered = urlsplit(url), urlsplit(answer.url)
        if answer.status == OK and same_host(answer.url, (self.newsroom.host,)):
            self._secure = answered.scheme == "https"
            if answered.netloc != asked.netloc:  # it sends visitors from one form to the other
                self._host = answered.netloc
        return answer

    def read(
        self, url: str, parse: Callable[[bytes, str], Iterator[T]], *, conditional: bool = True
    ) -> Part[Reading[T]]:
        """Fetch *url* and read it with *parse*; what comes damaged is asked for once more."""
        answer = yield from self.ask(url, conditional=conditional)
        reading = read_answer(answer, parse)
        if reading.verdict == Verdict.DAMAGED:
            answer = yield from self.ask(url, conditional=False)
            again = read_answer(answer, parse)
            reading = again if len(again.items) >= len(reading.items) else reading
        return reading

    # sifting

    def sift(self, link: Link, *, sure: bool = True) -> Link | None:
        """Return *link* in its canonical form if it is worth a look, else count it.

        With *sure* the door lists posts and nothing else; otherwise the address must look like an
        article's.
        """
        link = self._plausible(link)
        url = self.address(link.url)
        if url is None:
            self.counts["foreign"] += 1
            return None
        # Some sitemaps list the front page among the posts.
        is_front = url.partition("://")[2].strip("/").removeprefix("www.") == self._address
        if is_front or not (sure or looks_like_article(url, self.newsroom.address)):
            self.counts["not_article"] += 1
            return None
        if self._host is None and same_host(url, (self.newsroom.host,)):
            self._host = urlsplit(url).netloc
        known = self.known(url, link.post_id)
        if not self._in_window(link, known):
            self.counts["outside"] += 1
            return None
        why = self._why(link, url, known)
        mark = fingerprint(f"{why} {url}")
        if why in _WORTH:
            capped = len(self._passed) >= MOST_LINKS
            why = "capped" if capped else "unchanged" if mark in self._passed else why
        if why in _WORTH:
            self._passed.add(mark)
        self.counts[why] += 1
        if why == "new":
            self.fresh[url] = instant(link.published)
        return attrs.evolve(link, url=url, why=why, sure=sure) if why in _WORTH else None

    def known(self, url: str, post_id: int | None = None) -> Known | None:
        """Return what is known of *url* in any form of its host, or of the post with that id."""
        known = self.memory.known(url)
        if known is None and post_id is not None:
            known = self.memory.known_post(post_id)
        if known is None and self.known_before:
            scheme, _, rest = url.partition("://")
            other = rest.removeprefix("www.") if rest.startswith("www.") else f"www.{rest}"
            schemes = (scheme, "http" if scheme == "https" else "https")
            forms = (f"{each}://{host}" for host in (rest, other) for each in schemes)
            known = next(filter(None, map(self.memory.known, forms)), None)
        return known

    def _why(self, link: Link, url: str, known: Known | None) -> str:
        if known is None:
            return "new" if url not in self.fresh else "unchanged"
        if known.state == "gone":
            back = link.door == "rest" or link.why == "back" or self._is_newer(link, known)
            return "back" if back else "gone"
        if known.state in ("waiting", "failed"):
            if link.record is not None:
                return "new" if url not in self.fresh else "unchanged"
            why = "waiting"
        elif link.why == "changed" or self._is_newer(link, known):
            return "changed"
        else:
            why = "unchanged"
        if known.url == url or self.memory.known(url) is not None:
            return why
        # Permalinks change by the thousand, and a post at another address is still that post. But
        # a host that the newsroom has left may be dead: from now on looks go to the new one.
        return "moved" if same_host(known.url, (self.newsroom.host,)) else "changed"

    def _is_newer(self, link: Link, known: Known) -> bool:
        """Whether the door states a modification after the one that is known.

        Where none is, one that may have come after the last look: by a clock that is not ours.
        """
        earlier = known.lastmod or known.looked_at or known.published
        if link.lastmod is None or earlier is None:
            return link.lastmod is not None
        stated, before = instant(link.lastmod), instant(earlier)
        if stated is not None and before is not None:
            return stated > before if known.lastmod else stated > before - _CLOCKS_DIFFER
        there, here = self.day(link.lastmod), self.day(earlier)
        return there is not None and here is not None and there > here

    def day(self, text: str | None) -> dt.date | None:
        found = instant(text)
        return found.astimezone(self.zone).date() if found else parse_day(text or "")

    def _plausible(self, link: Link) -> Link:
        """Return *link* without times that lie in the future."""
        lastmod, published = (
            None if is_ahead(text, self.now) else text for text in (link.lastmod, link.published)
        )
        if (lastmod, published) == (link.lastmod, link.published):
            return link
        self.counts["implausible"] += 1
        return attrs.evolve(link, lastmod=lastmod, published=published)

    def _in_window(self, link: Link, known: Known | None) -> bool:
        if self.window is None:
            return True
        since, until = self.window.since, self.window.until
        published = self.day(link.published or (known.published if known else None))
        changed = self.day(link.lastmod)
        if published is None and changed is None:
            return link.door != "sitemap"  # which lists all days; other doors were asked for these
        if published is None:  # changed before the window opened: published before it, too
            return not (since and changed and changed < since)
        return (since is None or since <= published) and (until is None or published <= until)

    def address(self, url: str) -> str | None:
        """Return the canonical form of *url* if it is the newsroom's, at the host that answers."""
        found = canonical(url)
        if found is None or not same_host(found, self.hosts):
            return None
        if not same_host(found, (self.newsroom.host,)):
            return found
        parts = urlsplit(found)
        host = self._host or parts.netloc
        scheme = "https" if self._secure else parts.scheme
        if (scheme, host) == parts[:2]:
            return found
        return parts._replace(scheme=scheme, netloc=host).geturl()

    def counted(self) -> int:
        """Return how many posts are listed and not gone, those of this run included."""
        return self.known_before + len(self.fresh) + self.counts["back"]

    def unlisted(
        self, known: Iterable[Known], listed: Callable[[Known], bool], apart: Container[str]
    ) -> list[Known]:
        """Return the articles among *known* that are not *listed*, new, or known to be *apart*."""
        return [
            each
            for each in known
            if each.state == "article"
            and each.url not in apart
            and self._at_home(each.url) not in self.fresh
            and not listed(each)
        ]

    def _at_home(self, url: str) -> str:
        """Return *url* at the newsroom's address, to which it may have moved from another host."""
        if not same_host(url, self.newsroom.hosts):
            return url
        return self.address(urlsplit(url)._replace(netloc=self.newsroom.host).geturl()) or url


_CLOCKS_DIFFER: Final = dt.timedelta(
    minutes=5
)  # without NTP; costs a request for each edit so near
_WORTH: Final = frozenset({"new", "changed", "back"})


@attrs.frozen(kw_only=True)
class Listed:
    """An article as a document lists it: its absolute address, and what is stated of it."""

    url: str
    published: str | None = None  # ISO 8601, with the offset that was stated
    lastmod: str | None = None  # likewise
    post_id: int | None = None


class Door:
    """One run's look through one of the newsroom's doors."""

    def __init__(self, visit: Visit, name: str, *, kept_as: str = "") -> None:
        self.visit = visit
        self.name = name
        self.kept_as = kept_as or name
        # What an earlier run left of it, and this one leaves for the next; but of another host,
        # from which the newsroom has moved since, nothing holds.
        host, left = visit.newsroom.host, visit.memory.door(self.kept_as)
        self.left: dict[str, Any] = dict(left) if left.get("host", host) == host else {}
        self.left["host"] = host
        self.damage = ""  # what was wrong with a document, so that not all was read
        # What became of the door, where nothing can be read.
        self.shut = self.went(DoorState.CLOSED, "not there")

    def went(self, state: DoorState, reason: str = "", **more: Any) -> Outcome:
        return Outcome(door=self.name, state=state, reason=reason, **more)

    def not_read(self, reading: Reading[Any]) -> Outcome:
        """How it went where the first document came to *reading*, which lists nothing."""
        damaged = reading.verdict == Verdict.DAMAGED
        state = (
            DoorState.TROUBLE if damaged or reading.verdict == Verdict.TROUBLE else DoorState.CLOSED
        )
        elsewhere = reading.answer.elsewhere
        return self.went(state, reading.reason, elsewhere=elsewhere, damaged=damaged)

    def keep(self) -> None:
        self.visit.memory.keep_door(self.kept_as, self.left)

    def sift(self, entry: Listed, *, why: str = "new", sure: bool = True) -> Link | None:
        """Return the link of *entry* if it is worth a look; see :meth:`Visit.sift`."""
        stated = {name: getattr(entry, name) for name in ("url", "lastmod", "published", "post_id")}
        return self.visit.sift(Link(door=self.name, why=why, **stated), sure=sure)

    def note(self, text: str, slug: str, **weight: bool) -> Note:
        """Return what the run's record should say of this door."""
        return Note(door=self.name, text=text, slug=slug, **weight)


_MOST_APART: Final = 2_000
_SAMPLE: Final = 25


def is_mass(missing: int, known: int) -> bool:
    """Whether so many are *missing* that the list is wrong, or the newsroom has changed."""
    return missing > 5 and missing * 5 > known  # noqa: PLR2004


class WholeDoor(Door):
    """A door that may list all there is: what is known, and not listed, is missing."""

    def __init__(self, visit: Visit, name: str) -> None:
        super().__init__(visit, name)
        # Addresses that are known, and that the door does not list.
        self.apart: dict[str, None] = dict.fromkeys(self.left.get("apart") or ())

    def take_for_granted(self, elsewhere: Iterable[str]) -> None:
        """Keep what is apart for the next run; *elsewhere*: new links that this door lacks."""
        self.apart.update(dict.fromkeys(elsewhere))
        self.left["apart"] = list(islice(self.apart, _MOST_APART))

    def report(self, missing: Sequence[Known]) -> Part[bool]:
        """Yield *missing*, and return whether; of too many to be true a sample, that is all."""
        if is_mass(len(missing), self.visit.known_before):
            yield from self.mass_missing(len(missing), missing)
            return False
        yield from (Missing(known=known, door=self.name) for known in missing)
        self.apart.update(dict.fromkeys(known.url for known in missing))
        return True

    def mass_missing(self, number: int, missing: Sequence[Known]) -> Part[None]:
        """Say that *number* articles are missing, and yield a sample, so that it can be confirmed."""
        text = f"{number} of {self.visit.known_before} known articles are no longer listed"
        yield self.note(text, "mass_missing", trouble=True)
        yield from (Missing(known=known, door=self.name) for known in missing[:_SAMPLE])
