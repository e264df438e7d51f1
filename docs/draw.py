"""Draw what commands show, for the README: ``make docs-images`` writes ``docs/images/*.svg``."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.text import Text

IMAGES: Final = Path(__file__).parent / "images"
ROOT: Final = IMAGES.parent.parent
COLUMNS: Final = 96
SCREEN: Final = 46

ARCHIVE: Final = ("-s", "ARCHIVE_DIR=output/demo")
SCREENS: Final = {
    "demo": ("make demo", ("-m", "demo")),
    "edits": ("scrapy edits progres", ("-m", "scrapy", "edits", "progres", *ARCHIVE)),
    "status": ("scrapy status progres", ("-m", "scrapy", "status", "progres", *ARCHIVE)),
}
"""Name → title and command; the first makes what the others look at."""


def main() -> None:
    """Write the pictures."""
    for name, (title, command) in SCREENS.items():
        shown = subprocess.run(  # noqa: S603 -- our own words
            [sys.executable, *command],
            cwd=ROOT,
            env=os.environ | {"FORCE_COLOR": "1", "COLUMNS": str(COLUMNS)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=True,
        ).stdout
        console = Console(record=True, width=COLUMNS, file=io.StringIO())
        for line in shown.replace(str(ROOT), "…").splitlines()[:SCREEN]:
            console.print(Text.from_ansi(line), soft_wrap=True)
        console.save_svg(str(IMAGES / f"{name}.svg"), title=title)


if __name__ == "__main__":
    main()
