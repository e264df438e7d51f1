"""What follows from a finding: a line, records, or a note in the ledger.

Articles that were found missing wait until the end of the run decides what that means.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import attrs

from crawler.archive import schedule
from crawler.archive.findings import (
    Failed,
    Finding,
    Found,
    Missing,
    Outcome,
    OutcomeKind,
    Refused,
    Reread,
    Seen,
    Settlement,
    Withhold,
)
from crawler.archive.revisions import Rereader, judge, read_article
from crawler.archive.tables import AddressRow, ArticleRow, Rows, place
from crawler.archive.warc import Member, request, response, sha256
from crawler.archive.writer import Batches
from crawler.errors import ArchiveError, InvalidRecord
from crawler.items import Article, Capture, CaptureReference, Gone, Withheld
from crawler.timestamps import comparable, stamp

# Of the articles looked at, how many may vanish at once before it is the site that is ill.
MASS_SHARE: Final = 0.2
MASS_LEAST: Final = 5
# More gone lines than that in one run wait for the next; their captures lie in a temporary file.
MOST: Final = 1000
_IN_MEMORY: Final = 4 * 1024 * 1024


@attrs.frozen(kw_only=True)
class Candidate:
    """An article that was missing before, in another run, and is again."""

    id: str
    url: str
    since: str
    status: int
    members: tuple[tuple[Member, int, int], ...]
    """Records without their content, and where that lies in the temporary file."""

    last: tuple[int, ...]
    """Which of them are the responses that a line names."""


class Sightings:
    """What a run found missing."""

    def __init__(self, folder: Path) -> None:
        self._file = tempfile.SpooledTemporaryFile(_IN_MEMORY, dir=str(folder))  # noqa: SIM115 -- as long as the run
        self._candidates: dict[str, Candidate] = {}
        self._vanished: set[str] = set()

    @property
    def vanished(self) -> int:
        return len(self._vanished)

    def mass(self, looked_at: int) -> bool:
        """Whether so much vanished that it is not the articles."""
        return self.vanished >= MASS_LEAST and self.vanished > MASS_SHARE * looked_at

    def note(self, id_: str) -> None:
        """Count *id_* as missing."""
        self._vanished.add(id_)

    def add(self, id_: str, url: str, since: str, status: int, captures: Sequence[Capture]) -> None:
        """Keep what would make a line."""
        if id_ in self._candidates or len(self._candidates) >= MOST:
            return
        kept: list[tuple[Member, int, int]] = []
        last: list[int] = []
        for capture in captures:
            for exchange in capture.exchanges:
                answer = response(exchange)
                if exchange is capture.exchanges[-1]:
                    last.append(len(kept))
                kept += [self._put(answer), self._put(request(exchange, answer.record_id))]
        self._candidates[id_] = Candidate(
            id=id_, url=url, since=since, status=status, members=tuple(kept), last=tuple(last)
        )

    def drop(self, id_: str) -> None:
        """Forget *id_*: it was found after all."""
        self._candidates.pop(id_, None)
        self._vanished.discard(id_)

    def candidates(self) -> Iterator[tuple[Candidate, list[Member]]]:
        """Yield what would make a line, with its records."""
        for candidate in self._candidates.values():
            members = []
            for member, offset, length in candidate.members:
                self._file.seek(offset)
                members.append(attrs.evolve(member, content=self._file.read(length)))
            yield candidate, members

    def clear(self) -> None:
        """Forget the candidates: their lines are written."""
        self._candidates.clear()

    def close(self) -> None:
        self._file.close()

    def _put(self, member: Member) -> tuple[Member, int, int]:
        offset = self._file.seek(0, 2)
        self._file.write(member.content)
        return attrs.evolve(member, content=b""), offset, len(member.content)


def named(candidate: Candidate, references: list[CaptureReference]) -> tuple[CaptureReference, ...]:
    """Return the references that the line of *candidate* names, of those of all its records."""
    return tuple(references[place] for place in candidate.last)


class Recorder:
    """Turns findings into records, lines and rows of a batch."""

    def __init__(self, batches: Batches, rereader: Rereader) -> None:
        self.batches = batches
        self.rereader = rereader
        self.site = rereader.newsroom.name
        self.looked_at = 0
        self.sightings = Sightings(batches.folder)

    def begin(self, findings: Sequence[Finding]) -> None:
        """Begin a batch of *findings*, each of which may then be taken."""
        urls, ids = [], []
        for finding in findings:
            match finding:
                case Found(article, captures):
                    ids.append(article.id)
                    urls += [article.url, *_asked(captures)]
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
        if isinstance(finding, Refused | Missing | Seen | Failed):
            _check_address(finding.url)
        match finding:
            case Found():
                return self._found(finding)
            case Reread(article):
                return self._reread(article)
            case Refused():
                return self._refused(finding)
            case Missing():
                return self._missing(finding)
            case Seen():
                return self._seen(finding)
            case Failed(url, reason):
                row = self._address(url) or AddressRow(url=url)
                self.rows.put_address(schedule.after_failure(row, self.batches.now, reason))
                return Outcome(kind="failed", url=url, id=row.article, note=reason)
            case Withhold(id_, reason):
                return self._withhold(id_, reason)

    @property
    def rows(self) -> Rows:
        return self.batches.rows

    def settle(self) -> Settlement:
        """Write the lines of what is gone, or none when too much is."""
        batches = self.batches
        if self.sightings.mass(self.looked_at):
            batches.tables.forget_sightings(batches.run)
            return Settlement(looked_at=self.looked_at, vanished=self.sightings.vanished, mass=True)
        batches.begin([], [])
        gone: list[Gone] = []
        for candidate, members in self.sightings.candidates():
            known = self.rows.article(candidate.id)
            if known is None or known.state != "article":
                continue
            line = Gone(
                id=candidate.id,
                revision=known.revision + 1,
                site=self.site,
                url=candidate.url,
                gone_at=candidate.since,
                status=candidate.status,
                captures=named(candidate, batches.warcs.add(members)),
                run=batches.run,
                written_at=batches.stamp,
            )
            batches.add(line)
            gone.append(line)
            self._put_gone(candidate.url, first=True)
        batches.commit_files()
        batches.commit_ledger()
        self.sightings.clear()
        return Settlement(
            gone=tuple(gone), looked_at=self.looked_at, vanished=self.sightings.vanished
        )

    def close(self) -> None:
        self.sightings.close()
        self.batches.close()

    def _found(self, finding: Found) -> Outcome:
        article = finding.article
        reading = read_article(article, self.rereader.rules.page_hash)
        if article.site != self.site:
            raise InvalidRecord("site", article.site, f"the archive's name, {self.site}")
        known = self.rows.article(article.id)
        notes: list[str] = []
        verdict = judge(
            reading,
            known,
            self.rereader.rules.extractor,
            lambda: self.rereader.read(known, notes) if known else None,
        )
        if finding.as_of is not None and known is not None:
            past = verdict.kind == "changed" and self._is_past(finding.as_of, known)
            if past or not verdict.writes:
                return Outcome(
                    kind="withheld" if verdict.kind == "withheld" else "unchanged",
                    url=article.url,
                    id=article.id,
                    revision=known.revision,
                    note="the archive has a newer capture" if past else None,
                )
        self.looked_at += known is not None and known.state == "article"
        self.sightings.drop(article.id)
        line: Article | None = None
        if verdict.writes:
            previous = known.captures_of(known.source) if known else ()
            line = self.batches.write(
                article,
                verdict.revision,
                finding.captures,
                previous,
                reading.page_hash,
            )
        elif known is not None and verdict.kind != "withheld":
            place(self.rows, known, article, known.source)
            self.rows.put_article(attrs.evolve(known, url=article.url))
        current = known.url if known and verdict.kind == "withheld" else article.url
        self._after_look(finding, verdict.kind, current)
        return Outcome(
            kind=verdict.kind,
            url=article.url,
            id=article.id,
            revision=verdict.revision,
            line=line,
            note="; ".join(notes) or None,
        )

    def _after_look(self, finding: Found, kind: OutcomeKind, current: str) -> None:
        """Note when to look again, the validators, and the addresses that led to *current*."""
        article = finding.article
        row = self.rows.address(current)
        if row is not None and kind != "withheld":
            row = schedule.after_article(row, kind, self.batches.now, finding.lastmod)
            if finding.as_of is not None:
                row = schedule.after_copy(row, self.batches.now, finding.as_of)
            if article.source == "page" and finding.captures:
                headers = finding.captures[0].headers
                row = attrs.evolve(
                    row, etag=headers.get("etag"), last_modified=headers.get("last-modified")
                )
                for page in finding.captures[1:]:
                    if "etag" in page.headers or "last-modified" in page.headers:
                        self.batches.keep_document(
                            page.url, page.headers.get("etag"), page.headers.get("last-modified")
                        )
            self.rows.put_address(row)
        for url in {article.url, *_asked(finding.captures)} - {current}:
            asked = self.rows.address(url)
            # What was another article's address stays that: it is for Missing to say what it is now.
            if asked is not None and asked.article in (None, article.id):
                self.rows.put_address(
                    attrs.evolve(asked, article=article.id, state="article", moved=1)
                )

    def _refused(self, finding: Refused) -> Outcome:
        row = self._address(finding.url) or AddressRow(url=finding.url)
        known = self.rows.article(row.article) if row.article else None
        if finding.keep and finding.reason != "protected" and finding.captures:
            bodies = b"".join(c.exchanges[-1].body for c in finding.captures if c.exchanges)
            digest = sha256(bodies)
            if digest != row.kept:
                for capture in finding.captures:
                    self.batches.warcs.keep(capture)
                row = attrs.evolve(row, kept=digest)
        row = schedule.after_refusal(
            row,
            self.batches.now,
            finding.reason,
            finding.lastmod,
            article=known is not None and known.state != "withheld",
            kept=finding.keep,
        )
        self.rows.put_address(row)
        return Outcome(kind="refused", url=finding.url, id=row.article, note=finding.reason)

    def _missing(self, finding: Missing) -> Outcome:
        row = self._address(finding.url)
        known = self.rows.article(row.article) if row is not None and row.article else None
        if finding.as_of is not None:
            return self._gone(finding, finding.as_of, known)
        if row is None or known is None or known.state == "withheld":
            return self._refused(Refused(finding.url, f"http_{finding.status}"))
        if known.state == "gone":
            self._put_gone(row.url, first=False)
        elif row.url == finding.url:
            self.looked_at += 1
            self.sightings.note(known.id)
            since = row.missing_since
            if since is None:
                row = attrs.evolve(
                    row,
                    missing_since=stamp(self.batches.now),
                    missing_run=self.batches.run,
                    failures=0,
                )
            elif row.missing_run != self.batches.run:
                self.sightings.add(known.id, row.url, since, finding.status, finding.captures)
            self.rows.put_address(schedule.look_again(row, self.batches.now))
        else:  # an earlier address that leads nowhere any more
            former = self.rows.address(finding.url)
            if former is not None:
                self.rows.put_address(attrs.evolve(former, moved=1, state="gone"))
        return Outcome(kind="missing", url=finding.url, id=known.id, revision=known.revision)

    def _gone(self, finding: Missing, since: str, known: ArticleRow | None) -> Outcome:
        """Write that an article is gone, where captures of somebody else say so."""
        gone = known is not None and known.state == "article" and known.url == finding.url
        if known is None or not gone or self._is_past(since, known):
            return Outcome(kind="unchanged", url=finding.url)
        line = Gone(
            id=known.id,
            revision=known.revision + 1,
            site=self.site,
            url=known.url,
            gone_at=since,
            status=finding.status,
            captures=tuple(map(self.batches.warcs.keep, finding.captures)),
            run=self.batches.run,
            written_at=self.batches.stamp,
        )
        self.batches.add(line)
        self._put_gone(known.url, first=True)
        return Outcome(kind="gone", url=known.url, id=known.id, revision=line.revision, line=line)

    def _seen(self, finding: Seen) -> Outcome:
        row = self._address(finding.url)
        if row is None:
            return Outcome(kind="seen", url=finding.url)
        known = self.rows.article(row.article) if row.article else None
        if known is not None and known.state == "article":
            self.looked_at += 1
            self.sightings.drop(known.id)
        row = schedule.after_nothing(row, self.batches.now, finding.lastmod)
        self.rows.put_address(
            attrs.evolve(
                row,
                etag=finding.etag or row.etag,
                last_modified=finding.last_modified or row.last_modified,
            )
        )
        return Outcome(
            kind="seen",
            url=finding.url,
            id=row.article,
            revision=known.revision if known else None,
        )

    def _reread(self, article: Article) -> Outcome:
        reading = read_article(article, self.rereader.rules.page_hash)
        known = self.rows.article(article.id)
        line = None
        if (
            known is not None
            and known.state == "article"
            and (known.revision, known.source) == (article.revision, article.source)
            and not known.has_line(article.source, article.extractor)
        ):
            before = self.rows.address(article.url)
            line = self.batches.add_article(
                article, article.revision, article.captures, reading.page_hash
            )
            if before is not None:  # the page itself was not looked at
                self.rows.put_address(before)
        return Outcome(
            kind="reread" if line else "unchanged",
            url=article.url,
            id=article.id,
            revision=article.revision,
            line=line,
        )

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
                run=self.batches.run,
                written_at=self.batches.stamp,
            )
            self.batches.add(line)
        return Outcome(kind="withheld", url=known.url, id=id_, revision=known.revision, line=line)

    def _put_gone(self, url: str, *, first: bool) -> None:
        row = self.rows.address(url)
        if row is not None:
            self.rows.put_address(schedule.after_gone(row, self.batches.now, first=first))

    def _address(self, url: str) -> AddressRow | None:
        """The row of *url*, or of the article's current address where *url* is an earlier one."""
        row = self.rows.address(url)
        if row is None or not row.moved or not row.article:
            return row
        known = self.rows.article(row.article)
        return (self.rows.address(known.url) if known else None) or row

    def _is_past(self, as_of: str, known: ArticleRow) -> bool:
        """Whether the archive knows of a state of *known* that is later than *as_of*."""
        row = self.rows.address(known.url)
        fetched = [comparable(each.fetched_at) for each in known.captures_of(known.source)]
        if known.state == "gone" or not fetched:
            fetched.append(row.looked_at if row else None)
        return (comparable(as_of) or "") <= max(filter(None, fetched), default="")


def _check_address(url: str) -> None:
    try:
        url.encode()
    except UnicodeEncodeError:
        raise InvalidRecord("url", url, "text as UTF-8") from None


def _asked(captures: Sequence[Capture]) -> list[str]:
    """The addresses that were asked for on the way to the first of *captures*."""
    return [exchange.url for exchange in captures[0].exchanges] if captures else []
