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
    """Return field → share of *articles* that have it, 0 to 1; empty without articles."""
    if not articles:
        return {}
    return {
        name: sum(1 for each in articles if getattr(each, name)) / len(articles)
        for name in attrs.fields_dict(Article)
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
