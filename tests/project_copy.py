"""A copy of the project that a test may write into: commands, spiders, newsrooms."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from scrapy.cmdline import ScrapyArgumentParser
from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError
from scrapy.settings import Settings

from tests.tool_venvs import ROOT


def copy_project(folder: Path) -> Path:
    """Copy what commands need to *folder*, and return it."""
    for name in ("crawler", "demo", "spiders"):
        shutil.copytree(
            ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", ".*")
        )
    shutil.copy(ROOT / "scrapy.cfg", folder)
    return folder


def scrapy(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run ``scrapy`` in *folder* with the copy's own code."""
    return subprocess.run(
        [sys.executable, "-m", "scrapy", *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


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
