"""``SCRAPY_PROJECT=local``: the user's own ``local_settings.py``, beside scrapy.cfg."""

from __future__ import annotations

import sys
from importlib import import_module

try:
    globals().update(vars(import_module("local_settings")))
except ModuleNotFoundError as error:
    if error.name != "local_settings":
        raise
    print(
        "SCRAPY_PROJECT=local wants your settings: cp deploy/local_settings.py local_settings.py",
        file=sys.stderr,
    )
    raise SystemExit(2) from None
