"""From an answer to what it lists, or to why it lists nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, Generic, TypeVar

import attrs

from crawler.discovery.documents import Unreadable, WrongKind
from crawler.discovery.steps import Answer

T = TypeVar("T")

OK: Final = 200
NOT_MODIFIED: Final = 304

MOST_ITEMS: Final = 50_000
"""Lines read of one document: what sitemaps.org allows a file."""

LEADS_TO: Final = "leads to "
"""How the reason begins where another host answered."""


@attrs.frozen
class Reading(Generic[T]):
    """What came of asking for one document."""

    verdict: str
    """``ok``, ``same`` (304), ``damaged``, ``closed`` or ``trouble``."""

    items: tuple[T, ...]
    answer: Answer
    reason: str = ""
    """Why it is not ``ok``, for people: ``HTTP 404``, ``cut short``."""

    capped: bool = False
    """Whether the document held more than was read."""


def read_answer(answer: Answer, parse: Callable[[bytes, str], Iterator[T]]) -> Reading[T]:
    """Return what *parse* finds in *answer*."""
    if answer.status == NOT_MODIFIED:
        return Reading("same", (), answer)
    if answer.status != OK:
        return _refused(answer)
    found: list[T] = []
    try:
        for item in parse(answer.body, answer.url):
            if len(found) == MOST_ITEMS:
                return Reading("ok", tuple(found), answer, "more lines than allowed", capped=True)
            found.append(item)
    except Unreadable as error:
        verdict = "closed" if isinstance(error, WrongKind) else "damaged"
        return Reading(verdict, tuple(found), answer, str(error))
    return Reading("ok", tuple(found), answer)


def _refused(answer: Answer) -> Reading[T]:
    elsewhere = answer.headers.get("elsewhere")
    if elsewhere:
        return Reading("closed", (), answer, f"{LEADS_TO}{elsewhere}")
    if answer.status == 0:
        return Reading("trouble", (), answer, answer.why or "no answer")
    # 408 and 429 ask for patience, 5xx for another try; everything else is a shut door.
    passing = answer.status in (408, 429) or answer.status >= 500  # noqa: PLR2004
    reason = answer.why or f"HTTP {answer.status}"
    return Reading("trouble" if passing else "closed", (), answer, reason)
