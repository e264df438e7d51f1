"""A page's bytes become one tree, unless they say that it is no article's."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

from lxml import etree
from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding

from crawler.errors import NotAnArticle
from crawler.items import Capture
from crawler.normalise.text import fold, is_costly
from crawler.normalise.urls import absolute, canonical, same_host
from crawler.normalise.vocabulary import patterns_in

# One parser for all pages: building one costs as much as a tenth of a page. huge_tree lifts the
# depth at which libxml2 stops reading from 256 to 2048 elements.
_PARSER: Final = etree.HTMLParser(encoding="utf-8", huge_tree=True)
_DEEPEST: Final = 2_000
# Attributes of a page of this size cost libxml2 a second and a half at worst; to look for them would
# cost every page a tenth of its time.
_SMALL: Final = 128_000

_UTF16: Final = (
    ((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE), "utf-16"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
# Declared by pages that are in UTF-8 for the most part, or in what Windows wrote.
_WESTERN: Final = frozenset(("utf-8", "utf-16", "utf-16-le", "utf-16-be", "ascii", "cp1252"))
_AS_WINDOWS: Final = "crawler.cp1252"
# Found through libxml2's table of ids: no search.
_BY_ID: Final = etree.XPath("id($id)")
# A photo's file, and the archive of a day or a month, to which themes link the date.
_NO_ARTICLE: Final = re.compile(
    r"\.(?:jpe?g|png|gif|webp|avif)$|/(?:19|20)\d\d(?:/\d\d?){1,2}$", re.IGNORECASE
)
_SLASHES: Final = re.compile("/{2,}")
_THEME_CLASS: Final = re.compile("wp-(?:child-)?theme-.")
_STYLESHEET: Final = re.compile(r"/themes/([\w.-]+)/(?:[^?#]*/)?([^/?#]+)")
_PARTS: Final = re.compile(r" [-–—|»•] ")
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


class Document:
    """One page: its tree, its address, and what it declares about itself."""

    def __init__(
        self, body: bytes | str, url: str, headers: Mapping[str, str] | None = None
    ) -> None:
        """Parse *body*; :exc:`NotAnArticle` where it is empty or cannot be read."""
        self.url = url
        self.headers: Mapping[str, str] = headers or {}
        if isinstance(body, str):
            encoded = body.encode("utf-8", "replace")
        else:
            encoded = _utf8(body, self.headers.get("content-type", ""))
        self.root = _parse(encoded, url)
        printed = self.root.find("body")
        self.body_classes = frozenset(
            (printed.get("class") or "").split() if printed is not None else ()
        )
        """The names that WordPress gives ``body``: ``single-post``, ``postid-123``, ``page``."""

    @cached_property
    def article(self) -> etree._Element:
        """The element around the article: that of the post which ``body`` names, or the first."""
        names = (name for name in self.body_classes if _POST_CLASS.fullmatch(name))
        post = next(names, "")
        found: Any = _BY_ID(self.root, id=post.replace("postid", "post"))
        # An iterator looks for its first element at once, through the whole tree.
        return found[0] if found else next(self.root.iter("article"), self.root)

    @property
    def title(self) -> etree._Element | None:
        """The page's own title, wherever broken markup puts it."""
        title = self.root.find("head/title")
        return next(self.root.iter("title"), None) if title is None else title

    @cached_property
    def is_wordpress(self) -> bool:
        """Whether WordPress made the page."""
        return (
            self.metas.get("generator", "").startswith("WordPress")
            or any("/wp-content/" in href or "/wp-json" in href for _, _, href in self.links)
            or any(name.startswith("postid-") for name in self.body_classes)
        )

    @cached_property
    def _head(self) -> etree._Element:
        """The head; the page where broken markup makes the parser open the body early."""
        for head in self.root.iterchildren("head"):
            if any(each.get("rel") == "canonical" for each in head.iter("link")):
                return head
        return self.root

    @cached_property
    def links(self) -> list[tuple[list[str], str, str]]:
        """``rel`` in lower case, ``type`` and ``href`` of each ``link``."""
        return _links(self._head)

    @cached_property
    def metas(self) -> Mapping[str, str]:
        """``property`` or ``name``, in lower case → the first content that is not empty."""
        found: dict[str, str] = {}
        for each in self._head.iter("meta"):
            name, content = each.get("property") or each.get("name"), each.get("content")
            if name and content:
                found.setdefault(name.lower(), content)
        return found

    def linked(self, rel: str, kind: str = "") -> str | None:
        """Return the ``href`` of the first ``link`` with that *rel*, and of that type."""
        hrefs = (href for rels, type_, href in self.links if rel in rels and kind in ("", type_))
        return next(hrefs, None)

    @cached_property
    def canonical(self) -> str | None:
        """The address that the page declares to be its own."""
        return self.absolute(self.linked("canonical"))

    @cached_property
    def language(self) -> str | None:
        """BCP 47 tag of the page, where it has a well-formed one."""
        tag = (self.root.get("lang") or "").strip().replace("_", "-")
        return tag if _LANGUAGE.fullmatch(tag) else None

    @property
    def site_names(self) -> tuple[str, ...]:
        """What the site is called: as it says, and at the end of the page's title."""
        name = self.metas.get("og:site_name", "")
        _, *tail = _PARTS.split(fold(self.root.findtext("head/title") or ""))
        return tuple(filter(None, (_PARTS.split(name)[0], *tail[-1:])))

    @cached_property
    def theme_name(self) -> str | None:
        """The theme that printed the page: the folder of its stylesheets, a child theme's first."""
        # Parents are listed before their children; since WordPress 6.7 the body says it, too.
        printed = sorted(name for name in self.body_classes if _THEME_CLASS.match(name))
        named = printed[0].partition("theme-")[2] if printed else None
        return _theme(self.links) or _theme(_links(self.root)) or named

    def absolute(self, href: str | None) -> str | None:
        """Return the http(s) address that *href* names on this page."""
        return absolute(href, self.url) if href else None

    def link(self, href: str) -> str | None:
        """Return the address of a link in the text; the AMP form of a page links AMP forms."""
        address = absolute(href, self.url)
        if address is None or not same_host(address, (self.host,)):
            return address
        is_bare = address.count("/") < len("//") + 1
        return canonical(address) if is_bare or "amp" in address else address

    def leads_elsewhere(self, element: etree._Element) -> bool:
        """Whether *element* links another page, which is not below the page's own address."""
        link = element if element.tag == "a" else element.find(".//a[@href]")
        if link is None:
            link = next(element.iterancestors("a"), None)
        target = self.absolute(link.get("href")) if link is not None else None
        place = _place_of(target or self.url)
        own = (place == each or place.startswith(f"{each}/") for each in self._own_places)
        return not any(own) and not _NO_ARTICLE.search(place)

    @cached_property
    def _own_places(self) -> frozenset[str]:
        own = {_place_of(self.url), _place_of(self.canonical or self.url)}
        # Content systems that nobody set up declare the front page for every article.
        return frozenset(each for each in own if "/" in each or len(own) == 1)

    @cached_property
    def host(self) -> str:
        """Host of the page, with its port."""
        return urlsplit(self.url).netloc


