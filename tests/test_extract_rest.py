"""REST records: the same article from the API as from its pages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import attrs
import pytest

from crawler.errors import NotAnArticle
from crawler.extract import extract_article, open_page
from crawler.items import Article, Capture, CaptureReference

FIXTURES = Path(__file__).parents[1] / "fixtures/progres"
BASE = "https://progres.id"
PHOTO = f"{BASE}/wp-content/uploads/2024/03/bibit.jpg"
CONTENT = """<p>Bibit kopi perlu naungan pada bulan pertama.</p>
<p>Siram setiap pagi, jangan terlalu basah.</p>
<!--nextpage-->
<p>Pindahkan setelah berdaun enam.</p>
<p>Pupuk kandang lebih baik daripada pupuk pabrik. (red)</p>
"""


def term(taxonomy: str, name: str) -> dict[str, str]:
    return {"taxonomy": taxonomy, "name": name}


def post(**changes: Any) -> dict[str, Any]:
    """The post of fixtures/progres/halaman-banyak as the API answers it with ``_embed``."""
    return {
        "id": 4111,
        "date": "2024-03-05T09:30:00",
        "date_gmt": "2024-03-05T02:30:00",
        "modified": "2024-03-05T09:30:00",
        "modified_gmt": "2024-03-05T02:30:00",
        "status": "publish",
        "type": "post",
        "link": f"{BASE}/daerah/panduan-merawat-bibit-kopi.html",
        "title": {"rendered": "Panduan Merawat Bibit Kopi"},
        "content": {"rendered": CONTENT, "protected": False},
        "_embedded": {
            "author": [{"id": 1, "name": "Redaksi"}],
            "wp:featuredmedia": [
                {
                    "source_url": PHOTO,
                    "alt_text": "Bibit kopi",
                    "caption": {
                        "rendered": "<p>Bibit kopi siap tanam (Foto/Rina Astuti/PROGRES.ID)</p>\n"
                    },
                }
            ],
            "wp:term": [[term("category", "Daerah")], [], []],
        },
        **changes,
    }


def capture(answer: Any, **changes: Any) -> Capture:
    body = json.dumps(answer).encode()
    return attrs.evolve(
        Capture(
            url=f"{BASE}/wp-json/wp/v2/posts/4111?_embed=1",
            body=body,
            headers={"content-type": "application/json; charset=UTF-8"},
        ),
        **changes,
    )


def read(**changes: Any) -> Article:
    return extract_article([capture(post(**changes))])


def page() -> Article:
    folder = FIXTURES / "halaman-banyak"
    meta = json.loads((folder / "meta.json").read_text("utf-8"))
    addresses = [meta["url"], *meta["pages"]]
    files = [folder / "page.html", folder / "page-2.html"]
    return extract_article(
        [
            Capture(url=address, body=file.read_bytes())
            for address, file in zip(addresses, files, strict=True)
        ]
    )


def test_record_and_pages_have_the_same_hash() -> None:
    assert read().content_hash == page().content_hash


@pytest.mark.parametrize(
    "field",
    [
        *("id", "url", "post_id", "title", "published_at", "modified_at", "authors", "categories"),
        *("caption", "photo_credit", "image_url", "image_alt", "body", "body_html", "credit"),
        *("pages", "word_count", "dates", "dateline"),
    ],
)
def test_record_and_pages_agree(field: str) -> None:
    assert getattr(read(), field) == getattr(page(), field)


def test_what_only_the_record_differs_in() -> None:
    article = read()
    assert article.source == "rest"
    assert set(article.provenance.values()) == {"rest", "caption"}
    assert article.related_posts == ()


def test_typographic_entities_make_no_difference() -> None:
    texturised = "<p>&#8220;Bibit kopi&#8221; &#8211; perlu&nbsp;naungan&#8230;</p>"
    typed = '<p>"Bibit kopi" - perlu naungan...</p>'
    one = read(content={"rendered": texturised, "protected": False})
    other = read(content={"rendered": typed, "protected": False})
    assert one.body == "“Bibit kopi” – perlu naungan…"
    assert one.content_hash == other.content_hash


def test_names_are_decoded() -> None:
    embedded = {
        "author": [{"name": "Maya &amp; Rekan"}],
        "wp:term": [
            [term("category", "Hukum &amp; Kriminal")],
            [term("post_tag", "Rock &#8216;n Roll")],
            [term("newstopic", "Pekan Budaya")],
        ],
    }
    article = read(title={"rendered": "Pesta &#8220;R&#038;B&#8221;"}, _embedded=embedded)
    assert article.title == "Pesta “R&B”"
    assert article.authors == ("Maya & Rekan",)
    assert article.categories == ("Hukum & Kriminal",)
    assert article.tags == ("Rock ‘n Roll",)
    assert article.topics == ("Pekan Budaya",)
    assert article.image_url is None


@pytest.mark.parametrize(
    ("local", "gmt", "published"),
    [
        ("2024-03-05T09:30:00", "2024-03-05T02:30:00", "2024-03-05T09:30:00+07:00"),
        ("2024-03-05T09:30:00", "2024-03-05T00:30:00", "2024-03-05T09:30:00+09:00"),
        ("2024-03-05T09:30:00", "2024-03-05T09:30:00", "2024-03-05T09:30:00+00:00"),
        ("2024-03-05T09:30:00", "2024-03-04T19:30:00", "2024-03-05T09:30:00+14:00"),
        ("2024-03-05T09:30:00", "2024-03-05T21:30:00", "2024-03-05T09:30:00-12:00"),
        # no place on earth has that offset, or no other time is stated: the newsroom's zone
        ("2024-03-05T09:30:00", "2024-03-04T13:30:00", "2024-03-05T09:30:00+07:00"),
        ("2024-03-05T09:30:00", "2024-03-05T22:30:00", "2024-03-05T09:30:00+07:00"),
        ("2024-03-09T09:30:00", "2024-03-05T02:30:00", "2024-03-09T09:30:00+07:00"),
        ("2024-03-05T09:30:00", "0000-00-00T00:00:00", "2024-03-05T09:30:00+07:00"),
        ("2024-03-05T09:30:00", "", "2024-03-05T09:30:00+07:00"),
        ("kemarin", "2024-03-05T02:30:00", "2024-03-05T02:30:00+00:00"),
        ("kemarin", "0000-00-00T00:00:00", None),
    ],
)
def test_the_offset_is_local_time_minus_gmt(local: str, gmt: str, published: str | None) -> None:
    assert read(date=local, date_gmt=gmt).published_at == published


def test_an_edit_is_later_than_the_publication() -> None:
    edited = read(modified="2024-03-06T10:00:00", modified_gmt="2024-03-06T03:00:00")
    assert edited.modified_at == "2024-03-06T10:00:00+07:00"
    scheduled = read(modified="2024-03-04T10:00:00", modified_gmt="2024-03-04T03:00:00")
    assert scheduled.modified_at is None


def test_hidden_users_leave_no_author() -> None:
    hidden = {"author": [{"code": "rest_user_invalid_id", "message": "ID pengguna tidak valid."}]}
    assert read(_embedded=hidden).authors == ()


def test_one_post_of_a_list_is_named_by_its_id() -> None:
    reference = CaptureReference(
        url=f"{BASE}/wp-json/wp/v2/posts",
        fetched_at="2024-03-07T00:00:00Z",
        status=200,
        warc="warc/a.warc.gz",
        offset=0,
        length=10,
        record_id="urn:uuid:1",
        digest="sha256:1",
    )
    answer = capture([post(id=1, link=f"{BASE}/satu.html"), post()], reference=reference)
    article = extract_article([answer], post_id=4111)
    assert article.id == "progres:4111"
    assert article.captures == (reference,)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (post(content={"rendered": "", "protected": True}), "protected"),
        (post(type="page"), "not_a_post"),
        (post(status="future"), "not_published"),
        (post(title={"rendered": ""}), "no_headline"),
        (post(link="javascript:alert(1)"), "no_address"),
        ([post(), post(id=2)], "no_post"),
        ([], "no_post"),
        ({"code": "rest_post_invalid_id", "data": {"status": 404}}, "no_post"),
        ([1, None, "x"], "no_post"),
    ],
)
def test_refuses_what_is_no_article(answer: Any, reason: str) -> None:
    with pytest.raises(NotAnArticle) as refused:
        extract_article([capture(answer)])
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        (b"{", 200, "not_json"),
        (b"[" * 100_000, 200, "not_json"),
        (b"{}", 401, "http_401"),
        (b"", 200, "empty_page"),
    ],
)
def test_refuses_what_is_no_answer(body: bytes, status: int, reason: str) -> None:
    with pytest.raises(NotAnArticle) as refused:
        extract_article([capture({}, body=body, status=status)])
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    "changes",
    [
        {"_embedded": None},
        {"_embedded": {"author": "x", "wp:term": [None, [None]], "wp:featuredmedia": {}}},
        {"date": 5, "date_gmt": None},
        {"content": {"rendered": ["x"]}},
        {"id": "4111"},
    ],
)
def test_values_of_another_type_are_as_good_as_none(changes: dict[str, Any]) -> None:
    assert read(**changes).title == "Panduan Merawat Bibit Kopi"


def test_a_record_has_no_pages_to_fetch() -> None:
    with pytest.raises(NotAnArticle):
        open_page(capture(post()))


@pytest.mark.parametrize(
    ("link", "second"),
    [
        (f"{BASE}/daerah/kopi.html", f"{BASE}/daerah/kopi.html/2"),
        (f"{BASE}/kopi/", f"{BASE}/kopi/2/"),
        (f"{BASE}/kopi", f"{BASE}/kopi/2"),
        (f"{BASE}/?p=4111", f"{BASE}/?p=4111&page=2"),
    ],
)
def test_pages_have_the_addresses_that_wordpress_gives_them(link: str, second: str) -> None:
    assert read(link=link).pages == (link, second)


def both(**changes: Any) -> Article:
    """The article of a page with a link ``rel=tag`` to what is none, and of its record."""
    link = "https://progres.id/daerah/panduan-merawat-bibit-kopi.html"
    text = "".join(
        f"<p>{line}</p>" for line in ("Bibit kopi perlu naungan pada bulan pertama.",) * 2
    )
    markup = (
        '<html lang="id"><body class="single single-post postid-4111"><article class="post-4111">'
        f'<h1 class="entry-title">Panduan Merawat Bibit Kopi</h1><div class="entry-content">{text}'
        '</div><footer class="entry-footer"><span class="tags-links"><a href="/tag/mitra/" rel="tag">Mitra Kami</a></span>'
        "</footer></article></body></html>"
    )
    return extract_article([Capture(url=link, body=markup.encode()), capture(post(**changes))])


def test_a_record_that_says_there_are_no_tags_is_believed() -> None:
    assert both(tags=[]).tags == ()
    assert both().tags == ("Mitra Kami",)
