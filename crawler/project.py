"""What commands and runs share: where archives are, what exit codes mean, data and words apart.

Data goes to stdout, words to stderr. A mistake in what was typed ends with exit code 2 and one
line that says what is accepted; an archive that cannot be used with 1, one in use with 75.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from abc import abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError
from scrapy.utils.conf import closest_scrapy_cfg

from crawler.errors import ArchiveLocked, ConfigurationError, CrawlerError
from crawler.newsrooms import SHIPPED

if TYPE_CHECKING:
    import argparse

    from scrapy.settings import BaseSettings, Settings

EXIT_OK: Final = 0
"""The run did what it should, also when nothing was new."""

EXIT_FAILED: Final = 1
"""The run failed or was interrupted; what was archived stays."""

EXIT_USAGE: Final = 2
"""Wrong arguments or settings; nothing was done."""

EXIT_ALARM: Final = 3
"""Finished, but something is wrong with the newsroom."""

EXIT_INCOMPLETE: Final = 4
"""Finished; single articles could not be fetched or read."""

EXIT_LOCKED: Final = 75
"""Another run holds the archive's lock; nothing was done (``EX_TEMPFAIL``)."""


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


def archive_names(settings: BaseSettings) -> list[str]:
    """Return the names of the archives that there are, sorted."""
    return sorted(path.parent.name for path in archive_root(settings).glob("*/archive.json"))


def archive_folder(settings: BaseSettings, name: str) -> Path:
    """Return the folder of the archive *name*, or raise :exc:`ConfigurationError`."""
    names = archive_names(settings)
    if name not in names:
        known = ", ".join(names) or "none yet"
        raise ConfigurationError(
            f"no archive named {name!r} in {archive_root(settings)}; there are: {known}"
        )
    return archive_root(settings) / name


class ArchiveCommand(ScrapyCommand):
    """A command on archives, without a crawl. Subclasses do their work in :meth:`work`."""

    requires_project = True
    requires_crawler_process = False
    default_settings: ClassVar[dict[str, Any]] = {"LOG_ENABLED": False}

    @property
    def configured(self) -> Settings:
        """The project's settings, with what the command line says."""
        assert self.settings is not None  # Scrapy sets them before anything else is called
        return self.settings

    @abstractmethod
    def work(self, args: list[str], opts: argparse.Namespace) -> None:
        """Do what the command is for; set ``exitcode`` where it is not 0."""

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Refuse unknown options, do the work, and turn errors of the core into exit codes."""
        refuse_unknown_options(args)
        try:
            self.work(args, opts)
        except ConfigurationError as error:
            raise UsageError(str(error), print_help=False) from None
        except ArchiveLocked as error:
            say(str(error))
            self.exitcode = EXIT_LOCKED
        except BrokenPipeError:  # whoever read our output had enough, as head does
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except (CrawlerError, OSError, sqlite3.OperationalError) as error:  # a full disk, too
            say(str(error))
            self.exitcode = EXIT_FAILED

    def one_name(self, args: list[str]) -> Path:
        """Return the folder of the one archive that *args* must name."""
        if len(args) != 1:
            known = ", ".join(archive_names(self.configured)) or "none yet"
            raise UsageError(f"want the name of one archive; there are: {known}")
        return archive_folder(self.configured, args[0])

    def names(self, args: list[str]) -> list[Path]:
        """Return the folders of the archives that *args* name, of all where they name none."""
        return [
            archive_folder(self.configured, name) for name in args or archive_names(self.configured)
        ]


def refuse_unknown_options(args: list[str]) -> None:
    """Raise UsageError for what looks like an option but was not taken for one."""
    for each in args:
        if each.startswith("-") and each != "-":
            raise UsageError(f"unknown option {each}; -h lists what is accepted")


def say(text: str) -> None:
    """Print words, as opposed to data, where they do not get into a pipe."""
    print(text, file=sys.stderr)
