"""Saved pages: folders that say what has to be read from a page, for a person to correct."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from crawler.captures import Capture
from crawler.errors import ConfigurationError, NotAnArticle
from crawler.extract import extract_article
from crawler.lineformat import as_mapping
from crawler.newsrooms import Newsroom

FIXTURES: Final = Path(__file__).parents[1] / "fixtures"

NOT_TYPED: Final = frozenset(
    {
        *("schema", "revision", "content_hash", "captures", "provenance", "extractor"),
        *("run", "written_at"),
    }
)
"""Fields that ``article.json`` leaves out: digests, and what only a run knows."""

UNCHECKED: Final = "unchecked"
"""Key of ``meta.json`` that a person deletes once the record is right; tests insist on it."""

_ADVICE: Final = (
    "Compare each value of article.json with the page as a browser shows it, correct it, and "
    "delete this line."
)
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")
_PLAIN: Final = "text/html; charset=UTF-8"


def fixture_folder(name: str, slug: str | None, url: str, root: Path = FIXTURES) -> Path:
    """Return the folder of a new case: *slug*, or what *url* ends with.

    Raises :exc:`ConfigurationError` for a slug that cannot be a folder's name, and for a folder
    that is there.
    """
    if slug is None:
        last = unquote(urlsplit(url).path).rstrip("/").rpartition("/")[2]
        words = re.sub(r"[^a-z0-9]+", "-", last.removesuffix(".html").lower()).strip("-")
        slug = words[:40].rpartition("-")[0] if len(words) > 40 else words  # noqa: PLR2004
    if not _SLUG.fullmatch(slug):
        raise ConfigurationError(
            f"--slug {slug!r}: want lower-case letters, digits and dashes that say what the page "
            "proves, such as dua-penulis"
        )
    folder = root / name / slug
    if folder.exists():
        raise ConfigurationError(f"{folder} is there already; want another --slug")
    return folder


def save_fixture(folder: Path, captures: Sequence[Capture], newsroom: Newsroom) -> str | None:
    """Write *captures* of one page's parts into *folder*, with what our rules read from them.

    Returns None for an article, else the reason for which the page is none.
    """
    record: Mapping[str, Any]
    reason = None
    try:
        article = as_mapping(extract_article(captures, newsroom))
    except NotAnArticle as error:
        name, record, reason = "not_article.json", {"reason": error.reason}, error.reason
    else:
        name = "article.json"
        record = {key: value for key, value in article.items() if key not in NOT_TYPED}
    folder.mkdir(parents=True)
    for number, capture in enumerate(captures, 1):
        page = "page.html" if number == 1 else f"page-{number}.html"
        (folder / page).write_bytes(capture.body)
    _write(folder / "meta.json", _meta(captures))
    _write(folder / name, record)
    return reason


def _meta(captures: Sequence[Capture]) -> dict[str, Any]:
    first = captures[0]
    meta: dict[str, Any] = {UNCHECKED: _ADVICE, "url": first.url}
    if len(captures) > 1:
        meta["pages"] = [capture.url for capture in captures[1:]]
    if first.status != 200:  # noqa: PLR2004 -- OK, which goes without saying
        meta["status"] = first.status
    content_type = first.headers.get("content-type", "")
    if content_type.replace(" ", "").lower() != _PLAIN.replace(" ", "").lower():
        meta["headers"] = {"content-type": content_type} if content_type else {}
    return meta


def _write(path: Path, values: Mapping[str, Any]) -> None:
    text = json.dumps(values, ensure_ascii=False, indent=2)
    path.write_text(f"{text}\n", encoding="utf-8")
