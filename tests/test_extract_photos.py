"""The photos of pages, most of them of a theme that nobody has described."""

from __future__ import annotations

import pytest

from crawler.extract import extract_html
from crawler.items import Article

TITLE = "Dermaga Pasar Baru Selesai Diperbaiki"
SENTENCES = (
    "Dermaga kayu di belakang Pasar Baru kembali dipakai nelayan sejak Senin pagi.",
    "Tukang mengganti empat puluh papan yang lapuk dan menambah lampu di ujungnya.",
    "“Kami tidak lagi menurunkan ikan dari atas lumpur,” kata Rusdi, seorang nelayan.",
    "Dinas perikanan meminta kapal besar tetap bersandar di pelabuhan lama.",
)
HOME = "https://pesisir.example"


def read(
    *,
    text: str = "",
    above: str = "",
    beside: str = "",
    head: str = "",
    opening: str = "",
    house: str = "",
) -> Article:
    """Return the article on a page with markup in its text, above its article, beside its headline,
    in its head, where its text opens, and with the names of a theme's house on the body."""
    first, *rest = (f"<p>{sentence}</p>" for sentence in SENTENCES)
    markup = (
        f"<html><head><title>{TITLE} - Pesisir</title>{head}</head><body class='single postid-31 {house}'>"
        f"{above}<article id='post-31'><h1 class='entry-title'>{TITLE}</h1>{beside}"
        f"<div class='entry-content'>{opening}{first}{text}{''.join(rest)}</div></article></body></html>"
    )
    return extract_html(markup, f"{HOME}/dermaga-pasar-baru/", site="pesisir.example")


@pytest.mark.parametrize(
    "image",
    [
        '<img src="/img/blank.gif" data-lazy-src="/f/papan.jpg">',
        '<img src="/x/1x1.trans.gif" data-original="/f/papan.jpg">',
        '<img src="/x/lazy_placeholder.gif" data-src="/f/papan.jpg">',
        '<img src="/x/placeholder-600x400.png" data-lazy="/f/papan.jpg">',
        '<img src="data:image/gif;base64,R0lGOD" data-src="/f/papan.jpg">',
        '<img data-src="/f/papan.jpg">',
        '<img src="/f/papan-24x16.jpg" data-src="/f/papan.jpg">',
        '<img src="/x/loading.svg" data-src="/f/papan-3x2.jpg" data-srcset="/f/papan.jpg 900w">',
        '<img src="/x/blank.gif"><noscript><img src="/f/papan.jpg"></noscript>',
        '<noscript><img src="/f/papan.jpg"></noscript><img src="/x/blank.gif">',
        '<a href="/foto/"><img src="/x/blank.gif"></a><noscript><img src="/f/papan.jpg"></noscript>',
        '<noscript><img src="/f/papan.jpg"></noscript>',
        '<img src="/f/papan.jpg"><noscript><img src="/f/papan.jpg"></noscript>',
        '<img src="/f/papan.jpg"></p><p><img src="/f/papan-300x200.jpg" srcset="/f/papan.jpg 900w">',
    ],
)
def test_a_photo_that_is_loaded_late_counts_once(image: str) -> None:
    article = read(text=f"<p>{image}</p>")
    assert [each.url for each in article.images] == [f"{HOME}/f/papan.jpg"]
    assert article.body == "\n\n".join(SENTENCES)


@pytest.mark.parametrize(
    "image",
    [
        '<img src="/x/spacer.gif">',
        '<img src="/x/lazy-loader.png">',
        '<noscript><img src="https://hitung.example/tr?id=1" width="1" height="1"></noscript>',
    ],
)
def test_what_is_no_photo(image: str) -> None:
    assert read(text=f"<p>{image}</p>").images == ()


@pytest.mark.parametrize(
    "file", ["pasar-kosong.jpg", "trans-sumatra.jpg", "loading-dock.jpg", "7.jpg"]
)
def test_a_file_that_is_called_nearly_so_is_a_photo(file: str) -> None:
    assert [each.url for each in read(text=f"<img src='/f/{file}'>").images] == [f"{HOME}/f/{file}"]


PHOTO = '<img src="/f/dermaga-utama.jpg" alt="Dermaga" width="900" height="600"{}>'


