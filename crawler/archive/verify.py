"""Everything that an archive says of itself, checked against everything else it says."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import sqlite3
import tempfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeAlias

import attrs

from crawler.archive.archive import Archive
from crawler.archive.erase import INTENT
from crawler.archive.files import (
    ARTICLES,
    SUFFIX,
    MonthFile,
    RawLine,
    digest,
    file_of,
    month_files,
    read_manifest,
)
from crawler.archive.furniture import read_furniture, valid_at
from crawler.archive.identity import IDENTITY, Lock, read_identity
from crawler.archive.revisions import Rules, differing
from crawler.archive.rows import ArticleRow, Rows, apply_line, columns
from crawler.archive.runs import (
    REPAIR,
    RUNS,
    Accounts,
    RunRecord,
    RunReport,
    few,
    restore_runs,
    scan_runs,
    told_by_run,
)
from crawler.archive.tables import LEDGER, SCHEMA, Tables, connect, remove_ledger
from crawler.archive.warc import crc_of
from crawler.archive.warc_reading import (
    FOLDER,
    Damage,
    StoredRecord,
    flaw,
    recent_captures,
    stored,
)
from crawler.codec import Line, dump_line
from crawler.errors import ArchiveDamaged, attempt
from crawler.items import Article, Gone, Withheld
from crawler.newsrooms import Newsroom
from crawler.timestamps import stamp

_CHUNK: Final = 200


Problem: TypeAlias = ArchiveDamaged
"""Something that is not as it should be, and where."""


class Suspicion(Problem):
    """What a checksum or a list says of a whole file; nothing new where more is known of it."""


@attrs.define
class Tally:
    """What a verification has looked at."""

    lines: int = 0
    captures: int = 0
    records: int = 0
    compared: int = 0
    """Article lines that today's rules were asked to give again."""

    others: int = 0
    """Article lines that other rules wrote, whose content was not compared."""

    lost: int = 0
    """Lines that a repair has recorded as lost."""

    unnamed: int = 0
    """Responses with status 200 that no line names: of pages that were refused, as a rule."""


def verify(
    folder: Path, newsroom: Newsroom, rules: Rules, tally: Tally | None = None
) -> Iterator[Problem]:
    """Yield what is wrong with the archive in *folder*, one for each cause; nothing when all is well.

    Every line: form, order, key, run, captures, and, where today's rules wrote it, that they
    give it again. How many lines there are, against what the runs report. Every WARC record: form
    and digests. The manifest, the runs, and the ledger against the lines. *tally*, where given,
    counts what was looked at. Reads everything once and some of it twice; memory does not grow
    with the archive, whose ledger is made anew in a temporary file. Whoever calls it holds the
    lock, or knows that nobody writes; it needs not be allowed to write itself.
    """
    named: set[str] = set()
    with tempfile.TemporaryDirectory(prefix="verify-") as temporary:
        fresh = Tables(Path(temporary) / f"fresh-{LEDGER}", durable=False)
        with closing(fresh):
            ledger = _readable_ledger(folder, Path(temporary))
            look = _Verification(folder, newsroom, rules, tally or Tally(), fresh)
            for problem in look.run(ledger):
                named.add(problem.file)
                yield problem
    for suspicion in look.suspicions:
        if suspicion.file not in named:
            named.add(suspicion.file)
            yield suspicion


def _readable_ledger(folder: Path, temporary: Path) -> Path:
    """Return where the ledger can be read: SQLite wants to write beside it, else it is a copy."""
    path = folder / LEDGER
    if os.access(folder, os.W_OK):
        return path
    for each in folder.glob(f"{LEDGER}*"):
        shutil.copyfile(each, temporary / each.name)
    return temporary / LEDGER


# Whether the row of an article says what its lines say. Its address may be newer than its line.
_COMPARED = ", ".join(name for name in columns(ArticleRow) if name != "url")
_ROWS = f"SELECT {_COMPARED} FROM"
_STRANGE: Final = {
    f"{_ROWS} main.articles EXCEPT {_ROWS} live.articles": "does not say of {} what its lines say",
    "SELECT id FROM live.articles EXCEPT SELECT id FROM main.articles": "knows {}, of which there "
    "is no line",
    "SELECT id FROM live.articles AS a LEFT JOIN live.addresses AS b ON a.url = b.url WHERE b.url "
    "IS NULL": "has no address of {}",
}
"""What of the ledger is not as the lines have it."""


