"""The folder of a site: what differs is written, what is no longer part of it is taken out."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from crawler.errors import ArchiveError, ConfigurationError
from crawler.export.selection import check_place

_MARKER: Final = ".archive-site"
"""Its text is the name of the archive: a folder without it is somebody else's."""

_OURS: Final = (
    "articles", "photos", "edits", "gone", "months", "categories", "places", "authors", "search",
)  # fmt: skip
"""Subfolders that hold nothing but what this export wrote."""

SEARCH: Final = "pagefind"


class SiteFolder:
    """Where a site is written to."""

    def __init__(self, path: Path, name: str) -> None:
        """Take *path* for the site of the archive *name*; what else is in it is left alone.

        Raises :exc:`ConfigurationError` when it holds something that is not that site.
        """
        self.path = path
        self.written = 0
        self._names: set[str] = set()
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
        with self._refused():
            path.mkdir(exist_ok=True)
            if whose != name:  # first, so that a beginning that was killed is known for ours
                marker.write_text(f"{name}\n", encoding="utf-8")
            for shelf in _OURS:
                (path / shelf).mkdir(exist_ok=True)

    def write(self, name: str, content: str | bytes) -> None:
        """Make *content* the file *name*, whole or not at all, where it is not that already."""
        self._names.add(name)
        file = self.path / name
        whole = content.encode() if isinstance(content, str) else content
        with self._refused():
            try:
                if file.read_bytes() == whole:
                    return
            except FileNotFoundError:
                pass
            self._differs()
            partial = file.with_name(f".{file.name}.{os.getpid()}.partial")
            try:
                partial.write_bytes(whole)
                partial.replace(file)
            finally:
                partial.unlink(missing_ok=True)

    def keep(self, shelf: str, names: set[str]) -> None:
        """Take everything out of *shelf* but the files *names*."""
        with self._refused():
            for file in (self.path / shelf).iterdir():
                if f"{shelf}/{file.name}" not in names:
                    self._differs()
                    file.unlink()

    def finish(self, *, search: bool) -> None:
        """Take out what was not written this time, and what was searched where nothing is."""
        for shelf in _OURS:
            self.keep(shelf, self._names)
        if not search:
            shutil.rmtree(self.path / SEARCH, ignore_errors=True)

    def _differs(self) -> None:
        """Before the first difference, what is searched goes: it holds every text once more."""
        if not self.written:
            shutil.rmtree(self.path / SEARCH, ignore_errors=True)
        self.written += 1

    @contextmanager
    def _refused(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise ArchiveError(f"{self.path} was not written: {error}") from error
