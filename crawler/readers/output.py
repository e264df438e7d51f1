"""An export is there as a whole or not at all: written beside its place, then moved there."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crawler.errors import ArchiveError, ConfigurationError


@contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """Yield a name to write to; what is there at the end takes the place of *path* at once.

    Whoever has the old file open goes on reading the old file. After an error nothing is left.
    Raises :exc:`ConfigurationError` when *path* is a folder or its folder does not exist, and
    :exc:`ArchiveError` when the disk refuses.
    """
    _check_parent(path)
    if path.is_dir():
        raise ConfigurationError(f"{path} is a folder; want the name of a file")
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        yield partial
        _settle(partial)
        partial.replace(path)
    except (OSError, sqlite3.OperationalError) as error:
        raise ArchiveError(f"{path} was not written: {error}") from error
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """Yield a folder to write to, which becomes *path* at the end; after an error nothing is left.

    Raises :exc:`ConfigurationError` when *path* exists and is not an empty folder: files of two
    exports in one folder would be read as one; :exc:`ArchiveError` when the disk refuses.
    """
    _check_parent(path)
    if path.exists() and not path.is_dir():
        raise ConfigurationError(f"{path} is a file; want the name of a folder")
    if path.is_dir() and any(path.iterdir()):
        raise ConfigurationError(f"{path} is not empty; want a folder that is new or empty")
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        partial.mkdir()
        yield partial
        for file in partial.iterdir():
            _settle(file)
        partial.replace(path)
    except OSError as error:
        raise ArchiveError(f"{path} was not written: {error}") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _check_parent(path: Path) -> None:
    if not path.absolute().parent.is_dir():
        raise ConfigurationError(f"{path}: there is no folder {path.absolute().parent}")


def _settle(file: Path) -> None:
    """Have the system write *file* to disk, so that the name never points at less than all."""
    descriptor = os.open(file, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
