"""Article pages, attachment pages and static pages, as WPBerita 1.0.8 makes them."""

from __future__ import annotations

from collections.abc import Sequence

from demo.content import Entry
from demo.shortcodes import player, srcset
from demo.site import Site
from demo.theme.comments import comments
from demo.theme.layout import View
from demo.theme.pieces import (
    advertisement,
    author_link,
    breadcrumbs,
    categories,
    end_related,
    inline_related,
    post_classes,
    share_bar,
    term_links,
    times,
)
from demo.wptext import attribute

# The theme looks for a fourth paragraph before it puts its box behind the second.
LEAST_PARAGRAPHS = 4
LOCKED = """<form action="{base}/wp-login.php?action=postpass" class="post-password-form" \
method="post">
<p>Konten ini dilindungi dengan kata sandi. Untuk melihatnya silakan masukkan kata sandi Anda:</p>
<p><label for="pwbox-{id}">Kata Sandi: <input name="post_password" id="pwbox-{id}" \
type="password" size="20" /></label> <input type="submit" name="Submit" value="Masuk" /></p>
</form>
"""


def article(site: Site, entry: Entry, number: int = 1) -> View:
    """Return page *number* of an article."""
    at = site.addresses
    url, title = at.entry(entry), site.title(entry)
    main = (
        '<main id="primary" class="site-main col-md-8">\n'
        f'<article id="post-{entry.id}" class="content-single {post_classes(entry)}">\n'
        f"{_trail(site, entry)}\n{_header(site, entry, title)}\n"
        f"{share_bar(site, url, title, comments=not entry.protected)}{_lead(site, entry)}\n"
        f"{_wrap(site, entry, number)}\n"
        f"{share_bar(site, url, title, comments=not entry.protected)}{_end(site, entry)}\n"
        f"</article><!-- #post-{entry.id} -->\n"
        f"{comments(site, entry)}</main><!-- #main -->"
    )
    return View(
        title=title,
        css=(
            "post-template-default single single-post "
            f"postid-{entry.id} single-format-{entry.format}"
        ),
        main=main,
        head=head_links(site, entry, at.entry(entry, number), title),
        amp=f"{at.entry(entry, number)}?amp=1",
        links=link_fields(site, entry),
    )


def head_links(site: Site, entry: Entry, canonical: str, title: str) -> str:
    """Return the links in the head that lead to the other forms of *entry*."""
    at = site.addresses
    kind = "posts" if entry.kind == "post" else "pages"
    embed = f"{at.rest('oembed/1.0/embed')}?url={at.escaped(at.entry(entry))}"
    rest = (
        ""
        if "rest" in site.switches.closed
        else f'<link rel="alternate" type="application/json" '
        f'href="{at.rest(f"wp/v2/{kind}/{entry.id}")}" />\n'
        f'<link rel="alternate" type="application/json+oembed" href="{embed}" />\n'
        f'<link rel="alternate" type="text/xml+oembed" href="{embed}&#038;format=xml" />\n'
    )
    return (
        f'<link rel="alternate" type="application/rss+xml" title="{site.house.name} &raquo; '
        f'{attribute(title)} Umpan Komentar" href="{at.feed(at.entry(entry))}" />\n{rest}'
        f'<link rel="canonical" href="{canonical}" />\n'
        f"<link rel='shortlink' href='{at.short(entry.id)}' />\n"
    )


def link_fields(site: Site, entry: Entry) -> tuple[str, ...]:
    """Return the HTTP ``Link`` fields of an entry's page."""
    kind = "posts" if entry.kind == "post" else "pages"
    rest = site.addresses.rest(f"wp/v2/{kind}/{entry.id}")
    short = f"<{site.addresses.short(entry.id)}>; rel=shortlink"
    if "rest" in site.switches.closed:
        return (short,)
    return (f'<{rest}>; rel="alternate"; type="application/json"', short)


def _trail(site: Site, entry: Entry) -> str:
    steps: list[tuple[str, str]] = []
    category = min(entry.categories, key=lambda term: term.id, default=None)
    by_id = {term.id: term for term in site.content.terms}
    while category:
        steps.insert(0, (site.addresses.term(category), attribute(category.name)))
        category = by_id.get(category.parent)
    return breadcrumbs(site, steps, site.title(entry).removeprefix("Diproteksi: "))


def _header(site: Site, entry: Entry, title: str) -> str:
    topics = ""
    if entry.topics:
        links = term_links(site, entry.topics, "tag", ", ")
        topics = f'<div class="gmr-meta-topic heading-text"><strong>{links}</strong></div>'
    views = ""
    if site.switches.restless:
        views = f'<span class="view-single">{site.views} kali dilihat</span>'
    return (
        '\t<header class="entry-header entry-header-single">\n\t\t'
        f'{topics}<h1 class="entry-title"><strong>{title}</strong></h1>'
        f'<div class="gmr-meta-topic heading-text">{author_link(site, entry)} - '
        f'{categories(site, entry)}</div><div class="meta-content gmr-content-metasingle">'
        f"{times(entry)}{views}</div>\t</header><!-- .entry-header -->"
    )


