"""A process that has a Dask cluster read an archive again, and stops halfway until it is told.

``python -m tests.dask_driver ADDRESS FOLDER``: prints ``begun`` after the first part, goes on after
a line on stdin, and prints the ids of what would change.
"""

from __future__ import annotations

import sys
from pathlib import Path

from crawler.archive import newsroom_of, read_raw
from crawler.errors import ArchiveError
from crawler.workers import Dask, parts, read_again


def main(address: str, folder: str) -> None:
    path = Path(folder)
    tasks = parts(path, newsroom_of(path), read_raw(path))
    with Dask(address) as workers:
        for number, found in enumerate(workers.do(read_again, tasks)):
            if number == 0:
                print("begun", flush=True)
                sys.stdin.readline()
            for change in found:
                print(change.before.id, *change.fields, flush=True)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except ArchiveError as error:
        sys.exit(str(error))
