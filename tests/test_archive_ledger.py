"""What the ledger remembers, and that losing it loses nothing."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import attrs
import pytest

from crawler.archive import (
    AddressRow,
    Archive,
    Failed,
    Found,
    Ledger,
    Missing,
    Refused,
    RunReport,
    Seen,
    Withhold,
)
from crawler.discovery import Link, Memory
from crawler.errors import ArchiveError, WrongArchive
from tests.archive_site import (
    BEGIN,
    Folder,
    address,
    article_of,
    capture,
    exchange,
    found,
    listing,
    rest,
    tell,
)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "lintas")


@pytest.fixture
def archive(folder: Folder) -> Iterator[Archive]:
    with folder.open() as opened:
        yield opened


def link(post: int, **more: Any) -> Link:
    return Link(url=address(post), door="sitemap", **more)


def urls(looks: list[AddressRow]) -> list[str]:
    return [look.url for look in looks]


def due_at(row: AddressRow) -> dt.datetime:
    """When the address is to be looked at again."""
    assert row.next_look is not None
    return dt.datetime.fromtimestamp(row.next_look, dt.UTC)


def articles(path: Path) -> list[tuple[Any, ...]]:
    """What the ledger at *path* has of articles; their address may be newer than their line."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT * FROM articles ORDER BY id")
        place = [name for name, *_ in rows.description].index("url")
        return [(*row[:place], *row[place + 1 :]) for row in rows]


def test_it_is_what_discovery_asks_of_a_memory(archive: Archive) -> None:
    memory: Memory = archive.ledger
    assert memory.known(address(1)) is None
    assert memory.door("sitemap") == {}


def test_listed_addresses_wait(archive: Archive) -> None:
    archive.listed(
        [link(1, post_id=1, published="2026-03-01T10:00:00+08:00", lastmod="2026-03-02")]
    )
    known = archive.ledger.known(address(1))
    assert known is not None
    assert (known.state, known.post_id, known.published, known.lastmod) == (
        "waiting",
        1,
        "2026-03-01T02:00:00Z",
        None,  # it was not looked at yet
    )
    assert archive.ledger.known_post(1) == known
    assert urls(archive.ledger.waiting(10)) == [address(1)]


def test_waiting_newest_first(archive: Archive) -> None:
    archive.listed([link(1, published="2026-03-01"), link(2, published="2026-03-02"), link(3)])
    assert urls(archive.ledger.waiting(2)) == [address(2), address(1)]


def test_fetched_address_is_known_with_the_modification_that_was_listed(archive: Archive) -> None:
    archive.listed([link(1, lastmod="2026-03-09T10:00:00+08:00")])
    tell(archive, found(1))
    known = archive.ledger.known(address(1))
    assert known is not None
    assert (known.state, known.lastmod, known.looked_at) == (
        "article",
        "2026-03-09T02:00:00Z",
        "2026-03-10T02:00:00Z",
    )
    assert known == archive.ledger.known_post(1)


def test_count_and_listed_by_publication(archive: Archive) -> None:
    archive.listed(
        [
            link(1, published="2026-03-01T00:00:00Z"),
            link(2, published="2026-03-02T00:00:00Z"),
            link(3, published="2026-03-03T00:00:00Z"),
            link(4),
        ]
    )
    ledger = archive.ledger
    assert ledger.count() == 4
    assert ledger.count(after="2026-03-01T00:00:00Z") == 2
    assert ledger.count(before="2026-03-02T08:00:00+08:00") == 1
    assert ledger.count(after="2026-03-01T00:00:00Z", before="2026-03-03T00:00:00Z") == 1
    assert [known.url for known in ledger.listed()] == [address(n) for n in (1, 2, 3, 4)]
    assert [known.url for known in ledger.listed(after="2026-03-02")] == [address(3)]


def test_gone_articles_and_earlier_slugs_are_not_counted(folder: Folder) -> None:
    folder.run(found(1), found(2))
    folder.run(found(2, url="https://lintas.example/kota/alamat-baru"))
    for _ in range(2):
        folder.run(Missing(address(1), 404))
    ledger = Ledger.read_only(folder.path)
    assert ledger.count() == 1
    known = ledger.known(address(2))
    assert known is not None
    assert (known.url, known.state) == ("https://lintas.example/kota/alamat-baru", "article")
    gone = ledger.known(address(1))
    assert gone is not None
    assert gone.state == "gone"
    ledger.close()


