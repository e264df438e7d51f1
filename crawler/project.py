"""What commands and runs share: where archives are, settings, options, data and words apart.

Data goes to stdout, words to stderr. A mistake in what was typed ends with exit code 2 and one
line that says what is accepted; an archive that cannot be used with 1, one in use with 75.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import sys
from abc import abstractmethod
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from inspect import cleandoc
from pathlib import Path
from typing import Any, ClassVar, Final, Self

from rapidfuzz.distance import OSA
from rich.console import Console
from scrapy import signals
from scrapy.commands import ScrapyCommand
from scrapy.crawler import Crawler
from scrapy.exceptions import UsageError
from scrapy.settings import BaseSettings, Settings, default_settings
from scrapy.utils.conf import closest_scrapy_cfg

import crawler.settings
from crawler.errors import ConfigurationError, CrawlerError
from crawler.exit_codes import code_of
from crawler.newsrooms import SHIPPED

_SIGNALS: Final = ("spider_opened", "spider_closed", "item_scraped", "engine_stopped")


class Component:
    """What Scrapy makes for a crawl; a method named like one of :data:`_SIGNALS` is called at it."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        for name in _SIGNALS:
            if hasattr(self, name):
                crawler.signals.connect(getattr(self, name), getattr(signals, name))

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)


def archive_root(settings: BaseSettings) -> Path:
    """Return the folder of all archives: ``ARCHIVE_DIR``, relative to that of scrapy.cfg."""
    return _from_project(str(settings.get("ARCHIVE_DIR") or "output"))


def newsroom_folders(settings: BaseSettings) -> tuple[Path, ...]:
    """Return the folders of newsroom files: the user's own, where there is one, before ours.

    ``NEWSROOMS_DIR`` names it, relative to the folder of scrapy.cfg. Raises
    :exc:`ConfigurationError` when it is no folder.
    """
    own = str(settings.get("NEWSROOMS_DIR") or "")
    if not own:
        return (SHIPPED,)
    folder = _from_project(own)
    if not folder.is_dir():
        raise ConfigurationError(f"NEWSROOMS_DIR={own}: {folder} is no folder; want one of *.toml")
    return (folder, SHIPPED)


def _from_project(path: str) -> Path:
    config = closest_scrapy_cfg()
    base = Path(config).parent if config else Path.cwd()
    return (base / path).resolve()


SETTINGS: Final[dict[str, Any]] = {
    name: value
    for module in (default_settings, crawler.settings)
    for name, value in vars(module).items()
    if name.isupper()
}
"""Every setting, with the value that it has unless said otherwise."""


def refuse_misspelt(settings: BaseSettings) -> None:
    """Raise :exc:`ConfigurationError` for a setting that is nearly one that there is."""
    for name in set(settings) - set(SETTINGS):
        for known in SETTINGS:
            if OSA.distance(name.upper(), known, score_cutoff=2) <= 2:  # noqa: PLR2004 -- letters
                raise ConfigurationError(f"there is no setting {name}; want {known}")


@contextmanager
def as_usage_errors() -> Iterator[None]:
    """Have a :exc:`ConfigurationError` end the command as Scrapy wants it: with one line, and 2."""
    try:
        yield
    except ConfigurationError as error:
        raise UsageError(str(error), print_help=False) from None


