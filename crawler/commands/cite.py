"""``scrapy cite NAME ID``: how to cite what the archive saw."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import ClassVar

from crawler.archive.edited import revisions_of
from crawler.archive.identity import read_identity
from crawler.errors import ConfigurationError
from crawler.export.citation import FORMATS, OneArticle, cited
from crawler.export.wacz import package
from crawler.items import Article
from crawler.project import ArchiveCommand, refuse_format, say


class Command(ArchiveCommand):
    """Cite an article as it was seen: text, BibTeX, RIS or CSL-JSON.

    Print who wrote the article ID (progres:123, or just 123), its headline, when it was published
    and seen, its address, and what proves it: revision, content hash, WARC record and digest.
    """

    usage = "NAME ID --to FORMAT [options]"
    options: ClassVar = {
        "--to FORMAT=text": ", ".join(FORMATS),
        "--revision N": "default: the newest",
        "--wacz FILE": "also write the article with its captures there",
    }

    def work(self, args: list[str], opts: argparse.Namespace) -> None:
        folder, id_ = self.name_and_id(args)
        refuse_format(opts.to, FORMATS)
        found = {
            number: line
            for number, lines in revisions_of(folder, id_).items()
            for line in lines
            if isinstance(line, Article)
        }
        if not found:
            raise ConfigurationError(f"{id_}: no such article in {folder}, or it is withheld")
        number = max(found) if opts.revision is None else opts.revision
        if number not in found:
            known = ", ".join(map(str, found))
            raise ConfigurationError(f"--revision {number}: {id_} was archived as {known}")
        identity = read_identity(folder)
        assert identity is not None  # a folder is an archive by it
        sys.stdout.write(FORMATS[opts.to](cited(found[number], identity)))
        if opts.wacz:
            written = package(OneArticle(folder=folder, article=found[number]), Path(opts.wacz))
            if not written.articles:
                raise ConfigurationError(
                    f"--wacz: {id_} was read from the REST API, without a page"
                )
            say(f"{opts.wacz}: {written.records} captures")
