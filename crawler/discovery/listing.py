"""List pages (front page, categories, index, date archives): their headlines, and the door to them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial
from itertools import islice
from typing import Any, Final

import attrs
from lxml import etree, html
from w3lib.encoding import html_to_unicode

from crawler.discovery.documents import Unreadable, unpacked
from crawler.discovery.session import (
    Door,
    DoorState,
    Listed,
    Outcome,
    Part,
    Reading,
    Verdict,
    Visit,
    Window,
    fingerprint,
)
from crawler.normalise.text import is_costly
from crawler.normalise.urls import (
    absolute,
    canonical,
    looks_like_article,
    same_host,
    without_page_number,
)
from crawler.timestamps import parse

_LISTS: Final = re.compile(
    r"/(?:category|kategori|rubrik|kanal)/[^?#]+$|/(?:indeks|index)(?:-berita)?/?$"
    r"|/(?:19|20)\d\d/?$|/(?:19|20)\d\d/[01]\d/?$",
    re.IGNORECASE,
)
_PAGED: Final = re.compile(r"/page/\d+/?(?:$|\?)|[?&]paged=\d+")
_NEXT_WORDS: Final = re.compile(
    r"\s*(?:(?:halaman|laman|pos|berita)\s+)?(?:berikut(?:nya)?|selanjutnya|next(?: page)?|older(?: posts)?"
    r"|pos-pos lama|lebih lama|selengkapnya|muat lagi|load more)?\s*[»›→>]*\s*",
    re.IGNORECASE,
)
_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
# gmr-slide-titlelink and recent-title are the theme's headlines outside <article>.
_HEADLINE_CLASS: Final = re.compile(r"title|judul|headline|bookmark", re.IGNORECASE)
_MENU_CLASS: Final = re.compile(r"\bmenu|\bnav|breadcrumb|footer|colophon|social|share|pagination")
_MENU_BLOCKS: Final = frozenset({"li", "ul", "div"})
_MENU_TAGS: Final = frozenset({"nav", "footer"})
_ASIDE: Final = re.compile(
    r"(?:^|\s)(?:sidebar|secondary|widget[\w-]*|(?:popular|related)-posts)(?:\s|$)"
)
_POST: Final = re.compile(r"post-(\d{1,15})$")
_SHORTEST: Final = 4  # words: what a headline has and the name of a static page has not
_MOST_TIMES: Final = 10
_LONGEST_NAMES: Final = 500  # characters of an attribute
_NEAR: Final = 3  # elements between a headline and its link


@attrs.frozen(kw_only=True)
class Headline(Listed):
    """An article as a list page shows it; its times are those of the item's ``time`` elements."""

    aside: bool = False  # beside the list: in a sidebar, among the popular or related ones


@attrs.frozen(kw_only=True)
class ListPage:
    """What a list page shows, addresses absolute, each once, in its order."""

    articles: tuple[Headline, ...]
    next_page: str | None
    lists: tuple[str, ...]  # of the newsroom: categories, the index, archives by year and month
    feeds: tuple[str, ...]  # that the page names


def read_list(body: bytes, url: str, address: str, zone: dt.tzinfo) -> Iterator[ListPage]:
    """Yield what the list page at *url* of the newsroom at *address* shows.

    A time without offset is in *zone*. Raises :exc:`Unreadable` when there is no HTML in *body*.
    """
    plain, wrong = unpacked(body)
    page = _parsed(plain)
    host = (address.partition("://")[2].partition("/")[0],)
    articles: dict[str, Headline] = {}
    lists: dict[str, None] = {}
    kind, said = cache(_kind), cache(partial(_said, zone=zone))  # of what many links stand in
    for anchor in page.iter("a"):
        target = absolute(str(anchor.get("href") or ""), url)
        if not target or not same_host(target, host):
            continue
        if _LISTS.search(target) and not _PAGED.search(target):
            lists[target.partition("#")[0]] = None
        elif looks_like_article(target, address):
            own = without_page_number(canonical(target) or target)
            found = _headline(anchor, own, kind, said)
            earlier = articles.get(own)
            if found and (earlier is None or (earlier.aside and not found.aside)):
                articles[own] = found
    yield ListPage(
        articles=tuple(articles.values()),
        next_page=_next_page(page, url, host),
        lists=tuple(lists),
        feeds=tuple(_feeds(page, url)),
    )
    if wrong:
        raise Unreadable(wrong)


