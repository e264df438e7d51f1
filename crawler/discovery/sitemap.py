"""Sitemaps: what a file lists, and the door: every file once, then what is new or changed, and some.

A file is a set of addresses, an index, Google News or plain text.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final

import attrs
from lxml import etree

from crawler.decoding import plain_text
from crawler.discovery.documents import Unreadable, elements, local, text_of, unpacked
from crawler.discovery.session import (
    DoorState,
    Listed,
    Note,
    Outcome,
    Part,
    Reading,
    Verdict,
    Visit,
    WholeDoor,
    Window,
    fingerprint,
)
from crawler.normalise.urls import absolute, plain_post_id
from crawler.normalise.vocabulary import words_of
from crawler.timestamps import instant, parse, parse_day

_ROOTS: Final = frozenset({"urlset", "sitemapindex"})
_ITEMS: Final = frozenset({"url", "sitemap"})
_LONGEST: Final = 2048  # sitemaps.org: an address is shorter
_ROBOTS_LINE: Final = re.compile(
    r"^[ \t]*site-?map[ \t]*:[ \t]*(\S+)", re.IGNORECASE | re.MULTILINE
)


@attrs.frozen
class Entry:
    """One line of a sitemap."""

    url: str
    is_file: bool = False  # a sitemap, listed in an index
    lastmod: str | None = None  # ISO 8601: a moment with offset, or a day alone
    published: str | None = None  # ``news:publication_date`` as a moment with offset
    is_news: bool = False  # of a Google News sitemap, which lists two days only

    @property
    def post_id(self) -> int | None:
        """WordPress post id, where the address is ``/?p=ID``: a permalink has none."""
        return plain_post_id(self.url)


def read_sitemap(body: bytes, url: str, zone: dt.tzinfo) -> Iterator[Entry]:
    """Yield what the sitemap at *url* lists, in its order, addresses made absolute.

    An XML sitemap or index, gzipped or not, or a plain list of addresses. A time without offset
    is in *zone*. Lines without an http(s) address are left out. :exc:`Unreadable` is raised at
    the end for a file that is damaged or no sitemap, so what came before is not all.
    """
    plain, wrong = unpacked(body)
    if plain[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")[:4].lower() == b"http":
        yield from _read_text(plain, url)
        if wrong:
            raise Unreadable(wrong)
        return
    for element in elements(plain, wrong, "sitemap", _ROOTS, _ITEMS):
        entry = _entry(element, url, zone, is_file=local(element) == "sitemap")
        if entry:
            yield entry


def _entry(element: etree._Element, base: str, zone: dt.tzinfo, *, is_file: bool) -> Entry | None:
    own: dict[str, str] = {}
    within: dict[str, str] = {}
    for child in element.iter(etree.Element):
        texts = own if child.getparent() is element else within
        if not (local(child) == "loc" and texts.get("loc")):
            texts[local(child)] = text_of(child)
    location, lastmod = own.get("loc", ""), own.get("lastmod", "")
    url = absolute(location, base) if 0 < len(location) <= _LONGEST else None
    if url is None:
        return None
    changed = parse(lastmod, zone) or parse_day(lastmod)
    published = parse(within.get("publication_date", ""), zone)
    return Entry(
        url,
        is_file,
        changed.isoformat() if changed else None,
        published.isoformat() if published else None,
        "news" in own,
    )


def _read_text(plain: bytes, base: str) -> Iterator[Entry]:
    for line in map(str.strip, plain_text(plain).splitlines()):
        if line.lower().startswith(("http://", "https://")) and len(line) <= _LONGEST:
            url = absolute(line, base)
            if url:
                yield Entry(url)


def robots_sitemaps(robots: bytes, base: str) -> tuple[str, ...]:
    """Return the addresses of the Sitemap lines of *robots*, each once, in order."""
    text = plain_text(robots).replace("\r", "\n")
    found = (absolute(line, base) for line in _ROBOTS_LINE.findall(text))
    return tuple(dict.fromkeys(url for url in found if url))


# What WordPress, Yoast, Rank Math, All in One SEO, Jetpack and XML Sitemaps call the files that
# list no articles: pages, terms, users, attachments and parts of page builders.
_NOT_POSTS: Final = re.compile(
    r"""
    posts-(?:page|attachment|product|elementor|wp_|e-)[\w-]*      # wp-sitemap-posts-page-1.xml
    | taxonom | category | categories | kategori | [_-]tags? \b | \btags?[_-] | post_tag | post_format | newstopic
    | author | penulis | \busers? \b | -users?-
    | (?:^|/) pages?-sitemap | sitemap-(?:pt-)?pages? \b | sitemap-(?:misc|tax|archives|home|static)
    | attachment | \bimages?[-_]sitemap | image-sitemap | video-sitemap | sitemap-(?:image|video)
    | product | local-sitemap | \.kml
    """,
    re.IGNORECASE | re.VERBOSE,
)
_POSTS: Final = re.compile(
    r"(?:^|[/_.-])(?:posts?|berita|artikel|articles?)(?=[-_.\d])", re.IGNORECASE
)
_NUMBERS: Final = re.compile(r"\d+")


def may_list_articles(url: str) -> bool:
    """Whether the sitemap at *url*, by its name, may list articles."""
    return not _NOT_POSTS.search(url.partition("://")[2].partition("/")[2])


def lists_posts(url: str) -> bool:
    """Whether the sitemap at *url*, by its name, lists posts and nothing else."""
    return may_list_articles(url) and bool(_POSTS.search(url.rpartition("/")[2]))


def post_type(url: str) -> str | None:
    """Return the type of post that the sitemap at *url* lists, by its name; None without one.

    >>> [post_type(f"/{name}.xml") for name in ("wp-sitemap-posts-liputan-2", "liputan-sitemap")]
    ['liputan', 'liputan']
    """
    found = _TYPE.search(url)
    name = next(filter(None, found.groups()), "") if found else ""
    parts = set(re.split(r"[-_]", name))
    return None if name.startswith("wp_") or not parts.isdisjoint(_NO_ARTICLES) else name or None


# WordPress 5.5; XML Sitemaps; Yoast, Rank Math and others.
_TYPE: Final = re.compile(
    r"/(?:wp-sitemap-posts-([\w-]+?)-\d+|sitemap-pt-([\w-]+?)-[\d-]+|([\w-]+?)-sitemap\d*)\.xml"
)
_NO_ARTICLES: Final = words_of(
    """
    post page attachment product products menu template templates library popup block blocks form
    category tag author taxonomy news video image local
    """
)


def natural_order(url: str) -> tuple[str, tuple[int, ...]]:
    """Return a key that sorts ``post-sitemap10.xml`` after ``post-sitemap9.xml``."""
    name = url.rpartition("/")[2]
    return _NUMBERS.sub("", name), tuple(int(digits[:18]) for digits in _NUMBERS.findall(name))


DOOR: Final = "sitemap"

Files = dict[str, str | None]
"""Addresses of files, with the lastmod that their index gives."""

# WordPress 5.5, Yoast and Rank Math, whatever is left, Google News of several plugins.
_USUAL: Final = ("/wp-sitemap.xml", "/sitemap_index.xml", "/sitemap.xml", "/news-sitemap.xml")
_DEEPEST: Final = 3  # an index lists files; some plugins list indexes, none goes further
_MOST_FILES: Final = 2_000  # at 1,000 addresses a file, two million
_MONTH: Final = re.compile(r"(?:^|\D)((?:19|20)\d\d)[-_.]?(0[1-9]|1[0-2])(?=\D|$)")
_ALL_AT_ONCE: Final = 3
_MOST_STRANGERS: Final = 100
_MANY: Final = 20
_ONE_ANSWER: Final = dt.timedelta(minutes=10)


def files_of_window(files: Files, window: Window, zone: dt.tzinfo) -> Files:
    """Return those of *files* that may list what was published in *window*.

    Not a file in which nothing changed since it opened, nor one named for another month.
    """
    wanted: Files = {}
    for url, lastmod in files.items():
        changed = instant(lastmod)
        early = changed and window.since and changed.astimezone(zone).date() < window.since
        month = _MONTH.search(url.rpartition("/")[2])
        first = dt.date(int(month[1]), int(month[2]), 1) if month else None
        late = first and window.until and first > window.until
        over = first and window.since and first + dt.timedelta(days=31) <= window.since
        if not (early or late or over):
            wanted[url] = lastmod
    return wanted


def files_of_run(listed: Files, states: dict[str, dict[str, Any]], left: dict[str, Any]) -> Files:
    """Return the files to read when nothing much is expected to have changed.

    New and changed ones, Google News, the last of each kind, where WordPress puts what is new and
    where any shift shows, and one of the others in turn, in which an edit may hide.
    """
    news = [url for url in listed if states.get(url, {}).get("news")]
    counted = sorted((url for url in listed if url not in news), key=natural_order)
    changed = [u for u in counted if u not in states or states[u].get("lastmod") != listed[u]]
    stamped = len(changed) == len(counted) > _ALL_AT_ONCE
    if stamped and left.get("stamped"):
        changed = []  # the index dates all its files with every answer
    left["stamped"] = stamped
    damaged = [url for url in counted if states.get(url, {}).get("damaged")]
    last = {natural_order(url)[0]: url for url in counted}
    chosen = dict.fromkeys(
        [*news, *changed, *damaged[:_ALL_AT_ONCE], *list(last.values())[-_ALL_AT_ONCE:]]
    )
    others = [url for url in counted if url not in chosen]
    if others:
        turn = int(left.get("turn") or 0) % len(others)
        left["turn"] = turn + 1
        chosen[others[turn]] = None
    return {url: listed[url] for url in chosen}


class SitemapDoor(WholeDoor):
    """One run's look through the sitemaps."""

    def __init__(self, visit: Visit, robots: bytes) -> None:
        super().__init__(visit, DOOR)
        self.named = robots_sitemaps(robots, visit.newsroom.address)
        # Index → its files, each with its lastmod: what a 304 refers to.
        self.indexes: dict[str, list[Any]] = dict(self.left.get("indexes") or {})
        self.been: set[str] = set()  # indexes
        self.direct: dict[str, Reading[Entry]] = {}  # files met where an index was expected
        # File → ``n`` addresses, ``lastmod`` in the index, ``news``, ``dated``.
        self.files: dict[str, dict[str, Any]] = dict(self.left.get("files") or {})
        self.listed: set[bytes] = set()  # fingerprints of what the files of this run list
        self.read: set[str] = set()  # files read in this run, and whole
        self.arrived = 0  # addresses that the sitemap did not list before
        self.is_settled = True  # whether the counts are explained, and may be taken for granted
        self.moved = False
        self.checks = False
        self.strangers = 0  # unknown addresses met in checking a door whose own counts agree

    def walk(self, *, check: bool = False) -> Part[Outcome]:
        """Look at what is new; at everything in a first run and where the counts have moved.

        To *check* another door, what is missing here is no finding.
        """
        self.checks = check
        listed = yield from self.list_files()
        if listed is None:
            return self.shut
        if self.damage:
            yield self._partial(self.damage)
        if self.visit.window is not None:
            wanted = files_of_window(listed, self.visit.window, self.visit.zone)
            yield from self._read_files(wanted, listed)
            # A post is not published after it was modified last.
            dated = all(self.files.get(url, {}).get("dated") for url in wanted)
            return self._outcome(whole=dated and not self.damage)
        first = not self.left.get("complete")
        wanted = files_of_run(listed, self.files, self.left) if self.files else {}
        if first:  # or an earlier one that was cut short
            wanted |= {url: listed[url] for url in listed if url not in self.files}
        yield from self._read_files(wanted, listed)
        self.files = {url: state for url, state in self.files.items() if url in listed}
        if not first:
            yield from self._read_all_if_moved(listed)
        complete = not self.damage and all(url in self.files for url in listed)
        if complete and self._counted_files() <= self.read:
            yield from self._compare()
        only_news = complete and bool(listed) and not self._counted_files()
        if complete and not only_news and not self._total() and self.visit.known_before:
            return self.went(DoorState.PARTIAL, "lists no articles", total=0)
        self.left["complete"] = complete or not first
        self.settle(())
        if only_news:
            return self.went(DoorState.PARTIAL, "lists two days only")
        return self._outcome(whole=complete)

    def settle(self, elsewhere: Iterable[str]) -> None:
        """Remember the counts at the end of a run; *elsewhere*: new links that it may lack."""
        self.take_for_granted(url for url in elsewhere if fingerprint(url) not in self.listed)
        if self.is_settled:
            self.left["total"] = self._total()
        self.keep()

    def keep(self) -> None:
        self.left["files"] = self.files
        self.left["indexes"] = {url: self.indexes[url] for url in self.indexes if url in self.been}
        super().keep()

    def _outcome(self, *, whole: bool) -> Outcome:
        dated = [self.files[url].get("dated") for url in self._counted_files()]
        shows = bool(dated) and all(dated)
        state = DoorState.COMPLETE if whole else DoorState.PARTIAL
        return self.went(state, self.damage, total=self._total(), shows_changes=shows)

    def _partial(self, damage: str) -> Note:
        self.damage = damage
        return self.note(damage, "partial", incomplete=not self.checks)

    # indexes

    def list_files(self) -> Part[Files | None]:
        """Return the files that may list articles; ``None`` when no sitemap could be read."""
        found: Files = {}
        roots = list(self.named or self.left.get("roots") or ())
        opened: list[str] = []
        for root in roots:
            opened += [root] * (yield from self._open(root, found, 0))
        usual = [self.visit.newsroom.address + path for path in _USUAL]
        for url in usual:
            if not opened and url not in roots:
                opened += [url] * (yield from self._open(url, found, 0))
        if not opened:
            return None
        self.left["roots"] = opened
        return _likely(found) or found

    def _open(self, url: str, found: Files, depth: int) -> Part[bool]:
        """Read the index at *url*, and those that it lists, into *found*; whether it was there."""
        if url in self.been:  # an index may list itself
            return True
        self.been.add(url)
        reading = yield from self._ask(url, conditional=url in self.indexes)
        if not reading.ok and not (reading.verdict == Verdict.DAMAGED and reading.items):
            if self.shut.state == DoorState.CLOSED:
                self.shut = self.not_read(reading)
            return False
        children = yield from self._children(url, reading, found)
        if not children:
            found[url] = None
            self.direct[url] = reading
        elif reading.verdict == Verdict.DAMAGED:
            self.damage = f"{url}: {reading.reason}"
        for child in children:
            is_index = child in self.indexes or "index" in child.rpartition("/")[2]
            if is_index and depth < _DEEPEST and child not in self.been:
                found.pop(child, None)
                yield from self._open(child, found, depth + 1)
        return True

    def _children(self, url: str, reading: Reading[Entry], found: Files) -> Part[Files]:
        """Return the files of the index at *url*; put those of the newsroom into *found*, up to a limit."""
        children: Files = {each.url: each.lastmod for each in reading.items if each.is_file}
        if reading.verdict == Verdict.SAME:
            children = dict(self.indexes.get(url, ()))
        if children:
            self.been.add(url)
            self.indexes[url] = [list(child) for child in islice(children.items(), _MOST_FILES)]
        for child, lastmod in children.items():
            if len(found) >= _MOST_FILES:
                text = f"{url} lists more than {_MOST_FILES} files"
                yield self.note(text, "capped", trouble=True)
                break
            if self.visit.address(child) is None:
                self.visit.counts["foreign"] += 1
            elif child not in self.been:
                found.setdefault(child, lastmod)
        return children

    def _ask(self, url: str, *, conditional: bool) -> Part[Reading[Entry]]:
        def parse(body: bytes, url: str) -> Iterator[Entry]:
            return read_sitemap(body, url, self.visit.zone)

        return (yield from self.visit.read(url, parse, conditional=conditional))

    # files

    def _read_all_if_moved(self, listed: Files) -> Part[None]:
        """Read the other files, too, where the counts differ from what the new links explain."""
        before = self.left.get("total")
        if before is None or self._total() == before + self.arrived:
            return
        text = f"the sitemap lists {self._total()} articles, {before + self.arrived} expected"
        yield self.note(text, "counts_disagree")
        self.moved = True
        others = {url: listed[url] for url in listed if url not in self.read}
        yield from self._read_files(others, listed, conditional=False)
        self.is_settled = self._counted_files() <= self.read

    def _read_files(
        self, files: Files, listed: Files, *, conditional: bool = True, depth: int = 0
    ) -> Part[None]:
        """Read *files*, those with the newest articles first.

        One that turns out to be an index gives its place in *listed* to the files that it lists.
        """
        for url in sorted(files, key=natural_order, reverse=True):
            if url in self.read:
                continue
            reading = self.direct.get(url)
            if reading is None:
                reading = yield from self._ask(url, conditional=conditional and url in self.files)
            if reading.verdict == Verdict.SAME:
                self.files[url]["lastmod"] = files[url]
                continue
            nested: Files = {}
            yield from self._children(url, reading, nested)
            nested = _likely(nested)
            if nested and depth < _DEEPEST:
                del listed[url]
                listed.update(nested)
                yield from self._read_files(nested, listed, depth=depth + 1)
            else:
                yield from self._take(url, reading, files[url])

    def _take(self, url: str, reading: Reading[Entry], lastmod: str | None) -> Part[None]:
        """Yield what is worth a look of a file, and remember how much it lists."""
        whole = reading.verdict == Verdict.OK
        if not whole:
            yield self._partial(f"{url}: {reading.reason}")
        elif reading.reason:
            yield self.note(f"{url}: {reading.reason}", "capped", trouble=True)
        entries = [entry for entry in reading.items if not entry.is_file]
        if self.checks and self._are_strangers(entries):
            text = f"{url} lists {self.strangers} unknown addresses: permalinks may have changed"
            yield self.note(text, "addresses_changed")
            return
        stamped = _is_stamped(entries)
        number = yield from self._offer(entries, sure=lists_posts(url), stamped=stamped)
        if not (whole or entries):
            return
        dated = sum(1 for entry in entries if entry.lastmod) * 10 >= len(entries) * 9
        news = bool(entries) and all(entry.is_news for entry in entries)
        state = {"n": number, "lastmod": lastmod, "dated": dated and not stamped, "news": news}
        self.files[url] = state if whole else {**state, "damaged": True}
        if whole:
            self.read.add(url)
        if self.visit.window is None:
            self.keep()

    def _offer(self, entries: Sequence[Entry], *, sure: bool, stamped: bool) -> Part[int]:
        """Yield what is worth a look of *entries*; return how many are the newsroom's."""
        number = 0
        for entry in reversed(entries):
            stated = Listed(
                url=entry.url,
                lastmod=None if stamped else entry.lastmod,
                published=entry.published,
            )
            link = self.sift(stated, why="back" if self.moved else "new", sure=sure)
            address = self.visit.address(entry.url)
            if address is not None:
                number += 1
                self.listed.add(fingerprint(address))
                if address in self.apart or address in self.visit.fresh:
                    self.arrived += 1
                    self.apart.pop(address, None)
            if link is not None:
                yield link
        return number

    def _are_strangers(self, entries: Sequence[Entry]) -> bool:
        """Whether so many *entries* are unknown that the posts are known by other addresses.

        In checking a door that lists all there is; it goes by post ids, a sitemap has none.
        """
        for address in filter(None, (self.visit.address(entry.url) for entry in entries)):
            self.strangers += address not in self.visit.fresh and not self.visit.known(address)
        known = self.visit.known_before
        return known > 0 and self.strangers > max(_MOST_STRANGERS, known // 20)

    # counts

    def _counted_files(self) -> set[str]:
        return {url for url, state in self.files.items() if not state.get("news")}

    def _total(self) -> int:
        return sum(int(self.files[url]["n"]) for url in self._counted_files())

    def _compare(self) -> Part[None]:
        known = self.visit.memory.listed()
        missing = self.visit.unlisted(
            known, lambda each: fingerprint(each.url) in self.listed, self.apart
        )
        if self.checks:
            self.apart.update(dict.fromkeys(each.url for each in missing))
        elif not (yield from self.report(missing)):
            self.is_settled = False


def _likely(files: Files) -> Files:
    return {url: lastmod for url, lastmod in files.items() if may_list_articles(url)}


def _is_stamped(entries: Sequence[Entry]) -> bool:
    """Whether the times of *entries* are that of the file: no newsroom edits so much at once."""
    times = [found for found in (instant(entry.lastmod) for entry in entries) if found]
    return len(times) >= _MANY and max(times) - min(times) < _ONE_ANSWER
