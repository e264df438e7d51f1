"""A process that archives one article after another, and says which are on disk.

``python -m tests.archive_worker FOLDER FIRST COUNT [LIMIT]``: prints ``open``, then the number of
each article as soon as its future resolved, then ``done``. With LIMIT no file may become larger
than so many bytes, as if the disk were full.
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path

from crawler.archive import RunReport
from crawler.errors import ArchiveError
from tests.archive_site import Folder, found


def main(folder: str, first: str, count: str, limit: str = "") -> int:
    if limit:
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), int(limit)))
    with Folder(Path(folder)).open() as archive:
        print("open", flush=True)
        futures = [
            (number, archive.submit(found(number, text=f"Berita nomor {number}. " * 40)))
            for number in range(int(first), int(first) + int(count))
        ]
        failure = None
        for number, future in futures:
            try:
                future.result()
            except ArchiveError as error:
                failure = error
            else:
                print(number, flush=True)
        print(f"failed {failure}" if failure else "done", flush=True)
        archive.finish(RunReport(exit_code=1 if failure else 0))
    return 1 if failure else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
