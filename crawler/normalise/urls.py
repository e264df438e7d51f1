"""The one form of an address, and what an address says about the page behind it."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache
from typing import Final
from urllib.parse import SplitResult, urljoin, urlsplit

from crawler.normalise.vocabulary import listed

# What needs no repair: the common case, decided by one match.
_PLAIN: Final = re.compile(
    r"https?://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::(?:[0-9]{1,4}|[1-5][0-9]{4}))?"
    r"(?:[/?#][!#-;=?-\[\]_a-z~]*)?",
    re.IGNORECASE,
)
_SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_AUTHORITY: Final = re.compile(r"https?://(?:[^/?#\\]*@)?([^/?#\\]*)", re.IGNORECASE)
_HOST: Final = re.compile(r"[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?")
# An escape, or what needs one.
_ESCAPED: Final = re.compile(r"%[0-9A-Fa-f]{2}|[^!$&'()*+,\-./0-9:;=?@A-Z\[\]_a-z~]")
_UNRESERVED: Final = re.compile("[A-Za-z0-9._~-]")
_PORTS: Final = {"http": "80", "https": "443"}

_NOISE: Final = listed("addresses.noise")
_NOISE_PREFIXES: Final = ("utm_", "mc_", "at_", "pk_", "mtm_", "oly_")

# AMP, and the pages of comments
_SIDE_DOOR: Final = re.compile(r"(\.html?|(?<=[^/]))/(?:amp|comment-page-[0-9]{1,6})(/?)$")
_FILE_PAGE: Final = re.compile(r"(\.html?)/[0-9]{1,3}/?$")
_SLUG_PAGE: Final = re.compile(r"(?<![:/]/)(?<=/)([^/]+)/[1-9][0-9]?(/?)$")
_NOT_A_SLUG: Final = listed("addresses.not_a_slug")
_PAGE_QUERY: Final = re.compile(r"(^|&)(?:page|halaman)=(?:[0-9]+|all)(?=&|$)")

# A year is none, and a short number may be that of a section, under which all its articles stand.
_OWN_NUMBER: Final = re.compile(
    r"(?P<number>/(?:[a-z]{1,3}-\d{3,}|\d{5,}|(?<=/(?:read|baca|node|view)/)(?!(?:19|20)\d\d/)\d{4,}))"
    r"(?:/[^/?]*[a-z][^/?]*)?/?$",
    re.IGNORECASE,
)
_PLAIN_ADDRESS: Final = re.compile(r"[?&]p=(\d{1,18})(?:&|$)")

_NOT_ARTICLES: Final = listed("addresses.not_articles")
_ANYWHERE: Final = listed("addresses.not_articles_anywhere")
_STATIC: Final = listed("addresses.static")
_NOT_PAGES: Final = tuple(listed("addresses.not_pages"))
_DATE_ARCHIVE: Final = re.compile(r"\d{4}(?:/\d{1,2}){0,2}")
_LIST_QUERY: Final = listed("addresses.list_query")


def absolute(href: str, base: str) -> str | None:
    """The http(s) address that *href* names on a page at *base*; none of a fragment of it.

    It is resolved and not otherwise changed; blanks and controls are escaped or dropped as
    browsers do.
    """
    if _PLAIN.fullmatch(href):
        return href
    href = href.strip(" \t\n\r\f\v\x00\xa0")
    other = _SCHEME.match(href) and not href[:5].lower().startswith("http")
    if other or href in ("", "//") or href.startswith("#"):
        return None
    try:
        whole = urljoin(base, href.replace("\\", "/"))
    except ValueError:
        return None
    if _PLAIN.fullmatch(whole):
        return whole
    parts = _split(whole)
    if parts is None:
        return None
    path, query, fragment = map(_escaped, (parts.path, parts.query, parts.fragment))
    return parts._replace(path=path, query=query, fragment=fragment).geturl()


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    authority = _authority(parts.scheme, parts.netloc)
    return None if authority is None else parts._replace(netloc=authority)


def _authority(scheme: str, netloc: str) -> str | None:
    """Host and port, in lower case, without credentials or the scheme's own port."""
    if scheme not in _PORTS:
        return None
    host, colon, port = netloc.rpartition("@")[2].lower().partition(":")
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            return None
    host = host.rstrip(".")
    if not _HOST.fullmatch(host) or (port and not (port.isascii() and port.isdigit())):
        return None
    if not colon or not port or port == _PORTS[scheme]:
        return host
    return f"{host}:{port}" if int(port) <= 65535 else None  # noqa: PLR2004 -- RFC 6335


def _escaped(part: str) -> str:
    """*part* with everything escaped that has to be, hex digits in lower case as WordPress has them."""
    return _ESCAPED.sub(_escape, part)


def _escape(found: re.Match[str]) -> str:
    text = found[0]
    if len(text) == len("%2f"):
        char = chr(int(text[1:], 16))  # RFC 3986, 6.2.2.2
        return char if _UNRESERVED.fullmatch(char) else text.lower()
    if text < " " or text == "\x7f":
        return ""
    return "".join(f"%{byte:02x}" for byte in text.encode("utf-8", errors="replace"))


