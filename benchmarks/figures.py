"""``make figures``: how large the house is, and how far one value walks through it.

Counts what docs/architecture.md shows. Modules are those of ``crawler/`` in which a function was
called, as :func:`sys.setprofile` sees it, in every thread.
"""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tempfile
import threading
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Final

ROOT: Final = Path(__file__).parent.parent
PACKAGE: Final = str(ROOT / "crawler") + "/"
ARTICLE: Final = "banjir-rendam-belasan-rumah-di-air-periukan"
"""Slug of the article that is followed."""

PUBLIC: Final = re.compile(
    r"crawler(\.(archive|discovery|extract|codec|decoding|errors|items|newsrooms|settings|timestamps"
    r"|commands(\.\w+)?|normalise\.(credits|dateline|dates|places|text|urls)))?"
)
"""What tests may import so that a redesign costs none of them: the values, the package of each
step, the questions that normalise answers, and commands."""


def main() -> None:
    """Print one figure a line, or do one of the walks, in a process of its own."""
    if sys.argv[1:]:
        _walk(sys.argv[1], sys.argv[2:])
        return
    for name, value in figures():
        print(f"{name:<66} {value}")


def figures() -> Iterator[tuple[str, str]]:
    """Yield what is counted, and the count."""
    files = _tracked("crawler/*.py")
    yield "lines of crawler/", f"{_lines(files):,}"
    yield "its files", str(len(files))
    yield "modules directly in crawler/", str(sum(path.parent.name == "crawler" for path in files))
    yield "import layers", str(_layers())
    for name, way in (
        ("modules that one article page enters, response to end of run", _page),
        ("modules that one date string enters", _date),
        ("modules that one edit enters, found over REST", _edit),
    ):
        yield name, str(len(way()))
    stems = Counter(path.stem for path in files if path.stem != "__init__")
    twice = sorted(stem for stem, count in stems.items() if count > 1)
    yield "file stems used twice", f"{len(twice)} ({', '.join(twice)})"
    yield "lines of the embedded newsroom, demo/", f"{_lines(_tracked('demo/*.py')):,}"
    public, all_ = _tests()
    yield "tests in files that import public names only", f"{public:,} of {all_:,}"


def _tracked(pattern: str) -> list[Path]:
    named = subprocess.run(
        ["git", "ls-files", "-z", pattern], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return [ROOT / name for name in named.stdout.split("\0") if name]


def _lines(files: list[Path]) -> int:
    return sum(path.read_bytes().count(b"\n") for path in files)


def _layers() -> int:
    rules = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    return max(len(each.get("layers", ())) for each in rules["contracts"])


# --- what tests import


def _tests() -> tuple[int, int]:
    """Return how many tests stand in files that import public names only, and how many there are."""
    asked = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider"]
    listed = subprocess.run(asked, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    counts = Counter(line.partition("::")[0] for line in listed.splitlines() if "::" in line)
    public = {name for name in counts if all(map(PUBLIC.fullmatch, _imports(ROOT / name)))}
    return sum(counts[name] for name in public), sum(counts.values())


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("crawler"):
            yield node.module or ""
        elif isinstance(node, ast.Import):
            yield from (each.name for each in node.names if each.name.startswith("crawler"))


# --- ways through the code


def _page() -> set[str]:
    from demo import EmbeddedNewsroom  # noqa: PLC0415 -- what only counts needs no server

    with EmbeddedNewsroom() as newsroom, tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder) / "urls"
        wanted.write_text(newsroom.url(ARTICLE))
        return _walked("page", newsroom.address, folder, f"urls={wanted}")


def _edit() -> set[str]:
    from demo import EmbeddedNewsroom  # noqa: PLC0415 -- as above

    with EmbeddedNewsroom() as newsroom, tempfile.TemporaryDirectory() as folder:
        _walked("edit", newsroom.address, folder, "limit=500")
        newsroom.edit(ARTICLE)
        return _walked("edit", newsroom.address, folder, "limit=500")


def _date() -> set[str]:
    return _walked("date")


def _walked(way: str, *arguments: str) -> set[str]:
    command = [sys.executable, "-m", "benchmarks.figures", way, *arguments]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    try:
        return set(json.loads(done.stdout.splitlines()[-1]))
    except (IndexError, ValueError):
        sys.exit(f"{' '.join(command)} ended with {done.returncode}: {done.stderr[-2000:]}")


def _walk(way: str, arguments: list[str]) -> None:
    seen: set[str] = set()
    try:
        if way == "date":
            _read_a_date(seen)
        else:
            _crawl(seen, way, *arguments)
    finally:
        sys.setprofile(None)
        print(json.dumps(sorted(seen)), flush=True)


def _read_a_date(seen: set[str]) -> None:
    import datetime as dt  # noqa: PLC0415

    from crawler.normalise.dates import normalise  # noqa: PLC0415

    anchor = dt.datetime(2021, 9, 30, 8, tzinfo=dt.timezone(dt.timedelta(hours=7)))
    text = "Rabu (29/9/2021) pukul 10.30 WIB"
    normalise(text, anchor)  # tables that are made once are made
    _watch(seen, lambda _frame: True)
    normalise(text, anchor)


def _crawl(seen: set[str], way: str, address: str, folder: str, argument: str) -> None:
    from scrapy.cmdline import execute  # noqa: PLC0415

    def begins(frame: FrameType) -> bool:
        if (
            frame.f_code.co_name != "process_response"
            or "middlewares" not in frame.f_code.co_filename
        ):
            return False
        return way == "edit" or ARTICLE in frame.f_locals["request"].url

    _watch(seen, begins)
    execute(
        ["scrapy", "crawl", "progres", "-a", f"site={address}", "-a", argument]
        + [
            text
            for each in ("DOWNLOAD_DELAY=0", "AUTOTHROTTLE_ENABLED=False")
            for text in ("-s", each)
        ]
        + ["-s", f"ARCHIVE_DIR={folder}/out"]
    )


def _watch(seen: set[str], begins: Callable[[FrameType], bool]) -> None:
    """Note in *seen* each module in which a function is called, once *begins* holds for one."""
    begun = threading.Event()

    def note(frame: FrameType, event: str, _argument: object) -> None:
        code = frame.f_code
        if (
            event != "call"
            or not code.co_filename.startswith(PACKAGE)
            or code.co_name == "<module>"
        ):
            return
        if not begun.is_set() and begins(frame):
            begun.set()
        if begun.is_set():
            seen.add(code.co_filename.removeprefix(PACKAGE))

    threading.setprofile(note)
    sys.setprofile(note)


if __name__ == "__main__":
    main()
