"""An article that was found: which one it is, whether that is news, and what is written of it."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Sequence
from functools import cached_property, partial
from typing import Any, Final

import attrs

from crawler.archive.findings import Found, Missing, Outcome, OutcomeKind, Reread
from crawler.archive.furniture import Entry, Furniture
from crawler.archive.revisions import (
    RANK,
    Difference,
    Rereader,
    State,
    are_one,
    compare,
    of_line,
    shows,
)
from crawler.archive.rows import (
    AddressRow,
    ArticleRow,
    Rows,
    after_article,
    after_copy,
    began,
    is_behind,
    place,
)
from crawler.archive.writer import Batches, Waiting
from crawler.errors import InvalidRecord, NotAnArticle, attempt
from crawler.items import Article, Capture
from crawler.normalise.urls import identity
from crawler.timestamps import comparable, is_ahead, stamp

EVIDENCE: Final = "furniture"
"""Under this name the ledger keeps what was seen that may be the site's own text."""

# An article whose numbers change with every look is counting something.
_COUNTERS: Final = 5
_A_DAY: Final = dt.timedelta(days=1)
_MODIFIED: Final = "last-modified"


@attrs.frozen
class Verdict:
    """What to do with a reading: which kind of outcome, and the revision of a line, if any."""

    kind: OutcomeKind
    revision: int
    writes: bool = True
    difference: Difference = attrs.field(factory=Difference)
    """What makes it an edit; empty where the article is new or came back."""


def judge(
    found: Article,
    known: ArticleRow | None,
    differs: Callable[[], Difference | None],
) -> Verdict:
    """Return what follows from *found*, an article that the ledger has as *known*.

    *differs* compares it with what was read before, and is asked only where a hash differs;
    ``None`` means that the captures of before cannot be read.
    """
    if known is None:
        return Verdict("new", 1)
    if known.state != "article":
        back = known.state == "gone"
        kind: OutcomeKind = "changed" if back else "withheld"
        return Verdict(kind, known.revision + back, writes=back)
    same = found.source == known.source and known.states(found)
    if same and found.url == known.line_url:
        return Verdict("unchanged", known.revision, writes=False)
    if not same:
        difference = differs()
        if difference is None or difference.is_edit:
            return Verdict("changed", known.revision + 1, difference=difference or Difference())
    more = RANK[found.source] - RANK[known.source or "page"]
    # A theme that comes back has the last word; one theme does not say again what it said before.
    back = found.theme is not None and found.theme != known.theme
    if more < 0 or known.has_line(found, last=back):
        return Verdict("unchanged", known.revision, writes=False)
    return Verdict("superseded" if more > 0 else "reread", known.revision)


class Articles:
    """Judges articles that are there, and keeps what a run sees of them."""

    def __init__(self, batches: Batches, rereader: Rereader) -> None:
        self.batches = batches
        self.rereader = rereader
        self.site = rereader.newsroom.name
        self.looked_at = 0
        self.answered = 0
        """Articles that answered as articles do: then a single one that is shut is closed."""

        self.vanished: set[str] = set()  # articles that were looked at, and were missing
        self.copied: set[str] = set()
        """Articles of which this run wrote what somebody else fetched, in its order."""

        self.missing: Waiting[Missing, str] = Waiting(batches.folder)
        """What was missing before, in another run, and is again: since when."""

        self.held: Waiting[Found, Difference] = Waiting(batches.folder)
        """What alone came or went, which other articles explain or do not."""

        self.furniture = Furniture(batches.folder, batches.tables.meta(EVIDENCE))
        self._found_out: list[Entry] = []
        """Furniture found in this run: lines that have it are read again."""

    @property
    def rows(self) -> Rows:
        return self.batches.rows

    def undecided(self) -> bool:
        """Whether something waits that two more articles would decide."""
        return any(
            (difference.edge or difference.filled) and not self.furniture.explains(difference)
            for difference in self.held.known.values()
        )

    def commit_files(self) -> None:
        """Put the batch on disk; before it what its lines leave out, and why."""
        self._found_out += self.furniture.take_new()
        put_meta = self.batches.tables.put_meta
        self.batches.then(partial(put_meta, EVIDENCE, self.furniture.kept()))
        self.batches.commit_files()

    def commit(self) -> None:
        self.commit_files()
        self.batches.commit_ledger()

    def found(self, finding: Found, *, last: bool = False) -> Outcome:
        """Record an article; with *last* what alone came or went is judged now."""
        return _Look(self, finding).outcome(last=last)

    def answers(self, id_: str, known: ArticleRow | None) -> None:
        """Count an article that answers as articles do."""
        self.looked_at += known is not None and known.state == "article"
        self.answered += 1
        self.missing.drop(id_)
        self.vanished.discard(id_)

    def by_todays_furniture(self, finding: Found) -> Found:
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

    def is_past(self, as_of: str, known: ArticleRow) -> bool:
        """Whether the archive knows of a state of *known* that is later than *as_of*."""
        row = self.rows.address(known.url)
        fetched = [comparable(each.fetched_at) for each in known.captures_of(known.source)]
        if known.state == "gone" or not fetched:
            fetched.append(row.looked_at if row else None)
        past = [each for each in fetched if not is_ahead(each, self.batches.now)]
        at, last = comparable(as_of) or "", max(filter(None, past), default="")
        return at < last or (at == last and known.id not in self.copied)

    def reread(self, finding: Reread) -> Outcome:
        """Record what today's rules make of a line's captures."""
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
        return told("reread" if line else "unchanged", article.url, article, line=line)

    def read_again(self) -> None:
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
                self.reread(Reread(article, same_rules=True))
        self.commit()


