"""What can go wrong, named by what the caller may do about it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

import attrs

Result = TypeVar("Result")

_CREDENTIALS: Final = re.compile(r"(?<=[/='\"])[^/\s='\"@]*@")


class CrawlerError(Exception):
    """Base of every error that this project raises on purpose. Fit for pickle."""


class ConfigurationError(CrawlerError):
    """An argument, a setting or a newsroom file is wrong; nothing was done (exit code 2).

    The message names the value and what is accepted; user and password of an address are left out.
    """

    def __init__(self, message: str) -> None:
        super().__init__(_CREDENTIALS.sub("…@", message))


@attrs.define(slots=False)
class NotAnArticle(CrawlerError):
    """The response is fine, but it is not a news article."""

    url: str
    reason: str
    """A slug, fit for a stats key: ``no_headline``, ``http_404``."""

    def __str__(self) -> str:
        return f"{self.url} is not an article ({self.reason})"


@attrs.define(slots=False)
class InvalidRecord(CrawlerError, ValueError):
    """A value does not fit its field; the record is refused and its capture kept."""

    field: str
    value: object
    wanted: str

    def __str__(self) -> str:
        shown = repr(self.value)
        if len(shown) > 120:  # noqa: PLR2004 -- a log line, not the page
            shown = shown[:117] + "..."
        return f"{self.field} needs {self.wanted}, got {shown}"


class DiscoveryFailed(CrawlerError):
    """No door of the newsroom could be read, so nothing can be said about what is new."""


class ArchiveError(CrawlerError):
    """The archive on disk cannot be used as asked; what it holds is untouched."""


@attrs.define(slots=False)
class ArchiveLocked(ArchiveError):
    """Another process holds the archive's lock (exit code 75)."""

    folder: str
    holder: str
    since: str

    def __str__(self) -> str:
        return f"{self.folder} is in use by {self.holder} since {self.since}; nothing was done"


class WrongArchive(ArchiveError, ConfigurationError):
    """The archive belongs to another site, or to a newer version of this program."""


@attrs.define(slots=False)
class ArchiveDamaged(ArchiveError):
    """A file of the archive does not hold what it should, at a known place."""

    file: str
    offset: int
    problem: str

    def __str__(self) -> str:
        return f"{self.file}: byte {self.offset}: {self.problem}"


@contextmanager
def extra(name: str, what: str) -> Iterator[None]:
    """Say which extra of this project brings a package that *what* imports in here."""
    try:
        yield
    except ImportError as error:
        raise ConfigurationError(
            f"{what} wants the package {error.name}; install it with: "
            f'.venv/bin/python -m pip install -c constraints.txt -e ".[{name}]"'
        ) from None


def attempt(work: Callable[[], Result]) -> tuple[Result | None, Exception | None]:
    """Return what *work* gives and None, or None and what it raised, whatever that is.

    For rules of extraction alone: a page on which they fail in a way that nobody foresaw is named,
    and the pages after it are read.
    """
    try:
        return work(), None
    except Exception as error:  # noqa: BLE001 -- the one place where that is meant
        return None, error
