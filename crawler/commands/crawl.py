"""``scrapy crawl``: one run, refused before the first request when something typed is wrong."""

from __future__ import annotations

import argparse
import logging
import re
import shutil
import signal
import textwrap
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import ClassVar, Final, NoReturn

from scrapy import Spider
from scrapy.commands import BaseRunSpiderCommand, ScrapyHelpFormatter
from scrapy.settings import BaseSettings
from scrapy.spiderloader import SpiderLoaderProtocol

import crawler.settings
from crawler.arguments import ACCEPTED
from crawler.display import hush_twisted
from crawler.errors import ConfigurationError
from crawler.exit_codes import EXIT_CODES, EXIT_FAILED
from crawler.middlewares import names_an_address
from crawler.notify import channels
from crawler.project import SETTINGS, ArchiveCommand, as_usage_errors
from crawler.spider import NewsroomSpider

logger = logging.getLogger(__name__)

_EXAMPLE: Final = re.compile(r"@example\.(?:com|net|org)\b", re.IGNORECASE)
_SWITCHES: Final = [name for name, value in SETTINGS.items() if isinstance(value, bool)]
_NUMBERS: Final = [
    name for name, value in vars(crawler.settings).items() if type(value) in (int, float)
]


class Command(BaseRunSpiderCommand, ArchiveCommand):
    """Archive a newsroom: one incremental run."""

    usage = "SPIDER [-a NAME=VALUE …] [options]"
    requires_crawler_process = True
    default_settings: ClassVar = {}

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        given = {name: f"{each.does} Wants {each.wants}." for name, each in ACCEPTED.items()}
        codes = {str(code): text for code, text in EXIT_CODES.items()}
        parser.formatter_class = _Layout
        parser.epilog = "\n".join(
            (_table("Spider Arguments (-a NAME=VALUE)", given), _table("Exit Codes", codes))
        )

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Check the settings, too: Scrapy's process, made next, fails on some of them."""
        super().process_options(args, opts)
        with as_usage_errors():
            check_settings(self.configured)

    def work(self, args: list[str], opts: argparse.Namespace) -> None:
        process = self.crawler_process
        assert process is not None  # Scrapy has made it
        for number in (signal.SIGINT, signal.SIGTERM):  # until Scrapy takes them, then RunKeeper
            signal.signal(number, _leave)
        spidercls = self._spider(args, process.spider_loader)
        given = opts.spargs
        if issubclass(spidercls, NewsroomSpider):
            given = {"arguments": spidercls.asked(opts.spargs, self.configured)}
            self._warn_of_an_example(given["arguments"].newsroom.host)
        hush_twisted()
        # Scrapy lets its handler drop what is below; so it is not even made, twice an article.
        logging.getLogger().setLevel(self.configured["LOG_LEVEL"])
        crawler = self._create_crawler(spidercls)
        process.crawl(crawler, **given)
        process.start()
        code: int | None = crawler.stats.get_value("run/exit_code")
        self.exitcode = EXIT_FAILED if process.bootstrap_failed or code is None else code
        if code is None and not process.bootstrap_failed:
            logger.error("The run ended before its record was written")

    def _spider(self, args: list[str], loader: SpiderLoaderProtocol) -> type[Spider]:
        known = sorted(loader.list())
        if len(args) != 1:
            raise ConfigurationError(f"want the name of one spider. Known: {', '.join(known)}")
        if args[0] not in known:
            raise ConfigurationError(f"No spider named {args[0]!r}. Known: {', '.join(known)}")
        return loader.load(args[0])

    def _warn_of_an_example(self, host: str) -> None:
        if _EXAMPLE.search(self.configured["USER_AGENT"]) and not names_an_address(host):
            logger.warning(
                "USER_AGENT gives an example's address; want one at which somebody reads, in "
                "local_settings.py (docs/deploying.md)"
            )


def _leave(number: int, frame: object) -> NoReturn:  # noqa: ARG001 -- a signal handler takes both
    raise SystemExit(EXIT_FAILED)


class _Layout(argparse.RawDescriptionHelpFormatter, ScrapyHelpFormatter):
    """Help whose last part keeps its lines."""


def _table(title: str, rows: Mapping[str, str]) -> str:
    """Return *rows* as a part of the help, as wide as the terminal."""
    first = max(map(len, rows)) + 4
    width = max(shutil.get_terminal_size().columns - 2, first + 20)
    wrap = textwrap.TextWrapper(width, subsequent_indent=" " * first, break_on_hyphens=False)
    lines = [wrap.fill(f"  {name}".ljust(first) + text) for name, text in rows.items()]
    return "\n".join([title, "=" * len(title), *lines, ""])


def check_settings(settings: BaseSettings) -> None:
    """Raise :exc:`ConfigurationError` for a setting that cannot be worked with."""
    media = settings.get("ARCHIVE_MEDIA", "none")
    if media not in ("none", "lead"):
        raise ConfigurationError(f"ARCHIVE_MEDIA={media}: want none or lead")
    _check_kinds(settings)
    if settings.getbool("HTTPCACHE_ENABLED"):
        raise ConfigurationError(
            "HTTPCACHE_ENABLED: the HTTP cache would falsify the dates of captures; want it off"
        )
    if settings["DOWNLOADER"] != crawler.settings.DOWNLOADER:
        raise ConfigurationError(
            "DOWNLOADER: want the archive's own, by which pauses are kept and a run is ended"
        )
    level = str(settings["LOG_LEVEL"])
    if level not in logging.getLevelNamesMapping() and not level.isdigit():
        raise ConfigurationError(f"LOG_LEVEL={level}: want DEBUG, INFO, WARNING, ERROR or CRITICAL")
    if settings["LOG_FILE"]:
        try:
            Path(settings["LOG_FILE"]).open("a", encoding="utf-8").close()
        except OSError as error:
            raise ConfigurationError(
                f"LOG_FILE={settings['LOG_FILE']}: {error.strerror}; want a file to write to"
            ) from None
    channels(settings)


def _check_kinds(settings: BaseSettings) -> None:
    for name in _SWITCHES:
        with suppress(ValueError):
            settings.getbool(name)
            continue
        raise ConfigurationError(f"{name}={settings[name]}: want True or False")
    for name in _NUMBERS:
        with suppress(TypeError, ValueError):
            if settings.getfloat(name) >= 0:
                continue
        raise ConfigurationError(f"{name}={settings[name]}: want a number from 0")
    try:
        [float(floor) for floor in settings.getdict("FIELD_COVERAGE_MIN").values()]
    except (TypeError, ValueError):
        raise ConfigurationError(
            "FIELD_COVERAGE_MIN: want a JSON object of field names and shares from 0 to 1"
        ) from None