class _Look:
    """One article that was found, beside what the archive knows of it."""

    def __init__(self, articles: Articles, finding: Found) -> None:
        self._articles = articles
        self._batches = articles.batches
        self._furniture = articles.furniture
        self._rows = articles.rows
        self.finding = articles.by_todays_furniture(finding)
        self.alarm = self._identify()  # what is wrong with the post id that it prints
        article = self.finding.article
        if article.site != articles.site:
            raise InvalidRecord("site", article.site, f"the archive's name, {articles.site}")
        self.known = self._rows.article(article.id)
        self.notes: list[str] = []
        times = [c.exchanges[-1].fetched_at for c in finding.captures if c.exchanges]
        self.began = stamp(min(times)) if times else None
        self.verdict = judge(article, self.known, self._difference)

    def outcome(self, *, last: bool) -> Outcome:
        """Record it; with *last* what alone came or went is judged now."""
        article, as_of, known = self.finding.article, self.finding.as_of, self.known
        if as_of is not None:
            if known and self.verdict.kind == "changed" and self._articles.is_past(as_of, known):
                note = "the archive has a newer capture"
                return told("unchanged", article.url, known, note=note)
            if known and not self.verdict.writes:
                return told(self.verdict.kind, article.url, known)
            self._articles.copied.add(article.id)
        self._articles.answers(article.id, known)
        when = dt.datetime.fromisoformat(as_of) if as_of else self._batches.now
        self._furniture.note(article, when)
        if self.verdict.difference.lone and self._is_held(when, last=last):
            return Outcome(kind="held", url=article.url, id=article.id)
        why = self.finding.without_page
        warning = why and f"{article.url}: {why}, so that its REST record alone is archived"
        if self.verdict.kind == "changed":
            warning = self._brake() or warning
        line = self._write()
        self._after()
        return told(
            self.verdict.kind,
            article.url,
            line or known,
            line=line,
            note="; ".join(self.notes) or None,
            warning=warning,
            alarm=self.alarm,
        )

    def _is_held(self, when: dt.datetime, *, last: bool) -> bool:
        """Whether it waits for other articles; where they explain it already, it is no edit."""
        difference, id_ = self.verdict.difference, self.finding.article.id
        edited = difference.modified or self._is_listed_as_modified()
        self._furniture.changed(difference, id_, when, edited=edited)
        held = self._articles.held
        # What others fetched comes in its order: a later state must not overtake it.
        if not last and self.finding.as_of is None and held.has_room(id_):
            held.add(id_, self.finding, difference)
            return True
        if self._furniture.explains(difference):
            self.finding = self._articles.by_todays_furniture(self.finding)
            self.verdict = judge(
                self.finding.article, self.known, Difference
            )  # nothing else differs
        return False

    def _brake(self) -> str | None:
        """Let an article that counts something have one revision a day; return what to say."""
        known = self.known
        row = self._rows.address(known.url) if known else None
        if known is None or row is None:
            return None
        digits = row.digits + 1 if self.verdict.difference.digits_alone else 0
        self._rows.put(attrs.evolve(row, digits=digits))
        written = began(known.captures_of(known.source))
        if digits <= _COUNTERS or written is None:
            return None
        if dt.datetime.fromisoformat(written) > self._batches.now - _A_DAY:
            self.verdict = attrs.evolve(
                self.verdict, kind="unchanged", revision=known.revision, writes=False
            )
        return f"{known.url}: nothing but numbers changes, with every look: one revision a day"

    def _write(self) -> Article | None:
        article, known = self.finding.article, self.known
        if self.verdict.writes:
            previous = known.last_read() if known else ()
            captures = self.finding.captures
            return self._batches.write(article, self.verdict.revision, captures, previous)
        if known is not None and self.verdict.kind != "withheld":
            place(self._rows, known, attrs.evolve(article, id=known.id, captures=()), known.source)
            self._rows.put(attrs.evolve(known, url=article.url))
        return None

    # which article it is

    def _identify(self) -> str | None:
        """Give it the id that the archive knows its article by; return what is wrong with its own.

        An article keeps the id of its first line. A page alone is not believed when the post id that
        it prints is that of another article.
        """
        article = self.finding.article
        there = self._rows.address(article.url)
        named = there.article if there is not None and not there.moved else None
        former = self._rows.article(named) if named else None
        known = self._same_post()
        if former is not None and former.id != article.id:
            same = former.post_id in (None, article.post_id) or article.post_id is None
            if same or self._is_of(former):
                other = known if known is not None and known.id != former.id else None
                return self._name(former.id, former.post_id, other, strange=bool(other) or not same)
        if known is None or known.url == article.url:
            return None
        listed = there is not None and there.post_id == article.post_id is not None
        came_by = known.url in asked(self.finding.captures) or listed
        trusted = article.post_id is not None and (came_by or known.state != "article")
        trusted |= article.post_id is None and _have_one_number(known.url, article.url)
        if article.source != "page" or trusted or self._is_of(known):
            return self._name(known.id)
        digest = hashlib.sha256(article.url.encode()).hexdigest()[:16]
        return self._name(f"{self._articles.site}:{digest}", None, known, strange=True)

    def _same_post(self) -> ArticleRow | None:
        """Return the article that has its id, or its post id, or that led there.

        Without any, the one whose address has the same number of its own.
        """
        article, tables = self.finding.article, self._batches.tables
        known = self._rows.article(article.id)
        if known is not None:
            return known
        if article.post_id is not None:
            ids = [tables.of_post(article.post_id)]
        else:
            rows = filter(None, map(self._rows.address, asked(self.finding.captures)))
            ids = [row.article for row in rows if row.url != article.url]
            if _have_one_number(article.url, article.url):
                ids.append(tables.under(identity(article.url)))
        return next((self._rows.article(id_) for id_ in ids if id_), None)

    def _is_of(self, known: ArticleRow) -> bool:
        """Whether it has the text of the article that the ledger has as *known*."""
        before = self._articles.rereader.read(known, self._furniture.blocks, [])
        return before is not None and are_one(before.article, self.finding.article)

    def _name(
        self,
        id_: str,
        post_id: int | None = None,
        other: ArticleRow | None = None,
        *,
        strange: bool = False,
    ) -> str | None:
        """Make it the article of that *id*; return what is wrong with the post id it prints.

        Where that is *strange*, the line has *post_id* in its place; an *other* article prints it,
        too.
        """
        article = self.finding.article
        wrong = strange and article.source == "page" and article.post_id is not None
        named = attrs.evolve(article, id=id_, post_id=post_id if wrong else article.post_id)
        self.finding = attrs.evolve(self.finding, article=named)
        if not wrong:
            return None
        who = (
            f"so does {other.url}, which is another article" if other else "it is known by another"
        )
        said = f"{article.url} prints the post id {article.post_id}, and {who}"
        return f"{said}: the id is not believed"

    # what was read before

    def _difference(self) -> Difference | None:
        """Return what the newsroom changed; None where the captures of before cannot be read."""
        if self.known is None or self._states is None:
            return None
        return compare(*self._states, since=began(self.known.captures_of(self.known.source)))

    @cached_property
    def _states(self) -> tuple[State, State] | None:
        """What was stated before, and is now."""
        if self.known is None:
            return None
        article, rereader = self.finding.article, self._articles.rereader
        furniture = self._furniture.blocks
        before = rereader.read(self.known, furniture, self.notes, article.theme)
        if before is None:
            return None
        row = self._rows.address(self.known.url)
        page = before.sources.get("page")
        if page is not None and row is not None and row.theme == (article.theme or ""):
            same = dict(before.sources) | {"page": attrs.evolve(page, theme=article.theme)}
            before = attrs.evolve(before, sources=same)
        captures, newsroom = self.finding.captures, rereader.newsroom
        state = rereader.rules.state
        now, error = attempt(partial(state, captures, newsroom, article.post_id, furniture))
        if error is not None:
            self.notes.append(f"it cannot be compared with what was before ({error})")
        return (before, now) if now is not None else None

    def _is_listed_as_modified(self) -> bool:
        """Whether a door lists a change since the last look."""
        row = self._rows.address(self.known.url) if self.known is not None else None
        return row is not None and is_behind(row, self.finding.lastmod)

    def _is_stale(self, row: AddressRow) -> bool:
        """Whether the page is older than what its record, or a list, states."""
        article, kind = self.finding.article, self.verdict.kind
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
        if article.source == "page" and kind == "unchanged" and not self.finding.as_of:
            stated = comparable(article.modified_at) or ""
            return is_behind(row, self.finding.lastmod) and stated < (row.listed or "")
        return False

    # what the ledger notes

    def _after(self) -> None:
        """Note when to look again, the validators, and the addresses that led there."""
        article, known = self.finding.article, self.known
        withheld = self.verdict.kind == "withheld"
        current = known.url if known and withheld else article.url
        row = self._rows.address(current)
        if row is not None and not withheld:
            self._rows.put(self._row_after(row))
        for url in {article.url, *asked(self.finding.captures)} - {current}:
            led = self._rows.address(url)
            # What was another article's address stays that: it is for Missing to say what it is now.
            if led is not None and led.article in (None, article.id):
                self._rows.put(attrs.evolve(led, article=article.id, state="article", moved=1))

    def _row_after(self, row: AddressRow) -> AddressRow:
        finding, kind, now = self.finding, self.verdict.kind, self._batches.now
        stale, why = self._is_stale(row), finding.without_page
        row = after_article(row, kind, now, finding.lastmod, stale=stale, without_page=why)
        if kind == "unchanged" and not (stale or self.verdict.difference.is_edit):
            row = attrs.evolve(row, unchanged=self.began or row.unchanged, digits=0)
        row = attrs.evolve(row, theme=self._same_theme(row))
        if finding.as_of is not None:
            row = after_copy(row, now, finding.as_of)
        if finding.article.source == "rest" or not finding.captures or stale:
            return row
        first, *others = finding.captures
        for page in others:
            etag, modified = page.headers.get("etag"), page.headers.get(_MODIFIED)
            if page.url in finding.article.pages and (etag or modified):
                keep = self._batches.tables.keep_document
                self._batches.then(partial(keep, page.url, etag, modified))
        return attrs.evolve(
            row, etag=first.headers.get("etag"), last_modified=first.headers.get(_MODIFIED)
        )

    def _same_theme(self, row: AddressRow) -> str | None:
        """Return the theme that is known to print of this article just what its last line says."""
        article = self.finding.article
        known = self._rows.article(row.article) if row.article else None
        if self.verdict.writes or known is None or article.source == "rest":
            return None if self.verdict.writes else row.theme
        return article.theme or "" if known.states(article) else row.theme


def told(
    kind: OutcomeKind, url: str, known: ArticleRow | Article | None = None, **more: Any
) -> Outcome:
    """Return an outcome of what is *known*."""
    id_, revision = (known.id, known.revision) if known else (None, None)
    return Outcome(kind=kind, url=url, id=id_, revision=revision, **more)


def asked(captures: Sequence[Capture]) -> list[str]:
    """Return the addresses that were asked for on the way to the first of *captures*."""
    return [exchange.url for exchange in captures[0].exchanges] if captures else []


def _have_one_number(url: str, other: str) -> bool:
    """Whether two addresses have one number, a page's own, after which only a headline stands."""
    return identity(url) == identity(other) != other
