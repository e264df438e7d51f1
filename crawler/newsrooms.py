"""Newsrooms are data: one TOML file each, read by core, spiders, fleet and templates alike."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import attrs

from crawler.errors import ConfigurationError

SHIPPED: Final = Path(__file__).with_name("sites")

# A name becomes a folder, a prefix of ids and a word on a command line.
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?")


@attrs.frozen(kw_only=True)
class Newsroom:
    """What the project knows of a newsroom before it has seen a page."""

    name: str
    """Name of its archive and prefix of its ids: ``progres``."""

    address: str
    """Base address without a slash at its end: ``https://progres.id``."""

    zone: str = "Asia/Jakarta"
    """IANA zone of its clock; WIB, WITA and WIT are Asia/Jakarta, /Makassar and /Jayapura."""

    outlets: tuple[str, ...] = ()
    """How it writes its own name in datelines and credits: ``PROGRES.ID``."""

    theme: str = "auto"
    """Theme family, or ``auto`` to go by the traces in the page."""

    language: str = "id"
    """BCP 47 tag where a page states none."""

    cadence: int = 15
    """Minutes between two runs that ``scrapy fleet --due`` keeps."""

    index: str = ""
    """Path of the list of one day, as ``strftime`` has it, where it is not WordPress' own:
    ``/indeks?date=%Y-%m-%d``."""

    hosts: tuple[str, ...] = ()
    """Other hosts that belong to it, such as a media host; requests go nowhere else."""

    selectors: Mapping[str, str] = attrs.field(factory=dict)
    """Field → parsel selector (CSS with ``::text`` and ``::attr()``, or XPath) where a page differs."""

    @property
    def host(self) -> str:
        """Host, with the port where the address has one."""
        return urlsplit(self.address).netloc

    @property
    def own_hosts(self) -> tuple[str, ...]:
        """All hosts that requests go to."""
        return (self.host, *self.hosts)

    @property
    def tzinfo(self) -> ZoneInfo:
        """The zone as a ``tzinfo``."""
        return ZoneInfo(self.zone)


def load_newsroom(name: str, folders: Iterable[Path] = (SHIPPED,)) -> Newsroom:
    """Return the newsroom that ``<name>.toml`` in one of *folders* describes.

    Raises :exc:`ConfigurationError` when there is none, or when it says something unknown.
    """
    folders = tuple(folders)
    for folder in folders:
        path = folder / f"{name}.toml"
        if _NAME.fullmatch(name) and path.is_file():
            return read_newsroom(path)
    known = ", ".join(list_newsrooms(folders)) or "none"
    raise ConfigurationError(f"No newsroom named {name!r}. Known: {known}")


def list_newsrooms(folders: Iterable[Path] = (SHIPPED,)) -> list[str]:
    """Return the names of all newsrooms that *folders* describe, sorted."""
    return sorted({path.stem for folder in folders for path in Path(folder).glob("*.toml")})


def read_newsroom(path: Path) -> Newsroom:
    """Return the newsroom that the file at *path* describes."""
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: not TOML ({error})") from None
    fields = attrs.fields_dict(Newsroom)
    for key in values:
        if key not in fields or key == "name":
            wanted = ", ".join(name for name in fields if name != "name")
            raise ConfigurationError(f"{path}: unknown key {key!r}; known are {wanted}")
    if "address" not in values:
        raise ConfigurationError(f'{path}: wants address = "https://…"')
    return _checked(path.stem, values, str(path))


def newsroom_at(address: str, name: str | None = None, *, like: Newsroom | None = None) -> Newsroom:
    """Return the newsroom at *address*; *name* defaults to the host without ``www.``.

    *like* lends everything but address and, when *name* is given, name.
    """
    parts = urlsplit(address if "//" in address else f"https://{address}")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigurationError(f"site={address!r}: want an address such as https://progres.id")
    base = f"{parts.scheme}://{parts.netloc.lower()}{parts.path.rstrip('/')}"
    values = attrs.asdict(like) if like is not None else {}
    default = parts.netloc.rpartition("@")[2].lower().removeprefix("www.").replace(":", "-")
    name = name or values.get("name", default)
    return _checked(name, {**values, "address": base}, f"site={address}")


def _checked(name: str, values: Mapping[str, Any], where: str) -> Newsroom:
    if not _NAME.fullmatch(name):
        raise ConfigurationError(
            f"{where}: name {name!r} must be lower-case letters, digits, dot, dash or underscore"
        )
    zone = values.get("zone", "Asia/Jakarta")
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, TypeError):
        raise ConfigurationError(
            f"{where}: unknown zone {zone!r}; want an IANA name such as Asia/Makassar"
        ) from None
    index = values.get("index", "")
    if index and not (index.startswith("/") and re.search("%[dje]", index)):
        raise ConfigurationError(
            f"{where}: index {index!r}: want a path with a day in it, such as /indeks?date=%Y-%m-%d"
        )
    if "@" in urlsplit(str(values["address"])).netloc:
        raise ConfigurationError(f"{where}: want an address without user and password")
    lists = {key: tuple(values[key]) for key in ("outlets", "hosts") if key in values}
    address = str(values["address"]).rstrip("/")
    return Newsroom(**{**values, **lists, "name": name, "address": address})