def test_listed_address_that_redirects_to_an_article_is_that_article(archive: Archive) -> None:
    short = "https://lintas.example/?p=1"
    archive.listed([Link(url=short, door="feed")])
    moved = exchange(short, b"", status=301, headers=(("Location", address(1)),))
    tell(archive, found(1, hops=(moved,)))
    assert archive.ledger.waiting(10) == []
    look = archive.ledger.look(short)
    assert look is not None
    assert (look.url, look.article) == (address(1), "lintas:1")


def test_known_post_that_is_listed_elsewhere_has_moved(archive: Archive, folder: Folder) -> None:
    tell(archive, found(1))
    new = "https://lintas.example/2026/berita-1"
    archive.listed([Link(url=new, door="rest", post_id=1, lastmod="2026-03-10T03:00:00Z")])
    ledger = archive.ledger
    assert ledger.waiting(10) == []
    assert ledger.count() == 1
    for known in (ledger.known(new), ledger.known(address(1)), ledger.known_post(1)):
        assert known is not None
        assert (known.url, known.state) == (new, "article")
    assert urls(ledger.due(folder.clock(), 10)) == [new]
    archive.listed([link(1, post_id=1)])  # another door has not heard of it
    assert [known.url for known in ledger.listed()] == [new]
    outcome = tell(archive, found(1, url=new))
    assert (outcome.kind, outcome.id) == ("reread", "lintas:1")
    assert ledger.due(folder.clock(), 10) == []


def test_withheld_post_stays_withheld_at_another_address(archive: Archive) -> None:
    tell(archive, found(1))
    tell(archive, Withhold("lintas:1", "asked for"))
    archive.listed([Link(url="https://lintas.example/baru", door="rest", post_id=1)])
    look = archive.ledger.look("https://lintas.example/baru")
    assert look is not None
    assert (look.state, look.reason) == ("refused", "withheld")
    assert archive.ledger.waiting(10) == []


def test_newer_modification_makes_an_article_due(archive: Archive, folder: Folder) -> None:
    archive.listed([link(1, lastmod="2026-03-09T00:00:00Z")])
    tell(archive, found(1))
    assert archive.ledger.due(folder.clock(), 10) == []
    archive.listed([link(1, lastmod="2026-03-09T00:00:00Z")])
    assert archive.ledger.due(folder.clock(), 10) == []
    archive.listed([link(1, lastmod="2026-03-10T01:00:00Z")])
    assert urls(archive.ledger.due(folder.clock(), 10)) == [address(1)]
    tell(archive, Seen(address(1)))
    assert archive.ledger.due(folder.clock(), 10) == []


def test_looks_grow_apart_while_nothing_changes(archive: Archive, folder: Folder) -> None:
    tell(archive, found(1))  # an hour old
    pauses = []
    for _ in range(16):
        look = archive.ledger.look(address(1))
        assert look is not None
        pauses.append((due_at(look) - folder.clock()).total_seconds() / 3600)
        folder.clock.now = due_at(look)
        tell(archive, Seen(address(1)))
    for pause, hours in zip(pauses, [1, 2, 4, 8, 16, 32, 64], strict=False):
        assert 0.9 * hours <= pause <= hours
    assert pauses[-1] == pauses[-2]
    assert 0.9 * 180 * 24 <= pauses[-1] <= 180 * 24


def test_what_changes_is_looked_at_sooner(archive: Archive, folder: Folder) -> None:
    tell(archive, found(1))
    for _ in range(6):
        tell(archive, Seen(address(1)))
    before = archive.ledger.look(address(1))
    tell(archive, found(1, text="disunting"))
    after = archive.ledger.look(address(1))
    assert before is not None
    assert after is not None
    now = folder.clock()
    assert (due_at(after) - now) < (due_at(before) - now) / 3


def test_old_article_is_not_looked_at_as_often_as_a_new_one(archive: Archive) -> None:
    old = found(1)
    article = attrs.evolve(article_of(old), published_at="2024-03-10T10:00:00+08:00")
    tell(archive, Found(article, old.captures))
    look = archive.ledger.look(address(1))
    assert look is not None
    assert due_at(look) - BEGIN > dt.timedelta(days=160)


