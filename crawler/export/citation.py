"""How to cite what an archive saw: as text, BibTeX, RIS and CSL-JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

import attrs

from crawler.archive.identity import Identity
from crawler.export.selection import Selection
from crawler.items import Article, CaptureReference
from crawler.normalise.text import fold


@attrs.frozen
class Citation:
    """A revision of an article, and where it was published."""

    article: Article
    identity: Identity

    @property
    def authors(self) -> tuple[str, ...]:
        """Who signs it; where nobody does, who is named as its writer."""
        article = self.article
        names = article.authors or ((article.writer,) if article.writer else ())
        return tuple(map(fold, names))

    @property
    def title(self) -> str:
        return fold(self.article.title)

    @property
    def outlet(self) -> str:
        """The newsroom's name as its articles print it, else its host."""
        host = self.identity.site.partition("//")[2].partition("/")[0]
        return next(iter(self.identity.outlets), host.removeprefix("www."))

    @property
    def published(self) -> tuple[int, ...]:
        """Year, month and day by the newsroom's clock, as far as they are stated."""
        return tuple(
            int(part) for part in (self.article.published_at or "")[:10].split("-") if part
        )

    @property
    def capture(self) -> CaptureReference | None:
        """The response that it was read from, the page before any other."""
        return next(iter(self.article.captures), None)

    @property
    def seen_at(self) -> str:
        return self.capture.fetched_at if self.capture else self.article.written_at or ""

    @property
    def evidence(self) -> str:
        """What else proves it: which revision, its hash, and the record with its digest."""
        article, capture = self.article, self.capture
        said = f"Revision {article.revision} of {article.id}, seen {self.seen_at}; "
        said += f"content {article.content_hash}"
        if capture:
            said += f"; WARC record {capture.record_id} ({capture.digest}) in {capture.warc}"
        return said


def as_text(citation: Citation) -> str:
    """Return one paragraph."""
    published = "-".join(f"{part:02}" for part in citation.published)
    parts = [
        ", ".join(citation.authors),
        f"“{citation.title}”",
        f"{citation.outlet}, {published}" if published else citation.outlet,
        citation.article.url,
        citation.evidence,
    ]
    return ". ".join(part for part in parts if part) + ".\n"


# biblatex's and BibTeX's own; a backslash first, or it would be escaped twice.
_TEX: Final = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "&": r"\&", "%": r"\%", "$": r"\$",
    "#": r"\#", "_": r"\_", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip
_IN_A_KEY: Final = re.compile(r"[^A-Za-z0-9]+")


def as_bibtex(citation: Citation) -> str:
    """Return an ``@misc`` entry, which BibTeX and biblatex take; names in braces stay as they are."""
    fields = {
        "author": " and ".join(f"{{{_tex(name)}}}" for name in citation.authors),
        "title": f"{{{_tex(citation.title)}}}",
        "howpublished": _tex(citation.outlet),
        **dict(zip(("year", "month", "day"), map(str, citation.published), strict=False)),
        "url": _address(citation.article.url),
        "urldate": citation.seen_at[:10],
        "language": citation.article.language,
        "note": _tex(citation.evidence),
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    key = _IN_A_KEY.sub("-", f"{citation.article.id}-{citation.article.revision}")
    return f"@misc{{{key},\n{lines}}}\n"


def _tex(text: str) -> str:
    return "".join(_TEX.get(letter, letter) for letter in text)


def _address(url: str) -> str:
    """Return *url* without what would end a field of BibTeX."""
    return url.replace("{", "%7B").replace("}", "%7D").replace("\\", "%5C")


def as_ris(citation: Citation) -> str:
    """Return a record of RIS, its lines ended as the format wants them."""
    return "".join(f"{tag}  - {value}\r\n" for tag, value in _ris(citation))


def _ris(citation: Citation) -> Iterator[tuple[str, str]]:
    yield "TY", "NEWS"
    for name in citation.authors:
        yield "AU", name
    yield "TI", citation.title
    yield "T2", citation.outlet
    if citation.published:
        yield "PY", str(citation.published[0])
        yield "DA", "/".join(f"{part:02}" for part in citation.published)
    yield "UR", citation.article.url
    yield "Y2", citation.seen_at[:10].replace("-", "/")
    yield "LA", citation.article.language
    yield "N1", citation.evidence
    yield "ER", ""


def as_csl(citation: Citation) -> str:
    """Return a list with one item of CSL-JSON, as Zotero and pandoc read it."""
    item: dict[str, Any] = {
        "id": f"{citation.article.id}/{citation.article.revision}",
        "type": "article-newspaper",
        "title": citation.title,
        "container-title": citation.outlet,
        "author": [{"literal": name} for name in citation.authors],
        "issued": {"date-parts": [list(citation.published)]} if citation.published else None,
        "accessed": {"date-parts": [[int(part) for part in citation.seen_at[:10].split("-")]]},
        "URL": citation.article.url,
        "language": citation.article.language,
        "note": citation.evidence,
    }
    known = {name: value for name, value in item.items() if value}
    return json.dumps([known], ensure_ascii=False, indent=2) + "\n"


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