def _parsed(plain: bytes) -> html.HtmlElement:
    try:
        plain.decode("utf-8")
    except UnicodeDecodeError:
        plain = html_to_unicode(None, plain)[1].encode("utf-8", "replace")
    if is_costly(plain):
        raise Unreadable("too many attributes")
    # libxml2 would not take it for UTF-8 undeclared.
    parser = html.HTMLParser(recover=True, remove_comments=True, encoding="utf-8")
    try:
        return html.document_fromstring(plain, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError):
        raise Unreadable("no HTML") from None


def _said(item: html.HtmlElement, zone: dt.tzinfo) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for time in islice(item.iter("time"), _MOST_TIMES):
        found = parse(_named(time, "datetime"), zone)
        names = _named(time, "class").split()
        if found and ("published" in names or "updated" not in names):
            said.setdefault("published", found.isoformat())
        elif found:
            said["lastmod"] = found.isoformat()
    post = _POST.match(str(item.get("id") or ""))
    return {**said, "post_id": int(post[1])} if post else said


def _named(element: html.HtmlElement, attribute: str) -> str:
    return str(element.get(attribute) or "")[:_LONGEST_NAMES]


def _headline(
    anchor: html.HtmlElement,
    url: str,
    kind: Callable[[html.HtmlElement], tuple[bool, bool, bool]],
    said: Callable[[html.HtmlElement], dict[str, Any]],
) -> Headline | None:
    """Return the article of which *anchor* is the headline; None for a menu's link or a button."""
    around = [anchor, *anchor.iterancestors()]
    headline, menu, aside = zip(*map(kind, around), strict=True)
    near = any(headline[: _NEAR + 1]) or anchor.get("rel") == "bookmark"
    if any(menu) or not (near or len(anchor.text_content().split()) >= _SHORTEST):
        return None
    item = next((each for each in around if each.tag == "article"), None)
    return Headline(url=url, aside=any(aside), **({} if item is None else said(item)))


def _kind(element: html.HtmlElement) -> tuple[bool, bool, bool]:
    """Whether *element* is a headline, a menu, or something beside the list."""
    tag, names = element.tag, _named(element, "class")
    return (
        tag in _HEADINGS or bool(_HEADLINE_CLASS.search(names)),
        tag in _MENU_TAGS or (tag in _MENU_BLOCKS and bool(_MENU_CLASS.search(names))),
        tag == "aside"
        or (tag != "body" and bool(_ASIDE.search(f"{names} {_named(element, 'id')}"))),
    )


def _next_page(page: html.HtmlElement, url: str, host: tuple[str, ...]) -> str | None:
    """Return where the page says that its list goes on."""
    for element in page.iter("link", "a"):
        rel = str(element.get("rel") or "").lower().split()
        names = str(element.get("class") or "").lower().split()
        href = str(element.get("href") or "")
        paged = _PAGED.search(href) and ("next" in names or _says_next(element))
        target = absolute(href, url) if paged or "next" in rel else None
        if target and same_host(target, host) and target != url:
            return target.partition("#")[0]
    return None


def _says_next(element: html.HtmlElement) -> bool:
    words = element.text_content()[:60].strip() if element.tag == "a" else ""
    return bool(words and _NEXT_WORDS.fullmatch(words))


def _feeds(page: html.HtmlElement, url: str) -> Iterator[str]:
    for link in page.iter("link"):
        sort = str(link.get("type") or "").lower()
        if sort in ("application/rss+xml", "application/atom+xml"):
            target = absolute(str(link.get("href") or ""), url)
            if target and "/comments/" not in target:
                yield target


