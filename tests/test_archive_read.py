"""``crawler.archive.read``: what is yielded, and what is not."""

from __future__ import annotations

import datetime as dt
import json
import tracemalloc
from pathlib import Path

import attrs
import pytest

from crawler.archive import Found, Missing, RawLine, Withhold, last_articles, read, read_raw
from crawler.codec import dump_line
from crawler.errors import ArchiveDamaged, ArchiveError
from tests.archive_inside import compress_months
from tests.archive_site import Folder, address, article_of, found, listing, rest


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "lintas")


def seen(path: Path, **how: object) -> list[tuple[str, int, str]]:
    return [(a.id, a.revision, a.body) for a in read(path, **how)]  # type: ignore[arg-type]


def published(post: int, when: str | None) -> Found:
    finding = found(post)
    return Found(attrs.evolve(article_of(finding), published_at=when), finding.captures)


def test_latest_is_the_last_line_of_the_highest_revision(folder: Folder) -> None:
    folder.run(found(1, text="satu"), found(2, text="dua"))
    folder.clock.move(days=30)
    folder.run(found(1, text="satu lagi"))
    assert seen(folder.path) == [("lintas:2", 1, "dua"), ("lintas:1", 2, "satu lagi")]
    assert seen(folder.path, latest=False) == [
        ("lintas:1", 1, "satu"),
        ("lintas:2", 1, "dua"),
        ("lintas:1", 2, "satu lagi"),
    ]


def test_page_counts_where_it_superseded_the_record(folder: Folder) -> None:
    folder.run(rest(listing((1, "Judul", "Isi.")), 1))
    folder.run(found(1, "Judul", "Isi."))
    (article,) = read(folder.path)
    assert (article.revision, article.source) == (1, "page")


def test_gone_articles_are_left_out_unless_asked_for(folder: Folder) -> None:
    folder.run(found(1), found(2))
    for _ in range(2):
        folder.run(Missing(address(1), 404))
    assert [article.id for article in read(folder.path)] == ["lintas:2"]
    assert [article.id for article in read(folder.path, latest=False)] == ["lintas:2"]
    assert [article.id for article in read(folder.path, gone=True)] == ["lintas:1", "lintas:2"]


def test_article_that_came_back_is_not_gone(folder: Folder) -> None:
    folder.run(found(1))
    for _ in range(2):
        folder.run(Missing(address(1), 404))
    folder.run(found(1))
    assert [(article.id, article.revision) for article in read(folder.path)] == [("lintas:1", 3)]
    assert [a.revision for a in read(folder.path, latest=False)] == [1, 3]


def test_withheld_articles_are_never_yielded(folder: Folder) -> None:
    folder.run(found(1), found(2))
    march = folder.path / "articles-2026-03.jsonl"
    folder.clock.move(days=30)
    folder.run(Withhold("lintas:1", "asked for"))
    for path in (folder.path, march):
        for latest in (True, False):
            ids = [article.id for article in read(path, latest=latest, gone=True)]
            assert ids == ["lintas:2"]


def test_publication_days_are_those_of_the_newsroom(folder: Folder) -> None:
    folder.run(
        published(1, "2026-03-01T00:10:00+08:00"),  # still February in UTC
        published(2, "2026-03-05T12:00:00+08:00"),
        published(3, "2026-03-06"),
        published(4, "2026-03"),
        published(5, None),
    )

    def days(since: str | dt.date | None, until: str | dt.date | None) -> list[int | None]:
        return [article.post_id for article in read(folder.path, since=since, until=until)]

    assert days("2026-03-01", "2026-03-01") == [1, 4]
    assert days("2026-03-02", None) == [2, 3, 4]
    assert days(None, "2026-03-05") == [1, 2, 4]
    assert days(dt.date(2026, 3, 6), dt.date(2026, 3, 6)) == [3, 4]
    assert days("2026-04-01", None) == []
    assert days(None, None) == [1, 2, 3, 4, 5]


def test_written_since_takes_what_was_written_then_or_later(folder: Folder) -> None:
    folder.run(found(1))
    folder.clock.move(hours=1)
    folder.run(found(2))
    folder.clock.move(days=30)
    folder.run(found(1, text="baru"))

    def since(moment: str | dt.datetime) -> list[str]:
        return [article.id for article in read(folder.path, written_since=moment)]

    assert since("2026-03-10T02:00:00Z") == ["lintas:2", "lintas:1"]
    assert since("2026-03-10T10:30:00+08:00") == ["lintas:2", "lintas:1"]
    assert since("2026-03-10T03:00:00Z") == ["lintas:2", "lintas:1"]
    assert since("2026-03-10T03:00:01Z") == ["lintas:1"]
    assert since(folder.clock.now) == ["lintas:1"]
    assert since("2027-01-01") == []


def test_written_since_does_not_yield_what_is_gone_since(folder: Folder) -> None:
    folder.run(found(1))
    folder.clock.move(days=30)
    for _ in range(2):
        folder.run(Missing(address(1), 404))
    assert list(read(folder.path, written_since="2026-03-01")) == []


def test_a_file_is_read_for_itself(folder: Folder) -> None:
    folder.run(found(1, text="satu"))
    folder.clock.move(days=30)
    folder.run(found(1, text="dua"))
    assert seen(folder.path / "articles-2026-03.jsonl") == [("lintas:1", 1, "satu")]
    [packed] = compress_months(folder.path)
    assert seen(packed) == [("lintas:1", 1, "satu")]
    assert seen(folder.path) == [("lintas:1", 2, "dua")]


