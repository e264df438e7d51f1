"""``scrapy`` commands as processes forked off one that has imported everything already.

To import Scrapy and the project takes half of a run that finds nothing new, and what is imported
before the fork is in memory once. Processes are as separate as others: what one does, or how it
ends, is nothing to the next.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import pkgutil
import sys
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Final, NoReturn

# What a crawl imports, but for what would install Twisted's reactor, which cannot be forked.
PRELOADED: Final = (
    "crawler.addon",
    "crawler.heads",
    "crawler.spider",
    "scrapy.cmdline",
    "scrapy.core.scraper",
    "scrapy.downloadermiddlewares.cookies",
    "scrapy.extensions.remote_control",
    "scrapy.extensions.telnet",
    "scrapy.pqueues",
)
# Scrapy imports every command to find one.
COMMANDS: Final = ("crawler.commands", "scrapy.commands")


class Forked:
    """A ``scrapy`` command that runs with *arguments*, what it says going to the file *said*."""

    def __init__(self, arguments: Sequence[str], said: Path) -> None:
        """Start it; raises :exc:`OSError` when there is no room for a process."""
        self._process = _context().Process(target=_run, args=(list(arguments), str(said)))
        self._process.start()

    async def wait(self) -> int:
        """Return its exit code once it has ended; of a signal the number, negative."""
        loop = asyncio.get_running_loop()
        ended = asyncio.Event()
        loop.add_reader(self._process.sentinel, ended.set)
        try:
            await ended.wait()
        finally:
            loop.remove_reader(self._process.sentinel)
        self._process.join()
        code = self._process.exitcode
        return 1 if code is None else code

    def terminate(self) -> None:
        """Send SIGTERM."""
        self._process.terminate()

    def kill(self) -> None:
        """Send SIGKILL."""
        self._process.kill()


@cache
def _context() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    commands = [
        f"{package}.{module.name}"
        for package in COMMANDS
        for module in pkgutil.iter_modules(import_module(package).__path__)
    ]
    context.set_forkserver_preload([__name__, *PRELOADED, *commands])
    return context


def _run(arguments: list[str], said: str) -> NoReturn:
    os.setsid()  # Ctrl-C is for the fleet, which then asks each run once
    for stream, path, flags in (
        (0, os.devnull, os.O_RDONLY),
        (1, said, os.O_WRONLY | os.O_APPEND),
        (2, said, os.O_WRONLY | os.O_APPEND),
    ):
        file = os.open(path, flags)
        os.dup2(file, stream)
        os.close(file)
    from scrapy.cmdline import execute  # noqa: PLC0415 -- in the forked process

    sys.argv = ["scrapy", *arguments]
    execute(sys.argv)
    raise SystemExit(0)
