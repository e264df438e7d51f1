"""What commands share: archives by name, errors as exit codes, data and words apart.

Data goes to stdout, words to stderr. A mistake in what was typed ends with exit code 2 and one
line that says what is accepted; an archive that cannot be used with 1, one in use with 75.
"""

from __future__ import annotations

import os
import sys
from abc import abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from crawler.errors import ArchiveLocked, ConfigurationError, CrawlerError
from crawler.project import EXIT_FAILED, EXIT_LOCKED, archive_folder, archive_names

if TYPE_CHECKING:
    import argparse

    from scrapy.settings import Settings


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
        except CrawlerError as error:
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
