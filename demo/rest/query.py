"""The parameters of REST collections: what they may be, what they select."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from demo.content import Entry

_ORDERS: Final = ("date", "modified", "id", "slug", "title", "include", "relevance", "author")
_DAYS: Final = ("after", "before", "modified_after", "modified_before")


class BadParameter(Exception):
    """A parameter has a value that WordPress refuses (400)."""

    def __init__(self, name: str, wish: str) -> None:
        super().__init__(f"Invalid parameter(s): {name}")
        self.name = name
        self.wish = wish


def whole_number(query: dict[str, str], name: str, default: int, most: int = 10**9) -> int:
    """Return a number between 1 and *most*; :exc:`BadParameter` otherwise."""
    text = query.get(name, str(default))
    try:
        number = int(text)
    except ValueError:
        raise BadParameter(name, f"{name} is not of type integer.") from None
    if not 1 <= number <= most:
        raise BadParameter(name, f"{name} must be between 1 (inclusive) and {most} (inclusive)")
    return number


def numbers(query: dict[str, str], name: str) -> set[int] | None:
    """Return a list of ids as a set, or ``None`` when the parameter is absent."""
    text = query.get(name)
    if text is None:
        return None
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not all(part.isdigit() for part in parts):
        raise BadParameter(name, f"{name}[0] is not of type integer.")
    return {int(part) for part in parts}


def moment(query: dict[str, str], name: str, zone: dt.timezone) -> dt.datetime | None:
    """Return a date-time parameter; without an offset it is the site's local time."""
    text = query.get(name)
    if text is None:
        return None
    try:
        # A plus sign that nobody escaped arrives as a blank.
        at = dt.datetime.fromisoformat(text.strip().replace(" ", "+"))
    except ValueError:
        raise BadParameter(name, "Invalid date.") from None
    return at if at.tzinfo else at.replace(tzinfo=zone)


def select_posts(posts: Sequence[Entry], query: dict[str, str], zone: dt.timezone) -> list[Entry]:
    """Return the posts that *query* selects, in its order, before they are cut into pages."""
    if query.get("status", "publish") != "publish":
        raise BadParameter("status", "Status is forbidden.")
    found: Iterable[Entry] = posts
    for keep in _filters(query, zone):
        found = filter(keep, found)
    return _ordered(list(found), query)


def _filters(query: dict[str, str], zone: dt.timezone) -> list[Callable[[Entry], bool]]:
    keep: list[Callable[[Entry], bool]] = []
    after, before, modified_after, modified_before = (moment(query, name, zone) for name in _DAYS)
    if after:
        keep.append(lambda entry: entry.at > after)
    if before:
        keep.append(lambda entry: entry.at < before)
    if modified_after:
        keep.append(lambda entry: entry.changed > modified_after)
    if modified_before:
        keep.append(lambda entry: entry.changed < modified_before)
    include, exclude = numbers(query, "include"), numbers(query, "exclude")
    author = numbers(query, "author")
    if include is not None:
        keep.append(lambda entry: entry.id in include)
    if exclude is not None:
        keep.append(lambda entry: entry.id not in exclude)
    if author is not None:
        keep.append(lambda entry: entry.author.id in author)
    for name in ("categories", "tags", "newstopic"):
        wanted = numbers(query, name)
        if wanted is not None:
            keep.append(_with_terms(wanted))
    if "slug" in query:
        slugs = {slug.strip().lower() for slug in query["slug"].split(",")}
        keep.append(lambda entry: entry.slug in slugs)
    if query.get("search"):
        keep.append(_with_words(query["search"].lower()))
    return keep


def _with_terms(wanted: set[int]) -> Callable[[Entry], bool]:
    return lambda entry: any(term.id in wanted for term in entry.terms)


def _with_words(words: str) -> Callable[[Entry], bool]:
    return lambda entry: (
        words in (entry.title if entry.protected else f"{entry.title} {entry.content}").lower()
    )


def _ordered(found: list[Entry], query: dict[str, str]) -> list[Entry]:
    orderby, order = query.get("orderby", "date"), query.get("order", "desc")
    if orderby not in _ORDERS:
        raise BadParameter("orderby", f"orderby is not one of {', '.join(_ORDERS)}.")
    if order not in ("asc", "desc"):
        raise BadParameter("order", "order is not one of asc, and desc.")
    keys: dict[str, Callable[[Entry], Any]] = {
        "modified": lambda entry: (entry.changed, entry.id),
        "id": lambda entry: entry.id,
        "slug": lambda entry: entry.slug,
        "title": lambda entry: entry.title,
        "author": lambda entry: (entry.author.id, entry.id),
    }
    key = keys.get(orderby, lambda entry: (entry.at, entry.id))
    return sorted(found, key=key, reverse=order == "desc")
