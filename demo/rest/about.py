"""What the API says of itself: its root, the post types, the taxonomies."""

from __future__ import annotations

from typing import Any

from demo.content import CATEGORY
from demo.rest.objects import TAXONOMIES
from demo.site import Site


def root(site: Site) -> dict[str, Any]:
    """Return the index of the API."""
    offset = site.house.zone.utcoffset(None).total_seconds() / 3600
    routes = ("posts", "pages", "media", "categories", "tags", "newstopic", "users", "comments")
    return {
        "name": site.house.name,
        "description": site.house.tagline,
        "url": site.base,
        "home": site.base,
        "gmt_offset": int(offset) if offset.is_integer() else offset,
        "timezone_string": site.house.zone_name,
        "namespaces": ["oembed/1.0", "amp/v1", "wp/v2"],
        "authentication": [],
        "routes": {
            f"/wp/v2/{route}": {"namespace": "wp/v2", "methods": ["GET"]} for route in routes
        },
        "_links": {"help": [{"href": "https://developer.wordpress.org/rest-api/"}]},
    }


def types(site: Site) -> dict[str, Any]:
    """Return the post types."""
    return {
        kind: {
            "description": "",
            "hierarchical": kind == "page",
            "has_archive": False,
            "name": name,
            "slug": kind,
            "taxonomies": list(TAXONOMIES.values()) if kind == "post" else [],
            "rest_base": route,
            "rest_namespace": "wp/v2",
            "_links": {"wp:items": [{"href": site.addresses.rest(f"wp/v2/{route}")}]},
        }
        for kind, name, route in (
            ("post", "Tulisan", "posts"),
            ("page", "Halaman", "pages"),
            ("attachment", "Media", "media"),
        )
    }


def taxonomies(site: Site) -> dict[str, Any]:
    """Return the taxonomies."""
    return {
        taxonomy: {
            "name": route.title(),
            "slug": taxonomy,
            "description": "",
            "types": ["post"],
            "hierarchical": taxonomy == CATEGORY,
            "rest_base": route,
            "rest_namespace": "wp/v2",
            "_links": {"wp:items": [{"href": site.addresses.rest(f"wp/v2/{route}")}]},
        }
        for route, taxonomy in TAXONOMIES.items()
    }
