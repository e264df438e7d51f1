"""How to cite what an archive saw: as CSL-JSON, and from that as text, BibTeX and RIS."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final, TypeAlias

import attrs

from crawler.archive.identity import Identity
from crawler.export.selection import Selection
from crawler.items import Article
from crawler.normalise.text import fold

Item: TypeAlias = dict[str, Any]
"""An item of CSL-JSON."""


def cited(article: Article, identity: Identity) -> Item:
    """Return what there is to say of *article*, a revision that the archive *identity* has.

    Its author is who signs it, else its writer; the outlet is named as its articles print it, else
    by its host. The note says what proves it: revision, hash, and the record with its digest.
    """
    capture = next(iter(article.captures), None)  # the page before any other response
    seen_at = capture.fetched_at if capture else article.written_at or ""
    note = f"Revision {article.revision} of {article.id}, seen {seen_at}; "
    note += f"content {article.content_hash}"
    if capture:
        note += f"; WARC record {capture.record_id} ({capture.digest}) in {capture.warc}"
    authors = article.authors or ((article.writer,) if article.writer else ())
    host = identity.site.partition("//")[2].partition("/")[0].removeprefix("www.")
    return {
        "id": f"{article.id}/{article.revision}",
        "type": "article-newspaper",
        "title": fold(article.title),
        "container-title": next(iter(identity.outlets), host),
        "author": [{"literal": fold(name)} for name in authors],
        "issued": {"date-parts": [_day(article.published_at)]},
        "accessed": {"date-parts": [_day(seen_at)]},
        "URL": article.url,
        "language": article.language,
        "note": note,
    }


def _day(stated: str | None) -> list[int]:
    """Year, month and day, as far as they are stated."""
    return [int(part) for part in (stated or "")[:10].split("-") if part]


def _authors(item: Item) -> list[str]:
    return [each["literal"] for each in item["author"]]


def _date(item: Item, name: str, between: str = "-") -> str:
    return between.join(f"{part:02}" for part in item[name]["date-parts"][0])


def as_csl(item: Item) -> str:
    """Return a list with one item of CSL-JSON, as Zotero and pandoc read it."""
    known = {name: value for name, value in item.items() if value}
    if not _date(item, "issued"):
        del known["issued"]
    return json.dumps([known], ensure_ascii=False, indent=2) + "\n"


def as_text(item: Item) -> str:
    where = ", ".join(filter(None, (item["container-title"], _date(item, "issued"))))
    parts = (", ".join(_authors(item)), f"“{item['title']}”", where, item["URL"], item["note"])
    return ". ".join(filter(None, parts)) + ".\n"


# biblatex's and BibTeX's own; a backslash first, or it would be escaped twice.
_TEX: Final = str.maketrans(
    {
        "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "&": r"\&", "%": r"\%", "$": r"\$",
        "#": r"\#", "_": r"\_", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    }
)  # fmt: skip
# What would end a field.
_IN_AN_ADDRESS: Final = str.maketrans({"{": "%7B", "}": "%7D", "\\": "%5C"})


def as_bibtex(item: Item) -> str:
    """Return an ``@misc`` entry, which BibTeX and biblatex take; names in braces stay as they are."""
    fields = {
        "author": " and ".join(f"{{{name.translate(_TEX)}}}" for name in _authors(item)),
        "title": f"{{{item['title'].translate(_TEX)}}}",
        "howpublished": item["container-title"].translate(_TEX),
        **dict(zip(("year", "month", "day"), item["issued"]["date-parts"][0], strict=False)),
        "url": item["URL"].translate(_IN_AN_ADDRESS),
        "urldate": _date(item, "accessed"),
        "language": item["language"],
        "note": item["note"].translate(_TEX),
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    key = re.sub("[^A-Za-z0-9]+", "-", item["id"])
    return f"@misc{{{key},\n{lines}}}\n"


def as_ris(item: Item) -> str:
    """Return a record of RIS, its lines ended as the format wants them."""
    issued = _date(item, "issued", "/")
    lines = [
        ("TY", "NEWS"),
        *(("AU", name) for name in _authors(item)),
        ("TI", item["title"]),
        ("T2", item["container-title"]),
        *((("PY", issued.partition("/")[0]), ("DA", issued)) if issued else ()),
        ("UR", item["URL"]),
        ("Y2", _date(item, "accessed", "/")),
        ("LA", item["language"]),
        ("N1", item["note"]),
        ("ER", ""),
    ]
    return "".join(f"{tag}  - {value}\r\n" for tag, value in lines)


FORMATS: Final = {"text": as_text, "bibtex": as_bibtex, "ris": as_ris, "csl": as_csl}


@attrs.frozen(kw_only=True)
class OneArticle(Selection):
    """A revision of an article, for a package of what its citation rests on."""

    article: Article

    def articles(self) -> Iterator[Article]:
        """Yield it, also where it was taken down: that is when it is cited."""
        yield self.article

    def hidden(self) -> frozenset[str]:
        """Return what is hidden but its own pages; answers that list others stay hidden."""
        own = {self.article.url, *self.article.pages}
        records = {each.record_id for each in self.article.captures if each.url in own}
        return super().hidden() - records
