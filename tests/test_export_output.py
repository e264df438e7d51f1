from __future__ import annotations

import resource
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from crawler.errors import ArchiveError
from crawler.export.parquet import write_parquet
from crawler.export.tables import write_csv, write_sqlite
from crawler.items import Article
from tests.reading_samples import article

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
    # The least of three: threads of other tests may allocate meanwhile.
    assert min(peak(1_200) for _ in range(3)) < 1.5 * peak(300)
