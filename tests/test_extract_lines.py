"""Pages of unknown themes, in parts: lines, bylines, furniture, and a headline nobody printed."""

from __future__ import annotations

import pytest
from lxml import etree
from lxml import html as lxml_html

from crawler.extract.document import Document
from crawler.extract.unknown.facts import Facts
from crawler.extract.unknown.lines import Line, among, is_furniture, lines
from crawler.extract.unknown.names import around, is_name, is_site, labelled, marked_up


def body_of(root: etree._Element) -> etree._Element:
    body = root.find("body")
    assert body is not None
    return body


def line(text: str) -> Line:
    return Line(text, lxml_html.fragment_fromstring(f"<p>{text}</p>"))


# --- bylines


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Penulis: Sari Dewi", [("Sari Dewi", "writer")]),
        ("Penulis : Kontributor Palu, Sari Dewi", [("Kontributor Palu, Sari Dewi", "writer")]),
        ("Rep: Sari Dewi/ Red: Rian Tobu", [("Sari Dewi", "writer"), ("Rian Tobu", "editor")]),
        ("Reporter: Sari Dewi | Editor: Rian", [("Sari Dewi", "writer"), ("Rian", "editor")]),
        ("Redaktur & Reporter : Boy", [("Boy", "both")]),
        ("Penulis/Editor: Boy Rumende", [("Boy Rumende", "both")]),
        ("Red. Rian Tobu", [("Rian Tobu", "editor")]),
        ("Fotografer: Moh. Hamzah", [("Moh. Hamzah", "photographer")]),
        ("Oleh Sari Dewi", [("Sari Dewi", "writer")]),
        ("By Sari Dewi - May 3, 2023", [("Sari Dewi", "writer")]),
        ("by sari | Oct 2, 2020 | Berita | 8 comments", []),
        ("Posted by, Sang Admin on September 2, 2016", [("Sang Admin", "writer")]),
        ("Published on September 16, 2009 by viktoria", [("viktoria", "writer")]),
        ("Ditulis oleh Redaksi 26. Januari 2011 - 15:58", [("Redaksi", "writer")]),
        ("Rabu, 3 Mei 2023 | Oleh: Sari Dewi | Dibaca 20 kali", [("Sari Dewi", "writer")]),
        ("/ Leave a Comment / Berita / By admin", [("admin", "writer")]),
    ],
)
def test_reads_labelled_names(text: str, names: list[tuple[str, str]]) -> None:
    assert [(each.value, each.role) for each in labelled(line(text))] == names


@pytest.mark.parametrize(
    "text",
    [
        "Oleh karena itu, warga diminta bersabar.",
        "Laporan keuangan daerah terlambat diserahkan.",
        "April 22, 2019, oleh:",
        "Penulis: 12 Mei 2023",
        "Editor: https://lintas.example/",
        "Kebijakan itu ditulis ulang oleh tim yang bekerja sampai malam untuk warga.",
        "Kabel berwarna red dan hitam tertukar.",
    ],
)
def test_refuses_sentences_and_empty_labels(text: str) -> None:
    assert labelled(line(text)) == []


@pytest.mark.parametrize(
    ("texts", "names"),
    [
        (["Penulis", "Sari Dewi", "Rabu, 3 Mei 2023"], [("Sari Dewi", "writer")]),
        (["Sari Dewi", "Jurnalis", "Bagikan"], [("Sari Dewi", "writer")]),
        (["Tags:", "Oleh:", "23 Mar 2018"], []),
        (["Editor:", "Rian Tobu"], [("Rian Tobu", "editor")]),
    ],
)
def test_labels_on_a_line_of_their_own(texts: list[str], names: list[tuple[str, str]]) -> None:
    assert [(each.value, each.role) for each in around([line(text) for text in texts])] == names


