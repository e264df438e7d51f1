"""The objects of the REST API, as WordPress 6 gives them to a visitor."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from demo.content import CATEGORY, TAG, TOPIC, Author, Comment, Entry, Picture, Term, in_path
from demo.site import Site
from demo.wptext import attribute, excerpt, texturize

TAXONOMIES: Final = {"categories": CATEGORY, "tags": TAG, "newstopic": TOPIC}
_ROUTE: Final = {taxonomy: route for route, taxonomy in TAXONOMIES.items()}
_CURIES: Final = [{"name": "wp", "href": "https://api.w.org/{rel}", "templated": True}]


def _local(at: dt.datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S")


def _gmt(at: dt.datetime) -> str:
    return _local(at.astimezone(dt.UTC))


def _rendered(text: str) -> dict[str, Any]:
    return {"rendered": text}


def _links(site: Site, kind: str, number: int, **more: Any) -> dict[str, Any]:
    at = site.addresses
    return {
        "self": [{"href": at.rest(f"wp/v2/{kind}/{number}")}],
        "collection": [{"href": at.rest(f"wp/v2/{kind}")}],
        **more,
        "curies": _CURIES,
    }


def post_head(site: Site, entry: Entry) -> dict[str, Any]:
    """Return a post or static page without text and excerpt."""
    links: dict[str, Any] = _post_links(site, entry)
    found: dict[str, Any] = {
        "id": entry.id,
        "date": _local(entry.at),
        "date_gmt": _gmt(entry.at),
        "guid": _rendered(site.addresses.short(entry.id)),
        "modified": _local(entry.changed),
        "modified_gmt": _gmt(entry.changed),
        "slug": in_path(entry.slug),
        "status": "publish",
        "type": entry.kind,
        "link": site.addresses.entry(entry),
        "title": _rendered(texturize(entry.title)),
        "author": entry.author.id,
        "featured_media": entry.photo.id if entry.photo else 0,
        "comment_status": "open" if entry.kind == "post" else "closed",
        "ping_status": "closed",
        "template": entry.template,
        "meta": [],
    }
    if entry.kind == "post":
        found |= {
            "sticky": False,
            "format": entry.format,
            "categories": [term.id for term in entry.categories],
            "tags": [term.id for term in entry.tags],
            "newstopic": [term.id for term in entry.topics],
        }
    kind = "posts" if entry.kind == "post" else "pages"
    return {**found, "amp_enabled": True, "_links": _links(site, kind, entry.id, **links)}


def post(site: Site, entry: Entry) -> dict[str, Any]:
    """Return a post or static page; a protected one has no text."""
    closed = entry.protected
    text = "" if closed else site.whole(entry)
    told = texturize(entry.excerpt) if entry.excerpt else excerpt(text)
    short = "" if closed or not told else f"<p>{told}</p>\n"
    found = post_head(site, entry)
    found["content"] = {"rendered": text, "protected": closed}
    found["excerpt"] = {"rendered": short, "protected": closed}
    return found


def _post_links(site: Site, entry: Entry) -> dict[str, Any]:
    rest = site.addresses.rest
    links: dict[str, Any] = {
        "about": [{"href": rest(f"wp/v2/types/{entry.kind}")}],
        "author": [{"embeddable": True, "href": rest(f"wp/v2/users/{entry.author.id}")}],
        "replies": [{"embeddable": True, "href": rest(f"wp/v2/comments?post={entry.id}")}],
        "wp:attachment": [{"href": rest(f"wp/v2/media?parent={entry.id}")}],
    }
    if entry.photo:
        links["wp:featuredmedia"] = [
            {"embeddable": True, "href": rest(f"wp/v2/media/{entry.photo.id}")}
        ]
    if entry.kind == "post":
        links["wp:term"] = [
            {
                "taxonomy": taxonomy,
                "embeddable": True,
                "href": rest(f"wp/v2/{route}?post={entry.id}"),
            }
            for route, taxonomy in TAXONOMIES.items()
        ]
    return links


def embedded(site: Site, entry: Entry) -> dict[str, Any]:
    """Return what ``_embed`` adds to a post: author, lead photo, terms."""
    found: dict[str, Any] = {"author": [user(site, entry.author)]}
    if entry.photo:
        found["wp:featuredmedia"] = [media(site, entry.photo, entry)]
    if entry.kind == "post":
        found["wp:term"] = [
            [term(site, one, embed=True) for one in terms]
            for terms in (entry.categories, entry.tags, entry.topics)
        ]
    return found


def user(site: Site, author: Author) -> dict[str, Any]:
    """Return a user."""
    return {
        "id": author.id,
        "name": author.name,
        "url": "",
        "description": author.description,
        "link": site.addresses.author(author),
        "slug": author.slug,
        "avatar_urls": {},
        "meta": [],
        "_links": _links(site, "users", author.id),
    }


def term(site: Site, one: Term, *, embed: bool = False) -> dict[str, Any]:
    """Return a category, tag or topic."""
    route = _ROUTE[one.taxonomy]
    about = [{"href": site.addresses.rest(f"wp/v2/taxonomies/{one.taxonomy}")}]
    posts = [{"href": site.addresses.rest(f"wp/v2/posts?{route}={one.id}")}]
    found: dict[str, Any] = {
        "id": one.id,
        "link": site.addresses.term(one),
        "name": attribute(one.name),
        "slug": one.slug,
        "taxonomy": one.taxonomy,
    }
    if not embed:
        found |= {
            "count": len(site.catalogue.of_term(one)),
            "description": one.description,
            "meta": [],
        }
        if one.taxonomy == CATEGORY:
            found["parent"] = one.parent
    links = _links(site, route, one.id, about=about, **{"wp:post_type": posts})
    return {**found, "_links": links}


def media(site: Site, picture: Picture, entry: Entry) -> dict[str, Any]:
    """Return a photo of the media library."""
    at = site.addresses
    return {
        "id": picture.id,
        "date": _local(entry.at),
        "date_gmt": _gmt(entry.at),
        "guid": _rendered(at.upload(picture.file)),
        "modified": _local(entry.at),
        "modified_gmt": _gmt(entry.at),
        "slug": picture.slug,
        "status": "inherit",
        "type": "attachment",
        "link": at.attachment(entry, picture),
        "title": _rendered(picture.title),
        "author": entry.author.id,
        "comment_status": "open",
        "ping_status": "closed",
        "template": "",
        "meta": [],
        "description": _rendered(""),
        "caption": _rendered(f"<p>{picture.caption}</p>\n" if picture.caption else ""),
        "alt_text": picture.alt,
        "media_type": "image",
        "mime_type": _mime(picture),
        "media_details": {
            "width": 640,
            "height": 360,
            "file": picture.file,
            "sizes": _sizes(site, picture),
        },
        "post": entry.id,
        "source_url": at.upload(picture.file),
        "_links": _links(site, "media", picture.id),
    }


def _mime(picture: Picture) -> str:
    return f"image/{picture.file.rsplit('.', 1)[-1].replace('jpg', 'jpeg')}"


def _sizes(site: Site, picture: Picture) -> dict[str, Any]:
    return {
        name: {
            "file": file.rsplit("/", 1)[-1],
            "width": width,
            "height": height,
            "mime_type": _mime(picture),
            "source_url": site.addresses.upload(file),
        }
        for name, file, width, height in (
            ("medium", picture.sized("250x141"), 250, 141),
            ("large", picture.sized("400x225"), 400, 225),
            ("thumbnail", picture.sized("100x75"), 100, 75),
            ("full", picture.file, 640, 360),
        )
    }


def comment(site: Site, one: Comment, entry: Entry) -> dict[str, Any]:
    """Return an approved comment."""
    return {
        "id": one.id,
        "post": entry.id,
        "parent": one.parent,
        "author": 0,
        "author_name": one.author,
        "author_url": "",
        "date": _local(one.at),
        "date_gmt": _gmt(one.at),
        "content": _rendered(f"<p>{texturize(one.text)}</p>\n"),
        "link": f"{site.addresses.entry(entry)}#comment-{one.id}",
        "status": "approved",
        "type": "comment",
        "meta": [],
        "_links": _links(site, "comments", one.id),
    }
