"""Where archives are, and what exit codes mean: the same for every command and for a run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from scrapy.utils.conf import closest_scrapy_cfg

from crawler.errors import ConfigurationError
from crawler.newsrooms import SHIPPED

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

EXIT_OK: Final = 0
"""The run did what it should, also when nothing was new."""

EXIT_FAILED: Final = 1
"""The run failed or was interrupted; what was archived stays."""

EXIT_USAGE: Final = 2
"""Wrong arguments or settings; nothing was done."""

EXIT_ALARM: Final = 3
"""Finished, but something is wrong with the newsroom."""

EXIT_INCOMPLETE: Final = 4
"""Finished; single articles could not be fetched or read."""

EXIT_LOCKED: Final = 75
"""Another run holds the archive's lock; nothing was done (``EX_TEMPFAIL``)."""


def archive_root(settings: BaseSettings) -> Path:
    """Return the folder of all archives: ``ARCHIVE_DIR``, relative to that of scrapy.cfg."""
    return _from_project(str(settings.get("ARCHIVE_DIR") or "output"))


def newsroom_folders(settings: BaseSettings) -> tuple[Path, ...]:
    """Return the folders of newsroom files: the user's own, where there is one, before ours.

    ``NEWSROOMS_DIR`` names it, relative to the folder of scrapy.cfg. Raises
    :exc:`ConfigurationError` when it is no folder.
    """
    own = str(settings.get("NEWSROOMS_DIR") or "")
    if not own:
        return (SHIPPED,)
    folder = _from_project(own)
    if not folder.is_dir():
        raise ConfigurationError(f"NEWSROOMS_DIR={own}: {folder} is no folder; want one of *.toml")
    return (folder, SHIPPED)


def _from_project(path: str) -> Path:
    config = closest_scrapy_cfg()
    base = Path(config).parent if config else Path.cwd()
    return (base / path).resolve()


def archive_names(settings: BaseSettings) -> list[str]:
    """Return the names of the archives that there are, sorted."""
    return sorted(path.parent.name for path in archive_root(settings).glob("*/archive.json"))


def archive_folder(settings: BaseSettings, name: str) -> Path:
    """Return the folder of the archive *name*, or raise :exc:`ConfigurationError`."""
    names = archive_names(settings)
    if name not in names:
        known = ", ".join(names) or "none yet"
        raise ConfigurationError(
            f"no archive named {name!r} in {archive_root(settings)}; there are: {known}"
        )
    return archive_root(settings) / name
