"""Who wrote and who edited, on pages whose theme nobody has described."""

from __future__ import annotations

import json

import pytest

from crawler.extract import extract_html
from tests.small_page import TEXT, TITLE

TIME = " <time class='entry-date' datetime='2023-05-17T09:20:00+07:00'>17 Mei 2023</time>"

Names = tuple[tuple[str, ...], str | None, str | None]


def names(
    beside: str = "",
    *,
    above: str = "",
    after: str = "",
    typed: str = "",
    title: str = TITLE,
    ld: dict[str, object] | None = None,
) -> Names:
    """Return authors, writer and editor of a page with these pieces of markup."""
    head = json.dumps({"@type": "NewsArticle", "headline": title, **ld}) if ld else ""
    markup = (
        f"<html><head><title>{title} - Pesisir</title>"
        f"<script type='application/ld+json'>{head}</script></head><body class='single postid-31'>"
        f"<div><a href='/'>Pesisir</a></div>{above}<main><article id='post-31'>"
        f"<h1 class='entry-title'>{title}</h1>{beside}"
        f"<div class='entry-content'>{TEXT}{typed}</div>{after}</article></main></body></html>"
    )
    article = extract_html(markup, "https://pesisir.example/dermaga/", site="pesisir.example")
    return article.authors, article.writer, article.editor


def vcard(name: str, address: str) -> str:
    """Return the markup in which WordPress' own themes print who wrote an article."""
    link = f"<a class='url fn n' href='/author/{address}/'>{name}</a>"
    return f"<span class='author vcard'>{link}</span>{TIME}"


@pytest.mark.parametrize(
    "line",
    [
        "Diposting oleh Rani Oktavia tanggal 17 Mei 2023 09:20",
        "Diterbitkan oleh Rani Oktavia pada Rabu, 17 Mei 2023 09:20",
        "Dipublikasikan Rabu, 17 Mei 2023 oleh Rani Oktavia",
        "Ditulis oleh Rani Oktavia hari Rabu 17 Mei 2023",
        "Diunggah oleh Rani Oktavia, 17/05/2023",
        "Posted on 17 Mei 2023 by Rani Oktavia in Daerah",
        "<span class='posted-by'>Posted by Rani Oktavia on Mei 17, 2023</span>",
        "<span class='author'>Oleh Rani Oktavia</span>",
        "<span class='author'>Rani Oktavia, Rabu 17 Mei 2023</span>",
        "<span class='author'>Rani Oktavia - 17/05/2023, 09:20</span>",
        "<span class='author'>Rani Oktavia - Penulis</span>",
        "<span class='byline'>Rani Oktavia · 3 menit baca</span>",
        "<a rel='author' href='/author/rani-oktavia/'>Oleh Rani Oktavia</a>",
    ],
)
def test_the_author_is_a_person_without_a_date(line: str) -> None:
    assert names(f"<p>{line}</p>") == (("Rani Oktavia",), None, None)


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("Penulis Muda Curup", "penulis-muda-curup"),
        ("Oleh Soleh", "oleh-soleh"),
        ("Editor Pesisir Barat", "tim2"),
        ("Wartawan Kota", "wartawan-kota"),
        ("Kontributor Pesisir", "kp"),
        ("Reporter Desa", "reporter-desa"),
        ("Redaksi", "redaksi"),
        ("Dedi Harmoko, S.Sos", "dedi"),
    ],
)
def test_a_name_that_begins_with_a_label_stays_whole(name: str, address: str) -> None:
    assert names(vcard(name, address)) == ((name,), None, None)


def test_a_label_with_a_colon_is_none_of_the_name() -> None:
    assert names(vcard("Penulis: Rani Oktavia", "rani")) == (
        ("Rani Oktavia",),
        "Rani Oktavia",
        None,
    )


def test_a_team_that_jsonld_names_is_no_label() -> None:
    found = names("<p class='author'>Penulis Muda Curup</p>", ld={"author": "Penulis Muda Curup"})
    assert found == (("Penulis Muda Curup",), None, None)


@pytest.mark.parametrize(
    "ld",
    [
        {"author": {"name": "Rani Oktavia"}, "editor": {"name": "Budi Setia"}},
        {"author": "Rani Oktavia", "editor": ["Budi Setia"]},
        {"author": [{"name": "Rani Oktavia"}, {"name": "Budi Setia"}], "editor": "Budi Setia"},
    ],
)
def test_the_editor_of_jsonld_is_the_editor(ld: dict[str, object]) -> None:
    assert names(ld=ld) == (("Rani Oktavia",), None, "Budi Setia")


def test_who_wrote_and_who_edited_in_one_sentence() -> None:
    line = "<p>Ditulis oleh Rani Oktavia, disunting oleh Budi Setia</p>"
    assert names(line) == (("Rani Oktavia",), None, "Budi Setia")


@pytest.mark.parametrize(
    "box",
    [
        pytest.param("<div>{}</div>", id="a box for each"),
        pytest.param("<a href='/profil/77/'><div>{}</div></a>", id="a card that leads to a person"),
    ],
)
def test_roles_below_the_names_that_they_share_a_box_with(box: str) -> None:
    people = ("Rani Oktavia", "Penulis"), ("Budi Setia", "Editor")
    cards = (box.format(f"<h6>{name}</h6><h6>{role}</h6>") for name, role in people)
    assert names("".join(cards)) == (("Rani Oktavia",), "Rani Oktavia", "Budi Setia")


