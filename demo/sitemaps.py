"""robots.txt and the sitemaps of WordPress core."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from demo.content import CATEGORY, TAG, TOPIC
from demo.exchange import Response
from demo.site import Site

PER_FILE: Final = 2000
_NAMESPACE: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"
_NAME: Final = re.compile(r"/wp-sitemap-([a-z]+(?:-[a-z_]+)?)-(\d+)\.xml")


def robots(site: Site) -> Response:
    """Return robots.txt: WordPress's own, and what the switches add."""
    switches = site.switches
    lines = ["User-agent: *", "Disallow: /wp-admin/", "Allow: /wp-admin/admin-ajax.php"]
    lines += [f"Disallow: {path}" for path in switches.disallow]
    if switches.crawl_delay is not None:
        lines.append(f"Crawl-delay: {switches.crawl_delay:g}")
    if "sitemap" not in switches.closed:
        lines += ["", f"Sitemap: {site.base}/wp-sitemap.xml"]
    body = "\n".join(lines) + "\n"
    return Response(kind="text/plain; charset=utf-8", body=body.encode())


def answer(site: Site, path: str) -> Response | None:
    """Return the sitemap at *path*, or ``None`` where there is none."""
    if "sitemap" in site.switches.closed:
        return None
    if path == "/wp-sitemap.xml":
        return _xml(_index(site))
    match = _NAME.fullmatch(path)
    if match is None:
        return None
    rows = _rows(site, match[1])
    start = (int(match[2]) - 1) * PER_FILE
    rows = rows[start : start + PER_FILE] if start >= 0 else []
    if not rows:
        return None
    return _xml(f'<urlset xmlns="{_NAMESPACE}">{"".join(_urls(rows))}</urlset>')


def _xml(text: str) -> Response:
    return Response(
        kind="application/xml; charset=UTF-8",
        body=f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode(),
    )


def _index(site: Site) -> str:
    kinds = (
        "posts-post",
        "posts-page",
        "taxonomies-category",
        "taxonomies-post_tag",
        "taxonomies-post_format",
        "taxonomies-newstopic",
        "users",
    )
    files = []
    for kind in kinds:
        rows = _rows(site, kind)
        for number in range(1, -(-len(rows) // PER_FILE) + 1):
            loc = f"{site.base}/wp-sitemap-{kind}-{number}.xml"
            # WordPress states no lastmod in the index.
            files.append(f"<sitemap><loc>{loc}</loc></sitemap>")
    return f'<sitemapindex xmlns="{_NAMESPACE}">{"".join(files)}</sitemapindex>'


def _urls(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    for loc, lastmod in rows:
        told = f"<lastmod>{lastmod}</lastmod>" if lastmod else ""
        yield f"<url><loc>{loc}</loc>{told}</url>"


def _rows(site: Site, kind: str) -> list[tuple[str, str]]:
    """Return address and lastmod of each row: posts by id, as WordPress orders them."""
    at, catalogue = site.addresses, site.catalogue
    if kind in ("posts-post", "posts-page"):
        entries = catalogue.posts if kind == "posts-post" else catalogue.pages
        stated = site.switches.lastmod
        rows = [
            (at.entry(entry), entry.changed.isoformat() if stated else "")
            for entry in sorted(entries, key=lambda entry: entry.id)
        ]
        return [(at.home(), ""), *rows] if kind == "posts-page" else rows
    if kind == "users":
        return [
            (at.author(author), "")
            for author in site.content.authors
            if catalogue.of_author(author.id)
        ]
    if kind == "taxonomies-post_format":
        formats = sorted({entry.format for entry in catalogue.posts} - {"standard"})
        return [(at.at(f"type/{name}"), "") for name in formats]
    taxonomy = kind.removeprefix("taxonomies-")
    if taxonomy not in (CATEGORY, TAG, TOPIC):
        return []
    return [
        (at.term(term), "")
        for term in site.content.terms
        if term.taxonomy == taxonomy and catalogue.of_term(term)
    ]
