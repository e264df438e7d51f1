"""How often a field is filled: the first thing that a change of theme shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import attrs

from crawler.items import Article

WINDOW: Final = 50
"""Article lines that are looked at."""

ENOUGH: Final = 20
"""Fewer lines than this allow no verdict."""


COVERED: Final = (
    "title", "subtitle", "published_at", "modified_at", "event_date", "authors", "writer",
    "editor", "source_url", "credit", "categories", "tags", "topics", "dateline", "caption",
    "photo_credit", "image_url", "image_alt", "images", "embeds", "body", "dates", "related_posts",
)  # fmt: skip
"""The fields whose coverage says something about the newsroom, or about our rules."""


@attrs.frozen
class Shortfall:
    """A field that is filled less often than it should be."""

    field: str
    share: float
    floor: float
    lines: int

    def __str__(self) -> str:
        return (
            f"{self.field}: filled in {self.share:.0%} of the last {self.lines} articles, "
            f"want {self.floor:.0%}"
        )


def field_coverage(articles: Sequence[Article]) -> dict[str, float]:
    """Return field of :data:`COVERED` → share of *articles* that have it; empty without any."""
    if not articles:
        return {}
    return {
        name: sum(1 for each in articles if getattr(each, name)) / len(articles) for name in COVERED
    }


def shortfalls(articles: Sequence[Article], floors: Mapping[str, float]) -> list[Shortfall]:
    """Return the fields below their floor; none where there are too few lines to tell."""
    if len(articles) < ENOUGH:
        return []
    shares = field_coverage(articles)
    return [
        Shortfall(name, shares[name], floor, len(articles))
        for name, floor in floors.items()
        if name in shares and shares[name] < floor
    ]
