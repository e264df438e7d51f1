"""Every sentence of report and site has its Indonesian."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest

EXPORT = Path(__file__).resolve().parents[1] / "crawler/export"
TABLE = tomllib.loads((EXPORT / "wording.id.toml").read_text(encoding="utf-8"))


def texts() -> set[str]:
    """Every string that stands in code or templates of the exports."""
    found: set[str] = set()
    for path in EXPORT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
    for path in EXPORT.rglob("*.jinja"):
        template = path.read_text(encoding="utf-8")
        for one, two in re.findall(r'"([^"\n]+)"|\'([^\'\n]+)\'', template):
            found.add(one or two)
    return found


def said() -> set[str]:
    """What templates hand to the table."""
    found: set[str] = set()
    for path in EXPORT.rglob("*.jinja"):
        template = path.read_text(encoding="utf-8")
        found |= {
            one or two for one, two in re.findall(r'\b_\((?:"([^"]+)"|\'([^\']+)\')', template)
        }
    return found


# What templates say of names in lines and edits; "title" is shown as headline.
NAMES = {
    *("gone", "returned", "withdrawn", "headline", "correction", "figures", "text", "photo"),
    *("terms", "byline", "cosmetic"),
    *("subtitle", "published_at", "image_url", "caption", "photo_credit", "images", "embeds"),
    *("categories", "tags", "topics", "authors", "writer", "editor", "source_url", "credit"),
    *("not_found", "moved", "closed"),
    *("Months", "Categories", "Places", "Authors"),
}


def test_every_sentence_of_the_templates_has_its_indonesian() -> None:
    assert (said() | NAMES) - set(TABLE) == set()
    assert len(said()) > 80


def test_no_indonesian_sentence_is_left_over() -> None:
    plural = {f"{text}s" for text in texts()}
    assert set(TABLE) - texts() - said() - NAMES - plural == set()


@pytest.mark.parametrize("english", list(TABLE))
def test_what_stands_in_braces_is_the_same_in_both(english: str) -> None:
    names = re.compile(r"\{\w+\}")
    assert sorted(names.findall(english)) == sorted(names.findall(TABLE[english]))