def test_bytes_behind_the_last_newline_are_ignored(folder: Folder) -> None:
    folder.run(found(1))
    path = folder.path / "articles-2026-03.jsonl"
    whole = path.read_bytes()
    for more in (b"{", b'{"schema":"article/1","id":"lintas:2","revision":1', whole[:-1]):
        path.write_bytes(whole + more)
        assert [article.id for article in read(folder.path)] == ["lintas:1"]
        assert [article.id for article in read(path)] == ["lintas:1"]


def test_keys_of_later_versions_and_another_order_are_read(folder: Folder) -> None:
    folder.run(found(1))
    path = folder.path / "articles-2026-03.jsonl"
    line = path.read_bytes()
    path.write_bytes(b'{"later":true,' + line[1:])
    assert [article.id for article in read(folder.path)] == ["lintas:1"]


@pytest.mark.parametrize(
    "line", [b"\n", b"null\n", b"[]\n", b"{}\n", b'{"schema":"x"}\n', b"\xff\n"]
)
def test_line_that_is_none_is_damage(folder: Folder, line: bytes) -> None:
    folder.run(found(1))
    path = folder.path / "articles-2026-03.jsonl"
    size = path.stat().st_size
    with path.open("ab") as file:
        file.write(line)
    with pytest.raises(ArchiveDamaged, match=f"articles-2026-03.jsonl: byte {size}: "):
        list(read(folder.path))


def test_value_that_does_not_fit_is_damage(folder: Folder) -> None:
    folder.run(found(1))
    path = folder.path / "articles-2026-03.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"word_count":6', b'"word_count":-6'))
    with pytest.raises(ArchiveDamaged, match="byte 0: word_count needs a number from 0, got -6"):
        list(read(folder.path))


def test_nothing_to_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "lintas").mkdir()
    (tmp_path / "lintas" / "archive.json").write_text("{}")
    with pytest.raises(ArchiveError, match="is no archive; there are in it: lintas"):
        list(read(tmp_path))
    with pytest.raises(ArchiveError, match="there is no such archive or file"):
        list(read(tmp_path / "none"))
    with pytest.raises(ArchiveError, match="since='Maret': want a day as YYYY-MM-DD"):
        list(read(tmp_path, since="Maret"))
    with pytest.raises(
        ArchiveError, match="written_since='x': want a day as YYYY-MM-DD, or a moment"
    ):
        list(read(tmp_path, written_since="x"))


def test_reading_goes_on_while_months_are_compressed(folder: Folder) -> None:
    for number in range(3):
        folder.run(found(number))
        folder.clock.move(days=31)
    reading = read(folder.path)
    first = next(reading)
    compress_months(folder.path, 2)
    assert [first.id, *(article.id for article in reading)] == [f"lintas:{n}" for n in range(3)]


def test_last_articles_are_taken_from_the_end(folder: Folder) -> None:
    folder.run(*(found(n) for n in range(5)))
    folder.clock.move(days=60)
    folder.run(found(5), found(6), Withhold("lintas:6", "asked for"))
    for _ in range(2):
        folder.run(*(Missing(address(n), 404) for n in (0, 1)), *(found(n) for n in range(2, 6)))
    assert [article.id for article in last_articles(folder.path, 3)] == [
        "lintas:3",
        "lintas:4",
        "lintas:5",
    ]
    compress_months(folder.path)
    assert len(last_articles(folder.path, 50)) == 6
    assert last_articles(folder.path, 0) == []


def test_memory_grows_with_articles_not_with_text(tmp_path: Path) -> None:
    article = attrs.evolve(article_of(found(1)), run="r", written_at="2026-03-10T02:00:00Z")

    def peak(text: int) -> int:
        path = tmp_path / "articles-2026-03.jsonl"
        with path.open("wb") as file:
            for number in range(600):
                file.write(dump_line(attrs.evolve(article, id=f"lintas:{number}", body="x" * text)))
        tracemalloc.start()
        assert sum(1 for _ in read(tmp_path)) == 600
        memory = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return memory

    few = peak(1000)
    assert peak(16_000) < 1.5 * few


def test_a_line_says_where_it_is_from_before_it_is_read(folder: Folder) -> None:
    folder.run(found(1, 'Kutipan "written_at":"1999" dan "warc":"lain"'))
    (mine,) = read_raw(folder.path)
    assert (mine.id, mine.warc) == ("lintas:1", folder.articles()[0].captures[0].warc)
    assert mine.written_at == folder.articles()[0].written_at
    assert mine.parse() == folder.articles()[0]
    spaced = json.dumps(json.loads(mine.content)).encode()  # as another program may write it
    bracketed = mine.content.replace(b"lintas.example/kota", b"lintas.example/[kota]")
    for content in (spaced, bracketed):
        other = RawLine("lain.jsonl", 0, content)
        assert content != mine.content
        assert (other.id, other.written_at, other.warc) == (mine.id, mine.written_at, mine.warc)
    with pytest.raises(ArchiveDamaged, match=r"lain.jsonl: byte 7: line needs JSON"):
        RawLine("lain.jsonl", 7, b"{").parse()
