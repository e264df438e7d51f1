"""Links to other articles that stand in and around the text."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import attrs
from lxml import etree

from crawler.extract.document import Document, text_of
from crawler.items import RelatedPost
from crawler.normalise.credits import is_editor_link_label
from crawler.normalise.text import fold
from crawler.normalise.urls import canonical

_HEADINGS: Final = ("h2", "h3", "h4", "h5")


def post(
    title: str, href: str, heading: str | None, placement: str, document: Document
) -> RelatedPost | None:
    """Return the link with its canonical address; ``None`` where it leads nowhere or says nothing.

    *title* is folded here.
    """
    return _post(title, href, heading, placement, "" if href.startswith("http") else document.url)


# The same thirty links stand on page after page of a newsroom.
@lru_cache(maxsize=8192)
def _post(
    title: str, href: str, heading: str | None, placement: str, base: str
) -> RelatedPost | None:
    url, title = canonical(href, base), fold(title)
    if url is None or not title:
        return None
    return RelatedPost(title=title, url=url, heading=heading, placement=placement)


def box(element: etree._Element, document: Document, placement: str) -> list[RelatedPost]:
    """Return the links of a box of related posts under their heading, each once."""
    heading: str | None = None
    found: dict[str, RelatedPost] = {}
    for each in element.iter("a", *_HEADINGS):
        if each.tag != "a":
            # A heading that leads somewhere is a headline (fixtures/lintas/newspaper-yoast).
            if heading is None and not any(_leads_on(anchor) for anchor in each.iter("a")):
                heading = text_of(each) or None
            continue
        href = each.get("href")
        # A thumbnail leads where the headline below it leads (fixtures/progres/kotak-terkait).
        if not href or href in found or each.get("aria-hidden") == "true":
            continue
        title = text_of(each) if len(each) else each.text
        made = post(title, href, heading, placement, document) if title else None
        if made is not None:
            found[href] = made
    posts = list(found.values())
    # A box without a heading begins with a label (fixtures/lintas/sampah-di-isi).
    label = is_editor_link_label(text_of(element)) if heading is None else None
    return [attrs.evolve(each, heading=label) for each in posts] if label else posts


def _leads_on(anchor: etree._Element) -> bool:
    return not (anchor.get("href") or "#").startswith("#")
