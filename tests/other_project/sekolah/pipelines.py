"""A pipeline that puts another object in the place of the spider's."""

from __future__ import annotations

import dataclasses
from typing import Any

from sekolah.items import Announcement


class Capitals:
    def process_item(self, item: Any) -> Any:
        if isinstance(item, Announcement):
            return dataclasses.replace(item, heading=item.heading.upper())
        return item
