"""Addresses that somebody gives: a list of them, or the index of a web archive."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import urlencode

from crawler.discovery.cdx import IndexedCapture, read_cdx
from crawler.discovery.steps import Link, Note
from crawler.discovery.visit import Outcome, Part, Visit
from crawler.normalise.urls import canonical, without_page_number

_MOST_PAGES: Final = 100_000


def walk_urls(visit: Visit, urls: Iterable[str]) -> Part[Outcome]:
    """Yield a link for each of *urls*, known or not; blank lines and ``#`` comments are left out."""
    seen: set[str] = set()
    for line in urls:
        given = line.strip()
        if not given or given.startswith("#"):
            continue
        url = visit.address(given)
        if url is None:
            yield Note(
                door="urls", text=f"{given[:200]}: not an address of the newsroom", slug="foreign"
            )
            visit.counts["foreign"] += 1
            continue
        url = without_page_number(url)
        if url in seen:
            continue
        seen.add(url)
        known = visit.known(url)
        visit.counts["changed" if known else "new"] += 1
        yield Link(url=url, door="urls", why="changed" if known else "new")
    return Outcome(door="urls", state="complete", total=len(seen))


def walk_cdx(visit: Visit, server: str) -> Part[Outcome]:
    """List the pages of the newsroom that the CDX server at *server* has captures of.

    The server is asked for the host, page after page, as pywb and the Internet Archive answer; it
    lies elsewhere, so whoever drives the walk has to allow its host.
    """
    since = visit.window.since if visit.window else None
    until = visit.window.until if visit.window else None
    query = {
        "url": visit.newsroom.address.partition("://")[2] + "/*",
        "output": "json",
        "fl": "urlkey,timestamp,original,mimetype,statuscode",
        "filter": "statuscode:200",
        "collapse": "urlkey",
        **({"from": f"{since:%Y%m%d}"} if since else {}),
        **({"to": f"{until:%Y%m%d}"} if until else {}),
    }
    total = 0
    last: tuple[IndexedCapture, ...] = ()
    for number in range(_MOST_PAGES):
        joint = "&" if "?" in server else "?"
        address = f"{server}{joint}{urlencode(query)}&page={number}"
        reading = yield from visit.read(address, _parse, conditional=False, abroad=True)
        if not reading.items or reading.items == last:
            if number == 0 and reading.verdict != "ok":
                state = "trouble" if reading.verdict == "trouble" else "closed"
                return Outcome(door="cdx", state=state, reason=reading.reason)
            break
        last = reading.items
        total += len(last)
        yield from _offer(visit, last)
    return Outcome(door="cdx", state="complete", total=total)


def _offer(visit: Visit, captures: Iterable[IndexedCapture]) -> Part[None]:
    for capture in captures:
        if not capture.status.startswith(("2", "-")):
            continue
        if capture.mime not in ("-", "text/html", "warc/revisit", "unk"):
            continue
        url = canonical(capture.url)
        link = (
            visit.sift(Link(url=without_page_number(url), door="cdx"), sure=False) if url else None
        )
        if link is not None:
            yield link


def _parse(body: bytes, _: str) -> Iterator[IndexedCapture]:
    return read_cdx(body)
