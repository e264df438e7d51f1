"""``scrapy status``: what the last runs did, at a glance."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from crawler.archive import RunReport
from tests.archive_site import Folder, found, listing, rest, tell
from tests.crawling import ROOT


def test_a_run_that_read_the_pages_of_a_quick_backfill_did_something(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "lintas")
    folder.run(rest(listing((1, "Judul", "Isi.")), 1))
    with folder.open() as archive:
        tell(archive, found(1, "Judul", "Isi."))
        archive.settle()
        archive.finish(RunReport(exit_code=0))
    said = subprocess.run(
        [sys.executable, "-m", "scrapy", "status", "lintas", "-s", f"ARCHIVE_DIR={tmp_path}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "1 superseded" in said.stdout
