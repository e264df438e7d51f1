"""Who wrote and who edited an article: names in the lines around it and in its metadata, weighed.

The rules, in the order in which they are asked:

1. JSON-LD's author where the page prints that name beside the headline; else the author element
   there: hAtom's ``vcard``, ``rel=author``, microdata, a class that is called author or reporter.
2. A labelled line beside the headline or below the text: Penulis, Reporter, Pewarta, Oleh, By.
3. JSON-LD's author, then that of plain meta tags.
4. Whoever the page labels as editor is no author on the word of JSON-LD or a class alone
   (fixtures/lintas/penyunting-di-jsonld).
5. The site is nobody: its name, its host, its publisher. ``admin`` and ``Redaksi`` are who they
   are shown as (fixtures/lintas/nama-situs-bukan-penulis, fixtures/lintas/bulan-di-depan).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice, takewhile
from typing import Final

import attrs
from lxml import etree

from crawler.extract.document import holds_more, text_of
from crawler.extract.unknown.facts import Facts, Surroundings
from crawler.extract.unknown.lines import CALLED, Line
from crawler.extract.unknown.metadata import Stated
from crawler.newsrooms import Newsroom
from crawler.normalise.text import fold
from crawler.normalise.vocabulary import (
    EDITORS,
    KINDS,
    MONTHS,
    WEEKDAYS_PRINTED,
    WRITERS,
    any_of,
    listed,
)

WRITER: Final = "writer"
EDITOR: Final = "editor"
BOTH: Final = "both"
PHOTOGRAPHER: Final = "photographer"

_BOTH_LABEL: Final = (
    rf"(?:{any_of(WRITERS | EDITORS)})\s?(?:&|/|dan|sekaligus)\s?"
    rf"(?:{any_of(WRITERS | EDITORS)})"
)
_EDITOR_LABEL: Final = rf"(?:di)?(?:sunting|edit)\soleh|edited\sby|redaktur\spelaksana|{any_of(EDITORS)}|red(?=\s?[:.])"
_WRITER_LABEL: Final = (
    rf"(?:di)?(?:tulis(?:an)?|posting|publikasikan|terbitkan|unggah|muat)\soleh|{any_of(WRITERS)}"
    r"|(?:posted|published|written)\s(?:by|oleh)|by|author|rep"
)
_PHOTO_LABEL: Final = r"fotografer|pewarta\sfoto"
_LABEL: Final = (
    rf"(?P<both>{_BOTH_LABEL})|(?P<photographer>{_PHOTO_LABEL})|(?P<editor>{_EDITOR_LABEL})"
    rf"|(?P<writer>{_WRITER_LABEL})"
)
# "Laporan Khusus" is what an article is, and nobody.
_LABELLED: Final = re.compile(
    rf"(?<!\w)(?:{_LABEL})(?!\w|\s(?:khusus|utama|langsung)\b)(?P<mark>\s?[:：,.|]?\s?)",
    re.IGNORECASE,
)
_BEGINS: Final = re.compile(rf"\W*(?:{_LABEL})\s?[:：.]", re.IGNORECASE)
_ONLY_LABEL: Final = re.compile(rf"\W*(?:{_LABEL})\W*", re.IGNORECASE)

# Where a name in a line ends: at a date, at another label, at what themes print after it.
_AFTER: Final = (
    r"\s*[|•·»;\n]|\s[-–—/~]+(?:\s|$)|\s*[-–—/,:]+\s*$|,?\s\d"
    r"|,?\s(?:on|pada|at|in|tanggal|tgl|hari|pukul|di\s(?=[A-Z]\w+\s\d)|published|updated"
    r"|diperbarui|last|views?|dibaca|comments?|komentar|dilihat|min\sread)(?!\w)"
    rf"|,?\s(?:{any_of(WEEKDAYS_PRINTED)}|jum.?at)(?:\s?,|\s\d|$)"
    rf"|,?\s(?:{any_of(MONTHS)})\.?\s\d"
    r"|/\s?(?:red|editor|rep)\b|[,/]?\s?\w+\s?[:：]"
)
# "Maya (Kontributor)" is a name with its brackets, unless a label stands before it.
_END_OF_BYLINE: Final = re.compile(_AFTER, re.IGNORECASE)
_END: Final = re.compile(rf"\s*[()\[\]]|{_AFTER}", re.IGNORECASE)
_NOT_WORD: Final = re.compile(r"\W+")
_EDGES: Final = " \t.,:;|/-–—*_\"'[]"
_LONGEST_NAME: Final = 80
_LONGEST_LINE: Final = 200
_MOST_WORDS: Final = 8
# A name that nothing but its place marks as one has no more words.
_FEW_WORDS: Final = 5
# Words that are printed below a name rather than above it.
_TITLES: Final = frozenset(("jurnalis", "wartawan"))
_ROLES: Final = listed("beside_names.roles")
_NOT_A_NAME: Final = re.compile(
    r"\d{4}|\d/\d|https?:|www\.|[@©#=]|\b(?:yang|untuk|dengan|dalam|karena|bahwa|adalah|komentar|bagikan"
    r"|share|follow|ikuti|views?|dibaca|comments?|read more|selengkapnya)\b|[?!]",
    re.IGNORECASE,
)
_LINK: Final = re.compile(r"/(?:author|penulis|reporter|kontributor)/", re.IGNORECASE)


@attrs.frozen
class Byline(Stated):
    """One name with its role."""

    role: str


def labelled(line: Line) -> list[Byline]:
    """Return the names that *line* labels, ``Rep: Sari Dewi / Red: Rian Tobu`` two of them."""
    text = line.text
    labels = _LABELLED.finditer(text) if len(text) <= _LONGEST_LINE else ()
    found = ((_name_after(text, label), label) for label in labels)
    return [_byline(name, label) for name, label in found if name]


def _byline(name: str, label: re.Match[str]) -> Byline:
    role = next(role for role in (BOTH, PHOTOGRAPHER, EDITOR, WRITER) if label[role])
    return Byline(name, f"line[{fold(label[role]).lower()}]", role)


def _name_after(text: str, label: re.Match[str]) -> str | None:
    """Return the name that stands after *label*, if it is a name.

    A label inside a line counts only with a colon, or at the end of a line that is all byline;
    so does one that is a common word: "Oleh karena itu" and "Laporan keuangan" are sentences.
    """
    marked = _is_marked(label)
    before = text[: label.start()].strip()
    if before and not marked and not _is_meta(before):
        return None
    rest = text[label.end() :]
    following = _LABELLED.search(rest)
    if following and (":" in following["mark"] or " " in following[0].strip()):
        rest = rest[: following.start()]
    name = _trimmed(rest)
    if not name or not (marked or name[0].isupper() or before or name.casefold() in _ACCOUNTS):
        return None
    return name if is_name(name) and (marked or len(name.split()) <= _FEW_WORDS) else None


def _is_marked(label: re.Match[str]) -> bool:
    return ":" in label["mark"] or "：" in label["mark"]


def _is_meta(before: str) -> bool:
    """Whether the words before a label are a date or another part of a byline."""
    return before[-1] in "|•·/-–—,)" or bool(re.search(r"\d{4}|\bon\b|WI[BT]|WITA", before))


def _trimmed(name: str, end: re.Pattern[str] = _END) -> str:
    """Return *name* up to its *end*, without what is printed around it."""
    return end.split(name, maxsplit=1)[0].strip(f"{_EDGES}()" if end is _END else _EDGES)


def is_name(name: str) -> bool:
    """Whether *name* can be that of a person, a desk or an account."""
    return (
        1 < len(name) <= _LONGEST_NAME
        and any(char.isalpha() for char in name)
        and len(name.split()) <= _MOST_WORDS
        and not _NOT_A_NAME.search(name)
        and not _ONLY_LABEL.fullmatch(name)
        and any(word not in KINDS for word in name.casefold().split())
        and name.casefold() not in _ROLES
    )


def around(lines: Sequence[Line], *, strict: bool = False) -> list[Byline]:
    """Return the labelled names in *lines*, also where the label is a line of its own.

    *strict* is for lines that may be text: the label begins the line and has a colon.
    """
    found: list[Byline] = []
    for at, line in enumerate(lines):
        names = [] if strict and not _BEGINS.match(line.text) else labelled(line)
        found.extend(names)
        only = None if names else _ONLY_LABEL.fullmatch(line.text)
        if only is None:
            continue
        # "Penulis" above the name; "Jurnalis", without a colon, below it, or what shares a box.
        below = (only["writer"] or "").lower() in _TITLES or (
            _share_a_box(lines, at, at - 1) and not _share_a_box(lines, at, at + 1)
        )
        places = [at + 1] if ":" in line.text else [at - 1, at + 1] if below else [at + 1, at - 1]
        names_near = filter(None, (_neighbour(lines, place) for place in places))
        found.extend(_byline(name, only) for name in islice(names_near, 1))
    return found


def _share_a_box(lines: Sequence[Line], at: int, beside: int) -> bool:
    """Whether the line at *beside* stands in the element that the one *at* stands in."""
    if not 0 <= beside < len(lines):
        return False
    box = lines[at].element.getparent()
    return box is not None and box in lines[beside].element.iterancestors()


def _neighbour(lines: Sequence[Line], at: int) -> str | None:
    """Return the name that the line at *at* is, if it is nothing else."""
    if not 0 <= at < len(lines) or lines[at].text.endswith(":"):
        return None
    name = lines[at].text.strip(f"{_EDGES}()")
    return name if is_name(name) and name[0].isupper() and len(name.split()) <= _FEW_WORDS else None


def marked_up(lines: Iterable[Line]) -> list[Stated]:
    """Return the names in elements that are called author, in the first line that has any.

    Another line names somebody else.
    """
    for line in lines:
        if len(line.text) > _LONGEST_LINE or _ONLY_LABEL.fullmatch(line.text):
            continue
        found: dict[str, str] = {}
        for element in _author_elements(line):
            for name in filter(is_name, _names_in(element, line)):
                found.setdefault(name, _mark(element) or "")
        # An element around another holds its name and more: "Kontributor Sari Dewi".
        if found:
            return [
                Stated(name, source)
                for name, source in found.items()
                if not any(other != name and other in name for other in found)
            ]
    return []


def _author_elements(line: Line) -> Iterator[etree._Element]:
    if holds_more(line.element, 2 * _LONGEST_LINE):
        return
    # Two of its parents, where they hold little more than it.
    parents = islice(line.element.iterancestors(), 2)
    near = takewhile(lambda each: not holds_more(each, 2 * _LONGEST_NAME), parents)
    for element in (*reversed([line.element, *near]), *line.element.iterdescendants()):
        if isinstance(element.tag, str) and _mark(element) and not _has_photo(element):
            yield element


def _mark(element: etree._Element) -> str | None:
    """Return the mark by which *element* is called an author, as a selector."""
    if element.get("itemprop") == "author":
        return "[itemprop=author]"
    if "author" in element.get("rel", "").split():
        return "a[rel=author]"
    name = _author_class(element.get("class", ""))
    is_link = element.tag == "a" and _LINK.search(element.get("href", ""))
    return f".{name}" if name else "a[href*=author]" if is_link else None


@lru_cache(maxsize=2048)
def _author_class(names: str) -> str | None:
    return next((each for each in names.split() if CALLED["author"].search(each)), None)


def _has_photo(element: etree._Element) -> bool:
    """Whether *element* stands beside a photo: then it is called author for the photographer."""
    near = [each for each in (element, element.getparent()) if each is not None]
    images = (image for each in near for image in each.iter("img", "amp-img"))
    if any(
        each.tag in ("figure", "figcaption") or CALLED["caption"].search(each.get("class", ""))
        for each in near
    ):
        return True
    return any("avatar" not in f"{image.get('class')} {image.get('src')}" for image in images)


def _names_in(element: etree._Element, line: Line) -> list[str]:
    links = [element] if element.tag == "a" else list(element.iter("a"))
    marks = {"fn", "url", "author"}
    names = [
        _shown(link)
        for link in links
        if _mark(link)
        or marks.intersection(link.get("class", "").split())
        or link.get("itemprop") in ("name", "url")
    ]
    if names or any("tag" in link.get("rel", "").split() for link in links):
        return names
    whole = text_of(element)
    if whole in line.text:
        return [_without_label(whole)]
    # An element around several lines: each is one name at most. One inside has another line.
    holds_line = element in (line.element, *line.element.iterancestors())
    return [_without_label(line.text)] if holds_line else []


def _shown(link: etree._Element) -> str:
    """Return the name that *link* shows; "Penulis Muda" is one, unless its address has it else."""
    text = text_of(link)
    label = _LABELLED.match(text)
    if label is None or _is_marked(label):
        return _without_label(text)
    rest = _without_label(text)
    address = link.get("href", "").rstrip("/").rpartition("/")[2].replace("-", " ").casefold()
    return rest if _NOT_WORD.sub(" ", rest.casefold()).strip() == address else text


def _without_label(text: str) -> str:
    """Return the name in *text*; a name without a label is one as a whole."""
    text = text.lstrip(" /|-")
    label = _LABELLED.match(text)
    if label is None:
        return _trimmed(text, _END_OF_BYLINE)
    return "" if label[EDITOR] else _trimmed(text[label.end() :])


def is_site(name: str, names_of_site: Collection[str]) -> bool:
    """Whether *name* is the site's own: one of its names or hosts, folded."""
    folded = name.casefold()
    bare, *known = (_AROUND_A_NAME.sub("", each.casefold()) for each in (name, *names_of_site))
    # A name with the site's host in it is the site's: "lintas.example developer".
    return bare in known or any("." in each and each in folded for each in names_of_site)


