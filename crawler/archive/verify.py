"""Everything that an archive says of itself, checked against everything else it says."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import tempfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, Final

import attrs

from crawler.archive import runs
from crawler.archive.erase import INTENT
from crawler.archive.finishing import digest, read_manifest
from crawler.archive.furniture import read_furniture, valid_at
from crawler.archive.identity import NAME as IDENTITY
from crawler.archive.identity import read_identity
from crawler.archive.lines import SUFFIX, MonthFile, month_files
from crawler.archive.losses import Accounts, by_file, few, of_runs
from crawler.archive.rereading import differing
from crawler.archive.revisions import Rules
from crawler.archive.runs import RunRecord, scan_runs
from crawler.archive.tables import NAME as LEDGER
from crawler.archive.tables import (
    SCHEMA,
    ArticleRow,
    Tables,
    apply_line,
    columns,
    connect,
)
from crawler.archive.warc import crc_of
from crawler.archive.warc_reading import (
    FOLDER,
    NotARecord,
    StoredRecord,
    flaw,
    next_record_after,
    recent_captures,
    records,
)
from crawler.codec import Line, dump_line, parse_line
from crawler.errors import ArchiveDamaged, InvalidRecord, attempt
from crawler.items import Article, Capture, CaptureReference, Gone, Withheld
from crawler.newsrooms import Newsroom

_CHUNK: Final = 200


@attrs.frozen
class Problem:
    """Something that is not as it should be, and where."""

    file: str
    offset: int
    what: str

    def __str__(self) -> str:
        return f"{self.file}: byte {self.offset}: {self.what}"


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


class LineChecker:
    """Goes through the lines of an archive, and makes *fresh*, an empty ledger, from them."""

    def __init__(
        self, folder: Path, newsroom: Newsroom, rules: Rules, fresh: Tables, accounts: Accounts
    ) -> None:
        self.folder = folder
        self.newsroom = newsroom
        self.rules = rules
        self.tables = fresh
        self.accounts = accounts
        self.tally = Tally()
        self.present: Counter[tuple[str, str]] = Counter()
        """Run and plain name of a file → lines of that run in it."""
        self.first: dict[str, Problem] = {}
        """Run of which there is no record → where a line names it first."""
        self.unread = 0
        """Lines that are none."""
        self.jumps: dict[str, Problem] = {}
        """Articles whose lines leave a revision out: where one is lost, it is that."""
        self.wrong: set[str] = set()
        """Articles of which a line is wrong, so that the ledger says otherwise."""
        self.damage: dict[tuple[str, int], str] = {}
        """File and offset of a capture that lines name → why it cannot be read."""
        self.absent: Counter[str] = Counter()
        """WARC file that is not there → captures in it that lines name."""
        self._captures = recent_captures(folder)
        self._furniture = read_furniture(folder)
        self._written_at = ""
        self._newest = -1
        fresh.connection.executescript(
            "CREATE TEMP TABLE named (warc TEXT, offset INTEGER, PRIMARY KEY (warc, offset))"
            " WITHOUT ROWID; CREATE TEMP TABLE behind (id TEXT PRIMARY KEY) WITHOUT ROWID;"
        )

    def check(self, accounted: Mapping[str, tuple[int, int]]) -> Iterator[Problem]:
        """Yield what is wrong with any line; *accounted* is what the ledger has of each file."""
        for file in month_files(self.folder):
            if not file.compressed and file.path.with_name(file.path.name + SUFFIX).exists():
                yield Problem(file.path.name, 0, "is there compressed, too; the plain file counts")
            yield from self._check_file(file, accounted.get(file.plain_name, (0, 0)))

    def _check_file(self, file: MonthFile, accounted: tuple[int, int]) -> Iterator[Problem]:
        name = file.path.name
        chunk: list[tuple[Line, int, bytes]] = []
        end = crc = 0
        damaged = False
        try:
            for offset, raw in file.lines():
                end = offset + len(raw)
                crc = zlib.crc32(raw, crc)
                damaged |= end == accounted[0] and crc != accounted[1]
                try:
                    chunk.append((parse_line(raw), offset, raw))
                except InvalidRecord as error:
                    self.unread += 1
                    yield Problem(name, offset, str(error))
                if len(chunk) == _CHUNK:
                    yield from self._check_chunk(file, chunk, accounted[0])
                    chunk = []
        except ArchiveDamaged as error:
            yield Problem(error.file, error.offset, error.problem)
        yield from self._check_chunk(file, chunk, accounted[0])
        if not file.compressed and end < file.path.stat().st_size:
            yield Problem(name, end, "a torn line; the next run cuts it")
        if end < accounted[0]:
            yield Suspicion(name, end, f"{accounted[0] - end} bytes shorter than the ledger knows")
        if damaged:
            yield Suspicion(name, 0, f"its first {accounted[0]} bytes are not what was written")

    def _check_chunk(
        self, file: MonthFile, chunk: list[tuple[Line, int, bytes]], accounted: int
    ) -> Iterator[Problem]:
        rows = self.tables.rows()
        rows.fetch([line.url for line, _, _ in chunk], [line.id for line, _, _ in chunk])
        self.tables.begin()
        for line, offset, raw in chunk:
            self.tally.lines += 1
            place = Problem(file.path.name, offset, "")
            self.present[line.run or "", file.plain_name] += 1
            if line.run not in self.accounts.runs:
                what = f"{line.id}: run {line.run} is not in {runs.NAME}"
                self.first.setdefault(line.run or "", attrs.evolve(place, what=what))
            for what in self._check_line(line, file.month, raw):
                yield self._wrong(line, place, what)
            what, jump = self._check_order(line, rows.article(line.id))
            if what and jump:
                self.jumps[line.id] = attrs.evolve(place, what=f"{line.id}: {what}")
            elif what:
                yield self._wrong(line, place, what)
            apply_line(rows, line)
            if offset >= accounted:
                self._note("behind", [(line.id,)])
            if isinstance(line, Withheld):
                continue
            self._note("named", [(each.warc, each.offset) for each in line.captures])
            captures = self._read(line.captures)
            if isinstance(line, Article) and len(captures) == len(line.captures):
                for what in self._check_content(line, captures):
                    yield self._wrong(line, place, what)
        self.tables.put(rows)
        self.tables.commit()

    def _wrong(self, line: Line, place: Problem, what: str) -> Problem:
        self.wrong.add(line.id)
        return attrs.evolve(place, what=f"{line.id}: {what}")

    def _note(self, table: str, rows: list[tuple[Any, ...]]) -> None:
        if rows:
            marks = ", ".join("?" * len(rows[0]))
            query = f"INSERT OR IGNORE INTO temp.{table} VALUES ({marks})"  # noqa: S608 -- our own
            self.tables.connection.executemany(query, rows)

    def _check_line(self, line: Line, month: int, raw: bytes) -> Iterator[str]:
        yield from _check_form(line, raw)
        if line.site != self.newsroom.name:
            yield f"site is {line.site}, want {self.newsroom.name}"
        written = line.written_at or ""
        if written < self._written_at:
            yield f"written at {written}, before the line before it ({self._written_at})"
        self._written_at = max(written, self._written_at)
        if written[:7].replace("-", "") != str(month):
            yield f"written at {written}, in the file of another month"

    def _check_order(self, line: Line, known: ArticleRow | None) -> tuple[str, bool]:
        """Return what is wrong with a line's revision, and whether one before it is missing."""
        place = self.accounts.order(line.run or "")
        again = 0 <= place < self._newest  # was lost, and made again from its captures
        self._newest = max(place, self._newest)
        if isinstance(line, Withheld):
            return "", False
        before = known.revision if known else 0
        gone = "gone as " if isinstance(line, Gone) else ""
        what = f"{gone}revision {line.revision}{gone and ','} after {_said(known)}"
        if line.revision > before + 1 or (known is None and isinstance(line, Gone)):
            return what, True
        if again and line.revision <= before:
            self.jumps.pop(line.id, None)  # that is the one
            return "", False
        if not _disorder(line, known):
            return "", False
        if isinstance(line, Article) and line.revision == before:
            what = f"a second line of revision {line.revision} that says the same"
        return what, False

    def _check_content(self, line: Article, captures: list[Capture]) -> Iterator[str]:
        if line.extractor != self.rules.extractor:
            self.tally.others += 1
            return
        self.tally.compared += 1
        names: list[str] = []
        for blocks in valid_at(self._furniture, line.written_at or ""):
            again, error = attempt(
                partial(self.rules.extract, captures, self.newsroom, line.post_id, blocks)
            )
            if again is None:
                yield f"its captures cannot be read: {error}"
                return
            names = differing(line, again)
            if not names:
                return
        yield f"its captures give another {', '.join(names)}"

    def _read(self, references: tuple[CaptureReference, ...]) -> list[Capture]:
        captures = []
        for reference in references:
            self.tally.captures += 1
            try:
                captures.append(self._captures(reference))
            except ArchiveDamaged as error:
                if (self.folder / error.file).exists():
                    self.damage.setdefault((error.file, error.offset), error.problem)
                else:
                    self.absent[error.file] += 1
        return captures


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


