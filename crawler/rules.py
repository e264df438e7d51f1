"""Today's rules of extraction, as an archive is handed them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from crawler.archive import Rules
from crawler.captures import Capture
from crawler.errors import NotAnArticle
from crawler.extract import EXTRACTOR, extract_article, page_hash
from crawler.items import Article
from crawler.newsrooms import Newsroom
from crawler.project_items import ProjectItem


def extract(captures: Sequence[Capture], newsroom: Newsroom, post_id: int | None) -> Article:
    """Return the article on *captures*, in the form in which an archive asks."""
    return extract_article(captures, newsroom, post_id=post_id)


def _nothing(captures: Sequence[Capture], newsroom: Newsroom, post_id: int | None) -> Article:  # noqa: ARG001
    raise NotAnArticle(captures[0].url, "no_rules")


RULES: Final = Rules(extractor=EXTRACTOR, extract=extract, page_hash=page_hash)

ITEM_RULES: Final = Rules(extractor=ProjectItem.extractor, extract=_nothing, page_hash=page_hash)
"""For the items of other projects: what their spiders make of a page is theirs."""
