"""WPBerita 1.0.8: the markup of every page a reader sees."""

from __future__ import annotations

from pathlib import Path
from typing import Final

STYLE: Final = Path(__file__).with_name("style.css").read_bytes()
"""A stylesheet that makes the newsroom readable in a browser."""