def test_an_authors_mark_in_another_line_does_not_name_a_section() -> None:
    beside = (
        f"<header><b>Perikanan</b><p>Penulis: <b class='author'>Rani Oktavia</b></p>{TIME}</header>"
    )
    assert names(beside)[0] == ("Rani Oktavia",)


def test_a_list_of_people_is_several() -> None:
    people = "Rani Oktavia, Budi Setia, Dedi Harmoko dan Uci Angelina Putri"
    wanted = ("Rani Oktavia", "Budi Setia", "Dedi Harmoko", "Uci Angelina Putri")
    assert names(ld={"author": {"name": people}})[0] == wanted


@pytest.mark.parametrize(
    "page",
    [
        {"beside": "<p>Reporter: Rani Oktavia | Editor: Budi Setia</p>"},
        {"beside": "<p>Pewarta: Rani Oktavia Editor: Budi Setia</p>"},
        {"typed": "<p>Penulis: Rani Oktavia<br>Editor: Budi Setia</p>"},
        {
            "beside": "<p>Penulis: Rani Oktavia, Uploader: Tono</p>",
            "typed": "<p>Editor: Budi Setia</p>",
        },
    ],
)
def test_labelled_lines(page: dict[str, str]) -> None:
    assert names(**page) == (("Rani Oktavia",), "Rani Oktavia", "Budi Setia")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "after",
    [
        "<footer>Ditulis oleh <a rel='author' href='/author/rani/'>Rani Oktavia</a></footer>",
        "<div class='author-box'><a class='fn' href='/author/rani/'>Rani Oktavia</a><p>Wartawan.</p></div>",
        f"{'<p>Bagikan</p>' * 25}<div><a rel='author' href='/author/rani/'>Rani Oktavia</a></div>",
    ],
)
def test_a_machines_mark_below_the_text(after: str) -> None:
    assert names(TIME, after=after)[0] == ("Rani Oktavia",)


@pytest.mark.parametrize(
    "page",
    [
        pytest.param({"title": "Laporan Panjang Menyusuri Sungai"}, id="headline, a report"),
        pytest.param({"title": "Oleh Oleh Khas Pesisir Diburu Warga"}, id="headline, souvenirs"),
        pytest.param({"title": "Editor: Pekerjaan yang Sunyi"}, id="headline with a colon"),
        pytest.param(
            {"above": "<ul><li><a rel='author' href='/author/hasan/'>Hasan Tamrin</a></li></ul>"},
            id="a columnist in a menu",
        ),
        pytest.param({"above": "<p class='author'>Hasan Tamrin</p>"}, id="a columnist above"),
        pytest.param(
            {"beside": "<p class='post-author'><a rel='category tag' href='/d/'>Daerah</a></p>"},
            id="a section",
        ),
        pytest.param({"beside": "<p class='author'>Penulis</p>"}, id="a role"),
        pytest.param({"beside": "<p>Muara Kayu — Laporan Khusus Pesisir</p>"}, id="a kind"),
        pytest.param(
            {
                "beside": "<div><img src='/dermaga.jpg'></div><div class='foto__caption'>Papan baru"
                " dipasang. <span class='author'>(Dok. Kelurahan)</span></div>"
            },
            id="a photographer",
        ),
        pytest.param({"beside": "<p class='author'>17 Mei 2023</p>"}, id="a date"),
        pytest.param(
            {"beside": "<p class='author'>Rabu, 17/05/2023 09:20</p>"}, id="a date, a day"
        ),
        pytest.param({"beside": "<p class='author'>Rabu</p>"}, id="a weekday"),
        pytest.param({"beside": vcard("Pesisir", "pesisir")}, id="the site"),
        pytest.param(
            {"after": "<div id='comments'><b class='vcard fn'>Pembaca Setia</b></div>"},
            id="comment",
        ),
        pytest.param(
            {
                "after": "<ul><li><h3><a href='/lain/'>Lomba Dayung Digelar di Muara</a></h3>"
                "<a rel='author' href='/author/hasan/'>Hasan Tamrin</a></li></ul>"
            },
            id="the author of another article",
        ),
        pytest.param({"typed": "<p>Laporan keuangan desa dibuka.</p>"}, id="a sentence"),
    ],
)
def test_nobody_is_named_who_did_not_write(page: dict[str, str]) -> None:
    assert names(**page) == ((), None, None)  # type: ignore[arg-type]


def test_markup_that_is_indented_widely_is_no_long_line() -> None:
    """Themes of PHP print more white space than text."""
    space = "\n" + 200 * " "
    beside = (
        f"<span class='author-links'>{space}<span class='posts-author'>{space}"
        f"<a href='/author/uci/'>{space}Uci D'Angelo{space}</a></span>{space}"
        f"<span class='posts-date'>{space}<a href='/2022/05/'>Mei 5, 2022</a></span></span>"
    )
    assert names(beside) == (("Uci D'Angelo",), None, None)
