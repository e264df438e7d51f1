"""What an archive is, ``archive.json``, and who writes it: one process at a time."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterable
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import attrs

from crawler.archive.files import replace_file
from crawler.errors import (
    ArchiveDamaged,
    ArchiveError,
    ArchiveLocked,
    ConfigurationError,
    WrongArchive,
)
from crawler.newsrooms import SHIPPED, Newsroom, load_newsroom

IDENTITY: Final = "archive.json"
SCHEMA: Final = 1


_TEXT: Final = attrs.validators.instance_of(str)
_TEXTS: Final = attrs.validators.deep_iterable(_TEXT)


@attrs.frozen(kw_only=True)
class Identity:
    """``archive.json``."""

    schema: int = SCHEMA
    """Number of the archive's layout; a program refuses what is newer than it knows."""

    name: str = attrs.field(validator=_TEXT)
    site: str = attrs.field(validator=_TEXT)
    """Base address."""

    zone: str = attrs.field(validator=_TEXT)
    outlets: tuple[str, ...] = attrs.field(default=(), validator=_TEXTS)
    theme: str = attrs.field(default="auto", validator=_TEXT)
    language: str = attrs.field(default="id", validator=_TEXT)
    created: str = attrs.field(validator=_TEXT)
    """UTC, ISO 8601."""

    withheld: tuple[str, ...] = attrs.field(default=(), validator=_TEXTS)
    """Ids of the articles that nothing may show; their ``withheld/1`` lines say why.

    Here too so that whoever reads one file of the archive need not read all.
    """


_SHARED: Final = ("zone", "outlets", "theme", "language")
"""What an archive and its newsroom both state, under one name."""


def read_identity(folder: Path) -> Identity | None:
    """Return what the archive in *folder* is, ``None`` where none is yet.

    Raises :exc:`WrongArchive` when a newer program wrote it, :exc:`ArchiveDamaged` when it cannot
    be read.
    """
    try:
        content = (folder / IDENTITY).read_bytes()
    except FileNotFoundError:
        return None
    try:
        values: dict[str, Any] = json.loads(content)
        schema = values["schema"]
        if schema > SCHEMA:
            raise WrongArchive(
                f"{folder}: written by a newer version of this program (archive schema {schema}, "
                f"this one knows {SCHEMA}); install that version, or choose another name"
            )
        lists = {name: tuple(values.get(name, ())) for name in ("outlets", "withheld")}
        known = {name: values[name] for name in values if name in attrs.fields_dict(Identity)}
        identity = Identity(**known | lists)
        urlsplit(identity.site)
        ZoneInfo(identity.zone)
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise ArchiveDamaged(
            str(folder / IDENTITY), 0, f"not the JSON it was ({error!r})"
        ) from None
    return identity


def newsroom_of(folder: Path, folders: Iterable[Path] = (SHIPPED,)) -> Newsroom:
    """Return the newsroom whose archive is in *folder*, as the last run knew it.

    What ``archive.json`` does not say, such as selectors, is that of the newsroom of this name in
    *folders*, where there is one. Raises :exc:`ArchiveError` when *folder* holds no archive.
    """
    identity = read_identity(folder)
    if identity is None:
        raise ArchiveError(f"{folder}: there is no archive")
    try:
        like = load_newsroom(identity.name, folders)
    except ConfigurationError:
        like = Newsroom(name=identity.name, address=identity.site)
    same = {name: getattr(identity, name) for name in _SHARED}
    return attrs.evolve(like, address=identity.site, **same)


