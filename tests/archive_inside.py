"""What tests want to know of an archive, or do to it, that no door of its package gives."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import attrs

from crawler.archive import Rules
from crawler.archive.files import compress, month_files
from crawler.archive.identity import Lock
from crawler.archive.verify import Repaired, Tally, repair, verify
from crawler.archive.warc_reading import StoredRecord, records
from crawler.extract import EXTRACTOR, extract_sources
from crawler.newsrooms import Newsroom
from tests.archive_site import LINTAS, Folder, named, rules_1

TODAY = Rules(extractor=EXTRACTOR, sources=extract_sources)
"""What the program reads captures with."""

RULES = named(rules_1)


@attrs.frozen
class Checked:
    """What ``scrapy verify`` finds, by the rules that an archive of a test was written by."""

    problems: list[str]
    tally: Tally


def checked(folder: Path, newsroom: Newsroom = LINTAS, rules: Rules = RULES) -> Checked:
    tally = Tally()
    return Checked([str(each) for each in verify(folder, newsroom, rules, tally)], tally)


def problems(folder: Path, newsroom: Newsroom = LINTAS, rules: Rules = RULES) -> list[str]:
    return checked(folder, newsroom, rules).problems


def mend(folder: Folder, rules: Rules = RULES) -> Repaired:
    """Do what ``scrapy verify --repair`` does."""
    found = verify(folder.path, LINTAS, rules)
    return repair(folder.path, LINTAS, rules, found, clock=folder.clock)


def compress_months(folder: Path, count: int = 1) -> list[Path]:
    """Compress the first months, as a run does when they are over; return their files."""
    return [compress(each, None) for each in month_files(folder)[:count]]


def locked(folder: Path, command: str, since: str) -> AbstractContextManager[Any]:
    """Hold the archive's lock, as that *command* does."""
    return Lock(folder, command, since)


def warc_records(path: Path) -> Iterator[StoredRecord]:
    """Yield the records of a WARC file."""
    with path.open("rb") as file:
        yield from records(file)
