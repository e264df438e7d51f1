"""A process that has a Dask cluster read an archive again, and stops halfway until it is told.

``python -m tests.dask_driver ADDRESS FOLDER``: prints ``begun`` after the first part, goes on after
a line on stdin, and prints the ids of what would change.
"""

from __future__ import annotations

import sys
from pathlib import Path

from crawler.archive import newsroom_of, read_raw
from crawler.workers import Dask, do, parts


def main(address: str, folder: str) -> None:
    path = Path(folder)
    with Dask(address) as crew:
        for number, done in enumerate(crew.do(do, parts(path, newsroom_of(path), read_raw(path)))):
            if number == 0:
                print("begun", flush=True)
                sys.stdin.readline()
            for change in done.changes:
                print(change.before.id, *change.fields, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