_AROUND_A_NAME: Final = re.compile(
    r"^(?:https?://)?(?:www\.)?|\.(?:com|co\.id|id|net|org|news|or\.id)$|\W"
)
_NEAR_FOOTER: Final = 8
# Authors only where they are shown.
_ACCOUNTS: Final = listed("beside_names.accounts")
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

    authors: Sequence[Stated] = ()
    writer: Stated | None = None
    editor: Stated | None = None


def names_of(facts: Facts, end: Surroundings, newsroom: Newsroom) -> Names:
    """Return the names that *facts* show, by the rules above.

    *end* are the surroundings of the article's last page.
    """
    site = _site_names(facts, newsroom)
    header = around((*facts.above, *facts.beside))
    # What the page prints below the text comes before what somebody typed into it.
    below = around((*end.footer, *end.typed, *end.closing), strict=True)
    named = [each for each in (*header, *below) if not is_site(each.value, site)]
    printed = [each for each in named if each.role == EDITOR]
    editors = (*printed, *facts.metadata.editors())
    no_author = _folded(editors) - _folded(_writers(named))
    authors: dict[str, Stated] = {}
    for source in _sources(facts, header, below, site):
        for each in (person for several in source for person in _apart(several)):
            name = each.value.casefold()
            if name not in no_author and is_name(each.value) and not is_site(each.value, site):
                authors.setdefault(name, each)
        if authors:
            break
    # "Penulis Muda" is the name of a team, and nobody called Muda wrote it.
    writers = (each for each in _writers(named) if not _label(each).endswith(_INTRODUCED))
    both = (each for each in named if each.role == BOTH)
    return Names(
        authors=list(authors.values()),
        writer=_first(writers, authors),
        editor=_first(editors, authors) or next(both, None),
    )


