"""The revision number: the newsroom's edits, and nothing else."""

from __future__ import annotations

from pathlib import Path

import attrs
import pytest

from crawler.archive import Found, Missing, Reread, read_capture
from crawler.errors import InvalidRecord
from crawler.items import Capture
from tests.archive_site import (
    LINTAS,
    Folder,
    address,
    article_of,
    capture,
    exchange,
    found,
    listing,
    page,
    rest,
    rules_1,
    rules_2,
    tell,
)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "lintas")


def keys(folder: Folder) -> list[tuple[str, int, str, str]]:
    return [(x["id"], x["revision"], x["source"], x["extractor"]) for x in folder.lines()]


def test_first_line_of_an_article_is_revision_1(folder: Folder) -> None:
    (outcome,) = folder.run(found(7))
    assert (outcome.kind, outcome.id, outcome.revision) == ("new", "lintas:7", 1)
    (line,) = folder.lines()
    assert line["written_at"] == "2026-03-10T02:00:00Z"
    assert outcome.line is not None
    assert line["run"] == outcome.line.run
    assert line["captures"][0]["fetched_at"] == "2026-03-10T02:00:00Z"


def test_unchanged_article_writes_nothing(folder: Folder) -> None:
    folder.run(found(7))
    before = (folder.lines(), folder.warcs()[0].read_bytes())
    (outcome,) = folder.run(found(7))
    assert (outcome.kind, outcome.revision, outcome.line) == ("unchanged", 1, None)
    assert (folder.lines(), folder.warcs()[0].read_bytes()) == before


def test_what_stands_beside_the_text_makes_no_revision(folder: Folder) -> None:
    folder.run(found(7, noise="Dibaca 10 kali"))
    (outcome,) = folder.run(found(7, noise="Dibaca 11 kali"))
    assert outcome.kind == "unchanged"


def test_edit_is_the_next_revision(folder: Folder) -> None:
    folder.run(found(7, text="Tiga orang luka."))
    (outcome,) = folder.run(found(7, text="Empat orang luka."))
    assert (outcome.kind, outcome.revision) == ("changed", 2)
    assert [line["body"] for line in folder.lines()] == ["Tiga orang luka.", "Empat orang luka."]


def test_edit_back_to_the_first_text_is_a_revision_too(folder: Folder) -> None:
    for text in ("Tiga orang luka.", "Empat orang luka.", "Tiga orang luka."):
        folder.run(found(7, text=text))
    assert [line["revision"] for line in folder.lines()] == [1, 2, 3]


def test_changed_caption_is_a_revision_between_two_pages(folder: Folder) -> None:
    folder.run(found(7, caption="Pasar Lama"))
    (outcome,) = folder.run(found(7, caption="Pasar Lama, Selasa"))
    assert (outcome.kind, outcome.revision) == ("changed", 2)


def test_page_supersedes_the_rest_record_of_the_same_text(folder: Folder) -> None:
    listed = listing((7, "Judul", "Isi."), (8, "Lain", "Isi lain."))
    assert [o.kind for o in folder.run(rest(listed, 7), rest(listed, 8))] == ["new", "new"]
    (outcome,) = folder.run(found(7, "Judul", "Isi.", caption="Yang REST tidak punya"))
    assert (outcome.kind, outcome.revision) == ("superseded", 1)
    assert keys(folder) == [
        ("lintas:7", 1, "rest", "rules-1"),
        ("lintas:8", 1, "rest", "rules-1"),
        ("lintas:7", 1, "page", "rules-1"),
    ]


def test_page_with_another_text_than_the_rest_record_is_the_next_revision(folder: Folder) -> None:
    listed = listing((7, "Judul", "Isi."))
    folder.run(rest(listed, 7))
    (outcome,) = folder.run(found(7, "Judul", "Naskah yang disunting."))
    assert (outcome.kind, outcome.revision) == ("changed", 2)


def test_rest_record_says_nothing_new_of_a_page(folder: Folder) -> None:
    folder.run(found(7, "Judul", "Isi.", caption="Foto"))
    (outcome,) = folder.run(rest(listing((7, "Judul", "Isi.")), 7))
    assert (outcome.kind, outcome.line) == ("unchanged", None)


