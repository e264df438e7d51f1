"""A line for the items of other Scrapy projects, which switch the archive on as an add-on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, ClassVar, Final

import attrs

from crawler.errors import InvalidRecord
from crawler.items import (
    CaptureReference,
    address,
    content_hash,
    filled,
    fits,
    list_of,
    moment_or_none,
    one_of,
    ordinal,
    text_or_none,
)

ITEM: Final = "item/1"


@attrs.frozen(kw_only=True)
class ProjectItem:
    """An item of another Scrapy project, as its spider made it."""

    schema: str = attrs.field(default=ITEM, validator=one_of(ITEM))
    """Kind and version of the line."""

    id: str = attrs.field(validator=filled)
    """``<name>:`` and the first 16 hex digits of the SHA-256 of ``url``."""

    revision: int = attrs.field(default=1, validator=ordinal)
    """1, 2, … per ``id``: a new one where ``item`` differs from the one before."""

    site: str = attrs.field(validator=filled)
    """The archive's name."""

    url: str = attrs.field(validator=address, metadata={"json_schema_extra": {"format": "uri"}})
    """The item's own field ``url``."""

    item: Mapping[str, Any] = attrs.field(
        validator=fits("a JSON object", lambda value: isinstance(value, Mapping))
    )
    """The item, as the JSON that Scrapy makes of it."""

    content_hash: str = attrs.field(validator=content_hash)
    """``sha256:`` over ``item`` as JSON with sorted keys and without spaces, UTF-8."""

    captures: tuple[CaptureReference, ...] = attrs.field(
        default=(), validator=list_of(CaptureReference)
    )
    """The response that the item came from; none for an item that came from none."""

    run: str | None = attrs.field(default=None, validator=text_or_none)
    """Run that wrote the line."""

    written_at: str | None = attrs.field(
        default=None,
        validator=moment_or_none,
        metadata={"json_schema_extra": {"format": "date-time"}},
    )
    """When the line was written, UTC."""

    # What the archive asks of an article, and an item has not.
    source: ClassVar[str] = "item"
    extractor: ClassVar[str] = ""
    post_id: ClassVar[int | None] = None
    published_at: ClassVar[str | None] = None


def project_item(site: str, url: str, item: Mapping[str, Any]) -> ProjectItem:
    """Return the line of *item*, JSON values, in the archive *site*.

    Raises :exc:`InvalidRecord` for what is no JSON, or an *url* that is no address.
    """
    digest = hashlib.sha256(url.encode(errors="replace")).hexdigest()
    return ProjectItem(
        id=f"{site}:{digest[:16]}", site=site, url=url, item=item, content_hash=hash_of(item)
    )


def hash_of(item: Mapping[str, Any]) -> str:
    """Return the ``content_hash`` of *item*; :exc:`InvalidRecord` where it is no JSON."""
    try:
        text = json.dumps(
            item, ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False
        )
        return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
    except (
        TypeError,
        ValueError,
    ) as error:  # a number that JSON has not, a text that UTF-8 has not
        raise InvalidRecord("item", item, f"values of JSON ({error})") from None
