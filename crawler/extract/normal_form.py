"""The normal form: what the newsroom wrote, as page and REST API state it alike.

``docs/normal-form.md`` says it in full. Every archive holds digests of it: a change here makes a
revision of every article, so it does not change.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from typing import Final, Protocol

import attrs

from crawler.items import Article
from crawler.normalise.text import as_typed

VERSION: Final = "article-normal-form/1"


class TextBlock(Protocol):
    """A block of a body."""

    kind: str
    text: str


@attrs.frozen(kw_only=True)
class Wording:
    """What goes into the normal form. Texts are folded (see :func:`crawler.normalise.text.fold`)."""

    title: str
    deck: str | None
    published_at: str | None
    authors: Iterable[str]
    blocks: Iterable[TextBlock]
    categories: Iterable[str]
    tags: Iterable[str]
    topics: Iterable[str]


def normal_form(wording: Wording) -> str:
    """Return the lines of the normal form, each a kind, a tab and a text, each with its newline."""
    lines = [VERSION, f"title\t{wording.title}"]
    if wording.deck:
        lines.append(f"deck\t{wording.deck}")
    if wording.published_at:
        lines.append(f"published\t{instant(wording.published_at)}")
    lines += [f"author\t{name}" for name in wording.authors]
    for kind, names in (
        ("category", wording.categories),
        ("tag", wording.tags),
        ("topic", wording.topics),
    ):
        lines += [f"{kind}\t{name}" for name in sorted(map(as_typed, names))]
    lines += [f"{block.kind}\t{block.text}" for block in wording.blocks]
    return as_typed("\n".join(lines)) + "\n"


def content_hash(wording: Wording) -> str:
    """Return ``sha256:`` and the digest of the normal form in UTF-8."""
    return f"sha256:{hashlib.sha256(normal_form(wording).encode()).hexdigest()}"


def instant(moment: str) -> str:
    """Return *moment* in UTC to the second; a day or a month as it is.

    >>> instant("2021-09-30T08:15:00+07:00")
    '2021-09-30T01:15:00Z'
    """
    if "T" not in moment:
        return moment
    when = dt.datetime.fromisoformat(moment).astimezone(dt.UTC)
    return f"{when.isoformat()[: len('2021-09-30T01:15:00')]}Z"


def page_hash(article: Article) -> str:
    """Return a digest of what only the page states, ``sha256:…``.

    It covers subtitle, caption, image_url, writer, editor, source_url and embeds: between two
    lines of source ``page``, a change of these makes a revision although ``content_hash`` stays.
    """
    lines = [
        f"{field}\t{getattr(article, field) or ''}"
        for field in ("subtitle", "caption", "image_url", "writer", "editor", "source_url")
    ]
    lines += [f"embed\t{embed.kind}\t{embed.url}" for embed in article.embeds]
    text = as_typed("\n".join(lines)) + "\n"
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
