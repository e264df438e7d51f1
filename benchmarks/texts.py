"""Bodies of the public pages that trafilatura is measured on, beside trafilatura's own.

    git clone https://github.com/adbar/trafilatura
    python -m benchmarks.texts trafilatura [--all] [--lost]

Of each page a person wrote down a few pieces of text that the body must have, and a few that it must
not. Read are the pages of WordPress, or ``--all``; ``--lost`` lists the pieces that trafilatura has
right and we have wrong. No rule was made on these pages; faults of a kind that they showed were mended.
"""

from __future__ import annotations

import argparse
import json
import logging
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import attrs
from trafilatura import extract

from crawler.errors import NotAnArticle
from crawler.extract import extract_html
from crawler.normalise.text import fold

# Their pages without an address have one in their file's name: ``example.com-headline.html``.
_FILE: Final = re.compile(r"(?P<host>.+?\.[a-z]{2,3})[.-](?P<name>.*)\.html")


@attrs.frozen
class Page:
    """One page, and the pieces of text that its body must and must not have."""

    url: str
    body: bytes
    own: Sequence[str]
    others: Sequence[str]

    def right(self, text: str) -> set[str]:
        """Return the pieces that *text* has right."""
        found = fold(text)
        own = {piece for piece in self.own if fold(piece) in found}
        return own | {piece for piece in self.others if fold(piece) not in found}


def pages(folder: Path) -> Iterator[Page]:
    """Yield the pages in a clone of trafilatura."""
    listed: Mapping[str, Any] = json.loads((folder / "tests/evaldata.json").read_bytes())
    for url, said in sorted(listed.items()):
        places = (folder / "tests" / each / said["file"] for each in ("cache", "eval"))
        path = next(filter(Path.is_file, places))
        parts = None if url.startswith("http") else _FILE.fullmatch(path.name)
        address = f"https://{parts['host']}/{parts['name']}/" if parts else url
        yield Page(address, path.read_bytes(), said["with"], said["without"])


def main(argv: list[str] | None = None) -> None:
    """Read every page with both, and print precision, recall and F1 of the pieces."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, help="clone of trafilatura")
    parser.add_argument("--all", action="store_true", help="not only pages of WordPress")
    parser.add_argument(
        "--lost", action="store_true", help="list what we have wrong and it has right"
    )
    options = parser.parse_args(argv)
    logging.disable(logging.CRITICAL)
    counts: dict[str, Counter[str]] = {"this project": Counter(), "trafilatura": Counter()}
    refused: Counter[str] = Counter()
    read = 0
    for page in pages(options.folder):
        if not (options.all or b"wp-content" in page.body):
            continue
        try:
            ours = extract_html(page.body, page.url).body
        except NotAnArticle as error:
            refused[error.reason] += 1
            continue
        read += 1
        theirs = extract(page.body, include_comments=False) or ""
        for name, text in (("this project", ours), ("trafilatura", theirs)):
            right = page.right(text)
            counts[name].update(
                hit=len(right.intersection(page.own)),
                missed=len(set(page.own) - right),
                false=len(set(page.others) - right),
            )
        for piece in sorted(page.right(theirs) - page.right(ours)) if options.lost else ():
            print("missing" if piece in page.own else "too much", page.url, repr(piece))
    print(f"read {read}, refused {refused.total()}: {dict(refused)}")
    for name, found in counts.items():
        precision = found["hit"] / (found["hit"] + found["false"])
        recall = found["hit"] / (found["hit"] + found["missed"])
        f1 = 2 * precision * recall / (precision + recall)
        print(f"{name:14}precision {precision:.3f}  recall {recall:.3f}  F1 {f1:.3f}")


if __name__ == "__main__":
    main()