def _disorder(line: Article | Gone, known: ArticleRow | None) -> bool:
    """Whether *line* must not follow what is *known*, the line before it."""
    if known is None:
        return False
    if isinstance(line, Gone) or known.state == "gone":
        return line.revision != known.revision + 1 or (
            isinstance(line, Gone) and known.state == "gone"
        )
    if line.revision == known.revision:
        return known.has_line(line)
    return line.revision < known.revision


def _said(known: ArticleRow | None) -> str:
    if known is None:
        return "no line"
    return f"revision {known.revision}" + (", gone" if known.state == "gone" else "")


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
    suspicions: list[Suspicion] = []
    with tempfile.TemporaryDirectory(prefix="verify-") as temporary:
        for problem in _problems(folder, newsroom, rules, Path(temporary), tally or Tally()):
            if isinstance(problem, Suspicion):
                suspicions.append(problem)
            else:
                named.add(problem.file)
                yield problem
    for suspicion in suspicions:
        if suspicion.file not in named:
            named.add(suspicion.file)
            yield suspicion


def _problems(
    folder: Path, newsroom: Newsroom, rules: Rules, temporary: Path, tally: Tally
) -> Iterator[Problem]:
    """Yield problems, and suspicions; these count only where nothing better is said of a file."""
    yield from _check_identity(folder)
    told = list(scan_runs(folder))
    wrong = [each for _, each in told if isinstance(each, ArchiveDamaged)]
    for error in wrong:
        yield Problem(error.file, error.offset, error.problem)
    for path in [*folder.glob("*.tmp"), *(folder / FOLDER).glob("*.tmp")]:
        yield Problem(path.name, 0, "left over by a run that was killed; the next one removes it")
    if (folder / INTENT).exists():
        yield Problem(INTENT, 0, "an erasure was not finished; the next run finishes it")
    accounts = Accounts(each for _, each in told if isinstance(each, RunRecord))
    ledger = _readable_ledger(folder, temporary)
    accounted = _accounted(ledger)
    fresh = Tables(temporary / f"fresh-{LEDGER}", durable=False)
    with closing(fresh):
        checker = LineChecker(folder, newsroom, rules, fresh, accounts)
        checker.tally = tally
        tally.lost = accounts.lost.total()
        yield from checker.check(accounted)
        yield from _check_warcs(folder, accounted, checker)
        yield from _check_manifest(folder)
        yield from _check_withheld(folder, fresh)
        differing_ = list(_check_ledger(ledger, fresh))
        yield from (problem for id_, problem in differing_ if not id_)
        strange = [
            each for each in (*checker.jumps.items(), *differing_) if each[0] not in checker.wrong
        ]
        yield from _check_counts(folder, checker, len(wrong), [each for each in strange if each[0]])


