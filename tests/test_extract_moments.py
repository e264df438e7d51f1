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