class Elsewhere(ScrapyCommand):
    """Each command of the project, typed outside of its folder: says where to go.

    Named in ``pyproject.toml``; in the folder the commands take its place.
    """

    def short_desc(self) -> str:
        return f"To be run in {Path(crawler.settings.__file__).parent.parent}, or below it"

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:  # noqa: ARG002 -- Scrapy's
        project = os.environ.get("SCRAPY_PROJECT")
        if project and closest_scrapy_cfg():
            why = f"SCRAPY_PROJECT={project}: scrapy.cfg has no such project; want default or local"
            raise UsageError(why, print_help=False)
        raise UsageError(self.short_desc(), print_help=False)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Never come to this."""


_TYPES: Final = {"N": int, "SECONDS": float}


class ArchiveCommand(ScrapyCommand):
    """A command on archives, without a crawl. Subclasses do their work in :meth:`work`.

    The first line of a subclass's docstring is what lists of commands say of it, the rest its help.
    """

    usage: ClassVar[str] = ""
    """What may be typed behind its name."""

    options: ClassVar[Mapping[str, str]] = {}
    """Its options as ``-o,--option VALUE=default`` → help; without a VALUE it is a switch."""

    requires_project = True
    requires_crawler_process = False
    default_settings: ClassVar[dict[str, Any]] = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        return self.usage

    def short_desc(self) -> str:
        return cleandoc(self.__doc__ or "").partition("\n")[0].removesuffix(".")

    def long_desc(self) -> str:
        return " ".join((self.__doc__ or "").partition("\n")[2].split()) or self.short_desc()

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        for spelled, text in self.options.items():
            names, _, value = spelled.partition(" ")
            metavar, _, default = value.partition("=")
            how: dict[str, Any] = {"action": "store_true"}
            if value:
                how = {"metavar": metavar, "type": _TYPES.get(metavar), "default": default or None}
            if metavar == "LANG":
                how["choices"] = ("en", "id")
            said = f"{text} (default: {default})" if default else text
            parser.add_argument(*names.split(","), help=said, **how)

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        super().process_options(args, opts)
        with as_usage_errors():
            refuse_misspelt(self.configured)

    @property
    def configured(self) -> Settings:
        """The project's settings, with what the command line says."""
        assert self.settings is not None  # Scrapy sets them before anything else is called
        return self.settings

    @property
    def trusts_clock(self) -> bool:
        """Whether the clock is right although lines were written later."""
        return self.configured.getbool("CLOCK_TRUSTED")

    @abstractmethod
    def work(self, args: list[str], opts: argparse.Namespace) -> None:
        """Do what the command is for; set ``exitcode`` where it is not 0."""

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Refuse unknown options, do the work, and turn errors of the core into exit codes."""
        refuse_unknown_options(args)
        try:
            with as_usage_errors():
                self.work(args, opts)
        except BrokenPipeError:  # whoever read our output had enough, as head does
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except (CrawlerError, OSError, sqlite3.OperationalError) as error:  # a full disk, too
            say(str(error))
            self.exitcode = code_of(error)

    def names(self, args: list[str]) -> list[Path]:
        """Return the folders of the archives that *args* name, of all where they name none."""
        root = archive_root(self.configured)
        there = sorted(path.parent.name for path in root.glob("*/archive.json"))
        for name in args:
            if name not in there:
                known = ", ".join(there) or "none yet"
                raise ConfigurationError(f"no archive named {name!r} in {root}; there are: {known}")
        return [root / name for name in args or there]

    def one_name(self, args: list[str]) -> Path:
        """Return the folder of the one archive that *args* must name."""
        if len(args) != 1:
            known = ", ".join(folder.name for folder in self.names([])) or "none yet"
            raise UsageError(f"want the name of one archive; there are: {known}")
        return self.names(args)[0]

    def name_and_id(self, args: list[str]) -> tuple[Path, str]:
        """Return the folder of the archive and the id of the article that *args* must name."""
        folder = self.one_name(args[:1])
        if len(args) != 2:  # noqa: PLR2004 -- NAME and ID
            raise UsageError("want NAME and ID, such as progres progres:123", print_help=False)
        return folder, args[1] if ":" in args[1] else f"{folder.name}:{args[1]}"


def refuse_unknown_options(args: list[str]) -> None:
    """Raise UsageError for what looks like an option but was not taken for one."""
    for each in args:
        if each.startswith("-") and each != "-":
            raise UsageError(f"unknown option {each}; -h lists what is accepted")


def refuse_format(given: str | None, accepted: Collection[str]) -> None:
    """Raise UsageError unless ``--to`` is one of *accepted*."""
    if given not in accepted:
        raise UsageError(f"--to {given or 'is missing'}: want one of {', '.join(accepted)}")


class Screen(Console):
    """Where data is printed for a person; whoever had enough of it ends nothing with an error."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def say(text: str) -> None:
    """Print words, as opposed to data, where they do not get into a pipe."""
    print(text, file=sys.stderr)
