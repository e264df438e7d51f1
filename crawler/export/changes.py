"""Changed words for a browser: what went in ``<del>``, what came in ``<ins>``."""

from __future__ import annotations

from itertools import groupby

from markupsafe import Markup

from crawler.normalise.words import PARAGRAPH, Run, word_runs


def changed_words(before: str | None, after: str | None) -> Markup:
    """Return what became of a text as HTML, to stand in a block; everything in it is escaped.

    >>> str(changed_words("Tiga orang < luka", "Lima orang < luka"))
    '<del>Tiga</del> <ins>Lima</ins> orang &lt; luka'
    """
    return Markup(" ").join(
        piece for run in word_runs(before or "", after or "") for piece in _pieces(run)
    )


def _pieces(run: Run) -> list[Markup]:
    if run.op == "equal":
        return [_words(run.after, "{}")]
    return [
        _words(words, f"<{tag}>{{}}</{tag}>")
        for tag, words in (("del", run.before), ("ins", run.after))
        if words
    ]


def _words(words: tuple[str, ...], frame: str) -> Markup:
    """The words in *frame*, which does not reach over the end of a block."""
    return Markup(" ").join(
        Markup("<br><br>") if ends else Markup(frame).format(" ".join(group))  # noqa: S704 -- our own tags
        for ends, group in groupby(words, key=PARAGRAPH.__eq__)
    )