# Oleh and By only introduce the author.
_INTRODUCED: Final = ("oleh", "by", "author")


def _first(people: Iterable[Stated], teams: Collection[str]) -> Stated | None:
    named = (each for each in people if f"{_label(each)} {each.value}".casefold() not in teams)
    return next(named, None)


def _label(person: Stated) -> str:
    """Return the label before a name, in small letters, empty without one."""
    return person.source[len("line[") : -1] if person.source.startswith("line[") else ""


def _writers(bylines: Iterable[Byline]) -> list[Byline]:
    return [each for each in bylines if each.role in (WRITER, BOTH)]


def _folded(people: Iterable[Stated]) -> set[str]:
    return {each.value.casefold() for each in people}


def _sources(
    facts: Facts, header: Sequence[Byline], below: Sequence[Byline], site: frozenset[str]
) -> Iterator[Iterable[Stated]]:
    """Yield what may name the authors, the surest first."""
    metadata, lines = facts.metadata, (*facts.above, *facts.beside)
    shown = " | ".join(line.text for line in lines).casefold()
    if all(name in shown for name in _folded(metadata.authors())):
        yield metadata.authors()
    yield marked_up(lines)
    yield _with_site(lines, site)
    yield metadata.said("author")
    yield _writers(header)
    yield [each for each in metadata.authors() if each.value.casefold() not in _ACCOUNTS]
    yield _writers(below)
    footer = [line for line in facts.around.footer if not facts.is_of_another(line.element)]
    yield marked_up(footer[:_NEAR_FOOTER])
    yield _marked_in_scope(facts)
    yield [each for each in metadata.authors_plain() if each.value.casefold() not in _ACCOUNTS]
    yield [each for each in header if each.role == PHOTOGRAPHER]
    last = (*facts.around.typed, *facts.around.footer)[:1]
    signed = [each.text for each in last if _SIGNED.fullmatch(each.text)]
    yield [Stated(each, "last line") for each in signed if facts.body.accepts(each)]