def _check_counts(
    folder: Path, checker: LineChecker, unread: int, strange: list[tuple[str, Problem]]
) -> Iterator[Problem]:
    """Yield what is wrong with the number of lines; *unread* lines of ``runs.jsonl`` are none.

    What is *strange* about articles is said only where no line that is lost explains it.
    """
    by_run = of_runs(checker.present)
    lacking = checker.accounts.lacking(by_run)
    lost = sum(count for count in lacking.values() if count > 0)
    odd = sum(map(abs, lacking.values())) + checker.unread + checker.tally.lost
    if lost <= checker.unread:  # these are the lines that cannot be read, and said already
        lacking = {run: count for run, count in lacking.items() if count < 0}
    ids = list(dict.fromkeys(id_ for id_, _ in strange))
    if len(ids) > odd:
        yield from (problem for _, problem in strange)
        ids = []
    for file, what in by_file(folder, checker.accounts, checker.present, lacking):
        yield Problem(file, 0, f"{what}; of {few(ids)}" if ids else what)
    first = checker.first
    if first and not (folder / runs.NAME).exists():
        lines = sum(by_run[run] for run in first)
        yield Problem(runs.NAME, 0, f"is not there; {lines} lines name {len(first)} runs")
    elif len(first) > max(unread, 1):
        lines = sum(by_run[run] for run in first)
        what = f"tells nothing of {len(first)} runs that {lines} lines name: {few(list(first))}"
        yield Problem(runs.NAME, 0, what)
    elif len(first) > unread:
        yield from first.values()


def _check_identity(folder: Path) -> Iterator[Problem]:
    try:
        if read_identity(folder) is None:
            yield Problem(IDENTITY, 0, "is missing")
    except ArchiveDamaged as error:
        yield Problem(IDENTITY, error.offset, error.problem)


