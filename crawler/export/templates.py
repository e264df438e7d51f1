"""How report and site are made from templates: what a newsroom says is escaped, nothing runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from crawler.export.changes import changed_words
from crawler.export.wording import Words, clean

KINDS: Final = {
    "gone": "taken down",
    "returned": "back again",
    "withdrawn": "withdrawn",
    "headline": "headline",
    "correction": "correction",
    "figures": "figures",
    "text": "text",
    "photo": "photo",
    "terms": "categories and tags",
    "byline": "byline",
    "cosmetic": "small changes",
}
"""Kind of an edit → what it is called."""

FIELDS: Final = {
    "subtitle": "Subtitle", "published_at": "Published", "image_url": "Photo", "image_alt": "Photo",
    "caption": "Caption", "photo_credit": "Photo credit", "images": "Photos", "embeds": "Embeds",
    "categories": "Categories", "tags": "Tags", "topics": "Topics", "authors": "Authors",
    "writer": "Writer", "editor": "Editor", "source_url": "Source", "credit": "Credit",
}  # fmt: skip
"""Field of a line → what it is called."""

REASONS: Final = {"not_found": "not found", "moved": "leads elsewhere", "closed": "closed"}
"""Why an article counts as gone → what is said of it."""


def _listed(value: Any) -> str | None:
    """A value of a field as text: what is in a list, or the addresses in it, with commas."""
    if value is None or isinstance(value, str):
        return value
    return ", ".join(each if isinstance(each, str) else each.url for each in value)


def environment(words: Words) -> Environment:
    """Return the templates of this package, with *words* at hand."""
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        clean=clean,
        markup=Markup,  # our own drawings, and texts that were sanitised
        sentence=lambda text: Markup("{}{}.").format(text[:1].upper(), text[1:]),
        listed=_listed,
        code=Markup("<code>{}</code>").format,
    )
    made.globals.update(
        _=words,
        many=words.many,
        words=words,
        kind_names=KINDS,
        changed=changed_words,
        field_names=FIELDS,
        reasons=REASONS,
    )
    return made
