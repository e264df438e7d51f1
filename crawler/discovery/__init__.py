"""What a newsroom lists: bytes of a sitemap, feed, REST answer or list page become links.

Nothing here fetches. A door is a generator that yields what it wants fetched and what it found,
and is sent the answers; whoever drives it owns the network.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from typing import Any, Protocol, TypeAlias

import attrs


@attrs.frozen(kw_only=True)
class Link:
    """An article's address, and what the door that listed it says of it."""

    url: str
    """Canonical address."""

    door: str
    """``rest``, ``sitemap``, ``feed``, ``listing``, ``cdx`` or ``urls``."""

    lastmod: str | None = None
    """Last modification as the door states it, ISO 8601 with offset."""

    published: str | None = None
    """Publication as the door states it, ISO 8601 with offset."""

    post_id: int | None = None
    """WordPress post id, where the door states it."""

    record: Mapping[str, Any] | None = None
    """The REST object, in a quick backfill."""


@attrs.frozen(kw_only=True)
class Fetch:
    """A door wants this address."""

    url: str
    conditional: bool = True
    """Send the stored validators: a 304 means what was learnt last time still holds."""


@attrs.frozen(kw_only=True)
class Answer:
    """What came of a :class:`Fetch`."""

    url: str
    """Address that answered, after redirects."""

    status: int
    """HTTP status; 304 where nothing changed; 0 where nothing answered."""

    body: bytes = b""
    """Entity body, content coding removed."""

    headers: Mapping[str, str] = attrs.field(factory=dict)
    """Header fields, names in lower case."""


@attrs.frozen(kw_only=True)
class Note:
    """Something the run's record should say: a door that closed, counts that disagree."""

    door: str
    text: str
    trouble: bool = False
    """Whether somebody has to look at it."""


@attrs.frozen(kw_only=True)
class Known:
    """What the ledger holds of a listed address."""

    url: str
    post_id: int | None
    published: str | None
    lastmod: str | None
    state: str
    """``article``, ``refused``, ``failed``, ``waiting`` (listed, not fetched yet) or ``gone``."""


class Memory(Protocol):
    """What a door may ask of earlier runs, and leave for later ones."""

    def known(self, url: str) -> Known | None:
        """Return what is known of *url*."""

    def known_post(self, post_id: int) -> Known | None:
        """Return what is known of the post with that id."""

    def count(self, *, after: str | None = None, before: str | None = None) -> int:
        """Return how many posts are listed and not gone, by UTC publication."""

    def listed(self, *, after: str | None = None, before: str | None = None) -> Iterator[Known]:
        """Return them, oldest first."""

    def door(self, name: str) -> dict[str, Any]:
        """Return what the door of that name left, an empty dict at first."""

    def keep_door(self, name: str, left: Mapping[str, Any]) -> None:
        """Leave *left*, JSON values, for the next run."""


Step: TypeAlias = Fetch | Link | Note
Walk: TypeAlias = Generator[Step, Answer | None, None]
"""Yields steps; a :class:`Fetch` is answered by ``send(Answer)``, everything else by ``None``."""
