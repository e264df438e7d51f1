"""What the newsroom changed between two looks: like is compared with like, field by field."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from crawler.archive.revisions import State, compare
from crawler.items import Article, Capture, Embed

FIRST = "Warga Desa Danau memulai musim tanam baru pada Senin pagi bersama keluarganya."
SECOND = "Kepala desa bercerita bahwa hasil panen tahun lalu lebih baik daripada tahun ini."
THIRD = "Pemerintah desa berjanji membantu para petani dengan bibit, pupuk, serta pelatihan."
EDITED = "Kepala desa bercerita bahwa hasil panen tahun lalu lebih buruk daripada tahun ini."
EXTRA = "Bendungan di hulu desa itu selesai dibangun dua tahun yang lalu oleh pemerintah."
BODY = f"{FIRST}\n\n{SECOND}\n\n{THIRD}"


def article(source: str, body: str = BODY, told_by: str = "", **fields: Any) -> Article:
    plain = Article(
        id="danau:1",
        site="danau",
        url="https://danau.example/a",
        post_id=1,
        title="Musim Tanam Dimulai",
        published_at="2026-03-01T08:00:00+07:00",
        authors=("Rani",),
        categories=("Ekonomi",),
        tags=("padi",),
        theme=None if source == "rest" else "senja",
        body=body,
        body_html=f"<p>{body}</p>",
        word_count=len(body.split()),
        content_hash="sha256:" + "0" * 64,
        source=source,
        extractor="1",
        provenance={"body": told_by or ("rest" if source == "rest" else "div.entry-content")},
    )
    return attrs.evolve(plain, **fields)


def page(body: str = BODY, **fields: Any) -> State:
    found = article("page", body, **fields)
    return State(article=found, sources={"page": found})


def rest(body: str = BODY, **fields: Any) -> State:
    found = article("rest", body, **fields)
    return State(article=found, sources={"rest": found})


def both(line: dict[str, Any], printed: dict[str, Any], stated: dict[str, Any]) -> State:
    """What a line of both says, where page and record say other than everybody."""
    line = {"told_by": "rest", **line}
    return State(
        article=article("both", **line),
        sources={"page": article("page", **printed), "rest": article("rest", **stated)},
    )


def video(number: int) -> Embed:
    return Embed(kind="video", url=f"https://v.example/{number}")


VALUES: list[tuple[str, Any, Any]] = [
    ("title", "Musim Tanam Dimulai", "Musim Tanam Ditunda"),
    ("subtitle", "Air cukup", "Air kurang"),
    ("published_at", "2026-03-01T08:00:00+07:00", "2026-03-02T08:00:00+07:00"),
    ("caption", "Sawah pagi hari", "Sawah sore hari"),
    ("image_url", "https://danau.example/a.jpg", "https://danau.example/b.jpg"),
    ("writer", "Sari", "Tono"),
    ("editor", "Sari", "Tono"),
    ("source_url", "https://a.example/", "https://b.example/"),
    ("authors", ("Rani",), ("Rani", "Budi")),
    ("categories", ("Ekonomi",), ("Ekonomi", "Desa")),
    ("tags", ("padi",), ("jagung",)),
    ("topics", ("Panen",), ("Musim",)),
    ("embeds", (video(1),), (video(2),)),
]


@pytest.mark.parametrize(("field", "was", "is_"), VALUES, ids=[case[0] for case in VALUES])
def test_a_value_that_one_source_states_otherwise_is_an_edit_of_that_field(
    field: str, was: Any, is_: Any
) -> None:
    for look in (page, rest):
        assert compare(look(**{field: was}), look(**{field: is_})).fields == (field,)
        assert not compare(look(**{field: was}), look(**{field: was})).is_edit
    # of another theme, or another source, it is none: but for a headline that is another one
    other = (field,) if field == "title" else ()
    there = {field: is_, "theme": "fajar"}
    assert compare(page(**{field: was}), page(**there)).fields == other
    assert compare(rest(**{field: was}), page(**{field: is_})).fields == other


PRINTED = [
    case
    for case in VALUES
    if case[0] in ("subtitle", "caption", "writer", "editor", "source_url", "authors")
]


@pytest.mark.parametrize(("field", "was", "is_"), PRINTED, ids=[case[0] for case in PRINTED])
def test_what_the_page_knows_better_is_an_edit_though_the_record_is_as_it_was(
    field: str, was: Any, is_: Any
) -> None:
    stated = {field: ("Rani",) if field == "authors" else "https://c.example/"}
    before = both({field: was}, {field: was}, stated)
    assert compare(before, both({field: is_}, {field: is_}, stated)).fields == (field,)


def test_the_order_of_terms_is_no_edit_and_that_of_authors_is_one() -> None:
    before = page(tags=("padi", "air"), authors=("Rani", "Budi"))
    assert not compare(before, page(tags=("air", "padi"), authors=("Rani", "Budi"))).is_edit
    assert compare(before, page(tags=("air", "padi"), authors=("Budi", "Rani"))).fields == (
        "authors",
    )


def test_a_value_that_a_page_begins_to_state_or_states_no_more_is_told_apart() -> None:
    for was, is_ in ((None, "Sawah"), ("Sawah", None)):
        found = compare(page(caption=was), page(caption=is_))
        assert (found.fields, found.filled, found.lone) == (
            ("caption",),
            ("caption",),
            ("\tcaption",),
        )
    assert compare(page(caption="Sawah"), page(caption="Kali")).filled == ()


TEXTS = {
    "nothing": (BODY, BODY, (), ()),
    "a sentence changed": (BODY, BODY.replace(SECOND, EDITED), (EDITED,), (SECOND,)),
    "a paragraph came at the end": (BODY, f"{BODY}\n\n{EXTRA}", (EXTRA,), ()),
    "a paragraph came within": (BODY, f"{FIRST}\n\n{EXTRA}\n\n{SECOND}\n\n{THIRD}", (EXTRA,), ()),
    "a paragraph went": (BODY, f"{FIRST}\n\n{THIRD}", (), (SECOND,)),
    "typographic variants": (f'{BODY}\n\n"Air," katanya.', f"{BODY}\n\n“Air,” katanya.", (), ()),
    "a number": ("Tiga orang, 12 kali.", "Tiga orang, 13 kali.", ("Tiga orang, 13 kali.",), None),
}


@pytest.mark.parametrize(("was", "is_", "came", "went"), TEXTS.values(), ids=TEXTS)
def test_text_is_compared_by_blocks(
    was: str, is_: str, came: tuple[str, ...], went: tuple[str, ...] | None
) -> None:
    for look in (page, rest):
        found = compare(look(was), look(is_))
        assert found.came == came
        assert found.went == ((was,) if went is None else went)


ACROSS = {
    "what a theme adds around the text": (f"Baca lebih lanjut\n\n{BODY}\n\nBagikan", False),
    "blocks joined otherwise": (BODY.replace("\n\n", " "), False),
    "a sentence changed within": (BODY.replace(SECOND, EDITED), True),
    "a paragraph came within": (f"{FIRST}\n\n{EXTRA}\n\n{SECOND}\n\n{THIRD}", True),
    "a sentence added to a block": (BODY.replace(SECOND, f"{SECOND} {EXTRA}"), True),
    "another text": ("Berita ini telah dicabut oleh redaksi karena tidak benar.", True),
}


@pytest.mark.parametrize(("text", "is_edit"), ACROSS.values(), ids=ACROSS)
def test_of_unlike_sources_the_blocks_of_text_alone_are_compared(text: str, is_edit: bool) -> None:
    assert compare(page(), page(text, theme="fajar")).is_edit is is_edit
    assert compare(rest(), page(text)).is_edit is is_edit


def test_what_the_last_line_says_already_is_no_edit() -> None:
    """REST opened late: the page brought the edit before the record came again."""
    edited = BODY.replace(SECOND, EDITED)
    line = article("page", edited, title="Musim Tanam Ditunda")
    before = State(article=line, sources={"page": line, "rest": article("rest")})
    assert not compare(before, rest(edited, title="Musim Tanam Ditunda")).is_edit


def test_an_edit_of_the_record_is_found_where_the_page_is_as_it_was() -> None:
    longer = f"{BODY}\n\n{EXTRA}"
    edited = BODY.replace(SECOND, EDITED)
    before = both({"body": longer, "told_by": "div"}, {"body": longer}, {"body": BODY})
    now = both({"body": edited}, {"body": longer}, {"body": edited})
    assert compare(before, now).came == (EDITED,)


def test_a_text_that_was_taken_from_the_page_is_compared_with_the_page_too() -> None:
    longer = f"{BODY}\n\n{EXTRA}"
    before = both({"body": longer, "told_by": "div"}, {"body": longer}, {"body": BODY})
    assert compare(before, both({}, {}, {})).went == (EXTRA,)


def test_numbers_alone_are_told_from_other_edits() -> None:
    counted = page(f"{BODY}\n\nDibaca 12 kali sejak pagi.")
    assert compare(counted, page(f"{BODY}\n\nDibaca 13 kali sejak pagi.")).digits_alone
    assert not compare(counted, page(f"{BODY}\n\nDibaca 13 kali sejak sore.")).digits_alone
    assert not compare(
        counted, page(f"{BODY}\n\nDibaca 13 kali sejak pagi.", writer="Sari")
    ).digits_alone


def test_a_record_that_hides_its_author_or_embeds_nothing_is_no_edit() -> None:
    assert not compare(rest(), rest(authors=())).is_edit
    assert not compare(rest(), rest(authors=(), categories=(), tags=())).is_edit
    assert not compare(rest(authors=(), categories=(), tags=()), rest()).is_edit
    assert compare(rest(), rest(tags=())).fields == ("tags",)
    assert compare(page(), page(authors=())).fields == ("authors",)


def under(
    theme: str, body: str = BODY, *, title: str = "Musim Tanam Dimulai", also: str = ""
) -> State:
    """What the page of a *theme* states that prints *also* beside the article."""
    paragraphs = "".join(f"<p>{block}</p>" for block in body.split("\n\n"))
    markup = f"<html><body><h1>{title}</h1>{paragraphs}<p>{also}</p></body></html>"
    found = article("page", body, theme=theme, title=title)
    shown = Capture(url=found.url, body=markup.encode())
    return State(article=found, sources={"page": found}, pages=[shown])


def test_a_sentence_at_the_end_that_another_theme_does_not_print_at_all_is_an_edit() -> None:
    longer = f"{BODY}\n\n{EXTRA}"
    came = compare(under("senja"), under("fajar", longer))
    went = compare(under("senja", longer), under("fajar"))
    assert (came.came, came.went, came.edge) == ((EXTRA,), (), True)
    assert (went.came, went.went, went.edge) == ((), (EXTRA,), True)
    # Not where the other page prints it, but elsewhere.
    assert not compare(under("senja", also=EXTRA), under("fajar", longer)).is_edit
    assert not compare(under("senja", longer), under("fajar", also=EXTRA)).is_edit
    # Many such are the theme's, whatever each says.
    assert came.of_the_theme == went.of_the_theme == ("\tedge",)
    turned = compare(under("senja", longer), under("fajar", f"{EDITED}\n\n{BODY}"))
    assert turned.lone == ("\tedge",)
    # A headline that grew as well is explained only where others grew, too.
    retitled = compare(under("senja"), under("fajar", longer, title="Musim Tanam Dimulai Lagi"))
    assert retitled.of_the_theme == ("\tedge", "\ttitle")
    # A theme that does not link the second page of an article has no less of it.
    two = under("senja", longer)
    pages = ("https://danau.example/a", "https://danau.example/a/2/")
    whole = attrs.evolve(two, article=attrs.evolve(two.article, pages=pages))
    assert not compare(whole, under("fajar")).is_edit


@pytest.mark.parametrize(
    ("title", "also", "fields"),
    [
        ("Musim Tanam Dimulai Lagi", "", ("title",)),
        ("Musim Tanam Dimulai - Danau", "Danau", ()),
        ("Video: Musim Tanam Dimulai", "Foto Video", ()),
        ("Musim Tanam Ditunda", "", ("title",)),
    ],
)
def test_headlines_that_two_themes_print(title: str, also: str, fields: tuple[str, ...]) -> None:
    one, other = under("senja", also=also), under("fajar", title=title, also=also)
    assert compare(one, other).fields == compare(other, one).fields == fields
    assert compare(one, other).lone == (("\ttitle",) if "Lagi" in title else ())
