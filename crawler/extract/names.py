"""Which of the names around an article are its authors, which its editor."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final
from urllib.parse import urlsplit

import attrs

from crawler.extract.bylines import (
    BOTH,
    EDITOR,
    PHOTOGRAPHER,
    WRITER,
    Byline,
    around,
    is_name,
    is_site,
    marked_up,
)
from crawler.extract.lines import Line
from crawler.extract.metadata import Stated
from crawler.extract.reading import Reading
from crawler.extract.surroundings import Surroundings
from crawler.newsrooms import Newsroom

_NEAR_FOOTER: Final = 8
_FEW: Final = 5
_ACCOUNTS: Final = frozenset(
    ("admin", "administrator", "superadmin", "root", "user", "webmaster", "editor", "author")
)
# Two to four words in capitals below the text, and nobody else named: who wrote it.
_SIGNED: Final = re.compile(r"[A-Z][A-Z.']+(?: [A-Z][A-Z.']+){1,3}")
_BETWEEN: Final = re.compile(r"\s(?:dan|&|and)\s|,\s")
# "Kontributor Palu, Sari Dewi" is one person; so is "Sari Dewi, S.Sos".
_ONE: Final = re.compile(
    r"^(?:kontributor|wartawan|koresponden|tim|laporan)\b|,\s\w{1,3}\.", re.IGNORECASE
)


@attrs.frozen
class Names:
    """The people of an article."""

    authors: tuple[Byline, ...] = ()
    writer: Byline | None = None
    editor: Byline | None = None


def names_of(reading: Reading, end: Surroundings, newsroom: Newsroom) -> Names:
    """Return the names that *reading* shows, by the rules in ``bylines.py``.

    *end* are the surroundings of the article's last page.
    """
    header = around(reading.around.header)
    # What the page prints below the text comes before what somebody typed into it.
    below = around((*end.footer, *end.typed, *end.closing), strict=True)
    labelled = [*header, *below]
    editors = [each for each in labelled if each.role == EDITOR]
    editors += _as_bylines(reading.metadata.editors(), EDITOR)
    writers = [each for each in labelled if each.role in (WRITER, BOTH)]
    site = _site_names(reading, newsroom)
    no_author = {each.name.casefold() for each in editors} - {
        each.name.casefold() for each in writers
    }
    authors = _authors(reading, header, below, site, no_author)
    both = next((each for each in labelled if each.role == BOTH), None)
    return Names(
        authors=tuple(authors),
        writer=next((each for each in writers if not _is_oleh(each)), None),
        editor=next(iter(editors), both),
    )


def _is_oleh(byline: Byline) -> bool:
    """Whether the label only introduces the author, as Oleh and By do."""
    return byline.source.endswith(("oleh]", "by]", "author]"))


def _authors(
    reading: Reading,
    header: Sequence[Byline],
    below: Sequence[Byline],
    site: frozenset[str],
    no_author: set[str],
) -> list[Byline]:
    metadata, lines = reading.metadata, reading.around
    sources: tuple[Iterable[Byline], ...] = (
        _printed(metadata.authors(), lines.header),
        _of_one_line(marked_up(lines.header)),
        _with_site(lines.header, site),
        _as_bylines(metadata.itemprop("author"), WRITER),
        [each for each in header if each.role in (WRITER, BOTH)],
        _people(metadata.authors()),
        [each for each in below if each.role in (WRITER, BOTH)],
        _of_one_line(marked_up(lines.footer[:_NEAR_FOOTER])),
        _people(metadata.authors_plain()),
        [each for each in header if each.role == PHOTOGRAPHER],
        _signed(reading),
    )
    for source in sources:
        found: dict[str, Byline] = {}
        for each in source:
            name = each.name.casefold()
            if name not in no_author and is_name(each.name) and not is_site(each.name, site):
                found.setdefault(name, each)
        if found:
            return [one for each in found.values() for one in _apart(each)]
    return []


def _printed(stated: Iterable[Stated], header: Sequence[Line]) -> list[Byline]:
    """Return the names of *stated* if the page prints all of them beside the headline."""
    names = _as_bylines(stated, WRITER)
    lines = " | ".join(line.text for line in header).casefold()
    return names if all(each.name.casefold() in lines for each in names) else []


def _people(stated: Iterable[Stated]) -> list[Byline]:
    """Return the names of *stated* but for accounts: those are authors only where shown."""
    return [each for each in _as_bylines(stated, WRITER) if each.name.casefold() not in _ACCOUNTS]


def _with_site(header: Iterable[Line], site: frozenset[str]) -> list[Byline]:
    """Return the name in a line "Sari Dewi - Lintas", the second part being the site's."""
    for line in header:
        name, separator, rest = line.text.rpartition(" - ")
        if separator and is_site(rest, site) and is_name(name) and len(name.split()) <= _FEW:
            return [Byline(name, WRITER, "line beside the headline", line)]
    return []


def _of_one_line(bylines: Sequence[Byline]) -> list[Byline]:
    """Return the names of the first line that has any: another line names somebody else."""
    return [each for each in bylines if each.line is bylines[0].line]


def _apart(byline: Byline) -> list[Byline]:
    """Return the people that one name lists: each of them has two words or more."""
    pieces = [piece.strip() for piece in _BETWEEN.split(byline.name)]
    several = len(pieces) > 1 and all(
        len(piece.split()) > 1 and piece[0].isupper() for piece in pieces
    )
    if not several or _ONE.search(byline.name):
        return [byline]
    return [attrs.evolve(byline, name=piece) for piece in pieces]


def _as_bylines(stated: Iterable[Stated], role: str) -> list[Byline]:
    return [Byline(each.value, role, each.source) for each in stated]


def _signed(reading: Reading) -> list[Byline]:
    for line in (*reading.around.typed, *reading.around.footer)[:1]:
        assert reading.body is not None
        if _SIGNED.fullmatch(line.text) and reading.body.accepts(line.text):
            return [Byline(line.text, WRITER, "last line", line)]
    return []


def _site_names(reading: Reading, newsroom: Newsroom) -> frozenset[str]:
    host = urlsplit(reading.document.url).netloc.removeprefix("www.").casefold()
    labels = host.split(".")
    return frozenset(
        (
            *reading.metadata.site_names(),
            *(outlet.casefold() for outlet in newsroom.outlets),
            newsroom.name,
            host,
            *(".".join(labels[at:]) for at in range(1, len(labels) - 1)),
        )
    )
