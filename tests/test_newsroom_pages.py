"""What a reader sees: every page of the embedded newsroom, in the theme's markup."""

from __future__ import annotations

import json
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import pytest

from demo import Content, EmbeddedNewsroom, load_content
from demo.content import Entry
from demo.source import FIXTURES
from tests.fetching import fetch, parsed

SECRETS = ("SANDI-SURYA", "SANDI-RIMBA", "SANDI-FAJAR")
SEED = "jajaki-kerjasama-3-sektor-ini-walokota-helmi-hasan-temui-dubes-jepang"
EDITED = "jembatan-gantung-lubuk-resam-rampung-warga-tak-lagi-menyeberang-dengan-rakit"
PAGED = "menyusuri-sungai-ketahun-dari-hulu-tambang-sampai-muara"
PUBLIC = [
    pytest.param(entry, id=entry.slug[:40])
    for entry in load_content().entries
    if entry.kind == "post" and entry.status == "publish" and not entry.protected
]


def folded(text: str) -> str:
    """Return *text* with quotes and dashes made straight, and white space folded."""
    text = unescape(text)
    for one, other in (("“", '"'), ("”", '"'), ("‘", "'"), ("’", "'"), ("…", "..."), ("–", "-")):
        text = text.replace(one, other)
    for nothing in ("\u200b", "\u200d", "\u00ad", "\ufeff"):
        text = text.replace(nothing, "")
    return " ".join(text.split())


def words(element: Any, path: str) -> str:
    return folded(str(element.xpath(f"string({path})")))


def written(document: Any) -> str:
    """Return the words between the share bars, ads and related boxes left out."""
    content = document.xpath("//div[contains(@class, 'entry-content-single')]")[0]
    for added in content.xpath(
        ".//div[contains(@class, 'banner') or contains(@class, 'related')] | .//footer | .//script"
    ):
        added.drop_tree()
    return words(content, ".")


def page(newsroom: EmbeddedNewsroom, slug: str, more: str = "") -> Any:
    answer = fetch(newsroom.url(slug) + more)
    assert answer.status == 200
    return parsed(answer.body.decode())


@pytest.mark.parametrize("entry", PUBLIC)
def test_an_article_page_is_whole(newsroom: EmbeddedNewsroom, entry: Entry) -> None:
    answer = fetch(newsroom.url(entry.slug))
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/html; charset=UTF-8"
    assert f"/wp-json/wp/v2/posts/{entry.id}" in answer.headers["link"]
    document = parsed(answer.text)
    assert words(document, "//title") == folded(f"{entry.title} – PROGRES.ID")
    assert len(document.xpath("//h1")) == 1
    assert words(document, "//header[@class='entry-header entry-header-single']/h1/strong") == (
        folded(entry.title)
    )
    article = document.xpath("//main[@id='primary']/article")[0]
    assert article.get("id") == f"post-{entry.id}"
    assert f"category-{entry.categories[0].slug}" in article.get("class")
    assert document.xpath("//link[@rel='canonical']/@href") == [newsroom.url(entry.slug)]
    assert document.xpath("//link[@rel='shortlink']/@href") == [f"{newsroom.address}/?p={entry.id}"]
    assert len(article.xpath(".//ul[contains(@class, 'gmr-socialicon-share')]")) == 2
    published = article.xpath("./header//time/@datetime")[0]
    assert published == entry.at.isoformat()


@pytest.mark.parametrize("entry", PUBLIC)
def test_its_amp_form_says_the_same(newsroom: EmbeddedNewsroom, entry: Entry) -> None:
    plain, amp = page(newsroom, entry.slug), page(newsroom, entry.slug, "?amp=1")
    assert words(plain, "//h1") == words(amp, "//h1")
    assert amp.xpath("//link[@rel='canonical']/@href") == [newsroom.url(entry.slug)]
    metadata = json.loads(str(amp.xpath("//script[@type='application/ld+json']/text()")[0]))
    assert metadata["@type"] == "BlogPosting"
    assert metadata["datePublished"] == entry.at.isoformat()
    assert metadata["dateModified"] == entry.changed.isoformat()
    assert metadata["author"] == {"@type": "Person", "name": entry.author.name}
    assert not plain.xpath("//script[@type='application/ld+json']")
    assert not amp.xpath("//img[not(ancestor::amp-img)]")
    assert written(plain) == written(amp)
    links = amp.xpath("//article//a[contains(@class, 'recent-title')]/@href")
    assert all(str(link).endswith("?amp=1") for link in links)


