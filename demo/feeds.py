"""Feeds: RSS 2.0 of posts and comments, and Atom."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from email.utils import format_datetime
from html import escape, unescape
from typing import Final

import attrs

from demo.content import Comment, Entry
from demo.exchange import Response
from demo.lists import find_listing
from demo.site import Site
from demo.wptext import excerpt, texturize

PER_FEED: Final = 10
_SPACES: Final = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:wfw="http://wellformedweb.org/CommentAPI/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:atom="http://www.w3.org/2005/Atom" '
    'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" '
    'xmlns:slash="http://purl.org/rss/1.0/modules/slash/"'
)
_ATOM: Final = "atom"


@attrs.frozen(kw_only=True)
class _Channel:
    title: str
    url: str
    """Address of what the feed is of."""

    feed: str
    """Address of the feed itself."""


def answer(site: Site, path: str, query: dict[str, str]) -> Response | None:
    """Return the feed at the decoded lower-case *path*, or ``None`` where there is none."""
    segments = [part for part in path.split("/") if part]
    form = "rss"
    if segments[-1:] and segments[-1] in (_ATOM, "rss", "rss2", "rdf"):
        form = _ATOM if segments[-1] == _ATOM else "rss"
        segments = [*segments[:-1], "feed"] if segments[-2:-1] != ["feed"] else segments[:-1]
    if query.get("feed"):
        form = _ATOM if query["feed"] == _ATOM else "rss"
        segments = [*segments, "feed"]
    if segments[-1:] != ["feed"]:
        return None
    if "feed" in site.switches.closed:
        return Response(status=404, body=b"<h1>404</h1>")
    wanted = f"{site.addresses.feed(site.base + ''.join(f'/{part}' for part in segments[:-1]))}"
    if path.endswith("/") != wanted.endswith("/") and "feed" not in query and form == "rss":
        return Response(status=301, headers=[("Location", wanted)])
    if segments == ["comments", "feed"]:
        return _comments_feed(site, _all_comments(site), site.house.name, site.base)
    return _of(site, segments[:-1], query, form)


def _of(site: Site, segments: list[str], query: dict[str, str], form: str) -> Response | None:
    listed = find_listing(site, segments, {})
    if listed is None:
        slug = segments[-1].removesuffix(".html")
        entry = site.catalogue.named(slug)
        if entry is None:
            return None
        pairs = [] if entry.protected else [(comment, entry) for comment in entry.comments]
        return _comments_feed(site, pairs, site.title(entry), site.addresses.entry(entry))
    paged = query.get("paged", "1")
    number = int(paged) if paged.isdigit() else 1
    start = (max(number, 1) - 1) * PER_FEED
    posts = listed.posts[start : start + PER_FEED]
    name = site.house.name if not segments else f"{listed.title} &#8211; {site.house.name}"
    if not posts:
        name = f"Halaman tidak ditemukan &#8211; {site.house.name}"
    channel = _Channel(title=name, url=listed.url, feed=site.addresses.feed(listed.url))
    make = _atom if form == _ATOM else _rss
    response = _stamped(site, make(site, channel, posts), form, site.catalogue.newest_change)
    response.status = 200 if posts else 404
    return response


def _stamped(site: Site, text: str, form: str, changed: dt.datetime) -> Response:
    """Return a feed with its validators, which follow the newest change on the whole site."""
    moment = format_datetime(changed.astimezone(dt.UTC), usegmt=True)
    return Response(
        kind=f"application/{'atom' if form == _ATOM else 'rss'}+xml; charset=UTF-8",
        body=text.encode(),
        headers=[("Link", f'<{site.addresses.rest()}>; rel="https://api.w.org/"')]
        if "rest" not in site.switches.closed
        else [],
        changed=changed.timestamp(),
        etag=hashlib.md5(moment.encode(), usedforsecurity=False).hexdigest(),
        validated=True,
    )


def _moment(at: dt.datetime) -> str:
    return format_datetime(at.astimezone(dt.UTC))


def _xml(text: str) -> str:
    """Return HTML *text* as XML text: typographic entities stay numeric."""
    return escape(unescape(text), quote=False)


def _cdata(text: str) -> str:
    return f"<![CDATA[{text.replace(']]>', ']]&gt;')}]]>"


def _summary(site: Site, entry: Entry) -> str:
    if entry.protected:
        return "Tidak ada kutipan karena ini adalah artikel yang diproteksi."
    return texturize(entry.excerpt) if entry.excerpt else excerpt(site.pages(entry)[0])


def _rss(site: Site, channel: _Channel, posts: Sequence[Entry]) -> str:
    items = "".join(_item(site, entry) for entry in posts)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"\n\t{_SPACES}>\n<channel>\n'
        f"\t<title>{_xml(channel.title)}</title>\n"
        f'\t<atom:link href="{escape(channel.feed)}" rel="self" type="application/rss+xml" />\n'
        f"\t<link>{escape(channel.url)}</link>\n"
        f"\t<description>{_xml(site.house.tagline)}</description>\n"
        f"\t<lastBuildDate>{_moment(site.catalogue.newest_change)}</lastBuildDate>\n"
        "\t<language>id-ID</language>\n"
        "\t<sy:updatePeriod>\n\thourly\t</sy:updatePeriod>\n"
        "\t<sy:updateFrequency>\n\t1\t</sy:updateFrequency>\n"
        f"\t<generator>https://wordpress.org/?v={site.house.wordpress}</generator>\n"
        f"{items}</channel>\n</rss>\n"
    )


def _item(site: Site, entry: Entry) -> str:
    url = site.addresses.entry(entry)
    # WordPress gives a feed the first page of a multi-page article, and no more.
    content = "" if entry.protected else site.pages(entry)[0]
    terms = "".join(
        f"\t\t<category>{_cdata(term.name)}</category>\n"
        for term in (*entry.categories, *entry.tags)
    )
    encoded = f"\t\t<content:encoded>{_cdata(content)}</content:encoded>\n" if content else ""
    return (
        f"\t<item>\n\t\t<title>{_xml(site.title(entry))}</title>\n\t\t<link>{url}</link>\n"
        f"\t\t<comments>{url}#respond</comments>\n"
        f"\t\t<dc:creator>{_cdata(entry.author.name)}</dc:creator>\n"
        f"\t\t<pubDate>{_moment(entry.at)}</pubDate>\n{terms}"
        f'\t\t<guid isPermaLink="false">{site.addresses.short(entry.id)}</guid>\n'
        f"\t\t<description>{_cdata(_summary(site, entry))}</description>\n{encoded}"
        f"\t\t<wfw:commentRss>{site.addresses.feed(url)}</wfw:commentRss>\n"
        f"\t\t<slash:comments>{len(entry.comments)}</slash:comments>\n\t</item>\n"
    )


def _atom(site: Site, channel: _Channel, posts: Sequence[Entry]) -> str:
    entries = []
    for entry in posts:
        content = "" if entry.protected else site.pages(entry)[0]
        entries.append(
            f"\t<entry>\n\t\t<author><name>{_xml(entry.author.name)}</name></author>\n"
            f'\t\t<title type="html">{_cdata(site.title(entry))}</title>\n'
            f'\t\t<link rel="alternate" type="text/html" href="{site.addresses.entry(entry)}" />\n'
            f"\t\t<id>{site.addresses.short(entry.id)}</id>\n"
            f"\t\t<updated>{_zulu(entry.changed)}</updated>\n"
            f"\t\t<published>{_zulu(entry.at)}</published>\n"
            f'\t\t<summary type="html">{_cdata(_summary(site, entry))}</summary>\n'
            f'\t\t<content type="html">{_cdata(content)}</content>\n\t</entry>\n'
        )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom">\n'
        f'\t<title type="text">{_xml(channel.title)}</title>\n'
        f"\t<updated>{_zulu(site.catalogue.newest_change)}</updated>\n"
        f'\t<link rel="alternate" type="text/html" href="{escape(channel.url)}" />\n'
        f"\t<id>{escape(channel.feed)}/atom</id>\n"
        f"{''.join(entries)}</feed>\n"
    )


def _zulu(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _all_comments(site: Site) -> list[tuple[Comment, Entry]]:
    pairs = [
        (comment, entry)
        for entry in site.catalogue.posts
        if not entry.protected
        for comment in entry.comments
    ]
    return sorted(pairs, key=lambda pair: pair[0].at, reverse=True)[:PER_FEED]


def _comments_feed(
    site: Site, pairs: Sequence[tuple[Comment, Entry]], title: str, url: str
) -> Response:
    items = "".join(
        f"\t<item>\n\t\t<title>Komentar di {_xml(site.title(entry))} oleh "
        f"{_xml(comment.author)}</title>\n"
        f"\t\t<link>{site.addresses.entry(entry)}#comment-{comment.id}</link>\n"
        f"\t\t<dc:creator>{_cdata(comment.author)}</dc:creator>\n"
        f"\t\t<pubDate>{_moment(comment.at)}</pubDate>\n"
        f"\t\t<description>{_cdata(comment.text)}</description>\n\t</item>\n"
        for comment, entry in pairs
    )
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"\n\t{_SPACES}>\n<channel>\n'
        f"\t<title>Komentar untuk {_xml(title)}</title>\n\t<link>{escape(url)}</link>\n"
        f"\t<description>{_xml(site.house.tagline)}</description>\n{items}</channel>\n</rss>\n"
    )
    changed = max((comment.at for comment, _ in pairs), default=site.catalogue.newest_change)
    return _stamped(site, text, "rss", changed)