def _place_of(url: str) -> str:
    path = url.partition("://")[2].partition("?")[0].partition("#")[0]
    return _SLASHES.sub("/", path.removeprefix("www.").rstrip("/"))


def _links(scope: etree._Element) -> list[tuple[list[str], str, str]]:
    return [
        ((each.get("rel") or "").lower().split(), each.get("type") or "", href)
        for each in scope.iter("link")
        if (href := each.get("href"))
    ]


def _theme(links: Iterable[tuple[list[str], str, str]]) -> str | None:
    found = None
    for rels, _, href in links:
        path = _STYLESHEET.search(href) if "stylesheet" in rels else None
        if path is not None and (found is None or path[2].startswith("style")):
            found = path[1]
    return found


def _parse(encoded: bytes, url: str) -> etree._Element:
    if len(encoded) > _SMALL and is_costly(encoded):
        raise NotAnArticle(url, "too_complex")
    try:
        root = etree.fromstring(encoded, _PARSER)
    except etree.XMLSyntaxError:
        root = None
    if root is None or root.tag != "html":
        raise NotAnArticle(url, "empty_page")
    # Where libxml2 gives up, the element it was in is the last of the tree.
    last, depth = root, 0
    while len(last):
        last, depth = last[-1], depth + 1
    if depth >= _DEEPEST:
        raise NotAnArticle(url, "too_deep")
    return root


def _utf8(body: bytes, content_type: str) -> bytes:
    """Return *body* in UTF-8, whatever it declares to be.

    What is valid UTF-8 is UTF-8: no other text is, by accident, and servers lie. Other bytes are
    what Windows wrote, be it the whole page or a widget, unless an encoding of the East is declared.
    """
    for marks, encoding in _UTF16:
        if body.startswith(marks):
            return body.decode(encoding, "replace").encode("utf-8", "replace")
    body = body.removeprefix(codecs.BOM_UTF8)
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        declared = http_content_type_encoding(content_type or None)
        declared = declared or html_body_declared_encoding(body) or "cp1252"
        if declared in _WESTERN:
            body = body.decode("utf-8", _AS_WINDOWS).encode()
        else:
            body = body.decode(declared, "replace").encode()
    return body.replace(b"\0", b"")


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error(_AS_WINDOWS, _as_windows)