def _marked_in_scope(facts: Facts) -> Iterator[Stated]:
    """Yield the names in the article's own element that are marked as its author's for machines."""
    for element in facts.marked("a", "span"):
        marks = (*element.get("rel", "").split(), *element.get("class", "").split())
        names_one = not {"author", "fn"}.isdisjoint(marks) and not _has_photo(element)
        if names_one and not facts.is_of_another(element):
            yield Stated(_shown(element), _mark(element) or ".fn")


def _with_site(header: Iterable[Line], site: frozenset[str]) -> Iterator[Stated]:
    """Yield the name in a line "Sari Dewi - Lintas", the second part being the site's."""
    for line in header:
        name, separator, rest = line.text.rpartition(" - ")
        if separator and is_site(rest, site) and is_name(name) and len(name.split()) <= _FEW_WORDS:
            yield Stated(name, "line beside the headline")
            return


def _apart(person: Stated) -> list[Stated]:
    """Return the people that one name lists: each of them has two words or more."""
    pieces = [piece.strip() for piece in _BETWEEN.split(person.value)]
    several = len(pieces) > 1 and all(
        len(piece.split()) > 1 and piece[0].isupper() for piece in pieces
    )
    if not several or _ONE.search(person.value):
        return [person]
    return [attrs.evolve(person, value=piece) for piece in pieces]


def _site_names(facts: Facts, newsroom: Newsroom) -> frozenset[str]:
    labels = facts.document.host.removeprefix("www.").casefold().split(".")
    parents = (".".join(labels[at:]) for at in range(len(labels) - 1))
    outlets = (outlet.casefold() for outlet in newsroom.outlets)
    return facts.site.union(outlets, parents, (newsroom.name,))
