"""``scrapy export --to site``: an archive as pages for people, which need no server and no script.

::

    index -> pages -> folder

- ``index``: the articles as lists need them, their edits, and where links lead.
- ``pages``: HTML, from the templates beside it.
- ``folder``: only what differs is written; what is withheld or gone from the site is taken out.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import attrs

from crawler.archive import read_capture
from crawler.errors import ArchiveError
from crawler.export.selection import Selection
from crawler.export.site.folder import SEARCH, SiteFolder
from crawler.export.site.index import Entry, read_index
from crawler.export.site.pages import Pages
from crawler.export.wording import Words
from crawler.items import Article

# How the kinds of photo begin that a browser shows and that cannot hold a script.
_PHOTOS: Final = {b"\xff\xd8\xff": "jpg", b"\x89PNG": "png", b"GIF8": "gif", b"RIFF": "webp"}


@attrs.frozen
class Written:
    """What became of a site."""

    articles: int
    files: int
    """Files that were written or taken out."""


def write_site(
    selection: Selection, path: Path, *, language: str = "en", search: bool = False
) -> Written:
    """Write the articles of *selection* to the folder *path* as a site.

    Articles that are gone are among them, and say so; of what is withheld there is nothing. Made
    again, only what differs is written. *search* adds one in the browser, which Pagefind makes.
    """
    selection = attrs.evolve(selection, gone=True, all_revisions=False)
    index = read_index(selection)
    folder = SiteFolder(path, selection.folder.name)
    folder.keep("articles", {entry.page for entry in index.entries.values()})
    pages = Pages(index, Words(language), search=search)
    for article in selection.articles():
        entry = index.entries.get(article.id)
        if entry is not None:  # else a run wrote it meanwhile
            photo = _photo(selection.folder, article, entry, folder)
            folder.write(*pages.article(article, entry, photo))
    for page in pages.others():
        folder.write(*page)
    folder.finish(search=search)
    if search and not (path / SEARCH).is_dir():
        _make_searchable(path, index.identity.language)
    return Written(len(index.entries), folder.written)


def _photo(archive: Path, article: Article, entry: Entry, folder: SiteFolder) -> str | None:
    """Copy the lead photo of *article*, where its bytes are archived; return its file."""
    for reference in article.captures:
        if reference.url != article.image_url:
            continue
        body = read_capture(archive, reference).body
        for beginning, suffix in _PHOTOS.items():
            if body.startswith(beginning):
                name = f"photos/{Path(entry.page).stem}.{suffix}"
                folder.write(name, body)
                return name
    return None


def _make_searchable(path: Path, language: str) -> None:
    partial = path / f"{SEARCH}.partial"
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
    partial.replace(path / SEARCH)
