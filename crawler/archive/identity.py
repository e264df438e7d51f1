"""What an archive is: ``archive.json``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import attrs

from crawler.archive.files import replace_file
from crawler.errors import ArchiveDamaged, ArchiveError, ConfigurationError, WrongArchive
from crawler.newsrooms import SHIPPED, Newsroom, load_newsroom

NAME: Final = "archive.json"
SCHEMA: Final = 1


@attrs.frozen(kw_only=True)
class Identity:
    """``archive.json``."""

    schema: int = SCHEMA
    """Number of the archive's layout; a program refuses what is newer than it knows."""

    name: str
    site: str
    """Base address."""

    zone: str
    outlets: tuple[str, ...] = ()
    theme: str = "auto"
    language: str = "id"
    created: str
    """UTC, ISO 8601."""

    withheld: tuple[str, ...] = ()
    """Ids of the articles that nothing may show; their ``withheld/1`` lines say why.

    Here too so that whoever reads one file of the archive need not read all.
    """


def read_identity(folder: Path) -> Identity | None:
    """Return what the archive in *folder* is, ``None`` where none is yet.

    Raises :exc:`WrongArchive` when a newer program wrote it, :exc:`ArchiveDamaged` when it cannot
    be read.
    """
    try:
        content = (folder / NAME).read_bytes()
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
        names = attrs.fields_dict(Identity)
        known = {name: values[name] for name in values if name in names}
        for name in ("outlets", "withheld"):
            known[name] = tuple(known.get(name, ()))
        _check(known)
        return Identity(**known)
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise ArchiveDamaged(str(folder / NAME), 0, f"not the JSON it was ({error!r})") from None


def _check(values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        texts = value if isinstance(value, tuple) else [value]
        if name != "schema" and not all(isinstance(text, str) for text in texts):
            raise ValueError(f"{name} is {value!r}")
    urlsplit(values["site"])
    ZoneInfo(values["zone"])


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
    return attrs.evolve(
        like,
        address=identity.site,
        zone=identity.zone,
        outlets=identity.outlets,
        theme=identity.theme,
        language=identity.language,
    )


def claim(folder: Path, newsroom: Newsroom, now: str) -> Identity:
    """Return what the archive in *folder* is, after making it *newsroom*'s where it is new.

    Zone, outlets, theme and language follow the newsroom. Raises :exc:`WrongArchive` when it
    belongs to another host; ``www.`` makes no difference, a port does.
    """
    found = read_identity(folder)
    if found is not None and _host(found.site) != _host(newsroom.address):
        raise WrongArchive(
            f"{folder} archives {found.site}, not {newsroom.address}; give the run another name, "
            f"or another ARCHIVE_DIR"
        )
    wanted = Identity(
        name=newsroom.name if found is None else found.name,
        site=newsroom.address if found is None else found.site,
        zone=newsroom.zone,
        outlets=newsroom.outlets,
        theme=newsroom.theme,
        language=newsroom.language,
        created=now if found is None else found.created,
        withheld=() if found is None else found.withheld,
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
    replace_file(folder / NAME, text.encode() + b"\n")


def _host(address: str) -> str:
    return urlsplit(address).netloc.lower().removeprefix("www.")