@pytest.mark.parametrize(
    "page",
    [
        {
            "beside": f"<figure>{PHOTO.format('')}<figcaption>Dermaga baru (ist)</figcaption></figure>"
        },
        {
            "beside": f"<div><div>{PHOTO.format('')}</div><p class='fotocaption'>Dermaga baru (ist)</p></div>"
        },
        {
            "beside": f"<div>{PHOTO.format('')}<span class='photo-desc'>Dermaga baru (ist)</span></div>"
        },
        {
            "beside": f"<div>{PHOTO.format('')}</div><small class='img-caption'>Dermaga baru (ist)</small>"
        },
        {
            "beside": "<figure><img src='/x/blank.gif' data-src='/f/dermaga-utama.jpg' alt='Dermaga'>"
            "<noscript><img src='/f/dermaga-utama.jpg'></noscript>"
            "<figcaption>Dermaga baru (ist)</figcaption></figure>"
        },
        {
            "above": f"<div class='hero'>{PHOTO.format(' class=wp-post-image')}"
            "<div class='caption'>Dermaga baru (ist)</div></div>"
        },
        {
            "above": f"<figure class='post-thumbnail'>{PHOTO.format('')}"
            "<figcaption>Dermaga baru (ist)</figcaption></figure>"
        },
        {
            "above": f"<div class='atas'>{PHOTO.format('')}<em class='caption'>Dermaga baru (ist)</em></div>",
            "head": "<meta property='og:image' content='/f/dermaga-utama-1024x683.jpg'>",
        },
        {
            "beside": f"<div><a href='/f/dermaga-utama.jpg'>{PHOTO.format('')}</a>"
            "<p class='wp-caption-text'>Dermaga baru (ist)</p></div>"
        },
        {
            "above": "<p class='adv-caption'>ADVERTISEMENT</p>",
            "beside": f"<div>{PHOTO.format('')}<span>Dermaga baru (ist)</span></div>",
        },
    ],
)
def test_the_photo_above_the_text_and_its_caption(page: dict[str, str]) -> None:
    article = read(**page)
    assert article.image_url == f"{HOME}/f/dermaga-utama.jpg"
    assert (article.image_alt, article.caption) == ("Dermaga", "Dermaga baru (ist)")
    assert article.images == ()


@pytest.mark.parametrize(
    "page",
    [
        pytest.param({"above": f"<header>{PHOTO.format('')}</header>"}, id="the masthead's"),
        pytest.param(
            {
                "beside": f"<div><a href='/lain/'>{PHOTO.format('')}<h3>Lomba Dayung di Muara</h3></a></div>"
            },
            id="another article's",
        ),
        pytest.param({"beside": '<img src="/f/logo-pesisir.png">'}, id="a logo"),
        pytest.param({"beside": '<img src="/x/blank.gif">'}, id="a placeholder"),
        pytest.param(
            {"beside": '<img src="/wp-content/themes/pesisir/img/noimage.jpg">'},
            id="what the theme shows for want of one",
        ),
        pytest.param(
            {"head": "<meta property='og:image' content='/x/placeholder.png'>"},
            id="a stated placeholder",
        ),
    ],
)
def test_what_is_not_the_articles_photo(page: dict[str, str]) -> None:
    assert read(**page).image_url is None


def test_the_photo_that_a_theme_puts_into_the_texts_container() -> None:
    featured = (
        "<div class='td-post-featured-image'><figure><img src='/f/dermaga-utama.jpg' alt='Dermaga'>"
        "<figcaption>Dermaga baru (ist)</figcaption></figure></div>"
    )
    article = read(opening=featured, text="<img src='/f/papan.jpg'>")
    assert article.image_url == f"{HOME}/f/dermaga-utama.jpg"
    assert article.caption == "Dermaga baru (ist)"
    assert [each.url for each in article.images] == [f"{HOME}/f/papan.jpg"]


def test_a_photo_that_only_metadata_name() -> None:
    article = read(head="<meta property='og:image' content='/f/ikonografi-logam.jpg'>")
    assert (article.image_url, article.image_alt) == (f"{HOME}/f/ikonografi-logam.jpg", None)


@pytest.mark.parametrize("classes", ["size-full wp-image-41", "wp-post-image"])
@pytest.mark.parametrize("house", ["", "idtheme kentooz"], ids=["unknown", "wpberita"])
def test_the_photo_above_the_text_as_the_classic_editor_prints_it(house: str, classes: str) -> None:
    article = read(
        house=house,
        beside='<div id="attachment_41" style="width: 650px" class="wp-caption aligncenter">'
        f'<a href="/f/dermaga.jpg"><img class="{classes}" src="/f/dermaga-300x200.jpg" '
        'srcset="/f/dermaga-300x200.jpg 300w, /f/dermaga.jpg 900w" alt="Dermaga kayu"></a>'
        '<p class="wp-caption-text">Nelayan menambat perahu (Foto: Tirta Laksana)</p></div>',
    )
    assert article.image_url == f"{HOME}/f/dermaga.jpg"
    assert article.image_alt == "Dermaga kayu"
    assert article.caption == "Nelayan menambat perahu (Foto: Tirta Laksana)"
    assert article.photo_credit == "Tirta Laksana"
    assert (article.images, article.body) == ((), "\n\n".join(SENTENCES))


def test_a_photo_with_its_caption_in_the_text_of_a_known_theme_is_no_lead_photo() -> None:
    photo = (
        '<div class="wp-caption"><img src="/f/papan.jpg"><p class="wp-caption-text">Papan</p></div>'
    )
    article = read(house="idtheme kentooz", text=photo)
    assert (article.image_url, article.caption) == (None, None)
    assert [(each.url, each.caption) for each in article.images] == [
        (f"{HOME}/f/papan.jpg", "Papan")
    ]
