"""What a web archive has captured of the newsroom, by its CDX server.

CDX servers are pywb, OpenWayback and the Internet Archive's; they answer in CDXJ, JSON lines or rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, time
from typing import Any, Final, TypeAlias
from urllib.parse import urlencode, urlsplit

import attrs

from crawler.decoding import read_json
from crawler.discovery.documents import Unreadable, WrongKind, json_items, unpacked
from crawler.discovery.session import (
    OK,
    Door,
    DoorState,
    Listed,
    Note,
    Outcome,
    Part,
    Reading,
    Verdict,
    Visit,
    Window,
)
from crawler.normalise.urls import canonical, without_page_number

_TIMESTAMP: Final = re.compile(r"\d{14}")


@attrs.frozen(kw_only=True)
class IndexedCapture:
    """One capture that a CDX server knows."""

    url: str
    timestamp: str | None  # ``YYYYMMDDhhmmss``, UTC
    status: str  # as indexed; ``-`` where a revisit has none
    mime: str


def read_cdx(body: bytes, _: str = "") -> Iterator[IndexedCapture]:
    """Yield the captures of a CDX answer, in its order, with or without a row of field names.

    Lines that say nothing usable are left out. Raises :exc:`Unreadable` for what is no CDX, and at
    the end for what is cut within a line.
    """
    plain, wrong = unpacked(body)
    is_ended = plain.endswith(b"\n")
    plain = plain.strip()
    if plain.startswith(b"<"):
        raise WrongKind("an HTML page")
    rows = json_items(plain) if plain.startswith(b"[") else map(_row, plain.splitlines())
    names: Sequence[str] | None = None
    for row in rows:
        fields = row
        if isinstance(row, list) and all(isinstance(cell, str) for cell in row):
            if names is None and ("original" in row or "url" in row):
                names = row
                continue
            fields = dict(zip(names or _CLASSIC, row, strict=False))
        capture = _capture(fields) if isinstance(fields, dict) else None
        if capture:
            yield capture
    last = plain.rpartition(b"\n")[2]
    if not (is_ended or plain.startswith(b"[") or _row(last)) and (b"{" in last or b"\n" in plain):
        wrong = wrong or "cut short"
    if wrong:
        raise Unreadable(wrong)


# Order of the classic fields, which the Internet Archive's server keeps in its rows.
_CLASSIC: Final = ("urlkey", "timestamp", "original", "mimetype", "statuscode")


def _row(line: bytes) -> Any:
    key, brace, rest = line.partition(b"{")
    if not brace:
        cells = line.decode("utf-8", errors="replace").split(" ")
        return cells if len(cells) >= len(_CLASSIC) else None
    try:
        fields = read_json(brace + rest)
    except (ValueError, RecursionError):
        return None
    stamp = key.decode("ascii", errors="replace").strip().rpartition(" ")[2]
    return {"timestamp": stamp, **fields} if isinstance(fields, dict) else None


def _capture(fields: dict[str, Any]) -> IndexedCapture | None:
    url, stamp = fields.get("url") or fields.get("original"), str(fields.get("timestamp"))
    if not isinstance(url, str) or not url.lower().startswith(("http://", "https://")):
        return None
    return IndexedCapture(
        url=url,
        timestamp=stamp if _TIMESTAMP.fullmatch(stamp) else None,
        status=str(fields.get("status") or fields.get("statuscode") or "-")[:3],
        mime=str(fields.get("mime") or fields.get("mimetype") or "-")[:100],
    )


DOOR: Final = "cdx"

# Lines asked for at once: with addresses of 500 characters 7 MB, and a run takes 8 MB.
MOST_LINES: Final = 10_000
MOST_REQUESTS: Final = 2_000  # eighteen million captures; beyond that it is a trap
_BLOCKS: Final = 3  # of a compressed index; each has 3,000 lines as a rule

Span: TypeAlias = tuple[str | None, str | None]
"""First and last time of capture, ``YYYYMMDDhhmmss``, UTC; None is open."""


class CdxDoor(Door):
    """Lists the captured pages page by page; where a server has no pages, by time of capture.

    The server lies elsewhere, so whoever drives the walk has to allow its host. Names of parameters
    and fields are those of the Internet Archive's server, and where pywb has others, its own, too:
    each passes over what it does not know.
    """

    def __init__(self, visit: Visit, server: str) -> None:
        super().__init__(visit, DOOR)
        visit.abroad = (urlsplit(server).netloc,)
        self._server = server + ("&" if "?" in server else "?")
        self._total = 0
        self._answered = False

    def walk(self) -> Part[Outcome]:
        """Ask for the first page of all, and from there for whatever is not listed yet."""
        waiting = [(self._window(), 0)]
        before: tuple[IndexedCapture, ...] = ()
        for _ in range(MOST_REQUESTS):
            if not waiting:
                break
            span, page = waiting.pop()
            address = self._address(span, page=page)
            reading = yield from self.visit.read(address, read_cdx, conditional=False)
            if reading.verdict != Verdict.OK:
                if _is_beyond(reading, page):
                    self._answered = True
                    continue
                if not (self._answered or reading.items):
                    return self.not_read(reading)
                yield self._left_out(f"page {page}: {reading.reason}", "partial")
                if reading.verdict == Verdict.TROUBLE:  # it asks for patience; the next run tries
                    break
            self._answered = True
            if page and reading.items == before:  # it has no pages, and answers all of them alike
                continue
            before = reading.items
            self._total += len(before)
            yield from self._offer(before)
            if len(before) >= MOST_LINES:
                halves = split(span, before)
                if halves:
                    waiting += [(half, 0) for half in halves]
                    continue
                yield self._left_out(f"more than {MOST_LINES} lines at once", "capped")
            if before or (yield from self._has_page(span, page + 1)):
                waiting.append((span, page + 1))
        else:
            yield self._left_out(f"not at its end after {MOST_REQUESTS} requests", "capped")
        reason = self.damage or "lists what was captured, not what there is"
        if not self._total:
            reason = "it has no capture of the newsroom"
            yield self.note(reason, "lists_none")
        state = DoorState.PARTIAL if self.damage else DoorState.COMPLETE
        return self.went(state, reason, total=self._total)

    def _left_out(self, text: str, slug: str) -> Note:
        self.damage = text
        return self.note(text, slug, trouble=slug == "capped", incomplete=True)

    # asking

    def _has_page(self, span: Span, page: int) -> Part[bool]:
        """Ask whether there is that *page*: filters come after paging, so that one may be empty."""
        address = self._address(span, showNumPages="true")
        answer = yield from self.visit.ask(address, conditional=False)
        return answer.status == OK and page < number_of_pages(answer.body)

    def _address(self, span: Span, **more: object) -> str:
        query = {
            "url": self.visit.newsroom.address.partition("://")[2] + "/*",
            "output": "json",
            "fl": ",".join(_CLASSIC),
            "fields": "timestamp,url,mime,status",  # pywb has no other names, and prefers these
            "filter": "statuscode:200",
            "collapse": "urlkey",
            "limit": MOST_LINES,
            "pageSize": _BLOCKS,
            **{name: bound for name, bound in zip(("from", "to"), span, strict=True) if bound},
            **more,
        }
        return self._server + urlencode(query)

    def _window(self) -> Span:
        """Return the window's days as the newsroom has them: an index knows no publication."""
        window = self.visit.window or Window()
        first, last = (
            f"{datetime.combine(day, at, self.visit.zone).astimezone(UTC):%Y%m%d%H%M%S}"
            if day
            else None
            for day, at in ((window.since, time.min), (window.until, time.max))
        )
        return first, last

    # what it lists

    def _offer(self, captures: Iterable[IndexedCapture]) -> Part[None]:
        for capture in captures:
            is_page = capture.mime in ("-", "text/html", "warc/revisit", "unk")
            url = canonical(capture.url)
            if url and is_page and capture.status.startswith(("2", "-")):
                link = self.sift(Listed(url=without_page_number(url)), sure=False)
                if link is not None:
                    yield link