def test_failures_are_tried_again_after_growing_pauses(archive: Archive, folder: Folder) -> None:
    archive.listed([link(1)])
    pauses = []
    for number in range(1, 16):
        outcome = tell(archive, Failed(address(1), "http_503"))
        assert (outcome.kind, outcome.note) == ("failed", "http_503")
        look = archive.ledger.look(address(1))
        assert look is not None
        assert (look.state, look.failures, look.reason) == ("failed", number, "http_503")
        pauses.append(int((due_at(look) - folder.clock()).total_seconds()) // 60)
        before = due_at(look) - dt.timedelta(seconds=1)
        assert number == 1 or archive.ledger.retries(before, 10) == []
        assert urls(archive.ledger.retries(due_at(look), 10)) == [address(1)]
    week = 7 * 24 * 60
    assert pauses[:6] == [0, 15, 30, 60, 120, 240]
    assert pauses[-3:] == [week, week, week]
    tell(archive, found(1))
    assert archive.ledger.retries(folder.clock() + dt.timedelta(days=99), 10) == []
    assert archive.ledger.troubles(10) == []


def test_article_whose_fetch_failed_stays_an_article(archive: Archive) -> None:
    tell(archive, found(1))
    tell(archive, Failed(address(1), "timeout"))
    look = archive.ledger.look(address(1))
    assert look is not None
    assert (look.state, look.failures) == ("article", 1)
    assert urls(archive.ledger.troubles(10)) == [address(1)]


def test_refused_address_is_looked_at_again_seldom(archive: Archive, folder: Folder) -> None:
    url = "https://lintas.example/tentang-kami"
    archive.listed([Link(url=url, door="sitemap")])
    pauses = []
    for _ in range(3):
        tell(archive, Refused(url, "static_page"))
        look = archive.ledger.look(url)
        assert look is not None
        assert (look.state, look.reason) == ("refused", "static_page")
        pauses.append((due_at(look) - folder.clock()).total_seconds() / 86400)
    assert [round(pause / 0.95) for pause in pauses] == [1, 2, 4]
    assert archive.ledger.waiting(10) == []
    assert urls(archive.ledger.refused(10)) == [url]


def test_article_that_is_refused_later_stays_an_article(archive: Archive) -> None:
    tell(archive, found(1))
    tell(archive, Refused(address(1), "protected"))
    look = archive.ledger.look(address(1))
    assert look is not None
    assert (look.state, look.reason) == ("article", "protected")


def test_gone_article_is_due_for_nobody_that_does_not_list_it(folder: Folder) -> None:
    folder.run(found(1))
    for _ in range(2):
        folder.run(Missing(address(1), 404))
    ledger = Ledger.read_only(folder.path)
    assert ledger.due(folder.clock() + dt.timedelta(days=999), 10) == []
    ledger.close()


def test_rest_records_wait_for_their_page(folder: Folder) -> None:
    folder.run(rest(listing((1, "Judul", "Isi.")), 1), found(2))
    with folder.open() as archive:
        now = folder.clock()
        assert urls(archive.ledger.unpaged(now, 10)) == [address(1)]
        assert address(1) not in urls(archive.ledger.due(now, 10))
        tell(archive, Failed(address(1), "timeout"))
        tell(archive, Failed(address(1), "timeout"))
        assert archive.ledger.unpaged(now, 10) == []
        tell(archive, found(1, "Judul", "Isi."))
        assert archive.ledger.unpaged(now + dt.timedelta(days=1), 10) == []


def test_validators_of_pages_and_of_documents(archive: Archive) -> None:
    headers = (("Content-Encoding", "gzip"), ("ETag", '"abc"'), ("Last-Modified", "Tue"))
    tell(archive, found(1, headers=headers))
    archive.keep_validators("https://lintas.example/sitemap.xml", '"s"', None)
    kept = archive.ledger.validators(address(1))
    assert (kept.etag, kept.last_modified) == ('"abc"', "Tue")
    assert archive.ledger.validators("https://lintas.example/sitemap.xml").etag == '"s"'
    assert archive.ledger.validators("https://lintas.example/none").etag is None
    tell(archive, Seen(address(1), etag='"def"'))
    assert archive.ledger.validators(address(1)).etag == '"def"'


def test_doors_leave_what_the_next_run_finds(folder: Folder) -> None:
    with folder.open() as archive:
        archive.ledger.keep_door("rest", {"after": "2026-03-10", "pages": [1, 2]})
        assert archive.ledger.door("rest") == {"after": "2026-03-10", "pages": [1, 2]}
    ledger = Ledger.read_only(folder.path)
    assert ledger.door("rest") == {"after": "2026-03-10", "pages": [1, 2]}
    with pytest.raises(ArchiveError, match="open for reading only"):
        ledger.keep_door("rest", {})
    ledger.close()


def test_a_door_is_never_ahead_of_the_links_before_it(folder: Folder) -> None:
    with folder.open() as archive:
        archive.listed([link(n) for n in range(500)])
        archive.ledger.keep_door("sitemap", {"seen": 500})
        assert archive.ledger.count() == 500


def test_no_ledger_to_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="cannot be opened"):
        Ledger.read_only(tmp_path)


