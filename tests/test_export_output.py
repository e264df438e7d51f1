from __future__ import annotations

import resource
import sqlite3
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from crawler.errors import ArchiveError
from crawler.export.parquet import write_parquet
from crawler.export.tables import write_csv, write_sqlite
from crawler.items import Article
from tests.reading_samples import FULL, article

Write = Callable[[Iterable[Article], Path], int]


@contextmanager
def small_disk(size: int) -> Iterator[None]:
    """No file of this process grows beyond *size* bytes, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def long_articles() -> Iterator[Article]:
    for number in range(400):
        yield article(number, body=" ".join(str(number * word) for word in range(2_000)))


@pytest.mark.parametrize("write", [write_csv, write_sqlite, write_parquet])
def test_a_full_disk_leaves_what_was_there(tmp_path: Path, write: Write) -> None:
    path = tmp_path / "ekspor"
    if write is not write_parquet:
        path.write_text("yang lama")
    with small_disk(100_000), pytest.raises(ArchiveError, match="ekspor was not written"):
        write(long_articles(), path)
    left = [file.name for file in tmp_path.iterdir()]
    assert left == ([] if write is write_parquet else ["ekspor"])
    if left:
        assert path.read_text() == "yang lama"


def test_a_file_takes_the_place_of_the_old_one_at_the_end_only(tmp_path: Path) -> None:
    path = tmp_path / "ekspor.csv"
    path.write_text("yang lama")

    def watched() -> Iterator[Article]:
        yield article(1)
        assert path.read_text() == "yang lama"
        yield article(2)

    assert write_csv(watched(), path) == 2
    assert "lintas:2" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("write", [write_csv, write_sqlite])
def test_memory_does_not_grow_with_the_archive(tmp_path: Path, write: Write) -> None:
    """Parquet holds 24 million characters back; benchmarks/export.py measures it."""

    def peak(count: int) -> int:
        tracemalloc.start()
        write((article(number, body="kata " * 2_000) for number in range(count)), tmp_path / "a")
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(50)  # what is imported and kept for good
    few = peak(100)
    # Up to three times: threads of other tests may allocate meanwhile.
    assert any(peak(400) < 1.5 * few for _ in range(3))


def test_months_in_any_order_do_not_wait_in_memory(tmp_path: Path) -> None:
    """A year's articles come mixed; each month still becomes one file with all of its rows."""
    lines = (
        article(
            number,
            published_at=f"2023-{number % 12 + 1:02}-05T08:00:00+07:00",
            body="kata " * 4_000,
        )
        for number in range(2_400)
    )
    assert write_parquet(lines, tmp_path / "parquet") == 2_400
    files = sorted((tmp_path / "parquet").iterdir())
    assert [pq.read_metadata(file).num_rows for file in files] == [200] * 12
    assert pq.read_metadata(files[0]).num_row_groups > 1


def test_an_export_that_fails_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "lintas.db"
    write_sqlite([FULL], path)
    before = path.read_bytes()
    with pytest.raises(sqlite3.IntegrityError):
        write_sqlite([article(1), article(1)], path)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["lintas.db"]
