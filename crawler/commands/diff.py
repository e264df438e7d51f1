"""``scrapy diff NAME ID [REVISION [REVISION]]``: two revisions of an article, word for word."""

from __future__ import annotations

import argparse
import sys
from typing import ClassVar

from rich.text import Text
from scrapy.exceptions import UsageError

from crawler.archive.edited import most_alike, revisions_of, seen_edit
from crawler.errors import ConfigurationError
from crawler.export.changes import drawn_edit, drawn_words, is_plain
from crawler.export.wording import Words, environment, evidence
from crawler.items import Article
from crawler.normalise.text import fold
from crawler.project import ArchiveCommand, Screen


class Command(ArchiveCommand):
    """Show two revisions of an article word for word.

    Compare two revisions of the article ID (progres:123, or just 123): the last two unless said; of
    one REVISION, it and the one before. What went is struck through, what came is underlined; where
    that cannot be shown it stands in [-…-] and {+…+}.
    """

    usage = "NAME ID [REVISION [REVISION]] [--to text|html]"
    options: ClassVar = {"--to FORMAT=text": "text or html"}

    def work(self, args: list[str], opts: argparse.Namespace) -> None:
        folder, id_ = self.name_and_id(args[:2])
        if opts.to not in ("text", "html"):
            raise UsageError(f"--to {opts.to}: want text or html")
        revisions = revisions_of(folder, id_)
        if not revisions:
            raise ConfigurationError(f"{id_}: no such article in {folder}, or it is withheld")
        first, last = _asked(args[2:], list(revisions), id_)
        texts = (
            lines
            for number, lines in reversed(revisions.items())
            if number <= first and isinstance(lines[0], Article)
        )
        text = next(texts, [])
        edit = seen_edit(revisions[first], revisions[last], text)
        assert edit is not None  # neither is empty
        pair = most_alike(text, revisions[last])
        bodies = (pair[0].body, pair[1].body) if pair else ("", "")
        if opts.to == "html":
            page = environment(Words("en")).get_template("diff.html.jinja")
            print(page.render(edit=edit, before=bodies[0], after=bodies[1]))
            return
        console = Screen(soft_wrap=not sys.stdout.isatty(), highlight=False)
        marks = is_plain(console)
        for line in (
            Text(f"{fold(edit.id)}, revision {first} to {last}: {', '.join(edit.kinds)}", "bold"),
            Text(evidence(edit)),
            Text(fold(edit.url), "dim"),
            Text(""),
            *drawn_edit(edit, marks=marks, blocks=False),
            Text(""),
            drawn_words(*bodies, marks=marks, whole=True),
        ):
            console.print(line)


def _asked(given: list[str], known: list[int], id_: str) -> tuple[int, int]:
    """Return the two revisions to compare."""
    have = ", ".join(map(str, known))
    if not all(each.isdecimal() and int(each) in known for each in given) or len(given) > 2:  # noqa: PLR2004 -- two are compared
        raise ConfigurationError(f"{' '.join(given)}: {id_} was archived as revisions {have}")
    numbers = sorted({int(each) for each in given}) or known[-2:]
    if len(numbers) == 1:
        numbers = [number for number in known if number <= numbers[0]][-2:]
    if len(numbers) == 1:
        raise ConfigurationError(
            f"{id_}: revision {numbers[0]} has none before it; there are {have}"
        )
    return numbers[0], numbers[1]
