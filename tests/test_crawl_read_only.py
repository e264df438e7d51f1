"""A folder for archives in which nobody can write, root included."""

from __future__ import annotations

from pathlib import Path

import pytest

from demo import EmbeddedNewsroom
from tests.crawling import arguments, crawl_typed


@pytest.mark.parametrize("place", ["berkas", "berkas/arsip", "/dev/null", "/dev/null/arsip"])
def test_a_folder_for_archives_that_takes_nothing(
    newsroom: EmbeddedNewsroom, tmp_path: Path, place: str
) -> None:
    (tmp_path / "berkas").write_text("bukan folder")
    folder = tmp_path / place  # an absolute one stays itself
    ended = crawl_typed(arguments(newsroom, folder), tmp_path / "nowhere")
    assert ended.code == 1
    [said] = ended.said.splitlines()
    assert f"{folder}/progres cannot be opened for writing" in said
    assert "Not a directory" in said
    assert newsroom.visits == ()
    assert (tmp_path / "berkas").read_text() == "bukan folder"


def test_an_archive_whose_lines_cannot_be_written(
    newsroom: EmbeddedNewsroom, tmp_path: Path
) -> None:
    folder = tmp_path / "progres"
    (folder / "warc").mkdir(parents=True)
    (folder / "state.sqlite").mkdir()  # in place of the file
    ended = crawl_typed(arguments(newsroom, tmp_path), tmp_path)
    assert ended.code == 1
    [said] = ended.said.splitlines()
    assert str(folder) in said
    assert newsroom.visits == ()
