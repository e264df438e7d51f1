"""Commands in processes of their own, forked off one that has imported all of it already.

That takes three quarters of a short command. What is typed, the streams and the exit code are those of
a shell; :func:`tests.crawling.crawl_afresh` starts from nothing, as cron does.
"""

from __future__ import annotations

import importlib
import io
import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from multiprocessing.context import ForkServerContext
from pathlib import Path

import attrs

ROOT = Path(__file__).parent.parent
LONGEST = 60.0
"""Seconds after which a command that has not ended is taken to hang."""

# What commands and runs import, but for what would install a reactor.
PRELOADED = [
    "pytest", "crawler.display", "crawler.notify", "crawler.export.statistics",
    *(f"crawler.commands.{path.stem}" for path in (ROOT / "crawler/commands").glob("[a-z]*.py")),
    "demo", "scrapy.cmdline", "scrapy.commands.bench", "scrapy.commands.check", "scrapy.commands.crawl",
    "scrapy.commands.edit", "scrapy.commands.fetch", "scrapy.commands.list", "scrapy.commands.parse",
    "scrapy.commands.runspider", "scrapy.commands.settings", "scrapy.commands.shell",
    "scrapy.commands.startproject", "scrapy.commands.version", "scrapy.commands.view",
    "scrapy.core.scraper", "scrapy.downloadermiddlewares.cookies", "scrapy.extensions.remote_control",
    "scrapy.extensions.telnet", "scrapy.pqueues", "tests.archive_site",
]  # fmt: skip
OWN = ("crawler", "demo", "spiders")
"""Packages of which a copy of the project has its own."""


@attrs.frozen
class Typed:
    """A command line, and where it is typed."""

    words: Sequence[str]
    folder: Path
    environment: Mapping[str, str]
    streams: Path
    """A folder with what it reads, and for what it says."""

    own_code: bool
    """Whether its folder is a copy of the project, whose code is to be run."""


def scrapy(
    *words: str, folder: Path = ROOT, stdin: str = "", own_code: bool = False, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run ``scrapy WORDS`` in *folder*, with *environment* beside that of this process."""
    with tempfile.TemporaryDirectory() as streams:
        (Path(streams) / "0").write_text(stdin, encoding="utf-8")
        typed = Typed(
            ("scrapy", *words), folder, {**os.environ, **environment}, Path(streams), own_code
        )
        process = forks().Process(target=_run, args=(typed,))
        process.start()
        process.join(LONGEST)
        if process.exitcode is None:
            process.kill()
            process.join()
        out, said = ((Path(streams) / name).read_text(encoding="utf-8") for name in "12")
        code = process.exitcode
        assert code is not None
        return subprocess.CompletedProcess(typed.words, code, out, said)


@cache
def forks() -> ForkServerContext:
    """Return what starts processes that have imported already what a run imports."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    return context


def _run(typed: Typed) -> None:
    os.environ.clear()
    os.environ.update(typed.environment)
    os.chdir(typed.folder)
    for number, flags in enumerate((os.O_RDONLY, *[os.O_WRONLY | os.O_CREAT | os.O_APPEND] * 2)):
        os.dup2(os.open(typed.streams / str(number), flags, 0o600), number)
    sys.stdin = io.TextIOWrapper(io.FileIO(0, closefd=False))
    if typed.own_code:
        for name in [each for each in sys.modules if each.partition(".")[0] in OWN]:
            del sys.modules[name]
        sys.path.insert(0, str(typed.folder))
        importlib.invalidate_caches()
    from scrapy.cmdline import execute  # noqa: PLC0415 -- for the new process alone

    execute(list(typed.words))
