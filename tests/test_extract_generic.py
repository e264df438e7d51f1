"""Pages of unknown themes: headlines, containers, and what is refused."""

from __future__ import annotations

import hashlib
import json

import pytest

from crawler.errors import NotAnArticle
from crawler.extract import extract_article
from crawler.items import Article, Capture
from crawler.newsrooms import Newsroom
from crawler.normalise.text import is_indonesian

LINTAS = Newsroom(name="lintas", address="https://lintas.example", zone="Asia/Makassar")
URL = "https://lintas.example/daerah/jembatan-gantung-taopa-diperbaiki/"
TITLE = "Jembatan Gantung Taopa Diperbaiki"
TEXT = (
    "Warga Taopa bergotong royong mengganti papan jembatan gantung yang lapuk sejak musim hujan.",
    "Papan kayu besi disumbangkan pemilik kebun kelapa, dan tukang bekerja tanpa upah.",
    "“Anak sekolah harus bisa lewat sebelum ujian,” kata Kepala Desa, Arsyad Mahmud.",
    "Pemerintah kabupaten berjanji membangun jembatan beton pada tahun anggaran berikutnya.",
)
PARAGRAPHS = "".join(f"<p>{text}</p>" for text in TEXT)


def page(body: str, head: str = f"<title>{TITLE} - Lintas</title>", classes: str = "") -> str:
    return f'<html lang="id"><head>{head}</head><body class="{classes}">{body}</body></html>'


def read(markup: str, url: str = URL) -> Article:
    return extract_article([Capture(url=url, body=markup.encode())], LINTAS)


def has_no_headline(markup: str) -> bool:
    with pytest.raises(NotAnArticle) as refused:
        read(markup)
    return refused.value.reason == "no_headline"


# --- headline


@pytest.mark.parametrize(
    ("body", "head", "title", "source"),
    [
        pytest.param(f"<h1>{TITLE}</h1>", "", TITLE, "h1", id="one h1"),
        pytest.param(
            f"<h1>Lintas</h1><h2>{TITLE}</h2><h1>TAG</h1>",
            f"<title>{TITLE} - Lintas Daerah</title>",
            TITLE,
            "h2",
            id="title agrees with an h2",
        ),
        pytest.param(
            f'<h1 class="site-hero-title">Berita</h1><h2 class="title">{TITLE}</h2>',
            f"<title>{TITLE} &#8211; Lintas</title>",
            TITLE,
            "h2.title",
            id="hero above the headline",
        ),
        pytest.param(
            f'<h1>FOTO: {TITLE}</h1><h3><a href="/lain">Berita Lain dari Taopa Hari Ini</a></h3>',
            f'<meta property="og:title" content="Lintas: FOTO: {TITLE}">',
            f"FOTO: {TITLE}",
            "h1",
            id="site in front",
        ),
        pytest.param(
            "<h1>Jembatan Taopa Mulai Diperbaiki Warga</h1>",
            f'<meta property="og:title" content="{TITLE}">',
            "Jembatan Taopa Mulai Diperbaiki Warga",
            "h1",
            id="as printed, not as shared",
        ),
        pytest.param(
            f'<div class="posting-title">{TITLE}</div>',
            f"<title>{TITLE} | lintas.example</title>",
            TITLE,
            "div.posting-title",
            id="no heading",
        ),
        pytest.param(
            f"<h3>{TITLE}</h3>", "<title>Lintas</title>", TITLE, "h3", id="the address agrees"
        ),
        pytest.param(
            f'<h1 class="entry-title">{TITLE} <span class="screen-reader-text">Sunting</span></h1>',
            "",
            TITLE,
            "h1.entry-title",
            id="what only screen readers hear",
        ),
    ],
)
def test_finds_the_headline(body: str, head: str, title: str, source: str) -> None:
    article = read(page(f"{body}<div>{PARAGRAPHS}</div>", head))
    assert (article.title, article.provenance["title"]) == (title, source)


@pytest.mark.parametrize(
    "body",
    [
        '<h1 class="site-title"><a href="/">Lintas</a></h1>',
        '<h2 class="widget-title">Berita Terbaru</h2>',
        '<h3><a href="/lain">Kopi Kulawi Diekspor</a></h3><h3><a href="/dua">Guru Honorer</a></h3>',
        "<p>Tanpa tajuk.</p>",
    ],
)
def test_headings_of_the_site_are_no_headline(body: str) -> None:
    assert has_no_headline(page(f"{body}<div>{PARAGRAPHS}</div>", "<title>Lintas</title>"))


SEO = "<title>Info Perbaikan Jembatan Terbaru - Kabar Taopa</title>"
SITE = '<p class="site-title"><a href="https://lintas.example/">Kabar Taopa</a></p>'


