from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.offline import export
from tests.reading_samples import FULL, SITE, archive_of, article, sample_archive


@pytest.fixture
def database(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    path = tmp_path / "lintas.db"
    export(sample_archive(tmp_path), "sqlite", path)
    with closing(sqlite3.connect(path)) as connection:
        yield connection


def test_one_row_an_article_without_what_is_hidden(database: sqlite3.Connection) -> None:
    rows = database.execute("SELECT id, revision, title FROM articles ORDER BY id").fetchall()
    assert rows == [
        ("lintas:11", 1, '=HYPERLINK("http://jahat.example","Harga cabai naik")'),
        ("lintas:12", 2, "Berita nomor 12, diperbarui"),
        ("lintas:15", 1, "Berita nomor 15"),
        ("lintas:16", 1, "Berita nomor 16"),
    ]


def test_all_revisions_are_rows_of_their_own_and_each_counts_once(tmp_path: Path) -> None:
    """Article 16 has two lines of one revision: the later one counts."""
    export(sample_archive(tmp_path), "sqlite", tmp_path / "lintas.db", "--all-revisions")
    with closing(sqlite3.connect(tmp_path / "lintas.db")) as connection:
        rows = connection.execute("SELECT id, revision, extractor FROM articles ORDER BY 1, 2")
        assert rows.fetchall() == [
            ("lintas:11", 1, "1"),
            ("lintas:12", 1, "1"),
            ("lintas:12", 2, "1"),
            ("lintas:15", 1, "1"),
            ("lintas:16", 1, "2"),
        ]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("cabai", ["lintas:11"]),
        ("CABAI", ["lintas:11"]),
        ('"kantor dinas"', ["lintas:11"]),
        ("title: diperbarui", ["lintas:12"]),
        ("rahasia", []),
    ],
)
def test_full_text_search(database: sqlite3.Connection, words: str, found: list[str]) -> None:
    rows = database.execute(
        "SELECT a.id FROM search JOIN articles a ON a.key = search.rowid WHERE search MATCH ?",
        (words,),
    )
    assert [row[0] for row in rows] == found


def test_stems_find_their_forms(tmp_path: Path) -> None:
    path = tmp_path / "lintas.db"
    texts = ("Kerusakan jalan di Kota Bengkulu parah.", "Polisi menyelidiki pencurian kabel.")
    folder = archive_of(tmp_path, *(article(n, body=text) for n, text in enumerate(texts, 1)))
    export(folder, "sqlite", path)
    with closing(sqlite3.connect(path)) as database:
        found = {
            words: [row[0] for row in database.execute("SELECT rowid FROM search(?)", (words,))]
            for words in (
                "rusak", "kerusakan", "curi", "pencurian", "NEAR(rusak kota)", "NEAR(kota bengkulu)",
                "NEAR(polisi bengkulu)", "perang",
            )
        }  # fmt: skip
        database.execute("INSERT INTO search(search, rank) VALUES ('integrity-check', 1)")
    assert found == {
        "rusak": [1], "kerusakan": [1], "curi": [2], "pencurian": [2], "NEAR(rusak kota)": [1],
        "NEAR(kota bengkulu)": [1], "NEAR(polisi bengkulu)": [], "perang": [],
    }  # fmt: skip


def test_edits_are_a_table(tmp_path: Path) -> None:
    path = tmp_path / "lintas.db"
    export(sample_archive(tmp_path), "sqlite", path)
    with closing(sqlite3.connect(path)) as database:
        rows = database.execute(
            "SELECT id, kind, headline_before, headline_after, last_seen_before, seen_at,"
            " captures_after ->> '$[0].fetched_at' FROM edits ORDER BY id"
        ).fetchall()
    seen = "2024-07-02T00:00:05Z"
    assert rows == [
        (
            "lintas:12", "headline", "Berita nomor 12", "Berita nomor 12, diperbarui",
            "2024-06-01T00:00:01Z", seen, "2024-07-02T00:00:00Z",
        ),
        ("lintas:13", "gone", None, None, "2024-06-01T00:00:02Z", seen, None),
    ]  # fmt: skip


def test_edits_of_a_time_are_those_of_its_articles(tmp_path: Path) -> None:
    folder = sample_archive(tmp_path)
    for option, ids in (("--since=2024-06-01", ["lintas:12"]), ("--until=2024-05-31", [])):
        export(folder, "sqlite", tmp_path / "lintas.db", option)
        with closing(sqlite3.connect(tmp_path / "lintas.db")) as database:
            assert [id_ for (id_,) in database.execute("SELECT id FROM edits")] == ids


def test_the_search_index_agrees_with_the_articles(database: sqlite3.Connection) -> None:
    database.execute("INSERT INTO search(search, rank) VALUES ('integrity-check', 1)")


