"""How the time of a function grows with its text, measured in one run."""

from __future__ import annotations

import time
from collections.abc import Callable


def growth(
    function: Callable[[str], object], make: Callable[[int], str], size: int = 4000
) -> float:
    """Return how many times longer *function* takes on a text four times as long.

    About 4 is linear, 16 quadratic. The best of some runs counts, so that a busy machine does not.
    """
    short, long = make(size), make(4 * size)
    best = {short: 1e9, long: 1e9}
    for _ in range(7):
        for text in (short, long):
            begin = time.thread_time()
            function(text)
            best[text] = min(best[text], time.thread_time() - begin)
    return best[long] / max(best[short], 2e-5)
