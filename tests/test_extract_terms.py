"""Categories and tags of pages whose theme nobody has described."""

from __future__ import annotations

import pytest

from crawler.extract import extract_html
from tests.small_page import TEXT, TITLE

URL = "https://pesisir.example/daerah/dermaga-pasar-baru-selesai/"


def terms(
    *, above: str = "", below: str = "", inside: str = "", outside: str = "", masthead: str = ""
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what is read of a page with these pieces of markup: above the headline and below the
    text, both in the article; at the end of the text; after the article; before it."""
    markup = (
        f"<html><head><title>{TITLE} - Pesisir</title></head>"
        '<body class="single single-post postid-31">'
        f'<div id="atas">{masthead}</div><main>'
        '<article id="post-31" class="post-31 post type-post hentry category-daerah tag-dermaga">'
        f"<header>{above}<h1 class='entry-title'>{TITLE}</h1></header>"
        f'<div class="entry-content">{TEXT}{inside}</div>{below}</article>'
        f"{outside}</main></body></html>"
    )
    article = extract_html(markup, URL, site="pesisir.example")
    return article.categories, article.tags


def links(*names: str, way: str = "", rel: str = "") -> str:
    """Return a link for each of *names*."""
    mark = f' rel="{rel}"' if rel else ""
    return ", ".join(
        f'<a href="/{way}{name.lower().replace(" ", "-")}/"{mark}>{name}</a>' for name in names
    )


@pytest.mark.parametrize(
    ("above", "below"),
    [
        pytest.param(
            f'<span class="cat-links">{links("Daerah", rel="category tag")}</span>',
            f'<footer><span class="tags-links">Tag {links("Dermaga", "Pasar Baru", rel="tag")}</span></footer>',
            id="underscores",
        ),
        pytest.param(
            "",
            f'<footer class="entry-footer">Ditulis di {links("Daerah", rel="category tag")} '
            f"Ditandai {links('Dermaga', 'Pasar Baru', rel='tag')}</footer>",
            id="rel alone",
        ),
        pytest.param(
            f'<div class="taxonomy-category wp-block-post-terms">{links("Daerah", rel="tag")}</div>',
            f'<div class="taxonomy-post_tag wp-block-post-terms">{links("Dermaga", "Pasar Baru", rel="tag")}</div>',
            id="block theme, rel=tag for both",
        ),
        pytest.param(
            f'<ul class="post-categories"><li>{links("Daerah", way="category/")}</li></ul>',
            f'<ul class="td-tags td-post-small-box"><li>{links("Dermaga")}</li><li>{links("Pasar Baru")}</li></ul>',
            id="lists that are called so",
        ),
        pytest.param(
            f'<span class="jeg_meta_category"><span>{links("Daerah")}</span></span>',
            f'<div class="jeg_post_tags"><span>Tags:</span> {links("Dermaga", "Pasar Baru")}</div>',
            id="boxes that are called so",
        ),
        pytest.param(
            f'<ul class="elementor-post-info"><li>{links("Daerah", way="kategori/")}</li></ul>',
            f"<ul><li>{links('Dermaga', way='tag/')}</li><li>{links('Pasar Baru', way='tag/')}</li></ul>",
            id="where they lead",
        ),
        pytest.param(
            f"<p>Kategori: {links('Daerah')}</p>",
            f"<h4>Tags:</h4><p>{links('Dermaga')}</p><p># {links('Pasar Baru')}</p>",
            id="labels in front",
        ),
        pytest.param(
            f'<div class="jalur">{links("Beranda", "Provinsi", "Daerah", way="kanal/")}</div>',
            f'<div class="tagging">{links("Dermaga", "Pasar Baru", way="topik/")}</div>',
            id="the way from the front page ends in the category",
        ),
    ],
)
def test_marks_of_categories_and_tags(above: str, below: str) -> None:
    assert terms(above=above, below=below) == (("Daerah",), ("Dermaga", "Pasar Baru"))


def test_the_surest_mark_counts() -> None:
    label = f'<div class="kategori">{links("Provinsi")}</div>'
    listed = f"<footer>{links('Daerah', 'Perikanan', rel='category tag')}</footer>"
    assert terms(above=label, below=listed)[0] == ("Daerah", "Perikanan")


@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param({"above": '<span class="article-category">Daerah</span>'}, id="no link"),
        pytest.param({"above": '<p class="category">Kategori: Daerah</p>'}, id="a label"),
        pytest.param(
            {"masthead": f'<div class="jalur__breadcrumb">{links("Beranda", "Daerah")}</div>'},
            id="the way from the front page",
        ),
    ],
)
def test_a_category_that_no_link_is_marked_as(pieces: dict[str, str]) -> None:
    assert terms(**pieces) == (("Daerah",), ())


def test_tags_after_a_list_of_links_that_ends_the_text() -> None:
    more = (
        '<p>Baca Juga:</p><ul><li><a href="/lain/">Jalan Pasar Baru Ditutup Sepekan</a></li></ul>'
    )
    tags = f'<footer class="entry-meta">{links("Dermaga", rel="tag")}</footer>'
    assert terms(inside=more, below=tags)[1] == ("Dermaga",)


def test_tags_that_a_plugin_puts_at_the_end_of_the_text() -> None:
    tags = f'<p class="post-tags">Tags: {links("Dermaga", "Pasar Baru", rel="tag")}</p>'
    assert terms(inside=tags)[1] == ("Dermaga", "Pasar Baru")


CARD = (
    '<li class="post-40 post type-post category-olahraga"><span class="cat">{}</span>'
    '<h3><a href="/olahraga/lomba-dayung/">Lomba Dayung Digelar di Muara</a></h3></li>'
)


@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param({"below": links("Dermaga") + links("Pasar Baru")}, id="links without a mark"),
        pytest.param(
            {"inside": f"<p>Warga {links('Pasar Baru', way='tag/', rel='tag')} berdatangan.</p>"},
            id="a plugin's link in a sentence",
        ),
        pytest.param(
            {"inside": f"<p>Lihat {links('Daerah', way='category/')} untuk kabar yang lain.</p>"},
            id="the author's link in a sentence",
        ),
        pytest.param(
            {
                "masthead": f'<ul class="rubrik"><li>{links("Daerah", way="kategori/")}</li></ul>'
                * 4
            },
            id="menu far above",
        ),
        pytest.param(
            {
                "above": '<ul class="kanal">'
                + "".join(
                    f"<li>{links(name, way='kanal/')}</li>"
                    for name in (
                        "Daerah",
                        "Politik",
                        "Olahraga",
                        "Hiburan",
                        "Opini",
                        "Foto",
                        "Video",
                    )
                )
                + "</ul>"
            },
            id="menu right above the headline",
        ),
        pytest.param(
            {"below": f"<nav>{links('Daerah', way='kategori/')}</nav>"}, id="menu below the text"
        ),
        pytest.param(
            {"below": f"<ul>{CARD.format(links('Olahraga', rel='category tag'))}</ul>"},
            id="card of another article",
        ),
        pytest.param(
            {"outside": f"<ul>{CARD.format(links('Olahraga', rel='category tag')) * 3}</ul>"},
            id="cards after the article",
        ),
        pytest.param(
            {
                "outside": '<div class="baris">'
                + "".join(
                    f'<div class="kolom"><div class="kartu"><div class="cat-links">'
                    f"{links('Olahraga', 'Kota', 'Nasional', way='category/')}</div>"
                    f'<h3><a href="/olahraga/lomba-{n}/">Lomba Dayung Digelar di Muara</a></h3>'
                    f'<a href="/author/uci/">Uci</a></div></div>'
                    for n in range(3)
                )
                + "</div>"
            },
            id="cards with three categories and an author each",
        ),
        pytest.param(
            {
                "outside": '<div class="baris"><div class="kartu"><div class="cat-links">'
                f"{links('Olahraga', 'Kota', way='category/')}</div>"
                '<h3><a href="/olahraga/lomba/">Lomba Dayung Digelar di Muara</a></h3>'
                '<a href="/author/uci/">Uci</a></div></div>'
            },
            id="a card alone, with two categories and an author",
        ),
        pytest.param(
            {
                "outside": '<aside class="widget"><h3>Kategori</h3><ul>'
                f'<li class="cat-item">{links("Daerah", way="category/")}</li></ul></aside>'
            },
            id="widget",
        ),
        pytest.param(
            {
                "below": f'<div class="tag-cloud"><b>Tag</b> {"".join(links(f"Tag {n}") for n in range(45))}</div>'
            },
            id="cloud",
        ),
        pytest.param(
            {
                "below": "<p>Tags:</p>",
                "outside": '<footer><p><a href="https://pesisir.example" rel="home">Pesisir</a></p>'
                '<p><a href="https://pesisir.example/">Pesisir Harian</a></p></footer>',
            },
            id="a label for none, and the site's name at the foot",
        ),
        pytest.param(
            {
                "outside": f"<footer><h4>Kanal</h4><ul><li>{links('Daerah')}</li></ul>"
                "<p>© 2023 Pesisir Harian</p></footer>"
            },
            id="the sections of the site at its foot",
        ),
        pytest.param(
            {
                "above": '<p class="category">Diposting oleh Rani, 17 Mei 2023</p>',
                "masthead": f'<div class="breadcrumb"><a href="/">Laman Muka</a> <a href="/2023/">2023</a> {links(TITLE)}</div>',
            },
            id="a day, a byline, the front page and the headline where a category would stand",
        ),
    ],
)
def test_links_that_are_no_terms(pieces: dict[str, str]) -> None:
    assert terms(**pieces) == ((), ())


def test_the_neighbours_of_an_article_are_no_card() -> None:
    below = (
        f"<footer>{links('Daerah', rel='category tag')} {links('Dermaga', rel='tag')}"
        '<nav class="post-navigation"><a rel="prev" href="/lain/">Harga Ikan Teri Naik di Pasar Baru</a>'
        "</nav></footer>"
    )
    assert terms(below=below) == (("Daerah",), ("Dermaga",))
