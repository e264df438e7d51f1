"""The frame around every page: head, masthead, menus, sidebar, footer."""

from __future__ import annotations

import attrs

from demo.content import CATEGORY, TAG, Entry
from demo.site import Site
from demo.theme.pieces import advertisement, image, times
from demo.wptext import attribute


@attrs.frozen(kw_only=True)
class View:
    """A page of the theme before its frame is put around it."""

    title: str
    """Title as HTML, without the site's name."""

    css: str
    """Classes of the body."""

    main: str
    """What stands in the main column, its ``main`` element included."""

    head: str = ""
    """Links of this page in the head: canonical, shortlink, feed, REST."""

    above: str = ""
    """What stands above the two columns: the slider of the home page."""

    sidebar: bool = True
    amp: str = ""
    """Address of the AMP form, where there is one."""

    status: int = 200
    links: tuple[str, ...] = ()
    """HTTP ``Link`` fields besides that of the REST root."""


def page(site: Site, view: View) -> str:
    """Return the whole page."""
    side = sidebar(site) if view.sidebar else ""
    return (
        f'<!doctype html>\n<html lang="id-ID">\n{_head(site, view)}\n'
        f'<body class="{view.css} wp-embed-responsive idtheme kentooz">\n'
        '\t<a class="skip-link screen-reader-text" href="#primary">Langsung ke konten</a>\n'
        f"{_top(site)}\n"
        f'\t<div id="page" class="site">\n{_masthead(site)}\n'
        '\t\t<div id="content" class="gmr-content">\n\t\t\t<div class="container">\n'
        f'\t\t\t\t<div class="row">\n{view.above}{view.main}\n{side}'
        "\t\t\t\t</div>\n\t\t\t</div>\n"
        f"{_slot(site, 'footerbanner', 'gmr-footerbanner text-center', boxed=True)}"
        "\t\t</div><!-- .gmr-content -->\n"
        f"{_footer(site)}\n\t</div><!-- #page -->\n"
        f"{_slot(site, 'floatbanner', 'gmr-floatbanner gmr-floatbanner-footer', boxed=True)}"
        "</body>\n</html>\n"
    )


def _head(site: Site, view: View) -> str:
    at = site.addresses
    name, theme = site.house.name, site.house.theme
    rest = (
        ""
        if "rest" in site.switches.closed
        else f'<link rel="https://api.w.org/" href="{at.rest()}" />'
    )
    amp = f'<link rel="amphtml" href="{view.amp}">' if view.amp else ""
    return (
        '<head>\n\t<meta charset="UTF-8">\n'
        '\t<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '\t<link rel="profile" href="https://gmpg.org/xfn/11">\n\n'
        f"\t<title>{view.title} &#8211; {name}</title>\n"
        "<meta name='robots' content='max-image-preview:large' />\n"
        f'<link rel="alternate" type="application/rss+xml" title="{name} &raquo; Feed" '
        f'href="{at.feed()}" />\n'
        f'<link rel="alternate" type="application/rss+xml" title="{name} &raquo; Umpan Komentar" '
        f'href="{at.feed(f"{site.base}/comments")}" />\n'
        f"<link rel='stylesheet' id='wpberita-style-css' "
        f"href='{site.base}/wp-content/themes/wpberita/style.css?ver={theme}' media='all' />\n"
        f'{rest}<link rel="EditURI" type="application/rsd+xml" title="RSD" '
        f'href="{site.base}/xmlrpc.php?rsd" />\n'
        f'<meta name="generator" content="WordPress {site.house.wordpress}" />\n'
        f"{view.head}{amp}\n</head>\n"
    )


def _slot(site: Site, slot: str, css: str, *, boxed: bool = False) -> str:
    words = advertisement(site, slot)
    if not words:
        return ""
    inside = f'<div class="container">{words}</div>' if boxed else words
    return f'<div class="{css}">{inside}</div>\n'


def _top(site: Site) -> str:
    home = site.addresses.home()
    return (
        f"{_slot(site, 'verytopbanner', 'gmr-verytopbanner text-center', boxed=True)}"
        '\t<div id="topnavwrap" class="gmr-topnavwrap clearfix">\n\t\t<div class="container">'
        '<div class="list-table"><div class="table-row"><div class="table-cell gmr-table-date">'
        '<a id="gmr-responsive-menu" title="Menu" href="#menus" rel="nofollow">'
        '<div id="textmenu-id" class="gmr-textmenu heading-text">Menu</div></a>'
        '<div class="gmr-logo-mobile"><div class="site-title">'
        f'<a href="{home}" title="{site.house.name}" rel="home">{site.house.name}</a></div></div>'
        '</div><div class="table-cell gmr-table-search">'
        f'<form method="get" class="gmr-searchform searchform" action="{home}">'
        '<input type="text" name="s" id="s" placeholder="Cari Berita" />'
        '<input type="hidden" name="post_type" value="post" />'
        '<button type="submit" class="gmr-search-submit gmr-search-icon">Cari</button></form>'
        '</div><div class="table-cell gmr-menuright"><div class="pull-right">'
        f'<a href="{site.addresses.at("indeks")}" class="topnav-button nomobile heading-text" '
        'title="Indeks">Indeks</a></div></div></div></div></div>\n\t</div>'
    )


