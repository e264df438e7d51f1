"""Pages that are broken or meant to harm: refused or read, in time that grows with their size."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.errors import InvalidRecord, NotAnArticle
from crawler.extract import extract_article, extract_html
from crawler.items import Capture
from tests.growth import LINEAR, growth

ADDRESS = "https://progres.id/daerah/judul.html"
HEAD = (
    '<html lang="id"><head><title>x</title></head><body class="single postid-7 idtheme kentooz"><main>'
    '<article id="post-7" class="content-single"><header></header><h1 class="entry-title">Judul</h1>'
    '<div class="entry-content entry-content-single">'
)
TAIL = "</div></article></main></body></html>"


def read(content: str, head: str = HEAD) -> str | None:
    """The body, or None where the page was refused."""
    try:
        return extract_html(head + content + TAIL, ADDRESS).body
    except NotAnArticle:
        return None


SHAPES: dict[str, Callable[[int], str]] = {
    "nested divs": lambda n: "<div>" * n + "teks",
    "nested and closed": lambda n: "<div>" * n + "teks" + "</div>" * n,
    "nested lists": lambda n: "<ul><li>butir" * n,
    "nested quotations": lambda n: "<blockquote><p>kata" * n,
    "nested tables": lambda n: "<table><tr><td>sel" * n,
    "unclosed styles": lambda n: "<p><b><i>tebal " * n,
    "unclosed links": lambda n: '<a href="/x">tautan ' * n,
    "paragraphs": lambda n: "<p>Satu paragraf biasa.</p>" * n,
    "short paragraphs": lambda n: "<p>Baca</p>" * n,
    "line breaks": lambda n: "baris<br>" * n,
    "empty lines": lambda n: "baris<br><br>" * n,
    "labels": lambda n: '<p>Baca juga: <a href="/x.html">Judul</a></p>' * n,
    "brackets": lambda n: "<p>" + "[" * n + "</p>",
    "shortcodes": lambda n: "<p>" + "[irp a" * n + "</p>",
    "shortcodes with values": lambda n: "<p>" + "[a b=" * n + "</p>",
    "round brackets": lambda n: "<p>" + "(Baca: " * n + '<a href="/x">x</a></p>',
    "sentences before a link": lambda n: "<p>" + "Kata. " * n + '<a href="/x">x</a></p>',
    "separators": lambda n: '<p>Baca: <a href="/x">x</a>' + " | " * n + "</p>",
    "dashes": lambda n: "<p>" + "- – — " * n + "</p>",
    "capitals": lambda n: "<p>" + "KOTA, " * n + "</p>",
    "digits": lambda n: "<p>" + "1/2/3 4.5.6 " * n + "</p>",
    "photos": lambda n: '<p><img src="/a-1x1.jpg"></p>' * n,
    "candidates": lambda n: '<img src="/a-1x1.jpg" srcset="' + "a 1w, " * n + '">',
    "classes": lambda n: '<p class="' + "a-b_c " * n + '">x</p>',
    "different classes": lambda n: "".join(f'<p class="a{i}">x</p>' for i in range(n)),
    "cells": lambda n: "<table><tr>" + "<td>sel" * n + "</table>",
    "rows": lambda n: "<table>" + "<tr><td>satu<td>dua" * n + "</table>",
    "cites": lambda n: "<blockquote>" + "<p>kata</p><cite>siapa</cite>" * n + "</blockquote>",
    "cites of one quotation": lambda n: "<blockquote><p>kata</p>" + "<cite>siapa</cite>" * n,
    "photos between lines": lambda n: "<p>" + "<br><img src='/a.jpg'>" * n + "teks",
    "photos after lines": lambda n: "<p>" + "baris<br>" * n + "<img src='/a.jpg'>" * n,
    "figures": lambda n: "<figure><img src='/a.jpg'><figcaption>x" * n,
    "entities": lambda n: "<p>" + "&amp;&#8203;&nbsp;&bogus;" * n + "</p>",
    "comments": lambda n: "<!-- <p> -->" * n,
    "tags that never end": lambda n: "<p" * n,
}


@pytest.mark.parametrize("shape", SHAPES)
def test_time_grows_with_the_page(shape: str) -> None:
    """Four times the page takes some four times as long; quadratic would be sixteen."""
    assert growth(read, SHAPES[shape], 600) < LINEAR


@pytest.mark.parametrize("shape", [name for name in SHAPES if name.startswith("nest")])
def test_a_hundred_thousand_elements_in_one_another_do_no_harm(shape: str) -> None:
    read(SHAPES[shape](100_000))


@pytest.mark.parametrize("place", ["<header>", "</h1>", "</div></article>"])
def test_elements_in_one_another_around_the_text_do_no_harm(place: str) -> None:
    page = HEAD + "<p>teks</p>" + TAIL
    nested = page.replace(place, place + "<div>" * 1_500 + "</div>" * 1_500, 1)
    assert extract_html(nested, ADDRESS).body == "teks"


def test_a_text_that_is_nested_too_deep_is_refused_and_not_half_read() -> None:
    page = HEAD + "<p>awal</p>" + "<div>" * 3_000 + "<p>akhir</p>" + TAIL
    with pytest.raises(NotAnArticle) as refused:
        extract_html(page, ADDRESS)
    assert refused.value.reason == "too_deep"


def test_a_text_that_nobody_nests_like_this_is_refused() -> None:
    with pytest.raises(NotAnArticle) as refused:
        extract_html(HEAD + "<div>" * 200 + "teks" + "</div>" * 200 + TAIL, ADDRESS)
    assert refused.value.reason == "too_deep"


def test_a_text_that_pagebuilders_nest_is_read() -> None:
    assert read("<div>" * 100 + "teks" + "</div>" * 100) == "teks"


def test_a_megabyte_of_attributes_is_refused() -> None:
    """libxml2 compares each attribute with all others of its element."""
    attributes = " ".join(f'a{number}="x"' for number in range(100_000))
    with pytest.raises(NotAnArticle) as refused:
        extract_html(f"{HEAD}<div {attributes}>teks</div>{TAIL}", ADDRESS)
    assert refused.value.reason == "too_complex"


def test_a_large_page_is_read() -> None:
    text = "<p>" + "Satu kalimat yang biasa saja, tidak lebih. " * 25_000 + "</p>"
    body = read(text)
    assert body is not None
    assert len(body) > 1_000_000


@pytest.mark.parametrize("day", ["0000-00-00", "0001-01-01", "9999-12-31", "2024-02-30"])
@pytest.mark.parametrize("offset", ["+00:00", "-07:00", "+07:00", "+99:00"])
def test_a_time_at_which_nothing_was_published_is_none(day: str, offset: str) -> None:
    stamp = f'datetime="{day}T23:59:59{offset}"'
    times = (
        f'<time class="entry-date published" {stamp}></time><time class="updated" {stamp}></time>'
    )
    head = HEAD.replace("</h1>", f"</h1>{times}")
    article = extract_html(f"{head}<p>Kemarin dan besok, Rabu pekan lalu.</p>{TAIL}", ADDRESS)
    assert (article.published_at, article.modified_at, article.dates) == (None, None, ())


def test_what_is_printed_stands_in_for_a_time_that_cannot_be() -> None:
    time = '<time class="entry-date" datetime="0000-00-00T00:00:00+07:00">5 Maret 2024</time>'
    article = extract_html(HEAD.replace("</h1>", f"</h1>{time}") + "<p>Teks.</p>" + TAIL, ADDRESS)
    assert article.published_at == "2024-03-05"


@pytest.mark.parametrize("day", ["0000-00-00", "0001-01-01", "9999-12-31"])
def test_a_record_of_no_plausible_year_has_no_times(day: str) -> None:
    values = {
        "id": 7,
        "link": ADDRESS,
        "type": "post",
        "status": "publish",
        "date": f"{day}T23:59:59",
        "date_gmt": f"{day}T16:59:59",
        "title": {"rendered": "Judul"},
        "content": {"rendered": "<p>Kemarin dan besok.</p>", "protected": False},
    }
    capture = Capture(
        url="https://progres.id/wp-json/wp/v2/posts/7", body=json.dumps(values).encode()
    )
    assert extract_article([capture]).published_at is None


TAGS = st.sampled_from(
    (
        *("p", "div", "a", "br", "ul", "li", "blockquote", "cite", "table", "tr", "td", "figure"),
        *("figcaption", "img", "iframe", "h2", "strong", "em", "script", "style", "form", "footer"),
        *("amp-img", "amp-twitter", "noscript", "o:p", "pre", "dl", "svg", "template", "article"),
    )
)
ATTRIBUTES = st.sampled_from(
    (
        "",
        ' class="gmr-banner-insidecontent"',
        ' class="gmr-related-post-onlytitle"',
        ' class="twitter-tweet"',
        ' class="instagram-media"',
        ' class="wp-block-embed"',
        ' class="wp-caption"',
        ' class="page-links"',
        ' class="sub-judul"',
        ' href="/daerah/lain.html"',
        ' href="http://[::1"',
        ' href="javascript:alert(1)"',
        ' src="//\\\\x"',
        ' src="data:image/gif;base64,R0"',
        ' srcset="a 9e9w"',
        ' style="display:none"',
        " hidden",
    )
)
TEXTS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        (
            *("Baca juga:", "(Baca: ", "(red)", "Penulis: Ani", "JAKARTA, PROGRES.ID –", "[irp]"),
            *("Rabu (29/9/2021)", "\u00ad\u200b", "&#xD800;", "&lt;", "\x00", "\ud800"),
        )
    ),
)


@st.composite
def markup(draw: st.DrawFn) -> str:
    pieces = []
    for _ in range(draw(st.integers(0, 25))):
        tag = draw(TAGS)
        pieces.append(f"<{tag}{draw(ATTRIBUTES)}>{draw(TEXTS)}")
        if draw(st.booleans()):
            pieces.append(f"</{draw(TAGS)}>")
    return "".join(pieces)


def extracts_or_refuses(page: str | bytes) -> None:
    try:
        article = extract_html(page, ADDRESS)
    except (NotAnArticle, InvalidRecord):
        return
    # What comes out can be written, and is safe to show.
    json.dumps(article.body, ensure_ascii=False).encode()
    assert "<script" not in article.body_html.lower()
    assert "javascript:" not in article.body_html.replace("&amp;", "&").split(">", 1)[0].lower()


@settings(max_examples=150, deadline=None)
@given(markup())
def test_any_markup_is_read_or_refused(content: str) -> None:
    extracts_or_refuses(HEAD + content + TAIL)


@settings(max_examples=80, deadline=None)
@given(markup(), markup())
def test_any_page_is_read_or_refused(head: str, content: str) -> None:
    extracts_or_refuses(f"<html>{head}<body class='single'>{content}")


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    extracts_or_refuses(body)
    extracts_or_refuses(HEAD.encode() + body)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(("rendered", "name", "taxonomy", "protected", "code", "source_url")),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)


@settings(max_examples=100, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(
            (
                *("id", "date", "date_gmt", "modified", "modified_gmt", "link", "title"),
                *("content", "_embedded", "type", "status"),
            )
        ),
        VALUES,
    )
)
def test_any_record_is_read_or_refused(values: dict[str, object]) -> None:
    answer = {"link": ADDRESS, "title": {"rendered": "Judul"}, "content": {}, **values}
    capture = Capture(
        url=ADDRESS,
        body=json.dumps(answer).encode(),
        headers={"content-type": "application/json"},
    )
    with contextlib.suppress(NotAnArticle, InvalidRecord):
        extract_article([capture])