def claim(folder: Path, newsroom: Newsroom, now: str) -> Identity:
    """Return what the archive in *folder* is, after making it *newsroom*'s where it is new.

    Zone, outlets, theme and language follow the newsroom, and its address where it has moved: then
    its ``hosts`` name the one before. Raises :exc:`WrongArchive` when it belongs to another host;
    ``www.`` makes no difference, a port does.
    """
    found = read_identity(folder)
    moved = found is not None and _host(found.site) != _host(newsroom.address)
    if found is not None and moved and _host(found.site) not in map(_bare, newsroom.hosts):
        raise WrongArchive(
            f"{folder} archives {found.site}, not {newsroom.address}; give the run another name, "
            f"or another ARCHIVE_DIR; or, where the newsroom itself has moved there, its file the "
            f'new address and hosts = ["{urlsplit(found.site).netloc}"]'
        )
    wanted = attrs.evolve(
        found or Identity(name=newsroom.name, site=newsroom.address, zone="", created=now),
        site=newsroom.address if found is None or moved else found.site,
        **{name: getattr(newsroom, name) for name in _SHARED},
    )
    if wanted != found:
        write_identity(folder, wanted)
    return wanted


def add_withheld(folder: Path, ids: Iterable[str]) -> None:
    """Add *ids* to what nothing may show."""
    found = read_identity(folder)
    new = set(ids)
    if found is not None and not new <= set(found.withheld):
        withheld = tuple(sorted(new | set(found.withheld)))
        write_identity(folder, attrs.evolve(found, withheld=withheld))


def write_identity(folder: Path, identity: Identity) -> None:
    """Replace ``archive.json``."""
    text = json.dumps(attrs.asdict(identity), ensure_ascii=False, indent=2)
    replace_file(folder / IDENTITY, text.encode() + b"\n")


def _host(address: str) -> str:
    return _bare(urlsplit(address).netloc)


def _bare(host: str) -> str:
    return host.lower().removeprefix("www.")


LOCK: Final = ".lock"


@attrs.frozen(kw_only=True)
class Holder:
    """Who holds an archive's lock."""

    command: str
    pid: int
    since: str
    """UTC, ISO 8601."""


class Lock(AbstractContextManager["Lock"]):
    """The right to write in *folder*, until :meth:`release` or the end of the process.

    What is locked is the folder itself: the operating system drops the lock when the process ends,
    however it ends, and whoever removes a file takes nothing away. The file says who holds it, for
    people, where it may be written, and is locked, too: whoever only looks tries that one.
    Processes forked meanwhile share the lock until they end or start another program.
    """

    def __init__(self, folder: Path, command: str, since: str) -> None:
        """Take the lock, or raise :exc:`ArchiveLocked` at once."""
        self._fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if not os.path.samestat(os.fstat(self._fd), folder.stat()):
                raise BlockingIOError  # another folder has taken its place meanwhile
        except OSError as error:
            os.close(self._fd)
            if not isinstance(error, BlockingIOError):
                raise
            holder = _read_holder(folder)
            raise ArchiveLocked(
                str(folder),
                f"{holder.command} (pid {holder.pid})" if holder else "another process",
                holder.since if holder else "just now",
            ) from None
        self._said = -1
        with suppress(OSError):  # a copy that cannot be written to, another user's file
            self._said = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            fcntl.flock(self._said, fcntl.LOCK_EX)
            said = json.dumps({"command": command, "pid": os.getpid(), "since": since})
            os.ftruncate(self._said, 0)
            os.pwrite(self._said, said.encode(), 0)

    def release(self) -> None:
        """Let others write. Idempotent."""
        if self._fd >= 0:
            if self._said >= 0:
                os.ftruncate(self._said, 0)
                os.close(self._said)
            os.close(self._fd)
            self._fd = -1

    def __exit__(self, *_: object) -> None:
        self.release()


def lock_holder(folder: Path) -> Holder | None:
    """Return who holds the lock of the archive in *folder*, ``None`` when nobody does."""
    try:
        fd = os.open(folder / LOCK, os.O_RDONLY | os.O_CLOEXEC)
    except (FileNotFoundError, PermissionError):
        return None
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _read_holder(folder) or Holder(command="another process", pid=0, since="")
    else:
        return None
    finally:
        os.close(fd)


def _read_holder(folder: Path) -> Holder | None:
    """What the holder wrote; ``None`` in the instant before it has."""
    try:
        said = json.loads((folder / LOCK).read_bytes()[:4096])
        return Holder(command=said["command"], pid=said["pid"], since=said["since"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None
