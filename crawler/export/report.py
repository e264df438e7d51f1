"""The report: one HTML page that needs nothing else, neither network nor script.

What is shown and said stands in the template, with a table beside each picture; here it is counted.
"""

from __future__ import annotations

import datetime as dt
import math
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from pathlib import Path
from statistics import fmean, median
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

import attrs

from crawler.archive import Edit, RunRecord, edits, read_runs
from crawler.archive.edit_kinds import KINDS
from crawler.archive.identity import read_identity
from crawler.export.selection import new_file
from crawler.export.statistics import Statistics, disk, month_range, statistics
from crawler.export.wording import Words, environment
from crawler.timestamps import Moment, stamp

_TOP: Final = 12  # bars that a phone shows without scrolling
_RECENT: Final = 60  # days of runs that are drawn
_LEAST_DAYS: Final = 14  # so that the first day is not a wall
_MONTHS: Final = 30  # more months than this, and coverage is by year
_NAMED: Final = 7  # months that have their names below

# Exit code -> tone and meaning; None is a run without an end.
_OUTCOMES: Final[Mapping[int | None, tuple[str, str]]] = {
    0: ("good", "all well"),
    4: ("warn", "some articles not fetched or not read"),
    3: ("warn", "something is wrong with the newsroom"),
    75: ("warn", "another run held the archive"),
    1: ("bad", "failed or interrupted"),
    2: ("bad", "wrong arguments or settings"),
    None: ("bad", "no end: killed, or still running"),
}
_TONES: Final = {"good": "all well", "warn": "something to look at", "bad": "failed"}


@attrs.frozen(kw_only=True)
class Chapter:
    """What the page says of one archive."""

    name: str
    site: str
    zone: ZoneInfo
    numbers: Statistics
    bytes: int  # on disk
    runs: Sequence[RunRecord]
    edits: Sequence[Edit]  # newest first


def write_report(
    folders: Sequence[Path], path: Path, *, now: dt.datetime, language: str = "en"
) -> None:
    """Write the report on the archives in *folders* to *path*, in place of what was there.

    *now* is what the page gives as its time. Raises :exc:`ArchiveDamaged` on a line that is none.
    """
    page = render([_chapter(folder) for folder in folders], now=now, language=language)
    with new_file(path) as partial:
        partial.write_text(page, encoding="utf-8")


def _chapter(folder: Path) -> Chapter:
    identity = read_identity(folder)
    return Chapter(
        name=folder.name,
        site=identity.site if identity else "",
        zone=ZoneInfo(identity.zone if identity else "UTC"),
        numbers=statistics(folder),
        bytes=sum(disk(folder).values()),
        runs=list(read_runs(folder)),
        edits=list(edits(folder)),
    )


def render(chapters: Sequence[Chapter], *, now: dt.datetime, language: str = "en") -> str:
    """Return the page as HTML. Whatever comes from a site is escaped; there is no script in it."""
    words = Words(language)
    template = environment(words).get_template("report.html.jinja")
    return template.render(
        chapters=[(each, Plots(each, words)) for each in chapters],
        now=words.when(stamp(now)),
        days=_RECENT,
        top=_TOP,
        ticks=_ticks,
    )


@attrs.frozen
class Province:
    """A tile of the map: columns from west to east, rows from north to south."""

    name: str
    letters: str  # as in ISO 3166-2:ID
    column: int
    row: int


_MAP: Final = Path(__file__).with_name("provinces.toml").read_text(encoding="utf-8")
PROVINCES: Final = {code: Province(*tile) for code, tile in tomllib.loads(_MAP).items()}
"""Kemendagri code → tile."""

Stacks: TypeAlias = Mapping[str, Sequence[tuple[str, int, str]]]
"""Place on an axis → what stands on each other there: colour (a variable of the page), amount, words."""

Cells: TypeAlias = Mapping[str, Mapping[str, tuple[float, str]]]
"""Row and column → how full the cell is, 0 to 1, and what is said of it."""


