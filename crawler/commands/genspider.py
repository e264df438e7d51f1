"""``scrapy genspider -t newsroom NAME URL``: a newsroom's file, and the spider that names it."""

from __future__ import annotations

import argparse
from importlib import import_module
from pathlib import Path
from string import Template
from typing import Final
from urllib.parse import urlsplit

from scrapy.commands.genspider import Command as GenSpider
from scrapy.commands.genspider import sanitize_module_name
from scrapy.exceptions import UsageError

from crawler.newsrooms import SHIPPED, Newsroom, newsroom_at
from crawler.project import ArchiveCommand

NEWSROOM: Final = "newsroom"
"""Name of the template that is ours; every other one is Scrapy's."""

TEMPLATES: Final = Path(__file__).parents[1] / "templates" / NEWSROOM


class Command(ArchiveCommand, GenSpider):
    """Add a newsroom: crawler/sites/NAME.toml and the spider that names it.

    Write what is known of a newsroom, to be filled in, and a spider of that name. Nothing is
    fetched. With another template, or none, Scrapy's own command.
    """

    usage = "-t newsroom NAME URL"

    def work(self, args: list[str], opts: argparse.Namespace) -> None:
        if opts.template != NEWSROOM or opts.list or opts.dump:
            self._of_scrapy(args, opts)
            return
        if opts.edit:
            raise UsageError("-e: not with this template; edit the files that it names")
        if len(args) != 2:  # noqa: PLR2004 -- name and address
            raise UsageError("want NAME and URL: scrapy genspider -t newsroom muara muara.example")
        newsroom = newsroom_at(args[1], args[0])
        if not newsroom.address.isascii() or set(newsroom.address) & set("\"'\\<> "):
            raise UsageError(f"{args[1]}: want an address such as https://progres.id")
        self._write(newsroom, force=opts.force)

    def _of_scrapy(self, args: list[str], opts: argparse.Namespace) -> None:
        if opts.dump == NEWSROOM:
            for template in sorted(TEMPLATES.iterdir()):
                print(template.read_text(encoding="utf-8"))
            return
        GenSpider.run(self, args, opts)
        if opts.list:
            print(f"  {NEWSROOM}")

    def _write(self, newsroom: Newsroom, *, force: bool) -> None:
        """Write both files and say so, or raise UsageError when one is there."""
        module = sanitize_module_name(newsroom.name)
        package = import_module(self.configured["NEWSPIDER_MODULE"])
        assert package.__file__ is not None
        files = {
            "site.toml.tmpl": SHIPPED / f"{newsroom.name}.toml",
            "spider.py.tmpl": Path(package.__file__).parent / f"{module}.py",
        }
        for path in files.values():
            if path.exists() and not force:
                raise UsageError(
                    f"{path} is there already; --force writes it anew", print_help=False
                )
        host = (urlsplit(newsroom.address).hostname or "").removeprefix("www.")
        words = {
            "name": newsroom.name,
            "address": newsroom.address,
            "host": host,
            "outlet": host.upper(),
            "classname": "".join(part.capitalize() for part in module.split("_")) + "Spider",
        }
        for template, path in files.items():
            text = Template((TEMPLATES / template).read_text(encoding="utf-8"))
            path.write_text(text.substitute(words), encoding="utf-8")
            print(path)
