"""The pages of a site, as HTML: whatever comes from a newsroom is escaped, or was sanitised."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, Final

import attrs
import lxml.html

from crawler.archive import Edit
from crawler.export.site.index import Entry, Index, pages_of, sheets
from crawler.export.templates import KINDS, environment
from crawler.export.wording import Words
from crawler.items import Article

_NEWEST: Final = 30
_EDITS: Final = 12
_TOP: Final = 10
_REL: Final = "external noopener noreferrer"
_NONE: Final = "none"

# What a text can hold that has to be looked at before it is shown.
_LIVE: Final = re.compile(r"<(?:img|a|h[1-6])\b")

_SHELVES: Final = (
    ("months", "Months", "All months"),
    ("categories", "Categories", "All categories"),
    ("places", "Places", "All places"),
    ("authors", "Authors", "All authors"),
)


@attrs.frozen(kw_only=True)
class Name:
    """A list that a page of names leads to."""

    page: str
    label: str
    count: int
    foreign: bool = True
    """Whether the label is the newsroom's own word."""


class Pages:
    """Makes the pages of the site that *index* lists, in one language."""

    def __init__(self, index: Index, words: Words, *, search: bool) -> None:
        self.index = index
        self.words = words
        self._search = search
        self._lists = {
            "months": _grouped(index.entries.values(), lambda each: (each.month or _NONE,)),
            "categories": _grouped(index.entries.values(), lambda each: each.categories),
            "places": _grouped(index.entries.values(), lambda each: (each.place or "",)),
            "authors": _grouped(index.entries.values(), lambda each: each.authors),
        }
        self._pages = {shelf: pages_of(shelf, lists) for shelf, lists in self._lists.items()}
        newsroom = index.newsroom
        sections = [(f"{shelf}/index.html", label) for shelf, label, _ in _SHELVES]
        sections = [
            ("index.html", "Newest"), ("edits/index.html", "Edits"), ("gone/index.html", "Taken down"),
            *sections, *([("search/index.html", "Search")] if search else []),
        ]  # fmt: skip
        self._environment = environment(words)
        self._environment.globals.update(
            name=newsroom.name,
            address=newsroom.address,
            zone=index.zone,
            language=newsroom.language,
            sections=sections,
            section=None,
            shelves=self._pages,
        )

    def _render(self, template: str, page: str, **values: Any) -> str:
        root = "../" * page.count("/")
        return self._environment.get_template(f"site/{template}").render(root=root, **values)

    def article(self, article: Article, entry: Entry, photo: str | None) -> str:
        """Return the page of *article*; *photo* is the file of its lead photo."""
        related = {
            target: each.title
            for each in article.related_posts
            if (target := self.index.target(each.url))
        }
        return self._render(
            "article.html.jinja",
            entry.page,
            article=article,
            entry=entry,
            edits=self.index.history.get(article.id, ()),
            byline=article.authors,
            place=entry.place,
            photo=photo,
            text=self.text(article.body_html),
            related=related.items(),
            first_seen=entry.first_seen,
            citation=None,
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

    def others(self) -> Iterator[tuple[str, str]]:
        """Yield file and content of every page but the articles'."""
        yield "style.css", self._render("style.css.jinja", "")
        yield "index.html", self._front()
        yield from self._edits()
        gone = [entry for entry in self.index.entries.values() if entry.gone]
        yield from self._list(
            gone, "gone/index.html", self.words("Taken down"), section="gone/index.html", label=None,
            lede=self.words(
                "Articles that were found missing, as they were last seen. An article that came "
                "back is not among them."
            ),
        )  # fmt: skip
        for shelf, label, _ in _SHELVES:
            yield from self._shelf(shelf, label)
        if self._search:
            page = "search/index.html"
            yield page, self._render("search.html.jinja", page, section=page)
            yield "search/search.js", self._render("search.js", page)

    def _front(self) -> str:
        entries = list(self.index.entries.values())
        days = sorted(entry.published[:10] for entry in entries if entry.published)
        period = None
        if days:
            period = self.words(
                "{first} to {last}", first=self.words.when(days[0]), last=self.words.when(days[-1])
            )
        return self._render(
            "front.html.jinja",
            "index.html",
            section="index.html",
            total=len(entries),
            edited=sum(entry.changes for entry in entries),
            gone=sum(entry.gone for entry in entries),
            period=period,
            newest=entries[:_NEWEST],
            edits=self._with_pages(self.index.edits[:_EDITS]),
            shelves=[
                (label, all_, f"{shelf}/index.html", self._names(shelf)[:_TOP])
                for shelf, label, all_ in _SHELVES
            ],
        )

    def _with_pages(self, edits: Iterable[Edit]) -> list[tuple[Edit, str]]:
        return [(edit, self.index.entries[edit.id].page) for edit in edits]

    def _edits(self) -> Iterator[tuple[str, str]]:
        counts = Counter(kind for edit in self.index.edits for kind in edit.kinds)
        for kind in (None, *(each for each in KINDS if counts[each])):
            found = [edit for edit in self.index.edits if kind is None or kind in edit.kinds]
            heading = self.words("Edits")
            if kind:
                heading = f"{heading}: {self.words(KINDS[kind])}"
            for sheet in sheets(self._with_pages(found), f"edits/{kind or 'index'}.html"):
                yield (
                    sheet.page,
                    self._render(
                        "edits.html.jinja", sheet.page, section="edits/index.html", sheet=sheet,
                        heading=heading, kind=kind, counts={each: counts[each] for each in KINDS if counts[each]},
                    ),
                )  # fmt: skip

    def _list(
        self, entries: Sequence[Entry], page: str, heading: str, **values: Any
    ) -> Iterator[tuple[str, str]]:
        for sheet in sheets(entries, page):
            yield (
                sheet.page,
                self._render(
                    "list.html.jinja", sheet.page, heading=heading, sheet=sheet,
                    total=len(entries), **values,
                ),
            )  # fmt: skip

    def _shelf(self, shelf: str, label: str) -> Iterator[tuple[str, str]]:
        section = f"{shelf}/index.html"
        names = self._names(shelf)
        years = groupby(names, lambda each: each.page[7:11] if shelf == "months" else "")
        groups = [(year if year.isdigit() else None, list(each)) for year, each in years]
        yield (
            section,
            self._render("names.html.jinja", section, section=section, label=label, groups=groups),
        )
        for name, entries in self._lists[shelf].items():
            page = self._pages[shelf][name]
            yield from self._list(
                entries, page, self._label(shelf, name), section=section, label=label,
                foreign=shelf != "months",
            )  # fmt: skip

    def _label(self, shelf: str, name: str) -> str:
        if shelf != "months":
            return name
        return self.words("No date") if name == _NONE else self.words.month(name)

    def _names(self, shelf: str) -> list[Name]:
        """The lists of *shelf*: months newest first, names with most articles first."""
        found = [
            Name(
                page=self._pages[shelf][name],
                label=self._label(shelf, name),
                count=len(entries),
                foreign=shelf != "months",
            )
            for name, entries in self._lists[shelf].items()
        ]
        if shelf == "months":
            return sorted(found, key=lambda each: (each.page[7].isdigit(), each.page), reverse=True)
        return sorted(found, key=lambda each: (-each.count, each.label))


def _grouped(
    entries: Iterable[Entry], names: Callable[[Entry], Iterable[str]]
) -> dict[str, list[Entry]]:
    lists: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        for name in dict.fromkeys(names(entry)):
            if name:
                lists[name].append(entry)
    return dict(lists)
