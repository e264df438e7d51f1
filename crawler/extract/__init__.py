"""From captures to an article: the same door for the spider, ``reextract`` and the tests.

Nothing here fetches, and nothing here knows the time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from crawler.captures import Capture
from crawler.items import Article
from crawler.newsrooms import Newsroom

EXTRACTOR: Final = "1"
"""Version of the rules; it changes when the same captures give another article."""


def extract_html(body: bytes | str, url: str, *, site: str = "progres") -> Article:
    """Return the article on one page, read without network and without clock.

    *site* names a newsroom; one that is not known is taken to be a WordPress newsroom at the
    host of *url*. The theme that the page shows traces of wins over the newsroom's.
    Raises :exc:`~crawler.errors.NotAnArticle` with a reason that is a slug.
    """
    raise NotImplementedError


def extract_article(
    captures: Sequence[Capture],
    newsroom: Newsroom | None = None,
    *,
    post_id: int | None = None,
) -> Article:
    """Return the article on *captures*, or raise :exc:`~crawler.errors.NotAnArticle`.

    *captures* are the pages of one article in order, or its REST record: the answer for one post,
    or a list of posts of which *post_id* names one. *newsroom* is PROGRES.ID unless given. Fills
    everything but ``revision``, ``run`` and ``written_at``; ``captures`` are the references that
    *captures* carry.
    """
    raise NotImplementedError


def page_addresses(capture: Capture, newsroom: Newsroom | None = None) -> tuple[str, ...]:
    """Return the addresses of all pages of the article on *capture*, the first page first.

    An article on one page has one. Nothing is raised for a page that is not an article.
    """
    raise NotImplementedError


def page_hash(article: Article) -> str:
    """Return a digest of what only the page states, ``sha256:…``.

    It covers subtitle, caption, image_url, writer, editor, source_url and embeds: between two
    lines of source ``page``, a change of these makes a revision although ``content_hash`` stays.
    """
    raise NotImplementedError
