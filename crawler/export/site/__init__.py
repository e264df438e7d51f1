"""``scrapy export --to site``: an archive as pages for people, which need no server and no script.

Whatever comes from a newsroom is escaped in the templates beside this, or was sanitised. Only what
differs is written; what is withheld or gone from the site is taken out.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from sys import intern
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

import attrs
import lxml.html

from crawler.archive import Edit, read_capture
from crawler.archive.edit_kinds import KINDS
from crawler.archive.identity import read_identity
from crawler.archive.reading import read_lines, withheld
from crawler.errors import ArchiveError, ConfigurationError
from crawler.export.citation import as_bibtex, as_text, cited
from crawler.export.selection import Selection, check_place
from crawler.export.wording import Words, environment
from crawler.items import Article
from crawler.timestamps import Moment, comparable

SHELVES: Final = ("months", "categories", "places", "authors")
"""What articles are listed by; attributes of :class:`Entry`."""

NO_MONTH: Final = "none"

_SHEET: Final = 100  # articles on a page of a list


@attrs.frozen(kw_only=True)
class Entry:
    """An article, as lists need it."""

    page: str  # the file of its page
    title: str
    published: str | None
    categories: tuple[str, ...]
    authors: tuple[str, ...]
    places: tuple[str, ...]
    first_seen: str | None
    changes: int  # edits that were seen, without its being taken down
    fate: str | None  # gone, or withdrawn where a notice stands in its place; None while it stands

    @property
    def months(self) -> tuple[str]:
        return (Moment.of(self.published).month or NO_MONTH,)


def _entry(article: Article, history: Sequence[Edit], first_seen: str | None) -> Entry:
    place = article.dateline.place if article.dateline else None
    newest = history[0].kind if history else None
    return Entry(
        page=f"articles/{slug(article.id.partition(':')[2])}.html",
        title=article.title,
        published=article.published_at,
        categories=tuple(map(intern, article.categories)),
        authors=tuple(map(intern, article.authors)),
        places=(intern(place),) if place else (),
        first_seen=first_seen,
        changes=sum(edit.kind != "gone" for edit in history),
        fate=newest if newest in ("gone", "withdrawn") else None,
    )


def slug(name: str) -> str:
    """Return *name* as a file's name: lower-case letters, digits and hyphens, not too many.

    >>> slug("Hukum & Kriminal"), slug("Jum'at")
    ('hukum-kriminal', 'jum-at')
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^0-9a-z]+", "-", plain).strip("-")[:60] or _digest(name)


def pages_of(shelf: str, names: Iterable[str]) -> dict[str, str]:
    """Return name → the file of its page; names that look alike get one each."""
    pages: dict[str, str] = {}
    taken = {"index"}
    for name in sorted(names):
        stem = slug(name)
        if stem in taken:
            stem = f"{stem}-{_digest(name)}"
        taken.add(stem)
        pages[name] = f"{shelf}/{stem}.html"
    return pages


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:8]


class Sheet(NamedTuple):
    """One page of a list that is long."""

    page: str
    items: Sequence[Any]
    newer: str | None
    older: str | None


