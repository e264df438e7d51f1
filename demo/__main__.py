"""``make demo``: serve the embedded newsroom, archive it, change it, show what was archived."""

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

from crawler.archive import RunRecord, edits, read, read_runs
from crawler.export.changes import drawn_words
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
    """Run the demo and return the exit code of its first crawl that failed, else of its last."""
    console = Console()
    folder = ROOT / OUTPUT
    shutil.rmtree(folder, ignore_errors=True)
    with EmbeddedNewsroom() as newsroom:
        console.rule("[bold]An embedded newsroom on loopback, archived by one command")
        began = time.monotonic()
        code = _crawl(console, newsroom)
        if code not in _ENDED:
            return code
        _show(console, folder / NAME, time.monotonic() - began)
        console.rule("[bold]The newsroom edits four articles and takes one down; two more runs")
        work_on(newsroom)
        for _ in range(2):  # what is gone has to be missing twice
            code = _crawl(console, newsroom)
            if code not in _ENDED:
                return code
    console.print(_edits(folder / NAME, console))
    console.print(_next())
    return code


_ENDED: Final = (0, 3, 4)


def _crawl(console: Console, newsroom: EmbeddedNewsroom) -> int:
    command = [
        "scrapy", "crawl", NAME, "-a", f"site={newsroom.address}",
        "-s", f"ARCHIVE_DIR={OUTPUT}",
        "-s", "DOWNLOAD_DELAY=0", "-s", "AUTOTHROTTLE_ENABLED=False",
    ]  # fmt: skip
    console.print(f"$ {' '.join(command)}", style="bold cyan", soft_wrap=True, highlight=False)
    code = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, check=False).returncode  # noqa: S603 -- our own words
    if code not in _ENDED:
        console.print(f"The crawl ended with exit code {code}; see above.", style="bold red")
    return code


def work_on(newsroom: EmbeddedNewsroom) -> None:
    """Do to the newsroom what newsrooms do to their archive: five kinds of edit."""
    newsroom.edit(PARKING, title="Dishub Turunkan Enam Petugas ke Pasar Minggu")
    newsroom.edit(BUDGET, content=_replaced(newsroom, BUDGET, "Rp900 juta", "Rp950 juta"))
    newsroom.edit(
        BRIDGE, content=_replaced(newsroom, BRIDGE, "<strong>(rka)", f"{RALAT}\n\n<strong>(rka)")
    )
    newsroom.edit(HARVEST, content=NOTICE)
    newsroom.delete(QUAKE)


PARKING: Final = "tarif-parkir-pasar-minggu-dikeluhkan-dishub-turunkan-petugas"
BUDGET: Final = "rp15-miliar-untuk-sekolah-pelita-posyandu-ini-rinciannya"
BRIDGE: Final = "jembatan-gantung-lubuk-resam-rampung-warga-tak-lagi-menyeberang-dengan-rakit"
HARVEST: Final = "jeruk-kalamansi-arga-makmur-panen-awal-harga-bertahan"
QUAKE: Final = "gempa-magnitudo-43-guncang-enggano-tidak-berpotensi-tsunami"
RALAT: Final = "Ralat: nama Camat Talo semula tertulis Erna Wibowo."
NOTICE: Final = "Artikel ini telah dicabut oleh redaksi karena memuat data yang belum diperiksa."


def _replaced(newsroom: EmbeddedNewsroom, slug: str, old: str, new: str) -> str:
    return newsroom.site.catalogue.any_named(slug).content.replace(old, new)


def _show(console: Console, folder: Path, seconds: float) -> None:
    articles = list(read(folder))
    run = list(read_runs(folder))[-1]
    console.print()
    console.print(_articles(articles))
    seed = next((each for each in articles if SEED in each.url), articles[0])
    console.print(_one(seed))
    console.print(_files(folder, run, len(articles), seconds))


_HEADLINES: Final = 12
_RELATED: Final = 3
_BLOCKS: Final = 2


