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
from typing import Final
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
        tiles=PROVINCES.values(),
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


class Plots:
    """What the pictures of a chapter show, in the words of one language.

    What stands at a place of an axis is counted by place and kind; a kind has a colour, which is a
    variable of the page.
    """

    def __init__(self, chapter: Chapter, words: Words) -> None:
        self.numbers, self.words = chapter.numbers, words
        self.monthly = Counter({(at, ""): n for at, n in self.numbers.by_month.items()})
        # Month (UTC) in which it was seen, and kind.
        self.edited = Counter((edit.seen_at[:7], words(edit.kind)) for edit in chapter.edits)
        there = {kind for _, kind in self.edited}
        self.kinds = {words(kind): f"kind-{kind}" for kind in KINDS if words(kind) in there}
        self.periods = self._periods()
        begun = sorted(map(_begin, chapter.runs)) or [dt.date.max]
        number = min(max((begun[-1] - begun[0]).days + 1, _LEAST_DAYS), _RECENT)
        self.days = [begun[-1] - dt.timedelta(each) for each in reversed(range(number))]
        # The runs of these days, and how they ended.
        self.recent = [run for run in chapter.runs if (begun[-1] - _begin(run)).days < _RECENT]
        self.tones = {words(said): tone for tone, said in _TONES.items()}
        self.ended = Counter((_begin(run), words(_TONES[_ending(run)[0]])) for run in self.recent)

    # along time

    def edit_months(self) -> list[str]:
        return list(month_range(month for month, _ in self.edited))

    def named(self, months: Iterable[str]) -> dict[str, str]:
        """As many of *months* as there is room for, with their names."""
        all_ = list(months)
        years = 12 * math.ceil(len(all_) / 12 / (2 * _NAMED))  # their names are half as long
        step = next((step for step in (1, 2, 3, 6) if len(all_) / step <= _NAMED), years)
        named = [each for each in all_ if (int(each[:4]) * 12 + int(each[5:]) - 1) % step == 0]
        if step == years:
            return {each: each[:4] for each in named}
        return {each: self.words.month(each, "MMM yy") for each in named}

    def some_days(self) -> dict[dt.date, str]:
        return {
            each: self.words.day(each, "d MMM") for each in self.days[:: -(len(self.days) // 5)]
        }

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

    def week(self) -> tuple[dict[str, Sequence[int]], list[str]]:
        """Return the days with the articles of each hour, and the names of the hours."""
        names = [self.words.weekday(day, short=True) for day in range(7)]
        days = dict(zip(names, self.numbers.hours, strict=True))
        return days, [self.words.clock(hour) for hour in range(24)]

    def busiest(self) -> tuple[int, int]:
        hours = self.numbers.hours
        return max(product(range(7), range(24)), key=lambda at: hours[at[0]][at[1]])

    def coverage(self) -> dict[str, list[float]]:
        """Field that is filled at all → its shares, by period."""
        return {
            name: [shares[name] for shares in self.periods.values()]
            for name, filled in self.numbers.coverage.items()
            if filled
        }

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


def _begin(run: RunRecord) -> dt.date:
    return Moment.of(run.begin).day or dt.date.min


def _ending(run: RunRecord) -> tuple[str, str]:
    return _OUTCOMES.get(run.exit_code, ("bad", "unknown"))


def _ticks(most: float) -> list[int]:
    """Whole numbers in round steps up to *most*, about five of them."""
    rough = max(most / 5, 1)
    magnitude = 10 ** int(math.log10(rough))
    step = next(each * magnitude for each in (1, 2, 5, 10) if each * magnitude >= rough)
    return list(range(0, math.floor(most) + 1, step))
