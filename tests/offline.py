"""Commands on archives, run in this process as they are typed."""

from __future__ import annotations

import io
from contextlib import redirect_stderr, redirect_stdout
from importlib import import_module
from pathlib import Path

import attrs
from scrapy.cmdline import ScrapyArgumentParser
from scrapy.exceptions import UsageError
from scrapy.settings import Settings


@attrs.frozen
class Done:
    """How a command ended, and what it said."""

    code: int
    out: str
    said: str


def scrapy(archives: Path, name: str, *words: str) -> Done:
    """Run ``scrapy NAME WORDS`` with ARCHIVE_DIR=*archives*."""
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    settings.set("ARCHIVE_DIR", str(archives), priority="cmdline")
    command = import_module(f"crawler.commands.{name}").Command()
    command.settings = settings
    parser = ScrapyArgumentParser(conflict_handler="resolve")
    command.add_options(parser)
    out, said = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(said):
        try:
            opts, args = parser.parse_known_args(words)
            command.process_options(args, opts)
            command.run(args, opts)
            code = command.exitcode
        except UsageError as error:
            said.write(f"{error}\n")
            code = 2
    return Done(code, out.getvalue(), said.getvalue())


def export(folder: Path, to: str, path: Path, *words: str) -> Done:
    """Run ``scrapy export`` on the archive in *folder*."""
    return scrapy(folder.parent, "export", folder.name, "--to", to, "-o", str(path), *words)
