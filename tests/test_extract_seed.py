"""The article that the project began with, back from its record to its text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from crawler.extract import extract_html
from crawler.items import Article

SEED = Path(__file__).parents[1] / "fixtures/progres/jajaki-kerjasama"
ADDRESS = (
    "https://progres.id/kota-bengkulu/"
    "jajaki-kerjasama-3-sektor-ini-walokota-helmi-hasan-temui-dubes-jepang.html"
)

# What the record has otherwise than the file, byte for byte: (in the file, in the record).
DIFFERENCES = [
    # A no-break space before the dateline's dash, and a blank beside it: white space is folded.
    ("PROGRES.ID\xa0 –", "PROGRES.ID –"),
]


def read(form: str) -> Article:
    address = ADDRESS if form == "page.html" else f"{ADDRESS}?amp=1"
    return extract_html((SEED / form).read_bytes(), address)


def as_text(article: Article) -> str:
    """The record in the form of the file: the theme's box stands after the second paragraph."""
    headings = {post.placement: post.heading or "" for post in article.related_posts}
    blocks = article.body.split("\n\n")
    photo = f"{article.image_alt}\n{article.caption}"
    text = [article.title, photo, *blocks[:2], headings["inline"], *blocks[2:], headings["end"]]
    return "\n\n".join(text)


def without_space_at_line_ends(text: str) -> str:
    return re.sub(r"[ \t\xa0]+$", "", text, flags=re.MULTILINE).strip()


@pytest.mark.parametrize("form", ["page.html", "amp.html"])
def test_the_record_renders_back_to_the_file(form: str) -> None:
    file = (SEED / "article.txt").read_bytes().decode()
    for printed, recorded in DIFFERENCES:
        assert file.count(printed) == 1
        file = file.replace(printed, recorded)
    assert without_space_at_line_ends(as_text(read(form))) == without_space_at_line_ends(file)


def test_both_forms_give_the_same_record_but_for_what_prints_them() -> None:
    plain, amp = read("page.html"), read("amp.html")
    differing = [
        attribute.name
        for attribute in Article.__attrs_attrs__
        if getattr(plain, attribute.name) != getattr(amp, attribute.name)
    ]
    assert differing == ["theme"]  # AMP links no stylesheet


def test_the_address_is_the_plain_one() -> None:
    assert read("amp.html").url == ADDRESS


def test_the_body_has_twelve_paragraphs_and_no_heading_of_the_theme() -> None:
    article = read("page.html")
    assert len(article.body.split("\n\n")) == 12
    assert "Bacaan Lainnya" not in article.body
    assert "Pos terkait" not in article.body


def test_the_day_of_the_event_was_a_wednesday() -> None:
    (date,) = read("page.html").dates
    assert (date.text, date.date, date.weekday_agrees) == ("Rabu (29/9/2021)", "2021-09-29", True)