class _Verification:
    """One look at an archive; makes *fresh*, an empty ledger, from its lines."""

    def __init__(
        self, folder: Path, newsroom: Newsroom, rules: Rules, tally: Tally, fresh: Tables
    ) -> None:
        self.folder = folder
        self.newsroom = newsroom
        self.rules = rules
        self.tally = tally
        self.tables = fresh
        told = [each for _, each in scan_runs(folder)]
        self.bad_runs = [each for each in told if isinstance(each, Problem)]
        self.accounts = Accounts(each for each in told if isinstance(each, RunRecord))
        self.accounted: dict[str, tuple[int, int]] = {}
        """File → size and crc32 of what the ledger has of it."""
        self.present: Counter[tuple[str, str]] = Counter()
        """Run and plain name of a file → lines of that run in it."""
        self.first: dict[str, Problem] = {}
        """Run of which there is no record → where a line names it first."""
        self.unread = 0  # lines that are none
        self.jumps: dict[str, Problem] = {}
        """Articles whose lines leave a revision out: where one is lost, it is that."""
        self.wrong: set[str] = set()
        """Articles of which a line is wrong, so that the ledger says otherwise."""
        self.damage: dict[tuple[str, int], str] = {}
        """File and offset of a capture that lines name → why it cannot be read."""
        self.absent: Counter[str] = Counter()
        """WARC file that is not there → captures in it that lines name."""
        self.suspicions: list[Suspicion] = []
        self._captures = recent_captures(folder)
        self._furniture = read_furniture(folder)
        self._written_at = ""
        self._newest = -1
        fresh.connection.executescript(
            "CREATE TEMP TABLE named (warc TEXT, offset INTEGER, PRIMARY KEY (warc, offset))"
            " WITHOUT ROWID; CREATE TEMP TABLE behind (id TEXT PRIMARY KEY) WITHOUT ROWID;"
        )

    def _suspect(self, file: str, offset: int, what: str) -> None:
        self.suspicions.append(Suspicion(file, offset, what))

    def run(self, ledger: Path) -> Iterator[Problem]:
        """Yield problems; what is suspected counts only where nothing better is said of a file."""
        self.tally.lost = self.accounts.lost.total()
        with suppress(sqlite3.Error), closing(connect(ledger, read_only=True)) as connection:
            rows = connection.execute("SELECT name, size, crc FROM files")
            self.accounted = {name: (size, crc) for name, size, crc in rows}
        yield from self.bad_runs
        for path in [*self.folder.glob("*.tmp"), *(self.folder / FOLDER).glob("*.tmp")]:
            what = "left over by a run that was killed; the next one removes it"
            yield Problem(path.name, 0, what)
        if (self.folder / INTENT).exists():
            yield Problem(INTENT, 0, "an erasure was not finished; the next run finishes it")
        yield from self._check_lines()
        yield from self._check_warcs()
        yield from self._check_manifest()
        yield from self._check_identity()
        strange = [*self.jumps.items(), *self._check_ledger(ledger)]
        yield from (problem for id_, problem in strange if not id_)
        yield from self._check_counts(
            [each for each in strange if each[0] and each[0] not in self.wrong]
        )

    # --- lines

    def _check_lines(self) -> Iterator[Problem]:
        for file in month_files(self.folder):
            name = file.path.name
            if not file.compressed and file.packed.exists():
                yield Problem(name, 0, "is there compressed, too; the plain file counts")
            chunk: list[tuple[Line, RawLine]] = []
            known, known_crc = self.accounted.get(file.plain_name, (0, 0))
            end = crc = 0
            altered = False
            try:
                for raw in file.lines():
                    end = raw.end
                    crc = zlib.crc32(raw.content, crc)
                    altered |= end == known and crc != known_crc
                    try:
                        chunk.append((raw.parse(), raw))
                    except Problem as error:
                        self.unread += 1
                        yield error
                    if len(chunk) == _CHUNK:
                        yield from self._check_chunk(file, chunk, known)
                        chunk = []
            except Problem as error:
                yield error
            yield from self._check_chunk(file, chunk, known)
            if not file.compressed and end < file.path.stat().st_size:
                yield Problem(name, end, "a torn line; the next run cuts it")
            if end < known:
                self._suspect(name, end, f"{known - end} bytes shorter than the ledger knows")
            if altered:
                self._suspect(name, 0, f"its first {known} bytes are not what was written")

    def _check_chunk(
        self, file: MonthFile, chunk: list[tuple[Line, RawLine]], accounted: int
    ) -> Iterator[Problem]:
        rows = self.tables.rows()
        rows.fetch([line.url for line, _ in chunk], [line.id for line, _ in chunk])
        with self.tables.transaction():
            for line, raw in chunk:
                self.tally.lines += 1
                self.present[line.run or "", file.plain_name] += 1
                if raw.offset >= accounted:
                    self._note("behind", [(line.id,)])
                wrong = [*self._check_line(line, raw, rows)]
                if wrong:
                    self.wrong.add(line.id)
                    yield from (Problem(raw.file, raw.offset, f"{line.id}: {x}") for x in wrong)
            self.tables.put(rows)

    def _check_line(self, line: Line, raw: RawLine, rows: Rows) -> Iterator[str]:
        place = partial(Problem, raw.file, raw.offset)
        if line.run not in self.accounts.runs:
            what = f"{line.id}: run {line.run} is not in {RUNS}"
            self.first.setdefault(line.run or "", place(what))
        yield from _check_form(line, raw.content)
        yield from self._check_place(line, raw.plain_file)
        what, jump = self._check_order(line, rows.article(line.id))
        if jump:
            self.jumps[line.id] = place(f"{line.id}: {what}")
        elif what:
            yield what
        apply_line(rows, line)
        yield from self._check_captures(line)

    def _note(self, table: str, rows: list[tuple[Any, ...]]) -> None:
        if rows:
            marks = ", ".join("?" * len(rows[0]))
            query = f"INSERT OR IGNORE INTO temp.{table} VALUES ({marks})"  # noqa: S608 -- our own
            self.tables.connection.executemany(query, rows)

    def _check_place(self, line: Line, file: str) -> Iterator[str]:
        if line.site != self.newsroom.name:
            yield f"site is {line.site}, want {self.newsroom.name}"
        written = line.written_at or ""
        if written < self._written_at:
            yield f"written at {written}, before the line before it ({self._written_at})"
        self._written_at = max(written, self._written_at)
        if file_of(written) != file:
            yield f"written at {written}, in the file of another month"

    def _check_order(self, line: Line, known: ArticleRow | None) -> tuple[str, bool]:
        """Return what is wrong with a line's revision, and whether one before it is missing."""
        place = self.accounts.order(line.run or "")
        again = 0 <= place < self._newest  # was lost, and made again from its captures
        self._newest = max(place, self._newest)
        if isinstance(line, Withheld):
            return "", False
        before, was_gone = (known.revision, known.state == "gone") if known else (0, False)
        said = f"revision {before}" + (", gone" if was_gone else "") if known else "no line"
        gone = isinstance(line, Gone)
        what = f"{'gone as ' * gone}revision {line.revision}{',' * gone} after {said}"
        if line.revision > before + 1 or (known is None and gone):
            return what, True
        if again and line.revision <= before:
            self.jumps.pop(line.id, None)  # that is the one
            return "", False
        if gone or was_gone:
            wrong = line.revision != before + 1 or (gone and was_gone)
        elif known is not None and isinstance(line, Article) and line.revision == before:
            wrong = known.has_line(line, last=True)
        else:
            wrong = line.revision < before
        if line.revision == before and not gone:
            what = f"a second line of revision {line.revision} that says the same"
        return what if wrong else "", False

    def _check_captures(self, line: Line) -> Iterator[str]:
        """Yield in what an article is not what today's rules make of its captures."""
        if isinstance(line, Withheld):
            return
        self._note("named", [(each.warc, each.offset) for each in line.captures])
        captures = []
        for reference in line.captures:
            self.tally.captures += 1
            try:
                captures.append(self._captures(reference))
            except Problem as error:
                if (self.folder / error.file).exists():
                    self.damage.setdefault((error.file, error.offset), error.problem)
                else:
                    self.absent[error.file] += 1
        if not isinstance(line, Article) or len(captures) < len(line.captures):
            return
        if line.extractor != self.rules.extractor:
            self.tally.others += 1
            return
        self.tally.compared += 1
        names: list[str] = []
        for blocks in valid_at(self._furniture, line.written_at or ""):
            again, why = attempt(
                partial(self.rules.extract, captures, self.newsroom, line.post_id, blocks)
            )
            if again is None:
                yield f"its captures cannot be read: {why}"
                return
            names = differing(line, again)
            if not names:
                return
        yield f"its captures give another {', '.join(names)}"

    # --- other files

    def _check_warcs(self) -> Iterator[Problem]:
        """Yield what is wrong with WARC files, and with captures that lines name, once for each."""
        said: list[tuple[str, int, int | None]] = []
        for name, record in stored(self.folder):
            if isinstance(record, Damage):
                upto = f"byte {record.end}" if record.end else "its end"
                what = f"no WARC record can be read up to {upto} ({record.problem})"
                said.append((name, record.offset, record.end))
                yield Problem(name, record.offset, what)
                continue
            self.tally.records += 1
            if wrong := _wrong(record):
                said.append((name, record.offset, record.offset + record.length))
                yield Problem(name, record.offset, wrong)
            if record.kind == "response" and b" 200" in record.block[:13]:
                query = "SELECT 1 FROM temp.named WHERE warc = ? AND offset = ?"
                found = self.tables.connection.execute(query, (name, record.offset))
                self.tally.unnamed += found.fetchone() is None
        for (name, offset), what in self.damage.items():
            if not any(
                name == each and a <= offset and (b is None or offset < b) for each, a, b in said
            ):
                yield Problem(name, offset, what)
        for name, count in self.absent.items():
            yield Problem(name, 0, f"is not there; lines name {count} captures in it")
        for name, (size, crc) in self.accounted.items():
            if not name.startswith(f"{FOLDER}/"):
                continue
            path = self.folder / name
            if not path.exists():
                self._suspect(name, 0, f"is not there; the ledger knows {size} bytes of it")
            elif size and crc_of(path, size) != crc:
                self._suspect(name, 0, f"its first {size} bytes are not what was written")

    def _check_manifest(self) -> Iterator[Problem]:
        try:
            listed = read_manifest(self.folder)
        except Problem as error:
            yield error
            return
        for name, stated in listed.items():
            path = self.folder / name
            if not path.exists():
                self._suspect(name.removesuffix(SUFFIX), 0, "is in the manifest but not there")
            elif digest(path) != stated:
                what = f"is not what it was when it was finished (sha256 {stated})"
                self._suspect(name, 0, what)

    def _check_identity(self) -> Iterator[Problem]:
        try:
            identity = read_identity(self.folder)
        except Problem as error:
            yield Problem(IDENTITY, error.offset, error.problem)
            return
        if identity is None:
            yield Problem(IDENTITY, 0, "is missing")
        stated = identity.withheld if identity else ()
        query = "SELECT id FROM articles WHERE state = 'withheld'"
        for (id_,) in self.tables.connection.execute(query):
            if id_ not in stated:
                yield Problem(IDENTITY, 0, f"does not name {id_}, which is withheld")

    def _check_ledger(self, ledger: Path) -> Iterator[tuple[str, Problem]]:
        """Yield id and problem of each article of which the ledger does not say what its lines say.

        That it has not seen the newest lines yet is none: the next run catches up.
        """
        if not ledger.exists():  # a cache: the next run makes it
            return
        connection = self.tables.connection
        try:
            connection.execute("ATTACH ? AS live", (f"{ledger.absolute().as_uri()}?mode=ro",))
            for (said,) in connection.execute("PRAGMA live.integrity_check(10)"):
                if said != "ok":
                    yield "", Problem(LEDGER, 0, said)
                    return
            [version] = connection.execute("PRAGMA live.user_version").fetchone()
            if version < SCHEMA:  # an earlier program's; the next run makes it anew
                return
            for query, what in _STRANGE.items():
                of = f"SELECT id FROM ({query}) WHERE id NOT IN (SELECT id FROM temp.behind)"  # noqa: S608 -- our own
                for (id_,) in connection.execute(of):
                    yield id_, Problem(LEDGER, 0, what.format(id_))
        except sqlite3.DatabaseError as error:
            yield "", Problem(LEDGER, 0, str(error))

    # --- counts

    def _check_counts(self, strange: list[tuple[str, Problem]]) -> Iterator[Problem]:
        """Yield what is wrong with the number of lines.

        What is *strange* about articles is said only where no line that is lost explains it.
        """
        lacking = self.accounts.lacking(self.present)
        lost = sum(count for count in lacking.values() if count > 0)
        odd = sum(map(abs, lacking.values())) + self.unread + self.tally.lost
        if lost <= self.unread:  # these are the lines that cannot be read, and said already
            lacking = {run: count for run, count in lacking.items() if count < 0}
        ids = list(dict.fromkeys(id_ for id_, _ in strange))
        if len(ids) > odd:
            yield from (problem for _, problem in strange)
            ids = []
        for file, what in self.accounts.by_file(self.folder, self.present, lacking):
            yield Problem(file, 0, f"{what}; of {few(ids)}" if ids else what)
        first = self.first
        lines = sum(count for (run, _), count in self.present.items() if run in first)
        if first and not (self.folder / RUNS).exists():
            yield Problem(RUNS, 0, f"is not there; {lines} lines name {len(first)} runs")
        elif len(first) > max(len(self.bad_runs), 1):
            what = f"tells nothing of {len(first)} runs that {lines} lines name: {few(list(first))}"
            yield Problem(RUNS, 0, what)
        elif len(first) > len(self.bad_runs):
            yield from first.values()