def read_page(visit: Visit, url: str, *, conditional: bool = False) -> Part[Reading[ListPage]]:
    """Fetch the list page at *url*, and read it."""

    def parse(body: bytes, url: str) -> Iterator[ListPage]:
        return read_list(body, url, visit.newsroom.address, visit.zone)

    return (yield from visit.read(url, parse, conditional=conditional))


DOOR: Final = "listing"

_MOST_PAGES: Final = 20_000  # at ten articles a page, more than any newsroom of the country has
_FIRST_DAY: Final = dt.date(1995, 1, 1)  # no newsroom of the country is older in the web
_INDEX: Final = re.compile(r"/(?:indeks|index)[\w-]*/?$", re.IGNORECASE)
_DATED: Final = ("?date=%Y-%m-%d", "/%Y/%m/%d")
_MOST_LISTS: Final = 500
_MOST_SAME: Final = 3  # days that show the same; then the day in the address is not heeded
_MOST_EMPTY: Final = 31  # archives in a row
_A_DAY: Final = dt.timedelta(days=1)


class ListingDoor(Door):
    """One run's look through the newsroom's list pages."""

    def __init__(self, visit: Visit) -> None:
        super().__init__(visit, DOOR)
        self.home = str(self.left.get("home") or f"{visit.newsroom.address}/")
        self.seen: set[bytes] = set()  # fingerprints of the articles shown in this run
        self.undated: set[str] = set()  # what is shown where no day is asked for
        self.dated = False  # whether something else was shown for a day
        self.same = 0  # how many days showed the same
        self.lists: dict[str, None] = {}  # still to be read, as found
        self.pages = self.readable = 0

    def walk(self, *, deep: bool) -> Part[Outcome]:
        """Read the front page, and on while a page brings something new; *deep*: everything."""
        if self.visit.window is not None:
            return (yield from self._archives(self.visit.window))
        deep = deep and not (self.left.get("done") or self.left.get("alone"))
        read = yield from self._follow(self.home, deep=deep, conditional=not deep)
        if not read:
            return self.shut
        if deep:
            yield from self._all_lists()
            # The front page alone shows a few articles.
            self.left["alone"] = self.readable <= 1 and not self.damage
            whole = self.pages < _MOST_PAGES and not self.damage
            self.left["done"] = whole and not self.left["alone"]
            if self.damage:
                yield self.note(self.damage, "partial", incomplete=True)
        self.keep()
        if self.left.get("done"):
            return self.went(DoorState.COMPLETE)
        return self.went(DoorState.PARTIAL, self.damage or "shows the newest articles only")

    def _all_lists(self) -> Part[None]:
        """Read every list that the pages name, each as long as it shows something unseen."""
        walked: set[str] = set()
        while self.lists and len(walked) < _MOST_LISTS and self.pages < _MOST_PAGES:
            url = next(iter(self.lists))
            del self.lists[url]
            if url.rstrip("/") not in walked:
                walked.add(url.rstrip("/"))
                yield from self._follow(url, deep=True, conditional=False)
        if self.lists or self.pages >= _MOST_PAGES:
            text = f"stopped after {self.pages} list pages"
            yield self.note(text, "capped", trouble=True)

    def _follow(self, start: str, *, deep: bool, conditional: bool) -> Part[bool]:
        """Read the list at *start* and its next pages while they bring something.

        Something unseen in this run when *deep*, else something new. A list that repeats itself,
        or a calendar that never ends, ends so. Returns whether the first page could be read.
        """
        url: str | None = start
        first = True
        been: set[str] = set()
        while url is not None and url not in been and self.pages < _MOST_PAGES:
            been.add(url)
            self.pages += 1
            reading = yield from read_page(self.visit, url, conditional=conditional and first)
            if reading.verdict == Verdict.SAME:
                return True
            if not reading.items:
                self.shut = self.not_read(reading)
                if self.shut.state == DoorState.TROUBLE:
                    self.damage = f"{url}: {reading.reason}"
                return not first
            page = reading.items[0]
            self.readable += 1
            if first and start == self.home and page.articles:
                self.home = self.left["home"] = reading.answer.url
            unseen, new = yield from self._offer(page)
            if not unseen or not (deep or new):
                return True
            following = page.next_page
            if first and deep and url == self.home and "?" not in url:
                # WordPress has it where no link names it.
                following = following or f"{self.home.rstrip('/')}/page/2/"
            url, first = following, False
        return not first

    def _offer(self, page: ListPage) -> Part[tuple[int, int]]:
        """Yield what is worth a look; return how many articles were unseen, and how many new."""
        unseen = new = 0
        if self.visit.window is not None:
            if _shown(page) == self.undated:
                self.same += 1
                return 0, 0
            self.dated = self.dated or bool(_shown(page))
        for headline in page.articles:
            if self.visit.window is not None and headline.aside:
                continue
            unseen += fingerprint(headline.url) not in self.seen
            self.seen.add(fingerprint(headline.url))
            link = self.sift(headline, sure=False)
            if link is not None:
                new += link.why == "new"
                yield link
        for url in page.lists:
            self.lists.setdefault(url)
        return unseen, new

    def _archives(self, window: Window) -> Part[Outcome]:
        """Read the lists of the window's months and days."""
        home = yield from read_page(self.visit, self.home)
        if not home.items:
            return self.not_read(home)
        today = self.visit.now.astimezone(self.visit.zone).date()
        last, first = min(window.until or today, today), window.since or _FIRST_DAY
        address, own = self.visit.newsroom.address, self.visit.newsroom.index
        self.undated = _shown(home.items[0])
        days = _by_day(address, own, last, first)
        if (yield from self._days(days if own else _archives(address, last, first, today))):
            return self._as_read()
        indexes = [url for url in home.items[0].lists if _INDEX.search(url) and not own]
        for url in indexes[:1]:
            index = yield from read_page(self.visit, url)
            self.undated = _shown(index.items[0]) if index.items else set()
            for form in _DATED:
                if (yield from self._days(_by_day(url.rstrip("/"), form, last, first))):
                    return self._as_read()
        return self._as_read("has no lists by day")  # perhaps nothing was published then

    def _as_read(self, lacks: str = "") -> Outcome:
        reason = lacks or self.damage
        state = DoorState.PARTIAL if reason else DoorState.COMPLETE
        return self.went(state, reason, damaged=self.shut.damaged)

    def _days(self, addresses: Iterable[str]) -> Part[bool]:
        """Read the lists at *addresses*; whether they are those of the days that they name."""
        self.dated, self.same, empty = False, 0, 0
        for url in addresses:
            there = yield from self._follow(url, deep=True, conditional=False)
            empty = 0 if there else empty + 1
            # WordPress answers 404 for a month without an article, and so it does before the first.
            vain = self.same >= _MOST_SAME or self.shut.state == DoorState.TROUBLE
            if empty > _MOST_EMPTY or (vain and not self.dated):
                break
        return self.dated


def _shown(page: ListPage) -> set[str]:
    return {each.url for each in page.articles if not each.aside}


def _by_day(base: str, form: str, day: dt.date, since: dt.date) -> Iterator[str]:
    while day >= since:
        yield base + day.strftime(form)
        day -= _A_DAY


def _archives(base: str, day: dt.date, since: dt.date, today: dt.date) -> Iterator[str]:
    """Yield the date archives from *day* back to *since*.

    A whole month as one archive (``2021/09``), the days of another one by one (``2021/10/03``).
    """
    while day >= since:
        first, following = day.replace(day=1), day + _A_DAY
        is_whole = first >= since and (day == today or following.month != day.month)
        yield f"{base}/{day:%Y/%m}/" if is_whole else f"{base}/{day:%Y/%m/%d}/"
        day = (first if is_whole else day) - _A_DAY
