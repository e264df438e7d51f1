"""JSON-LD, meta tags and microdata of pages that were written for these tests."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable

import pytest
from lxml import html as lxml_html

from crawler.extract.unknown.metadata import (
    Metadata,
    Stated,
    parse,
    read_graph,
    read_metadata,
    several,
    types,
    words,
)

URL = "https://lintas.example/palu/harga-cabai-naik/"


def read(head: str, body: str = "") -> Metadata:
    page = f"<html><head>{head}</head><body>{body}</body></html>"
    return read_metadata(lxml_html.document_fromstring(page), URL)


def ld(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'


def stated(values: Iterable[Stated]) -> list[tuple[str, str]]:
    return [(each.value, each.source) for each in values]


# --- JSON-LD: what is read


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('{"@type":"NewsArticle","headline":"Harga cabai naik"}', id="plain"),
        pytest.param('[{"@type":"NewsArticle","headline":"Harga cabai naik"}]', id="list"),
        pytest.param(
            '{"@graph":[{"@type":"WebSite"},{"@type":"Article","headline":"Harga cabai naik"}]}',
            id="graph",
        ),
        pytest.param(
            '{"@type":["NewsArticle","Thing"],"headline":"Harga cabai naik"}', id="several types"
        ),
        pytest.param(
            '{"@type":"https://schema.org/ReportageNewsArticle","headline":"Harga cabai naik"}',
            id="type with namespace",
        ),
        pytest.param(
            '{"@type":"WebPage","mainEntity":{"@type":"BlogPosting","headline":"Harga cabai naik"}}',
            id="nested",
        ),
        pytest.param(
            '{"@type":"NewsArticle","headline":"Harga\n cabai\tnaik"}', id="line break in a string"
        ),
        pytest.param('{"@type":"NewsArticle","headline":"Harga cabai naik",}', id="trailing comma"),
        pytest.param(
            '{"@type":"NewsArticle", // jenis\n "headline":"Harga cabai naik" /* judul */}',
            id="comments",
        ),
        pytest.param(
            '<!-- {"@type":"NewsArticle","headline":"Harga cabai naik"} -->', id="HTML comment"
        ),
        pytest.param(
            '//<![CDATA[\n{"@type":"NewsArticle","headline":"Harga cabai naik"}\n//]]>', id="CDATA"
        ),
        pytest.param(
            "{&quot;@type&quot;:&quot;NewsArticle&quot;,&quot;headline&quot;:&quot;Harga cabai"
            " naik&quot;}",
            id="entities for quotation marks",
        ),
        pytest.param(
            '{"@type":"Organization"}{"@type":"NewsArticle","headline":"Harga cabai naik"}',
            id="two objects with nothing between",
        ),
        pytest.param(
            '{"@type":"NewsArticle","headline":"Harga cabai naik"};', id="semicolon at the end"
        ),
        pytest.param(
            r'{"@type":"NewsArticle","headline":"Harga cabai naik","text":"Jum\'at \x"}',
            id="wrong escapes",
        ),
        pytest.param(
            '{"@type":"NewsArticle","headline":"Harga cabai naik","description":"kata "pedas" itu"}',
            id="quotation marks not escaped",
        ),
        pytest.param(
            '{"@type":"NewsArticle","headline":"Harga cabai naik","datePublished":"2023-05-0',
            id="cut off",
        ),
    ],
)
def test_reads_the_headline(text: str) -> None:
    assert stated(read(ld(text)).said("title"))[0] == ("Harga cabai naik", "ld+json")


def test_a_web_address_in_a_string_is_no_comment() -> None:
    values = parse('{"url": "https://lintas.example/a", "x": "/* tetap */",}')
    assert values == [{"url": "https://lintas.example/a", "x": "/* tetap */"}]


def test_takes_the_node_that_names_this_address() -> None:
    other = {"@type": "NewsArticle", "headline": "Lain", "url": "https://lintas.example/lain/"}
    own = {"@type": "NewsArticle", "headline": "Ini", "mainEntityOfPage": {"@id": URL}}
    assert read(ld(json.dumps([other, own]))).article["headline"] == "Ini"


def test_articles_in_a_list_are_others() -> None:
    teaser = {"@type": "ListItem", "item": {"@type": "NewsArticle", "headline": "Lain"}}
    assert read(ld(json.dumps({"@type": "ItemList", "itemListElement": [teaser]}))).article == {}


def test_follows_references_to_people_and_photos() -> None:
    graph = [
        {
            "@type": "Article",
            "headline": "A",
            "author": {"@id": "#sari"},
            "image": {"@id": "#foto"},
        },
        {"@type": "Person", "@id": "#sari", "name": "Sari Dewi"},
        {"@type": "ImageObject", "@id": "#foto", "url": "https://lintas.example/cabai.jpg"},
    ]
    page = read(ld(json.dumps({"@graph": graph})))
    assert stated(page.authors()) == [("Sari Dewi", "ld+json")]
    assert stated(page.images()) == [("https://lintas.example/cabai.jpg", "ld+json")]


@pytest.mark.parametrize(
    ("author", "names"),
    [
        ("Sari Dewi", ["Sari Dewi"]),
        ({"@type": "Person", "name": "Sari Dewi"}, ["Sari Dewi"]),
        ([{"name": "Sari Dewi"}, {"name": "Rian Tobu"}], ["Sari Dewi", "Rian Tobu"]),
        ({"@type": "Person", "name": ["Sari Dewi", "Rian Tobu"]}, ["Sari Dewi", "Rian Tobu"]),
        ({"name": "Sari &amp; Rian"}, ["Sari & Rian"]),
        ("https://www.facebook.com/saridewi", []),
        ({"name": ""}, []),
        (None, []),
        (7, ["7"]),
    ],
)
def test_authors_in_every_shape(author: object, names: list[str]) -> None:
    page = read(ld(json.dumps({"@type": "NewsArticle", "headline": "A", "author": author})))
    assert [each.value for each in page.authors()] == names


def test_creator_stands_in_for_a_missing_author() -> None:
    page = read(ld('{"@type":"NewsArticle","headline":"A","creator":["Sari Dewi"]}'))
    assert [each.value for each in page.authors()] == ["Sari Dewi"]


def test_nested_keywords_are_listed_once() -> None:
    assert several([["cabai", "pasar"], "cabai"]) == ["cabai", "pasar"]
    page = read(ld('{"@type":"NewsArticle","keywords":"cabai, pasar , "}'))
    assert [each.value for each in page.keywords()] == ["cabai", "pasar"]


def test_text_is_plain() -> None:
    assert words("Harga <em>cabai</em> &#8220;naik&#8221;\n lagi") == "Harga cabai “naik” lagi"
    assert words(["", {"@value": "Harga"}]) is None
    assert words([{"@value": "Harga"}]) == "Harga"
    assert words(True) is None


# --- JSON-LD: what is refused


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("bukan JSON", id="not JSON"),
        pytest.param("[" * 10_000, id="10,000 deep, open"),
        pytest.param("[" * 10_000 + "]" * 10_000, id="10,000 deep"),
        pytest.param('{"a":' * 10_000 + "1" + "}" * 10_000, id="10,000 objects deep"),
        pytest.param('"\\' * 100_000, id="escapes without end"),
        pytest.param("/*" * 100_000, id="comments without end"),
        pytest.param("9" * 10_000, id="number of 10,000 digits"),
        pytest.param(f'"{"x" * 1_000_001}"', id="larger than a page"),
    ],
)
def test_hostile_text_gives_no_article(text: str) -> None:
    assert read_graph([text]).articles == ()


def test_half_of_a_surrogate_pair_can_be_written() -> None:
    page = read(ld(r'{"@type":"NewsArticle","headline":"Cabai \ud83c naik"}'))
    assert (
        next(page.said("title")).value.encode() == "Cabai \N{REPLACEMENT CHARACTER} naik".encode()
    )


def test_strange_values_are_left_out() -> None:
    node = {"@type": {"a": 1}, "headline": {"name": {"name": "A"}}, "author": [[["B"]], 1.5, None]}
    assert types(node) == frozenset()
    page = read(ld(json.dumps({**node, "@type": "Article"})))
    assert list(page.said("title")) == []
    assert [each.value for each in page.authors()] == ["B"]


@pytest.mark.parametrize("piece", ['{"a":"\\"},', "/* ", '"\\', "<!-- ", ",   ", "[", '{"@id":{'])
def test_repair_grows_with_the_text(piece: str) -> None:
    def seconds(times: int) -> float:
        text = piece * times
        best = float("inf")
        for _ in range(3):
            start = time.thread_time()
            parse(text)
            best = min(best, time.thread_time() - start)
        return best

    assert seconds(40_000) < 12 * seconds(10_000) + 0.005


# --- meta tags


def test_meta_tags_in_order_of_trust() -> None:
    page = read(
        '<meta name="pubdate" content="2023-05-04T08:00:00Z">'
        '<meta property="article:published_time" content="2023-05-04T08:00:00+08:00">'
        '<meta name="publishdate" content="2023/05/04 08:00:00">'
    )
    assert stated(page.said("published")) == [
        ("2023-05-04T08:00:00+08:00", "meta[article:published_time]")
    ]
    assert stated(page.said("published_plain")) == [
        ("2023/05/04 08:00:00", "meta[publishdate]"),
        ("2023-05-04T08:00:00Z", "meta[pubdate]"),
    ]


def test_names_that_are_addresses_are_no_authors() -> None:
    page = read(
        '<meta property="article:author" content="https://www.facebook.com/lintas">'
        '<meta name="Author" content=" Sari  Dewi ">'
        '<meta name="twitter:label1" content="Ditulis oleh">'
        '<meta name="twitter:data1" content="Sari D.">'
        '<meta name="twitter:label2" content="Estimasi waktu membaca">'
        '<meta name="twitter:data2" content="3 menit">'
    )
    assert stated(page.authors_plain()) == [
        ("Sari D.", "meta[twitter:data1]"),
        ("Sari Dewi", "meta[author]"),
    ]


def test_the_site_is_known_by_its_names() -> None:
    page = read(
        '<meta property="og:site_name" content="Lintas">'
        + ld(
            '{"@type":"NewsArticle","publisher":{"@type":"Organization","name":"PT Lintas Warta"}}'
        )
    )
    assert page.site_names() == {"lintas", "pt lintas warta"}


def test_a_meta_tag_with_a_name_is_no_microdata() -> None:
    page = read('<meta property="og:description" itemprop="headline" content="Ringkasan">')
    assert list(page.said("title")) == []


def test_says_whether_it_is_an_article() -> None:
    assert read('<meta property="og:type" content="article">').is_article()
    assert read(ld('{"@type":"NewsArticle","headline":"A"}')).is_article()
    assert read("", '<div itemprop="articleBody">Teks</div>').is_article()
    assert not read('<meta property="og:type" content="website">').is_article()
    assert not read(ld('{"@type":"WebPage","headline":"A"}')).is_article()


# --- microdata

SCOPE = 'itemscope itemtype="https://schema.org/'


def test_microdata_of_the_article_and_of_nothing_else() -> None:
    page = read(
        "",
        f'<article {SCOPE}NewsArticle"><h1 itemprop="headline">Harga cabai naik</h1>'
        f'<span itemprop="author" {SCOPE}Person"><b itemprop="name">Sari Dewi</b></span>'
        '<time itemprop="datePublished" datetime="2023-05-04T08:00:00+08:00">4 Mei</time>'
        '<img itemprop="image" src="cabai.jpg"></article>'
        f'<div {SCOPE}Comment"><span itemprop="author">Tamu</span></div>'
        f'<div {SCOPE}NewsArticle"><h3 itemprop="headline">Lain</h3></div>',
    )
    assert stated(page.said("title")) == [("Harga cabai naik", "[itemprop=headline]")]
    assert stated(page.said("author")) == [("Sari Dewi", "[itemprop=author]")]
    assert stated(page.said("published")) == [
        ("2023-05-04T08:00:00+08:00", "[itemprop=datePublished]")
    ]
    assert stated(page.images()) == [("cabai.jpg", "[itemprop=image]")]


def test_the_article_with_the_text_is_the_pages_own() -> None:
    page = read(
        "",
        f'<div {SCOPE}NewsArticle"><h3 itemprop="headline">Lain</h3></div>'
        f'<div {SCOPE}NewsArticle"><h1 itemprop="headline">Ini</h1>'
        '<div itemprop="articleBody">Teks</div></div>',
    )
    assert stated(page.said("title")) == [("Ini", "[itemprop=headline]")]
