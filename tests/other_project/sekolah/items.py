"""What the spider makes of a page."""

from __future__ import annotations

import dataclasses
import datetime as dt


@dataclasses.dataclass
class Announcement:
    """Something that a school announces."""

    url: str
    heading: str
    paragraphs: list[str]
    at: dt.datetime | None = None