def test_an_edited_article_has_two_times(newsroom: EmbeddedNewsroom) -> None:
    times = page(newsroom, EDITED).xpath("//article/header//time")
    assert [(time.get("class"), time.get("datetime")) for time in times] == [
        ("entry-date published", "2024-03-14T10:05:00+07:00"),
        ("updated", "2024-03-14T15:40:12+07:00"),
    ]
    assert times[0].text == "Kamis, 14 Maret 2024 | 10:05 WIB"
    once = page(newsroom, SEED).xpath("//article/header//time")
    assert [time.get("class") for time in once] == ["entry-date published updated"]


def test_the_ad_within_the_text_costs_the_paragraphs_their_end_tags(
    newsroom: EmbeddedNewsroom,
) -> None:
    def text() -> str:
        whole = fetch(newsroom.url(SEED)).text
        return whole[whole.index("<strong>JAKARTA") : whole.index("gmr-banner-aftercontent")]

    with_ad = text()
    assert "gmr-banner-insidecontent" in with_ad
    seed_only = with_ad.split('<div class="gmr-banner-insidecontent')
    assert seed_only[0].count("</p>") == 1
    assert seed_only[1].count("<p>") == 10
    newsroom.switches.inside_ad = False
    assert text().count("</p>") == 12


def test_related_posts_stand_in_the_text_and_at_the_end(newsroom: EmbeddedNewsroom) -> None:
    document = page(newsroom, SEED)
    box = document.xpath("//div[@class='gmr-related-post-onlytitle']")[0]
    assert words(box, "./h3") == "Bacaan Lainnya"
    assert len(box.xpath(".//a[@class='recent-title heading-text']")) == 3
    headings = [
        str(text) for text in document.xpath("//article/div[@class='gmr-related-post']/h3/text()")
    ]
    assert headings == ["Baca Juga", "Pos terkait", "Rekomendasi untuk kamu"]


def test_the_box_can_stand_within_a_quotation(newsroom: EmbeddedNewsroom) -> None:
    document = page(newsroom, "surat-terbuka-nelayan-malabero-untuk-pelabuhan-yang-dangkal")
    assert document.xpath("//blockquote//div[@class='gmr-related-post-onlytitle']")


def test_an_article_of_three_pages(newsroom: EmbeddedNewsroom) -> None:
    first, second, third = (page(newsroom, PAGED, more) for more in ("", "/2", "/3"))
    url = newsroom.url(PAGED)
    assert second.xpath("//link[@rel='canonical']/@href") == [f"{url}/2"]
    assert first.xpath("//div[@class='page-links']/a/@href") == [f"{url}/2", f"{url}/3"]
    neighbours = second.xpath("//div[@class='prevnextpost-links clearfix']/a")
    assert [(link.text, link.get("href")) for link in neighbours] == [
        ("Sebelumnya", url),
        ("Berikutnya", f"{url}/3"),
    ]
    assert "Napal Putih" in words(first, "//article")
    assert "Air Lelangi" in words(second, "//article")
    assert "Menjelang muara" in words(third, "//article")
    assert "Menjelang muara" not in words(first, "//article")


def test_a_video_stands_in_place_of_the_photo(newsroom: EmbeddedNewsroom) -> None:
    document = page(newsroom, "video-detik-detik-kapal-nelayan-ditarik-ke-pulau-baai")
    assert document.xpath("//div[contains(@class, 'single-thumbnail')]/iframe/@src") == [
        "https://www.youtube.com/embed/kApAlBaai01?feature=oembed"
    ]
    assert not document.xpath("//figure[contains(@class, 'gmr-thumbnail-single')]")


def test_a_gallery_leads_to_pages_that_look_like_articles(newsroom: EmbeddedNewsroom) -> None:
    slug = "pagi-di-danau-picung-tenang-sebelum-pengunjung-datang"
    links = page(newsroom, slug).xpath("//figure[@class='gallery-item']//a/@href")
    assert len(links) == 3
    answer = fetch(str(links[0]))
    photo = parsed(answer.text)
    assert answer.status == 200
    assert "single-attachment" in photo.find("body").get("class")
    assert photo.xpath("//article/@id") == ["post-attachment"]
    assert words(photo, "//h1") == "danau-picung-1"
    assert photo.xpath("//span[@class='cat-links-content']/a/text()") == ["Wisata & Budaya"]


