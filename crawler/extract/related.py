"""Links to other articles that stand in and around the text."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

from lxml import etree

from crawler.extract.document import Document, text_of
from crawler.items import RelatedPost
from crawler.normalise.urls import canonical

_HEADINGS: Final = ("h2", "h3", "h4", "h5")


class Related(NamedTuple):
    """A link as found, not yet resolved."""

    title: str
    href: str
    heading: str | None
    placement: str
    document: Document

    def to_item(self) -> RelatedPost | None:
        """Return the link with its canonical address; ``None`` where it leads nowhere."""
        url = _address(self.href, self.document.url)
        if url is None:
            return None
        return RelatedPost(
            title=self.title, url=url, heading=self.heading, placement=self.placement
        )


@lru_cache(maxsize=8192)
def _address(href: str, base: str) -> str | None:
    # The same thirty links stand on page after page of a newsroom.
    return canonical(href, base)


def box(element: etree._Element, document: Document, placement: str) -> list[Related]:
    """Return the links of a box of related posts under their heading, each once."""
    heading: str | None = None
    found: dict[str, Related] = {}
    for each in element.iter("a", *_HEADINGS):
        if each.tag in _HEADINGS:
            if heading is None and next(each.iter("a"), None) is None:
                heading = text_of(each) or None
            continue
        href = each.get("href")
        # A thumbnail leads where the headline below it leads (fixtures/progres/kotak-terkait).
        if not href or href in found or each.get("aria-hidden") == "true":
            continue
        title = text_of(each)
        if title:
            found[href] = Related(title, href, heading, placement, document)
    return list(found.values())
