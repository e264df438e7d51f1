"""An archive that is open for writing: open, record, close."""

from __future__ import annotations

import contextlib
import datetime as dt
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final, Self

import attrs

from crawler.archive.erase import INTENT, Erased, Intent, erase, intend
from crawler.archive.files import (
    MANIFEST,
    compress,
    finished_months,
    month_files,
    sync_folder,
    update_manifest,
    warc_files,
)
from crawler.archive.findings import Finding, Outcome, Settlement, Withhold
from crawler.archive.identity import IDENTITY, LOCK, Lock
from crawler.archive.ledger import Ledger, note
from crawler.archive.opening import Opening, Remaker
from crawler.archive.recorder import WITNESSES, Recorder, apart, is_text
from crawler.archive.revisions import Rereader, Rules
from crawler.archive.rows import AddressRow
from crawler.archive.runs import (
    REPAIR,
    ROOM,
    RUNS,
    RunLog,
    RunRecord,
    RunReport,
    new_run_id,
    shortfall,
)
from crawler.archive.tables import LEDGER, LedgerDamaged, Tables, on_error, remove_ledger
from crawler.archive.writer import Batches
from crawler.errors import ArchiveDamaged, ArchiveError, InvalidRecord, attempt
from crawler.items import Capture
from crawler.links import Link
from crawler.newsrooms import Newsroom
from crawler.timestamps import is_ahead, now, seconds, stamp

_COUNTED: Final = (
    *("new", "changed", "superseded", "reread", "gone", "missing", "refused", "failed", "withheld"),
)


