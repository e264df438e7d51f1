"""When to look again: the numbers, and why.

Newsrooms edit within hours of publication, some within days, hardly ever after. So an article is
looked at again after half its age, and each look that finds nothing doubles the pause; about a
dozen looks in its first half year, two a year from then on. What changes is looked at more often.
"""

from __future__ import annotations

import zlib
from typing import Final

_HOUR: Final = 3600
_DAY: Final = 24 * _HOUR

# Twice the cadence of a run that looks for news every 15 minutes leaves room for both.
SHORTEST: Final = _HOUR
# An archive of 100,000 articles then costs some 550 requests a day to keep true.
LONGEST: Final = 180 * _DAY
# Protected posts are opened, and pages become articles, but seldom.
REFUSED: Final = _DAY
# The first failure is tried again by the next run, then 15 minutes, doubling, for ever.
FAILED: Final = 15 * 60
FAILED_LONGEST: Final = 7 * _DAY


def first_pause(age: int) -> int:
    """Return seconds until the first look at an article that is *age* seconds old."""
    return min(max(age // 2, SHORTEST), LONGEST)


def pause_after_nothing(pause: int) -> int:
    """Return the pause after a look that found nothing new, the last pause being *pause*."""
    return min(2 * max(pause, SHORTEST), LONGEST)


def pause_after_change(pause: int) -> int:
    """Return the pause after a look that found a change, the last pause being *pause*."""
    return max(pause // 4, SHORTEST)


def pause_after_failures(failures: int) -> int:
    """Return the pause after so many failures in a row."""
    if failures <= 1:
        return 0
    return int(min(FAILED * 2 ** min(failures - 2, 20), FAILED_LONGEST))


def spread(url: str, pause: int) -> int:
    """Return *pause*, up to a tenth shorter: what came in one run is not all due in one."""
    return pause - pause * (zlib.crc32(url.encode(errors="replace")) % 1000) // 10_000
