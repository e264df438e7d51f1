"""Who wrote and who edited an article, from the lines around it.

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
from typing import Final

import attrs
from lxml import etree

from crawler.extract.document import text_of
from crawler.extract.lines import Line, holds_more
from crawler.normalise.text import fold

WRITER: Final = "writer"
EDITOR: Final = "editor"
BOTH: Final = "both"
PHOTOGRAPHER: Final = "photographer"

_BOTH_LABEL: Final = (
    r"(?:penulis|reporter|redaktur|pewarta|wartawan)\s?(?:&|/|dan|sekaligus)\s?"
    r"(?:editor|redaktur|reporter|penyunting|penulis)"
)
_EDITOR_LABEL: Final = r"editor|penyunting|redaktur(?:\spelaksana)?|red(?=\s?[:.])"
_WRITER_LABEL: Final = (
    r"(?:di)?tulis(?:an)?\soleh|penulis|reporter|pewarta|laporan|wartawan|jurnalis|kontributor"
    r"|(?:posted|published|written|diposting|dipublikasikan)\s(?:by|oleh)|oleh|by|author|rep"
)
_PHOTO_LABEL: Final = r"fotografer|pewarta\sfoto"
_LABEL: Final = (
    rf"(?P<both>{_BOTH_LABEL})|(?P<photographer>{_PHOTO_LABEL})|(?P<editor>{_EDITOR_LABEL})"
    rf"|(?P<writer>{_WRITER_LABEL})"
)
_LABELLED: Final = re.compile(rf"(?<!\w)(?:{_LABEL})(?!\w)(?P<mark>\s?[:：,.|]?\s?)", re.IGNORECASE)
_BEGINS: Final = re.compile(rf"\W*(?:{_LABEL})\s?[:：.]", re.IGNORECASE)
_ONLY_LABEL: Final = re.compile(rf"\W*(?:{_LABEL})\W*", re.IGNORECASE)

# Where a name in a line ends: at a separator, at a date, or at what themes print after it.
_END: Final = re.compile(
    r"\s*[|•·»;()\[\]\n]|\s[-–—/~]+(?:\s|$)|\s*[-–—/,:]+\s*$"
    r"|,?\s(?:on|pada|at|in|di\s(?=[A-Z]\w+\s\d)|published|updated|diperbarui|last|views?|dibaca"
    r"|comments?|komentar|dilihat|min\sread)(?!\w)"
    r"|,?\s(?:senin|selasa|rabu|kamis|jum.?at|sabtu|minggu|ahad|mon|tues|wednes|thurs|fri|satur|sun)"
    r"(?:day)?\s?,"
    r"|,?\s\d"
    r"|,?\s(?:jan|feb|mar|apr|mei|may|jun|jul|agu|aug|sep|okt|oct|nov|des|dec)[a-z]*\s\d"
    r"|/\s?(?:red|editor|rep)\b",
    re.IGNORECASE,
)
_END_OF_BYLINE: Final = re.compile(r"\s*[|•·]|,?\s\d{1,2}\s[A-Za-z]{3,}\s\d{4}|\s[-–—]\s")
_LONGEST_NAME: Final = 80
_LONGEST_LINE: Final = 200
_MOST_WORDS: Final = 8
_FEW: Final = 5
# Words that are printed below a name rather than above it.
_TITLES: Final = frozenset(("jurnalis", "wartawan"))
_NOT_A_NAME: Final = re.compile(
    r"\d{4}|https?:|www\.|[@©#=]|\b(?:yang|untuk|dengan|dalam|karena|bahwa|adalah|komentar|bagikan"
    r"|share|follow|ikuti|views?|dibaca|comments?|read more|selengkapnya)\b|[?!]",
    re.IGNORECASE,
)
_AUTHOR_CLASS: Final = re.compile(
    r"(?:^|[\s_-])(?:author|vcard|byline|posted-by|penulis|reporter|nmreporter|writer|wartawan)"
    r"(?:-?(?:name|\d))?(?:$|[\s_-])",
    re.IGNORECASE,
)
_LINK: Final = re.compile(r"/(?:author|penulis|reporter|kontributor)/", re.IGNORECASE)


@attrs.frozen
class Byline:
    """One name with its role, and where it stands."""

    name: str
    role: str
    source: str
    line: Line | None = None


def labelled(line: Line) -> list[Byline]:
    """Return the names that *line* labels, ``Rep: Sari Dewi / Red: Rian Tobu`` two of them."""
    text = line.text
    if len(text) > _LONGEST_LINE:
        return []
    found = []
    for label in _LABELLED.finditer(text):
        name = _name_after(text, label)
        if name:
            role = next(role for role in (BOTH, PHOTOGRAPHER, EDITOR, WRITER) if label[role])
            found.append(Byline(name, role, f"line[{fold(label[role]).lower()}]", line))
    return found


def _name_after(text: str, label: re.Match[str]) -> str | None:
    """Return the name that stands after *label*, if it is a name.

    A label inside a line counts only with a colon, or at the end of a line that is all byline;
    so does one that is a common word: "Oleh karena itu" and "Laporan keuangan" are sentences.
    """
    marked = ":" in label["mark"] or "：" in label["mark"]
    before = text[: label.start()].strip()
    if before and not marked and not _is_meta(before):
        return None
    rest = text[label.end() :]
    following = _LABELLED.search(rest)
    if following and ":" in following["mark"]:
        rest = rest[: following.start()]
    end = _END.search(rest)
    name = _trimmed(rest[: end.start()] if end else rest)
    if not name or not (marked or name[0].isupper() or before):
        return None
    return name if is_name(name) and (marked or len(name.split()) <= _FEW) else None


def _is_meta(before: str) -> bool:
    """Whether the words before a label are a date or another part of a byline."""
    return before[-1] in "|•·/-–—,)" or bool(re.search(r"\d{4}|\bon\b|WI[BT]|WITA", before))


def _trimmed(name: str, *, keep: str = "") -> str:
    return name.strip(" \t.,:;|/-–—*_\"'[]" if keep else " \t.,:;|/-–—*_\"'()[]")


def is_name(name: str) -> bool:
    """Whether *name* can be that of a person, a desk or an account."""
    return (
        1 < len(name) <= _LONGEST_NAME
        and any(char.isalpha() for char in name)
        and len(name.split()) <= _MOST_WORDS
        and not _NOT_A_NAME.search(name)
        and not _ONLY_LABEL.fullmatch(name)
    )


def around(lines: Sequence[Line], *, strict: bool = False) -> list[Byline]:
    """Return the labelled names in *lines*, also where the label is a line of its own.

    *strict* is for lines that may be text: the label begins the line and has a colon.
    """
    found: list[Byline] = []
    for at, line in enumerate(lines):
        names = labelled(line)
        if strict and not _BEGINS.match(line.text):
            names = []
        found.extend(names)
        only = None if names else _ONLY_LABEL.fullmatch(line.text)
        if only is None:
            continue
        role = next(role for role in (BOTH, PHOTOGRAPHER, EDITOR, WRITER) if only[role])
        # "Penulis" above the name; "Jurnalis", without a colon, below it.
        neighbours = [at + 1]
        if ":" not in line.text:
            below = only[role].lower() in _TITLES
            neighbours = [at - 1, at + 1] if below else [at + 1, at - 1]
        for place in neighbours:
            name = _neighbour(lines, place)
            if name:
                found.append(Byline(name, role, f"line[{only[role].lower()}]", line))
                break
    return found


def _neighbour(lines: Sequence[Line], at: int) -> str | None:
    """Return the name that the line at *at* is, if it is nothing else."""
    if not 0 <= at < len(lines) or lines[at].text.endswith(":"):
        return None
    name = _trimmed(lines[at].text)
    return name if is_name(name) and name[0].isupper() and len(name.split()) <= _FEW else None


def marked_up(lines: Iterable[Line]) -> list[Byline]:
    """Return the names in elements that are called author, in *lines* and right around them."""
    found: dict[str, Byline] = {}
    for line in lines:
        if len(line.text) > _LONGEST_LINE or _ONLY_LABEL.fullmatch(line.text):
            continue
        for element in _author_elements(line):
            for name in _names_in(element, line):
                if is_name(name):
                    found.setdefault(name, Byline(name, WRITER, _source(element), line))
    # An element around another holds its name and more: "Kontributor Sari Dewi".
    return [
        byline
        for name, byline in found.items()
        if not any(other != name and other in name for other in found)
    ]


def _author_elements(line: Line) -> Iterator[etree._Element]:
    if holds_more(line.element, 2 * _LONGEST_LINE):
        return
    near = [line.element, *_small_ancestors(line)]
    for element in (*reversed(near), *line.element.iterdescendants()):
        if not isinstance(element.tag, str) or _has_photo(element):
            continue
        rel = element.get("rel") or ""
        names = element.get("class") or ""
        if (
            "author" in rel.split()
            or element.get("itemprop") == "author"
            or _AUTHOR_CLASS.search(names)
            or (element.tag == "a" and _LINK.search(element.get("href") or ""))
        ):
            yield element


def _small_ancestors(line: Line) -> list[etree._Element]:
    """Return the parents of *line* that hold little more than it."""
    found: list[etree._Element] = []
    for element in line.element.iterancestors():
        if len(found) == 2 or holds_more(element, 2 * _LONGEST_NAME):  # noqa: PLR2004
            break
        found.append(element)
    return found


def _has_photo(element: etree._Element) -> bool:
    """Whether *element* stands beside a photo: then it is called author for the photographer."""
    for each in (element, element.getparent()):
        if each is None:
            continue
        if each.tag in ("figure", "figcaption"):
            return True
        for image in each.iter("img", "amp-img"):
            if "avatar" not in (image.get("class") or "") and "avatar" not in (
                image.get("src") or ""
            ):
                return True
    return False


def _names_in(element: etree._Element, line: Line) -> list[str]:
    links = [element] if element.tag == "a" else list(element.iter("a"))
    names = [text_of(link) for link in links if _is_person(link)]
    if not names:
        whole = text_of(element)
        # An element around several lines: each is one name at most.
        names = [whole if whole in line.text else line.text]
    return [name for text in names if (name := _without_label(text))]


def _is_person(link: etree._Element) -> bool:
    return bool(
        "author" in (link.get("rel") or "")
        or _LINK.search(link.get("href") or "")
        or {"fn", "url", "author"} & set((link.get("class") or "").split())
        or link.get("itemprop") in ("author", "name", "url")
    )


def _without_label(text: str) -> str:
    """Return the name in *text*; a name without a label is one as a whole."""
    text = text.lstrip(" /|-")
    label = _LABELLED.match(text)
    if label is None:
        end = _END_OF_BYLINE.search(text)
        return _trimmed(text[: end.start()] if end else text, keep="()")
    if label[EDITOR]:
        return ""
    rest = text[label.end() :]
    end = _END.search(rest)
    return _trimmed(rest[: end.start()] if end else rest)


def _source(element: etree._Element) -> str:
    if element.get("itemprop") == "author":
        return "[itemprop=author]"
    if "author" in (element.get("rel") or ""):
        return "a[rel=author]"
    name = next(
        (each for each in (element.get("class") or "").split() if _AUTHOR_CLASS.search(each)), None
    )
    return f".{name}" if name else "a[href*=author]"


def is_site(name: str, names_of_site: Collection[str]) -> bool:
    """Whether *name* is the site's own: one of its names or hosts, folded."""
    folded = _bare(name)
    # A name with the site's host in it is the site's: "lintas.example developer".
    hosts = (each for each in names_of_site if "." in each)
    return any(folded == _bare(each) for each in names_of_site) or any(
        host in name.casefold() for host in hosts
    )


def _bare(name: str) -> str:
    return re.sub(
        r"^(?:https?://)?(?:www\.)?|\.(?:com|co\.id|id|net|org|news|or\.id)$|\W",
        "",
        name.casefold(),
    )
