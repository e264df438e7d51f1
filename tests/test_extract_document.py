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
