"""The report: one HTML page that needs nothing else, neither network nor script."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import attrs
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from crawler.archive import RunRecord, read_runs
from crawler.archive.identity import read_identity
from crawler.export.plots import Plot, content_plots, health_plots
from crawler.export.selection import new_file
from crawler.export.statistics import Statistics, clean, compact, day_name, disk, size, statistics


@attrs.frozen(kw_only=True)
class Chapter:
    """What the page says of one archive."""

    name: str
    site: str
    numbers: Statistics
    facts: tuple[tuple[str, str], ...]
    """Number and what it counts, most telling first."""

    plots: tuple[Plot, ...]

    @property
    def period(self) -> str:
        """First and last day of publication."""
        first, last = self.numbers.first_day, self.numbers.last_day
        if first is None or last is None:
            return "no dated article yet"
        return f"{day_name(first)} to {day_name(last)}"


def write_report(folders: Sequence[Path], path: Path, *, now: dt.datetime) -> None:
    """Write the report on the archives in *folders* to *path*, in place of what was there.

    *now* is what the page gives as its time. Raises :exc:`ArchiveDamaged` on a line that is none.
    """
    chapters = [chapter(folder) for folder in folders]
    with new_file(path) as partial:
        partial.write_text(render(chapters, now=now), encoding="utf-8")


def chapter(folder: Path) -> Chapter:
    """Return what there is to say of the archive in *folder*."""
    identity = read_identity(folder)
    numbers = statistics(folder)
    runs = list(read_runs(folder))
    return Chapter(
        name=folder.name,
        site=identity.site if identity else "",
        numbers=numbers,
        facts=_facts(numbers, disk(folder), runs),
        plots=(*content_plots(numbers), *health_plots(numbers, runs)),
    )


def render(chapters: Sequence[Chapter], *, now: dt.datetime) -> str:
    """Return the page as HTML. Whatever comes from a site is escaped; there is no script in it."""
    page = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page.filters["clean"] = clean
    page.filters["picture"] = Markup  # our own drawing, in which text is escaped already
    return page.get_template("report.html.jinja").render(
        chapters=chapters, now=f"{now:%-d %B %Y, %H:%M} UTC"
    )


def _facts(
    numbers: Statistics, sizes: dict[str, int], runs: Sequence[RunRecord]
) -> tuple[tuple[str, str], ...]:
    facts = [
        (f"{numbers.articles:,}", "article" if numbers.articles == 1 else "articles"),
        (compact(numbers.words), "words"),
        (f"{numbers.edited:,}", "edited later"),
        (f"{numbers.gone:,}", "taken down"),
        (size(sum(sizes.values())), "on disk"),
        (f"{len(runs):,}", "run" if len(runs) == 1 else "runs"),
    ]
    if numbers.from_rest:
        facts.insert(1, (f"{numbers.from_rest:,}", "from the API alone"))
    if numbers.withheld:
        facts.append((f"{numbers.withheld:,}", "withheld"))
    return tuple(facts)