def _masthead(site: Site) -> str:
    home, name = site.addresses.home(), site.house.name
    first = '<li class="menu-item menu-item-type-custom menu-item-home">'
    items = [f'{first}<a href="{home}">Beranda</a></li>']
    categories = {term.slug: term for term in site.content.terms if term.taxonomy == CATEGORY}
    for slug in site.house.menu:
        term = categories[slug]
        items.append(
            '<li class="menu-item menu-item-type-taxonomy menu-item-object-category">'
            f'<a href="{site.addresses.term(term)}">{attribute(term.name)}</a></li>'
        )
    return (
        '\t\t<header id="masthead" class="site-header">\n\t\t\t<div class="container">'
        '<div class="site-branding"><div class="gmr-logo"><div class="site-title">'
        f'<a href="{home}" title="{name}" rel="home">{name}</a></div>'
        f'<span class="site-description screen-reader-text">{site.house.tagline}</span></div>'
        f"{_slot(site, 'bannerlogo', 'gmr-banner-logo')}"
        "</div><!-- .site-branding --></div>\n\t\t</header><!-- #masthead -->\n"
        '\t\t<div id="main-nav-wrap" class="gmr-mainmenu-wrap"><div class="container">'
        '<nav id="main-nav" class="main-navigation gmr-mainmenu"><ul id="primary-menu" '
        f'class="menu">{"".join(items)}</ul></nav><!-- #main-nav --></div></div>\n'
        f"{_slot(site, 'topbanner', 'gmr-topbanner text-center', boxed=True)}"
    )


def _recent(site: Site, entry: Entry, *, photo: bool) -> str:
    url, title = site.addresses.entry(entry), site.title(entry)
    shown = ""
    if photo and entry.photo:
        thumb = image(site, entry.photo, size="100x75", css="thumbnail", alt=title)
        shown = (
            f'<a class="post-thumbnail pull-left" href="{url}" title="{attribute(title)}" '
            f'aria-hidden="true" tabindex="-1">{thumb}</a>'
        )
    css = "has-thumbnail" if shown else "no-thumbnail"
    return (
        f'<li class="clearfix">{shown}<div class="recent-content {css}">'
        f'<a class="recent-title heading-text" href="{url}" title="{attribute(title)}" '
        f'rel="bookmark">{title}</a><div class="clearfix meta-content">{times(entry)}</div></div>'
        "</li>"
    )


def sidebar(site: Site) -> str:
    """Return the column beside the text: an ad, the newest, the most read, popular tags."""
    posts = site.catalogue.posts
    tags = [term for term in site.content.terms if term.taxonomy == TAG]
    tags.sort(key=lambda term: (-len(site.catalogue.of_term(term)), term.name))
    tag_items = "".join(
        f'<li><a href="{site.addresses.term(term)}" class="heading-text" '
        f'title="{attribute(term.name)}">{attribute(term.name)}</a></li>'
        for term in tags[:8]
    )
    newest = "".join(_recent(site, entry, photo=False) for entry in posts[:5])
    popular = "".join(_recent(site, entry, photo=True) for entry in posts[5::7][:5])
    return (
        '<aside id="secondary" class="widget-area col-md-4 pos-sticky">\n'
        '<section id="custom_html-2" class="widget_text widget widget_custom_html">'
        f'<div class="textwidget custom-html-widget">{advertisement(site, "sidebar")}</div>'
        '</section><section id="wpberita-rp-2" class="widget wpberita-recent">'
        '<div class="page-header"><h3 class="widget-title">Berita Terbaru</h3></div>'
        f'<ul class="wpberita-rp-widget">{newest}</ul></section>'
        '<section id="wpberita-popular-2" class="widget wpberita-popular">'
        '<div class="page-header"><h3 class="widget-title">Terpopuler</h3></div>'
        f'<ul class="wpberita-rp-widget">{popular}</ul></section>'
        '<section id="wpberita-taglist-2" class="widget wpberita-taglist">'
        '<div class="page-header"><h3 class="widget-title">Tag Populer</h3></div>'
        f'<ul class="wpberita-tag-lists">{tag_items}</ul></section></aside><!-- #secondary -->\n'
    )


def _footer(site: Site) -> str:
    newest = "".join(
        f'<li><a href="{site.addresses.entry(entry)}">{site.title(entry)}</a></li>'
        for entry in site.catalogue.posts[:5]
    )
    pages = "".join(
        f'<li class="menu-item menu-item-type-post_type menu-item-object-page">'
        f'<a href="{site.addresses.entry(entry)}">{site.title(entry)}</a></li>'
        for entry in site.catalogue.pages
    )
    return (
        '\t<footer id="colophon" class="site-footer"><div id="footer-sidebar" '
        'class="widget-footer" role="complementary"><div class="container"><div class="row">'
        '<div class="footer-column col-md-4"><section id="recent-posts-2" '
        'class="widget widget_recent_entries"><h3 class="widget-title">Tulisan Terakhir</h3>'
        f"<ul>{newest}</ul></section></div></div></div></div>"
        '<div class="container"><div class="site-info text-center heading-text">'
        f'<div class="footer-menu"><ul class="menu">{pages}</ul></div>'
        f"Copyright © {site.catalogue.newest_change.year} {site.house.name}"
        "</div><!-- .site-info --></div></footer><!-- #colophon -->"
    )
