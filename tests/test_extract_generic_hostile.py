"""Unknown pages that were made to hurt: nothing but NotAnArticle comes of them, in good time."""

from __future__ import annotations

import pytest

from crawler.errors import NotAnArticle
from crawler.extract import extract_html
from crawler.items import Article
from tests.growth import LINEAR, growth

URL = "https://lintas.example/daerah/jembatan-gantung-taopa-diperbaiki/"
WORDS = "warga mengganti papan jembatan gantung yang lapuk dan membawa kayu dari kebun sendiri "


def page(body: str, head: str = "<title>Jembatan Gantung Taopa Diperbaiki</title>") -> str:
    return f"<html><head>{head}</head><body><h1>Jembatan Gantung Taopa Diperbaiki</h1>{body}</body>"


def read(markup: str) -> Article | str:
    try:
        return extract_html(markup, URL, site="lintas")
    except NotAnArticle as refused:
        return refused.reason


SHAPES = {
    "paragraphs": lambda size: page(
        "".join(f"<p>{number} {WORDS}{number}.</p>" for number in range(size))
    ),
    "one paragraph": lambda size: page(f"<p>{WORDS * size}</p>"),
    "lines": lambda size: page(f"<div>{(WORDS + '<br>') * size}</div>"),
    "headings": lambda size: page("<h1>Judul lain yang panjang</h1>" * size),
    "open headings": lambda size: page("<h2>Judul" * (size // 40)),
    "bylines": lambda size: page("<p>Penulis: Sari Dewi | 3 Mei 2023 10:00</p>" * size),
    "authors": lambda size: page('<span class="author"><a rel="author">Sari</a></span>' * size),
    "times": lambda size: page('<time class="published" datetime="2023-05-03">x</time>' * size),
    "links": lambda size: page('<div><a href="/a">Berita lain di sini</a></div>' * size),
    "meta tags": lambda size: page("", '<meta name="author" content="Sari">' * size),
    "microdata": lambda size: page('<b itemprop="author" itemscope>Sari</b>' * size),
    "furniture": lambda size: page('<div class="related"><p>teks</p></div>' * size),
    "blanks": lambda size: page("<p>" + " " * size + "</p>"),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_time_grows_with_the_page(shape: str) -> None:
    assert growth(read, SHAPES[shape], 150) < LINEAR


@pytest.mark.parametrize(
    "markup",
    [
        pytest.param("", id="empty"),
        pytest.param("<html>", id="nothing in it"),
        pytest.param(page(""), id="headline only"),
        pytest.param(page("<div>" * 1_500), id="1,500 deep"),
        pytest.param(page("<span>" * 250 + WORDS), id="250 deep"),
        pytest.param(page("<table><tr><td>" * 90 + WORDS * 9), id="tables in tables"),
        pytest.param(page('<p class="' + "a " * 50_000 + '">' + WORDS), id="50,000 names"),
        pytest.param(page(f"<p>{'a' * 300_000}</p>"), id="a word of 300,000 letters"),
        pytest.param(page("<p>\x00\x01\ufffe\ud800" + WORDS), id="controls"),
        pytest.param(page("<!--" * 10_000), id="open comments"),
        pytest.param(
            page("<time datetime='9999999999999999-99-99T99:99'>1/1/99999</time>"), id="time"
        ),
        pytest.param("<title>" + "- " * 50_000 + "</title><h1>- -</h1>", id="separators"),
    ],
)
def test_hostile_page(markup: str) -> None:
    try:
        article = extract_html(markup.encode("utf-8", "replace"), URL, site="lintas")
    except NotAnArticle as refused:
        assert refused.reason  # noqa: PT017 -- refused or read, nothing else
    else:
        assert article.body.encode()


@pytest.mark.parametrize(
    ("sign", "markup"),
    [
        pytest.param("\x01", "<html>", id="in the text"),
        pytest.param("", '<html lang="\x01">', id="in an attribute of the page"),
        pytest.param("", '<html class="x"><body class="postid-\x017">', id="in its post's number"),
    ],
)
def test_control_characters_change_nothing(sign: str, markup: str) -> None:
    text = "".join(f"<p>{number} {WORDS}SIGN{number}.</p>" for number in range(9))
    expected = read(page(text.replace("SIGN", "")))
    found = read(page(text.replace("SIGN", sign)).replace("<html>", markup))
    assert isinstance(expected, Article)
    assert isinstance(found, Article)
    assert found.body == expected.body
