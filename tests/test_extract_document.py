"""Bytes become one tree, whatever they declare to be."""

from __future__ import annotations

import codecs

import pytest

from crawler.errors import NotAnArticle
from crawler.extract.document import Document, text_of

ADDRESS = "https://progres.id/daerah/judul.html"


def page(text: str, meta: str = "utf-8") -> str:
    return (
        f'<html lang="id_ID"><head><meta charset="{meta}"></head><body><p>{text}</p></body></html>'
    )


def read(body: bytes, content_type: str = "text/html") -> str:
    document = Document(body, ADDRESS, {"content-type": content_type})
    return text_of(document.root)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (page("Kafé “baru”").encode(), "text/html"),
        (page("Kafé “baru”", "iso-8859-1").encode(), "text/html; charset=ISO-8859-1"),
        (page("Kafé “baru”").encode("cp1252"), "text/html; charset=utf-8"),
        (page("Kafé “baru”", "windows-1252").encode("cp1252"), "text/html"),
        (codecs.BOM_UTF8 + page("Kafé “baru”").encode(), "text/html"),
        (page("Kafé “baru”").encode("utf-16"), "text/html"),
        (page("Kafé “baru”").encode("utf-16-le"), "text/html; charset=utf-8"),
        (page("Kafé “baru”").encode("utf-16-be"), "text/html"),
        (page("Ka\0fé “ba\0ru”").encode(), "text/html"),
    ],
    ids=["utf-8", "lying", "lying-utf-8", "declared", "bom", "utf-16", "le", "be", "nul"],
)
def test_reads(body: bytes, content_type: str) -> None:
    assert read(body, content_type) == "Kafé “baru”"


def test_one_broken_character_does_not_make_another_encoding() -> None:
    body = page("Kafé “baru” di ujung gang").encode() + b"<p>\xff</p>"
    assert "Kafé “baru” di ujung gang" in read(body)


def test_text_is_decoded_already() -> None:
    assert text_of(Document(page("Kafé", "iso-8859-1"), ADDRESS).root) == "Kafé"


@pytest.mark.parametrize("body", [b"", b" \n", b"<!-- -->", b"\0\0"])
def test_an_empty_page_is_refused(body: bytes) -> None:
    with pytest.raises(NotAnArticle):
        Document(body, ADDRESS)


@pytest.mark.parametrize(
    ("lang", "tag"),
    [("id-ID", "id-ID"), ("id_ID", "id-ID"), ("", None), ("bahasa Indonesia!", None)],
)
def test_the_language_is_a_bcp_47_tag(lang: str, tag: str | None) -> None:
    assert Document(f'<html lang="{lang}"><p>x</p></html>', ADDRESS).language == tag


def test_the_head_is_found_where_broken_markup_ends_it_early() -> None:
    body = (
        "<html><head><title>x</title><div>pita</div>"
        '<meta property="og:title" content="Judul"><link rel="canonical" href="/daerah/judul.html">'
        "</head><body><p>x</p></body></html>"
    )
    document = Document(body, f"{ADDRESS}?utm_source=wa")
    assert document.canonical == ADDRESS
    assert document.head.metas == {"og:title": "Judul"}


MAIN = (
    b'<html><head><link rel="canonical" href="/a"></head><body class="single"><nav>menu</nav>'
    b'<main class="x"><article>isi</article>%s</main><aside>pinggir</aside></body></html>'
)


def test_what_stands_around_main_can_be_left_out() -> None:
    document = Document(MAIN % b'<div id="comments">komentar</div>', ADDRESS, whole=False)
    assert text_of(document.root) == "isi"
    assert document.body_classes == {"single"}
    assert document.canonical == "https://progres.id/a"
    assert not document.is_whole


def test_what_is_only_drawn_in_main_can_be_left_out() -> None:
    drawn = (
        b'<ul id="a" class="gmr-socialicon-share pull-right"><li>Bagikan</li></ul> satu'
        b'<a href="/b" class="post-thumbnail" aria-hidden="true"><img src="/c.jpg"> gambar</a> dua'
        b'<!-- class="gmr-socialicon-share --> tiga</ul> class="gmr-socialicon-share'
    )
    document = Document(MAIN % drawn, ADDRESS, whole=False)
    assert text_of(document.root) == 'isi satu dua tiga class="gmr-socialicon-share'


@pytest.mark.parametrize(
    "body",
    [
        MAIN.replace(b"<main", b"<mine") % b"",
        MAIN.replace(b"</main>", b"") % b"",
        MAIN.replace(b"<body", b"<baddy") % b"",
    ],
)
def test_nothing_is_left_out_where_main_cannot_be_told(body: bytes) -> None:
    document = Document(body, ADDRESS, whole=False)
    assert document.is_whole
    assert "menu" in text_of(document.root)
    assert "pinggir" in text_of(document.root)


@pytest.mark.parametrize(
    ("href", "address"),
    [
        ("/daerah/lain.html?amp=1", "https://progres.id/daerah/lain.html"),
        ("/daerah/lain.html?utm_source=wa", "https://progres.id/daerah/lain.html?utm_source=wa"),
        ("https://progres.id", "https://progres.id/"),
        ("https://lain.example/a?amp=1", "https://lain.example/a?amp=1"),
        ("javascript:alert(1)", None),
        ("#atas", None),
    ],
)
def test_links_of_the_text(href: str, address: str | None) -> None:
    assert Document("<p>x</p>", ADDRESS).link(href) == address