class Archive:
    """One newsroom's archive, open for writing; holds its lock until closed.

    Findings go in through :meth:`record`, which commits them as one: WARC records and fsync, lines
    and fsync, then the ledger; when it returns, all that is on disk. From any thread, of which one
    writes at a time.

    A write that fails ends it: the files are cut back to what was good, this and every later call
    raises :exc:`ArchiveError`, and only :meth:`finish` and :meth:`close` still do something.
    """

    ledger: Ledger
    """What is known, for the caller's thread."""

    run: str
    repairs: tuple[str, ...]
    """What opening had to put right, one message each; empty as a rule."""

    folder: Path
    newsroom: Newsroom

    @classmethod
    def open(
        cls,
        folder: Path,
        newsroom: Newsroom,
        rules: Rules,
        *,
        command: str = "crawl",
        arguments: Mapping[str, Any] | None = None,
        operator: str = "",
        robots: str = "",
        trust_clock: bool = False,
        clock: Callable[[], dt.datetime] = now,
    ) -> Archive:
        """Open the archive in *folder*, which is made when it is not there.

        *operator* and *robots* (``obey``, ``ignore``, empty where not known) go into ``warcinfo``. A
        clock more than a day behind the last line is not believed, unless *trust_clock*.

        Raises :exc:`ArchiveLocked` when another process writes, :exc:`WrongArchive` when it is
        another host's or a newer program's, :exc:`ArchiveError` when the disk refuses.
        """
        begin = clock()
        run, given = new_run_id(begin), dict(arguments or {})
        record = RunRecord(id=run, command=command, begin=stamp(begin), arguments=given)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            lock = Lock(folder, f"scrapy {command} {newsroom.name}", record.begin)
            with on_error(lock.release):
                opened = Opening(
                    folder,
                    newsroom,
                    operator=operator,
                    robots=robots,
                    trust_clock=trust_clock,
                    clock=clock,
                )
                return cls(record, lock, rules, opened)
        except (OSError, sqlite3.Error) as error:
            raise ArchiveError(f"{folder} cannot be opened for writing: {error}") from error

    def __init__(self, record: RunRecord, lock: Lock, rules: Rules, opened: Opening) -> None:
        """Use :meth:`open`."""
        self.folder = folder = opened.folder
        self.newsroom = newsroom = opened.newsroom
        self.run = record.id
        self._rules = rules
        self._lock = lock
        self._clock = opened.clock
        self._is_new = opened.is_new
        self._tables = opened.tables
        self._settlement: Settlement | None = None
        self._notes: list[str] = []
        self._counts: Counter[str] = Counter()
        self._turn = threading.Lock()
        self._broken: ArchiveError | None = None
        self._ledger_damaged = self._closed = self._finished = False
        with on_error(opened.tables.close):
            short = shortfall(folder, opened.found)
            self._record = attrs.evolve(record, found=opened.found, short=short)
            self._log = RunLog(folder, self._record)
            self.ledger = Ledger(folder / LEDGER, newsroom.name, leave=self._keep_door)
        batches = Batches(
            folder, run=record.id, tables=opened.tables, warcs=opened.warcs, clock=opened.clock
        )
        self._recorder = Recorder(batches, Rereader(folder, newsroom, rules))
        if opened.erasing is not None:
            try:
                self._erase(opened.erasing, recorded=opened.erasure_recorded)
            except ArchiveDamaged as error:  # for verify to tell; it must not stop every run
                self._notes.append(f"{opened.erasing.id} could not be erased: {error}")
        if record.command != REPAIR and self._record.short:
            self._bring_back()
        self.repairs = (*opened.repairs, *self._notes)

    def record(self, findings: Sequence[Finding]) -> list[Outcome]:
        """Take *findings*, and return what became of each; it is on disk then.

        One of which nothing can come (no valid line, no such article) has its
        :attr:`Outcome.problem`, and the others are recorded. Raises :exc:`ArchiveError` when the
        archive cannot be written, or is closed.
        """
        return [outcome for part in apart(findings) for outcome in self._record_part(part)]

    def _record_part(self, findings: Sequence[Finding]) -> list[Outcome]:
        batches = self._recorder.batches
        with self._writing():
            try:
                self._recorder.begin(findings)
                outcomes = [self._take(finding) for finding in findings]
                self._recorder.commit_files()
            except (OSError, sqlite3.Error):
                batches.rollback()
                raise
            try:
                batches.commit_ledger()
            except (OSError, sqlite3.Error) as error:  # the next start catches up with the lines
                problem = self._break(error)
                outcomes = [each if each.line else _nothing(each.url, problem) for each in outcomes]
            self._counts.update(each.kind for each in outcomes)
            return outcomes

    def _take(self, finding: Finding) -> Outcome:
        try:
            return self._recorder.take(finding)
        except (ArchiveError, InvalidRecord) as error:
            return _nothing(getattr(finding, "url", ""), error)

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        """One thread at a time; what nobody foresaw ends the archive, as a failed write does."""
        with self._turn:
            if self._closed:
                raise ArchiveError("The archive is closed")
            if self._broken is not None:
                raise self._broken
            try:
                yield
            except (OSError, sqlite3.Error) as error:
                raise self._break(error) from error
            except (ArchiveError, InvalidRecord):
                raise
            except BaseException:
                self._break("an error in this program")
                raise

    def _break(self, problem: Exception | str) -> ArchiveError:
        """Refuse everything from now on."""
        if isinstance(problem, sqlite3.Error):
            name = getattr(problem, "sqlite_errorname", "") or ""
            self._ledger_damaged = isinstance(problem, LedgerDamaged) or name.startswith(
                ("SQLITE_CORRUPT", "SQLITE_NOTADB")
            )
        self._broken = ArchiveError(
            f"{self.folder} can no longer be written ({problem}); what was reported is on disk"
        )
        return self._broken

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[Tables]:
        with self._writing(), self._tables.transaction():
            yield self._tables

    def listed(self, links: Iterable[Link]) -> None:
        """Note that doors listed *links*; see :func:`crawler.archive.ledger.note`."""
        present = self._clock()
        kept = [
            attrs.evolve(link, lastmod=None) if is_ahead(link.lastmod, present) else link
            for link in links
            if is_text(link.url)
        ]
        with self._transaction() as tables:
            note(tables, kept, seconds(present), self.newsroom.name)

    def keep_validators(self, url: str, etag: str | None, last_modified: str | None) -> None:
        """Keep the validators of a door's document. Those of articles are kept by themselves."""
        with self._transaction() as tables:
            tables.keep_document(url, etag, last_modified)

    @property
    def furniture(self) -> tuple[str, ...]:
        """Blocks of text that are the site's and no article's, as far as they are known by now."""
        return self._recorder.furniture.blocks

    def stored_pages(self, id_: str) -> list[Capture]:
        """Return the pages of an article as they were last captured; none where none can be read."""
        known = self.ledger.article(id_)
        if known is None:
            return []
        return attempt(partial(self._recorder.rereader.pages, known))[0] or []

    def witnesses(self) -> list[AddressRow]:
        """Return articles to look at before the run ends, so that what waits can be judged."""
        if not self._recorder.undecided():
            return []
        waiting = tuple(self._recorder.held.known)
        return self.ledger.unchanged(self._record.begin, WITNESSES, without=waiting)

    def settle(self) -> Settlement:
        """Judge what waited for the end of the run, once: when all findings are in.

        :meth:`finish` does it otherwise, for a caller that has no use for the answer.
        """
        if self._settlement is None:
            with self._writing():
                self._settlement = self._recorder.settle()
            self._counts.update(each.kind for each in self._settlement.judged)
        return self._settlement

    def erase(self, id_: str, reason: str = "") -> Erased:
        """Withhold an article for that *reason*, and take it out of the archive's files.

        Killed at any moment, the next start finishes it. Without a reason it must be withheld
        already: raises :exc:`ArchiveError` when it is not, or there is no such article.
        """
        with self._writing():
            intent = intend(self._recorder.batches, id_, reason)
        return self._erase(intent, recorded=False)

    def _erase(self, intent: Intent, *, recorded: bool) -> Erased:
        withheld = False
        if intent.reason:
            (outcome,) = self.record([Withhold(intent.id, intent.reason)])
            if outcome.problem is not None:
                raise outcome.problem
            withheld = outcome.line is not None
        with self._writing():
            erased = erase(self._recorder.batches, intent, self.newsroom.name)
            if not recorded:
                lines = Counter(self._record.erased) + Counter(intent.lines)
                self._say(erased=dict(lines))
            (self.folder / INTENT).unlink()
            sync_folder(self.folder)
        self._notes.append(str(erased))
        return attrs.evolve(erased, withheld=withheld)

    def _say(self, **known: Any) -> None:
        """Put into the run's record what is known by now."""
        self._record = attrs.evolve(self._record, **known)
        self._log.complete(self._record, room=ROOM)

    def finish(self, report: RunReport) -> RunRecord:
        """Complete this run's line in ``runs.jsonl``, and return the record.

        Settles, and, unless the run failed, compresses finished months. Its exit code is 1 where the
        archive could not be written, whatever *report* says. Raises :exc:`ArchiveError` when not even
        the record can be written.
        """
        notes = [*self.repairs, *self._notes, *report.notes]
        settled = Settlement()
        try:
            settled = self.settle()
            if report.exit_code != 1:
                with self._writing():
                    notes += self._seal()
        except ArchiveError as error:
            notes.append(str(error))
        if settled.mass:
            notes.append(
                f"{settled.vanished} of {settled.looked_at} articles looked at are missing: none "
                "is recorded as gone; see whether the site is ill"
            )
        self._finished = True
        try:
            return self._log.complete(self._completed(report, settled, notes))
        except OSError as error:
            raise ArchiveError(f"{self.folder}/runs.jsonl cannot be written: {error}") from error

    def account_for_losses(
        self, *, record: bool = True, suspected: Iterable[str] = ()
    ) -> tuple[Counter[str], Counter[str]]:
        """Make again what lines captures hold of those that runs report, and *record* the others.

        Returns run → lines that were made again, and run → lines that are lost. *suspected* are
        months of which nothing is wrong but their digest; it is taken anew where lines were lost.
        """
        remaker = Remaker(self.folder, self.newsroom, self._rules)
        made = self._make_again(remaker)
        lost = remaker.lacking - made
        # Without *record* what is short is counted now, and not only by the last run.
        known = {"lost": {**lost, **remaker.back()}, "short": 0}
        self._record = attrs.evolve(self._record, **(known if record else {"short": lost.total()}))
        if record or not lost:
            changed = remaker.changed(suspected)
            with self._writing():
                update_manifest(self.folder, self.newsroom.name, changed=changed)
        return made, lost

    def _bring_back(self) -> None:
        """Make lines again that earlier runs reported and that are not there; say how that went."""
        try:
            made, _ = self.account_for_losses(record=False)
        except ArchiveDamaged as error:
            self._notes.append(f"Lines that are lost are not made again: {error}")
        else:
            what = f"{made.total():,} lines that were lost are made again from their captures"
            self._notes += [what] if made else []
        self._notes += self._shortage()

    def _make_again(self, remaker: Remaker) -> Counter[str]:
        """Make again what can be of the lines that runs lack; return run → how many."""
        batches, made = self._recorder.batches, Counter[str]()
        with self._writing():
            found = remaker.find()
            if not found:
                return made
            # What is planned is said first, so that a kill leaves no line that nobody accounts for.
            self._say(made=Counter(each.run for each in found))
            own = Counter(batches.wrote)
            try:
                remaker.make(found, batches, made)
            finally:
                batches.wrote = own
                self._record = attrs.evolve(self._record, made=made)
            self._say()
        return made

    def _shortage(self) -> list[str]:
        """Return what to say of lines that should be there and are not."""
        said = (
            f"{self._record.short:,} of the lines that earlier runs reported are not there: scrapy "
            f"verify {self.newsroom.name} --repair makes again what captures hold and records the "
            "rest as lost; until then every run ends with 1"
        )
        return [said] if self._record.short else []

    def _completed(self, report: RunReport, settled: Settlement, notes: Iterable[str]) -> RunRecord:
        counts = self._counts + Counter(gone=len(settled.gone))
        stated = attrs.asdict(report, recurse=False) | {each: counts[each] for each in _COUNTED}
        if self._broken or self._record.short:
            stated["exit_code"] = 1
        stated |= {"notes": tuple(dict.fromkeys(notes))}
        return attrs.evolve(
            self._record,
            **stated,
            end=max(stamp(self._clock()), self._record.begin),
            unchanged=counts["unchanged"] + counts["seen"],
            wrote=dict(self._recorder.batches.wrote),
        )

    def close(self, *, keep_empty: bool = True) -> None:
        """Let go of the files and of the lock. Idempotent.

        Without *keep_empty* a new archive that knows of no address is removed.
        """
        with self._turn:
            if self._closed:
                return
            self._closed = True
            empty = self._is_new and self._broken is None and not self.ledger.states()
            removed = empty and not keep_empty
            self.ledger.close()  # first, so that SQLite's log goes when the writing end closes
            self._recorder.close()
            if self._ledger_damaged:
                remove_ledger(self.folder / LEDGER)  # the next start rebuilds it
            if removed:
                _remove(self.folder)
            self._lock.release()

    def _seal(self) -> list[str]:
        """Compress months that are over, and note digests; return what went wrong."""
        sizes = self._tables.files()
        try:
            for month in finished_months(self.folder, self._clock()):
                compress(month, sizes.get(month.plain_name, (0, None))[1])
            update_manifest(self.folder, self.newsroom.name)
        except (OSError, ArchiveDamaged) as error:
            return [f"Finished months stay as they are: {error}"]
        return []

    def _keep_door(self, name: str, left: Mapping[str, Any]) -> None:
        with self._transaction() as tables:
            tables.keep_door(name, left)

    def __enter__(self) -> Self:
        """Close at the end of the block; one that ends by an error is recorded as failed.

        One that ends well though the archive could not be written, or lacks lines, raises why.
        """
        return self

    def __exit__(self, _: object, error: BaseException | None, trace: object) -> None:
        if error is not None and not self._finished:
            with contextlib.suppress(ArchiveError):
                self.finish(RunReport(exit_code=1, notes=(f"ended by {error!r}",)))
        self.close()
        if error is None and self._broken is not None:
            raise self._broken
        if error is None and self._finished and self._record.short:
            raise ArchiveError("; ".join(self._shortage()))


def _remove(folder: Path) -> None:
    """Remove an archive of which nothing is known but its name; what is not ours stays."""
    if month_files(folder) or warc_files(folder, folder.name):
        return
    remove_ledger(folder / LEDGER)
    for name in (RUNS, MANIFEST, LOCK, IDENTITY):
        (folder / name).unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        folder.rmdir()


def _nothing(url: str, problem: ArchiveError | InvalidRecord) -> Outcome:
    return Outcome(kind="invalid", url=url, problem=problem)