def _check_form(line: Line, raw: bytes) -> Iterator[str]:
    names = [field.name for field in attrs.fields(type(line))]
    there = list(json.loads(raw))
    if there == names:
        if dump_line(line) != raw:
            yield "is not written as this program writes it"
        return
    missing = [name for name in names if name not in there]
    if missing:
        yield f"has no {', '.join(missing)}"
    elif [name for name in there if name in names] != names:
        yield "its keys are not in their order"


def _wrong(record: StoredRecord) -> str | None:
    """What is wrong with a record that can be read."""
    if record.offset == 0 and record.kind != "warcinfo":
        return f"the file begins with {record.kind or 'a record without a type'}, want warcinfo"
    return flaw(record)


# putting right what is safe to


@attrs.frozen
class Repaired:
    """What was put right, one message each, and how many lines are lost for good."""

    done: tuple[str, ...]
    lost: int


def repair(
    folder: Path,
    newsroom: Newsroom,
    rules: Rules,
    problems: Iterable[Problem],
    *,
    clock: Callable[[], dt.datetime],
    trust_clock: bool = False,
) -> Repaired:
    """Put right of *problems* what is safe to, in a run of its own.

    Torn tails are cut, leftovers removed, a ledger that disagrees with the lines is made anew (its
    look times begin afresh), ``archive.json`` gets the ids that lines withhold, a month that is
    both plain and compressed is compressed again, lines of ``runs.jsonl`` that are none are taken
    out. Lines that runs report and that are not there are made again from their captures, and those
    of which there are none recorded as lost. Lines and records that are damaged, or that another
    record should be, stay as they are: only a backup, or the newsroom, has them.
    """
    problems = list(problems)
    files = {problem.file for problem in problems}
    suspected = [
        each.file
        for each in problems
        if isinstance(each, Suspicion) and each.file.startswith(ARTICLES)
    ]
    with Lock(folder, f"scrapy {REPAIR} {newsroom.name}", stamp(clock())):
        done = restore_runs(folder, _lines_known(folder), stamp(clock()))
        if any(name in (LEDGER, IDENTITY) or name.startswith(ARTICLES) for name in files):
            remove_ledger(folder / LEDGER)
    with Archive.open(
        folder, newsroom, rules, command=REPAIR, clock=clock, trust_clock=trust_clock
    ) as archive:
        done += archive.repairs
        made = lost = Counter[str]()
        try:
            made, lost = archive.account_for_losses(suspected=suspected)
        except Problem as error:
            done.append(f"what lines are lost cannot be told: {error}")
        if made:
            done.append(
                f"{made.total()} lines made again from their captures ({told_by_run(made)})"
            )
        if lost:
            done.append(
                f"{lost.total()} lines are lost, and recorded as lost: no capture has them, or other "
                f"lines say as much ({told_by_run(lost)})"
            )
        archive.finish(RunReport(exit_code=1 if lost else 0, notes=tuple(done)))
    return Repaired(tuple(done), lost.total())


def _lines_known(folder: Path) -> int:
    """Return how many lines there were when the ledger was last written, 0 where it is lost."""
    query = "SELECT value FROM meta WHERE name = 'lines'"
    with suppress(sqlite3.Error), closing(connect(folder / LEDGER, read_only=True)) as ledger:
        return sum(int(value) for (value,) in ledger.execute(query))
    return 0
