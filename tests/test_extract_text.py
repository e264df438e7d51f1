"""The text of an article, whole and nothing else, in every theme and from REST."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from crawler.errors import NotAnArticle
from crawler.extract import extract_article, extract_html, open_page
from crawler.items import Article, Capture

URL = "https://kabarmukim.example/daerah/pasar-terapung-lok-baintan-ditata/"
TITLE = "Pasar Terapung Lok Baintan Ditata"
FIRST = "MARTAPURA – Pemerintah kabupaten mulai menata dermaga pasar terapung pada Rabu (7/6/2023) pagi."
SECOND = (
    "Sebanyak empat puluh pedagang memindahkan jukung mereka ke sisi timur sungai selama dua pekan."
)
THIRD = "Ketua paguyuban, Noor Halimah, berharap dermaga baru tidak licin ketika air sedang pasang."
LAST = "Pekerjaan itu dijadwalkan selesai sebelum kunjungan rombongan pelajar pada akhir bulan."
TEXT = (FIRST, SECOND, THIRD, LAST)
OTHER = (
    "BANJARBARU – Harga ikan haruan di pasar subuh turun setelah pasokan dari Danau Panggang lancar.",
    "Pedagang bernama Rusmini menjual dua puluh kilogram sehari, dua kali lipat daripada bulan lalu.",
    "Dinas perikanan menebar benih di tiga rawa agar pasokan bertahan sampai musim kemarau berakhir.",
    "Pembeli dari kota tetangga datang sejak pukul lima pagi dan memarkir mobil di tepi jalan raya.",
    "Pengelola pasar menambah lampu di lorong belakang karena banyak lapak buka sebelum matahari terbit.",
    "Kepala pasar mengingatkan pedagang agar tidak menaruh bak air di tengah lorong yang sempit itu.",
)


def paragraphs(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def wordpress(article: str, *, below: str = "", head: str = "") -> str:
    """A page of a theme that nobody has described."""
    return f"""<!DOCTYPE html><html lang="id"><head><title>{TITLE} - Kabar Mukim</title>{head}</head>
<body class="post-template-default single single-post postid-31"><div id="page"><div id="masthead">
<p class="site-title"><a href="/">Kabar Mukim</a></p></div><main><article id="post-31" class="post-31
post type-post hentry"><header class="entry-header"><h1 class="entry-title">{TITLE}</h1>
<div class="entry-meta"><time class="entry-date published" datetime="2023-06-07T10:15:00+08:00">7 Juni
2023</time> <span class="author vcard"><a class="url fn n" href="/author/salma/">Salma Ridha</a></span>
</div></header>{article}</article>{below}</main><footer>Hak cipta Kabar Mukim</footer></div></body></html>"""


def wpberita(article: str) -> str:
    return f"""<html lang="id"><body class="single single-post postid-31 idtheme kentooz"><main>