def test_articles_of_one_list_name_one_record(folder: Folder) -> None:
    listed = listing((7, "Judul", "Isi."), (8, "Lain", "Isi lain."))
    folder.run(rest(listed, 7), rest(listed, 8))
    seven, eight = (line["captures"] for line in folder.lines())
    assert seven == eight


def test_new_rules_alone_keep_the_revision(folder: Folder) -> None:
    folder.run(found(7, text="Isi. (red)", noise="satu"))
    (outcome,) = folder.run(found(7, text="Isi. (red)", noise="dua", rules=rules_2), rules=rules_2)
    assert (outcome.kind, outcome.revision) == ("reread", 1)
    assert keys(folder) == [
        ("lintas:7", 1, "page", "rules-1"),
        ("lintas:7", 1, "page", "rules-2"),
    ]
    assert [line["body"] for line in folder.lines()] == ["Isi. (red)", "Isi."]


def test_new_rules_and_an_edit_make_a_revision(folder: Folder) -> None:
    folder.run(found(7, text="Isi. (red)"))
    (outcome,) = folder.run(found(7, text="Lain. (red)", rules=rules_2), rules=rules_2)
    assert (outcome.kind, outcome.revision) == ("changed", 2)


def test_new_rules_that_make_no_difference_write_nothing(folder: Folder) -> None:
    folder.run(found(7, text="Isi."))
    (outcome,) = folder.run(found(7, text="Isi.", rules=rules_2), rules=rules_2)
    assert (outcome.kind, outcome.line) == ("unchanged", None)


def test_new_rules_keep_the_revision_of_a_rest_record(folder: Folder) -> None:
    listed = listing((6, "Lain", "Isi."), (7, "Judul", "Isi. (red)"))
    folder.run(rest(listed, 7))
    (outcome,) = folder.run(rest(listed, 7, rules=rules_2), rules=rules_2)
    assert (outcome.kind, outcome.revision) == ("reread", 1)


def test_page_supersedes_a_rest_record_that_new_rules_read_alike(folder: Folder) -> None:
    folder.run(rest(listing((7, "Judul", "Isi. (red)")), 7))
    (outcome,) = folder.run(found(7, "Judul", "Isi. (red)", rules=rules_2), rules=rules_2)
    assert (outcome.kind, outcome.revision) == ("superseded", 1)


def test_going_back_and_forth_between_rules_writes_no_line_twice(folder: Folder) -> None:
    for rules in (rules_1, rules_2, rules_1, rules_2, rules_1):
        folder.run(found(7, text="Isi. (red)", rules=rules), rules=rules)
    assert keys(folder) == [
        ("lintas:7", 1, "page", "rules-1"),
        ("lintas:7", 1, "page", "rules-2"),
    ]


def test_capture_that_new_rules_cannot_read_counts_as_an_edit(folder: Folder) -> None:
    folder.run(found(7, text="Isi. (red)"))

    def rules_3(*_: object) -> None:
        raise ZeroDivisionError("a mistake of ours")

    again = found(7, text="Isi. (red)", rules=rules_2)
    (outcome,) = folder.run(again, rules=rules_3)
    assert (outcome.kind, outcome.revision) == ("changed", 2)
    assert outcome.note == (
        "its stored captures cannot be read by today's rules (a mistake of ours)"
    )


def test_changed_slug_is_the_same_article(folder: Folder) -> None:
    folder.run(found(7))
    (outcome,) = folder.run(found(7, url="https://lintas.example/kota/alamat-baru"))
    assert (outcome.kind, outcome.id, outcome.revision) == ("reread", "lintas:7", 1)
    assert [line["url"] for line in folder.lines()] == [
        address(7),
        "https://lintas.example/kota/alamat-baru",
    ]


def test_article_that_comes_back_is_a_revision(folder: Folder) -> None:
    folder.run(found(7))
    for _ in range(2):
        folder.run(Missing(address(7), 404, [capture(exchange(address(7), b"", status=404))]))
    (outcome,) = folder.run(found(7))
    assert (outcome.kind, outcome.revision) == ("changed", 3)
    assert [(x["schema"], x["revision"]) for x in folder.lines()] == [
        ("article/1", 1),
        ("gone/1", 2),
        ("article/1", 3),
    ]


