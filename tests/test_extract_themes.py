"""Which rules a page is read by: its theme's, its newsroom's, or none of a theme."""

from __future__ import annotations

import attrs
import pytest

from crawler.errors import ConfigurationError, NotAnArticle
from crawler.extract import extract_article, extract_html, open_page
from crawler.items import Article, Capture
from crawler.newsrooms import Newsroom, load_newsroom
from demo import EmbeddedNewsroom

PROGRES = load_newsroom("progres")
ADDRESS = "https://progres.id/daerah/judul.html"
STYLE = "<link rel='stylesheet' href='https://progres.id/wp-content/themes/{}/style.css'>"
PAGE = """<html lang="id"><head>{head}</head><body class="{body}"><main>
<article id="post-7" class="{article}"><header class="entry-header">
<h1 class="entry-title">Jembatan Baru Dibuka</h1>
<time class="entry-date published updated" datetime="2024-03-05T09:30:00+07:00">5 Maret 2024</time>
</header><div class="entry-content entry-content-single"><p>Jembatan baru itu dibuka pagi tadi oleh
warga dua dusun yang lama menunggu, setelah pekerjaan tertunda dua kali karena banjir besar.</p>
<p class="kotak">Kotak pengumuman.</p></div></article></main></body></html>"""


def page(head: str = "", body: str = "single single-post postid-7", article: str = "hentry") -> str:
    return PAGE.format(head=head, body=body, article=article)


def is_known(html: str, newsroom: Newsroom) -> bool:
    """Whether the page is read by the rules of a theme: where nobody described it, any byline is one."""
    body = html.replace("</h1>", "</h1><p>Penulis: Ani Baru</p>", 1).encode()
    article = extract_article([Capture(url=ADDRESS, body=body)], newsroom)
    assert article.writer in ("Ani Baru", None)
    return article.writer is None


@pytest.mark.parametrize(
    "html",
    [
        page(STYLE.format("wpberita")),
        page(STYLE.format("wpberita-child")),
        page(STYLE.format("newkarma")),
        page(body="postid-7 idtheme kentooz", article="content-single hentry"),
        page(body="postid-7 gmr-theme idtheme kentooz"),
    ],
)
def test_traces_of_a_theme(html: str) -> None:
    assert is_known(html, attrs.evolve(PROGRES, theme="auto"))


def test_the_page_wins_over_the_newsroom() -> None:
    assert is_known(page(STYLE.format("newkarma")), attrs.evolve(PROGRES, theme="generic"))


def test_without_traces_the_newsroom_says() -> None:
    assert is_known(page(), PROGRES)


def test_without_either_nothing_is_assumed() -> None:
    assert not is_known(page(), attrs.evolve(PROGRES, theme="auto"))


def test_a_theme_that_is_not_what_its_traces_say_is_read_as_unknown() -> None:
    """The class of the content has changed: a text is found all the same, or the page refused."""
    html = page(STYLE.format("wpberita")).replace(
        "entry-content entry-content-single", "isi-berita"
    )
    long = html.replace("</p>\n", "</p>\n" + "<p>Warga menyambutnya dengan doa bersama.</p>" * 9)
    assert "menyambutnya" in extract_html(long, ADDRESS).body


def read(**selectors: str) -> Article:
    newsroom = attrs.evolve(PROGRES, selectors=selectors)
    return extract_article([Capture(url=ADDRESS, body=page().encode())], newsroom)


def test_a_newsroom_may_name_what_is_not_body() -> None:
    plain = extract_html(page(), ADDRESS)
    assert plain.body.endswith("Kotak pengumuman.")
    article = read(not_body="p.kotak")
    assert article.body.endswith("banjir besar.")


@pytest.mark.parametrize(
    ("field", "selector", "value"),
    [
        ("title", "p.kotak", "Kotak pengumuman."),
        ("subtitle", "p.kotak", "Kotak pengumuman."),
        ("authors", "p.kotak", ("Kotak pengumuman.",)),
        ("tags", "p.kotak", ("Kotak pengumuman.",)),
        ("categories", "p.kotak", ("Kotak pengumuman.",)),
        ("topics", "p.kotak", ("Kotak pengumuman.",)),
        ("caption", "p.kotak", "Kotak pengumuman."),
        ("writer", "p.kotak", "Kotak pengumuman."),
        ("published_at", "header time", "2024-03-05T09:30:00+07:00"),
        ("body", "p.kotak", "Kotak pengumuman."),
        ("title", "p.kotak::text", "Kotak pengumuman."),
        ("title", "//p[@class='kotak']", "Kotak pengumuman."),
        ("title", "string(//p[@class='kotak'])", "Kotak pengumuman."),
        ("title", "p.nihil::text", "Jembatan Baru Dibuka"),
        ("authors", "p.kotak::attr(class)", ("kotak",)),
        ("published_at", "header time::attr(datetime)", "2024-03-05T09:30:00+07:00"),
        ("published_at", "//header/time/text()", "2024-03-05"),
    ],
)
def test_a_newsroom_may_say_where_a_field_stands(field: str, selector: str, value: object) -> None:
    assert getattr(read(**{field: selector}), field) == value


