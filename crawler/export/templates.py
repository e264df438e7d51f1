"""How report and site are made from templates: what a newsroom says is escaped, nothing runs."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from crawler.export.changes import changed_words, field_words
from crawler.export.wording import Words, clean


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
        code=Markup("<code>{}</code>").format,
    )
    made.globals.update(
        _=words, many=words.many, words=words, changed=changed_words, field_words=field_words
    )
    return made