def _lead(site: Site, entry: Entry) -> str:
    if entry.protected:
        return ""
    if entry.video:
        frame = player(entry.video).replace(' loading="lazy"', "")
        return (
            '<div class="gmr-embed-responsive gmr-embed-responsive-16by9 single-thumbnail">'
            f"{frame}</div>"
        )
    if entry.photo is None:
        return ""
    photo = entry.photo
    caption = (
        f'\n\t\t\t\t\t<figcaption class="wp-caption-text">{photo.caption}</figcaption>'
        if photo.caption
        else ""
    )
    return (
        '\t\t\t<figure class="post-thumbnail gmr-thumbnail-single">\n\t\t\t\t'
        f'<img width="640" height="360" src="{site.addresses.upload(photo.file)}" '
        'class="attachment-post-thumbnail size-post-thumbnail wp-post-image" '
        f'alt="{attribute(photo.alt)}" decoding="async" '
        f'srcset="{srcset(site.addresses, photo)}" sizes="(max-width: 640px) 100vw, 640px" />'
        f"{caption}\n\t\t\t</figure>"
    )


def _wrap(site: Site, entry: Entry, number: int) -> str:
    if entry.protected:
        inside = LOCKED.format(base=site.base, id=entry.id)
        count = 1
    else:
        pages = site.pages(entry)
        inside = themed(site, entry, pages[number - 1])
        count = len(pages)
    before = _slot(site, "beforecontent")
    after = _slot(site, "aftercontent")
    return (
        '\t<div class="single-wrap">\n'
        '\t\t<div class="entry-content entry-content-single clearfix">\n'
        f"{before}\t\t\t{inside}{_neighbours(site, entry, number, count)}"
        f"{after}{_page_links(site, entry, number, count)}\n"
        f"{_entry_footer(site, entry)}\n"
        "\t\t</div><!-- .entry-content -->\n\t</div>"
    )


def _slot(site: Site, slot: str) -> str:
    words = advertisement(site, slot)
    return f'<div class="gmr-banner-{slot} text-center">{words}</div>' if words else ""


def themed(site: Site, entry: Entry, text: str) -> str:
    """Return *text* with what the theme puts into it: its box, and the ad within the text.

    The box comes behind the second ``</p>``, wherever that stands. The ad cuts the text at each
    ``</p>`` and puts back only the one before itself.
    """
    box = inline_related(site, related(site, entry)[-3:])
    pieces = text.split("</p>")
    if len(pieces) > LEAST_PARAGRAPHS and box:
        pieces[2] = f"\n{box}{pieces[2]}"
    ad = _slot(site, "insidecontent") if site.switches.inside_ad else ""
    if not ad:
        return "</p>".join(pieces)
    second = 1
    return "".join(
        piece + ("</p>" + ad if place == second and place < len(pieces) - 1 else "")
        for place, piece in enumerate(pieces)
    )


def related(site: Site, entry: Entry) -> Sequence[Entry]:
    """Return the newest posts of the article's categories, itself left out."""
    wanted = {term.id for term in entry.categories}
    found = [
        other
        for term in entry.categories
        for other in site.catalogue.of_term(term)
        if other.id != entry.id
    ]
    unique = list({other.id: other for other in found}.values())
    unique.sort(key=lambda other: (other.at, other.id), reverse=True)
    if site.switches.restless and wanted and unique:
        turn = site.views % len(unique)
        unique = unique[turn:] + unique[:turn]
    return unique[:15]


def _neighbours(site: Site, entry: Entry, number: int, count: int) -> str:
    if count == 1:
        return ""
    links = []
    if number > 1:
        links.append((number - 1, "Sebelumnya"))
    if number < count:
        links.append((number + 1, "Berikutnya"))
    inside = " ".join(
        f'<a href="{site.addresses.entry(entry, page)}" class="post-page-numbers">{words}</a>'
        for page, words in links
    )
    return f'<div class="prevnextpost-links clearfix">{inside}</div>\n'


def _page_links(site: Site, entry: Entry, number: int, count: int) -> str:
    if count == 1:
        return ""
    inside = " ".join(
        f'<span class="post-page-numbers current" aria-current="page">{page}</span>'
        if page == number
        else f'<a href="{site.addresses.entry(entry, page)}" class="post-page-numbers">{page}</a>'
        for page in range(1, count + 1)
    )
    return f'<div class="page-links"><span class="text-page-link">Laman:</span> {inside}</div>'


def _entry_footer(site: Site, entry: Entry) -> str:
    tags = ""
    if entry.tags:
        links = term_links(site, entry.tags, "tag", " ")
        tags = f'<span class="tags-links heading-text"><strong>{links}</strong></span>'
    told = []
    if entry.writer:
        told.append(f"<span>Penulis: {attribute(entry.writer)}</span>")
    if entry.editor:
        told.append(f"<span>Editor: {attribute(entry.editor)}</span>")
    if entry.source:
        told.append(
            f'<span><a href="{entry.source}" target="_blank" rel="nofollow">Sumber Berita</a></span>'
        )
    return (
        f'\t\t\t<footer class="entry-footer entry-footer-single">\n\t\t\t\t{tags}'
        f'\t\t\t\t<div class="gmr-cf-metacontent heading-text meta-content">{"".join(told)}</div>'
        "\t\t\t</footer><!-- .entry-footer -->"
    )


def _end(site: Site, entry: Entry) -> str:
    others = related(site, entry)
    between = _slot(site, "afterrelpost").replace(" text-center", " clearfix")
    return (
        end_related(site, "Baca Juga", others[:12], photos=True)
        + between
        + end_related(site, "Pos terkait", others[:10], photos=False)
        + end_related(site, "Rekomendasi untuk kamu", others[:4], photos=True)
    )
