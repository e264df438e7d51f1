from __future__ import annotations

import csv
from pathlib import Path

import pytest

from crawler.errors import ConfigurationError
from crawler.export.selection import Selection, neutral
from crawler.export.tables import COLUMNS, write_csv
from tests.reading_samples import FULL, article, sample_archive


@pytest.fixture
def rows(tmp_path: Path) -> list[dict[str, str]]:
    path = tmp_path / "lintas.csv"
    write_csv(Selection(folder=sample_archive(tmp_path)).articles(), path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_one_row_an_article(rows: list[dict[str, str]]) -> None:
    assert [row["id"] for row in rows] == ["lintas:11", "lintas:15", "lintas:12", "lintas:16"]


def test_lists_are_joined(rows: list[dict[str, str]]) -> None:
    assert rows[0]["authors"] == "Rina Wulandari; Dewi Anggraini"
    assert rows[0]["dates"] == "2024-05-31; 2024-06-03"


def test_text_keeps_its_paragraphs(rows: list[dict[str, str]]) -> None:
    assert rows[0]["body"] == FULL.body


def test_columns_hold_what_they_are_called(rows: list[dict[str, str]]) -> None:
    row = rows[0]
    assert row["place"] == "Bengkulu"
    assert row["published_utc"] == "2024-05-31T16:40:00Z"
    assert row["published_day"] == "2024-05-31"
    assert row["captured_at"] == "2024-06-01T00:00:00Z"
    assert (row["revision"], row["word_count"], row["source"]) == ("1", "17", "page")
    assert row["content_hash"] == f"sha256:{11:064x}"


def test_excel_knows_the_encoding_by_the_byte_order_mark(tmp_path: Path) -> None:
    write_csv([article(1, title="“Cabai” – naik")], tmp_path / "a.csv")
    content = (tmp_path / "a.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbfid,revision,")
    assert "“Cabai” – naik".encode() in content


def test_no_cell_is_computed(rows: list[dict[str, str]]) -> None:
    assert rows[0]["title"] == "'" + FULL.title
    assert list(rows[0]) == list(COLUMNS)


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+62 811", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "  =1", "\u00a0=1", "＝1", "＠x"],
)
def test_a_cell_that_would_be_computed_is_text(text: str) -> None:
    assert neutral(text) == "'" + text


@pytest.mark.parametrize("cell", ["Harga = naik", "1-2", "– dengan pisah", "", None, 0, -3])
def test_any_other_cell_stays_as_it_is(cell: str | int | None) -> None:
    assert neutral(cell) == cell


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="is a folder; want the name of a file"):
        write_csv([FULL], tmp_path)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="there is no folder"):
        write_csv([FULL], tmp_path / "belum" / "ada.csv")
