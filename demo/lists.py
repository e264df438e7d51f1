"""Which posts an address lists: home, archives, search, index."""

from __future__ import annotations

import datetime as dt
import html

from demo.content import CATEGORY, TAG, TOPIC, Author, Entry, Term
from demo.site import Site
from demo.theme import Listing
from demo.wptext import attribute

_FOLDER = {"category": CATEGORY, "tag": TAG, "topic": TOPIC}
_KIND = {CATEGORY: "categories", TAG: "tags", TOPIC: "newstopic"}
_FORMATS = {"video": "Video", "gallery": "Galeri"}


def find_listing(site: Site, segments: list[str], query: dict[str, str]) -> Listing | None:
    """Return what the address of these path segments lists, or ``None`` if it lists nothing."""
    if not segments:
        return _search(site, query["s"]) if "s" in query else _home(site)
    folder, *rest = segments
    if folder in _FOLDER and rest:
        return _term(site, _FOLDER[folder], "/".join(rest))
    if all(part.isdigit() for part in segments) and len(segments) <= 3:  # noqa: PLR2004 -- Y/M/D
        return _date(site, [int(part) for part in segments])
    name = rest[0] if len(rest) == 1 else ""
    if folder == "author":
        author = next((one for one in site.content.authors if one.slug == name), None)
        return _author(site, author) if author else None
    if folder == "type" and name in _FORMATS:
        return _format(site, name)
    return _index(site, query) if segments == ["indeks"] else None


def _header(title: str, more: str = "") -> str:
    return (
        f'<header class="page-header">\n<h1 class="page-title">{title}</h1>{more}'
        "</header><!-- .page-header -->\n"
    )


def _rest_link(site: Site, path: str) -> tuple[str, str]:
    """Return the link to a list's own REST object, for the head and for the HTTP header."""
    if "rest" in site.switches.closed:
        return "", ""
    url = site.addresses.rest(f"wp/v2/{path}")
    return (
        f'<link rel="alternate" type="application/json" href="{url}" />\n',
        f'<{url}>; rel="alternate"; type="application/json"',
    )


def _home(site: Site) -> Listing:
    return Listing(
        title=f"{site.house.tagline}",
        header=(
            f'<header class="page-header"><h1 class="page-title screen-reader-text">'
            f'{site.house.name}</h1><h3 class="page-title">News Feed</h3></header>'
        ),
        url=site.addresses.home(),
        css="home blog hfeed",
        posts=site.catalogue.posts,
        slider=True,
    )


def _term(site: Site, taxonomy: str, path: str) -> Listing | None:
    term = next(
        (
            one
            for one in site.content.terms
            if one.taxonomy == taxonomy and site.addresses.family(one) == path
        ),
        None,
    )
    if term is None:
        return None
    link, field = _rest_link(site, f"{_KIND[taxonomy]}/{term.id}")
    feed = site.addresses.feed(site.addresses.term(term))
    told = f'<div class="archive-description"><p>{term.description}</p>\n</div>'
    return Listing(
        title=attribute(term.name),
        header=_header(attribute(term.name), told if term.description else ""),
        url=site.addresses.term(term),
        css=_term_css(term),
        posts=site.catalogue.of_term(term),
        headlines=True,
        head=(
            f'<link rel="alternate" type="application/rss+xml" title="{site.house.name} &raquo; '
            f'{attribute(term.name)}" href="{feed}" />\n{link}'
        ),
        links=(field,) if field else (),
    )


def _term_css(term: Term) -> str:
    if term.taxonomy == TOPIC:
        return f"archive tax-newstopic term-{term.slug} term-{term.id} hfeed"
    kind = "category" if term.taxonomy == CATEGORY else "tag"
    return f"archive {kind} {kind}-{term.slug} {kind}-{term.id} hfeed"


def _author(site: Site, author: Author) -> Listing:
    posts = site.catalogue.of_author(author.id)
    link, field = _rest_link(site, f"users/{author.id}")
    name = attribute(author.name)
    return Listing(
        title=name,
        header=(
            '<header class="page-header">\n<h1 class="author-title clearfix">'
            f'<span class="vcard">{name}</span><span class="pull-right">{len(posts)} Pos</span>'
            "</h1></header>\n"
        ),
        url=site.addresses.author(author),
        css=f"archive author author-{author.slug} author-{author.id} hfeed",
        posts=posts,
        head=link,
        links=(field,) if field else (),
    )


def _format(site: Site, name: str) -> Listing:
    return Listing(
        title=_FORMATS[name],
        header=_header(_FORMATS[name]),
        url=site.addresses.at(f"type/{name}"),
        css=f"archive tax-post_format term-post-format-{name} hfeed",
        posts=[entry for entry in site.catalogue.posts if entry.format == name],
    )


def _date(site: Site, numbers: list[int]) -> Listing | None:
    year, month, day = (*numbers, 0, 0)[:3]
    try:
        first = dt.date(year, month or 1, day or 1)
    except ValueError:
        return None
    # The theme leaves these untranslated.
    kind, form, path = (
        ("Day", "%B %-d, %Y", f"{first:%Y/%m/%d}")
        if day
        else ("Month", "%B %Y", f"{first:%Y/%m}")
        if month
        else ("Year", "%Y", f"{first:%Y}")
    )
    name = first.strftime(form)
    return Listing(
        title=name,
        header=_header(f"{kind}: <span>{name}</span>"),
        url=site.addresses.at(path),
        css="archive date hfeed",
        posts=site.catalogue.of_day(year, month, day),
    )


def _search(site: Site, words: str) -> Listing:
    def holds(entry: Entry) -> bool:
        text = entry.title if entry.protected else f"{entry.title} {entry.content}"
        return words.lower() in text.lower()

    shown = html.escape(words)
    return Listing(
        title=f"Hasil pencarian: {shown}",
        header=_header(f"Hasil pencarian: <span>{shown}</span>"),
        url=site.addresses.home(),
        css="search search-results hfeed",
        posts=[entry for entry in site.catalogue.posts if holds(entry)],
        query=f"s={site.addresses.escaped(words)}",
    )


def _index(site: Site, query: dict[str, str]) -> Listing:
    posts = site.catalogue.posts
    wanted = query.get("id", "")
    if wanted.isdigit():
        posts = [entry for entry in posts if int(wanted) in {term.id for term in entry.categories}]
    if query.get("yr", "").isdigit():
        day = [int(query.get(name) or 0) for name in ("yr", "mt", "dy")]
        posts = site.catalogue.of_day(*day)
    page = site.catalogue.named("indeks")
    link, field = _rest_link(site, f"pages/{page.id}") if page else ("", "")
    return Listing(
        title="Indeks",
        header="",
        url=site.addresses.at("indeks"),
        css="page-template page-template-page-index page",
        posts=posts,
        head=link,
        links=(field,) if field else (),
        query=f"id={wanted}" if wanted else "",
    )
