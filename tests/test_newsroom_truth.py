"""What extraction makes of the newsroom's pages is what a reader sees on them.

The values in ``fixtures/newsroom/expected`` are typed by hand from the articles, field by field.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest

from crawler.extract import extract_article
from crawler.items import Article, Capture
from crawler.newsrooms import load_newsroom, newsroom_at
from demo import Request, load_content
from demo.routes import Router
from demo.site import Site
from demo.source import FIXTURES

TRUTHS = {
    path.stem: json.loads(path.read_text(encoding="utf-8"))
    for path in sorted((FIXTURES / "expected").glob("*.json"))
}
CASES = [
    pytest.param(name, field, id=f"{name}/{field}")
    for name, truth in TRUTHS.items()
    for field in truth
]


SITE = Site(load_content(), "http://127.0.0.1:8000")
ROUTER = Router(SITE)
ROOM = newsroom_at(SITE.base, "progres", like=load_newsroom("progres"))
ARTICLES = [entry for entry in SITE.catalogue.posts if not entry.protected]


@cache
def extracted(slug: str, form: str) -> Article:
    """Return the article from its ``page``, its ``amp`` form, or ``rest``."""
    entry, at = SITE.catalogue.any_named(slug), SITE.addresses
    if form == "rest":
        targets = [at.rest(f"wp/v2/posts/{entry.id}?_embed")]
    else:
        more = "?amp=1" if form == "amp" else ""
        count = len(SITE.pages(entry))
        targets = [at.entry(entry, number) + more for number in range(1, count + 1)]
    return extract_article([captured(target) for target in targets], ROOM)


def captured(url: str) -> Capture:
    """Return what the newsroom answers, without a server between."""
    target = url.removeprefix(SITE.base)
    response = ROUTER.answer(Request(method="GET", target=target, headers={}, answer=ROUTER.answer))
    return Capture(
        url=url,
        status=response.status,
        body=response.body,
        headers={"content-type": response.kind},
    )


def based(value: Any) -> Any:
    """Return *value* with the newsroom's address in place of ``{base}``."""
    if isinstance(value, str):
        return value.replace("{base}", SITE.base)
    if isinstance(value, list):
        return [based(one) for one in value]
    if isinstance(value, dict):
        return {key: based(one) for key, one in value.items()}
    return value


def seen(article: Article, field: str, truth: Any) -> Any:
    """Return what *article* holds of *field*, in the form of the truth."""
    if field == "body":
        return article.body.split("\n\n")
    if field == "editor_links":
        return [one.title for one in article.related_posts if one.placement == "editor"]
    value = getattr(article, field)
    if field == "dateline":
        return value and {key: getattr(value, key) for key in truth or ["text"]}
    if field in ("images", "embeds", "dates"):
        keys = truth[0] if truth else ()
        return [{key: getattr(one, key) for key in keys} for one in value]
    return list(value) if isinstance(value, tuple) else value


@pytest.mark.parametrize(("name", "field"), CASES)
def test_page(name: str, field: str) -> None:
    truth = based(TRUTHS[name][field])
    [slug] = [entry.slug for entry in ARTICLES if entry.title == TRUTHS[name]["title"]]
    assert seen(extracted(slug, "page"), field, truth) == truth


@pytest.mark.parametrize("form", ["amp", "rest"])
@pytest.mark.parametrize("slug", [pytest.param(one.slug, id=one.slug[:60]) for one in ARTICLES])
def test_every_form_of_an_article_is_the_same_article(slug: str, form: str) -> None:
    page, other = extracted(slug, "page"), extracted(slug, form)
    assert other.content_hash == page.content_hash
    assert other.body == page.body
    assert (other.id, other.url) == (page.id, page.url)


def test_the_truths_say_enough() -> None:
    """A truth that leaves out what the page shows proves little."""
    wanted = {"title", "body", "published_at", "authors", "categories", "dateline", "event_date"}
    for name, truth in TRUTHS.items():
        assert wanted <= truth.keys(), name