@pytest.mark.parametrize(
    ("markup", "names"),
    [
        (
            '<p>by <span class="author vcard"><a rel="author">Sari Dewi</a></span></p>',
            ["Sari Dewi"],
        ),
        ('<div class="author-2">Sari Dewi</div>', ["Sari Dewi"]),
        ('<p><a href="/author/maya/">Maya (Kontributor)</a></p>', ["Maya (Kontributor)"]),
        ('<p><span class="byline">Oleh <b>Sari Dewi</b> | 3 Mei 2023</span></p>', ["Sari Dewi"]),
        ('<div class="author">Editor : <a rel="author">Rian</a></div>', ["Rian"]),
        ('<div class="info-author">Editor : Rian Tobu</div>', []),
        ('<div><img src="foto.jpg"><span class="author">LINTAS/RUSMIN</span></div>', []),
        ('<p class="comment-form-author">Nama *</p>', []),
    ],
)
def test_elements_that_are_called_author(markup: str, names: list[str]) -> None:
    root = lxml_html.document_fromstring(f"<body>{markup}</body>")
    found = marked_up(among(lines(body_of(root)), ()))
    assert [each.value for each in found] == names


@pytest.mark.parametrize("name", ["Sari Dewi", "admin", "Redaksi", "Dr. A. Lahay, S.Sos", "prwir"])
def test_names(name: str) -> None:
    assert is_name(name)


@pytest.mark.parametrize(
    "name", ["", "A", "123", "Penulis", "3 Mei 2023", "@lintas", "Bagikan berita ini", "Apa kabar?"]
)
def test_what_is_no_name(name: str) -> None:
    assert not is_name(name)


def test_the_site_is_known_with_and_without_its_ending() -> None:
    names = {"lintas", "lintas.example"}
    assert is_site("Lintas", names)
    assert is_site("www.Lintas.Example", names)
    assert is_site("lintas.example developer", names)
    assert not is_site("Lintas Budaya", names)


# --- lines


def test_lines_are_what_a_reader_sees() -> None:
    root = lxml_html.document_fromstring(
        "<body><nav>Menu</nav><div>Satu <!-- x -->dua<script>var a</script> tiga<br>empat</div>"
        "<table><tr><td>Penulis</td><td>: Sari</td></tr></table><div class='sidebar'>Iklan</div>"
        "<p><span>Penulis: Sari</span><span>Editor: Rian</span></p></body>"
    )
    assert [each.text for each in among(lines(body_of(root)), ())] == [
        *("Satu dua tiga", "empat", "Penulis : Sari", "Penulis: Sari Editor: Rian")
    ]


@pytest.mark.parametrize(
    ("markup", "furniture"),
    [
        ('<div class="comments-area"></div>', True),
        ('<div id="comments"></div>', True),
        ('<div class="td_block_related_posts"></div>', True),
        ('<ul class="gmr-socialicon-share"></ul>', True),
        ("<nav></nav>", True),
        ('<div class="entry-content no-share"></div>', False),
        ('<div id="post-947" class="no-title share-simple"></div>', False),
        ('<article class="related"></article>', False),
        ('<div class="socialite"></div>', False),
    ],
)
def test_furniture_is_known_by_name(markup: str, furniture: bool) -> None:
    assert is_furniture(lxml_html.fragment_fromstring(markup)) is furniture


def test_a_wrapper_of_the_page_is_not_furniture() -> None:
    wrapper = lxml_html.fragment_fromstring(f'<div class="with-sidebar">{"teks " * 700}</div>')
    assert not is_furniture(wrapper)


def test_a_headline_that_is_not_printed() -> None:
    title = "Jembatan Gantung Taopa Diperbaiki"
    markup = (
        f'<html><head><meta property="og:title" content="{title}"></head><body>'
        '<h2 class="widget-title">Terpopuler</h2></body></html>'
    )
    found = Facts(Document(markup, "https://lintas.example/jembatan-gantung-taopa-diperbaiki/"))
    assert found.headline is not None
    assert (found.headline.value, found.headline.source) == (title, "meta[og:title]")
