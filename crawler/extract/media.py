"""Photos, embeds and links to other articles: from an element to what the line says of it."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice
from typing import Final
from urllib.parse import parse_qs, urlsplit

import attrs
from lxml import etree

from crawler.extract.document import Document, text_of
from crawler.items import Embed, RelatedPost
from crawler.normalise.credits import is_editor_link_label
from crawler.normalise.text import fold
from crawler.normalise.urls import canonical
from crawler.normalise.vocabulary import patterns_in

_KINDS: Final = patterns_in("embed_patterns")
_YOUTUBE: Final = re.compile(
    r"https?://(?:(?:www|m)\.)?(?:youtu\.be/|youtube\.com/(?:watch\?(?:[^#]*&)?v=|shorts/|live/))"
    r"([\w-]+)"
)
_ADDRESSES: Final = patterns_in("media_addresses")
_SIZED: Final = re.compile(r"-\d+x\d+(?=\.\w{3,4}$)")
_CANDIDATE: Final = re.compile(r"(\S+)\s+(\d+(?:\.\d+)?)[wx]")
# Where scripts that load photos late keep the file, and the sizes of it.
_LAZY: Final = ("data-lazy-src", "data-src", "data-original", "data-lazy", "data-orig-file")
_SIZES: Final = ("data-lazy-srcset", "data-srcset", "srcset")
_LONGEST_FILE: Final = 100

AMP_IMAGES: Final = ("amp-img", "amp-anim")
# Where what they show is, the attribute that names it, and its kind.
_AMP_EMBEDS: Final = {
    "amp-youtube": ("https://www.youtube.com/embed/{}", "data-videoid", "video"),
    "amp-instagram": ("https://www.instagram.com/p/{}/", "data-shortcode", "instagram"),
    "amp-vimeo": ("https://player.vimeo.com/video/{}", "data-videoid", "video"),
    "amp-dailymotion": ("https://www.dailymotion.com/embed/video/{}", "data-videoid", "video"),
}


@attrs.define(eq=False)
class Photo:
    """A photo in the text, whose caption may come after it."""

    url: str
    alt: str | None
    caption: str | None = None
    bare: bool = True  # outside a figure


def photo(element: etree._Element, document: Document, link: str | None = None) -> Photo | None:
    """The photo that *element*, which leads to *link*, shows; none of avatars and counters."""
    get = element.get
    is_counter = get("width") in ("0", "1") or get("height") in ("0", "1")
    if is_counter or "avatar" in (get("class") or "").split():
        return None
    url = document.absolute(source(element, link))
    return Photo(url, fold(get("alt") or "") or None) if url else None


def source(element: etree._Element, link: str | None = None) -> str | None:
    """The largest file of an image: that of a script, that for readers without scripts, its own."""
    src = _file(element)
    if (src is None or _SIZED.search(src)) and (twin := _twin(element)) is not None:
        src = _file(twin) or src
    if src and not _SIZED.search(src):
        return src
    # In a gallery that is a thumbnail (fixtures/progres/galeri-klasik).
    if link and _ADDRESSES["file"].search(link):
        return link
    stated = next((sizes for name in _SIZES if (sizes := element.get(name))), "")
    candidates = [each for each in _CANDIDATE.findall(stated) if not is_placeholder(each[0])]
    largest: tuple[str, str] | None = max(candidates, key=lambda each: float(each[1]), default=None)
    return largest[0] if largest else src


def _file(element: etree._Element) -> str | None:
    files = (element.get(name) for name in (*_LAZY, "src"))
    return next((each for each in files if each and not is_placeholder(each)), None)


def is_placeholder(url: str) -> bool:
    """Whether *url* is that of what scripts show until they load a photo, or a theme for want of one.

    >>> is_placeholder("/img/lazy_placeholder.gif"), is_placeholder("/img/pasar-kosong.jpg")
    (True, False)
    """
    file = url.partition("?")[0].rpartition("/")[2][:_LONGEST_FILE]
    no_photo = _ADDRESSES["no_photo"].search(url)  # noimage.jpg, default-post.png
    return bool(no_photo or _ADDRESSES["placeholder"].fullmatch(file))


def _twin(element: etree._Element) -> etree._Element | None:
    """The image that stands beside *element* for readers without scripts."""
    parent = element.getparent()
    around = [*_beside(element), *(_beside(parent) if parent is not None else ())]
    beside = next((each for each in around if each.tag == "noscript"), None)
    return next(beside.iter("img"), None) if beside is not None else None


def _beside(element: etree._Element) -> list[etree._Element]:
    after, before = element.itersiblings("*"), element.itersiblings("*", preceding=True)
    return [*islice(after, 1), *islice(before, 1)]


def unscripted(noscript: etree._Element) -> etree._Element | None:
    """Return the image in a *noscript* that stands beside no other, which is shown instead."""
    if any(next(each.iter("img", *AMP_IMAGES), None) is not None for each in _beside(noscript)):
        return None
    return next(noscript.iter("img"), None)


def file_of(url: str) -> str:
    """Return what is the same of the addresses of a photo in several sizes."""
    return _SIZED.sub("", url.partition("?")[0]).removeprefix("https:").removeprefix("http:")


def frame(element: etree._Element, document: Document) -> Embed | None:
    """Return the embed that a frame, a player or its AMP form is; ``None`` for ads and the empty."""
    get = element.get
    tag = str(element.tag)
    if tag in _AMP_EMBEDS:
        address, attribute, kind = _AMP_EMBEDS[tag]
        name = get(attribute)
        return _embed(address.format(name), kind) if name else None
    if tag == "amp-twitter":
        return tweet(element, document)
    src = get("src") or get("data-src") or get("data-lazy-src") or get("data-href") or get("cite")
    is_video = tag in ("video", "amp-video")
    child = element.find("source") if is_video and not src else None
    src = child.get("src") if child is not None else src
    return embed_at(document.absolute(src), "video" if is_video else None)


def embed_at(url: str | None, kind: str | None = None) -> Embed | None:
    """Return the embed at *url*, without its query."""
    if url is None or url.startswith("about:") or _ADDRESSES["ad"].search(url):
        return None
    if "/plugins/" in url and "href=" in url:
        # Facebook's players name what they show in their query.
        shown = parse_qs(urlsplit(url).query).get("href", [""])[0]
        url = shown if shown.startswith("https://") else url
        kind = kind or ("video" if _KINDS["video"].match(url) else None)
    youtube = _YOUTUBE.match(url)
    if youtube:
        return _embed(f"https://www.youtube.com/embed/{youtube[1]}", "video")
    known = (name for name, pattern in _KINDS.items() if pattern.match(url))
    return _embed(url, kind or next(known, "iframe"))


def tweet(element: etree._Element, document: Document) -> Embed | None:
    """Return the tweet whose words *element* holds: its last link is its own address."""
    links = [href for each in element.iter("a") if "/status/" in (href := each.get("href") or "")]
    if links:
        return embed_at(document.absolute(links[-1]), "tweet")
    number = element.get("data-tweetid")
    return _embed(f"https://twitter.com/i/status/{number}", "tweet") if number else None


def instagram(element: etree._Element, document: Document) -> Embed | None:
    """Return the Instagram post whose words *element* holds."""
    links = (each.get("href") for each in element.iter("a"))
    href = element.get("data-instgrm-permalink") or next(filter(None, links), None)
    return embed_at(document.absolute(href), "instagram")


def _embed(url: str, kind: str) -> Embed | None:
    url = url.partition("#")[0].partition("?")[0]
    return None if url.endswith(("/None", "/p//", "embed/")) else Embed(kind=kind, url=url)


_HEADINGS: Final = ("h2", "h3", "h4", "h5")


def post(
    title: str, href: str, heading: str | None, placement: str, document: Document
) -> RelatedPost | None:
    """The link with its canonical address; None where it leads nowhere or says nothing."""
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
            links = (anchor.get("href") or "#" for anchor in each.iter("a"))
            if heading is None and all(link.startswith("#") for link in links):
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
