"""``make docs-images``: the pictures of site and report in ``docs/images``, of the embedded newsroom.

Needs Chromium. What is seen in them is invented, as the newsroom is.
"""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from crawler.export.report import write_report
from crawler.export.selection import Selection
from crawler.export.site import write_site
from demo import EmbeddedNewsroom
from demo.__main__ import work_on

ROOT: Final = Path(__file__).parents[1]
IMAGES: Final = ROOT / "docs/images"
DARK: Final = "--blink-settings=preferredColorScheme=0"
FLAGS: Final = (
    "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
    "--disable-background-networking",
)  # fmt: skip


def main() -> int:
    """Draw the pictures anew."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None:
        print("docs-images wants Chromium: apt-get install chromium", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as scratch:
        folder = archive(Path(scratch))
        site, report = Path(scratch) / "site", Path(scratch) / "report.html"
        write_site(Selection(folder=folder), site, language="id")
        write_report([folder], report, now=dt.datetime.now(dt.UTC))
        edited = max(
            (site / "articles").iterdir(), key=lambda page: page.read_text().count("<ins>")
        )
        for name, page, width, height, *options in (
            ("site-light", site / "index.html", 1200, 1000),
            ("site-phone", edited, 500, 1000, DARK),
            ("report-light", report, 800, 1300),
            ("report-dark", report, 800, 1300, DARK),
            ("report-phone", report, 500, 1300),
        ):
            draw(browser, page, IMAGES / f"{name}.png", width, height, *options)
    return 0


def archive(root: Path) -> Path:
    """Archive the embedded newsroom in *root*, with edits and an article that is taken down."""
    with EmbeddedNewsroom() as newsroom:
        crawl(newsroom, root)
        work_on(newsroom)
        for _ in range(2):  # what is gone has to be missing twice
            crawl(newsroom, root)
    return root / "progres"


def crawl(newsroom: EmbeddedNewsroom, root: Path) -> None:
    settings = (
        f"ARCHIVE_DIR={root}", "ARCHIVE_MEDIA=lead", "DOWNLOAD_DELAY=0",
        "AUTOTHROTTLE_ENABLED=False",
    )  # fmt: skip
    options = [part for each in settings for part in ("-s", each)]
    command = ["scrapy", "crawl", "progres", "-a", f"site={newsroom.address}", "-a", "refresh=all"]
    subprocess.run([sys.executable, "-m", *command, *options], cwd=ROOT, check=False)  # noqa: S603 -- our own words


def draw(browser: str, page: Path, image: Path, width: int, height: int, *options: str) -> None:
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(  # noqa: S603 -- our own words
            [
                browser, *FLAGS, f"--user-data-dir={profile}", f"--window-size={width},{height}",
                f"--screenshot={image}", *options, page.as_uri(),
            ],
            check=True, capture_output=True,
        )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
