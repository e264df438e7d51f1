"""Parts that WPBerita repeats: images, dates, bylines, share bars, ads, related blocks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Final

from demo.content import Entry, Picture, Term
from demo.shortcodes import srcset
from demo.site import Site
from demo.wptext import attribute, decoded

DAYS: Final = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
MONTHS: Final = (
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
)
_ICON: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" aria-hidden="true" focusable="false" width="24" '
    'height="24" viewBox="0 0 24 24"><path d="M5 5h14v14H5z" fill="#000000"/></svg>'
)


def day_text(at: dt.datetime) -> str:
    """Return the date as the site prints it: ``Kamis, 30 September 2021 | 08:15 WIB``."""
    month = MONTHS[at.month - 1]
    return f"{DAYS[at.weekday()]}, {at.day} {month} {at.year} | {at:%H:%M} WIB"


def times(entry: Entry) -> str:
    """Return one ``time`` element, or two side by side where *entry* was edited."""
    at, changed = entry.at.isoformat(), entry.changed.isoformat()
    if entry.changed == entry.at:
        marks = f'<time class="entry-date published updated" datetime="{at}">{day_text(entry.at)}'
        return f'<span class="posted-on">{marks}</time></span>'
    return (
        f'<span class="posted-on"><time class="entry-date published" datetime="{at}">'
        f'{day_text(entry.at)}</time><time class="updated" datetime="{changed}">'
        f"{day_text(entry.changed)}</time></span>"
    )


def author_link(site: Site, entry: Entry) -> str:
    """Return the signature."""
    name = attribute(entry.author.name)
    return (
        f'<span class="author vcard"><a class="url fn n" '
        f'href="{site.addresses.author(entry.author)}" title="{name}">{name}</a></span>'
    )


def term_links(site: Site, terms: Iterable[Term], rel: str, glue: str) -> str:
    """Return links to the archives of *terms*, sorted by name as WordPress does."""
    ordered = sorted(terms, key=lambda term: term.name.lower())
    return glue.join(
        f'<a href="{site.addresses.term(term)}" rel="{rel}">{attribute(term.name)}</a>'
        for term in ordered
    )


def categories(site: Site, entry: Entry) -> str:
    """Return the category links in their wrapper."""
    links = term_links(site, entry.categories, "category tag", ", ")
    return f'<span class="cat-links-content">{links}</span>'


def advertisement(site: Site, slot: str) -> str:
    """Return what stands in an ad slot, or nothing when the slot is empty."""
    words = site.house.advertisements.get(slot)
    if not words:
        return ""
    banner = site.addresses.upload(f"iklan/{slot}.png")
    return (
        f'<div class="iklan-{slot}"><a href="https://iklan.example.com/{slot}?utm_source=progres" '
        f'target="_blank" rel="nofollow sponsored"><img src="{banner}" alt="iklan {slot}" '
        f'width="468" height="60" /></a><p class="teks-iklan">{words}</p></div>'
    )


def image(site: Site, picture: Picture, *, size: str, css: str, alt: str, lazy: bool = True) -> str:
    """Return the ``img`` of *picture* at a *size* such as ``250x141`` or ``full``."""
    at = site.addresses
    file = picture.file if size == "full" else picture.sized(size)
    width, height = ("640", "360") if size == "full" else size.split("x")
    loading = ' loading="lazy"' if lazy else ""
    return (
        f'<img width="{width}" height="{height}" src="{at.upload(file)}" '
        f'class="attachment-{css} size-{css} wp-post-image" alt="{attribute(alt)}" '
        f'decoding="async"{loading} srcset="{srcset(at, picture, full_first=size == "full")}" '
        f'sizes="(max-width: {width}px) 100vw, {width}px" />'
    )


def share_bar(site: Site, url: str, title: str, *, comments: bool) -> str:
    """Return the bar that stands above the photo and again below the text."""
    words = site.addresses.escaped(decoded(title))
    target = site.addresses.escaped(url)
    talk = (
        f'<div class="table-cell"><span class="comments-link heading-text"><a '
        f'href="{url}#respond">{_ICON}<span class="text-comment">Komentar</span></a></span></div>'
    )
    services = (
        ("facebook", f"https://www.facebook.com/sharer/sharer.php?u={target}", "Facebook Share"),
        ("twitter", f"https://twitter.com/share?url={target}&amp;text={words}", "Tweet Ini"),
        ("telegram", f"https://t.me/share/url?url={target}&amp;text={words}", "Telegram Share"),
        (
            "whatsapp",
            f"https://api.whatsapp.com/send?text={words}%20{target}",
            "Kirim Ke WhatsApp",
        ),
    )
    items = "".join(
        f'<li class="{name}"><a href="{link}" target="_blank" rel="nofollow" title="{tip}">{_ICON}'
        "</a></li>"
        for name, link, tip in services
    )
    return (
        f'<div class="list-table clearfix"><div class="table-row">{talk if comments else ""}'
        '<div class="table-cell gmr-content-share"><ul class="gmr-socialicon-share pull-right">'
        f'<li class="text-social heading-text"><strong>Bagikan</strong></li>{items}</ul></div>'
        "</div></div>"
    )


def _related_link(site: Site, entry: Entry) -> str:
    title = attribute(site.title(entry))
    return (
        f'<div class="list-gallery-title"><a href="{site.addresses.entry(entry)}" '
        f'class="recent-title heading-text" title="{title}" rel="bookmark">{site.title(entry)}</a>'
        "</div>"
    )


def inline_related(site: Site, entries: Sequence[Entry]) -> str:
    """Return the box that the theme puts into the text."""
    if not entries:
        return ""
    links = "".join(_related_link(site, entry) for entry in entries)
    return (
        '<div class="gmr-related-post-onlytitle"><h3 class="related-text-onlytitle">'
        f'Bacaan Lainnya</h3><div class="clearfix">{links}</div></div>'
    )


def end_related(site: Site, heading: str, entries: Sequence[Entry], *, photos: bool) -> str:
    """Return one of the blocks below the text."""
    if not entries:
        return ""
    items = []
    for entry in entries:
        title = attribute(site.title(entry))
        photo = ""
        if photos and entry.photo:
            shown = image(
                site, entry.photo, size="250x140", css="medium-new", alt=entry.photo.alt
            ).replace("-250x140", "-250x141")
            photo = (
                f'<a href="{site.addresses.entry(entry)}" class="post-thumbnail" '
                f'aria-hidden="true" tabindex="-1" title="{title}" rel="bookmark">{shown}</a>'
            )
        css = "list-gallery related-gallery" if photos else "list-gallery"
        items.append(f'<div class="{css}">{photo}{_related_link(site, entry)}</div>')
    return (
        f'<div class="gmr-related-post"><h3 class="related-text">{heading}</h3>'
        f'<div class="wpberita-list-gallery clearfix">{"".join(items)}</div></div>'
    )


def post_classes(entry: Entry) -> str:
    """Return the classes that name an article's id, format and terms."""
    names = [f"post-{entry.id}", "post", "type-post", "status-publish", f"format-{entry.format}"]
    if entry.protected:
        names.append("post-password-required")
    elif entry.photo:
        names.append("has-post-thumbnail")
    names.append("hentry")
    for prefix, terms in (
        ("category", entry.categories),
        ("tag", entry.tags),
        ("newstopic", entry.topics),
    ):
        names.extend(f"{prefix}-{slug}" for slug in sorted(term.slug for term in terms))
    if entry.format != "standard":
        names.append(f"post_format-post-format-{entry.format}")
    return " ".join(names)


def breadcrumbs(site: Site, steps: Sequence[tuple[str, str]], last: str) -> str:
    """Return the trail: *steps* as address and words, then *last* as plain words."""
    out = ['<div class="breadcrumbs" itemscope itemtype="https://schema.org/BreadcrumbList">']
    trail = [(site.addresses.home(), "Beranda"), *steps]
    for place, (url, words) in enumerate(trail):
        css = "first" if place == 0 else str(place - 1)
        out.append(
            f'<span class="{css}-cl" itemprop="itemListElement" itemscope '
            'itemtype="https://schema.org/ListItem"><a itemscope '
            f'itemtype="https://schema.org/WebPage" itemprop="item" itemid="{url}" href="{url}">'
            f'<span itemprop="name">{words}</span></a><span itemprop="position" '
            f'content="{place + 1}"></span></span><span class="separator"></span>'
        )
    out.append(
        '<span class="last-cl" itemscope itemtype="https://schema.org/ListItem">'
        f'<span itemprop="name">{last}</span><span itemprop="position" '
        f'content="{len(trail) + 1}"></span></span></div>'
    )
    return "\n".join(out)
