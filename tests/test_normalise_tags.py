"""A tag with too many attributes is known before libxml2 spends minutes on it."""

from __future__ import annotations

import pytest

from crawler.errors import NotAnArticle
from crawler.extract import extract_html
from crawler.normalise.text import is_costly
from tests.growth import LINEAR, growth

MANY = 25_000
NAMES = [f"a{number}" for number in range(MANY)]
HIDDEN = {
    "values": "<p " + " ".join(f'{name}="x"' for name in NAMES) + ">",
    "no values": "<p " + " ".join(NAMES) + ">",
    "slashes": "<p/" + "/".join(NAMES) + ">",
    "no blanks": "<p " + "".join(f"{name}='x'" for name in NAMES) + ">",
    "< in values": "<p " + " ".join(f'{name}="<"' for name in NAMES) + ">",
    "> in values": "<p " + " ".join(f'{name}=">"' for name in NAMES) + ">",
    "> in some values": "<p " + " ".join(NAMES).replace("9 ", '9=">" ') + ">",
    "tags in values": "<p " + " ".join(f"{name}='<b>'" for name in NAMES) + ">",
    "< in names": "<p " + " ".join(f"{name}<x" for name in NAMES) + ">",
    "behind a comment": '<!--<a x="--><p ' + " ".join(NAMES) + ' y=">">',
    "behind a script": "<!--<script>--><p " + " ".join(NAMES) + ">",
    "no end": "<p " + " ".join(NAMES),
    "UTF-16": "<p " + " ".join(NAMES) + ">",
}


def page_with(how: str) -> bytes:
    page = f"<html><body><h1>Judul berita</h1>{HIDDEN[how]}teks"
    return page.encode("utf-16" if how == "UTF-16" else "utf-8")


@pytest.mark.parametrize("how", HIDDEN)
def test_refused_before_it_is_parsed(how: str) -> None:
    with pytest.raises(NotAnArticle) as refused:
        extract_html(page_with(how), "https://kabar.example/2024/05/judul-berita/")
    assert refused.value.reason == "too_complex"


@pytest.mark.parametrize(
    "page",
    [
        "",
        "halo dunia " * 100_000,
        "<p class='a' id=b>halo</p>" * 20_000,
        f'<div data-setelan="{"<p class=x>isi</p> " * 20_000}">teks</div>',
        f'<img src="data:image/png;base64,{"QUJD" * 500_000}">',
        "<script>" + "for (i = 0; i<n; i++) { a[i] = b[i] + c; }\n" * 300 + "</script>",
        "<script>var teks = {" + '"kunci": "nilai", ' * 1_000 + "};</script>",
        "<p " + " ".join(NAMES[:2_000]) + ">",
    ],
)
def test_large_pages_that_cost_little(page: str) -> None:
    assert not is_costly(page.encode())


@pytest.mark.parametrize(
    "piece", ["<a", "<a ", "<a b>", "<a b=\"'", "<a =a=a", "<a x='<b y=\"", 'a="<p>" ', "<a b='>' "]
)
def test_telling_takes_no_longer_than_reading(piece: str) -> None:
    # From 20,000 on, nothing is small enough to be asked no further.
    assert growth(lambda page: is_costly(page.encode()), lambda size: piece * size, 20_000) < LINEAR
