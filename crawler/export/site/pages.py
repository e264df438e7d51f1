"""The pages of a site, as HTML: whatever comes from a newsroom is escaped, or was sanitised."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import lxml.html

from crawler.archive import Edit
from crawler.archive.edit_kinds import KINDS
from crawler.export.citation import Citation, as_bibtex, as_text
from crawler.export.site.index import NO_MONTH, SHELVES, Entry, Index, pages_of, sheets
from crawler.export.templates import environment
from crawler.export.wording import Words
from crawler.items import Article

_NEWEST: Final = 30
_EDITS: Final = 12
_TOP: Final = 10
_REL: Final = "external noopener noreferrer"

# What a text can hold that has to be looked at before it is shown.
_LIVE: Final = re.compile(r"<(?:img|a|h[1-6])\b")

Page = tuple[str, str]
"""File and content."""


class Pages:
    """Makes the pages of the site that *index* lists, in one language."""

    def __init__(self, index: Index, words: Words, *, search: bool) -> None:
        self.index = index
        self.words = words
        self._search = search
        self._lists = {shelf: index.lists(shelf) for shelf in SHELVES}
        self._pages = {shelf: pages_of(shelf, lists) for shelf, lists in self._lists.items()}
        identity = index.identity
        self._environment = environment(words)
        self._environment.globals.update(
            name=identity.name,
            outlet=next(iter(identity.outlets), identity.name),
            address=identity.site,
            zone=index.zone,
            language=identity.language,
            search=search,
            pages=self._pages,
        )

    def _page(self, template: str, page: str, **values: Any) -> Page:
        values = {"root": "../" * page.count("/"), "page": page, **values}
        return page, self._environment.get_template(f"site/{template}.jinja").render(values)

    def article(self, article: Article, entry: Entry, photo: str | None) -> Page:
        """Return the page of *article*; *photo* is the file of its lead photo."""
        citation = Citation(article, self.index.identity)
        targets = [(self.index.target(each.url), each.title) for each in article.related_posts]
        return self._page(
            "article.html",
            entry.page,
            article=article,
            entry=entry,
            edits=self.index.history.get(article.id, ()),
            photo=photo,
            text=self.text(article.body_html),
            related=dict(each for each in targets if each[0]),
            citation=as_text(citation),
            bibtex=as_bibtex(citation),
        )

    def text(self, html: str) -> str:
        """Return sanitised *html* of a line as a page shows it.

        Links lead within the site where they can, photos are links to where they are, so that
        nothing is fetched from elsewhere, and headings follow the headline without a gap.
        """
        if not _LIVE.search(html):
            return html
        root = lxml.html.fragment_fromstring(html, create_parent="div")
        level = 1
        for element in list(root.iter("a", "img", "h1", "h2", "h3", "h4", "h5", "h6")):
            if element.tag == "a":
                self._aim(element)
            elif element.tag == "img":
                self._describe(element)
            else:
                level = max(2, min(int(element.tag[1]), level + 1))
                element.tag = f"h{level}"
        whole = str(lxml.html.tostring(root, encoding="unicode"))
        return whole.removeprefix("<div>").removesuffix("</div>")

    def _aim(self, link: lxml.html.HtmlElement) -> None:
        target = self.index.target(link.get("href") or "")
        if not target:
            link.drop_tag()
        elif target.startswith(("https://", "http://")):
            link.set("rel", _REL)
        else:
            link.set("href", target)

    def _describe(self, image: lxml.html.HtmlElement) -> None:
        what = image.get("alt") or self.words("without a description")
        shown = lxml.html.Element("a", href=image.get("src") or "", rel=_REL)
        shown.text = self.words("Photo: {what}", what=what)
        shown.tail = image.tail
        parent = image.getparent()
        parent.replace(image, shown)
        if parent.tag == "a":
            parent.drop_tag()  # a link within a link is none

    def others(self) -> Iterator[Page]:
        """Yield every page but the articles'."""
        yield self._page("style.css", "style.css")
        yield self._front()
        yield from self._edits()
        yield from self._list("gone", "", self.index.gone)
        for shelf, lists in self._lists.items():
            yield self._page(
                "names.html", f"{shelf}/index.html", shelf=shelf, names=self._names(shelf)
            )
            for name, entries in lists.items():
                yield from self._list(shelf, name, entries)
        if self._search:
            yield self._page("search.html", "search/index.html")
            yield self._page("search.js", "search/search.js")

    def _front(self) -> Page:
        entries = list(self.index.entries.values())
        days = sorted(entry.published[:10] for entry in entries if entry.published)
        return self._page(
            "front.html",
            "index.html",
            total=len(entries),
            edited=sum(entry.changes for entry in entries),
            gone=len(self.index.gone),
            first=days[0] if days else None,
            last=days[-1] if days else None,
            newest=entries[:_NEWEST],
            edits=self._with_pages(self.index.edits[:_EDITS]),
            shelves={shelf: self._names(shelf)[:_TOP] for shelf in SHELVES},
        )

    def _with_pages(self, edits: Iterable[Edit]) -> list[tuple[Edit, str]]:
        return [(edit, self.index.entries[edit.id].page) for edit in edits]

    def _edits(self) -> Iterator[Page]:
        counts = Counter(kind for edit in self.index.edits for kind in edit.kinds)
        kinds = {kind: counts[kind] for kind in KINDS if counts[kind]}
        for kind in ("", *kinds):
            found = [edit for edit in self.index.edits if not kind or kind in edit.kinds]
            for sheet in sheets(self._with_pages(found), f"edits/{kind or 'index'}.html"):
                yield self._page("edits.html", sheet.page, sheet=sheet, kind=kind, kinds=kinds)

    def _list(self, shelf: str, name: str, entries: Sequence[Entry]) -> Iterator[Page]:
        page = self._pages[shelf][name] if name else f"{shelf}/index.html"
        for sheet in sheets(entries, page):
            yield self._page(
                "list.html", sheet.page, sheet=sheet, shelf=shelf, item=name, total=len(entries)
            )

    def _names(self, shelf: str) -> list[tuple[str, str, int, str]]:
        """The lists of *shelf* with page, size and, of a month, year.

        Months newest first, names with most articles first.
        """
        found = [
            (name, self._pages[shelf][name], len(entries), name[:4] if name != NO_MONTH else "")
            for name, entries in self._lists[shelf].items()
        ]
        if shelf == "months":
            return sorted(found, key=lambda each: (each[3], each[0]), reverse=True)
        return sorted(found, key=lambda each: (-each[2], each[0]))
