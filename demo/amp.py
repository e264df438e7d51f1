"""The AMP form of a page, made from the page itself as the AMP plugin does in transitional mode.

The plugin parses the finished HTML and writes it anew, which is why end tags that the theme
dropped are back in it.
"""

from __future__ import annotations

import json
from typing import Final, cast
from urllib.parse import urlsplit

from lxml import etree, html
from lxml.html import HtmlElement

from demo.site import Site
from demo.theme import STYLE, View

_SIZER: Final = "data:image/svg+xml;base64,PHN2ZyBoZWlnaHQ9IjM2MCIgd2lkdGg9IjY0MCIvPg=="
_GONE: Final = (
    "//script | //aside[@id='secondary'] | //style | //link[@rel='stylesheet']"
    " | //div[contains(@class, 'gmr-topbanner') or contains(@class, 'gmr-footerbanner')"
    " or contains(@class, 'gmr-floatbanner') or contains(@class, 'gmr-banner-aftercontent')"
    " or contains(@class, 'gmr-verytopbanner') or contains(@class, 'gmr-banner-logo')]"
)


def amp_page(site: Site, view: View, text: str) -> str:
    """Return *text*, a whole page, as AMP."""
    plain = view.amp.replace("?amp=1", "").replace("&amp=1", "")
    document = html.document_fromstring(text)
    document.set("amp", "")
    for element in _all(document, _GONE):
        element.drop_tree()
    for image in _all(document, "//img"):
        _image(image)
    for frame in _all(document, "//iframe"):
        _frame(frame)
    for name, kind in (("twitter-tweet", "twitter"), ("instagram-media", "instagram")):
        for quote in _all(document, f"//blockquote[contains(@class, '{name}')]"):
            _embed(quote, kind)
    for link in _all(document, "//a[@href]"):
        _link(site, link)
    _head(site, document, plain)
    _respond(document, plain)
    written = html.tostring(document, encoding="unicode")
    return f"<!DOCTYPE html>\n{written}"


def _all(tree: HtmlElement, path: str) -> list[HtmlElement]:
    """Return the elements at an XPath."""
    return cast("list[HtmlElement]", tree.xpath(path))


def _image(image: HtmlElement) -> None:
    amp = etree.Element("amp-img", dict(image.attrib))
    amp.set("layout", "intrinsic")
    amp.set("class", f"{image.get('class', '')} i-amphtml-layout-intrinsic".strip())
    sizer = etree.SubElement(amp, "i-amphtml-sizer", {"class": "i-amphtml-sizer"})
    etree.SubElement(
        sizer, "img", {"alt": "", "aria-hidden": "true", "role": "presentation", "src": _SIZER}
    )
    inner = {"class": "i-amphtml-fill-content i-amphtml-replaced-content", "decoding": "async"}
    for name in ("alt", "src", "srcset", "sizes"):
        if image.get(name) is not None:
            inner[name] = image.get(name, "")
    etree.SubElement(amp, "img", inner)
    _swap(image, amp)


def _frame(frame: HtmlElement) -> None:
    source = frame.get("src", "")
    if "youtube.com/embed/" in source:
        video = urlsplit(source).path.rsplit("/", 1)[-1]
        amp = etree.Element("amp-youtube", {"data-videoid": video, "layout": "responsive"})
    else:
        amp = etree.Element("amp-iframe", dict(frame.attrib))
        amp.set("sandbox", "allow-scripts allow-same-origin")
    _swap(frame, amp)


def _embed(quote: HtmlElement, kind: str) -> None:
    links = quote.xpath(".//a/@href")
    name = urlsplit(links[-1]).path.strip("/").rsplit("/", 1)[-1] if links else ""
    key = "data-tweetid" if kind == "twitter" else "data-shortcode"
    amp = etree.Element(f"amp-{kind}", {key: name, "layout": "responsive"})
    holder = etree.SubElement(
        amp, "blockquote", {"class": quote.get("class", ""), "placeholder": ""}
    )
    holder.text = quote.text
    holder.extend(list(quote))
    _swap(quote, amp)


def _swap(old: HtmlElement, new: etree._Element) -> None:
    parent = old.getparent()
    if parent is not None:
        new.tail = old.tail
        parent.replace(old, new)


def _link(site: Site, link: HtmlElement) -> None:
    url = link.get("href", "")
    if not url.startswith(site.base) or "/wp-content/" in url:
        return
    address, mark, fragment = url.partition("#")
    join = "&" if "?" in address else "?"
    link.set("href", f"{address}{join}amp=1{mark}{fragment}")
    link.set("rel", f"{link.get('rel', '')} amphtml".strip())


def _head(site: Site, document: HtmlElement, plain: str) -> None:
    head = document.find("head")
    if head is None:
        return
    for link in _all(head, "link[@rel='amphtml']"):
        link.drop_tree()
    if not head.xpath("link[@rel='canonical']"):
        etree.SubElement(head, "link", {"rel": "canonical", "href": plain})
    etree.SubElement(
        head, "meta", {"name": "generator", "content": "AMP Plugin v2.1.3; mode=transitional"}
    )
    style = etree.SubElement(head, "style", {"amp-custom": ""})
    style.text = STYLE.decode()
    metadata = _metadata(site, document)
    if metadata:
        script = etree.SubElement(head, "script", {"type": "application/ld+json"})
        # WordPress escapes slashes.
        script.text = json.dumps(metadata, ensure_ascii=False).replace("/", "\\/")


def _metadata(site: Site, document: HtmlElement) -> dict[str, object]:
    """Return the BlogPosting, which stands on the AMP form of articles and nowhere else."""
    articles = document.xpath("//body[contains(@class, 'single-post')]//article")
    canonical = document.xpath("//link[@rel='canonical']/@href")
    if not articles or not canonical:
        return {}
    first = articles[0]
    moments = first.xpath("./header//time/@datetime")
    images = first.xpath("./figure[contains(@class, 'gmr-thumbnail-single')]/amp-img/@src")
    found: dict[str, object] = {
        "@context": "http://schema.org",
        "publisher": {"@type": "Organization", "name": site.house.name},
        "@type": "BlogPosting",
        "mainEntityOfPage": str(canonical[0]),
        "headline": " ".join(first.xpath("string(.//h1)").split()),
        "datePublished": str(moments[0]),
        "dateModified": str(moments[-1]),
        "author": {"@type": "Person", "name": str(first.xpath("string(.//a[@class='url fn n'])"))},
    }
    if images:
        found["image"] = str(images[0])
    return found


def _respond(document: HtmlElement, plain: str) -> None:
    for form in _all(document, "//div[@id='respond']"):
        for child in list(form):
            child.drop_tree()
        link = etree.SubElement(form, "a", {"class": "button", "rel": "noamphtml nofollow"})
        link.set("href", f"{plain}#comments")
        link.text = "Tambah Komentar"
