"""Addresses that somebody gives."""

from __future__ import annotations

from collections.abc import Iterable

from crawler.discovery.steps import Link, Note
from crawler.discovery.visit import Outcome, Part, Visit
from crawler.normalise.urls import without_page_number


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
