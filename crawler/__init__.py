"""Archive Indonesian WordPress newsrooms: every article, every edit, and the bytes they came from.

An address becomes a line of JSON in five steps, one package each::

    discovery -> (Scrapy downloads) -> extract (which asks normalise) -> archive
"""

from __future__ import annotations

__version__ = "0.1.0"
