"""Home, archives, search, the index page, and the page for what is not there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import attrs

from demo.content import CATEGORY, Entry
from demo.site import Site
from demo.theme.layout import View
from demo.theme.pieces import (
    advertisement,
    author_link,
    categories,
    image,
    post_classes,
    term_links,
    times,
)
from demo.wptext import attribute

PER_PAGE: Final = 10
HEADLINES: Final = 3
SLIDES: Final = 5


@attrs.frozen(kw_only=True)
class Listing:
    """A list of posts: what it is called, where it stands, what is in it."""

    title: str
    """For the ``title`` element."""

    header: str
    """The heading with its wrapper."""

    url: str
    """Address of its first page."""

    css: str
    posts: Sequence[Entry]
    headlines: bool = False
    """Whether the three newest of page 1 stand in the big headline, and only there."""

    slider: bool = False
    head: str = ""
    links: tuple[str, ...] = ()
    query: str = ""
    """Query string that belongs to each page of it."""

    @property
    def count(self) -> int:
        """Number of pages; an empty list has one."""
        return max(1, -(-len(self.posts) // PER_PAGE))

    def at(self, site: Site, number: int) -> str:
        """Return the address of page *number*."""
        query = f"?{self.query}" if self.query else ""
        if number == 1:
            return f"{self.url}{query}"
        return f"{self.url.rstrip('/')}/page/{number}{site.house.slash}{query}"


def listing(site: Site, shown: Listing, number: int) -> View:
    """Return page *number* of a list."""
    start = (number - 1) * PER_PAGE
    posts = shown.posts[start : start + PER_PAGE]
    big = ""
    if number == 1 and (shown.headlines or shown.slider) and len(posts) >= HEADLINES:
        big = _headlines(site, posts[:HEADLINES])
        if shown.headlines:
            posts = posts[HEADLINES:]
    first = shown.slider and number == 1
    order = (big, shown.header) if shown.slider else (shown.header, big)
    main = (
        f'<main id="primary" class="site-main col-md-8">\n{order[0]}\n{order[1]}'
        f'<div id="infinite-container">\n{_items(site, posts)}</div>\n'
        f"{_pagination(site, shown, number)}</main><!-- #main -->\n"
    )
    return View(
        title=shown.title if number == 1 else f"{shown.title} &#8211; Laman {number}",
        css=shown.css if number == 1 else f"{shown.css} paged paged-{number}",
        main=main,
        head=shown.head,
        above=_slider(site, shown.posts[:SLIDES]) if first else "",
        amp=_amp(shown.at(site, number)),
        links=shown.links,
    )


def _amp(url: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}amp=1"


def _items(site: Site, posts: Sequence[Entry]) -> str:
    out = []
    for place, entry in enumerate(posts, start=1):
        out.append(item(site, entry))
        if place == HEADLINES:
            words = advertisement(site, "inlinebanner")
            if words:
                out.append(f'<div class="inline-banner text-center">{words}</div>\n')
    return "".join(out)


def item(site: Site, entry: Entry) -> str:
    """Return one post of a list."""
    url, title = site.addresses.entry(entry), site.title(entry)
    photo = ""
    if entry.photo and not entry.protected:
        shown = image(site, entry.photo, size="250x141", css="medium", alt=title)
        photo = (
            f'<a class="post-thumbnail" href="{url}" title="{attribute(title)}" '
            f'aria-hidden="true">{shown}</a>\n'
        )
    topics = ""
    if entry.topics:
        links = term_links(site, entry.topics, "tag", ", ")
        topics = f'<div class="gmr-meta-topic heading-text"><strong>{links}</strong></div>'
    return (
        f'<article id="post-{entry.id}" class="{post_classes(entry)}">\n'
        f'\t<div class="box-item">\n{photo}<div class="box-content">\n{topics}'
        f'<h2 class="entry-title"><a href="{url}" title="{attribute(title)}" rel="bookmark">'
        f'{title}</a></h2><footer class="entry-footer entry-footer-archive">'
        f'<div class="clearfix meta-content"><div class="posted-by">{author_link(site, entry)}'
        f"</div>{categories(site, entry)} | {times(entry)}</div></footer><!-- .entry-footer -->\n"
        f"</div>\n\t</div>\n</article><!-- #post-{entry.id} -->\n"
    )


def _headlines(site: Site, posts: Sequence[Entry]) -> str:
    first, *others = posts
    url, title = site.addresses.entry(first), site.title(first)
    photo = ""
    if first.photo:
        shown = image(site, first.photo, size="full", css="verylarge", alt=title)
        photo = (
            f'<a class="post-thumbnail" href="{url}" title="{attribute(title)}" '
            f'aria-hidden="true" tabindex="-1">{shown}</a>\n'
        )
    topics = ""
    if first.topics:
        links = term_links(site, first.topics, "tag", ", ")
        topics = f'<div class="gmr-meta-topic heading-text">{links}</div>'
    rest = "".join(
        f'<div class="list-gallery"><a href="{site.addresses.entry(entry)}" '
        f'class="recent-title heading-text" title="{attribute(site.title(entry))}">'
        f"{site.title(entry)}</a></div>"
        for entry in others
    )
    return (
        f'<div class="gmr-bigheadline clearfix"><div class="gmr-big-headline">\n{photo}'
        f'<div class="gmr-bigheadline-content">{topics}<h3 class="gmr-rp-biglink">'
        f'<a href="{url}" class="gmr-slide-titlelink" title="{attribute(title)}">{title}</a></h3>'
        f'<div class="clearfix meta-content">{categories(site, first)} | {times(first)}</div>'
        '</div></div><div class="headline-related-title heading-text">Berita Terkait</div>'
        f'<div class="wpberita-list-gallery">{rest}</div></div>'
    )


def _slider(site: Site, posts: Sequence[Entry]) -> str:
    slides = []
    for entry in posts:
        url, title = site.addresses.entry(entry), site.title(entry)
        photo = ""
        if entry.photo:
            shown = image(site, entry.photo, size="250x141", css="medium-new", alt=title)
            photo = (
                f'<a class="post-thumbnail" href="{url}" title="{attribute(title)}" '
                f'aria-hidden="true" tabindex="-1">{shown}</a>'
            )
        slides.append(
            f'<div class="gmr-slider-content"><div class="list-slider module-home">{photo}'
            f'<div class="list-gallery-title"><a class="recent-title heading-text" href="{url}" '
            f'title="{attribute(title)}" rel="bookmark">{title}</a></div></div></div>'
        )
    return (
        '<div class="col-md-12"><div class="modulehome-wrap"><div id="moduleslide" '
        f'class="wpberita-list-slider wpberita-moduleslide clearfix">{"".join(slides)}'
        "</div></div></div>\n"
    )


def _pagination(site: Site, shown: Listing, number: int) -> str:
    if shown.count == 1:
        return ""
    links = []
    if number > 1:
        url = shown.at(site, number - 1)
        links.append(f'<a class="prev page-numbers" href="{url}">&laquo; Kembali</a>')
    last = 0
    for page in sorted(
        {1, shown.count, *range(max(1, number - 1), min(shown.count, number + 1) + 1)}
    ):
        if page > last + 1:
            links.append('<span class="page-numbers dots">&hellip;</span>')
        if page == number:
            links.append(f'<span aria-current="page" class="page-numbers current">{page}</span>')
        else:
            links.append(f'<a class="page-numbers" href="{shown.at(site, page)}">{page}</a>')
        last = page
    if number < shown.count:
        url = shown.at(site, number + 1)
        links.append(f'<a class="next page-numbers" href="{url}">Berikutnya &raquo;</a>')
    return (
        '<nav class="navigation pagination inf-pagination" aria-label="Tulisan">'
        '<h2 class="screen-reader-text">Posts navigation</h2><div class="nav-links">'
        f"{chr(10).join(links)}</div></nav>\n"
        '<div class="text-center"><div class="page-load-status">'
        '<p class="infinite-scroll-last">Tidak Ada Postingan Lagi.</p></div>'
        '<p><button class="view-more-button heading-text">Selengkapnya</button></p></div>\n'
    )


def index_page(site: Site, shown: Listing, number: int) -> View:
    """Return page *number* of ``/indeks/``: a form by date, the posts, the categories."""
    start = (number - 1) * PER_PAGE
    options = "".join(f'<option value="{day}">{day}</option>' for day in range(1, 32))
    months = "".join(f'<option value="{month}">{month}</option>' for month in range(1, 13))
    index = site.addresses.at("indeks")
    names = sorted(
        (term for term in site.content.terms if term.taxonomy == CATEGORY),
        key=lambda term: term.name,
    )
    links = "".join(
        f'<li><a href="{index}?id={term.id}" class="heading-text" title="{attribute(term.name)}">'
        f"{attribute(term.name)}</a></li>"
        for term in names
    )
    main = (
        '<main id="primary" class="site-main col-md-9 page-index">'
        '<h1 class="page-title screen-reader-text">Indeks</h1>'
        '<div class="gmr-filter-index clearfix"><div class="text-filter heading-text">'
        f'Lihat Berdasarkan Tanggal</div><form method="get" class="gmr-filterindex" '
        f'action="{index}"><select id="dy" name="dy" required>{options}</select>'
        f'<select id="mt" name="mt" required>{months}</select>'
        '<input type="number" id="yr" name="yr" min="1000" max="9999" required />'
        '<input type="submit" value="Filter" /></form></div>\n'
        f"{''.join(item(site, entry) for entry in shown.posts[start : start + PER_PAGE])}"
        f"{_pagination(site, shown, number)}</main><!-- #main -->\n"
        '<aside id="secondary" class="widget-area col-md-3"><ul class="index-page-numbers">'
        f'<li><a href="{index}" class="heading-text" title="Semua Berita">Semua Berita</a></li>'
        f"{links}</ul></aside>\n"
    )
    return View(
        title=shown.title,
        css=shown.css,
        main=main,
        head=shown.head,
        sidebar=False,
        amp=_amp(shown.at(site, number)),
        links=shown.links,
    )


def not_found(site: Site) -> View:
    """Return the page for what is not there."""
    return View(
        title="Halaman tidak ditemukan",
        css="error404",
        main=(
            '<main id="primary" class="site-main col-md-8 col-md-offset-2">'
            '<section class="error-404 not-found"><header class="page-header">'
            '<h1 class="page-title">Ups! Halaman itu tidak dapat ditemukan.</h1></header>'
            '<div class="page-content"><p>Sepertinya tidak ada apa-apa di alamat ini. Coba cari '
            'dengan kata lain.</p><form role="search" method="get" class="search-form" '
            f'action="{site.addresses.home()}"><label><span class="screen-reader-text">Cari:'
            '</span><input type="search" class="search-field" value="" name="s" /></label>'
            '<input type="submit" class="search-submit" value="Cari" /></form></div></section>'
            "</main><!-- #main -->\n"
        ),
        sidebar=False,
        status=404,
    )