def test_same_finding_twice_in_one_batch_is_one_line(folder: Folder) -> None:
    assert [o.kind for o in folder.run(found(7), found(7))] == ["new", "unchanged"]


def test_edits_in_one_batch_are_counted_on(folder: Folder) -> None:
    outcomes = folder.run(found(7, text="a"), found(7, text="b"), found(7, text="c"))
    assert [o.revision for o in outcomes] == [1, 2, 3]


def test_lines_of_another_archive_are_refused(folder: Folder) -> None:
    wrong = found(7)
    with folder.open() as archive:
        lost = Found(attrs.evolve(wrong.article, site="lain"), wrong.captures)
        with pytest.raises(
            InvalidRecord, match="site needs the archive's name, lintas, got 'lain'"
        ):
            tell(archive, lost)
        assert tell(archive, found(8)).kind == "new"
    assert [line["id"] for line in folder.lines()] == ["lintas:8"]


def test_text_that_is_none_is_refused_and_nothing_stored(folder: Folder) -> None:
    broken = found(7)
    article = attrs.evolve(article_of(broken), title="setengah \ud83d")
    with folder.open() as archive, pytest.raises(InvalidRecord, match="text as UTF-8"):
        tell(archive, Found(article, broken.captures))
    assert (folder.lines(), folder.warcs()) == ([], [])


def test_reread_keeps_revision_and_captures(folder: Folder) -> None:
    folder.run(found(7, text="Isi. (red)"))
    (line,) = folder.articles()
    article = article_of(found(7, text="Isi. (red)", rules=rules_2))
    with folder.open(rules_2) as archive:
        article = attrs.evolve(article, captures=line.captures)
        first = tell(archive, Reread(article))
        again = tell(archive, Reread(article))
    assert (first.kind, first.revision, again.kind) == ("reread", 1, "unchanged")
    old, new = folder.articles()
    assert new.captures == old.captures == line.captures
    assert (new.extractor, new.body) == ("rules-2", "Isi.")


def test_reread_of_an_earlier_revision_is_left(folder: Folder) -> None:
    folder.run(found(7, text="Isi. (red)"))
    references = folder.articles()[0].captures
    folder.run(found(7, text="Lain. (red)"))
    article = article_of(found(7, text="Isi. (red)", rules=rules_2))
    with folder.open(rules_2) as archive:
        late = Reread(attrs.evolve(article, captures=references))
        assert tell(archive, late).kind == "unchanged"


def test_pages_of_an_article_that_did_not_change_become_visits(folder: Folder) -> None:
    url = address(7)

    def pages(first: str) -> Found:
        captures = [
            capture(exchange(url, page("Judul", first, post=7))),
            capture(exchange(f"{url}/2", page("Judul", "Halaman dua.", post=7))),
        ]
        return Found(rules_1(captures, LINTAS, None), captures)

    folder.run(pages("Halaman satu."))
    folder.run(pages("Halaman satu, disunting."))
    old, new = folder.articles()
    assert new.revision == 2
    assert new.captures[1].digest == old.captures[1].digest
    assert new.captures[1].record_id != old.captures[1].record_id
    assert b"Halaman dua." in read_capture(folder.path, new.captures[1]).body


def test_page_that_the_server_did_not_send_again_is_a_visit(folder: Folder) -> None:
    url = address(7)
    captures = [
        capture(exchange(url, page("Judul", "Satu.", post=7))),
        capture(exchange(f"{url}/2", page("Judul", "Dua.", post=7))),
    ]
    folder.run(Found(rules_1(captures, LINTAS, None), captures))
    stored = read_capture(folder.path, folder.articles()[0].captures[1])
    unchanged = exchange(f"{url}/2", b"", status=304, headers=(("ETag", '"x"'),))
    second: list[Capture] = [
        capture(exchange(url, page("Judul", "Satu, disunting.", post=7))),
        attrs.evolve(stored, exchanges=(unchanged,)),
    ]
    (outcome,) = folder.run(Found(rules_1(second, LINTAS, None), second))
    assert outcome.kind == "changed"
    reference = folder.articles()[1].captures[1]
    assert reference.status == 304
    again = read_capture(folder.path, reference)
    assert (again.status, again.body) == (200, stored.body)
