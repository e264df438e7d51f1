"""What a door says to whoever drives it, and what it may ask of earlier runs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Generator, Iterator, Mapping
from enum import StrEnum
from typing import Any, Protocol, TypeAlias

import attrs

from crawler.items import Known, Link


class Verdict(StrEnum):
    """What came of asking for one document."""

    OK = "ok"
    SAME = "same"  # 304: what was learnt last time still holds
    DAMAGED = "damaged"
    CLOSED = "closed"  # it is not there, not for us, or something else
    TROUBLE = "trouble"  # another try may help


class DoorState(StrEnum):
    """How it went at one door of a newsroom."""

    COMPLETE = "complete"
    PARTIAL = "partial"  # a part of what it lists was read
    CLOSED = "closed"
    TROUBLE = "trouble"


@attrs.frozen(kw_only=True)
class Missing:
    """A known article that a complete list no longer names: fetch it and see."""

    known: Known
    door: str


@attrs.frozen(kw_only=True)
class Fetch:
    """A door wants this address.

    With *conditional* the stored validators are sent: a 304 means what was learnt last time holds.
    """

    url: str
    conditional: bool = True


@attrs.frozen(kw_only=True)
class Answer:
    """What came of a :class:`Fetch`."""

    url: str  # that answered, after redirects
    status: int  # 304 where nothing changed; 0 where nothing answered
    body: bytes = b""  # content coding removed
    headers: Mapping[str, str] = attrs.field(factory=dict)  # names in lower case
    why: str = ""  # there is none, where that is not for the status to say: ``too_large``
    elsewhere: str = ""  # address of another host that answered; nothing of it is read
    seconds: float = 0.0  # how long it took: a slow server is asked for less at a time


@attrs.frozen(kw_only=True)
class Note:
    """Something the run's record should say: a door that closed, counts that disagree."""

    door: str
    text: str
    trouble: bool = False  # somebody has to look at it
    incomplete: bool = False  # something was left out that should have been listed
    slug: str = ""  # what it is about: ``closed``, ``lists_none``, ``mass_missing``


@attrs.frozen(kw_only=True)
class Summary:
    """The last step of a walk that came to its end.

    *shows_changes*: an open door states modifications, so that no article needs a look for its own
    sake. *unknown*: why nobody knows what is missing, where no door lists all there is.
    """

    doors: Mapping[str, DoorState]
    totals: Mapping[str, int]  # door → how many articles it counts
    counts: Mapping[str, int]  # how many links were ``new``, ``changed``, ``foreign``, …
    shows_changes: bool
    unknown: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class Window:
    """Publication days in the newsroom's zone, both inclusive; ``None`` is open."""

    since: dt.date | None = None
    until: dt.date | None = None


class Memory(Protocol):
    """What a door may ask of earlier runs, and leave for later ones.

    Whoever drives a walk notes each :class:`Link` here, at the next :class:`Fetch` at the latest
    and always before ``keep_door`` takes effect: a cursor must never be ahead of what it passed.
    A link that is noted is known, and counted; until then the walk keeps it in mind itself.
    """

    def known(self, url: str) -> Known | None: ...

    def known_post(self, post_id: int) -> Known | None: ...

    def count(self, *, after: str | None = None, before: str | None = None) -> int:
        """Return how many posts are listed and not gone; *after* and *before* exclude themselves."""

    def listed(self, *, after: str | None = None, before: str | None = None) -> Iterator[Known]:
        """Return them, oldest first, those without a known publication at the end."""

    def withheld_posts(self) -> list[int]:
        """Return the ids of posts whose text is not to be kept in any list."""

    def door(self, name: str) -> dict[str, Any]:
        """Return what the door of that name left, JSON values, an empty dict at first."""

    def keep_door(self, name: str, left: Mapping[str, Any]) -> None: ...


Step: TypeAlias = Fetch | Link | Missing | Note | Summary
Walk: TypeAlias = Generator[Step, Answer | None, None]
"""Yields steps; a :class:`Fetch` is answered by ``send(Answer)``, everything else by ``None``."""
