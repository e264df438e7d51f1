"""``scrapy export --to site``: an archive as pages for people, which need no server and no script.

``pages`` has the articles as lists need them, where links lead, and the HTML, from the templates
beside it. Here only what differs is written; what is withheld or gone from the site is taken out.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import attrs

from crawler.archive import read_capture
from crawler.errors import ArchiveError, ConfigurationError
from crawler.export.selection import Selection, check_place
from crawler.export.site.pages import SHELVES, Entry, Pages
from crawler.export.wording import Words
from crawler.items import Article

_MARKER: Final = ".archive-site"
"""Its text is the name of the archive: a folder without it is somebody else's."""

_OURS: Final = ("articles", "photos", "edits", "gone", *SHELVES, "search")
"""Subfolders that hold nothing but what this export wrote."""

_SEARCHED: Final = "pagefind"
"""Holds every text once more."""

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
