"""What follows from a finding: a line, records, or a note in the ledger."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, partial
from itertools import islice
from typing import Any, Final

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
from crawler.archive.furniture import Entry, Furniture
from crawler.archive.rereading import of_line
from crawler.archive.revisions import (
    Difference,
    Rereader,
    State,
    Verdict,
    are_one,
    compare,
    judge,
    shows,
)
from crawler.archive.tables import AddressRow, ArticleRow, Rows, began, place
from crawler.archive.waiting import Waiting
from crawler.archive.warc import sha256
from crawler.archive.writer import Batches
from crawler.errors import ArchiveError, InvalidRecord, NotAnArticle, attempt
from crawler.items import Article, Capture, CaptureReference, Gone, Withheld
from crawler.normalise.urls import identity
from crawler.timestamps import comparable, is_ahead, seconds, stamp

EVIDENCE: Final = "furniture"
"""Under this name the ledger keeps what was seen that may be the site's own text."""

WITNESSES: Final = 2
"""Articles that a run may ask for to tell a plugin's block from an edit."""

# Of the articles looked at, how many may vanish at once before it is the site that is ill.
MASS_SHARE: Final = 0.2
MASS_LEAST: Final = 5
# An article whose numbers change with every look is counting something.
_COUNTERS: Final = 5
_A_DAY: Final = dt.timedelta(days=1)
_TOGETHER: Final = 50
_SHUT: Final = (401, 403)
_MODIFIED: Final = "last-modified"


