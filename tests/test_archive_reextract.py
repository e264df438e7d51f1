"""Today's rules over stored captures: what they would change, and writing it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import attrs
import pytest

from crawler.archive import Missing, Reread, Withhold, read
from crawler.archive.revisions import Rules
from crawler.archive.verify import verify
from crawler.errors import NotAnArticle
from crawler.items import Article, Capture
from crawler.newsrooms import Newsroom
from crawler.workers import Change, changes
from tests.archive_site import (
    LINTAS,
    Folder,
    address,
    found,
    listing,
    named,
    rest,
    rules_1,
    rules_2,
    tell,
)

TODAY = named(rules_2, "rules-2")


def reextract(
    folder: Path, newsroom: Newsroom, rules: Rules, *, written_since: str | None = None
) -> Iterator[Change]:
    return changes(folder, newsroom, rules, read(folder, written_since=written_since))


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    folder = Folder(tmp_path / "lintas")
    listed = listing((4, "Judul", "Isi. (red)"), (5, "Lain", "Isi."))
    folder.run(
        found(1, text="Satu. (red)"), found(2, text="Dua."), rest(listed, 4), rest(listed, 5)
    )
    return folder


def test_change_names_fields_and_values(folder: Folder) -> None:
    first, second = reextract(folder.path, LINTAS, TODAY)
    assert (first.before.id, second.before.id) == ("lintas:1", "lintas:4")
    assert first.fields == ("body", "body_html", "word_count", "content_hash")
    assert next(first.differences()) == ("body", "Satu. (red)", "Satu.")
    assert first.writable


def test_the_same_rules_change_nothing(folder: Folder) -> None:
    rules = named(rules_1, "rules-1")
    assert list(reextract(folder.path, LINTAS, rules)) == []


def test_changes_become_lines_of_the_same_revision(folder: Folder) -> None:
    before = folder.warcs()[0].read_bytes()
    with folder.open(rules_2, command="reextract") as archive:
        for change in reextract(folder.path, LINTAS, TODAY):
            assert change.after is not None
            assert tell(archive, Reread(change.after)).kind == "reread"
    assert [(x["id"], x["revision"], x["source"], x["extractor"]) for x in folder.lines()] == [
        ("lintas:1", 1, "page", "rules-1"),
        ("lintas:2", 1, "page", "rules-1"),
        ("lintas:4", 1, "rest", "rules-1"),
        ("lintas:5", 1, "rest", "rules-1"),
        ("lintas:1", 1, "page", "rules-2"),
        ("lintas:4", 1, "rest", "rules-2"),
    ]
    assert folder.warcs()[0].read_bytes() == before
    assert list(reextract(folder.path, LINTAS, TODAY)) == []
    assert list(verify(folder.path, LINTAS, TODAY)) == []


def test_written_since_takes_part_of_the_archive(folder: Folder) -> None:
    folder.clock.move(days=1)
    folder.run(found(7, text="Tujuh. (red)"))
    ids = [
        change.before.id
        for change in reextract(folder.path, LINTAS, TODAY, written_since="2026-03-11")
    ]
    assert ids == ["lintas:7"]


def test_gone_withheld_and_earlier_revisions_are_left(folder: Folder) -> None:
    folder.run(found(1, text="Satu, disunting. (red)"), found(8, text="Delapan. (red)"))
    folder.run(Withhold("lintas:8", "asked for"), found(9, text="Sembilan. (red)"))
    for _ in range(2):
        folder.run(Missing(address(9), 404))
    found_ = [(c.before.id, c.before.revision) for c in reextract(folder.path, LINTAS, TODAY)]
    assert found_ == [("lintas:4", 1), ("lintas:1", 2)]


def test_captures_that_cannot_be_read_are_said(folder: Folder) -> None:
    def strict(captures: Sequence[Capture], newsroom: Newsroom, post_id: int | None) -> Article:
        if b"<h1>" in captures[0].body:
            raise NotAnArticle(captures[0].url, "no_headline")
        return rules_2(captures, newsroom, post_id)

    rules = named(strict, "rules-2")
    first, *_ = reextract(folder.path, LINTAS, rules)
    assert (first.after, first.writable) == (None, False)
    assert first.problem == f"{address(1)} is not an article (no_headline)"


def test_rules_without_a_new_name_cannot_be_written(folder: Folder) -> None:
    def renamed(captures: Sequence[Capture], newsroom: Newsroom, post_id: int | None) -> Article:
        return attrs.evolve(rules_2(captures, newsroom, post_id), extractor="rules-1")

    rules = named(renamed, "rules-1")
    first, *_ = reextract(folder.path, LINTAS, rules)
    assert not first.writable
    assert first.after is not None
    with folder.open() as archive:
        assert tell(archive, Reread(first.after)).kind == "unchanged"


def test_any_part_of_an_archive_is_a_task_of_its_own(folder: Folder) -> None:
    articles = folder.articles()
    parts = [list(changes(folder.path, LINTAS, TODAY, articles[n::2])) for n in range(2)]
    assert [[change.before.id for change in part] for part in parts] == [
        ["lintas:1", "lintas:4"],
        [],
    ]
