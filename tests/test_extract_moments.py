"""When an article was published, of sources that disagree."""

from __future__ import annotations

import json
from typing import Any

import pytest

from crawler.extract import extract_article
from crawler.items import Article, Capture
from crawler.newsrooms import Newsroom

TITLE = "Jembatan Gantung Taopa Diperbaiki"
SENTENCE = "Warga mengganti papan jembatan gantung yang lapuk dan membawa kayu dari kebun sendiri."
TEXT = "".join(f"<p>{word} {SENTENCE}</p>" for word in ("Kemarin", "Besoknya", "Akhirnya", "Lalu"))
HOME = "https://lintas.example"


def read(
    *,
    machine: str = "",
    local: str = "",
    edited: str = "",
    printed: str = "",
    plain: str = "",
    beside: str = "",
    stamps: tuple[str, ...] = (),
    path: str = "/daerah/jembatan-gantung-taopa/",
    zone: str = "Asia/Makassar",
) -> Article:
    """Return the article on a page that states times as *machine* (JSON-LD), *local* (microdata),
    *edited* (JSON-LD), *printed* (a line), *plain* (a meta tag), and *beside* (a ``time`` element);
    *stamps* stand elsewhere on it."""
    stated = {"datePublished": machine, "dateModified": edited}
    ld = {"@type": "NewsArticle", "headline": TITLE, **{k: v for k, v in stated.items() if v}}
    head = f'<script type="application/ld+json">{json.dumps(ld)}</script>'
    head += f'<meta name="pubdate" content="{plain}">' if plain else ""
    head += f'<meta itemprop="datePublished" content="{local}">' if local else ""
    line = f"<p>{printed}</p>" if printed else ""
    line += f'<p><time class="published" datetime="{beside}">tadi</time></p>' if beside else ""
    others = "".join(f'<li><time datetime="{each}">lain</time></li>' for each in stamps)
    page = f"<html><head><title>{TITLE}</title>{head}</head><body><h1>{TITLE}</h1>{line}"
    page += f"<div>{TEXT}</div><aside><ul>{others}</ul></aside></body></html>"
    newsroom = Newsroom(name="lintas", address=HOME, zone=zone)
    return extract_article([Capture(url=HOME + path, body=page.encode())], newsroom)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2023-05-03T14:10:22+08:00", "2023-05-03T14:10:22+08:00"),
        ("2023-05-03T14:10+0800", "2023-05-03T14:10:00+08:00"),
        ("2023-05-03T06:10:22Z", "2023-05-03T06:10:22+00:00"),
        ("2023-05-03T06:10:22.000Z", "2023-05-03T06:10:22+00:00"),
        ("2023-05-03 14:10:22", "2023-05-03T14:10:22+09:00"),
        ("2023/05/03 14:10:22", "2023-05-03T14:10:22+09:00"),
        ("2023-05-03 T14:10:22Z", "2023-05-03T14:10:22+00:00"),
        ("2023-05-03T14-10-22Z", "2023-05-03T14:10:22+00:00"),
        ("20230503T141022+0800", "2023-05-03T14:10:22+08:00"),
        ("2023-05-03 14:10 WIT", "2023-05-03T14:10:00+09:00"),
        ("Wed, 03 May 2023 14:10:22 +0800", "2023-05-03T14:10:22+08:00"),
        ("1683094222", "2023-05-03T06:10:22+00:00"),
        ("1683094222000", "2023-05-03T06:10:22+00:00"),
        ("2023-05-03", "2023-05-03"),
        ("Rabu, 3 Mei 2023 | 14:10 WITA", "2023-05-03T14:10:00+08:00"),
        ("May 3, 2023", "2023-05-03"),
        ("26. Januari 2011 - 15:58", "2011-01-26T15:58:00+09:00"),
        ("Published on September 16, 2009 by viktoria", "2009-09-16"),
    ],
)
def test_reads_what_names_a_moment(text: str, value: str) -> None:
    # Another zone than the one that is printed shows which values carry none.
    assert read(plain=text, zone="Asia/Jayapura").published_at == value


@pytest.mark.parametrize(
    "text",
    [
        *("", "10 jam lalu", "5 tahun yang lalu", "kemarin", "Rabu", "3 Mei", "08:15 WIB"),
        *("0000-00-00 00:00:00", "-0001-11-30T00:00:00+00:00", "1970-01-01T00:00:00+00:00", "0"),
        *("2023-13-03", "2023-02-30T10:00:00Z", "99999-01-01", "2023-05-03T25:61:00", "dua ribu"),
    ],
)
def test_refuses_what_does_not_name_a_moment(text: str) -> None:
    assert read(plain=text).published_at is None