class Plots:
    """What the pictures of a chapter show, in the words of one language."""

    def __init__(self, chapter: Chapter, words: Words) -> None:
        self.numbers, self.runs, self.words = chapter.numbers, chapter.runs, words
        # Month (UTC) in which it was seen, and kind → edits.
        self.edited = Counter((edit.seen_at[:7], edit.kind) for edit in chapter.edits)
        there = {kind for _, kind in self.edited}
        self.kinds = {words(kind): kind for kind in KINDS if kind in there}
        self.tones = {words(said): tone for tone, said in _TONES.items()}
        self.periods = self._periods()

    # along time

    def months(self) -> Stacks:
        return {
            month: [("accent", count, self._of_month(month, count, "article"))]
            for month, count in self.numbers.by_month.items()
        }

    def edits(self) -> Stacks:
        return {
            month: [
                (f"kind-{kind}", count, self._of_month(month, count, "edit", name))
                for name, kind in self.kinds.items()
                if (count := self.edited[month, kind])
            ]
            for month in month_range(month for month, _ in self.edited)
        }

    def _of_month(self, month: str, count: int, noun: str, *kind: str) -> str:
        return f"{', '.join((self.words.month(month), *kind))}: {self.words.many(count, noun)}"

    def named(self, months: Iterable[str]) -> dict[str, str]:
        """As many of *months* as there is room for, with their names."""
        all_ = list(months)
        years = 12 * math.ceil(len(all_) / 12 / (2 * _NAMED))  # their names are half as long
        step = next((step for step in (1, 2, 3, 6) if len(all_) / step <= _NAMED), years)
        named = [each for each in all_ if (int(each[:4]) * 12 + int(each[5:]) - 1) % step == 0]
        if step == years:
            return {each: each[:4] for each in named}
        return {each: self.words.month(each, "MMM yy") for each in named}

    def days(self) -> tuple[Stacks, dict[str, str]]:
        """Return how runs ended, day by day, and the names of some days."""
        words, last = self.words, max(map(_begin, self.runs))
        number = min(max((last - min(map(_begin, self.runs))).days + 1, _LEAST_DAYS), _RECENT)
        days = [last - dt.timedelta(each) for each in reversed(range(number))]
        ended = Counter((_begin(run), words(_TONES[_ending(run)[0]])) for run in self.recent)
        stacks = {
            day.isoformat(): [
                (tone, count, f"{words.day(day)}: {words.many(count, 'run')}, {said}")
                for said, tone in self.tones.items()
                if (count := ended[day, said])
            ]
            for day in days
        }
        return stacks, {
            each.isoformat(): words.day(each, "d MMM") for each in days[:: -(number // 5)]
        }

    @property
    def recent(self) -> list[RunRecord]:
        """The runs of the days up to the last that are drawn."""
        last = max(map(_begin, self.runs))
        return [run for run in self.runs if (last - _begin(run)).days < _RECENT]

    def outcome(self, run: RunRecord) -> str:
        said = self.words(_ending(run)[1])
        if run.exit_code in (0, None):
            return said
        return self.words("{outcome} (exit code {code})", outcome=said, code=run.exit_code)

    def gaps(self) -> dict[str, int]:
        return {self.words.span(gap.first, gap.last): gap.days for gap in self.numbers.gaps}

    def lags(self) -> dict[str, int]:
        return {self.words(step): count for step, count in self.numbers.lags.items()}

    def median_lag(self) -> str:
        return self.words.lasting(median(self.numbers.lag_by_month.values()))

    # in cells

    def week(self) -> Cells:
        words, by_day = self.words, self.numbers.hours
        most = max(map(max, by_day))
        return {
            words.weekday(day, short=True): {
                str(hour): (
                    _strength(count, most, 0.05),
                    f"{words.weekday(day)} {words.hours(hour)}: {words.many(count, 'article')}",
                )
                for hour, count in enumerate(of_day)
            }
            for day, of_day in enumerate(by_day)
        }

    def clocks(self) -> dict[str, str]:
        return {str(hour): self.words.clock(hour) for hour in range(0, 24, 4)}

    def busiest(self) -> tuple[int, int]:
        hours = self.numbers.hours
        return max(product(range(7), range(24)), key=lambda at: hours[at[0]][at[1]])

    def coverage(self) -> Cells:
        share = self.words.share
        return {
            name: {
                period: (0.06 + 0.94 * shares[name], f"{name}, {period}: {share(shares[name])}")
                for period, shares in self.periods.items()
            }
            for name, filled in self.numbers.coverage.items()
            if filled and self.periods
        }

    def some_periods(self) -> dict[str, str]:
        return {each: each for each in [*self.periods][:: max(1, round(len(self.periods) / 6))]}

    def _periods(self) -> dict[str, dict[str, float]]:
        """Coverage by month, or by year where there are many months: the mean of its months."""
        months = self.numbers.coverage_by_month
        length = len("2024-05") if len(months) <= _MONTHS else len("2024")
        together: dict[str, list[Mapping[str, float]]] = defaultdict(list)
        for month, coverage in months.items():
            together[month[:length]].append(coverage)
        return {
            period: {name: fmean(each[name] for each in parts) for name in parts[0]}
            for period, parts in together.items()
        }

    # on the map

    def provinces(self) -> dict[str, int]:
        """Name → articles, for those that are on the map, most first."""
        found = self.numbers.provinces.items()
        return {PROVINCES[code].name: count for code, count in found if code in PROVINCES}

    def tiles(self) -> list[tuple[Province, float, str]]:
        """Return each tile, how full it is, 0 to 1, and what is said of it."""
        words, counts = self.words, self.provinces()
        most = max(counts.values())
        return [
            (
                tile,
                _strength(counts[tile.name], most, 0.18) if tile.name in counts else 0,
                f"{tile.name}: "
                + (
                    words.many(counts[tile.name], "article")
                    if tile.name in counts
                    else words("none")
                ),
            )
            for tile in PROVINCES.values()
        ]


def _begin(run: RunRecord) -> dt.date:
    return Moment.of(run.begin).day or dt.date.min


def _ending(run: RunRecord) -> tuple[str, str]:
    return _OUTCOMES.get(run.exit_code, ("bad", "unknown"))


def _strength(amount: float, most: float, least: float) -> float:
    """How full a cell is: the root keeps small amounts visible beside large ones."""
    return least + (1 - least) * math.sqrt(amount / (most or 1))


def _ticks(most: float) -> list[int]:
    """Whole numbers in round steps up to *most*, about five of them."""
    rough = max(most / 5, 1)
    magnitude = 10 ** int(math.log10(rough))
    step = next(each * magnitude for each in (1, 2, 5, 10) if each * magnitude >= rough)
    return list(range(0, math.floor(most) + 1, step))
