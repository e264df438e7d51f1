"""``make bench``: every benchmark, small enough to wait for; their options make them larger."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent
QUICK: Final = {
    "crawl": ("--articles", "120", "--rounds", "1"),
    "requests": (),  # many minutes: 20,000 articles, three times
    "fleet": (),
    "reextract": (),
    "records": (),
    "large": ("--articles", "1000,5000"),
    "archive": ("append", "start", "read", "--lines", "1000", "--lines", "10000"),
    "export": ("--articles", "2000"),
    "extraction": (),
}


def main() -> int:
    """Run all, each in a process of its own; return 1 when one failed."""
    failed = []
    for name, options in QUICK.items():
        print(f"\n== python -m benchmarks.{name} {' '.join(options)}", flush=True)
        command = [sys.executable, "-m", f"benchmarks.{name}", *options]
        if subprocess.run(command, cwd=ROOT, check=False).returncode:
            failed.append(name)
    print(f"failed: {', '.join(failed)}" if failed else "\nall done")
    return bool(failed)


if __name__ == "__main__":
    raise SystemExit(main())
