"""A copy of the project that a test may write into: commands, spiders, newsrooms."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from scrapy.cmdline import ScrapyArgumentParser
from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError
from scrapy.settings import Settings

from tests import forked
from tests.forked import OWN, ROOT


def copy_project(folder: Path) -> Path:
    """Copy what commands need to *folder*, compiled where it is, and return it."""
    for name in OWN:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns(".*"))
    shutil.copy(ROOT / "scrapy.cfg", folder)
    return folder


def scrapy(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run ``scrapy`` in *folder* with the copy's own code."""
    return forked.scrapy(*arguments, folder=folder, own_code=True)


def refusal(command: ScrapyCommand, *arguments: str) -> str:
    """Return why *command* refuses *arguments* as a mistake in what was typed (exit code 2)."""
    command.settings = Settings()
    command.settings.setmodule("crawler.settings", priority="project")
    parser = ScrapyArgumentParser(conflict_handler="resolve")
    command.add_options(parser)
    opts, args = parser.parse_known_args(list(arguments))
    with pytest.raises(UsageError) as refused:
        command.run(args, opts)
    return str(refused.value)
