"""Where a newsroom's pages differ from their theme: CSS selectors from its file."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from cssselect import HTMLTranslator, SelectorError
from lxml import etree

from crawler.errors import ConfigurationError
from crawler.extract.document import Document, text_of

FIELDS: Final = (
    *("title", "subtitle", "published_at", "modified_at", "authors", "writer", "editor"),
    *("source_url", "categories", "tags", "topics", "caption", "image_url", "body", "not_body"),
)
"""Fields that a selector can be given for; ``not_body`` is what to leave out of the text."""


class Selected:
    """What a newsroom's selectors find on one page."""

    def __init__(self, document: Document, selectors: Mapping[str, str]) -> None:
        self._document = document
        self._selectors = selectors
        for field in selectors:
            if field not in FIELDS:
                known = ", ".join(FIELDS)
                raise ConfigurationError(
                    f"selectors.{field}: no field of a page; known are {known}"
                )

    def elements(self, field: str) -> list[etree._Element]:
        """Return what the selector of *field* finds, nothing where there is none."""
        css = self._selectors.get(field)
        if not css:
            return []
        found = _compiled(field, css)(self._document.root)
        assert isinstance(found, list)
        return [each for each in found if isinstance(each, etree._Element)]

    def element(self, field: str) -> etree._Element | None:
        """Return the first element that the selector of *field* finds."""
        return next(iter(self.elements(field)), None)

    def texts(self, field: str) -> list[str]:
        """Return the texts of what the selector of *field* finds, each once."""
        return [t for t in dict.fromkeys(text_of(each) for each in self.elements(field)) if t]


@lru_cache(maxsize=256)
def _compiled(field: str, css: str) -> etree.XPath:
    try:
        return etree.XPath(HTMLTranslator().css_to_xpath(css))
    except SelectorError as error:
        raise ConfigurationError(
            f"selectors.{field}: {css!r} is no CSS selector ({error})"
        ) from None
