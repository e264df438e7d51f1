"""Bytes become one tree, whatever they declare to be."""

from __future__ import annotations

import codecs
import re

import pytest

from crawler.errors import NotAnArticle
from crawler.extract import extract_article, extract_html
from crawler.items import Article, Capture

ADDRESS = "https://progres.id/daerah/judul.html"


def page(text: str, meta: str = "utf-8") -> str:
    return (
        f'<html lang="id_ID"><head><meta charset="{meta}"></head><body class="single idtheme kentooz">'
        '<main><article id="post-7" class="content-single"><h1 class="entry-title">Judul</h1>'
        f'<div class="entry-content entry-content-single"><p>{text}</p></div></article></main>'
        "</body></html>"
    )


def article(body: bytes, content_type: str = "text/html", url: str = ADDRESS) -> Article:
    return extract_article([Capture(url=url, body=body, headers={"content-type": content_type})])


def read(body: bytes, content_type: str = "text/html") -> str:
    return article(body, content_type).body


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
    body = page("Kafé “baru” di ujung gang").encode().replace(b"</div>", b"<p>\xff</p></div>")
    assert "Kafé “baru” di ujung gang" in read(body)


@pytest.mark.parametrize("declared", ["utf-8", "windows-1252", "iso-8859-1", "us-ascii"])
def test_a_widget_in_another_encoding_spoils_no_page(declared: str) -> None:
    widget = "<p>“Cuaca” – 31° – “Kurs” – €</p>".encode("cp1252")
    body = page("Harga cabai – “naik”", declared).encode().replace(b"</div>", widget + b"</div>")
    text = read(body, f"text/html; charset={declared}")
    assert text == "Harga cabai – “naik”\n\n“Cuaca” – 31° – “Kurs” – €"


def test_an_encoding_of_the_east_is_what_the_page_says_it_is() -> None:
    assert read(page("北京", "gb2312").encode("gb2312")) == "北京"


@pytest.mark.parametrize("content_type", ["text/html", "application/xhtml+xml", ""])
@pytest.mark.parametrize(
    "prolog",
    [
        '<?xml version="1.0" encoding="UTF-8"?>',
        "\ufeff\r\n<?xml version='1.0'?>\n<?xml-stylesheet href='a.css'?>",
        '<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0//EN"\n"xhtml1.dtd">',
        "<?xml version='1.0'?><!-- singgahan: 12 menit -->",
    ],
)
def test_xhtml_with_a_declaration_is_html(prolog: str, content_type: str) -> None:
    markup = page("Kafé").replace("<html", "<html xmlns='http://www.w3.org/1999/xhtml'")
    assert read(f"{prolog}{markup}".encode(), content_type) == "Kafé"


@pytest.mark.parametrize(
    "body",
    [
        b"<?xml version='1.0'?><rss><channel><title>Kabar</title></channel></rss>",
        b"<?xml version='1.0'?>\n<!-- <html> dulu --><urlset></urlset>",
        b"<?xml version='1.0'?>",
    ],
)
def test_other_xml_is_none(body: bytes) -> None:
    with pytest.raises(NotAnArticle) as refused:
        article(body)
    assert refused.value.reason == "not_html"


def test_text_is_decoded_already() -> None:
    assert extract_html(page("Kafé", "iso-8859-1"), ADDRESS).body == "Kafé"


@pytest.mark.parametrize("body", [b"", b" \n", b"<!-- -->", b"\0\0"])
def test_an_empty_page_is_refused(body: bytes) -> None:
    with pytest.raises(NotAnArticle):
        article(body)


@pytest.mark.parametrize(
    ("lang", "tag"),
    [("su-ID", "su-ID"), ("su_ID", "su-ID"), ("", "id"), ("bahasa Indonesia!", "id")],
)
def test_the_language_is_a_bcp_47_tag(lang: str, tag: str) -> None:
    assert article(page("x").replace("id_ID", lang).encode()).language == tag


def test_the_head_is_found_where_broken_markup_ends_it_early() -> None:
    head = (
        "<title>x</title><div>pita</div>"
        '<meta property="article:published_time" content="2024-03-05T09:30:00+07:00">'
        '<link rel="canonical" href="/daerah/judul.html">'
    )
    body = page("x").replace("</head>", f"{head}</head>")
    found = article(body.encode(), url="https://progres.id/?p=7")
    assert found.url == ADDRESS
    assert found.published_at == "2024-03-05T09:30:00+07:00"


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
    body_html = article(page(f'<a href="{href}">x</a> dan y').encode()).body_html
    found = re.search('href="([^"]*)"', body_html)
    assert (found[1] if found else None) == address
