"""An archive: lines, the captures that they came from, and a ledger of what is known.

:class:`Archive` is the door for whoever writes, :func:`read` for whoever reads. A finding goes
through ``recorder`` (that of an article through ``articles``, which asks ``revisions`` and
``furniture``) to ``writer``. ``rows``, ``tables`` and ``ledger`` are the ledger; ``files``, ``warc``
and ``warc_reading`` are what lies on disk; ``runs`` is the account of it, by which ``opening`` puts
right what a kill left, and ``verify`` looks for damage.
"""

from __future__ import annotations

from crawler.archive.archive import Archive
from crawler.archive.edited import Change, Edit, edits
from crawler.archive.files import RawLine
from crawler.archive.findings import (
    Failed,
    Finding,
    Found,
    Missing,
    Outcome,
    Refused,
    Reread,
    Seen,
    Settlement,
    Withhold,
)
from crawler.archive.identity import Holder, lock_holder, newsroom_of
from crawler.archive.ledger import Ledger
from crawler.archive.reading import last_articles, read, read_raw
from crawler.archive.revisions import Rules
from crawler.archive.rows import AddressRow
from crawler.archive.runs import RunRecord, RunReport, last_runs, read_runs
from crawler.archive.warc_reading import read_capture
from crawler.links import Validators

__all__ = [
    "AddressRow",
    "Archive",
    "Change",
    "Edit",
    "Failed",
    "Finding",
    "Found",
    "Holder",
    "Ledger",
    "Missing",
    "Outcome",
    "RawLine",
    "Refused",
    "Reread",
    "Rules",
    "RunRecord",
    "RunReport",
    "Seen",
    "Settlement",
    "Validators",
    "Withhold",
    "edits",
    "last_articles",
    "last_runs",
    "lock_holder",
    "newsroom_of",
    "read",
    "read_capture",
    "read_raw",
    "read_runs",
]
