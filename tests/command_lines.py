"""Command lines that documents and deployment files show: are they still accepted?"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from importlib import import_module

from scrapy.cmdline import ScrapyArgumentParser
from scrapy.settings import Settings, default_settings
from scrapy.utils.misc import walk_modules_iter

from crawler import settings
from crawler.arguments import ACCEPTED

PROGRAM = re.compile(r"(?:^|[\s/])scrapy (?=[a-z])")
OURS = {
    module.__name__.rpartition(".")[2]
    for module in walk_modules_iter("crawler.commands")
    if hasattr(module, "Command")
}
THEIRS = {
    module.__name__.rpartition(".")[2]
    for module in walk_modules_iter("scrapy.commands")
    if hasattr(module, "Command")
}
END = frozenset({"&&", "||", "|", ";", ">", "<", "&"})


def command_lines(text: str) -> Iterator[list[str]]:
    """Yield the words after ``scrapy`` of each line of *text* that runs it."""
    for line in text.replace("\\\n", " ").splitlines():
        found = PROGRAM.search(line)
        if found and not line.lstrip().startswith("#"):
            words = []
            for word in shlex.split(line[found.end() :], comments=True):
                if word in END:
                    break
                words.append(word)
            yield words


def objections(words: list[str]) -> list[str]:
    """Return what is wrong with a command line, ``[]`` where it is accepted."""
    name, *rest = words
    if name not in OURS | THEIRS:
        return [f"{name}: no such command"]
    command = import_module(f"{'crawler' if name in OURS else 'scrapy'}.commands.{name}").Command()
    command.settings = Settings()
    parser = ScrapyArgumentParser(conflict_handler="resolve")
    command.add_options(parser)
    opts, args = parser.parse_known_args(rest)
    wrong = [
        f"{name}: unknown option {each}" for each in args if each.startswith("-") and each != "-"
    ]
    wrong += [
        f"{name}: unknown argument {each}"
        for each in getattr(opts, "spargs", ())
        if each.partition("=")[0] not in ACCEPTED
    ]
    wrong += [
        f"{name}: unknown setting {each}"
        for each in opts.set
        if not any(hasattr(known, each.partition("=")[0]) for known in (settings, default_settings))
    ]
    return wrong
