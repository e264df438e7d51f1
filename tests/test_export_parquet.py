from __future__ import annotations

import datetime as dt
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from crawler.items import Article
from tests.offline import export
from tests.reading_samples import FULL, archive_of, article, sample_archive


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    folder = tmp_path / "parquet"
    export(sample_archive(tmp_path), "parquet", folder)
    return folder


def test_one_file_a_month_of_publication(exported: Path) -> None:
    assert sorted(path.name for path in exported.glob("articles-*")) == [
        "articles-2024-04.parquet",
        "articles-2024-05.parquet",
        "articles-2024-06.parquet",
        "articles-undated.parquet",
    ]


def test_the_folder_reads_as_one_table_without_what_is_hidden(exported: Path) -> None:
    table = pq.read_table(exported)
    assert sorted(table["id"].to_pylist()) == ["lintas:11", "lintas:12", "lintas:15", "lintas:16"]


def test_moments_are_in_utc_beside_their_offset(exported: Path) -> None:
    row = pq.read_table(exported / "articles-2024-05.parquet").to_pylist()[0]
    assert row["published_at"] == dt.datetime(2024, 5, 31, 16, 40, tzinfo=dt.UTC)
    assert row["published_offset_minutes"] == 420
    assert row["published_day"] == dt.date(2024, 5, 31)
    assert row["modified_at"] == dt.datetime(2024, 5, 31, 23, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("name", "day"), [("2024-06", dt.date(2024, 6, 2)), ("2024-04", None), ("undated", None)]
)
def test_less_than_a_moment_is_no_moment(exported: Path, name: str, day: dt.date | None) -> None:
    row = pq.read_table(exported / f"articles-{name}.parquet").to_pylist()[0]
    assert row["published_at"] is None
    assert row["published_offset_minutes"] is None
    assert row["published_day"] == day


def test_what_the_site_states_is_kept(exported: Path) -> None:
    stated = pq.read_table(exported)["published_stated"].to_pylist()
    assert sorted(filter(None, stated)) == ["2024-04", "2024-05-31T23:40:00+07:00", "2024-06-02"]


def test_lists_and_structs_keep_their_types(exported: Path) -> None:
    row = pq.read_table(exported / "articles-2024-05.parquet").to_pylist()[0]
    assert row["authors"] == ["Rina Wulandari", "Dewi Anggraini"]
    assert row["dateline"]["region"] == "17.71"
    assert row["dates"][1]["end"] == dt.date(2024, 6, 5)
    assert row["captures"][0]["fetched_at"] == dt.datetime(2024, 6, 1, tzinfo=dt.UTC)
    assert {"field": "title", "source": "h1.entry-title"} in row["provenance"]


def test_every_field_of_an_article_has_a_column_of_its_own_type(exported: Path) -> None:
    derived = {
        "published_offset_minutes",
        "published_day",
        "published_stated",
        "modified_offset_minutes",
    }
    fields = {field.name for field in Article.__attrs_attrs__}
    schema, *others = map(pq.read_schema, exported.glob("articles-*"))
    assert set(schema.names) - derived == fields - {"schema"}
    assert all(each.equals(schema) for each in others)
    assert schema.field("dates").type.value_type["date"].type == pa.date32()


def test_columns_are_compressed_with_zstd(exported: Path) -> None:
    group = pq.read_metadata(exported / "articles-2024-05.parquet").row_group(0)
    assert {group.column(number).compression for number in range(group.num_columns)} == {"ZSTD"}


@pytest.mark.parametrize("stated", ["0001-01-01T00:00:00+07:00", "9999-12-31T23:59:59-07:00"])
def test_a_moment_outside_the_calendar_is_kept_as_stated(tmp_path: Path, stated: str) -> None:
    folder = archive_of(tmp_path, article(1, published_at=stated))
    export(folder, "parquet", tmp_path / "parquet")
    row = pq.read_table(tmp_path / "parquet").to_pylist()[0]
    assert (row["published_at"], row["published_stated"]) == (None, stated)


def test_a_folder_with_something_in_it_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "parquet"
    folder.mkdir()
    (folder / "catatan.txt").write_text("milik orang lain")
    done = export(archive_of(tmp_path, FULL), "parquet", folder)
    assert done.code == 2
    assert "not empty; want a folder that is new or empty" in done.said
    assert sorted(path.name for path in tmp_path.rglob("*.*")) == [
        "archive.json",
        "articles-2024-06.jsonl",
        "catatan.txt",
    ]


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "parquet").mkdir()
    done = export(archive_of(tmp_path, FULL), "parquet", tmp_path / "parquet")
    assert (done.code, done.said) == (0, f"{tmp_path / 'parquet'}: 1 article\n")


def test_edits_are_a_table_of_their_own(tmp_path: Path) -> None:
    export(sample_archive(tmp_path), "parquet", tmp_path / "parquet")
    rows = pq.read_table(tmp_path / "parquet" / "_edits").to_pylist()
    assert [(row["id"], row["kind"], row["headline"]) for row in rows] == [
        ("lintas:13", "gone", None),
        (
            "lintas:12",
            "headline",
            {"before": "Berita nomor 12", "after": "Berita nomor 12, diperbarui"},
        ),
    ]
    assert rows[1]["seen_at"].isoformat() == "2024-07-02T00:00:05+00:00"
    # Whoever reads the folder reads the articles.
    assert pq.read_table(tmp_path / "parquet").num_rows == 4
