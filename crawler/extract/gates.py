"""What is not an article, told from the response and from what WordPress says of the page."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Final

from crawler.errors import NotAnArticle
from crawler.extract.document import Document, text_of
from crawler.items import Capture

# XML whose first element is another one than XHTML's: a feed, a sitemap.
_OTHER_XML: Final = re.compile(
    rb"[\s\xef\xbb\xbf]*+<\?xml\b(?:[^<]|<!--(?:(?!-->).)*+-->|<[?!])*+(?!<html\b)",
    re.IGNORECASE | re.DOTALL,
)
_COMMENT_PAGE: Final = re.compile(r"/comment-page-\d+/?(?:$|[?#])|[?&](?:replytocom|cpage)=\d")
_EMBED: Final = re.compile(r"/embed/?(?:$|[?#])")

# Cloaked gambling pages pile these up in one title; a report on gambling does not.
_GAMBLING: Final = re.compile(
    r"slot gacor|slot ?88|slot online|situs slot|rtp (?:live|slot)|maxwin|gampang menang|togel"
    r"|link alternatif|daftar slot|deposit (?:pulsa|dana)|bandar (?:slot|judi)|judi slot|scatter hitam"
)
_MANY_SLOGANS: Final = 3


def refuse_response(capture: Capture) -> None:
    """Raise :exc:`NotAnArticle` where the response itself says that it is no article's page."""
    if capture.status != HTTPStatus.OK:
        raise NotAnArticle(capture.url, f"http_{capture.status}")
    if not capture.body or capture.body.isspace():
        raise NotAnArticle(capture.url, "empty_page")


def refuse_address(capture: Capture) -> None:
    """Raise :exc:`NotAnArticle` for a page of comments, a frame, and what is not HTML."""
    if media_type(capture) not in ("text/html", "application/xhtml+xml", "") or _OTHER_XML.match(
        capture.body[:4_096]
    ):
        raise NotAnArticle(capture.url, "not_html")
    if _COMMENT_PAGE.search(capture.url):
        raise NotAnArticle(capture.url, "comment_page")
    if _EMBED.search(capture.url):
        raise NotAnArticle(capture.url, "embed")


def is_json(capture: Capture) -> bool:
    """Whether the response is an answer of the REST API.

    Where PHP complained in front of it, the server says ``text/html``.
    """
    start = capture.body[:256].lstrip(b"\xef\xbb\xbf \t\r\n")
    return (
        media_type(capture) == "application/json"
        or "/wp/v2/" in capture.url
        or (not capture.headers.get("content-type") and start.startswith((b"{", b"[")))
    )


def media_type(capture: Capture) -> str:
    """Return the media type that the response declares, in lower case, empty without one."""
    return capture.headers.get("content-type", "").partition(";")[0].strip().lower()


def is_gambling(title: str) -> bool:
    """Whether *title* is that of a page which whoever broke into the site put there."""
    return len(set(_GAMBLING.findall(title.lower()))) >= _MANY_SLOGANS


def refuse_page(document: Document) -> None:
    """Raise :exc:`NotAnArticle` where title or WordPress' names of ``body`` say: another page."""
    title = document.title
    if title is not None and is_gambling(text_of(title)):
        raise NotAnArticle(document.url, "hacked")
    names = document.body_classes
    reason = None if "single-post" in names else _kind(names)
    if reason is not None:
        raise NotAnArticle(document.url, reason)


def _kind(names: frozenset[str]) -> str | None:
    # https://developer.wordpress.org/reference/functions/get_body_class/
    if "error404" in names:
        return "not_found"
    if "single-attachment" in names or any(name.startswith("attachmentid-") for name in names):
        return "attachment"
    if any(name.startswith("page-id-") for name in names):
        return "static_page"
    if names & {"search-results", "search-no-results"}:
        return "search"
    if names & {"archive", "blog", "home"} and not names & {"single", "singular"}:
        return "front_page" if "home" in names and "paged" not in names else "list"
    return None
