"""What stands in an article below its text: terms, writer and editor, source, related posts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Final

from lxml import etree

from crawler.extract.document import Document, text_of
from crawler.extract.header import Header, Marks, has
from crawler.extract.related import box
from crawler.extract.roles import Role, Roles
from crawler.items import RelatedPost

# What the theme prints before a name, untranslated or not.
_CREDITED: Final = {
    **dict.fromkeys(("penulis", "writer", "reporter", "pewarta", "jurnalis"), "writer"),
    **dict.fromkeys(("editor", "penyunting", "redaktur"), "editor"),
}


class Below:
    """The parts of an article's pages below their text.

    *after* is what follows the content, *footers* are those that stand inside of it.
    """

    def __init__(
        self,
        after: Sequence[etree._Element],
        footers: Sequence[etree._Element],
        document: Document,
        marks: Marks,
        roles: Roles,
    ) -> None:
        self._document = document
        self._roles = roles
        self._marks = marks
        self._after = after
        self._footers = [*footers, *(each for each in after if has(each, marks.footer))]

    @cached_property
    def terms(self) -> list[tuple[str, list[str]]]:
        """The names of terms, each with the values of its ``rel``."""
        found = []
        for footer in self._footers:
            for anchor in footer.iter("a"):
                rels = (anchor.get("rel") or "").split()
                if "tag" in rels and (name := text_of(anchor)):
                    found.append((name, rels))
        return found

    @property
    def categories(self) -> list[str]:
        """The names of categories, as themes other than WPBerita print them here."""
        return [name for name, rels in self.terms if "category" in rels]

    @property
    def tags(self) -> list[str]:
        """The names of tags."""
        return [name for name, rels in self.terms if "category" not in rels]

    def credited(self, role: str) -> str | None:
        """Return the name behind the label of ``writer`` or ``editor``."""
        for line in self._credits:
            for span in line.iter("span"):
                label, _, name = text_of(span).partition(":")
                if _CREDITED.get(label.strip().casefold()) == role and name.strip():
                    return name.strip()
        return None

    @property
    def source_links(self) -> list[etree._Element]:
        """The links beside writer and editor: "Sumber Berita"."""
        return [anchor for element in self._credits for anchor in element.iter("a")]

    @property
    def related(self) -> list[RelatedPost]:
        """The posts that the theme lists below the article."""
        return [
            post
            for element in self._after
            for found in self._boxes(element)
            for post in box(found, self._document, "end")
        ]

    @cached_property
    def _credits(self) -> list[etree._Element]:
        return [
            element
            for footer in self._footers
            for element in footer.iter("div")
            if has(element, self._marks.credits)
        ]

    def _boxes(self, element: etree._Element) -> Iterator[etree._Element]:
        """Yield the boxes of related posts that *element* is or holds, in order."""
        waiting = [element]
        while waiting:
            each = waiting.pop()
            classes = each.get("class")
            role = self._roles.of(classes) if classes else None
            if role is Role.RELATED:
                yield each
            elif role is None:
                waiting += each.iterchildren("div", "section", "aside", "ul", reversed=True)


def after_content(header: Header) -> list[etree._Element]:
    """Return what follows the content inside the article, at any level."""
    element, scope = header.content, header.scope
    found: list[etree._Element] = []
    while element is not None and element is not scope:
        found += element.itersiblings("*")
        element = element.getparent()
    return found