@pytest.mark.parametrize("selectors", [{"judul": "h1"}, {"title": "h1["}, {"title": "//["}])
def test_a_wrong_selector_is_a_mistake_in_the_newsroom(selectors: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError, match=f"selectors.{next(iter(selectors))}"):
        read(**selectors)


def test_an_unknown_site_is_a_newsroom_at_that_host() -> None:
    article = extract_html(page(), "https://lintas.example/judul/", site="lintas.example")
    assert article.site == "lintas.example"
    assert article.id == "lintas.example:7"
    assert article.url == "https://lintas.example/judul/"


def test_without_a_post_id_the_address_makes_the_id() -> None:
    html = page(STYLE.format("wpberita"), body="single").replace('id="post-7"', "")
    article = extract_html(html, "https://progres.id/judul/?utm_source=wa")
    # printf https://progres.id/judul/ | sha256sum | cut -c -16
    assert article.id == "progres:c53187e3978117d6"
    assert article.post_id is None


@pytest.mark.parametrize(
    ("head", "headers"),
    [
        ("<link rel='shortlink' href='https://progres.id/?p=12' />", {}),
        (
            '<link rel="alternate" type="application/json" href="/wp-json/wp/v2/posts/12" />',
            {},
        ),
        ("", {"link": "<https://progres.id/?p=12>; rel=shortlink"}),
    ],
)
def test_the_post_id_is_stated_in_other_places_too(head: str, headers: dict[str, str]) -> None:
    html = page(STYLE.format("wpberita") + head, body="single").replace('id="post-7"', "")
    article = extract_article([Capture(url=ADDRESS, body=html.encode(), headers=headers)], PROGRES)
    assert article.post_id == 12


def test_provenance_names_the_source_of_each_value() -> None:
    article = extract_html(page(STYLE.format("wpberita")), ADDRESS)
    assert article.provenance == {
        "title": "h1.entry-title",
        "post_id": "article[id]",
        "published_at": "time.entry-date[datetime]",
        "body": "text",
        "body_html": "text",
        "dates": "body",
        "event_date": "body",
    }


@pytest.mark.parametrize(
    ("stamp", "printed", "published"),
    [
        ("2024-03-05T09:30:00+07:00", "kemarin", "2024-03-05T09:30:00+07:00"),
        ("2024-03-05T09:30:00Z", "", "2024-03-05T09:30:00Z"),
        ("", "Selasa, 5 Maret 2024 09:30 WIB", "2024-03-05T09:30+07:00"),
        ("", "5 Maret 2024", "2024-03-05"),
        ("10 jam lalu", "10 jam lalu", None),
    ],
)
def test_the_moment_is_the_machines_else_the_printed_one(
    stamp: str, printed: str, published: str | None
) -> None:
    html = page(STYLE.format("wpberita")).replace("2024-03-05T09:30:00+07:00", stamp)
    article = extract_html(html.replace("5 Maret 2024", printed), ADDRESS)
    assert article.published_at == published


def test_nothing_is_read_of_a_page_without_headline_and_text() -> None:
    html = f"<head>{STYLE.format('wpberita')}</head><body class='single'><main><p>x</p></main>"
    with pytest.raises(NotAnArticle):
        extract_html(html, ADDRESS)


def test_captures_are_asked_for_in_the_newsrooms_own_zone() -> None:
    east = Newsroom(name="timur", address="https://timur.example", zone="Asia/Jayapura")
    html = page(STYLE.format("wpberita")).replace('datetime="2024-03-05T09:30:00+07:00"', "")
    html = html.replace("5 Maret 2024", "5 Maret 2024 09:30")
    article = extract_article([Capture(url="https://timur.example/a/", body=html.encode())], east)
    assert article.published_at == "2024-03-05T09:30+09:00"


def test_the_sites_own_text_is_left_out_of_what_a_theme_prints(
    newsroom: EmbeddedNewsroom,
) -> None:
    call = "Dapatkan kabar terbaru dari kami lewat saluran pesan."
    url = newsroom.url(newsroom.articles[0].slug)
    without = newsroom.get(url.removeprefix(newsroom.address)).body
    newsroom.switches.appended = f"<p>{call}</p>\n"
    printed = Capture(url=url, body=newsroom.get(url.removeprefix(newsroom.address)).body)
    assert call in extract_article([printed]).body
    own = extract_article([printed], furniture=[call])
    assert own.body == extract_article([Capture(url=url, body=without)]).body
    assert open_page(printed).article(furniture=[call]).body == own.body