@pytest.mark.parametrize(
    ("page", "value"),
    [
        pytest.param({}, None, id="nothing"),
        pytest.param(
            {
                "machine": "2023-05-10T08:15:00Z",
            },
            "2023-05-10T08:15:00+00:00",
            id="UTC that nothing speaks against",
        ),
        pytest.param(
            {
                "machine": "2023-05-10T08:15:00Z",
                "printed": "Rabu, 10 Mei 2023 08:15 WITA",
            },
            "2023-05-10T08:15:00+08:00",
            id="local time labelled Z, printed with its zone",
        ),
        pytest.param(
            {
                "machine": "2023-05-10T08:15:33Z",
                "printed": "10/05/2023 08:15",
            },
            "2023-05-10T08:15:33+08:00",
            id="local time labelled Z, printed without a zone",
        ),
        pytest.param(
            {
                "machine": "2023-05-10T00:15:33Z",
                "printed": "10/05/2023 08:15 WITA",
            },
            "2023-05-10T08:15:33+08:00",
            id="true UTC takes the local form",
        ),
        pytest.param(
            {
                "machine": "2023-05-10T00:15:33+00:00",
                "local": "2023-05-10T08:15:33+08:00",
            },
            "2023-05-10T08:15:33+08:00",
            id="UTC and local form of one moment",
        ),
        pytest.param(
            {
                "machine": "2023-05-10T08:15:33Z",
                "beside": "2023-05-10T08:15:33+08:00",
            },
            "2023-05-10T08:15:33+08:00",
            id="the same clock time with two labels",
        ),
        pytest.param(
            {
                "machine": "2023-05-10T08:15:33",
            },
            "2023-05-10T08:15:33+08:00",
            id="no offset: the newsroom's zone",
        ),
        pytest.param(
            {
                "machine": "2023-05-10T08:15:33",
                "stamps": (
                    "2023-05-09T08:00:00+09:00",
                    "2023-05-08T08:00:00+09:00",
                    "2023-05-07T08:00:00+07:00",
                ),
            },
            "2023-05-10T08:15:33+09:00",
            id="no offset: that of the page's other timestamps",
        ),
        pytest.param(
            {"machine": "2023-05-10", "printed": "10 Mei 2023 17:20 WITA"},
            "2023-05-10T17:20:00+08:00",
            id="a day takes the clock time that is printed",
        ),
        pytest.param(
            {
                "machine": "2023-05-10T18:33:13+08:00",
                "printed": "10/5/2023 18:30",
            },
            "2023-05-10T18:33:13+08:00",
            id="machines come before the printed line",
        ),
        pytest.param(
            {
                "printed": "23/02/2016 15:32 WITA",
                "plain": "2016-02-23 T16:00:20Z",
            },
            "2016-02-23T15:32:00+08:00",
            id="the printed line comes before plain tags",
        ),
        pytest.param(
            {
                "printed": "23/02/2016 15:32 WITA",
                "plain": "2016/02/23 15:32:41",
            },
            "2016-02-23T15:32:41+08:00",
            id="a plain tag that agrees gives the seconds",
        ),
        pytest.param(
            {
                "printed": "23 Februari 2016",
                "plain": "2016/02/23 15:32:41",
            },
            "2016-02-23T15:32:41+08:00",
            id="a plain tag on the printed day gives the clock time",
        ),
        pytest.param(
            {"printed": "23 Februari 2016", "path": "/2016/02/jembatan-gantung-taopa/"},
            "2016-02-23",
            id="a printed day comes before the address",
        ),
        pytest.param({"path": "/2016/02/23/jembatan-gantung-taopa/"}, "2016-02-23", id="address"),
    ],
)
def test_published(page: dict[str, Any], value: str | None) -> None:
    assert read(**page).published_at == value