@pytest.mark.parametrize(
    ("body", "head", "classes"),
    [
        pytest.param(
            f'{SITE}<article id="post-7"><h1 class="entry-title">{TITLE}</h1></article>',
            SEO,
            "single postid-7",
            id="another text for search engines",
        ),
        pytest.param(f"{SITE}<div><h1>{TITLE}</h1></div>", SEO, "", id="one h1 and no article"),
        pytest.param(
            f"<h1>{SITE}</h1><main><article><h2 class='wp-block-post-title'>{TITLE}</h2>"
            f"{PARAGRAPHS * 2}</article></main>",
            SEO,
            "",
            id="the masthead is the h1",
        ),
        pytest.param(
            f"{SITE}<h1>Kabar Taopa</h1><h2>{TITLE}</h2>",
            f"<title>{TITLE} - Kabar Taopa</title>",
            "",
            id="the site's name, no link",
        ),
        pytest.param(
            f'<header id="masthead">{SITE}<div class="entry-header"><h1 class="entry-title">{TITLE}'
            f'</h1></div></header><article id="post-7">{PARAGRAPHS}</article>',
            SEO,
            "single postid-7",
            id="the headline stands in the masthead",
        ),
        pytest.param(
            f'<div class="jalur"><a href="/">Beranda</a> <span>Info Perbaikan Jembatan Terbaru</span>'
            f"</div><h1>{TITLE}</h1>",
            SEO,
            "",
            id="the way from the front page repeats what is for search engines",
        ),
        pytest.param(
            '<article><a href="/lain/"><h2 class="entry-title">Kopi Kulawi Diekspor</h2></a></article>'
            f'<article><h1 class="entry-title">{TITLE}</h1>{PARAGRAPHS * 2}</article>',
            SEO,
            "",
            id="the card of another article comes first",
        ),
        pytest.param(
            '<article><h2 class="entry-title">Kopi Kulawi Diekspor</h2></article>'
            f'<article id="post-7"><h1>{TITLE}</h1>{PARAGRAPHS}</article>',
            SEO,
            "single postid-7",
            id="a card without a link comes first",
        ),
        pytest.param(
            f'<article id="post-7"><h1 class="entry-title">{TITLE}</h1>{PARAGRAPHS}</article>'
            '<article id="post-8"><h1 class="entry-title">Kopi Kulawi Diekspor</h1></article>',
            "<title>Kopi Kulawi Diekspor - Kabar Taopa</title>",
            "single postid-7",
            id="the next article below",
        ),
        pytest.param(
            f'<article id="post-7"><h1 class="d-none">{TITLE}</h1><h1>{TITLE}</h1></article>',
            SEO,
            "single postid-7",
            id="twice, for wide and narrow screens",
        ),
        pytest.param(
            f'<article id="post-7"><h1 class="entry-title">{TITLE}</h1><div class="related-posts">'
            '<h3 class="entry-title">Kopi Kulawi Diekspor</h3></div></article>',
            SEO,
            "single postid-7",
            id="related articles in the same element",
        ),
        pytest.param(
            f'<h1 class="page-title">Daerah</h1><article id="post-7"><h2 class="entry-title">{TITLE}'
            "</h2></article>",
            SEO,
            "single postid-7",
            id="the section is the h1",
        ),
    ],
)
def test_the_articles_own_title_whatever_metadata_say(body: str, head: str, classes: str) -> None:
    before, end, after = body.rpartition("</article>")
    text = f"<div>{PARAGRAPHS * 3}</div>"
    body = f"{before}{text}{end}{after}" if end else f"{body}{text}"
    article = read(page(body, head, classes), "https://lintas.example/daerah/alamat-lama/")
    assert article.title == TITLE


@pytest.mark.parametrize(
    ("body", "title"),
    [
        (f"{SITE}<div>x</div>", "Kabar Taopa"),
        ('<div id="logo"><a href="//www.lintas.example">Kabar Taopa</a></div>', "Kabar Taopa"),
        ("<h1>lintas.example</h1>", "lintas.example"),
        ('<h1><a href="/" rel="home">Kabar Taopa</a></h1>', "Taopa Hari Ini - Kabar Taopa"),
    ],
)
def test_what_the_site_is_called_is_no_headline(body: str, title: str) -> None:
    assert has_no_headline(page(f"{body}<div>{PARAGRAPHS}</div>", f"<title>{title}</title>"))


# --- the page as a whole


def test_reads_a_page_without_any_mark() -> None:
    article = read(page(f"<h1>{TITLE}</h1><div>{PARAGRAPHS}</div>"))
    assert article.title == TITLE
    assert article.body == "\n\n".join(TEXT)
    assert article.published_at is None
    assert article.authors == ()
    assert article.language == "id"


