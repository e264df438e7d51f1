"""What a newsroom publishes, before anything is rendered: people, terms, photos, entries."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

import attrs

CATEGORY: Final = "category"
TAG: Final = "post_tag"
TOPIC: Final = "newstopic"

PUBLIC: Final = "publish"
STATUSES: Final = ("publish", "private", "future", "draft")


def slug_of(name: str) -> str:
    """Return the slug WordPress makes of *name*: ``Hukum & Kriminal`` → ``hukum-kriminal``."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


def in_path(slug: str) -> str:
    """Return *slug* as it stands in an address: escaped, the escapes in lower case."""
    return re.sub(r"%[0-9A-F]{2}", lambda m: m[0].lower(), quote(slug, safe="-_."))


@attrs.frozen(kw_only=True)
class Author:
    """A WordPress user who signs articles."""

    id: int
    slug: str
    name: str
    description: str = ""


@attrs.frozen(kw_only=True)
class Term:
    """A category, tag or topic."""

    id: int
    taxonomy: str
    slug: str
    name: str
    parent: int = 0
    description: str = ""


@attrs.frozen(kw_only=True)
class Picture:
    """A photo in the media library."""

    id: int
    file: str
    """Below ``wp-content/uploads/``: ``2021/09/pasar.jpg``."""

    alt: str = ""
    caption: str = ""

    @property
    def title(self) -> str:
        """The file's name without its ending, which WordPress takes for a title."""
        return self.file.rsplit("/", 1)[-1].rsplit(".", 1)[0]

    @property
    def slug(self) -> str:
        """Last part of its attachment page's address."""
        return re.sub(r"[^a-z0-9_]+", "-", self.title.lower()).strip("-")

    def sized(self, size: str) -> str:
        """Return the file of another size: ``250x141``."""
        stem, dot, ending = self.file.rpartition(".")
        return f"{stem}-{size}{dot}{ending}"


@attrs.frozen(kw_only=True)
class Comment:
    """A reader's approved comment."""

    id: int
    author: str
    at: dt.datetime
    text: str
    parent: int = 0


@attrs.frozen(kw_only=True)
class Entry:
    """A post or a static page."""

    id: int
    kind: str
    """``post`` or ``page``."""

    slug: str
    title: str
    at: dt.datetime
    """Publication, with the newsroom's offset."""

    changed: dt.datetime
    """Last modification; equal to :attr:`at` when never edited."""

    author: Author
    status: str = PUBLIC
    password: str = ""
    content: str = ""
    """As the editor stored it: classic or block form, with ``<!--nextpage-->``."""

    categories: tuple[Term, ...] = ()
    tags: tuple[Term, ...] = ()
    topics: tuple[Term, ...] = ()
    writer: str = ""
    editor: str = ""
    source: str = ""
    format: str = "standard"
    video: str = ""
    excerpt: str = ""
    photo: Picture | None = None
    pictures: tuple[Picture, ...] = ()
    """Photos uploaded to it besides the lead photo."""

    comments: tuple[Comment, ...] = ()
    template: str = ""

    @property
    def protected(self) -> bool:
        """Whether a password stands before the text."""
        return bool(self.password)

    @property
    def terms(self) -> tuple[Term, ...]:
        """All its terms."""
        return self.categories + self.tags + self.topics

    @property
    def attachments(self) -> tuple[Picture, ...]:
        """All its photos, the lead photo first."""
        return ((self.photo,) if self.photo else ()) + self.pictures


@attrs.frozen(kw_only=True)
class House:
    """What holds for the whole site."""

    name: str
    tagline: str
    zone: dt.timezone
    zone_name: str
    permalinks: str
    """``/%category%/%postname%.html`` or ``/%postname%/``."""

    wordpress: str
    theme: str
    menu: tuple[str, ...]
    """Slugs of the categories in the main menu."""

    advertisements: Mapping[str, str]
    """Slot → what stands in it: ``topbanner``, ``insidecontent``, …"""

    @property
    def slash(self) -> str:
        """What ends an address: a slash when the permalinks end in one, else nothing."""
        return "/" if self.permalinks.endswith("/") else ""


@attrs.frozen(kw_only=True)
class Content:
    """Everything the source files say."""

    house: House
    authors: tuple[Author, ...]
    terms: tuple[Term, ...]
    entries: tuple[Entry, ...]
