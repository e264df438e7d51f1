"""The spider's arguments (``-a NAME=VALUE``), checked before the first request."""

from __future__ import annotations

import datetime as dt
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import attrs

from crawler.errors import ConfigurationError
from crawler.newsrooms import SHIPPED, Newsroom, load_newsroom, newsroom_at
from crawler.normalise.urls import same_host

DOORS: Final = ("rest", "sitemap", "feed", "listing", "cdx")


@attrs.frozen(kw_only=True)
class Arguments:
    """What a run was asked to do; :data:`ACCEPTED` says what each argument means."""

    newsroom: Newsroom
    since: dt.date | None = None
    until: dt.date | None = None
    urls: tuple[str, ...] | None = None
    discover: tuple[str, ...] = ()  # empty is auto
    cdx: str | None = None
    limit: int | None = None
    refresh: str = "due"
    source: str = "page"
    budget: int | None = None
    given: Mapping[str, str] = attrs.field(factory=dict)  # as they were typed, for the run's record

    @property
    def in_part(self) -> bool:
        """Whether only some of the newsroom is asked for: a window, or addresses that were given."""
        return bool(self.since or self.until or self.urls is not None)


def _form(pattern: str, make: Callable[[str], Any] = str) -> Callable[[str], Any]:
    """Make values of what matches *pattern*, and raise :exc:`ValueError` for all else."""

    def read(text: str) -> Any:
        if not re.fullmatch(pattern, text, re.ASCII):
            raise ValueError(text)
        return make(text)

    return read


_day: Final = _form(r"\d{4}-\d\d-\d\d", dt.date.fromisoformat)
_whole: Final = _form("0*[1-9][0-9]*", int)


def _doors(text: str) -> tuple[str, ...]:
    doors = tuple(each.strip() for each in text.split(",") if each.strip())
    if doors == ("auto",):
        return ()
    if not doors or any(door not in DOORS for door in doors):
        raise ValueError(text)
    return doors


def _web_address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        raise ValueError(text)
    return text


@attrs.frozen
class Accepted:
    """An argument: what is accepted, and what it does."""

    wants: str
    does: str
    read: Callable[[str], Any] | None = None
    """Makes a value of what was typed; raises :exc:`ValueError`. None where the newsroom is needed."""


ACCEPTED: Final = {
    "site": Accepted(
        "an address such as https://progres.id",
        "Base address of the newsroom; overrides the spider's own.",
    ),
    "name": Accepted(
        "a folder name: lower-case letters, digits, dot, dash, underscore",
        "Folder of the archive; the spider's name unless given, or the host without www.",
    ),
    "since": Accepted(
        "a day as YYYY-MM-DD",
        "First publication day of a backfill window, in the newsroom's zone.",
        _day,
    ),
    "until": Accepted("a day as YYYY-MM-DD", "Last publication day, inclusive.", _day),
    "urls": Accepted(
        "a file with one address of the newsroom a line, or - for stdin",
        "Archive just these addresses.",
    ),
    "discover": Accepted(
        f"auto, or a comma list of {','.join(DOORS)}",
        "Where to look for articles (default: auto).",
        _doors,
    ),
    "cdx": Accepted(
        "the address of a CDX server (no user, no password), with discover=cdx",
        "Take what a web archive has captured for what there is.",
        _web_address,
    ),
    "limit": Accepted("a whole number from 1", "Stop after so many new articles.", _whole),
    "refresh": Accepted(
        "due, all or none",
        "Which known articles to look at again (default: due).",
        _form("due|all|none"),
    ),
    "source": Accepted(
        "page or rest",
        "Read pages (default), or REST records alone: a quick backfill.",
        _form("page|rest"),
    ),
    "budget": Accepted(
        "a whole number from 1", "At most so many requests; the next run goes on.", _whole
    ),
}
"""Every argument of the spider."""


def read_arguments(
    given: Mapping[str, Any], newsroom: Newsroom | None, folders: Iterable[Path] = (SHIPPED,)
) -> Arguments:
    """Return what *given* asks for; *newsroom* is the spider's own.

    Where it has none, ``site`` says where the newsroom is, or ``name`` alone names a file in one of
    *folders*. Arguments that begin with ``_`` are ignored. Raises :exc:`ConfigurationError`, whose message
    says what was wrong and what is accepted.
    """
    given = {name: str(value) for name, value in given.items() if not name.startswith("_")}
    for name in given:
        if name not in ACCEPTED:
            raise ConfigurationError(
                f"unknown argument {name}={given[name]}; accepted are {', '.join(ACCEPTED)}"
            )
    values: dict[str, Any] = {"newsroom": _newsroom(given, newsroom, folders), "given": given}
    for name, accepted in ACCEPTED.items():
        if name in given and accepted.read is not None:
            try:
                values[name] = accepted.read(given[name])
            except ValueError:
                raise _refused(name, given[name]) from None
    if "urls" in given:
        values["urls"] = _read_urls(given["urls"], values["newsroom"])
    arguments = Arguments(**values)
    _check_together(arguments)
    return arguments


def _refused(name: str, value: str) -> ConfigurationError:
    return ConfigurationError(f"{name}={value}: want {ACCEPTED[name].wants}")


def _newsroom(
    given: Mapping[str, str], newsroom: Newsroom | None, folders: Iterable[Path]
) -> Newsroom:
    name = given.get("name")
    if name == "":  # an unset variable in a script is not the newsroom's own name
        raise _refused("name", name)
    if "site" in given:
        return newsroom_at(given["site"], name, like=newsroom)
    if newsroom is None and name:
        return load_newsroom(name, folders)
    if newsroom is None:
        raise ConfigurationError(f"this spider wants site=URL, {ACCEPTED['site'].wants}")
    return newsroom_at(newsroom.address, name, like=newsroom) if name else newsroom


def _check_together(arguments: Arguments) -> None:
    if arguments.since and arguments.until and arguments.since > arguments.until:
        raise ConfigurationError(
            f"since={arguments.since} is after until={arguments.until}: want since before until"
        )
    if ("cdx" in arguments.discover) != (arguments.cdx is not None):
        raise ConfigurationError("discover=cdx and cdx=URL go together: want both or neither")
    if arguments.source == "rest" and arguments.discover not in ((), ("rest",)):
        raise ConfigurationError("source=rest reads the REST door alone: want no other discover")
    if arguments.urls is not None and arguments.discover:
        raise ConfigurationError("urls= names what to archive: want no discover beside it")


def _read_urls(source: str, newsroom: Newsroom) -> tuple[str, ...]:
    try:
        text = sys.stdin.read() if source == "-" else Path(source).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise ConfigurationError(
            f"urls={source}: {reason}; want {ACCEPTED['urls'].wants}"
        ) from None
    lines = map(str.strip, text.splitlines())
    urls = tuple(line for line in lines if line and not line.startswith("#"))
    for number, url in enumerate(urls, 1):
        if not same_host(url, newsroom.own_hosts):
            raise ConfigurationError(
                f"urls={source}: address {number} is {url[:80]!r}; want http(s) addresses of "
                f"{newsroom.host}, one a line"
            )
    if not urls:
        raise ConfigurationError(f"urls={source}: holds no address; want {ACCEPTED['urls'].wants}")
    return urls
