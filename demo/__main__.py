"""``make demo``: serve the embedded newsroom, archive it, show what was archived."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from crawler.archive import Ledger, RunRecord, read, read_runs
from crawler.export.statistics import disk, statistics
from crawler.items import Article
from crawler.normalise.text import fold
from demo import EmbeddedNewsroom

ROOT: Final = Path(__file__).parent.parent
OUTPUT: Final = Path("output") / "demo"
NAME: Final = "progres"
SEED: Final = "jajaki-kerjasama-3-sektor-ini"

# What a reader looks for first; all fields are in the record.
_SHOWN: Final = (
    "title", "published_at", "event_date", "dateline", "authors", "categories", "tags", "caption",
    "photo_credit", "credit", "body", "related_posts",
)  # fmt: skip


def main() -> int:
    """Run the demo and return the exit code of its crawl."""
    console = Console()
    folder = ROOT / OUTPUT
    shutil.rmtree(folder, ignore_errors=True)
    with EmbeddedNewsroom() as newsroom:
        console.rule("[bold]An embedded newsroom on loopback, archived by one command")
        command = [
            "scrapy", "crawl", NAME, "-a", f"site={newsroom.address}",
            "-s", f"ARCHIVE_DIR={OUTPUT}",
            "-s", "DOWNLOAD_DELAY=0", "-s", "AUTOTHROTTLE_ENABLED=False",
        ]  # fmt: skip
        console.print(f"$ {' '.join(command)}", style="bold cyan", soft_wrap=True, highlight=False)
        began = time.monotonic()
        code = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, check=False).returncode  # noqa: S603 -- our own words
        seconds = time.monotonic() - began
    if code not in (0, 3, 4):
        console.print(f"The crawl ended with exit code {code}; see above.", style="bold red")
        return code
    _show(console, folder / NAME, seconds)
    return code


def _show(console: Console, folder: Path, seconds: float) -> None:
    articles = list(read(folder))
    run = list(read_runs(folder))[-1]
    console.print()
    console.print(_articles(articles))
    console.print(_fields(folder))
    console.print(_refused(folder))
    seed = next((each for each in articles if SEED in each.url), articles[0])
    console.print(_one(seed))
    console.print(_files(folder, run, len(articles), seconds))
    console.print(_next())


def _articles(articles: list[Article]) -> Table:
    table = Table(title=f"{len(articles)} articles", title_justify="left", title_style="bold")
    for column in ("published", "place", "headline", "words", "pages"):
        # Where the terminal is narrow, the headlines give way.
        table.add_column(
            column,
            no_wrap=column != "headline",
            justify="right" if column in _NUMBERS else "left",
        )
    for each in sorted(articles, key=lambda article: article.published_at or "", reverse=True):
        table.add_row(
            (each.published_at or "")[:16].replace("T", " "),
            _safe((each.dateline.place or "") if each.dateline else ""),
            Text(fold(each.title), overflow="ellipsis", no_wrap=True),
            f"{each.word_count:,}",
            str(len(each.pages)),
        )
    return table


_NUMBERS: Final = frozenset({"words", "pages"})


def _fields(folder: Path) -> Table:
    table = Table.grid(padding=(0, 2))
    table.title = "Fields filled"
    table.title_style = "bold"
    table.title_justify = "left"
    shares = list(statistics(folder).coverage.items())
    half = (len(shares) + 1) // 2
    for left, right in zip(shares[:half], [*shares[half:], None], strict=False):
        table.add_row(*_bar(left), *(_bar(right) if right else ("", "", "")))
    return table


def _bar(field: tuple[str, float]) -> tuple[str, Text, str]:
    name, share = field
    width = 16
    done = round(share * width)
    return name, Text("━" * done, "green") + Text("━" * (width - done), "dim"), f"{share:.0%}"


def _refused(folder: Path) -> Table:
    ledger = Ledger.read_only(folder)
    try:
        refused = ledger.refused(100)
    finally:
        ledger.close()
    table = Table(title="Listed, but no articles", title_justify="left", title_style="bold")
    table.add_column("why")
    table.add_column("address", overflow="fold")
    for look in refused:
        table.add_row(_safe(look.reason or ""), _safe(look.url))
    return table


def _one(article: Article) -> Panel:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="cyan", no_wrap=True)
    table.add_column(overflow="fold")
    for name in _SHOWN:
        value = getattr(article, name)
        if name == "dateline" and value:
            value = f"{value.place} · {value.outlet} · region {value.region}"
        elif name == "related_posts":
            value = "\n".join(f"{each.heading}: {each.title}" for each in value)
        elif isinstance(value, tuple):
            value = ", ".join(value)
        table.add_row(name, _safe(str(value) if value else "–"))
    return Panel(table, title="One article in full", title_align="left")


def _safe(text: str) -> Text:
    """Return what a site wrote without what would command the terminal, or Rich."""
    return Text("\n".join(map(fold, text.split("\n"))))


def _files(folder: Path, run: RunRecord, count: int, seconds: float) -> Panel:
    sizes = disk(folder)
    text = Text()
    text.append(f"{count} articles with {run.requests} requests in {seconds:.1f} s\n\n")
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.startswith((".", "state.sqlite-")):
            size = f"{path.stat().st_size / 1000:9,.0f} kB  "
            text.append(size, "dim").append(f"{OUTPUT / NAME / path.relative_to(folder)}\n")
    text.append(f"\nlines {sizes['articles'] / 1e3:,.0f} kB, ")
    text.append(f"captures {sizes['captures'] / 1e3:,.0f} kB")
    return Panel(text, title="Where it is", title_align="left")


def _next() -> Panel:
    lines = (
        f"scrapy status -s ARCHIVE_DIR={OUTPUT}    what is archived, and what is missing",
        f"scrapy report {NAME} -s ARCHIVE_DIR={OUTPUT} -o report.html    the same as a page",
        f"scrapy verify {NAME} -s ARCHIVE_DIR={OUTPUT}    every line and capture checked",
        f"scrapy crawl {NAME}    the real newsroom, slowly and politely, into output/{NAME}",
    )
    text = Text("\n".join(f".venv/bin/{line}" for line in lines), overflow="fold")
    return Panel(text, title="What to do next", title_align="left")


if __name__ == "__main__":
    raise SystemExit(main())
