"""Saved pages: what extraction reads from each, field by field, and what it refuses."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import attrs
import pytest

from crawler.codec import as_mapping
from crawler.errors import ConfigurationError, NotAnArticle
from crawler.extract import extract_article, open_page
from crawler.items import Article, Capture
from crawler.newsrooms import Newsroom, load_newsroom, newsroom_at

FIXTURES = Path(__file__).parents[1] / "fixtures"
READ = sorted(path.parent for path in FIXTURES.glob("*/*/article.json"))
REFUSED = sorted(path.parent for path in FIXTURES.glob("*/*/not_article.json"))

# What no person types: digests, and what only a run knows. Each has its own tests.
NOT_TYPED = {
    *("schema", "revision", "content_hash", "captures", "provenance", "extractor"),
    *("unchanged_until", "run", "written_at"),
}
TYPED = [name for name in Article.__attrs_attrs__ if name.name not in NOT_TYPED]


def load(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def name_of(case: Path) -> str:
    return case.relative_to(FIXTURES).as_posix()


def newsroom_of(case: Path) -> Newsroom:
    """The newsroom that the folder is named for, or one at the page's address.

    ``newsroom`` in ``meta.json`` says what else is known of one that is not shipped.
    """
    try:
        return load_newsroom(case.parent.name)
    except ConfigurationError:
        meta = load(case / "meta.json")
        known = dict(meta.get("newsroom", {}))
        address = re.match(r"https?://[^/]+", meta["url"])
        assert address is not None
        newsroom = newsroom_at(known.pop("address", address[0]), case.parent.name)
        changes: dict[str, Any] = {
            key: tuple(each) if isinstance(each, list) else each for key, each in known.items()
        }
        return attrs.evolve(newsroom, **changes)


def captures_of(case: Path, form: str = "page.html") -> list[Capture]:
    """The pages of a case: ``page.html``, ``page-2.html`` and so on, or one other form."""
    meta = load(case / "meta.json")
    files = [case / form, *(sorted(case.glob("page-*.html")) if form == "page.html" else ())]
    addresses = [meta["url"], *meta.get("pages", ())]
    return [
        Capture(
            url=address if form == "page.html" else f"{address}?amp=1",
            body=file.read_bytes(),
            status=meta.get("status", 200),
            headers=meta.get("headers", {"content-type": "text/html; charset=UTF-8"}),
        )
        for address, file in zip(addresses, files, strict=True)
    ]


@cache
def extracted(case: Path, form: str) -> dict[str, Any]:
    """The article as JSON values."""
    article = extract_article(captures_of(case, form), newsroom_of(case))
    values: dict[str, Any] = json.loads(json.dumps(as_mapping(article)))
    return values


FORMS = [
    (case, form) for case in READ for form in ("page.html", "amp.html") if (case / form).exists()
]


@pytest.mark.parametrize(
    ("case", "form", "field"),
    [
        pytest.param(
            case,
            form,
            field,
            id=f"{name_of(case)}/{'' if form == 'page.html' else form + '/'}{field}",
        )
        for case, form in FORMS
        for field in load(case / "article.json")
        if field != "theme" or form == "page.html"  # an AMP form has no stylesheets of the theme's
    ],
)
def test_saved_page(case: Path, form: str, field: str) -> None:
    assert extracted(case, form)[field] == load(case / "article.json")[field]


@pytest.mark.parametrize("case", [pytest.param(case, id=name_of(case)) for case in REFUSED])
def test_refused_page(case: Path) -> None:
    with pytest.raises(NotAnArticle) as refused:
        extract_article(captures_of(case), newsroom_of(case))
    assert refused.value.reason == load(case / "not_article.json")["reason"]


@pytest.mark.parametrize("case", [pytest.param(case, id=name_of(case)) for case in READ])
def test_article_json_names_every_field(case: Path) -> None:
    assert set(load(case / "article.json")) == {attribute.name for attribute in TYPED}


@pytest.mark.parametrize("case", [pytest.param(case, id=name_of(case)) for case in READ])
def test_pages_are_known_from_the_first(case: Path) -> None:
    """The spider learns from the first page which others to fetch."""
    first = captures_of(case)[0]
    assert open_page(first, newsroom_of(case)).addresses == load(case / "article.json")["pages"]


@pytest.mark.parametrize(
    "case", [pytest.param(case, id=name_of(case)) for case, form in FORMS if form == "amp.html"]
)
def test_amp_form_has_the_same_hash(case: Path) -> None:
    assert (
        extracted(case, "amp.html")["content_hash"] == extracted(case, "page.html")["content_hash"]
    )


def test_there_are_pages_to_test() -> None:
    """A glob that finds nothing must not pass for tests that passed."""
    assert len([case for case in READ if case.parent.name == "progres"]) >= 35
    assert len([case for case in REFUSED if case.parent.name == "progres"]) >= 12


def test_every_page_is_read_or_refused() -> None:
    folders = {path.parent for path in FIXTURES.glob("*/*/meta.json")}
    assert folders == {*READ, *REFUSED}
    assert not {*READ} & {*REFUSED}


def test_rules_name_fixtures_that_exist() -> None:
    """A comment that names a saved page stays true when the page is renamed."""
    named = {
        (path.name, name)
        for path in (Path(__file__).parents[1] / "crawler").rglob("*.py")
        for name in re.findall(r"fixtures/(\w+/[\w-]+)", path.read_text(encoding="utf-8"))
    }
    assert named
    assert [each for each in sorted(named) if not (FIXTURES / each[1]).is_dir()] == []