<article id="post-31" class="content-single"><h1 class="entry-title">{TITLE}</h1>
{article}</article></main></body></html>"""


def content(markup: str, name: str = "entry-content") -> str:
    return f'<div class="{name}">{markup}</div>'


def read(page: str) -> Article:
    return extract_html(page, URL, site="kabarmukim")


def blocks(page: str) -> list[str]:
    return read(page).body.split("\n\n")


def stated(markup: str) -> Article:
    """The article as REST states it."""
    post = {
        "id": 31,
        "date": "2023-06-07T10:15:00",
        "date_gmt": "2023-06-07T03:15:00",
        "link": URL,
        "title": {"rendered": TITLE},
        "content": {"rendered": markup, "protected": False},
    }
    headers = {"content-type": "application/json"}
    return extract_article([Capture(url=URL, body=json.dumps(post).encode(), headers=headers)])


def everywhere(markup: str) -> list[list[str]]:
    """The blocks that an unknown theme, WPBerita and REST make of the same content."""
    return [
        blocks(wordpress(content(markup))),
        blocks(wpberita(content(markup, "entry-content entry-content-single"))),
        stated(markup).body.split("\n\n"),
    ]


# --- what nobody sees


@pytest.mark.parametrize(
    "attributes",
    [
        *('style="font-size:0"', 'style="FONT-SIZE: 0px; line-height: 0"', 'style="opacity: 0.0;"'),
        *('style="height:0;overflow:hidden"', 'style="overflow : hidden; max-height : 0px"'),
        *('style="position:absolute;left:-9999px"', 'style="text-indent:-5000px"'),
        *('style="margin-top:-120em"', 'style="clip: rect(0,0,0,0); position: absolute"'),
        *('style="display : none"', 'style="visibility: hidden"', 'style="color: transparent"'),
        *("hidden", 'class="d-none"', 'class="teks visually-hidden"', 'aria-hidden="true"'),
    ],
)
def test_text_that_nobody_sees_is_no_body(attributes: str) -> None:
    injected = (
        f"<div {attributes}><p>Situs permainan terpercaya dengan bonus besar hari ini.</p></div>"
    )
    markup = paragraphs(FIRST, SECOND) + injected + paragraphs(THIRD)
    assert everywhere(markup) == [[FIRST, SECOND, THIRD]] * 3


@pytest.mark.parametrize(
    "attributes",
    [
        *('style="opacity:0.9"', 'style="font-size:0.9em"', 'style="height:200px;overflow:hidden"'),
        *('style="margin-left:-15px"', 'style="line-height:0.5"', 'style="text-indent:0"'),
        *('class="hidden md:block"', 'class="d-none d-lg-block"', 'class="hideable"'),
    ],
)
def test_text_that_somebody_sees_is_body(attributes: str) -> None:
    markup = f"<p>{FIRST}</p><div {attributes}><p>{SECOND}</p></div><p>{THIRD}</p>"
    assert everywhere(markup) == [[FIRST, SECOND, THIRD]] * 3


def test_a_photo_that_fades_in_is_a_photo() -> None:
    photo = (
        '<p><img src="https://kabarmukim.example/jukung.jpg" style="opacity:0" alt="Jukung"></p>'
    )
    article = read(wordpress(content(paragraphs(FIRST, SECOND) + photo + paragraphs(THIRD))))
    assert [each.url for each in article.images] == ["https://kabarmukim.example/jukung.jpg"]


# --- lists that WordPress makes, footnotes, notices


DYNAMIC = [
    '<ul class="wp-block-latest-posts__list wp-block-latest-posts"><li><a href="/a/">Warga Menanam</a></li></ul>',
    '<div class="wp-block-query"><ul class="wp-block-post-template"><li><h2><a href="/a/">Warga</a></h2></li></ul></div>',
    '<ol class="wp-block-latest-comments"><li>Adi pada <a href="/a/">Warga Menanam Bakau</a></li></ol>',
    '<p class="wp-block-tag-cloud"><a href="/tag/x/">Sungai</a> <a href="/tag/y/">Pasar</a></p>',
    '<ul class="wp-block-archives-list wp-block-archives"><li><a href="/2023/06/">Juni 2023</a></li></ul>',
    '<ul class="wp-block-categories-list wp-block-categories"><li><a href="/c/">Daerah</a> (12)</li></ul>',
    '<div class="wp-block-calendar"><table><tr><td>1</td><td>2</td></tr><tr><td>8</td><td>9</td></tr></table></div>',
    '<ul class="wp-block-social-links"><li><a href="https://x.com/mukim"><span>X</span></a></li></ul>',
    '<div id="toc_container" class="toc_wrap"><p class="toc_title">Isi</p><ul><li><a href="#a">Dermaga</a></li></ul></div>',
    '<nav class="daftar-isi"><ul><li><a href="#a">Dermaga</a></li></ul></nav>',
    '<span class="rt-reading-time"><span>Lama membaca</span> <span>2</span></span>',
]


@pytest.mark.parametrize("made", DYNAMIC)
def test_what_a_block_of_wordpress_lists_is_no_body(made: str) -> None:
    assert (
        everywhere(paragraphs(FIRST, SECOND) + made + paragraphs(THIRD))
        == [[FIRST, SECOND, THIRD]] * 3
    )


def test_the_heading_over_such_a_list_goes_with_it() -> None:
    made = f'<div class="wp-block-group"><h3>Kabar Lain dari Sungai</h3>{DYNAMIC[1]}</div>'
    subhead = "<h3>Dermaga Lama Dibongkar</h3>"
    markup = paragraphs(FIRST, SECOND) + made + subhead + paragraphs(THIRD)
    assert everywhere(markup) == [[FIRST, SECOND, "Dermaga Lama Dibongkar", THIRD]] * 3


def test_of_a_file_the_button_is_no_body() -> None:
    file = (
        '<div class="wp-block-file"><a href="/l.pdf">Laporan Penataan Dermaga</a>'
        '<a class="wp-block-file__button" href="/l.pdf" download>Unduh</a></div>'
    )
    assert "Unduh" not in stated(paragraphs(FIRST) + file).body


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ('Naik pada 2024<sup data-fn="a" class="fn"><a href="#a">1</a></sup> lalu.', "Naik pada 2024 lalu."),
        ('Naik pada 2024<sup><a href="#cat1">[1]</a></sup> lalu.', "Naik pada 2024 lalu."),
        ("Naik pada 2024<sup>1</sup> lalu.", "Naik pada 2024¹ lalu."),
        ("Sebanyak 10<sup>6</sup> benih.", "Sebanyak 10⁶ benih."),
        ("Luasnya 40 m<sup>2</sup> saja.", "Luasnya 40 m2 saja."),
        ('Menurut dokumen desa. <a href="#a-link">↩︎</a>', "Menurut dokumen desa."),
        ('Lihat <a href="#denah">denah dermaga</a> ini.', "Lihat denah dermaga ini."),
    ],
)  # fmt: skip
def test_marks_of_footnotes_are_no_digits(typed: str, printed: str) -> None:
    assert everywhere(paragraphs(FIRST, typed, SECOND)) == [[FIRST, printed, SECOND]] * 3


@pytest.mark.parametrize(
    "notice",
    [
        (
            "<br />\n<b>Warning</b>:  Undefined variable $iklan in <b>/home/u1/public_html/wp-content/themes/x/"
            "single.php</b> on line <b>88</b><br />\n"
        ),
        "<p>PHP Deprecated: Optional parameter $a declared before $b in /var/www/wp-includes/x.php on line 9</p>",
        (
            "<p><b>Fatal error</b>: Uncaught Error: Call to undefined function in /srv/www/y.php:3 thrown in "
            "<b>/srv/www/y.php</b> on line <b>3</b></p>"
        ),
    ],
)
def test_notices_of_php_are_no_body(notice: str) -> None:
    markup = paragraphs(FIRST, SECOND) + notice + paragraphs(THIRD)
    assert everywhere(markup) == [[FIRST, SECOND, THIRD]] * 3


# --- words alone delete no sentence of the newsroom


@pytest.mark.parametrize(
    "sentence",
    [
        "Loading batu bara di Pelabuhan Trisakti dihentikan sementara karena ombak tinggi.",
        "Iklan Politik",
        "Komentar Pelatih",
        "Kategori: Putra Usia 17 Tahun",
        "Yuk, baca buku bersama setiap Sabtu sore di taman tepi sungai, ajak pengelola.",
        "Ikuti lomba jukung pada akhir pekan ini, pendaftaran dibuka sampai Jumat siang.",
        "Tag: enam belas tim, empat lapangan",
        "Dibaca di depan warga",
        "Dibaca 12 siswa, puisi itu mengundang tepuk tangan.",
        "Waktu baca kitab: 30 menit sehari",
        "Berlangganan air bersih kini lebih murah bagi pelanggan baru di hulu sungai.",
        "Klik di sini, kata mesin itu, dan warga pun bingung mencari tombolnya.",
        "Notice: the line was cut, tertulis pada papan di ujung dermaga.",
    ],
)
def test_words_alone_delete_nothing(sentence: str) -> None:
    expected = [FIRST, SECOND, sentence, THIRD, LAST]
    assert everywhere(paragraphs(*expected)) == [expected] * 3


@pytest.mark.parametrize(
    "label",
    [
        *("SCROLL TO CONTINUE WITH CONTENT", "ADVERTISEMENT", "-iklan sisip ya-", "Bagikan ini:"),
        *("[Gambas:Video 20mukim]", '[irp posts="3"]', "Yuk, Simak Juga Video ini!", "Loading..."),
        *("Simak Video “Cara Menganyam Purun”", "Tonton juga video di bawah ini", "Halaman:"),
        *("COPYRIGHT © KABAR MUKIM 2017", "Hak Cipta (c) Kabar Mukim, 2019"),
        *("Filed under: Pasar, Sungai |", "Kembali ke Beranda"),
        *("Post Views: 33", "Dibaca: 1.234 kali", "Telah dilihat 55x", "1.204 views"),
        *("Waktu baca: 2 menit", "3 menit membaca", "Komentar Facebook"),
        *("Gulir ke bawah untuk melanjutkan membaca", "IKLAN - SCROLL UNTUK LANJUT MEMBACA"),
    ],
)
def test_a_label_is_no_body(label: str) -> None:
    assert everywhere(paragraphs(FIRST, SECOND, label, THIRD)) == [[FIRST, SECOND, THIRD]] * 3


@pytest.mark.parametrize(
    "call",
    [
        'Ikuti berita kami di <a href="https://news.google.com/publications/x">Google News</a>.',
        'Dapatkan kabar terbaru lewat <a href="https://whatsapp.com/channel/0029Va">saluran WhatsApp</a>.',
        'Gabung di grup <a href="https://t.me/kabarmukim">Telegram</a> kami. Jangan ketinggalan!',
        'Berlangganan untuk membaca selengkapnya. Sudah punya akun? <a href="/masuk/">Masuk</a>.',
        '<a href="https://www.facebook.com/sharer.php?u=x">Facebook</a> <a href="https://wa.me/?text=x">WA</a>',
        'Saksikan video: <a href="/video/panen-purun/">Panen Purun di Rawa Danau Panggang</a>',
    ],
)
def test_a_call_that_links_what_it_calls_to_is_no_body(call: str) -> None:
    assert everywhere(paragraphs(FIRST, SECOND, call)) == [[FIRST, SECOND]] * 3


def test_an_invitation_to_subscribe_is_no_body_but_the_text_behind_it_is() -> None:
    box = '<div class="paywall-box"><p>Berlangganan untuk membaca selengkapnya. Sudah punya akun?</p></div>'
    assert everywhere(paragraphs(FIRST, SECOND) + box) == [[FIRST, SECOND]] * 3
    behind = f'<div class="paywall">{paragraphs(*TEXT[1:], *OTHER[:3])}</div>'
    assert everywhere(paragraphs(FIRST) + behind) == [[*TEXT, *OTHER[:3]]] * 3


# --- a text in parts, and more than once


def test_an_ad_divides_the_text_of_the_known_theme_too() -> None:
    name = "entry-content entry-content-single"
    ad = '<div class="gmr-banner-insidecontent">Iklan</div>'
    page = wpberita(
        content(paragraphs(*TEXT[:2]), name) + ad + content(paragraphs(*TEXT[2:]), name)
    )
    assert blocks(page) == list(TEXT)


@pytest.mark.parametrize("torn", ["</div>", "</div></div>", "</div></section></div>"])
@pytest.mark.parametrize(
    ("page", "name"),
    [(wpberita, "entry-content entry-content-single"), (wordpress, "entry-content")],
)
def test_an_end_tag_too_many_in_the_text_cuts_nothing_off(
    page: Callable[[str], str], name: str, torn: str
) -> None:
    rest = f'<p style="text-align: justify;">{THIRD}</p><p class="MsoNormal">{LAST}</p>'
    text = content(paragraphs(FIRST, SECOND) + torn + rest, name)
    below = (
        '<div class="gmr-related-post"><h3>Pos terkait</h3><p>Harga ikan turun di pasar.</p></div>'
    )
    assert blocks(page(text + below)) == list(TEXT)


def test_what_a_theme_prints_right_below_the_text_is_none_of_it() -> None:
    name = "entry-content entry-content-single"
    about = "<p>Kabar Mukim adalah media siber yang terbit di tepi Sungai Martapura sejak 2012.</p>"
    below = (
        f'<p class="hak-cipta">Isi laman ini boleh dikutip dengan menyebut sumbernya.</p>{about}'
    )
    assert blocks(wpberita(content(paragraphs(*TEXT), name) + below)) == list(TEXT)
    page = wpberita(content(paragraphs(*TEXT), name))
    assert blocks(page.replace("</article>", f"</article>{about}")) == list(TEXT)


def test_a_text_for_each_width_of_screen_counts_once() -> None:
    twice = (
        f'<div class="lebar">{paragraphs(*TEXT)}</div><div class="sempit">{paragraphs(*TEXT)}</div>'
    )
    assert everywhere(twice) == [list(TEXT)] * 3
    thrice = f'{twice}<div class="cetak">{paragraphs(*TEXT)}</div>'
    assert blocks(wordpress(content(thrice))) == list(TEXT)


def test_a_sentence_that_the_newsroom_wrote_twice_stands_twice() -> None:
    expected = [FIRST, SECOND, THIRD, SECOND, LAST]
    assert everywhere(paragraphs(*expected)) == [expected] * 3


# --- later pages


@pytest.mark.parametrize(
    "links",
    [
        (
            '<p class="post-nav-links">Laman: <span class="post-page-numbers current">1</span> '
            '<a href="{}2/" class="post-page-numbers">2</a></p>'
        ),
        (
            '<div class="ms-pagination">Laman: <span class="post-page-numbers current"><b>1</b></span> | '
            '<a class="post-page-numbers" href="{}2/"><span>2</span></a></div>'
        ),
        '<div class="paging"><a href="{}2/">Selanjutnya</a></div>',
        '<ul><li>Halaman:</li><li><a href="{}">1</a></li><li><a href="{}2/">2</a></li></ul>',
        '<div class="hal"><a rel="next" href="{}?page=2">2</a> <a href="{}?page=all">Semua</a></div>',
        '<div class="hal"><a href="?page=2">Berikutnya</a></div>',
        '<div class="hal"><a href="{}?page=all">Tampilkan semua</a></div>',
        '<div class="hal"><a href="{}?halaman=2">Halaman berikutnya</a></div>',
    ],
)
def test_later_pages_are_known_by_what_links_them(links: str) -> None:
    inside = wordpress(content(paragraphs(FIRST, SECOND) + links.replace("{}", URL)))
    below = wordpress(content(paragraphs(FIRST, SECOND)) + links.replace("{}", URL))
    for markup in (inside, below):
        page = open_page(Capture(url=URL, body=markup.encode()))
        url = page.next_missing()
        assert url in (f"{URL}2/", f"{URL}?page=2", f"{URL}?page=all", f"{URL}?halaman=2")
        page.add(Capture(url=url, body=wordpress(content(paragraphs(THIRD, LAST))).encode()))
        assert page.next_missing() is None
        assert page.article().body.split("\n\n") == list(TEXT)


@pytest.mark.parametrize(
    "links",
    [
        '<nav><a rel="next" href="https://kabarmukim.example/daerah/harga-ikan-haruan-turun/">2</a></nav>',
        '<div id="comments"><a href="{}?page=2">2</a></div>',
        '<a href="https://lain.example/daerah/pasar-terapung-lok-baintan-ditata/2/">2</a>',
        '<a href="{}comment-page-2/#comments">Komentar lama</a>',
    ],
)
def test_other_links_lead_to_no_page_of_the_article(links: str) -> None:
    markup = wordpress(content(paragraphs(*TEXT)) + links.replace("{}", URL))
    assert read(markup).pages == (URL,)


@pytest.mark.parametrize(
    "linked",
    [
        f"{URL}2/",  # asked for without a slash at its end
        f"{URL.replace('https://', 'https://www.')}2/",
        f"{URL.replace('https://', 'http://')}2/",
    ],
)
def test_a_later_page_may_be_linked_in_another_form_of_the_address(linked: str) -> None:
    markup = wordpress(content(paragraphs(FIRST) + f'<a href="{linked}">2</a>')).encode()
    page = open_page(Capture(url=URL.rstrip("/"), body=markup))
    assert page.next_missing() == linked


@pytest.mark.parametrize(
    ("following", "pages"),
    [(f"{URL}2/", (URL, f"{URL}2/")), ("https://kabarmukim.example/daerah/lain/", (URL,))],
)
def test_the_head_may_name_the_next_page(following: str, pages: tuple[str, ...]) -> None:
    head = f'<link rel="next" href="{following}">'
    assert read(wordpress(content(paragraphs(*TEXT)), head=head)).pages == pages


def test_a_later_page_that_repeats_the_text_adds_nothing() -> None:
    linked = f'<a href="{URL}?page=all">Semua</a>'
    page = open_page(
        Capture(url=URL, body=wordpress(content(paragraphs(*TEXT[:2])) + linked).encode())
    )
    url = page.next_missing()
    assert url is not None
    page.add(Capture(url=url, body=wordpress(content(paragraphs(*TEXT))).encode()))
    assert page.article().body.split("\n\n") == list(TEXT)


# --- where the text stands


SHORT = (
    "Listrik padam dua jam di Lok Baintan.",
    "Air surut, pasar libur sehari penuh kata pengelola.",
)


@pytest.mark.parametrize("name", ["entry-content", "cm-entry-summary", "isi-berita", "kotak"])
@pytest.mark.parametrize("text", SHORT)
def test_a_short_article_is_read(name: str, text: str) -> None:
    assert blocks(wordpress(content(paragraphs(text), name))) == [text]


EXCERPTS = "".join(
    f'<div class="kartu"><h4><a href="/daerah/lain-{number}/">Harga Haruan Turun di Pasar Subuh</a></h4>'
    f'<p class="ringkas">{text} {more} <a href="/daerah/lain-{number}/">Selengkapnya</a></p></div>'
    for number, (text, more) in enumerate(zip(OTHER[::2], OTHER[1::2], strict=True))
)


@pytest.mark.parametrize("name", ["entry-content", "kotak"])
@pytest.mark.parametrize(
    "label",
    ["<h2>Related Posts</h2>", "<h2>Berita Terkait</h2>", "<h2>Artikel Lainnya</h2>", ""],
)
def test_excerpts_of_related_posts_are_not_a_short_article(name: str, label: str) -> None:
    below = f"<section>{label}{EXCERPTS}</section>"
    for text in ([SHORT[0]], [SHORT[1]], SHORT, TEXT):
        assert blocks(wordpress(content(paragraphs(*text), name), below=below)) == list(text)


@pytest.mark.parametrize("name", ["entry-content", "kotak"])
@pytest.mark.parametrize("count", [2, 3, 4])
def test_a_text_goes_on_below_boxes_that_divide_it(name: str, count: int) -> None:
    """A page builder gives each paragraph an element of its own."""
    box = (
        '<div class="lain"><h4>Baca Juga</h4><a href="/lain/">Harga Haruan Turun di Pasar</a></div>'
    )
    parts = [f'<div class="blok"><p>{text}</p></div>' for text in TEXT[:count]]
    assert blocks(wordpress(content(box.join(parts), name))) == list(TEXT[:count])


def test_a_headline_longer_than_the_text_makes_no_text_of_the_byline() -> None:
    page = wordpress(content(paragraphs(SHORT[0])))
    long = (
        f"{TITLE} dan Para Pedagang Pindah ke Sisi Timur Sungai Selama Dua Pekan Penuh Tanpa Biaya"
    )
    article = read(page.replace(TITLE, long))
    assert (article.title, article.body) == (long, SHORT[0])
    assert article.authors == ("Salma Ridha",)


@pytest.mark.parametrize(
    "lead",
    [
        '<p class="lead">{}</p>',
        '<div class="post-excerpt"><p>{}</p></div>',
        '<div class="article__intro">{}</div>',
        "<p>{}</p>",
    ],
)
def test_a_lead_above_the_content_is_of_the_article(lead: str) -> None:
    article = read(wordpress(lead.format(FIRST) + content(paragraphs(SECOND, THIRD, LAST))))
    assert article.body.split("\n\n") == list(TEXT)
    assert article.dateline is not None
    assert article.dateline.place == "Martapura"


def test_a_lead_above_the_content_of_the_known_theme_is_of_the_article() -> None:
    text = content(paragraphs(SECOND, THIRD), "entry-content entry-content-single")
    assert blocks(wpberita(f'<div class="post-excerpt"><p>{FIRST}</p></div>{text}')) == list(
        TEXT[:3]
    )
    text = content(paragraphs(*TEXT), "entry-content entry-content-single")
    assert blocks(wpberita(f'<p class="excerpt">{FIRST[:60]}…</p>{text}')) == list(TEXT)


def test_headline_and_lead_above_the_element_of_the_post_are_its_own() -> None:
    page = wordpress(content(paragraphs(SECOND, THIRD, LAST)))
    opening, header = page.index("<article"), page.index("<header")
    end = page.index("</header>") + len("</header>")
    lead = f'<div class="sinopsis">{FIRST}</div>'
    moved = page[:opening] + page[header:end] + lead + page[opening:header] + page[end:]
    article = read(moved)
    assert (article.title, article.body) == (TITLE, "\n\n".join(TEXT))


def test_no_body_is_empty_while_sentences_stand_below_the_headline() -> None:
    empty = content("", "entry-content entry-content-single")
    assert blocks(wpberita(f'{empty}<div class="isi">{paragraphs(*TEXT)}</div>')) == list(TEXT)
    assert read(wpberita(empty)).body == ""


def test_an_excerpt_that_the_text_begins_with_counts_once() -> None:
    excerpt = f'<div class="entry-summary"><p>{FIRST[:70]} […]</p></div>'
    assert blocks(wordpress(excerpt + content(paragraphs(*TEXT)))) == list(TEXT)


@pytest.mark.parametrize(
    "beside",
    [
        '<figure><img src="/foto.jpg"><figcaption>Pedagang memindahkan jukung ke sisi timur sungai.</figcaption></figure>',
        '<div class="thumb"><img src="/foto.jpg"><p>Pedagang memindahkan jukung mereka ke sisi timur.</p></div>',
        '<img src="/foto.jpg"><p>Pedagang memindahkan jukung mereka ke sisi timur sungai. Foto: Humas.</p>',
        '<div class="meta-info">Ditulis oleh Salma pada hari Rabu yang cerah di Martapura.</div>',
    ],
)
def test_what_else_stands_above_the_content_is_none_of_it(beside: str) -> None:
    assert blocks(wordpress(beside + content(paragraphs(*TEXT)))) == list(TEXT)


@pytest.mark.parametrize("name", ["entry-content", "td-post-content", "isi", "elementor-widget"])
@pytest.mark.parametrize("between", ["", '<div class="td-a-rec">Iklan</div>', "<div>Iklan</div>"])
def test_an_ad_divides_the_text_into_containers_of_one_kind(name: str, between: str) -> None:
    parts = content(paragraphs(*TEXT[:2]), name) + between + content(paragraphs(*TEXT[2:]), name)
    assert blocks(wordpress(parts)) == list(TEXT)


@pytest.mark.parametrize("last", ["<p>{}</p>", '<div class="tambahan">{}</div>'])
def test_a_last_paragraph_that_stands_alone_is_kept(last: str) -> None:
    first = content(paragraphs(*TEXT[:3]))
    assert blocks(wordpress(first + last.format(LAST))) == list(TEXT)


@pytest.mark.parametrize(
    "below",
    [
        '<div class="author-box"><p>Salma Ridha menulis tentang sungai dan pasar sejak tahun 2010.</p></div>',
        '<div class="related-posts"><p>Harga ikan haruan di pasar subuh turun setelah pasokan lancar.</p></div>',
        '<div class="kartu"><h3><a href="/x/">Harga Ikan Turun</a></h3><p>Harga ikan haruan di pasar subuh turun.</p></div>',
        '<div id="comments"><p>Semoga dermaga baru cepat selesai dan pedagang tidak merugi lagi.</p></div>',
        '<div class="pembatas"></div><div>Hak cipta 2023 Kabar Mukim, dikelola oleh tim redaksi dan bagian teknologi kami.</div>',
        '<div class="catatan-hak-cipta disclaimer"><p>Isi laman ini boleh dikutip dengan menyebut sumbernya.</p></div>',
    ],
)
def test_what_stands_below_the_content_is_none_of_it(below: str) -> None:
    assert blocks(wordpress(content(paragraphs(*TEXT)) + below)) == list(TEXT)
    assert blocks(wordpress(content(paragraphs(*TEXT)), below=below)) == list(TEXT)


NEXT = """<{tag} {attributes}><header><{heading} class="{title}">Harga Ikan Haruan Turun</{heading}></header>
<div class="entry-content">{text}</div></{tag}>"""


@pytest.mark.parametrize(
    ("tag", "attributes", "heading", "title"),
    [
        ("article", 'id="post-30" class="post-30 post hentry"', "h2", "entry-title"),
        ("article", 'id="post-30" class="post-30 post hentry"', "h1", "entry-title"),
        ("div", 'class="autoload"', "h1", "entry-title"),
        ("div", 'class="autoload"', "h2", "entry-title"),
        ("div", 'class="lanjut"', "h1", "judul"),
    ],
)
def test_the_next_article_below_is_another(
    tag: str, attributes: str, heading: str, title: str
) -> None:
    text = paragraphs(*OTHER)
    below = NEXT.format(tag=tag, attributes=attributes, heading=heading, title=title, text=text)
    page = wordpress(content(paragraphs(*TEXT)), below=below)
    assert blocks(page) == list(TEXT)
    bare = page.replace("postid-31", "").replace('id="post-31"', "").replace("post-31", "")
    assert blocks(bare) == list(TEXT)
    unwrapped = bare.replace("<article", "<section", 1).replace("</article>", "</section>", 1)
    assert blocks(unwrapped) == list(TEXT)


@pytest.mark.parametrize("name", ["entry-content", "kotak"])
def test_the_headline_printed_once_more_begins_no_next_article(name: str) -> None:
    page = wordpress(
        f'<p class="ringkas">{FIRST}</p><div class="cetak"><h1 class="entry-title">{TITLE}</h1></div>'
        + content(paragraphs(SECOND, THIRD, LAST), name)
    )
    assert blocks(page)[-3:] == [SECOND, THIRD, LAST]


@pytest.mark.parametrize("name", ["entry-content", "kolom"])
def test_a_text_that_an_ad_divides_right_below_its_photo_is_whole(name: str) -> None:
    photo = '<figure><img src="/jukung.jpg"><figcaption>Jukung di tepi.</figcaption></figure>'
    first, rest = content(paragraphs(*TEXT), name), content(paragraphs(*OTHER), name)
    page = wordpress(photo + first + '<div class="iklan">Iklan</div>' + rest)
    assert blocks(page) == [*TEXT, *OTHER]


def test_a_subhead_is_no_next_article() -> None:
    markup = f"<p>{FIRST}</p><h1>Jukung Dipindah</h1>{paragraphs(*TEXT[1:])}"
    assert blocks(wordpress(content(markup))) == [FIRST, "Jukung Dipindah", *TEXT[1:]]
    unnamed = blocks(wordpress(content(markup, "kotak")))
    assert unnamed == [FIRST, "Jukung Dipindah", *TEXT[1:]]


def test_a_headline_that_only_a_list_below_the_text_prints_hides_no_text() -> None:
    card = f'<li><h3 class="post-title"><a href="{URL}">{TITLE}</a></h3><p>{OTHER[0]}</p></li>'
    page = f"""<html lang="id"><head><title>{TITLE}</title></head><body class="single single-post postid-31">
    <div class="isi">{paragraphs(*TEXT, *OTHER[1:])}</div><ul class="lain">{card}</ul></body></html>"""
    assert blocks(page) == [*TEXT, *OTHER[1:]]


def test_a_text_that_passes_over_what_stands_under_the_headline_is_not_believed() -> None:
    teasers = "".join(f"<li><p>{text}</p></li>" for text in OTHER)
    page = f"""<html lang="id"><head><title>{TITLE}</title></head><body><h1>{TITLE}</h1>
    <div class="x"><div>{FIRST}<br><br>{SECOND}</div></div><ul>{teasers}</ul></body></html>"""
    with pytest.raises(NotAnArticle) as refused:
        read(page)
    assert refused.value.reason == "unsure_text"


def test_what_is_longer_than_the_text_and_stands_below_its_credit_is_none_of_it() -> None:
    """Readers of trafilatura's kind take the site's glossary for the text."""
    text = paragraphs(*TEXT, "(nh)")
    terms = "".join(f"<ul><li>Istilah {n}</li><p>{text}</p></ul>" for n, text in enumerate(OTHER))
    page = f"""<html lang="id"><head><title>{TITLE}</title></head><body><div class="lebar"><h1>{TITLE}
    </h1><div class="baca">{text}<ul><li><a href="/t/jukung/">#jukung</a></li></ul></div>
    <div class="kamus">{terms * 2}</div></div></body></html>"""
    assert blocks(page) == list(TEXT)
    assert read(page).credit == "nh"


@pytest.mark.parametrize("name", ["entry-content", "kotak"])
def test_a_dateline_in_a_line_of_its_own_opens_the_text(name: str) -> None:
    article = read(
        wordpress(content(f"<b>Martapura</b> - {paragraphs(SECOND, THIRD, LAST)}", name))
    )
    assert article.body.split("\n\n") == ["Martapura -", SECOND, THIRD, LAST]
    assert article.dateline is not None
    assert article.dateline.place == "Martapura"


def test_the_day_that_stands_between_headline_and_text_is_no_text() -> None:
    page = f"""<html lang="id"><head><title>{TITLE}</title></head><body><div class="kotak"><h1>{TITLE}</h1>
    <p class="publish-date">7 Juni 2023</p>{paragraphs(*TEXT)}</div></body></html>"""
    assert blocks(page) == list(TEXT)
    assert read(page).published_at == "2023-06-07"


QUOTE = "<blockquote><p>Dermaga itu licin sejak hujan.</p><cite>Noor Halimah</cite></blockquote>"


@pytest.mark.parametrize(
    ("amid", "read_as"),
    [
        (
            f"<figure class='wp-block-pullquote'>{QUOTE}</figure>",
            ["Dermaga itu licin sejak hujan. Noor Halimah"],
        ),
        ("<div>Jukung lama dijual kepada warga.</div>", ["Jukung lama dijual kepada warga."]),
        ('<div><a href="/lain/">Harga ikan haruan turun di pasar subuh.</a></div>', []),
        ('<h2><div><a name="jukung">Jukung Lama</a></div></h2>', ["Jukung Lama"]),
    ],
)
def test_a_short_block_amid_the_text_is_text_where_it_is_a_sentence(
    amid: str, read_as: list[str]
) -> None:
    text = paragraphs(FIRST, SECOND) + amid + paragraphs(THIRD, LAST)
    assert blocks(wordpress(content(text, "kotak"))) == [FIRST, SECOND, *read_as, THIRD, LAST]
