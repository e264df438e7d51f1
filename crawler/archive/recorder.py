"""What follows from a finding: a line, records, or a note in the ledger."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Final

import attrs

from crawler.archive.articles import Articles, asked, told
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
from crawler.archive.revisions import Rereader
from crawler.archive.rows import (
    AddressRow,
    ArticleRow,
    after_failure,
    after_gone,
    after_nothing,
    after_refusal,
    is_behind,
)
from crawler.archive.warc import sha256
from crawler.archive.writer import Batches
from crawler.errors import ArchiveError, InvalidRecord
from crawler.items import CaptureReference, Gone, Withheld
from crawler.normalise.urls import identity
from crawler.timestamps import is_ahead, seconds, stamp

WITNESSES: Final = 2
"""Articles that a run may ask for to tell a plugin's block from an edit."""

# Of the articles looked at, how many may vanish at once before it is the site that is ill.
MASS_SHARE: Final = 0.2
MASS_LEAST: Final = 5
_TOGETHER: Final = 50
_SHUT: Final = (401, 403)


class Recorder(Articles):
    """Turns findings into records, lines and rows of a batch."""

    def __init__(self, batches: Batches, rereader: Rereader) -> None:
        super().__init__(batches, rereader)
        self._closed: set[str] = set()  # addresses of what this run found closed for the first time

    def begin(self, findings: Sequence[Finding]) -> None:
        """Begin a batch of *findings*, each of which may then be taken."""
        urls, ids = [], []
        for finding in findings:
            match finding:
                case Found(article, captures):
                    ids.append(article.id)
                    urls += [article.url, *asked(captures)]
                case Reread(article):
                    ids.append(article.id)
                    urls.append(article.url)
                case Withhold(id_):
                    ids.append(id_)
                case _:
                    urls.append(finding.url)
        self.batches.begin(urls, ids)

    def take(self, finding: Finding) -> Outcome:  # noqa: PLR0911 -- one a kind
        """Add what follows from *finding* to the batch.

        Raises :exc:`InvalidRecord` or :exc:`ArchiveError` when nothing can; the batch is then as
        before.
        """
        if isinstance(finding, Refused | Missing | Seen | Failed) and not is_text(finding.url):
            raise InvalidRecord("url", finding.url, "text as UTF-8")
        now = self.batches.now
        if isinstance(finding, Found | Refused | Seen) and is_ahead(finding.lastmod, now):
            finding = attrs.evolve(finding, lastmod=None)
        match finding:
            case Found():
                return self.found(finding)
            case Reread():
                return self.reread(finding)
            case Refused():
                return self._refused(finding)
            case Missing():
                return self._missing(finding)
            case Seen():
                return self._seen(finding)
            case Failed(url, reason):
                row = self._at(url)[0] or AddressRow(url=url)
                self.rows.put(after_failure(row, self.batches.now, reason))
                return Outcome(kind="failed", url=url, id=row.article, note=reason)
            case Withhold(id_, reason):
                return self._withhold(id_, reason)

    def settle(self) -> Settlement:
        """Judge what waited for the end of the run; write none of what is gone when too much is."""
        judged = tuple(self._judge_held())
        self.read_again()
        mass = self._is_mass()
        if mass:
            self.batches.tables.forget_sightings(self.batches.run)
        return Settlement(
            gone=() if mass else tuple(self._judge_missing()),
            judged=judged,
            looked_at=self.looked_at,
            vanished=len(self.vanished),
            mass=mass,
        )

    def _is_mass(self) -> bool:
        """Whether so much vanished that it is not the articles."""
        vanished = len(self.vanished)
        return vanished >= MASS_LEAST and vanished > MASS_SHARE * self.looked_at

    def _judge_held(self) -> Iterator[Outcome]:
        """Judge what waits by all that this run has seen, some at a time."""
        waiting = self.held.take()
        while batch := [finding for _, _, finding in islice(waiting, _TOGETHER)]:
            self.begin(batch)
            yield from [self.found(each, last=True) for each in batch]
            self.commit()

    def _judge_missing(self) -> list[Gone]:
        """Write the lines of what two runs did not find."""
        self.batches.begin([], [])
        if not self.answered:  # nor did anything else: the whole site may be closed
            for url in self._closed:
                self.rows.change(url, AddressRow.found)
        gone: list[Gone] = []
        for id_, since, finding in self.missing.take():
            known = self.rows.article(id_)
            if known is None or known.state != "article":
                continue
            if self.answered or finding.status not in _SHUT:
                row = self.rows.address(known.url)
                gone.append(self._write_gone(known, since, finding, row.sighted() if row else ()))
        self.commit()
        return gone

    def _write_gone(
        self,
        known: ArticleRow,
        since: str,
        finding: Missing,
        first: Sequence[CaptureReference] = (),
    ) -> Gone:
        line = Gone(
            id=known.id,
            revision=known.revision + 1,
            site=self.site,
            url=known.url,
            gone_at=since,
            status=finding.status,
            reason=finding.reason,
            unchanged_until=self.batches.unchanged_until(known.id),
            captures=(*first, *map(self.batches.warcs.keep, finding.captures)),
        )
        line = self.batches.add(line)
        self.rows.change(known.url, partial(after_gone, now=self.batches.now, first=True))
        return line

    def close(self) -> None:
        self.missing.close()
        self.held.close()
        self.batches.close()

    def _refused(self, finding: Refused) -> Outcome:
        row, known = self._at(finding.url)
        row = row or AddressRow(url=finding.url)
        if finding.keep and finding.reason != "protected" and finding.captures:
            bodies = b"".join(c.exchanges[-1].body for c in finding.captures if c.exchanges)
            digest = sha256(bodies)
            if digest != row.kept:
                for capture in finding.captures:
                    self.batches.warcs.keep(capture)
                row = attrs.evolve(row, kept=digest)
        row = after_refusal(
            row,
            self.batches.now,
            finding.reason,
            finding.lastmod,
            article=known is not None and known.state != "withheld",
            kept=finding.keep,
        )
        self.rows.put(row)
        return Outcome(kind="refused", url=finding.url, id=row.article, note=finding.reason)

    def _missing(self, finding: Missing) -> Outcome:
        row, known = self._at(finding.url)
        if finding.as_of is not None:
            return self._gone(finding, finding.as_of, known)
        if row is None or known is None or known.state == "withheld":
            return self._refused(Refused(finding.url, f"http_{finding.status}"))
        if known.state == "gone":
            self.rows.change(row.url, partial(after_gone, now=self.batches.now, first=False))
        elif row.url == finding.url:
            self.looked_at += 1
            self.vanished.add(known.id)
            if row.missing_since is None:
                if finding.status in _SHUT:
                    self._closed.add(row.url)
                row = attrs.evolve(
                    row,
                    missing_since=stamp(self.batches.now),
                    missing_run=self.batches.run,
                    sighting=self._sighted(finding),
                    failures=0,
                )
            elif row.missing_run != self.batches.run and self.missing.has_room(known.id):
                self.missing.add(known.id, finding, row.missing_since)
            self.rows.put(attrs.evolve(row, next_look=seconds(self.batches.now)))
        else:  # an earlier address that leads nowhere any more
            self.rows.change(finding.url, partial(attrs.evolve, moved=1, state="gone"))
        return told("missing", finding.url, known)

    def _sighted(self, finding: Missing) -> str | None:
        """Store what was found in an article's place, unless the whole site is ill already."""
        if self._is_mass():
            return None
        stored = [self.batches.warcs.keep(each) for each in finding.captures if each.exchanges]
        return json.dumps([attrs.asdict(each) for each in stored])

    def _gone(self, finding: Missing, since: str, known: ArticleRow | None) -> Outcome:
        """Write that an article is gone, where captures of somebody else say so."""
        gone = known is not None and known.state == "article" and known.url == finding.url
        if known is None or not gone or self.is_past(since, known):
            return told("unchanged", finding.url)
        line = self._write_gone(known, since, finding)
        return Outcome(kind="gone", url=known.url, id=known.id, revision=line.revision, line=line)

    def _seen(self, finding: Seen) -> Outcome:
        row, known = self._at(finding.url)
        if row is None:
            return told("seen", finding.url)
        if known is not None and known.state == "article":
            self.answers(known.id, known)
        stale = is_behind(row, finding.lastmod)
        row = after_nothing(row, self.batches.now, finding.lastmod, stale=stale)
        self.rows.put(
            attrs.evolve(
                row,
                unchanged=(not stale and finding.began) or row.unchanged,
                etag=finding.etag or row.etag,
                last_modified=finding.last_modified or row.last_modified,
            )
        )
        return told("seen", finding.url, known)

    def _withhold(self, id_: str, reason: str) -> Outcome:
        known = self.rows.article(id_)
        if known is None:
            raise ArchiveError(f"{self.site} has no article {id_}")
        line = None
        if known.state != "withheld":
            line = Withheld(
                id=id_,
                site=self.site,
                url=known.url,
                withheld_at=stamp(self.batches.now),
                reason=reason,
            )
            line = self.batches.add(line)
        return told("withheld", known.url, known, line=line)

    def _at(self, url: str) -> tuple[AddressRow | None, ArticleRow | None]:
        """Return the article at *url*, and its row there, or, of an earlier one, at its current."""
        row = self.rows.address(url)
        known = self.rows.article(row.article) if row is not None and row.article else None
        if row is not None and row.moved and known is not None:
            row = self.rows.address(known.url) or row
        return row, known


def apart(findings: Iterable[Finding]) -> Iterator[list[Finding]]:
    """Yield *findings* in parts in which no article occurs twice: its captures are on disk then."""
    part: list[Finding] = []
    there: set[str] = set()
    for finding in findings:
        keys: set[str] = set()
        if isinstance(finding, Found):
            keys = {finding.article.id, identity(finding.article.url)}
        if keys & there:
            yield part
            part, there = [], set()
        there |= keys
        part.append(finding)
    if part:
        yield part


def is_text(url: str) -> bool:
    """Whether an address can be written as UTF-8."""
    return not any("\ud800" <= letter <= "\udfff" for letter in url)
