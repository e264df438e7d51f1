"""Reading captures back."""

from __future__ import annotations

from pathlib import Path

from crawler.captures import Capture
from crawler.items import CaptureReference


def read_capture(folder: Path, reference: CaptureReference) -> Capture:
    """Return the response that *reference* names, its content coding removed.

    A revisit is followed to the record that it refers to. Raises :exc:`ArchiveDamaged`, with file
    and offset, when the record is not there, or its digest differs.
    """
    raise NotImplementedError
