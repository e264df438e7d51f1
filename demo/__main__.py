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

from crawler.archive import Ledger, RunRecord, edits, read, read_runs
from crawler.commands.edits import show
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
    console.print()
    console.print("What the newsroom changed", style="bold")
    show(edits(folder / NAME), console)
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
    console.print(_fields(folder))
    console.print(_refused(folder))
    seed = next((each for each in articles if SEED in each.url), articles[0])
    console.print(_one(seed))
    console.print(_files(folder, run, len(articles), seconds))


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
        f"scrapy edits {NAME} -s ARCHIVE_DIR={OUTPUT}    what was changed, as above",
        f"scrapy export {NAME} -s ARCHIVE_DIR={OUTPUT} --to site -o site    then open site/index.html",
        f"scrapy status -s ARCHIVE_DIR={OUTPUT}    what is archived, and what is missing",
        f"scrapy report {NAME} -s ARCHIVE_DIR={OUTPUT} -o report.html    a page with plots: open it",
        f"scrapy verify {NAME} -s ARCHIVE_DIR={OUTPUT}    every line and capture checked",
        f"scrapy crawl {NAME}    the real newsroom, slowly and politely, into output/{NAME}",
    )
    text = Text("\n".join(f".venv/bin/{line}" for line in lines), overflow="fold")
    return Panel(text, title="What to do next", title_align="left")


if __name__ == "__main__":
    raise SystemExit(main())
