"""Captures read lately: articles of one REST list name one capture."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from crawler.archive.captures import read_capture
from crawler.captures import Capture
from crawler.items import CaptureReference

_REMEMBERED: Final = 4


class RecentCaptures:
    """Reads captures of the archive in *folder*, the last few only once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._captures: dict[CaptureReference, Capture] = {}

    def read(self, reference: CaptureReference) -> Capture:
        """Return the capture; raises what :func:`read_capture` raises."""
        capture = self._captures.pop(reference, None) or read_capture(self.folder, reference)
        self._captures[reference] = capture
        while len(self._captures) > _REMEMBERED:
            del self._captures[next(iter(self._captures))]
        return capture
