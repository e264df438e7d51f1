"""Static pages, and the page that WordPress makes of each photo."""

from __future__ import annotations

import attrs

from demo.content import Entry, Picture
from demo.shortcodes import srcset
from demo.site import Site
from demo.theme.article import head_links, link_fields
from demo.theme.layout import View
from demo.theme.pieces import author_link, breadcrumbs, categories, share_bar, times
from demo.wptext import attribute


def static_page(site: Site, entry: Entry) -> View:
    """Return a static page."""
    title, url = site.title(entry), site.addresses.entry(entry)
    return View(
        title=title,
        css=f"page-template-default page page-id-{entry.id}",
        main=(
            '<main id="primary" class="site-main col-md-8">'
            f'<article id="post-{entry.id}" class="post-{entry.id} page type-page status-publish">'
            f'<header class="entry-header"><h1 class="entry-title">{title}</h1></header>'
            f'<div class="entry-content">\n{site.whole(entry)}</div><!-- .entry-content -->'
            f"</article><!-- #post-{entry.id} --></main><!-- #main -->\n"
        ),
        head=head_links(site, entry, url, title),
        amp=f"{url}?amp=1",
        links=link_fields(site, entry),
    )


def attachment(site: Site, entry: Entry, picture: Picture) -> View:
    """Return the page of a photo: headline, author, categories and date are the article's."""
    at = site.addresses
    url = at.attachment(entry, picture)
    steps = [(at.entry(entry), site.title(entry))]
    never_edited = attrs.evolve(entry, changed=entry.at)
    caption = (
        f'<figcaption class="wp-caption-text">{picture.caption}</figcaption>'
        if picture.caption
        else ""
    )
    main = (
        '<main id="primary" class="site-main col-md-8">\n<article id="post-attachment" '
        f'class="content-single post-{picture.id} attachment type-attachment status-inherit '
        f'hentry">\n{breadcrumbs(site, steps, picture.title)}\n'
        '<header class="entry-header entry-header-single">'
        f'<h1 class="entry-title"><strong>{picture.title}</strong></h1>'
        f'<div class="gmr-meta-topic heading-text">{author_link(site, entry)} - '
        f'{categories(site, entry)}</div><div class="meta-content gmr-content-metasingle">'
        f"{times(never_edited)}</div></header><!-- .entry-header -->\n"
        f"{share_bar(site, url, picture.title, comments=True)}"
        '<figure class="post-thumbnail gmr-thumbnail-single"><img width="640" height="360" '
        f'src="{at.upload(picture.file)}" class="attachment-full size-full" '
        f'alt="{attribute(picture.alt)}" decoding="async" loading="lazy" '
        f'srcset="{srcset(at, picture)}" sizes="(max-width: 640px) 100vw, 640px" />{caption}'
        f'</figure>\n<div class="wpberita-list-slider gmr-singlegallery clearfix">{_slides(site, entry)}</div>\n'
        "</article><!-- #post-attachment --></main><!-- #main -->\n"
    )
    rest, links = _links(site, picture)
    return View(
        title=picture.title,
        css=(
            "attachment attachment-template-default single single-attachment "
            f"postid-{picture.id} attachmentid-{picture.id} attachment-jpeg"
        ),
        main=main,
        head=f"{rest}\n<link rel='shortlink' href='{at.short(picture.id)}' />\n",
        links=links,
    )


def _links(site: Site, picture: Picture) -> tuple[str, tuple[str, ...]]:
    """Return the link to the photo's REST object for the head, and the HTTP ``Link`` fields."""
    short = f"<{site.addresses.short(picture.id)}>; rel=shortlink"
    if "rest" in site.switches.closed:
        return "", (short,)
    media = site.addresses.rest(f"wp/v2/media/{picture.id}")
    return (
        f'<link rel="alternate" type="application/json" href="{media}" />',
        (f'<{media}>; rel="alternate"; type="application/json"', short),
    )


def _slides(site: Site, entry: Entry) -> str:
    at = site.addresses
    return "".join(
        '<div class="gmr-slider-content"><div class="list-slider"><a class="post-thumbnail" '
        f'href="{at.attachment(entry, other)}" title="{attribute(other.title)}">'
        f'<img src="{at.upload(other.file)}" width="250" height="140" '
        f'alt="{attribute(other.title)}" /></a></div></div>'
        for other in entry.attachments
    )