def test_comments_answer_each_other(newsroom: EmbeddedNewsroom) -> None:
    document = page(newsroom, "tarif-parkir-pasar-minggu-dikeluhkan-dishub-turunkan-petugas")
    assert words(document, "//h2[@class='comments-title']") == "Respon (4)"
    nested = document.xpath("//li[contains(@class, 'depth-3')]//div[@class='comment-content']")
    assert words(nested[0], ".") == "Sudah, belum ada jawaban sampai 15 November."
    assert len(document.xpath("//article")) == 5


def test_an_empty_article_holds_only_ads(newsroom: EmbeddedNewsroom) -> None:
    document = page(newsroom, "banjir-rendam-belasan-rumah-di-air-periukan")
    paragraphs = document.xpath("//div[contains(@class, 'entry-content-single')]//p")
    assert all(one.get("class") == "teks-iklan" for one in paragraphs)


def test_a_protected_article_shows_a_form(newsroom: EmbeddedNewsroom) -> None:
    document = page(newsroom, "memo-internal-rapat-redaksi")
    assert words(document, "//h1") == "Diproteksi: Memo Internal Rapat Redaksi"
    assert document.xpath("//form[@class='post-password-form']")


@pytest.mark.parametrize(
    "slug",
    [
        "catatan-privat-redaksi-tentang-narasumber",
        "naskah-terjadwal-pengumuman-hasil-seleksi",
        "pasar-malam-kepahiang-buka-lagi-setelah-jembatan-diperbaiki",
    ],
)
def test_what_is_not_public_is_not_there(newsroom: EmbeddedNewsroom, slug: str) -> None:
    number = newsroom.site.catalogue.any_named(slug).id
    assert fetch(newsroom.url(slug)).status == 404
    assert fetch(newsroom.address, f"/?p={number}").status == 404
    assert fetch(newsroom.address, f"/wp-json/wp/v2/posts/{number}").status == 401


def test_every_link_can_be_followed_and_no_secret_gets_out(newsroom: EmbeddedNewsroom) -> None:
    """Walk the whole site from the home page and the doors, AMP and feeds included."""
    base = newsroom.address
    waiting = [f"{base}/", f"{base}/feed", f"{base}/feed/atom", f"{base}/comments/feed"]
    waiting += [f"{base}/?s=SANDI", f"{base}/wp-json/wp/v2/posts?per_page=100&_embed"]
    waiting += [f"{base}/wp-json/wp/v2/{name}" for name in ("media", "pages", "comments")]
    seen = set(waiting)
    broken = []
    while waiting:
        url = waiting.pop()
        answer = newsroom.get(url.removeprefix(base))
        text = answer.body.decode("utf-8", "replace")
        assert not [secret for secret in SECRETS if secret in text], url
        if answer.status not in (200, 301):
            broken.append((url, answer.status))
        if "html" not in answer.kind or not text:
            continue
        for link in parsed(text).xpath("//a/@href | //link/@href"):
            target = str(link).partition("#")[0]
            if target.startswith(base) and target not in seen and "replytocom" not in target:
                seen.add(target)
                waiting.append(target)
    assert len(seen) > 500
    assert broken == [(f"{base}/xmlrpc.php?rsd", 405)]


@pytest.mark.parametrize(
    "path", [pytest.param(path, id=path.stem) for path in (FIXTURES / "expected").glob("*.json")]
)
def test_a_reader_finds_every_word_of_the_typed_truth(
    newsroom: EmbeddedNewsroom, newsroom_content: Content, path: object
) -> None:
    """The truth is typed from the article; this shows that it is on the pages that are served."""
    name = str(path).rsplit("/", 1)[-1].removesuffix(".json")
    truth = json.loads((FIXTURES / "expected" / f"{name}.json").read_text(encoding="utf-8"))
    entry = next(one for one in newsroom_content.entries if one.title == truth["title"])
    count = len(newsroom.site.pages(entry))
    pages = [
        page(newsroom, entry.slug, f"/{number}" if number > 1 else "")
        for number in range(1, count + 1)
    ]
    text = " ".join(words(document, "//article") for document in pages)
    squeezed = text.replace(" ", "")
    cells = [cell for paragraph in truth["body"] for cell in paragraph.split(" | ")]
    for wanted in [*cells, truth["caption"], truth["dateline"] and truth["dateline"]["text"]]:
        assert folded(wanted or "").replace(" ", "") in squeezed
    assert truth["published_at"] == entry.at.isoformat()
    for url in [one["url"] for one in truth["images"]] + [truth["image_url"] or ""]:
        if url:
            answer = fetch(url.replace("{base}", newsroom.address))
            assert answer.headers["content-type"].startswith("image/")
            assert urlsplit(url).path