def text_of(element: etree._Element) -> str:
    """Return the text in *element*, white space folded, with emojis that are shown as pictures."""
    if not len(element):
        return fold(element.text or "")
    has_images = next(element.iter("img", "amp-img"), None) is not None
    return fold("".join(_pieces(element) if has_images else map(str, element.itertext())))


def holds_more(element: etree._Element, letters: int) -> bool:
    """Whether the text in *element* has more than so many *letters*, not counting what is around each piece."""
    size = 0
    for piece in element.itertext():
        size += len(piece.strip())
        if size > letters:
            return True
    return False


def is_emoji(element: etree._Element) -> bool:
    """Whether an image stands for the character in its ``alt``, as WordPress and AMP have it."""
    names = (element.get("class") or "").split()
    return "emoji" in names or "wp-smiley" in names


def _pieces(element: etree._Element) -> Iterator[str]:
    """Yield the text in *element* in order, the ``alt`` of emojis among it."""
    walker = etree.iterwalk(element, events=("start", "end", "comment", "pi"))
    for event, each in walker:
        if event == "start":
            if each.tag in ("img", "amp-img"):
                # What is inside is there for browsers without AMP (fixtures/progres/emoji).
                yield (each.get("alt") or "") if is_emoji(each) else ""
                walker.skip_subtree()
            else:
                yield each.text or ""
        elif each is not element:
            yield each.tail or ""


_POST_CLASS: Final = re.compile(r"postid-[0-9]{1,18}")
# XML whose first element is another one than XHTML's: a feed, a sitemap.
_OTHER_XML: Final = re.compile(
    rb"[\s\xef\xbb\xbf]*+<\?xml\b(?:[^<]|<!--(?:(?!-->).)*+-->|<[?!])*+(?!<html\b)",
    re.IGNORECASE | re.DOTALL,
)
_COMMENT_PAGE: Final = re.compile(r"/comment-page-\d+/?(?:$|[?#])|[?&](?:replytocom|cpage)=\d")
_EMBED: Final = re.compile(r"/embed/?(?:$|[?#])")

_GAMBLING: Final = patterns_in("slogans")["gambling"]
_MANY_SLOGANS: Final = 3


def refuse_response(capture: Capture) -> None:
    """Raise :exc:`NotAnArticle` where the response itself says that it is no article's page."""
    if capture.status != HTTPStatus.OK:
        raise NotAnArticle(capture.url, f"http_{capture.status}")
    if not capture.body or capture.body.isspace():
        raise NotAnArticle(capture.url, "empty_page")


def refuse_address(capture: Capture) -> None:
    """Raise :exc:`NotAnArticle` for a page of comments, a frame, and what is not HTML."""
    is_html = media_type(capture) in ("text/html", "application/xhtml+xml", "")
    if not is_html or _OTHER_XML.match(capture.body[:4_096]):
        raise NotAnArticle(capture.url, "not_html")
    if _COMMENT_PAGE.search(capture.url):
        raise NotAnArticle(capture.url, "comment_page")
    if _EMBED.search(capture.url):
        raise NotAnArticle(capture.url, "embed")


def is_json(capture: Capture) -> bool:
    """Whether the response is an answer of the REST API."""
    # Where PHP complained in front of it, the server says text/html.
    start = capture.body[:256].lstrip(b"\xef\xbb\xbf \t\r\n")
    return (
        media_type(capture) == "application/json"
        or "/wp/v2/" in capture.url
        or (not capture.headers.get("content-type") and start.startswith((b"{", b"[")))
    )


def media_type(capture: Capture) -> str:
    """The media type that the response declares, in lower case, empty without one."""
    return capture.headers.get("content-type", "").partition(";")[0].strip().lower()


def is_gambling(title: str) -> bool:
    """Whether *title* is that of a page which whoever broke into the site put there."""
    return len(set(_GAMBLING.findall(title.lower()))) >= _MANY_SLOGANS


def read_page(capture: Capture) -> Document:
    """The page in a response; :exc:`NotAnArticle` where address, title or WordPress say so."""
    refuse_address(capture)
    document = Document(capture.body, capture.url, capture.headers)
    if document.title is not None and is_gambling(text_of(document.title)):
        raise NotAnArticle(document.url, "hacked")
    names = document.body_classes
    reason = None if "single-post" in names else _kind(names)
    if reason is not None:
        raise NotAnArticle(document.url, reason)
    return document


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