@pytest.mark.parametrize(
    ("edited", "value"),
    [
        ("", None),
        ("2023-05-10T08:15:00+08:00", None),
        ("2023-05-10T08:00:00+08:00", None),
        ("2023-05-10T10:02:00+08:00", "2023-05-10T10:02:00+08:00"),
        ("2023-05-10T02:02:00Z", "2023-05-10T10:02:00+08:00"),
        ("2023-05-10 10:02:00", "2023-05-10T10:02:00+08:00"),
        ("2023-05-11", None),
    ],
)
def test_modified_is_later_or_none(edited: str, value: str | None) -> None:
    assert read(machine="2023-05-10T08:15:00+08:00", edited=edited).modified_at == value


def test_an_edit_without_a_clock_time_gives_way_to_one_that_has_it() -> None:
    article = read(
        machine="2023-05-10T08:15:00+08:00",
        edited="2023-05-11",
        printed="Diperbarui 10 Mei 2023 10:02 WITA",
    )
    assert article.modified_at == "2023-05-10T10:02:00+08:00"


def test_an_edit_is_mislabelled_as_its_publication_is() -> None:
    article = read(
        machine="2023-05-10T08:15:00Z",
        printed="Rabu, 10 Mei 2023 08:15 WITA",
        edited="2023-05-10T10:02:00Z",
    )
    assert article.modified_at == "2023-05-10T10:02:00+08:00"


def test_what_has_no_offset_says_nothing_of_the_pages() -> None:
    stamps = ("2023-05-10T08:15:00+09:00", "2023-05-10", "", "tadi", "2023-05-10 08:15")
    article = read(machine="2023-05-10T08:15:33", stamps=stamps)
    assert article.published_at == "2023-05-10T08:15:33+09:00"


WITA = "Asia/Makassar"
TEASER = '<a href="/lain/"><h3>Kopi Kulawi Diekspor ke Tiga Negara</h3>{}</a>'
EDIT = "<time datetime='2023-05-04T10:00:00+08:00'>4 Mei</time>"
FIRST = "<time datetime='2023-05-03T09:20:00+08:00'>3 Mei</time>"
OLD = (
    '<time class="entry-date published" datetime="2019-01-02T03:04:00+08:00">2 Januari 2019</time>'
)


def between(
    *,
    above: str = "",
    below: str = "",
    after: str = "",
    title: str = TITLE,
    head: str = "",
    body: str = "",
) -> Article:
    """Return the article on a page of an unknown theme with markup above its headline, between
    headline and text, after the text, and in its head."""
    page = (
        f"<html><head><title>{title}</title>{head}</head><body class='{body}'><div id='atas'>{above}</div>"
        f"<main><article id='post-9'><h1 class='entry-title'>{title}</h1>{below}"
        f"<div class='entry-content'>{TEXT}</div>{after}</article></main></body></html>"
    )
    newsroom = Newsroom(name="lintas", address=HOME, zone=WITA)
    return extract_article(
        [Capture(url=f"{HOME}/jembatan-gantung-taopa/", body=page.encode())], newsroom
    )


@pytest.mark.parametrize(
    ("line", "published", "modified"),
    [
        (
            "Diperbarui: 4 Mei 2023 10.00 WITA | Terbit: 3 Mei 2023 09.20 WITA",
            "2023-05-03T09:20:00+08:00",
            "2023-05-04T10:00:00+08:00",
        ),
        (
            "Terbit 3 Mei 2023, 09:20 (terakhir diperbarui 4 Mei 2023, 10:00)",
            "2023-05-03T09:20:00+08:00",
            "2023-05-04T10:00:00+08:00",
        ),
        (
            "Sari Dewi - Rabu, 3 Mei 2023 | 09:20 WITA - Update: Kamis, 4 Mei 2023 | 10:00 WITA",
            "2023-05-03T09:20:00+08:00",
            "2023-05-04T10:00:00+08:00",
        ),
        (
            f"Updated: {EDIT} Published: {FIRST}",
            "2023-05-03T09:20:00+08:00",
            "2023-05-04T10:00:00+08:00",
        ),
        ("by sari | 3 Mei 2023 | Berita desa, papan pengumuman", "2023-05-03", None),
        ("Diperbarui 4 Mei 2023 10:00 WITA", None, "2023-05-04T10:00:00+08:00"),
        (
            '<abbr class="published" title="2023-05-03T09:20:00+08:00">Rabu</abbr>',
            "2023-05-03T09:20:00+08:00",
            None,
        ),
        (
            "Diposting oleh Sari Dewi tanggal 3 Mei 2023 09:20",
            "2023-05-03T09:20:00+08:00",
            None,
        ),
    ],
)
def test_labels_say_which_time_is_which(
    line: str, published: str | None, modified: str | None
) -> None:
    article = between(below=f"<p>{line}</p>")
    assert (article.published_at, article.modified_at) == (published, modified)


