"""The addresses of the pages that one article is split into."""

from __future__ import annotations

import re
from collections.abc import Iterable

from crawler.normalise.urls import canonical, without_page_number

# WordPress prints a link to each page; a number beyond this is no page of an article.
_MOST_PAGES = 100


def in_order(first: str, addresses: Iterable[str]) -> tuple[str, ...]:
    """Return *first* and those of *addresses* that are further pages of it, by their number.

    Both forms of WordPress are known: ``/slug/2/`` and ``/cat/slug.html/2``, and ``?page=2``.
    """
    numbered = {1: first}
    for address in addresses:
        url = canonical(address)
        number = _number(url, first) if url is not None else None
        if url is not None and number is not None:
            numbered.setdefault(number, url)
    return tuple(numbered[number] for number in sorted(numbered))


def numbered(first: str, count: int) -> tuple[str, ...]:
    """Return the addresses that WordPress gives the pages of the article at *first*."""
    if "?" in first:
        further = (f"{first}&page={number}" for number in range(2, count + 1))
    else:
        slash = "/" if first.endswith("/") else ""
        base = first.rstrip("/")
        further = (f"{base}/{number}{slash}" for number in range(2, count + 1))
    return (first, *further)


def _number(url: str, first: str) -> int | None:
    if without_page_number(url) != first:
        return None
    found = re.search(r"(?:/|[?&]page=)(\d{1,3})/?$", url)
    number = int(found[1]) if found is not None else 1
    return number if 1 < number <= _MOST_PAGES else None