def _articles(articles: list[Article]) -> Table:
    newest = sorted(articles, key=lambda article: article.published_at or "", reverse=True)
    table = Table(
        title=f"The newest {_HEADLINES} of {len(articles)} articles",
        title_justify="left",
        title_style="bold",
        box=None,
        pad_edge=False,
    )
    for column in ("published", "place", "headline", "words"):
        # Where the terminal is narrow, the headlines give way.
        table.add_column(
            column,
            no_wrap=column != "headline",
            justify="right" if column == "words" else "left",
            header_style="dim",
        )
    for each in newest[:_HEADLINES]:
        table.add_row(
            (each.published_at or "")[:16].replace("T", " "),
            _safe((each.dateline.place or "") if each.dateline else ""),
            Text(fold(each.title), overflow="ellipsis", no_wrap=True),
            f"{each.word_count:,}",
        )
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
            value = _some([each.title for each in value], _RELATED, "related posts", "\n")
        elif name == "body":
            value = _some(value.split("\n\n"), _BLOCKS, "paragraphs", "\n\n")
        elif isinstance(value, tuple):
            value = ", ".join(value)
        table.add_row(name, _safe(str(value) if value else "–"))
    return Panel(table, title="One of them, as it was read", title_align="left")


def _some(parts: list[str], count: int, what: str, between: str) -> str:
    more = len(parts) - count
    return between.join([*parts[:count], *([f"… and {more} more {what}"] if more > 0 else [])])


def _safe(text: str) -> Text:
    """Return what a site wrote without what would command the terminal, or Rich."""
    return Text("\n".join(map(fold, text.split("\n"))))


def _edits(folder: Path, console: Console) -> Table:
    table = Table.grid(padding=(0, 2))
    table.title = "\nWhat the newsroom changed"
    table.title_justify = "left"
    table.title_style = "bold"
    table.add_column(style="cyan", no_wrap=True)
    for each in edits(folder):
        table.add_row(each.kind, Text(fold(each.title), overflow="ellipsis", no_wrap=True))
        if each.changes:
            change = each.changes[-1]
            words = drawn_words(change.before, change.after, marks=not console.color_system)
            table.add_row("", words)
        elif each.headline:
            was = Text("before: ", "dim").append(fold(each.headline.before or ""), "not dim")
            table.add_row("", was)
    return table


def _files(folder: Path, run: RunRecord, count: int, seconds: float) -> Panel:
    text = Text(f"{count} articles with {run.requests} requests in {seconds:.1f} s\n")
    for kind, pattern in _FILES.items():
        paths = list(folder.glob(pattern))
        size = sum(path.stat().st_size for path in paths) / 1000
        text.append(f"\n{size:9,.0f} kB  ", "dim").append(f"{OUTPUT / NAME / pattern}", "cyan")
        text.append(f"  {kind}")
    return Panel(text, title="Where it is", title_align="left")


_FILES: Final = {
    "one article a line": "articles-*.jsonl",
    "the responses": "warc/*.warc.gz",
    "the ledger": "state.sqlite",
    "one run a line": "runs.jsonl",
}


def _next() -> Panel:
    archive = f"-s ARCHIVE_DIR={OUTPUT}"
    text = Text()
    for what, command in {
        "what is archived, and what is missing": f"status {archive}",
        "what was changed, as above": f"edits {NAME} {archive}",
        "a site to browse: open site/index.html": (f"export {NAME} {archive} --to site -o site"),
        "a page with plots: open report.html": f"report {NAME} {archive} -o report.html",
        "every line and capture, checked": f"verify {NAME} {archive}",
        f"the real newsroom, slowly and politely, into output/{NAME}": f"crawl {NAME}",
    }.items():
        text.append(f".venv/bin/scrapy {command}", "cyan").append(f"\n    {what}\n")
    text.append("docs/tutorial.md goes on from here.")
    return Panel(text, title="What to do next", title_align="left")


if __name__ == "__main__":
    raise SystemExit(main())