# A page states its own address several times; the same thirty links stand on page after page.
@lru_cache(maxsize=8192)
def canonical(url: str, base: str | None = None) -> str | None:
    """Return the one form of an article's address, or ``None`` if *url* is no http(s) address.

    Scheme and host are in lower case, credentials, default port and fragment gone, escapes in
    lower case as WordPress prints them. Gone are parameters that only track a visitor, ask for a
    comment form or for AMP, a ``/amp/`` at the end and the page of comments. The order of the
    remaining parameters is kept, ``?p=ID`` among them. A page number stays: see
    :func:`without_page_number`.

    >>> canonical("HTTPS://Progres.ID:443/politik/debat.html?amp=1&utm_source=wa#isi")
    'https://progres.id/politik/debat.html'
    """
    whole = absolute(url, base or "")
    if whole is None:
        return None
    parts = _split(whole)
    if parts is None:
        return None
    origin = f"{parts.scheme}://{parts.netloc}"
    path = _escaped(parts.path) or "/"
    if "/." in path and not path.startswith("//"):  # which would be a host to urljoin
        path = urlsplit(urljoin(f"{origin}/", path)).path
    path = _SIDE_DOOR.sub(lambda door: door[1] or door[2], path)
    query = _without_noise(parts.query)
    return f"{origin}{path}?{query}" if query else origin + path


def _without_noise(query: str) -> str:
    # An address may have been escaped once too often.
    pairs = (pair.removeprefix("amp;") for pair in query.split("&"))
    return "&".join(_escaped(pair) for pair in pairs if pair and not _is_noise(pair.lower()))


def _is_noise(pair: str) -> bool:
    name = pair.partition("=")[0]
    return name in _NOISE or name.startswith(_NOISE_PREFIXES) or pair in ("m=0", "m=1")


def without_page_number(url: str) -> str:
    """The address of the article of which *url* is a page.

    ``/slug/2/``, ``/cat/slug.html/2``, ``page=2`` and ``page=all`` lose their number. A day or month archive
    (``/2021/09/``), a list (``/page/2/``), a bare post id (``/archives/12/``) and a slug that ends
    in a number (``/slug-2/``) keep theirs.
    """
    head, mark, query = url.partition("?")
    head = _FILE_PAGE.sub(r"\1", head)
    page = _SLUG_PAGE.search(head)
    if page and page[1] not in _NOT_A_SLUG and not page[1].isdigit():
        head = head[: page.end(1)] + page[2]
    query = _PAGE_QUERY.sub("", query).lstrip("&")
    return f"{head}{mark}{query}" if query else head


def identity(url: str) -> str:
    """Return the part of an article's address that stays when its headline is edited.

    That is all up to the page's own number (``/read/5000/judul``, ``/d-7810000/judul``), where a
    headline alone stands after it; else the whole address.

    >>> identity("https://kabar.example/read/5000/jembatan-dibuka")
    'https://kabar.example/read/5000'
    """
    found = _OWN_NUMBER.search(url)
    return url if found is None else url[: found.end("number")]


def plain_post_id(url: str) -> int | None:
    """Return the post id in an address such as ``https://kabar.example/?p=812``."""
    found = _PLAIN_ADDRESS.search(url)
    return int(found[1]) if found else None


def same_host(url: str, hosts: Collection[str]) -> bool:
    """Whether *url* lies on one of *hosts*; ``www.`` and a default port make no difference."""
    host = _host(url)
    return bool(host) and any(host == _bare(each) for each in hosts)


def same_address(url: str, other: str) -> bool:
    """Whether both lead to one page: scheme, ``www.`` and a last slash make no difference."""
    there, here = (each.partition("://")[2].rstrip("/") for each in (url, other))
    return there.removeprefix("www.") == here.removeprefix("www.")


def _host(url: str) -> str:
    found = _AUTHORITY.match(url)
    return _bare(found[1]) if found else ""


def _bare(host: str) -> str:
    return host.lower().removeprefix("www.").removesuffix(":443").removesuffix(":80").rstrip(".")


def looks_like_article(url: str, address: str) -> bool:
    """Whether the page at *url* may be an article of the newsroom at *address*: a cheap sieve."""
    if not same_host(url, (_host(address),)):
        return False
    head, _, query = url.partition("#")[0].partition("?")
    path = _path(head).removeprefix(_path(address).rstrip("/"))
    segments = [segment for segment in path.lower().split("/") if segment]
    names = {pair.partition("=")[0].lower() for pair in _without_noise(query).split("&")}
    if names & _LIST_QUERY:
        return False
    if not segments:
        return "p" in names
    return not (
        segments[0] in _NOT_ARTICLES
        or (len(segments) == 1 and segments[0] in _STATIC)
        or segments[-1].endswith(_NOT_PAGES)
        or not _ANYWHERE.isdisjoint(segments[1:])
        or _DATE_ARCHIVE.fullmatch("/".join(segments))
    )


def _path(url: str) -> str:
    slash = url.find("/", url.find("://") + 3)
    return url[slash:] if slash >= 0 else ""
