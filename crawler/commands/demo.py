"""``scrapy demo``: serves the embedded newsroom until it is stopped."""

from __future__ import annotations

import argparse
import os
import signal
from typing import ClassVar

from scrapy.exceptions import UsageError

from crawler.project import ArchiveCommand
from demo import EmbeddedNewsroom

_LAST_PORT = 65535


class Command(ArchiveCommand):
    """Serve the embedded newsroom until stopped."""

    usage = "[--port N]"
    options: ClassVar = {"--port N=8080": "port on 127.0.0.1"}

    def work(self, args: list[str], opts: argparse.Namespace) -> None:
        if args:
            raise UsageError(f"unknown argument {args[0]!r}; want none")
        if not 0 <= opts.port <= _LAST_PORT:
            raise UsageError(f"--port {opts.port}: want a number from 0 to {_LAST_PORT}")
        try:
            newsroom = EmbeddedNewsroom(port=opts.port)
        except OSError as error:
            problem = os.strerror(error.errno or 0)
            raise UsageError(f"--port {opts.port}: {problem}; want a free port") from None
        stopping = (signal.SIGINT, signal.SIGTERM)
        signal.pthread_sigmask(signal.SIG_BLOCK, stopping)
        with newsroom:
            articles = len(newsroom.articles)
            print(f"{newsroom.address}/ serves {articles} articles; stop with Ctrl-C", flush=True)
            signal.sigwait(stopping)