@pytest.mark.parametrize(
    "article",
    [
        pytest.param(
            {"above": f"<ul class='berjalan'><li>{TEASER.format(OLD)}</li></ul>"}, id="ticker"
        ),
        pytest.param(
            {
                "above": "<p><a href='/lain/'>Kopi Kulawi Diekspor ke Tiga Negara</a> 2 Januari 2019 08:00</p>"
            },
            id="printed beside a teaser",
        ),
        pytest.param({"below": f"<div>{TEASER.format(OLD)}</div>"}, id="teaser below the headline"),
        pytest.param(
            {
                "below": f"<ul><li>{OLD} <h4><a href='/lain/'>Kopi Kulawi Diekspor</a></h4></li></ul>"
            },
            id="card below the headline",
        ),
        pytest.param(
            {"after": f"<section><ul><li>{TEASER.format(OLD)}</li></ul></section>"},
            id="card below the text",
        ),
        pytest.param({"after": f"<div class='comments'>{OLD}</div>"}, id="comment"),
        pytest.param({"above": "<p>Senin, 7 Januari 2019</p>"}, id="today's date in the masthead"),
        pytest.param(
            {"title": "Jembatan Taopa Ditutup Selasa (5/3/2019)"}, id="a day in the headline"
        ),
        pytest.param(
            {
                "below": "<figure><img src='/a.jpg'><figcaption>Warga di jembatan, 5 Maret 2019</figcaption></figure>"
            },
            id="a day in the caption",
        ),
        pytest.param({"below": "<h2>Jembatan ditutup 5 Maret 2019</h2>"}, id="a day in a deck"),
        pytest.param(
            {"below": "<p class='sub-judul'>Ditutup 5 Maret 2019</p>"}, id="called a deck"
        ),
        pytest.param(
            {
                "below": "<p>Pada 5 Maret 2019 warga menutup jembatan itu karena papannya lapuk semua.</p>"
            },
            id="a day in a sentence",
        ),
    ],
)
def test_the_time_of_something_else_is_never_the_articles(article: dict[str, str]) -> None:
    found = between(**article)
    assert found.published_at is None
    assert found.modified_at is None


@pytest.mark.parametrize("href", ["//lintas.example/jembatan-gantung-taopa", "/2019/01/02/"])
def test_a_link_to_the_article_itself_or_to_its_day_holds_its_time(href: str) -> None:
    article = between(below=f"<p><a href='{href}'>{OLD}</a></p>")
    assert article.published_at == "2019-01-02T03:04:00+08:00"


@pytest.mark.parametrize(
    "footer",
    [
        f"<footer class='entry-footer'><span class='posted-on'>{OLD}</span></footer>",
        "<div class='wp-block-post-date'><time datetime='2019-01-02T03:04:00+08:00'>Rabu</time></div>",
        "<p>Diterbitkan: 2 Januari 2019, 03:04 WITA</p>",
    ],
)
def test_the_time_may_stand_below_the_text(footer: str) -> None:
    assert between(after=footer).published_at == "2019-01-02T03:04:00+08:00"


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ('<meta name="generator" content="WordPress 6.4">', ""),
        ('<link rel="stylesheet" href="/wp-content/themes/x/style.css">', ""),
        ("", "single postid-9"),
    ],
)
def test_a_clock_of_wordpress_that_was_never_set_is_believed(head: str, body: str) -> None:
    line = (
        "<p><time class='entry-date published' datetime='2023-05-03T01:20:00+00:00'>{}</time></p>"
    )
    unset = between(below=line.format("3 Mei 2023 01:20"), head=head, body=body)
    assert unset.published_at == "2023-05-03T01:20:00+00:00"
    local = between(
        below=f"{line.format('3 Mei 2023')} 3 Mei 2023 09:20 WITA", head=head, body=body
    )
    assert local.published_at == "2023-05-03T09:20:00+08:00"


def test_a_clock_that_says_utc_and_prints_local_time_is_not_believed_elsewhere() -> None:
    line = "<p><time datetime='2023-05-03T09:20:00Z'>3 Mei 2023 09:20</time></p>"
    assert between(below=line).published_at == "2023-05-03T09:20:00+08:00"