def sheets(items: Sequence[Any], page: str) -> Iterator[Sheet]:
    """Cut *items*, newest first, into pages, of which *page* has the newest.

    Counted from the oldest, so that pages that are full stay as they are.
    """
    stem = page.removesuffix(".html")
    count = max(len(items) // _SHEET, 1)
    names = [page, *(f"{stem}.{number}.html" for number in range(count - 1, 0, -1))]
    end = len(items) - (count - 1) * _SHEET
    start = 0
    for newer, name, older in zip([None, *names], names, [*names[1:], None], strict=False):
        yield Sheet(name, items[start:end], newer, older)
        start, end = end, end + _SHEET


_NEWEST: Final = 30
_EDITS: Final = 12
_TOP: Final = 10
_REL: Final = "external noopener noreferrer"

# What a text can hold that has to be looked at before it is shown.
_LIVE: Final = re.compile(r"<(?:img|a|h[1-6])\b")

Page = tuple[str, str]
"""File and content."""


class Pages:
    """Makes the pages of the site of *selection*, in one language.

    Memory grows with articles, not with their texts. Everything is newest first.
    """

    def __init__(self, selection: Selection, words: Words, *, search: bool) -> None:
        identity = read_identity(selection.folder)
        assert identity is not None  # a folder is an archive by it
        self.identity = identity
        self.words = words
        self._search = search
        first = self._read_addresses(selection.folder)
        edits = list(selection.edits())
        self._history: dict[str, list[Edit]] = defaultdict(list)
        for edit in edits:
            self._history[edit.id].append(edit)
        entries = [
            (article.id, _entry(article, self._history[article.id], first.get(article.id)))
            for article in selection.articles()
        ]
        entries.sort(key=lambda each: (comparable(each[1].published) or "", each[1].page))
        self.entries = dict(reversed(entries))  # by id
        self._edits = [edit for edit in edits if edit.id in self.entries]
        self._gone = [entry for entry in self.entries.values() if entry.fate]
        self._lists = {shelf: self._listed(shelf) for shelf in SHELVES}
        self._pages = {shelf: pages_of(shelf, lists) for shelf, lists in self._lists.items()}
        self._environment = environment(words)
        self._environment.globals.update(
            name=identity.name,
            outlet=next(iter(identity.outlets), identity.name),
            address=identity.site,
            zone=ZoneInfo(identity.zone),
            language=identity.language,
            search=search,
            pages=self._pages,
        )

    def _read_addresses(self, folder: Path) -> dict[str, str | None]:
        """Note who has which address, former ones too; return id → when it was first seen."""
        first: dict[str, str | None] = {}
        hidden = withheld(folder)
        self._by_url: dict[str, str | None] = {}  # None: of what is withheld
        for line in read_lines(folder):
            url = line.url.rstrip("/")
            if line.id in hidden:
                self._by_url[url] = None
            elif isinstance(line, Article):
                seen = line.captures[0].fetched_at if line.captures else line.written_at
                first.setdefault(line.id, seen)
                if self._by_url.get(url, "") is not None:
                    self._by_url[url] = line.id
        return first

    def _listed(self, shelf: str) -> Mapping[str, list[Entry]]:
        """Name on *shelf* → its articles."""
        lists: dict[str, list[Entry]] = defaultdict(list)
        for entry in self.entries.values():
            for name in dict.fromkeys(getattr(entry, shelf)):
                lists[name].append(entry)
        return lists

    def _target(self, url: str) -> str | None:
        """Return where a link of the newsroom to *url* leads from an article's page.

        To the page of that article, where it is archived; nowhere, where it is withheld.
        """
        id_ = self._by_url.get(url.rstrip("/"), "")
        if id_ is None:
            return None
        entry = self.entries.get(id_)
        return entry.page.rpartition("/")[2] if entry else url

    def _page(self, template: str, page: str, **values: Any) -> Page:
        values = {"root": "../" * page.count("/"), "page": page, **values}
        return page, self._environment.get_template(f"site/{template}.jinja").render(values)

    def article(self, article: Article, entry: Entry, photo: str | None) -> Page:
        """Return the page of *article*; *photo* is the file of its lead photo."""
        citation = cited(article, self.identity)
        targets = [(self._target(each.url), each.title) for each in article.related_posts]
        return self._page(
            "article.html",
            entry.page,
            article=article,
            entry=entry,
            edits=self._history[article.id],
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
        target = self._target(link.get("href") or "")
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
        yield from self._edit_lists()
        yield from self._list("gone", "", self._gone)
        for shelf, lists in self._lists.items():
            names = self._names(shelf)
            yield self._page("names.html", f"{shelf}/index.html", shelf=shelf, names=names)
            for name, entries in lists.items():
                yield from self._list(shelf, name, entries)
        if self._search:
            yield self._page("search.html", "search/index.html")
            yield self._page("search.js", "search/search.js")

    def _front(self) -> Page:
        entries = list(self.entries.values())
        days = sorted(entry.published[:10] for entry in entries if entry.published)
        return self._page(
            "front.html",
            "index.html",
            total=len(entries),
            edited=sum(entry.changes for entry in entries),
            gone=len(self._gone),
            days=days,
            newest=entries[:_NEWEST],
            edits=self._with_pages(self._edits[:_EDITS]),
            shelves={shelf: self._names(shelf)[:_TOP] for shelf in SHELVES},
        )

    def _with_pages(self, edits: Iterable[Edit]) -> list[tuple[Edit, str]]:
        return [(edit, self.entries[edit.id].page) for edit in edits]

    def _edit_lists(self) -> Iterator[Page]:
        counts = Counter(kind for edit in self._edits for kind in edit.kinds)
        kinds = {kind: counts[kind] for kind in KINDS if counts[kind]}
        for kind in ("", *kinds):
            found = [edit for edit in self._edits if not kind or kind in edit.kinds]
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


# Its text is the name of the archive: a folder without it is somebody else's.
_MARKER: Final = ".archive-site"
# Subfolders that hold nothing but what this export wrote.
_OURS: Final = ("articles", "photos", "edits", "gone", *SHELVES, "search")
_SEARCHED: Final = "pagefind"  # holds every text once more
# How the kinds of photo begin that a browser shows and that cannot hold a script.
_PHOTOS: Final = {b"\xff\xd8\xff": "jpg", b"\x89PNG": "png", b"GIF8": "gif", b"RIFF": "webp"}


@attrs.frozen
class Written:
    """What became of a site."""

    articles: int
    files: int  # files that were written or taken out


def write_site(
    selection: Selection, path: Path, *, language: str = "en", search: bool = False
) -> Written:
    """Write the articles of *selection* to the folder *path* as a site.

    Articles that are gone are among them, and say so; of what is withheld there is nothing. Made
    again, only what differs is written. *search* adds one in the browser, which Pagefind makes.
    """
    if search:
        import pagefind  # noqa: F401, PLC0415 -- an extra: asked for before anything is written
    selection = attrs.evolve(selection, gone=True, all_revisions=False)
    pages = Pages(selection, Words(language), search=search)
    folder = _Folder(path, selection.folder.name)
    with folder.refused():
        folder.keep("articles", {entry.page for entry in pages.entries.values()})
        for article in selection.articles():
            entry = pages.entries.get(article.id)
            if entry is not None:  # else a run wrote it meanwhile
                photo = _photo(selection.folder, article, entry, folder)
                folder.write(*pages.article(article, entry, photo))
        for name, content in pages.others():
            folder.write(name, content)
        for shelf in _OURS:
            folder.keep(shelf, folder.names)
        if not search:
            shutil.rmtree(path / _SEARCHED, ignore_errors=True)
        elif not (path / _SEARCHED).is_dir():
            _make_searchable(path, pages.identity.language)
    return Written(len(pages.entries), folder.written)


def _photo(archive: Path, article: Article, entry: Entry, folder: _Folder) -> str | None:
    """Copy the lead photo of *article*, where its bytes are archived; return its file."""
    for reference in article.captures:
        if reference.url == article.image_url:
            body = read_capture(archive, reference).body
            for beginning, suffix in _PHOTOS.items():
                if body.startswith(beginning):
                    name = f"photos/{Path(entry.page).stem}.{suffix}"
                    folder.write(name, body)
                    return name
    return None


def _make_searchable(path: Path, language: str) -> None:
    partial = path / f"{_SEARCHED}.partial"
    shutil.rmtree(partial, ignore_errors=True)
    done = subprocess.run(  # noqa: S603 -- our own interpreter
        [
            sys.executable, "-m", "pagefind", "--site", str(path), "--output-subdir", partial.name,
            "--force-language", language.partition("-")[0], "--quiet",
        ],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise ArchiveError(f"{path}: Pagefind failed: {(done.stderr or done.stdout).strip()}")
    partial.replace(path / _SEARCHED)


class _Folder:
    """Where a site is written to."""

    def __init__(self, path: Path, name: str) -> None:
        """Take *path* for the site of the archive *name*; what else is in it is left alone.

        Raises :exc:`ConfigurationError` when it holds something that is not that site.
        """
        self.path = path
        self.written = 0
        self.names: set[str] = set()
        marker = path / _MARKER
        check_place(path)
        if path.exists() and not path.is_dir():
            raise ConfigurationError(f"{path} is a file; want the name of a folder")
        whose = marker.read_text(encoding="utf-8").strip() if marker.is_file() else None
        if whose and whose != name:
            raise ConfigurationError(f"{path} is the site of {whose}; want another folder")
        if whose is None and path.is_dir() and any(path.iterdir()):
            raise ConfigurationError(
                f"{path} is not empty and no site of an archive; want a new or empty folder"
            )
        with self.refused():
            path.mkdir(exist_ok=True)
            if whose != name:  # first, so that a beginning that was killed is known for ours
                marker.write_text(f"{name}\n", encoding="utf-8")
            for shelf in _OURS:
                (path / shelf).mkdir(exist_ok=True)

    @contextmanager
    def refused(self) -> Iterator[None]:
        """Say of a disk that refuses what was not written."""
        try:
            yield
        except OSError as error:
            raise ArchiveError(f"{self.path} was not written: {error}") from error

    def write(self, name: str, content: str | bytes) -> None:
        """Make *content* the file *name*, whole or not at all, where it is not that already."""
        self.names.add(name)
        file = self.path / name
        whole = content.encode() if isinstance(content, str) else content
        if file.is_file() and file.read_bytes() == whole:
            return
        self._differs()
        partial = file.with_name(f".{file.name}.{os.getpid()}.partial")
        try:
            partial.write_bytes(whole)
            partial.replace(file)
        finally:
            partial.unlink(missing_ok=True)

    def keep(self, shelf: str, names: set[str]) -> None:
        """Take everything out of *shelf* but the files *names*."""
        for file in (self.path / shelf).iterdir():
            if f"{shelf}/{file.name}" not in names:
                self._differs()
                file.unlink()

    def _differs(self) -> None:
        """Before the first difference, what is searched goes."""
        if not self.written:
            shutil.rmtree(self.path / _SEARCHED, ignore_errors=True)
        self.written += 1
