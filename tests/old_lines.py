"""An archive that other rules wrote: what ``scrapy reextract`` has to do with."""

from __future__ import annotations

from pathlib import Path

import attrs

from crawler.archive import Archive, Found, RunReport
from crawler.extract import extract_article
from crawler.newsrooms import Newsroom, load_newsroom, newsroom_at
from crawler.workers import RULES
from demo import EmbeddedNewsroom
from tests.archive_site import capture, exchange

OLD = "rules-of-old"


def old_archive(folder: Path, newsroom: EmbeddedNewsroom, count: int) -> Newsroom:
    """Archive *count* made-up articles in *folder*, every third with another caption than today."""
    newsroom.grow(count)
    place = newsroom_at(newsroom.address, like=load_newsroom("progres"))
    with Archive.open(folder, place, attrs.evolve(RULES, extractor=OLD)) as archive:
        findings = []
        for number, entry in enumerate(newsroom.articles[-count:]):
            url = newsroom.url(entry.slug)
            body = newsroom.get(url.removeprefix(newsroom.address)).body
            captures = (capture(exchange(url, body)),)
            article = attrs.evolve(extract_article(captures, place), extractor=OLD)
            if number % 3 == 0:
                article = attrs.evolve(article, caption="Keterangan dari aturan lama")
            findings.append(Found(article, captures))
        assert {outcome.kind for outcome in archive.record(findings)} == {"new"}
        archive.finish(RunReport(exit_code=0))
    return place