# Losing it


def story(folder: Folder) -> None:
    """A bit of everything."""
    headers = (("Content-Encoding", "gzip"), ("ETag", '"abc"'))
    folder.run(*(found(n, headers=headers) for n in range(6)))
    folder.run(found(1, text="disunting"), rest(listing((9, "Judul", "Isi.")), 9))
    folder.run(found(9, "Judul", "Isi."), found(2, url="https://lintas.example/kota/lain"))
    for _ in range(2):
        folder.run(Missing(address(3), 404))
    folder.run(Withhold("lintas:4", "asked for"))
    folder.clock.move(days=40)
    folder.run(found(1, text="disunting lagi"))


def test_rebuilt_ledger_knows_every_article_and_revision(folder: Folder) -> None:
    story(folder)
    before = articles(folder.path / "state.sqlite")
    (folder.path / "state.sqlite").unlink()
    with folder.open() as archive:
        assert archive.repairs == ("state.sqlite was missing: rebuilt from 13 lines in 2 files",)
        assert archive.ledger.validators(address(0)).etag == '"abc"'
        looks = [archive.ledger.look(address(n)) for n in range(6)]
    assert articles(folder.path / "state.sqlite") == before
    assert [look.state if look else None for look in looks] == [
        "article",
        "article",
        "article",
        "gone",
        "refused",
        "article",
    ]


def test_rerun_with_a_rebuilt_ledger_writes_nothing(folder: Folder) -> None:
    story(folder)
    before = folder.lines()
    (folder.path / "state.sqlite").unlink()
    kinds = [o.kind for o in folder.run(found(0), found(1, text="disunting lagi"), found(4))]
    assert kinds == ["unchanged", "unchanged", "withheld"]
    assert folder.lines() == before


def test_rebuilt_ledger_does_not_ask_for_everything_at_once(folder: Folder) -> None:
    story(folder)
    (folder.path / "state.sqlite").unlink()
    folder.run()
    ledger = Ledger.read_only(folder.path)
    assert ledger.due(folder.clock(), 100) == []
    assert len(ledger.due(folder.clock() + dt.timedelta(days=40), 100)) == 5
    ledger.close()


@pytest.mark.parametrize("content", [b"", b"no SQLite", b"SQLite format 3\x00" + b"\xff" * 5000])
def test_damaged_ledger_is_rebuilt(folder: Folder, content: bytes) -> None:
    story(folder)
    before = articles(folder.path / "state.sqlite")
    (folder.path / "state.sqlite").write_bytes(content)
    with folder.open() as archive:
        (repair,) = archive.repairs
        assert "13 lines" in repair
    assert articles(folder.path / "state.sqlite") == before


def test_ledger_that_breaks_in_a_run_is_rebuilt_by_the_next(folder: Folder) -> None:
    story(folder)
    path = folder.path / "state.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        (root,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'articles'"
        ).fetchone()
    content = bytearray(path.read_bytes())
    content[(root - 1) * 4096 : root * 4096] = b"\xaa" * 4096
    path.write_bytes(content)
    archive = folder.open()
    assert archive.repairs == ()
    with pytest.raises(ArchiveError):
        archive.record([found(0)])
    archive.close()
    with folder.open() as archive:
        assert archive.repairs == ("state.sqlite was missing: rebuilt from 13 lines in 2 files",)
        assert tell(archive, found(0)).kind == "unchanged"


def test_ledger_with_a_flipped_bit_makes_no_revision(folder: Folder) -> None:
    story(folder)
    with closing(sqlite3.connect(folder.path / "state.sqlite")) as connection:
        connection.execute("UPDATE articles SET content_hash = 'sha256:0' WHERE id = 'lintas:5'")
        connection.commit()
    before = folder.lines()
    said = "the ledger does not say of lintas:5 what its line says"
    with pytest.raises(ArchiveError, match=said), folder.open() as archive:
        archive.record([found(5)])
    assert [o.kind for o in folder.run(found(5))] == ["unchanged"]
    assert folder.lines() == before


