"""Archive Indonesian WordPress newsrooms: every article, every edit, and the bytes they came from.

Six layers; each imports only what is under it::

    6  Scrapy's side   spider, frontier, middlewares, downloader, extensions, exit_codes, commands
    5  export, ingest, workers      what reads an archive, and what brings in the files of others
    4  archive                      lines, captures, ledger
    3  discovery | extract          bytes to links | captures to an article
    2  normalise                    text to value
    1  values                       items, links, codec, decoding, newsrooms, timestamps, errors

The way of one article::

    discovery lists it, frontier drives discovery        a Link
    spider asks for it, middlewares keep what came       a Capture
    extract opens it as a page and reads its fields      an Article
    extensions hand it over, archive.articles judges it  a new revision, or nothing new
    archive.writer appends records, line, ledger         a line

``docs/architecture.md`` follows a date and an edit, too.
"""

from __future__ import annotations

__version__ = "0.1.0"