def _readable_ledger(folder: Path, temporary: Path) -> Path:
    """Return where the ledger can be read: SQLite wants to write beside it, else it is a copy."""
    path = folder / LEDGER
    if os.access(folder, os.W_OK):
        return path
    for each in folder.glob(f"{LEDGER}*"):
        shutil.copyfile(each, temporary / each.name)
    return temporary / LEDGER


def _accounted(ledger: Path) -> dict[str, tuple[int, int]]:
    """How much of each file of lines the ledger accounts for, and its crc."""
    try:
        with closing(connect(ledger, read_only=True)) as connection:
            rows = connection.execute("SELECT name, size, crc FROM files").fetchall()
    except sqlite3.Error:  # missing, or said by _check_ledger
        return {}
    return {name: (size, crc) for name, size, crc in rows}


def _check_warcs(
    folder: Path, accounted: Mapping[str, tuple[int, int]], checker: LineChecker
) -> Iterator[Problem]:
    """Yield what is wrong with WARC files, and with captures that lines name, once for each."""
    bad: list[tuple[str, int, int]] = []
    for path in sorted((folder / FOLDER).glob("*.warc.gz")):
        name = f"{FOLDER}/{path.name}"
        with path.open("rb") as file:
            for start, end, what in _check_warc(name, file, checker):
                bad.append((name, start, end))
                yield Problem(name, start, what)
        size, crc = accounted.get(name, (0, 0))
        if size and crc_of(path, size) != crc:
            yield Suspicion(name, 0, f"its first {size} bytes are not what was written")
    for (name, offset), what in checker.damage.items():
        if not any(name == each and start <= offset < end for each, start, end in bad):
            yield Problem(name, offset, what)
    for name, count in checker.absent.items():
        yield Problem(name, 0, f"is not there; lines name {count} captures in it")
    for name, (size, _) in accounted.items():
        if name.startswith(f"{FOLDER}/") and not (folder / name).exists():
            yield Suspicion(name, 0, f"is not there; the ledger knows {size} bytes of it")


def _check_warc(name: str, file: BinaryIO, checker: LineChecker) -> Iterator[tuple[int, int, str]]:
    """Yield first byte, end and problem of whatever is no record, or not what it says."""
    start: int | None = 0
    named = "SELECT 1 FROM temp.named WHERE warc = ? AND offset = ?"
    while start is not None:
        end = start
        try:
            for record in records(file, start):
                checker.tally.records += 1
                end = record.offset + record.length
                if wrong := _wrong(record):
                    yield record.offset, end, wrong
                if record.kind == "response" and b" 200" in record.block[:13]:
                    row = checker.tables.connection.execute(named, (name, record.offset))
                    checker.tally.unnamed += row.fetchone() is None
        except NotARecord as error:
            start = next_record_after(file, end)
            upto = f"byte {start}" if start else "its end"
            until = start or file.seek(0, os.SEEK_END) + 1
            yield end, until, f"no WARC record can be read up to {upto} ({error})"
        else:
            return


def _wrong(record: StoredRecord) -> str | None:
    """What is wrong with a record that can be read."""
    if record.offset == 0 and record.kind != "warcinfo":
        return f"the file begins with {record.kind or 'a record without a type'}, want warcinfo"
    return flaw(record)


def _check_manifest(folder: Path) -> Iterator[Problem]:
    try:
        listed = read_manifest(folder)
    except ArchiveDamaged as error:
        yield Problem(error.file, error.offset, error.problem)
        return
    for name, stated in listed.items():
        path = folder / name
        if not path.exists():
            yield Suspicion(name.removesuffix(SUFFIX), 0, "is in the manifest but not there")
        elif digest(path) != stated:
            yield Suspicion(name, 0, f"is not what it was when it was finished (sha256 {stated})")


def _check_withheld(folder: Path, fresh: Tables) -> Iterator[Problem]:
    try:
        identity = read_identity(folder)
    except ArchiveDamaged:
        return
    stated = set(identity.withheld) if identity else set()
    rows = fresh.connection.execute("SELECT id FROM articles WHERE state = 'withheld'")
    for (id_,) in rows:
        if id_ not in stated:
            yield Problem(IDENTITY, 0, f"does not name {id_}, which is withheld")


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


def _check_ledger(path: Path, fresh: Tables) -> Iterator[tuple[str, Problem]]:
    """Yield id and problem of each article of which the ledger does not say what its lines say.

    That it has not seen the newest lines yet is none: the next run catches up.
    """
    if not path.exists():  # a cache: the next run makes it
        return
    connection = fresh.connection
    try:
        connection.execute("ATTACH ? AS live", (f"{path.absolute().as_uri()}?mode=ro",))
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
