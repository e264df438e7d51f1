"""A process that archives one article after another, and says which are on disk.

``python -m tests.archive_worker FOLDER FIRST COUNT [LIMIT]``: prints ``open``, then the number of
each article as soon as it is recorded, then ``done``. With LIMIT no file may become larger
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
        numbers = range(int(first), int(first) + int(count))
        failure: Exception | None = None
        for begin in range(0, len(numbers), 50):
            batch = numbers[begin : begin + 50]
            findings = [found(each, text=f"Berita nomor {each}. " * 40) for each in batch]
            try:
                outcomes = archive.record(findings)
            except ArchiveError as error:
                failure = error
                break
            for number, outcome in zip(batch, outcomes, strict=True):
                if outcome.problem is not None:
                    failure = outcome.problem
                else:
                    print(number, flush=True)
        print(f"failed {failure}" if failure else "done", flush=True)
        archive.finish(RunReport(exit_code=1 if failure else 0))
    return 1 if failure else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