def test_says_where_values_come_from() -> None:
    ld = json.dumps({"@type": "NewsArticle", "headline": TITLE, "datePublished": "2024-02-01"})
    article = read(
        page(
            f'<h1>{TITLE}</h1><p>1 Februari 2024 08:30 WITA</p><div class="penulis">Sari Dewi</div>'
            f"<div>{PARAGRAPHS}</div>",
            f'<script type="application/ld+json">{ld}</script>',
        )
    )
    assert article.published_at == "2024-02-01T08:30:00+08:00"
    assert article.authors == ("Sari Dewi",)
    assert article.provenance["published_at"] == "line beside the headline"
    assert article.provenance["authors"] == ".penulis"
    assert article.provenance["title"] == "h1"


def test_an_editor_named_by_jsonld_alone_is_no_author() -> None:
    ld = json.dumps({"@type": "NewsArticle", "headline": TITLE, "author": {"name": "Rian Tobu"}})
    article = read(
        page(
            f"<h1>{TITLE}</h1><div>{PARAGRAPHS}<p>Editor: Rian Tobu</p></div>",
            f'<script type="application/ld+json">{ld}</script>',
        )
    )
    assert article.authors == ()
    assert article.editor == "Rian Tobu"
    assert article.body == "\n\n".join(TEXT)


@pytest.mark.parametrize(
    ("markup", "reason"),
    [
        pytest.param(page(f"<h1>{TITLE}</h1>"), "no_text", id="headline only"),
        pytest.param(page(f"<h1>{TITLE}</h1><p>{TEXT[0]}</p>"), "too_short", id="one sentence"),
        pytest.param(
            page(f"<div>{PARAGRAPHS}</div>", "<title>Lintas</title>"), "no_headline", id="text only"
        ),
        pytest.param(
            page("<p>Sebentar</p>", "<title>Attention Required! | Cloudflare</title>"),
            "captcha",
            id="challenge",
        ),
        pytest.param(page("<h1>Hacked by Kucing Hitam</h1>", ""), "hacked", id="defaced"),
        pytest.param(
            page("<h1>Account Suspended</h1>", "<title>Account Suspended</title>"),
            "parked",
            id="suspended",
        ),
        pytest.param(
            page("<h1>404 Not Found</h1>", "<title>404 Not Found</title>"), "not_found", id="404"
        ),
        pytest.param(page("<div>" * 400 + PARAGRAPHS), "too_deep", id="400 deep"),
    ],
)
def test_refuses_with_a_reason(markup: str, reason: str) -> None:
    with pytest.raises(NotAnArticle) as refused:
        read(markup)
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    "title",
    ["404 Warga Taopa Terima Bantuan", "Situs Desa Taopa Diretas", "Korban Hanyut Tidak Ditemukan"],
)
def test_headlines_that_only_sound_like_an_error(title: str) -> None:
    article = read(
        page(
            f'<article id="post-3"><h1>{title}</h1><div class="entry-content">{PARAGRAPHS}</div>'
            "</article>",
            f"<title>{title} - Lintas</title>",
            "single single-post postid-3",
        )
    )
    assert article.title == title
    assert article.post_id == 3


def test_an_article_without_text_is_read() -> None:
    article = read(
        page(
            f'<article id="post-3"><h1 class="entry-title">{TITLE}</h1><div class="entry-content">'
            '<iframe src="https://www.youtube.com/embed/abc123"></iframe></div></article>',
            classes="single single-post postid-3",
        )
    )
    assert article.body == ""
    assert [each.kind for each in article.embeds] == ["video"]


@pytest.mark.parametrize(
    ("text", "indonesian"),
    [
        (" ".join(TEXT), True),
        ("The bridge was repaired by the villagers before the exam season began.", False),
        ("", False),
    ],
)
def test_knows_indonesian(text: str, indonesian: bool) -> None:
    assert is_indonesian(text) is indonesian


def test_a_canonical_address_that_is_the_front_page_is_a_mistake() -> None:
    head = f'<title>{TITLE}</title><link rel="canonical" href="https://lintas.example/">'
    article = read(page(f"<h1>{TITLE}</h1><div>{PARAGRAPHS}</div>", head), f"{URL}?utm_source=wa")
    assert article.url == URL


def test_the_id_of_an_article_without_a_post_id_is_of_its_whole_address() -> None:
    markup = page(f"<h1>{TITLE}</h1><div>{PARAGRAPHS}</div>")
    url = "https://lintas.example/read/5000/jembatan-gantung-taopa"
    article = read(markup, f"{url}?utm_source=surel")
    assert article.post_id is None
    assert article.id == f"lintas:{hashlib.sha256(url.encode()).hexdigest()[:16]}"
