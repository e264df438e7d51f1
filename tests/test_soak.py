"""A short turn of ``make soak``."""

from __future__ import annotations

from pathlib import Path

from tests.soak import soak


def test_an_archive_holds_what_the_newsroom_did(tmp_path: Path) -> None:
    work, _ = soak(12, tmp_path, seed=3)
    assert work.wrong() == []
    assert work.done["published"] >= 1
    assert work.done["edited"] >= 1