def split(span: Span, captures: Sequence[IndexedCapture]) -> list[Span]:
    """Return two parts of *span* of which each holds half of *captures*, the later one first.

    None where all were captured in one second, or not in *span*: then it was not asked for.
    """
    first, last = span[0] or "", span[1] or "9"
    stamps = [each.timestamp or "" for each in captures]
    if not all(first <= stamp <= last for stamp in stamps):
        return []
    inside = sorted(stamp for stamp in stamps if first < stamp < last)
    if not inside or len(set(stamps)) == 1:
        return []
    middle = inside[len(inside) // 2]
    return [(middle, span[1]), (span[0], middle)]


def number_of_pages(body: bytes) -> int:
    """Return the number of pages that a server states, 0 where it states none.

    OpenWayback answers ``3``, the Internet Archive ``[["numpages"], ["3"]]``, pywb ``{"pages": 3, …}``.
    """
    found = re.fullmatch(
        rb'\s*(?:(\d{1,9})|\[\["numpages"\],\s*\["?(\d{1,9})"?\]\]|\{[^{}]*"pages": ?(\d{1,9})[^{}]*\})\s*',
        body[:1000],
    )
    return int(next(filter(None, found.groups()), b"0")) if found else 0


def _is_beyond(reading: Reading[IndexedCapture], page: int) -> bool:
    """Whether there is no such page, or nothing at all: Common Crawl's index says so with 404."""
    if reading.verdict != Verdict.CLOSED:
        return False
    return page > 0 or b"no captures" in reading.answer.body[:1000].lower()
