"""A newsroom of which nobody wrote a file is known by what its pages and its host call it."""

from __future__ import annotations

import json

import pytest

from crawler.extract import extract_article, extract_html
from crawler.items import Capture
from crawler.newsrooms import newsroom_at

URL = "https://{host}/2024/05/jembatan-gantung-dibuka.html"
REST = (
    "<p>Lais, SINAR PESISIR: Jembatan gantung yang menghubungkan dua desa di tepi sungai itu "
    "akhirnya dibuka untuk warga pada Senin pagi dengan doa bersama.</p>"
    "<p>Kepala desa menyebut pembangunan itu memakai dana gotong royong dan tidak akan dipungut "
    "biaya dari siapa pun yang melintas di sana.</p>"
)


def page(
    name: str, *, title: str = "Jembatan Gantung Dibuka", head: str = "", lang: str = "id-ID"
) -> str:
    text = REST.replace("SINAR PESISIR", name)
    return (
        f"<html lang='{lang}'><head><title>{title}</title>"
        "<meta property='article:published_time' content='2024-05-06T09:00:00+07:00'>"
        f"<meta property='og:type' content='article'>{head}</head><body><article>"
        f"<h1>Jembatan Gantung Dibuka</h1><div class='entry-content'>{text}</div></article></body></html>"
    )


@pytest.mark.parametrize(
    ("name", "host", "title", "head"),
    [
        pytest.param(
            "Sepoi Lais", "slonline.example", "Jembatan Gantung Dibuka",
            "<meta property='og:site_name' content='Sepoi Lais - Dari Pesisir untuk Semua'>",
            id="og:site_name",
        ),
        pytest.param(
            "Sepoi Lais", "slonline.example", "Jembatan Gantung Dibuka – Sepoi Lais", "", id="title"
        ),
        pytest.param("Sepoilais", "www.sepoilais.example", "Jembatan Gantung Dibuka", "", id="host"),
        pytest.param("SEPOI LAIS", "sepoi-lais.example", "Jembatan Gantung Dibuka", "", id="host-dash"),
    ],
)  # fmt: skip
def test_the_outlet_of_a_dateline(name: str, host: str, title: str, head: str) -> None:
    article = extract_html(page(name, title=title, head=head), URL.format(host=host), site="lais")
    assert article.dateline is not None
    assert (article.dateline.place, article.dateline.outlet) == ("Lais", name)


def test_a_record_is_read_by_the_host() -> None:
    post = {
        "id": 77, "type": "post", "status": "publish", "link": URL.format(host="sepoilais.example"),
        "date": "2024-05-06T09:00:00", "date_gmt": "2024-05-06T02:00:00",
        "title": {"rendered": "Jembatan Gantung Dibuka"},
        "content": {"rendered": REST.replace("SINAR PESISIR", "Sepoilais"), "protected": False},
    }  # fmt: skip
    capture = Capture(
        url="https://sepoilais.example/wp-json/wp/v2/posts/77",
        body=json.dumps(post).encode(),
        headers={"content-type": "application/json"},
    )
    article = extract_article([capture], newsroom_at("https://sepoilais.example"))
    assert article.dateline is not None
    assert article.dateline.outlet == "Sepoilais"
    assert article.language == "id"


def test_a_place_does_not_become_an_outlet_by_being_in_a_title() -> None:
    article = extract_html(
        page("Bengkulu", title="Jembatan Gantung Dibuka - Bengkulu"),
        URL.format(host="bengkulu.example"),
        site="lais",
    )
    assert article.dateline is None or article.dateline.outlet != "Bengkulu"


@pytest.mark.parametrize("lang", ["id", "id-ID", "in_ID", "en-US", ""])
def test_indonesian_has_one_tag(lang: str) -> None:
    article = extract_html(page("Sepoi", lang=lang), URL.format(host="sepoi.example"), site="lais")
    assert article.language == "id"


def test_another_language_keeps_its_tag() -> None:
    text = page("Sepoi", lang="en-GB").replace(
        REST.replace("SINAR PESISIR", "Sepoi"),
        "<p>The hanging bridge that joins two villages was opened on Monday morning.</p>"
        "<p>Nobody who walks across it is going to pay, the head of the village said.</p>",
    )
    article = extract_html(text, URL.format(host="sepoi.example"), site="lais")
    assert article.language == "en-GB"