class Recorder:
    """Turns findings into records, lines and rows of a batch."""

    def __init__(self, batches: Batches, rereader: Rereader) -> None:
        self.batches = batches
        self.rereader = rereader
        self.site = rereader.newsroom.name
        self.looked_at = 0
        self.answered = 0
        """Articles that answered as articles do: then a single one that is shut is closed."""

        self.vanished: set[str] = set()
        """Articles that were looked at, and were missing."""

        self.copied: set[str] = set()
        """Articles of which this run wrote what somebody else fetched, in its order."""

        self.missing: Waiting[Missing, str] = Waiting(batches.folder)
        """What was missing before, in another run, and is again: since when."""

        self.held: Waiting[Found, Difference] = Waiting(batches.folder)
        """What alone came or went, which other articles explain or do not."""

        self.furniture = Furniture(batches.folder, batches.tables.meta(EVIDENCE))
        self._closed: set[str] = set()
        """Addresses of what this run found closed for the first time."""

        self._found_out: list[Entry] = []
        """Furniture found in this run: lines that have it are read again."""

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
        now = self.batches.now
        if isinstance(finding, Found | Refused | Seen) and is_ahead(finding.lastmod, now):
            finding = attrs.evolve(finding, lastmod=None)
        match finding:
            case Found():
                return self._found(finding)
            case Reread():
                return self._reread(finding)
            case Refused():
                return self._refused(finding)
            case Missing():
                return self._missing(finding)
            case Seen():
                return self._seen(finding)
            case Failed(url, reason):
                row = self._at(url)[0] or AddressRow(url=url)
                self.rows.put(schedule.after_failure(row, self.batches.now, reason))
                return Outcome(kind="failed", url=url, id=row.article, note=reason)
            case Withhold(id_, reason):
                return self._withhold(id_, reason)

    @property
    def rows(self) -> Rows:
        return self.batches.rows

    def settle(self) -> Settlement:
        """Judge what waited for the end of the run; write none of what is gone when too much is."""
        judged = tuple(self._judge_held())
        self._read_again()
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

    def commit_files(self) -> None:
        """Put the batch on disk; before it what its lines leave out, and why."""
        self._found_out += self.furniture.take_new()
        put_meta = self.batches.tables.put_meta
        self.batches.then(partial(put_meta, EVIDENCE, self.furniture.kept()))
        self.batches.commit_files()

    def _commit(self) -> None:
        self.commit_files()
        self.batches.commit_ledger()

    def undecided(self) -> bool:
        """Whether something waits that two more articles would decide."""
        return any(
            (difference.edge or difference.filled) and not self.furniture.explains(difference)
            for difference in self.held.known.values()
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
            yield from [self._found(each, last=True) for each in batch]
            self._commit()

    def _judge_missing(self) -> list[Gone]:
        """Write the lines of what two runs did not find."""
        self.batches.begin([], [])
        if not self.answered:  # nor did anything else: the whole site may be closed
            for closed in filter(None, map(self.rows.address, self._closed)):
                self.rows.put(closed.found())
        gone: list[Gone] = []
        for id_, since, finding in self.missing.take():
            known = self.rows.article(id_)
            if known is None or known.state != "article":
                continue
            if self.answered or finding.status not in _SHUT:
                row = self.rows.address(known.url)
                gone.append(self._write_gone(known, since, finding, row.sighted() if row else ()))
        self._commit()
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
            run=self.batches.run,
            written_at=self.batches.stamp,
        )
        self.batches.add(line)
        self._put_gone(known.url, first=True)
        return line

    def _read_again(self) -> None:
        """Write lines anew, of the same revision, that have what turned out to be furniture."""
        ids = list(dict.fromkeys(self.furniture.holders(self._found_out)))
        if not ids:
            return
        self.batches.begin([], ids)
        for id_ in ids:
            known = self.rows.article(id_)
            if known is None or known.state != "article":
                continue
            state = self.rereader.read(known, self.furniture.blocks, [])
            if state is not None and state.article.content_hash != known.content_hash:
                captures = known.captures_of(known.source)
                article = attrs.evolve(of_line(known, state.article), captures=captures)
                self._reread(Reread(article, same_rules=True))
        self._commit()

    def close(self) -> None:
        self.missing.close()
        self.held.close()
        self.batches.close()

    def _found(self, finding: Found, *, last: bool = False) -> Outcome:
        """Record an article; with *last* what alone came or went is judged now."""
        finding, alarm = self._identified(self._by_todays_furniture(finding))
        article, as_of = finding.article, finding.as_of
        if article.site != self.site:
            raise InvalidRecord("site", article.site, f"the archive's name, {self.site}")
        known = self.rows.article(article.id)
        comparison = _Comparison(self, finding, known)
        verdict = judge(article, known, comparison.difference)
        if as_of is not None:
            if known and verdict.kind == "changed" and self._is_past(as_of, known):
                return _told(
                    "unchanged", article.url, known, note="the archive has a newer capture"
                )
            if known and not verdict.writes:
                return _told(verdict.kind, article.url, known)
            self.copied.add(article.id)
        self._answers(article.id, known)
        when = dt.datetime.fromisoformat(as_of) if as_of else self.batches.now
        self.furniture.note(article, when)
        difference = verdict.difference
        if difference.lone:
            edited = difference.modified or comparison.is_listed_as_modified()
            self.furniture.changed(difference, article.id, when, edited=edited)
            # What others fetched comes in its order: a later state must not overtake it.
            if not last and as_of is None and self.held.has_room(article.id):
                self.held.add(article.id, finding, difference)
                return Outcome(kind="held", url=article.url, id=article.id)
            if self.furniture.explains(difference):
                finding = self._by_todays_furniture(finding)
                verdict = judge(finding.article, known, Difference)  # nothing else differs
        warning = _not_read(finding)
        if known is not None and verdict.kind == "changed":
            verdict, counting = self._braked(verdict, known)
            warning = counting or warning
        line = self._write(finding, verdict, known)
        self._after_look(finding, verdict, comparison)
        note = "; ".join(comparison.notes) or None
        more = {"line": line, "note": note, "warning": warning, "alarm": alarm}
        return _told(verdict.kind, article.url, line or known, **more)

    def _answers(self, id_: str, known: ArticleRow | None) -> None:
        """Count an article that answers as articles do."""
        self.looked_at += known is not None and known.state == "article"
        self.answered += 1
        self.missing.drop(id_)
        self.vanished.discard(id_)

    def _write(self, finding: Found, verdict: Verdict, known: ArticleRow | None) -> Article | None:
        article = finding.article
        if verdict.writes:
            previous = known.last_read() if known else ()
            return self.batches.write(article, verdict.revision, finding.captures, previous)
        if known is not None and verdict.kind != "withheld":
            place(self.rows, known, attrs.evolve(article, id=known.id, captures=()), known.source)
            self.rows.put(attrs.evolve(known, url=article.url))
        return None

    def _by_todays_furniture(self, finding: Found) -> Found:
        """Return *finding* read again, where some of its text was not known for what it is."""
        if not self.furniture.is_in(finding.article):
            return finding
        rules, newsroom = self.rereader.rules, self.rereader.newsroom
        post_id = finding.article.post_id
        try:
            article = rules.extract(finding.captures, newsroom, post_id, self.furniture.blocks)
        except NotAnArticle:  # nothing is left without it
            return finding
        return attrs.evolve(finding, article=of_line(finding.article, article))

    def _braked(self, verdict: Verdict, known: ArticleRow) -> tuple[Verdict, str | None]:
        """Let an article that counts something have one revision a day."""
        row = self.rows.address(known.url)
        if row is None:
            return verdict, None
        digits = row.digits + 1 if verdict.difference.digits_alone else 0
        self.rows.put(attrs.evolve(row, digits=digits))
        written = began(known.captures_of(known.source))
        if digits <= _COUNTERS or written is None:
            return verdict, None
        said = f"{known.url}: nothing but numbers changes, with every look: one revision a day"
        if dt.datetime.fromisoformat(written) > self.batches.now - _A_DAY:
            return attrs.evolve(
                verdict, kind="unchanged", revision=known.revision, writes=False
            ), said
        return verdict, said

    def _identified(self, finding: Found) -> tuple[Found, str | None]:
        """Return *finding* under the id that the archive knows its article by, and what is wrong.

        An article keeps the id of its first line. A page alone is not believed when the post id that
        it prints is that of another article.
        """
        article = finding.article
        there = self.rows.address(article.url)
        named = there.article if there is not None and not there.moved else None
        former = self.rows.article(named) if named else None
        known = self._known(finding)
        if former is not None and former.id != article.id:
            same = former.post_id in (None, article.post_id) or article.post_id is None
            if same or self._is_of(finding, former):
                other = known if known is not None and known.id != former.id else None
                strange = bool(other) or not same
                return _under(finding, former.id, former.post_id, other, strange=strange)
        if known is None or known.url == article.url:
            return finding, None
        listed = there is not None and there.post_id == article.post_id is not None
        came_by = known.url in _asked(finding.captures) or listed
        trusted = article.post_id is not None and (came_by or known.state != "article")
        trusted |= article.post_id is None and _have_one_number(known.url, article.url)
        if article.source != "page" or trusted or self._is_of(finding, known):
            return _under(finding, known.id)
        digest = hashlib.sha256(article.url.encode()).hexdigest()[:16]
        return _under(finding, f"{self.site}:{digest}", None, known, strange=True)

    def _known(self, finding: Found) -> ArticleRow | None:
        """Return the article that has the id, or the post id, of *finding*, or that led there.

        Without any, the one whose address has the same number of its own.
        """
        article, tables = finding.article, self.batches.tables
        known = self.rows.article(article.id)
        if known is not None:
            return known
        if article.post_id is not None:
            ids = [tables.of_post(article.post_id)]
        else:
            rows = filter(None, map(self.rows.address, _asked(finding.captures)))
            ids = [row.article for row in rows if row.url != article.url]
            if _have_one_number(article.url, article.url):
                ids.append(tables.under(identity(article.url)))
        return next((self.rows.article(id_) for id_ in ids if id_), None)

    def _is_of(self, finding: Found, known: ArticleRow) -> bool:
        """Whether *finding* has the text of the article that the ledger has as *known*."""
        before = self.rereader.read(known, self.furniture.blocks, [])
        return before is not None and are_one(before.article, finding.article)

    def _after_look(self, finding: Found, verdict: Verdict, comparison: _Comparison) -> None:
        """Note when to look again, the validators, and the addresses that led there."""
        article, known = finding.article, comparison.known
        withheld = verdict.kind == "withheld"
        current = known.url if known and withheld else article.url
        row = self.rows.address(current)
        if row is not None and not withheld:
            self.rows.put(self._row_after(row, finding, verdict, comparison))
        for url in {article.url, *_asked(finding.captures)} - {current}:
            asked = self.rows.address(url)
            # What was another article's address stays that: it is for Missing to say what it is now.
            if asked is not None and asked.article in (None, article.id):
                self.rows.put(attrs.evolve(asked, article=article.id, state="article", moved=1))

    def _row_after(
        self, row: AddressRow, finding: Found, verdict: Verdict, comparison: _Comparison
    ) -> AddressRow:
        article, kind = finding.article, verdict.kind
        stale = comparison.is_stale(kind, row)
        row = schedule.after_article(
            row,
            kind,
            self.batches.now,
            finding.lastmod,
            stale=stale,
            without_page=finding.without_page,
        )
        if kind == "unchanged" and not (stale or verdict.difference.is_edit):
            row = attrs.evolve(row, unchanged=comparison.began or row.unchanged, digits=0)
        row = attrs.evolve(row, theme=self._same_theme(article, verdict, row))
        if finding.as_of is not None:
            row = schedule.after_copy(row, self.batches.now, finding.as_of)
        if article.source == "rest" or not finding.captures or stale:
            return row
        first, *others = finding.captures
        for page in others:
            etag, modified = page.headers.get("etag"), page.headers.get(_MODIFIED)
            if page.url in article.pages and (etag or modified):
                keep = self.batches.tables.keep_document
                self.batches.then(partial(keep, page.url, etag, modified))
        return attrs.evolve(
            row, etag=first.headers.get("etag"), last_modified=first.headers.get(_MODIFIED)
        )

    def _same_theme(self, article: Article, verdict: Verdict, row: AddressRow) -> str | None:
        """Return the theme that is known to print of this article just what its last line says."""
        known = self.rows.article(row.article) if row.article else None
        if verdict.writes or known is None or article.source == "rest":
            return None if verdict.writes else row.theme
        return article.theme or "" if known.states(article) else row.theme

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
        row = schedule.after_refusal(
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
            self._put_gone(row.url, first=False)
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
            former = self.rows.address(finding.url)
            if former is not None:
                self.rows.put(attrs.evolve(former, moved=1, state="gone"))
        return _told("missing", finding.url, known)

    def _sighted(self, finding: Missing) -> str | None:
        """Store what was found in an article's place, unless the whole site is ill already."""
        if self._is_mass():
            return None
        stored = [self.batches.warcs.keep(each) for each in finding.captures if each.exchanges]
        return json.dumps([attrs.asdict(each) for each in stored])

    def _gone(self, finding: Missing, since: str, known: ArticleRow | None) -> Outcome:
        """Write that an article is gone, where captures of somebody else say so."""
        gone = known is not None and known.state == "article" and known.url == finding.url
        if known is None or not gone or self._is_past(since, known):
            return _told("unchanged", finding.url)
        line = self._write_gone(known, since, finding)
        return Outcome(kind="gone", url=known.url, id=known.id, revision=line.revision, line=line)

    def _seen(self, finding: Seen) -> Outcome:
        row, known = self._at(finding.url)
        if row is None:
            return _told("seen", finding.url)
        if known is not None and known.state == "article":
            self._answers(known.id, known)
        stale = schedule.is_behind(row, finding.lastmod)
        row = schedule.after_nothing(row, self.batches.now, finding.lastmod, stale=stale)
        self.rows.put(
            attrs.evolve(
                row,
                unchanged=(not stale and finding.began) or row.unchanged,
                etag=finding.etag or row.etag,
                last_modified=finding.last_modified or row.last_modified,
            )
        )
        return _told("seen", finding.url, known)

    def _reread(self, finding: Reread) -> Outcome:
        article = finding.article
        known = self.rows.article(article.id)
        line = None
        if (
            known is not None
            and known.state == "article"
            and (known.revision, known.source) == (article.revision, article.source)
            and (finding.same_rules or known.extractor != article.extractor)
            and not known.has_line(article)
        ):
            before = self.rows.address(article.url)
            line = self.batches.add_article(article, article.revision, article.captures)
            if before is not None:  # the page itself was not looked at
                self.rows.put(before)
        return _told("reread" if line else "unchanged", article.url, article, line=line)

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
        return _told("withheld", known.url, known, line=line)

    def _put_gone(self, url: str, *, first: bool) -> None:
        row = self.rows.address(url)
        if row is not None:
            self.rows.put(schedule.after_gone(row, self.batches.now, first=first))

    def _at(self, url: str) -> tuple[AddressRow | None, ArticleRow | None]:
        """Return the article at *url*, and its row there, or, of an earlier one, at its current."""
        row = self.rows.address(url)
        known = self.rows.article(row.article) if row is not None and row.article else None
        if row is not None and row.moved and known is not None:
            row = self.rows.address(known.url) or row
        return row, known

    def _is_past(self, as_of: str, known: ArticleRow) -> bool:
        """Whether the archive knows of a state of *known* that is later than *as_of*."""
        row = self.rows.address(known.url)
        fetched = [comparable(each.fetched_at) for each in known.captures_of(known.source)]
        if known.state == "gone" or not fetched:
            fetched.append(row.looked_at if row else None)
        past = [each for each in fetched if not is_ahead(each, self.batches.now)]
        at, last = comparable(as_of) or "", max(filter(None, past), default="")
        return at < last or (at == last and known.id not in self.copied)


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


class _Comparison:
    """What was found beside what was read before, once somebody asks."""

    def __init__(self, recorder: Recorder, finding: Found, known: ArticleRow | None) -> None:
        self.known = known
        self.notes: list[str] = []
        began = [c.exchanges[-1].fetched_at for c in finding.captures if c.exchanges]
        self.began = stamp(min(began)) if began else None
        self._finding = finding
        self._recorder = recorder

    def difference(self) -> Difference | None:
        """Return what the newsroom changed; None where the captures of before cannot be read."""
        return compare(*self._states) if self._states else None

    def is_listed_as_modified(self) -> bool:
        """Whether a door lists a change since the last look."""
        row = self._recorder.rows.address(self.known.url) if self.known is not None else None
        return row is not None and schedule.is_behind(row, self._finding.lastmod)

    def is_stale(self, kind: OutcomeKind, row: AddressRow) -> bool:
        """Whether the page is older than what its record, or a list, states."""
        article = self._finding.article
        if article.source == "both" and (kind == "changed" or row.stale):
            if self._states is None:
                return False
            old, new = (each.sources.get("page") for each in self._states)
            record = self._states[1].sources["rest"]
            return (
                old is not None
                and new is not None
                and old.content_hash == new.content_hash
                and not shows(new, record)
            )
        if article.source == "page" and kind == "unchanged" and not self._finding.as_of:
            stated = comparable(article.modified_at) or ""
            return schedule.is_behind(row, self._finding.lastmod) and stated < (row.listed or "")
        return False

    @cached_property
    def _states(self) -> tuple[State, State] | None:
        """What was stated before, and is now."""
        if self.known is None:
            return None
        article = self._finding.article
        rereader, furniture = self._recorder.rereader, self._recorder.furniture.blocks
        before = rereader.read(self.known, furniture, self.notes, article.theme)
        if before is None:
            return None
        row = self._recorder.rows.address(self.known.url)
        page = before.sources.get("page")
        if page is not None and row is not None and row.theme == (article.theme or ""):
            same = dict(before.sources) | {"page": attrs.evolve(page, theme=article.theme)}
            before = attrs.evolve(before, sources=same)
        captures, newsroom = self._finding.captures, rereader.newsroom
        state = rereader.rules.state
        now, error = attempt(partial(state, captures, newsroom, article.post_id, furniture))
        if error is not None:
            self.notes.append(f"it cannot be compared with what was before ({error})")
        return (before, now) if now is not None else None


def _told(
    kind: OutcomeKind, url: str, known: ArticleRow | Article | None = None, **more: Any
) -> Outcome:
    id_, revision = (known.id, known.revision) if known else (None, None)
    return Outcome(kind=kind, url=url, id=id_, revision=revision, **more)


def _not_read(finding: Found) -> str | None:
    if finding.without_page is None:
        return None
    return (
        f"{finding.article.url}: {finding.without_page}, so that its REST record alone is archived"
    )


def _have_one_number(url: str, other: str) -> bool:
    """Whether two addresses have one number, a page's own, after which only a headline stands."""
    return identity(url) == identity(other) != other


def _under(
    finding: Found,
    id_: str,
    post_id: int | None = None,
    other: ArticleRow | None = None,
    *,
    strange: bool = False,
) -> tuple[Found, str | None]:
    """Return *finding* as the article of that *id*, and what is wrong with the post id it prints.

    Where that is *strange*, the line has *post_id* in its place; an *other* article prints it, too.
    """
    article = attrs.evolve(finding.article, id=id_)
    if not strange or article.source != "page" or article.post_id is None:
        return attrs.evolve(finding, article=article), None
    who = f"so does {other.url}, which is another article" if other else "it is known by another"
    said = f"{article.url} prints the post id {article.post_id}, and {who}: the id is not believed"
    return attrs.evolve(finding, article=attrs.evolve(article, post_id=post_id)), said


def _check_address(url: str) -> None:
    try:
        url.encode()
    except UnicodeEncodeError:
        raise InvalidRecord("url", url, "text as UTF-8") from None


def _asked(captures: Sequence[Capture]) -> list[str]:
    """The addresses that were asked for on the way to the first of *captures*."""
    return [exchange.url for exchange in captures[0].exchanges] if captures else []