def test_moments_sort_as_text(database: sqlite3.Connection) -> None:
    row = database.execute(
        "SELECT day, published_at, published_utc, published_offset_minutes, modified_utc"
        " FROM articles WHERE id = 'lintas:11'"
    ).fetchone()
    assert row == (
        "2024-05-31",
        "2024-05-31T23:40:00+07:00",
        "2024-05-31T16:40:00Z",
        420,
        "2024-05-31T23:00:00Z",
    )


def test_lists_are_tables(database: sqlite3.Connection) -> None:
    def of_full(table: str, columns: str) -> list[tuple[object, ...]]:
        return database.execute(
            f"SELECT {columns} FROM {table} JOIN articles a ON a.key = article"
            " WHERE a.id = 'lintas:11'"
        ).fetchall()

    assert of_full("tags", "tag") == [("cabai",), ("pasar",)]
    assert of_full("categories", "category") == [("Daerah",), ("Ekonomi",)]
    assert of_full("authors", "author") == [("Dewi Anggraini",), ("Rina Wulandari",)]
    assert of_full("topics", "topic") == [("Harga Pangan",)]
    assert of_full("dates", 'position, date, "end", weekday_agrees, block') == [
        (1, "2024-05-31", None, 1, 0),
        (2, "2024-06-03", "2024-06-05", None, 1),
    ]
    assert of_full("captures", "fetched_at, status") == [("2024-06-01T00:00:00Z", 200)]
    assert of_full("related_posts", "related_posts.title, placement") == [
        ("Beras stabil", "editor")
    ]
    assert of_full("images", "images.url, images.caption") == [
        (f"{SITE}/foto/pasar.jpg", "Suasana pasar")
    ]
    assert of_full("embeds", "kind") == [("video",)]


def test_lists_are_json_arrays_too(database: sqlite3.Connection) -> None:
    row = database.execute("SELECT authors, tags FROM articles WHERE id = 'lintas:11'").fetchone()
    assert [json.loads(cell) for cell in row] == [
        ["Rina Wulandari", "Dewi Anggraini"],
        ["cabai", "pasar"],
    ]


@pytest.mark.parametrize(
    ("view", "rows"),
    [
        ("per_month", [("2024-04", 1, 2), ("2024-05", 1, 17), ("2024-06", 1, 2)]),
        (
            "per_category",
            [("Daerah", 2, "2024-05-31", "2024-06-02"), ("Ekonomi", 1, "2024-05-31", "2024-05-31")],
        ),
        ("per_place", [("Bengkulu", "17.71", 1)]),
        (
            "per_tag",
            [("cabai", 1, "2024-05-31", "2024-05-31"), ("pasar", 1, "2024-05-31", "2024-05-31")],
        ),
        (
            "per_author",
            [
                ("Dewi Anggraini", 1, "2024-05-31", "2024-05-31"),
                ("Rina Wulandari", 1, "2024-05-31", "2024-05-31"),
            ],
        ),
    ],
)
def test_views(database: sqlite3.Connection, view: str, rows: list[tuple[object, ...]]) -> None:
    assert database.execute(f"SELECT * FROM {view}").fetchall() == rows


def test_headlines_are_newest_first(database: sqlite3.Connection) -> None:
    rows = database.execute("SELECT day, authors, tags, id FROM headlines").fetchall()
    assert rows[:2] == [
        ("2024-06-02", "[]", "[]", "lintas:12"),
        ("2024-05-31", '["Rina Wulandari", "Dewi Anggraini"]', '["cabai", "pasar"]', "lintas:11"),
    ]


def test_the_calendar_lists_what_happens_when(database: sqlite3.Connection) -> None:
    rows = database.execute('SELECT date, "end", text, id FROM calendar').fetchall()
    assert rows == [
        ("2024-05-31", None, "Jumat (31/5/2024)", "lintas:11"),
        ("2024-06-03", "2024-06-05", "3 sampai 5 Juni 2024", "lintas:11"),
    ]


def test_rows_point_at_rows_that_are_there(database: sqlite3.Connection) -> None:
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []


def test_an_old_database_is_replaced_while_it_is_open(tmp_path: Path) -> None:
    path = tmp_path / "lintas.db"
    export(archive_of(tmp_path / "lama", FULL), "sqlite", path)
    with closing(sqlite3.connect(path)) as reader:
        reader.execute("SELECT 1 FROM articles").fetchone()
        export(archive_of(tmp_path / "baru", article(1), article(2)), "sqlite", path)
        assert reader.execute("SELECT count(*) FROM articles").fetchone() == (1,)
    with closing(sqlite3.connect(path)) as reader:
        assert reader.execute("SELECT count(*) FROM articles").fetchone() == (2,)


def test_an_article_with_everything_fills_every_column(database: sqlite3.Connection) -> None:
    cursor = database.execute("SELECT * FROM articles WHERE id = 'lintas:11'")
    row = dict(zip([column[0] for column in cursor.description], cursor.fetchone(), strict=True))
    assert [name for name, value in row.items() if value in (None, "", "[]", "{}")] == []