def test_ledger_of_an_earlier_program_is_rebuilt(folder: Folder) -> None:
    story(folder)
    before = articles(folder.path / "state.sqlite")
    with closing(sqlite3.connect(folder.path / "state.sqlite")) as connection:
        connection.execute("PRAGMA user_version = 1")
    with folder.open() as archive:
        (repair,) = archive.repairs
        assert repair.endswith(
            "earlier version of this program, schema 1): rebuilt from 13 lines in 2 files"
        )
    assert articles(folder.path / "state.sqlite") == before


def test_ledger_behind_the_lines_catches_up_from_their_end(folder: Folder) -> None:
    folder.run(found(1), found(2))
    behind = (folder.path / "state.sqlite").read_bytes()
    folder.run(found(1, text="disunting"), found(3))
    (folder.path / "state.sqlite").write_bytes(behind)
    with folder.open() as archive:
        assert archive.repairs == ("state.sqlite: caught up with 2 lines",)
        outcomes = [
            tell(archive, finding) for finding in (found(1, text="disunting"), found(2), found(3))
        ]
    assert [(o.kind, o.revision) for o in outcomes] == [
        ("unchanged", 2),
        ("unchanged", 1),
        ("unchanged", 1),
    ]
    assert len(folder.lines()) == 4


def test_ledger_ahead_of_the_lines_is_rebuilt(folder: Folder) -> None:
    folder.run(found(1))
    lines = (folder.path / "articles-2026-03.jsonl").read_bytes()
    folder.run(found(2))
    (folder.path / "articles-2026-03.jsonl").write_bytes(lines)
    with folder.open() as archive:
        (repair,) = archive.repairs
        assert repair.startswith(
            "state.sqlite knew lines that articles-2026-03.jsonl does not have"
        )
        assert tell(archive, found(2)).kind == "new"


def test_rebuilding_passes_over_a_line_that_is_none_and_says_so(folder: Folder) -> None:
    folder.run(found(1))
    path = folder.path / "articles-2026-03.jsonl"
    size = path.stat().st_size
    with path.open("ab") as file:
        file.write(b"no line\n")
    (folder.path / "state.sqlite").unlink()
    with folder.open() as archive:
        first, second = archive.repairs
        assert first.startswith(f"articles-2026-03.jsonl: byte {size}: no line (line needs JSON")
        assert second == "state.sqlite was missing: rebuilt from 1 lines in 1 files"


def test_ledger_of_a_newer_program_is_left(folder: Folder) -> None:
    folder.run(found(1))
    with closing(sqlite3.connect(folder.path / "state.sqlite")) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(WrongArchive, match="newer version"):
        folder.open()


def test_compressed_months_are_rebuilt_from_too(folder: Folder) -> None:
    story(folder)
    folder.clock.move(days=80)
    with folder.open() as archive:
        tell(archive, found(0, text="disunting"))
        archive.finish(RunReport(exit_code=0))
    assert len(list(folder.path.glob("*.zst"))) == 2
    before = articles(folder.path / "state.sqlite")
    (folder.path / "state.sqlite").unlink()
    with folder.open() as archive:
        assert any("rebuilt from 14 lines in" in each for each in archive.repairs)
    assert articles(folder.path / "state.sqlite") == before
    with folder.open() as archive:
        assert archive.repairs == ()


def test_questions_of_a_run_use_indices(folder: Folder) -> None:
    folder.run(found(1))
    asked: list[str] = []
    ledger = Ledger.read_only(folder.path)
    ledger._connection.set_trace_callback(asked.append)
    now = folder.clock()
    ledger.look(address(1))
    ledger.known_post(1)
    ledger.count(after="2026-01-01")
    ledger.due(now, 1)
    ledger.retries(now, 1)
    ledger.waiting(1)
    ledger.unpaged(now, 1)
    ledger.validators(address(1))
    ledger.door("rest")
    ledger._connection.set_trace_callback(None)
    for query in asked:
        plan = ledger._connection.execute(f"EXPLAIN QUERY PLAN {query}").fetchall()
        scans = [row[3] for row in plan if row[3].startswith("SCAN") and "INDEX" not in row[3]]
        assert scans == [], query
    ledger.close()


def test_captures_in_findings_may_have_no_exchange_only_with_a_reference(archive: Archive) -> None:
    bare = attrs.evolve(capture(exchange(address(1), b"x")), exchanges=())
    with pytest.raises(ArchiveError, match="neither exchange nor reference"):
        tell(archive, Found(found(1).article, (bare,)))
    assert json.loads((archive.folder / "archive.json").read_text())["name"] == "lintas"
